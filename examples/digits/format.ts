/** Formats of numbers, in the terminal and in the report. */

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
