// Powers of two that bring numbers of any size to where their squares are at home.

/** Largest magnitude. */
export function largestOf(data: Float64Array): number {
  let most = 0;
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] as number));
  return most;
}

/**
 * A power of two that scales numbers of at most this size without rounding, so that their squares neither overflow nor
 * vanish: 1 from 2⁻²⁰⁰ to 2²⁰⁰, and for 0.
 */
export function powerFor(largest: number): number {
  let factor = 1;
  while (largest * factor > 2 ** 200) factor /= 2 ** 100;
  while (largest !== 0 && largest * factor < 2 ** -200) factor *= 2 ** 100;
  return factor;
}

/** The same for what is tiny alone, 2 to an even power; small elements beside huge ones stay what they are. */
export function liftFor(largest: number): number {
  return Math.max(1, powerFor(largest));
}

/** Numbers times a factor; themselves if it is 1. */
export function times(data: Float64Array, factor: number): Float64Array {
  return factor === 1 ? data : data.map((element) => element * factor);
}
