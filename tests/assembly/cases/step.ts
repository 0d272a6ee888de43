// The training step on a small regression in memory laid out by hand: 10 rows, batches of 4 in runs of 2, Adam, two
// groups and a running statistic. Row 7 is made to spoil the loss or the gradient.

import {
  columnBytes,
  f32Type,
  f64Type,
  faultGradient,
  faultLoss,
  groupBytes,
  groupLearningRate,
  opLeaf,
  opSqrt,
  ruleAdam,
  spaceArguments,
  spaceGradients,
  spaceNextState,
  spaceParameters,
  spaceResults,
  spaceState,
  sweepBytes,
  trainerPrograms,
} from "../../../assembly/abi";
import { reverse } from "../../../assembly/autodiff/reverse";
import { Column } from "../../../assembly/data/columns";
import { emit, stage, stageInput, stageWord } from "../../../assembly/graph/emit";
import { add, matmul, scale, square, subtract, sum } from "../../../assembly/graph/vocabulary";
import { allocateRegion, limitPages } from "../../../assembly/memory/regions";
import { registerArithmetic } from "../../../assembly/ops/arithmetic";
import { registerMovement } from "../../../assembly/ops/movement";
import { registerProduct } from "../../../assembly/ops/product";
import { registerRandom } from "../../../assembly/ops/random";
import { registerReductions } from "../../../assembly/ops/reduction";
import { registerSources } from "../../../assembly/ops/source";
import { registerAdam } from "../../../assembly/optimizers/adam";
import { plan } from "../../../assembly/program/plan";
import { advance, orderEpoch } from "../../../assembly/training/slice";
import { commitStep } from "../../../assembly/training/step";
import { Group, Trainer } from "../../../assembly/training/trainer";
import { clearFault, expectFault, faultCode, freshGraph, stageExtents } from "../scenes/engine";
import { setRequest } from "../scenes/running";

registerRandom();
registerSources();
registerMovement();
registerArithmetic();
registerReductions();
registerProduct();
registerAdam();

const ROWS: u32 = 10;
const SPOILT: usize = 7;
const ELEMENTS: u32 = 8; // a group of 4 weights, a group of 1 padded to 4
const OUTPUTS = memory.data(64, 16);
const LIST = memory.data(16, 16);
const SHUFFLED = memory.data(4000, 16);
const SEEN = memory.data(4000, 16);

// Offsets in the region of a trainer; what a step may not leave half-done lies between `kept` and `scratch`.
const kept: usize = 1024; // weights, moments, state
const scratch: usize = kept + 512;
const regionSize: usize = 8192;

function leaf(space: i32, offset: usize, type: i32, a: i32, b: i32 = -1): i32 {
  stage(opLeaf);
  stageWord(space);
  stageWord(<i32>offset);
  stageWord(type);
  stageExtents(a, b);
  return emit();
}

function root(a: i32): i32 {
  stage(opSqrt);
  stageInput(a);
  return emit();
}

/** Loss mean((x w + b − y)² + √((x w + b)²)), whose gradient is 0/0 where a row's prediction is 0. */
function programOf(type: i32, rows: i32, bytes: usize): usize {
  freshGraph();
  const w = leaf(spaceParameters, 0, type, 4, 1);
  const b = leaf(spaceParameters, 4 * bytes, type, 1, 1);
  const x = leaf(spaceArguments, 0, type, rows, 4);
  const y = leaf(spaceArguments, 256, type, rows, 1);
  const s = leaf(spaceState, 0, type, 1, 1);
  const p = add(matmul(x, w, false, false), b);
  const loss = scale(sum(add(square(subtract(p, y)), root(square(p))), 3), 1 / <f64>rows);
  const next = add(scale(s, 0.5), sum(p, 3));
  store<i32>(LIST, w);
  store<i32>(LIST, b, 4);
  reverse(loss, -1, LIST, 2);
  setRequest(OUTPUTS, 0, loss, spaceResults, 0);
  setRequest(OUTPUTS, 1, load<i32>(LIST), spaceGradients, 0);
  setRequest(OUTPUTS, 2, load<i32>(LIST, 4), spaceGradients, 4 * bytes);
  setRequest(OUTPUTS, 3, next, spaceNextState, 0);
  return plan(OUTPUTS, 4);
}

/** A trainer of type T; each has its own memory. */
function start<T>(shuffled: bool): Trainer {
  clearFault();
  limitPages(65535);
  const region = allocateRegion(regionSize);
  memory.fill(region, 0, regionSize);
  const trainer = changetype<Trainer>(region);
  const type = sizeof<T>() === 4 ? f32Type : f64Type;
  trainer.type = type;
  trainer.parameters = <u32>(region + kept);
  trainer.stateVectors = trainer.parameters + 64;
  trainer.state = trainer.stateVectors + 128;
  trainer.stateBytes = sizeof<T>();
  trainer.elements = ELEMENTS;
  trainer.gradients = <u32>(region + scratch);
  trainer.accumulator = trainer.gradients + 64;
  trainer.nextState = trainer.accumulator + 64;
  trainer.results = trainer.nextState + 64;
  trainer.arguments = trainer.results + 64;
  trainer.history = trainer.arguments + 512;
  trainer.historyLimit = 16;
  trainer.epochs = trainer.history + 8 * 16;
  trainer.epochLimit = 16;
  trainer.order = trainer.epochs + 24 * 16;
  trainer.sweep = trainer.order + 64;
  trainer.groups = trainer.sweep + sweepBytes;
  trainer.groupCount = 2;
  trainer.columns = trainer.groups + 2 * groupBytes;
  trainer.columnCount = 2;
  trainer.rows = ROWS;
  trainer.batch = 4;
  trainer.microBatch = 2;
  trainer.shuffle = shuffled ? 1 : 0;
  trainer.keepLast = 1;
  trainer.seedLow = 5;
  const data = <usize>trainer.columns + 2 * columnBytes + 64;
  for (let k: u32 = 0; k < 2; k++) {
    const group = changetype<Group>(<usize>trainer.groups + k * groupBytes);
    group.offset = 4 * k;
    group.elements = 4;
    group.rule = ruleAdam;
    group.decoupledDecay = k === 0 ? 0.01 : 0;
    const hyper = changetype<usize>(group) + groupLearningRate;
    store<f64>(hyper, 0.125);
    store<f64>(hyper, 0.9, 8);
    store<f64>(hyper, 0.99, 16);
    store<f64>(hyper, 1e-8, 24);
    store<f64>(hyper, 3, 48); // both means are corrected
    const column = changetype<Column>(<usize>trainer.columns + k * columnBytes);
    column.address = <u32>(k === 0 ? data : data + 512);
    column.type = type;
    column.rowElements = k === 0 ? 4 : 1;
    column.target = 256 * k;
    column.targetType = type;
    column.scale = 1;
  }
  for (let i: usize = 0; i < 40; i++) store<T>(data + i * sizeof<T>(), <T>((<f64>((i * 7) % 11) - 4.5) / 4));
  for (let i: usize = 0; i < 10; i++) store<T>(data + 512 + i * sizeof<T>(), <T>(<f64>(i % 3) - 1));
  for (let i: usize = 0; i < 4; i++) store<T>(<usize>trainer.parameters + i * sizeof<T>(), <T>(0.5 - 0.25 * <f64>i));
  for (let r: usize = 0; r < 10; r++) store<u32>(<usize>trainer.order + 4 * r, <u32>r);
  store<T>(<usize>trainer.parameters + 4 * sizeof<T>(), <T>0.0625);
  const slots = region + trainerPrograms;
  store<u32>(slots, 2);
  store<u32>(slots, <u32>programOf(type, 2, sizeof<T>()), 4);
  store<u32>(slots, 4, 8);
  store<u32>(slots, <u32>programOf(type, 4, sizeof<T>()), 12);
  return trainer;
}

/** Address of row SPOILT of the inputs. */
function spoiltRow(trainer: Trainer): usize {
  const column = changetype<Column>(<usize>trainer.columns);
  return <usize>column.address + SPOILT * 4 * (trainer.type === f32Type ? 4 : 8);
}

/** True if weights, moments, statistic and counters of two trainers have the same bits. */
function same(a: Trainer, b: Trainer): bool {
  return (
    memory.compare(a.parameters, b.parameters, scratch - kept) === 0 &&
    a.step === b.step &&
    a.position === b.position &&
    a.stepRows === b.stepRows &&
    a.epoch === b.epoch &&
    a.epochLoss === b.epochLoss &&
    a.epochRows === b.epochRows &&
    a.gradientNorm === b.gradientNorm
  );
}

function historyOf(trainer: Trainer, k: usize): f64 {
  return load<f64>(<usize>trainer.history + 8 * k);
}

/** Copies a trainer's region. */
function copyOf(trainer: Trainer): Trainer {
  const copy = allocateRegion(regionSize);
  memory.copy(copy, changetype<usize>(trainer), regionSize);
  const twin = changetype<Trainer>(copy);
  twin.parameters = <u32>(copy + kept);
  return twin;
}

/** A step whose row SPOILT is bad must change nothing, and with the row made good the training goes on as if it had not been. */
function failsWhole<T>(spoilGradient: bool): void {
  const never = start<T>(false);
  const trainer = start<T>(false);
  advance(never, 100, 1);
  advance(trainer, 100, 1);
  const before = copyOf(trainer);
  const row = spoiltRow(trainer);
  const good = load<T>(row);
  const bias = <usize>trainer.parameters + 4 * sizeof<T>();
  const goodBias = load<T>(bias);
  if (spoilGradient) {
    // A prediction of exactly 0 needs no bias: put it away with the row's inputs.
    store<T>(bias, <T>0);
    store<T>(<usize>before.parameters + 4 * sizeof<T>(), <T>0);
    memory.copy(SEEN, row, 4 * sizeof<T>());
    memory.fill(row, 0, 4 * sizeof<T>());
  } else store<T>(row, <T>Infinity);
  expect(advance(trainer, 100, 5)).toBe(-1);
  expect(faultCode()).toBe(spoilGradient ? faultGradient : faultLoss);
  expectFault(spoilGradient ? faultGradient : faultLoss, 1);
  expect(same(trainer, before)).toBe(true, "nothing changed");
  expect(trainer.historyCount).toBe(0);
  expect(advance(trainer, 100, 5)).toBe(-1, "and again");
  clearFault();
  expect(same(trainer, before)).toBe(true, "nothing changed by the second try");
  if (spoilGradient) {
    memory.copy(row, SEEN, 4 * sizeof<T>());
    store<T>(bias, goodBias);
  } else store<T>(row, good);
  expect(advance(trainer, 100, 5)).toBe(0);
  expect(advance(never, 100, 5)).toBe(0);
  expect(trainer.step).toBe(6);
  expect(same(trainer, never)).toBe(true, "as if it had not been");
}

/** Bits of 12 updates when they are cut into calls of so many runs. */
function slicesAgree<T>(runs: u32, shuffled: bool): void {
  const whole = start<T>(shuffled);
  const cut = start<T>(shuffled);
  expect(advance(whole, 1000, 12)).toBe(0);
  expect(whole.step).toBe(12);
  let losses: usize = 0;
  let wrong = 0;
  for (let call = 0; call < 1000 && cut.step < 12; call++) {
    expect(advance(cut, runs, 12 - <u32>cut.step)).toBe(0);
    for (let k: usize = 0; k < <usize>cut.historyCount; k++) {
      if (historyOf(cut, k) !== historyOf(whole, losses++)) wrong++;
    }
  }
  expect(losses).toBe(12);
  expect(wrong).toBe(0);
  expect(same(whole, cut)).toBe(true);
}

/** Places of order that are wrong for a permutation of `rows` rows. */
function wrongOrder(trainer: Trainer, rows: u32): i32 {
  memory.fill(SEEN, 0, rows);
  let wrong = 0;
  for (let r: u32 = 0; r < rows; r++) {
    const row = load<u32>(<usize>trainer.order + 4 * r);
    if (row >= rows || load<u8>(SEEN + row) !== 0) wrong++;
    else store<u8>(SEEN + row, 1);
  }
  return wrong;
}

describe("the order of rows", () => {
  it("is a permutation that seed and epoch alone decide", () => {
    const trainer = start<f32>(true);
    trainer.order = <u32>SHUFFLED;
    trainer.rows = 1000;
    orderEpoch(trainer);
    expect(wrongOrder(trainer, 1000)).toBe(0);
    const first = load<u32>(SHUFFLED);
    const other = allocateRegion(4000);
    memory.copy(other, SHUFFLED, 4000);
    orderEpoch(trainer);
    expect(memory.compare(other, SHUFFLED, 4000)).toBe(0, "replayed");
    trainer.epoch = 1;
    orderEpoch(trainer);
    expect(wrongOrder(trainer, 1000)).toBe(0);
    expect(memory.compare(other, SHUFFLED, 4000)).not.toBe(0, "another epoch");
    trainer.epoch = 0;
    trainer.seedLow = 6;
    orderEpoch(trainer);
    expect(memory.compare(other, SHUFFLED, 4000)).not.toBe(0, "another seed");
    trainer.seedLow = 5;
    trainer.seedHigh = 1;
    orderEpoch(trainer);
    expect(memory.compare(other, SHUFFLED, 4000)).not.toBe(0, "another high word");
    trainer.seedHigh = 0;
    trainer.step = 99;
    orderEpoch(trainer);
    expect(load<u32>(SHUFFLED)).toBe(first, "steps play no part");
    expect(memory.compare(other, SHUFFLED, 4000)).toBe(0);
  });
  it("of one row and of none is what it is", () => {
    const trainer = start<f32>(true);
    trainer.order = <u32>SHUFFLED;
    trainer.rows = 1;
    memory.fill(SHUFFLED, 0xff, 16);
    orderEpoch(trainer);
    expect(load<u32>(SHUFFLED)).toBe(0);
    expect(load<i32>(SHUFFLED, 4)).toBe(-1);
    trainer.rows = 0;
    memory.fill(SHUFFLED, 0xff, 16);
    orderEpoch(trainer);
    expect(load<i32>(SHUFFLED)).toBe(-1);
  });
  it("is the caller's where nothing is shuffled", () => {
    const trainer = start<f32>(false);
    store<u32>(<usize>trainer.order, 9);
    advance(trainer, 100, 7);
    expect(load<u32>(<usize>trainer.order)).toBe(9);
  });
});

describe("a step", () => {
  it("whose loss is not finite changes nothing", () => {
    failsWhole<f32>(false);
    failsWhole<f64>(false);
  });
  it("whose gradient is not finite changes nothing", () => {
    failsWhole<f32>(true);
    failsWhole<f64>(true);
  });
  it("names the update and the element that is not finite", () => {
    const trainer = start<f64>(false);
    trainer.step = 4294967296 + 3;
    trainer.stepLoss = 1;
    store<f64>(<usize>trainer.gradients + 8 * 5, NaN);
    expect(commitStep(trainer, false)).toBe(false);
    expectFault(faultGradient, 3, 1, 5);
    trainer.stepLoss = -Infinity;
    expect(commitStep(trainer, false)).toBe(false);
    expectFault(faultLoss, 3, 1);
  });
  it("takes a finite gradient whose square is not", () => {
    const trainer = start<f64>(false);
    trainer.stepLoss = 1;
    store<f64>(<usize>trainer.gradients, 1e200);
    expect(commitStep(trainer, false)).toBe(true);
    expect(trainer.gradientNorm).toBe(Infinity);
    expect(trainer.step).toBe(1);
    expect(faultCode()).toBe(0);
  });
  it("keeps the padding of a group at 0", () => {
    const trainer = start<f32>(true);
    advance(trainer, 100, 20);
    let wrong = 0;
    for (let i: usize = 5; i < 8; i++) {
      if (load<f32>(<usize>trainer.parameters + 4 * i) !== 0) wrong++;
      if (load<f32>(<usize>trainer.stateVectors + 4 * i) !== 0) wrong++;
      if (load<f32>(<usize>trainer.stateVectors + 4 * (8 + i)) !== 0) wrong++;
    }
    expect(wrong).toBe(0);
    expect(load<f32>(<usize>trainer.stateVectors + 16)).not.toBe(0);
  });
  it("of two runs is that of one, up to rounding", () => {
    const two = start<f64>(false);
    const one = start<f64>(false);
    one.microBatch = 4;
    advance(two, 100, 3);
    advance(one, 100, 3);
    let wrong = 0;
    for (let i: usize = 0; i < 5; i++) {
      const a = load<f64>(<usize>two.parameters + 8 * i);
      if (abs(a - load<f64>(<usize>one.parameters + 8 * i)) > 1e-13) wrong++;
    }
    expect(wrong).toBe(0);
    expect(abs(two.epochLoss - one.epochLoss)).toBeLessThan(1e-12);
    expect(abs(two.gradientNorm - one.gradientNorm)).toBeLessThan(1e-12);
  });
});

describe("a slice", () => {
  it("has the same bits however it is cut", () => {
    slicesAgree<f32>(1, true);
    slicesAgree<f32>(3, true);
    slicesAgree<f64>(1, true);
    slicesAgree<f32>(1, false);
  });
  it("ends its epochs after the last short batch, or without it", () => {
    const keeping = start<f32>(false);
    expect(advance(keeping, 1000, 6)).toBe(0);
    expect(keeping.epochCount).toBe(2);
    expect(keeping.epoch).toBe(2);
    expect(keeping.position).toBe(0);
    expect(load<f64>(<usize>keeping.epochs)).toBe(3, "updates done");
    expect(load<f64>(<usize>keeping.epochs, 24)).toBe(6);
    const mean = (4 * historyOf(keeping, 0) + 4 * historyOf(keeping, 1) + 2 * historyOf(keeping, 2)) / 10;
    expect(abs(load<f64>(<usize>keeping.epochs, 8) - mean)).toBeLessThan(1e-12, "mean over rows");
    const dropping = start<f32>(false);
    dropping.keepLast = 0;
    expect(advance(dropping, 1000, 6)).toBe(0);
    expect(dropping.epochCount).toBe(3);
    expect(load<f64>(<usize>dropping.epochs)).toBe(2);
  });
  it("ends with the epochs it may report, and reports no more losses than there is room for", () => {
    const trainer = start<f32>(true);
    trainer.epochLimit = 2;
    trainer.historyLimit = 4;
    store<f64>(<usize>trainer.history, 1234, 32);
    expect(advance(trainer, 1000, 100)).toBe(0);
    expect(trainer.epochCount).toBe(2);
    expect(trainer.step).toBe(6);
    expect(trainer.historyCount).toBe(4);
    expect(load<f64>(<usize>trainer.history, 32)).toBe(1234);
    expect(advance(trainer, 1000, 1)).toBe(0);
    expect(trainer.historyCount).toBe(1);
    expect(trainer.epochCount).toBe(0);
  });
  it("of no runs or no steps does nothing", () => {
    const trainer = start<f32>(true);
    const before = copyOf(trainer);
    expect(advance(trainer, 0, 5)).toBe(0);
    expect(advance(trainer, 5, 0)).toBe(0);
    expect(same(trainer, before)).toBe(true);
  });
});
