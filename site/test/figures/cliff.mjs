// The cliff: the course's first step, and how many updates clipped descent takes.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const rounded = (value) => Number(value.toPrecision(3));

export default {
  name: "cliff",
  read: (root) => ({
    caption: root.querySelector("caption").textContent,
    rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
    drawn: [...root.querySelectorAll(".plane .curve")].map((path) => path.getAttribute("d").split(/[ML]/).length - 1),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowLeft", "Shift+ArrowUp"], search: /^\?cliff\.start=1\.144,0\.2$/ },
  pointer: { drag: ".handle", by: [-40, -30], search: /cliff\.start=1\.[01]\d+,0\.\d+/ },
  address: {
    search: "?cliff.threshold=1&cliff.at=20",
    shows: ({ own: { caption, drawn, rows } }) =>
      caption === "After 20 updates at most" && drawn.join() === "2,21,21" && number(rows[1][1]) === 0.002,
  },
  chinese: /^在 w = 1\.15、b = 0 处，损失是 1\.17e6/,
  tests: {
    "the first step leaves the picture, and clipped descents arrive as in the example": async ({ open, silent }) => {
      const { own, says } = await open();
      const [none, norm, value] = own.rows;
      // Gradient of (w⁵⁰ + b − 1)² at (1.15, 0).
      const error = 1.15 ** 50 - 1;
      const gradient = [100 * error * 1.15 ** 49, 2 * error];
      equal(number(none[1]), rounded(Math.hypot(...gradient) / 5000));
      holds(says.includes(`ends at w = −${rounded(gradient[0] / 5000 - 1.15)}`), says);
      equal(rounded(Math.hypot(...gradient) / 1e8), 1.02);
      equal(number(none[3].replace("∞", "Infinity")), Number.POSITIVE_INFINITY);
      // Steps of h · c along the gradient, and of h · c in each component.
      equal([number(norm[1]), number(value[1])], [1 / 5000, rounded(Math.SQRT2 / 5000)]);
      equal([norm[2], value[2]], ["0°", "45°"]);
      // The example's 751 and 739 losses.
      equal([norm[4], value[4]], ["update 750", "update 738"]);
      await silent();
    },
    "with three factors nothing is clipped away from the wall": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "shallow");
      await shows(
        ({ own: { rows } }) => number(/\d+/.exec(rows[0][4])?.[0] ?? "9999") < number(/\d+/.exec(rows[1][4])[0]),
        "descent without clipping is the fastest",
      );
      await fill("presets", "jump");
      await shows(
        ({ own: { rows } }) => rows[0][4] === "no" && /update 1\d\d/.test(rows[1][4]),
        "it lands on the plateau",
      );
      await silent();
    },
    "a step may overflow later": async ({ open, silent }) => {
      // 457.7⁵⁰ has a finite square, whose gradient has none.
      const { own, says } = await open("?cliff.start=1.1068,0.173");
      holds(says.includes("ends at w = −457.7.") && !says.includes("not finite"), says);
      equal(own.rows[0][4], "overflow, update 2");
      await silent();
    },
    "it goes step by step": async ({ open, press, shows, silent }) => {
      await open("?cliff.at=4");
      await press("next");
      await shows(({ own: { drawn } }) => drawn.join() === "2,6,6", "five updates");
      await silent();
    },
    "its program prints the same updates": async ({ open, runProgram, silent }) => {
      const { own } = await open("?cliff.start=1.1,0.3&cliff.threshold=0.5");
      const lines = await runProgram();
      for (const [k, row] of own.rows.entries()) {
        const updates = /after (\d+) updates/.exec(lines[k])?.[1];
        equal(updates ? `update ${updates}` : "overflow", row[4].replace(/overflow.*/, "overflow"));
      }
      await silent();
    },
  },
};
