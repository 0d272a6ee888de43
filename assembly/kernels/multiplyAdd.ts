// a·b + c, for polynomials and sums of products. The fast build fuses it (one rounding); the reproducible build never does, so
// that its bits are the same on every machine. The compiler inlines it everywhere.

/** a·b + c, lane by lane. */
export function multiplyAdd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** One lane of multiplyAdd. WebAssembly has no scalar fused instruction, so the fast build uses a vector. */
export function multiplyAddScalar<T>(a: T, b: T, c: T): T {
  if (ASC_FEATURE_RELAXED_SIMD) {
    return v128.extract_lane<T>(v128.relaxed_madd<T>(v128.splat<T>(a), v128.splat<T>(b), v128.splat<T>(c)), 0);
  }
  return (a * b + c) as T;
}
