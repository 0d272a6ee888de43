// Elementwise products, of whole vectors.

/** out[i] = a[i] b[i]. */
export function multiply<T>(out: usize, a: usize, b: usize, count: usize): void {
  for (const end = out + count * sizeof<T>(); out < end; out += 16) {
    v128.store(out, v128.mul<T>(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
}

/** out[i] = a[i] + p a[i] b[i]; out may be b. */
export function addProduct<T>(out: usize, a: usize, b: usize, p: f64, count: usize): void {
  const factor = v128.splat<T>(<T>p);
  for (const end = out + count * sizeof<T>(); out < end; out += 16) {
    const x = v128.load(a);
    v128.store(out, v128.add<T>(x, v128.mul<T>(factor, v128.mul<T>(x, v128.load(b)))));
    a += 16;
    b += 16;
  }
}
