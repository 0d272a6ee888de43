// Standardizing: condition numbers are those of the features' second moments, and the updates those of the closed form of gradient
// descent.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => Number(text.replaceAll("−", "-"));
const near = (shown, wanted) => holds(Math.abs(shown - wanted) <= 0.006 * Math.abs(wanted), `${shown} for ${wanted}`);

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const features = (range, offset) =>
  [
    [1, 7],
    [range, 11],
  ].map(([size, stride]) => Array.from({ length: 40 }, (_, k) => size * (((stride * k) % 40) / 39 - 0.5 + offset)));
const scalings = {
  none: (values) => values,
  center: (values) => values.map((value) => value - mean(values)),
  standard: (values) => {
    const deviation = Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
    return values.map((value) => (value - mean(values)) / deviation);
  },
  minMax: (values) => {
    const [least, most] = [Math.min(...values), Math.max(...values)];
    return values.map((value) => (value - least) / (most - least));
  },
};

/** Condition number, best rate, and updates until the loss is a millionth, by the eigenvalues of the 2 × 2 matrix. */
function expected([a, b], [u, v]) {
  const product = (x, y) => mean(x.map((value, k) => value * y[k]));
  const [p, q, r] = [product(a, a), product(a, b), product(b, b)];
  const root = Math.hypot((p - r) / 2, q);
  const most = (p + r) / 2 + root;
  const least = (p * r - q * q) / most;
  const rate = 2 / (most + least);
  // Components of the start along both eigenvectors, each multiplied by 1 − h λ in every update.
  const angle = Math.atan2(2 * q, p - r) / 2;
  const along = [u * Math.cos(angle) + v * Math.sin(angle), v * Math.cos(angle) - u * Math.sin(angle)];
  const loss = (k) =>
    [most, least].reduce((sum, value, j) => sum + value * (along[j] * (1 - rate * value) ** k) ** 2, 0);
  let updates = 0;
  while (updates <= 5000 && loss(updates) > 1e-6 * loss(0)) updates++;
  return [most / least, rate, updates > 5000 ? "over 5000" : String(updates)];
}

function fits({ tables }, range, offset, scaling, start) {
  const raw = features(range, offset);
  for (const [k, scaled] of [raw, raw.map(scalings[scaling])].entries()) {
    const row = tables[0][k + 1];
    const [condition, rate, updates] = expected(scaled, start);
    near(numberOf(row[1]), condition);
    near(numberOf(row[2]), rate);
    equal(row[3], updates);
  }
}

export default {
  name: "standardizing",
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?standardizing\.start=-1\.46,1\.4$/ },
  pointer: { drag: ".handle", by: [60, 40], search: /^\?standardizing\.start=-[01]\.\d+,0\.\d+$/ },
  address: {
    search: "?standardizing.ratio=1.5&standardizing.scaling=minMax&standardizing.offset=1&standardizing.start=1,-1.2",
    shows: (state) => {
      fits(state, 10 ** 1.5, 1, "minMax", [1, -1.2]);
      return state.handles.every(({ says }) => says === "x 1, y −1.2") && state.handles.length === 2;
    },
  },
  chinese: /^两个特征的范围为 1 和 10，原来的条件数为 196/,
  tests: {
    "numbers are those of the closed form, for every scaling": async ({ open, silent }) => {
      for (const scaling of ["standard", "minMax", "center"])
        for (const ratio of [0.3, 1]) {
          const state = await open(`?standardizing.scaling=${scaling}&standardizing.ratio=${ratio}`);
          fits(state, 10 ** ratio, 0.5, scaling, [-1.5, 1]);
        }
      await silent();
    },
    "the course's 0 to 1 beside 0 to 10,000: condition number 1.03e8 without means, and 1.41": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      const state = await open("?standardizing.ratio=4&standardizing.offset=0");
      equal(
        state.tables[0].slice(1).map((row) => [row[1], row[3]]),
        [
          ["1.03e8", "over 5000"],
          ["1.41", "4"],
        ],
      );
      await fill("presets", "course");
      const course = await shows(({ why, values }) => why !== "" && values.offset === "0.5", "the example shows");
      equal(
        course.tables[0].slice(1).map((row) => row[3]),
        ["over 5000", "4"],
      );
      holds(course.says.includes("With ranges of 1 and 10000"), course.says);
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      for (const scaling of ["standard", "minMax"]) {
        const { tables } = await open(`?standardizing.scaling=${scaling}&standardizing.ratio=0.7`);
        const lines = await runProgram();
        for (const [k, line] of lines.entries()) {
          const [, condition, updates] = /condition number (\S+), (\S+) updates$/.exec(line);
          near(numberOf(tables[0][k + 1][1]), Number(condition));
          equal(updates, tables[0][k + 1][3]);
        }
      }
      await silent();
    },
  },
};
