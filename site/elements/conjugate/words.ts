// Conjugate directions in words: what holds at a step, and sentences about the whole. Every number comes from the computation.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { State } from "./controls.ts";
import { type Both, limit, type Path, type Step } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** The step at which a path is, which stays at its last point. */
export const stepAt = ({ steps }: Path, at: number): Step => steps[Math.min(at, steps.length - 1)] as Step;

/** A number of the table; what is not defined is a dash. */
const shown = (value: number, digits = 3): string => (Number.isNaN(value) ? "–" : format(value, digits));

/** Table of what holds at a step, for both methods. */
export function stepTable({ descent, conjugate }: Both, at: number, text: Text): HTMLTableElement {
  const [a, b] = [stepAt(descent, at), stepAt(conjugate, at)];
  // Past its end a path has no directions.
  const row = (key: string, of: (step: Step) => number): (string | Node)[] => [
    text(`row.${key}`),
    shown(of(a)),
    shown(of(b)),
  ];
  return tableOf(
    text("table.caption", { at }),
    [{ head: text("table.quantity") }, { head: text("descent"), isNumber: true }, { head: text("conjugate"), isNumber: true }],
    [
      row("value", ({ value }) => value),
      row("gradients", ({ gradients }) => gradients),
      row("conjugacy", ({ conjugacy }) => conjugacy),
      row("beta", ({ beta }) => beta),
      row("descent", ({ descent: slope }) => slope),
    ],
  );
}

/** Sentences about both paths. */
export function sentences({ descent, conjugate }: Both, state: State, text: Text): string[] {
  const [x, y] = state.start;
  const count = ({ converged, steps }: Path): string =>
    converged
      ? text(steps.length === 2 ? "count.one" : "count", { steps: steps.length - 1 })
      : text("count.over", { limit });
  return [
    text("says.start", { x: format(x), y: format(y), value: format((descent.steps[0] as Step).value, 4) }),
    text("says.counts", { conjugate: count(conjugate), descent: count(descent) }),
    text("says.evaluations", { conjugate: conjugate.evaluations, descent: descent.evaluations }),
  ];
}

/** Words for screen readers. */
export const stepWords = ({ descent, conjugate }: Both, at: number, text: Text): string => {
  const [a, b] = [stepAt(descent, at), stepAt(conjugate, at)];
  return text("status", { at, descent: format(a.value), conjugate: format(b.value), conjugacy: shown(b.conjugacy) });
};
