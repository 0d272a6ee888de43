/** Eigenvalues of the symmetric matrix [[a, b], [b, c]], the largest first. */
export function eigenvalues(a: number, b: number, c: number): [number, number] {
  const half = Math.hypot((a - c) / 2, b);
  return [(a + c) / 2 + half, (a + c) / 2 - half];
}
