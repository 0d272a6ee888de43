// Contenders must agree before they are timed.

/**
 * Refuses numbers that differ by more than `tolerance` times the largest of the expected ones.
 *
 * @param {string} what
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} expected
 * @param {number} tolerance
 */
export function checkEqual(what, got, expected, tolerance) {
  if (got.length !== expected.length)
    throw new Error(`${what}: ${got.length} numbers, expected ${expected.length}. The contenders do different work.`);
  let scale = 0;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]));
    const difference = Math.abs(got[i] - expected[i]);
    if (!(difference <= worst)) worst = difference; // a NaN must not slip through
  }
  if (!(worst <= tolerance * scale))
    throw new Error(`${what}: differs by ${worst} at numbers up to ${scale}, allowed ${tolerance} of them.`);
}
