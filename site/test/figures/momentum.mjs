// Momentum: the closed form, the measured rate and the course's overshoot agree with values that are computed here.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));

/** Largest magnitude of the eigenvalues of [[p, −q], [1, 0]], from trace and determinant. */
function radius(p, q) {
  const disc = p * p - 4 * q;
  if (disc < 0) return Math.sqrt(q);
  return Math.max(Math.abs(p + Math.sqrt(disc)), Math.abs(p - Math.sqrt(disc))) / 2;
}
const heavyBall = (h, beta, eigenvalues) => Math.max(...eigenvalues.map((l) => radius(1 + beta - h * l, beta)));
const nesterov = (h, beta, eigenvalues) =>
  Math.max(...eigenvalues.map((l) => radius((1 + beta) * (1 - h * l), beta * (1 - h * l))));

/** Largest distance beyond 0 of the walk on ½ x² from 1; the gradient is taken at the point that looks ahead, or not. */
function overshoot(h, beta, looksAhead) {
  let [x, v, least] = [1, 0, 0];
  for (let k = 0; k < 1000; k++) {
    v = beta * v - h * (looksAhead ? x + beta * v : x);
    x += v;
    least = Math.min(least, x);
  }
  return -least;
}

const near = (got, expected, share) =>
  holds(Math.abs(got - expected) <= share * Math.abs(expected), `${got}, not ${expected}`);

export default {
  name: "momentum",
  read: (root) => ({
    rows: [...root.querySelectorAll(".results tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
    bands: root.querySelectorAll(".plane .band4").length,
    drawn: [...root.querySelectorAll(".plane .curve")].map((path) => path.getAttribute("d").split(/[ML]/).length - 1),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?momentum\.point=1\.24,0\.9$/ },
  pointer: { drag: ".handle", by: [50, 60], search: /^\?momentum\.point=(1\.[3-9]|2)[\d.]*,0\.[567]/ },
  address: {
    search: "?momentum.rule=nesterov&momentum.condition=20&momentum.point=0.5,0.6&momentum.steps=40",
    shows: ({ values, says, own: { rows, drawn } }) =>
      values.rule === "nesterov" &&
      says.startsWith("Nesterov momentum at rate 0.5 and β = 0.6") &&
      drawn[0] === 41 &&
      rows[1][1] === String(Number(nesterov(0.5, 0.6, [1 / 20, 1]).toPrecision(4))),
  },
  chinese: /^动量法（重球法），学习率 1\.2，β = 0\.8：按解析式/,
  tests: {
    "the closed form is the spectral radius, and the library's run has it": async ({ open, silent }) => {
      for (const [h, beta, condition] of [
        [1.2, 0.8, 50],
        [0.3, 0.3, 10],
        [1, 0.95, 100],
        [2.5, 0.4, 5],
        [1.9, 0, 30],
      ]) {
        const { says, own } = await open(`?momentum.point=${h},${beta}&momentum.condition=${condition}`);
        const eigenvalues = [1 / condition, 1];
        const expected = [
          heavyBall(h, beta, eigenvalues),
          nesterov(h, beta, eigenvalues),
          heavyBall(h, 0, eigenvalues),
        ];
        for (const [k, factor] of expected.entries()) {
          near(number(own.rows[k][1]), factor, 5e-4);
          near(number(own.rows[k][2]), factor, 5e-3);
        }
        const [, closed, measured] = /factor ([\d.]+) a step.* measures ([\d.]*\d)/.exec(says);
        equal([closed, measured], own.rows[0].slice(1, 3));
      }
      await silent();
    },
    "the course's rows: larger β oscillates more, and Nesterov overshoots less": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      await open();
      for (const [preset, beta, course] of [
        ["gentle", 0.5, "0.0005"],
        ["usual", 0.9, "0.60"],
        ["strong", 0.99, "0.96"],
      ]) {
        await fill("presets", preset);
        const { own } = await shows(
          ({ why, says }) => why !== "" && says.includes(`β = ${beta}:`),
          `the example with β = ${beta}`,
        );
        equal(number(own.rows[0][4]).toFixed(course.length - 2), course);
        near(number(own.rows[0][4]), overshoot(0.1, beta, false), 0.05);
        near(number(own.rows[1][4]), overshoot(0.1, beta, true), 0.05);
        holds(number(own.rows[1][4]) < number(own.rows[0][4]), "Nesterov overshoots less");
      }
      await silent();
    },
    "the button goes to Polyak's point, where the rate is (√κ − 1)/(√κ + 1)": async ({
      open,
      press,
      shows,
      silent,
    }) => {
      await open("?momentum.condition=100");
      await press("best");
      // h = (2 / (0.1 + 1))², β = (9 / 11)², factor 9 / 11; without momentum 2 / 1.01 and 99 / 101.
      const { says, own } = await shows(({ says }) => says.includes("at rate 3.31 and β = 0.669"), "the best point");
      holds(says.includes("rate 3.31 with β = 0.669: 0.818 a step"), says);
      holds(says.includes("Without momentum the best is rate 1.98: 0.98."), says);
      near(number(own.rows[0][1]), 9 / 11, 2e-3);
      near(number(own.rows[0][2]), 9 / 11, 6e-3);
      // For Nesterov 1 − 2/√(3κ + 1) by Lessard, Recht and Packard.
      await open("?momentum.condition=100&momentum.rule=nesterov");
      await press("best");
      const { own: other } = await shows(({ says }) => says.includes("at rate 1.33"), "the best point");
      near(number(other.rows[1][1]), 1 - 2 / Math.sqrt(301), 2e-3);
      await silent();
    },
    "x² with rates 0.4, 0.5, 1 and above": async ({ open, silent }) => {
      for (const [h, factor] of [
        [0.4, "0.2"],
        [0.5, "0"],
        [1, "1"],
        [1.2, "1.4"],
      ]) {
        const { says, own } = await open(
          `?momentum.steep=2&momentum.condition=1&momentum.point=${h},0&momentum.steps=10`,
        );
        equal(own.rows[2].slice(1, 3), [factor, factor]);
        equal(says.includes("does not converge"), h >= 1);
        holds(says.includes("must stay below 1 without momentum"), says);
      }
      await silent();
    },
    "its program computes what the table shows": async ({ open, runProgram, silent }) => {
      const { own } = await open("?momentum.point=0.9,0.9&momentum.condition=30");
      const lines = await runProgram();
      for (const [k, name] of ["Momentum", "Nesterov", "None"].entries()) {
        const [, flat, steep] = new RegExp(`${name}: beyond the minimum (\\S+) and (\\S+);`).exec(lines[k]);
        near(number(own.rows[k][3]), Number(flat), 0.05);
        near(number(own.rows[k][4]), Number(steep), 0.05);
      }
      await silent();
    },
  },
};
