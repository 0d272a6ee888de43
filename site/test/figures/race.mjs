// The race of optimizers: its words are its numbers, and the numbers are those of the methods.

import { holds } from "../driver.mjs";
import { equal } from "../pages.mjs";

const search =
  "?race.surface=quadratic&race.condition=20&race.steps=50&race.at=10&race.rules=sgd,bfgs&race.rates=sgd:-2";

export default {
  name: "race",
  read: (root) => ({
    caption: root.querySelector("caption").textContent,
    methods: [...root.querySelectorAll("tbody tr")].map((row) => row.dataset.method),
    rows: Object.fromEntries(
      [...root.querySelectorAll("tbody tr")].map((row) => [
        row.dataset.method,
        [...row.querySelectorAll("td")].map((cell) => cell.textContent),
      ]),
    ),
    drawn: [...root.querySelectorAll(".plane .curve")].map((path) => path.getAttribute("d").split(/[ML]/).length - 1),
  }),
  keyboard: { focus: ".handle", keys: ["ArrowRight", "Shift+ArrowUp"], search: /^\?race\.start=-1\.16,1\.4$/ },
  pointer: { from: "?race.surface=himmelblau", drag: ".handle", by: [60, -40], search: /race\.start=[1-5]/ },
  address: {
    search,
    shows: ({ own: { caption, methods, rows, drawn } }) =>
      caption === "After 10 of 50 steps" &&
      methods.join() === "sgd,bfgs" &&
      rows.sgd[0] === "0.01" &&
      drawn[0] === 11 &&
      // x ← (1 − η) x and y ← (1 − 20 η) y from (9, 0.45).
      rows.sgd[1] === String(Number((((9 * 0.99 ** 10) ** 2 + 20 * (0.45 * 0.8 ** 10) ** 2) / 2).toPrecision(4))),
  },
  chinese: /^各方法都从 \(−1\.2, 1\) 出发/,
  tests: {
    "it is on the start page too, and each method goes its way": async ({ tab, open, silent }) => {
      const home = await open(
        "",
        new URL("./", await tab.run(() => location.href.replace(/(zh\/)?figures.*/, ""))).href,
      );
      const { says, own } = await open();
      equal(home.says, says);
      // One step of Newton's method and the two-loop recursion reach the end of the valley; the first-order rules do not.
      equal(own.methods, ["sgd", "momentum", "adam", "lbfgs", "newton"]);
      equal(own.rows.newton.at(-1), "step 5");
      equal(own.drawn.slice(0, 3), [301, 301, 301]);
      await silent();
    },
    "the words say where it starts, and what the value is there": async ({ tab, open, focus, shows }) => {
      await open();
      await focus(".handle");
      await tab.press("ArrowRight");
      await shows(({ handles }) => handles[0].says === "x −1.16, y 1", "the start has moved");
      await tab.press("Shift+ArrowUp");
      const moved = await shows(({ handles }) => handles[0].says === "x −1.16, y 1.4", "the start has moved");
      // (1 + 1.16)² + 100 (1.4 − 1.16²)² = 4.9615…
      holds(moved.says.includes("starts at (−1.16, 1.4), where f is 4.962"), moved.says);
      equal(moved.focus, "slider");
    },
    "what cannot be in an address is left out": async ({ open, silent }) => {
      const odd = await open("?race.steps=many&race.surface=nowhere&race.rules=none&race.rates=adam:x&race.at=-5");
      equal([odd.own.caption, odd.own.methods], ["After 0 of 300 steps", []]);
      equal(odd.says, "Choose a method.");
      await silent();
    },
    "fields, examples and a formula change what is shown": async ({ open, fill, press, shows, silent }) => {
      await open();
      await fill("presets", "saddle");
      await shows(
        ({ why, own: { rows } }) => why.includes("saddle") && rows.newton?.join() === "–,0,no minimum",
        "the example shows, and Newton's method stays at the saddle point",
      );
      await fill("surface", "own");
      await fill("formula", "x^2 + 2y^2 - cos(");
      await shows(({ fault }) => fault.startsWith("This is not a formula yet"), "the fault is named");
      await fill("formula", "x^2 + 2y^2 - 3");
      await fill("rules", "");
      await shows(
        ({ says, search: now }) => says.includes("where f is 14") && now.includes("race.surface=own"),
        "the formula is used, and in the address",
      );
      await press("reset");
      await shows(({ search: now, says }) => now === "" && says.includes("(−1.2, 1)"), "everything is as at first");
      await silent();
    },
    "a formula gives the numbers of the same function in the library": async ({ open, silent }) => {
      for (const [surface, formula, start] of [
        ["rosenbrock", "(1-x)^2+100*(y-x^2)^2", "-1.2,1"],
        ["sixHumpCamel", "(4 - 2.1x^2 + x^4/3)x^2 + x*y + (4y^2 - 4)y^2", "-1,0.9"],
        ["rastrigin", "20+x^2+y^2-10cos(2pi*x)-10cos(2pi*y)", "-3.3,2.4"],
        ["saddle", "-y^2--x^2", "1,0.5"],
      ]) {
        const choice = "race.rules=adam,lbfgs&race.steps=30&race.rates=adam:-2";
        const expected = await open(`?race.surface=${surface}&race.start=${start}&${choice}`);
        const own = encodeURIComponent(formula);
        const given = await open(`?race.surface=own&race.formula=${own}&race.start=${start}&${choice}`);
        // The order of operations differs, and with it the rounding, which a line search can follow.
        equal(given.own.rows.adam[1], expected.own.rows.adam[1]);
      }
      await silent();
    },
    "it plays, pauses, goes step by step, and says the values": async ({ open, press, shows, silent }) => {
      await open();
      await press("play");
      await shows(
        ({ buttons, own: { caption } }) => buttons.play === "Pause" && /After ([1-9]|[1-9]\d) of/.test(caption),
        "it runs",
      );
      await press("play");
      const stands = ({ buttons, own: { caption }, search: now }) =>
        buttons.play === "Race" && now === `?race.at=${/After (\d+)/.exec(caption)[1]}`;
      const paused = await shows(stands, "it stands, at the step of the address");
      const at = Number(/After (\d+)/.exec(paused.own.caption)[1]);
      await press("next");
      const next = await shows(({ own: { caption } }) => caption === `After ${at + 1} of 300 steps`, "one step more");
      const said = await shows(({ status }) => status.startsWith(`Step ${at + 1} of 300.`), "the step is said");
      // What is said is what the table shows, in three digits.
      for (const [method, name] of [
        ["sgd", "Gradient descent"],
        ["adam", "Adam"],
      ]) {
        const [, words] = new RegExp(`${name}: ([^;]*?)[;.] `).exec(`${said.status} `);
        const number = (text) => Number(text.replaceAll("−", "-"));
        const value = number(next.own.rows[method][1]);
        holds(Math.abs(number(words) - value) <= 0.006 * Math.abs(value), `${words} and ${value}`);
      }
      await shows(({ search: now }) => now === `?race.at=${at + 1}`, "the step is in the address");
      await silent();
    },
    "its program computes the same values": async ({ open, runProgram, silent }) => {
      const { own } = await open("?race.rules=sgd,adam,newton&race.steps=40&race.noise=5&race.seed=3");
      const lines = await runProgram();
      for (const [k, method] of ["sgd", "adam", "newton"].entries()) {
        const value = Number(/ = (\S+) after/.exec(lines[k] ?? "")?.[1]);
        equal(Number(value.toPrecision(4)), Number(own.rows[method][1].replaceAll("−", "-")));
      }
      await silent();
    },
  },
};
