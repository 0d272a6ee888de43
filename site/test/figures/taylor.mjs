// Taylor polynomials: derivatives of every order, errors, radii of convergence and the proposed steps against closed forms.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const near = (got, expected, share = 1e-4) =>
  holds(Math.abs(got - expected) <= share * Math.max(Math.abs(expected), 1e-12), `${got}, not ${expected}`);
const factorial = (k) => (k < 2 ? 1 : k * factorial(k - 1));
const orders = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** Derivatives of 1/(1 + 25 x²): with u = 1 + 25 x², the coefficients c of its series satisfy u cₖ + 50 a cₖ₋₁ + 25 cₖ₋₂ = 0. */
function runge(a) {
  const c = [1 / (1 + 25 * a * a)];
  for (let k = 1; k <= 8; k++) c.push(-c[0] * (50 * a * c[k - 1] + 25 * (c[k - 2] ?? 0)));
  return c.map((value, k) => value * factorial(k));
}

/** Derivatives at a in closed form. */
const closed = {
  sin: (a) => orders.map((k) => Math.sin(a + (k * Math.PI) / 2)),
  exp: (a) => orders.map(() => Math.exp(a)),
  log: (a) => orders.map((k) => (k === 0 ? Math.log(1 + a) : ((-1) ** (k - 1) * factorial(k - 1)) / (1 + a) ** k)),
  runge,
  // 1/2 + x/4 − x³/48 + x⁵/480 − 17 x⁷/80640 + …
  sigmoid: () => [1 / 2, 1 / 4, 0, -1 / 8, 0, 1 / 4, 0, -17 / 16, 0],
  wells: (a) => [(a * a - 1) ** 2 / 4 + a / 5, a ** 3 - a + 0.2, 3 * a * a - 1, 6 * a, 6, 0, 0, 0, 0],
};
const values = {
  sin: Math.sin,
  exp: Math.exp,
  log: (x) => Math.log(1 + x),
  runge: (x) => 1 / (1 + 25 * x * x),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  wells: (x) => (x * x - 1) ** 2 / 4 + x / 5,
};

export default {
  name: "taylor",
  read: (root) => ({
    rows: [...root.querySelectorAll(".results tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
    outside: root.querySelectorAll(".outside").length,
    curves: root.querySelectorAll(".plane .curve").length,
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowRight"], search: /^\?taylor\.places=0\.548,1\.5$/ },
  pointer: { drag: ".handle", by: [60, 30], search: /^\?taylor\.places=0\.[3-9]\d*,1\.5$/ },
  address: {
    search: "?taylor.function=sin&taylor.order=5&taylor.places=0.5,1",
    shows: ({ values, says, own }) =>
      values.function === "sin" &&
      own.curves === 4 &&
      own.outside === 0 &&
      says.startsWith("About a = 0.5 the polynomial of order 5"),
  },
  chinese: /^在 a = 0 处展开的 4 阶多项式/,
  tests: {
    "derivatives, polynomials and errors of all orders are those of closed forms": async ({ open, silent }) => {
      for (const [name, a, to] of [
        ["sin", 0.5, 2],
        ["exp", -1, 1],
        ["log", 0.25, 1.5],
        ["runge", 0.1, 0.3],
        ["sigmoid", 0, 2],
        ["wells", 1.8, 1],
      ]) {
        const { own, says } = await open(`?taylor.function=${name}&taylor.places=${a},${to}&taylor.order=6`);
        const derivatives = closed[name](a);
        let sum = 0;
        for (const k of orders) {
          sum += (derivatives[k] * (to - a) ** k) / factorial(k);
          near(number(own.rows[k][1]), derivatives[k]);
          near(number(own.rows[k][2]), sum);
          const error = Math.abs(sum - values[name](to));
          if (error > 1e-9) near(number(own.rows[k][3]), error, 6e-3);
        }
        holds(says.includes(`error of ${own.rows[6][3]}.`), says);
      }
      await silent();
    },
    "it says where series converge": async ({ open, fill, shows, silent }) => {
      for (const [name, words] of [
        ["log", "only within 1 of a, from −1 to 1"],
        ["runge", "only within 0.2 of a, from −0.2 to 0.2"],
        ["sigmoid", "only within 3.14 of a"],
        ["everywhere", "converges for every x"],
      ]) {
        await open();
        await fill("presets", name);
        await shows(({ says, why }) => why !== "" && says.includes(words), words);
      }
      // √(0.5² + 0.2²) = 0.5385
      const { says } = await open("?taylor.function=runge&taylor.places=0.5,0.3");
      holds(says.includes("converges within 0.539 of a"), says);
      await silent();
    },
    "both models propose the steps of the example, downhill and uphill": async ({ open, silent }) => {
      const slope = 1.8 ** 3 - 1.8 + 0.2;
      const curvature = 3 * 1.8 ** 2 - 1;
      const { says } = await open("?taylor.function=wells&taylor.places=1.8,1&taylor.order=2&taylor.rate=0.1");
      const [, toward, there] = /rate 0\.1 leads to (\S+), where f is (\S+)\. /.exec(says);
      near(number(toward), 1.8 - 0.1 * slope, 3e-3);
      near(number(there), values.wells(1.8 - 0.1 * slope), 1e-3);
      const [, lowest] = /is lowest at (\S+), Newton's step/.exec(says);
      near(number(lowest), 1.8 - slope / curvature, 6e-3);
      const uphill = await open("?taylor.function=wells&taylor.places=0.3,1&taylor.order=2");
      const [, top] = /to its highest point (\S+);/.exec(uphill.says);
      near(number(top), 0.3 - (0.3 ** 3 - 0.3 + 0.2) / (3 * 0.3 ** 2 - 1), 6e-3);
      await silent();
    },
    "a formula of one's own has its derivatives": async ({ open, fill, shows, silent }) => {
      await open("?taylor.function=own");
      await fill("formula", "x^3 - 2x");
      const { own } = await shows(({ own: { rows } }) => rows[3][1] === "6", "the third derivative is 6");
      equal(
        own.rows.map((row) => row[1]),
        ["0", "−2", "0", "6", "0", "0", "0", "0", "0"],
      );
      await fill("formula", "x^3 - y");
      await shows(({ fault }) => fault.startsWith("“y” is unknown"), "the fault is named");
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      const { own } = await open("?taylor.function=runge&taylor.places=0.1,0.3");
      const lines = await runProgram();
      equal(lines.length, 9);
      for (const k of orders) {
        const [, derivative, value, error] = /derivative (\S+), value (\S+), error (\S+)$/.exec(lines[k]);
        near(number(own.rows[k][1]), Number(derivative));
        near(number(own.rows[k][2]), Number(value));
        near(number(own.rows[k][3]), Number(error), 6e-3);
      }
      await silent();
    },
  },
};
