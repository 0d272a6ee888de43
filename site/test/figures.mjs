// Figures: each loads, follows keyboard and pointer, keeps its state in the address and reads it from there, and its words are its
// numbers, in both languages.

import { until } from "./browsers.mjs";
import { axe } from "./everyPage.mjs";
import { equal, silent } from "./pages.mjs";

/** State that the race shows; null before it is drawn. */
function raceState() {
  const root = document.querySelector("thalweg-race")?.shadowRoot;
  if (!root?.querySelector("tbody")) return null;
  const text = (how) => root.querySelector(how)?.textContent ?? "";
  const handle = root.querySelector(".handle");
  const box = handle.getBoundingClientRect();
  return {
    caption: text("caption"),
    methods: [...root.querySelectorAll("tbody tr")].map((row) => row.dataset.method),
    rows: Object.fromEntries(
      [...root.querySelectorAll("tbody tr")].map((row) => [
        row.dataset.method,
        [...row.querySelectorAll("td")].map((cell) => cell.textContent),
      ]),
    ),
    says: text(".says"),
    status: text("[role=status]"),
    why: root.querySelector(".why").hidden ? "" : text(".why"),
    fault: text(".fault"),
    start: handle.getAttribute("aria-valuetext"),
    handle: [box.x + box.width / 2, box.y + box.height / 2],
    drawn: [...root.querySelectorAll(".plane .curve")].map((path) => path.getAttribute("d").split(/[ML]/).length - 1),
    play: text('button[name="play"]'),
    search: location.search,
    focus: root.activeElement?.getAttribute("role") ?? root.activeElement?.name ?? "",
  };
}

/** Changes a field as a user does. */
function fill(name, value) {
  const root = document.querySelector("thalweg-race").shadowRoot;
  const field = root.querySelector(`[name="${name}"]`);
  if (field.type === "checkbox") return field.click();
  field.value = value;
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
}

const press = (name) =>
  document.querySelector("thalweg-race").shadowRoot.querySelector(`button[name="${name}"]`).click();
const focusHandle = () => document.querySelector("thalweg-race").shadowRoot.querySelector(".handle").focus();
const bring = () => document.querySelector("thalweg-race").scrollIntoView({ block: "center" });

function holds(condition, shown) {
  if (!condition) throw new Error(`it shows ${shown}`);
}

/** Problems that axe finds in a figure. */
async function problems(tab) {
  await tab.evaluate(axe);
  return tab.run(async () => {
    const { violations } = await window.axe.run(document.querySelector("thalweg-race"));
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => `${id}: ${target.join(" ")} ${html}`));
  });
}

export async function figures({ session, url, test }) {
  const tab = await session.tab();
  const page = `${url}figures/race.html`;
  const state = () => tab.run(raceState);
  const shows = async (isRight, what) => {
    let last = null;
    try {
      return await until(async () => {
        last = await state();
        return last && isRight(last) ? last : null;
      }, what);
    } catch (error) {
      throw new Error(`${error.message}; it shows ${JSON.stringify(last)}`);
    }
  };
  const open = async (search = "") => {
    await tab.go(page + search);
    await tab.run(bring);
    return shows(() => true, "the race is drawn");
  };

  await test("the race is drawn, on the start page too", async () => {
    await tab.go(url);
    const home = await shows(() => true, "the race is drawn");
    const { methods, rows, drawn } = await open();
    equal(home.says, (await state()).says);
    // One step of Newton's method and the two-loop recursion reach the end of the valley; the first-order rules do not.
    equal(methods, ["sgd", "momentum", "adam", "lbfgs", "newton"]);
    equal(rows.newton.at(-1), "step 5");
    equal(drawn.slice(0, 3), [301, 301, 301]);
    await silent(tab);
  });

  await test("keys move the start, and the words and the address follow", async () => {
    await open();
    await tab.run(focusHandle);
    await tab.press("ArrowRight");
    await shows(({ start }) => start === "x −1.16, y 1", "the start has moved");
    await tab.press("Shift+ArrowUp");
    const moved = await shows(
      ({ start, search }) => start === "x −1.16, y 1.4" && search === "?race.start=-1.16,1.4",
      "the start and the address have moved",
    );
    // (1 + 1.16)² + 100 (1.4 − 1.16²)² = 4.9615…
    holds(moved.says.includes("starts at (−1.16, 1.4), where f is 4.962"), moved.says);
    equal(moved.focus, "slider");
    await silent(tab);
  });

  await test("the start is dragged, and a click puts it elsewhere", async () => {
    const { handle } = await open("?race.surface=himmelblau");
    await tab.drag(handle, [handle[0] + 60, handle[1] - 40]);
    const placeOf = (start) => /x (\S+), y (\S+)/.exec(start).slice(1).map(Number);
    // The address follows a little late, also between two moves of a drag.
    const { start } = await shows(
      (now) => now.search === `?race.surface=himmelblau&race.start=${placeOf(now.start).join()}`,
      "it moves, and the address follows",
    );
    const [x, y] = placeOf(start);
    holds(x > 0.5 && y > 0.5, start);
    if (tab.evaluate) equal(await problems(tab), []);
    await silent(tab);
  });

  await test("the state is read from the address, also when it changes by going back", async () => {
    const search =
      "?race.surface=quadratic&race.condition=20&race.steps=50&race.at=10&race.rules=sgd,bfgs&race.rates=sgd:-2";
    const { methods, rows, caption, drawn } = await open(search);
    equal(caption, "After 10 of 50 steps");
    equal(methods, ["sgd", "bfgs"]);
    equal(rows.sgd[0], "0.01");
    equal(drawn[0], 11);
    // x ← (1 − η) x and y ← (1 − 20 η) y from (9, 0.45).
    const value = ((9 * 0.99 ** 10) ** 2 + 20 * (0.45 * 0.8 ** 10) ** 2) / 2;
    equal(rows.sgd[1], String(Number(value.toPrecision(4))));
    await tab.run((address) => {
      history.pushState(history.state, "", address);
      history.pushState(history.state, "", "?race.steps=20");
      history.back();
    }, search);
    await shows(({ caption: now }) => now === "After 10 of 50 steps", "the older state is back");
    // The router loads the whole page once more, and reports an error where the page is left before.
    const isLoaded = () =>
      performance
        .getEntriesByType("resource")
        .some(({ name, responseEnd }) => /\.md\.[\w-]+\.js$/.test(name) && responseEnd > 0);
    await until(() => tab.run(isLoaded), "the router has loaded the page");
    const odd = await open("?race.steps=many&race.surface=nowhere&race.rules=none&race.rates=adam:x&race.at=-5");
    equal([odd.caption, odd.methods], ["After 0 of 300 steps", []]);
    equal(odd.says, "Choose a method.");
    await silent(tab);
  });

  await test("fields, examples and a formula change what is shown", async () => {
    await open();
    await tab.run(fill, "presets", "saddle");
    await shows(
      ({ why, rows }) => why.includes("saddle") && rows.newton?.join() === "–,0,no minimum",
      "the example shows, and Newton's method stays at the saddle point",
    );
    await tab.run(fill, "surface", "own");
    await tab.run(fill, "formula", "x^2 + 2y^2 - cos(");
    await shows(({ fault }) => fault.startsWith("This is not a formula yet"), "the fault is named");
    await tab.run(fill, "formula", "x^2 + 2y^2 - 3");
    await tab.run(fill, "rules", "");
    await shows(
      ({ says, search }) => says.includes("where f is 14") && search.includes("race.surface=own"),
      "the formula is used, and in the address",
    );
    await tab.run(press, "reset");
    await shows(({ search: now, says }) => now === "" && says.includes("(−1.2, 1)"), "everything is as at first");
    await silent(tab);
  });

  await test("a formula gives the numbers of the same function in the library", async () => {
    for (const [surface, formula, start] of [
      ["rosenbrock", "(1-x)^2+100*(y-x^2)^2", "-1.2,1"],
      ["sixHumpCamel", "(4 - 2.1x^2 + x^4/3)x^2 + x*y + (4y^2 - 4)y^2", "-1,0.9"],
      ["rastrigin", "20+x^2+y^2-10cos(2pi*x)-10cos(2pi*y)", "-3.3,2.4"],
      ["saddle", "-y^2--x^2", "1,0.5"],
    ]) {
      const choice = "race.rules=adam,lbfgs&race.steps=30&race.rates=adam:-2";
      const expected = await open(`?race.surface=${surface}&race.start=${start}&${choice}`);
      const own = encodeURIComponent(formula);
      const { rows } = await open(`?race.surface=own&race.formula=${own}&race.start=${start}&${choice}`);
      // The order of operations differs, and with it the rounding, which a line search can follow.
      equal(rows.adam[1], expected.rows.adam[1]);
    }
    await silent(tab);
  });

  await test("the race plays, pauses, goes step by step, and says the values", async () => {
    await open();
    await tab.run(press, "play");
    await shows(({ play, caption }) => play === "Pause" && /After ([1-9]|[1-9]\d) of/.test(caption), "it runs");
    await tab.run(press, "play");
    const stands = ({ play, caption, search }) =>
      play === "Race" && search === `?race.at=${/After (\d+)/.exec(caption)[1]}`;
    const paused = await shows(stands, "it stands, at the step of the address");
    const at = Number(/After (\d+)/.exec(paused.caption)[1]);
    await tab.run(press, "next");
    const next = await shows(({ caption }) => caption === `After ${at + 1} of 300 steps`, "one step more");
    const said = await shows(({ status }) => status.startsWith(`Step ${at + 1} of 300.`), "the step is said");
    // What is said is what the table shows, in three digits.
    for (const [method, name] of [
      ["sgd", "Gradient descent"],
      ["adam", "Adam"],
    ]) {
      const [, words] = new RegExp(`${name}: ([^;]*?)[;.] `).exec(`${said.status} `);
      const number = (text) => Number(text.replaceAll("−", "-"));
      const shown = number(next.rows[method][1]);
      holds(Math.abs(number(words) - shown) <= 0.006 * Math.abs(shown), `${words} and ${shown}`);
    }
    await shows(({ search }) => search === `?race.at=${at + 1}`, "the step is in the address");
    await silent(tab);
  });

  await test("its program computes the same values", async () => {
    const { rows } = await open("?race.rules=sgd,adam,newton&race.steps=40&race.noise=5&race.seed=3");
    await tab.run(press, "code");
    const editor = () =>
      tab.run(() => {
        const inner = document.querySelector("thalweg-race").shadowRoot.querySelector(".editor > div")?.shadowRoot;
        if (!inner?.querySelector(".bar")) return null;
        const status = inner.querySelector(".status").textContent;
        return { status, lines: [...inner.querySelectorAll(".log > pre")].map((line) => line.textContent) };
      });
    await until(editor, "the editor opens");
    await tab.run(() => {
      const inner = document.querySelector("thalweg-race").shadowRoot.querySelector(".editor > div").shadowRoot;
      inner.querySelector(".bar .run").click();
    });
    const { lines } = await until(async () => {
      const now = await editor();
      return /Finished|error/.test(now.status) ? now : null;
    }, "the program ends");
    for (const [k, method] of ["sgd", "adam", "newton"].entries()) {
      const value = Number(/ = (\S+) after/.exec(lines[k] ?? "")?.[1]);
      equal(Number(value.toPrecision(4)), Number(rows[method][1].replaceAll("−", "-")));
    }
    await silent(tab);
  });

  await test("in Chinese", async () => {
    await tab.go(`${url}zh/figures/race.html`);
    const { caption, says } = await shows(() => true, "the race is drawn");
    equal(caption, "共 300 步，当前第 300 步");
    holds(says.startsWith("各方法都从 (−1.2, 1) 出发"), says);
    await silent(tab);
  });
  await tab.close();

  await test("on 360 pixels, dark", async () => {
    const narrow = await session.tab({ width: 360, dark: true });
    await narrow.go(page);
    await until(() => narrow.run(raceState), "the race is drawn");
    const wide = await narrow.run(() => {
      const root = document.querySelector("thalweg-race").shadowRoot;
      root.querySelector("details").open = true;
      const frame = root.querySelector(".figure").getBoundingClientRect();
      const outside = [...root.querySelectorAll("input, select, button, svg.plane")]
        .filter((element) => element.checkVisibility() && element.getBoundingClientRect().right > frame.right)
        .map((element) => element.outerHTML.slice(0, 80));
      return [document.documentElement.scrollWidth - document.documentElement.clientWidth, outside];
    });
    equal(wide, [0, []]);
    if (narrow.evaluate) equal(await problems(narrow), []);
    await silent(narrow);
    await narrow.close();
  });
}
