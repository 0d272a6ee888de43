// Layout of a chart: ranges of its axes, room for their texts, the frame of the marks.

import { drawAxes, type PlotAxis } from "./axes.js";
import type { PlotChart } from "./data.js";
import type { PlotFrame, PlotMark } from "./marks/mark.js";
import { type AxisRange, extent, isOn, roomFor, type ScaleKind, union } from "./ranges.js";
import { type PlotScale, scaleOf } from "./scales.js";
import { type Area, clipped } from "./sheet.js";
import { lineHeight, textWidth } from "./text.js";

/** Room around the frame of the marks. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Ranges of both axes. */
export interface Ranges {
  readonly x: AxisRange;
  readonly y: AxisRange;
}

const none: AxisRange = [Infinity, -Infinity];
const isEmpty = ([from, to]: AxisRange): boolean => from > to;

/** Ranges of the marks on the scales of a chart; null where there is nothing. */
export function dataRanges({ marks, x, y }: Pick<PlotChart, "marks" | "x" | "y">): {
  x: AxisRange | null;
  y: AxisRange | null;
} {
  const areas = marks.flatMap(({ area }) => (area ? [area] : []));
  const points = marks.flatMap(({ kind, points }) =>
    kind === "spot" ? [] : points.filter(([u, v]) => isOn(x.scale, u) && isOn(y.scale, v)),
  );
  const covered = (ranges: readonly (AxisRange | undefined)[]): AxisRange =>
    ranges.reduce<AxisRange>((all, range) => (range ? union(all, range) : all), none);
  const [wide, high] = [covered(areas.map(({ xRange }) => xRange)), covered(areas.map(({ yRange }) => yRange))];
  const xs = isEmpty(wide) ? extent(points.map(([u]) => u)) : wide;
  const dotted = isEmpty(wide) && marks.some(({ kind }) => kind === "dots");
  const ys = isEmpty(high) ? extent(points.map(([, v]) => v)) : high;
  const based = y.scale !== "log" && marks.some(({ kind }) => kind === "bars") ? union([0, 0], ys) : ys;
  return {
    x: isEmpty(xs) ? null : dotted ? padded(xs, x.scale) : x.scale === "time" ? fromZero(xs) : xs,
    y: isEmpty(based) ? null : isEmpty(high) ? roomFor(based, y.scale) : based,
  };
}

/** A range of time that begins near 0 begins at 0. */
const fromZero = ([from, to]: AxisRange): AxisRange => [from > 0 && from < to / 3 ? 0 : from, to];

/** Range with a margin on either side, in which dots at its ends have room. */
function padded([from, to]: AxisRange, kind: ScaleKind): AxisRange {
  const share = 0.03;
  return kind === "log"
    ? [from * (from / to) ** share, to * (to / from) ** share]
    : [from - share * (to - from), to + share * (to - from)];
}

/** Ranges of the axes of a chart; throws if there is nothing to draw. */
export function rangesOf(where: string, chart: PlotChart): Ranges {
  const found = dataRanges(chart);
  const x = chart.x.range ?? found.x;
  const y = chart.y.range ?? found.y;
  const data = chart.marks.filter(({ kind, points }) => kind !== "spot" && points.length > 0);
  if (!x || !y || (data.length > 0 && !found.x))
    throw new RangeError(`${where}: nothing to draw: no point is finite on these scales.`);
  return { x: x[0] === x[1] ? [x[0], x[0] + 1] : x, y };
}

/** Scale of an axis, with as many ticks as have room; `whole` for ticks at integers. */
function axisScale({ scale, names }: PlotAxis, range: AxisRange, from: number, to: number, whole: boolean): PlotScale {
  if (names) {
    const plain = scaleOf("linear", range, from, to);
    return named(plain, names);
  }
  let made = scaleOf(scale, range, from, to, { whole });
  for (let ticks = made.ticks.length - 1; ticks >= 2 && !fits(made); ticks--)
    made = scaleOf(scale, range, from, to, { whole, ticks });
  return made;
}

/** True if the texts of ticks do not touch, side by side on an axis whose positions ascend, else one above the other. */
const fits = ({ ticks, positions: [from, to] }: PlotScale): boolean =>
  ticks.every(({ at, text }, k) => {
    const next = ticks[k + 1];
    const needed = next && from < to ? (textWidth(text) + textWidth(next.text)) / 2 + 6 : 18;
    return !next || Math.abs(next.at - at) > needed;
  });

/** Scale with names at 0, 1, .... */
function named(plain: PlotScale, names: readonly string[]): PlotScale {
  return Object.assign((value: number) => plain(value), {
    kind: "linear" as ScaleKind,
    range: plain.range,
    positions: plain.positions,
    ticks: names.map((text, value) => ({ value, at: plain(value), text })),
    invert: (position: number) => plain.invert(position),
    text: (value: number) => names[Math.round(value)] ?? "",
  });
}

const isWhole = ({ marks }: PlotChart): boolean =>
  marks.some(({ points }) => points.length > 0) &&
  marks.every(({ kind, points, area }) => kind === "spot" || (!area && points.every(([x]) => Number.isInteger(x))));

/** Room that titles, ticks and names need around the frame; `top` is the height of title and key. */
export function marginsOf(chart: PlotChart, top: number, ranges: Ranges): Margins {
  const { x, y } = chart;
  const texts = axisScale(y, ranges.y, chart.height, 0, false).ticks.map(({ text }) => text);
  const left = 18 + Math.max(...texts.map(textWidth), 12);
  const last = axisScale(x, ranges.x, 0, Math.max(20, chart.width - left - 20), isWhole(chart)).ticks.at(-1);
  const over = last ? last.at + textWidth(last.text) / 2 - (chart.width - left - 20) : 0;
  return {
    left,
    top: top + (y.label ? lineHeight + 3 : 4) + 6,
    right: Math.max(20, Math.min(over, 60) + 4),
    bottom: lineHeight + 8 + (x.label ? lineHeight : 0),
  };
}

/** Least width and height of the frame. */
const leastRoom = 20;

/** Frame of a chart within margins; throws if it is too small. */
function areaOf(where: string, { width, height }: PlotChart, { left, top, right, bottom }: Margins): Area {
  const area = { left, top, width: width - left - right, height: height - top - bottom };
  const missing = (room: number): number => Math.max(0, Math.ceil(leastRoom - room));
  const [wider, higher] = [missing(area.width), missing(area.height)];
  if (wider + higher === 0) return area;
  throw new RangeError(
    `${where}: title, key and labels leave no room in ${width} x ${height}, expected at least ${width + wider} x ` +
      `${height + higher}. Give ${wider > 0 ? "width" : "height"}, or draw less.`,
  );
}

/** A chart drawn within margins: its frame, where it lies, and its elements. */
export interface DrawnChart {
  readonly area: Area;
  readonly frame: PlotFrame;
  readonly body: readonly string[];
}

/** Draws axes and marks of a chart within margins. */
export function drawnIn(
  where: string,
  chart: PlotChart,
  margins: Margins,
  colors: ReadonlyMap<string, number>,
  ranges: Ranges,
): DrawnChart {
  const area = areaOf(where, chart, margins);
  const x = axisScale(chart.x, ranges.x, 0, area.width, isWhole(chart));
  const y = chart.y.names
    ? axisScale(chart.y, ranges.y, 0, area.height, false)
    : axisScale(chart.y, ranges.y, area.height, 0, false);
  const frame: PlotFrame = { x, y, width: area.width, height: area.height, smoothing: chart.smoothing };
  const colorOf = ({ name, color }: PlotMark): number => color ?? colors.get(name) ?? 0;
  const marks = chart.marks.flatMap((mark) => mark.draw(frame, colorOf(mark)));
  const axes = drawAxes(area, x, y, { x: chart.x.label, y: chart.y.label });
  return { area, frame, body: [...axes, clipped(area, marks)] };
}
