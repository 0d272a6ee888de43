// Charts of the runs of a dashboard.

import { chartOf } from "../plot/chart.js";
import { categoricalColors } from "../plot/colors.js";
import type { PlotChart } from "../plot/data.js";
import { histogramChart } from "../plot/histogram.js";
import { lineOf } from "../plot/marks/line.js";
import type { PlotMark } from "../plot/marks/mark.js";
import type { PlotPoint } from "../plot/ranges.js";
import type { RunCurves } from "./record.js";
import type { RunCurve } from "./series.js";
import { type DashboardTexts, filled } from "./texts.js";

/** Curves of a run with its name and color. */
export interface NamedCurves {
  readonly name: string;
  readonly color: number;
  readonly curves: RunCurves;
}

const pointsOf = ({ steps, values }: RunCurve): PlotPoint[] =>
  values.map((value, k) => [steps[k] as number, value ?? Number.NaN]);

const lineFor = (curve: RunCurve, name: string, color: number, of?: string): PlotMark =>
  lineOf(pointsOf(curve), { name, color, ...(of ? { of, smooth: false } : {}), times: curve.seconds });

/** The same color, dashed. */
const dashed = (color: number): number => color + categoricalColors.length;

/** Losses of all runs: lines over the updates, dashed for the validation samples. */
export function lossChart(runs: readonly NamedCurves[], texts: DashboardTexts): PlotChart {
  const marks = runs.flatMap(({ name, color, curves: { loss, validation } }) => {
    const { loss: after } = validation;
    const second = `${name}, ${texts.validation}`;
    return [lineFor(loss, name, color), ...(after ? [lineFor(after, second, dashed(color), name)] : [])];
  });
  return chartOf("dashboard", marks, { title: texts.loss, xLabel: texts.update, smoothing: 0.9, height: 260 });
}

/** Names of the metrics of all runs. */
export const metricsOf = (runs: readonly NamedCurves[]): string[] => [
  ...new Set(runs.flatMap(({ curves }) => Object.keys(curves.validation).filter((name) => name !== "loss"))),
];

/** A metric of the validation samples of all runs. */
export function metricChart(metric: string, runs: readonly NamedCurves[], texts: DashboardTexts): PlotChart {
  const marks = runs.flatMap(({ name, color, curves }) => {
    const curve = curves.validation[metric];
    return curve ? [lineFor(curve, name, color)] : [];
  });
  const title = `${metric.charAt(0).toUpperCase()}${metric.slice(1)}, ${texts.validation}`;
  return chartOf("dashboard", marks, { title, xLabel: texts.update, height: 220 });
}

/** Norms of the gradients of a run. */
export function gradientChart({ name, curves }: NamedCurves, texts: DashboardTexts): PlotChart {
  const marks = Object.entries(curves.gradients).map(([parameter, curve], color) => lineFor(curve, parameter, color));
  return chartOf("dashboard", marks, {
    title: filled(texts.gradients, { run: name }),
    xLabel: texts.update,
    yLabel: texts.gradientNorm,
    yScale: "log",
    height: 260,
  });
}

/** Largest number of histograms. */
const most = 6;

/** Histograms of the largest parameters of a run, in their order. */
export function weightCharts(
  run: string,
  parameters: Readonly<Record<string, { readonly data: ArrayLike<number> }>>,
  texts: DashboardTexts,
): PlotChart[] {
  const large = Object.entries(parameters)
    .filter(([, { data }]) => data.length > 1 && Array.prototype.some.call(data, Number.isFinite))
    .toSorted(([, a], [, b]) => b.data.length - a.data.length)
    .slice(0, most);
  return Object.keys(parameters)
    .flatMap((name) => large.filter(([other]) => other === name))
    .map(([name, { data }]) =>
      histogramChart(data, {
        title: filled(texts.weights, { run, name }),
        yLabel: texts.share,
        height: 160,
        bins: 41,
      }),
    );
}
