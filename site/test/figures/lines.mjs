// Line searches: φ, its slopes, the conditions and the trials against the functions themselves.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const near = (got, expected, share = 1e-3) =>
  holds(Math.abs(got - expected) <= share * Math.max(Math.abs(expected), 1e-3), `${got}, not ${expected}`);

/** φ and φ′ of the waves along the line from one point to another. */
function waves([x, y], [tx, ty]) {
  const [u, v] = [tx - x, ty - y];
  const at = (a) => [x + a * u, y + a * v];
  return {
    value(a) {
      const [p, q] = at(a);
      return (p * p + q * q) / 8 - Math.cos(2 * p) - Math.cos(1.5 * q);
    },
    slope(a) {
      const [p, q] = at(a);
      return (p / 4 + 2 * Math.sin(2 * p)) * u + (q / 4 + 1.5 * Math.sin(1.5 * q)) * v;
    },
  };
}
const usual = waves([-1.3, 1.8], [2.6, -2.1]);
const line = "lines.surface=waves&lines.start=-1.3,1.8&lines.toward=2.6,-2.1";

/** Steps and what they satisfy, as the table says it. */
const rowsOf = ({ own: { rows } }) =>
  rows.map(([trial, step, value, slope, decrease, other]) => ({
    accepted: trial.endsWith("accepted"),
    ...{ step: number(step), value: number(value), slope: number(slope), decrease, other },
  }));

export default {
  name: "lines",
  read: (root) => ({
    rows: [...root.querySelectorAll(".results:not([hidden]) tbody tr")].map((row) =>
      [...row.cells].map((cell) => cell.textContent),
    ),
    accepted: root.querySelector("path.accepted")?.getAttribute("d") ?? "",
    marks: root.querySelectorAll(".number-mark").length,
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?lines\.start=-1\.22,2\.6$/ },
  pointer: { drag: ".handle", by: [-20, 30], search: /^\?lines\.start=-1\.[5-9]\d*,(0\.[89]|1)/ },
  address: {
    search: "?lines.search=halving&lines.c1=-4&lines.first=0",
    shows: ({ values, says, own }) =>
      values.search === "halving" &&
      own.rows[0][0] === "1, accepted" &&
      own.rows.length === 1 &&
      says.includes("0.0001 a φ′(0)"),
  },
  chinese: /^从 \(−1\.3, 1\.8\) 出发，沿所选方向/,
  tests: {
    "values, slopes and conditions of all trials are those of the function": async ({ open, silent }) => {
      const c1 = 0.1;
      for (const [search, c2, other] of [
        ["strongWolfe", 0.2, (slope) => Math.abs(slope) <= 0.2 * Math.abs(usual.slope(0))],
        ["moreThuente", 0.2, (slope) => Math.abs(slope) <= 0.2 * Math.abs(usual.slope(0))],
        ["hagerZhang", 0.5, (slope) => slope >= 0.5 * usual.slope(0)],
        ["exact", 0.5, (slope) => Math.abs(slope) <= 1e-3 * Math.abs(usual.slope(0))],
      ]) {
        const shown = await open(`?${line}&lines.search=${search}&lines.c1=-1&lines.c2=${c2}`);
        holds(shown.says.includes("starts at 2.377 with slope −9.54"), shown.says);
        near(2.377, usual.value(0));
        near(-9.544, usual.slope(0));
        const rows = rowsOf(shown);
        equal(
          rows.map(({ accepted }) => accepted),
          rows.map((_, k) => k === rows.length - 1),
        );
        for (const { step, value, slope, decrease, other: flat, accepted } of rows) {
          near(value, usual.value(step));
          // The step is shown in four digits, and φ″ is up to 100.
          holds(Math.abs(slope - usual.slope(step)) <= 0.02 + 5e-3 * Math.abs(slope), `${slope} at ${step}`);
          const least = search === "exact" ? 1e-4 : c1;
          const falls = usual.value(step) <= usual.value(0) + least * step * usual.slope(0);
          // Hager and Zhang accept by slopes alone a value that is not above the first one: (2 δ − 1) φ′(0) ≥ φ′(a).
          const bySlopes = search === "hagerZhang" && value <= usual.value(0) && slope <= (2 * c1 - 1) * usual.slope(0);
          equal(decrease, falls || bySlopes ? "yes" : "no");
          equal(flat, other(slope) ? "yes" : "no");
          equal(accepted, decrease === "yes" && flat === "yes");
        }
        holds(shown.says.includes(`accepts trial ${rows.length},`), shown.says);
        holds(shown.says.includes(`value and gradient: ${rows.length}.`), shown.says);
        holds(shown.own.accepted.startsWith("M"), "the accepted steps are shaded");
      }
      await silent();
    },
    "backtracking halves the step until it is below Armijo's line; the examples": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      await open();
      await fill("presets", "tooLong");
      const loose = await shows(({ why, own }) => why !== "" && own.rows.length === 1, "the first trial is accepted");
      // The step 1 lies beyond a hill that is higher than both ends of the way between them.
      holds(Math.max(...[0.6, 0.7, 0.8, 0.9].map(usual.value)) > usual.value(1), "there is no hill");
      equal(rowsOf(loose)[0].accepted, true);
      await fill("presets", "strict");
      const strict = await shows(({ own }) => own.rows.length === 2, "two trials");
      equal(
        rowsOf(strict).map(({ step }) => step),
        [1, 0.5],
      );
      await fill("presets", "loose");
      const wolfe = await shows(({ says }) => says.includes("0.9 |φ′(0)|"), "c₂ = 0.9");
      await fill("presets", "tight");
      const tight = await shows(({ says }) => says.includes("≤ 0.1 |φ′(0)|"), "c₂ = 0.1");
      holds(tight.own.rows.length > wolfe.own.rows.length, "more trials");
      await silent();
    },
    "down the gradient of a valley the step 1 is far too long, in Newton's direction it is right": async ({
      open,
      silent,
    }) => {
      const choice = "?lines.surface=rosenbrock&lines.search=backtracking&lines.start=-1.2,1";
      const descent = await open(`${choice}&lines.direction=descent`);
      // ∇f(−1.2, 1) = (−215.6, −88).
      holds(descent.says.includes("starts at 24.2 with slope −54230"), descent.says);
      equal(Number((215.6 ** 2 + 88 ** 2).toPrecision(4)), 54230);
      holds(rowsOf(descent).at(-1).step < 0.01, "a short step");
      const newton = await open(`${choice}&lines.direction=newton`);
      equal(
        newton.own.rows.map(([trial]) => trial),
        ["1, accepted"],
      );
      near(rowsOf(newton)[0].value, 4.731884325266608); // f after Newton's first step
      const uphill = await open("?lines.surface=wells&lines.direction=newton&lines.start=0.1,0.4");
      equal(uphill.own.rows, []);
      holds(uphill.says.includes("The slope is not negative"), uphill.says);
      await silent();
    },
    "its program makes the same trials": async ({ open, runProgram, silent }) => {
      const shown = await open(`?${line}&lines.search=moreThuente&lines.c2=0.05&lines.first=0.3`);
      const lines = await runProgram();
      const rows = rowsOf(shown);
      equal(lines.length, rows.length);
      for (const [k, { step, value }] of rows.entries()) {
        const [, a, phi] = /step (\S+), value (\S+)$/.exec(lines[k]);
        near(step, Number(a));
        near(value, Number(phi));
      }
      await silent();
    },
  },
};
