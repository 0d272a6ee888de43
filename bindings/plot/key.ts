// Key of a chart: the sign and the name of each series.

import { fillClass, seriesClass } from "./colors.js";
import { circle } from "./marks/dots.js";
import { label, lineHeight, round, textWidth } from "./text.js";

/** Series in a key. */
export interface KeyEntry {
  readonly name: string;
  /** Index of its color. */
  readonly color: number;
  readonly sign: "line" | "dot";
}

/** Sign of a series, from x to x + 22, half way up at y. */
export const signAt = ({ color, sign }: KeyEntry, x: number, y: number): string =>
  sign === "dot"
    ? `<path class="${fillClass(color)}" d="${circle(x + 11, y)}"/>`
    : `<path class="line ${seriesClass(color)}" d="M${round(x)},${round(y)}h22"/>`;

/** Key in rows below `top`, and its height; nothing for a single name. */
export function keyOf(entries: readonly KeyEntry[], top: number, width: number): { height: number; marks: string[] } {
  if (entries.length < 2) return { height: 0, marks: [] };
  let [x, y] = [10, top + 14];
  const marks = entries.flatMap((entry) => {
    const wide = 44 + textWidth(entry.name);
    if (x > 10 && x + wide > width) [x, y] = [10, y + lineHeight];
    const mark = [signAt(entry, x, y - 5), label(entry.name, x + 28, y)];
    x += wide;
    return mark;
  });
  return { height: y - top + 8, marks };
}
