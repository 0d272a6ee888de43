/** Formats of numbers and names of runs, in the terminal and in the report. */

import type { RunResult } from "./types.js";

/** nameOf: the name of a run in every table and chart: its optimizer, if the network is the dense one. */
export function nameOf({ network, optimizer }: Pick<RunResult, "network" | "optimizer">): string {
  return network === "convolutional" ? network : optimizer;
}

export function lossText(loss: number): string {
  return Number.isFinite(loss) ? loss.toFixed(4) : "diverged";
}

export function percent(share: number, digits: number): string {
  return `${(100 * share).toFixed(digits)} %`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function decimal(value: number, digits: number): string {
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** A ratio of speeds. */
export function times(ratio: number): string {
  return `${decimal(ratio, 1)} x`;
}

/** Passes over the data: whole ones need no decimals to speak of, parts of one do. */
export function passes(epochs: number): string {
  return decimal(epochs, epochs < 1 ? 2 : 1);
}

/** escapeText: text that is safe inside HTML and SVG, attributes included. */
export function escapeText(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}
