/** Runs of the report: the same color everywhere, and what each of them does. */

import { categoricalColors } from "thalweg/plot";

/** Name of each run, and a sentence for somebody who has never heard of it. */
const EXPLANATIONS: Record<string, string> = {
  "batch GD":
    "Batch gradient descent looks at every training digit before each single update: the surest direction, at the " +
    "highest price per step.",
  "SGD, one sample":
    "Stochastic gradient descent updates after every single digit: very many cheap steps, each pulled about by the " +
    "one digit it has seen.",
  "mini-batch SGD":
    "Mini-batch gradient descent averages over a small handful of digits before each update: nearly as steady as " +
    "the whole set and nearly as cheap as one digit.",
  "SGD + momentum":
    "Momentum keeps part of the previous step, like a ball rolling downhill, so that steps in a common direction " +
    "add up and zigzags cancel out.",
  Adam:
    "Adam adds to momentum a step length of its own for every weight: long where gradients have been small, short " +
    "where they have been large.",
  convolutional:
    "A convolutional network looks for the same small patterns everywhere in the picture: two layers of 8 and 16 " +
    "patterns of 3 × 3 pixels, each followed by max pooling and batch normalization, then one dense layer. It has 9,122 " +
    "weights, and is trained with Adam.",
};

/** Names of all runs, in the order of their colors. */
export const NAMES: readonly string[] = Object.keys(EXPLANATIONS);

/** explanationOf: what a run does. */
export const explanationOf = (name: string): string => EXPLANATIONS[name] as string;

/** Colors of the runs as CSS variables, --series-0 for the first. */
export const colorVariables = (scheme: "light" | "dark"): string =>
  NAMES.map((_, k) => `--series-${k}: ${categoricalColors[k]?.[scheme]};`).join(" ");

/** swatch: a short piece of the run's line, for headings and tables. */
export const swatch = (name: string): string =>
  '<svg class="swatch" viewBox="0 0 30 14" width="30" height="14" aria-hidden="true">' +
  `<path d="M1 7H29" stroke="var(--series-${NAMES.indexOf(name)})" stroke-width="3"/></svg>`;
