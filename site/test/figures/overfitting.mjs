// The simple and the wild curve: the fits solve the normal equations, the training loss rises with λ, and the test loss dips.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => Number(text.replaceAll("−", "-"));

/** Solves a system by elimination with pivots. */
function solved(matrix, right) {
  const rows = matrix.map((row, k) => [...row, right[k]]);
  for (let k = 0; k < rows.length; k++) {
    const pivot = rows
      .slice(k)
      .reduce((best, row, j) => (Math.abs(row[k]) > Math.abs(rows[best][k]) ? k + j : best), k);
    [rows[k], rows[pivot]] = [rows[pivot], rows[k]];
    for (let j = 0; j < rows.length; j++) {
      if (j === k) continue;
      const factor = rows[j][k] / rows[k][k];
      for (let i = k; i <= rows.length; i++) rows[j][i] -= factor * rows[k][i];
    }
  }
  return rows.map((row, k) => row.at(-1) / row[k]);
}

/** Training loss and largest weight of ridge regression, by (X'X + n λ D) w = X'y, where D leaves out the constant. */
function ridge(x, y, degree, lambda) {
  const powers = x.map((u) => Array.from({ length: degree + 1 }, (_, k) => u ** k));
  const product = (i, j) => powers.reduce((sum, row) => sum + row[i] * row[j], 0);
  const normal = powers[0].map((_, i) =>
    powers[0].map((_, j) => product(i, j) + (i === j && i > 0 ? x.length * lambda : 0)),
  );
  const w = solved(
    normal,
    powers[0].map((_, i) => powers.reduce((sum, row, k) => sum + row[i] * y[k], 0)),
  );
  const errors = powers.map((row, k) => row.reduce((sum, value, j) => sum + value * w[j], 0) - y[k]);
  return [errors.reduce((sum, error) => sum + error ** 2, 0) / x.length, Math.max(...w.map(Math.abs))];
}

const near = (shown, wanted) =>
  holds(Math.abs(shown - wanted) <= 0.006 * Math.abs(wanted) + 1e-9, `${shown} for ${wanted}`);

const points = [0.1, -0.9, -1, 0.2, 0.9, 0.3];
const own = `overfitting.count=6&overfitting.points=${points.map((y, k) => `p${k}:${y}`).join(",")}`;
const inputs = Array.from({ length: 6 }, (_, k) => -0.95 + 0.38 * k);

export default {
  name: "overfitting",
  read: (root) => ({
    curves: [...root.querySelectorAll(".plane .marks .curve")].map((path) => path.getAttribute("d").length),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowUp", "Shift+ArrowUp"], search: /^\?overfitting\.points=p0:0\.2/ },
  pointer: {
    drag: ".handle:nth-of-type(5)",
    by: [30, 40],
    search: /^\?overfitting\.points=p4:-1\.[12]\d*$/,
  },
  address: {
    search: `?overfitting.lambda=-1&${own}`,
    shows: ({ tables, handles }) => {
      const [loss, largest] = ridge(inputs, points, 5, 0.1);
      near(numberOf(tables[0][2][1]), loss);
      near(numberOf(tables[0][2][3]), largest);
      return handles.length === 6 && handles[0].says === "x −0.95, y 0.1" && tables[0][2][0] === "this λ, 0.1";
    },
  },
  chinese: /^没有惩罚时，9 次多项式穿过全部 10 个样本/,
  tests: {
    "the penalty makes the training loss larger, the test loss smaller and the weights small": async ({
      open,
      silent,
    }) => {
      const { tables, says } = await open();
      const [zero, , best] = tables[0].slice(1).map((row) => row.slice(1).map(numberOf));
      holds(zero[0] === 0 && zero[0] < best[0] && best[1] < zero[1] / 10 && best[2] < zero[2] / 100, tables[0].join());
      holds(says.includes(`its training loss is 0, its test loss ${tables[0][1][2]}.`), says);
      holds(says.includes(`where it is ${tables[0][3][2]}.`), says);
      await silent();
    },
    "fits through dragged points solve the normal equations": async ({ open, silent }) => {
      for (const [exponent, degree] of [
        [-4, 5],
        [-2, 4],
        [0, 2],
      ]) {
        const { tables } = await open(`?overfitting.lambda=${exponent}&${own}&overfitting.degree=${degree}`);
        const [loss, largest] = ridge(inputs, points, degree, 10 ** exponent);
        near(numberOf(tables[0][2][1]), loss);
        near(numberOf(tables[0][2][3]), largest);
      }
      await silent();
    },
    "examples show what their words say": async ({ open, fill, shows, silent }) => {
      await open();
      const losses = (state) => state.tables[0].slice(1).map((row) => row.slice(1, 3).map(numberOf));
      const example = async (name, isRight) => {
        await fill("presets", name);
        await shows((state) => state.why !== "" && isRight(losses(state)), name);
      };
      await example("wild", ([zero, now]) => zero[1] === now[1] && now[0] === 0 && now[1] > 1);
      await example("stiff", ([, now]) => now[0] > 0.5 && now[1] > 0.5);
      // Without a penalty a small model, or more samples, are nearly as good as the best penalty.
      await example("small", ([zero, , best]) => zero[1] < 1.1 * best[1]);
      await example("many", ([zero, , best]) => zero[0] > 0 && zero[1] < 1.5 * best[1]);
      await example("clean", ([zero]) => zero[1] < 1e-6);
      await example("simple", ([zero, now]) => now[0] > zero[0] && now[1] < zero[1] / 10);
      await silent();
    },
    "other counts have as many handles, and return dragged points": async ({
      open,
      fill,
      focus,
      shows,
      tab,
      silent,
    }) => {
      await open();
      await focus(".handle");
      await tab.press("ArrowUp");
      await shows(({ search }) => search.startsWith("?overfitting.points=p0"), "the point is in the address");
      await fill("count", "14");
      await shows(({ handles, search }) => handles.length === 14 && search === "?overfitting.count=14", "14 handles");
      await silent();
    },
    "its program computes the same losses": async ({ open, runProgram, silent }) => {
      const { tables } = await open("?overfitting.lambda=-3");
      const lines = await runProgram();
      const loss = (line) => Number(/training loss (\S+),/.exec(line)[1]);
      const largest = (line) =>
        Math.max(
          ...line
            .split("weights ")[1]
            .split(", ")
            .map((w) => Math.abs(Number(w))),
        );
      equal(/^lambda (\S+):/.exec(lines[1])[1], "0.001");
      near(loss(lines[1]), numberOf(tables[0][2][1]));
      near(largest(lines[0]), numberOf(tables[0][1][3]));
      near(largest(lines[1]), numberOf(tables[0][2][3]));
      await silent();
    },
  },
};
