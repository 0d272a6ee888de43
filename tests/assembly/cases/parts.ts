// Cotangents of many parts of one node: what the reverse walk emits for slices and gathers, and that it survives a fault
// at any of their nodes.

import { f64Type, faultMemory, i32Type, opAdd, opConcatenate, opPad, opScatterAdd } from "../../../assembly/abi";
import { reverse } from "../../../assembly/autodiff/reverse";
import { nodeCount, opOf, sameShape } from "../../../assembly/graph/graph";
import { add, gather, slice, square, sum } from "../../../assembly/graph/vocabulary";
import { allocateRegion, limitPages } from "../../../assembly/memory/regions";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { clearFault, faultCode, freshGraph, leafAt } from "../scenes/engine";
import { elementOf, evaluate } from "../scenes/interpreter";

registerSources();
registerMovement();
registerArithmetic();
registerReductions();
registerIndexing();

const LIST = memory.data(64, 16);
const BLOCK = allocateRegion(4096);

function value(i: usize): f64 {
  return <f64>(i % 7) - 2.5;
}

/** Σ of the squares of rows start + k stride .. start + k stride + rows of x, for k < count. */
function squares(x: i32, count: i32, start: i32, rows: i32, stride: i32): i32 {
  let y = -1;
  for (let k = 0; k < count; k++) {
    const at = start + k * stride;
    const part = sum(square(slice(x, 0, at, at + rows)), 3);
    y = y < 0 ? part : add(y, part);
  }
  return y;
}

function derive(y: i32, x: i32): i32 {
  store<i32>(LIST, x);
  expect(reverse(y, -1, LIST, 1)).toBe(true);
  return load<i32>(LIST);
}

/** Nodes of an op from node `from` on. */
function countOf(op: i32, from: i32): i32 {
  let count = 0;
  for (let n = from; n < nodeCount(); n++) if (opOf(n) === op) count++;
  return count;
}

/** Elements of the cotangent of x [rows, 2] that are not 2x times the readers of their row. */
function wrong(g: i32, x: i32, rows: i32, readers: usize): i32 {
  if (!sameShape(g, x)) return -1;
  for (let i: usize = 0; i < 512; i++) store<f64>(BLOCK + (i << 3), value(i));
  evaluate(BLOCK);
  let count = 0;
  for (let i: usize = 0; i < <usize>rows * 2; i++) {
    const expected = 2 * value(i) * <f64>load<u8>(readers + (i >> 1));
    if (elementOf(g, i) !== expected) count++;
  }
  return count;
}

describe("parts", () => {
  it("of slices that tile an axis are concatenated: no pad, no addition", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 6, 2);
    const y = squares(x, 3, 0, 2, 2);
    const before = nodeCount();
    const g = derive(y, x);
    expect(countOf(opConcatenate, before)).toBe(1);
    expect(countOf(opPad, before)).toBe(0);
    expect(countOf(opAdd, before)).toBe(0);
    expect(wrong(g, x, 6, memory.data<u8>([1, 1, 1, 1, 1, 1]))).toBe(0);
  });
  it("with gaps are padded as far as the next, and at the ends once", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 8, 2);
    const y = squares(x, 3, 1, 1, 2);
    const before = nodeCount();
    const g = derive(y, x);
    expect(countOf(opConcatenate, before)).toBe(1);
    expect(countOf(opPad, before)).toBe(3);
    expect(countOf(opAdd, before)).toBe(0);
    expect(wrong(g, x, 8, memory.data<u8>([0, 1, 0, 1, 0, 1, 0, 0]))).toBe(0);
  });
  it("that overlap are put into as many tiers as overlap, which are added", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 8, 2);
    const y = squares(x, 7, 0, 2, 1);
    const before = nodeCount();
    const g = derive(y, x);
    expect(countOf(opConcatenate, before)).toBe(2);
    expect(countOf(opAdd, before)).toBe(1);
    expect(wrong(g, x, 8, memory.data<u8>([1, 2, 2, 2, 2, 2, 2, 1]))).toBe(0);
  });
  it("by gathers that are smaller than the table are added up by one scatter", () => {
    freshGraph();
    const x = leafAt(0, f64Type, 8, 2);
    const a = sum(square(gather(x, leafAt(2048, i32Type))), 1);
    const b = sum(square(gather(x, leafAt(2052, i32Type, 3))), 3);
    const c = sum(square(gather(x, leafAt(2064, i32Type, 1, 2))), 7);
    const y = add(add(a, sum(b, 1)), sum(c, 1));
    const before = nodeCount();
    derive(sum(y, 7), x);
    expect(countOf(opScatterAdd, before)).toBe(1);
  });
  it("survive a graph that cannot grow, at any node", () => {
    freshGraph();
    derive(squares(leafAt(0, f64Type, 8, 2), 3, 0, 2, 1), 0); // leaves free memory for the tables of a walk
    let refused = 0;
    for (let room = 0; room < 48; room++) {
      freshGraph();
      const x = leafAt(0, f64Type, 8, 2);
      const y = squares(x, 3, 0, 2, 1);
      for (let k = 1; nodeCount() < 1024 - room; k++) leafAt(k << 3, f64Type);
      store<i32>(LIST, x);
      limitPages(1);
      const done = reverse(y, -1, LIST, 1);
      limitPages(65535);
      if (!done && faultCode() === faultMemory) refused++;
      else expect(done).toBe(true);
      clearFault();
    }
    expect(refused).toBeGreaterThan(8);
    expect(refused).toBeLessThan(48);
  });
});
