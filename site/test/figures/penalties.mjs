// Penalties: the solutions are those of ridge regression's closed form and of the lasso's optimality conditions, and the course's
// example is as the course has it.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => Number(text.replaceAll("−", "-"));

/** Numbers that the first sentence says. */
const said = ({ says }) => {
  const found =
    /^At λ = (\S+) the solution w is \((\S+), (\S+)\): its loss is (\S+) above .* before λ is (\S+)\. /.exec(says);
  return found.slice(1).map(numberOf);
};

/** Numbers that the sentence must say at a solution. */
function expected([a, b], { best, correlation, square, magnitude }) {
  const [da, db] = [a - best[0], b - best[1]];
  const loss = da ** 2 + 2 * correlation * da * db + db ** 2;
  return [a, b, loss, square * (a * a + b * b) + magnitude * (Math.abs(a) + Math.abs(b))];
}

const near = (shown, wanted) => {
  for (const [k, value] of wanted.entries())
    holds(Math.abs(shown[k] - value) <= 0.006 * Math.abs(value) + 1e-9, `${shown} for ${wanted}`);
};

/** ((1 + λ) ρ; ρ (1 + λ)) w = A w° by Cramer's rule. */
function ridge({ best: [x, y], correlation: r }, lambda) {
  const [c, d] = [x + r * y, r * x + y];
  const determinant = (1 + lambda) ** 2 - r * r;
  return [((1 + lambda) * c - r * d) / determinant, ((1 + lambda) * d - r * c) / determinant];
}

const address = "?penalties.kind=l2&penalties.lambda=0&penalties.correlation=-0.5&penalties.best=1.5,-0.5";

export default {
  name: "penalties",
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?penalties\.best=0\.432,1\.72$/ },
  pointer: { drag: ".handle:last-of-type", by: [0, 60], search: /^\?penalties\.lambda=0\.[2-6]/ },
  address: {
    search: address,
    shows: (state) => {
      const what = { best: [1.5, -0.5], correlation: -0.5, square: 1, magnitude: 0 };
      near(said(state).slice(1), expected(ridge(what, 1), what));
      return state.says.includes("no λ makes a weight exactly 0");
    },
  },
  chinese: /^λ = 1\.26 时，解 w 为 \(0, 0\.891\)/,
  tests: {
    "L1 is at a corner, where the lasso's conditions hold": async ({ open, silent }) => {
      const what = { best: [0.4, 1.4], correlation: 0.3, square: 0, magnitude: 1 };
      const state = await open();
      const lambda = 10 ** 0.1;
      // With w₁ = 0 the derivative by w₂ is 2 (w₂ − 1.4 − 0.3 · 0.4) + λ = 0.
      const w = [0, 1.4 + 0.3 * 0.4 - lambda / 2];
      near(said(state), [lambda, ...expected(w, what)]);
      equal(state.handles[1].says, "x 0, y 0.891");
      // The gradient of the loss by w₁ is no larger than λ: w₁ stays 0.
      holds(Math.abs(2 * (w[0] - 0.4 + 0.3 * (w[1] - 1.4))) <= lambda, "a gradient above λ");
      // 2 w₁° (1 + ρ) is where w₁ leaves 0, and 2 (w₂° + ρ w₁°) where w₂ does.
      const [, first, last] = /w₁ is 0 from λ = (\S+) on, and w₂ is 0 from λ = (\S+) on/.exec(state.says);
      near([Number(first), Number(last)], [2 * 0.4 * 1.3, 2 * (1.4 + 0.3 * 0.4)]);
      await silent();
    },
    "both weights of L1 at a smaller λ, and of the elastic net, fulfil their conditions": async ({ open, silent }) => {
      for (const [kind, square] of [
        ["l1", 0],
        ["elastic", 1],
      ]) {
        const what = { best: [1.3, 0.9], correlation: 0.8, square, magnitude: 1 };
        const query = `penalties.kind=${kind}&penalties.beta=1&penalties.correlation=0.8&penalties.best=1.3,0.9`;
        const state = await open(`?${query}&penalties.lambda=-1`);
        // Both are positive: 2 A (w − w°) + 2 λ β w + λ = 0.
        const [c, d] = [1.3 + 0.8 * 0.9 - 0.05, 0.8 * 1.3 + 0.9 - 0.05];
        const diagonal = 1 + 0.1 * square;
        const determinant = diagonal ** 2 - 0.64;
        const w = [(diagonal * c - 0.8 * d) / determinant, (diagonal * d - 0.8 * c) / determinant];
        near(said(state), [0.1, ...expected(w, what)]);
      }
      await silent();
    },
    "the course's example: L2 1 against 0.25, L1 1 = 1, and the elastic net between": async ({ open, fill, shows }) => {
      const { tables } = await open();
      equal(tables[0].slice(1), [
        ["(1, 0, 0, 0)", "1", "1", "1", "1.5"],
        ["(0.25, 0.25, 0.25, 0.25)", "1", "0.25", "1", "1.125"],
      ]);
      await fill("kind", "elastic");
      await fill("beta", "2");
      await shows(({ tables: now }) => now[0][1][4] === "3" && now[0][2][4] === "1.5", "2 · 1 + 1 and 2 · 0.25 + 1");
    },
    "examples say what is shown": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "circle");
      await shows(({ says }) => says.includes("Neither weight is 0"), "L2 has no zero");
      await fill("presets", "all");
      await shows(({ says }) => says.includes("Both weights are exactly 0"), "the origin");
      await fill("presets", "twins");
      await shows(
        ({ says }) => says.includes(", 0): its loss") && says.includes("w₂ is exactly 0"),
        "one of the twins is dropped",
      );
      await fill("presets", "together");
      await shows(({ says }) => says.includes("Neither weight is 0"), "both stay");
      await silent();
    },
    "its program trains to the same weights": async ({ open, runProgram, silent }) => {
      for (const kind of ["l1", "l2", "elastic"]) {
        const state = await open(`?penalties.kind=${kind}&penalties.lambda=-0.2`);
        const lines = await runProgram();
        const w = /^w = (.*), (.*)$/.exec(lines[0]).slice(1).map(Number);
        near([...said(state).slice(1, 3)], w);
        near([said(state)[3]], [Number(/^loss (.*)$/.exec(lines[1])[1])]);
        equal(lines[2].slice(0, 30), "(1, 0, 0, 0): score 1, L2 1");
        equal(lines[5], "(0.25, 0.25, 0.25, 0.25): score 1, L2 0.25");
      }
      await silent();
    },
  },
};
