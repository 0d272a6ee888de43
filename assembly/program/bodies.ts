// The bodies of the loops of a program. Each is planned before the program around it, as a program that knows what it is given
// and where its results go, and becomes a part of the call of its loop.

import { faultLoop, opLeaf, opScan, programBytes, spaceBody, spaceLoopLimit, spaceLoops } from "../abi";
import { input, inputCount, nodeCount, opOf, word } from "../graph/graph";
import { bodyOf, carriesOf, givenOf, hasPlace, isLoop, outputsOf, resultOf, setBody } from "../graph/loop";
import { claim, fault } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { closeGiven, givenAt, givenCount, loopSpace, openGiven } from "./given";
import { Output, outputBytes } from "./schedule";

/** Returns a list of the loops that the outputs depend on, which ends with -1; 0 on a fault. */
export function listLoops(outputs: usize, count: i32): usize {
  const nodes = nodeCount();
  const list = claim(5 * <f64>nodes + 4);
  if (list === 0) return 0;
  const live = list + ((<usize>nodes + 1) << 2);
  memory.fill(live, 0, nodes);
  for (let k = 0; k < count; k++) store<u8>(live + changetype<Output>(outputs + <usize>k * outputBytes).node, 1);
  // Bit 1 marks what the body is given.
  for (let k = 0; k < givenCount(); k++) store<u8>(live + givenAt(k), 2);
  let at = list;
  for (let n = nodes - 1; n >= 0; n--) {
    if (load<u8>(live + n) !== 1) continue;
    if (opOf(n) === opLeaf && word(n, 0) === spaceBody) {
      freeRegion(list);
      fault(faultLoop, opScan, 0);
      return 0;
    }
    for (let k = 0; k < inputCount(n); k++) {
      const to = live + input(n, k);
      store<u8>(to, load<u8>(to) | 1);
    }
    if (!isLoop(n)) continue;
    store<i32>(at, n);
    at += 4;
  }
  store<i32>(at, -1);
  return list;
}

/** Loop k of a list, -1 at its end. */
export function loopAt(list: usize, k: i32): i32 {
  return load<i32>(list + ((<usize>k) << 2));
}

/** Frees the bodies of the loops of a list, and the list. */
export function freeBodies(list: usize): void {
  for (let k = 0; loopAt(list, k) >= 0; k++) {
    freeRegion(bodyOf(loopAt(list, k)));
    setBody(loopAt(list, k), 0);
  }
  freeRegion(list);
}

/** Bytes of the planned body of a loop among the words of its call. */
export function bodyBytes(loop: i32): u64 {
  const program = bodyOf(loop);
  return program === 0 ? 0 : <u64>load<u32>(program, programBytes) + 16 * (inputCount(loop) + outputsOf(loop) + 8);
}

let outputs: usize = 0;
let outputTotal: i32 = 0;

/** Results of the body that `enterBody` began, as outputs of its program. */
export function bodyOutputs(): usize {
  return outputs;
}

export function bodyOutputCount(): i32 {
  return outputTotal;
}

/** Begins to plan the body of a loop; returns what `leaveBody` needs, 0 on a fault. */
export function enterBody(loop: i32): usize {
  const inputs = inputCount(loop);
  const results = carriesOf(loop) + outputsOf(loop);
  const fits = <i32>loopSpace() + inputs + results <= spaceLoops + spaceLoopLimit;
  if (!fits) fault(faultLoop, opScan, inputs + results);
  const saved = claim(64 + 4 * <f64>inputs + <f64>outputBytes * <f64>results);
  if (!fits || saved === 0) {
    freeRegion(saved);
    return 0;
  }
  const list = saved + 16;
  for (let i = 0; i < inputs; i++) store<i32>(list + (i << 2), givenOf(loop, i));
  outputs = (list + (inputs << 2) + 7) & ~7;
  outputTotal = 0;
  for (let i = 0; i < results; i++) {
    if (!hasPlace(loop, i)) continue;
    const output = changetype<Output>(outputs + <usize>outputTotal * outputBytes);
    outputTotal++;
    output.node = resultOf(loop, i);
    output.space = loopSpace() + inputs + i;
    output.offset = 0;
    output.copy = 0;
  }
  openGiven(saved, list, inputs, inputs + results);
  return saved;
}

export function leaveBody(saved: usize): void {
  closeGiven(saved);
  freeRegion(saved);
}
