/** The report's gallery of misread digits. */

import { percent, whole } from "./format.js";
import { greyPng } from "./png.js";
import type { MisclassifiedDigit, ReportData } from "./types.js";

const SIDE = 28;
const MOST_DIGITS = 120;
/** The rest of them opens on request: on a phone they would be half of the report. */
const FIRST_DIGITS = 24;

export function renderMistakes({ runs, misclassified, misclassifiedTotal }: ReportData): string {
  const adam = runs.find((run) => run.optimizer === "Adam");
  if (!adam) return "";
  const shown = [...misclassified].sort((a, b) => b.probability - a.probability).slice(0, MOST_DIGITS);
  const rest = shown.slice(FIRST_DIGITS);
  const all =
    shown.length === misclassifiedTotal
      ? `All ${whole(misclassifiedTotal)} of them are here`
      : `${whole(shown.length)} of ${whole(misclassifiedTotal)} are here`;
  const text =
    misclassifiedTotal === 0
      ? "It classifies every test digit correctly."
      : `The ${adam.network} network trained with Adam misclassifies ${whole(misclassifiedTotal)} of the 10,000 test digits. ${all}, ` +
        "the most confident mistakes first; the percentage is the predicted probability of the wrong digit.";
  return `<section aria-labelledby="mistakes">
<h2 id="mistakes">What it still gets wrong</h2>
<p>${text}</p>
${gallery(shown.slice(0, FIRST_DIGITS))}
${rest.length === 0 ? "" : `<details><summary>Show ${whole(rest.length)} more</summary>\n${gallery(rest)}\n</details>`}
</section>`;
}

function gallery(digits: readonly MisclassifiedDigit[]): string {
  return `<ul class="mistakes">\n${digits.map(renderMistake).join("\n")}\n</ul>`;
}

function renderMistake({ pixels, label, predicted, probability }: MisclassifiedDigit): string {
  const ink = pixels.map((value) => 255 - value);
  // Probabilities below 1 are not rounded to 100 %.
  const share = probability >= 0.995 && probability < 1 ? "over 99 %" : percent(probability, 0);
  const words = `true ${label}, predicted ${predicted} (${share})`;
  const image = `<img src="${greyPng(ink, SIDE, SIDE)}" alt="A handwritten digit: ${words}" width="84" height="84">`;
  const caption = words.replace(/\d+/, "<b>$&</b>").replace(/predicted (\d+)/, "predicted <b>$1</b>");
  // Hidden from screen readers, as the alternative text of the image says the same.
  return `<li>${image}<p aria-hidden="true">${caption}</p></li>`;
}
