// Charts and a dashboard in Chromium under a strict policy: pointer, keyboard, switches, table, accessibility, dark, narrow.

import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium as launcher } from "playwright-core";

const root = join(import.meta.dirname, "../..");
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const types = { js: "text/javascript", wasm: "application/wasm" };
const policy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' data:; object-src 'none'";
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Charts</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><script type="module" src="/tests/page/chartsPage.js"></script></head>
<body><main><h1>Charts</h1><div id="lines"></div><div id="levels"></div><div id="board"></div></main></body></html>`;

async function serve() {
  const server = createServer(async ({ url }, response) => {
    response.setHeader("Content-Security-Policy", policy);
    response.setHeader("Content-Type", types[url.split(".").at(-1)] ?? "text/html");
    if (url === "/") response.end(page);
    else
      try {
        response.end(await readFile(join(root, url)));
      } catch {
        response.writeHead(404).end();
      }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

function equal(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: got ${got}, expected ${wanted}`);
}

export async function charts({ chromium, test }) {
  const { server, url } = await serve();
  const browser = await launcher.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext({ viewport: { width: 900, height: 900 }, bypassCSP: false });
  const tab = await context.newPage();
  const problems = [];
  tab.on("pageerror", (error) => problems.push(error.stack));
  tab.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  const lines = tab.locator("#lines");
  const plot = lines.locator(".plot");
  const spoken = () => plot.getAttribute("aria-valuetext");
  const curve = (k) => lines.locator(`.picture path.line.s${k}`);
  try {
    await tab.goto(url);
    await tab.waitForFunction(() => globalThis.ready);

    await test("a chart shows values under the pointer", async () => {
      const { x, y, width, height } = await plot.boundingBox();
      await tab.mouse.move(x + width / 2, y + height / 2);
      const tip = await lines.locator(".tip").textContent();
      if (!/^update \d+Adam[\d.]+SGD[\d.]+$/.test(tip)) throw new Error(tip);
      equal(await lines.locator(".overlay circle").count(), 2, "points at the cursor");
      await tab.mouse.move(0, 0);
      equal(await lines.locator(".tip").isHidden(), true, "the values after the pointer left");
    });

    await test("a chart is read by keyboard, and said", async () => {
      await plot.focus();
      await tab.keyboard.press("Home");
      equal(await spoken(), "update 0, Adam 2, SGD 3", "the first values");
      await tab.keyboard.press("ArrowRight");
      equal(await spoken(), "update 1, Adam 1, SGD 1.5", "the next values");
      await tab.keyboard.press("Shift+ArrowRight");
      equal(await spoken(), "update 5, Adam 0.3333, SGD 0.5", "a tenth farther");
      await tab.keyboard.press("End");
      equal(await plot.getAttribute("aria-valuenow"), "39", "the last place");
      await tab.waitForFunction(() =>
        /Adam: 40 points/.test(document.querySelector("#lines > div").shadowRoot.querySelector("#words").textContent),
      );
      await tab.keyboard.press("Escape");
    });

    await test("the key switches series, the controls scale, axis and smoothing", async () => {
      const sgd = lines.getByRole("button", { name: "SGD" });
      equal(await curve(1).count(), 1, "lines of SGD");
      await sgd.focus();
      await tab.keyboard.press("Enter");
      equal(await curve(1).count(), 0, "lines of SGD that is off");
      equal(await sgd.getAttribute("aria-pressed"), "false", "its switch");
      await plot.focus();
      await tab.keyboard.press("Home");
      equal(await spoken(), "update 0, Adam 2", "the values without SGD");
      await sgd.click();
      equal(await curve(1).count(), 1, "lines of SGD that is on again");
      const before = await curve(0).getAttribute("d");
      await lines.getByRole("button", { name: "Log scale" }).click();
      if ((await curve(0).getAttribute("d")) === before) throw new Error("the axis is still linear");
      await lines.getByRole("button", { name: "Time" }).click();
      await plot.focus();
      await tab.keyboard.press("ArrowRight");
      if (!/^time [\d.]+ s, /.test(await spoken())) throw new Error(await spoken());
      await lines.getByRole("slider", { name: "Smoothing" }).fill("0.8");
      equal(await lines.locator(".picture path.faint").count(), 2, "faint lines");
    });

    await test("a chart downloads its points", async () => {
      const [download] = await Promise.all([
        tab.waitForEvent("download"),
        lines.getByRole("button", { name: "CSV" }).click(),
      ]);
      equal(download.suggestedFilename(), "Training loss.csv", "the name");
      const rows = readFileSync(await download.path(), "utf8").split("\r\n");
      equal(rows[0], "update,Adam,seconds of Adam,SGD,seconds of SGD", "the first row");
      equal(rows[1], "0,2,0,3,0", "the second row");
    });

    await test("level sets are read in both directions", async () => {
      const levels = tab.locator("#levels .plot");
      await levels.focus();
      const value = async () => Number((await levels.getAttribute("aria-valuetext")).split(": ")[1].split(",")[0]);
      await tab.keyboard.press("ArrowUp");
      const up = await value();
      await tab.keyboard.press("ArrowUp");
      if (!((await value()) > up)) throw new Error(`the bowl does not rise from ${up}`);
    });

    await test("a dashboard shows runs, pauses, resumes and stops them", async () => {
      const board = tab.locator("#board");
      const status = board.locator("p[role=status]");
      const says = (pattern) => status.filter({ hasText: pattern }).waitFor({ timeout: 30_000 });
      await tab.evaluate(() => globalThis.train());
      await says(/adam: epoch/);
      await board.getByRole("button", { name: "Pause" }).click();
      await says(/adam is paused after/);
      const paused = await status.textContent();
      await tab.waitForTimeout(400);
      equal(await status.textContent(), paused, "updates while paused");
      await board.getByRole("button", { name: "Resume" }).click();
      await says(/adam: epoch/);
      await board.getByRole("button", { name: "Stop" }).click();
      await says(/adam has ended after/);
      equal(await tab.evaluate(() => globalThis.stopped), "signal", "the history");
      // They are drawn a little later than the status.
      for (const title of [
        "Loss",
        "Accuracy, validation",
        "Gradient norms of adam",
        "Confusion matrix",
        "Weights of adam: 0.weight",
      ])
        await board.locator(".title").getByText(title, { exact: true }).first().waitFor({ timeout: 10_000 });
      const [download] = await Promise.all([
        tab.waitForEvent("download"),
        board.getByRole("button", { name: "Export curves" }).click(),
      ]);
      equal(/^Loss\r\nupdate,adam,/.test(readFileSync(await download.path(), "utf8")), true, "the table of curves");
    });

    await test("charts are accessible in light and dark, and fit into 360 pixels", async () => {
      const colorOf = () =>
        curve(0)
          .first()
          .evaluate((path) => getComputedStyle(path).stroke);
      const found = {};
      for (const colorScheme of ["light", "dark"]) {
        await tab.emulateMedia({ colorScheme });
        found[colorScheme] = await colorOf();
        for (const width of [900, 360]) {
          await tab.setViewportSize({ width, height: 900 });
          await tab.waitForTimeout(300);
          const session = await context.newCDPSession(tab);
          await session.send("Runtime.evaluate", { expression: axe });
          const { violations } = await tab.evaluate(() => globalThis.axe.run());
          equal(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target)}`).join("; "),
            "",
            colorScheme,
          );
          equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, "the width of the page");
        }
      }
      equal(found.light, "rgb(1, 89, 130)", "a light line");
      equal(found.dark, "rgb(84, 190, 254)", "a dark line");
    });

    await test("charts wrote no error to the console", async () => equal(problems.join("\n"), "", "the console"));
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
