// Losses of training and test against the step, as a chart of the library.

import { lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import type { Change } from "./optimizers.ts";
import type { Training } from "./training.ts";

interface Look {
  readonly height: number;
  readonly changes: readonly Change[];
  readonly text: (key: string) => string;
}

const least = 1e-5;

export function lossChart({ curve, data }: Training, { height, changes, text }: Look): PlotChart {
  const shown = (value: number): number => Math.max(value, least);
  const train = curve.map(({ step, train: { loss } }) => [step, shown(loss)] as const);
  const test = curve.flatMap(({ step, test: at }) => (at ? [[step, shown(at.loss)] as const] : []));
  const all = [...train, ...test].map(([, loss]) => loss).filter(Number.isFinite);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const isLog = high / low > 20;
  const last = curve.at(-1)?.step ?? 0;
  const marks = [
    lineMark(train, { name: text("curve.train"), color: 0 }),
    ...(data.test.length > 0 ? [lineMark(test, { name: text("curve.test"), color: 1 })] : []),
    ...changes.slice(1).map(([step]) => ruleMark({ x: step }, text("curve.change"))),
  ];
  return plotChart(marks, {
    ...{ height, xRange: [0, Math.max(last, 10)], yScale: isLog ? "log" : "linear" },
    yRange: isLog ? [low / 1.2, high * 1.2] : [0, Math.max(high * 1.05, least)],
    xLabel: text("axis.step"),
    yLabel: text("axis.loss"),
  });
}
