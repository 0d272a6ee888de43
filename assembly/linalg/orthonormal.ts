// Orthonormal rows by Gram-Schmidt, each row against all before it, twice: after one pass the projection on them may still be
// as large as the rounding divided by the remaining norm; after two passes it is not.
// L. Giraud, J. Langou, M. Rozložník, "The loss of orthogonality in the Gram-Schmidt orthogonalization process", 2005.

import { addScaledTo, dot } from "../kernels/vectors";

/** a [rows, columns] ← Q of a = R Q, R lower triangular with a positive diagonal; rows ≤ columns, full rank. */
export function orthonormalRows(a: usize, rows: u32, columns: u32): void {
  const bytes = (<usize>columns) << 3;
  for (let i: u32 = 0; i < rows; i++) {
    const row = a + <usize>i * bytes;
    for (let pass = 0; pass < 2; pass++) {
      for (let other = a; other < row; other += bytes) addScaledTo(row, other, -dot(row, other, columns), columns);
    }
    const norm = sqrt<f64>(dot(row, row, columns));
    for (let j: u32 = 0; j < columns; j++) store<f64>(row + (j << 3), load<f64>(row + (j << 3)) / norm);
  }
}
