// Value against step, one curve for each method up to a step, as a chart of the library.

import { lineMark, type PlotChart, plotChart } from "thalweg/plot";
import type { Race } from "./run.ts";

interface Look {
  readonly at: number;
  readonly steps: number;
  readonly height: number;
  /** Steps between two points of a curve: 1 for all. */
  readonly every: number;
  readonly named: (method: string) => string;
  readonly text: (key: string) => string;
}

/** The chart, whose axes are those of the whole race; null without methods. */
export function lossChart({ paths, minimum }: Race, { at, steps, height, every, named, text }: Look): PlotChart | null {
  const [first] = paths;
  if (!first) return null;
  const all = paths.flatMap(({ values }) => Array.from(values)).filter(Number.isFinite);
  const isLog = Number.isFinite(minimum);
  const range = isLog ? logRange(all, minimum) : linearRange(all, first.values[0] as number);
  const shown = (value: number): number => (isLog ? Math.max(value - minimum, range[0]) : value);
  const marks = paths.map(({ name, look, values }) =>
    lineMark(curveUpTo(at, values, every, shown), { name: named(name), color: look }),
  );
  return plotChart(marks, {
    ...{ height, xRange: [0, steps], yRange: range, yScale: isLog ? "log" : "linear" },
    xLabel: text("axis.step"),
    yLabel: text(isLog ? "axis.above" : "axis.value"),
  });
}

/** Points (step, value) of a curve up to a step, which is one of them. */
function curveUpTo(at: number, values: Float64Array, every: number, shown: (value: number) => number) {
  const last = Math.min(at, values.length - 1);
  const count = Math.floor(last / every) + 1;
  const steps = Array.from({ length: count }, (_, k) => k * every);
  if (last % every !== 0) steps.push(last);
  return steps.map((step) => [step, shown(values[step] as number)] as const);
}

/** Range of values above the minimum for a logarithmic axis, over at most twelve powers of ten. */
function logRange(values: readonly number[], minimum: number): [number, number] {
  const above = values.map((value) => value - minimum).filter((value) => value > 0);
  const high = Math.min(Math.max(...above, 1e-12), 1e12);
  const low = Math.max(Math.min(...above, high), high * 1e-12, 1e-12);
  return low < high ? [low, high * 1.5] : [high / 10, high * 10];
}

/** Range of values of a function without a minimum: from the start as far down as up, so that an overflow hides nothing. */
function linearRange(values: readonly number[], begin: number): [number, number] {
  const reach = Math.max(Math.abs(begin), 1) * 4;
  const low = Math.max(Math.min(...values, begin), begin - reach);
  const high = Math.min(Math.max(...values, begin), begin + reach);
  return low < high ? [low, high] : [begin - 1, begin + 1];
}
