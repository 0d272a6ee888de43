// Samples of lines for tables, so that a curve is known by color and dash.

import { svg } from "./dom.ts";

/** A short line of the given classes. */
export const lineSwatch = (classes: string): SVGSVGElement =>
  svg(
    "svg",
    { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" },
    svg("path", { class: `curve ${classes}`, d: "M0 6H28" }),
  );
