// The derivative of a loop is a loop in the other direction. Its body is the reverse walk over the body of the loop: the cotangents
// of the next carries are its carries, those of the outputs its sequences. What it reads of the forward body is kept by the
// loop, see autodiff/kept, or computed again. The gradient of a captured matrix, a product of two factors a step, is one product
// over all steps; what is no such product is a carry that adds up.

import {
  derived,
  faultLoop,
  loopEnd,
  loopFirst,
  loopFlags,
  loopListLimit,
  loopNodes,
  loopReverse,
  messageInputLimit,
  messageWordLimit,
  opAdd,
  opMatmul,
  opPart,
  opReshape,
  opScan,
  opScatterAdd,
  opSum,
  rankLimit,
  takeAll,
  takeLast,
  takeOutput,
} from "../abi";
import { isInside, markGiven, markReached, markVarying } from "../graph/body";
import { accumulate, accumulateNode, cotangentOf, isWanted, wants } from "../graph/cotangents";
import { emit, stage, stageInput, stageWord } from "../graph/emit";
import { extent, input, inputCount, isFloat, nodeCount, opOf, originOf, rankOf, word, wordsOf } from "../graph/graph";
import { carriesOf, givenOf, isReversed, outputsOf, resultOf, resultsIn, sequencesOf, stepsOf } from "../graph/loop";
import { noted, setOrigin } from "../graph/notes";
import {
  add,
  bodyLeaf,
  broadcastLike,
  fill,
  matmul,
  partOf,
  reshapeLike,
  scatterAdd,
  slice,
  sum,
} from "../graph/vocabulary";
import { claim, fault, faulted } from "../memory/engine";
import { freeRegion } from "../memory/regions";
import { keepValues, sequenceOf } from "./kept";
import { append, appendOnce, itemAt, lengthOf, listBytes, placeIn } from "./lists";
import { Reversal } from "./reversal";
import { closeWalk, joinParts, openWalk, resumeWalk, visit, walkSize, walkTables } from "./walk";

/** Rows from which a product is large enough to be made at every step. */
const tallProduct: i32 = 512;

/** Adds to the cotangents of the inputs of a loop, from those of its parts. */
export function reverseLoop(loop: i32): void {
  const around = walkTables();
  const size = <i32>walkSize();
  const r = openReversal(loop);
  if (r === null) return;
  readCotangents(r, size);
  const dependent = openWalk();
  if (dependent !== 0) {
    markWanted(r, dependent);
    seedOutputs(r);
    seedCarries(r);
    for (let n = r.nodes - 1; n >= 0; n--) if (isInside(r.marks, n)) visit(n);
    for (let i = 0; i < inputCount(loop); i++) joinParts(givenOf(loop, i));
    collectGiven(r);
    collectCaptured(r);
    closeWalk();
  }
  resumeWalk(around, size);
  if (noted()) setOrigin(originOf(loop) | derived);
  if (!faulted() && keepValues(r)) {
    const back = emitBackward(r);
    if (back >= 0) addToInputs(r, back);
  }
  freeRegion(changetype<usize>(r));
}

function openReversal(loop: i32): Reversal | null {
  const nodes = nodeCount();
  const lists = (offsetof<Reversal>() + 63) & ~63;
  const marks = lists + Reversal.lists * listBytes;
  const region = claim(<f64>marks + <f64>nodes);
  if (region === 0) return null;
  memory.fill(region, 0, marks + nodes);
  const r = changetype<Reversal>(region);
  r.loop = loop;
  r.nodes = nodes;
  r.marks = region + marks;
  r.place(region + lists);
  const words = wordsOf(loop);
  const given = carriesOf(loop) + sequencesOf(loop);
  for (let i = 0; i < given; i++) markGiven(r.marks, givenOf(loop, i));
  markVarying(r.marks, nodes, words);
  markReached(r.marks, nodes, resultsIn(words), carriesOf(loop) + outputsOf(loop));
  return r;
}

/** Reads the cotangents of the parts, and which inputs need one, from the walk around the loop, which has `size` nodes. */
function readCotangents(r: Reversal, size: i32): void {
  const loop = r.loop;
  const carries = carriesOf(loop);
  for (let i = 0; i < 2 * carries + outputsOf(loop); i++) append(r.cotangents, -1);
  for (let n = loop + 1; n < size; n++) {
    if (opOf(n) !== opPart || input(n) !== loop || cotangentOf(n) < 0) continue;
    store<i32>(r.cotangents + (cotangentPlace(carries, word(n, 0), word(n, 1)) << 2), cotangentOf(n), 4);
  }
  for (let i = 0; i < inputCount(loop); i++) append(r.wanted, wants(loop, i) ? 1 : 0);
}

function cotangentPlace(carries: i32, part: i32, which: i32): i32 {
  if (part === takeOutput) return 2 * carries + which;
  return part === takeAll ? carries + which : which;
}

function cotangentAt(r: Reversal, part: i32, which: i32): i32 {
  return itemAt(r.cotangents, cotangentPlace(carriesOf(r.loop), part, which));
}

/** Marks the nodes of the body that depend on an input that needs a cotangent; a carry depends on its next value. */
function markWanted(r: Reversal, dependent: usize): void {
  const loop = r.loop;
  for (let i = 0; i < inputCount(loop); i++) {
    if (itemAt(r.wanted, i) !== 0) store<u8>(dependent + givenOf(loop, i), 1);
  }
  let again = true;
  while (again) {
    again = false;
    for (let n = 0; n < r.nodes; n++) {
      if (!isInside(r.marks, n) || !isFloat(n)) continue;
      for (let k = 0; k < inputCount(n); k++) if (load<u8>(dependent + input(n, k)) !== 0) store<u8>(dependent + n, 1);
    }
    for (let k = 0; k < carriesOf(loop); k++) {
      const leaf = dependent + givenOf(loop, k);
      if (load<u8>(leaf) !== 0 || load<u8>(dependent + resultOf(loop, k)) === 0) continue;
      store<u8>(leaf, 1);
      again = true;
    }
  }
}

/** Adds a sequence of the loop backwards, for which `stand` stands in its body. */
function addSequence(r: Reversal, stand: i32, sequence: i32): void {
  append(r.stands, stand);
  append(r.sequences, sequence);
}

function seedOutputs(r: Reversal): void {
  for (let j = 0; j < outputsOf(r.loop); j++) {
    const g = cotangentAt(r, takeOutput, j);
    const node = resultOf(r.loop, carriesOf(r.loop) + j);
    if (g < 0 || !isWanted(node)) continue;
    const leaf = bodyLeaf(node);
    accumulateNode(node, leaf);
    addSequence(r, leaf, g);
  }
}

/**
 * Makes the cotangents of the next carries the carries of the loop backwards. A cotangent of the values at all steps is added where
 * the value is read, before what the step gives: in the order in which a walk over the unrolled loop adds.
 */
function seedCarries(r: Reversal): void {
  const loop = r.loop;
  const steps = <i32>stepsOf(loop);
  const reversed = <i32>isReversed(loop);
  for (let k = 0; k < carriesOf(loop); k++) {
    const leaf = givenOf(loop, k);
    append(r.places, -1);
    if (!isWanted(leaf)) continue;
    let last = cotangentAt(r, takeLast, k);
    const all = cotangentAt(r, takeAll, k);
    if (all >= 0) {
      const seed = bodyLeaf(leaf);
      accumulateNode(leaf, seed);
      addSequence(r, seed, slice(all, 0, reversed, steps + reversed));
      const end = reshapeLike(slice(all, 0, reversed ? 0 : steps, reversed ? 1 : steps + 1), leaf);
      last = last < 0 ? end : add(last, end);
    }
    const carried = bodyLeaf(leaf);
    accumulateNode(resultOf(loop, k), carried);
    addCarry(r, k, carried, last < 0 ? zerosLike(leaf) : last);
  }
}

function zerosLike(node: i32): i32 {
  return broadcastLike(fill(0, node), node);
}

/** Adds a carry of the loop backwards, for input i; its next value follows. */
function addCarry(r: Reversal, i: i32, leaf: i32, first: i32): void {
  store<i32>(r.places + (i << 2), append(r.leaves, leaf), 4);
  append(r.firsts, first);
}

/** The cotangents of the carries are the next carries backwards, those of the elements of sequences outputs. */
function collectGiven(r: Reversal): void {
  const loop = r.loop;
  for (let k = 0; k < carriesOf(loop); k++) {
    if (itemAt(r.places, k) < 0) continue;
    const g = cotangentOf(givenOf(loop, k));
    append(r.nexts, g < 0 ? zerosLike(givenOf(loop, k)) : g);
  }
  for (let s = carriesOf(loop); s < carriesOf(loop) + sequencesOf(loop); s++) {
    const g = itemAt(r.wanted, s) === 0 ? -1 : cotangentOf(givenOf(loop, s));
    append(r.places, g < 0 ? -1 : appendOnce(r.results, g));
  }
}

/** Splits the cotangents of captured nodes into terms: products over all steps, and the rest, which a carry adds up. */
function collectCaptured(r: Reversal): void {
  const loop = r.loop;
  const from = carriesOf(loop) + sequencesOf(loop);
  for (let i = from; i < inputCount(loop); i++) {
    append(r.places, -1);
    const g = itemAt(r.wanted, i) === 0 ? -1 : cotangentOf(givenOf(loop, i));
    if (g >= 0) split(r, i, g);
  }
  for (let t = 0; t < lengthOf(r.terms); t++) {
    const core = coreOf(itemAt(r.terms, t));
    if (!isProduct(core)) continue;
    needStack(r, input(core, 0));
    needStack(r, input(core, 1));
  }
  for (let i = from; i < inputCount(loop); i++) {
    let rest = -1;
    for (let t = 0; t < lengthOf(r.terms); t++) {
      const term = itemAt(r.terms, t);
      if (itemAt(r.owners, t) !== i || isOuter(r, coreOf(term))) continue;
      rest = rest < 0 ? term : add(rest, term);
    }
    if (rest < 0) continue;
    const leaf = bodyLeaf(givenOf(loop, i));
    addCarry(r, i, leaf, zerosLike(leaf));
    append(r.nexts, add(leaf, rest));
  }
}

function split(r: Reversal, owner: i32, term: i32): void {
  if (opOf(term) === opAdd) {
    split(r, owner, input(term, 0));
    split(r, owner, input(term, 1));
  } else {
    append(r.terms, term);
    append(r.owners, owner);
  }
}

/** The node that a term reshapes. */
function coreOf(term: i32): i32 {
  while (opOf(term) === opReshape) term = input(term);
  return term;
}

/** True for a' g, or rows added up at indices, of which one of all steps is faster than one a step. */
function isProduct(core: i32): bool {
  if (opOf(core) === opScatterAdd) return rankOf(input(core, 0)) < rankLimit;
  if (opOf(core) !== opMatmul || rankOf(core) !== 2 || word(core, 0) === 0 || word(core, 1) !== 0) return false;
  return extent(input(core), 0) < tallProduct;
}

/** True for a term that is computed once, from all steps; a sum only if what it adds up is there anyway. */
function isOuter(r: Reversal, core: i32): bool {
  return isProduct(core) || (opOf(core) === opSum && placeIn(r.results, input(core)) >= 0);
}

/** Makes a node of the body available at all steps: it is a carry or an element of a sequence, or becomes an output backwards. */
function needStack(r: Reversal, node: i32): void {
  for (let i = 0; i < carriesOf(r.loop) + sequencesOf(r.loop); i++) {
    if (givenOf(r.loop, i) !== node) continue;
    appendOnce(r.stacked, node);
    return;
  }
  appendOnce(r.results, node);
}

/** Emits the loop backwards; returns its node, -1 on a fault. */
function emitBackward(r: Reversal): i32 {
  const loop = r.loop;
  const carries = lengthOf(r.firsts);
  const sequences = lengthOf(r.sequences);
  const results = lengthOf(r.results);
  const inputs = carries + sequences;
  const words = loopNodes + 3 * carries + sequences + results;
  if (max(inputs, results) >= loopListLimit || inputs > messageInputLimit || words > messageWordLimit)
    return fault(faultLoop, opScan, max(inputs, words));
  stage(opScan);
  for (let k = 0; k < carries; k++) stageInput(itemAt(r.firsts, k));
  for (let s = 0; s < sequences; s++) stageInput(itemAt(r.sequences, s));
  stageWord(stepsOf(loop));
  stageWord(word(loop, loopFlags) ^ loopReverse);
  stageWord(carries);
  stageWord(sequences);
  stageWord(results);
  stageWord(word(loop, loopFirst));
  stageWord(word(loop, loopEnd));
  stageWord(0);
  for (let k = 0; k < carries; k++) stageWord(0);
  stageAll(r.leaves);
  stageAll(r.stands);
  stageAll(r.nexts);
  stageAll(r.results);
  return emit();
}

function stageAll(list: usize): void {
  for (let k = 0; k < lengthOf(list); k++) stageWord(itemAt(list, k));
}

/** Adds to the cotangents of the inputs of the loop what the loop `back` computed, and the products over all steps. */
function addToInputs(r: Reversal, back: i32): void {
  const loop = r.loop;
  for (let i = 0; i < inputCount(loop); i++) {
    const place = itemAt(r.places, i);
    if (itemAt(r.wanted, i) === 0 || place < 0) continue;
    const isSequence = i >= carriesOf(loop) && i < carriesOf(loop) + sequencesOf(loop);
    accumulate(loop, i, partOf(back, isSequence ? takeOutput : takeLast, place));
  }
  for (let t = 0; t < lengthOf(r.terms); t++) {
    const core = coreOf(itemAt(r.terms, t));
    if (!isOuter(r, core)) continue;
    const i = itemAt(r.owners, t);
    accumulate(loop, i, reshapeLike(overSteps(r, back, core), input(loop, i)));
  }
}

/** A product or sum of the body over all steps. */
function overSteps(r: Reversal, back: i32, core: i32): i32 {
  const a = stackOf(r, back, input(core));
  if (opOf(core) === opSum) return sum(a, (word(core, 0) << 1) | 1);
  const b = stackOf(r, back, input(core, 1));
  if (a < 0 || b < 0) return -1;
  if (opOf(core) === opMatmul) return matmul(joinRows(a), joinRows(b), true, false);
  return scatterAdd(joinRows(a), joinRows(b), word(core, 0));
}

/** The values of a node of the body at all steps: an output backwards, or what the loop has. */
function stackOf(r: Reversal, back: i32, node: i32): i32 {
  const place = placeIn(r.results, node);
  return place < 0 ? sequenceOf(r.loop, node) : partOf(back, takeOutput, place);
}

/** a [steps, rows, ...] as [steps ⋅ rows, ...]. */
function joinRows(a: i32): i32 {
  stage(opReshape);
  stageInput(a);
  stageWord(extent(a, 0) * extent(a, 1));
  for (let axis = 2; axis < rankOf(a); axis++) stageWord(extent(a, axis));
  return emit();
}
