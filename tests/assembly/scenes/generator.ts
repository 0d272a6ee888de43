// Pseudo-random graphs of all kinds of ops that a plan treats differently: elementwise, reduction, product, broadcast,
// alias, source, movement; over few extents, so that inputs fit each other, some of several tiles and some empty.

import {
  f32Type,
  f64Type,
  opArgMax,
  opBroadcastTo,
  opCast,
  opClamp,
  opConcatenate,
  opConstant,
  opFill,
  opIota,
  opLess,
  opMax,
  opMaximum,
  opMinimum,
  opPad,
  opProduct,
  opReshape,
  opSlice,
  opStopGradient,
  opSum,
  opTranspose,
  opUniform,
} from "../../../assembly/abi";
import { emit, stage, stageInput, stageReal, stageWord } from "../../../assembly/graph/emit";
import { elementsOf, extent, isFloat, nodeCount, rankOf, typeOf } from "../../../assembly/graph/graph";
import {
  add,
  cumulativeSum,
  matmul,
  multiply,
  negate,
  sign,
  square,
  subtract,
  where,
} from "../../../assembly/graph/vocabulary";
import { leafAt } from "../scenes/engine";

const LARGEST: u64 = 4200; // elements: five tiles at most
const EXTENTS = memory.data<i32>([1, 3, 40, 40, 1, 0]);
const CONSTANTS = memory.data<f32>([0.5, -2, 3, 0, 7, 1, -1, 0.25]);
/** Bytes between leaves in the argument block. */
export const leafBytes: u32 = 8 * 4224;

let state: u32 = 1;

export function seed(value: u32): void {
  state = value;
}

/** A number below n. */
export function draw(n: u32): i32 {
  state = state * 1664525 + 1013904223;
  return <i32>((state >> 10) % n);
}

function drawExtent(): i32 {
  return load<i32>(EXTENTS + 4 * draw(draw(8) === 0 ? 6 : 5));
}

/** A leaf of the type; leaf k lies at k leafBytes. */
export function drawLeaf(k: u32, type: i32): i32 {
  const at = k * leafBytes;
  const rank = draw(5);
  if (rank === 0) return leafAt(at, type);
  if (rank === 1) return leafAt(at, type, draw(4) === 0 ? 2600 : drawExtent());
  if (rank === 2) return leafAt(at, type, drawExtent(), drawExtent());
  if (rank === 3) return leafAt(at, type, 40, 40);
  return leafAt(at, type, draw(2) + 1, drawExtent(), drawExtent());
}

/** A node of this type, or of any if there is none. */
function drawNode(type: i32): i32 {
  let n = draw(nodeCount());
  for (let tries = 0; tries < 30 && typeOf(n) !== type; tries++) n = draw(nodeCount());
  return n;
}

/** Elements of the broadcast of two nodes, or more than LARGEST if they do not fit. */
function broadcastElements(a: i32, b: i32): u64 {
  let elements: u64 = 1;
  for (let k = 0; k < max(rankOf(a), rankOf(b)); k++) {
    const x = k < rankOf(a) ? extent(a, rankOf(a) - 1 - k) : 1;
    const y = k < rankOf(b) ? extent(b, rankOf(b) - 1 - k) : 1;
    if (x !== y && x !== 1 && y !== 1) return LARGEST + 1;
    elements *= <u64>(x === 1 ? y : x);
  }
  return elements;
}

function emitWith(op: i32, a: i32, b: i32 = -1): i32 {
  stage(op);
  stageInput(a);
  if (b >= 0) stageInput(b);
  return emit();
}

function binary(a: i32, b: i32): void {
  if (typeOf(a) !== typeOf(b) || broadcastElements(a, b) > LARGEST) return;
  const kind = draw(6);
  if (kind === 0) add(a, b);
  else if (kind === 1) subtract(a, b);
  else if (kind === 2) multiply(a, b);
  else if (kind === 3) emitWith(opMinimum, a, b);
  else if (kind === 4) emitWith(opMaximum, a, b);
  else emitWith(opLess, a, b);
}

function unary(a: i32): void {
  const kind = draw(4);
  if (kind === 0) negate(a);
  else if (kind === 1) square(a);
  else if (kind === 2) sign(a);
  else {
    stage(opClamp);
    stageInput(a);
    stageReal(-2);
    stageReal(2);
    emit();
  }
}

function choose(a: i32, b: i32, c: i32): void {
  if (typeOf(a) !== typeOf(b) || typeOf(a) !== typeOf(c)) return;
  if (broadcastElements(a, b) > LARGEST || broadcastElements(a, c) > LARGEST || broadcastElements(b, c) > LARGEST)
    return;
  if (broadcastElements(a, b) * broadcastElements(b, c) <= LARGEST * 40) where(a, b, c);
}

function reduce(a: i32): void {
  const op = draw(3) === 0 ? opMax : opSum;
  if (op === opMax && elementsOf(a) === 0) return;
  const mask = draw(1 << rankOf(a));
  stage(op);
  stageInput(a);
  stageWord(mask);
  emit();
}

function product(a: i32, b: i32): void {
  if (typeOf(a) !== typeOf(b) || rankOf(a) < 2 || rankOf(b) < 2) return;
  const transposeA = draw(2);
  const transposeB = draw(2);
  const rows = extent(a, rankOf(a) - 2 + transposeA);
  if (extent(a, rankOf(a) - 1 - transposeA) !== extent(b, rankOf(b) - 2 + transposeB)) return;
  const columns = extent(b, rankOf(b) - 1 - transposeB);
  const batches = max(rankOf(a) > 2 ? extent(a, 0) : 1, rankOf(b) > 2 ? extent(b, 0) : 1);
  if (rankOf(a) > 3 || rankOf(b) > 3 || <u64>(rows * columns * batches) > LARGEST) return;
  if (rankOf(a) === 3 && rankOf(b) === 3 && extent(a, 0) !== extent(b, 0)) return;
  matmul(a, b, transposeA !== 0, transposeB !== 0);
}

function broadcast(a: i32): void {
  const lead = rankOf(a) < 4 ? draw(2) : 0;
  const factor = draw(2) === 0 ? 3 : 40;
  let elements: u64 = lead === 0 ? 1 : 3;
  for (let axis = 0; axis < rankOf(a); axis++) elements *= <u64>(extent(a, axis) === 1 ? factor : extent(a, axis));
  if (elements > LARGEST) return;
  stage(opBroadcastTo);
  stageInput(a);
  if (lead !== 0) stageWord(3);
  for (let axis = 0; axis < rankOf(a); axis++) stageWord(extent(a, axis) === 1 ? factor : extent(a, axis));
  emit();
}

function rename(a: i32): void {
  const elements = <i32>elementsOf(a);
  const kind = draw(5);
  if (kind === 0) {
    emitWith(opStopGradient, a);
    return;
  }
  stage(opReshape);
  stageInput(a);
  if (kind === 1) stageWord(1);
  if (kind === 2 && elements % 40 === 0) {
    stageWord(elements / 40);
    stageWord(40);
  } else stageWord(elements);
  if (kind === 3) stageWord(1);
  emit();
}

function move(a: i32): void {
  const rank = rankOf(a);
  const kind = draw(4);
  if (rank === 0 || rank > 4) return;
  if (kind === 0) {
    stage(opTranspose);
    stageInput(a);
    const by = draw(rank);
    for (let axis = 0; axis < rank; axis++) stageWord((axis + by) % rank);
    emit();
  } else if (kind === 1) {
    stage(opSlice);
    stageInput(a);
    for (let axis = 0; axis < rank; axis++) {
      const from = draw(extent(a, axis) + 1);
      stageWord(draw(2) === 0 ? 0 : from);
      stageWord(extent(a, axis));
    }
    emit();
  } else if (kind === 2) {
    if (elementsOf(a) * 3 > LARGEST) return;
    stage(opPad);
    stageInput(a);
    for (let axis = 0; axis < rank; axis++) {
      stageWord(axis === 0 ? draw(2) : 0);
      stageWord(axis === 0 ? draw(2) : 0);
    }
    emit();
  } else if (elementsOf(a) * 2 <= LARGEST) {
    stage(opConcatenate);
    stageInput(a);
    stageInput(a);
    stageWord(draw(rank));
    emit();
  }
}

function source(type: i32): void {
  const kind = draw(4);
  if (kind === 3) {
    const rows = draw(2) + 1;
    stage(opConstant);
    stageWord(<i32>CONSTANTS);
    stageWord(16 * rows);
    stageWord(f32Type);
    stageWord(rows);
    stageWord(4);
    emit();
    return;
  }
  const op = kind === 0 ? opFill : kind === 1 ? opIota : opUniform;
  stage(op);
  if (op === opFill) stageReal(<f64>(draw(7) - 3) * 0.5);
  if (op === opUniform) {
    stageWord(draw(5));
    stageWord(draw(3));
    stageWord(0);
  }
  stageWord(type);
  if (draw(3) > 0) stageWord(draw(2) === 0 ? 2600 : drawExtent());
  emit();
}

/** Tries to add one node that reads some of those there are. */
export function drawOp(): void {
  const type = draw(4) === 0 ? f64Type : f32Type;
  const a = drawNode(type);
  if (!isFloat(a)) return;
  const kind = draw(24);
  if (kind < 5) unary(a);
  else if (kind < 11) binary(a, drawNode(typeOf(a)));
  else if (kind < 13) choose(a, drawNode(typeOf(a)), drawNode(typeOf(a)));
  else if (kind < 15) reduce(a);
  else if (kind < 17) product(a, drawNode(typeOf(a)));
  else if (kind === 17) broadcast(a);
  else if (kind < 20) rename(a);
  else if (kind === 20) move(a);
  else if (kind === 21) source(type);
  else if (kind === 22) {
    const along = rankOf(a) > 0 ? draw(3) : 2;
    if (along === 0) cumulativeSum(a, draw(rankOf(a)), draw(2));
    else if (along === 1) {
      stage(opProduct);
      stageInput(a);
      stageWord(draw(rankOf(a)));
      stageWord(draw(2));
      emit();
    } else if (rankOf(a) > 0 && elementsOf(a) > 0) emitWith(opArgMax, a);
  } else {
    stage(opCast);
    stageInput(a);
    stageWord(typeOf(a) === f32Type ? f64Type : f32Type);
    emit();
  }
}
