// Elements of vectors of f64.

export function at(a: usize, k: u32): f64 {
  return load<f64>(a + ((<usize>k) << 3));
}

export function put(a: usize, k: u32, value: f64): void {
  store<f64>(a + ((<usize>k) << 3), value);
}
