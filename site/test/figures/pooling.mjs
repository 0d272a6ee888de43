// The pooling: windows lie where the formulas put them, and numbers are those of pictures that a formula gives.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const startsOf = (says) => /start at ([\d, ]+)\./.exec(says)[1].split(", ").map(Number);

export default {
  name: "pooling",
  read: (root) => ({
    title: [...root.querySelectorAll(".heading")].at(-1)?.textContent,
    windows: root.querySelectorAll(".region").length,
    window: ["x", "y", "width", "height"].map((name) => Number(root.querySelector(".window")?.getAttribute(name))),
  }),
  keyboard: {
    focus: ".grid-box:not(.pad) .handle",
    keys: ["ArrowLeft", "Shift+ArrowUp"],
    search: /^\?pooling\.at=35$/,
  },
  pointer: { drag: ".pad", by: [40, 30], search: /^\?pooling\.drawing=[a-z_]{262}$/ },
  address: {
    search: "?pooling.picture=square&pooling.window=3&pooling.stride=2&pooling.at=17",
    shows: ({ own: { title, windows, window } }) =>
      title === "Result, 13 × 13" && windows === 169 && window.join() === "8,2,3,3",
  },
  chinese: /^2 × 2 的窗口，相隔 2 个像素，把 28 × 28 变成 ⌊\(28 − 2\) \/ 2⌋ \+ 1 = 14 行和列。/,
  tests: {
    "the largest and the mean of a window are those of its pixels": async ({ open, silent }) => {
      // Windows of 3 rows and columns: the third in a row has columns 7 to 9, and ink in the last only.
      const search = "?pooling.picture=square&pooling.window=3&pooling.at=38&pooling.kind=";
      const mean = await open(`${search}average`);
      holds(mean.says.includes("is 0.333, the mean of 9 pixels (rows 13 to 15, columns 7 to 9)"), mean.says);
      const largest = await open(`${search}max`);
      holds(largest.says.includes("is 1, the largest of 9 pixels"), largest.says);
      holds(largest.says.endsWith("0, 0, 1, 0, 0, 1, 0, 0, 1."), largest.says);
      // The whole picture: 12 of its 28 columns have ink.
      const whole = await open("?pooling.picture=stripes&pooling.kind=adaptiveAverage&pooling.out=1");
      holds(whole.says.includes("is 0.429, the mean of 784 pixels"), whole.says);
      await silent();
    },
    "adaptive windows start where the formula says": async ({ open, silent }) => {
      for (const out of [3, 5, 10, 27]) {
        const { says } = await open(`?pooling.kind=adaptiveMax&pooling.out=${out}`);
        equal(
          startsOf(says),
          Array.from({ length: out }, (_, k) => Math.floor((k * 28) / out) + 1),
        );
      }
      await silent();
    },
    "fractional windows are drawn as in the paper": async ({ open, press, shows, silent }) => {
      const [out, alpha] = [19, 26 / 18];
      // Starts ⌊(n + u) α⌋ − ⌊u α⌋ of every u in thousandths, the last at 26.
      const possible = new Set(
        Array.from({ length: 1000 }, (_, k) => {
          const start = (n) => Math.floor((n + k / 1000) * alpha) - Math.floor((k / 1000) * alpha);
          return [...Array.from({ length: out - 1 }, (_, n) => start(n) + 1), 27].join();
        }),
      );
      await open("?pooling.kind=fractional");
      const seen = new Set();
      for (let draw = 1; draw <= 4; draw++) {
        await press("again");
        const { says, own } = await shows(({ search }) => search.endsWith(`draw=${draw}`), "the next draw");
        const starts = startsOf(says);
        holds(possible.has(starts.join()), says);
        equal(own.windows, out * out);
        seen.add(starts.join());
      }
      holds(seen.size > 1, [...seen]);
      const { says } = await open(
        "?pooling.kind=fractional&pooling.overlapping=0&pooling.regions=random&pooling.draw=7",
      );
      const starts = [...startsOf(says), 29];
      const steps = starts.slice(1).map((start, k) => start - starts[k]);
      equal(starts[0], 1);
      holds(
        steps.every((step) => step === 1 || step === 2),
        says,
      );
      await silent();
    },
    "its program computes the same number": async ({ open, runProgram, silent }) => {
      for (const search of [
        "?pooling.kind=adaptiveAverage&pooling.picture=face&pooling.at=23",
        "?pooling.kind=fractional&pooling.draw=5&pooling.at=182",
      ]) {
        const { says } = await open(search);
        const [shape, value] = await runProgram();
        holds(/^shape 1 × (10|19) × \1 × 1$/.test(shape), shape);
        const number = Number(Number(value.split(": ")[1]).toPrecision(3));
        holds(says.includes(`of the result is ${number}, the`), `${says} and ${value}`);
      }
      await silent();
    },
  },
};
