// The cursor of a mounted chart: what lies at a place, moved by the pointer or by keys.

import type { PlotChart } from "../data.js";
import type { PlotFrame, PlotMark } from "../marks/mark.js";
import type { PlotPoint } from "../ranges.js";
import { seriesOf } from "./view.js";

/** Value of a series at the cursor. */
export interface Reading {
  readonly name: string;
  readonly color: number;
  readonly sign: "line" | "dot";
  readonly text: string;
  /** Its position in the frame. */
  readonly at: PlotPoint;
}

/** Contents of the cursor. */
export interface CursorContents {
  /** Text of the place. */
  readonly head: string;
  readonly readings: readonly Reading[];
  /** Position in the frame; `y` is null for a cursor that is a vertical line. */
  readonly x: number;
  readonly y: number | null;
}

/** Place of a cursor: the index of an x, or a point of the plane. */
export type CursorPlace = number | PlotPoint;

/** Places and contents of a cursor over a drawn chart. */
export interface Cursor {
  /** Number of places along the horizontal axis; null for a cursor in the plane. */
  readonly count: number | null;
  /** First place, for the keyboard. */
  readonly first: CursorPlace;
  /** Place nearest to a position in the frame. */
  nearest(x: number, y: number): CursorPlace;
  /** Place after a key; null for keys that do not move the cursor. */
  moved(place: CursorPlace, key: string, far: boolean): CursorPlace | null;
  contents(place: CursorPlace): CursorContents;
}

/** Cursor of a chart: in the plane if marks cover an area of it, else along the horizontal axis. */
export function cursorOf(chart: PlotChart, frame: PlotFrame): Cursor {
  const series = seriesOf(chart);
  const inPlane = chart.marks.some(({ read }) => read) || series.some(({ mark }) => mark.kind === "path");
  return inPlane || series.length === 0 ? planeCursor(chart, frame) : lineCursor(chart, frame);
}

/** Index of the number nearest to a value in an ascending list. */
export function nearestIndex(list: readonly number[], value: number): number {
  let [low, high] = [0, list.length - 1];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if ((list[middle] as number) < value) low = middle;
    else high = middle;
  }
  return Math.abs((list[low] ?? 0) - value) <= Math.abs((list[high] ?? 0) - value) ? low : high;
}

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

const labelled = (label: string, text: string): string => (label ? `${label} ${text}` : text);

function lineCursor(chart: PlotChart, frame: PlotFrame): Cursor {
  const series = seriesOf(chart).map(({ name, mark, points }) => {
    const sorted = points.toSorted((a, b) => a[0] - b[0]);
    return { name, mark, sorted, xs: sorted.map(([x]) => x) };
  });
  const isIn = (x: number): boolean => x >= frame.x.range[0] && x <= frame.x.range[1];
  const xs = [...new Set(series.flatMap(({ xs }) => xs))].filter(isIn).sort((a, b) => a - b);
  const places = xs.map((x) => frame.x(x));
  const last = Math.max(0, xs.length - 1);
  return {
    count: xs.length,
    first: last,
    nearest: (x) => nearestIndex(places, x),
    moved(place, key, far) {
      const at = place as number;
      const steps: Record<string, number> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };
      const pages: Record<string, number> = { PageDown: -1, PageUp: 1 };
      const page = Math.max(1, Math.round(xs.length / 10));
      if (key === "Home") return 0;
      if (key === "End") return last;
      if (pages[key]) return clamp(at + pages[key] * page, 0, last);
      return steps[key] ? clamp(at + steps[key] * (far ? page : 1), 0, last) : null;
    },
    contents(place) {
      const x = xs[clamp(place as number, 0, last)] ?? 0;
      // Series whose points lie elsewhere are read at their nearest point, if that is not far.
      const near = (frame.x.range[1] - frame.x.range[0]) / 40;
      const readings = series.flatMap(({ mark, sorted, xs }): Reading[] => {
        const point = sorted[nearestIndex(xs, x)];
        const isNear = point && (point[0] === x || (frame.x.kind !== "log" && Math.abs(point[0] - x) <= near));
        return isNear ? [readingOf(mark, point, frame, frame.y.text(point[1]))] : [];
      });
      return { head: labelled(chart.x.label, frame.x.text(x)), readings, x: frame.x(x), y: null };
    },
  };
}

const readingOf = (mark: PlotMark, point: PlotPoint, frame: PlotFrame, text: string): Reading => ({
  name: mark.name,
  color: mark.color ?? 0,
  sign: mark.sign === "line" ? "line" : "dot",
  text,
  at: [frame.x(point[0]), frame.y(point[1])],
});

function planeCursor(chart: PlotChart, frame: PlotFrame): Cursor {
  const { x, y } = frame;
  const middle = ({ range: [from, to] }: PlotFrame["x"]): number => from + (to - from) / 2;
  const isCells = chart.x.names !== null;
  const held = (at: number, { range: [from, to] }: PlotFrame["x"]): number =>
    isCells ? clamp(Math.round(at), Math.ceil(from), Math.floor(to)) : clamp(at, from, to);
  const within = (at: PlotPoint): PlotPoint => [held(at[0], x), held(at[1], y)];
  return {
    count: null,
    first: within([middle(x), middle(y)]),
    nearest: (u, v) => within([x.invert(clamp(u, 0, frame.width)), y.invert(clamp(v, 0, frame.height))]),
    moved(place, key, far) {
      const [u, v] = place as PlotPoint;
      const step = ({ range: [from, to] }: PlotFrame["x"]): number =>
        isCells ? 1 : ((to - from) / 40) * (far ? 5 : 1);
      const up = y.positions[0] > y.positions[1] ? 1 : -1;
      const steps: Record<string, PlotPoint> = {
        ArrowLeft: [-step(x), 0],
        ArrowRight: [step(x), 0],
        ArrowUp: [0, up * step(y)],
        ArrowDown: [0, -up * step(y)],
      };
      const by = steps[key];
      return by ? within([u + by[0], v + by[1]]) : null;
    },
    contents(place) {
      const [u, v] = place as PlotPoint;
      const read = chart.marks.map((mark) => mark.read?.(u, v) ?? "").filter(Boolean);
      const where = `${labelled(chart.x.label || "x", x.text(u))}, ${labelled(chart.y.label || "y", y.text(v))}`;
      return {
        head: isCells ? read.join(", ") : [where, ...read].join(": "),
        readings: seriesOf(chart).flatMap(({ mark, points }) => nearPoints(mark, points, frame, [x(u), y(v)])),
        x: x(u),
        y: y(v),
      };
    },
  };
}

/** Point of a path that is nearest to a position, if it is less than 12 units away. */
function nearPoints(mark: PlotMark, points: readonly PlotPoint[], frame: PlotFrame, [u, v]: PlotPoint): Reading[] {
  let [best, least] = [-1, 12];
  for (const [k, [x, y]] of points.entries()) {
    const distance = Math.hypot(frame.x(x) - u, frame.y(y) - v);
    if (distance < least) [best, least] = [k, distance];
  }
  const point = points[best];
  if (!point) return [];
  const text = `${best} (${frame.x.text(point[0])}, ${frame.y.text(point[1])})`;
  return [readingOf(mark, point, frame, mark.kind === "path" ? text : frame.y.text(point[1]))];
}
