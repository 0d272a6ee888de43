// Batch sizes: the variance of a batch's gradient is that of a sample over B, and the table is what training gives.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-").replace(" %", ""));
/** Rate, steps, noise, loss, accuracy, rise and time by batch size. */
const rowsOf = ({ tables: [table] }) =>
  Object.fromEntries(table.slice(1).map(([size, ...cells]) => [size, cells.map(number)]));
const isDone = ({ says, tables }) => says !== "" && !says.includes("being trained") && tables.length > 0;
const cloudOf = ({ says }) =>
  /of (\d+) batches of (\d+) scatter .* variance of ([\d.]+); a single sample has ([\d.]+), .* that is ([\d.]+)\./
    .exec(says)
    .slice(1)
    .map(Number);

export default {
  name: "batches",
  read: (root) => ({
    dots: root.querySelectorAll(".dot").length,
    arrow: root.querySelector(".plane .curve")?.getAttribute("d") ?? "",
  }),
  keyboard: { focus: '[name="size"]', keys: ["ArrowRight"], search: /^\?batches\.size=4$/ },
  pointer: { click: '[name="distance"]', by: [-30, 0], search: /batches\.distance=0\.\d/ },
  address: {
    search: "?batches.size=6&batches.distance=0.5&batches.epochs=1",
    shows: (state) => cloudOf(state)[1] === 64 && state.own.dots === 400 && state.values.epochs === "1",
  },
  chinese: /^400 个大小为 8 的批次，其梯度围绕全部 512 个样本的梯度散布/,
  tests: {
    "the variance of a batch is that of a sample over B": async ({ open, fill, shows, silent }) => {
      await open("?batches.epochs=1");
      for (let exponent = 0; exponent <= 8; exponent++) {
        const size = 2 ** exponent;
        await fill("size", String(exponent));
        const [count, shown, variance, single, law] = cloudOf(
          await shows((state) => cloudOf(state)[1] === size, `batches of ${size}`),
        );
        equal([count, shown], [400, size]);
        holds(Math.abs(law - single / size) <= 0.006 * law, [single, law]);
        // 400 batches know their variance to about a tenth.
        holds(Math.abs(variance / law - 1) < 0.25, [variance, law]);
      }
      await silent();
    },
    "at the minimum the gradient of all is 0, and noise is left": async ({ open }) => {
      const state = await open("?batches.distance=0&batches.epochs=1");
      // y = 1 − x + N(0, 1) with x uniform on −1 … 3: E ‖2 r (1, x)‖² = 4 (1 + 7/3), from 512 samples.
      const [, , , single] = cloudOf(state);
      holds(Math.abs(single / (40 / 3) - 1) < 0.2, single);
      const [from, to] = state.own.arrow
        .slice(1)
        .split("L")
        .map((place) => place.split(" ").map(Number));
      holds(Math.hypot(from[0] - to[0], from[1] - to[1]) < 1e-6, state.own.arrow);
    },
    "the table has the steps of its epochs, and gradient noise times B hardly changes": async ({ open, shows }) => {
      await open("?batches.epochs=2");
      const rows = rowsOf(await shows(isDone, "the table is complete"));
      for (const [size, [rate, steps, noise, loss, accuracy, , time]] of Object.entries(rows)) {
        equal([rate, steps], [0.05, 2 * Math.ceil(2000 / size)]);
        holds(noise * size > 0.8 * 2 * rows[2][2] && noise * size < 1.25 * 2 * rows[2][2], [size, noise]);
        holds(loss > 0 && accuracy > 30 && time > 0, [size, loss, accuracy, time]);
      }
      equal(Object.keys(rows), ["2", "8", "32", "64", "128", "256"]);
    },
    "with the same rate 8 ends lowest, 256 is not done, and 2 is too noisy": async ({ open, shows }) => {
      await open();
      const state = await shows(isDone, "the table is complete");
      const rows = rowsOf(state);
      const loss = Object.fromEntries(Object.entries(rows).map(([size, row]) => [size, row[3]]));
      holds(
        loss[8] < 0.2 * Math.min(loss[2], loss[256]) &&
          loss[32] < loss[64] &&
          loss[64] < loss[128] &&
          loss[128] < loss[256],
        loss,
      );
      holds(state.says.includes("10 epochs are 10000 steps with batches of 2, and 80 with batches of 256"), state.says);
      const [, best, accuracy, error] =
        /Batches of (\d+) read most test digits right, ([\d.]+) %; .* error of ([\d.]+) points/.exec(state.says);
      equal(Number(accuracy), Math.max(...Object.values(rows).map((row) => row[4])));
      const share = rows[best][4] / 100;
      holds(Math.abs(Number(error) - 100 * Math.sqrt((share * (1 - share)) / 500)) < 0.06, error);
    },
    "in proportion, batches of 2 to 32 learn as much in an epoch, and 256 has too large a rate": async ({
      open,
      fill,
      shows,
    }) => {
      await open();
      await fill("presets", "linear");
      const rows = rowsOf(
        await shows((state) => isDone(state) && state.says.includes("With rate × B / 32"), "the table"),
      );
      equal(
        [2, 8, 32, 64, 128, 256].map((size) => rows[size][0]),
        [0.0031, 0.013, 0.05, 0.1, 0.2, 0.4],
      );
      const losses = [2, 8, 32].map((size) => rows[size][3]);
      holds(
        Math.max(...losses) < 1.25 * Math.min(...losses) &&
          rows[128][3] < 2 * losses[2] &&
          rows[256][3] > 4 * losses[2],
        losses,
      );
      // Two standard errors of the difference of two shares of 500 are about 4.5 points.
      const accuracies = [2, 8, 32, 64, 128].map((size) => rows[size][4]);
      holds(Math.max(...accuracies) - Math.min(...accuracies) < 4.5, accuracies);
      await fill("presets", "root");
      const root = rowsOf(
        await shows((state) => isDone(state) && state.says.includes("With rate × √(B / 32)"), "the table"),
      );
      holds(root[2][3] < rows[2][3] && root[8][3] < rows[8][3] && root[256][3] < rows[256][3], [root, rows]);
    },
    "a rate above what the network bears": async ({ open, shows }) => {
      await open("?batches.rule=linear&batches.rate=-1");
      const rows = rowsOf(await shows(isDone, "the table is complete"));
      equal(rows[256][0], 0.8);
      holds(rows[256][4] < 30 && rows[64][4] > 80, [rows[256], rows[64]]);
    },
    "its program gets the same steps, losses and accuracies": async ({ open, shows, runProgram, silent }) => {
      await open("?batches.epochs=1&batches.rule=root");
      const rows = rowsOf(await shows(isDone, "the table is complete"));
      const lines = await runProgram();
      for (const [k, size] of [2, 8, 32, 64, 128, 256].entries()) {
        const [, steps, loss, accuracy] = new RegExp(
          `^batch ${size}: (\\d+) steps, loss (\\S+), accuracy (\\S+), \\d+ ms$`,
        ).exec(lines[k]);
        const got = [Number(steps), Number(Number(loss).toPrecision(3)), Number((100 * accuracy).toPrecision(3))];
        equal(got, [rows[size][1], rows[size][3], rows[size][4]]);
      }
      await silent();
    },
  },
};
