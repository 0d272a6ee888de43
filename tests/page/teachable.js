// The page of teachable classes in Chromium: draws, files and a fake camera; reload, rename, remove, files of the model.

import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { encode } from "fast-png";
import { chromium as launcher } from "playwright-core";
import { readSafetensors } from "../../dist/node.js";
import { readMetadata } from "../../dist/text.js";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const args = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

function equal(got, wanted, what) {
  if (got !== wanted) throw new Error(`${what}: got ${got}, expected ${wanted}`);
}

/** Strokes on the pad, in shares of its side, somewhat moved. */
const circle = (x, y) =>
  Array.from({ length: 25 }, (_, k) => [
    x + 0.2 * Math.sin((Math.PI * k) / 12),
    y - 0.2 * Math.cos((Math.PI * k) / 12),
  ]);
const line = (x, y) => [
  [x, y - 0.25],
  [x + 0.03, y + 0.25],
];
const places = [
  [0.4, 0.45],
  [0.55, 0.5],
  [0.5, 0.6],
];

/** A file of one color, with a little noise. */
const file = (name, color, seed) => {
  const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, k) => color[k % 3] + ((seed * 31 + k * k) % 40));
  const png = encode({ width: 40, height: 40, data, channels: 3 });
  return { name: `${name}${seed}.png`, mimeType: "image/png", buffer: Buffer.from(png) };
};
const files = (name, color, count) => Array.from({ length: count }, (_, k) => file(name, color, k));
const [red, blue] = [
  [190, 20, 30],
  [10, 40, 200],
];

export async function teachable({ chromium, test, startPage, pictures }) {
  const page = await startPage();
  const url = `${page.url}teachable/`;
  const browser = await launcher.launch({ executablePath: chromium, args });
  const context = await browser.newContext({ viewport: { width: 1000, height: 1000 }, acceptDownloads: true });
  const tab = await context.newPage();
  const problems = [];
  tab.on("pageerror", (error) => problems.push(error.stack));
  tab.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  tab.on("dialog", (dialog) => dialog.accept());
  const requested = new Set();
  tab.on("request", (request) => requested.add(new URL(request.url()).origin));
  const text = (id) => tab.locator(`#${id}`).textContent();
  const number = async (id) => Number((await text(id)).replaceAll(",", ""));
  const says = (id, pattern, where = tab) =>
    where.locator(`#${id}`, { hasText: pattern }).waitFor({ state: "attached", timeout: 60_000 });
  const card = (k) => tab.locator("#classes > li").nth(k);
  const add = (k) =>
    card(k)
      .getByRole("button", { name: /^Add this to/ })
      .click();
  const names = () => tab.locator("#bars b").allTextContents();
  const rested = (count) =>
    tab.waitForFunction(
      (count) =>
        document.getElementById("controls").dataset.training === "false" &&
        document.getElementById("count").textContent === String(count),
      count,
      { timeout: 60_000 },
    );
  const draw = async (stroke) => {
    await tab.click("#clear");
    const { x, y, width, height } = await tab.locator("#pad").boundingBox();
    for (const [k, [a, b]] of stroke.entries()) {
      await tab.mouse.move(x + a * width, y + b * height);
      if (k === 0) await tab.mouse.down();
    }
    await tab.mouse.up();
  };
  const saved = async (button) => {
    const [download] = await Promise.all([tab.waitForEvent("download"), tab.click(button)]);
    return new Uint8Array(readFileSync(await download.path()));
  };
  const picture = async (name) => {
    if (!pictures) return;
    mkdirSync(pictures, { recursive: true });
    await tab.screenshot({ path: join(pictures, name), fullPage: true });
  };

  try {
    await test("teachable: says what is missing, before and after the first class", async () => {
      await tab.goto(url);
      await says("status", /Ready/);
      equal(await text("reading"), "Nothing is shown yet.", "the reading");
      await add(0);
      await says("problem", /^Nothing is shown: draw/);
      await card(0).locator("input[type=text]").fill("circle");
      await card(1).locator("input[type=text]").fill("line");
      equal((await names()).join(), "circle,line", "the bars");
    });

    await test("teachable: learns two classes from drawings, by pointer and by keyboard", async () => {
      for (const [x, y] of places) {
        await draw(circle(x, y));
        await add(0);
      }
      await says("status", /^circle: 3 examples/);
      equal(await text("problem"), "", "the problem");
      equal(await text("reading"), "Nothing is shown yet.", "the reading of clean paper");
      for (const [x, y] of places.slice(1)) {
        await draw(line(x, y));
        await says("reading", /^Give two classes examples first|%/);
        await add(1);
      }
      await tab.focus("#surface");
      for (const key of ["Delete", " ", ...Array(14).fill("ArrowDown")]) await tab.keyboard.press(key);
      await card(1).getByRole("button", { name: "Add this to line" }).focus();
      await tab.keyboard.press("Enter");
      await rested(6);
      equal(await text("accuracy"), "100 %", "accuracy on the examples");
      await draw(line(0.42, 0.52));
      await says("reading", /^line, (> )?\d+ %$/);
      equal(await tab.locator("#bars .most b").textContent(), "line", "the longest bar");
      await draw(circle(0.46, 0.52));
      await says("reading", /^circle, (> )?\d+ %$/);
      await says("spoken", /^Prediction: circle$/);
    });

    await test("teachable: is here again after a reload, and goes on", async () => {
      const updates = await number("updates");
      await tab.waitForTimeout(1200); // what is kept, is kept once nothing has changed for a while
      await tab.reload();
      await says("status", /Your classes are here again/);
      equal((await names()).join(), "circle,line", "the classes");
      await rested(6);
      equal(await number("updates"), updates, "updates");
      await draw(circle(0.5, 0.5));
      await says("reading", /^circle/);
      await add(0);
      await rested(7);
      equal((await number("updates")) > updates, true, "more updates");
    });

    await test("teachable: takes twenty files a class, and a picture to name", async () => {
      await tab.click("#forget");
      await rested(0);
      for (const [k, [name, color]] of [
        ["red", red],
        ["blue", blue],
      ].entries()) {
        await card(k).locator("input[type=text]").fill(name);
        await card(k)
          .locator("input[type=file]")
          .setInputFiles(files(name, color, 20));
      }
      await rested(40);
      equal(await text("accuracy"), "100 %", "accuracy on the examples");
      const [updates, seconds] = [await number("updates"), await number("seconds")];
      console.log(`  20 images a class: ${((300 * seconds) / updates).toFixed(2)} s for 300 updates`);
      await tab.check("#picture", { force: true });
      await tab.setInputFiles("#file", file("other", blue, 77));
      await says("reading", /^blue/);
      await tab.setInputFiles("#file", { name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("words") });
      await says("problem", /^a\.txt is no picture/);
    });

    await test("teachable: the files have all of the network and the names", async () => {
      const bytes = await saved("#safetensors");
      const { tensors } = readSafetensors(bytes);
      equal(tensors["0.weight"]?.shape.join(), "3,3,3,16", "the first convolution");
      equal(tensors["11.weight"]?.shape.join(), "256,2", "the head");
      equal(JSON.parse(readMetadata(bytes).labels).join(), "red,blue", "the names of the classes");
      const onnx = Buffer.from(await saved("#onnx"));
      for (const word of ["Conv", "LayerNormalization", "probabilities", '["red","blue"]'])
        equal(onnx.includes(word), true, `${word} in the ONNX file`);
    });

    await test("teachable: renames and removes classes and examples", async () => {
      await card(1).locator("input[type=text]").fill("sea");
      equal((await names()).join(), "red,sea", "the bars after renaming");
      await card(1).getByRole("button", { name: "Remove example 3 of sea" }).press("Enter");
      await rested(39);
      equal(await card(1).locator(".pictures li").count(), 19, "examples of the class");
      equal(
        await tab.evaluate(() => document.activeElement.getAttribute("aria-label")),
        "Remove example 3 of sea",
        "the focus",
      );
      await tab.click("#another");
      await tab.locator("#bars li").nth(2).waitFor();
      equal((await names()).join(), "red,sea,Class 3", "the bars with another class");
      await card(0).getByRole("button", { name: "Remove red", exact: true }).click();
      await rested(19);
      equal((await names()).join(), "sea,Class 3", "the bars without it");
      await says("reading", /^Give two classes examples first/);
    });

    await test("teachable: looks through the camera", async () => {
      await tab.check("#camera", { force: true });
      await tab.click("#turn");
      await tab.waitForFunction(() => document.getElementById("video").videoWidth > 0);
      for (let k = 0; k < 3; k++) await add(1);
      await rested(22);
      await says("reading", /^Class 3, (> )?\d+ %$/);
      // A button that is held repeats.
      const { x, y } = await card(1)
        .getByRole("button", { name: /^Add this to/ })
        .boundingBox();
      await tab.mouse.move(x + 5, y + 5);
      await tab.mouse.down();
      await tab.waitForFunction(() => Number(document.getElementById("count").textContent) >= 24);
      await tab.mouse.up();
      await picture("teachable-camera.png");
      await tab.click("#turn");
      equal(await text("turn"), "Turn the camera on", "the button");
      await says("reading", /^Nothing is shown yet/);
    });

    await test("teachable: a camera that is refused or absent, and a browser that keeps nothing, each get a sentence", async () => {
      const other = await context.newPage();
      await other.addInitScript(() => {
        let name = "NotFoundError";
        navigator.mediaDevices.getUserMedia = async () => {
          const error = new DOMException("no", name);
          name = "NotAllowedError";
          throw error;
        };
        IDBFactory.prototype.open = () => {
          throw new DOMException("not here", "InvalidStateError");
        };
      });
      await other.goto(url);
      await says("shelf", /keeps nothing/, other);
      await says("status", /Ready/, other);
      await other.check("#camera", { force: true });
      await other.click("#turn");
      await says("problem", /^No camera was found\. Drawing and picture files work/, other);
      await other.click("#turn");
      await says("problem", /^The camera was refused\./, other);
      await other.check("#drawing", { force: true });
      equal(await other.locator("#problem").textContent(), "", "the problem");
      await other.close();
    });

    await test("teachable: is accessible, light and dark, wide and narrow", async () => {
      await tab.check("#drawing", { force: true });
      await draw(circle(0.5, 0.5));
      for (const colorScheme of ["light", "dark"])
        for (const width of [1000, 360]) {
          await tab.emulateMedia({ colorScheme });
          await tab.setViewportSize({ width, height: 900 });
          await tab.waitForTimeout(200);
          await tab.evaluate(axe);
          const { violations } = await tab.evaluate(() => globalThis.axe.run());
          const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(" ")}`);
          equal(found.join("; "), "", `${colorScheme}, ${width}`);
          equal(await tab.evaluate(() => document.documentElement.scrollWidth), width, "the width of the page");
          await picture(`teachable-${colorScheme}-${width}.png`);
        }
    });

    await test("teachable: asks nothing of other machines, and writes no error to the console", async () => {
      equal([...requested].join(), new URL(url).origin, "origins");
      equal(problems.join("\n"), "", "the console");
    });
  } finally {
    await browser.close();
    await page.end();
  }
}
