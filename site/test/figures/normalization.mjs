// Batch norm of batches: mean 0 and deviation 1, undone by γ and β, running statistics by their recurrence, and noise of 1 / √B.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => Number(text.replaceAll("−", "-"));
const near = (shown, wanted, share = 0.006) =>
  holds(Math.abs(shown - wanted) <= share * Math.abs(wanted) + 1e-9, `${shown} for ${wanted}`);
/** Mean and deviation of inputs, outputs in training, and outputs in evaluation. */
const rowsOf = ({ tables }) => tables[0].slice(1).map((row) => row.slice(1).map(numberOf));
const running = ({ says }) => /running statistics are (\S+) and (\S+);/.exec(says).slice(1).map(numberOf);
const hasNoise = ({ says }) => says.includes("the mean scatters by");

export default {
  name: "normalization",
  read: (root) => ({
    /** Horizontal places of the inputs and the outputs, in pixels. */
    dots: [...root.querySelectorAll(".strips .dots")].map((path) =>
      [...path.getAttribute("d").matchAll(/M(\S+) /g)].map(([, x]) => Number(x)),
    ),
  }),
  keyboard: { focus: '[name="size"]', keys: ["ArrowLeft", "ArrowLeft"], search: /^\?normalization\.size=3$/ },
  address: {
    search: "?normalization.size=3&normalization.at=7&normalization.gamma=2&normalization.beta=-1",
    shows: (state) => {
      const [, [mean, deviation]] = rowsOf(state);
      equal(mean, -1);
      near(deviation, 2);
      return state.says.startsWith("Batch 7 has 8 inputs") && state.own.dots[0].length === 8;
    },
  },
  chinese: /^第 30 批有 32 个输入，均值为/,
  tests: {
    "outputs have mean 0 and deviation 1, whatever the inputs are": async ({ open, silent }) => {
      for (const search of ["", "?normalization.mean=-1.5&normalization.deviation=0.3", "?normalization.size=1"]) {
        const state = await open(search);
        const [inputs, outputs] = rowsOf(state);
        equal(outputs[0], 0);
        near(outputs[1], 1);
        holds(Math.abs(inputs[1]) > 0.01 && inputs[1] !== 1, `${inputs}`);
      }
      await silent();
    },
    "γ = √(σ² + ε) and β = μ give the inputs back": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("undo", "");
      const state = await shows(({ says }) => says.includes("the inputs come back"), "it is undone");
      const [inputs, outputs] = rowsOf(state);
      equal(outputs, inputs);
      equal(state.own.dots[0], state.own.dots[1]);
      const [, gamma, beta, difference] = /= (\S+) and β = μ = (\S+) .* differ by (\S+) at most/.exec(state.says);
      equal([numberOf(beta), numberOf(gamma)], inputs);
      holds(numberOf(difference) < 1e-12, difference);
      await silent();
    },
    "running statistics follow their recurrence, and evaluation uses them": async ({ open, silent }) => {
      const first = await open("?normalization.at=1&normalization.size=4&normalization.momentum=0.3");
      const [[mean, deviation]] = rowsOf(first);
      // From 0 and 1; the running variance is unbiased: σ² · 16 / 15.
      near(running(first)[0], 0.3 * mean);
      near(running(first)[1], Math.sqrt(0.7 + 0.3 * deviation ** 2 * (16 / 15)));
      const second = await open("?normalization.at=2&normalization.size=4&normalization.momentum=0.3");
      const [own, , evaluated] = rowsOf(second);
      near(running(second)[0], 0.7 * running(first)[0] + 0.3 * own[0], 0.01);
      near(evaluated[0], (own[0] - running(second)[0]) / running(second)[1], 0.03);
      near(evaluated[1], own[1] / running(second)[1], 0.02);
      await silent();
    },
    "the noise is σ / √B": async ({ open, shows, silent }) => {
      for (const [exponent, size] of [
        [2, 4],
        [5, 32],
        [8, 256],
      ]) {
        await open(`?normalization.size=${exponent}`);
        const { says } = await shows(hasNoise, "the noise is known");
        const [, error, low, high] = /scatters by (\S+), .* from (\S+) to (\S+) in 70/.exec(says);
        near(numberOf(error), 2 / Math.sqrt(size), 0.06);
        holds(numberOf(low) < 1.01 && numberOf(high) > 0.99 && numberOf(low) < numberOf(high), says);
      }
      await silent();
    },
    "it plays batch after batch": async ({ open, press, shows, silent }) => {
      await open("?normalization.at=3");
      await press("next");
      await shows(({ says }) => says.startsWith("Batch 4 has"), "the next batch");
      await press("play");
      await shows(({ buttons, says }) => buttons.play === "Pause" && !says.startsWith("Batch 4 "), "it runs");
      await press("play");
      await shows(
        ({ buttons, search, says }) =>
          buttons.play === "Play" && search.includes(`normalization.at=${/^Batch (\d+)/.exec(says)[1]}`),
        "it stands, at the batch of the address",
      );
      await silent();
    },
    "its program computes the same statistics": async ({ open, runProgram, silent }) => {
      const state = await open("?normalization.at=5&normalization.gamma=1.5&normalization.beta=0.5");
      const lines = await runProgram();
      equal(lines.length, 5);
      const numbers = lines[4].match(/-?\d+\.\d+(e-\d+)?|-?\d+(?=[,;]|$)/g).map(Number);
      const [inputs, outputs] = rowsOf(state);
      for (const [k, wanted] of [...inputs, ...outputs, ...running(state)].entries()) near(numbers[k], wanted);
      await silent();
    },
  },
};
