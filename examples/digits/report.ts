/** The report of the digits job: one HTML file that needs no network, no scripts and no mouse. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { max, mean } from "d3-array";
import { type ChartSeries, drawChart, escapeText } from "./chart.js";
import type { Point } from "./labels.js";
import { greyPng } from "./png.js";
import { REPORT_STYLE } from "./reportStyle.js";
import { styleOf, swatch } from "./series.js";
import type { HistoryPoint, MisclassifiedDigit, ReportData, RunResult } from "./types.js";

const SIDE = 28;
const MOST_DIGITS = 120;
const MOST_POINTS = 320;

/**
 * writeReport: draws the report and writes it to a file, whose folder is made if there is none.
 *
 * @param path for example "report/digits.html"
 */
export function writeReport(path: string, data: ReportData): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderReport(data));
}

/** renderReport: the report as HTML. */
export function renderReport(data: ReportData): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Thalweg: five ways to learn handwritten digits</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
${renderHeader(data)}
<main>
${renderTable(data.runs)}
${renderMethods(data.runs)}
${renderCharts(data.runs)}
${renderMistakes(data)}
</main>
${renderFooter(data)}
</body>
</html>
`;
}

function renderHeader({ runs, interrupted }: ReportData): string {
  const adam = runs.find((run) => run.optimizer === "Adam");
  const figures: [string, string][] = [];
  if (adam) {
    figures.push([percent(adam.testAccuracy, 2), "of the test digits read correctly after training with Adam"]);
    figures.push([`${decimal(adam.seconds, 1)} s`, `for ${whole(adam.updates)} updates of all weights`]);
    if (adam.timesPlainJavaScript !== null) {
      figures.push([
        `${decimal(adam.timesPlainJavaScript, 1)} times`,
        "as fast as the same training in hand-written JavaScript",
      ]);
    }
    figures.push([
      whole((adam.updates * adam.batchSize) / Math.max(adam.seconds, 1e-9)),
      "digits learned from per second",
    ]);
  }
  const list = figures.map(([value, meaning]) => `<div><dt>${meaning}</dt><dd>${value}</dd></div>`).join("");
  return `<header>
<p class="kicker">Thalweg trains models inside WebAssembly</p>
<h1>${escapeText(headline(runs))} to learn handwritten digits</h1>
<p class="lead">A small neural network (784 inputs, 128 hidden units, 10 outputs) learned from the 60,000 training digits
of MNIST, anew with each optimizer below. Every run began with the same random weights; what differs is only how
the weights were updated. Then each network read 10,000 test digits that it had never seen.</p>
${interrupted ? '<p class="warning">The job was stopped early: the last run is incomplete, or runs are missing.</p>' : ""}
${list === "" ? "" : `<dl class="figures">${list}</dl>`}
</header>`;
}

function headline(runs: readonly RunResult[]): string {
  const words = ["No way", "One way", "Two ways", "Three ways", "Four ways", "Five ways", "Six ways"];
  return words[runs.length] ?? `${runs.length} ways`;
}

function renderTable(runs: readonly RunResult[]): string {
  const bestAccuracy = max(runs, (run) => run.testAccuracy);
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
      { text: decimal(run.epochs, run.epochs < 1 ? 2 : 1) },
      { text: whole(run.batchSize) },
      { text: decimal(run.seconds, 1) },
      { text: run.timesPlainJavaScript === null ? "not measured" : decimal(run.timesPlainJavaScript, 1) },
    ].map(({ text, best }, i) => {
      const value = best ? `<span class="best">${text}</span>` : text;
      return `<td role="cell" data-label="${columns[i]}">${value}</td>`;
    });
    const name = `${swatch(run.optimizer)}${escapeText(run.optimizer)}`;
    return `<tr role="row"><th role="rowheader" scope="row">${name}</th>${cells.join("")}</tr>`;
  });
  // The roles keep this a table for screen readers where narrow screens lay the rows out as cards.
  return `<section aria-labelledby="results">
<h2 id="results">The results</h2>
<table role="table">
<caption>Accuracy is the share of test digits read correctly; loss measures how wrong the predicted probabilities were
on the training digits at the end (0 is perfect, 2.3 is guessing). The plain JavaScript trainer makes the same updates for the first
second or more of each run; its speed is that sample, not a whole run.</caption>
<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Optimizer</th>${columns
    .map((column) => `<th role="columnheader" scope="col">${column}</th>`)
    .join("")}</tr></thead>
<tbody role="rowgroup">
${rows.join("\n")}
</tbody>
</table>
</section>`;
}

function renderMethods(runs: readonly RunResult[]): string {
  const items = runs
    .filter((run) => styleOf(run.optimizer).explanation !== "")
    .map(
      (run) =>
        `<div><dt>${swatch(run.optimizer)}${escapeText(run.optimizer)}</dt>` +
        `<dd>${styleOf(run.optimizer).explanation}</dd></div>`,
    );
  return `<section aria-labelledby="methods">
<h2 id="methods">What they do</h2>
<p>All of them go downhill: they compute in which direction the loss falls fastest (minus the gradient) and move
all 101,770 weights a little that way. One such move is an update.</p>
<dl class="methods">${items.join("")}</dl>
</section>`;
}

function renderCharts(runs: readonly RunResult[]): string {
  const loss = (x: (point: HistoryPoint) => number): ChartSeries[] =>
    runs.map(({ optimizer, history }) => {
      const points = history.map((point): Point => [x(point), point.loss]);
      return { name: optimizer, strong: thin(smooth(points)), faint: thin(points) };
    });
  const accuracy = (x: (point: HistoryPoint) => number): ChartSeries[] =>
    runs.map(({ optimizer, history }) => {
      const measured = history.filter((point) => point.testAccuracy !== undefined);
      return {
        name: optimizer,
        strong: thin(measured.map((point): Point => [x(point), point.testAccuracy as number])),
      };
    });
  const updates = (point: HistoryPoint) => point.update;
  const seconds = (point: HistoryPoint) => point.seconds;

  const lossEnds = runs.map((run) => `${run.optimizer} ${lossText(run.loss)}`).join(", ");
  const accuracyEnds = runs.map((run) => `${run.optimizer} ${percent(run.testAccuracy, 2)}`).join(", ");
  const afterUpdates = runs.map((run) => `${run.optimizer} ${whole(run.updates)}`).join(", ");
  const afterSeconds = runs.map((run) => `${run.optimizer} ${decimal(run.seconds, 1)}`).join(", ");

  const figures = [
    renderFigure({
      id: "loss-updates",
      title: "Loss against updates",
      description: `Training loss falls. At the end: ${lossEnds}. Updates made: ${afterUpdates}.`,
      caption:
        "Lower is better. Both scales are logarithmic. Strong lines are means over neighbouring points; the faint " +
        "lines behind them are the recorded figures.",
      xLabel: "updates",
      yLabel: "training loss",
      xScale: "log",
      yScale: "loss",
      series: loss(updates),
    }),
    renderFigure({
      id: "loss-seconds",
      title: "Loss against seconds",
      description: `Training loss falls. At the end: ${lossEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "The same lines against time: an update on one digit is cheap, an update on all 60,000 is not.",
      xLabel: "seconds of training",
      yLabel: "training loss",
      xScale: "linear",
      yScale: "loss",
      series: loss(seconds),
    }),
    renderFigure({
      id: "accuracy-updates",
      title: "Test accuracy against updates",
      description: `Share of test digits read correctly. At the end: ${accuracyEnds}. Updates made: ${afterUpdates}.`,
      caption:
        "Higher is better. The scale is stretched towards 100 %: the same distance is the same factor in mistakes.",
      xLabel: "updates",
      yLabel: "test digits read correctly",
      xScale: "log",
      yScale: "accuracy",
      series: accuracy(updates),
    }),
    renderFigure({
      id: "accuracy-seconds",
      title: "Test accuracy against seconds",
      description: `Share of test digits read correctly. At the end: ${accuracyEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "What one waits for. Time spent on reading the test digits is not counted.",
      xLabel: "seconds of training",
      yLabel: "test digits read correctly",
      xScale: "linear",
      yScale: "accuracy",
      series: accuracy(seconds),
    }),
  ];
  return `<section aria-labelledby="courses">
<h2 id="courses">How they got there</h2>
<div class="charts">
${figures.join("\n")}
</div>
</section>`;
}

type Figure = Omit<Parameters<typeof drawChart>[0], "size"> & { caption: string };

/** Each chart is drawn twice, and the style sheet shows the one whose text is readable at the width of the screen. */
function renderFigure({ caption, ...chart }: Figure): string {
  const wide = drawChart({ ...chart, size: "wide", id: `${chart.id}-wide` });
  const narrow = drawChart({ ...chart, size: "narrow", id: `${chart.id}-narrow` });
  return `<figure><h3>${chart.title}</h3>${wide}${narrow}<figcaption>${caption}</figcaption></figure>`;
}

function renderMistakes({ runs, misclassified, misclassifiedTotal }: ReportData): string {
  if (!runs.some((run) => run.optimizer === "Adam")) return "";
  const shown = [...misclassified].sort((a, b) => b.probability - a.probability).slice(0, MOST_DIGITS);
  const all =
    shown.length === misclassifiedTotal
      ? `All ${whole(misclassifiedTotal)} of them are shown`
      : `${whole(shown.length)} of ${whole(misclassifiedTotal)} are shown`;
  const text =
    misclassifiedTotal === 0
      ? "It read every test digit correctly."
      : `The network trained with Adam read ${whole(misclassifiedTotal)} of the 10,000 test digits wrongly. ${all}, ` +
        "the most confident mistakes first; the percentage is the probability that the network gave to its wrong " +
        "answer.";
  return `<section aria-labelledby="mistakes">
<h2 id="mistakes">What it still gets wrong</h2>
<p>${text}</p>
<ul class="mistakes">
${shown.map(renderMistake).join("\n")}
</ul>
</section>`;
}

function renderMistake({ pixels, label, predicted, probability }: MisclassifiedDigit): string {
  const ink = pixels.map((value) => 255 - value);
  const words = `true ${label}, read as ${predicted} (${percent(probability, 0)})`;
  const image = `<img src="${greyPng(ink, SIDE, SIDE)}" alt="A handwritten digit: ${words}" width="84" height="84">`;
  const caption = words.replace(/\d+/, "<b>$&</b>").replace(/read as (\d+)/, "read as <b>$1</b>");
  // The picture's text already says it; hearing it twice helps nobody.
  return `<li>${image}<p aria-hidden="true">${caption}</p></li>`;
}

function renderFooter({ machine, date = new Date() }: ReportData): string {
  const rows: [string, string][] = [
    ["Processor", `${machine.cpu}, ${machine.cores} ${machine.cores === 1 ? "core" : "cores"}`],
    ["System", machine.platform],
    ["Node.js", machine.node],
    ["WebAssembly build", machine.wasmBuild],
    ["Date", `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`],
  ];
  const list = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escapeText(value)}</dd>`).join("");
  return `<footer>
<h2 id="machine">Where this was measured</h2>
<dl>${list}</dl>
<p>Seconds depend on the machine; numbers computed by the reproducible build do not. Run it yourself: npm start. The digits
are MNIST (Y. LeCun, C. Cortes and C. Burges).</p>
</footer>`;
}

/** Means over a window of neighbours, shorter near the beginning so that the first steps keep their shape. */
function smooth(points: readonly Point[]): Point[] {
  const reach = Math.floor(points.length / 24);
  return points.map(([x], i) => {
    const neighbours = points.slice(Math.max(0, i - Math.min(i, reach)), i + Math.min(i, reach) + 1);
    return [x, mean(neighbours, (point) => point[1]) ?? Number.NaN];
  });
}

/** Few enough points for a small file, spread evenly over a logarithmic axis as well as over a linear one. */
function thin(points: readonly Point[]): Point[] {
  if (points.length <= MOST_POINTS) return [...points];
  const keep = new Set<number>([points.length - 1]);
  const last = points.length - 1;
  for (let i = 0; i < MOST_POINTS / 2; i++) {
    const share = i / (MOST_POINTS / 2 - 1);
    keep.add(Math.round(share * last));
    keep.add(Math.round((last + 1) ** share - 1));
  }
  return points.filter((_, i) => keep.has(i));
}

function lossText(loss: number): string {
  return Number.isFinite(loss) ? loss.toFixed(4) : "diverged";
}

function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

function decimal(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
