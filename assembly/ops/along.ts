// Ops along one axis, word(0): cumulative sums, and products with their derivative, the product of all other elements.

import { f32Type, faultAxis, opConcatenate, opCumulativeSum, opProduct } from "../abi";
import { callWord, inputType, operand, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutputLike,
  stage,
  stagedInput,
  stagedOp,
  stagedWord,
  stageInput,
  stageWord,
} from "../graph/emit";
import { extent, input, rankOf, word } from "../graph/graph";
import { add, broadcastLike, cumulativeSum, fill, multiply, slice } from "../graph/vocabulary";
import { axisProduct } from "../kernels/axisProduct";
import { cumulativeSum as cumulativeSumKernel } from "../kernels/scan";
import { refuse } from "../memory/engine";
import { pushBlocks } from "./reduction";

/** Sets the shape to that of the input; rejects an axis that does not exist. */
function shapeAlong(): bool {
  const x = stagedInput(0);
  if (<u32>stagedWord(0) < <u32>rankOf(x)) return setOutputLike(x);
  return refuse(faultAxis, stagedOp(), x, stagedWord(0));
}

function prepareAlong(y: i32): void {
  pushBlocks(input(y), word(y, 0), word(y, 0));
  push(word(y, 1));
}

/** Cumulative sum, from the end if word(1) is 1. */
@unmanaged
class CumulativeSum {
  shape(): bool {
    return shapeAlong();
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, cumulativeSum(g, word(y, 0), 1 - word(y, 1)));
  }
  prepare(y: i32): void {
    prepareAlong(y);
  }
  run(call: usize, start: u32, count: u32): void {
    if (inputType(call) === f32Type) this.scan<f32>(call);
    else this.scan<f64>(call);
  }
  scan<T>(call: usize): void {
    cumulativeSumKernel<T>(
      operand(call, 0),
      operand(call, 1),
      callWord(call, 0),
      callWord(call, 1),
      callWord(call, 2),
      callWord(call, 3) !== 0,
    );
  }
}

/** For each element, the product of all other elements along an axis. */
function others(x: i32, axis: i32): i32 {
  stage(opProduct);
  stageInput(x);
  stageWord(axis);
  stageWord(1);
  return emit();
}

function join(a: i32, b: i32, axis: i32): i32 {
  stage(opConcatenate);
  stageInput(a);
  stageInput(b);
  stageWord(axis);
  return emit();
}

/**
 * Directional derivative of `others(x)` along d: Σ d_l Π x_k over l ≠ m and k ≠ l, m. The Hessian of a product is symmetric,
 * so this is also the cotangent. With the pairs t = a b of the two halves, others(x) = [o b, o a] where o = others(t); the
 * last element of an odd number is paired with 1.
 */
function othersAlong(x: i32, d: i32, axis: i32): i32 {
  const length = extent(x, axis);
  if (length < 2) return broadcastLike(fill(0, x), x);
  if ((length & 1) !== 0) {
    const first = slice(x, axis, 0, 1);
    const one = broadcastLike(fill(1, x), first);
    const zero = broadcastLike(fill(0, x), first);
    return slice(othersAlong(join(x, one, axis), join(d, zero, axis), axis), axis, 0, length);
  }
  const half = length >> 1;
  const a = slice(x, axis, 0, half);
  const b = slice(x, axis, half, length);
  const da = slice(d, axis, 0, half);
  const db = slice(d, axis, half, length);
  const t = multiply(a, b);
  const o = others(t, axis);
  const along = othersAlong(t, add(multiply(da, b), multiply(a, db)), axis);
  const first = add(multiply(along, b), multiply(o, db));
  return join(first, add(multiply(along, a), multiply(o, da)), axis);
}

/** Product along the axis, which keeps extent 1; if word(1) is 1, for each element the product of all others. */
@unmanaged
class Product {
  shape(): bool {
    const fits = shapeAlong();
    if (fits && stagedWord(1) === 0) setExtent(stagedWord(0), 1);
    return fits;
  }
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const axis = word(y, 0);
    accumulate(y, 0, word(y, 1) === 0 ? multiply(g, others(x, axis)) : othersAlong(x, g, axis));
  }
  prepare(y: i32): void {
    prepareAlong(y);
  }
  run(call: usize, start: u32, count: u32): void {
    axisProduct(
      operand(call, 0),
      operand(call, 1),
      callWord(call, 0),
      callWord(call, 1),
      callWord(call, 2),
      callWord(call, 3) !== 0,
      inputType(call) === f32Type,
    );
  }
}

export function registerAlong(): void {
  register<CumulativeSum>(opCumulativeSum, floats);
  register<Product>(opProduct, floats);
}
