// Cells of a matrix.

import { shareClass } from "../colors.js";
import { label, round, textWidth } from "../text.js";
import { numberText } from "../ticks.js";
import type { PlotMark } from "./mark.js";

/** Cells of a matrix; cell (column, row) covers the square around it, row 0 on top. @internal */
export function cellsOf(
  rows: readonly (readonly number[])[],
  names: readonly string[],
  rowNames: readonly string[],
): PlotMark {
  const columns = names.length;
  const shareOf = (row: readonly number[], value: number): number => {
    const most = row.reduce((a, b) => (Number.isFinite(b) ? Math.max(a, b) : a), 0);
    return most > 0 && value > 0 ? Math.min(1, value / most) : 0;
  };
  return {
    kind: "cells",
    name: "",
    color: null,
    sign: "none",
    points: [],
    area: { xRange: [-0.5, columns - 0.5], yRange: [-0.5, rows.length - 0.5] },
    read: (x, y) => {
      const [i, j] = [Math.round(x), Math.round(y)];
      return `${rowNames[j]}, ${names[i]}: ${numberText(rows[j]?.[i] ?? Number.NaN)}`;
    },
    table: () => [["", ...names], ...rows.map((row, k) => [rowNames[k] as string, ...row])],
    draw({ width, height }) {
      const [wide, high] = [width / columns, height / rows.length];
      return rows.flatMap((row, j) =>
        row.flatMap((value, i) => {
          const share = shareOf(row, value);
          const at = `x="${round(i * wide)}" y="${round(j * high)}" width="${round(wide)}" height="${round(high)}"`;
          const text = numberText(value);
          const fits = value !== 0 && textWidth(text) + 4 < wide && high > 16;
          const how = `class="${share > 0.5 ? "paper" : "inked"}" text-anchor="middle" dy=".35em"`;
          return [
            `<rect class="${shareClass(share)}" ${at}/>`,
            ...(fits ? [label(text, (i + 0.5) * wide, (j + 0.5) * high, how)] : []),
          ];
        }),
      );
    },
  };
}
