// Loops: c ← w c + x over the steps of x, whose values, gradients and steps of random numbers have closed forms; a fault inside; and
// what a plan keeps.

import {
  f64Type,
  faultIndex,
  faultLoop,
  i32Type,
  opGather,
  opLeaf,
  opPart,
  opScan,
  opUniform,
  spaceBody,
  spaceResults,
  takeLast,
  takeOutput,
} from "../../../assembly/abi";
import { reverse } from "../../../assembly/autodiff/reverse";
import { emit, stage, stageInput, stageWord } from "../../../assembly/graph/emit";
import { closeGraph } from "../../../assembly/graph/graph";
import { add, gather, multiply, sum } from "../../../assembly/graph/vocabulary";
import { bindRandom } from "../../../assembly/memory/engine";
import { allocateRegion, bytesInUse, freeRegion } from "../../../assembly/memory/regions";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerRandom } from "../../../assembly/ops/random";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { plan } from "../../../assembly/program/plan";
import { registerScan } from "../../../assembly/program/scan";
import { expectFault, faultCode, freshGraph, leafAt, stageExtents } from "../scenes/engine";
import { runInto, setRequest } from "../scenes/running";

registerSources();
registerMovement();
registerArithmetic();
registerReductions();
registerIndexing();
registerRandom();
registerScan();

const OUTPUTS = memory.data(16 * 16, 16);
const NODES = memory.data(64, 16);
const STRIDE: usize = 4096;
const ARGUMENTS = allocateRegion(8 * STRIDE);
const RESULTS = allocateRegion(8 * STRIDE);
const LIMIT = 70;

function argument(k: usize, i: usize = 0): usize {
  return ARGUMENTS + k * STRIDE + (i << 3);
}

function result(k: usize, i: usize = 0): f64 {
  return load<f64>(RESULTS + k * STRIDE + (i << 3));
}

function bodyLeaf(k: i32, type: i32, a: i32 = -1): i32 {
  stage(opLeaf);
  stageWord(spaceBody);
  stageWord(-1 - k);
  stageWord(type);
  stageExtents(a);
  return emit();
}

/** Stages a loop up to its nodes, with one carry. */
function stageLoop(steps: i32, flags: i32, carry: i32, sequence: i32, outputs: i32): void {
  stage(opScan);
  stageInput(carry);
  stageInput(sequence);
  stageWord(steps);
  stageWord(flags);
  stageWord(1);
  stageWord(1);
  stageWord(outputs);
  for (let k = 0; k < 4; k++) stageWord(0);
}

function part(loop: i32, kind: i32): i32 {
  stage(opPart);
  stageInput(loop);
  stageWord(kind);
  stageWord(0);
  return emit();
}

function request(k: i32, node: i32): void {
  setRequest(OUTPUTS, <usize>k, node, spaceResults, <usize>k * STRIDE);
}

function runAll(program: usize): void {
  runInto(RESULTS, 8 * STRIDE, program, ARGUMENTS);
}

function fill(steps: usize): void {
  for (let t: usize = 0; t < steps; t++) store<f64>(argument(2, t), <f64>((t * 7) % 5) - 1.5);
  store<f64>(argument(0), 0.75);
  store<f64>(argument(1), -0.5);
}

/** A loop over c ← w c + x, which outputs what it carries. */
function recurrence(steps: i32, flags: i32, w: i32, c: i32, x: i32): i32 {
  const carry = bodyLeaf(0, f64Type);
  const element = bodyLeaf(1, f64Type);
  const next = add(multiply(w, carry), element);
  stageLoop(steps, flags, c, x, 1);
  stageWord(carry);
  stageWord(element);
  stageWord(next);
  stageWord(next);
  return emit();
}

/** Bit 0 runs backwards, bit 1 computes again: see graph/loop. */
function checkRecurrence(steps: i32, flags: i32): void {
  freshGraph();
  const w = leafAt(0, f64Type);
  const c = leafAt(<u32>STRIDE, f64Type);
  const x = leafAt(2 * <u32>STRIDE, f64Type, steps);
  const loop = recurrence(steps, flags, w, c, x);
  const last = part(loop, takeLast);
  const all = part(loop, takeOutput);
  const total = add(last, sum(all, 1));
  store<i32>(NODES, w);
  store<i32>(NODES, c, 4);
  store<i32>(NODES, x, 8);
  expect(reverse(total, -1, NODES, 3)).toBe(true);
  request(0, last);
  request(1, all);
  for (let k = 0; k < 3; k++) request(2 + k, load<i32>(NODES + (k << 2)));
  fill(steps);
  const program = plan(OUTPUTS, 5);
  runAll(program);
  expect(faultCode()).toBe(0);
  // Forward in the order of the steps, and backwards by hand: ∂c ← w ∂c + 1 + (1 at the last step).
  const values = memory.data(8 * 71);
  let state = load<f64>(argument(1));
  store<f64>(values, state);
  let wrong = 0;
  for (let i: usize = 0; i < <usize>steps; i++) {
    const t = (flags & 1) !== 0 ? <usize>steps - 1 - i : i;
    state = load<f64>(argument(0)) * state + load<f64>(argument(2, t));
    store<f64>(values + ((i + 1) << 3), state);
    if (result(1, t) !== state) wrong++;
  }
  expect(result(0)).toBe(state);
  let slope: f64 = 1;
  let ofWeight: f64 = 0;
  for (let i = steps; i > 0; i--) {
    slope += 1;
    const t = (flags & 1) !== 0 ? steps - i : i - 1;
    if (result(4, t) !== slope) wrong++;
    ofWeight += slope * load<f64>(values + ((<usize>(i - 1)) << 3));
    slope *= load<f64>(argument(0));
  }
  expect(result(3)).toBe(slope);
  expect(abs<f64>(result(2) - ofWeight) <= 1e-13 * max<f64>(1, abs<f64>(ofWeight))).toBe(true);
  expect(wrong).toBe(0);
  freeRegion(program);
}

describe("a loop", () => {
  it("has the values and the gradients of its steps, forwards and backwards, stored and computed again", () => {
    for (let flags = 0; flags < 4; flags++) {
      checkRecurrence(1, flags);
      checkRecurrence(2, flags);
      checkRecurrence(5, flags);
      checkRecurrence(LIMIT, flags);
    }
  });
  it("keeps nothing after its graph is closed and its program is freed", () => {
    checkRecurrence(3, 0);
    closeGraph();
    const bytes = bytesInUse();
    checkRecurrence(3, 0);
    checkRecurrence(9, 2);
    closeGraph();
    expect(bytesInUse()).toBe(bytes);
  });
  it("draws other numbers at every step, and the same ones again", () => {
    freshGraph();
    const x = leafAt(2 * <u32>STRIDE, f64Type, 4);
    const c = leafAt(<u32>STRIDE, f64Type);
    const carry = bodyLeaf(0, f64Type);
    const element = bodyLeaf(1, f64Type);
    stage(opUniform);
    stageWord(3);
    stageWord(0);
    stageWord(0);
    stageWord(f64Type);
    const drawn = emit();
    const next = add(carry, element);
    stageLoop(4, 0, c, x, 1);
    stageWord(carry);
    stageWord(element);
    stageWord(next);
    stageWord(drawn);
    request(0, part(emit(), takeOutput));
    fill(4);
    bindRandom(1, 2, 3, 0, 0);
    const program = plan(OUTPUTS, 1);
    runAll(program);
    const first = result(0, 0);
    const second = result(0, 1);
    for (let t: usize = 0; t < 4; t++) expect(result(0, t) >= 0 && result(0, t) < 1).toBe(true);
    for (let t: usize = 1; t < 4; t++) expect(result(0, t)).not.toBe(first);
    runAll(program);
    expect(result(0, 0)).toBe(first);
    expect(result(0, 1)).toBe(second);
    freeRegion(program);
  });
  it("ends at a fault, with the bases of the program around it", () => {
    freshGraph();
    const table = leafAt(0, f64Type, 3);
    const c = leafAt(<u32>STRIDE, f64Type);
    const x = leafAt(2 * <u32>STRIDE, i32Type, 4);
    const carry = bodyLeaf(0, f64Type);
    const element = bodyLeaf(1, i32Type);
    const next = add(carry, gather(table, element));
    stageLoop(4, 0, c, x, 0);
    stageWord(carry);
    stageWord(element);
    stageWord(next);
    request(0, part(emit(), takeLast));
    const program = plan(OUTPUTS, 1);
    fill(4);
    for (let t: usize = 0; t < 4; t++) store<i32>(argument(2) + (t << 2), t === 2 ? 3 : 1);
    runAll(program);
    expectFault(faultIndex, opGather, 3, 3);
    store<i32>(argument(2) + 8, 2);
    for (let k: usize = 0; k < 3; k++) store<f64>(argument(0, k), <f64>k + 1);
    runAll(program);
    expect(faultCode()).toBe(0);
    expect(result(0)).toBe(-0.5 + 2 + 2 + 3 + 2);
    freeRegion(program);
  });
  it("refuses a plan with a tensor of its body outside", () => {
    freshGraph();
    const w = leafAt(0, f64Type);
    const c = leafAt(<u32>STRIDE, f64Type);
    const x = leafAt(2 * <u32>STRIDE, f64Type, 4);
    const carry = bodyLeaf(0, f64Type);
    const element = bodyLeaf(1, f64Type);
    const inside = multiply(w, carry);
    const next = add(inside, element);
    stageLoop(4, 0, c, x, 0);
    stageWord(carry);
    stageWord(element);
    stageWord(next);
    emit();
    request(0, inside);
    expect(plan(OUTPUTS, 1)).toBe(0);
    expectFault(faultLoop, opScan);
  });
});
