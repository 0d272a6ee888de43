// Sums of squares and factors of the columns of a matrix [rows, columns], in f64 for both types.

/** out[j] = Σ x[i, j]² over i < rows, in ascending order. */
export function columnSquares<T>(out: usize, x: usize, rows: usize, columns: usize): void {
  memory.fill(out, 0, columns << 3);
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < columns; j++) {
      const value = <f64>load<T>(x + j * sizeof<T>());
      const at = out + (j << 3);
      store<f64>(at, load<f64>(at) + value * value);
    }
    x += columns * sizeof<T>();
  }
}

/** x[i, j] ← p[j] x[i, j]. */
export function scaleColumns<T>(x: usize, p: usize, rows: usize, columns: usize): void {
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < columns; j++) {
      const at = x + j * sizeof<T>();
      store<T>(at, <T>(load<f64>(p + (j << 3)) * <f64>load<T>(at)));
    }
    x += columns * sizeof<T>();
  }
}
