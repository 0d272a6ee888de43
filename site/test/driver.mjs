// Drives a figure in a tab: reads what it shows, fills its fields, presses its buttons, and waits for what is expected.

import { until } from "./browsers.mjs";
import { axe } from "./everyPage.mjs";
import { silent } from "./pages.mjs";

/** State that a figure shows; null before it has drawn and said it. `own` is read by the figure's tests themselves. */
function shown(name, read) {
  const root = document.querySelector(`thalweg-${name}`)?.shadowRoot;
  if (!root?.querySelector(".figure.ready .says")?.textContent) return null;
  const text = (how) => root.querySelector(how)?.textContent ?? "";
  const hidden = (how) => root.querySelector(how)?.hidden ?? true;
  const boxOf = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return [x + width / 2, y + height / 2];
  };
  const fields = [...root.querySelectorAll("input[name], select[name]")];
  const handles = [...root.querySelectorAll('[role="slider"]')];
  return {
    title: text(".title"),
    says: text(".says"),
    status: text("[role=status]"),
    why: hidden(".why") ? "" : text(".why"),
    fault: text(".fault"),
    values: Object.fromEntries(
      fields.map(({ name, type, checked, value }) => [name, type === "checkbox" ? checked : value]),
    ),
    buttons: Object.fromEntries(
      [...root.querySelectorAll("button[name]")].map(({ name, textContent }) => [name, textContent]),
    ),
    tables: [...root.querySelectorAll("table")].map(({ rows }) =>
      [...rows].map(({ cells }) => [...cells].map(({ textContent }) => textContent)),
    ),
    handles: handles.map((handle) => ({ says: handle.getAttribute("aria-valuetext"), at: boxOf(handle) })),
    search: location.search,
    focus: root.activeElement?.getAttribute("role") ?? root.activeElement?.name ?? "",
    own: read(root),
  };
}

/** Changes a field as a user does. */
function fill(name, field, value) {
  const input = document.querySelector(`thalweg-${name}`).shadowRoot.querySelector(`[name="${field}"]`);
  if (input.type === "checkbox") return input.click();
  input.value = value;
  for (const kind of ["input", "change"]) input.dispatchEvent(new Event(kind, { bubbles: true }));
}

const inside = (name) => `document.querySelector("thalweg-${name}").shadowRoot`;

/** The figure `name` on its page, in a tab; `read`, a function of the figure's shadow root that runs in the page, gives `own` of its state. */
export function driver({ tab, url, name, read = () => null }) {
  const page = `${url}figures/${name}.html`;
  const state = () => tab.run(`(name) => (${shown})(name, ${read})`, name);
  /** The state once it is as expected. */
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
  return {
    tab,
    state,
    shows,
    /** Opens the figure's page with a query, and returns its state once it is drawn. */
    async open(search = "", address = page) {
      await tab.go(address + search);
      await tab.run(`() => document.querySelector("thalweg-${name}").scrollIntoView({ block: "center" })`);
      return shows(() => true, "it is drawn");
    },
    fill: (field, value) => tab.run(`(${fill})`, name, field, value),
    press: (button) =>
      tab.run(`(button) => ${inside(name)}.querySelector(\`button[name="\${button}"]\`).click()`, button),
    focus: (how) => tab.run(`(how) => ${inside(name)}.querySelector(how).focus()`, how),
    /** Opens the program of what is shown, runs it, and returns the lines that it prints. */
    async runProgram() {
      const editor = `${inside(name)}.querySelector(".editor > div")?.shadowRoot`;
      await tab.run(`() => ${inside(name)}.querySelector('button[name="code"]').click()`);
      await until(() => tab.run(`() => !!${editor}?.querySelector(".bar .run")`), "the editor opens");
      await tab.run(`() => ${editor}.querySelector(".bar .run").click()`);
      const status = () => tab.run(`() => ${editor}.querySelector(".status").textContent`);
      await until(async () => /Finished|error/.test(await status()), "the program ends");
      return tab.run(`() => [...${editor}.querySelectorAll(".log > pre")].map((line) => line.textContent)`);
    },
    /** Problems that axe finds in the figure; none where the browser's policy keeps axe out. */
    async problems() {
      if (!tab.evaluate) return [];
      await tab.evaluate(axe);
      return tab.run(`async () => {
        const { violations } = await window.axe.run(document.querySelector("thalweg-${name}"));
        return violations.flatMap(({ id, nodes }) => nodes.map(({ target, html }) => id + ": " + target.join(" ") + " " + html));
      }`);
    },
    silent: () => silent(tab),
  };
}

export function holds(condition, shown) {
  if (!condition) throw new Error(`it shows ${shown}`);
}
