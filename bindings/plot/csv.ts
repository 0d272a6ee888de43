// Points of a chart as a table.

import { checkChart } from "./chart.js";
import type { PlotChart } from "./data.js";
import type { PlotMark } from "./marks/mark.js";

/**
 * Points of a chart as comma-separated values: a column for x, one for the y of each series, and one for its seconds if it has times;
 * of paths, rows of series, x and y; of a matrix or level sets without either, their numbers. Numbers that are not finite are left
 * empty.
 *
 * @param chart  a chart made by plotChart, linesChart, ...
 * @throws TypeError  chart is none
 * @see Shafranovich, *Common format and MIME type for comma-separated values (CSV) files*, RFC 4180, 2005
 * @example
 * chartCsv(linesChart({ a: [1, 2], b: [3] }, { xLabel: "epoch" })); // "epoch,a,b\r\n0,1,3\r\n1,2,\r\n"
 */
export function chartCsv(chart: PlotChart): string {
  const { marks, x, y } = checkChart("chartCsv", chart);
  const drawn = marks.filter(({ kind, points }) => kind !== "spot" && points.length > 0);
  const rows =
    drawn.length === 0
      ? (marks.find(({ table }) => table)?.table?.() ?? [])
      : drawn.some(({ kind }) => kind === "path")
        ? longTable(drawn, x.label || "x", y.label || "y")
        : wideTable(drawn, x.label || "x", y.label || "y");
  return rows.map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

type Cell = string | number;

function field(cell: Cell): string {
  if (typeof cell === "number") return Number.isFinite(cell) ? String(cell) : "";
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Rows of series, x and y. */
function longTable(marks: readonly PlotMark[], x: string, y: string): Cell[][] {
  return [["series", x, y], ...marks.flatMap(({ name, points }) => points.map(([u, v]) => [name, u, v]))];
}

/** A row for each x; a series with several values there has several rows. */
function wideTable(marks: readonly PlotMark[], x: string, y: string): Cell[][] {
  const columns = marks.flatMap(({ name, times }) => [name || y, ...(times ? [`seconds of ${name || y}`] : [])]);
  const rows = new Map<string, Cell[]>();
  let column = 1;
  for (const { points, times } of marks) {
    const seen = new Map<number, number>();
    for (const [k, [u, v]] of points.entries()) {
      const turn = seen.get(u) ?? 0;
      seen.set(u, turn + 1);
      const key = `${u} ${turn}`;
      const row = rows.get(key) ?? [u, ...columns.map(() => "")];
      rows.set(key, row);
      row[column] = v;
      if (times) row[column + 1] = times[k] as number;
    }
    column += times ? 2 : 1;
  }
  return [[x, ...columns], ...[...rows.values()].sort((a, b) => Number(a[0]) - Number(b[0]))];
}
