// Places blocks in scratch. A block is live from the unit that writes it to the last unit that reads it; blocks that are not
// live at the same time share memory, by first fit over the units in order. A node that only its own chain reads has no block.

import { spaceScratch } from "../abi";
import { bytesOf, elementsOf, input, inputCount } from "../graph/graph";
import { keepsInputs } from "../graph/notes";
import { Entry, entryOf, unitAt, unitCount } from "./schedule";

/** A live block; lengths in lines of 64 bytes. Its 16 bytes are moved by one instruction. */
@unmanaged
class Block {
  offset: u32;
  lines: u32;
  last: i32; // last unit that reads it
  unused: i32;
}

const blockBytes: usize = 16;

let blocks: usize = 0; // live blocks by offset
let blockTotal: i32 = 0;
let high: u64 = 0; // lines; more than an offset can hold if the blocks exceed any memory

/** Bytes of tables for placing this number of nodes. */
export function placementBytes(nodes: i32): u64 {
  return <u64>nodes * blockBytes;
}

/** Records that `unit` reads `node`, or the source of a repeated value. */
export function readIn(node: i32, unit: i32): void {
  let e = entryOf(entryOf(node).root);
  if (e.repeated) {
    const maker = e.root;
    if (inputCount(maker) === 0) return;
    e = entryOf(entryOf(input(maker)).root);
  }
  e.lastUnit = max(e.lastUnit, unit);
  if (e.unit !== unit) e.escapes = true;
}

function readInputs(n: i32, unit: i32): void {
  for (let k = 0; k < inputCount(n); k++) {
    readIn(input(n, k), unit);
    entryOf(entryOf(input(n, k)).root).lastReader = n;
  }
}

/** Sets the offset of every block; returns the bytes of scratch they take, which may exceed any memory. */
export function placeBlocks(tables: usize): u64 {
  blocks = tables;
  blockTotal = 0;
  high = 0;
  for (let u = 0; u < unitCount(); u++) {
    const unit = unitAt(u);
    if (unit.members === 0) readIn(unit.head, u);
    else for (let n = unit.head; n >= 0; n = entryOf(n).next) readInputs(n, u);
  }
  for (let u = 0; u < unitCount() && !keepsInputs(); u++) {
    if (unitAt(u).chain) for (let n = unitAt(u).head; n >= 0; n = entryOf(n).next) takeOver(n, entryOf(n), u);
  }
  for (let u = 0; u < unitCount(); u++) {
    const unit = unitAt(u);
    if (unit.members > 0) {
      for (let n = unit.head; n >= 0; n = entryOf(n).next) {
        const e = entryOf(n);
        if (!unit.chain) e.escapes = true;
        if (e.escapes && !e.placed) place(n, e);
      }
    }
    release(u);
  }
  return high << 6;
}

/**
 * Gives member n of the chain of unit u the block of an input that nothing reads after n. Both have equally many elements, so a
 * tile of the block is overwritten only after all members have read it.
 */
function takeOver(n: i32, e: Entry, u: i32): void {
  if (!e.escapes || e.placed) return;
  for (let m = unitAt(u).head; <u32>m <= <u32>n; m = entryOf(m).next) {
    for (let k = 0; k < inputCount(m); k++) {
      const root = entryOf(input(m, k)).root;
      const source = entryOf(root);
      if (source.placed || <u32>source.unit >= <u32>u || source.lastUnit !== u) continue;
      if (source.lastReader > n || elementsOf(root) !== elementsOf(n) || bytesOf(root) !== bytesOf(n)) continue;
      e.host = source.host || root + 1;
      source.lastUnit = e.lastUnit;
      entryOf(e.host - 1).lastUnit = e.lastUnit;
      return;
    }
  }
}

function place(n: i32, e: Entry): void {
  e.space = spaceScratch;
  e.placed = true;
  if (e.host) {
    e.offset = entryOf(e.host - 1).offset;
    return;
  }
  const lines = (bytesOf(n) + 63) >> 6;
  let offset: u32 = 0;
  let at: i32 = 0;
  while (at < blockTotal) {
    const block = changetype<Block>(blocks + <usize>at * blockBytes);
    if (block.offset - offset >= lines) break;
    offset = block.offset + block.lines;
    at++;
  }
  const slot = blocks + <usize>at * blockBytes;
  memory.copy(slot + blockBytes, slot, <usize>(blockTotal - at) * blockBytes);
  const block = changetype<Block>(slot);
  block.offset = offset;
  block.lines = lines;
  block.last = max(e.lastUnit, e.unit);
  blockTotal++;
  high = max(high, <u64>offset + lines);
  e.offset = offset << 6;
}

function release(unit: i32): void {
  let kept: i32 = 0;
  for (let k = 0; k < blockTotal; k++) {
    const from = blocks + <usize>k * blockBytes;
    if (changetype<Block>(from).last <= unit) continue;
    if (kept !== k) memory.copy(blocks + <usize>kept * blockBytes, from, blockBytes);
    kept++;
  }
  blockTotal = kept;
}
