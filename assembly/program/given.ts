// What the body of a loop is given while it is planned: nodes that are not computed in it, but lie at the base of a space that
// changes from step to step.

import { spaceLoops } from "../abi";

let nodes: usize = 0; // i32
let count: i32 = 0;
let first: u32 = 0; // space of the first node
let free: u32 = spaceLoops; // first space of the loops in the program that is being planned

export function givenCount(): i32 {
  return count;
}

export function givenAt(k: i32): i32 {
  return load<i32>(nodes + ((<usize>k) << 2));
}

export function givenSpace(k: i32): u32 {
  return first + k;
}

/** First space of a loop in the program that is being planned. */
export function loopSpace(): u32 {
  return free;
}

/** Begins a body with these nodes, whose spaces and those of its results are the next `spaces`; saves what was before. */
export function openGiven(saved: usize, list: usize, given: i32, spaces: u32): void {
  store<u32>(saved, <u32>nodes);
  store<i32>(saved, count, 4);
  store<u32>(saved, first, 8);
  store<u32>(saved, free, 12);
  nodes = list;
  count = given;
  first = free;
  free += spaces;
}

export function closeGiven(saved: usize): void {
  nodes = load<u32>(saved);
  count = load<i32>(saved, 4);
  first = load<u32>(saved, 8);
  free = load<u32>(saved, 12);
}
