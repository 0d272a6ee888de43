// Orthonormal rows by Gram-Schmidt, each row against all before it, twice: after one pass a row may keep a part along
// them as large as the rounding over what was left of it, after two it does not.
// L. Giraud, J. Langou, M. Rozložník, "The loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005.

/** a[rows, columns] ← Q of a = R Q, R lower triangular with a positive diagonal; rows ≤ columns, rank rows. */
export function orthonormalRows(a: usize, rows: u32, columns: u32): void {
  const bytes = (<usize>columns) << 3;
  for (let i: u32 = 0; i < rows; i++) {
    const row = a + <usize>i * bytes;
    for (let pass = 0; pass < 2; pass++) {
      for (let other = a; other < row; other += bytes) subtractScaled(row, other, columns, dot(row, other, columns));
    }
    const norm = sqrt<f64>(dot(row, row, columns));
    for (let j: u32 = 0; j < columns; j++) store<f64>(row + (j << 3), load<f64>(row + (j << 3)) / norm);
  }
}

/** Σ a b, in two chains side by side. */
function dot(a: usize, b: usize, count: u32): f64 {
  let sum = f64x2.splat(0);
  const pairs = a + ((<usize>count & ~1) << 3);
  while (a < pairs) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return count & 1 ? total + load<f64>(a) * load<f64>(b) : total;
}

/** a ← a - factor b. */
function subtractScaled(a: usize, b: usize, count: u32, factor: f64): void {
  const f = f64x2.splat(factor);
  const pairs = a + ((<usize>count & ~1) << 3);
  while (a < pairs) {
    v128.store(a, f64x2.sub(v128.load(a), f64x2.mul(f, v128.load(b))));
    a += 16;
    b += 16;
  }
  if (count & 1) store<f64>(a, load<f64>(a) - factor * load<f64>(b));
}
