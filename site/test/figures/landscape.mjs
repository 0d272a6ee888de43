// The landscape: what skip connections change, what planes can hold, and the same numbers from a program.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
/** Numbers of the sentences. */
const told = (says) => ({
  loss: number(/loss is (\S+)\. /.exec(says)[1]),
  sharpness: number(/sharpness, is (\S+)\. /.exec(says)[1]),
  explained: number(/holds (\S+) %/.exec(says)[1]),
  minima: number(/points, (\d+) lie below/.exec(says)[1]),
});

export default {
  name: "landscape",
  read: (root) => ({
    view: root.querySelector("canvas").getAttribute("aria-valuetext"),
    curves: [...root.querySelectorAll(".plane .curve")].map(
      (path) => (path.getAttribute("d") ?? "").split(/[ML]/).length - 1,
    ),
  }),
  keyboard: { focus: 'input[name="depth"]', keys: ["ArrowLeft", "ArrowLeft"], search: /^\?landscape\.depth=2$/ },
  pointer: { drag: "canvas", by: [40, 20], search: /^\?landscape\.turn=50&landscape\.tilt=40$/ },
  address: {
    search: "?landscape.depth=1&landscape.methods=adam,rmsprop&landscape.steps=100&landscape.at=50&landscape.turn=100",
    shows: ({ says, tables, own: { view, curves } }) =>
      says.startsWith("A network of 1 hidden layers after the first") &&
      tables[0]?.length === 3 &&
      tables[0][0][1] === "loss at step 50" &&
      view.startsWith("turned by 100°") &&
      curves.join() === "21,21",
  },
  chinese: /^第一层之后有 4 个隐藏层、没有跳跃连接的网络：梯度下降训练 400 步后损失为/,
  tests: {
    "skip connections make a deep network learn, and its surroundings smoother": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      await open("?landscape.depth=1&landscape.steps=50");
      const seen = {};
      for (const example of ["plain", "skips"]) {
        const start = `A network of 16 hidden layers after the first, with${example === "skips" ? "" : "out"} skip`;
        await fill("presets", example);
        seen[example] = told((await shows(({ says }) => says.startsWith(start), "the example is shown")).says);
      }
      const { plain, skips } = seen;
      holds(skips.loss < plain.loss / 10, JSON.stringify(seen));
      holds(skips.sharpness < plain.sharpness / 10, JSON.stringify(seen));
      holds(skips.minima < 0.75 * plain.minima, JSON.stringify(seen));
      // Two random directions among some thousand weights hold about 2 of a thousand of any other direction.
      holds(plain.explained < 1 && skips.explained < 1, JSON.stringify(seen));
      // Without skip connections 25 layers guess: ln 2.
      await fill("presets", "deep");
      const { says } = await shows(({ says }) => says.startsWith("A network of 24 hidden"), "the example is shown");
      holds(Math.abs(told(says).loss - Math.LN2) < 0.05, says);
      await silent();
    },
    "the plane of the paths holds most of them, and each method has its path": async ({ open, shows, silent }) => {
      await open();
      const whole = ({ own }) => own.curves.join() === "41,41,41";
      const { says, tables } = await shows(whole, "the paths are drawn");
      holds(told(says).explained > 80, says);
      equal(
        tables[0].slice(1).map(([name]) => name),
        ["Gradient descent", "Momentum 0.9", "Adam"],
      );
      // What is said of the first method is what the table shows.
      equal(number(tables[0][1][2]), told(says).loss);
      const start = await open("?landscape.at=0");
      equal(new Set(start.tables[0].slice(1).map(([, loss]) => loss)).size, 1); // the same weights
      await silent();
    },
    "no method, and a rate at which training diverges": async ({ open, silent }) => {
      const none = await open("?landscape.methods=none");
      equal(none.says, "Choose a method.");
      const wild = await open("?landscape.methods=adam,momentum&landscape.rates=momentum:0&landscape.depth=1");
      holds(wild.says.startsWith("A network of 1 hidden"), wild.says);
      await silent();
    },
    "its program computes the same numbers": async ({ open, runProgram, silent }) => {
      const search =
        "?landscape.plane=random&landscape.depth=6&landscape.methods=adam&landscape.steps=150&landscape.reach=0.5";
      const { says } = await open(`${search}&landscape.skips=1`);
      const lines = await runProgram();
      const [loss, sharpness, minima] = lines.map((line) => Number(line.split(" ").at(-1)));
      const shown = told(says);
      equal(
        [Number(loss.toPrecision(3)), Number(sharpness.toPrecision(3)), minima],
        [shown.loss, shown.sharpness, shown.minima],
      );
      await silent();
    },
  },
};
