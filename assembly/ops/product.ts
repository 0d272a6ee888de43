// The matrix product with each factor transposed or not, without copying.

import { f32Type, faultInner, faultRank, faultShapes, opMatmul, opReshape, opTranspose } from "../abi";
import { callWord, inputType, operand, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate, wants } from "../graph/cotangents";
import { emit, setExtent, setOutput, stage, stagedInput, stagedWord, stageInput, stageWord } from "../graph/emit";
import { elementsOf, extent, input, opOf, rankOf, typeOf, word } from "../graph/graph";
import { broadcastBatch, matmul } from "../graph/vocabulary";
import { gemm, gemmScratch } from "../kernels/gemm";
import { fault, refuse } from "../memory/engine";

/** True if the node is a transposition of the last two axes. */
function exchangesLast(node: i32): bool {
  const rank = rankOf(node);
  if (opOf(node) !== opTranspose || rank < 2) return false;
  for (let axis = 0; axis < rank - 2; axis++) if (word(node, axis) !== axis) return false;
  return word(node, rank - 1) === rank - 2;
}

function sameBatch(a: i32, b: i32): bool {
  if (rankOf(a) !== rankOf(b)) return false;
  for (let axis = 0; axis < rankOf(a) - 2; axis++) if (extent(a, axis) !== extent(b, axis)) return false;
  return true;
}

/** [..., k, n] with the batch axes folded into rows: a [.., m, k] · b [k, n] is one product. */
function foldBatch(a: i32, b: i32, transposeB: bool): i32 {
  const rank = rankOf(a);
  let rows = 1;
  for (let axis = 0; axis < rank - 1; axis++) rows *= extent(a, axis);
  stage(opReshape);
  stageInput(a);
  stageWord(rows);
  stageWord(extent(a, rank - 1));
  const flat = matmul(emit(), b, false, transposeB);
  if (flat < 0) return -1;
  stage(opReshape);
  stageInput(flat);
  for (let axis = 0; axis < rank - 1; axis++) stageWord(extent(a, axis));
  stageWord(extent(flat, 1));
  return emit();
}

/** op(A) · op(B) over the last two axes; words: transposeA, transposeB. */
@unmanaged
class Matmul {
  rewrite(): i32 {
    const a = stagedInput(0);
    const b = stagedInput(1);
    const transposeA = stagedWord(0) !== 0;
    const transposeB = stagedWord(1) !== 0;
    if (rankOf(a) < 2 || rankOf(b) < 2)
      return fault(faultRank, opMatmul, rankOf(a) < 2 ? a : b, min(rankOf(a), rankOf(b)), 2);
    if (exchangesLast(a)) return matmul(input(a), b, !transposeA, transposeB);
    if (exchangesLast(b)) return matmul(a, input(b), transposeA, !transposeB);
    if (sameBatch(a, b)) return -1;
    if (rankOf(b) === 2 && !transposeA && extent(a, rankOf(a) - 1) === extent(b, transposeB ? 1 : 0)) {
      return foldBatch(a, b, transposeB);
    }
    const wideA = broadcastBatch(a, b);
    const wideB = broadcastBatch(b, a);
    if (wideA < 0 || wideB < 0) return -1;
    if (!sameBatch(wideA, wideB)) return fault(faultShapes, opMatmul, a, b);
    return matmul(wideA, wideB, transposeA, transposeB);
  }
  shape(): bool {
    const a = stagedInput(0);
    const b = stagedInput(1);
    const rank = rankOf(a);
    const rows = extent(a, rank - 2 + stagedWord(0));
    const innerA = extent(a, rank - 1 - stagedWord(0));
    const innerB = extent(b, rank - 2 + stagedWord(1));
    if (innerA !== innerB) {
      return refuse(faultInner, opMatmul, a, b, innerA, innerB);
    }
    setOutput(typeOf(a), rank);
    for (let axis = 0; axis < rank - 2; axis++) setExtent(axis, extent(a, axis));
    setExtent(rank - 2, rows);
    setExtent(rank - 1, extent(b, rank - 1 - stagedWord(1)));
    return true;
  }
  derivative(y: i32, g: i32): void {
    const a = input(y, 0);
    const b = input(y, 1);
    const transposeA = word(y, 0) !== 0;
    const transposeB = word(y, 1) !== 0;
    if (wants(y, 0)) {
      accumulate(y, 0, transposeA ? matmul(b, g, transposeB, true) : matmul(g, b, false, !transposeB));
    }
    if (wants(y, 1)) {
      accumulate(y, 1, transposeB ? matmul(g, a, true, transposeA) : matmul(a, g, !transposeA, false));
    }
  }
  /** Pushes batches, m, n, k, transposeA, transposeB. */
  prepare(y: i32): void {
    const a = input(y, 0);
    const rank = rankOf(y);
    const m = extent(y, rank - 2);
    const n = extent(y, rank - 1);
    let batches: u32 = 1;
    for (let axis = 0; axis < rank - 2; axis++) batches *= extent(y, axis);
    push(batches);
    push(m);
    push(n);
    push(extent(a, rank - 1 - word(y, 0)));
    push(word(y, 0));
    push(word(y, 1));
  }
  workspace(y: i32): u64 {
    const rank = rankOf(y);
    const m = extent(y, rank - 2);
    const n = extent(y, rank - 1);
    const k = extent(input(y, 0), rank - 1 - word(y, 0));
    if (typeOf(y) === f32Type) return gemmScratch<f32>(m, n, k, word(y, 0) !== 0, word(y, 1) !== 0);
    return gemmScratch<f64>(m, n, k, word(y, 0) !== 0, word(y, 1) !== 0);
  }
  flops(y: i32): f64 {
    return 2 * <f64>elementsOf(y) * <f64>extent(input(y, 0), rankOf(y) - 1 - word(y, 0));
  }
  run(call: usize, start: u32, count: u32): void {
    if (inputType(call) === f32Type) this.multiply<f32>(call);
    else this.multiply<f64>(call);
  }
  multiply<T>(call: usize): void {
    let out = operand(call, 0);
    let a = operand(call, 1);
    let b = operand(call, 2);
    const scratch = operand(call, 3);
    const m = callWord(call, 1);
    const n = callWord(call, 2);
    const k = callWord(call, 3);
    for (let batch: u32 = 0; batch < callWord(call, 0); batch++) {
      gemm<T>(out, a, b, m, n, k, callWord(call, 4) !== 0, callWord(call, 5) !== 0, scratch);
      out += m * n * sizeof<T>();
      a += m * k * sizeof<T>();
      b += k * n * sizeof<T>();
    }
  }
}

export function registerProduct(): void {
  register<Matmul>(opMatmul, floats);
}
