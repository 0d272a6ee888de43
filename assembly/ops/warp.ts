// Images sampled at affine coordinates, and the adjoint: rotation, scaling, shear, crops and flips of augmentation.

import {
  f32Type,
  f64Type,
  faultExtent,
  faultType,
  i32Type,
  opWarp,
  opWarpGradient,
  warpClamped,
  warpNearest,
} from "../abi";
import { callWords, operand, outputType, push } from "../graph/call";
import { register } from "../graph/contract";
import { accumulate, wants } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutput,
  stage,
  stagedInput,
  stagedOp,
  stagedWord,
  stageInput,
  stageWord,
} from "../graph/emit";
import { elementsOf, extent, input, typeOf, word } from "../graph/graph";
import { coefficientsOf, warp, warpGradient, warpScratch } from "../kernels/warp";
import { Warp } from "../kernels/warpFours";
import { refuse } from "../memory/engine";
import { agrees, hasRank } from "./images";

/** Fill value in two words, height and width of the output, form. */
const words = 5;

/** Returns true if a is images, m their coefficients, and the words fit; sets the output to pixels of this size. */
function warpShape(height: i32, width: i32): bool {
  const a = stagedInput(0);
  const m = stagedInput(1);
  if (typeOf(a) >= i32Type) return refuse(faultType, stagedOp(), a, typeOf(a), -1);
  if (typeOf(m) !== f64Type) return refuse(faultType, stagedOp(), m, typeOf(m), f64Type);
  if (!hasRank(a, 4) || !hasRank(m, 2)) return false;
  const form = stagedWord(4);
  if (form < warpNearest || form > warpClamped) return refuse(faultExtent, stagedOp(), m, -1, form, warpClamped);
  if (!agrees(m, 0, extent(a, 0)) || !agrees(m, 1, coefficientsOf(form))) return false;
  setOutput(typeOf(a), 4);
  setExtent(0, extent(a, 0));
  setExtent(1, height);
  setExtent(2, width);
  setExtent(3, extent(a, 3));
  return true;
}

/** Emits op on a with the coefficients and words of y, but the height and width of `sized`. */
function warpAlike(op: i32, y: i32, a: i32, sized: i32): i32 {
  stage(op);
  stageInput(a);
  stageInput(input(y, 1));
  for (let k = 0; k < words; k++) {
    // Derivatives have no fill value.
    stageWord(k < 2 ? 0 : k < 4 ? extent(sized, k - 1) : word(y, k));
  }
  return emit();
}

/** Pushes the record of the kernel: images x become images y. */
function pushWarp(node: i32, x: i32, y: i32): void {
  push(word(node, 0));
  push(word(node, 1));
  push(extent(y, 1));
  push(extent(y, 2));
  push(word(node, 4));
  push(extent(x, 0));
  push(extent(x, 1));
  push(extent(x, 2));
  push(extent(x, 3));
}

/**
 * Images [n, word(2), word(3), c] that read x [n, height, width, c] at the coordinates of m [n, 6 or 10] in f64. Words: the value
 * outside in two words, height, width, and the form: see kernels/warp. No derivative comes to m.
 */
@unmanaged
class WarpImages {
  shape(): bool {
    return warpShape(stagedWord(2), stagedWord(3));
  }
  derivative(y: i32, g: i32): void {
    if (wants(y, 0)) accumulate(y, 0, warpAlike(opWarpGradient, y, g, input(y)));
  }
  prepare(y: i32): void {
    pushWarp(y, input(y), y);
  }
  workspace(y: i32): u64 {
    return warpScratch;
  }
  flops(y: i32): f64 {
    return 9 * <f64>elementsOf(y);
  }
  run(call: usize, start: u32, count: u32): void {
    const q = changetype<Warp>(callWords(call));
    const x = operand(call, 1);
    const m = operand(call, 2);
    if (outputType(call) === f32Type) warp<f32>(operand(call, 0), x, m, q, operand(call, 3));
    else warp<f64>(operand(call, 0), x, m, q, operand(call, 3));
  }
}

/** Its adjoint: g [n, outHeight, outWidth, c] becomes images [n, word(2), word(3), c]. */
@unmanaged
class WarpGradient {
  shape(): bool {
    return warpShape(stagedWord(2), stagedWord(3));
  }
  derivative(y: i32, g: i32): void {
    if (wants(y, 0)) accumulate(y, 0, warpAlike(opWarp, y, g, input(y)));
  }
  prepare(y: i32): void {
    pushWarp(y, y, input(y));
  }
  workspace(y: i32): u64 {
    return warpScratch;
  }
  flops(y: i32): f64 {
    return 9 * <f64>elementsOf(input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    const q = changetype<Warp>(callWords(call));
    const g = operand(call, 1);
    const m = operand(call, 2);
    if (outputType(call) === f32Type) warpGradient<f32>(operand(call, 0), g, m, q, operand(call, 3));
    else warpGradient<f64>(operand(call, 0), g, m, q, operand(call, 3));
  }
}

export function registerWarp(): void {
  register<WarpImages>(opWarp, 0);
  register<WarpGradient>(opWarpGradient, 0);
}
