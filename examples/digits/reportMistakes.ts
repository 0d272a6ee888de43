/** The report's gallery of misread digits. */

import { percent, whole } from "./format.js";
import { greyPng } from "./png.js";
import type { MisclassifiedDigit, ReportData } from "./types.js";

const SIDE = 28;
const MOST_DIGITS = 120;

export function renderMistakes({ runs, misclassified, misclassifiedTotal }: ReportData): string {
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
