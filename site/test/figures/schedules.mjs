// Schedules: the course's numbers, values of the formulas, what they do to the loss, and their code.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const number = (text) => Number(text.replaceAll("−", "-").replace(" %", ""));
/** Values h(t) by t. */
const valuesOf = ({ tables: [table] }) =>
  Object.fromEntries(table.slice(1).map(([t, value]) => [t.split(/[ （]/)[0], number(value)]));
/** Highest loss, last loss and accuracy of each run. */
const runsOf = ({ tables }) =>
  Object.fromEntries(tables[1].slice(1).map(([name, ...cells]) => [name, cells.map(number)]));
/** The state once all runs are trained; long ones may take longer than one wait on a busy machine. */
const trained = (shows, isRight) => {
  const wait = () => shows((now) => isDone(now) && isRight(now), "the runs are trained");
  return wait().catch(wait);
};
const isDone = ({ says }) => says !== "" && !says.includes("being trained");
const near = (value, expected, digits = 3) =>
  holds(Math.abs(value - expected) <= 0.5001 * 10 ** -digits * Math.abs(expected), `${value}, expected ${expected}`);

export default {
  name: "schedules",
  read: (root) => ({
    code: root.querySelector(".shown-code").textContent,
    caption: root.querySelectorAll("caption")[1]?.textContent ?? "",
  }),
  keyboard: {
    focus: ".handle",
    keys: ["ArrowRight", "ArrowDown"],
    search: /^\?schedules\.rate=0\.39\d&schedules\.warm=13\d$/,
  },
  pointer: {
    from: "?schedules.length=100",
    drag: ".handle",
    by: [60, 20],
    search: /schedules\.rate=0\.3\d*&schedules\.warm=2\d/,
  },
  address: {
    search: "?schedules.kind=linear&schedules.length=100&schedules.rate=0.2&schedules.warm=0&schedules.at=40",
    shows: (state) =>
      state.own.code === "linearSchedule({ from: 0.2, to: 0, length: 100 })" &&
      isDone(state) &&
      // 0.2 (1 − 40/100)
      state.says.startsWith("At step 40 of 100 the rate is 0.12; it is highest at step 0, 0.2."),
  },
  chinese: /^第 1260 步（共 1260 步）的学习率为 0；/,
  tests: {
    "a cosine after a warm-up: its values, and 0 only at T": async ({ open, silent }) => {
      const state = await open();
      const values = valuesOf(state);
      const cosine = (t) => 0.2 * (1 + Math.cos((Math.PI * (t - 126)) / 1134));
      equal([values[0], values[63], values[126], values[1260]], [0, 0.2, 0.4, 0]);
      near(values[693], cosine(693));
      near(values[1259], cosine(1259));
      holds(values[1259] > 0, values[1259]);
      equal(state.own.code, "warmup({ length: 126, schedule: cosineDecay({ initial: 0.4, length: 1134 }) })");
      await silent();
    },
    "under the cosine the loss ends far below that at the constant rate": async ({ open, shows }) => {
      await open();
      const state = await shows((now) => isDone(now) && Object.keys(runsOf(now)).length === 3, "three runs");
      const runs = runsOf(state);
      const [composed, cold, constant] = ["this schedule", "without warm-up", "constant rate"].map(
        (name) => runs[name],
      );
      holds(composed[1] < 0.05 && constant[1] > 10 * composed[1] && cold[1] > composed[1], [composed, cold, constant]);
      for (const loss of [composed[1], cold[1], constant[1], cold[0], composed[0]])
        holds(state.says.includes(String(loss)), state.says);
    },
    "x 0.1 after 30, 60 and 90 epochs, and the loss drops at the first": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "steps");
      const state = await trained(shows, ({ own }) => own.code.startsWith("multiStep"));
      equal(state.own.code, 'multiStepDecay({ initial: 0.05, milestones: [30, 60, 90], factor: 0.1, unit: "epoch" })');
      const values = valuesOf(state);
      equal(
        [0, 30, 60, 90].map((epoch) => values[epoch]),
        [0.05, 0.005, 0.0005, 0.00005],
      );
      const lossAt = async (step) => {
        await fill("at", String(step));
        return runsOf(await shows(({ own }) => own.caption === `Up to step ${step}`, "the step"));
      };
      // Until epoch 30 the runs are the same; two epochs later the loss has halved, and the constant rate has not.
      const [before, after] = [await lossAt(30 * 63), await lossAt(32 * 63)];
      equal(before["this schedule"][1], before["constant rate"][1]);
      holds(after["this schedule"][1] < 0.6 * before["this schedule"][1], [before, after]);
      holds(after["constant rate"][1] > after["this schedule"][1], after);
    },
    "a warm-up over 5,000 steps: 0, 0.05, 0.1": async ({ open, silent }) => {
      const state = await open("?schedules.length=5500&schedules.warm=5000&schedules.kind=constant&schedules.rate=0.1");
      const values = valuesOf(state);
      equal(
        [0, 2500, 5000].map((step) => values[step]),
        [0, 0.05, 0.1],
      );
      await silent();
    },
    "a high first rate explodes, and the warm-up prevents it": async ({ open, fill, shows }) => {
      await open();
      await fill("presets", "explosion");
      const runs = runsOf(
        await shows((now) => now.own.code.includes("constantSchedule(0.5)") && isDone(now), "the example"),
      );
      const [warm, cold] = [runs["this schedule"], runs["without warm-up"]];
      // The loss of guessing among ten classes is ln 10.
      holds(cold[0] > 100 && Math.abs(cold[1] - Math.log(10)) < 0.02 && cold[2] === 10, cold);
      holds(warm[0] < 10 && warm[1] < 0.3 && warm[2] > 75, warm);
    },
    "all kinds have the values of their formulas": async ({ open, shows }) => {
      // Length 100, rate 0.4, no warm-up: the value half-way and at step 99.
      const kinds = {
        constant: ["", () => 0.4],
        step: ["&schedules.cycle=20", (t) => 0.4 * 0.1 ** Math.floor(t / 20)],
        multiStep: ["", (t) => 0.4 * 0.1 ** [30, 60, 90].filter((place) => place <= t).length],
        exponential: ["&schedules.end=0.1", (t) => 0.4 * 0.25 ** (t / 100)],
        inverseTime: ["&schedules.end=0.1", (t) => 0.4 / (1 + (3 * t) / 100)],
        inverseRoot: ["", (t) => 0.4 / Math.sqrt(Math.max(t / 10, 1))],
        polynomial: ["&schedules.end=0.1", (t) => 0.1 + 0.3 * (1 - t / 100) ** 2],
        cosine: ["&schedules.end=0.1", (t) => 0.1 + 0.15 * (1 + Math.cos((Math.PI * t) / 100))],
        restarts: ["", (t) => 0.2 * (1 + Math.cos((Math.PI * (t % 25)) / 25))],
        cyclic: ["&schedules.cycle=20", (t) => 0.05 + 0.35 * (1 - Math.abs(1 - (t % 20) / 10))],
      };
      for (const [kind, [more, law]] of Object.entries(kinds)) {
        await open(`?schedules.kind=${kind}&schedules.length=100&schedules.warm=0${more}`);
        const values = valuesOf(await shows((state) => valuesOf(state)[99] !== undefined, "values"));
        for (const [t, value] of Object.entries(values)) if (t < 100) near(value, law(Number(t)));
      }
    },
    "pieces are joined, and each begins where it should": async ({ open }) => {
      const state = await open(
        "?schedules.kind=constant&schedules.after=linear&schedules.length=100&schedules.warm=10&schedules.turn=80",
      );
      holds(
        /until: 70 \},\s+\{ schedule: linearSchedule\(\{ from: 0\.4, to: 0, length: 20 \}\)/.test(state.own.code),
        state.own.code,
      );
      const values = valuesOf(state);
      equal(
        [0, 5, 10, 45, 80].map((t) => values[t]),
        [0, 0.2, 0.4, 0.4, 0.4],
      );
      near(values[99], 0.4 / 20);
    },
    "its program prints the rate, and ends with the accuracies shown": async ({ open, runProgram, silent }) => {
      const runs = runsOf(await open("?schedules.length=300&schedules.at=150"));
      const lines = await runProgram();
      holds(lines.length === 3, lines);
      const [, , rate] = /^rate: (\S+) at first, (\S+) at step 150$/.exec(lines[0]);
      near(Number(rate), 0.2 * (1 + Math.cos((Math.PI * 120) / 270)), 6);
      for (const [line, name] of [
        [lines[1], "this schedule"],
        [lines[2], "constant rate"],
      ])
        near(100 * Number(/accuracy (\S+)$/.exec(line)[1]), runs[name][2]);
      await silent();
    },
  },
};
