/** A line chart as static SVG: readable without scripts, without a mouse, in print, and by screen readers. */

import { extent } from "d3-array";
import { scaleLinear, scaleLog } from "d3-scale";
import { line } from "d3-shape";
import { type Box, GLYPH, type Point, placeLabels } from "./labels.js";
import { markAt, styleOf } from "./series.js";

/** One line of a chart. */
export interface ChartSeries {
  name: string;
  /** The line itself. */
  strong: readonly Point[];
  /** The noisy figures behind it, drawn faintly. */
  faint?: readonly Point[];
}

/** Contents of a chart. */
export interface ChartOptions {
  /** Unique in the page. */
  id: string;
  title: string;
  /** The message in words, for those who do not see the picture. */
  description: string;
  size: "wide" | "narrow";
  xLabel: string;
  yLabel: string;
  xScale: "log" | "linear";
  /** "loss" is logarithmic; "accuracy" is logarithmic in the share of errors, so that 99 % is far from 98 %. */
  yScale: "loss" | "accuracy";
  series: readonly ChartSeries[];
}

const SIZES = {
  wide: { width: 560, height: 372, font: 12.5, margin: { top: 30, right: 142, bottom: 46, left: 48 } },
  narrow: { width: 350, height: 330, font: 11.5, margin: { top: 28, right: 22, bottom: 42, left: 42 } },
};
const MARK_SPACING = 74;

/** drawChart: the chart as one SVG element with title and description. */
export function drawChart(options: ChartOptions): string {
  const { width, height, font, margin } = SIZES[options.size];
  const series = options.series.map((one) => ({
    ...one,
    strong: one.strong.filter((point) => isDrawable(point, options)),
    faint: (one.faint ?? []).filter((point) => isDrawable(point, options)),
  }));
  const drawn = series.filter((one) => one.strong.length > 0);
  const points = drawn.flatMap((one) => one.strong);
  const right = width - margin.right;
  const bottom = height - margin.bottom;

  const x = createXScale(options.xScale, points, [margin.left, right]);
  const y = createYScale(options.yScale, points, [bottom, margin.top]);
  const path = line<Point>(
    (point) => x.at(point[0]),
    (point) => y.at(point[1]),
  ).digits(1);

  const grid = y.ticks.map((tick) => {
    const at = y.at(tick.value).toFixed(1);
    return (
      `<path class="grid" d="M${margin.left} ${at}H${right}"/>` +
      `<text class="tick" x="${margin.left - 7}" y="${at}" dy="0.34em" text-anchor="end">${tick.text}</text>`
    );
  });
  const xTicks = x.ticks.map((tick) => {
    const at = x.at(tick.value).toFixed(1);
    return (
      `<path class="axis" d="M${at} ${bottom}v5"/>` +
      `<text class="tick" x="${at}" y="${bottom + 9 + font * 0.7}" text-anchor="middle">${tick.text}</text>`
    );
  });

  const clip = `${options.id}-area`;
  const faint = drawn
    .filter((one) => one.faint.length > 1)
    .map((one) => `<path class="faint" d="${path(one.faint)}" stroke="${styleOf(one.name).color}"/>`);
  const strong = drawn.map((one) => {
    const { color, dash } = styleOf(one.name);
    return `<path class="line" d="${path(one.strong)}" stroke="${color}" stroke-dasharray="${dash}"/>`;
  });
  const pixels = drawn.map((one) => one.strong.map((point): Point => [x.at(point[0]), y.at(point[1])]));
  const marks = drawn.flatMap((one, i) =>
    spaced(pixels[i] as Point[]).map(([px, py]) => markAt(styleOf(one.name), px, py)),
  );

  const bounds: Box = { left: margin.left + 2, right: width - 2, top: margin.top - 8, bottom: bottom - 2 };
  const labels = placeLabels(
    drawn.map((one, i) => ({ text: one.name, line: pixels[i] as Point[] })),
    bounds,
    font,
  ).map((label) => {
    const from = `${label.end[0].toFixed(1)} ${label.end[1].toFixed(1)}`;
    const leader = label.leader
      ? `<path class="leader" d="M${from}L${label.leader[0].toFixed(1)} ${label.leader[1].toFixed(1)}"/>`
      : "";
    const mark = label.attached ? "" : markAt(styleOf(label.text), label.x + GLYPH / 2 - 1, label.y, 40);
    const x = (label.attached ? label.x : label.x + GLYPH).toFixed(1);
    const text = `<text class="label" x="${x}" y="${label.y.toFixed(1)}" dy="0.35em">${escapeText(label.text)}</text>`;
    return leader + mark + text;
  });

  const title = `${options.id}-title`;
  const description = `${options.id}-description`;
  const empty = `<text class="tick" x="${(margin.left + right) / 2}" y="${height / 2}" text-anchor="middle">no figures</text>`;
  return [
    `<svg class="chart ${options.size}" viewBox="0 0 ${width} ${height}" role="img" font-size="${font}"`,
    ` aria-labelledby="${title} ${description}">`,
    `<title id="${title}">${escapeText(options.title)}</title>`,
    `<desc id="${description}">${escapeText(options.description)}</desc>`,
    `<clipPath id="${clip}"><path d="M${margin.left} ${margin.top}H${right}V${bottom}H${margin.left}Z"/></clipPath>`,
    `<text class="axis-name" x="${margin.left - 34}" y="${font}">${escapeText(options.yLabel)}</text>`,
    ...grid,
    `<path class="axis" d="M${margin.left} ${bottom}H${right}"/>`,
    ...xTicks,
    `<text class="axis-name" x="${right}" y="${height - 4}" text-anchor="end">${escapeText(options.xLabel)}</text>`,
    `<g clip-path="url(#${clip})">${faint.join("")}</g>`,
    ...strong,
    ...marks,
    ...labels,
    drawn.length === 0 ? empty : "",
    "</svg>",
  ].join("");
}

/** escapeText: text that is safe inside HTML and SVG, attributes included. */
export function escapeText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

interface Axis {
  at: (value: number) => number;
  ticks: { value: number; text: string }[];
}

function createXScale(kind: "log" | "linear", points: readonly Point[], range: [number, number]): Axis {
  const [low = 1, high = 10] = extent(points, (point) => point[0]);
  if (kind === "linear") {
    const scale = scaleLinear([0, high > 0 ? high : 1], range);
    return { at: scale, ticks: scale.ticks(6).map((value) => ({ value, text: value.toLocaleString("en-US") })) };
  }
  const scale = scaleLog([low, Math.max(high, 2 * low)], range);
  const powers = scale.ticks().filter((value) => Number.isInteger(Math.log10(value)));
  return { at: scale, ticks: powers.map((value) => ({ value, text: value.toLocaleString("en-US") })) };
}

function createYScale(kind: "loss" | "accuracy", points: readonly Point[], range: [number, number]): Axis {
  const [low = 0.1, high = 1] = extent(points, (point) => (kind === "loss" ? point[1] : errorShare(point[1])));
  if (kind === "loss") {
    const scale = scaleLog([low * 0.75, high * 1.25], range);
    const steps = high / low > 200 ? [1] : high / low > 20 ? [1, 3] : [1, 2, 5];
    const ticks = scale
      .ticks(30)
      .filter((value) => steps.includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9))));
    return { at: scale, ticks: ticks.map((value) => ({ value, text: String(Number(value.toPrecision(1))) })) };
  }
  const scale = scaleLog([Math.min(1, high * 1.1), low * 0.65], range);
  const shares = [0.1, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999];
  const [last = 0, first = 1] = [...scale.domain()].reverse();
  const ticks = shares.filter((share) => 1 - share <= first && 1 - share >= last);
  return {
    at: (accuracy) => scale(errorShare(accuracy)),
    ticks: ticks.map((value) => ({ value, text: `${Number((100 * value).toFixed(1))} %` })),
  };
}

/** A perfect score has no place on a logarithmic scale; it is drawn at one error in 10,000. */
function errorShare(accuracy: number): number {
  return Math.max(1 - accuracy, 1e-4);
}

function isDrawable([x, y]: Point, options: ChartOptions): boolean {
  const xFits = options.xScale === "log" ? x > 0 : x >= 0;
  const yFits = options.yScale === "loss" ? y > 0 : y >= 0 && y <= 1;
  return Number.isFinite(x) && Number.isFinite(y) && xFits && yFits;
}

/** Some of the points, none too near to the one before; the last one always. */
function spaced(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (let i = points.length - 1; i >= 0; i--) {
    const point = points[i] as Point;
    const previous = kept.at(-1);
    if (previous === undefined || Math.hypot(point[0] - previous[0], point[1] - previous[1]) >= MARK_SPACING) {
      kept.push(point);
    }
  }
  return kept;
}
