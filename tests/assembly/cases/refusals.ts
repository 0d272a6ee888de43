// What emitting refuses: each fault with its operands, and that a refused op leaves the graph as it was.

import {
  f32Type,
  f64Type,
  faultAxis,
  faultInner,
  faultRange,
  faultRank,
  faultReshape,
  faultShapes,
  faultTooLarge,
  faultType,
  faultTypes,
  faultUnknownOp,
  i32Type,
  opAdd,
  opArgMax,
  opBroadcastTo,
  opCast,
  opConcatenate,
  opCount,
  opCumulativeSum,
  opFill,
  opGather,
  opLeaf,
  opMatmul,
  opMax,
  opOneHot,
  opPad,
  opProduct,
  opReshape,
  opScatterAdd,
  opSlice,
  opSoftmax,
  opSquare,
  opSum,
  opTranspose,
  opUniform,
  rankLimit,
  spaceArguments,
  u8Type,
} from "../../../assembly/abi";
import { emit, stage, stageInput, stageReal, stageWord } from "../../../assembly/graph/emit";
import { elementsOf, nodeCount, rankOf } from "../../../assembly/graph/graph";
import { clearFault, expectFault, faultCode, freshGraph, leafAt, stageExtents } from "../scenes/engine";

/** The high word of 2^53, which stands for all bytes beyond. */
const BEYOND = 2097152;

/** Nodes before the op that is to be refused. */
const BEFORE = memory.data(4, 4);

function begin(op: i32, a: i32 = -1, b: i32 = -1): void {
  store<i32>(BEFORE, nodeCount());
  stage(op);
  if (a >= 0) stageInput(a);
  if (b >= 0) stageInput(b);
}

/** Emits what is staged and expects this fault, with no node added. */
function refused(code: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0): void {
  expect(emit()).toBe(-1);
  expectFault(code, a, b, c, d, e);
  expect(nodeCount()).toBe(load<i32>(BEFORE), "nodes");
}

function stageLeaf(type: i32): void {
  begin(opLeaf);
  stageWord(spaceArguments);
  stageWord(0);
  stageWord(type);
}

describe("emit", () => {
  it("refuses an op it does not know", () => {
    freshGraph();
    begin(0);
    refused(faultUnknownOp, 0);
    begin(-1);
    refused(faultUnknownOp, -1);
    begin(opCount);
    refused(faultUnknownOp, opCount);
    begin(opSoftmax, leafAt(0, f32Type, 2));
    refused(faultUnknownOp, opSoftmax);
  });
  it("answers -1 while a fault stands, whose operands stay", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2);
    begin(99);
    expect(emit()).toBe(-1);
    stage(opSquare);
    stageInput(a);
    expect(emit()).toBe(-1);
    stage(opReshape);
    stageInput(a);
    stageExtents(3);
    expect(emit()).toBe(-1);
    expect(nodeCount()).toBe(1);
    expectFault(faultUnknownOp, 99);
  });
  it("refuses integers where floats are wanted, and floats of two types", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2);
    const b = leafAt(0, f64Type, 2);
    const i = leafAt(0, i32Type, 2);
    begin(opSquare, i);
    refused(faultType, opSquare, i, i32Type, -1);
    begin(opAdd, a, i);
    refused(faultType, opAdd, i, i32Type, -1);
    begin(opAdd, a, b);
    refused(faultTypes, opAdd, a, b);
    begin(opMatmul, b, a);
    refused(faultTypes, opMatmul, b, a);
    begin(opConcatenate, a, b);
    stageWord(0);
    refused(faultTypes, opConcatenate, a, b);
    begin(opUniform);
    stageWord(0);
    stageWord(0);
    stageWord(0);
    stageWord(i32Type);
    stageExtents(2);
    refused(faultType, opUniform, -1, i32Type, -1);
    begin(opCast, a);
    stageWord(u8Type);
    refused(faultType, opCast, a, u8Type, -1);
    stageLeaf(u8Type); // bytes are storage: a column holds them, no node does
    stageExtents(2);
    expect(emit()).toBe(-1);
    expect(faultCode()).toBe(faultType);
    clearFault();
    begin(opGather, a, b);
    refused(faultType, opGather, b, f64Type, i32Type);
  });
  it("refuses more axes than eight, whatever the op", () => {
    freshGraph();
    stageLeaf(f32Type);
    for (let axis = 0; axis < rankLimit; axis++) stageWord(1);
    const wide = emit();
    expect(wide).toBe(0);
    expect(rankOf(wide)).toBe(rankLimit);
    stageLeaf(f32Type);
    for (let axis = 0; axis <= rankLimit; axis++) stageWord(1);
    refused(faultRank, opLeaf, -1, 9, rankLimit);
    stageLeaf(f32Type);
    for (let axis = 0; axis < 500; axis++) stageWord(1);
    refused(faultRank, opLeaf, -1, 500, rankLimit);
    begin(opFill);
    stageReal(1);
    stageWord(f32Type);
    for (let axis = 0; axis < 9; axis++) stageWord(2);
    refused(faultRank, opFill, -1, 9, rankLimit);
    begin(opReshape, wide);
    for (let axis = 0; axis < 9; axis++) stageWord(1);
    refused(faultRank, opReshape, wide, 9, rankLimit);
    begin(opBroadcastTo, wide);
    for (let axis = 0; axis < 12; axis++) stageWord(1);
    refused(faultRank, opBroadcastTo, wide, 12, rankLimit);
    const indices = leafAt(0, i32Type, 1, 1, 1, 1);
    begin(opGather, wide, indices);
    refused(faultRank, opGather, wide, 11, rankLimit);
    stageLeaf(i32Type);
    for (let axis = 0; axis < rankLimit; axis++) stageWord(1);
    const many = emit();
    begin(opOneHot, many);
    stageWord(3);
    stageWord(f32Type);
    refused(faultRank, opOneHot, many, 9, rankLimit);
  });
  it("refuses fewer axes than an op needs", () => {
    freshGraph();
    const scalar = leafAt(0, f32Type);
    const a = leafAt(0, f32Type, 3);
    const b = leafAt(0, f32Type, 3, 4);
    begin(opMatmul, a, b);
    refused(faultRank, opMatmul, a, 1, 2);
    begin(opMatmul, b, a);
    refused(faultRank, opMatmul, a, 1, 2);
    begin(opBroadcastTo, b);
    stageExtents(4);
    refused(faultRank, opBroadcastTo, b, 1, 2);
    const indices = leafAt(0, i32Type, 1);
    begin(opGather, scalar, indices);
    refused(faultRank, opGather, scalar, 0, 1);
    begin(opScatterAdd, scalar, indices);
    stageWord(2);
    refused(faultRank, opScatterAdd, scalar, 0, 1);
  });
  it("refuses more elements than it can address, and nothing less", () => {
    freshGraph();
    stageLeaf(f32Type);
    stageExtents(32768, 32768);
    refused(faultTooLarge, opLeaf, 1, 0);
    stageLeaf(f32Type);
    stageExtents(0x7fffffff, 0x7fffffff, 0x7fffffff);
    refused(faultTooLarge, opLeaf, BEYOND, 0);
    stageLeaf(f64Type);
    stageExtents(0x20000000);
    refused(faultTooLarge, opLeaf, 1, 0);
    stageLeaf(f32Type);
    stageExtents(0x3bffffff);
    const most = emit();
    expect(faultCode()).toBe(0);
    expect(elementsOf(most)).toBe(0x3bffffff);
    const column = leafAt(0, f32Type, 40000, 1);
    const row = leafAt(0, f32Type, 40000);
    begin(opAdd, column, row);
    refused(faultTooLarge, opBroadcastTo, 1, 2105032704);
  });
  it("refuses a negative extent, beside an extent of 0 too", () => {
    freshGraph();
    stageLeaf(f32Type);
    stageWord(-1);
    refused(faultTooLarge, opLeaf, 3, -4);
    stageLeaf(f32Type);
    stageWord(-1);
    stageWord(-1);
    refused(faultTooLarge, opLeaf, BEYOND, 0);
    stageLeaf(f32Type);
    stageWord(0);
    stageWord(-1);
    refused(faultTooLarge, opLeaf, 0, 0);
  });
});

describe("shape rules", () => {
  it("refuse inner extents that differ, in each transposition", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2, 3);
    const b = leafAt(64, f32Type, 4, 5);
    for (let transposes = 0; transposes < 4; transposes++) {
      begin(opMatmul, a, b);
      stageWord(transposes & 1);
      stageWord(transposes >> 1);
      refused(faultInner, opMatmul, a, b, (transposes & 1) !== 0 ? 2 : 3, transposes >> 1 !== 0 ? 5 : 4);
    }
  });
  it("refuse batches of matrices that do not broadcast", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2, 3, 4);
    const b = leafAt(64, f32Type, 5, 4, 3);
    begin(opMatmul, a, b);
    stageWord(0);
    stageWord(0);
    expect(emit()).toBe(-1);
    expectFault(faultShapes, opMatmul, a, b);
  });
  it("refuse axes that are not there", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2, 3);
    const scalar = leafAt(0, f32Type);
    begin(opSum, a);
    stageWord(0b100);
    refused(faultAxis, opSum, a, 2);
    begin(opMax, scalar);
    stageWord(1);
    refused(faultAxis, opMax, scalar, 0);
    begin(opSum, a);
    stageWord(-1);
    refused(faultAxis, opSum, a, 31);
    begin(opCumulativeSum, a);
    stageWord(2);
    stageWord(0);
    refused(faultAxis, opCumulativeSum, a, 2);
    begin(opCumulativeSum, a);
    stageWord(-1);
    stageWord(0);
    refused(faultAxis, opCumulativeSum, a, -1);
    begin(opProduct, a);
    stageWord(2);
    stageWord(0);
    refused(faultAxis, opProduct, a, 2);
    begin(opConcatenate, a, a);
    stageWord(2);
    refused(faultAxis, opConcatenate, a, 2);
    begin(opTranspose, a);
    stageWord(0);
    stageWord(0);
    refused(faultAxis, opTranspose, a, 0);
    begin(opTranspose, a);
    stageWord(1);
    refused(faultAxis, opTranspose, a, -1);
    begin(opTranspose, a);
    stageWord(0);
    stageWord(33);
    refused(faultAxis, opTranspose, a, 33);
  });
  it("refuse a shape that does not hold the elements", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2, 3);
    begin(opReshape, a);
    stageExtents(7);
    refused(faultReshape, opReshape, a);
    begin(opReshape, a);
    stageWord(-2);
    stageWord(-3);
    refused(faultReshape, opReshape, a);
  });
  it("refuse ranges outside a tensor", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 4, 5);
    begin(opSlice, a);
    stageExtents(0, 4, 2, 6);
    refused(faultRange, opSlice, a, 1, 2, 6);
    begin(opSlice, a);
    stageExtents(3, 2, 0, 5);
    refused(faultRange, opSlice, a, 0, 3, 2);
    begin(opSlice, a);
    stageWord(-1);
    stageExtents(2, 0, 5);
    refused(faultRange, opSlice, a, 0, -1, 2);
    begin(opPad, a);
    stageExtents(0, 0, 1);
    stageWord(-1);
    refused(faultRange, opPad, a, 1, 1, -1);
    begin(opPad, a);
    stageExtents(0x7fffffff, 0x7fffffff, 0, 0);
    expect(emit()).toBe(-1);
    expect(faultCode()).toBeGreaterThan(0, "an extent that wraps");
    expectFault(faultTooLarge, opPad, 19, -20);
    begin(opBroadcastTo, a);
    stageExtents(4, 6);
    refused(faultRange, opBroadcastTo, a, 1, 5, 6);
    const empty = leafAt(0, f32Type, 3, 0);
    begin(opMax, empty);
    stageWord(2);
    refused(faultRange, opMax, empty, 1, 0, 0);
    begin(opArgMax, empty);
    refused(faultRange, opArgMax, empty, 1, 0, 0);
  });
  it("refuse to join what differs beside the axis", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 4, 5);
    const b = leafAt(0, f32Type, 4, 6);
    const c = leafAt(0, f32Type, 4);
    begin(opConcatenate, a, b);
    stageWord(0);
    refused(faultShapes, opConcatenate, a, b);
    begin(opConcatenate, a, c);
    stageWord(0);
    refused(faultShapes, opConcatenate, a, c);
  });
});
