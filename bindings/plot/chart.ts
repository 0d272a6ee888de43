// A line chart as SVG text: axes with round ticks, one path a series, a legend if there are several.

import { scaleLinear } from "d3-scale";
import { line } from "d3-shape";

export interface Series {
  readonly name: string;
  /** (x, y), x ascending. */
  readonly points: readonly (readonly [number, number])[];
}

export interface ChartOptions {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Colours that differ in lightness as well (Okabe and Ito, Color universal design, 2008). */
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"];

function escaped(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (sign) => entities[sign] as string);
}

const round = (x: number): number => Math.round(x * 100) / 100;

/** Of points that share a column of pixels, the first, the lowest, the highest and the last; all if they are few. */
function thinned(points: Series["points"], columns: number): Series["points"] {
  if (points.length <= 4 * columns) return points;
  const kept: (readonly [number, number])[] = [];
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * points.length) / columns);
    const some = points.slice(from, Math.floor(((column + 1) * points.length) / columns));
    const by = some.toSorted((a, b) => a[1] - b[1]);
    const few = new Set([some[0], by[0], by.at(-1), some.at(-1)]) as Set<readonly [number, number]>;
    kept.push(...[...few].sort((a, b) => a[0] - b[0]));
  }
  return kept;
}

/** The chart. */
export function lineChart(series: readonly Series[], { title, xLabel, yLabel, width, height }: ChartOptions): string {
  const margin = { top: title ? 34 : 14, right: 18 + legendWidth(series), bottom: 46, left: 70 };
  const everything = series.flatMap(({ points }) => points);
  const xs = everything.map(([x]) => x);
  const ys = everything.map(([, y]) => y);
  const extent = (values: number[]): [number, number] =>
    values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity] as [number, number]);
  const [left, right] = extent(xs);
  let [low, high] = extent(ys);
  // Rates start at 0 unless they stay far from it; a constant gets room on both sides.
  if (low > 0 && low < high / 2) low = 0;
  if (low === high) [low, high] = low === 0 ? [0, 1] : [Math.min(0, 2 * low), Math.max(0, 2 * low)];
  const x = scaleLinear([left, right], [margin.left, width - margin.right]);
  const y = scaleLinear([low, high], [height - margin.bottom, margin.top]).nice(5);
  const xTicks = x.ticks(Math.max(2, Math.floor(width / 90))).filter(Number.isInteger);
  const yTicks = y.ticks(5);
  const xFormat = x.tickFormat(xTicks.length);
  const large = Math.max(...yTicks.map(Math.abs));
  const yFormat = large < 1e-3 || large >= 1e6 ? y.tickFormat(5, "~e") : y.tickFormat(5, "~g");
  const path = line<readonly [number, number]>(
    ([at]) => x(at),
    ([, value]) => y(value),
  ).digits(2);
  const base = height - margin.bottom;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"` +
      ' role="img" font-family="system-ui, sans-serif" font-size="12" fill="#333333">',
    `<title>${escaped(title || yLabel)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
  ];
  if (title) out.push(`<text x="${margin.left}" y="20" font-size="14" font-weight="600">${escaped(title)}</text>`);
  for (const tick of yTicks) {
    const at = round(y(tick));
    out.push(`<path d="M${margin.left},${at}H${width - margin.right}" stroke="#e3e3e3"/>`);
    out.push(
      `<text x="${margin.left - 8}" y="${at}" dy="0.35em" text-anchor="end">${tick === 0 ? 0 : yFormat(tick)}</text>`,
    );
  }
  out.push(`<path d="M${margin.left},${base}H${width - margin.right}" stroke="#777777"/>`);
  for (const tick of xTicks) {
    const at = round(x(tick));
    out.push(`<path d="M${at},${base}v5" stroke="#777777"/>`);
    out.push(`<text x="${at}" y="${base + 18}" text-anchor="middle">${xFormat(tick)}</text>`);
  }
  const middle = round((margin.left + width - margin.right) / 2);
  out.push(`<text x="${middle}" y="${height - 8}" text-anchor="middle">${escaped(xLabel)}</text>`);
  const upright = round((margin.top + base) / 2);
  out.push(
    `<text x="16" y="${upright}" text-anchor="middle" transform="rotate(-90 16 ${upright})">${escaped(yLabel)}</text>`,
  );
  for (const [k, { points }] of series.entries()) {
    const d = path(thinned(points, width - margin.left - margin.right) as [number, number][]);
    out.push(`<path d="${d}" fill="none" stroke="${colours[k % colours.length]}" stroke-width="2"/>`);
  }
  if (series.length > 1) out.push(...legend(series, width - margin.right + 14, margin.top));
  out.push("</svg>");
  return `${out.join("\n")}\n`;
}

/** What the legend needs beside the chart. */
function legendWidth(series: readonly Series[]): number {
  return series.length > 1 ? 34 + 7 * Math.max(...series.map(({ name }) => name.length)) : 0;
}

/** Names beside their colours, to the right of the chart. */
function legend(series: readonly Series[], left: number, top: number): string[] {
  return series.flatMap(({ name }, k) => {
    const y = top + 8 + 18 * k;
    return [
      `<path d="M${left},${y}h20" stroke="${colours[k % colours.length]}" stroke-width="2"/>`,
      `<text x="${left + 26}" y="${y}" dy="0.35em">${escaped(name)}</text>`,
    ];
  });
}
