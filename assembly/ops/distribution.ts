// Softmax and its relatives over the last axis, computed in one kernel from x − max x; the bindings transpose other axes.

import {
  f32Type,
  faultIndex,
  faultRank,
  faultShapes,
  faultType,
  i32Type,
  opCrossEntropy,
  opLogSoftmax,
  opLogSumExp,
  opSoftmax,
} from "../abi";
import { callWord, inputType, operand, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate } from "../graph/cotangents";
import { setExtent, setOutput, setOutputLike, stagedInput, stagedOp } from "../graph/emit";
import { elementsOf, extent, input, rankOf, typeOf } from "../graph/graph";
import { broadcastLike, exp, multiply, oneHot, softmax, subtract, sum, withLastAxis } from "../graph/vocabulary";
import { crossEntropyRows, logSoftmaxRows, logSumExpRows, softmaxRows } from "../kernels/softmax";
import { refuse } from "../memory/engine";

function lastAxis(y: i32): i32 {
  return 1 << (rankOf(y) - 1);
}

function shapeOfRows(): bool {
  const x = stagedInput(0);
  if (rankOf(x) === 0) {
    return refuse(faultRank, stagedOp(), x, 0, 1);
  }
  return setOutputLike(x);
}

/** Pushes the number of rows of x and their length. */
function pushRows(x: i32, rows: i32): void {
  push(rows);
  push(extent(x, rankOf(x) - 1));
}

/** The same, but no rows if the rows have no elements. */
function pushFilledRows(x: i32): void {
  pushRows(x, elementsOf(x) / max(extent(x, rankOf(x) - 1), 1));
}

@unmanaged
class Softmax {
  shape(): bool {
    return shapeOfRows();
  }
  /** y (g − Σ g y). */
  derivative(y: i32, g: i32): void {
    const weighted = sum(multiply(g, y), lastAxis(y));
    accumulate(y, 0, multiply(y, subtract(g, weighted)));
  }
  prepare(y: i32): void {
    pushFilledRows(y);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const x = operand(call, 1);
    if (inputType(call) === f32Type) softmaxRows<f32>(out, x, callWord(call, 0), callWord(call, 1));
    else softmaxRows<f64>(out, x, callWord(call, 0), callWord(call, 1));
  }
}

@unmanaged
class LogSoftmax {
  shape(): bool {
    return shapeOfRows();
  }
  /** g − softmax(x) Σ g. */
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, subtract(g, multiply(exp(y), sum(g, lastAxis(y)))));
  }
  prepare(y: i32): void {
    pushFilledRows(y);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const x = operand(call, 1);
    if (inputType(call) === f32Type) logSoftmaxRows<f32>(out, x, callWord(call, 0), callWord(call, 1));
    else logSoftmaxRows<f64>(out, x, callWord(call, 0), callWord(call, 1));
  }
}

/** ln Σ eˣ, -∞ of no elements; the axis keeps extent 1. */
@unmanaged
class LogSumExp {
  shape(): bool {
    if (!shapeOfRows()) return false;
    setExtent(rankOf(stagedInput(0)) - 1, 1);
    return true;
  }
  derivative(y: i32, g: i32): void {
    const x = input(y);
    accumulate(y, 0, multiply(broadcastLike(g, x), softmax(x)));
  }
  prepare(y: i32): void {
    pushRows(input(y), elementsOf(y));
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const x = operand(call, 1);
    if (inputType(call) === f32Type) logSumExpRows<f32>(out, x, callWord(call, 0), callWord(call, 1));
    else logSumExpRows<f64>(out, x, callWord(call, 0), callWord(call, 1));
  }
}

/** −ln softmax(x)[label] for each row: x [..., classes], labels [...] i32. */
@unmanaged
class CrossEntropy {
  shape(): bool {
    const x = stagedInput(0);
    const labels = stagedInput(1);
    const rank = rankOf(x);
    if (rank === 0) {
      return refuse(faultRank, opCrossEntropy, x, 0, 1);
    }
    if (typeOf(labels) !== i32Type || typeOf(x) > 1) {
      const wrong = typeOf(x) > 1 ? x : labels;
      return refuse(faultType, opCrossEntropy, wrong, typeOf(wrong), typeOf(x) > 1 ? -1 : i32Type);
    }
    let fits = rankOf(labels) === rank - 1;
    for (let axis = 0; fits && axis < rank - 1; axis++) fits = extent(labels, axis) === extent(x, axis);
    if (!fits) {
      return refuse(faultShapes, opCrossEntropy, x, labels);
    }
    setOutput(typeOf(x), rank - 1);
    for (let axis = 0; axis < rank - 1; axis++) setExtent(axis, extent(x, axis));
    return true;
  }
  /** g (softmax(x) − oneHot(label)). */
  derivative(y: i32, g: i32): void {
    const x = input(y, 0);
    const target = oneHot(input(y, 1), extent(x, rankOf(x) - 1), typeOf(x));
    accumulate(y, 0, multiply(withLastAxis(g), subtract(softmax(x), target)));
  }
  prepare(y: i32): void {
    pushRows(input(y, 0), elementsOf(y));
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y, 0));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const x = operand(call, 1);
    const labels = operand(call, 2);
    const rows = callWord(call, 0);
    const classes = callWord(call, 1);
    for (let r: u32 = 0; r < rows; r++) {
      const label = load<i32>(labels + (r << 2));
      if (<u32>label >= classes) {
        refuse(faultIndex, opCrossEntropy, label, classes, r);
        return;
      }
    }
    if (inputType(call) === f32Type) crossEntropyRows<f32>(out, x, labels, rows, classes);
    else crossEntropyRows<f64>(out, x, labels, rows, classes);
  }
}

export function registerDistributions(): void {
  register<Softmax>(opSoftmax, floats);
  register<LogSoftmax>(opLogSoftmax, floats);
  register<LogSumExp>(opLogSumExp, floats);
  register<CrossEntropy>(opCrossEntropy, 0);
}
