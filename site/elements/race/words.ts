// The race in words: the table of methods, and sentences about what is shown. Every number comes from the race or the state.

import { html, svg } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import type { Fill } from "../kit/words.ts";
import { powerOfTen, type State } from "./controls.ts";
import { isRule, rateOf } from "./methods.ts";
import type { Path, Race } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** Value at a step; a method that has ended stays where it is. */
const valueAt = ({ values }: Path, at: number): number => values[Math.min(at, values.length - 1)] as number;

function reachedWords({ reached, overflowed, steps }: Path, minimum: number, text: Text): string {
  if (overflowed) return text("reached.overflow", { step: steps + 1 });
  if (!Number.isFinite(minimum)) return text("reached.none");
  return reached < 0 ? text("reached.never") : text("reached.at", { step: reached });
}

/** Table of the methods at a step. */
export function raceTable({ paths, minimum }: Race, state: State, at: number, text: Text): HTMLTableElement {
  const tolerance = powerOfTen(state.tolerance);
  const heads = ["method", "rate", "value", "reached"].map((key) => {
    const kind = key === "value" || key === "rate" ? "number" : null;
    return html("th", { scope: "col", class: kind }, text(`table.${key}`, { tolerance }));
  });
  const rows = paths.map((path) => {
    const line = svg("path", { class: `curve ${seriesClass(path.look)}`, d: "M0 6H28" });
    const swatch = svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, line);
    const rate = isRule(path.name) ? format(rateOf(state.rates[path.name] as number)) : "–";
    return html(
      "tr",
      { "data-method": path.name },
      html("th", { scope: "row" }, swatch, text(`rules.${path.name}`)),
      html("td", { class: "number" }, rate),
      html("td", { class: "number" }, format(valueAt(path, at), 4)),
      html("td", {}, reachedWords(path, minimum, text)),
    );
  });
  const caption = html("caption", {}, text("table.caption", { at, steps: state.steps }));
  return html("table", {}, caption, html("thead", {}, html("tr", {}, ...heads)), html("tbody", {}, ...rows));
}

/** Sentences about the whole race. */
export function raceSentences({ paths, minimum }: Race, state: State, text: Text): string[] {
  const [first] = paths;
  if (!first) return [text("says.empty")];
  const shown = { tolerance: powerOfTen(state.tolerance), minimum: format(minimum, 4) };
  const coordinates = Array.from(first.x.slice(0, first.x.length / first.values.length), (value) => format(value));
  const start = { start: coordinates.join(", "), value: format(first.values[0] as number, 4), steps: state.steps };
  const lows = paths.map(({ name, values }) => ({ name: text(`rules.${name}`), low: Math.min(...values) }));
  const { name, low } = lows.reduce((a, b) => (b.low < a.low ? b : a));
  const best = { name, value: format(low, 4) };
  const arrived = paths.filter(({ reached }) => reached >= 0).sort((a, b) => a.reached - b.reached)[0];
  const winner = arrived && { name: text(`rules.${arrived.name}`), step: arrived.reached };
  const result = !Number.isFinite(minimum)
    ? text("says.unbounded", best)
    : winner
      ? text("says.first", { ...shown, ...winner })
      : text("says.nobody", { ...shown, ...best });
  return [text("says.start", start), result];
}

/** Words for screen readers: the values at a step. */
export function stepWords({ paths }: Race, { steps }: State, at: number, text: Text): string {
  const values = paths.map((path) =>
    text("status.value", { name: text(`rules.${path.name}`), value: format(valueAt(path, at)) }),
  );
  return text("status.step", { at, steps, values: values.join(text("status.separator")) });
}
