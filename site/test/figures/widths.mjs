// Local optima against network size: the spread of final losses falls, and the losses are those of the program.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const quick = "?widths.starts=10&widths.updates=200";
const isDone = ({ own: { rows } }) => Object.keys(rows).length === 7;

/** Least mean square of a tanh(b x + c) + d against sin(3 x) on the samples: a and d by least squares, b and c from a grid. */
function bestOfOneUnit() {
  const x = Array.from({ length: 32 }, (_, k) => -2 + (4 * k) / 31);
  const y = x.map((value) => Math.sin(3 * value));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  let least = Number.POSITIVE_INFINITY;
  for (let b = 0.1; b < 6; b += 0.1)
    for (let c = -8; c <= 8; c += 0.1) {
      const h = x.map((value) => Math.tanh(b * value + c));
      const [hm, ym] = [mean(h), mean(y)];
      const across = mean(h.map((value, k) => (value - hm) * (y[k] - ym)));
      const variance = mean(h.map((value) => (value - hm) ** 2));
      if (variance < 1e-9) continue;
      least = Math.min(least, mean(y.map((value) => (value - ym) ** 2)) - across ** 2 / variance);
    }
  return least;
}

export default {
  name: "widths",
  read: (root) => ({
    rows: Object.fromEntries(
      [...root.querySelectorAll("tbody tr")].map((row) => [
        row.querySelector("th").textContent,
        [...row.querySelectorAll("td")].map((cell) => cell.textContent),
      ]),
    ),
    progress: root.querySelector("progress")?.value ?? 0,
  }),
  keyboard: { focus: "[name=starts]", keys: ["ArrowLeft"], search: /^\?widths\.starts=10$/ },
  address: {
    search: `${quick}&widths.frequency=2`,
    shows: ({ says, own: { rows } }) =>
      says.includes("learn sin(2 x) from 32 points, each width from 10 random starts, in 200 updates") && "1" in rows,
  },
  chinese: /^单隐藏层网络从 32 个点学习 sin\(3 x\)/,
  tests: {
    "the spread of the losses falls with the width, and the words are the table's": async ({ open, shows, silent }) => {
      await open(quick);
      const { own, says } = await shows(isDone, "all widths are trained");
      const deviation = (width) => number(own.rows[width][3]);
      holds(deviation(64) < deviation(2) / 10, `${deviation(2)} and ${deviation(64)}`);
      holds(Math.max(deviation(16), deviation(32), deviation(64)) < Math.min(deviation(2), deviation(4)), "it falls");
      for (const [lowest, , highest, spread] of [own.rows[2], own.rows[64]])
        holds(says.includes(`lie between ${lowest} and ${highest}, with a deviation of ${spread}`), says);
      await silent();
    },
    "one unit comes near the best that one unit can do, and not below": async ({ open, shows, silent }) => {
      await open(quick);
      const { own } = await shows(isDone, "all widths are trained");
      const [best, lowest] = [bestOfOneUnit(), number(own.rows[1][0])];
      holds(lowest > best - 5e-4 && lowest < 1.05 * best, `${lowest} and ${best}`);
      // Two units that are stuck do no better than one.
      holds(number(own.rows[2][2]) > best - 5e-4, own.rows[2][2]);
      await silent();
    },
    "its program trains to the same losses": async ({ open, shows, runProgram, silent }) => {
      await open(quick);
      const { own } = await shows(isDone, "all widths are trained");
      const lines = await runProgram();
      for (const line of lines.slice(0, 2)) {
        const [, width, lowest, highest] = /^width (\d+): from (\S+) to (\S+)$/.exec(line) ?? [];
        equal([Number(lowest), Number(highest)], [number(own.rows[width][0]), number(own.rows[width][2])]);
      }
      await silent();
    },
    "a change begins anew, and another page ends it": async ({ open, fill, shows, silent }) => {
      await open("?widths.starts=50&widths.updates=2000");
      await fill("presets", "short");
      await shows((now) => now.says.includes("in 200 updates") && isDone(now), "the short training is done");
      await silent();
    },
  },
};
