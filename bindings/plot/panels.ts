// Several pictures in one.

import { checkNumber, checkOptions, shown } from "../values/options.js";
import { checkSheet, heading, type PictureOptions, pictureOptions, round, sheetOf, withoutStyle } from "./sheet.js";

export interface PlotPanelsOptions extends PictureOptions {
  /** Number of pictures in a row, ≥ 1; default 2. */
  readonly columns?: number;
}

/**
 * Small multiples: a grid of pictures of this library, as SVG text. Each picture is scaled to its cell, so make them of
 * one size, and give pictures to be compared the same ranges.
 *
 * @param pictures  SVG texts that the other functions of `thalweg/plot` returned
 * @param options   columns, title, description, width (default: that of the pictures, at most 600), height
 * @throws TypeError  there is no picture, or one is not of `thalweg/plot`
 * @example
 * const small = { width: 280, height: 220 };
 * const panels = [0.1, 0.5].map((h) => plotLines([1, 1 - h, (1 - h) ** 2], { ...small, title: `h = ${h}` }));
 * plotPanels(panels, { title: "Two learning rates" }).startsWith("<svg"); // true
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
    // The cell replaces the picture's own <svg> tag, which has attributes of a stand-alone file.
    const inside = withoutStyle(picture).replace(/^<svg [^>]*>/, "");
    return `<svg ${at} width="${round(wide)}" height="${round(high)}" viewBox="0 0 ${width} ${height}">${inside}`;
  });
  return sheetOf({ ...usual, height }, [...head.marks, ...cells]);
}
