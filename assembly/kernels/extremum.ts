// Largest and smallest elements. NaN anywhere in a range gives NaN, and +0 is larger than -0, as in WebAssembly's max and min,
// so the result does not depend on the order of comparisons. Ranges have at least one element.

import { lanes, storePart } from "./lanes";

@unmanaged
export class Largest {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.max<T>(a, b);
  }
  scalar<T>(a: T, b: T): T {
    return max<T>(a, b);
  }
}

@unmanaged
export class Smallest {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.min<T>(a, b);
  }
  scalar<T>(a: T, b: T): T {
    return min<T>(a, b);
  }
}

/** out[o] = extremum of x[o, l] over l < length. */
export function extremumRows<E, T>(out: usize, x: usize, outer: usize, length: usize): void {
  const e = changetype<E>(0);
  for (; outer; --outer) {
    // Whole vectors from the left, then the last vector of the row, which may overlap them; short rows element by element.
    let result = load<T>(x);
    if (length >= lanes<T>()) {
      const last = x + (length - lanes<T>()) * sizeof<T>();
      let m0 = v128.load(last);
      let m1 = m0;
      let from = x;
      for (; from + 16 < last; from += 32) {
        m0 = e.lanes<T>(m0, v128.load(from));
        m1 = e.lanes<T>(m1, v128.load(from, 16));
      }
      if (from < last) m0 = e.lanes<T>(m0, v128.load(from));
      m0 = e.lanes<T>(m0, m1);
      result = e.scalar<T>(v128.extract_lane<T>(m0, 0), v128.extract_lane<T>(m0, 1));
      if (sizeof<T>() === 4) {
        result = e.scalar<T>(result, v128.extract_lane<T>(m0, 2));
        result = e.scalar<T>(result, v128.extract_lane<T>(m0, 3));
      }
    } else {
      for (let l: usize = 1; l < length; ++l) result = e.scalar<T>(result, load<T>(x + l * sizeof<T>()));
    }
    store<T>(out, result);
    out += sizeof<T>();
    x += length * sizeof<T>();
  }
}

/** out[o, i] = extremum of x[o, l, i] over l < length. */
export function extremumColumns<E, T>(out: usize, x: usize, outer: usize, length: usize, inner: usize): void {
  if (inner === 1) return extremumRows<E, T>(out, x, outer, length);
  const e = changetype<E>(0);
  const row = inner * sizeof<T>();
  for (; outer; --outer) {
    for (let i: usize = 0; i < inner; i += lanes<T>()) {
      let from = x + i * sizeof<T>();
      let m = v128.load(from);
      for (let l: usize = 1; l < length; ++l) {
        from += row;
        m = e.lanes<T>(m, v128.load(from));
      }
      storePart<T>(out + i * sizeof<T>(), m, min(inner - i, lanes<T>()));
    }
    out += row;
    x += length * row;
  }
}

export function maxRows<T>(out: usize, x: usize, outer: usize, length: usize): void {
  extremumRows<Largest, T>(out, x, outer, length);
}

export function minRows<T>(out: usize, x: usize, outer: usize, length: usize): void {
  extremumRows<Smallest, T>(out, x, outer, length);
}

export function maxColumns<T>(out: usize, x: usize, outer: usize, length: usize, inner: usize): void {
  extremumColumns<Largest, T>(out, x, outer, length, inner);
}

export function minColumns<T>(out: usize, x: usize, outer: usize, length: usize, inner: usize): void {
  extremumColumns<Smallest, T>(out, x, outer, length, inner);
}

/** out[o] (i32) = first l with the largest x[o, l]; NaN counts as largest. */
export function argMaxRows<T>(out: usize, x: usize, outer: usize, length: usize): void {
  for (; outer; --outer) {
    let best = load<T>(x);
    let index: i32 = 0;
    for (let l: usize = 1; l < length; ++l) {
      const v = load<T>(x + l * sizeof<T>());
      // !(v ≤ best) is true for a NaN v; a NaN best is not replaced.
      if (!(v <= best) && best === best) {
        best = v;
        index = <i32>l;
      }
    }
    store<i32>(out, index);
    out += 4;
    x += length * sizeof<T>();
  }
}

/** The definition: the extremum of `count` elements, `step` bytes apart. */
export function extremumScalar<E, T>(x: usize, step: usize, count: usize): T {
  let result = load<T>(x);
  for (let i: usize = 1; i < count; ++i) result = changetype<E>(0).scalar<T>(result, load<T>(x + i * step));
  return result;
}
