// Batch norm while a network learns: it holds the inputs of a deep layer, allows larger rates and careless starts, and the program
// trains the same networks.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => (text === "–" ? Number.NaN : Number.parseFloat(text.replaceAll("−", "-")));
/** Loss, accuracy in percent, update of 95 % and movement, without and with batch norm. */
const rowsOf = ({ tables }) => tables[0].slice(1).map((row) => row.slice(1).map(numberOf));
const isDone = ({ says }) => says.startsWith("After 600 updates");

const finished = async (figure, search = "") => {
  await figure.open(search);
  return figure.shows(isDone, "both networks are trained");
};
/** The loss of guessing between two classes, in three digits. */
const guessing = Number(Math.LN2.toPrecision(3));

export default {
  name: "shift",
  keyboard: { focus: '[name="rate"]', keys: ["ArrowRight", "ArrowRight"], search: /^\?shift\.rate=-0\.8$/ },
  address: {
    search: "?shift.rate=0.2&shift.activation=relu",
    shows: (state) => isDone(state) && state.says.startsWith("After 600 updates at a rate of 1.6 the loss is 0.693 "),
  },
  chinese: /^(两个网络正在训练|学习率为 0\.1，600 次更新后)/,
  tests: {
    "batch norm holds the inputs of the last layer, and the network learns sooner": async (figure) => {
      for (const seed of [1, 2, 3]) {
        const state = await finished(figure, `?shift.seed=${seed}`);
        const [without, normalized] = rowsOf(state);
        holds(normalized[3] < 0.6 * without[3], `${state.tables[0]}`);
        holds(normalized[2] < without[2] && without[1] > 95, `${state.tables[0]}`);
      }
      const { says, tables } = await figure.state();
      holds(says.includes(`the loss is ${tables[0][1][1]} without batch norm, and ${tables[0][2][1]} with it.`), says);
      holds(says.includes(`by ${tables[0][1][4]} of their spread without it, and by ${tables[0][2][4]} with it`), says);
      await figure.silent();
    },
    "larger rates and careless starts learn with batch norm alone": async (figure) => {
      for (const example of ["sigmoid", "rate", "careless"]) {
        await figure.open();
        await figure.fill("presets", example);
        const state = await figure.shows(
          (now) => now.why !== "" && isDone(now) && now.tables[0][1][3] === "–",
          `${example} shows`,
        );
        const [without, normalized] = rowsOf(state);
        equal(without[0], guessing);
        holds(normalized[0] < 0.05 && normalized[1] > 98, `${state.tables[0]}`);
      }
      await figure.silent();
    },
    "a good start and rate learn without it": async (figure) => {
      await figure.open();
      await figure.fill("presets", "fair");
      const state = await figure.shows((now) => now.why !== "" && isDone(now) && now.says.includes("0.5"), "it shows");
      const [without, normalized] = rowsOf(state);
      holds(without[0] < 0.01 && normalized[0] < 0.01, `${state.tables[0]}`);
      await figure.silent();
    },
    "changes while it trains end what runs": async (figure) => {
      await figure.open();
      for (const rate of ["-2", "0", "-0.5"]) await figure.fill("rate", rate);
      await figure.press("again");
      await figure.shows(
        (now) => isDone(now) && now.search.includes("seed=2") && now.says.includes("at a rate of 0.32 "),
        "the last state is shown",
      );
      await figure.silent();
    },
    "its program trains the same networks": async (figure) => {
      const { tables } = await finished(figure);
      const lines = await figure.runProgram();
      for (const [k, line] of lines.entries()) {
        const [, loss, share] = /loss (\S+), accuracy (\S+)$/.exec(line);
        holds(Math.abs(Number(loss) / numberOf(tables[0][k + 1][1]) - 1) < 0.006, `${line} for ${tables[0][k + 1]}`);
        equal(100 * Number(share), numberOf(tables[0][k + 1][2]));
      }
      equal(lines.length, 2);
      await figure.silent();
    },
  },
};
