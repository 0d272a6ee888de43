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

/** The first of parts { where, got, expected, tolerance } that exceeds its tolerance, or else the one that comes closest to it. */
export function judged(parts) {
  let closest = { difference: 0, share: 0, at: "", tolerance: 0, fits: true };
  for (const { where, got, expected, tolerance } of parts) {
    const { difference: apart, at } = difference(got, expected);
    const share = apart / tolerance;
    if (share >= closest.share)
      closest = { difference: apart, share, at: at && `${where}${at}`, tolerance, fits: share <= 1 };
    if (!closest.fits) break;
  }
  return closest;
}
