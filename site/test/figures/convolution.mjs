// The convolution: its numbers are sums of pixels times weights, worked out here from pictures that a formula gives.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const at = (row, column, out = 28) => row * out + column;

export default {
  name: "convolution",
  read: (root) => ({
    titles: [...root.querySelectorAll(".heading")].map(({ textContent }) => textContent),
    sum: root.querySelector(".sum")?.textContent,
    weights: [...root.querySelectorAll(".cells input")].map(({ value }) => Number(value)),
    window: ["x", "y", "width", "height"].map((name) => Number(root.querySelector(".window")?.getAttribute(name))),
  }),
  keyboard: {
    focus: ".grid-box:not(.pad) .handle",
    keys: ["ArrowLeft", "Shift+ArrowUp"],
    search: new RegExp(`^\\?convolution\\.at=${at(9, 14)}$`),
  },
  pointer: { drag: ".pad", by: [40, 30], search: /^\?convolution\.drawing=[a-z_]{262}$/ },
  address: {
    search: `?convolution.picture=square&convolution.size=5&convolution.stride=2&convolution.at=${at(7, 7, 14)}`,
    shows: ({ own: { titles, weights, sum } }) =>
      titles[1].startsWith("Result, 14 × 14") && weights.length === 25 && sum === "Sum: 0",
  },
  chinese: /^结果的高和宽是 ⌊\(28 \+ 2 · 1 − 1 · \(3 − 1\) − 1\) \/ 1⌋ \+ 1 = 28。/,
  tests: {
    "edges of a square are where Sobel's kernel has them": async ({ open, silent }) => {
      // Ink in rows and columns 9 to 20, counted from 1.
      for (const [column, sum] of [
        [7, "0"],
        [8, "4"],
        [9, "4"],
        [15, "0"],
        [20, "−4"],
        [21, "−4"],
      ]) {
        const { own, says } = await open(`?convolution.picture=square&convolution.at=${at(14, column - 1)}`);
        equal(own.sum, `Sum: ${sum}`);
        holds(new RegExp(`In row 15, column ${column} it is .*${sum}[.,]`).test(says), says);
      }
      const { says, own } = await open(`?convolution.picture=square&convolution.at=${at(14, 8)}`);
      holds(says.includes("it is 1 · 1 + 1 · 2 + 1 · 1 = 4."), says);
      holds(says.includes("lies between −4 and 4."), says);
      equal(own.window, [7, 13, 3, 3]);
      await silent();
    },
    "one pixel gives the kernel turned": async ({ open, silent }) => {
      for (const [row, column, weight] of [
        [13, 13, "9"],
        [13, 14, "8"],
        [14, 14, "5"],
        [15, 13, "3"],
        [15, 15, "1"],
      ]) {
        const kernel = "convolution.weights=1,2,3,4,5,6,7,8,9";
        const { own } = await open(`?convolution.picture=dot&${kernel}&convolution.at=${at(row, column)}`);
        equal(own.sum, `Sum: ${weight}`);
      }
      await silent();
    },
    "the extent of the result is that of the formula": async ({ open, silent }) => {
      // 28 to 24 is LeNet's first layer; the others by hand.
      for (const [size, stride, padding, dilation, out] of [
        [5, 1, 0, 1, 24],
        [3, 2, 1, 1, 14],
        [3, 1, 3, 3, 28],
        [5, 3, 1, 2, 8],
        [5, 4, 0, 4, 3],
      ]) {
        const numbers = { size, stride, padding, dilation };
        const search = Object.entries(numbers).map(([name, number]) => `convolution.${name}=${number}`);
        const { own, says } = await open(`?${search.join("&")}`);
        holds(own.titles[1].startsWith(`Result, ${out} × ${out},`), own.titles[1]);
        holds(says.includes(`⌋ + 1 = ${out}.`), says);
      }
      await silent();
    },
    "weights can be changed, and pixels drawn with the keyboard": async ({ tab, open, fill, focus, shows, silent }) => {
      await open("?convolution.picture=blank");
      await focus(".pad .handle");
      for (const key of ["ArrowRight", "ArrowDown", "Enter"]) await tab.press(key);
      await shows(({ search }) => /drawing=[a-z_]{262}$/.test(search), "the pixel is in the address");
      await fill("filter", "identity");
      await focus(".grid-box:not(.pad) .handle");
      await shows(({ says }) => says.includes("lies between 0 and 1."), "the pixel is in the result");
      await tab.run(`() => {
        const input = document.querySelector("thalweg-convolution").shadowRoot.querySelectorAll(".cells input")[4];
        input.value = "-2.5";
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }`);
      const { own } = await shows(({ says }) => says.includes("lies between −2.5 and 0."), "the weight counts");
      equal(own.weights, [0, 0, 0, 0, -2.5, 0, 0, 0, 0]);
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      const search = `?convolution.picture=face&convolution.filter=laplace&convolution.stride=2&convolution.at=${at(6, 2, 14)}`;
      const { own, says } = await open(search);
      const [shape, value, range] = await runProgram();
      equal(shape, "shape 1 × 14 × 14 × 1");
      equal(own.sum.replaceAll("−", "-"), `Sum: ${value.split(": ")[1]}`);
      const [, low, high] = /from (\S+) to (\S+)/.exec(range);
      holds(says.replaceAll("−", "-").includes(`between ${low} and ${high}.`), `${says} and ${range}`);
      await silent();
    },
  },
};
