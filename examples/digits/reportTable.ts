/** The report's table of results, and what each run does in a sentence. */

import { decimal, escapeText, lossText, nameOf, passes, percent, whole } from "./format.js";
import { explanationOf, swatch } from "./series.js";
import type { ReportData, RunResult } from "./types.js";

export function renderResults(runs: readonly RunResult[]): string {
  const bestAccuracy = runs.reduce((best, run) => Math.max(best, run.testAccuracy), 0);
  const bestLoss = runs.reduce((best, run) => Math.min(best, run.loss), Number.POSITIVE_INFINITY);
  const columns = [
    "Test accuracy",
    "Loss",
    "Updates",
    "Passes over the data",
    "Batch size",
    "Seconds",
    "Times faster than plain JavaScript",
  ];
  const rows = runs.map((run) => {
    const cells = [
      { text: percent(run.testAccuracy, 2), best: run.testAccuracy === bestAccuracy },
      { text: lossText(run.loss), best: run.loss === bestLoss },
      { text: whole(run.updates) },
      { text: passes(run.epochs) },
      { text: whole(run.batchSize) },
      { text: decimal(run.seconds, 1) },
      { text: speedOf(run) },
    ].map(({ text, best }, i) => {
      const value = best ? `<span class="best">${text}</span>` : text;
      return `<td role="cell" data-label="${columns[i]}">${value}</td>`;
    });
    const name = `${swatch(nameOf(run))}${escapeText(nameOf(run))}`;
    return `<tr role="row"><th role="rowheader" scope="row">${name}</th>${cells.join("")}</tr>`;
  });
  // The roles keep this a table for screen readers where narrow screens lay the rows out as cards.
  return `<section aria-labelledby="results">
<h2 id="results">The results</h2>
<table role="table">
<caption>Accuracy is the fraction of test digits classified correctly. Loss is the cross-entropy of all training digits at the
end (0 is perfect, 2.3 is guessing). An epoch is a pass over 60,000 digits. Seconds are those of training alone. The speed
relative to plain JavaScript is measured on a sample: the first updates, for at least a second (a quarter with --quick), of
batch GD on 3,000 digits only, by both in turns from the same weights; the weights are then equal within rounding. The
convolutional network is not compared.</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Run</th>${columns
    .map((column) => `<th role="columnheader" scope="col">${column}</th>`)
    .join("")}</tr></thead>
<tbody role="rowgroup">
${rows.join("\n")}
</tbody>
</table>
</section>`;
}

function speedOf({ network, timesPlainJavaScript: times }: RunResult): string {
  if (network === "convolutional") return "not compared";
  return times === null ? "not measured" : decimal(times, 1);
}

export function renderMethods({ runs, settings = {} }: ReportData): string {
  const items = runs
    .map(nameOf)
    .map(
      (name) =>
        `<div><dt>${swatch(name)}${escapeText(name)}</dt>` +
        `<dd>${explanationOf(name)}</dd>` +
        `${settings[name] ? `<dd class="note">${escapeText(settings[name])}</dd>` : ""}</div>`,
    );
  return `<section aria-labelledby="methods">
<h2 id="methods">What they do</h2>
<p>All of them go downhill: they compute in which direction the loss falls fastest (minus the gradient) and move
all weights of the network a little that way. One such move is an update.</p>
<dl class="methods">${items.join("")}</dl>
</section>`;
}
