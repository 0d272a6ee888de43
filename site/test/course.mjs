// The course index names every figure, and only examples that exist; every figure stands in a lesson.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repository, site } from "../scripts/pages.mjs";
import { equal } from "./pages.mjs";

const namesIn = (folder, kind) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(kind) && name !== "index.md")
    .map((name) => name.slice(0, -kind.length))
    .sort();

const programs = new Set(readdirSync(join(repository, "examples")).map((name) => name.replace(/\.ts$/, "")));

export async function course({ test }) {
  for (const language of ["", "zh/"]) {
    const folder = join(site, "pages", language, "course");
    const read = (name) => readFileSync(join(folder, `${name}.md`), "utf8");
    const figures = namesIn(join(site, "pages", language, "figures"), ".md");
    const found = (text, pattern) => [...new Set(Array.from(text.matchAll(pattern), ([, name]) => name))].sort();

    await test(`${language}course: the index has every figure, and examples that exist`, () => {
      const index = read("index");
      equal(found(index, /\]\(\.\.\/figures\/([\w-]+)\.md\)/g), figures);
      const rows = index.split("\n").filter((line) => /^\|.*\|.*\|.*\|.*\|$/.test(line));
      const examples = rows.flatMap((row) => Array.from(row.split("|")[3].matchAll(/`(\w+)`/g), ([, name]) => name));
      equal(
        examples.filter((name) => !programs.has(name)),
        [],
      );
      equal(examples.length > 60, true);
    });

    await test(`${language}course: every figure stands in a lesson`, () => {
      const lessons = namesIn(folder, ".md").map(read).join("\n");
      equal(found(lessons, /<thalweg-([a-z-]+)[ >]/g), figures);
    });
  }
}
