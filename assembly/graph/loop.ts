// A loop, as a node: its inputs, its words and the block of its results. The body, traced once, is a part of the same graph: the
// nodes between its leaves, which stand for the carries and for the elements of the sequences at a step, and its results.
// Nodes that depend on no leaf are computed once, outside; those that the body reads are captured.
//
//   inputs: the first carries, the sequences, the captured nodes
//   words: those of numbers.ts; for every carry 1 if its values at all steps are kept; then nodes of the body: the leaf of every
//   carry and of every sequence, the next value of every carry, the outputs
//
// The results are one block, as a node has one output: for every carry its value after the last step, or the steps + 1 values
// before and after every step; then every output of all steps. The derivative of a loop may keep more values, so where a part
// lies is known when the program is planned.

import {
  faultTooLarge,
  loopCarries,
  loopFlags,
  loopNodes,
  loopOutputs,
  loopProgram,
  loopRecompute,
  loopReverse,
  loopSequences,
  loopSteps,
  opScan,
  takeLast,
  takeOutput,
} from "../abi";
import { wholeLines } from "../kernels/lanes";
import { refuse } from "../memory/engine";
import { appendWord, bytesOf, input, opOf, setLength, setWord, typeBytes, typeOf, word, wordsOf } from "./graph";

let allowed = false; // in every instance: those of workers register again what the record they adopt has

/** Registers loops: feature sets without them have none of the code behind `hasLoops`. */
export function allowLoops(): void {
  allowed = true;
}

export function hasLoops(): bool {
  return allowed;
}

/** True for the node of a loop. */
export function isLoop(n: i32): bool {
  return opOf(n) === opScan;
}

export function stepsOf(n: i32): u32 {
  return word(n, loopSteps);
}

export function isReversed(n: i32): bool {
  return (word(n, loopFlags) & loopReverse) !== 0;
}

export function recomputes(n: i32): bool {
  return (word(n, loopFlags) & loopRecompute) !== 0;
}

export function carriesOf(n: i32): i32 {
  return word(n, loopCarries);
}

export function sequencesOf(n: i32): i32 {
  return word(n, loopSequences);
}

export function outputsOf(n: i32): i32 {
  return word(n, loopOutputs);
}

function at(words: usize, k: i32): i32 {
  return load<i32>(words + ((<usize>k) << 2));
}

/** Addresses in the words of a loop: flags of the kept carries, given nodes without the captured ones, and results. */
export function keptIn(words: usize): usize {
  return words + (loopNodes << 2);
}
export function givenIn(words: usize): usize {
  return keptIn(words) + (at(words, loopCarries) << 2);
}
export function resultsIn(words: usize): usize {
  return givenIn(words) + ((<usize>(at(words, loopCarries) + at(words, loopSequences))) << 2);
}

/** Given node i of the body, in the order of the inputs: leaf of a carry, node that stands for a sequence, or captured node. */
export function givenOf(n: i32, i: i32): i32 {
  return i < carriesOf(n) + sequencesOf(n) ? at(givenIn(wordsOf(n)), i) : input(n, i);
}

/** Result i of the body: the next values of the carries, then the outputs. */
export function resultOf(n: i32, i: i32): i32 {
  return at(resultsIn(wordsOf(n)), i);
}

/** True if the values of carry k at all steps are kept. */
export function isKept(n: i32, k: i32): bool {
  return at(keptIn(wordsOf(n)), k) !== 0;
}

/** True if result i has a place of its own, and is not kept as a carry. */
export function hasPlace(n: i32, i: i32): bool {
  return i < carriesOf(n) || keptCarry(wordsOf(n), resultOf(n, i)) < 0;
}

/** Returns the carry whose next value, kept at all steps, is this node, or -1. */
export function keptCarry(words: usize, node: i32): i32 {
  for (let k = 0; k < at(words, loopCarries); k++) {
    if (at(keptIn(words), k) !== 0 && at(resultsIn(words), k) === node) return k;
  }
  return -1;
}

/** Address of the planned body. */
export function bodyOf(n: i32): usize {
  return word(n, loopProgram);
}

export function setBody(n: i32, program: usize): void {
  setWord(n, loopProgram, <i32>program);
}

/** Bytes from the start of the block of a loop with these words to a part; the bytes of the block for the part -1. */
export function partOffset(words: usize, part: i32, which: i32): u64 {
  const steps = <u64>at(words, loopSteps);
  const carries = at(words, loopCarries);
  const reversed = (at(words, loopFlags) & loopReverse) !== 0;
  const results = resultsIn(words);
  let offset: u64 = 0;
  for (let k = 0; k < carries; k++) {
    const row = <u64>bytesOf(at(results, k));
    const kept = at(keptIn(words), k) !== 0;
    if (k === which && part >= 0 && part !== takeOutput) {
      return part === takeLast && kept && !reversed ? offset + steps * row : offset;
    }
    offset += wholeLines(kept ? (steps + 1) * row : row);
  }
  for (let j = 0; j < at(words, loopOutputs); j++) {
    if (part === takeOutput && j === which) return offset;
    const node = at(results, carries + j);
    if (keptCarry(words, node) < 0) offset += wholeLines(steps * <u64>bytesOf(node));
  }
  return offset;
}

/** Sets the length of the block; returns false on a fault: it is larger than any memory. */
function setBlock(n: i32): bool {
  const bytes = partOffset(wordsOf(n), -1, 0);
  setLength(n, <u32>(bytes / typeBytes(typeOf(n))));
  return bytes < 0xf0000000 || refuse(faultTooLarge, opScan, <i32>(bytes >> 32), <i32>bytes);
}

/** Keeps the values of carry k at all steps; returns false on a fault. */
export function keepCarry(n: i32, k: i32): bool {
  setWord(n, loopNodes + k, 1);
  return setBlock(n);
}

/** Appends a node of the body to the outputs; returns false on a fault. */
export function appendOutput(n: i32, node: i32): bool {
  if (!appendWord(n, node)) return false;
  setWord(n, loopOutputs, outputsOf(n) + 1);
  return setBlock(n);
}
