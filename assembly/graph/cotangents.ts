// Accumulates cotangents. The reverse walk opens the tables, and derivative rules add to them; the cotangents of one node
// are added in the order in which they come. The rule of an op that takes a part of its input adds nothing: y itself is
// listed, and the walk makes one cotangent of all parts when it reaches the input: see autodiff/parts.

import { opAdd } from "../abi";
import { emit, stage, stageInput } from "./emit";
import { input } from "./graph";

// Tables with an entry for each old node.
let sums: usize = 0; // i32: 1 + the node of its cotangent so far, 0 for none
let parts: usize = 0; // i32: 1 + its part that was listed last, 0 for none
let others: usize = 0; // i32: of a part, 1 + the part of the same input that was listed before it, 0 for none
let wanted: usize = 0; // u8: 1 if it depends on the nodes that are differentiated

/** Bytes of the tables of a reverse walk for an old node. */
export const cotangentBytes: usize = 13;

/** Opens the tables of a reverse walk for a number of nodes; returns the address of those bytes that mark what is wanted. */
export function openCotangents(tables: usize, nodes: usize): usize {
  memory.fill(tables, 0, cotangentBytes * nodes);
  return useCotangents(tables, nodes);
}

/** Uses the tables of a walk that is open. */
export function useCotangents(tables: usize, nodes: usize): usize {
  sums = tables;
  parts = sums + (nodes << 2);
  others = parts + (nodes << 2);
  wanted = others + (nodes << 2);
  return wanted;
}

function entry(table: usize, node: i32): i32 {
  return load<i32>(table + ((<usize>node) << 2)) - 1;
}

function setEntry(table: usize, node: i32, value: i32): void {
  store<i32>(table + ((<usize>node) << 2), value + 1);
}

/** Returns the cotangent of an old node so far, -1 for none. */
export function cotangentOf(node: i32): i32 {
  return entry(sums, node);
}

/** True if the cotangent of a node is needed. */
export function isWanted(node: i32): bool {
  return load<u8>(wanted + node) !== 0;
}

/** True if the cotangent of input k of y is needed; costly rules check first. */
export function wants(y: i32, k: i32): bool {
  return isWanted(input(y, k));
}

/** Adds `cotangent` to the cotangent of input k of y. */
export function accumulate(y: i32, k: i32, cotangent: i32): void {
  if (wants(y, k)) accumulateNode(input(y, k), cotangent);
}

export function accumulateNode(node: i32, cotangent: i32): void {
  if (cotangent < 0) return;
  const held = entry(sums, node);
  if (held >= 0) {
    stage(opAdd);
    stageInput(held);
    stageInput(cotangent);
    cotangent = emit();
  }
  setEntry(sums, node, cotangent);
}

/** Lists y as a part of its first input. */
export function listPart(y: i32): void {
  if (!wants(y, 0)) return;
  setEntry(others, y, entry(parts, input(y)));
  setEntry(parts, input(y), y);
}

/** Returns the part of a node that was listed last, -1 for none. */
export function lastPart(node: i32): i32 {
  return entry(parts, node);
}

/** Returns the part of the same node that was listed before y, -1 for none. */
export function partBefore(y: i32): i32 {
  return entry(others, y);
}
