// The gradient check: verdicts on right and wrong derivatives, the error's slopes, and the course's worked example.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const sigmoid = (t) => 1 / (1 + Math.exp(-t));
const near = (value, expected, tolerance) =>
  holds(Math.abs(value - expected) <= tolerance, `${value} in place of ${expected}`);

/** Derivatives of log(1 + exp(2y − x)) + (x² + y²) / 10. */
const derivatives = (x, y) => [0.2 * x - sigmoid(2 * y - x), 0.2 * y + 2 * sigmoid(2 * y - x)];

export default {
  name: "gradients",
  read: (root) => ({
    rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
    isCharted: !root.querySelector(".chart").hidden,
  }),
  keyboard: { focus: 'input[name="step"]', keys: ["ArrowLeft"], search: /^\?gradients\.step=-5\.25$/ },
  address: {
    search: "?gradients.point=1,-0.5&gradients.dx=0.2*x",
    shows: ({ own: { rows } }) => rows[0]?.[1] === "0.2" && rows[0][4] === "differs" && rows[1][4] === "agrees",
  },
  chinese: /^h = 1e−5 时，你的 ∂f\/∂x = 0\.018148935 与中心差分 0\.018148935 相符/,
  tests: {
    "right derivatives agree, and the error is least where theory says": async ({ open, silent }) => {
      const { own, says } = await open();
      for (const [k, expected] of derivatives(0.8, -0.5).entries()) {
        near(number(own.rows[k][1]), expected, 1e-8);
        near(number(own.rows[k][2]), expected, 1e-8);
        equal(own.rows[k][4], "agrees");
      }
      // √(2 ε |f| / |f″|) and ∛(3 ε |f| / |f‴|) are about 1e−8 and 1e−5.
      const [, forward, , central] = /at h = (\S+), to (\S+); central ones at h = (\S+), to/.exec(says).map(number);
      holds(forward >= 1e-9 && forward <= 1e-7 && central >= 1e-6 && central <= 1e-4, says);
      await silent();
    },
    "every mistake is found, at its coordinate and in its size": async ({ open, fill, shows, silent }) => {
      await open();
      // By the formulas of the examples at (0.8, −0.5).
      for (const [example, mistakes] of [
        ["factor", [0.08, 0.05]],
        ["sign", [2 * sigmoid(-1.8), 0]],
        ["index", [0.26, 0]],
        ["small", [0.00008, 0]],
      ]) {
        await fill("presets", example);
        const verdict = (mistake) => (mistake === 0 ? "agrees" : "differs");
        const { own, says } = await shows(
          ({ own: { rows } }) =>
            rows.every(
              ([, mine, central], k) => Math.abs(Math.abs(number(mine) - number(central)) - mistakes[k]) < 1e-8,
            ),
          `the mistakes of ${example}`,
        );
        equal(
          own.rows.map((row) => row[4]),
          mistakes.map(verdict),
        );
        near(number(/stay about (\S+) away/.exec(says)[1]), mistakes[0], 0.01 * mistakes[0]);
      }
      await silent();
    },
    "a step too large or too small, and a kink": async ({ open, fill, shows, silent }) => {
      await open();
      for (const [example, verdicts] of [
        ["large", "differs,differs"],
        ["tiny", "within rounding,within rounding"],
        ["kink", "kink,agrees"],
      ]) {
        await fill("presets", example);
        await shows(({ own: { rows } }) => rows.map((row) => row[4]).join() === verdicts, `${example}: ${verdicts}`);
      }
      // (relu(x + h) − relu(x − h)) / 2h for x below h.
      await shows(({ own: { rows } }) => number(rows[0][2]) === 0.65, "the difference across the kink");
      await fill("step", -6);
      await shows(({ own: { rows } }) => rows[0][4] === "agrees", "the kink is outside");
      await silent();
    },
    "the course reads off −2.5, 0.6 and 0": async ({ open, runProgram, silent }) => {
      const { own, says } = await open("?gradients.what=course");
      equal(
        own.rows.map((row) => row[3]),
        ["−2.5", "0.6", "0"],
      );
      holds(!own.isCharted && says.endsWith("gradient −2.5, 0.6, 0."), says);
      const [line] = await runProgram();
      const printed = line
        .match(/-?\d+(\.\d+)?(e-?\d+)?/g)
        .slice(-3)
        .map(Number);
      for (const [k, expected] of [-2.5, 0.6, 0].entries()) near(printed[k], expected, 1e-8);
      await silent();
    },
    "its program checks the same": async ({ open, runProgram, silent }) => {
      const { own } = await open("?gradients.dx=0.3*x");
      const lines = (await runProgram()).join("\n");
      holds(lines.startsWith("they differ"), lines);
      near(Number(/numerical: (\S+?),/.exec(lines)[1]), number(own.rows[0][2]), 1e-8);
      await silent();
    },
  },
};
