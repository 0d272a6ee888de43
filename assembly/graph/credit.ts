// Where derivative rules put their cotangents. The reverse walk opens the ledger, rules credit it, and several credits
// of one node add up in the order in which they come.

import { opAdd } from "../abi";
import { emit, stage, stageInput } from "./emit";
import { input } from "./graph";

let ledger: usize = 0; // i32 an old node: node + 1 of its cotangent, 0 for none
let wanted: usize = 0; // u8 an old node: does it depend on what is differentiated

/** The walk hands over its two tables. */
export function openLedger(cotangents: usize, dependent: usize): void {
  ledger = cotangents;
  wanted = dependent;
}

/** True when input k of y depends on what is differentiated; costly rules ask first. */
export function wants(y: i32, k: i32): bool {
  return load<u8>(wanted + input(y, k)) !== 0;
}

/** Adds `cotangent` to what input k of y has been credited. */
export function credit(y: i32, k: i32, cotangent: i32): void {
  if (wants(y, k)) creditNode(input(y, k), cotangent);
}

export function creditNode(node: i32, cotangent: i32): void {
  if (cotangent < 0) return;
  const slot = ledger + ((<usize>node) << 2);
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
