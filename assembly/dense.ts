// Entry of the feature set "dense", which pages download: every call to trace, differentiate, plan, run and train, with the
// common ops, update rules and gradient transforms (scripts/sets.mjs lists them). Arguments and results are numbers and
// addresses, never strings or objects. A call that fails returns a negative number, or the address 0, and leaves the
// fault in the engine record.

import { spaceArguments, spaceResults } from "./abi";
import { reverse } from "./autodiff/reverse";
import { gatherBatch } from "./data/columns";
import { floats, hasFlag } from "./graph/contract";
import { emit as emitStaged } from "./graph/emit";
import * as graph from "./graph/graph";
import { hasLoops } from "./graph/loop";
import {
  adoptEngineRecord,
  bindRandom as bindRandomNumbers,
  claim,
  createEngineRecord,
  faulted,
  setBase,
  setBatch,
} from "./memory/engine";
import { freeRegion, limitPages, bytesInUse as regionBytesInUse, regionBytes as regionRoom } from "./memory/regions";
import { plan as planGraph } from "./program/plan";
import { reserveFor, run as runProgram } from "./program/run";
import { registerDense } from "./registrations";
import { tabulate } from "./schedules/schedule";
import { gatherRun as gatherTraining } from "./training/gather";
import { penaltyOf } from "./training/penalty";
import { applySchedules, observeLoss } from "./training/scheduled";
import {
  advance as advanceTrainer,
  countStep as countTrainerStep,
  endEpoch as endTrainerEpoch,
  orderEpoch,
  step as stepTrainer,
} from "./training/slice";
import { Trainer } from "./training/trainer";

/** Makes the engine and registers what this feature set holds; returns the address of the engine record, 0 without memory. */
export function initialize(): usize {
  const engine = createEngineRecord();
  if (engine === 0) return 0;
  registerDense();
  return engine;
}

/** Uses an engine record that another instance made: see memory/engine. */
export function adopt(record: usize): void {
  adoptEngineRecord(record);
}

export function limitMemory(pages: i32): void {
  limitPages(pages);
}

/** Allocates a region of at least this many bytes; returns 0 on a fault. */
export function allocate(bytes: f64): usize {
  return claim(bytes);
}

export function free(address: usize): void {
  freeRegion(address);
}

/** Bytes that the region at this address can hold. */
export function regionBytes(address: usize): f64 {
  return regionRoom(address);
}

export function bytesInUse(): f64 {
  return regionBytesInUse();
}

export function openGraph(): i32 {
  return graph.openGraph() ? 0 : -1;
}

export function closeGraph(): void {
  graph.closeGraph();
}

/** Emits the op staged in the message; returns its node, -1 on a fault. */
export function emit(): i32 {
  return emitStaged();
}

export function nodeOp(node: i32): i32 {
  return graph.opOf(node);
}

export function nodeType(node: i32): i32 {
  return graph.typeOf(node);
}

export function nodeRank(node: i32): i32 {
  return graph.rankOf(node);
}

export function nodeExtent(node: i32, axis: i32): i32 {
  return graph.extent(node, axis);
}

/** 1 if the inputs of an op must be floats of one type. */
export function takesFloats(op: i32): i32 {
  return hasFlag(op, floats) ? 1 : 0;
}

/** Replaces `count` nodes listed at `nodes` by their cotangents from y; seed -1 means 1. */
export function differentiate(y: i32, seed: i32, nodes: usize, count: i32): i32 {
  return reverse(y, seed, nodes, count) ? 0 : -1;
}

/** Plans the outputs listed at `outputs`; returns the program, 0 on a fault. */
export function plan(outputs: usize, count: i32): usize {
  const program = planGraph(outputs, count);
  if (program === 0 || reserveFor(program)) return program;
  freeRegion(program);
  return 0;
}

/** Runs a program with arguments and results; returns -1 on a fault. */
export function run(program: usize, argumentBlock: usize, resultBlock: usize): i32 {
  if (!reserveFor(program)) return -1;
  setBase(spaceArguments, argumentBlock);
  setBase(spaceResults, resultBlock);
  runProgram(program);
  return faulted() ? -1 : 0;
}

/** Sets the base of a space for the next run. */
export function bindSpace(space: i32, address: usize): void {
  setBase(space, address);
}

/** Addresses the random numbers of the next run, whose first row is number `row` of its batch; outside of training it has no place. */
export function bindRandom(seedLow: u32, seedHigh: u32, stepLow: u32, stepHigh: u32, row: u32): void {
  if (hasLoops()) setBatch(0, 0, 0, 0);
  bindRandomNumbers(seedLow, seedHigh, stepLow, stepHigh, row);
}

/** Trains over the resident data set: see training/slice. */
export function advance(trainer: usize, runs: u32, steps: u32): i32 {
  return advanceTrainer(changetype<Trainer>(trainer), runs, steps);
}

/** One update on the rows at `order`: see training/slice. */
export function step(trainer: usize, order: usize, rows: u32): i32 {
  return stepTrainer(changetype<Trainer>(trainer), order, rows);
}

/** Counts the last step as one of the epoch, whose batches the host brings one by one. */
export function countStep(trainer: usize): void {
  countTrainerStep(changetype<Trainer>(trainer));
}

/** Ends the epoch of such batches. */
export function endEpoch(trainer: usize): void {
  const record = changetype<Trainer>(trainer);
  record.epochCount = 0;
  endTrainerEpoch(record);
}

/** Computes the order of the current epoch after the host has set the epoch. */
export function restoreOrder(trainer: usize): void {
  orderEpoch(changetype<Trainer>(trainer));
}

/** Gathers rows of columns into an argument block: see data/columns. */
export function gather(columns: usize, columnCount: u32, block: usize, order: usize, rows: u32): void {
  gatherBatch(columns, columnCount, block, order, rows);
}

/** Gathers the rows of a run as training does, and addresses its random numbers: see training/gather. */
export function gatherRun(trainer: usize, step: f64, order: usize, done: u32, rows: u32, total: u32): void {
  gatherTraining(changetype<Trainer>(trainer), step, 0, order, done, rows, total);
}

/** Writes the scheduled hyper-parameters for the next update; returns -1 on a fault: see training/scheduled. */
export function schedule(trainer: usize): i32 {
  return applySchedules(changetype<Trainer>(trainer)) ? 0 : -1;
}

/** Returns the penalty of weights in the trainer's layout, with the hyper-parameters that `schedule` wrote. */
export function penalty(trainer: usize, weights: usize): f64 {
  return penaltyOf(changetype<Trainer>(trainer), weights);
}

/** Passes the loss of an epoch to the trainer's schedules. */
export function observe(trainer: usize, loss: f64): void {
  observeLoss(changetype<Trainer>(trainer), loss);
}

/** Writes the values of a schedule for steps from 0: see schedules/schedule. */
export function tabulateSchedule(
  record: usize,
  out: usize,
  count: u32,
  epochSteps: u32,
  losses: usize,
  lossCount: u32,
): void {
  tabulate(record, out, count, epochSteps, losses, lossCount);
}
