// Plans of pseudo-random graphs. Their tables are read right after planning, before anything else is allocated: a plan
// frees them, but a freed region keeps what lies behind its header.

import {
  f32Type,
  opConstant,
  opFill,
  opLeaf,
  programBytes,
  programInstructions,
  programNodes,
  programScratch,
  spaceArguments,
  spaceConstants,
  spaceGradients,
  spaceResults,
  spaceScratch,
} from "../../../assembly/abi";
import { alias, hasFlag, pointwise, whole } from "../../../assembly/graph/contract";
import { bytesOf, elementsOf, input, inputCount, nodeCount, opOf, typeOf } from "../../../assembly/graph/graph";
import { basesTable, setBase } from "../../../assembly/memory/engine";
import { allocateRegion, freeRegion } from "../../../assembly/memory/regions";
import { registerAlong } from "../../../assembly/ops/along";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerComparisons } from "../../../assembly/ops/comparison";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerProduct } from "../../../assembly/ops/product";
import { registerRandom } from "../../../assembly/ops/random";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { plan } from "../../../assembly/program/plan";
import { reserveFor, run } from "../../../assembly/program/run";
import { entryOf, Output, outputBytes, unitAt, unitCount } from "../../../assembly/program/schedule";
import { faultCode, freshGraph } from "../scenes/engine";
import { draw, drawLeaf, drawOp, leafBytes, seed } from "../scenes/generator";
import { differences, evaluate, valueAt } from "../scenes/interpreter";

registerRandom();
registerSources();
registerMovement();
registerArithmetic();
registerComparisons();
registerReductions();
registerAlong();
registerProduct();

const LEAVES: u32 = 6;
const OUTPUTS = memory.data(16 * 8, 16);
/** Unit and position in it, last unit that reads, by node. */
const UNITS = memory.data(4 * 512, 16);
const POSITIONS = memory.data(4 * 512, 16);
const LAST = memory.data(4 * 512, 16);
/** What the arguments and the program were before a run. */
const COPY = memory.data(300000, 16);
const RESULTS_BYTES: usize = 8 * 40000;

const ARGUMENTS = allocateRegion(LEAVES * leafBytes);
const RESULTS = allocateRegion(2 * RESULTS_BYTES);

function outputAt(k: i32): Output {
  return changetype<Output>(OUTPUTS + <usize>k * outputBytes);
}

function get(table: usize, n: i32): i32 {
  return load<i32>(table + ((<usize>n) << 2));
}

function set(table: usize, n: i32, value: i32): void {
  store<i32>(table + ((<usize>n) << 2), value);
}

/** Fills the argument block with small numbers in the type of each leaf. */
function fillArguments(): void {
  for (let n = 0; n < nodeCount(); n++) {
    if (opOf(n) !== opLeaf) continue;
    evaluateLeaf(ARGUMENTS + leafBytes * <usize>n, typeOf(n));
  }
}

function evaluateLeaf(at: usize, type: i32): void {
  for (let i: usize = 0; i < <usize>(leafBytes >> 3); i++) {
    const value = <f64>(draw(4000) - 2000) / 997;
    if (type === f32Type) store<f32>(at + (i << 2), <f32>value);
    else store<f64>(at + (i << 3), value);
  }
}

function graphOf(round: u32, ops: i32): void {
  freshGraph();
  seed(round * 7919 + 1);
  for (let k: u32 = 0; k < LEAVES; k++) drawLeaf(k, k % 3 === 2 ? 1 : f32Type);
  fillArguments();
  for (let k = 0; k < ops; k++) drawOp();
}

/** Draws up to six outputs, also leaves, aliases, constants and the same node twice. */
function drawOutputs(): i32 {
  const count = draw(6) + 1;
  for (let k = 0; k < count; k++) {
    const output = outputAt(k);
    output.node = k > 0 && draw(8) === 0 ? outputAt(k - 1).node : nodeCount() - 1 - draw(<u32>min(nodeCount(), 25));
    if (draw(10) === 0) output.node = draw(nodeCount());
    output.space = draw(3) === 0 ? spaceGradients : spaceResults;
    output.offset = <u32>k * 40000;
    output.copy = 0;
  }
  return count;
}

function isStill(n: i32): bool {
  const shortFill = opOf(n) === opFill && elementsOf(n) <= 64 && entryOf(n).space === spaceConstants;
  return opOf(n) === opLeaf || opOf(n) === opConstant || shortFill || hasFlag(opOf(n), alias);
}

/** Broken promises of the schedule that was just made. */
function wrongSchedule(outputs: i32): i32 {
  let wrong = 0;
  const nodes = nodeCount();
  for (let n = 0; n < nodes; n++) {
    set(UNITS, n, -1);
    set(LAST, n, -1);
  }
  for (let u = 0; u < unitCount(); u++) {
    const unit = unitAt(u);
    if (unit.members === 0) continue;
    let position = 0;
    for (let n = unit.head; n >= 0; n = entryOf(n).next) {
      if (get(UNITS, n) >= 0 || entryOf(n).unit !== u || elementsOf(n) !== unit.count) wrong++;
      if (unit.chain && !hasFlag(opOf(n), pointwise)) wrong++;
      set(UNITS, n, u);
      set(POSITIONS, n, position++);
    }
    if (position !== unit.members || position > 64 || (!unit.chain && position > 1)) wrong++;
  }
  for (let n = 0; n < nodes; n++) {
    const e = entryOf(n);
    const computed = e.live && !isStill(n) && !e.repeated && elementsOf(n) > 0;
    if (computed !== get(UNITS, n) >= 0) wrong++;
    if (get(UNITS, n) < 0) continue;
    for (let k = 0; k < inputCount(n); k++) wrong += wrongRead(input(n, k), n);
  }
  for (let k = 0; k < outputs; k++) {
    const output = outputAt(k);
    const root = entryOf(output.node).root;
    const e = entryOf(root);
    if (!entryOf(output.node).live) wrong++;
    if (output.copy > 0) {
      if (unitAt(output.copy - 1).members !== 0) wrong++;
      set(LAST, root, output.copy - 1);
    } else if (elementsOf(root) > 0 && (e.space !== output.space || e.offset !== output.offset)) wrong++;
    if (elementsOf(root) > 0 && opOf(root) !== opConstant && !e.placed) wrong++;
  }
  return wrong;
}

/** Is the input's value there when n reads it? Notes the unit of n as its last reader. */
function wrongRead(read: i32, n: i32): i32 {
  const unit = get(UNITS, n);
  let source = entryOf(read).root;
  const repeated = entryOf(source).repeated;
  if (repeated) {
    if (!unitAt(unit).chain || hasFlag(opOf(n), whole)) return 1;
    if (inputCount(source) === 0) return 0;
    source = entryOf(input(source)).root;
    if (entryOf(source).repeated) return 1;
  }
  if (isStill(source) || elementsOf(source) === 0) return 0;
  const from = get(UNITS, source);
  set(LAST, source, max(get(LAST, source), unit));
  if (from < 0 || from > unit) return 1;
  if (from < unit) return 0;
  const tileByTile = !repeated && !hasFlag(opOf(n), whole) && elementsOf(source) === elementsOf(n);
  return unitAt(unit).chain && tileByTile && get(POSITIONS, source) < get(POSITIONS, n) ? 0 : 1;
}

/** Pairs of blocks that share bytes while both are needed, and blocks that are missing or out of place. */
function wrongPlacement(scratch: u32): i32 {
  let wrong = 0;
  for (let n = 0; n < nodeCount(); n++) {
    const a = entryOf(n);
    if (get(UNITS, n) < 0) continue;
    if (!a.placed) {
      if (get(LAST, n) > get(UNITS, n)) wrong++; // only empty nodes may read it later
      continue;
    }
    if (a.space !== spaceScratch) continue;
    if ((a.offset & 63) !== 0 || a.offset + bytesOf(n) > scratch) wrong++;
    for (let m = 0; m < n; m++) {
      const b = entryOf(m);
      if (get(UNITS, m) < 0 || !b.placed || b.space !== spaceScratch) continue;
      if (a.offset >= b.offset + bytesOf(m) || b.offset >= a.offset + bytesOf(n)) continue;
      const endA = max(get(LAST, n), get(UNITS, n));
      const endB = max(get(LAST, m), get(UNITS, m));
      if (endA < get(UNITS, m) || endB < get(UNITS, n)) continue;
      if (!isTakenOver(n, m) && !isTakenOver(m, n)) wrong++;
    }
  }
  return wrong;
}

/** May n be written where m lies? It is so in a chain after whose tile of n nothing reads m. */
function isTakenOver(n: i32, m: i32): bool {
  const unit = get(UNITS, n);
  if (entryOf(n).offset !== entryOf(m).offset || elementsOf(n) !== elementsOf(m) || bytesOf(n) !== bytesOf(m))
    return false;
  if (!unitAt(unit).chain || get(UNITS, m) >= unit || get(LAST, m) !== unit) return false;
  for (let r = 0; r < nodeCount(); r++) {
    if (get(UNITS, r) !== unit || get(POSITIONS, r) <= get(POSITIONS, n)) continue;
    for (let k = 0; k < inputCount(r); k++) if (entryOf(input(r, k)).root === m) return false;
  }
  return true;
}

function liveNodes(outputs: i32): u32 {
  for (let n = 0; n < nodeCount(); n++) set(LAST, n, 0);
  for (let k = 0; k < outputs; k++) set(LAST, outputAt(k).node, 1);
  let count: u32 = 0;
  for (let n = nodeCount() - 1; n >= 0; n--) {
    if (get(LAST, n) === 0) continue;
    count++;
    for (let k = 0; k < inputCount(n); k++) set(LAST, input(n, k), 1);
  }
  return count;
}

/** Words of [from, to) that are not the fill; `to` is a multiple of 8. */
function touched(from: usize, to: usize): i32 {
  let count = 0;
  for (; (from & 7) !== 0; from++) if (load<u8>(from) !== 0xab) count++;
  for (; from < to; from += 8) if (load<u64>(from) !== 0xabababababababab) count++;
  return count;
}

/** Runs the program and counts wrong elements of outputs, and bytes written where nothing may be. */
function wrongRun(program: usize, outputs: i32): i32 {
  let wrong = 0;
  const size = load<u32>(program, programBytes);
  const scratchBytes = load<u32>(program, programScratch);
  if (!reserveFor(program)) return 1000000;
  const scratch = <usize>load<u32>(basesTable() + (spaceScratch << 2));
  memory.fill(scratch, 0xff, scratchBytes);
  memory.fill(scratch + scratchBytes, 0x5a, 64);
  memory.fill(RESULTS, 0xab, 2 * RESULTS_BYTES);
  memory.copy(COPY, program, size);
  memory.copy(COPY + size, ARGUMENTS, LEAVES * leafBytes);
  setBase(spaceArguments, ARGUMENTS);
  setBase(spaceResults, RESULTS);
  setBase(spaceGradients, RESULTS + RESULTS_BYTES);
  run(program);
  if (faultCode() !== 0) return 1000000;
  if (memory.compare(COPY, program, size) !== 0) wrong++;
  if (memory.compare(COPY + size, ARGUMENTS, LEAVES * leafBytes) !== 0) wrong++;
  for (let i: usize = 0; i < 64; i++) if (load<u8>(scratch + scratchBytes + i) !== 0x5a) wrong++;
  for (let k = 0; k < outputs; k++) {
    const output = outputAt(k);
    const n = output.node;
    const other = output.space === spaceResults ? RESULTS + RESULTS_BYTES : RESULTS;
    const at = (output.space === spaceResults ? RESULTS : RESULTS + RESULTS_BYTES) + output.offset;
    wrong += differences(at, valueAt(n), elementsOf(n), typeOf(n));
    wrong += touched(at + bytesOf(n), at + 40000) + touched(other + output.offset, other + output.offset + 40000);
  }
  return wrong;
}

/** Plans graph `round` for several lists of outputs; what is wrong with them. */
function wrongPlans(round: u32, ops: i32): i32 {
  graphOf(round, ops);
  if (faultCode() !== 0) return 1000000;
  let wrong = 0;
  evaluate(ARGUMENTS);
  for (let k = 0; k < 2; k++) {
    const outputs = drawOutputs();
    const program = plan(OUTPUTS, outputs);
    if (program === 0) return 1000000;
    wrong += wrongSchedule(outputs) + wrongPlacement(load<u32>(program, programScratch));
    if (load<u32>(program, programNodes) !== liveNodes(outputs)) wrong++;
    if (load<u32>(program, programInstructions) > 2 * <u32>nodeCount() + 6) wrong++;
    wrong += wrongRun(program, outputs);
    freeRegion(program);
  }
  return wrong;
}

function firstWrong(from: u32, to: u32, ops: i32): i32 {
  for (let round = from; round < to; round++) if (wrongPlans(round, ops) !== 0) return round;
  return -1;
}

describe("the plan of a pseudo-random graph", () => {
  it("orders, places and computes 200 small graphs as each node alone", () => expect(firstWrong(0, 200, 30)).toBe(-1));
  it("orders, places and computes 60 larger graphs as each node alone", () =>
    expect(firstWrong(1000, 1060, 150)).toBe(-1));
  it("has the bits of the same graph planned again", () => {
    graphOf(5, 100);
    const outputs = drawOutputs();
    const first = plan(OUTPUTS, outputs);
    for (let k = 0; k < outputs; k++) outputAt(k).copy = 0;
    const second = plan(OUTPUTS, outputs);
    expect(load<u32>(first, programBytes)).toBe(load<u32>(second, programBytes));
    expect(memory.compare(first, second, load<u32>(first, programBytes))).toBe(0);
    freeRegion(first);
    freeRegion(second);
  });
});
