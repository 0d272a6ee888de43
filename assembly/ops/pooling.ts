// Windows over images: max pooling, and what is linear in the image: average pooling, resizing, padding with pixels.

import {
  f32Type,
  faultExtent,
  faultIndex,
  faultType,
  geometryWords,
  i32Type,
  opPoolGather,
  opPoolScatter,
  opResample,
  opResampleGradient,
  windowCircular,
  windowDisjoint,
  windowPadded,
  windowReflect,
  windowStarts,
} from "../abi";
import { callWord, operand, outputType, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate, wants } from "../graph/cotangents";
import { emit, stagedInput, stagedInputs, stagedOp, stagedWord, stageInput } from "../graph/emit";
import { elementsOf, extent, input, inputCount, typeOf, word } from "../graph/graph";
import { Geometry, heightOf, widthOf } from "../kernels/geometry";
import { poolGather, poolScatter } from "../kernels/pooling";
import { resample, resampleGradient } from "../kernels/resampling";
import { isBorder, windowsBytes } from "../kernels/windows";
import { refuse } from "../memory/engine";
import {
  accumulateAlike,
  agrees,
  axisWord,
  geometryFits,
  geometryOf,
  hasRank,
  isImage,
  isOut,
  pushGeometry,
  setImage,
  stageAlike,
} from "./images";

function misfit(axis: i32, got: i32, wanted: i32): bool {
  return refuse(faultExtent, stagedOp(), -1, 1 + axis, got, wanted);
}

/** Returns true if every window of the staged geometry reads a pixel and none reads beyond the image. */
function windowsFit(): bool {
  if (!geometryFits()) return false;
  const form = stagedWord(geometryWords - 1);
  if (form > windowCircular) return misfit(-1, form, windowCircular);
  for (let axis = 0; axis < 2; axis++) {
    const kernel = axisWord(axis, 0);
    const before = axisWord(axis, 2);
    const after = axisWord(axis, 3);
    const pixels = axisWord(axis, 5);
    const count = axisWord(axis, 6);
    if (pixels === 0) return misfit(axis, 0, 1);
    if (form <= windowPadded) {
      const dilation = axisWord(axis, 4);
      for (let o = 0; o < count; o++) {
        const first = <i64>o * axisWord(axis, 1) - before;
        const skipped = first < 0 ? (<i64>dilation - 1 - first) / dilation : 0;
        if (skipped >= kernel || first + skipped * dilation >= pixels) return misfit(axis, count, o);
      }
    } else if (form === windowStarts) {
      if (kernel > pixels) return misfit(axis, pixels, kernel);
    } else if (isBorder(form)) {
      const most = form === windowReflect ? pixels - 1 : form === windowCircular ? pixels : max(before, after);
      if (max(before, after) > most) return misfit(axis, max(before, after), most);
      if (<i64>count !== <i64>pixels + before + after) return misfit(axis, count, pixels + before + after);
    }
  }
  return true;
}

/** Returns true if starts have the shape they need: i32 [batch or 1, outHeight + outWidth, channels or 1] where the windows need them. */
function startsFit(x: i32): bool {
  const form = stagedWord(geometryWords - 1);
  const given = form === windowStarts || form === windowDisjoint;
  if (stagedInputs() !== (given ? 3 : 2)) return misfit(-1, stagedInputs(), given ? 3 : 2);
  if (!given) return true;
  const starts = stagedInput(2);
  if (typeOf(starts) !== i32Type) {
    return refuse(faultType, stagedOp(), starts, typeOf(starts), i32Type);
  }
  if (!hasRank(starts, 3) || !agrees(starts, 1, axisWord(0, 6) + axisWord(1, 6))) return false;
  return (
    (extent(starts, 0) === 1 || agrees(starts, 0, extent(x, 0))) &&
    (extent(starts, 2) === 1 || agrees(starts, 2, extent(x, 3)))
  );
}

/** Returns true if the first two inputs are floats of one type. */
function floatsAgree(): bool {
  const x = stagedInput(0);
  const u = stagedInput(1);
  for (let k = 0; k < 2; k++) {
    const node = k === 0 ? x : u;
    if (typeOf(node) < i32Type && typeOf(node) === typeOf(x)) continue;
    return refuse(faultType, stagedOp(), node, typeOf(node), k === 0 ? -1 : typeOf(x));
  }
  return true;
}

function preparePool(y: i32, x: i32): void {
  pushGeometry(y, extent(x, 0), extent(x, 3), extent(x, 3));
  const given = inputCount(y) > 2;
  push(given && extent(input(y, 2), 0) > 1 ? 1 : 0);
  push(given && extent(input(y, 2), 2) > 1 ? 1 : 0);
}

/** Returns true if every window from given starts lies in the image; checked in every run, as indices are. */
function startsInRange(op: i32, call: usize, q: Geometry): bool {
  const at = startsAt(call);
  if (at === 0) return true;
  const disjoint = q.groups === windowDisjoint;
  const channels: usize = callWord(call, 19) !== 0 ? <usize>q.channels : 1;
  const samples: usize = callWord(call, 18) !== 0 ? <usize>q.batch : 1;
  for (let n: usize = 0; n < samples; n++) {
    for (let k: usize = 0; k < channels; k++) {
      for (let line: usize = 0; line < q.outHeight + q.outWidth; line++) {
        const axis = line < q.outHeight ? heightOf(q) : widthOf(q);
        const from = at + (((n * (q.outHeight + q.outWidth) + line) * channels + k) << 2);
        const last = line + 1 === q.outHeight || line + 1 === q.outHeight + q.outWidth;
        const end = disjoint ? (last ? axis.extent : load<u32>(from + (channels << 2))) : axis.extent - axis.kernel + 1;
        if (load<u32>(from) < min(end, axis.extent)) continue;
        return refuse(faultIndex, op, load<u32>(from), min(end, axis.extent), <u32>(from - at) >> 2);
      }
    }
  }
  return true;
}

/** The cotangent of the second input of a pool: the same windows of x over another tensor. */
function accumulatePool(y: i32, op: i32, u: i32): void {
  if (!wants(y, 1)) return;
  stageAlike(op, y, input(y), u);
  if (inputCount(y) > 2) stageInput(input(y, 2));
  accumulate(y, 1, emit());
}

function windowsOf(y: i32): u64 {
  return windowsBytes(word(y, 6), word(y, 13));
}

/** Scratch comes behind the inputs. */
function scratchAt(call: usize): usize {
  return operand(call, <usize>load<u8>(call, 3) - 1);
}

function startsAt(call: usize): usize {
  return load<u8>(call, 3) > 4 ? operand(call, 3) : 0;
}

function runPool<T>(op: i32, call: usize): void {
  const q = geometryOf(call);
  if (!startsInRange(op, call, q)) return;
  const starts = startsAt(call);
  const sampled = callWord(call, 18) !== 0;
  const channelled = callWord(call, 19) !== 0;
  const scratch = scratchAt(call);
  const out = operand(call, 0);
  const x = operand(call, 1);
  const u = operand(call, 2);
  if (op === opPoolGather) poolGather<T>(out, x, u, starts, sampled, channelled, q, scratch);
  else poolScatter<T>(out, x, u, starts, sampled, channelled, q, scratch);
}

/**
 * u [n, height, width, c] where x, of the same shape, is largest in each window; with starts, they are the third input. Words: the
 * geometry. No derivative comes to x: where the largest lies does not change.
 */
@unmanaged
class PoolGather {
  shape(): bool {
    const x = stagedInput(0);
    if (!floatsAgree() || !hasRank(x, 4) || !windowsFit() || !isImage(x) || !startsFit(x)) return false;
    const u = stagedInput(1);
    if (!hasRank(u, 4)) return false;
    for (let axis = 0; axis < 4; axis++) if (!agrees(u, axis, extent(x, axis))) return false;
    return setImage(x, true, extent(x, 3));
  }
  derivative(y: i32, g: i32): void {
    accumulatePool(y, opPoolScatter, g);
  }
  prepare(y: i32): void {
    preparePool(y, input(y));
  }
  workspace(y: i32): u64 {
    return windowsOf(y);
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(y) * word(y, 0) * word(y, 7);
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f32Type) runPool<f32>(opPoolGather, call);
    else runPool<f64>(opPoolGather, call);
  }
}

/** g [n, outHeight, outWidth, c] added where x is largest in each window: inputs x and g, and starts. */
@unmanaged
class PoolScatter {
  shape(): bool {
    const x = stagedInput(0);
    const g = stagedInput(1);
    if (!floatsAgree() || !hasRank(x, 4) || !hasRank(g, 4) || !windowsFit() || !startsFit(x)) return false;
    if (!isImage(x) || !isOut(g) || !agrees(g, 0, extent(x, 0)) || !agrees(g, 3, extent(x, 3))) return false;
    return setImage(x, false, extent(x, 3));
  }
  derivative(y: i32, g: i32): void {
    accumulatePool(y, opPoolGather, g);
  }
  prepare(y: i32): void {
    preparePool(y, y);
  }
  workspace(y: i32): u64 {
    return windowsOf(y);
  }
  flops(y: i32): f64 {
    return 2 * <f64>elementsOf(input(y, 1)) * word(y, 0) * word(y, 7);
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f32Type) runPool<f32>(opPoolScatter, call);
    else runPool<f64>(opPoolScatter, call);
  }
}

/** Weighted means of windows of x [n, height, width, c]: see kernels/resampling. Words: the geometry. */
@unmanaged
class Resample {
  shape(): bool {
    const x = stagedInput(0);
    return hasRank(x, 4) && windowsFit() && isImage(x) && setImage(x, true, extent(x, 3));
  }
  derivative(y: i32, g: i32): void {
    accumulateAlike(y, 0, opResampleGradient, g, -1);
  }
  prepare(y: i32): void {
    pushGeometry(y, extent(y, 0), extent(y, 3), extent(y, 3));
  }
  workspace(y: i32): u64 {
    return windowsOf(y);
  }
  flops(y: i32): f64 {
    return 2 * <f64>elementsOf(y) * word(y, 0) * word(y, 7);
  }
  run(call: usize, start: u32, count: u32): void {
    const q = geometryOf(call);
    if (outputType(call) === f32Type) resample<f32>(operand(call, 0), operand(call, 1), q, operand(call, 2));
    else resample<f64>(operand(call, 0), operand(call, 1), q, operand(call, 2));
  }
}

/** Its adjoint for g [n, outHeight, outWidth, c]. */
@unmanaged
class ResampleGradient {
  shape(): bool {
    const g = stagedInput(0);
    return hasRank(g, 4) && windowsFit() && isOut(g) && setImage(g, false, extent(g, 3));
  }
  derivative(y: i32, g: i32): void {
    accumulateAlike(y, 0, opResample, g, -1);
  }
  prepare(y: i32): void {
    pushGeometry(y, extent(y, 0), extent(y, 3), extent(y, 3));
  }
  workspace(y: i32): u64 {
    return windowsOf(y);
  }
  flops(y: i32): f64 {
    return 2 * <f64>elementsOf(input(y)) * word(y, 0) * word(y, 7);
  }
  run(call: usize, start: u32, count: u32): void {
    const q = geometryOf(call);
    if (outputType(call) === f32Type) resampleGradient<f32>(operand(call, 0), operand(call, 1), q, operand(call, 2));
    else resampleGradient<f64>(operand(call, 0), operand(call, 1), q, operand(call, 2));
  }
}

export function registerPooling(): void {
  register<PoolGather>(opPoolGather, 0);
  register<PoolScatter>(opPoolScatter, 0);
  register<Resample>(opResample, floats);
  register<ResampleGradient>(opResampleGradient, floats);
}
