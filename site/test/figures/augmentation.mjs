// The augmentation: what each op changes is known in closed form for simple pictures.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const off = "?augmentation.shift=0&augmentation.angle=0";
const pixel = 1 / 28 ** 2;

export default {
  name: "augmentation",
  read: (root) => ({
    changes: [...root.querySelectorAll(".change")].map(({ textContent }) => Number(textContent)),
    mean: Number(/by ([\d.e−]+) on average/.exec(root.querySelector(".says").textContent)?.[1].replace("−", "-")),
  }),
  keyboard: {
    focus: 'input[name="angle"]',
    keys: ["ArrowRight", "ArrowRight"],
    search: /^\?augmentation\.angle=25$/,
  },
  pointer: { drag: ".pad", by: [40, 30], search: /^\?augmentation\.drawing=[a-z_]{262}$/ },
  address: {
    search: "?augmentation.picture=dot&augmentation.angle=0&augmentation.flip=1&augmentation.shift=0",
    // The pixel in column 14 goes to column 13: two pixels of 784 change.
    shows: ({ says, own: { changes } }) =>
      says.startsWith("In this order: mirrored with a probability of 100 %.") &&
      changes.length === 12 &&
      changes.every((change) => change === 0.0026),
  },
  chinese: /^依次为：平移至多 3 个像素，旋转至多 15°。这是种子 1 的第 0 次更新的 12 幅图像/,
  tests: {
    "each op changes what it must": async ({ open, silent }) => {
      const mirrored = await open(`${off}&augmentation.picture=square&augmentation.flip=1`);
      equal(mirrored.own.mean, 0); // the square is its own mirror image
      const shifted = await open("?augmentation.angle=0&augmentation.picture=dot&augmentation.shift=4");
      const both = Number((2 * pixel).toPrecision(2));
      holds(
        shifted.own.changes.every((change) => change === 0 || change === both),
        shifted.own.changes,
      );
      holds(shifted.own.changes.includes(both), shifted.own.changes);
      // The mean of |σ ε| is σ √(2 / π), here over 9408 pixels.
      const noisy = await open(`${off}&augmentation.picture=blank&augmentation.noise=0.2`);
      holds(Math.abs(noisy.own.mean - 0.2 * Math.sqrt(2 / Math.PI)) < 0.004, noisy.own.mean);
      // A factor above 1 is cut off, one of 0.2 takes 0.8 of each of 144 pixels.
      const lit = await open(`${off}&augmentation.picture=square&augmentation.brightness=0.8`);
      holds(
        lit.own.changes.every((change) => change >= 0 && change <= 0.8 * 144 * pixel + 0.001),
        lit.own.changes,
      );
      holds(lit.own.changes.includes(0) && lit.own.mean > 0, lit.own.changes);
      const nothing = await open(off);
      equal(nothing.says, "All amounts are 0: the pictures stay as they are.");
      await silent();
    },
    "the same numbers give the same pictures, another update others": async ({ open, press, shows, silent }) => {
      const first = await open();
      await press("again");
      const next = await shows(
        ({ search }) => search === "?augmentation.update=1",
        "the next update is in the address",
      );
      holds(next.own.mean !== first.own.mean, next.own.mean);
      const same = await open("?augmentation.update=1");
      equal(same.own, next.own);
      await silent();
    },
    "mixed pictures have shares, and examples say why": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "mixUp");
      const { own, says } = await shows(({ why }) => why.includes("share of the picture's own class"), "the example");
      holds(
        own.changes.every((share) => share >= 0 && share <= 1),
        own.changes,
      );
      holds(new Set(own.changes).size > 6 && says.includes("mix-up with α = 1."), says);
      await silent();
    },
    "its program computes the same changes": async ({ open, runProgram, silent }) => {
      const { own } = await open("?augmentation.noise=0.1&augmentation.erase=0.5&augmentation.zoom=0.2");
      const [mean, changes] = await runProgram();
      equal(Number(Number(mean.split(" ").at(-1)).toPrecision(3)), own.mean);
      const numbers = changes.replace("changes ", "").split(", ");
      equal(
        numbers.map((change) => Number(Number(change).toPrecision(2))),
        own.changes,
      );
      await silent();
    },
  },
};
