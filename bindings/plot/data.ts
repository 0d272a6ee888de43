// Charts as data: marks within two axes.

import type { PlotAxis } from "./axes.js";
import type { PlotMark } from "./marks/mark.js";
import type { Sheet } from "./sheet.js";

/** Chart: marks within two axes. A plain object; make others from it by spreading. */
export interface PlotChart extends Readonly<Sheet> {
  /** Marks, the lowest first. */
  readonly marks: readonly PlotMark[];
  /** Horizontal axis. */
  readonly x: PlotAxis;
  /** Vertical axis. */
  readonly y: PlotAxis;
  /** Smoothing factor of lines, 0 ≤ β < 1. */
  readonly smoothing: number;
  /** Names of series in the order of their colors; further ones follow in the order of the marks. */
  readonly series: readonly string[];
}

/** Index of the color of each series by its name. */
export function colorsOf({ marks, series }: Pick<PlotChart, "marks" | "series">): ReadonlyMap<string, number> {
  const colors = new Map(series.map((name, k) => [name, k]));
  for (const { name, color } of marks) {
    if (color === null || colors.has(name)) continue;
    const taken = new Set(colors.values());
    let free = 0;
    while (taken.has(free)) free++;
    colors.set(name, color ?? free);
  }
  return colors;
}
