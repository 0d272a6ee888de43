// View of a mounted chart: what a reader chose, and the chart that follows from it.

import type { PlotAxis } from "../axes.js";
import { colorsOf, type PlotChart } from "../data.js";
import { dataRanges } from "../layout.js";
import type { PlotMark } from "../marks/mark.js";
import { isOn, type PlotPoint } from "../ranges.js";

/** Choices of a reader. */
export interface ChartView {
  /** Names of series that are hidden. */
  readonly hidden: ReadonlySet<string>;
  /** Smoothing factor; null for that of the chart. */
  readonly smoothing: number | null;
  /** True for a logarithmic vertical axis, false for a linear one; null for that of the chart. */
  readonly log: boolean | null;
  /** True for an axis of time. */
  readonly time: boolean;
}

export const firstView: ChartView = { hidden: new Set(), smoothing: null, log: null, time: false };

/** True if the points of a series have times. */
export const hasTimes = ({ marks }: PlotChart): boolean => marks.some(({ times, at }) => times && at);

/** True if the vertical axis can be logarithmic. */
export const canBeLog = ({ marks, y }: PlotChart): boolean =>
  y.scale === "log" ||
  (y.scale === "linear" &&
    marks.some(({ kind }) => kind === "line") &&
    marks.every(({ area, points }) => !area && points.every(([, v]) => !(v < 0))) &&
    marks.some(({ points }) => points.some(([, v]) => v > 0)));

/** True if lines can be smoothed. */
export const hasLines = ({ marks }: PlotChart): boolean =>
  marks.some(({ kind, points }) => kind === "line" && points.length > 2);

/** Chart as the view shows it, at a width. */
export function viewed(chart: PlotChart, view: ChartView, width: number): PlotChart {
  const colors = colorsOf(chart);
  const all = chart.marks.map((mark) => ({
    ...mark,
    color: mark.color ?? (mark.color === null ? null : colors.get(mark.name)) ?? null,
  }));
  const shown = all.filter(({ name, of = name }) => !view.hidden.has(of));
  const timed = view.time && hasTimes(chart);
  const marks = (shown.length > 0 ? shown : all).map((mark) => (timed ? overTime(mark) : mark));
  const scale = view.log === null ? chart.y.scale : view.log && canBeLog(chart) ? "log" : "linear";
  const isFixed = chart.y.range && (scale !== "log" || chart.y.range[0] > 0);
  const drawn: PlotChart = {
    ...chart,
    width,
    title: "",
    marks: shown.length > 0 ? marks : marks.map((mark) => ({ ...mark, draw: () => [] })),
    smoothing: view.smoothing ?? chart.smoothing,
    x: timed ? { ...chart.x, label: "time", scale: "time", range: null } : chart.x,
    y: { ...chart.y, scale, range: isFixed ? chart.y.range : null },
  };
  // Nothing is there yet.
  const found = dataRanges(drawn);
  if (found.x && found.y) return drawn;
  const somewhere = (axis: PlotAxis): PlotAxis => ({ ...axis, range: axis.range ?? [0.1, 1] });
  return { ...drawn, marks: [], x: somewhere(drawn.x), y: somewhere(drawn.y) };
}

/** The mark over seconds; marks without times that lie at an x are left out of the range by having no points. */
function overTime(mark: PlotMark): PlotMark {
  const { times, points, at } = mark;
  if (!times || !at) return mark;
  const { times: _, ...rest } = at.call(
    mark,
    points.map(([, v], k): PlotPoint => [times[k] as number, v]),
  );
  return rest;
}

/** Points of the series that are visible and have a place, by series. */
export function seriesOf({ marks, x, y }: PlotChart): { name: string; mark: PlotMark; points: readonly PlotPoint[] }[] {
  return marks.flatMap((mark) => {
    const points = mark.points.filter(([u, v]) => isOn(x.scale, u) && isOn(y.scale, v));
    return mark.kind === "spot" || points.length === 0 ? [] : [{ name: mark.name, mark, points }];
  });
}
