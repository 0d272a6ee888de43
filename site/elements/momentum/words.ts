// The figure of momentum in words. Every number comes from the state, the closed form or the library's runs.

import { html } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import { seriesClass } from "../kit/style.ts";
import { lineSwatch } from "../kit/swatch.ts";
import { tableOf } from "../kit/table.ts";
import type { Fill } from "../kit/words.ts";
import { lookOf } from "./charts.ts";
import { bestPoint, bestWithout, curvaturesOf, limitOf, motionOf } from "./closedForm.ts";
import type { State } from "./controls.ts";
import type { Run } from "./run.ts";

type Text = (key: string, values?: Fill) => string;

/** Below this a share counts as rounding. */
const least = 5e-7;

const share = (value: number, run: Run): string =>
  run.factor > 1 + 1e-9 || !Number.isFinite(value) ? "–" : value < least ? "0" : format(value, 2);

/** Table of the three rules. */
export function rulesTable(runs: readonly Run[], text: Text): HTMLTableElement {
  const heads = ["rule", "factor", "measured", "flat", "steep", "settled"];
  const columns = heads.map((key, k) => ({ head: text(`table.${key}`), isNumber: k > 0 }));
  const rows = runs.map((run) => {
    return [
      html("span", {}, lineSwatch(seriesClass(lookOf(run.rule))), text(`rule.${run.rule}`)),
      format(run.factor, 4),
      format(run.measured, 4),
      share(run.beyond[0], run),
      share(run.beyond[1], run),
      run.settled < 0 ? text("settled.never") : String(run.settled),
    ];
  });
  return tableOf(text("table.caption"), columns, rows);
}

/** Sentences about the state. */
export function sentences(runs: readonly Run[], best: number, state: State, text: Text): string[] {
  const { rule, steep, point, condition } = state;
  const isNesterov = rule === "nesterov";
  const curvatures = curvaturesOf(state);
  const run = runs.find((other) => other.rule === rule) as Run;
  const [rate, momentum] = point;
  const words = { rule: text(`rule.${rule}`), rate: format(rate), momentum: format(momentum) };
  const [flat, across] = [curvatures.flat, steep].map((value) => motionOf(isNesterov, value, point));
  const grows = flat === "divergent" || across === "divergent";
  const first = text(grows ? "says.grows" : "says.shrinks", {
    ...words,
    factor: format(run.factor, 4),
    measured: format(run.measured, 4),
  });
  const motion = grows
    ? []
    : [
        text(flat === across ? "says.motionBoth" : "says.motion", {
          ...{ flat: text(`motion.${flat}`), steep: text(`motion.${across}`) },
          beyond: share(Math.max(...run.beyond), run),
        }),
      ];
  const [bestRate, bestMomentum] = bestPoint(isNesterov, curvatures);
  const without = bestWithout(curvatures);
  const compared = text("says.best", {
    ...{ condition, rate: format(bestRate), momentum: format(bestMomentum), factor: format(best) },
    ...{ rate0: format(without.rate), factor0: format(without.factor) },
  });
  const limits = text("says.limit", {
    ...{ momentum: format(momentum), steep: format(steep) },
    ...{ without: format(2 / steep), limit: format(limitOf(isNesterov, steep, momentum)) },
  });
  return [first, ...motion, compared, limits];
}
