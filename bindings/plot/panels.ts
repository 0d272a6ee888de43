// Several pictures in one.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { checkChart, entriesOf } from "./chart.js";
import { colorsOf, type PlotChart } from "./data.js";
import { keyOf } from "./key.js";
import { dataRanges, drawnIn, type Margins, marginsOf, type Ranges, rangesOf } from "./layout.js";
import { type AxisRange, union } from "./ranges.js";
import { checkSheet, heading, type PictureOptions, pictureOptions, sheetOf, withoutStyle } from "./sheet.js";
import { escaped, round } from "./text.js";

/** Options of several pictures in one. */
export interface PlotPanelsOptions extends PictureOptions {
  /** Number of pictures in a row, ≥ 1; default 2. */
  readonly columns?: number;
}

/** Picture within a panel. */
interface Cell {
  readonly width: number;
  readonly height: number;
  readonly inside: string;
}

/**
 * Small multiples: a grid of pictures, as SVG text. Charts in it share one key above all, with one color for each name, frames
 * of one size, and the range of every axis of the same name and scale for which none is given. Each picture is scaled to its cell,
 * so make them of one size.
 *
 * @param pictures  charts, or SVG texts that the functions of `thalweg/plot` returned
 * @param options   columns, title, description, width (default: that of the pictures, at most 600), height
 * @throws TypeError   there is no picture, or one is not of `thalweg/plot`
 * @throws RangeError  a chart has nothing to draw, or no room
 * @example
 * const small = { width: 280, height: 220, xLabel: "update", yLabel: "loss" };
 * const panels = [0.1, 0.5].map((h) => linesChart([1, 1 - h, (1 - h) ** 2], { ...small, title: `h = ${h}` }));
 * plotPanels(panels, { title: "Two learning rates" }).startsWith("<svg"); // true
 */
export function plotPanels(pictures: readonly (string | PlotChart)[], options: PlotPanelsOptions = {}): string {
  const where = "plotPanels";
  checkOptions(where, options, [...pictureOptions, "columns"]);
  if (!Array.isArray(pictures) || pictures.length === 0)
    throw new TypeError(`${where}: expected a list of pictures, got ${shown(pictures)}.`);
  const columns = checkNumber(where, "columns", options.columns ?? 2, { min: 1, integer: true });
  const checked = pictures.map((picture: unknown) =>
    typeof picture === "object" ? checkChart(where, picture) : picture,
  );
  const charts = checked.filter((picture): picture is PlotChart => typeof picture === "object");
  const shared = sharedOf(where, charts);
  const cells = checked.map((picture, k) =>
    typeof picture === "object" ? shared.cell(picture as PlotChart) : cellOf(picture, k),
  );
  const widest = Math.max(...cells.map(({ width }) => width));
  const usual = checkSheet(where, options, { width: Math.min(600, widest * Math.min(columns, cells.length)) });
  const head = heading(usual);
  const key = keyOf(shared.entries, head.height, usual.width);
  const top = head.height + key.height;
  const wide = usual.width / columns;
  const high = Math.max(...cells.map(({ width, height }) => (height * wide) / width));
  const height = options.height ?? Math.ceil(top + high * Math.ceil(cells.length / columns));
  const placed = cells.map(({ width, height, inside }, k) => {
    const at = `x="${round((k % columns) * wide)}" y="${round(top + Math.floor(k / columns) * high)}"`;
    return `<svg ${at} width="${round(wide)}" height="${round(high)}" viewBox="0 0 ${width} ${height}">${inside}</svg>`;
  });
  return sheetOf({ ...usual, height }, [...head.marks, ...key.marks, ...placed]);
}

/** Picture that is text, without the outer tag, which has attributes of a file of its own. */
function cellOf(picture: unknown, k: number): Cell {
  const [, width, height] = /^<svg [^>]*class="thalweg" viewBox="0 0 (\S+) (\S+)"/.exec(String(picture)) ?? [];
  if (!width || !height)
    throw new TypeError(`plotPanels: pictures[${k}] must be a picture of thalweg/plot, got ${shown(picture)}.`);
  const inside = withoutStyle(String(picture)).replace(/^<svg [^>]*>/, "");
  return { width: Number(width), height: Number(height), inside: inside.replace(/<\/svg>$/, "") };
}

const longest = (all: readonly Margins[], side: keyof Margins): number => Math.max(...all.map((one) => one[side]));

/** Key, colors, frames and ranges that charts share. */
function sharedOf(where: string, charts: readonly PlotChart[]) {
  const series = [...new Set(charts.flatMap((chart) => chart.series))];
  const marks = charts.flatMap((chart) => chart.marks);
  const colors = colorsOf({ marks, series });
  const entries = entriesOf(marks, colors);
  const ranges = charts.map((chart) => rangesOf(where, withRanges(chart, charts)));
  const rooms = charts.map((chart, k) => marginsOf(chart, heading(chart).height, ranges[k] as Ranges));
  const margins: Margins = {
    left: longest(rooms, "left"),
    top: longest(rooms, "top"),
    right: longest(rooms, "right"),
    bottom: longest(rooms, "bottom"),
  };
  const cell = (chart: PlotChart): Cell => {
    const { width, height, title, description } = chart;
    const { body } = drawnIn(where, chart, margins, colors, ranges[charts.indexOf(chart)] as Ranges);
    const words = [title && `<title>${escaped(title)}</title>`, description && `<desc>${escaped(description)}</desc>`];
    const paper = `<rect class="paper" width="${width}" height="${height}"/>`;
    const inside = ["", ...words.filter(Boolean), paper, ...heading(chart).marks, ...body, ""].join("\n");
    return { width, height, inside };
  };
  return { entries, cell };
}

/** The chart with ranges that span those of all charts whose axis has the same name and scale. */
function withRanges(chart: PlotChart, charts: readonly PlotChart[]): PlotChart {
  const spanned = (side: "x" | "y"): AxisRange | null => {
    const { label, scale, range } = chart[side];
    if (range || label === "") return range;
    const alike = charts.filter((other) => other[side].label === label && other[side].scale === scale);
    const found = alike.map((other) => other[side].range ?? dataRanges(other)[side]).filter((one) => one !== null);
    return found.length > 0 ? found.reduce(union) : null;
  };
  return { ...chart, x: { ...chart.x, range: spanned("x") }, y: { ...chart.y, range: spanned("y") } };
}
