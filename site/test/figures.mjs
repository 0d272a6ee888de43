// Figures: each loads and says what it shows, follows keyboard and pointer, keeps its state in the address and reads it from there, in
// both languages, on a phone, light and dark. What a figure alone must show stands in figures/NAME.mjs.

import { readdirSync } from "node:fs";
import { until } from "./browsers.mjs";
import { driver, holds } from "./driver.mjs";
import { equal, patient } from "./pages.mjs";

const folder = new URL("figures/", import.meta.url);

/**
 * All figures, in alphabetical order. A figure's file exports as default
 *   name      the element is <thalweg-NAME>, the page figures/NAME.html
 *   read      function of the shadow root, run in the page: gives `own` of the state
 *   keyboard  { focus: selector, keys, search: pattern of the address after them }
 *   pointer   { drag or click: selector, by: [x, y] in pixels, search: pattern of the address after it }
 *   address   { search, shows(state) } a state, and whether it is shown
 *   chinese   pattern of the words on the Chinese page
 *   tests     { what: async (figure, state of a fresh page) => … }
 */
const all = await Promise.all(
  readdirSync(folder)
    .filter((file) => file.endsWith(".mjs"))
    .sort()
    .map(async (file) => (await import(new URL(file, folder))).default),
);

export const figureNames = all.map(({ name }) => name);

/** Middle of an element of a figure, once it stays where it is: what is drawn later can move it. */
async function middleOf(tab, name, how) {
  const middle = () =>
    tab.run(
      `(how) => {
        const { x, y, width, height } = document.querySelector("thalweg-${name}").shadowRoot.querySelector(how).getBoundingClientRect();
        return [x + width / 2, y + height / 2];
      }`,
      how,
    );
  let last = "";
  return until(async () => {
    const now = await middle();
    const before = last;
    last = now.join();
    return last === before ? now : null;
  }, "the figure stays where it is");
}

/** Source of a function that measures the page's overflow, and lists the fields and drawings of a figure that lie outside of it. */
const overflow = (name) => `() => {
  const root = document.querySelector("thalweg-${name}").shadowRoot;
  for (const part of root.querySelectorAll("details")) part.open = true;
  const frame = root.querySelector(".figure").getBoundingClientRect();
  const outside = [...root.querySelectorAll("input, select, button, svg.plane, canvas")]
    .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > frame.right + 0.5)
    .map((element) => element.outerHTML.slice(0, 80));
  return [document.documentElement.scrollWidth - document.documentElement.clientWidth, outside];
}`;

async function figureTests(figure, { session, tab, url, test: once, isWhole }) {
  const test = patient(once, tab);
  const { name, read, keyboard, pointer, address, chinese, tests = {} } = figure;
  const driven = driver({ tab, url, name, read });
  const { open, shows, silent } = driven;
  const inAddress = ({ search }, pattern) => pattern.test(decodeURIComponent(search));

  await test(`${name} says what it shows, and the keyboard changes it`, async () => {
    const { says } = await open();
    equal(await driven.problems(), []);
    await driven.focus(keyboard.focus);
    for (const key of keyboard.keys) await tab.press(key);
    const moved = await shows((now) => inAddress(now, keyboard.search), `the address fits ${keyboard.search}`);
    holds(moved.says !== says, "the same words as before");
    await silent();
  });

  if (pointer)
    await test(`${name} follows the pointer`, async () => {
      await open(pointer.from ?? "");
      const [x, y] = await middleOf(tab, name, pointer.drag ?? pointer.click);
      const [dx, dy] = pointer.by ?? [0, 0];
      if (pointer.drag) await tab.drag([x, y], [x + dx, y + dy]);
      else await tab.drag([x + dx, y + dy], [x + dx, y + dy]);
      await shows((now) => inAddress(now, pointer.search), `the address fits ${pointer.search}`);
      await silent();
    });

  await test(`${name} reads its state from the address, also when it changes by going back`, async () => {
    await open(address.search);
    await shows((state) => address.shows(state), "the state of the address is shown");
    await tab.run(
      `(search) => {
        history.pushState(history.state, "", search);
        history.pushState(history.state, "", location.pathname);
        history.back();
      }`,
      address.search,
    );
    await shows((state) => state.search === address.search && address.shows(state), "the older state is back");
    await silent();
  });

  for (const [what, body] of Object.entries(tests).slice(0, isWhole ? undefined : 1))
    await test(`${name}: ${what}`, () => body(driven));

  await test(`${name} in Chinese`, async () => {
    const { says } = await open("", `${url}zh/figures/${name}.html`);
    holds(chinese.test(says), says);
    await silent();
  });

  await test(`${name} on 360 pixels, dark`, async () => {
    const narrow = await session.tab({ width: 360, dark: true });
    const there = driver({ tab: narrow, url, name, read });
    await there.open();
    equal(await narrow.run(overflow(name)), [0, []]);
    equal(await there.problems(), []);
    await there.silent();
    await narrow.close();
  });
}

/** In one browser all tests of the figures named, elsewhere the general ones and the first of each figure's own. */
export async function figures({ session, url, test, only, isWhole }) {
  const tab = await session.tab();
  for (const figure of all)
    if (only.includes(figure.name)) await figureTests(figure, { session, tab, url, test, isWhole });
  await tab.close();
}
