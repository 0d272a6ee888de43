// The gradient of a table of which a step reads few rows. It lies in the arena of gradients, 0 but for the rows that the step
// touched, whose bits are set among the trainer's marks; so a run clears and adds to these rows only, and whoever reads the
// whole table finds the dense gradient. Both ops write the marks, a leaf.

import { f64Type, faultIndex, opAdd, opScatterAdd, opScatterRows, opTouchRows } from "../abi";
import { callWord, operand, outputType, push } from "../graph/call";
import { register } from "../graph/contract";
import { accumulate } from "../graph/cotangents";
import {
  emit,
  setOutputLike,
  stage,
  stagedInput,
  stagedInputs,
  stagedWord,
  stageInput,
  stageWord,
} from "../graph/emit";
import { bytesOf, elementsOf, extent, input, inputCount, opOf, rankOf, word } from "../graph/graph";
import { gather } from "../graph/vocabulary";
import { clearBits, nextBit, setBit } from "../kernels/bits";
import { randomAddress, refuse } from "../memory/engine";
import { addRows, setTableOutput } from "./indexing";

/** Sets the rows to 0 that are marked, of a table of `rows` rows of so many bytes; the first run of a step removes the marks. */
function clearRows(table: usize, marks: usize, first: u32, rows: u32, bytes: usize): void {
  const end = first + rows;
  for (let k = nextBit(marks, first, end); k < end; k = nextBit(marks, k + 1, end)) {
    memory.fill(table + <usize>(k - first) * bytes, 0, bytes);
  }
  if (randomAddress().row === 0) clearBits(marks, first, end);
}

/** Marks the rows at `count` indices; returns false on a fault: an index out of range. */
function markRows(op: i32, marks: usize, first: u32, rows: u32, indices: usize, count: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const index = load<u32>(indices + ((<usize>i) << 2));
    if (index >= rows) return refuse(faultIndex, op, index, rows, i);
    setBit(marks, first + index);
  }
  return true;
}

/**
 * The gradient of a table, input 0, with its touched rows marked in input 1 from bit word(0) on. If it is rows added at indices,
 * only these rows are touched; if it is the sum of several such gradients, those of all, which are the further inputs; else
 * all rows.
 */
@unmanaged
class TouchRows {
  rewrite(): i32 {
    const table = stagedInput(0);
    const marks = stagedInput(1);
    const first = stagedWord(0);
    if (opOf(table) === opScatterAdd) {
      stage(opScatterRows);
      stageInput(input(table, 0));
      stageInput(input(table, 1));
      stageInput(marks);
      stageWord(extent(table, 0));
      stageWord(first);
      return emit();
    }
    if (stagedInputs() > 2) return -1;
    let left = table;
    while (opOf(left) === opAdd && opOf(input(left, 1)) === opScatterAdd) left = input(left, 0);
    if (left === table || opOf(left) !== opScatterAdd) return -1;
    stage(opTouchRows);
    stageInput(table);
    stageInput(marks);
    for (let sum = table; sum !== left; sum = input(sum, 0)) stageInput(input(input(sum, 1), 1));
    stageInput(input(left, 1));
    stageWord(first);
    return emit();
  }
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, g);
  }
  /** Pushes first bit, rows, bytes of a row, number of lists of indices, and the length of each. */
  prepare(y: i32): void {
    push(word(y, 0));
    push(extent(y, 0));
    push(elementsOf(y) === 0 ? 0 : bytesOf(y) / extent(y, 0));
    push(inputCount(y) - 2);
    for (let k = 2; k < inputCount(y); k++) push(elementsOf(input(y, k)));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const marks = operand(call, 2);
    const first = callWord(call, 0);
    const rows = callWord(call, 1);
    clearRows(out, marks, first, rows, callWord(call, 2));
    const lists = callWord(call, 3);
    for (let k: u32 = 0; k < lists; k++) {
      if (!markRows(opTouchRows, marks, first, rows, operand(call, 3 + k), callWord(call, 4 + k))) return;
    }
    if (lists === 0) for (let row: u32 = 0; row < rows; row++) setBit(marks, first + row);
    memory.copy(out, operand(call, 1), <usize>rows * callWord(call, 2));
  }
}

/** Rows of a added at the indices, in order, as by ScatterAdd; words are the rows of the table and the first bit. */
@unmanaged
class ScatterRows {
  shape(): bool {
    setTableOutput(stagedInput(0), rankOf(stagedInput(1)));
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, gather(g, input(y, 1)));
  }
  prepare(y: i32): void {
    const indices = elementsOf(input(y, 1));
    push(word(y, 0));
    push(word(y, 1));
    push(indices);
    push(indices === 0 ? 0 : elementsOf(input(y, 0)) / indices);
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y, 0));
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f64Type) this.scatter<f64>(call);
    else this.scatter<f32>(call);
  }
  scatter<T>(call: usize): void {
    const out = operand(call, 0);
    const indices = operand(call, 2);
    const marks = operand(call, 3);
    const rows = callWord(call, 0);
    const first = callWord(call, 1);
    const count = callWord(call, 2);
    const row = callWord(call, 3);
    clearRows(out, marks, first, rows, row * sizeof<T>());
    if (!markRows(opScatterRows, marks, first, rows, indices, count)) return;
    addRows<T>(out, operand(call, 1), indices, count, row);
  }
}

export function registerTouchedRows(): void {
  register<TouchRows>(opTouchRows, 0);
  register<ScatterRows>(opScatterRows, 0);
}
