// Linear combination of two vectors, for what works on whole tensors rather than on padded groups.

import { lanes, storePart } from "./lanes";

/** out[i] = p a[i] + q b[i] for i < count; out may be a or b. */
export function combine<T>(out: usize, a: usize, b: usize, p: f64, q: f64, count: usize): void {
  if (count === 0) return;
  const first = v128.splat<T>(<T>p);
  const second = v128.splat<T>(<T>q);
  const rest = ((count - 1) & (lanes<T>() - 1)) + 1;
  const last = out + (count - rest) * sizeof<T>();
  while (true) {
    const v = v128.add<T>(v128.mul<T>(first, v128.load(a)), v128.mul<T>(second, v128.load(b)));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
    b += 16;
  }
}
