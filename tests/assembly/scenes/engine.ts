// What the specs above the kernels share: an engine record, faults read as the host reads them, leaves in few words.

import { engineFault, engineMessage, opLeaf, spaceArguments } from "../../../assembly/abi";
import { emit, stage, stageWord } from "../../../assembly/graph/emit";
import { openGraph } from "../../../assembly/graph/graph";
import { createEngineRecord, message } from "../../../assembly/memory/engine";
import { limitPages } from "../../../assembly/memory/regions";

// as-pect's heap grows upwards from the static data and takes every page there is for its own: this room is what it
// may fill before it would reach the first region.
memory.grow(256);
createEngineRecord();

function record(): usize {
  return message() - engineMessage + engineFault;
}

export function faultCode(): i32 {
  return load<i32>(record());
}

/** Operand k of the fault, from 0. */
export function faultOperand(k: i32): i32 {
  return load<i32>(record() + ((k + 1) << 2));
}

export function clearFault(): void {
  memory.fill(record(), 0, 28);
}

/** Expects this fault with these operands and clears it. */
export function expectFault(code: i32, a: i32 = 0, b: i32 = 0, c: i32 = 0, d: i32 = 0, e: i32 = 0): void {
  const found = faultCode();
  const first = faultOperand(0);
  const second = faultOperand(1);
  const third = faultOperand(2);
  const fourth = faultOperand(3);
  const fifth = faultOperand(4);
  clearFault(); // before anything fails, or the tests that follow would fail with it
  expect(found).toBe(code, "fault code");
  expect(first).toBe(a, "first operand");
  expect(second).toBe(b, "second operand");
  expect(third).toBe(c, "third operand");
  expect(fourth).toBe(d, "fourth operand");
  expect(fifth).toBe(e, "fifth operand");
}

/** Starts an empty graph, whatever a test before left behind. */
export function freshGraph(): void {
  clearFault();
  limitPages(65535);
  openGraph();
}

/** Stages the extents up to the first that is not given. */
export function stageExtents(a: i32 = -1, b: i32 = -1, c: i32 = -1, d: i32 = -1): void {
  if (a >= 0) stageWord(a);
  if (b >= 0) stageWord(b);
  if (c >= 0) stageWord(c);
  if (d >= 0) stageWord(d);
}

/** A leaf at an offset of the argument block. */
export function leafAt(offset: u32, type: i32, a: i32 = -1, b: i32 = -1, c: i32 = -1, d: i32 = -1): i32 {
  stage(opLeaf);
  stageWord(spaceArguments);
  stageWord(offset);
  stageWord(type);
  stageExtents(a, b, c, d);
  return emit();
}
