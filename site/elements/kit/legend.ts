// A key below a drawing: a sign of each mark with its name.

import { html, svg } from "./dom.ts";

export interface LegendEntry {
  /** Classes of the sign, as those of the mark in the drawing. */
  readonly look: string;
  /** Sign: a line (default) or an area. */
  readonly sign?: "line" | "area";
  readonly words: string;
}

/** The key as a list. */
export function legendOf(entries: readonly LegendEntry[]): HTMLUListElement {
  const signOf = ({ look, sign }: LegendEntry): SVGElement =>
    sign === "area"
      ? svg("rect", { class: look, x: 1, y: 1, width: 26, height: 10 })
      : svg("path", { class: look, d: "M0 6H28" });
  const items = entries.map((entry) =>
    html(
      "li",
      {},
      svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, signOf(entry)),
      entry.words,
    ),
  );
  return html("ul", { class: "legend" }, ...items);
}
