// Penalties on the weights, and constraints. A penalty R = λ₂ Σ w² + λ₁ Σ |w| is part of the objective: its gradient is added to
// that of the loss, once a step, before the gradient is measured or clipped. Its second term may act after the update instead,
// by the proximal map w ← sign(w) max(|w| − h λ₁, 0), which gives exact zeros (Beck and Teboulle, A fast iterative shrinkage-thresholding algorithm for linear inverse problems, SIAM J. Imaging
// Sciences 2, 2009, equation 1.4; h is the learning rate of the update, for every rule: Duchi and Singer,
// Efficient online and batch learning using forward backward splitting, JMLR 10, 2009). Last, columns of the weights are scaled
// down to a largest norm.

import { f32Type, matrixBytes } from "../abi";
import { addPenaltyGradient, limitColumns, softThreshold } from "../kernels/penalties";
import { sumOfMagnitudes, sumOfSquares } from "../kernels/sum";
import { Matrix } from "../optimizers/sweep";
import { Group, groupAt, isProximal, Trainer } from "./trainer";

function penaltyIn<T>(group: Group, weights: usize): f64 {
  const w = weights + group.offset * sizeof<T>();
  let penalty: f64 = 0;
  if (group.l2 !== 0) penalty += group.l2 * sumOfSquares<T>(w, group.elements);
  if (group.l1 !== 0) penalty += group.l1 * sumOfMagnitudes<T>(w, group.elements);
  return penalty;
}

/** Returns the penalty of weights in the trainer's layout. */
export function penaltyOf(trainer: Trainer, weights: usize): f64 {
  let penalty: f64 = 0;
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    penalty += trainer.type === f32Type ? penaltyIn<f32>(group, weights) : penaltyIn<f64>(group, weights);
  }
  return penalty;
}

function addGradient<T>(group: Group, gradients: usize, weights: usize): void {
  const at = group.offset * sizeof<T>();
  const l1 = isProximal(group) ? 0 : group.l1;
  if (group.l2 === 0 && l1 === 0) return;
  addPenaltyGradient<T>(gradients + at, weights + at, group.l2, l1, group.elements);
}

/** Adds the gradient of the penalty at `weights` to `gradients`. */
export function addPenalty(trainer: Trainer, gradients: usize, weights: usize): void {
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    if (trainer.type === f32Type) addGradient<f32>(group, gradients, weights);
    else addGradient<f64>(group, gradients, weights);
  }
}

function project<T>(trainer: Trainer, group: Group): void {
  const w = <usize>trainer.parameters + group.offset * sizeof<T>();
  if (isProximal(group)) softThreshold<T>(w, group.learningRate * group.l1, group.elements);
  if (group.maxNorm === 0) return;
  const table = <usize>group.matrices;
  const end = table + group.matrixCount * matrixBytes;
  for (let at = table; at < end; at += matrixBytes) {
    const matrix = changetype<Matrix>(at);
    const first = w + <usize>matrix.offset * sizeof<T>();
    limitColumns<T>(first, group.maxNorm, <usize>matrix.rows, <usize>matrix.columns);
  }
}

/** Applies proximal map and constraint to the weights of a group after its update. */
export function projectWeights(trainer: Trainer, group: Group): void {
  if (trainer.type === f32Type) project<f32>(trainer, group);
  else project<f64>(trainer, group);
}
