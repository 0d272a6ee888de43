// The trainer's record: all a step reads and writes, at the offsets that abi.ts gives to the host.

import {
  f32Type,
  groupBytes,
  groupHyper,
  groupMatrices,
  groupMatrixCount,
  groupProximal,
  groupRule,
  trainerChain,
  trainerConstants,
  trainerEpochCount,
  trainerHistory,
  trainerPenalty,
  trainerStep,
  trainerStepLoss,
  trainerStepWeight,
  trainerSummed,
  trainerSweep,
  trainerTensorCount,
  trainerTensors,
  trainerWeighted,
  trainerWrapping,
} from "../abi";
import { Sweep } from "../optimizers/sweep";
import { Chain } from "../optimizers/transforms/chain";
import { Wrapping } from "../optimizers/wrappers/wrapper";

@unmanaged
export class Trainer {
  type: u32;
  workspace: u32;
  parameters: u32;
  elements: u32;
  gradients: u32;
  accumulator: u32;
  placed: u32;
  moments: u32;
  groups: u32;
  groupCount: u32;
  state: u32;
  nextState: u32;
  stateBytes: u32;
  arguments: u32;
  results: u32;
  columns: u32;
  columnCount: u32;
  order: u32;
  rows: u32;
  batch: u32;
  microBatch: u32;
  shuffle: u32;
  keepLast: u32;
  position: u32;
  stepRows: u32;
  epoch: u32;
  step: f64;
  seedLow: u32;
  seedHigh: u32;
  stepLoss: f64;
  epochLoss: f64;
  epochRows: f64;
  gradientNorm: f64;
  history: u32;
  historyLimit: u32;
  historyCount: u32;
  epochs: u32;
  epochLimit: u32;
  epochCount: u32;
}

@unmanaged
export class Group {
  offset: u32;
  elements: u32;
  shrink: f64;
  penalty: f64;
  squares: f64;
  magnitudes: f64;
  maxNorm: f64;
  learningRate: f64; // first of the hyper-parameters
}

/** Whether the loss is a sum over the batch. */
export function isSummed(trainer: Trainer): bool {
  return load<u32>(changetype<usize>(trainer), trainerSummed) !== 0;
}

/** Whether the loss comes as a numerator and a denominator. */
export function isWeighted(trainer: Trainer): bool {
  return load<u32>(changetype<usize>(trainer), trainerWeighted) !== 0;
}

/** Whether a gradient is that of the numerator, to be divided by the denominator once all runs are added up. */
export function dividesOnce(trainer: Trainer): bool {
  return isWeighted(trainer) && !isSummed(trainer);
}

/** Denominator of the loss of the running step: its rows, or their weights. */
export function stepWeight(trainer: Trainer): f64 {
  return load<f64>(changetype<usize>(trainer), trainerStepWeight);
}

/** What is done to the gradient before the update, null if nothing. */
export function chainOf(trainer: Trainer): Chain | null {
  return changetype<Chain | null>(<usize>load<u32>(changetype<usize>(trainer), trainerChain));
}

/** What surrounds the update, null if nothing does. */
export function wrappingOf(trainer: Trainer): Wrapping | null {
  return changetype<Wrapping | null>(<usize>load<u32>(changetype<usize>(trainer), trainerWrapping));
}

export function groupAt(trainer: Trainer, k: u32): Group {
  return changetype<Group>(<usize>trainer.groups + k * groupBytes);
}

export function ruleOf(group: Group): i32 {
  return load<i32>(changetype<usize>(group), groupRule);
}

/** Whether the penalty of the magnitudes acts after the update. */
export function isProximal(group: Group): bool {
  return load<u32>(changetype<usize>(group), groupProximal) !== 0;
}

/** The sweep over one group for the next update. */
export function sweepOf(trainer: Trainer, group: Group, gradients: usize): Sweep {
  const sweep = changetype<Sweep>(changetype<usize>(trainer) + trainerSweep);
  const bytes: u32 = trainer.type === f32Type ? 4 : 8;
  const at = group.offset * bytes;
  sweep.type = trainer.type;
  sweep.hyper = <u32>changetype<usize>(group) + groupHyper;
  sweep.weights = trainer.parameters + at;
  sweep.gradients = <u32>gradients + at;
  sweep.states = trainer.moments + at;
  sweep.stride = trainer.elements * bytes;
  sweep.placed = trainer.placed === 0 ? 0 : trainer.placed + at;
  sweep.elements = group.elements;
  sweep.step = trainer.step + 1;
  sweep.penalty = group.penalty;
  sweep.decay = group.learningRate * group.shrink;
  sweep.constants = <u32>changetype<usize>(trainer) + trainerConstants;
  sweep.matrices = load<u32>(changetype<usize>(group), groupMatrices);
  sweep.matrixCount = load<u32>(changetype<usize>(group), groupMatrixCount);
  sweep.workspace = trainer.workspace;
  sweep.offset = group.offset;
  sweep.tensors = load<u32>(changetype<usize>(trainer), trainerTensors);
  sweep.tensorCount = load<u32>(changetype<usize>(trainer), trainerTensorCount);
  sweep.seedLow = trainer.seedLow;
  sweep.seedHigh = trainer.seedHigh;
  sweep.loss = trainer.stepLoss + load<f64>(changetype<usize>(trainer), trainerPenalty);
  return sweep;
}

/** Checks, in debug builds, that the class and abi.ts agree. */
export function checkLayout(): void {
  assert(offsetof<Trainer>("step") === trainerStep);
  assert(offsetof<Trainer>("stepLoss") === trainerStepLoss);
  assert(offsetof<Trainer>("history") === trainerHistory);
  assert(offsetof<Trainer>("epochCount") === trainerEpochCount);
  assert(trainerSweep + offsetof<Sweep>() <= trainerWrapping);
}
