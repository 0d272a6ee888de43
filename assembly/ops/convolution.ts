// Convolution and its two gradients. f(x, w, g) = Σ g · (x ∗ w) is linear in each argument, and the three ops are its partial
// derivatives with the same geometry. So the gradients of each op are the other two, to any order. A transposed convolution
// is the gradient in the image.

import {
  f32Type,
  faultExtent,
  geometryWords,
  opConvolve,
  opConvolveInputGradient,
  opConvolveWeightGradient,
} from "../abi";
import { inputType, operand } from "../graph/call";
import { floats, register } from "../graph/contract";
import { setExtent, setOutput, stagedInput, stagedOp, stagedWord } from "../graph/emit";
import { elementsOf, extent, input, typeOf, word, wordsOf } from "../graph/graph";
import { convolve, convolveScratch } from "../kernels/convolution";
import { convolveInputGradient, convolveInputGradientScratch } from "../kernels/convolutionInputGradient";
import { convolveWeightGradient, convolveWeightGradientScratch } from "../kernels/convolutionWeightGradient";
import { Geometry } from "../kernels/geometry";
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
} from "./images";

/** Returns true if both operands have four axes and the geometry yields as many outputs as it states. */
function operandsFit(): bool {
  if (!hasRank(stagedInput(0), 4) || !hasRank(stagedInput(1), 4) || !geometryFits()) return false;
  const groups = stagedWord(geometryWords - 1);
  if (groups === 0) return refuse(faultExtent, stagedOp(), -1, geometryWords - 1, 0, 1);
  for (let axis = 0; axis < 2; axis++) {
    const room = <i64>axisWord(axis, 5) + axisWord(axis, 2) + axisWord(axis, 3);
    const reach = (<i64>axisWord(axis, 0) - 1) * axisWord(axis, 4) + 1;
    const wanted = room < reach ? -1 : <i32>((room - reach) / axisWord(axis, 1)) + 1;
    if (wanted === axisWord(axis, 6)) continue;
    return refuse(faultExtent, stagedOp(), -1, 1 + axis, axisWord(axis, 6), wanted);
  }
  return true;
}

/** Returns true if w [kernel height, kernel width, channels / groups, out channels] fits the geometry. */
function weightsFit(w: i32): bool {
  const groups = stagedWord(geometryWords - 1);
  const outs = extent(w, 3);
  if (!agrees(w, 0, axisWord(0, 0)) || !agrees(w, 1, axisWord(1, 0))) return false;
  return agrees(w, 3, outs - (outs % groups)) && <i64>extent(w, 2) * groups < 0x40000000;
}

/** Flops of any of the three: two for every output, tap and channel of a group. */
function flopsOf(y: i32, outs: i32, channels: i32): f64 {
  const kernel = <f64>word(y, 0) * word(y, 7);
  return 2 * <f64>elementsOf(outs) * kernel * <f64>(channels / word(y, geometryWords - 1));
}

/** y [n, outHeight, outWidth, o] = x [n, height, width, c] ∗ w: see kernels/convolution; words: the geometry. */
@unmanaged
class Convolve {
  shape(): bool {
    const x = stagedInput(0);
    const w = stagedInput(1);
    if (!operandsFit() || !isImage(x) || !weightsFit(w)) return false;
    return agrees(x, 3, extent(w, 2) * stagedWord(geometryWords - 1)) && setImage(x, true, extent(w, 3));
  }
  derivative(y: i32, g: i32): void {
    accumulateAlike(y, 0, opConvolveInputGradient, g, input(y, 1));
    accumulateAlike(y, 1, opConvolveWeightGradient, input(y, 0), g);
  }
  prepare(y: i32): void {
    pushGeometry(y, extent(y, 0), extent(input(y), 3), extent(y, 3));
  }
  flops(y: i32): f64 {
    return flopsOf(y, y, extent(input(y), 3));
  }
  workspace(y: i32): u64 {
    const q = changetype<Geometry>(wordsOf(y));
    const x = input(y);
    if (typeOf(y) === f32Type) return convolveScratch<f32>(q, extent(y, 0), extent(x, 3), extent(y, 3));
    return convolveScratch<f64>(q, extent(y, 0), extent(x, 3), extent(y, 3));
  }
  run(call: usize, start: u32, count: u32): void {
    const q = geometryOf(call);
    const scratch = operand(call, 3);
    if (inputType(call) === f32Type) convolve<f32>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
    else convolve<f64>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
  }
}

/** The gradient in x for g [n, outHeight, outWidth, o]: inputs g and w. */
@unmanaged
class ConvolveInputGradient {
  shape(): bool {
    const g = stagedInput(0);
    const w = stagedInput(1);
    if (!operandsFit() || !isOut(g) || !weightsFit(w)) return false;
    return agrees(g, 3, extent(w, 3)) && setImage(g, false, extent(w, 2) * stagedWord(geometryWords - 1));
  }
  derivative(y: i32, g: i32): void {
    accumulateAlike(y, 0, opConvolve, g, input(y, 1));
    accumulateAlike(y, 1, opConvolveWeightGradient, g, input(y, 0));
  }
  prepare(y: i32): void {
    pushGeometry(y, extent(y, 0), extent(y, 3), extent(input(y), 3));
  }
  flops(y: i32): f64 {
    return flopsOf(y, input(y), extent(y, 3));
  }
  workspace(y: i32): u64 {
    const q = changetype<Geometry>(wordsOf(y));
    const g = input(y);
    if (typeOf(y) === f32Type) return convolveInputGradientScratch<f32>(q, extent(y, 0), extent(y, 3), extent(g, 3));
    return convolveInputGradientScratch<f64>(q, extent(y, 0), extent(y, 3), extent(g, 3));
  }
  run(call: usize, start: u32, count: u32): void {
    const q = geometryOf(call);
    const scratch = operand(call, 3);
    if (inputType(call) === f32Type)
      convolveInputGradient<f32>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
    else convolveInputGradient<f64>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
  }
}

/** The gradient in w for g [n, outHeight, outWidth, o]: inputs x and g. */
@unmanaged
class ConvolveWeightGradient {
  shape(): bool {
    const x = stagedInput(0);
    const g = stagedInput(1);
    const groups = stagedWord(geometryWords - 1);
    if (!operandsFit() || !isImage(x) || !isOut(g) || !agrees(g, 0, extent(x, 0))) return false;
    const channels = extent(x, 3);
    const outs = extent(g, 3);
    if (!agrees(x, 3, channels - (channels % groups)) || !agrees(g, 3, outs - (outs % groups))) return false;
    setOutput(typeOf(x), 4);
    for (let axis = 0; axis < 2; axis++) setExtent(axis, axisWord(axis, 0));
    setExtent(2, channels / groups);
    setExtent(3, outs);
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulateAlike(y, 0, opConvolveInputGradient, input(y, 1), g);
    accumulateAlike(y, 1, opConvolve, input(y, 0), g);
  }
  prepare(y: i32): void {
    const x = input(y);
    pushGeometry(y, extent(x, 0), extent(x, 3), extent(y, 3));
  }
  flops(y: i32): f64 {
    return flopsOf(y, input(y, 1), extent(input(y), 3));
  }
  workspace(y: i32): u64 {
    const q = changetype<Geometry>(wordsOf(y));
    const x = input(y);
    if (typeOf(y) === f32Type) return convolveWeightGradientScratch<f32>(q, extent(x, 3), extent(y, 3));
    return convolveWeightGradientScratch<f64>(q, extent(x, 3), extent(y, 3));
  }
  run(call: usize, start: u32, count: u32): void {
    const q = geometryOf(call);
    const scratch = operand(call, 3);
    if (inputType(call) === f32Type)
      convolveWeightGradient<f32>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
    else convolveWeightGradient<f64>(operand(call, 0), operand(call, 1), operand(call, 2), q, scratch);
  }
}

export function registerConvolution(): void {
  register<Convolve>(opConvolve, floats);
  register<ConvolveInputGradient>(opConvolveInputGradient, floats);
  register<ConvolveWeightGradient>(opConvolveWeightGradient, floats);
}
