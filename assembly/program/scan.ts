// The op of a loop: its body runs once for every step, at bases that move from step to step; and a part of its results. Random
// numbers of a step have the step's number plus one in the high word of their address, so that a loop backwards draws them again.

import {
  f32Type,
  f64Type,
  faultLoop,
  loopCarries,
  loopEnd,
  loopFirst,
  loopOutputs,
  loopSequences,
  messageInputLimit,
  messageWords,
  opPart,
  opScan,
  programBytes,
  programFlops,
  programScratch,
  spaceConstants,
  spaceScratch,
  takeAll,
  takeLast,
  takeOutput,
  takeRows,
} from "../abi";
import { reverseLoop } from "../autodiff/loop";
import { isCaptured, markGiven, markReached, markVarying } from "../graph/body";
import { callWord, callWords, operand, push, pushed, pushFrom } from "../graph/call";
import { alias, register } from "../graph/contract";
import { accumulate, accumulateNode, cotangentOf, wants } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutput,
  setOutputLike,
  stagedInput,
  stagedInputs,
  stagedWord,
  stageInput,
  stageWord,
} from "../graph/emit";
import {
  bytesOf,
  extent,
  input,
  inputCount,
  nodeCount,
  rankOf,
  typeBytes,
  typeOf,
  word,
  wordsOf,
} from "../graph/graph";
import {
  allowLoops,
  bodyOf,
  carriesOf,
  givenIn,
  givenOf,
  hasPlace,
  isKept,
  isReversed,
  keptCarry,
  keptIn,
  outputsOf,
  partOffset,
  resultOf,
  resultsIn,
  sequencesOf,
  stepsOf,
} from "../graph/loop";
import { carryRows, stagePad } from "../graph/vocabulary";
import { wholeLines } from "../kernels/lanes";
import { basesTable, claim, faulted, message, randomAddress, refuse, setBase } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { countBody } from "./encode";
import { loopSpace } from "./given";
import { run } from "./run";

function baseOf(space: u32): usize {
  return load<u32>(basesTable() + (space << 2));
}

/** Moves the base of a space. */
function moveBase(space: u32, by: u32): void {
  setBase(space, baseOf(space) + by);
}

// Words of a call: these, then of every carry its bytes, 1 if it is kept and the offsets of its values before and after the first
// step and after the last one; of every sequence the bytes of an element; of every output its bytes and its offset; the body.
const callSteps: usize = 0;
const callReversed: usize = 1;
const callCarries: usize = 2;
const callSequences: usize = 3;
const callInputs: usize = 4;
const callResults: usize = 5;
const callSpace: usize = 6; // first of the spaces: those of the inputs, then those of the results
const callSpare: usize = 7; // offset of what does not fit into the block in the workspace, behind the scratch of the body
const callEntries: usize = 8;

/** A loop; see graph/loop for its inputs and words. The captured nodes and the kept carries are found here. */
@unmanaged
class Scan {
  shape(): bool {
    const words = message() + messageWords;
    const carries = stagedWord(loopCarries);
    const given = carries + stagedWord(loopSequences);
    const results = carries + stagedWord(loopOutputs);
    if (stagedWord(loopEnd) === 0) {
      let first = i32.MAX_VALUE;
      for (let i = 0; i < given; i++) first = min(first, load<i32>(givenIn(words) + (i << 2)));
      store<i32>(words, first, loopFirst << 2);
      store<i32>(words, nodeCount(), loopEnd << 2);
    }
    let wide = false;
    for (let i = 0; i < results; i++) wide = wide || typeOf(load<i32>(resultsIn(words) + (i << 2))) === f64Type;
    for (let k = 0; k < carries; k++) {
      for (let j = carries; j < results; j++) {
        if (load<i32>(resultsIn(words) + (j << 2)) !== load<i32>(resultsIn(words) + (k << 2))) continue;
        if (keptCarry(words, load<i32>(resultsIn(words) + (k << 2))) < 0) store<i32>(keptIn(words) + (k << 2), 1);
      }
    }
    if (!this.capture(words, given, results)) return false;
    const type = wide ? f64Type : f32Type;
    setOutput(type, 1);
    setExtent(0, <i32>min<u64>(partOffset(words, -1, 0) / typeBytes(type), u32.MAX_VALUE));
    return true;
  }
  /** Stages the nodes that the body captures as inputs. */
  capture(words: usize, given: i32, results: i32): bool {
    const nodes = nodeCount();
    const marks = claim(nodes);
    if (marks === 0) return false;
    memory.fill(marks, 0, nodes);
    for (let i = 0; i < given; i++) markGiven(marks, load<i32>(givenIn(words) + (i << 2)));
    markVarying(marks, nodes, words);
    markReached(marks, nodes, resultsIn(words), results);
    let fits = true;
    for (let n = 0; n < nodes; n++) {
      if (!isCaptured(marks, n)) continue;
      fits = stagedInputs() < messageInputLimit;
      if (!fits) break;
      stageInput(n);
    }
    freeRegion(marks);
    return fits || refuse(faultLoop, opScan, messageInputLimit);
  }
  derivative(y: i32, _: i32): void {
    reverseLoop(y);
  }
  prepare(y: i32): void {
    const body = bodyOf(y);
    const carries = carriesOf(y);
    const results = carries + outputsOf(y);
    const words = wordsOf(y);
    push(stepsOf(y));
    push(<u32>isReversed(y));
    push(carries);
    push(sequencesOf(y));
    push(inputCount(y));
    push(results);
    push(loopSpace());
    push(wholeLines(load<u32>(body, programScratch)));
    let spare: u32 = 0;
    for (let k = 0; k < carries; k++) {
      const bytes = bytesOf(resultOf(y, k));
      const last = <u32>partOffset(words, takeLast, k);
      const kept = isKept(y, k);
      push(bytes);
      push(<u32>kept);
      push(kept ? (isReversed(y) ? last + stepsOf(y) * bytes : last - stepsOf(y) * bytes) : spare);
      push(last);
      if (!kept) spare += wholeLines(bytes);
    }
    for (let s = 0; s < sequencesOf(y); s++) push(bytesOf(givenOf(y, carries + s)));
    for (let i = carries; i < results; i++) {
      push(hasPlace(y, i) ? bytesOf(resultOf(y, i)) : 0);
      push(<u32>partOffset(words, takeOutput, i - carries));
    }
    if ((pushed() & 7) !== 0) push(0);
    memory.copy(pushed(), body, load<u32>(body, programBytes));
    pushFrom(pushed() + ((load<u32>(body, programBytes) + 7) & ~7));
    countBody(body, stepsOf(y));
  }
  /** Scratch of the body, and one value of every carry that is not kept. */
  workspace(y: i32): u64 {
    let bytes = <u64>wholeLines(load<u32>(bodyOf(y), programScratch));
    for (let k = 0; k < carriesOf(y); k++) if (!isKept(y, k)) bytes += wholeLines(bytesOf(resultOf(y, k)));
    return bytes + 64;
  }
  flops(y: i32): f64 {
    return <f64>stepsOf(y) * load<f64>(bodyOf(y), programFlops);
  }
  run(call: usize, _start: u32, _count: u32): void {
    const steps = callWord(call, callSteps);
    const reversed = callWord(call, callReversed) !== 0;
    const carries = callWord(call, callCarries);
    const inputs = callWord(call, callInputs);
    const results = callWord(call, callResults);
    const space = callWord(call, callSpace);
    const scratch = baseOf(spaceScratch);
    const constants = baseOf(spaceConstants);
    const workspace = operand(call, inputs + 1);
    const spare = workspace + callWord(call, callSpare);
    const out = operand(call, 0);
    const words = callWords(call) + (callEntries << 2);
    const strides = words + (carries << 4);
    const places = strides + (callWord(call, callSequences) << 2);
    const body = (places + ((results - carries) << 3) + 7) & ~7;
    for (let i: u32 = 0; i < inputs; i++) setBase(space + i, operand(call, i + 1));
    for (let s: u32 = 0; s < callWord(call, callSequences); s++) {
      if (reversed) moveBase(space + carries + s, (steps - 1) * load<u32>(strides + (s << 2)));
    }
    for (let i = carries; i < results; i++) {
      const place = places + ((i - carries) << 3);
      setBase(space + inputs + i, out + load<u32>(place, 4));
      if (reversed) moveBase(space + inputs + i, (steps - 1) * load<u32>(place));
    }
    for (let k: u32 = 0; k < carries; k++)
      this.startCarry(words + (k << 4), space + k, space + inputs + k, out, spare, steps);
    setBase(spaceScratch, workspace);
    const random = randomAddress();
    const outer = random.stepHigh;
    const before = outer === 0 ? 0 : (outer - 1) * steps;
    for (let done: u32 = 0; done < steps; ) {
      random.stepHigh = before + (reversed ? steps - done : done + 1);
      run(body);
      if (faulted()) break;
      done++;
      for (let k: u32 = 0; k < carries; k++)
        this.moveCarry(words + (k << 4), space + k, space + inputs + k, out, spare, steps - done, reversed);
      for (let s: u32 = 0; s < callWord(call, callSequences); s++) {
        const stride = load<u32>(strides + (s << 2));
        moveBase(space + carries + s, reversed ? 0 - stride : stride);
      }
      for (let i = carries; i < results; i++) {
        const stride = load<u32>(places + ((i - carries) << 3));
        moveBase(space + inputs + i, reversed ? 0 - stride : stride);
      }
    }
    random.stepHigh = outer;
    setBase(spaceConstants, constants);
    setBase(spaceScratch, scratch);
  }
  /** Sets the bases of a carry before the first step and of its next value. */
  startCarry(entry: usize, leaf: u32, next: u32, out: usize, spare: usize, steps: u32): void {
    const bytes = load<u32>(entry);
    const at = load<u32>(entry, 8);
    const last = load<u32>(entry, 12);
    if (load<u32>(entry, 4) === 0) return setBase(next, this.placeOf(out + last, spare + at, steps - 1));
    memory.copy(out + at, baseOf(leaf), bytes);
    setBase(leaf, out + at);
    setBase(next, last < at ? out + at - bytes : out + at + bytes);
  }
  /** Sets the bases of a carry after a step, when so many are left. */
  moveCarry(entry: usize, leaf: u32, next: u32, out: usize, spare: usize, left: u32, reversed: bool): void {
    const bytes = load<u32>(entry);
    setBase(leaf, baseOf(next));
    if (load<u32>(entry, 4) !== 0) moveBase(next, reversed ? 0 - bytes : bytes);
    else if (left !== 0) setBase(next, this.placeOf(out + load<u32>(entry, 12), spare + load<u32>(entry, 8), left - 1));
  }
  /** The next value of a carry that is not kept is written to two places in turn, so that the last one is in the block. */
  placeOf(last: usize, spare: usize, left: u32): usize {
    return (left & 1) === 0 ? last : spare;
  }
}

/**
 * A part of the results of a loop; words: which kind, and of which carry or output. Or rows of such a part, a carry before and after
 * every step: from the first, or from the second.
 */
@unmanaged
class Part {
  /** An output that is the next value of a kept carry is a part of the carry. */
  rewrite(): i32 {
    const loop = stagedInput(0);
    if (stagedWord(0) !== takeOutput) return -1;
    const carry = keptCarry(wordsOf(loop), resultOf(loop, carriesOf(loop) + stagedWord(1)));
    return carry < 0 ? -1 : carryRows(loop, carry, true);
  }
  shape(): bool {
    const a = stagedInput(0);
    const part = stagedWord(0);
    if (part === takeRows) {
      setOutputLike(a);
      setExtent(0, extent(a, 0) - 1);
      return true;
    }
    const node = resultOf(a, part === takeOutput ? carriesOf(a) + stagedWord(1) : stagedWord(1));
    const lead = part === takeLast ? 0 : 1;
    setOutput(typeOf(node), rankOf(node) + lead);
    if (lead !== 0) setExtent(0, stepsOf(a) + (part === takeAll ? 1 : 0));
    for (let axis = 0; axis < rankOf(node); axis++) setExtent(axis + lead, extent(node, axis));
    return true;
  }
  /** A loop reads the cotangents of its parts itself; with any one as its own, the walk visits it. */
  derivative(y: i32, g: i32): void {
    if (word(y, 0) === takeRows) accumulate(y, 0, padFirst(g, word(y, 1)));
    else if (wants(y, 0) && cotangentOf(input(y)) < 0) accumulateNode(input(y), g);
  }
}

/** a with a row of zeros before its rows, or after them. */
function padFirst(a: i32, before: i32): i32 {
  stagePad(a);
  stageWord(before);
  stageWord(1 - before);
  for (let axis = 1; axis < rankOf(a); axis++) {
    stageWord(0);
    stageWord(0);
  }
  return emit();
}

export function registerScan(): void {
  allowLoops();
  register<Scan>(opScan, 0);
  register<Part>(opPart, alias);
}
