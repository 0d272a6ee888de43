// The learning rates: the four curves of the course, its grid, and runs that are the same bits again.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-").replace(" %", ""));
/** Rows of the table by network: rate, loss, accuracy, units off, words. */
const rowsOf = ({ tables: [table] }) => Object.fromEntries(table.slice(1).map(([name, ...cells]) => [name, cells]));

export default {
  name: "rates",
  read: (root) => ({
    caption: root.querySelector("caption")?.textContent ?? "",
    charts: [...root.querySelectorAll(".chart")].map((box) => box.shadowRoot?.querySelectorAll("svg").length ?? 0),
  }),
  keyboard: {
    focus: '[name="rates.C"]',
    keys: ["ArrowLeft", "ArrowLeft"],
    search: /^\?rates\.rates=C:-1\.2$/,
  },
  pointer: { click: '[name="rates.D"]', by: [40, 0], search: /rates\.rates=D:-?[01]/ },
  address: {
    search: "?rates.networks=C&rates.rates=C:-2&rates.steps=100&rates.at=50",
    shows: (state) =>
      state.own.caption === "At step 50" && Object.keys(rowsOf(state)).join() === "C" && rowsOf(state).C[0] === "0.01",
  },
  chinese: /^几个 784-32-10 的网络.*学习率为 3\.2、0\.5、0\.1、0\.001；/,
  tests: {
    "a very high, a high, a good and a low rate are the course's four curves": async ({ open, silent }) => {
      const state = await open();
      const { A, B, C, D } = rowsOf(state);
      equal(
        [A, B, C, D].map(([rate]) => rate),
        ["3.2", "0.5", "0.1", "0.001"],
      );
      // The loss of guessing among ten classes is ln 10.
      holds(A[4].includes(`ln 10 = ${Math.log(10).toPrecision(4)}`) && Math.abs(number(A[1]) - Math.log(10)) < 0.15, A);
      equal(A[3], "32 / 32");
      holds(number(C[1]) < 0.1 && number(C[2]) > 80 && C[4] === "lowest loss", C);
      holds(number(B[1]) > 5 * number(C[1]) && B[4] === "larger than C: stays higher", B);
      holds(number(D[1]) > 5 * number(C[1]) && D[4] === "smaller than C: slower", D);
      holds(
        state.says.includes(`The lowest loss, ${C[1]}, is that of C with the rate 0.1; it reads ${C[2]}`),
        state.says,
      );
      holds(state.says.includes("600 steps with batches of 32, which are 9.6 epochs"), state.says);
      await silent();
    },
    "the range test suggests a rate, not far from the best of the four": async ({ open }) => {
      const [, suggested, lowest] = /falls fastest at ([\d.]+),.* lowest at ([\d.]+)\./
        .exec((await open()).says)
        .map(Number);
      holds(suggested > 0.03 && suggested < 0.3 && lowest > suggested && lowest < 1, [suggested, lowest]);
    },
    "of the grid 0.01, 0.003, 0.001 the largest has the lowest loss": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "grid");
      const state = await shows(
        (now) =>
          Object.keys(rowsOf(now)).join() === "A,B,C" &&
          now.says.includes("rates of 0.01, 0.003, 0.001;") &&
          now.says.includes("that of A with the rate 0.01"),
        "three",
      );
      const { A, B, C } = rowsOf(state);
      equal(
        [A, B, C].map(([rate]) => rate),
        ["0.01", "0.003", "0.001"],
      );
      holds(number(A[1]) < number(B[1]) && number(B[1]) < number(C[1]), [A[1], B[1], C[1]]);
    },
    "near the edge a factor of two and a half decides": async ({ open, fill, shows }) => {
      const { C } = rowsOf(await open());
      await fill("presets", "edge");
      const { A, D } = rowsOf(await shows(({ says }) => says.includes("that of D with the rate 0.2"), "the example"));
      equal([A[0], D[0]], ["0.5", "0.2"]);
      holds(number(D[1]) <= number(C[1]) && number(A[1]) > 10 * number(D[1]), [A[1], C[1], D[1]]);
    },
    "a rate that is lowered on the way does not bring units back": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "lowered");
      const before = (now) => now.own.caption === "At step 600" && rowsOf(now).B?.[0] === "0.5 → 0.05";
      const { A, B, C } = rowsOf(
        await shows((now) => before(now) && now.says.includes("that of C with the rate 0.05"), "the example"),
      );
      holds(number(B[1]) < number(A[1]) && number(B[1]) > 5 * number(C[1]), [A[1], B[1], C[1]]);
      holds(Number.parseInt(B[3], 10) > 10 && C[3] === "0 / 32", [B[3], C[3]]);
      equal(B[4], "was larger than C: stays higher");
      // Until it was lowered, it was the same run as that of A.
      await fill("at", "300");
      const then = rowsOf(await shows(({ own }) => own.caption === "At step 300", "step 300"));
      equal(then.A.slice(1, 4), then.B.slice(1, 4));
    },
    "a rate changed at a step counts from there, and the address makes the same run again": async ({
      tab,
      open,
      fill,
      shows,
    }) => {
      await open("?rates.networks=B&rates.from=now&rates.steps=200&rates.at=100");
      await fill("rates.B", "-2");
      await shows((now) => rowsOf(now).B?.[0] === "0.5 → 0.01", "the table has both rates");
      await fill("at", "200");
      const here = await shows(
        ({ status, search }) => status.startsWith("Step 200 of 200. B: ") && search.includes("past=B:100:"),
        "its end",
      );
      await open(await tab.run("() => location.search"));
      const again = await shows(({ status }) => status === here.status, "the same losses are said");
      equal(rowsOf(again), rowsOf(here));
      const constant = await open("?rates.networks=B&rates.steps=200");
      holds(rowsOf(constant).B[1] !== rowsOf(here).B[1], rowsOf(here).B);
    },
    "it plays, pauses and says the losses": async ({ open, press, shows, silent }) => {
      await open();
      await press("play");
      await shows(
        ({ buttons, own }) => buttons.play === "Pause" && /At step ([1-9]|[1-9]\d)$/.test(own.caption),
        "it runs",
      );
      await press("play");
      const { own } = await shows(
        ({ buttons, search }) => buttons.play === "Play" && /rates\.at=\d+$/.test(search),
        "it stands",
      );
      const at = Number(/\d+/.exec(own.caption)[0]);
      await press("next");
      await shows(({ status }) => status.startsWith(`Step ${at + 1} of 600. A: `), "the step is said");
      await silent();
    },
    "its program gets the same accuracies, and losses of the same size": async ({ open, runProgram, silent }) => {
      const rows = rowsOf(
        await open("?rates.networks=B,C&rates.steps=200&rates.smoothing=0&rates.from=now&rates.past=B:100:-1"),
      );
      const lines = await runProgram();
      for (const [k, name] of ["B", "C"].entries()) {
        const [, loss, accuracy] = new RegExp(`^${name}: last loss (\\S+), accuracy (\\S+)$`).exec(lines[k]);
        equal(
          [Number(Number(loss).toPrecision(3)), Number((100 * accuracy).toPrecision(3))],
          [number(rows[name][1]), number(rows[name][2])],
        );
      }
      await silent();
    },
    "its digits are 2,000 and 500, balanced, of the mean and deviation that the networks use": async ({
      tab,
      open,
    }) => {
      await open();
      const [counts, mean, deviation] = await tab.run(`async () => {
        const bytes = new Uint8Array(await (await fetch(new URL("../data/digits.bin", location.href))).arrayBuffer());
        const count = (from, to) => { const found = Array(10).fill(0); for (const label of bytes.subarray(from, to)) found[label]++; return found.join(); };
        let [sum, squares] = [0, 0];
        for (const value of bytes.subarray(0, 784 * 2000)) { sum += value; squares += value * value; }
        const mean = sum / 784 / 2000;
        return [[count(784 * 2000, 785 * 2000), count(785 * 2000 + 784 * 500)], mean, Math.sqrt(squares / 784 / 2000 - mean * mean)];
      }`);
      equal(counts, [Array(10).fill(200).join(), Array(10).fill(50).join()]);
      equal([mean.toFixed(2), deviation.toFixed(2)], ["33.59", "78.85"]);
    },
  },
};
