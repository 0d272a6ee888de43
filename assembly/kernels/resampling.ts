// Resampling: average pooling, resizing, and padding that repeats pixels. Each output is a weighted mean of the pixels of a
// window, with a weight per axis; the three differ only in their windows.
//
//     y[n, p, r, c] = (Σ over the window of weight(y) · weight(x) · x[n, y, x, c]) / total
//
// The sum is one chain over the pixels of the window, ascending; the product of the two weights is rounded once. The adjoint
// divides first, and adds windows in ascending order.

import { Geometry, heightOf, widthOf } from "./geometry";
import { lanes, storePart } from "./lanes";
import { multiplyAdd } from "./multiplyAdd";
import { Window, windowBytes, writeWindows } from "./windows";

/** Computes y from x, or the adjoint: adds the windows of y to x. */
function resampleAll<T>(x: usize, y: usize, q: Geometry, scratch: usize, adjoint: bool): void {
  const row = q.imageWidth * q.channels * sizeof<T>();
  const columns = scratch + <usize>q.outHeight * windowBytes;
  const width = q.channels * sizeof<T>();
  writeWindows(scratch, <i32>q.groups, heightOf(q), 0, 0);
  writeWindows(columns, <i32>q.groups, widthOf(q), 0, 0);
  for (let n: u32 = 0; n < q.batch; n++) {
    for (let p: u32 = 0; p < q.outHeight; p++) {
      const high = changetype<Window>(scratch + <usize>p * windowBytes);
      for (let r: u32 = 0; r < q.outWidth; r++) {
        const wide = changetype<Window>(columns + <usize>r * windowBytes);
        const from = x + row * high.start + width * wide.start;
        if (adjoint) spread<T>(from, y, high, wide, row, width, q.channels);
        else gather<T>(y, from, high, wide, row, width, q.channels);
        y += width;
      }
    }
    x += q.imageHeight * row;
  }
}

function weightOf<T>(high: Window, wide: Window, i: u32, j: u32): v128 {
  return v128.splat<T>(<T>((i === 0 ? high.first : high.others) * (j === 0 ? wide.first : wide.others)));
}

function totalOf<T>(high: Window, wide: Window): v128 {
  return v128.splat<T>(<T>(high.total * wide.total));
}

/** Returns true if all pixels of a window weigh 1, as in a mean. */
function isEven(high: Window, wide: Window): bool {
  return high.first === 1 && high.others === 1 && wide.first === 1 && wide.others === 1;
}

function gather<T>(
  out: usize,
  from: usize,
  high: Window,
  wide: Window,
  row: usize,
  width: usize,
  channels: usize,
): void {
  const rowStep = row * high.step;
  const step = width * wide.step;
  const even = isEven(high, wide);
  const total = totalOf<T>(high, wide);
  for (let c: usize = 0; c < channels; c += lanes<T>()) {
    let line = from + c * sizeof<T>();
    // The first product stands alone, so that a copy keeps the sign of 0.
    let sum = v128.load(line);
    if (!even) sum = v128.mul<T>(sum, weightOf<T>(high, wide, 0, 0));
    let j: u32 = 1;
    for (let i: u32 = 0; i < high.count; i++) {
      let at = line + step * j;
      for (; j < wide.count; j++) {
        const x = v128.load(at);
        sum = even ? v128.add<T>(sum, x) : multiplyAdd<T>(x, weightOf<T>(high, wide, i, j), sum);
        at += step;
      }
      line += rowStep;
      j = 0;
    }
    storePart<T>(out + c * sizeof<T>(), v128.div<T>(sum, total), min(channels - c, lanes<T>()));
  }
}

function spread<T>(
  to: usize,
  from: usize,
  high: Window,
  wide: Window,
  row: usize,
  width: usize,
  channels: usize,
): void {
  const rowStep = row * high.step;
  const step = width * wide.step;
  const even = isEven(high, wide);
  const total = totalOf<T>(high, wide);
  for (let c: usize = 0; c < channels; c += lanes<T>()) {
    const part = min(channels - c, lanes<T>());
    const g = v128.div<T>(v128.load(from + c * sizeof<T>()), total);
    let line = to + c * sizeof<T>();
    for (let i: u32 = 0; i < high.count; i++) {
      let at = line;
      for (let j: u32 = 0; j < wide.count; j++) {
        const old = v128.load(at);
        const sum = even ? v128.add<T>(g, old) : multiplyAdd<T>(g, weightOf<T>(high, wide, i, j), old);
        storePart<T>(at, sum, part);
        at += step;
      }
      line += rowStep;
    }
  }
}

/** out [batch, outHeight, outWidth, channels] from x [batch, imageHeight, imageWidth, channels]. */
export function resample<T>(out: usize, x: usize, q: Geometry, scratch: usize): void {
  resampleAll<T>(x, out, q, scratch, false);
}

/** The adjoint: out has the shape of x, g that of the output of `resample`. */
export function resampleGradient<T>(out: usize, g: usize, q: Geometry, scratch: usize): void {
  memory.fill(out, 0, q.batch * q.imageHeight * q.imageWidth * q.channels * sizeof<T>());
  resampleAll<T>(out, g, q, scratch, true);
}
