// Emitting a node: an op, its inputs and its attribute words are staged in the engine's message, the op's shape rule
// sets type and extents in the same message, and the node is appended. Derivative rules and the host both emit this way.

import {
  f64Type,
  faultRank,
  faultShapes,
  faultTooLarge,
  faultType,
  faultTypes,
  faultUnknownOp,
  messageExtents,
  messageInputCount,
  messageInputs,
  messageOp,
  messageRank,
  messageType,
  messageWordCount,
  messageWords,
  opBroadcastTo,
  opCount,
  rankLimit,
} from "../abi";
import { fault, faulted, message, refuse, wholeBytes } from "../memory/engine";
import { applyRewrite, applyShape, broadcasts, floats, hasFlag, registered } from "./contract";
import { appendNode, extent, nextPool, rankOf, reserveNode, sameShape, typeBytes, typeOf } from "./graph";

/** Starts staging an op. */
export function stage(op: i32): void {
  store<i32>(message(), op, messageOp);
  store<i32>(message(), 0, messageInputCount);
  store<i32>(message(), 0, messageWordCount);
}

export function stageInput(node: i32): void {
  const at = load<i32>(message(), messageInputCount);
  store<i32>(message() + (at << 2), node, messageInputs);
  store<i32>(message(), at + 1, messageInputCount);
}

export function stageWord(value: i32): void {
  const at = load<i32>(message(), messageWordCount);
  store<i32>(message() + (at << 2), value, messageWords);
  store<i32>(message(), at + 1, messageWordCount);
}

export function stageReal(value: f64): void {
  const at = load<i32>(message(), messageWordCount);
  store<f64>(message() + (at << 2), value, messageWords);
  store<i32>(message(), at + 2, messageWordCount);
}

export function stagedOp(): i32 {
  return load<i32>(message(), messageOp);
}

export function stagedInputs(): i32 {
  return load<i32>(message(), messageInputCount);
}

export function stagedInput(k: i32): i32 {
  return load<i32>(message() + (k << 2), messageInputs);
}

export function stagedWords(): i32 {
  return load<i32>(message(), messageWordCount);
}

export function stagedWord(k: i32): i32 {
  return load<i32>(message() + (k << 2), messageWords);
}

/** Sets type and rank of the output; its extents follow by setExtent. */
export function setOutput(type: i32, rank: i32): void {
  store<i32>(message(), type, messageType);
  store<i32>(message(), rank, messageRank);
}

export function setExtent(axis: i32, value: i32): void {
  store<i32>(message() + (axis << 2), value, messageExtents);
}

export function outputExtent(axis: i32): i32 {
  return load<i32>(message() + (axis << 2), messageExtents);
}

/** Sets type and shape of the output to those of a node. */
export function setOutputLike(node: i32): bool {
  setOutput(typeOf(node), rankOf(node));
  for (let axis = 0; axis < rankOf(node); axis++) setExtent(axis, extent(node, axis));
  return true;
}

/** Emits the staged op; returns its node, or -1 on a fault. */
export function emit(): i32 {
  if (faulted()) return -1;
  const op = stagedOp();
  if (<u32>op >= <u32>opCount || !registered(op)) return fault(faultUnknownOp, op);
  if (hasFlag(op, floats) && !checkFloats(op)) return -1;
  if (hasFlag(op, broadcasts) && !broadcastStaged(op)) return -1;
  const instead = applyRewrite(op);
  if (instead >= 0) return instead;
  if (faulted()) return -1;
  if (!applyShape(op)) return -1;
  const rank = load<i32>(message(), messageRank);
  const type = load<i32>(message(), messageType);
  if (rank > rankLimit) return fault(faultRank, op, stagedInputs() > 0 ? stagedInput(0) : -1, rank, rankLimit);
  let elements: f64 = 1;
  let fits = true;
  for (let axis = 0; axis < rank; axis++) {
    const extent = outputExtent(axis);
    elements *= <f64>(<u32>extent);
    fits = fits && extent >= 0 && elements < 0x40000000;
  }
  const bytes = elements * <f64>typeBytes(type);
  if (!fits || bytes >= 0xf0000000) {
    const whole = wholeBytes(bytes);
    return fault(faultTooLarge, op, <i32>(whole >> 32), <i32>whole);
  }
  const inputs = stagedInputs();
  const words = stagedWords();
  if (!reserveNode(<u32>(inputs + rank + words))) return -1;
  let at = nextPool();
  memory.copy(at, message() + messageInputs, (<usize>inputs) << 2);
  at += (<usize>inputs) << 2;
  memory.copy(at, message() + messageExtents, (<usize>rank) << 2);
  at += (<usize>rank) << 2;
  memory.copy(at, message() + messageWords, (<usize>words) << 2);
  return appendNode(op, type, rank, inputs, words, <u32>elements);
}

function checkFloats(op: i32): bool {
  for (let k = 0; k < stagedInputs(); k++) {
    if (typeOf(stagedInput(k)) > f64Type) {
      return refuse(faultType, op, stagedInput(k), typeOf(stagedInput(k)), -1);
    }
    if (typeOf(stagedInput(k)) !== typeOf(stagedInput(0))) {
      return refuse(faultTypes, op, stagedInput(0), stagedInput(k));
    }
  }
  return true;
}

/** Replaces the staged inputs (two or three, no words) by their broadcasts to the common shape. */
function broadcastStaged(op: i32): bool {
  const inputs = stagedInputs();
  const a = stagedInput(0);
  const b = stagedInput(1);
  const c = inputs > 2 ? stagedInput(2) : a;
  if (sameShape(a, b) && sameShape(a, c)) return true;
  const widest = rankOf(a) >= rankOf(b) ? (rankOf(a) >= rankOf(c) ? a : c) : rankOf(b) >= rankOf(c) ? b : c;
  const rank = rankOf(widest);
  for (let axis = 0; axis < rank; axis++) {
    let common: i32 = 1;
    let first: i32 = a; // the input that set the extent
    for (let k = 0; k < inputs; k++) {
      const node = stagedInput(k);
      const own = axis - (rank - rankOf(node));
      if (own < 0 || extent(node, own) === 1 || extent(node, own) === common) continue;
      if (common !== 1) {
        return refuse(faultShapes, op, first, node);
      }
      common = extent(node, own);
      first = node;
    }
    setExtent(axis, common);
  }
  const wideA = broadcastToOutput(a, rank);
  const wideB = broadcastToOutput(b, rank);
  const wideC = inputs > 2 ? broadcastToOutput(c, rank) : 0;
  if (faulted()) return false;
  stage(op);
  stageInput(wideA);
  stageInput(wideB);
  if (inputs > 2) stageInput(wideC);
  return true;
}

/** Broadcasts a node to the output's extents, which emitting broadcastTo leaves as they are. */
function broadcastToOutput(node: i32, rank: i32): i32 {
  let same = rankOf(node) === rank;
  for (let axis = 0; same && axis < rank; axis++) same = extent(node, axis) === outputExtent(axis);
  if (same) return node;
  stage(opBroadcastTo);
  stageInput(node);
  for (let axis = 0; axis < rank; axis++) stageWord(outputExtent(axis));
  return emit();
}
