// Conjugate directions: right angles, d'H d₋₁ = 0, at most n steps, and the course's restarts.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
/** Numbers of steps in the words. */
const counts = (says) => /conjugate directions need (\d+) steps?, steepest descent (more than )?(\d+) step/.exec(says);

export default {
  name: "conjugate",
  read: (root) => ({
    rows: Object.fromEntries(
      [...root.querySelectorAll("tbody tr")].map((row) => [
        row.querySelector("th").textContent,
        [...row.querySelectorAll("td")].map((cell) => cell.textContent),
      ]),
    ),
    arrows: root.querySelectorAll(".arrow").length,
    points: [...root.querySelectorAll(".way")].map((path) => path.getAttribute("d").split(/[ML]/).length - 1),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight"], search: /^\?conjugate\.start=3\.[6-9]/ },
  pointer: { drag: ".handle", by: [-60, 40], search: /conjugate\.start=/ },
  address: {
    search: "?conjugate.condition=4&conjugate.rotation=0&conjugate.start=4,1&conjugate.at=2",
    shows: ({ says, own: { points, rows } }) =>
      says.includes("starts at (4, 1)") === false &&
      says.includes("start at (4, 1), where f is 10,") &&
      points[0] === 3 &&
      // ((4 − 1) / (4 + 1))² of f at each step, from (κ, 1).
      number(rows.f[0]) === Number((10 * (3 / 5) ** 4).toPrecision(3)),
  },
  chinese: /^两种方法都从 \(3\.65, 2\.63\) 出发/,
  tests: {
    "directions are conjugate, gradients stand at right angles, and two steps suffice": async ({ open, silent }) => {
      for (const condition of [2, 10, 50, 100]) {
        const { says, own } = await open(`?conjugate.condition=${condition}&conjugate.at=1`);
        equal(counts(says)?.[1], "2");
        for (const cosine of own.rows["cos(g, g₋₁)"]) holds(Math.abs(number(cosine)) < 1e-12, cosine);
        holds(Math.abs(number(own.rows["cos(d, H d₋₁)"][1])) < 1e-12, own.rows["cos(d, H d₋₁)"][1]);
        holds(Math.abs(number(own.rows["cos(d, H d₋₁)"][0])) > 0.1, own.rows["cos(d, H d₋₁)"][0]);
        equal(own.arrows, 2);
        // Steepest descent leaves ((κ − 1) / (κ + 1))² of f at each step from this start, whose coordinates are rounded.
        const start = Number(/where f is ([\d.]+),/.exec(says)?.[1]);
        const value = start * ((condition - 1) / (condition + 1)) ** 2;
        holds(Math.abs(number(own.rows.f[0]) / value - 1) < 0.01, `${own.rows.f[0]} and ${value}`);
      }
      equal(counts((await open("?conjugate.condition=1")).says)?.slice(1), ["1", undefined, "1"]);
      await silent();
    },
    "all formulas are the same on a quadratic": async ({ open, silent }) => {
      const rows = [];
      for (const beta of ["fletcherReeves", "polakRibiere", "hestenesStiefel", "daiYuan", "hagerZhang"])
        rows.push((await open(`?conjugate.beta=${beta}`)).own.rows.β[1]);
      equal(new Set(rows).size, 1);
      // β = g'g / g₋₁'g₋₁ = ((κ − 1) / (κ + 1))² from where descent is slowest: 0.669 for κ = 10.
      equal(rows[0], String(Number(((9 / 11) ** 2).toPrecision(3))));
      await silent();
    },
    "restarts are the course's: 162 steps without, 47 with one every 5": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "course");
      await shows(({ says }) => counts(says)?.[1] === "162", "162 steps");
      await fill("presets", "restarts");
      await shows(({ says, why }) => counts(says)?.[1] === "47" && why.includes("fifth"), "47 steps");
      await fill("presets", "loose");
      const usual = 28;
      await shows(({ says }) => Number(counts(says)?.[1]) > 4 * usual, "more than four times as many");
      const { says } = await open("?conjugate.surface=rosenbrock&conjugate.beta=hestenesStiefel");
      equal(counts(says)?.[1], String(usual));
      equal(counts(says)?.slice(2), ["more than ", "1000"]);
      await silent();
    },
    "the formula of Hager and Zhang descends after every step": async ({ open, silent }) => {
      const search = "?conjugate.surface=rosenbrock&conjugate.beta=hagerZhang&conjugate.search=loose";
      for (const at of [1, 3, 7, 12, 25]) {
        const { own } = await open(`${search}&conjugate.at=${at}`);
        holds(number(own.rows["g′d / g′g"][1]) <= -0.875, own.rows["g′d / g′g"][1]);
      }
      await silent();
    },
    "its program counts the same steps": async ({ open, runProgram, silent }) => {
      const { says } = await open("?conjugate.condition=20");
      const lines = await runProgram();
      const [, conjugate, , descent] = counts(says);
      equal(/: (\d+) steps/.exec(lines[0])?.[1], descent);
      equal(/: (\d+) steps/.exec(lines[2])?.[1], conjugate);
      holds(Math.abs(Number(/= (\S+)$/.exec(lines[3])?.[1])) < 1e-12, lines[3]);
      await silent();
    },
  },
};
