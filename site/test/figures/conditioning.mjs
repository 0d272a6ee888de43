// The condition number: updates by the closed form, which are those of the course.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

/** Updates until the gradient of ½ (s x² + y²) is at most 1e-6, from a start: both coordinates shrink by a factor each. */
function updates({ steep = 100, lambda, share, x = 1, y = 1 }) {
  const rate = share === undefined ? 2 / (steep + 1 + 4 * lambda) : share / (steep + 2 * lambda);
  const factors = [1 - rate * (steep + 2 * lambda), 1 - rate * (1 + 2 * lambda)];
  for (let k = 0; ; k++) if (Math.hypot(steep * x * factors[0] ** k, y * factors[1] ** k) <= 1e-6) return k;
}

const shown = (says) => Number(/After (\d+) updates/.exec(says)[1]);

export default {
  name: "conditioning",
  keyboard: {
    focus: ".handle",
    keys: ["ArrowLeft", "Shift+ArrowUp"],
    search: /^\?conditioning\.start=0\.976,1\.2$/,
  },
  pointer: { drag: ".handle", by: [-80, 40], search: /^\?conditioning\.start=0\.[3-8]/ },
  address: {
    search: "?conditioning.lambda=5&conditioning.steep=20",
    shows: ({ says }) => says.startsWith("With λ = 5 the curvatures are 30 and 11, and the condition number is 2.73."),
  },
  chinese: /^λ = 0 时曲率为 100 和 1，条件数为 100。/,
  tests: {
    "the updates are those of the course and of the closed form": async ({ open, silent }) => {
      const { tables, says } = await open();
      equal(
        tables[0].slice(1).map((row) => Number(row[3])),
        [922, 466, 92, 17],
      );
      equal(
        tables[0].slice(1).map((row) => Number(row[1])),
        [100, 50.5, 10, 1.98],
      );
      equal(shown(says), 922);
      for (const lambda of [0, 0.5, 5, 50]) holds(updates({ lambda }) > 0, lambda);
      equal(
        [0, 0.5, 5, 50].map((lambda) => updates({ lambda })),
        [922, 466, 92, 17],
      );
      for (const [lambda, share, steep] of [
        [0, 1.5, 40],
        [2, 0.7, 100],
        [10, 1.9, 150],
      ]) {
        const search = `?conditioning.lambda=${lambda}&conditioning.share=${share}&conditioning.steep=${steep}`;
        equal(shown((await open(search)).says), updates({ lambda, share, steep }));
      }
      await silent();
    },
    examples: async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "round");
      await shows(({ why, says }) => why.includes("200 and 101") && shown(says) === 17, "the round bowl");
      await fill("presets", "slow");
      const { says } = await shows(({ says }) => says.includes("multiplies x by 0 and"), "x is done at once");
      holds(Math.abs(shown(says) / 922 - 1.5) < 0.2, says);
      await silent();
    },
    "its program computes the same table": async ({ open, runProgram, silent }) => {
      const { tables, says } = await open("?conditioning.start=0.5,-0.8&conditioning.steep=60&conditioning.lambda=3");
      const lines = await runProgram();
      equal(
        lines.slice(0, 4).map((line) => line.split(" ").at(-1)),
        tables[0].slice(1).map((row) => row[3]),
      );
      equal(Number(lines[4].split(" ").at(-1)), shown(says));
      await silent();
    },
  },
};
