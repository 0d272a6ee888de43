// Copies between a contiguous and a strided tensor, for broadcasting, transposing, slicing and padding. A plan is a list of words:
// rank, first element of the strided side, then the extent and stride (in elements) of each axis, outermost first.

import { f32Type, f64Type } from "../abi";
import { lastLanes, storePart } from "./lanes";

/** out[i] = a[i] for i < count; elements have the size of T. */
export function copyElements<T>(out: usize, a: usize, count: usize): void {
  if (count === 0) return;
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  while (out !== last) {
    v128.store(out, v128.load(a));
    out += 16;
    a += 16;
  }
  storePart<T>(out, v128.load(a), rest);
}

/** out[i] = a[0] for i < count. */
export function repeatElement<T>(out: usize, a: usize, count: usize): void {
  if (count === 0) return;
  const value = v128.load_splat<T>(a);
  const rest = lastLanes<T>(count);
  const last = out + (count - rest) * sizeof<T>();
  while (out !== last) {
    v128.store(out, value);
    out += 16;
  }
  storePart<T>(out, value, rest);
}

/** out[i] = value for i < count, in elements of a type. */
export function fillElements(out: usize, value: f64, type: i32, count: usize): void {
  if (count === 0) return;
  if (type === f64Type) {
    store<f64>(out, value);
    return repeatElement<f64>(out, out, count);
  }
  if (type === f32Type) store<f32>(out, <f32>value);
  else store<i32>(out, <i32>value);
  repeatElement<f32>(out, out, count);
}

function extentAt(plan: usize, axis: u32): u32 {
  return load<u32>(plan + (axis << 3), 8);
}

function strideAt(plan: usize, axis: u32): u32 {
  return load<u32>(plan + (axis << 3), 12);
}

/** Returns the element of the strided side at which row `row` of the contiguous side starts. */
function rowStart(plan: usize, rank: u32, row: u32): u32 {
  let at = load<u32>(plan, 4);
  for (let axis: i32 = <i32>rank - 2; axis >= 0; axis--) {
    const extent = extentAt(plan, axis);
    if (row < extent) return at + row * strideAt(plan, axis);
    const above = row / extent;
    at += (row - above * extent) * strideAt(plan, axis);
    row = above;
  }
  return at;
}

/** Writes `count` elements of the contiguous `out` from `start` on; the outermost axis of the strided `a` may wrap around. */
export function gatherStrided<T>(out: usize, a: usize, plan: usize, start: u32, count: u32): void {
  const rank = load<u32>(plan);
  if (rank === 0 || count === 0) return copyElements<T>(out, a, count);
  const inner = extentAt(plan, rank - 1);
  const stride = strideAt(plan, rank - 1);
  const end = start + count;
  let row = start / inner;
  let within = start - row * inner;
  // One row again and again, as the bias of every pixel: what is written is copied, twice as much each time.
  let repeats = stride === 1;
  for (let axis: u32 = 0; axis + 1 < rank; axis++) repeats = repeats && strideAt(plan, axis) === 0;
  if (repeats && count > inner) {
    const first = a + load<u32>(plan, 4) * sizeof<T>();
    copyElements<T>(out, first + within * sizeof<T>(), inner - within);
    copyElements<T>(out + (inner - within) * sizeof<T>(), first, within);
    for (let done = inner; done < count; done += done) {
      copyElements<T>(out + done * sizeof<T>(), out, min(done, count - done));
    }
    return;
  }
  while (start < end) {
    const take = min(inner - within, end - start);
    let from = a + (rowStart(plan, rank, row) + within * stride) * sizeof<T>();
    if (stride === 1) copyElements<T>(out, from, take);
    else if (stride === 0) repeatElement<T>(out, from, take);
    else {
      for (let i: u32 = 0; i < take; i++) {
        store<T>(out + i * sizeof<T>(), load<T>(from));
        from += stride * sizeof<T>();
      }
    }
    out += take * sizeof<T>();
    start += take;
    row++;
    within = 0;
  }
}

/** Writes the contiguous `a` of `count` elements to the strided `out`. */
export function scatterStrided<T>(out: usize, a: usize, plan: usize, count: u32): void {
  const rank = load<u32>(plan);
  if (rank === 0) return copyElements<T>(out, a, count);
  const inner = extentAt(plan, rank - 1);
  const stride = strideAt(plan, rank - 1);
  let row: u32 = 0;
  for (let done: u32 = 0; done < count; done += inner) {
    let to = out + rowStart(plan, rank, row) * sizeof<T>();
    if (stride === 1) copyElements<T>(to, a, inner);
    else {
      for (let i: u32 = 0; i < inner; i++) {
        store<T>(to, load<T>(a + i * sizeof<T>()));
        to += stride * sizeof<T>();
      }
    }
    a += inner * sizeof<T>();
    row++;
  }
}
