// Charts of the figure of batch sizes: the variance against the batch size, and the loss against epochs.

import { dotsMark, lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import { type State, sizeOf, tableSizes } from "./controls.ts";
import { pointRows, type Row, trainingCount } from "./run.ts";

type Text = (key: string) => string;

/** Measured variances of the clouds, and the line variance of one sample / B. */
export function varianceChart(
  measured: ReadonlyMap<number, number>,
  single: number,
  state: State,
  text: Text,
): PlotChart {
  const ends = [1, 256].map((size) => [size, single / size] as const);
  const dots = [...measured].sort(([a], [b]) => a - b);
  const all = [...ends.map(([, value]) => value), ...measured.values()];
  const marks = [
    lineMark(ends, { name: text("variance.law"), color: 6 }),
    dotsMark(dots, { name: text("variance.measured"), color: 0 }),
    ruleMark({ x: sizeOf(state.size) }, "B"),
  ];
  return plotChart(marks, {
    ...{ height: 300, xScale: "log", yScale: "log", xRange: [0.8, 320] },
    yRange: [Math.min(...all) / 2, Math.max(...all) * 2],
    ...{ xLabel: text("axis.size"), yLabel: text("axis.variance") },
  });
}

/** Loss of the batches against epochs, one curve a batch size. */
export function lossChart(rows: readonly Row[], state: State, text: Text): PlotChart | null {
  const marks = rows.flatMap(({ size, curve }) => {
    if (curve.length === 0) return [];
    const perPoint = Math.max(1, Math.round(pointRows / size)) * size;
    const points = curve.map((loss, k) => [((k + 0.5) * perPoint) / trainingCount, loss] as const);
    return [lineMark(points, { name: `B = ${size}`, color: tableSizes.indexOf(size as 2) })];
  });
  if (marks.length === 0) return null;
  return plotChart(marks, {
    ...{ height: 280, yScale: "log", xRange: [0, state.epochs], yRange: [0.003, 4] },
    ...{ xLabel: text("axis.epoch"), yLabel: text("axis.loss") },
  });
}
