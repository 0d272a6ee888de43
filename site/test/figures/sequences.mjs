// Sequence models: which layers remember a symbol, and how far the gradient comes back.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-").replace(" %", ""));
const trained = ({ own }) => own.caption.startsWith("After 200 updates");

export default {
  name: "sequences",
  read: (root) => ({
    caption: root.querySelector("caption")?.textContent ?? "",
    rows: [...root.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent)),
  }),
  keyboard: { focus: 'input[name="length"]', keys: ["ArrowLeft"], search: /^\?sequences\.length=45$/ },
  address: {
    search: "?sequences.kinds=gru&sequences.length=10&sequences.at=2",
    shows: ({ own: { caption, rows } }) =>
      caption.startsWith("After 20 updates") && rows.length === 1 && rows[0][0] === "GRU",
  },
  chinese: /^第 1 步给出 4 个符号之一，要在第 50 步之后说出它/,
  tests: {
    "over fifty steps an RNN stays at chance, and what its gradient reaches is learned": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      await open();
      const { own } = await shows(trained, "it is trained");
      const [rnn, orthogonal, lstm] = own.rows.map((row) => number(row[1]));
      holds(rnn < 45 && orthogonal > 95 && lstm > 95, own.rows.join(" | "));
      await fill("at", 0);
      const start = await shows(({ own: { caption } }) => caption.startsWith("After 0 updates"), "the start");
      const [vanished, ...kept] = start.own.rows.map((row) => number(row[2]));
      holds(vanished < 1e-9 && kept.every((gradient) => gradient > 0.01), start.own.rows.join(" | "));
      await fill("length", 15);
      const short = await shows((now) => trained(now) && now.says.includes("after step 15"), "fifteen steps");
      holds(
        short.own.rows.every((row) => number(row[1]) > 95),
        short.own.rows.join(" | "),
      );
      await silent();
    },
    "an LSTM forgets by σ of the bias at every step": async ({ open, fill, shows, silent }) => {
      await open("?sequences.kinds=lstm&sequences.length=75&sequences.forget=0");
      const closed = await shows(trained, "it is trained");
      holds(number(closed.own.rows[0][1]) < 45, closed.own.rows[0].join());
      await fill("at", 0);
      const start = await shows(({ own: { caption } }) => caption.startsWith("After 0 updates"), "the start");
      // The cell alone would keep 2⁻⁷⁴; what goes through the gates adds a little.
      const left = number(start.own.rows[0][2]);
      holds(left < 1e-12 && left > 2 ** -74 / 100, left);
      await fill("presets", "open");
      const open5 = await shows((now) => trained(now) && number(now.own.rows[0][1]) > 95, "the open gate remembers");
      holds(number(open5.own.rows[0][2]) > 1e-4, open5.own.rows[0].join());
      await silent();
    },
    "nothing is left of a run that is replaced, and no layer is no fault": async ({ open, fill, shows, silent }) => {
      await open("?sequences.length=100");
      for (const length of [90, 60, 30, 5]) await fill("length", length);
      const last = await shows((now) => trained(now) && now.says.includes("after step 5;"), "the newest");
      equal(last.own.rows.length, 3);
      const none = await open("?sequences.kinds=none");
      equal(none.says, "Choose a layer.");
      await silent();
    },
    "it plays what was recorded": async ({ open, press, shows, silent }) => {
      await open("?sequences.length=10&sequences.at=3");
      await shows(({ own: { caption } }) => caption.startsWith("After 30 updates"), "thirty updates");
      await press("next");
      await shows(({ own: { caption } }) => caption.startsWith("After 40 updates"), "ten more");
      await silent();
    },
    "its program ends with the same numbers": async ({ open, shows, runProgram, silent }) => {
      await open("?sequences.length=20&sequences.kinds=rnn,lstm&sequences.seed=2");
      const { own } = await shows(trained, "it is trained");
      const lines = await runProgram();
      for (const [k, row] of own.rows.entries()) {
        const [, recalled, gradient] = /: (\S+) % recalled, gradient at the first step (\S+)/.exec(lines[k]);
        equal(Number(Number(recalled).toPrecision(3)), number(row[1]));
        equal(Number(Number(gradient).toPrecision(3)), number(row[2]));
      }
      await silent();
    },
  },
};
