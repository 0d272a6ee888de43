// Reductions. The reduced axes are a bit mask (word 0) and keep extent 1, so that the derivative is a broadcast.

import { f32Type, faultAxis, faultRange, i32Type, opArgMax, opMax, opMin, opReshape, opSum, opTranspose } from "../abi";
import { callWord, inputType, operand, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutput,
  setOutputLike,
  stage,
  stagedInput,
  stagedOp,
  stagedWord,
  stageInput,
  stageWord,
} from "../graph/emit";
import { elementsOf, extent, input, rankOf, word } from "../graph/graph";
import { broadcastLike, divide, equal, keepWhere, sum } from "../graph/vocabulary";
import { argMaxRows, maxColumns, maxRows, minColumns, minRows } from "../kernels/extremum";
import { sumColumns, sumRows } from "../kernels/sum";
import { refuse } from "../memory/engine";

/**
 * Transposes reduced axes that are not adjacent so that they are, because a sum has one tree for its element count, and ties of
 * an extremum share the gradient among all of them. Returns -1 if they are adjacent; axes of extent 1 do not separate others.
 */
function broughtTogether(): i32 {
  const a = stagedInput(0);
  const axes = stagedWord(0);
  const rank = rankOf(a);
  if (axes >>> rank !== 0) return -1;
  if (axes === 0) return a;
  let groups: i32 = 0;
  let inside = false;
  for (let axis = 0; axis < rank; axis++) {
    const reduced = (axes & (1 << axis)) !== 0;
    if (!reduced && extent(a, axis) === 1) continue;
    if (reduced && !inside) groups++;
    inside = reduced;
  }
  if (groups < 2) return -1;
  const op = stagedOp();
  stage(opTranspose);
  stageInput(a);
  for (let axis = 0; axis < rank; axis++) if ((axes & (1 << axis)) === 0) stageWord(axis);
  for (let axis = 0; axis < rank; axis++) if ((axes & (1 << axis)) !== 0) stageWord(axis);
  const together = emit();
  stage(op);
  stageInput(together);
  stageWord(((1 << popcnt<i32>(axes)) - 1) << (rank - popcnt<i32>(axes)));
  const reduced = emit();
  if (reduced < 0) return -1;
  stage(opReshape);
  stageInput(reduced);
  for (let axis = 0; axis < rank; axis++) stageWord((axes & (1 << axis)) !== 0 ? 1 : extent(a, axis));
  return emit();
}

function reducedShape(emptyAllowed: bool): bool {
  const a = stagedInput(0);
  const axes = stagedWord(0);
  if (axes >>> rankOf(a) !== 0) {
    return refuse(faultAxis, stagedOp(), a, 31 - clz<i32>(axes));
  }
  setOutputLike(a);
  for (let axis = 0; axis < rankOf(a); axis++) {
    if ((axes & (1 << axis)) === 0) continue;
    if (extent(a, axis) === 0 && !emptyAllowed) {
      return refuse(faultRange, stagedOp(), a, axis, 0, 0);
    }
    setExtent(axis, 1);
  }
  return true;
}

/** Pushes (outer, length, inner) of axes first .. last. */
export function pushBlocks(a: i32, first: i32, last: i32): void {
  let outer: u32 = 1;
  let length: u32 = 1;
  let inner: u32 = 1;
  for (let axis = 0; axis < rankOf(a); axis++) {
    if (axis < first) outer *= extent(a, axis);
    else if (axis > last) inner *= extent(a, axis);
    else length *= extent(a, axis);
  }
  push(outer);
  push(length);
  push(inner);
}

function pushMask(y: i32): void {
  const axes = word(y, 0);
  pushBlocks(input(y), ctz<i32>(axes), 31 - clz<i32>(axes));
}

/** Common part; K has the kernels, the derivative and whether no elements have a result. */
@unmanaged
class Reduction<K> {
  rewrite(): i32 {
    return broughtTogether();
  }
  shape(): bool {
    return reducedShape(changetype<K>(0).emptyAllowed());
  }
  derivative(y: i32, g: i32): void {
    changetype<K>(0).derivative(y, g);
  }
  prepare(y: i32): void {
    pushMask(y);
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    if (inputType(call) === f32Type) this.reduce<f32>(call);
    else this.reduce<f64>(call);
  }
  reduce<T>(call: usize): void {
    const out = operand(call, 0);
    const a = operand(call, 1);
    const inner = callWord(call, 2);
    if (inner === 1) changetype<K>(0).rows<T>(out, a, callWord(call, 0), callWord(call, 1));
    else changetype<K>(0).columns<T>(out, a, callWord(call, 0), callWord(call, 1), inner);
  }
}

@unmanaged
class Sum {
  emptyAllowed(): bool {
    return true;
  }
  rows<T>(out: usize, a: usize, outer: u32, length: u32): void {
    sumRows<T>(out, a, outer, length);
  }
  columns<T>(out: usize, a: usize, outer: u32, length: u32, inner: u32): void {
    sumColumns<T>(out, a, outer, length, inner);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, broadcastLike(g, input(y)));
  }
}

@unmanaged
class Max {
  emptyAllowed(): bool {
    return false;
  }
  rows<T>(out: usize, a: usize, outer: u32, length: u32): void {
    maxRows<T>(out, a, outer, length);
  }
  columns<T>(out: usize, a: usize, outer: u32, length: u32, inner: u32): void {
    maxColumns<T>(out, a, outer, length, inner);
  }
  derivative(y: i32, g: i32): void {
    accumulateExtremum(y, g);
  }
}

@unmanaged
class Min {
  emptyAllowed(): bool {
    return false;
  }
  rows<T>(out: usize, a: usize, outer: u32, length: u32): void {
    minRows<T>(out, a, outer, length);
  }
  columns<T>(out: usize, a: usize, outer: u32, length: u32, inner: u32): void {
    minColumns<T>(out, a, outer, length, inner);
  }
  derivative(y: i32, g: i32): void {
    accumulateExtremum(y, g);
  }
}

/** Adds g to the cotangents of the elements that equal the extremum, in equal parts at ties. */
function accumulateExtremum(y: i32, g: i32): void {
  const a = input(y);
  const hit = equal(a, broadcastLike(y, a));
  const ties = sum(hit, word(y, 0));
  accumulate(y, 0, keepWhere(hit, broadcastLike(divide(g, ties), a)));
}

/** Index of the first largest element along the last axis, which keeps extent 1. */
@unmanaged
class ArgMax {
  shape(): bool {
    const a = stagedInput(0);
    const last = rankOf(a) - 1;
    if (last < 0 || extent(a, last) === 0) {
      return refuse(faultRange, opArgMax, a, last, 0, 0);
    }
    setOutputLike(a);
    setOutput(i32Type, rankOf(a));
    setExtent(last, 1);
    return true;
  }
  prepare(y: i32): void {
    const last = rankOf(y) - 1;
    pushBlocks(input(y), last, last);
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const a = operand(call, 1);
    if (inputType(call) === f32Type) argMaxRows<f32>(out, a, callWord(call, 0), callWord(call, 1));
    else argMaxRows<f64>(out, a, callWord(call, 0), callWord(call, 1));
  }
}

export function registerReductions(): void {
  register<Reduction<Sum>>(opSum, floats);
  register<Reduction<Max>>(opMax, floats);
  register<Reduction<Min>>(opMin, floats);
  register<ArgMax>(opArgMax, floats);
}
