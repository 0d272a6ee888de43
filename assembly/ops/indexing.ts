// Gather rows by index, scatter-add rows by index, and one-hot rows.

import { f64Type, faultIndex, faultRank, faultType, i32Type, opGather, opOneHot, opScatterAdd } from "../abi";
import { callWord, operand, outputType, push } from "../graph/call";
import { register } from "../graph/contract";
import { accumulate, listPart } from "../graph/cotangents";
import { setExtent, setOutput, stagedInput, stagedWord } from "../graph/emit";
import { elementsOf, extent, input, rankOf, typeOf, word, wordCount } from "../graph/graph";
import { gather, scatterAdd } from "../graph/vocabulary";
import { map2 } from "../kernels/lanes";
import { copyElements } from "../kernels/strided";
import { refuse } from "../memory/engine";

function indicesChecked(op: i32, indices: i32): bool {
  if (typeOf(indices) === i32Type) return true;
  return refuse(faultType, op, indices, typeOf(indices), i32Type);
}

/** True if all indices are in 0 .. rows − 1; records a fault if not. */
function inRange(op: i32, indices: usize, count: u32, rows: u32): bool {
  for (let i: u32 = 0; i < count; i++) {
    const index = load<i32>(indices + (i << 2));
    if (<u32>index >= rows) return refuse(faultIndex, op, index, rows, i);
  }
  return true;
}

@unmanaged
class Sum2 {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
}

/** Sets the output to a table of word(0) rows, each as a row of a behind the axes of its indices, `lead` of them. */
export function setTableOutput(a: i32, lead: i32): void {
  setOutput(typeOf(a), 1 + rankOf(a) - lead);
  setExtent(0, stagedWord(0));
  for (let axis = lead; axis < rankOf(a); axis++) setExtent(1 + axis - lead, extent(a, axis));
}

/** Adds rows of `row` elements at a to those at the indices of a table, in order. */
export function addRows<T>(table: usize, a: usize, indices: usize, count: u32, row: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const at = table + load<u32>(indices + (i << 2)) * row * sizeof<T>();
    map2<Sum2, T>(at, at, a, row);
    a += row * sizeof<T>();
  }
}

/** Rows of table [rows, ...] at indices [...]; the output is [indices..., ...]. One word: number of the sentence of a fault, or none. */
@unmanaged
class Gather {
  shape(): bool {
    const table = stagedInput(0);
    const indices = stagedInput(1);
    if (!indicesChecked(opGather, indices)) return false;
    if (rankOf(table) === 0) {
      return refuse(faultRank, opGather, table, 0, 1);
    }
    const lead = rankOf(indices);
    setOutput(typeOf(table), lead + rankOf(table) - 1);
    for (let axis = 0; axis < lead; axis++) setExtent(axis, extent(indices, axis));
    for (let axis = 1; axis < rankOf(table); axis++) setExtent(lead + axis - 1, extent(table, axis));
    return true;
  }
  /** Rows of several gathers are added up at once, unless they take more memory than the table. */
  derivative(y: i32, g: i32): void {
    const table = input(y, 0);
    if (elementsOf(y) < elementsOf(table)) listPart(y);
    else accumulate(y, 0, scatterAdd(g, input(y, 1), extent(table, 0)));
  }
  /** Pushes rows of the table, number of indices, elements of a row, an f64 as two, and the op with the number. */
  prepare(y: i32): void {
    const indices = elementsOf(input(y, 1));
    push(extent(input(y, 0), 0));
    push(indices);
    push(indices === 0 ? 0 : (elementsOf(y) / indices) << (<u32>(typeOf(y) === f64Type)));
    push(opGather + (wordCount(y) === 0 ? 0 : word(y, 0)));
  }
  run(call: usize, start: u32, count: u32): void {
    let out = operand(call, 0);
    const table = operand(call, 1);
    const indices = operand(call, 2);
    const row = callWord(call, 2);
    if (!inRange(callWord(call, 3), indices, callWord(call, 1), callWord(call, 0))) return;
    for (let i: u32 = 0; i < callWord(call, 1); i++) {
      copyElements<f32>(out, table + ((load<u32>(indices + (i << 2)) * row) << 2), row);
      out += row << 2;
    }
  }
}

/** Table of word(0) rows, zero but for the rows of a added at the indices, in order. */
@unmanaged
class ScatterAdd {
  shape(): bool {
    const a = stagedInput(0);
    const indices = stagedInput(1);
    if (!indicesChecked(opScatterAdd, indices)) return false;
    const lead = rankOf(indices);
    if (rankOf(a) < lead) {
      return refuse(faultRank, opScatterAdd, a, rankOf(a), lead);
    }
    setTableOutput(a, lead);
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, gather(g, input(y, 1)));
  }
  prepare(y: i32): void {
    const indices = elementsOf(input(y, 1));
    push(word(y, 0));
    push(indices);
    push(indices === 0 ? 0 : elementsOf(input(y, 0)) / indices);
  }
  flops(y: i32): f64 {
    return <f64>elementsOf(input(y, 0));
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f64Type) this.accumulate<f64>(call, count);
    else this.accumulate<f32>(call, count);
  }
  accumulate<T>(call: usize, count: u32): void {
    const out = operand(call, 0);
    const indices = operand(call, 2);
    memory.fill(out, 0, count * sizeof<T>());
    if (!inRange(opScatterAdd, indices, callWord(call, 1), callWord(call, 0))) return;
    addRows<T>(out, operand(call, 1), indices, callWord(call, 1), callWord(call, 2));
  }
}

/** [..., classes] with 1 at the index: words are classes and type. An index out of range is a fault. */
@unmanaged
class OneHot {
  shape(): bool {
    const indices = stagedInput(0);
    if (!indicesChecked(opOneHot, indices)) return false;
    setOutput(stagedWord(1), rankOf(indices) + 1);
    for (let axis = 0; axis < rankOf(indices); axis++) setExtent(axis, extent(indices, axis));
    setExtent(rankOf(indices), stagedWord(0));
    return true;
  }
  prepare(y: i32): void {
    push(word(y, 0));
    push(elementsOf(input(y)));
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f64Type) this.mark<f64>(call, count);
    else this.mark<f32>(call, count);
  }
  mark<T>(call: usize, count: u32): void {
    const out = operand(call, 0);
    const indices = operand(call, 1);
    const classes = callWord(call, 0);
    memory.fill(out, 0, count * sizeof<T>());
    if (!inRange(opOneHot, indices, callWord(call, 1), classes)) return;
    for (let i: u32 = 0; i < callWord(call, 1); i++) {
      store<T>(out + (i * classes + load<u32>(indices + (i << 2))) * sizeof<T>(), <T>1);
    }
  }
}

export function registerIndexing(): void {
  register<Gather>(opGather, 0);
  register<ScatterAdd>(opScatterAdd, 0);
  register<OneHot>(opOneHot, 0);
}
