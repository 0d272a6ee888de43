// Tables of which a step touches few rows: their gradient and its marks over several runs and steps, and the sum of squares, bit for
// bit that of all rows. And the state of the rows of a batch in runs.

import {
  f32Type,
  f64Type,
  faultIndex,
  i32Type,
  opBatchRows,
  opNextRows,
  opScatterRows,
  opTouchRows,
  ruleSgd,
  ruleSgdRows,
  spaceArguments,
  spaceResults,
} from "../../../assembly/abi";
import { emit, stage, stageInput, stageWord } from "../../../assembly/graph/emit";
import { opOf } from "../../../assembly/graph/graph";
import { add, gather, scatterAdd } from "../../../assembly/graph/vocabulary";
import { accumulateChange } from "../../../assembly/kernels/accumulate";
import { nextBit, setBit } from "../../../assembly/kernels/bits";
import { sumOfSquares } from "../../../assembly/kernels/sum";
import { bindRandom, setBase, setBatch, squaresEntry } from "../../../assembly/memory/engine";
import { allocateRegion, freeRegion } from "../../../assembly/memory/regions";
import { registerBatchRows } from "../../../assembly/ops/batchRows";
import { registerIndexing } from "../../../assembly/ops/indexing";
import { registerTouchedRows } from "../../../assembly/ops/touchedRows";
import { Matrix } from "../../../assembly/optimizers/sweep";
import { plan } from "../../../assembly/program/plan";
import { reserveFor, run } from "../../../assembly/program/run";
import { registerTouchedSquares } from "../../../assembly/training/touched";
import { Group, Trainer } from "../../../assembly/training/trainer";
import { expectFault, faultCode, freshGraph, leafAt } from "../scenes/engine";
import { setRequest } from "../scenes/running";

registerIndexing();
registerTouchedRows();
registerBatchRows();
registerTouchedSquares();

const OUTPUTS = memory.data(64, 16);
const STRIDE: u32 = 4096;
const ARGUMENTS = allocateRegion(8 * STRIDE);
const RESULTS = allocateRegion(8 * STRIDE);
const MARKS: u32 = 5 * STRIDE; // an argument that programs write, as they do a trainer's marks
const ROWS: u32 = 150;
const COLUMNS: u32 = 6;
const FIRST: i32 = 13; // first bit of the table

function request(node: i32): usize {
  setRequest(OUTPUTS, 0, node, spaceResults, 0);
  return plan(OUTPUTS, 1);
}

function runFrom(program: usize, row: u32): void {
  reserveFor(program);
  bindRandom(0, 0, 0, 0, row);
  setBase(spaceArguments, ARGUMENTS);
  setBase(spaceResults, RESULTS);
  run(program);
}

function setIndex(k: u32, i: u32, index: i32): void {
  store<i32>(ARGUMENTS + k * STRIDE + (i << 2), index);
}

function fillRows(k: u32): void {
  for (let i: u32 = 0; i < 4 * COLUMNS; i++) store<f32>(ARGUMENTS + k * STRIDE + (i << 2), <f32>(i % 7) - 2.5);
}

function isMarked(row: u32): bool {
  const bit = <u32>FIRST + row;
  return nextBit(ARGUMENTS + MARKS, bit, bit + 1) === bit;
}

/** The gradient of rows of argument a at indices of argument b, or of two such. */
function touched(two: bool): i32 {
  const marks = leafAt(MARKS, i32Type, 16);
  let table = scatterAdd(leafAt(0, f32Type, 4, COLUMNS), leafAt(STRIDE, i32Type, 4), ROWS);
  if (two)
    table = add(table, scatterAdd(leafAt(2 * STRIDE, f32Type, 4, COLUMNS), leafAt(3 * STRIDE, i32Type, 4), ROWS));
  stage(opTouchRows);
  stageInput(table);
  stageInput(marks);
  stageWord(FIRST);
  return emit();
}

/** Elements of the result that are not those of rows 4 k .. of the arguments, added in order, and marks that are wrong. */
function wrongElements(two: bool): i32 {
  const wanted = memory.data(4 * 150 * 6, 16);
  memory.fill(wanted, 0, 4 * ROWS * COLUMNS);
  const lists: u32 = two ? 2 : 1;
  for (let list: u32 = 0; list < lists; list++) {
    for (let i: u32 = 0; i < 4; i++) {
      const index = load<u32>(ARGUMENTS + (2 * list + 1) * STRIDE + (i << 2));
      for (let k: u32 = 0; k < COLUMNS; k++) {
        const at = wanted + ((index * COLUMNS + k) << 2);
        store<f32>(at, load<f32>(at) + load<f32>(ARGUMENTS + 2 * list * STRIDE + ((i * COLUMNS + k) << 2)));
      }
    }
  }
  let wrong = 0;
  for (let i: u32 = 0; i < ROWS * COLUMNS; i++)
    if (load<f32>(RESULTS + (i << 2)) !== load<f32>(wanted + (i << 2))) wrong++;
  return wrong;
}

describe("rows of a table", () => {
  it("are cleared and added to alone, and marked over the runs of a step", () => {
    freshGraph();
    const y = touched(false);
    expect(opOf(y)).toBe(opScatterRows);
    const program = request(y);
    memory.fill(ARGUMENTS, 0, 8 * STRIDE);
    memory.fill(RESULTS, 0, 8 * STRIDE);
    fillRows(0);
    for (let i: u32 = 0; i < 4; i++) setIndex(1, i, [149, 3, 149, 70][i]);
    runFrom(program, 0);
    expect(wrongElements(false)).toBe(0);
    for (let i: u32 = 0; i < 4; i++) setIndex(1, i, [0, 71, 70, 0][i]);
    runFrom(program, 4); // a later run of the step: the marks stay
    expect(wrongElements(false)).toBe(0);
    let marks = 0;
    for (let row: u32 = 0; row < ROWS; row++) if (isMarked(row)) marks++;
    expect(marks).toBe(5);
    expect(isMarked(149) && isMarked(3) && isMarked(70) && isMarked(71) && isMarked(0)).toBe(true);
    runFrom(program, 0); // a new step removes them
    expect(wrongElements(false)).toBe(0);
    expect(isMarked(149) || isMarked(3)).toBe(false);
    setIndex(1, 2, ROWS);
    runFrom(program, 0);
    expectFault(faultIndex, opScatterRows, ROWS, ROWS, 2);
    freeRegion(program);
  });
  it("of two gathers are those of both, and all rows of another gradient", () => {
    freshGraph();
    const y = touched(true);
    expect(opOf(y)).toBe(opTouchRows);
    let program = request(y);
    memory.fill(ARGUMENTS, 0, 8 * STRIDE);
    memory.fill(RESULTS, 0, 8 * STRIDE);
    fillRows(0);
    fillRows(2);
    for (let i: u32 = 0; i < 4; i++) setIndex(1, i, [5, 6, 7, 5][i]);
    for (let i: u32 = 0; i < 4; i++) setIndex(3, i, [6, 140, 141, 142][i]);
    runFrom(program, 0);
    expect(wrongElements(true)).toBe(0);
    for (let row: u32 = 0; row < ROWS; row++)
      expect(isMarked(row)).toBe((row >= 5 && row <= 7) || (row >= 140 && row <= 142));
    freeRegion(program);
    freshGraph();
    const marks = leafAt(MARKS, i32Type, 16);
    const table = leafAt(0, f32Type, 8, COLUMNS);
    stage(opTouchRows);
    stageInput(table);
    stageInput(marks);
    stageWord(FIRST);
    program = request(emit());
    runFrom(program, 0);
    for (let row: u32 = 0; row < 8; row++) expect(isMarked(row)).toBe(true);
    freeRegion(program);
  });
});

/** Sums of squares of a table between two dense groups, of which the marked rows are not 0. */
function checkSquares<T>(type: i32, columns: u32, rows: u32, every: u32): void {
  const region = allocateRegion(1 << 17);
  memory.fill(region, 0, 1 << 17);
  const trainer = changetype<Trainer>(region);
  const groups = region + 1024;
  const matrix = changetype<Matrix>(region + 2048);
  const marks = region + 4096;
  const gradients = region + 32768;
  trainer.type = type;
  trainer.groups = <u32>groups;
  trainer.groupCount = 3;
  trainer.touched = <u32>marks;
  matrix.rows = rows;
  matrix.columns = columns;
  const table = (rows * columns + 15) & ~15;
  trainer.elements = 32 + table + 48;
  const size = offsetof<Group>("learningRate") + 128;
  for (let k: u32 = 0; k < 3; k++) {
    const group = changetype<Group>(groups + k * size);
    group.offset = k === 0 ? 0 : k === 1 ? 32 : 32 + table;
    group.elements = k === 0 ? 32 : k === 1 ? table : 48;
    group.rule = k === 1 ? ruleSgdRows : ruleSgd;
    group.matrices = <u32>changetype<usize>(matrix);
    group.matrixCount = k === 1 ? 1 : 0;
  }
  for (let i: u32 = 0; i < trainer.elements; i++) {
    const row = (i - 32) / columns;
    if (i >= 32 && i < 32 + table && (row % every !== 0 || row >= rows)) continue;
    store<T>(gradients + <usize>i * sizeof<T>(), <T>(<f64>((i * 37) % 101) / 7 - 6));
  }
  for (let row: u32 = 0; row < rows; row += every) setBit(marks, 32 + row);
  const sum = call_indirect<f64>(load<u32>(squaresEntry()), region, gradients);
  expect(sum).toBe(sumOfSquares<T>(gradients, trainer.elements));
  expect(sum > 0).toBe(true);
  freeRegion(region);
}

describe("the sum of squares over touched rows", () => {
  it("has the bits of that over all", () => {
    for (let every: u32 = 1; every < 60; every += 19) {
      checkSquares<f32>(f32Type, 5, 300, every);
      checkSquares<f32>(f32Type, 64, 40, every);
      checkSquares<f64>(f64Type, 3, 700, every);
      checkSquares<f64>(f64Type, 33, 50, every);
    }
  });
});

describe("the state of rows", () => {
  it("is read and written by the run that has them, and by no other", () => {
    freshGraph();
    const state = leafAt(0, f64Type, 5, 2);
    stage(opBatchRows);
    stageWord(2);
    stageWord(5);
    stageWord(1 << 16);
    const places = emit();
    const own = gather(state, places);
    const doubled = add(own, own);
    stage(opNextRows);
    stageInput(doubled);
    stageInput(state);
    const program = request(emit());
    const block: u32 = 80;
    for (let i: u32 = 0; i < 10; i++) store<f64>(ARGUMENTS + (i << 3), <f64>i + 1);
    memory.fill(RESULTS, 0, 2 * block);
    setBatch(3, 2, 5, block);
    runFrom(program, 3);
    expect(faultCode()).toBe(0);
    expect(memory.compare(RESULTS, ARGUMENTS, block)).toBe(0);
    for (let i: u32 = 0; i < 10; i++) expect(load<f64>(RESULTS + block + (i << 3))).toBe(i < 6 ? 0 : 2 * (<f64>i + 1));
    setBatch(0, 2, 7, block);
    runFrom(program, 0);
    expectFault(faultIndex, opBatchRows + (1 << 16), 7);
    freeRegion(program);
  });
  it("keeps its bits where a run changes nothing, the sign of 0 as well", () => {
    const region = allocateRegion(64);
    store<f32>(region, -0.0);
    store<f32>(region + 4, 0.1);
    store<f32>(region + 8, -0.0);
    store<f32>(region + 12, 3);
    memory.copy(region + 16, region, 16);
    memory.copy(region + 32, region, 16);
    store<f32>(region + 44, 7);
    accumulateChange<f32>(region, region + 16, region + 32, 0.25, 4);
    expect(memory.compare(region, region + 16, 12)).toBe(0);
    expect(load<f32>(region + 12)).toBe(4);
    freeRegion(region);
  });
});
