// The engine record: a region with the fault, the bases of the operand spaces, the message that host and core exchange, and
// the tables of what is registered.

import {
  directionEntryBytes,
  engineBases,
  engineBatch,
  engineBytes,
  engineCall,
  engineDirections,
  engineFault,
  engineMessage,
  engineOps,
  engineRandom,
  engineRules,
  engineSchedules,
  engineSearches,
  engineSquares,
  engineTransforms,
  engineWrappers,
  faultMemory,
  opEntryBytes,
  ruleEntryBytes,
  scheduleEntryBytes,
  searchEntryBytes,
  spaceScratch,
  transformEntryBytes,
  wrapperEntryBytes,
} from "../abi";
import { allocateRegion, freeRegion, regionBytes } from "./regions";

let engine: usize = 0;
let scratch: usize = 0;

/** Makes the engine record; returns its address, 0 without memory. */
export function createEngineRecord(): usize {
  engine = allocateRegion(engineBytes);
  if (engine !== 0) memory.fill(engine, 0, engineBytes);
  return engine;
}

/**
 * Uses an engine record, and its scratch, that another instance of the same module made and that lie at the same addresses
 * here. With the regions of a trainer at their addresses, this instance can run it. Allocates nothing.
 */
export function adoptEngineRecord(record: usize): void {
  engine = record;
  scratch = load<u32>(engine + engineBases + ((<usize>spaceScratch) << 2));
}

export function message(): usize {
  return engine + engineMessage;
}

export function opEntry(op: i32): usize {
  return engine + engineOps + <usize>op * opEntryBytes;
}

export function ruleEntry(rule: i32): usize {
  return engine + engineRules + <usize>rule * ruleEntryBytes;
}

export function scheduleEntry(law: i32): usize {
  return engine + engineSchedules + <usize>law * scheduleEntryBytes;
}

export function transformEntry(transform: i32): usize {
  return engine + engineTransforms + <usize>transform * transformEntryBytes;
}

export function wrapperEntry(wrapper: i32): usize {
  return engine + engineWrappers + <usize>wrapper * wrapperEntryBytes;
}

export function searchEntry(search: i32): usize {
  return engine + engineSearches + <usize>search * searchEntryBytes;
}

export function directionEntry(direction: i32): usize {
  return engine + engineDirections + <usize>direction * directionEntryBytes;
}

/** Address of the index of the function that sums the squares of a gradient of few rows. */
export function squaresEntry(): usize {
  return engine + engineSquares;
}

export function basesTable(): usize {
  return engine + engineBases;
}

/** Address of the random numbers of a run; the stream comes from the op. */
@unmanaged
export class RandomAddress {
  seedLow: u32;
  seedHigh: u32;
  stepLow: u32;
  stepHigh: u32;
  /** Rows of the batch that earlier runs of the step have done. */
  row: u32;
  /** Row of the partner of the first row, rows up to the end of the batch from there, and first row of the batch. */
  partner: u32;
  partnerRows: u32;
  first: u32;
}

export function randomAddress(): RandomAddress {
  return changetype<RandomAddress>(engine + engineRandom);
}

/** Addresses the random numbers of the next run, whose first row is number `row` of its batch. */
export function bindRandom(seedLow: u32, seedHigh: u32, stepLow: u32, stepHigh: u32, row: u32): void {
  const address = randomAddress();
  address.seedLow = seedLow;
  address.seedHigh = seedHigh;
  address.stepLow = stepLow;
  address.stepHigh = stepHigh;
  address.row = row;
}

/** Place of a run in its batch. */
@unmanaged
export class BatchPlace {
  /** Rows of the batch that earlier runs of the step have done. */
  done: u32;
  /** Rows of the batch; 0 outside of training, where a run has all of them. */
  rows: u32;
  /** Bytes from the next state of a run to that of the batch. */
  state: u32;
}

export function batchPlace(): BatchPlace {
  return changetype<BatchPlace>(engine + engineBatch);
}

/** Stores the place of the next run, of `rows` rows, in its batch of `total`; a batch in one run has the state of that run. */
export function setBatch(done: u32, rows: u32, total: u32, stateBytes: u32): void {
  const place = batchPlace();
  place.done = done;
  place.rows = total;
  place.state = rows === total ? 0 : stateBytes;
}

/** Stores the call that is being made, for the message of a trap. */
export function setRunning(call: usize): void {
  store<u32>(engine, <u32>call, engineCall);
}

export function setBase(space: i32, address: usize): void {
  store<u32>(engine + engineBases + ((<usize>space) << 2), <u32>address);
}

/** Returns bytes as an integer, at most 2^53; 2^53 for NaN. */
export function wholeBytes(bytes: f64): u64 {
  const most: f64 = 9007199254740992;
  return <u64>(bytes < most ? bytes : most);
}

/** Allocates a region; returns 0 on a fault: no memory. Sizes are f64, in which sums and products do not wrap. */
export function claim(bytes: f64): usize {
  const whole = wholeBytes(bytes);
  const address = allocateRegion(whole);
  if (address === 0) fault(faultMemory, <i32>(whole >> 32), <i32>whole);
  return address;
}

/** Grows the scratch that programs share to at least so many bytes; returns false on a fault: no memory. */
export function reserveScratch(bytes: usize): bool {
  if (scratch !== 0 && regionBytes(scratch) >= bytes) return true;
  const larger = claim(bytes);
  if (larger === 0) return false;
  freeRegion(scratch);
  scratch = larger;
  setBase(spaceScratch, scratch);
  return true;
}

/** Records a fault and returns -1; a fault recorded before is kept. */
export function fault(code: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0): i32 {
  const record = engine + engineFault;
  if (load<i32>(record) !== 0) return -1;
  store<i32>(record, code);
  store<i32>(record, a, 4);
  store<i32>(record, b, 8);
  store<i32>(record, c, 12);
  store<i32>(record, d, 16);
  store<i32>(record, e, 20);
  return -1;
}

/** Records a fault and returns false. */
export function refuse(code: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0): bool {
  fault(code, a, b, c, d, e);
  return false;
}

/** Records that element `at` of the indices of an op is out of range, in a run whose first row is one of a batch; returns false. */
export function refuseIndex(code: i32, op: i32, index: i32, extent: u32, at: u32): bool {
  return refuse(code, op, index, extent, at, randomAddress().row);
}

export function faulted(): bool {
  return load<i32>(engine + engineFault) !== 0;
}
