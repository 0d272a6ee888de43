// The pages of examples/browser and examples/teachable in real browsers: the whole story in Chromium, training in Firefox and
// WebKit; and rows of every kind of image, and charts, in Chromium. Prints a line a test and at last "N passed, N failed". What is not installed is skipped with a
// sentence; --require counts it as failed. --pictures writes the README's pictures into docs/.

import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { end } from "../hosts/commands.js";
import { conclude, skip, test } from "../tally.js";

const root = join(import.meta.dirname, "../..");
const required = process.argv.includes("--require");
const pictures = process.argv.includes("--pictures");
const skipped = (what, advice) => skip(`${what} is not here: its tests of the page are skipped. ${advice}`, required);

/** Starts the server as `npm run page` does. */
export async function startPage(...options) {
  const child = spawn(process.execPath, ["build/examples/browser.js", ...options], { cwd: root });
  let output = "";
  let errors = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (errors += chunk));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const url = await Promise.race([
    new Promise((resolve) =>
      child.stdout.on("data", () => {
        const found = /http:\S+/.exec(output);
        if (found) resolve(found[0]);
      }),
    ),
    ended.then(() => null),
  ]);
  /** Waits for what the page posts. */
  const result = async (milliseconds) => {
    for (let waited = 0; waited < milliseconds; waited += 200) {
      const found = /^result (.*)$/m.exec(output);
      if (found) return JSON.parse(found[1]);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`no result within ${milliseconds / 1000} s: ${errors}`);
  };
  const end = async () => {
    child.kill();
    await ended;
  };
  return { url, result, end, errors: () => errors, ended };
}

const chromium = ["/usr/bin/chromium", "/usr/bin/google-chrome"].find((file) => existsSync(file));
if (!existsSync(join(import.meta.dirname, "node_modules/playwright-core")))
  skipped("playwright-core", "Run npm --prefix tests/page ci.");
else if (!chromium) skipped("chromium", "Install Debian's package chromium.");
else {
  await (await import("./story.js")).story({
    chromium,
    test,
    startPage,
    pictures: pictures ? join(root, "docs") : null,
  });
  await (await import("./teachable.js")).teachable({ chromium, test, startPage, pictures: null });
  await (await import("./images.js")).images({ chromium, test });
  await (await import("./charts.js")).charts({ chromium, test });
}

for (const name of ["firefox", "webkit"]) {
  const { default: browser } = await import(`../hosts/hosts/${name}.js`);
  if (!browser.find()) {
    skipped(name, `${browser.advice}.`);
    continue;
  }
  /** Opens a page that runs by itself; checks what it posts. */
  const runs = async (path, holds) => {
    const profile = mkdtempSync(join(tmpdir(), `thalweg-${name}-`));
    const page = await startPage();
    const program = browser.show(`${page.url}${path}?autorun=/result`, profile);
    try {
      const result = await page.result(180_000);
      if (!holds(result)) throw new Error(JSON.stringify(result));
    } finally {
      await end(program);
      await page.end();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    }
  };
  await test(`trains in ${name}`, () =>
    runs("", ({ accuracy, reads, worker, problem }) => accuracy > 0.9 && reads && worker && problem === ""));
  await test(`learns classes in ${name}`, () =>
    runs("teachable/", ({ accuracy, reads, problem }) => accuracy === "100 %" && reads && problem === ""));
}

conclude();
