// Max pooling with windows of two by two pixels, those of most networks; pooling.ts defines the result. Three comparisons,
// first within each line and then between the lines, also give the first of equal values.

import { windowPadded } from "../abi";
import { Axis, Geometry, heightOf, widthOf } from "./geometry";
import { lanes } from "./lanes";

/** Mask of the lanes where the earlier of two values is the result: it is at least the later one, or NaN. */
export function keepsEarlier<T>(earlier: v128, later: v128): v128 {
  return v128.or(v128.ge<T>(earlier, later), v128.ne<T>(earlier, earlier));
}

/** Maxima of four vectors that may hold NaN. */
function largest<T>(a: v128, b: v128, c: v128, d: v128): v128 {
  const upper = v128.bitselect(a, b, keepsEarlier<T>(a, b));
  const lower = v128.bitselect(c, d, keepsEarlier<T>(c, d));
  return v128.bitselect(upper, lower, keepsEarlier<T>(upper, lower));
}

/**
 * Maxima of `count` adjacent squares, for `bytes` of the channels, in whole vectors. pmax returns the first of two numbers unless
 * the second is larger. If one of the four is NaN, so is their sum.
 */
export function gatherSquares<T>(out: usize, x: usize, row: usize, width: usize, bytes: usize, count: u32): void {
  for (; count > 0; count--) {
    const end = x + bytes;
    for (; x !== end; x += 16) {
      const a = v128.load(x);
      const b = v128.load(x + width);
      const c = v128.load(x + row);
      const d = v128.load(x + row + width);
      const sum = v128.add<T>(v128.add<T>(a, b), v128.add<T>(c, d));
      let best = v128.pmax<T>(v128.pmax<T>(a, b), v128.pmax<T>(c, d));
      if (v128.any_true(v128.ne<T>(sum, sum))) best = largest<T>(a, b, c, d);
      v128.store(out, best);
      out += 16;
    }
    x += 2 * width - bytes;
    out += width - bytes;
  }
}

/**
 * The adjoint: writes every gradient to the place of the maximum of its square, and zeros to the other three. With a mask `held`
 * of ones the values are added to those that are there already.
 */
export function scatterSquares<T>(
  out: usize,
  x: usize,
  g: usize,
  row: usize,
  width: usize,
  bytes: usize,
  count: u32,
  held: v128,
): void {
  for (; count > 0; count--) {
    const end = x + bytes;
    for (; x !== end; x += 16) {
      const a = v128.load(x);
      const b = v128.load(x + width);
      const c = v128.load(x + row);
      const d = v128.load(x + row + width);
      const gradient = v128.load(g);
      const left = keepsEarlier<T>(a, b);
      const lowerLeft = keepsEarlier<T>(c, d);
      const upper = v128.bitselect(a, b, left);
      const lower = v128.bitselect(c, d, lowerLeft);
      const isUpper = keepsEarlier<T>(upper, lower);
      const over = v128.and(gradient, isUpper);
      const under = v128.andnot(gradient, isUpper);
      v128.store(out, v128.add<T>(v128.and(v128.load(out), held), v128.and(over, left)));
      v128.store(out + width, v128.add<T>(v128.and(v128.load(out + width), held), v128.andnot(over, left)));
      v128.store(out + row, v128.add<T>(v128.and(v128.load(out + row), held), v128.and(under, lowerLeft)));
      v128.store(
        out + row + width,
        v128.add<T>(v128.and(v128.load(out + row + width), held), v128.andnot(under, lowerLeft)),
      );
      g += 16;
      out += 16;
    }
    x += 2 * width - bytes;
    out += 2 * width - bytes;
    g += width - bytes;
  }
}

function halves(axis: Axis): bool {
  return (
    axis.kernel === 2 && axis.stride === 2 && axis.dilation === 1 && axis.before === 0 && axis.count <= axis.extent >> 1
  );
}

/** True if all windows are such squares, beside each other from the first pixel on, and the channels whole vectors. */
export function areSquares<T>(q: Geometry): bool {
  return (
    <i32>q.groups <= windowPadded && halves(heightOf(q)) && halves(widthOf(q)) && q.channels % <u32>lanes<T>() === 0
  );
}
