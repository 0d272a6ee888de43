// The spectrum: the largest curvature goes to 2 / rate, outliers are as many as classes, and a program finds the same numbers.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
/** Numbers of the sentences. */
const told = (says) => ({
  limit: number(/2 \/ \S+ = ([^.]+(\.\d+)?)\. /.exec(says)[1]),
  end: number(/([\d.]+) at step \d+(;|, and stays)/.exec(says)[1]),
  rises: number(/rose in (\d+) steps/.exec(says)[1]),
  loss: number(/the loss is (\S+), the eigenvalues/.exec(says)[1]),
  range: /between (\S+) and (\S+), /.exec(says).slice(1).map(number),
  negative: number(/, (\d+) of them are negative/.exec(says)[1]),
});

export default {
  name: "spectrum",
  read: (root) => ({ charts: root.querySelectorAll(".chart:not([hidden])").length }),
  keyboard: {
    focus: 'input[name="at"]',
    keys: ["Home", "ArrowRight"],
    search: /^\?spectrum\.at=1$/,
  },
  address: {
    search: "?spectrum.task=four&spectrum.steps=200&spectrum.units=6&spectrum.at=100",
    shows: ({ says, status, own: { charts } }) =>
      // 2 · 6 + 6 weights, then 6 · 4 + 4.
      says.startsWith("A network of 46 weights") && status.startsWith("Step 100: loss") && charts === 3,
  },
  chinese: /^含 65 个权重的网络用全部数据做梯度下降，学习率 0\.1：曲率低于 2 \/ 0\.1 = 20 的方向是稳定的。/,
  tests: {
    "training goes to the edge of stability": async ({ open, silent }) => {
      for (const [rate, rose] of [
        [0.1, true],
        [0.2, true],
        [0.05, false],
      ]) {
        const { says } = await open(`?spectrum.rate=${Math.log10(rate)}`);
        const { limit, end, rises } = told(says);
        holds(Math.abs(limit - 2 / rate) < 0.01 * limit, says);
        equal(rises > 0, rose);
        if (rose) holds(Math.abs(end - limit) < 0.1 * limit, says);
        else holds(end < 0.6 * limit && says.includes("stays below the limit"), says);
      }
      // Far above the limit descent diverges.
      const { says } = await open("?spectrum.rate=0.3");
      holds(/at step \d+ the loss is no longer finite/.test(says), says);
      await silent();
    },
    "outliers are as many as classes": async ({ open, fill, shows, silent }) => {
      await open("?spectrum.steps=200");
      await fill("presets", "outliers");
      const five = await shows(({ says }) => says.includes("there are 5 classes"), "the example");
      holds(five.says.includes("lies behind number 5, a factor of"), five.says);
      holds(five.why.startsWith("With five classes five eigenvalues"), five.why);
      const four = await open("?spectrum.task=four&spectrum.steps=400");
      holds(four.says.includes("lies behind number 4, a factor of"), four.says);
      await silent();
    },
    "it goes step by step": async ({ open, fill, shows, silent }) => {
      const end = await open("?spectrum.steps=400");
      await fill("at", "0");
      const start = await shows(({ says }) => says.includes("At step 0 the loss is"), "the first step");
      holds(told(start.says).loss > told(end.says).loss, start.says);
      equal(told(start.says).range[1], number(/curvature is (\S+) at the start/.exec(end.says)[1]));
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      const { says } = await open("?spectrum.task=three&spectrum.steps=600&spectrum.rate=-0.5");
      const [first, last, negative, loss] = await runProgram();
      const shown = told(says);
      const [value, limit] = /eigenvalue (\S+) of 63 limit (\S+)/.exec(last).slice(1).map(Number);
      const rounded = (text) => Number(Number(text).toPrecision(3));
      equal([rounded(value), rounded(limit)], [shown.range[1], shown.limit]);
      equal(rounded(first.split(" ").at(-1)), number(/curvature is (\S+) at the start/.exec(says)[1]));
      equal([Number(negative.split(" ")[1]), rounded(loss.split(" ")[1])], [shown.negative, shown.loss]);
      await silent();
    },
  },
};
