// What the derivative of a loop reads of the body: carries and elements of sequences, and by "store" all else that costs more to
// compute again than to read. The loop then keeps these values of all steps in its block; what it does not keep is computed
// again from them, as the nodes of both bodies lie in one graph.

import { opPart, takeOutput } from "../abi";
import { bodyGiven, bodyReached, bodyVaries } from "../graph/body";
import { alias, hasFlag, pointwise, whole } from "../graph/contract";
import { input, inputCount, nodeCount, opOf } from "../graph/graph";
import {
  appendOutput,
  carriesOf,
  givenOf,
  isKept,
  isLoop,
  keepCarry,
  outputsOf,
  recomputes,
  resultOf,
  sequencesOf,
} from "../graph/loop";
import { carryRows, partOf } from "../graph/vocabulary";
import { claim } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { append, itemAt, lengthOf } from "./lists";
import { Reversal } from "./reversal";

// Bytes of a node.
const read: u8 = 1; // the body backwards needs it
const available: u8 = 2; // it is given to the body backwards

let bytes: usize = 0;

function has(n: i32, bit: u8): bool {
  return (load<u8>(bytes + n) & bit) !== 0;
}

function set(n: i32, bit: u8): void {
  store<u8>(bytes + n, load<u8>(bytes + n) | bit);
}

/** True for a node of the forward body that differs from step to step, or a part of a loop in it, whenever it was taken. */
function isForward(r: Reversal, n: i32): bool {
  if (n >= r.nodes) return isPartOfLoop(n) && isForward(r, input(n));
  const mark = load<u8>(r.marks + n);
  return (mark & bodyVaries) !== 0 && (mark & (bodyGiven | bodyReached)) !== 0;
}

function isPartOfLoop(n: i32): bool {
  return opOf(n) === opPart && isLoop(input(n));
}

/** The node whose block n shares; of a loop the part. */
function rootOf(n: i32): i32 {
  while (hasFlag(opOf(n), alias) && !has(n, available) && !isPartOfLoop(n)) n = input(n);
  return n;
}

/** Gives the body backwards what it reads of the forward body, which the loop keeps; returns false on a fault. */
export function keepValues(r: Reversal): bool {
  const loop = r.loop;
  const nodes = nodeCount();
  bytes = claim(nodes);
  if (bytes === 0) return false;
  memory.fill(bytes, 0, nodes);
  for (let s = 0; s < sequencesOf(loop); s++) set(givenOf(loop, carriesOf(loop) + s), available);
  markReads(r, nodes, false);
  let kept = keepCarries(r, !recomputes(loop));
  for (let n = 0; !recomputes(loop) && n < nodes; n++) if (has(n, read) && isForward(r, n)) choose(r, n);
  for (let n = 0; n < nodes; n++) store<u8>(bytes + n, load<u8>(bytes + n) & available);
  // What is not available is computed again, down to carries and elements of sequences.
  markReads(r, nodes, true);
  kept = kept && keepCarries(r, false) && give(r, nodes);
  freeRegion(bytes);
  return kept;
}

/** Marks what the loop backwards needs, up to what is available, and `through` what is computed again or up to the forward body. */
function markReads(r: Reversal, nodes: i32, through: bool): void {
  markAll(r.nexts);
  markAll(r.results);
  markAll(r.stacked);
  for (let n = nodes - 1; n >= 0; n--) {
    if (!has(n, read) || has(n, available) || (!through && isForward(r, n))) continue;
    for (let k = 0; k < inputCount(n); k++) set(input(n, k), read);
  }
}

function markAll(list: usize): void {
  for (let k = 0; k < lengthOf(list); k++) set(itemAt(list, k), read);
}

/** Keeps the carries that are read, or whose `nexts` are; with a carry its next value is available. Returns false on a fault. */
function keepCarries(r: Reversal, nexts: bool): bool {
  const loop = r.loop;
  for (let k = 0; k < carriesOf(loop); k++) {
    const leaf = givenOf(loop, k);
    const next = resultOf(loop, k);
    if (!isKept(loop, k)) {
      if (!has(leaf, read) && !(nexts && has(next, read) && isForward(r, next))) continue;
      if (!keepCarry(loop, k)) return false;
    }
    set(leaf, available);
    if (isForward(r, next)) set(next, available);
  }
  return true;
}

function isGiven(r: Reversal, n: i32): bool {
  return n < r.nodes && (load<u8>(r.marks + n) & bodyGiven) !== 0;
}

/** Makes available what a node reads, unless it is a cheap function of what is available. */
function choose(r: Reversal, n: i32): void {
  const root = rootOf(n);
  if (has(root, available) || !isForward(r, root) || isGiven(r, root)) return;
  if (!isCheap(r, root)) set(root, available);
}

/** True for an elementwise function of what is available, or of nothing, as random numbers are. */
function isCheap(r: Reversal, n: i32): bool {
  if (!hasFlag(opOf(n), pointwise) || hasFlag(opOf(n), whole)) return false;
  for (let k = 0; k < inputCount(n); k++) {
    const root = rootOf(input(n, k));
    if (isForward(r, root) && !has(root, available)) return false;
  }
  return true;
}

/** Makes what is available and read the sequences of the loop backwards; returns false on a fault. */
function give(r: Reversal, nodes: i32): bool {
  for (let n = 0; n < nodes; n++) {
    if (!has(n, read) || !has(n, available)) continue;
    const sequence = sequenceOf(r.loop, n);
    if (sequence < 0) return false;
    append(r.stands, n);
    append(r.sequences, sequence);
  }
  return true;
}

/** The values of a node of the body at all steps. */
export function sequenceOf(loop: i32, node: i32): i32 {
  const carries = carriesOf(loop);
  for (let k = 0; k < carries; k++) if (givenOf(loop, k) === node) return carryRows(loop, k, false);
  for (let s = carries; s < carries + sequencesOf(loop); s++) if (givenOf(loop, s) === node) return input(loop, s);
  for (let k = 0; k < carries; k++) if (isKept(loop, k) && resultOf(loop, k) === node) return carryRows(loop, k, true);
  let j = 0;
  while (j < outputsOf(loop) && resultOf(loop, carries + j) !== node) j++;
  if (j === outputsOf(loop) && !appendOutput(loop, node)) return -1;
  return partOf(loop, takeOutput, j);
}
