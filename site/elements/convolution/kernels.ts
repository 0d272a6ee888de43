// Kernels of 3 × 3 and 5 × 5 weights: the known filters, and their text in an address.

const outer = (down: readonly number[], across: readonly number[]): number[] =>
  down.flatMap((a) => across.map((b) => a * b));
const scaled = (weights: readonly number[], by: number): number[] => weights.map((weight) => weight / by);
const sum = (a: readonly number[], b: readonly number[]): number[] => a.map((weight, k) => weight + (b[k] as number));

/** Binomial numbers, and the differences of first and second order that are as long. */
const binomial = { 3: [1, 2, 1], 5: [1, 4, 6, 4, 1] };
const slope = { 3: [-1, 0, 1], 5: [-1, -2, 0, 2, 1] };
const bend = { 3: [1, -2, 1], 5: [1, 0, -2, 0, 1] };

export type Side = 3 | 5;

const identity = (side: Side): number[] =>
  Array.from({ length: side ** 2 }, (_, k) => (k === (side ** 2 - 1) / 2 ? 1 : 0));
/** Sum of the second differences along both axes. */
const laplace = (side: Side): number[] => {
  const middle = binomial[side].map((_, k) => (k === (side - 1) / 2 ? 1 : 0));
  return sum(outer(middle, bend[side]), outer(bend[side], middle));
};

const makers: Readonly<Record<string, (side: Side) => number[]>> = {
  sobelX: (side) => outer(binomial[side], slope[side]),
  sobelY: (side) => outer(slope[side], binomial[side]),
  laplace,
  edge: (side) => identity(side).map((weight) => (weight ? side ** 2 - 1 : -1)),
  sharpen: (side) => sum(identity(side), scaled(laplace(side), -1)),
  blur: (side) => Array(side ** 2).fill(1 / side ** 2),
  gaussian: (side) => scaled(outer(binomial[side], binomial[side]), side === 3 ? 16 : 256),
  identity,
};

export const filterNames: readonly string[] = Object.keys(makers);

/** Text of a filter's weights, row by row. */
export function filterText(filter: string, size: string): string {
  const weights = (makers[filter] as (side: Side) => number[])(size === "5" ? 5 : 3);
  return weights.map((weight) => String(Number(weight.toPrecision(6)))).join(",");
}

export const weightsOf = (text: string): number[] => text.split(",").map(Number);

/** A text of 9 or 25 numbers. */
export function isKernel(text: string): boolean {
  const weights = weightsOf(text);
  return (weights.length === 9 || weights.length === 25) && weights.every((weight) => Number.isFinite(weight));
}
