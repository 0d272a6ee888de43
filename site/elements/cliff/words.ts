// The cliff in words: a table of the descents, and sentences. Every number comes from them or the state.

import { html, svg } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { powerOfTen, type State } from "./controls.ts";
import type { Descent } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

function resultWords({ reached, overflowed, losses }: Descent, text: Text): string {
  const last = losses.length - 1;
  if (overflowed) return text("reached.overflow", { step: Number.isFinite(losses[last]) ? last + 1 : last });
  return reached < 0 ? text("reached.never") : text("reached.at", { step: reached });
}

export function cliffTable(descents: readonly Descent[], at: number, text: Text): HTMLTableElement {
  const columns = ["method", "length", "angle", "loss", "reached"].map((key) => ({
    head: text(`table.${key}`),
    isNumber: ["length", "angle", "loss"].includes(key),
  }));
  const rows = descents.map((descent, k) => {
    const line = svg("path", { class: `curve ${seriesClass(k)} ${descent.method}`, d: "M0 6H28" });
    const swatch = svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, line);
    const loss = descent.losses[Math.min(at, descent.losses.length - 1)] as number;
    return [
      html("span", {}, swatch, text(`method.${descent.method}`)),
      format(descent.length),
      `${format(Math.round(10 * descent.angle) / 10)}°`,
      format(loss),
      resultWords(descent, text),
    ];
  });
  return tableOf(text("table.caption", { at }), columns, rows);
}

export function cliffSentences([none, norm, value]: readonly Descent[], state: State, text: Text): string[] {
  if (!none || !norm || !value) return [];
  const [w, b] = state.start;
  const shown = { w: format(w), b: format(b), loss: format(none.losses[0] as number), depth: state.depth };
  const to = { w: format(none.x[2] ?? w, 4), length: format(none.length) };
  const first = none.losses[1] === Number.POSITIVE_INFINITY ? "says.over" : "says.step";
  const arrival = ({ reached }: Descent): string =>
    reached < 0 ? text("says.never") : text("says.after", { updates: reached });
  const clipped = {
    threshold: format(powerOfTen(state.threshold)),
    norm: arrival(norm),
    value: arrival(value),
    angle: format(value.angle, 2),
  };
  return [text("says.start", shown), text(first, to), text("says.clipped", clipped)];
}
