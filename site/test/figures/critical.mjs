// Critical points: the course's numbers of updates, restarts that leave a minimum, and the closed form of the shares.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));

/** Updates of plain descent on the squared error of one sigmoid with target 1, at rate 1, from w to 0. */
function plainDescent(w) {
  let updates = 0;
  for (; w < 0; updates++) {
    const sigmoid = 1 / (1 + Math.exp(-w));
    w -= 2 * (sigmoid - 1) * sigmoid * (1 - sigmoid);
  }
  return updates;
}

export default {
  name: "critical",
  read: (root) => ({
    names: [...root.querySelectorAll("tbody th")].map((head) => head.textContent),
    busy: root.querySelector(".busy") !== null,
    rows: Object.fromEntries(
      [...root.querySelectorAll("tbody tr")].map((row) => [
        row.querySelector("th").textContent,
        [...row.querySelectorAll("td")].map((cell) => cell.textContent),
      ]),
    ),
    turned: root.querySelector(".perspective:not([hidden])")?.getAttribute("aria-valuetext") ?? null,
    charts: [...root.querySelectorAll(".chart")].filter((chart) => !chart.hidden).length,
  }),
  keyboard: { focus: "[name=offset]", keys: ["ArrowRight", "ArrowRight"], search: /^\?critical\.offset=-4$/ },
  pointer: { drag: ".perspective", by: [40, 20], search: /critical\.turn=\d+&critical\.tilt=\d+/ },
  address: {
    search: "?critical.offset=-3&critical.rate=0.2",
    shows: ({ says, own: { rows } }) =>
      says.includes("from the ridge by 1 + 2 × rate = 1.4") &&
      // The first k with 10⁻³ · 1.4ᵏ > 1.
      rows["Gradient descent"]?.[0] === String(Math.ceil(Math.log(1000) / Math.log(1.4))),
  },
  chinese: /^各方法都从 \(1, 1e−6\) 出发/,
  tests: {
    "the saddle has the course's numbers: 76, 36 and 11": async ({ open, shows, runProgram, silent }) => {
      await open();
      const { own } = await shows(({ own: { rows } }) => Object.keys(rows).length === 4, "the table is there");
      equal(
        ["Gradient descent", "Momentum 0.9", "Adam"].map((name) => own.rows[name][0]),
        ["76", "36", "11"],
      );
      equal([own.turned, own.charts], ["turned by 60°, seen from 45° above", 1]);
      const noisy = own.rows["Gradient descent with noise"][0];
      holds(number(noisy) < 76, noisy);
      const lines = await runProgram();
      equal(
        lines.slice(0, 4).map((line) => /: (\d+) updates/.exec(line)?.[1]),
        ["76", "36", "11", noisy],
      );
      const closer = await open("?critical.offset=-12");
      equal(closer.own.rows["Gradient descent"][0], "152");
      await silent();
    },
    "noise below the distance changes nothing, and more of it helps": async ({ open, silent }) => {
      const updates = [];
      for (const noise of [-8, -5, -4, -2])
        updates.push(number((await open(`?critical.noise=${noise}`)).own.rows["Gradient descent with noise"][0]));
      equal(updates[0], 76);
      for (const [k, count] of updates.entries()) holds(k === 0 || count < updates[k - 1], updates.join());
      await silent();
    },
    "the plateau has the course's numbers, and plain descent those of a loop": async ({ open, shows, silent }) => {
      await open("?critical.place=plateau");
      const { own } = await shows(({ own: { rows } }) => Object.keys(rows).length === 5, "the table is there");
      equal(
        own.names.map((name) => own.rows[name][1]),
        ["over 20000", "8216", "82", "14", "13"],
      );
      equal(own.charts, 2);
      for (const from of [-6, -8]) {
        const there = await open(`?critical.place=plateau&critical.from=${from}`);
        equal(there.own.rows["Gradient descent, rate 1"][1], String(plainDescent(from)));
        if (from === -6) equal(there.own.rows["RMSprop, rate 0.1"][1], "7");
      }
      await silent();
    },
    "restarts leave a minimum that one decay stays in": async ({ open, fill, shows, runProgram, silent }) => {
      await open("?critical.place=minimum");
      const { own, says } = await shows(({ own: { rows } }) => Object.keys(rows).length === 3, "the table is there");
      const [once, restarts, long] = own.names.map((name) => own.rows[name].map(number));
      // After a decay to zero nothing moves; the first cycle is the same; each restart takes more across.
      equal([once[1], once[2], restarts[0]], [once[0], once[0], once[0]]);
      holds(restarts[1] > restarts[0] && restarts[2] > restarts[1], restarts.join());
      holds(restarts[2] > 2 * once[2] && Math.abs(restarts[2] - long[2]) < 10, `${restarts} and ${long}`);
      holds(says.includes(`there are ${restarts[2]}, and with one cosine over the same time ${long[2]}`), says);
      const lines = await runProgram();
      equal(
        lines.slice(0, 3).map((line) => number(/: (\d+) of/.exec(line)?.[1] ?? "")),
        [once[2], restarts[2], long[2]],
      );
      await fill("presets", "cold");
      await shows(({ own: { rows } }) => Object.values(rows).every((cells) => number(cells.at(-1)) < 5), "none leave");
      await fill("presets", "hot");
      await shows(
        ({ own: { rows, busy } }) =>
          !busy && Object.values(rows).every((cells) => Math.abs(number(cells.at(-1)) - 66) < 12),
        "about two thirds are in the lower well",
      );
      await silent();
    },
    "shares of definite matrices are near their closed forms": async ({ open, fill, shows, silent }) => {
      await open();
      await fill("presets", "dimensions");
      const { own } = await shows(({ own: { rows } }) => Object.keys(rows).length === 6, "the table is there");
      const shares = own.names.map((name) => number(own.rows[name][0]));
      const known = [1 / 2, (2 - Math.SQRT2) / 4, (Math.PI - 2 * Math.SQRT2) / (4 * Math.PI)];
      for (const [k, share] of known.entries()) {
        equal(own.rows[k + 1][1], String(Number(share.toPrecision(4))));
        // Four deviations of the share among 20,000.
        holds(Math.abs(shares[k] - share) < 4 * Math.sqrt((share * (1 - share)) / 20_000), `${shares[k]} and ${share}`);
      }
      equal(shares.slice(0, 4), [0.5034, 0.1467, 0.0255, 0.00265]);
      await silent();
    },
  },
};
