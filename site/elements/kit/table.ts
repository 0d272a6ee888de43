// Tables of a figure, which scroll by themselves on a narrow page.

import { html } from "./dom.ts";

/** A cell: a number stands at the right. */
export interface Column {
  readonly head: string;
  readonly isNumber?: boolean;
}

/** A table; the first cell of each row is its head. */
export function tableOf(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Node)[])[],
): HTMLTableElement {
  const kind = (k: number): string | null => (columns[k]?.isNumber ? "number" : null);
  const heads = columns.map(({ head }, k) => html("th", { scope: "col", class: kind(k) }, head));
  const lines = rows.map((cells) =>
    html(
      "tr",
      {},
      ...cells.map((cell, k) =>
        k === 0 ? html("th", { scope: "row", class: kind(k) }, cell) : html("td", { class: kind(k) }, cell),
      ),
    ),
  );
  const head = html("thead", {}, html("tr", {}, ...heads));
  return html("table", {}, html("caption", {}, caption), head, html("tbody", {}, ...lines));
}

/** A region that a table scrolls in, with a name for screen readers. */
export const tableBox = (label: string): HTMLElement =>
  html("div", { class: "results", tabindex: 0, role: "region", "aria-label": label });
