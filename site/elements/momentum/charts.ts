// The charts of the figure of momentum: distance from the minimum for every rule, and the error in each direction for one.

import { lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import type { Rule } from "./controls.ts";
import type { Run } from "./run.ts";

type Text = (key: string) => string;

/** Series of the library's charts with a dash: the same colors from 7 on. */
const dashed = 7;

interface Look {
  readonly steps: number;
  readonly height: number;
  readonly text: Text;
}

export const lookOf = (rule: Rule): number => ["momentum", "nesterov", "none"].indexOf(rule);

/** Distance from the minimum against step for all rules, and the closed form of the chosen one. */
export function distanceChart(runs: readonly Run[], chosen: Rule, { steps, height, text }: Look): PlotChart {
  const [low, high] = [1e-12, 1e6];
  const distances = ({ x }: Run): [number, number][] =>
    Array.from({ length: steps + 1 }, (_, k) => [k, Math.hypot(x[2 * k] as number, x[2 * k + 1] as number)]);
  const curves = runs.map((run) => ({ run, points: distances(run) }));
  const values = curves.flatMap(({ points }) => points.map(([, value]) => value)).filter(Number.isFinite);
  const least = Math.max(low, Math.min(...values.filter((value) => value > 0)));
  const most = Math.min(high, Math.max(...values, 2));
  const { factor } = runs.find(({ rule }) => rule === chosen) as Run;
  const law = Array.from({ length: steps + 1 }, (_, k) => [k, Math.SQRT2 * factor ** k] as const);
  const inside = (points: readonly (readonly [number, number])[]) =>
    points.map(([k, value]) => [k, value < least ? (value === 0 ? Number.NaN : least) : value] as const);
  const marks = curves.map(({ run, points }) =>
    lineMark(inside(points), { name: text(`rule.${run.rule}`), color: lookOf(run.rule) }),
  );
  const closed = lineMark(law, { name: text("series.law"), color: dashed + lookOf(chosen) });
  return plotChart([...marks, closed], {
    ...{ height, xRange: [0, steps], yRange: [least, most * 1.5], yScale: "log" },
    ...{ xLabel: text("axis.step"), yLabel: text("axis.distance") },
  });
}

/** Error in each direction against step, with its sign. */
export function directionChart({ x }: Run, { steps, height, text }: Look): PlotChart {
  const curve = (axis: 0 | 1) => Array.from({ length: steps + 1 }, (_, k) => [k, x[2 * k + axis] as number] as const);
  const values = [...curve(0), ...curve(1)].map(([, value]) => value).filter(Number.isFinite);
  const reach = Math.min(4, Math.max(1, ...values.map(Math.abs))) * 1.1;
  const low = Math.max(-reach, Math.min(-0.2, ...values));
  return plotChart(
    [
      ruleMark({ y: 0 }),
      lineMark(curve(0), { name: text("series.flat"), color: 3 }),
      lineMark(curve(1), { name: text("series.steep"), color: dashed + 4 }),
    ],
    {
      ...{ height, xRange: [0, steps], yRange: [low, reach] },
      ...{ xLabel: text("axis.step"), yLabel: text("axis.error") },
    },
  );
}
