// Dropout: the mean of the masks is the evaluated network where it must be and only there, dropout makes the gap smaller and single
// units less important, and the misprint is what the note says.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const numberOf = (text) => Number(text.replaceAll("−", "-"));
/** Training loss, test loss, gap and largest rise, without and with dropout. */
const rowsOf = ({ tables }) => tables[0].slice(1).map((row) => row.slice(1).map(numberOf));
const isDone = ({ status }) => /^600 masks drawn/.test(status);
/** Distance of the mean of the masks, and what chance explains. */
const meanOf = ({ says }) =>
  /differs from the network with all units by (\S+); chance (?:alone )?explains (\S+?)[,;]/
    .exec(says)
    .slice(1)
    .map(numberOf);

const finished = async (figure, search = "") => {
  await figure.open(search);
  return figure.shows(isDone, "all masks are drawn");
};

export default {
  name: "dropout",
  read: (root) => ({
    single: root.querySelectorAll(".plane .single").length,
    /** Heights of a curve at its ends and between. */
    curves: Object.fromEntries(
      [...root.querySelectorAll(".plane .marks .curve")].map((path) => [
        path.getAttribute("class"),
        path
          .getAttribute("d")
          .split(/[ML]/)
          .slice(1)
          .map((point) => Number(point.split(" ")[1])),
      ]),
    ),
  }),
  keyboard: { focus: '[name="rate"]', keys: ["ArrowRight", "ArrowRight"], search: /^\?dropout\.rate=0\.5$/ },
  address: {
    search: "?dropout.rate=0.2&dropout.count=20&dropout.seed=5",
    shows: (state) => isDone(state) && state.says.startsWith("With dropout at p = 0.20") && state.own.single === 12,
  },
  chinese: /^(两个网络正在训练|丢弃率 p = 0\.40 时)/,
  tests: {
    "dropout makes the gap smaller, and no unit matters much": async (figure) => {
      const state = await finished(figure);
      const [without, dropped] = rowsOf(state);
      holds(without[0] < 0.01 && dropped[0] > without[0], "the training loss without dropout is least");
      holds(dropped[1] < 0.8 * without[1] && dropped[2] < 0.6 * without[2], `the gap: ${state.tables[0]}`);
      holds(dropped[3] < 0.1 * without[3], `the rise: ${state.tables[0]}`);
      // The words are the table's numbers.
      holds(
        state.says.includes(`the test loss is ${state.tables[0][2][2]}, without it ${state.tables[0][1][2]}.`),
        state.says,
      );
      await figure.silent();
    },
    "the mean of the masks is the network with all units if the output is linear in them, in both scalings": async (
      figure,
    ) => {
      for (const mode of ["inverted", "testScaled"]) {
        const [distance, chance] = meanOf(await finished(figure, `?dropout.mode=${mode}`));
        holds(distance > 0.3 * chance && distance < 2 * chance, `${distance} and ${chance}`);
      }
      const [distance, chance] = meanOf(await finished(figure, "?dropout.layers=two"));
      holds(distance > 4 * chance, `${distance} and ${chance}`);
      await figure.silent();
    },
    "the misprint is p / (1 − p) of the right output, up to the output's bias": async (figure) => {
      const { own } = await finished(figure, "?dropout.rate=0.2&dropout.mode=testScaled&dropout.misprint=1");
      const [right, wrong] = [own.curves["curve s0 thick"], own.curves["curve s3 dashed"]];
      const spread = (values) => Math.max(...values) - Math.min(...values);
      holds(Math.abs(spread(wrong) / spread(right) - 0.25) < 0.01, `${spread(wrong)} and ${spread(right)}`);
      await figure.silent();
    },
    "at a rate of 0 both networks are the same": async (figure) => {
      const { tables, says } = await finished(figure, "?dropout.rate=0");
      equal(tables[0][1].slice(1), tables[0][2].slice(1));
      holds(says.includes("both networks are the same"), says);
      await figure.silent();
    },
    "changes while it trains end what runs": async (figure) => {
      await figure.open();
      for (const rate of ["0.1", "0.7", "0.5", "0.3"]) await figure.fill("rate", rate);
      await figure.press("again");
      const state = await figure.shows(
        (now) => isDone(now) && now.search.includes("seed=4"),
        "the last state is shown",
      );
      holds(state.says.startsWith("With dropout at p = 0.30"), state.says);
      await figure.silent();
    },
    "its program trains the same networks": async (figure) => {
      const { tables, says } = await finished(figure, "?dropout.count=12");
      const lines = await figure.runProgram();
      for (const [k, row] of [
        [0, 1],
        [2, 2],
      ]) {
        const loss = Number(/training loss (\S+)$/.exec(lines[k])[1]);
        holds(Math.abs(loss / numberOf(tables[0][row][1]) - 1) < 0.01, `${lines[k]} for ${tables[0][row]}`);
      }
      const distance = Number(/distance of the mean (\S+)$/.exec(lines[3])[1]);
      holds(Math.abs(distance / meanOf({ says })[0] - 1) < 0.06, `${lines[3]} for ${says}`);
      await figure.silent();
    },
  },
};
