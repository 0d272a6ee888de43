// Tests of the site: it is built, then Chromium, Firefox and WebKit open it under its policy. Prints a line a test and at last
// "N passed, N failed"; a browser that is not installed counts as failed.
// Usage: node site/test/run.mjs [--built] [--only links,chromium] [--figures race,rates]: --built takes the site as it is in
// site/dist, --figures runs the tests of some figures alone.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conclude, skip, test } from "../../tests/tally.js";
import { site } from "../scripts/pages.mjs";
import { rebase } from "../scripts/rebase.mjs";
import { serve } from "../scripts/serve.mjs";
import { browsers } from "./browsers.mjs";
import { course } from "./course.mjs";
import { everyPage } from "./everyPage.mjs";
import { figureNames, figures } from "./figures.mjs";
import { links } from "./links.mjs";
import { samples } from "./samples.mjs";
import { story } from "./story.mjs";

const { values } = parseArgs({
  options: { built: { type: "boolean" }, only: { type: "string" }, figures: { type: "string" } },
});
const only = values.figures?.split(",");
const wanted = values.only?.split(",");
const isWanted = (name) => !wanted || wanted.includes(name);

/** Runs a program of the repository, silent unless it fails. */
function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: site, encoding: "utf8" });
  if (status !== 0) throw new Error(`${stdout}\n${stderr}`);
}

if (isWanted("types"))
  await test("types of elements and theme", () => run("../node_modules/typescript/bin/tsc", "-p", "."));
if (isWanted("course") && !only) await course({ test });
if (!values.built) await test("the site builds", () => run("scripts/build.mjs"));

const chunksOf = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, k) => list.slice(k * size, (k + 1) * size));

/** A copy of the site whose pages begin with recorder.js; its folder. */
function recorded() {
  const copy = mkdtempSync(join(tmpdir(), "thalweg-site-"));
  cpSync(folder, copy, { recursive: true });
  cpSync(join(import.meta.dirname, "recorder.js"), join(copy, "recorder.js"));
  for (const name of readdirSync(copy, { recursive: true }).filter((file) => file.endsWith(".html"))) {
    const text = readFileSync(join(copy, name), "utf8");
    writeFileSync(join(copy, name), text.replace("<head>", '<head><script src="/recorder.js"></script>'));
  }
  return copy;
}

const folder = join(site, "dist");
const elsewhere = mkdtempSync(join(tmpdir(), "thalweg-site-"));
rebase("/some/where/", elsewhere);
const recording = recorded();
const served = await serve({ folder });
const moved = await serve({ folder: elsewhere, base: "/some/where/" });
const watched = await serve({ folder: recording });
/** Opens a browser for some tests; each test gets the browser's name in front. */
async function withBrowser(key, body) {
  if (!isWanted(key)) return;
  const browser = browsers[key];
  if (!browser.find()) {
    skip(`${browser.name} is not installed. ${browser.advice}`, true);
    return;
  }
  const session = await browser.start();
  const { url } = browser.records ? watched : served;
  try {
    await body({ session, url, folder, test: (name, run) => test(`${browser.name}: ${name}`, run) });
  } finally {
    await session.end();
  }
}

/** Pieces of work, the longest first; several figures at a time share a browser. */
const jobs = Object.keys(browsers).flatMap((key) =>
  chunksOf(only ?? figureNames, 6).map(
    (names) => () => withBrowser(key, (parts) => figures({ ...parts, only: names, isWhole: key === "chromium" })),
  ),
);
if (!only)
  jobs.unshift(
    async () => {
      if (isWanted("links")) await links({ url: served.url, test });
      await withBrowser("chromium", (parts) => everyPage({ ...parts, all: true }));
    },
    () =>
      withBrowser("chromium", async (parts) => {
        await story(parts);
        await samples(parts);
        await story({ ...parts, url: moved.url, test: (name, run) => parts.test(`under /some/where/, ${name}`, run) });
      }),
    ...["firefox", "webkit"].map(
      (key) => () =>
        withBrowser(key, async (parts) => {
          await story(parts);
          await everyPage({ ...parts, all: false });
        }),
    ),
  );

/** Does the jobs one after the other, until none is left. */
async function lane() {
  for (let job = jobs.shift(); job; job = jobs.shift()) await job();
}

try {
  await Promise.all([lane(), lane()]);
} finally {
  await Promise.all([served, moved, watched].map((server) => server.close()));
  for (const copy of [elsewhere, recording]) rmSync(copy, { recursive: true, force: true });
}
conclude();
