// What the figure says: condition numbers, rates and updates before and after.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import { limit, type Side } from "./descent.ts";

type Text = (key: string, values?: Fill) => string;

const updatesOf = ({ updates }: Side, text: Text): string =>
  updates === null ? text("more", { limit }) : String(updates);

export function sentences([before, after]: readonly [Side, Side], state: State, text: Text): string[] {
  return [
    text("says.condition", {
      ratio: format(10 ** state.ratio, 2),
      before: format(before.condition),
      after: format(after.condition),
    }),
    text("says.updates", {
      x: format(state.start[0]),
      y: format(state.start[1]),
      before: updatesOf(before, text),
      after: updatesOf(after, text),
    }),
  ];
}

export function spoken([before, after]: readonly [Side, Side], text: Text): string {
  return text("status", { before: updatesOf(before, text), after: updatesOf(after, text) });
}

export function sidesTable(sides: readonly [Side, Side], state: State, text: Text): HTMLTableElement {
  const heads = ["condition", "rate", "updates"].map((key) => ({ head: text(`table.${key}`), isNumber: true }));
  const names = [text("before"), text(`scaling.${state.scaling}`)];
  const rows = sides.map((side, k) => [
    names[k] as string,
    format(side.condition),
    format(side.rate),
    updatesOf(side, text),
  ]);
  return tableOf(text("table.caption"), [{ head: text("table.features") }, ...heads], rows);
}
