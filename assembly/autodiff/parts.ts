// The cotangent of a node of which many parts were taken, as the steps of a sequence by slices or the rows of an embedding
// by gathers. The cotangent of one part is as large as the node and zero but for the part, so that adding up those of T steps
// takes O(T²); here they are made into one in O(T). Slices that do not overlap are concatenated, without an addition; those
// that do are put into tiers, as many as overlap at most, and the tiers are added. Rows are added up by one scatter-add.

import { messageInputLimit, opConcatenate, opGather, opReshape } from "../abi";
import { accumulateNode, cotangentOf, lastPart, partBefore } from "../graph/cotangents";
import { emit, stage, stageInput, stageWord } from "../graph/emit";
import { elementsOf, extent, input, opOf, rankOf, word } from "../graph/graph";
import { scatterAdd, stagePad } from "../graph/vocabulary";

let list: usize = 0; // i32: the parts that are made into one
let pieces: usize = 0; // i32: the nodes that are concatenated

/** Bytes of the lists for an old node. */
export const partBytes: usize = 8;

/** Takes the memory of the lists for a number of nodes. */
export function openParts(address: usize, nodes: usize): void {
  list = address;
  pieces = address + (nodes << 2);
}

function at(k: i32): i32 {
  return load<i32>(list + ((<usize>k) << 2));
}

function put(nodes: usize, k: i32, node: i32): void {
  store<i32>(nodes + ((<usize>k) << 2), node);
}

/** Adds the cotangents of the parts of node n to its own. */
export function addParts(n: i32): void {
  for (let axis = -1; axis < rankOf(n); axis++) {
    let count: i32 = 0;
    for (let y = lastPart(n); y >= 0; y = partBefore(y)) if (cutAxis(y) === axis) put(list, count++, y);
    if (axis >= 0) {
      sortByStart(axis, count);
      while (count > 0) count = addTier(n, axis, count);
    } else if (count > 0) addRows(n, count);
  }
}

/** First axis along which a slice y is shorter than its input; -1 if y is a gather. */
function cutAxis(y: i32): i32 {
  if (opOf(y) === opGather) return -1;
  let axis: i32 = 0;
  while (extent(y, axis) === extent(input(y), axis)) axis++;
  return axis;
}

/** Sorts the list by the starts of slices along an axis (Shell 1959): fast if it is sorted, as that of a loop over time is. */
function sortByStart(axis: i32, count: i32): void {
  for (let gap = count >> 1; gap > 0; gap >>= 1) {
    for (let k = gap; k < count; k++) {
      const y = at(k);
      let to = k;
      for (; to >= gap && word(at(to - gap), 2 * axis) > word(y, 2 * axis); to -= gap) put(list, to, at(to - gap));
      put(list, to, y);
    }
  }
}

/**
 * Adds the cotangents of those slices of a sorted list that do not overlap, as many as fit, and keeps the others in the list;
 * returns their number.
 */
function addTier(n: i32, axis: i32, count: i32): i32 {
  const y = at(0);
  const first = word(y, 2 * axis);
  let end = first;
  let left: i32 = 0;
  let used: i32 = 0;
  for (let k = 0; k < count; k++) {
    const next = at(k);
    const gap = word(next, 2 * axis) - end;
    if (gap < 0) put(list, left++, next);
    else {
      put(pieces, used++, pad(cotangentOf(next), next, axis, gap, 0));
      end = word(next, 2 * axis + 1);
    }
  }
  accumulateNode(n, pad(join(pieces, axis, used), y, axis, first, extent(n, axis) - end));
  return left;
}

/** Pads an axis of a, and the others as far as slice y cut them and a is still short; a is -1 after a fault. */
function pad(a: i32, y: i32, along: i32, before: i32, after: i32): i32 {
  if (a < 0) return a;
  stagePad(a);
  for (let axis = 0; axis < rankOf(a); axis++) {
    const room = extent(input(y), axis) - extent(a, axis);
    const start = axis === along ? before : min(room, word(y, 2 * axis));
    stageWord(start);
    stageWord(axis === along ? after : room - start);
  }
  return emit();
}

/** Adds the cotangents of all gathers of the list: the rows of all, at the indices of all, in the order of the program. */
function addRows(n: i32, count: i32): void {
  for (let k = 0; k < count; k++) {
    const indices = input(at(k), 1);
    put(pieces, k, rows(cotangentOf(at(k)), indices));
    put(list, k, rows(indices, indices));
  }
  accumulateNode(n, scatterAdd(join(pieces, 0, count), join(list, 0, count), extent(n, 0)));
}

/** a [indices..., ...] as [number of indices, ...]. */
function rows(a: i32, indices: i32): i32 {
  stage(opReshape);
  stageInput(a);
  stageWord(elementsOf(indices));
  for (let axis = rankOf(indices); axis < rankOf(a); axis++) stageWord(extent(a, axis));
  return emit();
}

/** Concatenates nodes along an axis, as many at a time as one op takes. */
function join(nodes: usize, axis: i32, count: i32): i32 {
  while (count > 1) {
    let joined: i32 = 0;
    for (let k = 0; k < count; ) {
      stage(opConcatenate);
      for (const end = min(count, k + messageInputLimit); k < end; k++)
        stageInput(load<i32>(nodes + ((<usize>k) << 2)));
      stageWord(axis);
      put(nodes, joined++, emit());
    }
    count = joined;
  }
  return load<i32>(nodes);
}
