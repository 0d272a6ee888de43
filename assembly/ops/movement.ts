// Ops that move elements without computing; each derivative is the inverse movement.

import {
  f64Type,
  faultAxis,
  faultRange,
  faultRank,
  faultReshape,
  faultShapes,
  faultTypes,
  opBroadcastTo,
  opConcatenate,
  opFill,
  opPad,
  opReshape,
  opSlice,
  opStopGradient,
  opTranspose,
  rankLimit,
} from "../abi";
import { callWord, callWords, operand, outputType, push, pushed } from "../graph/call";
import { alias, pointwise, register, whole } from "../graph/contract";
import { accumulate, listPart, wants } from "../graph/cotangents";
import {
  emit,
  outputExtent,
  setExtent,
  setOutput,
  setOutputLike,
  stage,
  stagedInput,
  stagedInputs,
  stagedWord,
  stagedWords,
  stageReal,
  stageWord,
} from "../graph/emit";
import { elementsOf, extent, input, inputCount, opOf, rankOf, real, typeOf, word, wordsOf } from "../graph/graph";
import { reshapeLike, slice, stageSlice, sum, transposeBack } from "../graph/vocabulary";
import { copyElements, gatherStrided, scatterStrided } from "../kernels/strided";
import { refuse } from "../memory/engine";

/** Sets an extent that may not fit an i32; it is then -1, which is rejected as too large. */
function setLength(axis: i32, length: i64): void {
  setExtent(axis, length > i32.MAX_VALUE ? -1 : <i32>length);
}

/** Stride of an axis of a contiguous node, in elements. */
function contiguousStride(node: i32, axis: i32): u32 {
  let stride: u32 = 1;
  for (let k = rankOf(node) - 1; k > axis; k--) stride *= extent(node, k);
  return stride;
}

/** Begins a plan for kernels/strided, whose axes follow; returns its address. */
function pushPlan(first: u32): usize {
  const plan = pushed();
  push(0);
  push(first);
  return plan;
}

/**
 * Pushes an axis of a plan. Axes of extent 1 are left out, and neighbors that lie like one axis become one, so that rows are as
 * long as possible.
 */
function pushAxis(plan: usize, extent: u32, stride: u32): void {
  const rank = load<u32>(plan);
  const last = pushed() - 8;
  if (rank !== 0 && extent === 1) return;
  if (rank !== 0 && (load<u32>(last) === 1 || load<u32>(last, 4) === extent * stride)) {
    store<u32>(last, load<u32>(last) * extent);
    store<u32>(last, stride, 4);
    return;
  }
  store<u32>(plan, rank + 1);
  push(extent);
  push(stride);
}

function runGather(call: usize, start: u32, count: u32): void {
  const out = operand(call, 0, start);
  const a = operand(call, 1);
  if (outputType(call) === f64Type) gatherStrided<f64>(out, a, callWords(call), start, count);
  else gatherStrided<f32>(out, a, callWords(call), start, count);
}

/** The fill `a` in the shape of the output: moving a fill costs nothing. */
function fillOfOutput(a: i32): i32 {
  const rank = stagedWords();
  stage(opFill);
  stageReal(real(a, 0));
  stageWord(typeOf(a));
  for (let axis = 0; axis < rank; axis++) stageWord(outputExtent(axis));
  return emit();
}

/** The same elements in another shape; words: the extents. */
@unmanaged
class Reshape {
  rewrite(): i32 {
    const a = stagedInput(0);
    let same = rankOf(a) === stagedWords();
    for (let axis = 0; same && axis < rankOf(a); axis++) same = extent(a, axis) === stagedWord(axis);
    if (same) return a;
    return opOf(a) === opFill && this.shape() ? fillOfOutput(a) : -1;
  }
  shape(): bool {
    const rank = stagedWords();
    if (rank > rankLimit) {
      return refuse(faultRank, opReshape, stagedInput(0), rank, rankLimit);
    }
    let elements: u64 = 1;
    let fits = true;
    setOutput(typeOf(stagedInput(0)), rank);
    for (let axis = 0; axis < rank; axis++) {
      const wanted = stagedWord(axis);
      fits = fits && wanted >= 0;
      elements *= <u64>wanted;
      setExtent(axis, wanted);
    }
    if (!fits || elements !== <u64>elementsOf(stagedInput(0))) {
      return refuse(faultReshape, opReshape, stagedInput(0));
    }
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, reshapeLike(g, input(y)));
  }
  /** Copies. An alias is not computed; the planner calls this only for an output whose block lies elsewhere. */
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    if (outputType(call) === f64Type) copyElements<f64>(out, operand(call, 1), count);
    else copyElements<f32>(out, operand(call, 1), count);
  }
}

@unmanaged
class StopGradient {
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
}

/** Repeats axes of extent 1 and adds leading axes; words: the extents. */
@unmanaged
class BroadcastTo {
  rewrite(): i32 {
    const a = stagedInput(0);
    const rank = stagedWords();
    let same = rankOf(a) === rank;
    for (let axis = 0; same && axis < rank; axis++) same = extent(a, axis) === stagedWord(axis);
    if (same) return a;
    return opOf(a) === opFill && this.shape() ? fillOfOutput(a) : -1;
  }
  shape(): bool {
    const a = stagedInput(0);
    const rank = stagedWords();
    const lead = rank - rankOf(a);
    if (lead < 0 || rank > rankLimit) {
      return refuse(faultRank, opBroadcastTo, a, rank, lead < 0 ? rankOf(a) : rankLimit);
    }
    setOutput(typeOf(a), rank);
    for (let axis = 0; axis < rank; axis++) {
      const wanted = stagedWord(axis);
      setExtent(axis, wanted);
      if (axis >= lead && extent(a, axis - lead) !== 1 && extent(a, axis - lead) !== wanted) {
        return refuse(faultRange, opBroadcastTo, a, axis, extent(a, axis - lead), wanted);
      }
    }
    return true;
  }
  derivative(y: i32, g: i32): void {
    const a = input(y);
    const lead = rankOf(y) - rankOf(a);
    let axes: i32 = 0;
    for (let axis = 0; axis < rankOf(y); axis++) {
      if (axis < lead || (extent(a, axis - lead) === 1 && extent(y, axis) !== 1)) axes |= 1 << axis;
    }
    accumulate(y, 0, reshapeLike(sum(g, axes), a));
  }
  /** The plan leaves out leading axes that only repeat: its rows then wrap around. One element is one row. */
  prepare(y: i32): void {
    const a = input(y);
    const plan = pushPlan(0);
    if (elementsOf(a) === 1) return pushAxis(plan, elementsOf(y), 0);
    const rank = rankOf(y);
    const lead = rank - rankOf(a);
    let first: i32 = 0;
    while (first < rank - 1 && (first < lead || extent(a, first - lead) === 1)) first++;
    for (let axis = first; axis < rank; axis++) {
      const repeated = axis < lead || extent(a, axis - lead) === 1;
      pushAxis(plan, extent(y, axis), repeated ? 0 : contiguousStride(a, axis - lead));
    }
  }
  run(call: usize, start: u32, count: u32): void {
    runGather(call, start, count);
  }
}

/** Permutes axes: axis k of the output is axis word(k) of the input. */
@unmanaged
class Transpose {
  shape(): bool {
    const a = stagedInput(0);
    const rank = rankOf(a);
    setOutput(typeOf(a), rank);
    let seen: i32 = 0;
    for (let axis = 0; axis < rank; axis++) {
      const from = axis < stagedWords() ? stagedWord(axis) : -1;
      if (<u32>from >= <u32>rank || (seen & (1 << from)) !== 0) {
        return refuse(faultAxis, opTranspose, a, from);
      }
      seen |= 1 << from;
      setExtent(axis, extent(a, from));
    }
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, transposeBack(g, wordsOf(y), rankOf(y)));
  }
  prepare(y: i32): void {
    const rank = rankOf(y);
    const plan = pushPlan(0);
    for (let axis = 0; axis < rank; axis++) {
      pushAxis(plan, extent(y, axis), contiguousStride(input(y), word(y, axis)));
    }
  }
  run(call: usize, start: u32, count: u32): void {
    runGather(call, start, count);
  }
}

/** The staged input if the pair of every axis is 0 and `whole` times its extent, -1 if not. */
function unmoved(whole: i32): i32 {
  const a = stagedInput(0);
  for (let axis = 0; axis < rankOf(a); axis++) {
    if (stagedWord(2 * axis) !== 0 || stagedWord(2 * axis + 1) !== whole * extent(a, axis)) return -1;
  }
  return a;
}

/** Pushes the plan of the elements of `outer` at which `inner` lies: from the first word of the pair of each axis on. */
function pushWindow(y: i32, inner: i32, outer: i32): void {
  const plan = pushPlan(0);
  for (let axis = 0; axis < rankOf(y); axis++) {
    const stride = contiguousStride(outer, axis);
    store<u32>(plan, load<u32>(plan, 4) + word(y, 2 * axis) * stride, 4);
    pushAxis(plan, extent(inner, axis), stride);
  }
}

/** Elements start .. stop − 1 of each axis; words: a pair an axis. */
@unmanaged
class Slice {
  rewrite(): i32 {
    return unmoved(1);
  }
  shape(): bool {
    const a = stagedInput(0);
    setOutput(typeOf(a), rankOf(a));
    for (let axis = 0; axis < rankOf(a); axis++) {
      const from = stagedWord(2 * axis);
      const to = stagedWord(2 * axis + 1);
      if (from < 0 || to < from || to > extent(a, axis)) {
        return refuse(faultRange, opSlice, a, axis, from, to);
      }
      setExtent(axis, to - from);
    }
    return true;
  }
  derivative(y: i32, g: i32): void {
    listPart(y);
  }
  prepare(y: i32): void {
    pushWindow(y, y, input(y));
  }
  run(call: usize, start: u32, count: u32): void {
    runGather(call, start, count);
  }
}

/** Pads with zeros before and after each axis; words: a pair an axis. */
@unmanaged
class Pad {
  rewrite(): i32 {
    return unmoved(0);
  }
  shape(): bool {
    const a = stagedInput(0);
    setOutput(typeOf(a), rankOf(a));
    for (let axis = 0; axis < rankOf(a); axis++) {
      const before = stagedWord(2 * axis);
      const after = stagedWord(2 * axis + 1);
      if (before < 0 || after < 0) {
        return refuse(faultRange, opPad, a, axis, before, after);
      }
      setLength(axis, <i64>before + extent(a, axis) + after);
    }
    return true;
  }
  derivative(y: i32, g: i32): void {
    const a = input(y);
    stageSlice(g);
    for (let axis = 0; axis < rankOf(a); axis++) {
      stageWord(word(y, 2 * axis));
      stageWord(word(y, 2 * axis) + extent(a, axis));
    }
    accumulate(y, 0, emit());
  }
  /** Pushes the elements of the input, then the plan of the output's strides. */
  prepare(y: i32): void {
    push(elementsOf(input(y)));
    pushWindow(y, input(y), y);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const a = operand(call, 1);
    const plan = callWords(call) + 4;
    if (outputType(call) === f64Type) {
      memory.fill(out, 0, count << 3);
      scatterStrided<f64>(out, a, plan, callWord(call, 0));
    } else {
      memory.fill(out, 0, count << 2);
      scatterStrided<f32>(out, a, plan, callWord(call, 0));
    }
  }
}

/** Concatenates the inputs along axis word(0). */
@unmanaged
class Concatenate {
  rewrite(): i32 {
    return stagedInputs() === 1 ? stagedInput(0) : -1;
  }
  shape(): bool {
    const a = stagedInput(0);
    const axis = stagedWord(0);
    setOutputLike(a);
    if (<u32>axis >= <u32>rankOf(a)) {
      return refuse(faultAxis, opConcatenate, a, axis);
    }
    let total: i64 = 0;
    for (let k = 0; k < stagedInputs(); k++) {
      const b = stagedInput(k);
      let fits = rankOf(a) === rankOf(b);
      for (let d = 0; fits && d < rankOf(a); d++) fits = d === axis || extent(a, d) === extent(b, d);
      if (!fits || typeOf(a) !== typeOf(b)) {
        return refuse(fits ? faultTypes : faultShapes, opConcatenate, a, b);
      }
      total += extent(b, axis);
    }
    setLength(axis, total);
    return true;
  }
  derivative(y: i32, g: i32): void {
    const along = word(y, 0);
    let start: i32 = 0;
    for (let k = 0; k < inputCount(y); k++) {
      const stop = start + extent(input(y, k), along);
      if (wants(y, k)) accumulate(y, k, slice(g, along, start, stop));
      start = stop;
    }
  }
  /** Pushes the number of inputs and of outer blocks, then the elements of each input in a block, an f64 as two. */
  prepare(y: i32): void {
    const axis = word(y, 0);
    const inner = contiguousStride(y, axis) << (<u32>(typeOf(y) === f64Type));
    push(inputCount(y));
    let outer: u32 = 1;
    for (let d = 0; d < axis; d++) outer *= extent(y, d);
    push(outer);
    for (let k = 0; k < inputCount(y); k++) push(extent(input(y, k), axis) * inner);
  }
  run(call: usize, start: u32, count: u32): void {
    let out = operand(call, 0);
    const outer = callWord(call, 1);
    for (let block: u32 = 0; block < outer; block++) {
      for (let k: u32 = 0; k < callWord(call, 0); k++) {
        const take = callWord(call, 2 + k);
        copyElements<f32>(out, operand(call, 1 + k) + ((block * take) << 2), take);
        out += take << 2;
      }
    }
  }
}

export function registerMovement(): void {
  register<Reshape>(opReshape, alias);
  register<StopGradient>(opStopGradient, alias);
  register<BroadcastTo>(opBroadcastTo, pointwise | whole);
  register<Transpose>(opTranspose, 0);
  register<Slice>(opSlice, 0);
  register<Pad>(opPad, 0);
  register<Concatenate>(opConcatenate, 0);
}
