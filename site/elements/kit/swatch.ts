// Samples of lines for tables and keys, so that a curve is known by color and dash.

import { html, svg } from "./dom.ts";

/** A short line of the given classes. */
export const lineSwatch = (classes: string): SVGSVGElement =>
  svg(
    "svg",
    { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" },
    svg("path", { class: `curve ${classes}`, d: "M0 6H28" }),
  );

/** A sample with its words, an entry of a key. */
export const keyEntry = (classes: string, words: string): HTMLElement =>
  html("span", { class: "entry" }, lineSwatch(classes), words);
