// The playground: the course's numbers, the same bits by every way to a step, and words that are the numbers of the tables.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-"));
const at = (step) => (state) => state.says.includes(`After ${step} steps`) && state.own.isStill;

/** Loss and accuracy that the program prints. */
const printed = (line) =>
  Object.fromEntries([...line.matchAll(/(\w+): ([-\d.e]+)/g)].map(([, name, value]) => [name, Number(value)]));
/** Training and test loss of the words. */
const losses = (says) => /The loss is (\S+) in training and (\S+) in the test/.exec(says)?.slice(1).map(number);
const digits = (value) => Number(value.toPrecision(4));

/** A small training, of two steps an epoch. */
const short = "playground.count=60&playground.units1=4&playground.units2=3";

export default {
  name: "playground",
  read: (root) => ({
    nodes: root.querySelectorAll("button.node").length,
    marks: [...root.querySelectorAll(".marks .mark")].reduce(
      (sum, path) => sum + path.getAttribute("d").split("M").length - 1,
      0,
    ),
    cuts: (root.querySelector(".cut")?.getAttribute("d") ?? "").split("M").length - 1,
    shown: [...root.querySelectorAll('button.node[aria-pressed="true"]')].map((node) =>
      node.getAttribute("aria-label"),
    ),
    rule: [...root.querySelectorAll(".chart *")].some((part) => part.shadowRoot?.textContent.includes("new rate")),
    isStill: root.querySelector('button[name="play"]').textContent !== "Pause",
  }),
  keyboard: {
    focus: ".handle",
    keys: ["Shift+ArrowRight", "ArrowUp", "Enter"],
    search: /^\?playground\.points=0\.6,0\.06,1$/,
  },
  pointer: {
    from: `?${short}&playground.pen=class0`,
    click: ".plane",
    by: [40, -40],
    search: /playground\.points=[\d.-]+,[\d.-]+,0$/,
  },
  address: {
    search: `?playground.layers=1&playground.units1=3&playground.steps=40`,
    shows: (state) => at(40)(state) && state.own.nodes === 5,
  },
  chinese: /^训练 \d+ 步（[\d.]+ 轮）之后，模型在 280 个训练样本上的正确率为/,
  tests: {
    "a linear model reaches the share of the larger class on the course's two hard cases, and 16 units 0.98": async ({
      open,
      fill,
      shows,
      silent,
    }) => {
      await open();
      await fill("presets", "linear");
      const ring = await shows(
        (state) => at(2400)(state) && state.says.includes("400 training"),
        "the ring is trained",
      );
      holds(ring.says.includes("right for 61.5 % of the 400"), ring.says);
      holds(ring.says.includes("everywhere would be right for 61.5 %"), ring.says);
      holds(ring.why.includes("61.5 %"), ring.why);
      await fill("presets", "modes");
      const modes = await shows((state) => at(2400)(state) && state.says.includes("82.25"), "the modes are trained");
      holds(modes.says.includes("right for 82.25 % of the 400"), modes.says);
      await fill("presets", "network");
      const network = await shows((state) => at(2400)(state) && state.own.nodes === 18, "the network is trained");
      holds(network.says.includes("right for 98.25 % of the 400"), network.says);
      await silent();
    },
    "three classes have three lines, and each sample its mark": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "lines");
      const { own, tables } = await shows((state) => at(1000)(state) && state.own.cuts === 3, "three lines are drawn");
      equal(own.marks, 400);
      // The confusion matrix counts every sample once, and its diagonal those that the words name.
      const counts = tables[1].slice(1).map((row) => row.slice(1).map(number));
      equal(
        counts.flat().reduce((a, b) => a + b),
        400,
      );
      equal(
        counts.reduce((sum, row, k) => sum + row[k], 0),
        396,
      );
    },
    "its program trains the same model to the same numbers": async ({ open, shows, runProgram, silent }) => {
      for (const search of [
        `${short}&playground.steps=90`,
        `${short}&playground.data=spirals&playground.features=x,y,sinX&playground.l1=-3&playground.l2=-3&playground.dropout=0.2&playground.norm=1&playground.steps=60`,
        `${short}&playground.data=waves&playground.schedule=warmup&playground.optimizer=nesterov&playground.steps=60`,
        `${short}&playground.optimizer=lbfgs&playground.steps=12`,
        `${short}&playground.rates=30:-1&playground.rate=-2.5&playground.steps=80`,
        `${short}&playground.stop=early&playground.patience=3&playground.limit=400`,
      ]) {
        await open(`?${search}`);
        const steps = /steps=(\d+)/.exec(search)?.[1];
        const { says } = await shows(
          (state) => (steps ? at(steps)(state) : state.says.includes("Early stopping")) && losses(state.says),
          "it is trained",
        );
        const lines = await runProgram();
        const [train, test] = losses(says);
        equal([digits(printed(lines.at(-2)).loss), digits(printed(lines.at(-1)).loss)], [train, test]);
      }
      await silent();
    },
    "every way to a step gives the same numbers": async ({ open, press, fill, shows, silent }) => {
      await open(`?${short}&playground.steps=43`);
      const { says, tables } = await shows(at(43), "it is trained");
      await open(`?${short}&playground.steps=0&playground.pace=5`);
      await shows(at(0), "it stands at the beginning");
      for (let k = 1; k <= 3; k++) {
        await press("next");
        await shows(at(k), `step ${k}`);
      }
      await press("epoch");
      await shows(at(4), "42 samples are two batches of an epoch");
      await fill("steps", "43");
      const slowly = await shows(at(43), "it is trained");
      equal([slowly.says, slowly.tables], [says, tables]);
      // Played past it, and set back.
      await press("play");
      await shows(({ buttons, says: words }) => buttons.play === "Pause" && !words.includes("After 43 "), "it plays");
      await press("play");
      await shows((state) => state.own.isStill, "it stands");
      await fill("steps", "43");
      const back = await shows(at(43), "it is back");
      equal(back.says, says);
      await silent();
    },
    "a preset while it plays begins anew, and plays on": async ({ open, fill, press, shows, silent }) => {
      await open(`?${short}&playground.steps=0`);
      await press("play");
      await shows(({ buttons, search }) => buttons.play === "Pause" && search.includes(short.slice(0, 20)), "it plays");
      await fill("presets", "lines");
      const played = await shows(
        ({ buttons, own, values }) => buttons.play === "Pause" && own.cuts === 3 && Number(values.steps) > 30,
        "the example plays",
      );
      holds(played.why.includes("three such lines"), played.why);
      await press("restart");
      await shows((state) => at(0)(state) && state.own.cuts === 3, "it stands at the beginning");
      await silent();
    },
    "a rate changes without a new start, and the address repeats it": async ({ open, fill, shows, silent }) => {
      await open(`?${short}&playground.steps=40`);
      await shows(at(40), "it is trained");
      await fill("rate", "-3");
      await fill("steps", "70");
      const { says, search, own } = await shows(
        (state) => at(70)(state) && state.search.includes("rates"),
        "it has gone on at another rate",
      );
      holds(own.rule, "no mark of the new rate");
      holds(decodeURIComponent(search).includes("playground.rates=40:-1.7"), search);
      await open(search);
      const again = await shows(at(70), "it is trained again");
      equal(again.says, says);
      await silent();
    },
    "points are added, told of and erased by keyboard": async ({ tab, open, fill, focus, shows, silent }) => {
      await open("?playground.data=own&playground.classes=2");
      await shows(({ says }) => says.startsWith("There are no samples yet"), "it asks for samples");
      await focus(".handle");
      for (const key of ["Shift+ArrowLeft", "Enter", "Shift+ArrowRight", "Shift+ArrowRight"]) await tab.press(key);
      await fill("pen", "class0");
      await focus(".handle");
      await tab.press("Enter");
      const two = await shows(({ says, own }) => says.includes("2 training samples") && own.marks === 2, "two points");
      holds(two.says.includes("right for 100 %"), two.says);
      await focus(".handle");
      await tab.press("Delete");
      await shows(({ says, own }) => says.includes("1 training samples") && own.marks === 1, "one point is left");
      await silent();
    },
    "zeros stay zeros, five sigmoids stall, and batch norm helps": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "zeros");
      const zeros = await shows((state) => at(1000)(state) && state.says.includes("96 of the 96"), "zeros are trained");
      equal(
        zeros.tables[0].slice(1).map((row) => number(row[1])),
        [0, 0, 0],
      );
      await fill("presets", "deep");
      const gradients = ({ tables }) => tables[0].slice(1).map((row) => number(row[1]));
      const deep = await shows(
        (state) => at(1500)(state) && state.own.nodes === 42 && gradients(state)[0] < 1e-4,
        "it stalls",
      );
      const falling = gradients(deep);
      holds(
        falling.every((value, k) => k === 0 || value > 2 * falling[k - 1]),
        falling,
      );
      holds(
        deep.says.includes("right for 58.93 %") && deep.says.includes("everywhere would be right for 58.93 %"),
        deep.says,
      );
      await fill("presets", "normed");
      const normed = await shows((state) => at(1500)(state) && gradients(state)[0] > 0.1, "it learns");
      holds(number(/right for (\S+) %/.exec(normed.says)[1]) > 85, normed.says);
    },
    "overfitting, its cures, and L1's zeros": async ({ open, fill, shows }) => {
      await open();
      const of = {};
      for (const name of ["overfit", "decay", "dropout", "early"]) {
        await fill("presets", name);
        const sign = {
          overfit: /After 500 .*0\.0006/,
          decay: /After 500 .*0\.235/,
          dropout: /After 500 .*0\.033/,
          early: /of epoch 40/,
        };
        of[name] = losses(
          (await shows((state) => state.own.isStill && sign[name].test(state.says), `${name} is trained`)).says,
        );
      }
      holds(of.overfit[0] < 0.001 && of.overfit[1] > 2, of.overfit);
      for (const name of ["decay", "dropout", "early"]) holds(of[name][1] < 0.5, `${name}: ${of[name]}`);
      await fill("presets", "sparse");
      await shows(
        (state) => at(2000)(state) && state.says.includes("10 of the 14 weights are exactly 0"),
        "ten are zero",
      );
    },
    "memory stays flat over 200 new trainings": async ({ tab, open, shows }) => {
      await open(`?${short}&playground.steps=20`);
      await shows(at(20), "it is trained");
      const bytes = (rounds) =>
        tab.run(
          `async (rounds) => {
            const root = document.querySelector("thalweg-playground").shadowRoot;
            const seed = root.querySelector('input[name="seed"]');
            for (let k = 0; k < rounds; k++) {
              seed.value = String(10 + k);
              seed.dispatchEvent(new Event("change", { bubbles: true }));
              for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
            }
            for (let wait = 0; wait < 20; wait++) await new Promise((resolve) => setTimeout(resolve, 50));
            return Number(root.querySelector(".stage").dataset.bytes);
          }`,
          rounds,
        );
      const first = await bytes(20);
      let last = first;
      for (let round = 0; round < 4; round++) last = await bytes(50);
      holds(first > 0 && last <= first, `${first} bytes, then ${last}`);
    },
    "a unit's map is shown, and the weights are saved": async ({ tab, open, press, shows }) => {
      await open(`?${short}&playground.steps=20`);
      await shows(at(20), "it is trained");
      await tab.run(() =>
        document
          .querySelector("thalweg-playground")
          .shadowRoot.querySelector('[aria-label="Unit 2 of layer 1"]')
          .click(),
      );
      const { own } = await shows(({ search }) => search.includes("view=1.2"), "the unit is in the address");
      equal(own.shown, ["Unit 2 of layer 1"]);
      await press("save");
      await shows(({ status }) => /^Saved \d+ bytes: .*step 20/.test(status), "it says what is saved");
    },
  },
};
