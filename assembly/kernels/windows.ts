// Windows: the pixels of an axis that an output reads, `count` of them, `step` apart, all inside the image. In a mean or an
// interpolation the first pixel has one weight and the others another, and their sum is divided by `total`.

import {
  windowAdaptive,
  windowCircular,
  windowDisjoint,
  windowLinear,
  windowLinearCorners,
  windowNearest,
  windowPadded,
  windowReflect,
  windowReplicate,
  windowStarts,
} from "../abi";
import { Axis } from "./geometry";

/** One window of an axis. */
@unmanaged
export class Window {
  start: u32;
  count: u32;
  step: u32;
  unused: u32;
  first: f64; // weight of the first pixel
  others: f64;
  total: f64;
}

export const windowBytes: usize = 40;

/** Pixels `start`, start + step, ... of equal weight. */
function mean(window: Window, start: u32, count: u32, step: u32, total: u32): void {
  window.start = start;
  window.count = count;
  window.step = step;
  window.first = 1;
  window.others = 1;
  window.total = <f64>total;
}

/** Sets the window to the taps of a kernel that are inside the image. */
function strided(window: Window, axis: Axis, padded: bool, o: u32): void {
  const from = <i64>o * axis.stride - axis.before;
  const step = <i64>axis.dilation;
  const skipped = from < 0 ? (step - 1 - from) / step : 0;
  const end = min<i64>(axis.kernel, max<i64>((<i64>axis.extent - from + step - 1) / step, 0));
  const count = max<i64>(end - skipped, 0);
  // Taps beyond the padding, in a last window of ceilMode, never count.
  const room = (<i64>axis.extent + axis.after - from + step - 1) / step;
  mean(
    window,
    <u32>(from + skipped * step),
    <u32>count,
    axis.dilation,
    padded ? <u32>min<i64>(axis.kernel, room) : <u32>count,
  );
}

/** Sets the window to the two pixels beside a coordinate, or the last pixel. */
function linear(window: Window, axis: Axis, at: f64): void {
  const start = <u32>at;
  const share = at - <f64>start;
  const last = start + 1 >= axis.extent;
  mean(window, start, last ? 1 : 2, 1, 1);
  if (last) return;
  window.first = 1 - share;
  window.others = share;
}

/** Pixel that a position in the padding repeats. */
function mirrored(form: i32, at: i32, extent: i32): i32 {
  if (form === windowReplicate) return min(max(at, 0), extent - 1);
  if (form === windowCircular) return at < 0 ? at + extent : at >= extent ? at - extent : at;
  return at < 0 ? -at : at >= extent ? 2 * (extent - 1) - at : at;
}

/** Sets the window of output o of an axis; `starts` is the address of starts given as data, `apart` the bytes between them. */
function windowAt(window: Window, form: i32, axis: Axis, o: u32, starts: usize, apart: usize): void {
  const extent = axis.extent;
  const count = axis.count;
  if (form <= windowPadded) strided(window, axis, form === windowPadded, o);
  else if (form === windowAdaptive) {
    const start = <u32>((<u64>o * extent) / count);
    const pixels = <u32>(((<u64>o + 1) * extent + count - 1) / count) - start;
    mean(window, start, pixels, 1, pixels);
  } else if (form === windowStarts || form === windowDisjoint) {
    const start = load<u32>(starts + apart * o);
    const next =
      form === windowStarts ? start + axis.kernel : o + 1 === count ? extent : load<u32>(starts + apart * (o + 1));
    mean(window, start, next - start, 1, next - start);
  } else if (form === windowNearest) mean(window, <u32>((<u64>o * extent) / count), 1, 1, 1);
  else if (form === windowLinear) linear(window, axis, max(((<f64>o + 0.5) * <f64>extent) / <f64>count - 0.5, 0));
  else if (form === windowLinearCorners) {
    linear(window, axis, count === 1 ? 0 : (<f64>o * <f64>(extent - 1)) / <f64>(count - 1));
  } else mean(window, mirrored(form, <i32>o - <i32>axis.before, extent), 1, 1, 1);
}

/** Bytes of the windows of both axes. */
export function windowsBytes(outHeight: u32, outWidth: u32): u64 {
  return (<u64>outHeight + outWidth) * windowBytes;
}

/** Writes all windows of an axis; `starts` and `apart` as in `windowAt`. */
export function writeWindows(at: usize, form: i32, axis: Axis, starts: usize, apart: usize): void {
  for (let o: u32 = 0; o < axis.count; o++) {
    windowAt(changetype<Window>(at), form, axis, o, starts, apart);
    at += windowBytes;
  }
}

/** Returns true if windows of this form read padding as pixels. */
export function isBorder(form: i32): bool {
  return form >= windowReflect && form <= windowCircular;
}
