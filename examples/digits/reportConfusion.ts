/** Confusion matrix of the report. */

import { percent } from "./format.js";
import type { ReportData } from "./types.js";

export function renderConfusion({ runs, confusion }: ReportData): string {
  const adam = runs.find((run) => run.optimizer === "Adam");
  if (!confusion || !adam) return "";
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const wrong = confusion.flatMap((row, label) =>
    row.map((count, predicted) => ({ count: label === predicted ? 0 : count, label, predicted })),
  );
  const most = wrong.reduce((best, cell) => (cell.count > best.count ? cell : best));
  const rows = confusion.map((row, label) => {
    const cells = row.map((count, predicted) => {
      if (predicted === label) return `<td class="right">${count}</td>`;
      const share = most.count > 0 ? Math.round((100 * count) / most.count) : 0;
      return count === 0 ? "<td></td>" : `<td class="wrong" style="--share:${share}%">${count}</td>`;
    });
    const recall = percent((row[label] as number) / Math.max(1, sum(row)), 1);
    return `<tr><th scope="row">${label}</th>${cells.join("")}<td class="share">${recall}</td></tr>`;
  });
  const often =
    most.count === 0
      ? "No digit was confused with another."
      : `The most frequent confusion: a ${most.label} predicted as a ${most.predicted}, ${most.count} times.`;
  return `<section aria-labelledby="confusion">
<h2 id="confusion">Which digits it confuses</h2>
<p>Rows are the true digits, columns the predictions of the ${adam.network} network trained with Adam; the last column is the recall of each
digit. ${often}</p>
<div class="scroll" role="region" aria-labelledby="confusion" tabindex="0">
<table class="confusion">
<thead><tr><th scope="col">true</th>${confusion.map((_, digit) => `<th scope="col">${digit}</th>`).join("")}<th scope="col">correct</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>
</div>
</section>`;
}
