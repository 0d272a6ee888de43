// Functions that derivative rules are written with. Each emits a node through the table of ops, so this room lies below the
// ops and imports none of them: else there would be a circle, as the derivative of sum broadcasts and that of broadcast sums.

import {
  opAdd,
  opBroadcastTo,
  opCast,
  opClamp,
  opCos,
  opCumulativeSum,
  opDivide,
  opEqual,
  opErf,
  opExp,
  opFill,
  opGather,
  opGreater,
  opGreaterEqual,
  opKeepPositive,
  opLeaf,
  opLog,
  opMatmul,
  opMultiply,
  opNegate,
  opOneHot,
  opPad,
  opPart,
  opPower,
  opReciprocal,
  opReshape,
  opScatterAdd,
  opSigmoid,
  opSign,
  opSin,
  opSlice,
  opSoftmax,
  opSoftplus,
  opSquare,
  opSubtract,
  opSum,
  opTanh,
  opTranspose,
  opWhere,
  spaceBody,
  takeAll,
  takeRows,
} from "../abi";
import { emit, stage, stageInput, stageReal, stageWord } from "./emit";
import { extent, nodeCount, rankOf, typeOf } from "./graph";
import { isReversed } from "./loop";

function emit1(op: i32, a: i32): i32 {
  stage(op);
  stageInput(a);
  return emit();
}

function emit2(op: i32, a: i32, b: i32): i32 {
  stage(op);
  stageInput(a);
  stageInput(b);
  return emit();
}

/** Scalar constant in the type of `like`; it broadcasts. */
export function fill(value: f64, like: i32): i32 {
  stage(opFill);
  stageReal(value);
  stageWord(typeOf(like));
  return emit();
}

export function add(a: i32, b: i32): i32 {
  return emit2(opAdd, a, b);
}
export function subtract(a: i32, b: i32): i32 {
  return emit2(opSubtract, a, b);
}
export function multiply(a: i32, b: i32): i32 {
  return emit2(opMultiply, a, b);
}
export function scale(a: i32, factor: f64): i32 {
  return emit2(opMultiply, a, fill(factor, a));
}
export function shift(a: i32, by: f64): i32 {
  return emit2(opAdd, a, fill(by, a));
}
export function divide(a: i32, b: i32): i32 {
  return emit2(opDivide, a, b);
}
export function power(a: i32, b: i32): i32 {
  return emit2(opPower, a, b);
}
export function negate(a: i32): i32 {
  return emit1(opNegate, a);
}
export function reciprocal(a: i32): i32 {
  return emit1(opReciprocal, a);
}
export function square(a: i32): i32 {
  return emit1(opSquare, a);
}
export function clamp(a: i32, low: f64, high: f64): i32 {
  stage(opClamp);
  stageInput(a);
  stageReal(low);
  stageReal(high);
  return emit();
}
export function sign(a: i32): i32 {
  return emit1(opSign, a);
}
export function exp(a: i32): i32 {
  return emit1(opExp, a);
}
export function log(a: i32): i32 {
  return emit1(opLog, a);
}
export function erf(a: i32): i32 {
  return emit1(opErf, a);
}
export function sin(a: i32): i32 {
  return emit1(opSin, a);
}
export function cos(a: i32): i32 {
  return emit1(opCos, a);
}
export function tanh(a: i32): i32 {
  return emit1(opTanh, a);
}
export function sigmoid(a: i32): i32 {
  return emit1(opSigmoid, a);
}
export function softplus(a: i32): i32 {
  return emit1(opSoftplus, a);
}
export function softmax(a: i32): i32 {
  return emit1(opSoftmax, a);
}
export function equal(a: i32, b: i32): i32 {
  return emit2(opEqual, a, b);
}
export function greater(a: i32, b: i32): i32 {
  return emit2(opGreater, a, b);
}
export function greaterEqual(a: i32, b: i32): i32 {
  return emit2(opGreaterEqual, a, b);
}
export function where(condition: i32, a: i32, b: i32): i32 {
  stage(opWhere);
  stageInput(condition);
  stageInput(a);
  stageInput(b);
  return emit();
}

/** a where the condition holds, else 0. Unlike a product it is 0 where a is infinite. */
export function keepWhere(condition: i32, a: i32): i32 {
  return where(condition, a, fill(0, a));
}

/** a where x > 0, else 0. */
export function keepPositive(x: i32, a: i32): i32 {
  return emit2(opKeepPositive, x, a);
}

export function cast(a: i32, type: i32): i32 {
  if (typeOf(a) === type) return a;
  stage(opCast);
  stageInput(a);
  stageWord(type);
  return emit();
}

/** a broadcast to the shape of `like`. */
export function broadcastLike(a: i32, like: i32): i32 {
  stage(opBroadcastTo);
  stageInput(a);
  for (let axis = 0; axis < rankOf(like); axis++) stageWord(extent(like, axis));
  return emit();
}

/** Stack of matrices a with its batch axes broadcast to those of `like`. */
export function broadcastBatch(a: i32, like: i32): i32 {
  const rank = max(rankOf(a), rankOf(like));
  stage(opBroadcastTo);
  stageInput(a);
  for (let axis = 0; axis < rank; axis++) {
    const own = axis - (rank - rankOf(a));
    const other = axis - (rank - rankOf(like));
    const extentA = own < 0 ? 1 : extent(a, own);
    stageWord(axis < rank - 2 && extentA === 1 && other >= 0 ? extent(like, other) : extentA);
  }
  return emit();
}

/** a reshaped to the shape of `like`. */
export function reshapeLike(a: i32, like: i32): i32 {
  stage(opReshape);
  stageInput(a);
  for (let axis = 0; axis < rankOf(like); axis++) stageWord(extent(like, axis));
  return emit();
}

/** Sum over the axes of a bit mask; summed axes keep extent 1. */
export function sum(a: i32, axes: i32): i32 {
  stage(opSum);
  stageInput(a);
  stageWord(axes);
  return emit();
}

/** a with an axis of extent 1 appended. */
export function withLastAxis(a: i32): i32 {
  stage(opReshape);
  stageInput(a);
  for (let axis = 0; axis < rankOf(a); axis++) stageWord(extent(a, axis));
  stageWord(1);
  return emit();
}

export function matmul(a: i32, b: i32, transposeA: bool, transposeB: bool): i32 {
  stage(opMatmul);
  stageInput(a);
  stageInput(b);
  stageWord(transposeA ? 1 : 0);
  stageWord(transposeB ? 1 : 0);
  return emit();
}

/** a with its axes moved back by the inverse of a permutation. */
export function transposeBack(a: i32, permutation: usize, rank: i32): i32 {
  stage(opTranspose);
  stageInput(a);
  for (let axis = 0; axis < rank; axis++) {
    let from: i32 = 0;
    while (load<i32>(permutation + (from << 2)) !== axis) from++;
    stageWord(from);
  }
  return emit();
}

export function gather(table: i32, indices: i32): i32 {
  return emit2(opGather, table, indices);
}

/** Table of `rows` rows, zero but for the rows of a added at the indices. */
export function scatterAdd(a: i32, indices: i32, rows: i32): i32 {
  stage(opScatterAdd);
  stageInput(a);
  stageInput(indices);
  stageWord(rows);
  return emit();
}

export function oneHot(indices: i32, classes: i32, type: i32): i32 {
  stage(opOneHot);
  stageInput(indices);
  stageWord(classes);
  stageWord(type);
  return emit();
}

export function cumulativeSum(a: i32, axis: i32, reverse: i32): i32 {
  stage(opCumulativeSum);
  stageInput(a);
  stageWord(axis);
  stageWord(reverse);
  return emit();
}

/** Elements start .. stop of an axis. */
export function slice(a: i32, along: i32, start: i32, stop: i32): i32 {
  stageSlice(a);
  for (let axis = 0; axis < rankOf(a); axis++) {
    stageWord(axis === along ? start : 0);
    stageWord(axis === along ? stop : extent(a, axis));
  }
  return emit();
}

/** Stages a slice or pad of a; two words an axis follow. */
export function stageSlice(a: i32): void {
  stage(opSlice);
  stageInput(a);
}
export function stagePad(a: i32): void {
  stage(opPad);
  stageInput(a);
}

/** A part of the results of a loop. */
export function partOf(loop: i32, part: i32, which: i32): i32 {
  stage(opPart);
  stageInput(loop);
  stageWord(part);
  stageWord(which);
  return emit();
}

/** The values of a kept carry of a loop before every step, or after it. */
export function carryRows(loop: i32, carry: i32, after: bool): i32 {
  return partOf(partOf(loop, takeAll, carry), takeRows, after !== isReversed(loop) ? 1 : 0);
}

/** A leaf of the body of a loop, of the type and shape of `like`. */
export function bodyLeaf(like: i32): i32 {
  stage(opLeaf);
  stageWord(spaceBody);
  stageWord(nodeCount());
  stageWord(typeOf(like));
  for (let axis = 0; axis < rankOf(like); axis++) stageWord(extent(like, axis));
  return emit();
}
