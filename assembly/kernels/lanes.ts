// Elementwise loops. A strategy class F has the function of one vector, `lanes`. Inputs may be read up to 16 bytes past their
// end, where regions have slack; outputs are not written past it: the last vector is computed like every other and stored in
// part. So the last elements need no second code path and have the bits of the main loop.

/** ASC_SHRINK_LEVEL of builds optimized for size: see scripts/transform.mjs. */
export const forSize = 2;

/** Number of lanes of T in a 128-bit vector. */
export function lanes<T>(): usize {
  return 16 / sizeof<T>();
}

/** Bytes rounded up to whole cache lines of 64, as the allocator rounds them. */
export function wholeLines<T>(bytes: T): T {
  return ((bytes + 63) & ~63) as T;
}

/** Lanes of the last vector of `count` elements, 1 .. lanes; count > 0. */
export function lastLanes<T>(count: usize): usize {
  return ((count - 1) & (lanes<T>() - 1)) + 1;
}

/** Stores the first `count` (1 .. lanes) lanes of v. */
export function storePart<T>(out: usize, v: v128, count: usize): void {
  if (sizeof<T>() === 8) {
    if (count === 2) v128.store(out, v);
    else v128.store64_lane(out, v, 0);
  } else {
    if (count === 4) v128.store(out, v);
    else if (count === 1) v128.store32_lane(out, v, 0);
    else {
      v128.store64_lane(out, v, 0);
      if (count === 3) v128.store32_lane(out, v, 2, 8);
    }
  }
}

/** out[i] = F(a[i]) for i < count; `fields` is the address of F's fields, if it has any. */
export function map1<F, T>(out: usize, a: usize, count: usize, fields: usize = 0): void {
  if (count === 0) return;
  const f = changetype<F>(fields);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  // Four vectors at a time: the dependent operations of one vector leave the processor waiting. Measured: exp 1.4x, tanh 1.6x,
  // relu 1.9x, for 6 KB of code. In builds optimized for size only functions with a method `unrolled` have this loop. f64 gains
  // too little for its size.
  if (sizeof<T>() === 4 && (ASC_SHRINK_LEVEL < forSize || isDefined(changetype<F>(0).unrolled))) {
    for (const end = last - 48; out < end; out += 64, a += 64) {
      const v0 = inline.always(f.lanes<T>(v128.load(a)));
      const v1 = inline.always(f.lanes<T>(v128.load(a, 16)));
      const v2 = inline.always(f.lanes<T>(v128.load(a, 32)));
      const v3 = inline.always(f.lanes<T>(v128.load(a, 48)));
      v128.store(out, v0);
      v128.store(out, v1, 16);
      v128.store(out, v2, 32);
      v128.store(out, v3, 48);
    }
  }
  while (true) {
    const v = inline.always(f.lanes<T>(v128.load(a)));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
  }
}

/** out[i] = F(a[i], b[i]) for i < count. In builds not optimized for size, four vectors a turn where F has `unrolled`: add 1.8x. */
export function map2<F, T>(out: usize, a: usize, b: usize, count: usize): void {
  if (count === 0) return;
  const f = changetype<F>(0);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  if (ASC_SHRINK_LEVEL < forSize && sizeof<T>() === 4 && isDefined(changetype<F>(0).unrolled)) {
    for (const end = last - 48; out < end; out += 64, a += 64, b += 64) {
      const v0 = inline.always(f.lanes<T>(v128.load(a), v128.load(b)));
      const v1 = inline.always(f.lanes<T>(v128.load(a, 16), v128.load(b, 16)));
      const v2 = inline.always(f.lanes<T>(v128.load(a, 32), v128.load(b, 32)));
      const v3 = inline.always(f.lanes<T>(v128.load(a, 48), v128.load(b, 48)));
      v128.store(out, v0);
      v128.store(out, v1, 16);
      v128.store(out, v2, 32);
      v128.store(out, v3, 48);
    }
  }
  while (true) {
    const v = f.lanes<T>(v128.load(a), v128.load(b));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
    b += 16;
  }
}

/** out[i] = F(a[i], b[i], c[i]) for i < count. */
export function map3<F, T>(out: usize, a: usize, b: usize, c: usize, count: usize): void {
  if (count === 0) return;
  const f = changetype<F>(0);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  while (true) {
    const v = f.lanes<T>(v128.load(a), v128.load(b), v128.load(c));
    if (out === last) return storePart<T>(out, v, rest);
    v128.store(out, v);
    out += 16;
    a += 16;
    b += 16;
    c += 16;
  }
}
