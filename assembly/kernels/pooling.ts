// Max pooling: where the largest value of each window of x lies, another tensor is read or written. Of equal values the
// first counts, in rows from top to bottom; a NaN counts as largest.
//
//     gather:   y[n, p, r, c] = u[n, k(n, p, r, c), c]
//     scatter:  y[n, k(n, p, r, c), c] = Σ g[n, p, r, c], windows in ascending order
//
// No index is kept: looking for the maximum again costs less than its bytes.

import { Geometry, heightOf, widthOf } from "./geometry";
import { lanes, storePart } from "./lanes";
import { areSquares, gatherSquares, keepsEarlier, scatterSquares } from "./squares";
import { Window, windowBytes, writeWindows } from "./windows";

/** Returns true if a window has two pixels side by side. */
function isPair(window: Window): bool {
  return window.count === 2 && window.step === 1;
}

function gatherWindow<T>(
  out: usize,
  x: usize,
  u: usize,
  high: Window,
  wide: Window,
  row: usize,
  width: usize,
  channels: usize,
): void {
  const rowStep = row * high.step;
  const step = width * wide.step;
  for (let c: usize = 0; c < channels; c += lanes<T>()) {
    let line = x + c * sizeof<T>();
    let best = v128.load(line);
    let found = v128.load(u + c * sizeof<T>());
    for (let i: u32 = 0; i < high.count; i++) {
      let at = line;
      for (let j: u32 = 0; j < wide.count; j++) {
        const value = v128.load(at);
        const keeps = keepsEarlier<T>(best, value);
        best = v128.bitselect(best, value, keeps);
        found = v128.bitselect(found, v128.load(at - x + u), keeps);
        at += step;
      }
      line += rowStep;
    }
    storePart<T>(out + c * sizeof<T>(), found, min(channels - c, lanes<T>()));
  }
}

function scatterWindow<T>(
  out: usize,
  x: usize,
  g: usize,
  high: Window,
  wide: Window,
  row: usize,
  width: usize,
  channels: usize,
): void {
  const rowStep = row * high.step;
  const step = width * wide.step;
  for (let c: usize = 0; c < channels; c += lanes<T>()) {
    const start = x + c * sizeof<T>();
    const part = min(channels - c, lanes<T>());
    let best = v128.load(start);
    let line = start;
    for (let i: u32 = 0; i < high.count; i++) {
      let at = line;
      for (let j: u32 = 0; j < wide.count; j++) {
        const value = v128.load(at);
        best = v128.bitselect(best, value, keepsEarlier<T>(best, value));
        at += step;
      }
      line += rowStep;
    }
    // Lanes that still wait for the place of their maximum.
    const missing = v128.ne<T>(best, best);
    let left = i64x2.splat(-1);
    line = start;
    const gradient = v128.load(g + c * sizeof<T>());
    for (let i: u32 = 0; i < high.count; i++) {
      let at = line;
      for (let j: u32 = 0; j < wide.count; j++) {
        const value = v128.load(at);
        const is = v128.and(left, v128.or(v128.eq<T>(value, best), v128.and(missing, v128.ne<T>(value, value))));
        left = v128.andnot(left, is);
        const to = at - x + out;
        storePart<T>(to, v128.add<T>(v128.load(to), v128.and(gradient, is)), part);
        at += step;
      }
      line += rowStep;
    }
  }
}

/**
 * `starts` are the rows, then the columns, at which windows begin, i32 [batch or 1, outHeight + outWidth, channels or 1], or 0;
 * of those, `sampled` and `channelled` say whether every sample and every channel has its own.
 */
function pool<T>(
  y: usize,
  x: usize,
  u: usize,
  starts: usize,
  sampled: bool,
  channelled: bool,
  q: Geometry,
  scratch: usize,
  scatter: bool,
): void {
  const row = q.imageWidth * q.channels * sizeof<T>();
  const width = q.channels * sizeof<T>();
  const columns = scratch + <usize>q.outHeight * windowBytes;
  const parts: u32 = channelled ? q.channels : 1;
  const part: usize = channelled ? 1 : <usize>q.channels;
  const disjoint = areSquares<T>(q) && (scatter || x === u);
  const step: u32 = disjoint ? q.outWidth : 1; // windows of one call
  const held = i64x2.splat(disjoint ? 0 : -1);
  for (let n: u32 = 0; n < q.batch; n++) {
    for (let k: u32 = 0; k < parts; k++) {
      if (n === 0 || sampled || channelled) {
        const own: u32 = sampled ? n * (q.outHeight + q.outWidth) : 0;
        const first = starts + ((<usize>own * parts + k) << 2);
        const apart = (<usize>parts) << 2;
        writeWindows(scratch, <i32>q.groups, heightOf(q), first, apart);
        writeWindows(columns, <i32>q.groups, widthOf(q), first + apart * q.outHeight, apart);
      }
      const channel = k * sizeof<T>();
      let at = y + channel;
      for (let p: u32 = 0; p < q.outHeight; p++) {
        const high = changetype<Window>(scratch + <usize>p * windowBytes);
        const square = isPair(high) && (scatter || x === u);
        for (let r: u32 = 0; r < q.outWidth; r += step) {
          const wide = changetype<Window>(columns + <usize>r * windowBytes);
          let from: usize = row * high.start + width * wide.start + channel;
          let to = at;
          let rest: usize = part;
          if (square && isPair(wide)) {
            const bytes: usize = (part & -lanes<T>()) * sizeof<T>();
            if (scatter) scatterSquares<T>(u + from, x + from, to, row, width, bytes, step, held);
            else gatherSquares<T>(to, x + from, row, width, bytes, step);
            from += bytes;
            to += bytes;
            rest &= lanes<T>() - 1;
          }
          at += width * step;
          if (rest === 0) continue;
          if (scatter) scatterWindow<T>(u + from, x + from, to, high, wide, row, width, rest);
          else gatherWindow<T>(to, x + from, u + from, high, wide, row, width, rest);
        }
      }
    }
    y += q.outHeight * q.outWidth * width;
    x += q.imageHeight * row;
    u += q.imageHeight * row;
  }
}

/** out [batch, outHeight, outWidth, channels] ← u where x is largest; both are [batch, imageHeight, imageWidth, channels]. */
export function poolGather<T>(
  out: usize,
  x: usize,
  u: usize,
  starts: usize,
  sampled: bool,
  channelled: bool,
  q: Geometry,
  scratch: usize,
): void {
  pool<T>(out, x, u, starts, sampled, channelled, q, scratch, false);
}

/** The adjoint in u: out is like x, g like a `poolGather`. */
export function poolScatter<T>(
  out: usize,
  x: usize,
  g: usize,
  starts: usize,
  sampled: bool,
  channelled: bool,
  q: Geometry,
  scratch: usize,
): void {
  const all = 2 * q.outHeight === q.imageHeight && 2 * q.outWidth === q.imageWidth && areSquares<T>(q);
  if (!all) memory.fill(out, 0, q.batch * q.imageHeight * q.imageWidth * q.channels * sizeof<T>());
  pool<T>(g, x, out, starts, sampled, channelled, q, scratch, true);
}
