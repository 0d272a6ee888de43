// Exact scaling by powers of two, so that squares neither overflow nor underflow.

/** Largest magnitude of the numbers. */
export function largestOf(data: Float64Array): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] as number));
  return most;
}

/**
 * Power of two by which to scale numbers whose largest magnitude is `largest`, so that squares neither overflow nor
 * underflow: 1 for 0 and from 2⁻²⁰⁰ to 2²⁰⁰.
 */
export function powerFor(largest: number): number {
  let factor = 1;
  while (largest * factor > 2 ** 200) factor /= 2 ** 100;
  while (largest !== 0 && largest * factor < 2 ** -200) factor *= 2 ** 100;
  return factor;
}

/**
 * Like powerFor, but 1 for large numbers, so that small elements beside large ones do not underflow. An even power of
 * 2.
 */
export function liftFor(largest: number): number {
  return Math.max(1, powerFor(largest));
}

/** Multiplies by a factor; returns the same array if it is 1. */
export function times(data: Float64Array, factor: number): Float64Array {
  return factor === 1 ? data : data.map((element) => element * factor);
}
