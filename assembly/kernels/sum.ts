// The summation order of all sums; it depends on the number of elements only.
//
// A block of 1,024 elements has 16 partial sums: partial p adds elements p, p + 16, ... to zero, in that order. Then p + 8, p + 4,
// p + 2 and p + 1 are added to p. Blocks are added pairwise: the left side has the largest power of two of blocks below their
// number. So the error grows with log n (Higham, "The accuracy of floating point summation", SIAM J. Sci.
// Comput. 14, 1993, section 3), the loop has enough independent chains, and rows, columns and threads give equal bits.
//
// Missing elements of a short block count as +0, which changes no partial sum, as none is -0.

import { forSize, lanes, storePart } from "./lanes";

export const BLOCK: usize = 1024;

/** Ones, then zeros: the mask of the first c elements starts c elements before the middle. */
const MASK = memory.data<u32>([0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 0]);

/** The first `count` (≥ 1) lanes of v, +0 in the others. */
function firstLanes<T>(v: v128, count: usize): v128 {
  return v128.and(v, v128.load(MASK + 16 - min(count, lanes<T>()) * sizeof<T>()));
}

/** Elements of the left side of a tree of `count` (> BLOCK) elements. */
export function leftOf(count: usize): usize {
  const blocks = (count + BLOCK - 1) / BLOCK;
  return BLOCK << (31 - clz<u32>(<u32>blocks - 1));
}

/** x[0] and x[1] in f64. */
@unmanaged
class Value {
  pair<T>(x: usize): v128 {
    return sizeof<T>() === 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
  }
}

/** Their squares. */
@unmanaged
export class Square {
  pair<T>(x: usize): v128 {
    const v = sizeof<T>() === 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
    return f64x2.mul(v, v);
  }
}

/** Their magnitudes. */
@unmanaged
class Magnitude {
  pair<T>(x: usize): v128 {
    const v = sizeof<T>() === 8 ? v128.load(x) : f64x2.promote_low_f32x4(v128.load64_zero(x));
    return f64x2.abs(v);
  }
}

// What the next two compute with beside the elements.
let center: f64 = 0;
let offset: usize = 0;
let otherCenter: f64 = 0;

/** (x − center)². */
@unmanaged
class Deviation {
  pair<T>(x: usize): v128 {
    const v = f64x2.sub(changetype<Value>(0).pair<T>(x), f64x2.splat(center));
    return f64x2.mul(v, v);
  }
}

/** (x − center) (y − otherCenter), with y an offset behind x. */
@unmanaged
class Product {
  pair<T>(x: usize): v128 {
    const v = f64x2.sub(changetype<Value>(0).pair<T>(x), f64x2.splat(center));
    return f64x2.mul(v, f64x2.sub(changetype<Value>(0).pair<T>(x + offset), f64x2.splat(otherCenter)));
  }
}

/** Sum of F(x[i]) in f64 by the tree, for f32 or f64 elements. */
function wideTree<F, T>(x: usize, count: usize): f64 {
  if (count > BLOCK) {
    const left = leftOf(count);
    return wideTree<F, T>(x, left) + wideTree<F, T>(x + left * sizeof<T>(), count - left);
  }
  const f = changetype<F>(0);
  const pair: usize = 2 * sizeof<T>();
  let s0 = i64x2.splat(0);
  let s1 = s0,
    s2 = s0,
    s3 = s0,
    s4 = s0,
    s5 = s0,
    s6 = s0,
    s7 = s0;
  for (const end = x + (count & ~15) * sizeof<T>(); x !== end; x += 8 * pair) {
    s0 = f64x2.add(s0, f.pair<T>(x));
    s1 = f64x2.add(s1, f.pair<T>(x + pair));
    s2 = f64x2.add(s2, f.pair<T>(x + 2 * pair));
    s3 = f64x2.add(s3, f.pair<T>(x + 3 * pair));
    s4 = f64x2.add(s4, f.pair<T>(x + 4 * pair));
    s5 = f64x2.add(s5, f.pair<T>(x + 5 * pair));
    s6 = f64x2.add(s6, f.pair<T>(x + 6 * pair));
    s7 = f64x2.add(s7, f.pair<T>(x + 7 * pair));
  }
  const rest = count & 15;
  if (rest > 0) s0 = f64x2.add(s0, firstLanes<f64>(f.pair<T>(x), rest));
  if (rest > 2) s1 = f64x2.add(s1, firstLanes<f64>(f.pair<T>(x + pair), rest - 2));
  if (rest > 4) s2 = f64x2.add(s2, firstLanes<f64>(f.pair<T>(x + 2 * pair), rest - 4));
  if (rest > 6) s3 = f64x2.add(s3, firstLanes<f64>(f.pair<T>(x + 3 * pair), rest - 6));
  if (rest > 8) s4 = f64x2.add(s4, firstLanes<f64>(f.pair<T>(x + 4 * pair), rest - 8));
  if (rest > 10) s5 = f64x2.add(s5, firstLanes<f64>(f.pair<T>(x + 5 * pair), rest - 10));
  if (rest > 12) s6 = f64x2.add(s6, firstLanes<f64>(f.pair<T>(x + 6 * pair), rest - 12));
  if (rest > 14) s7 = f64x2.add(s7, firstLanes<f64>(f.pair<T>(x + 7 * pair), rest - 14));
  const even = f64x2.add(f64x2.add(s0, s4), f64x2.add(s2, s6));
  const odd = f64x2.add(f64x2.add(s1, s5), f64x2.add(s3, s7));
  const both = f64x2.add(even, odd);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/** Sum of f32 elements in f32 by the tree. */
function narrowTree(x: usize, count: usize): f32 {
  if (count > BLOCK) {
    const left = leftOf(count);
    return narrowTree(x, left) + narrowTree(x + left * 4, count - left);
  }
  let s0 = i64x2.splat(0);
  let s1 = s0,
    s2 = s0,
    s3 = s0;
  for (const end = x + (count & ~15) * 4; x !== end; x += 64) {
    s0 = f32x4.add(s0, v128.load(x));
    s1 = f32x4.add(s1, v128.load(x, 16));
    s2 = f32x4.add(s2, v128.load(x, 32));
    s3 = f32x4.add(s3, v128.load(x, 48));
  }
  const rest = count & 15;
  if (rest > 0) s0 = f32x4.add(s0, firstLanes<f32>(v128.load(x), rest));
  if (rest > 4) s1 = f32x4.add(s1, firstLanes<f32>(v128.load(x, 16), rest - 4));
  if (rest > 8) s2 = f32x4.add(s2, firstLanes<f32>(v128.load(x, 32), rest - 8));
  if (rest > 12) s3 = f32x4.add(s3, firstLanes<f32>(v128.load(x, 48), rest - 12));
  const four = f32x4.add(f32x4.add(s0, s2), f32x4.add(s1, s3));
  const two = f32x4.add(four, v128.shuffle<f32>(four, four, 2, 3, 2, 3));
  return f32x4.extract_lane(two, 0) + f32x4.extract_lane(two, 1);
}

/** out[o] = Σ x[o, l] over l < length, in T. */
export function sumRows<T>(out: usize, x: usize, outer: usize, length: usize): void {
  for (const end = out + outer * sizeof<T>(); out !== end; out += sizeof<T>()) {
    if (sizeof<T>() === 8) store<f64>(out, wideTree<Value, T>(x, length));
    else store<f32>(out, narrowTree(x, length));
    x += length * sizeof<T>();
  }
}

/** Σ x[i] in f64. */
export function sumWide<T>(x: usize, count: usize): f64 {
  return wideTree<Value, T>(x, count);
}

/** Σ x[i]² in f64. */
export function sumOfSquares<T>(x: usize, count: usize): f64 {
  return wideTree<Square, T>(x, count);
}

/** Σ (x[i] − mean)² in f64. For f32 a loop of its own is 1.6 times as fast, but for builds optimized for size. */
export function sumOfDeviations<T>(x: usize, mean: f64, count: usize): f64 {
  if (ASC_SHRINK_LEVEL >= forSize || sizeof<T>() === 8) return sumOfProducts<T>(x, mean, x, mean, count);
  center = mean;
  return wideTree<Deviation, T>(x, count);
}

/** Σ (x[i] − a) (y[i] − b) in f64. */
export function sumOfProducts<T>(x: usize, a: f64, y: usize, b: f64, count: usize): f64 {
  center = a;
  offset = y - x;
  otherCenter = b;
  return wideTree<Product, T>(x, count);
}

/** Σ |x[i]| in f64. */
export function sumOfMagnitudes<T>(x: usize, count: usize): f64 {
  return wideTree<Magnitude, T>(x, count);
}

/** out[o, i] = Σ x[o, l, i] over l < length, in T; the bits are those of `sumRows` of x transposed. */
export function sumColumns<T>(out: usize, x: usize, outer: usize, length: usize, inner: usize): void {
  if (inner === 1) return sumRows<T>(out, x, outer, length);
  const row = inner * sizeof<T>();
  for (; outer; --outer) {
    let i: usize = 0;
    if (ASC_SHRINK_LEVEL < forSize && sizeof<T>() === 4) {
      for (; i + 16 <= inner; i += 16) {
        lineTree(x + i * 4, row, length);
        storeLine(out + i * 4);
      }
    }
    for (; i < inner; i += lanes<T>()) {
      const sum = columnTree<T>(x + i * sizeof<T>(), row, length);
      storePart<T>(out + i * sizeof<T>(), sum, min(inner - i, lanes<T>()));
    }
    out += row;
    x += length * row;
  }
}

// Four vectors of f32, as many as a cache line holds, so that a line is fetched once and not for each of them: 3 times as fast. The functions
// below leave their result here, as a function has no room to return it.
let line0 = i64x2.splat(0);
let line1 = i64x2.splat(0);
let line2 = i64x2.splat(0);
let line3 = i64x2.splat(0);

function storeLine(out: usize): void {
  v128.store(out, line0);
  v128.store(out, line1, 16);
  v128.store(out, line2, 32);
  v128.store(out, line3, 48);
}

/** Sum of `length` lines, `row` bytes apart, by the tree. */
function lineTree(x: usize, row: usize, length: usize): void {
  if (length <= BLOCK) return lineFold(x, row, length, 1);
  const left = leftOf(length);
  lineTree(x, row, left);
  const a0 = line0,
    a1 = line1,
    a2 = line2,
    a3 = line3;
  lineTree(x + left * row, row, length - left);
  addLine(a0, a1, a2, a3);
}

function addLine(a0: v128, a1: v128, a2: v128, a3: v128): void {
  line0 = f32x4.add(a0, line0);
  line1 = f32x4.add(a1, line1);
  line2 = f32x4.add(a2, line2);
  line3 = f32x4.add(a3, line3);
}

/** Partials 0, step, 2 step, ..., which are all for step 1, of `length` (≤ BLOCK) lines, folded to one. */
function lineFold(x: usize, row: usize, length: usize, step: usize): void {
  if (step === 8) return linePartials(x, row, length);
  lineFold(x, row, length, 2 * step);
  const a0 = line0,
    a1 = line1,
    a2 = line2,
    a3 = line3;
  lineFold(x + step * row, row, length > step ? length - step : 0, 2 * step);
  addLine(a0, a1, a2, a3);
}

/** Partials 0 and 8 of `length` lines, folded to one. */
function linePartials(x: usize, row: usize, length: usize): void {
  let a0 = i64x2.splat(0);
  let a1 = a0,
    a2 = a0,
    a3 = a0,
    b0 = a0,
    b1 = a0,
    b2 = a0,
    b3 = a0;
  const step = row << 3;
  for (; length > 8; length -= min<usize>(length, 16)) {
    a0 = f32x4.add(a0, v128.load(x));
    a1 = f32x4.add(a1, v128.load(x, 16));
    a2 = f32x4.add(a2, v128.load(x, 32));
    a3 = f32x4.add(a3, v128.load(x, 48));
    x += step;
    b0 = f32x4.add(b0, v128.load(x));
    b1 = f32x4.add(b1, v128.load(x, 16));
    b2 = f32x4.add(b2, v128.load(x, 32));
    b3 = f32x4.add(b3, v128.load(x, 48));
    x += step;
  }
  if (length > 0) {
    a0 = f32x4.add(a0, v128.load(x));
    a1 = f32x4.add(a1, v128.load(x, 16));
    a2 = f32x4.add(a2, v128.load(x, 32));
    a3 = f32x4.add(a3, v128.load(x, 48));
  }
  line0 = f32x4.add(a0, b0);
  line1 = f32x4.add(a1, b1);
  line2 = f32x4.add(a2, b2);
  line3 = f32x4.add(a3, b3);
}

/** Sum of `length` vectors, `row` bytes apart, by the tree. */
function columnTree<T>(x: usize, row: usize, length: usize): v128 {
  if (length <= BLOCK) {
    // The last fold adds odd partials to even ones, so eight registers suffice for each.
    const even = alternate<T>(x, row, length);
    return v128.add<T>(even, length > 1 ? alternate<T>(x + row, row, length - 1) : i64x2.splat(0));
  }
  const left = leftOf(length);
  return v128.add<T>(columnTree<T>(x, row, left), columnTree<T>(x + left * row, row, length - left));
}

/** Partials 0, 2, ..., 14 of `length` (≤ BLOCK) vectors, folded to one. */
function alternate<T>(x: usize, row: usize, length: usize): v128 {
  const step = row + row;
  let s0 = i64x2.splat(0);
  let s2 = s0,
    s4 = s0,
    s6 = s0,
    s8 = s0,
    s10 = s0,
    s12 = s0,
    s14 = s0;
  for (; length > 14; length -= min<usize>(length, 16)) {
    s0 = v128.add<T>(s0, v128.load(x));
    x += step;
    s2 = v128.add<T>(s2, v128.load(x));
    x += step;
    s4 = v128.add<T>(s4, v128.load(x));
    x += step;
    s6 = v128.add<T>(s6, v128.load(x));
    x += step;
    s8 = v128.add<T>(s8, v128.load(x));
    x += step;
    s10 = v128.add<T>(s10, v128.load(x));
    x += step;
    s12 = v128.add<T>(s12, v128.load(x));
    x += step;
    s14 = v128.add<T>(s14, v128.load(x));
    x += step;
  }
  if (length > 0) s0 = v128.add<T>(s0, v128.load(x));
  if (length > 2) s2 = v128.add<T>(s2, v128.load(x + step));
  if (length > 4) s4 = v128.add<T>(s4, v128.load(x + 2 * step));
  if (length > 6) s6 = v128.add<T>(s6, v128.load(x + 3 * step));
  if (length > 8) s8 = v128.add<T>(s8, v128.load(x + 4 * step));
  if (length > 10) s10 = v128.add<T>(s10, v128.load(x + 5 * step));
  if (length > 12) s12 = v128.add<T>(s12, v128.load(x + 6 * step));
  const r0 = v128.add<T>(v128.add<T>(s0, s8), v128.add<T>(s4, s12));
  const r2 = v128.add<T>(v128.add<T>(s2, s10), v128.add<T>(s6, s14));
  return v128.add<T>(r0, r2);
}

/** The definition: the sum of `count` elements, `step` bytes apart. */
export function sumScalar<T>(x: usize, step: usize, count: usize): T {
  if (count <= BLOCK) return foldScalar<T>(x, step, count, 0, 1);
  const left = leftOf(count);
  return sumScalar<T>(x, step, left) + sumScalar<T>(x + left * step, step, count - left);
}

/** Partials p, p + width, p + 2·width, ... of a block, folded into p. */
function foldScalar<T>(x: usize, step: usize, count: usize, p: usize, width: usize): T {
  if (width < 16) {
    return foldScalar<T>(x, step, count, p, 2 * width) + foldScalar<T>(x, step, count, p + width, 2 * width);
  }
  let s: T = 0;
  for (let i = p; i < count; i += 16) s += load<T>(x + i * step);
  return s;
}
