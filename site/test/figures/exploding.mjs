// The gradient through a chain: its norms are the powers of the eigenvalue, and the course's five sigmoids leave (1/4)⁵.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const rounded = (value) => Number(value.toPrecision(3));

export default {
  name: "exploding",
  read: (root) => ({
    dots: root.querySelectorAll(".plane circle.f0").length,
    rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?exploding\.end=1\.048,1\.48$/ },
  pointer: { drag: ".handle", by: [-40, 30], search: /exploding\.end=0\.\d+,0\.\d+/ },
  address: {
    search: "?exploding.radius=0.5&exploding.length=20",
    // The course's chain of twenty factors of 1/2.
    shows: ({ own: { dots, rows } }) =>
      dots === 20 && rows.at(-1).join() === "20,9.54e−7,9.54e−7" && rounded(0.5 ** 20) === 9.54e-7,
  },
  chinese: /^末端的梯度是 \(1, 1\)。往回 40 步之后，它变为原来的 0\.0148 倍/,
  tests: {
    "five sigmoids leave (1/4)⁵, and a residual connection adds 1": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "sigmoids");
      await shows(
        ({ own: { rows }, says }) =>
          number(rows.at(-1)[1]) === rounded(1 / 4 ** 5) &&
          says.includes(`0.000977 times`) &&
          says.includes("1 / 4 = 0.25"),
        "(1/4)⁵",
      );
      await fill("presets", "residual");
      await shows(({ own: { rows } }) => number(rows.at(-1)[1]) === rounded(1.25 ** 20), "(5/4)²⁰");
      await fill("presets", "explodes");
      await shows(({ own: { rows } }) => number(rows.at(-1)[1]) === rounded(1.25 ** 40), "(5/4)⁴⁰");
      await silent();
    },
    "a gradient along the smaller eigenvalue of the symmetric matrix follows that": async ({ open, silent }) => {
      const { own } = await open(
        "?exploding.matrix=symmetric&exploding.radius=1&exploding.end=1,-1&exploding.length=10",
      );
      equal(
        own.rows.map(([back, norm]) => number(norm) === rounded(0.4 ** Number(back))),
        [true, true, true],
      );
      await silent();
    },
    "a shear grows before it vanishes": async ({ open, silent }) => {
      // Powers of [[λ, 0], [3λ, λ]] are λᵏ [[1, 0], [3k, 1]]; the gradient (1, 0) becomes λᵏ (1, 3k).
      const { own } = await open("?exploding.matrix=shear&exploding.radius=0.8&exploding.end=1,0&exploding.length=60");
      for (const [back, norm] of own.rows)
        holds(number(norm) === rounded(0.8 ** back * Math.hypot(1, 3 * back)), `${norm} after ${back}`);
      await silent();
    },
    "saturated states make it vanish": async ({ open, silent }) => {
      const search = "?exploding.step=tanh&exploding.radius=1.5&exploding.matrix=symmetric&exploding.state=";
      const [at0, away] = [await open(`${search}0`), await open(`${search}0.5`)];
      holds(at0.says.includes("explodes") && !at0.says.includes("not 0"), at0.says);
      holds(away.says.includes("vanishes") && away.says.includes("not 0"), away.says);
      await silent();
    },
    "its program computes the same norms": async ({ open, runProgram, silent }) => {
      const { own } = await open(
        "?exploding.step=residual&exploding.radius=1.3&exploding.state=0.4&exploding.end=1,-0.5",
      );
      const lines = await runProgram();
      for (const [back, norm] of own.rows)
        equal(rounded(Number(/: (\S+)$/.exec(lines[Number(back)])[1])), number(norm));
      await silent();
    },
  },
};
