// Signals through the layers: the variances follow the laws of the initializers.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));

/** Factors per layer, forward and backward, in the words. */
const factors = (says) => [...says.matchAll(/× (\S+) per layer/g)].map(([, factor]) => number(factor));
const near = (value, expected, tolerance) =>
  holds(Math.abs(value / expected - 1) <= tolerance, `${value} in place of ${expected}`);

export default {
  name: "signals",
  read: (root) => ({
    columns: [...root.querySelectorAll(".violins")].map(
      (picture) => picture.querySelectorAll("path:not(.grid)").length,
    ),
    rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }),
  keyboard: { focus: 'input[name="scale"]', keys: ["ArrowRight", "ArrowRight"], search: /^\?signals\.scale=0\.2$/ },
  address: {
    search: "?signals.start=he&signals.activation=relu&signals.depth=5&signals.width=32",
    shows: ({ own: { columns, rows } }) =>
      columns.join() === "5,5" && rows.length === 3 && rows[2][0] === "5" && rows[0][3].endsWith("of 32"),
  },
  chinese: /^前向：激活值的方差从第 1 层的 0\.31 变到/,
  tests: {
    "each layer multiplies the variance by n · Var(w), and ReLU halves it": async ({ open, silent }) => {
      for (const [search, forward, backward] of [
        // 64 · 0.01² and 64 · 0.01, where tanh is nearly linear.
        ["start=small", 0.0064, 0.0064],
        ["start=wide", 0.64, 0.64],
        ["start=xavier&signals.activation=relu", 0.5, 0.5],
        ["start=he&signals.activation=relu", 1, 1],
        ["start=orthogonal&signals.activation=linear", 1, 1],
        ["start=lecun&signals.activation=linear&signals.scale=1", 4, 4],
      ]) {
        const { says } = await open(`?signals.${search}`);
        const [there, back] = factors(says);
        near(there, forward, 0.13);
        near(back, backward, 0.13);
      }
      // The slope of a sigmoid is at most 1/4.
      const { says } = await open("?signals.start=xavier&signals.activation=sigmoid");
      holds(factors(says)[1] <= 1.03 / 16, says);
      await silent();
    },
    "zeros pass nothing, and equal weights leave units equal": async ({ open, fill, shows, silent }) => {
      const zeros = await open("?signals.start=zeros");
      equal(
        zeros.own.rows.map(([, forward, backward]) => [forward, backward !== "0"]),
        [
          ["0", false],
          ["0", false],
          ["0", true],
        ],
      );
      await fill("presets", "equal");
      await shows(
        ({ says, own: { rows } }) => rows[0][3] === "1 of 64" && says.includes("get equal gradients"),
        "all units are equal",
      );
      await fill("start", "xavier");
      await shows(({ own: { rows } }) => rows[0][3] === "64 of 64", "random ones are not");
      await silent();
    },
    "with batch norm the scale of the weights does not matter": async ({ open, fill, shows, silent }) => {
      const { own, says } = await open("?signals.start=he&signals.activation=relu&signals.norm=1");
      const product = (words) => number(/Var\(w\) is (\S+),/.exec(words)[1]);
      await fill("scale", 3);
      const scaled = await shows((now) => product(now.says) > 60 * product(says), "the weights are 8 times as large");
      for (const [k, row] of scaled.own.rows.entries())
        for (const column of [1, 2]) near(number(row[column]), number(own.rows[k][column]), 0.01);
      await silent();
    },
    "its program computes the same variances": async ({ open, runProgram, silent }) => {
      for (const search of [
        "start=wide",
        "start=equal&signals.norm=1&signals.scale=0.5&signals.depth=4&signals.seed=3",
      ]) {
        const { own } = await open(`?signals.${search}`);
        const lines = await runProgram();
        for (const [layer, forward, backward] of own.rows) {
          const [, ...values] = /forward (\S+), backward (\S+)$/.exec(lines[Number(layer) - 1]);
          equal(
            values.map((value) => Number(Number(value).toPrecision(3))),
            [number(forward), number(backward)],
          );
        }
      }
      await silent();
    },
  },
};
