// Sums of gradients and states over the runs of a step, and the first element that is not finite.

/** total[i] = total[i] + factor ⋅ x[i], or factor ⋅ x[i] if `fresh`, for a whole number of vectors. */
export function accumulateScaled<T>(total: usize, x: usize, factor: f64, fresh: bool, count: u32): void {
  const f = v128.splat<T>(<T>factor);
  const end = total + <usize>count * sizeof<T>();
  while (total < end) {
    const scaled = v128.mul<T>(f, v128.load(x));
    v128.store(total, fresh ? scaled : v128.add<T>(v128.load(total), scaled));
    total += 16;
    x += 16;
  }
}

/** total[i] = total[i] + factor (x[i] - start[i]), with the bits of total[i] where x[i] is start[i], for a whole number of vectors. */
export function accumulateChange<T>(total: usize, start: usize, x: usize, factor: f64, count: u32): void {
  const f = v128.splat<T>(<T>factor);
  const end = total + <usize>count * sizeof<T>();
  while (total < end) {
    // A difference, as −0 + 0 is 0, but −0 − 0 is −0.
    const change = v128.mul<T>(f, v128.sub<T>(v128.load(start), v128.load(x)));
    v128.store(total, v128.sub<T>(v128.load(total), change));
    total += 16;
    start += 16;
    x += 16;
  }
}

/** Returns the index of the first element that is NaN or infinite, -1 if there is none. */
export function firstNonFinite<T>(x: usize, count: u32): i32 {
  for (let i: u32 = 0; i < count; i++) if (!isFinite<T>(load<T>(x + i * sizeof<T>()))) return <i32>i;
  return -1;
}
