// Words and checks of shapes that ops on images [batch, height, width, channels] share. The words are a geometry: those of two
// axes, then the groups of channels or the form of the windows.

import { axisWords, faultExtent, faultRank, geometryWords } from "../abi";
import { callWords, push } from "../graph/call";
import { accumulate, wants } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutput,
  stage,
  stagedOp,
  stagedWord,
  stagedWords,
  stageInput,
  stageWord,
} from "../graph/emit";
import { extent, rankOf, typeOf, word, wordsOf } from "../graph/graph";
import { Geometry } from "../kernels/geometry";
import { refuse } from "../memory/engine";

/** Returns true if an axis of the node has the wanted extent, else records the fault. */
export function agrees(node: i32, axis: i32, wanted: i32): bool {
  if (extent(node, axis) === wanted) return true;
  return refuse(faultExtent, stagedOp(), node, axis, extent(node, axis), wanted);
}

export function hasRank(node: i32, rank: i32): bool {
  if (rankOf(node) === rank) return true;
  return refuse(faultRank, stagedOp(), node, rankOf(node), rank);
}

/** Returns true if the words are a geometry whose numbers, all but padding, are at least 1. */
export function geometryFits(): bool {
  for (let k = 0; k < geometryWords; k++) {
    const within = k % axisWords;
    // Padding, the extent of an empty image and the first window may be 0.
    const least = k === geometryWords - 1 || within === 2 || within === 3 || within === 5 || within === 6 ? 0 : 1;
    if (k < stagedWords() && stagedWord(k) >= least && stagedWord(k) < 0x40000000) continue;
    return refuse(faultExtent, stagedOp(), -1, k, k < stagedWords() ? stagedWord(k) : -1, least);
  }
  return true;
}

/** Word `k` of axis 0 or 1 of the staged geometry. */
export function axisWord(axis: i32, k: i32): i32 {
  return stagedWord(axis * axisWords + k);
}

/** Returns true if the node has the image's height and width. */
export function isImage(node: i32): bool {
  return agrees(node, 1, axisWord(0, 5)) && agrees(node, 2, axisWord(1, 5));
}

/** Returns true if the node has the height and width of the output. */
export function isOut(node: i32): bool {
  return agrees(node, 1, axisWord(0, 6)) && agrees(node, 2, axisWord(1, 6));
}

/** Sets the output: the batch of `like`, the height and width of the outputs or of the image, and these channels. */
export function setImage(like: i32, outs: bool, channels: i32): bool {
  setOutput(typeOf(like), 4);
  setExtent(0, extent(like, 0));
  for (let axis = 0; axis < 2; axis++) setExtent(1 + axis, axisWord(axis, outs ? 6 : 5));
  setExtent(3, channels);
  return true;
}

/** Emits an op of two tensors over the geometry of node y. */
export function stageAlike(op: i32, y: i32, a: i32, b: i32): void {
  stage(op);
  stageInput(a);
  if (b >= 0) stageInput(b);
  for (let k = 0; k < geometryWords; k++) stageWord(word(y, k));
}

/** Accumulates the cotangent of input k of y: an op of the same geometry on a, and on b unless it is −1. */
export function accumulateAlike(y: i32, k: i32, op: i32, a: i32, b: i32): void {
  if (!wants(y, k)) return;
  stageAlike(op, y, a, b);
  accumulate(y, k, emit());
}

/** Pushes the geometry of y, and then the extents of tensors that its kernel reads. */
export function pushGeometry(y: i32, batch: u32, channels: u32, outChannels: u32): void {
  for (let k = 0; k < geometryWords; k++) push(load<u32>(wordsOf(y) + (k << 2)));
  push(batch);
  push(channels);
  push(outChannels);
}

export function geometryOf(call: usize): Geometry {
  return changetype<Geometry>(callWords(call));
}
