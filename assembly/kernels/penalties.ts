// Penalties and constraints of weights w with gradient g. Groups are whole vectors, padded with zeros, which stay zeros; columns
// of a matrix are not.

/** g[i] ← g[i] + 2 λ₂ w[i] + λ₁ sign(w[i]): the gradient of λ₂ Σ w² + λ₁ Σ |w|, with sign(0) = 0. */
export function addPenaltyGradient<T>(g: usize, w: usize, l2: f64, l1: f64, count: usize): void {
  const slope = v128.splat<T>(<T>(2 * l2));
  const push = v128.splat<T>(<T>l1);
  const signBit = v128.splat<T>(<T>-0.0);
  const zero = i64x2.splat(0);
  for (const end = g + count * sizeof<T>(); g < end; g += 16, w += 16) {
    const weight = v128.load(w);
    const pushed = v128.and(v128.or(push, v128.and(weight, signBit)), v128.ne<T>(weight, zero));
    v128.store(g, v128.add<T>(v128.load(g), v128.add<T>(v128.mul<T>(slope, weight), pushed)));
  }
}

/**
 * w[i] ← sign(w[i]) max(|w[i]| − threshold, 0), the proximal map of threshold Σ |w|
 * (Donoho, De-noising by soft-thresholding, IEEE Transactions on Information Theory 41, 1995).
 */
export function softThreshold<T>(w: usize, threshold: f64, count: usize): void {
  const less = v128.splat<T>(<T>threshold);
  const signBit = v128.splat<T>(<T>-0.0);
  const zero = i64x2.splat(0);
  for (const end = w + count * sizeof<T>(); w < end; w += 16) {
    const weight = v128.load(w);
    const left = v128.sub<T>(v128.abs<T>(weight), less);
    // Weights not above the threshold become +0.
    v128.store(w, v128.and(v128.or(left, v128.and(weight, signBit)), v128.gt<T>(left, zero)));
  }
}

/** Scales columns of a matrix [rows, columns] with a Euclidean norm, in f64, above the limit down to the limit. */
export function limitColumns<T>(w: usize, limit: f64, rows: usize, columns: usize): void {
  const row = columns * sizeof<T>();
  for (const last = w + row; w < last; w += sizeof<T>()) {
    const end = w + rows * row;
    let squares: f64 = 0;
    for (let at = w; at < end; at += row) {
      const value = <f64>load<T>(at);
      squares += value * value;
    }
    const norm = sqrt<f64>(squares);
    if (norm <= limit) continue;
    for (let at = w; at < end; at += row) store<T>(at, <T>(<f64>load<T>(at) * (limit / norm)));
  }
}
