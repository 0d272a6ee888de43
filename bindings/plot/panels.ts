// Pictures beside each other.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { checkSheet, heading, type PictureOptions, pictureOptions, round, sheetOf, withoutStyle } from "./sheet.js";

export interface PlotPanelsOptions extends PictureOptions {
  /** Pictures beside each other, ≥ 1; default 2. */
  readonly columns?: number;
}

/**
 * Small multiples: pictures of this library beside and below each other, as the text of one SVG file. All take the size
 * of a cell, so make them of one size, and give those that are to be compared the same ranges.
 *
 * @param pictures  texts that the other functions of `thalweg/plot` answered
 * @param options   columns, title, description, width (default: that of the pictures, at most 600), height
 * @throws TypeError  something that is no such picture
 * @example
 * const small = { width: 280, height: 220 };
 * const panels = [0.1, 0.5].map((h) => plotLines([1, 1 - h, (1 - h) ** 2], { ...small, title: `h = ${h}` }));
 * plotPanels(panels, { title: "Two rates" }).startsWith("<svg"); // true
 */
export function plotPanels(pictures: readonly string[], options: PlotPanelsOptions = {}): string {
  const where = "plotPanels";
  checkOptions(where, options, [...pictureOptions, "columns"]);
  if (!Array.isArray(pictures) || pictures.length === 0)
    throw new TypeError(`${where}: expected a list of pictures, got ${shown(pictures)}.`);
  const sizes = pictures.map((picture, k) => {
    const [, width, height] = /^<svg [^>]*class="thalweg" viewBox="0 0 (\S+) (\S+)"/.exec(String(picture)) ?? [];
    if (width && height) return { width: Number(width), height: Number(height) };
    throw new TypeError(`${where}: pictures[${k}] must be a picture of thalweg/plot, got ${shown(picture)}.`);
  });
  const columns = checkNumber(where, "columns", options.columns ?? 2, { min: 1, integer: true });
  const widest = Math.max(...sizes.map(({ width }) => width));
  const usual = checkSheet(where, options, { width: Math.min(600, widest * Math.min(columns, pictures.length)) });
  const head = heading(usual);
  const wide = usual.width / columns;
  const high = Math.max(...sizes.map(({ width, height }) => (height * wide) / width));
  const height = options.height ?? Math.ceil(head.height + high * Math.ceil(pictures.length / columns));
  const cells = pictures.map((picture, k) => {
    const at = `x="${round((k % columns) * wide)}" y="${round(head.height + Math.floor(k / columns) * high)}"`;
    const { width = 1, height = 1 } = sizes[k] ?? {};
    // Its frame gives way to the cell: what is left of the tag would be about a file of its own.
    const inside = withoutStyle(picture).replace(/^<svg [^>]*>/, "");
    return `<svg ${at} width="${round(wide)}" height="${round(high)}" viewBox="0 0 ${width} ${height}">${inside}`;
  });
  return sheetOf({ ...usual, height }, [...head.marks, ...cells]);
}
