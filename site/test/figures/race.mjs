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
    turned: root.querySelector(".perspective:not([hidden])")?.getAttribute("aria-valuetext") ?? null,
    picture: root.querySelector(".perspective:not([hidden])")?.toDataURL().length ?? 0,
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
    "a formula of every function has the value that Math gives": async ({ open, runProgram, silent }) => {
      const formula = "tan(x/4)^2+asin(y/3)+acos(x/9)+sinh(y)+cosh(x)+asinh(x)+acosh(y+1)+atanh(y/4)";
      const [x, y] = [-3, 2];
      const value =
        Math.tan(x / 4) ** 2 + Math.asin(y / 3) + Math.acos(x / 9) + Math.sinh(y) + Math.cosh(x) + Math.asinh(x);
      const whole = value + Math.acosh(y + 1) + Math.atanh(y / 4);
      const { says, own } = await open(
        `?race.surface=own&race.formula=${encodeURIComponent(formula)}&race.rules=sgd&race.steps=10`,
      );
      holds(says.includes(`where f is ${Number(whole.toPrecision(4))}`), says);
      const lines = await runProgram();
      equal(Number(Number(/ = (\S+) after/.exec(lines[0])?.[1]).toPrecision(4)), Number(own.rows.sgd[1]));
      await silent();
    },
    "in perspective it is turned by keys, and shows the same race": async ({ open, focus, tab, shows, silent }) => {
      const flat = await open("?race.surface=himmelblau");
      const { own } = await open("?race.surface=himmelblau&race.view=perspective");
      equal([flat.own.turned, own.turned], [null, "turned by 30°, seen from 30° above"]);
      equal(own.rows, flat.own.rows);
      await focus(".perspective");
      for (const key of ["ArrowRight", "Shift+ArrowLeft", "ArrowUp"]) await tab.press(key);
      await shows(
        ({ search: now, own: { turned, picture } }) =>
          /race\.turn=18&race\.tilt=27$/.test(now) &&
          turned === "turned by 18°, seen from 27° above" &&
          picture !== own.picture,
        "it is turned",
      );
      await silent();
    },
    "the function of three variables has the course's rates, and plain descent its closed form": async (figure) => {
      const { open, fill, shows, runProgram, silent } = figure;
      await open();
      await fill("presets", "space");
      const { own, says } = await shows(({ own: { methods } }) => methods.length === 9, "the example shows");
      holds(says.includes("starts at (−2, −2, −2), where f is 12.4"), says);
      const rates = own.methods.map((method) => `${method} ${own.rows[method][0]}`);
      equal(
        rates.join(),
        "sgd 0.1,momentum 0.01,nesterov 0.01,adagrad 0.5,adadelta 1,rmsprop 0.01,adam 0.1,adamax 0.1,nadam 0.3",
      );
      // Each variable shrinks by 1 − 0.1 times its curvature: 2, 0.2 and 4.
      const value = 4 * (0.8 ** 200 + 0.1 * 0.98 ** 200 + 2 * 0.6 ** 200);
      equal(own.rows.sgd[1], String(Number(value.toPrecision(4))));
      const lines = await runProgram();
      equal(Number(Number(/ = (\S+) after/.exec(lines[0])?.[1]).toPrecision(4)), Number(own.rows.sgd[1]));
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
      const rules = ["sgd", "adam", "newton", "amsgrad", "cautious", "lookahead", "sam", "scheduleFreeSgd"];
      const { own } = await open(`?race.rules=${rules.join()}&race.steps=40&race.noise=5&race.seed=3`);
      equal(own.methods, rules);
      const lines = await runProgram();
      for (const [k, method] of rules.entries()) {
        const value = Number(/ = (\S+) after/.exec(lines[k] ?? "")?.[1]);
        equal(Number(value.toPrecision(4)), Number(own.rows[method][1].replaceAll("−", "-")));
      }
      await silent();
    },
  },
};
