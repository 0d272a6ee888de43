// Comparison of numbers: differences count relative to the largest expected number of an array.

/** Numbers of nested lists, by rows. */
export const flat = (value) => (typeof value === "number" ? [value] : Array.from(value).flat(Infinity));

/** Largest difference of two lists relative to the largest expected number, and its place; NaN and other lengths are infinite. */
export function difference(got, expected) {
  if (got.length !== expected.length) return { difference: Number.POSITIVE_INFINITY, at: `${got.length} numbers` };
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  let worst = { difference: 0, at: "" };
  for (const [k, value] of expected.entries()) {
    const apart = Math.abs(got[k] - value) / scale;
    if (!(apart <= worst.difference))
      worst = {
        difference: Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart,
        at: `[${k}]: ${got[k]}, expected ${value}`,
      };
  }
  return worst;
}

/** The part that exceeds its tolerance most, of parts { where, got, expected, tolerance }. */
export function worstOf(parts) {
  let worst = { difference: 0, excess: 0, at: "", tolerance: 0 };
  for (const { where, got, expected, tolerance } of parts) {
    const { difference: apart, at } = difference(got, expected);
    const excess = apart / tolerance;
    if (excess >= worst.excess) worst = { difference: apart, excess, at: at && `${where}${at}`, tolerance };
  }
  return { ...worst, fits: worst.excess <= 1 };
}
