// Scaling and clamping a tensor in place. Neither writes behind its elements, where the next tensor lies.

import { lanes, storePart } from "./lanes";

/** x[i] ← p x[i] for i < count. */
export function scale<T>(x: usize, p: f64, count: usize): void {
  if (count === 0) return;
  const factor = v128.splat<T>(<T>p);
  const rest = ((count - 1) & (lanes<T>() - 1)) + 1;
  const last = x + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.mul<T>(factor, v128.load(x));
    if (x === last) return storePart<T>(x, v, rest);
    v128.store(x, v);
    x += 16;
  }
}

/** x[i] ← min(max(x[i], −bound), bound) for i < count; NaN stays NaN. */
export function clampSymmetric<T>(x: usize, bound: f64, count: usize): void {
  if (count === 0) return;
  const high = v128.splat<T>(<T>bound);
  const low = v128.neg<T>(high);
  const rest = ((count - 1) & (lanes<T>() - 1)) + 1;
  const last = x + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.min<T>(v128.max<T>(v128.load(x), low), high);
    if (x === last) return storePart<T>(x, v, rest);
    v128.store(x, v);
    x += 16;
  }
}

/** x[r, i] ← x[r, i] − row[i] for i < columns, r < rows. */
export function subtractRow<T>(x: usize, row: usize, rows: usize, columns: usize): void {
  const rest = ((columns - 1) & (lanes<T>() - 1)) + 1;
  const whole = (columns - rest) * sizeof<T>();
  for (const end = x + rows * columns * sizeof<T>(); x < end; x += columns * sizeof<T>()) {
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(x + i, v128.sub<T>(v128.load(x + i), v128.load(row + i)));
    }
    storePart<T>(x + whole, v128.sub<T>(v128.load(x + whole), v128.load(row + whole)), rest);
  }
}
