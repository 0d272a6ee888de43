// The examples as programs, and their index.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { build } from "./engine.js";

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

describe.runIf(build === "release")("as programs", () => {
  // The digits, the page, what runs in Deno and the features of teachable classes have tests of their own, and the pictures are
  // drawn by theirs.
  const others = ["browser.js", "deno.js", "digits.js", "pictures.js", "teachable.js"];
  const programs = readdirSync(path("build/examples")).filter((file) => file.endsWith(".js") && !others.includes(file));
  const timeout = 120_000;
  it.each(programs)("%s prints lines of at most 80 columns", { timeout }, (file) => {
    const printed = execFileSync(process.execPath, [path(`build/examples/${file}`)], { encoding: "utf8", timeout });
    expect(printed.length).toBeGreaterThan(0);
    for (const line of printed.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
    expect(printed).not.toMatch(/NaN|undefined/);
  });
});

describe("examples/README.md", () => {
  const index = readFileSync(path("examples/README.md"), "utf8");
  const links = [...index.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] as string);

  it("lists every example once, with what its first lines say", () => {
    const files = readdirSync(path("examples"), { recursive: true, encoding: "utf8" })
      .map((file) => file.replaceAll("\\", "/"))
      .filter((file) => /^(\w+\.ts|\w+\/(main|worker)\.ts)$/.test(file));
    expect(links.filter((link) => link.endsWith(".ts")).sort()).toEqual(files.sort());
    for (const file of files.filter((file) => !file.includes("/"))) {
      const [comment = ""] = /^(\/\/ .*\n)+/.exec(readFileSync(path(`examples/${file}`), "utf8")) ?? [];
      const line = `- [${file.slice(0, -3)}](${file}): ${comment
        .replace(/^\/\/ /gm, "")
        .replaceAll("\n", " ")
        .trim()}`;
      expect(index).toContain(`\n${line}\n`);
    }
  });

  it("shows every picture, and links to nothing that is not there", () => {
    const pictures = readdirSync(path("docs/pictures"));
    expect(links.filter((link) => link.endsWith(".svg")).sort()).toEqual(
      pictures.map((file) => `../docs/pictures/${file}`).sort(),
    );
    for (const link of links) expect(existsSync(path(`examples/${link}`)), link).toBe(true);
  });
});
