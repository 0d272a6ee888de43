// What the figure says: losses with and without dropout, the mean of the masks against the evaluated network, and how much single
// units matter.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { updates } from "./network.ts";
import type { Measured, Result } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

export function sentences(result: Result, text: Text): string[] {
  if (result.drawn === 0) return [text("says.training", { update: result.update, updates })];
  const { state, without, with: dropped } = result;
  const shown = {
    rate: state.rate.toFixed(2),
    plain: format(without.test),
    dropped: format(dropped.test),
    drawn: result.drawn,
    distance: format(result.distance, 2),
    chance: format(result.chance, 2),
    before: format(without.rises[0] as number, 2),
    after: format(dropped.rises[0] as number, 2),
  };
  const losses = text(dropped.test < without.test ? "says.lower" : "says.higher", shown);
  if (state.rate === 0) return [text("says.none")];
  const mean = text(state.layers === "one" ? "says.exact" : "says.close", shown);
  return [losses, mean, text("says.units", shown)];
}

export function spoken(result: Result, text: Text): string {
  if (result.drawn === 0) return text("status.training", { update: result.update, updates });
  return text("status.drawn", { drawn: result.drawn, distance: format(result.distance, 2) });
}

export function lossTable(result: Result, text: Text): HTMLTableElement {
  const heads = ["training", "test", "gap", "unit"].map((key) => ({ head: text(`table.${key}`), isNumber: true }));
  const row = (name: string, { training, test, rises }: Measured): string[] => [
    text(`row.${name}`, { rate: result.state.rate.toFixed(2) }),
    ...[training, test, test - training, rises[0] as number].map((value) => format(value)),
  ];
  const rows = [row("without", result.without), row("with", result.with)];
  const caption = text("table.caption", { update: result.update });
  return tableOf(caption, [{ head: text("table.network") }, ...heads], rows);
}
