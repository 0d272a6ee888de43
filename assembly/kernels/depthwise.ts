// Depthwise convolution. Lanes are channels; four neighbouring outputs of a line share each vector of weights. Inside the image
// they read it in place; at its border they read a patch, a copy of a few pixels with zeros around them, and lines outside
// of the image are read from one line of zeros. (Copying whole images first costs 40 % more time.)
// convolutionScalar.ts defines the order of sums.

import { Band } from "./band";
import { lanes, storePart, wholeLines } from "./lanes";
import { multiplyAdd } from "./multiplyAdd";
import { copyElements } from "./strided";

/** Bytes of scratch: addresses of lines, a line of zeros, and a patch. */
export function depthwiseScratch<T>(
  rows: u64,
  columns: u64,
  columnStep: u64,
  strideX: u64,
  width: u64,
  channels: u64,
): u64 {
  const patch = rows * (3 * strideX + (columns - 1) * columnStep + 1) * channels * sizeof<T>();
  return 2 * wholeLines(rows * 4) + width * channels * sizeof<T>() + 64 + patch + 128;
}

/**
 * Computes the outputs of one sample, out[line, pixel, c] = Σ over the taps of b of source[..., c] · w[tap, c]; `outLine` and
 * `outPixel` are the bytes between outputs, `scratch` has `depthwiseScratch` bytes.
 */
export function depthwise<T>(b: Band, w: usize, out: usize, outLine: usize, outPixel: usize, scratch: usize): void {
  const tableBytes = wholeLines(<usize>b.rows * 4);
  const patchTable = scratch + tableBytes;
  const zeros = patchTable + tableBytes;
  const line = <usize>b.width * b.pixel;
  const patch = wholeLines(zeros + line);
  const reach = 3 * b.strideX + (b.columns - 1) * b.columnStep + 1;
  const patchLine = <usize>reach * b.pixel;
  // A line of an input gradient may have fewer than four outputs, although taps of all four would be inside the image.
  const strip = min(b.pixels, 4);
  memory.fill(zeros, 0, line);
  for (let i = 0; i < b.rows; i++) store<u32>(patchTable + (i << 2), <u32>(patch + <usize>i * patchLine));
  for (let p = 0; p < b.lines; p++) {
    for (let i = 0; i < b.rows; i++) {
      const y = p * b.strideY + b.top + i * b.rowStep;
      store<u32>(scratch + (i << 2), <u32>(<u32>y < <u32>b.height ? b.source + <usize>y * line : zeros));
    }
    for (let r = 0; r < b.pixels; r += 4) {
      // The last four outputs overlap those before, which are computed twice.
      const first = min(r, b.pixels - strip);
      const left = first * b.strideX + b.left;
      const to = out + <usize>first * outPixel;
      if (left >= 0 && left + reach <= b.width) {
        four<T>(b, scratch, <usize>left * b.pixel, w, to, outPixel, strip);
        continue;
      }
      for (let i = 0; i < b.rows; i++) {
        copyPatch<T>(patch + <usize>i * patchLine, load<u32>(scratch + (i << 2)), b, left, reach);
      }
      four<T>(b, patchTable, 0, w, to, outPixel, strip);
    }
    out += outLine;
  }
}

/** Copies pixels left .. left + reach of a line, with zeros outside of the image. */
function copyPatch<T>(to: usize, from: usize, b: Band, left: i32, reach: i32): void {
  for (let x = left; x < left + reach; x++) {
    if (<u32>x < <u32>b.width) copyElements<T>(to, from + <usize>x * b.pixel, b.channels);
    else memory.fill(to, 0, b.pixel);
    to += b.pixel;
  }
}

/** Four outputs, of which `rows` are stored; `lines` has the addresses of the lines, `offset` the bytes to the first tap. */
function four<T>(b: Band, lines: usize, offset: usize, w: usize, out: usize, outPixel: usize, rows: i32): void {
  const end = lines + ((<usize>b.rows) << 2);
  const row = b.pixel;
  const apart = <usize>b.strideX * row;
  const step = <usize>b.columnStep * row;
  let out1: usize = rows > 1 ? out + outPixel : out;
  let out2: usize = rows > 2 ? out1 + outPixel : out1;
  let out3: usize = rows > 3 ? out2 + outPixel : out2;
  const sliding = b.columns === 3 && apart === row && step === row;
  const columns = b.columns;
  const channels = b.channels;
  for (let c: usize = 0; c < channels; c += lanes<T>()) {
    const part = min(channels - c, lanes<T>());
    if (sliding) inline.always(slide<T>(lines, end, offset, row, w, out, out1, out2, out3, part));
    else four1<T>(lines, end, offset, columns, apart, step, row, w, out, out1, out2, out3, part);
    offset += 16;
    w += 16;
    out += 16;
    out1 += 16;
    out2 += 16;
    out3 += 16;
  }
}

/** One vector of channels of four outputs. A missing output has the address of the last present one, which is stored after it. */
function four1<T>(
  lines: usize,
  end: usize,
  from: usize,
  columns: i32,
  apart: usize,
  step: usize,
  row: usize,
  weight: usize,
  out: usize,
  out1: usize,
  out2: usize,
  out3: usize,
  part: usize,
): void {
  let c0 = i64x2.splat(0);
  let c1 = c0,
    c2 = c0,
    c3 = c0;
  for (; lines !== end; lines += 4) {
    let x = <usize>load<u32>(lines) + from;
    for (let j = columns; j > 0; j--) {
      const v = v128.load(weight);
      c0 = multiplyAdd<T>(v128.load(x), v, c0);
      c1 = multiplyAdd<T>(v128.load(x + apart), v, c1);
      c2 = multiplyAdd<T>(v128.load(x + 2 * apart), v, c2);
      c3 = multiplyAdd<T>(v128.load(x + 3 * apart), v, c3);
      weight += row;
      x += step;
    }
  }
  storePart<T>(out3, c3, part);
  storePart<T>(out2, c2, part);
  storePart<T>(out1, c1, part);
  storePart<T>(out, c0, part);
}

/** The same for kernels of three adjacent columns: every vector of the image is loaded once for up to three outputs. */
function slide<T>(
  lines: usize,
  end: usize,
  from: usize,
  row: usize,
  weight: usize,
  out: usize,
  out1: usize,
  out2: usize,
  out3: usize,
  part: usize,
): void {
  let c0 = i64x2.splat(0);
  let c1 = c0,
    c2 = c0,
    c3 = c0;
  do {
    let x = <usize>load<u32>(lines) + from;
    const w0 = v128.load(weight);
    weight += row;
    const w1 = v128.load(weight);
    weight += row;
    const w2 = v128.load(weight);
    weight += row;
    let v = v128.load(x);
    c0 = multiplyAdd<T>(v, w0, c0);
    x += row;
    v = v128.load(x);
    c0 = multiplyAdd<T>(v, w1, c0);
    c1 = multiplyAdd<T>(v, w0, c1);
    x += row;
    v = v128.load(x);
    c0 = multiplyAdd<T>(v, w2, c0);
    c1 = multiplyAdd<T>(v, w1, c1);
    c2 = multiplyAdd<T>(v, w0, c2);
    x += row;
    v = v128.load(x);
    c1 = multiplyAdd<T>(v, w2, c1);
    c2 = multiplyAdd<T>(v, w1, c2);
    c3 = multiplyAdd<T>(v, w0, c3);
    x += row;
    v = v128.load(x);
    c2 = multiplyAdd<T>(v, w2, c2);
    c3 = multiplyAdd<T>(v, w1, c3);
    x += row;
    c3 = multiplyAdd<T>(v128.load(x), w2, c3);
    lines += 4;
  } while (lines !== end);
  if (part === lanes<T>()) {
    v128.store(out3, c3);
    v128.store(out2, c2);
    v128.store(out1, c1);
    v128.store(out, c0);
  } else {
    storePart<T>(out3, c3, part);
    storePart<T>(out2, c2, part);
    storePart<T>(out1, c1, part);
    storePart<T>(out, c0, part);
  }
}

/**
 * sums[tap, c] = Σ over `lines` by `pixels` outputs of g[line, pixel, c] · band[value under the tap, c]. The loops go line by
 * line and vector by vector, so that values stay in the first-level cache; a sum continues from one line to the next.
 */
export function depthwiseSums<T>(sums: usize, b: Band, g: usize, gLine: usize, lines: i32, pixels: i32): void {
  const row = b.channels * sizeof<T>();
  const step = <usize>b.strideX * b.tapPixel;
  const apart = <usize>b.columnStep * b.tapPixel;
  const down = <usize>b.rowStep * b.line;
  memory.fill(sums, 0, <usize>(b.rows * b.columns) * row);
  for (let p = 0; p < lines; p++) {
    const from = b.at + <usize>(p * b.strideY) * b.line;
    for (let c: usize = 0; c < b.channels; c += lanes<T>()) {
      const part = min(b.channels - c, lanes<T>());
      for (let i = 0; i < b.rows; i++) {
        let j = 0;
        for (; j + 3 <= b.columns; j += 3) {
          const at = from + <usize>i * down + <usize>j * apart + c * sizeof<T>();
          const sum = sums + <usize>(i * b.columns + j) * row + c * sizeof<T>();
          three<T>(sum, row, part, at, apart, step, g + c * sizeof<T>(), row, pixels);
        }
        for (; j < b.columns; j++) {
          const at = from + <usize>i * down + <usize>j * apart + c * sizeof<T>();
          const sum = sums + <usize>(i * b.columns + j) * row + c * sizeof<T>();
          one<T>(sum, part, at, step, g + c * sizeof<T>(), row, pixels);
        }
      }
    }
    g += gLine;
  }
}

function three<T>(
  sum: usize,
  row: usize,
  part: usize,
  at: usize,
  apart: usize,
  step: usize,
  g: usize,
  gStep: usize,
  pixels: i32,
): void {
  let s0 = v128.load(sum);
  let s1 = v128.load(sum + row);
  let s2 = v128.load(sum + 2 * row);
  for (let r = pixels; r > 0; r--) {
    const v = v128.load(g);
    s0 = multiplyAdd<T>(v128.load(at), v, s0);
    s1 = multiplyAdd<T>(v128.load(at + apart), v, s1);
    s2 = multiplyAdd<T>(v128.load(at + 2 * apart), v, s2);
    at += step;
    g += gStep;
  }
  storePart<T>(sum, s0, part);
  storePart<T>(sum + row, s1, part);
  storePart<T>(sum + 2 * row, s2, part);
}

function one<T>(sum: usize, part: usize, at: usize, step: usize, g: usize, gStep: usize, pixels: i32): void {
  let s = v128.load(sum);
  for (let r = pixels; r > 0; r--) {
    s = multiplyAdd<T>(v128.load(at), v128.load(g), s);
    at += step;
    g += gStep;
  }
  storePart<T>(sum, s, part);
}
