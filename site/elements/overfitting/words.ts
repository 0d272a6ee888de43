// What the figure says: losses at λ = 0, at the λ of the slider and at the best one.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import { type Fits, indexOf, lambdas } from "./fits.ts";

type Text = (key: string, values?: Fill) => string;

/** Numbers of the fit with a λ, as words. */
function shownAt({ training, test, weights }: Fits, k: number) {
  return {
    lambda: format(lambdas[k] as number, 2),
    training: format(Math.max(training[k] as number, 1e-12) < 1e-9 ? 0 : (training[k] as number)),
    test: format(test[k] as number),
    largest: format(Math.max(...(weights[k] as Float64Array).map(Math.abs))),
  };
}

export function sentences(fits: Fits, state: State, text: Text): string[] {
  const now = indexOf(state.lambda);
  const { count, degree } = state;
  const passes = degree === count - 1 ? "says.through" : "says.near";
  const best = shownAt(fits, fits.best);
  const first = text(passes, { ...shownAt(fits, 0), degree, count });
  const present = now === 0 ? [] : [text("says.now", shownAt(fits, now))];
  return [first, ...present, text(fits.best === 0 ? "says.none" : "says.best", best)];
}

export function spoken(fits: Fits, state: State, text: Text): string {
  return text("status", shownAt(fits, indexOf(state.lambda)));
}

export function fitsTable(fits: Fits, state: State, text: Text): HTMLTableElement {
  const heads = ["training", "test", "largest"].map((key) => ({ head: text(`table.${key}`), isNumber: true }));
  const row = (name: string, k: number): string[] => {
    const { lambda, training, test, largest } = shownAt(fits, k);
    return [text(`row.${name}`, { lambda }), training, test, largest];
  };
  const rows = [row("zero", 0), row("now", indexOf(state.lambda)), row("best", fits.best)];
  return tableOf(text("table.caption"), [{ head: text("table.fit") }, ...heads], rows);
}
