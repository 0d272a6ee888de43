// Charts of the figure of learning rates: loss and accuracy against the step, and the range test.

import type { LearningRates } from "thalweg";
import { dotsMark, lineMark, type PlotChart, type PlotMark, plotChart, ruleMark, spotMark } from "thalweg/plot";
import { format } from "../kit/numbers.ts";
import type { State } from "./controls.ts";
import { every, type Run } from "./run.ts";

export interface Shown {
  readonly name: string;
  /** Index of the color. */
  readonly look: number;
  readonly run: Run;
}

export interface Look {
  readonly state: State;
  readonly at: number;
  readonly height: number;
  readonly text: (key: string) => string;
}

/** The name of a network in the keys, with its rates: "B: 0.5 → 0.05". */
export const labelOf = (name: string, { rates }: Run): string =>
  `${name}: ${rates.map(({ rate }) => format(rate)).join(" → ")}`;

/** Losses above are cut off, as an explosion has no end that could be drawn. */
const highest = 10;

export function lossChart(shown: readonly Shown[], { state, at, height, text }: Look): PlotChart | null {
  if (shown.length === 0) return null;
  const marks = shown.map(({ name, look, run }) =>
    lineMark(
      run.losses.slice(0, at + 1).map((loss, step) => [step, Math.min(loss, 10 * highest)] as const),
      { name: labelOf(name, run), color: look },
    ),
  );
  const lowest = Math.min(0.5, ...shown.flatMap(({ run }) => run.losses));
  return plotChart(marks, {
    ...{ height, smoothing: state.smoothing, yScale: "log" },
    ...{ xRange: [0, state.steps], yRange: [Math.max(lowest, 1e-3), highest] },
    ...{ xLabel: text("axis.step"), yLabel: text("axis.loss") },
  });
}

export function accuracyChart(shown: readonly Shown[], { state, at, height, text }: Look): PlotChart | null {
  if (shown.length === 0) return null;
  const marks = shown.map(({ name, look, run }) => {
    const points = run.accuracies.slice(0, Math.floor(at / every) + 1);
    return lineMark(
      points.map((share, k) => [k * every, 100 * share] as const),
      { name: labelOf(name, run), color: look, smooth: false },
    );
  });
  return plotChart(marks, {
    ...{ height, xRange: [0, state.steps], yRange: [0, 100] },
    ...{ xLabel: text("axis.step"), yLabel: text("axis.accuracy") },
  });
}

/** Loss of each batch against its rate; with the suggestion, and the last rates of the networks. */
export function rangeChart(
  { rates, losses, smoothed, suggestion }: LearningRates,
  shown: readonly Shown[],
  look: Look,
) {
  const { text, height } = look;
  const points = (values: Float64Array) => Array.from(rates, (rate, k) => [rate, values[k] as number] as const);
  const range: [number, number] = [(rates[0] as number) / 2, 10];
  const own = shown.flatMap(({ name, run }): PlotMark[] => {
    const rate = run.rates.at(-1)!.rate;
    return rate < range[0] || rate > range[1] ? [] : [spotMark([rate, 3.3], name)];
  });
  const marks = [
    dotsMark(points(losses), { name: text("range.raw"), color: 6 }),
    lineMark(points(smoothed), { name: text("range.smoothed"), color: 5 }),
    ...own,
    ...(suggestion === null ? [] : [ruleMark({ x: suggestion }, text("range.suggestion"))]),
  ];
  return plotChart(marks, {
    ...{ title: text("range.title"), height, xScale: "log", xRange: range, yRange: [0, 4] },
    ...{ xLabel: text("axis.rate"), yLabel: text("axis.loss") },
  });
}
