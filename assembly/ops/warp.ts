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
  setOutputLike,
  stage,
  stagedInput,
  stagedOp,
  stagedWord,
  stageInput,
  stageReal,
  stageWord,
} from "../graph/emit";
import { elementsOf, extent, input, opOf, typeOf, word } from "../graph/graph";
import { coefficientsOf, warp, warpScratch } from "../kernels/warp";
import { Warp } from "../kernels/warpFours";
import { refuse } from "../memory/engine";
import { agrees, hasRank } from "./images";

/**
 * Images y [n, word 2, word 3, c], sampled from x [n, height, width, c] at the coordinates m [n, 6 or 10] in f64: see
 * kernels/warp. Or the adjoint: the cotangent of x, of this size, from the cotangent of y. Words: the fill value as f64 (2
 * words), height, width, form. There is no derivative with respect to m.
 */
@unmanaged
class WarpImages {
  shape(): bool {
    const a = stagedInput(0);
    const m = stagedInput(1);
    if (typeOf(a) >= i32Type) return refuse(faultType, stagedOp(), a, typeOf(a), -1);
    if (typeOf(m) !== f64Type) return refuse(faultType, stagedOp(), m, typeOf(m), f64Type);
    if (!hasRank(a, 4) || !hasRank(m, 2)) return false;
    const form = stagedWord(4);
    if (form < warpNearest || form > warpClamped) return refuse(faultExtent, stagedOp(), m, -1, form, warpClamped);
    if (!agrees(m, 0, extent(a, 0)) || !agrees(m, 1, coefficientsOf(form))) return false;
    setOutputLike(a);
    setExtent(1, stagedWord(2));
    setExtent(2, stagedWord(3));
    return true;
  }
  /** Each of the two ops is the derivative of the other, with the fill value 0. */
  derivative(y: i32, g: i32): void {
    if (!wants(y, 0)) return;
    stage(opOf(y) === opWarp ? opWarpGradient : opWarp);
    stageInput(g);
    stageInput(input(y, 1));
    stageReal(0);
    stageWord(extent(input(y), 1));
    stageWord(extent(input(y), 2));
    stageWord(word(y, 4));
    accumulate(y, 0, emit());
  }
  /** Pushes the words of `Warp`. */
  prepare(y: i32): void {
    const source = opOf(y) === opWarp ? input(y) : y;
    const result = opOf(y) === opWarp ? y : input(y);
    push(word(y, 0));
    push(word(y, 1));
    push(extent(result, 1));
    push(extent(result, 2));
    push(word(y, 4));
    for (let axis = 0; axis < 4; axis++) push(extent(source, axis));
  }
  workspace(y: i32): u64 {
    return warpScratch;
  }
  flops(y: i32): f64 {
    return 9 * <f64>elementsOf(opOf(y) === opWarp ? y : input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    const adjoint = load<u8>(call) === opWarpGradient;
    const y = operand(call, adjoint ? 1 : 0);
    const x = operand(call, adjoint ? 0 : 1);
    const m = operand(call, 2);
    const scratch = operand(call, 3);
    const q = changetype<Warp>(callWords(call));
    if (outputType(call) === f32Type) warp<f32>(y, x, m, q, scratch, adjoint);
    else warp<f64>(y, x, m, q, scratch, adjoint);
  }
}

export function registerWarp(): void {
  register<WarpImages>(opWarp, 0);
  register<WarpImages>(opWarpGradient, 0);
}
