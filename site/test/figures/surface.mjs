// The loss of two weights: the eigenvalues of the course, and derivatives in closed form.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const sigmoid = (z) => 1 / (1 + Math.exp(-z));
const numbers = (cell) => cell.replaceAll("−", "-").split(", ").map(Number);

/** Losses and their gradients by the chain rule. */
function expected(w1, w2) {
  const hidden = sigmoid(w1);
  const y = sigmoid(w2 * hidden);
  const by = (outer) => [outer * y * (1 - y) * w2 * hidden * (1 - hidden), outer * y * (1 - y) * hidden];
  return [
    { value: (y - 1) ** 2, gradient: by(2 * (y - 1)) },
    { value: -Math.log(y), gradient: by(-1 / y) },
  ];
}

const near = (shown, number) => Math.abs(shown - number) <= 0.006 * Math.abs(number) + 1e-12;

export default {
  name: "surface",
  read: (root) => ({
    views: [...root.querySelectorAll("canvas")].map((canvas) => canvas.getAttribute("aria-valuetext")),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?surface\.start=0\.12,1\.2$/ },
  pointer: { drag: "canvas", by: [40, 20], search: /^\?surface\.turn=235&surface\.tilt=40$/ },
  address: {
    search: "?surface.start=3,2&surface.steps=50&surface.turn=100",
    shows: ({ says, own: { views } }) =>
      says.startsWith("At w₁ = 3, w₂ = 2:") && views.join() === Array(2).fill("turned by 100°, tilted by 30°").join(),
  },
  chinese: /^在 w₁ = 0、w₂ = 0 处：平方误差沿一个方向向下弯（−0\.0488），沿另一个方向向上弯（0\.08）/,
  tests: {
    "the eigenvalues at (0, 0) are those of the course": async ({ open, silent }) => {
      const { tables, says } = await open();
      const [, squared, entropy] = tables[0];
      // The course's figure 4.9: (−0.049, 0.080) and (−0.098, 0.160).
      equal(
        numbers(squared[3]).map((value) => value.toFixed(3)),
        ["-0.049", "0.080"],
      );
      equal(
        numbers(entropy[3]).map((value) => value.toFixed(3)),
        ["-0.098", "0.160"],
      );
      equal([numbers(squared[1])[0], numbers(squared[2])], [0.25, [0, -0.125]]);
      equal([numbers(entropy[1])[0], numbers(entropy[2])], [Number(Math.LN2.toPrecision(3)), [0, -0.25]]);
      holds(says.includes("Cross-entropy is curved down one way (−0.0976) and up another (0.16)"), says);
      await silent();
    },
    "losses and gradients elsewhere are those of the chain rule, and so is the descent": async ({ open, silent }) => {
      for (const [x, y] of [
        [3, 2],
        [-5, -4],
        [5.5, -5],
      ]) {
        const { tables } = await open(`?surface.start=${x},${y}&surface.steps=20&surface.rate=0`);
        for (const [k, { value, gradient }] of expected(x, y).entries()) {
          const [, shown, slope, , end] = tables[0][k + 1];
          holds(near(numbers(shown)[0], value), `${shown} and ${value}`);
          for (const axis of [0, 1]) holds(near(numbers(slope)[axis], gradient[axis]), `${slope} and ${gradient}`);
          let at = [x, y];
          for (let step = 0; step < 20; step++) {
            const { gradient: now } = expected(...at)[k];
            at = at.map((w, axis) => w - now[axis]);
          }
          holds(near(numbers(end)[0], expected(...at)[k].value), `${end} and ${expected(...at)[k].value}`);
        }
      }
      await silent();
    },
    "examples, steps and the view": async ({ open, fill, press, shows, focus, tab, silent }) => {
      await open();
      await fill("presets", "saturated");
      await shows(({ why, tables }) => why.includes("nearly flat") && tables[0][1][4] === "0.982", "hardly moved");
      await press("next");
      await shows(({ tables }) => tables[0][0][4] === "at step 0" && tables[0][1][4] === "0.986", "the first step");
      await focus("canvas");
      await tab.press("ArrowLeft");
      await shows(({ own: { views } }) => views[1].startsWith("turned by 212°"), "both have turned");
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      const { tables } = await open("?surface.start=1,-2&surface.steps=30");
      const lines = await runProgram();
      for (const k of [0, 1]) {
        const [value, eigenvalues, end] = lines.slice(3 * k, 3 * k + 3);
        const [, shown, , curvatures, last] = tables[0][k + 1];
        holds(near(numbers(shown)[0], Number(/loss (\S+)/.exec(value)[1])), value);
        const exact = eigenvalues.split("eigenvalues ")[1].split(", ").map(Number);
        for (const axis of [0, 1]) holds(near(numbers(curvatures)[axis], exact[axis]), eigenvalues);
        holds(near(numbers(last)[0], Number(end.split(" ").at(-1))), end);
      }
      await silent();
    },
  },
};
