// The figure of line searches in words. Every number comes from the state or the library's search.

import { format } from "../kit/numbers.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import type { Point } from "../newton/run.ts";
import { constantsOf, type State } from "./controls.ts";
import { conditions, type Searched } from "./line.ts";

type Text = (key: string, values?: Fill) => string;

export interface Start {
  readonly value: number;
  readonly slope: number;
}

/** True for searches whose second condition is none. */
export const hasOne = ({ search }: State): boolean => search === "backtracking" || search === "halving";

/** Table of the trials in their order. */
export function trialTable(searched: Searched, start: Start, state: State, text: Text): HTMLTableElement {
  const { trials, found } = searched;
  const heads = ["trial", "step", "value", "slope", "decrease", ...(hasOne(state) ? [] : ["other"])];
  const columns = heads.map((key, k) => ({
    head: text(key === "other" ? `table.${state.search}` : `table.${key}`),
    isNumber: k < 4,
  }));
  const yes = (holds: boolean): string => text(holds ? "yes" : "no");
  const rows = trials.map(({ step, value, slope, evaluatesSlope }, k) => {
    const { decrease, other } = conditions(state, start, step, value, slope);
    const last = found && k === trials.length - 1;
    return [
      last ? text("table.accepted", { trial: k + 1 }) : String(k + 1),
      format(step, 4),
      format(value, 5),
      evaluatesSlope ? format(slope) : "–",
      yes(decrease),
      ...(hasOne(state) ? [] : [yes(other)]),
    ];
  });
  return tableOf(text("table.caption"), columns, rows);
}

export function sentences(
  searched: Searched | null,
  start: Start,
  direction: Point | null,
  state: State,
  text: Text,
): string[] {
  const [x, y] = state.start;
  const place = { x: format(x), y: format(y), direction: text(`along.${state.direction}`) };
  if (!direction || !Number.isFinite(start.value + start.slope)) return [text("says.none", place)];
  const first = text("says.start", { ...place, value: format(start.value, 4), slope: format(start.slope, 4) });
  if (!searched) return [first, text("says.uphill")];
  const { decrease, curvature } = constantsOf(state);
  const constants = {
    c1: format(decrease),
    c2: format(curvature),
    c1Rest: format(1 - decrease),
    slope: format(2 * decrease - 1),
  };
  const rule = text(`rule.${state.search}`, constants);
  const { trials, values, gradients, found } = searched;
  const last = trials.at(-1);
  if (!found || !last) return [first, rule, text("says.fails", { trials: trials.length })];
  const counted = text(gradients > 0 ? "says.both" : "says.values", { values, gradients });
  const accepted = text("says.accepted", {
    ...{ search: text(`search.${state.search}`), trials: trials.length, step: format(last.step, 4) },
    ...{ value: format(last.value, 4), slope: format(last.slope), counted },
  });
  return [first, rule, accepted];
}
