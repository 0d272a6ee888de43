/** The report of the digits job: one HTML file that needs no network, no scripts and no mouse. */

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { decimal, escapeText, percent, whole } from "./format.js";
import { renderCharts } from "./reportCharts.js";
import { renderConfusion } from "./reportConfusion.js";
import { renderMistakes } from "./reportMistakes.js";
import { REPORT_STYLE } from "./reportStyle.js";
import { renderMethods, renderResults } from "./reportTable.js";
import type { ReportData, RunResult } from "./types.js";

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
${renderResults(data.runs)}
${renderMethods(data)}
${renderCharts(data.runs)}
${renderConfusion(data)}
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
    figures.push([percent(adam.testAccuracy, 2), "test accuracy after training with Adam"]);
    figures.push([`${decimal(adam.seconds, 1)} s`, `for ${whole(adam.updates)} updates of all weights`]);
    if (adam.timesPlainJavaScript !== null) {
      figures.push([
        `${decimal(adam.timesPlainJavaScript, 1)} times`,
        "as fast as hand-written JavaScript at the same updates, in a sample",
      ]);
    }
    figures.push([
      whole((adam.updates * adam.batchSize) / Math.max(adam.seconds, 1e-9)),
      "digits learned from per second",
    ]);
  }
  const convolutional = runs.find((run) => run.network === "convolutional");
  if (convolutional && convolutional !== adam)
    figures.push([percent(convolutional.testAccuracy, 2), "test accuracy of the convolutional network"]);
  const list = figures.map(([value, meaning]) => `<div><dt>${meaning}</dt><dd>${value}</dd></div>`).join("");
  return `<header>
<p class="kicker">Thalweg trains models inside WebAssembly</p>
<h1>${escapeText(headline(runs))} to learn handwritten digits</h1>
<p class="lead">${lead(runs)} Each was then evaluated on 10,000 test digits that were not used in training.</p>
${interrupted ? '<p class="warning">The job was stopped early: the last run is incomplete, or runs are missing.</p>' : ""}
${list === "" ? "" : `<dl class="figures">${list}</dl>`}
</header>`;
}

function lead(runs: readonly RunResult[]): string {
  const dense = runs.some((run) => run.network === "dense");
  const convolutional = runs.find((run) => run.network === "convolutional");
  const sentences = [];
  if (dense)
    sentences.push(
      "A small neural network (784 inputs, 128 hidden units, 10 outputs) learned from the 60,000 training digits of MNIST, " +
        "once with each optimizer below. Its runs started from the same random weights and differ only in how, and how " +
        "often, these were updated.",
    );
  if (convolutional)
    sentences.push(
      `A convolutional network learned from ${dense ? "the same digits" : "the 60,000 training digits of MNIST"} with Adam` +
        `${convolutional.augmented ? "; every update turned, shifted and scaled its digits anew" : ""}.`,
    );
  return sentences.join(" ");
}

function headline(runs: readonly RunResult[]): string {
  const words = ["No way", "One way", "Two ways", "Three ways", "Four ways", "Five ways", "Six ways"];
  return words[runs.length] ?? `${runs.length} ways`;
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
