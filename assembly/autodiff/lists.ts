// Short lists of nodes, in memory that their user holds: an i32 count, then the nodes.

import { loopListLimit } from "../abi";

export const listBytes: usize = 4 * (loopListLimit + 1);

export function lengthOf(list: usize): i32 {
  return load<i32>(list);
}

export function itemAt(list: usize, k: i32): i32 {
  return load<i32>(list + ((<usize>k) << 2), 4);
}

/** Appends a node; returns its place. A list that is full keeps its length, which its user checks. */
export function append(list: usize, node: i32): i32 {
  const k = lengthOf(list);
  if (k === loopListLimit) return k;
  store<i32>(list + ((<usize>k) << 2), node, 4);
  store<i32>(list, k + 1);
  return k;
}

/** Place of a node in a list, or -1. */
export function placeIn(list: usize, node: i32): i32 {
  for (let k = 0; k < lengthOf(list); k++) if (itemAt(list, k) === node) return k;
  return -1;
}

/** Appends a node that the list does not have yet; returns its place. */
export function appendOnce(list: usize, node: i32): i32 {
  const k = placeIn(list, node);
  return k >= 0 ? k : append(list, node);
}
