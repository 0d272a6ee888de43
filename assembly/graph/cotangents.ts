// Accumulates cotangents. The reverse walk opens the tables, and derivative rules add to them; the cotangents of one node
// are added in the order in which they come.

import { opAdd } from "../abi";
import { emit, stage, stageInput } from "./emit";
import { input } from "./graph";

let sums: usize = 0; // i32 for each old node: 1 + the node of its cotangent so far, 0 for none
let wanted: usize = 0; // u8 for each old node: 1 if it depends on the nodes that are differentiated

/** Takes the two tables of a reverse walk. */
export function openCotangents(cotangents: usize, dependent: usize): void {
  sums = cotangents;
  wanted = dependent;
}

/** True if the cotangent of input k of y is needed; costly rules check first. */
export function wants(y: i32, k: i32): bool {
  return load<u8>(wanted + input(y, k)) !== 0;
}

/** Adds `cotangent` to the cotangent of input k of y. */
export function accumulate(y: i32, k: i32, cotangent: i32): void {
  if (wants(y, k)) accumulateNode(input(y, k), cotangent);
}

export function accumulateNode(node: i32, cotangent: i32): void {
  if (cotangent < 0) return;
  const slot = sums + ((<usize>node) << 2);
  const held = load<i32>(slot);
  if (held === 0) {
    store<i32>(slot, cotangent + 1);
    return;
  }
  stage(opAdd);
  stageInput(held - 1);
  stageInput(cotangent);
  store<i32>(slot, emit() + 1);
}
