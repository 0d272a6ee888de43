// Which nodes belong to the body of a loop: those that its results need and that differ from step to step, because they depend
// on a given node or are random numbers drawn in the body; and what is cheaper to compute at every step than to read.

import { loopEnd, loopFirst, opBernoulli, opBroadcastTo, opConstant, opFill, opNormal, opUniform } from "../abi";
import { elementsOf, input, inputCount, opOf } from "./graph";
import { isLoop } from "./loop";

// Bits of a node.
export const bodyGiven: u8 = 1;
export const bodyVaries: u8 = 2;
export const bodyReached: u8 = 4;

/** Most elements of data that a body holds itself. */
const shortConstant: u32 = 64;

function isRandom(op: i32): bool {
  return op === opUniform || op === opNormal || op === opBernoulli;
}

/** True for a node that the body computes even if it is the same at every step. */
function isCheap(n: i32): bool {
  const op = opOf(n);
  return op === opFill || op === opBroadcastTo || (op === opConstant && elementsOf(n) <= shortConstant);
}

function bits(marks: usize, n: i32): u8 {
  return load<u8>(marks + n);
}

function setBits(marks: usize, n: i32, more: u8): void {
  store<u8>(marks + n, bits(marks, n) | more);
}

/** True if the body computes node n. */
export function isInside(marks: usize, n: i32): bool {
  const b = bits(marks, n);
  return (b & (bodyGiven | bodyReached)) === bodyReached && ((b & bodyVaries) !== 0 || isCheap(n));
}

/** True if the body reads node n, which is computed outside. */
export function isCaptured(marks: usize, n: i32): bool {
  const b = bits(marks, n);
  return (b & bodyReached) !== 0 && (b & (bodyGiven | bodyVaries)) === 0 && !isCheap(n);
}

/** Marks a node of the list as given. */
export function markGiven(marks: usize, n: i32): void {
  setBits(marks, n, bodyGiven | bodyVaries);
}

/** Marks the nodes that differ from step to step; random nodes from `first` up to `end` do. Given nodes are marked already. */
export function markVarying(marks: usize, nodes: i32, words: usize): void {
  const first = load<i32>(words, loopFirst << 2);
  const end = load<i32>(words, loopEnd << 2);
  for (let n = 0; n < nodes; n++) {
    let varies = (bits(marks, n) & bodyVaries) !== 0 || (n >= first && n < end && (isRandom(opOf(n)) || isLoop(n)));
    for (let k = 0; !varies && k < inputCount(n); k++) varies = (bits(marks, input(n, k)) & bodyVaries) !== 0;
    if (varies) setBits(marks, n, bodyVaries);
  }
}

/** Marks what the nodes of a list need, up to what is given. */
export function markReached(marks: usize, nodes: i32, results: usize, count: i32): void {
  for (let i = 0; i < count; i++) setBits(marks, load<i32>(results + (i << 2)), bodyReached);
  for (let n = nodes - 1; n >= 0; n--) {
    if (isInside(marks, n)) for (let k = 0; k < inputCount(n); k++) setBits(marks, input(n, k), bodyReached);
  }
}
