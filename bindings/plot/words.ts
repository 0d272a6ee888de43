// Charts in words, for those who do not see them.

import { checkChart } from "./chart.js";
import type { PlotChart } from "./data.js";
import type { PlotMark } from "./marks/mark.js";
import { isOn } from "./ranges.js";
import { durationText, numberText } from "./ticks.js";

/**
 * A chart in words, for screen readers: its title and description, its axes, and for each series the number of its points, the first
 * and the last value, and where the least and the largest lie.
 *
 * @param chart  a chart made by plotChart, linesChart, ...
 * @throws TypeError  chart is none
 * @example
 * chartText(linesChart({ loss: [3, 1, 2] }, { xLabel: "epoch", title: "A run" }));
 * // "A run. Horizontal: epoch. loss: 3 points, from 3 to 2, least 1 at 1, largest 3 at 0."
 */
export function chartText(chart: PlotChart): string {
  const { title, description, x, y, marks } = checkChart("chartText", chart);
  const axes = [x.label && `Horizontal: ${x.label}`, y.label && `vertical: ${y.label}`].filter(Boolean).join(", ");
  const series = marks.map((mark) => wordsOf(mark, chart)).filter(Boolean);
  return [title, description.replace(/\.$/, ""), axes, ...series]
    .filter(Boolean)
    .map((sentence) => `${sentence}.`)
    .join(" ");
}

function wordsOf({ kind, name, points }: PlotMark, { x, y }: PlotChart): string {
  const drawn = points.filter(([u, v]) => isOn(x.scale, u) && isOn(y.scale, v));
  const [first, last] = [drawn[0], drawn.at(-1)];
  if (!first || !last || kind === "spot") return "";
  const across = (value: number): string => (x.scale === "time" ? durationText(value) : numberText(value));
  const up = (value: number): string => (y.scale === "time" ? durationText(value) : numberText(value));
  const count = `${name ? `${name}: ` : ""}${drawn.length} ${drawn.length === 1 ? "point" : "points"}`;
  if (kind === "path") {
    const place = ([u, v]: readonly [number, number]): string => `(${across(u)}, ${up(v)})`;
    return `${count}, from ${place(first)} to ${place(last)}`;
  }
  const least = drawn.reduce((best, point) => (point[1] < best[1] ? point : best));
  const largest = drawn.reduce((best, point) => (point[1] > best[1] ? point : best));
  const at = (point: readonly [number, number]): string => `${up(point[1])} at ${across(point[0])}`;
  return `${count}, from ${up(first[1])} to ${up(last[1])}, least ${at(least)}, largest ${at(largest)}`;
}
