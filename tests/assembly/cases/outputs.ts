// What a plan does at its edges: outputs of every kind, dead and empty nodes, long chains, many chains at once.

import {
  f32Type,
  f64Type,
  faultIndex,
  faultMemory,
  i32Type,
  opConstant,
  opFill,
  opGather,
  opReshape,
  opStopGradient,
  programBytes,
  programFlops,
  programInstructions,
  programNodes,
  programScratch,
  spaceResults,
} from "../../../assembly/abi";
import { emit, stage, stageInput, stageReal, stageWord } from "../../../assembly/graph/emit";
import { bytesOf, elementsOf, nodeCount, typeOf } from "../../../assembly/graph/graph";
import {
  add,
  broadcastLike,
  gather,
  matmul,
  multiply,
  negate,
  scale,
  shift,
  sum,
  withLastAxis,
} from "../../../assembly/graph/vocabulary";
import { allocateRegion, bytesInUse, freeRegion, limitPages } from "../../../assembly/memory/regions";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { plan } from "../../../assembly/program/plan";
import { Output, outputBytes } from "../../../assembly/program/schedule";
import { clearFault, expectFault, faultCode, faultOperand, freshGraph, leafAt, stageExtents } from "../scenes/engine";
import { differences, evaluate, valueAt } from "../scenes/interpreter";
import { runInto, setRequest } from "../scenes/running";

registerIndexing();

const OUTPUTS = memory.data(16 * 64, 16);
const CONSTANTS = memory.data<f32>([1.5, -2, 0.25, 8]);
const STRIDE: usize = 32768;
const ARGUMENTS = allocateRegion(64 * STRIDE);
const RESULTS = allocateRegion(64 * STRIDE);

function fillArguments(): void {
  for (let i: usize = 0; i < 64 * (STRIDE >> 2); i++) store<f32>(ARGUMENTS + (i << 2), <f32>(i % 251) / 64 - 2);
}

function request(k: i32, node: i32): void {
  setRequest(OUTPUTS, <usize>k, node, spaceResults, <usize>k * STRIDE);
}

function runOver(program: usize): void {
  runInto(RESULTS, 64 * STRIDE, program, ARGUMENTS);
}

/** Elements of the outputs that are not the interpreter's, and bytes written behind them. */
function wrongResults(count: i32): i32 {
  let wrong = 0;
  for (let k = 0; k < count; k++) {
    const n = changetype<Output>(OUTPUTS + <usize>k * outputBytes).node;
    const at = RESULTS + <usize>k * STRIDE;
    wrong += differences(at, valueAt(n), elementsOf(n), typeOf(n));
    for (let i: usize = bytesOf(n); i < STRIDE; i++) if (load<u8>(at + i) !== 0xab) wrong++;
  }
  return wrong;
}

/** Plans and runs the outputs requested, compares them, and answers the program. */
function checked(count: i32): usize {
  fillArguments();
  evaluate(ARGUMENTS);
  const program = plan(OUTPUTS, count);
  expect(program).toBeGreaterThan(0);
  runOver(program);
  expect(faultCode()).toBe(0);
  expect(wrongResults(count)).toBe(0);
  return program;
}

function flat(a: i32): i32 {
  stage(opReshape);
  stageInput(a);
  stageWord(elementsOf(a));
  return emit();
}

function stopped(a: i32): i32 {
  stage(opStopGradient);
  stageInput(a);
  return emit();
}

function constant(): i32 {
  stage(opConstant);
  stageWord(<i32>CONSTANTS);
  stageWord(16);
  stageWord(f32Type);
  stageExtents(2, 2);
  return emit();
}

function emitFill(value: f64, type: i32, a: i32, b: i32 = -1): i32 {
  stage(opFill);
  stageReal(value);
  stageWord(type);
  stageExtents(a, b);
  return emit();
}

/** `members` elementwise ops one after the other over the node. */
function chain(a: i32, members: i32): i32 {
  let y = a;
  for (let k = 0; k < members; k++) y = k % 3 === 0 ? multiply(y, a) : k % 3 === 1 ? add(a, y) : negate(y);
  return y;
}

function scratchOf(members: i32, elements: i32): u32 {
  freshGraph();
  request(0, chain(leafAt(0, f32Type, elements), members));
  const program = checked(1);
  const bytes = load<u32>(program, programScratch);
  expect(load<u32>(program, programInstructions)).toBe(members);
  freeRegion(program);
  return bytes;
}

describe("an output", () => {
  it("may be a leaf, a constant, or another name of either", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 30, 40);
    const c = constant();
    request(0, a);
    request(1, flat(a));
    request(2, stopped(flat(a)));
    request(3, c);
    request(4, flat(c));
    request(5, leafAt(64, f64Type, 7));
    request(6, leafAt(128, i32Type, 5));
    freeRegion(checked(7));
  });
  it("may be a name of what is computed, beside it or alone", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 30, 40);
    const y = negate(a);
    request(0, flat(y));
    request(1, y);
    request(2, stopped(y));
    freeRegion(checked(3));
    request(0, withLastAxis(flat(sum(y, 2))));
    freeRegion(checked(1));
  });
  it("may be asked for several times, each in its own place", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 2000);
    const y = scale(a, 3);
    const z = shift(y, 1);
    request(0, y);
    request(1, z);
    request(2, y);
    request(3, z);
    request(4, y);
    freeRegion(checked(5));
  });
  it("may be one value everywhere, read by others too", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 50, 40);
    const f = emitFill(1.25, f32Type, 50, 40);
    const total = broadcastLike(sum(a, 3), a);
    request(0, f);
    request(1, add(f, a));
    request(2, f);
    request(3, total);
    request(4, multiply(total, a));
    request(5, flat(total));
    freeRegion(checked(6));
  });
  it("may be empty, and computed from what is empty", () => {
    freshGraph();
    const e = leafAt(0, f32Type, 0, 4);
    const a = leafAt(0, f32Type, 3);
    request(0, e);
    request(1, negate(e));
    request(2, sum(e, 1));
    request(3, matmul(leafAt(0, f32Type, 3, 0), e, false, false));
    request(4, flat(shift(e, 2)));
    request(5, add(sum(sum(e, 1), 2), a));
    request(6, emitFill(2, f32Type, 0));
    freeRegion(checked(7));
  });
  it("need not be there at all", () => {
    freshGraph();
    negate(leafAt(0, f32Type, 30));
    const program = checked(0);
    expect(load<u32>(program, programNodes)).toBe(0);
    expect(load<u32>(program, programInstructions)).toBe(0);
    freeRegion(program);
  });
});

describe("a program", () => {
  it("computes nothing that no output needs", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 300);
    const y = shift(a, 1);
    chain(y, 100);
    sum(y, 1);
    request(0, y);
    const program = checked(1);
    expect(nodeCount()).toBeGreaterThan(100);
    expect(load<u32>(program, programNodes)).toBe(3, "leaf, fill, sum");
    expect(load<f64>(program, programFlops)).toBeLessThanOrEqual(601);
    freeRegion(program);
  });
  it("is the same wherever its image lies", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 40, 40);
    const c = broadcastLike(sum(constant(), 3), a);
    request(0, matmul(add(a, c), a, false, true));
    const program = checked(1);
    const size = load<u32>(program, programBytes);
    const copy = allocateRegion(size + 1000);
    memory.copy(copy + 960, program, size);
    memory.fill(program, 0xff, size);
    runOver(copy + 960);
    expect(wrongResults(1)).toBe(0);
    freeRegion(program);
    freeRegion(copy);
  });
  it("stops with a fault at an index out of range", () => {
    freshGraph();
    const table = leafAt(0, f32Type, 5, 3);
    const indices = leafAt(<u32>STRIDE, i32Type, 4);
    request(0, gather(table, indices));
    fillArguments();
    const program = plan(OUTPUTS, 1);
    const at = ARGUMENTS + STRIDE;
    store<i32>(at, 4);
    store<i32>(at, 0, 4);
    store<i32>(at, 3, 8);
    store<i32>(at, 3, 12);
    runOver(program);
    expect(faultCode()).toBe(0);
    expect(memory.compare(RESULTS, ARGUMENTS + 48, 12)).toBe(0);
    store<i32>(at, 5, 8);
    runOver(program);
    expectFault(faultIndex, opGather, 5, 5, 2);
    store<i32>(at, -1, 4);
    runOver(program);
    expectFault(faultIndex, opGather, -1, 5, 1);
    freeRegion(program);
  });
  it("that does not fit into memory is refused, and nothing is kept of it", () => {
    freshGraph();
    request(0, chain(leafAt(0, f32Type, 100), 900));
    const bytes = bytesInUse();
    limitPages(1);
    expect(plan(OUTPUTS, 1)).toBe(0);
    limitPages(65535);
    expect(faultCode()).toBe(faultMemory);
    expect(faultOperand(1)).toBeGreaterThan(65536);
    clearFault();
    expect(bytesInUse()).toBe(bytes);
  });
});

describe("a chain", () => {
  it("has the values of its members alone, however long and ragged it is", () => {
    scratchOf(1, 1);
    scratchOf(63, 1023);
    scratchOf(64, 1024);
    scratchOf(65, 1025);
    scratchOf(129, 5001);
  });
  it("needs no more scratch for more members", () => {
    expect(scratchOf(60, 8000)).toBeLessThan(3 * 8320 + 1);
    const bytes = scratchOf(150, 8000);
    expect(bytes).toBeLessThanOrEqual(2 * 32000 + 3 * 8320);
    expect(scratchOf(300, 8000)).toBe(bytes);
    expect(scratchOf(1000, 8000)).toBe(bytes);
  });
  it("may wait while forty of other lengths go on", () => {
    freshGraph();
    for (let k = 0; k < 40; k++) request(k, leafAt(<u32>k * <u32>STRIDE, f32Type, 1000 + k));
    for (let turn = 0; turn < 5; turn++) {
      for (let k = 0; k < 40; k++) {
        const own = changetype<Output>(OUTPUTS + <usize>k * outputBytes).node;
        request(k, turn % 2 === 0 ? negate(shift(own, turn)) : multiply(own, own));
      }
    }
    freeRegion(checked(40));
  });
  it("may read a value of another length that is computed between its members", () => {
    freshGraph();
    const a = leafAt(0, f32Type, 60, 40);
    const row = leafAt(<u32>STRIDE, f32Type, 40);
    let y = negate(a);
    let r = negate(row);
    for (let k = 0; k < 30; k++) {
      r = shift(r, k);
      y = add(y, r);
      y = multiply(y, sum(r, 1));
    }
    request(0, y);
    request(1, r);
    freeRegion(checked(2));
  });
});
