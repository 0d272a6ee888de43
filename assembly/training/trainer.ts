// The trainer's record: everything a step reads and writes. scripts/contract.mjs writes the offsets of its fields for the host.

import { f32Type, groupBytes } from "../abi";
import { Sweep } from "../optimizers/sweep";
import { Chain } from "../optimizers/transforms/chain";
import { Wrapping } from "../optimizers/wrappers/wrapper";

/** u32 fields that are no count, size, flag or type are addresses, 0 if absent. @record */
@unmanaged
export class Trainer {
  /** Float type of the parameters. */
  type: u32;
  /** Scratch of rules that need whole matrices. */
  workspace: u32;
  /** Address of the sweep's arguments. */
  sweep: u32;
  parameters: u32;
  /** Elements of all groups, padded. */
  elements: u32;
  gradients: u32;
  /** Sum of the gradients of several runs; 0 if a step is always one run. */
  accumulator: u32;
  /** Look-ahead point; 0 if the gradient is taken at the weights. */
  lookAhead: u32;
  /** State vectors of the rule, one after the other. */
  stateVectors: u32;
  groups: u32;
  groupCount: u32;
  /** Running statistics. */
  state: u32;
  /** Followed by as many bytes for a step of several runs, and both again for a second evaluation. */
  nextState: u32;
  stateBytes: u32;
  /** Parameters that are not frozen, in declaration order. */
  tensors: u32;
  tensorCount: u32;
  arguments: u32;
  /** Results of a run; first the loss, or its numerator and denominator. */
  results: u32;
  /** 1 if the loss is a sum over the batch, 0 if it is a mean. */
  summed: u32;
  /** 1 if the rule uses no gradient: programs write none, and it is 0. */
  gradientFree: u32;
  /** 1 if programs return the loss as numerator and denominator, two f64. */
  weighted: u32;
  columns: u32;
  columnCount: u32;
  /** 1 if programs of training read the partners of the rows too: see training/gather. */
  partners: u32;
  /** Order of the rows in the running epoch. */
  order: u32;
  /** Rows of the data set, of a batch, and of a micro-batch. */
  rows: u32;
  batch: u32;
  microBatch: u32;
  /** 1 to shuffle every epoch. */
  shuffle: u32;
  /** 1 to keep a short last batch. */
  keepLast: u32;
  seedLow: u32;
  seedHigh: u32;
  /** f64 losses, one an update of this call. */
  history: u32;
  historyLimit: u32;
  historyCount: u32;
  /** f64 triples (updates done, mean loss, mean penalty), one an epoch of this call. */
  epochs: u32;
  /** Epochs after which a call ends. */
  epochLimit: u32;
  epochCount: u32;
  /** Scheduled hyper-parameters, and the records of their schedules. */
  scheduled: u32;
  scheduledCount: u32;
  schedules: u32;
  /** Words of all schedules. */
  scheduleWords: u32;
  /** Scheduled numbers of the augmentation of the running fit, and the records of their schedules. */
  augmentScheduled: u32;
  augmentScheduledCount: u32;
  augmentSchedules: u32;
  /** 1 if plateaus observe the training loss of an epoch. */
  observes: u32;
  chain: u32;
  wrapping: u32;
  /** Average of the weights: see training/average. */
  average: u32;
  /** Batches of an update, 0 if every batch is an update; their mean gradient so far. */
  accumulate: u32;
  accumulated: u32;
  /** Bits of the rows that a step touches in tables, counted from the first element of each: see training/touched. */
  touched: u32;
  /** Statistics, and the step they measure: updates done before it. */
  statistics: u32;
  measured: f64;
  /** First row, in the order, of the running step. Training changes this field and all that follow, up to the programs. */
  position: u32;
  /** Rows of the running step that are done. */
  stepRows: u32;
  epoch: u32;
  /** 1 during the second evaluation of a step. */
  evaluation: u32;
  /** Batches in the mean gradient so far, their rows, and the sum of their denominators. */
  accumulatedCount: u32;
  accumulatedRows: u32;
  accumulatedWeight: f64;
  /** Updates done. */
  step: f64;
  /** Loss of the running step so far, and its denominator: rows, or the sum of their weights. */
  stepLoss: f64;
  stepWeight: f64;
  /** Penalty of the running step, at the weights where its gradient was taken. */
  penalty: f64;
  /** Sums of this epoch: loss, denominator, and penalty. */
  epochLoss: f64;
  epochRows: f64;
  epochPenalty: f64;
  /** Norm of the last gradient, and of the first one of a step with two evaluations. */
  gradientNorm: f64;
  firstNorm: f64;
  /** Pairs (rows, program) of trainerProgramSlots programs. @times 12 */
  programs: u32;
}

/** A parameter group: a range and its hyper-parameters. @record */
@unmanaged
export class Group {
  /** First element. */
  offset: u32;
  /** Padded to a whole number of vectors. */
  elements: u32;
  rule: i32;
  /** Matrices, for rules that need whole ones. */
  matrices: u32;
  matrixCount: u32;
  /** 1 if the penalty λ Σ |w| acts after the update, not by its gradient. */
  proximal: u32;
  /** 1 for cautious decay: only of weights whose magnitude the update does not increase. */
  cautious: u32;
  /** Decoupled decay: λ of w ← (1 − h λ) w. */
  decoupledDecay: f64;
  /** Coupled decay: λ of g ← g + λ w. */
  coupledDecay: f64;
  /** λ of the penalty λ Σ w². */
  l2: f64;
  /** λ of the penalty λ Σ |w|. */
  l1: f64;
  /** Largest norm of a column, 0 for no limit. */
  maxNorm: f64;
  /** First of the hyper-parameters: the fields of the rule's class. @times 16 */
  learningRate: f64;
}

/** True if the loss is a sum over the batch, not a mean. */
export function isSummed(trainer: Trainer): bool {
  return trainer.summed !== 0;
}

/** True if the loss is returned as numerator and denominator. */
export function isWeighted(trainer: Trainer): bool {
  return trainer.weighted !== 0;
}

/** True if gradients are those of the numerator, divided by the denominator after all runs. */
export function dividesOnce(trainer: Trainer): bool {
  return isWeighted(trainer) && !isSummed(trainer);
}

/** Gradient transforms, null if there are none. */
export function chainOf(trainer: Trainer): Chain | null {
  return changetype<Chain | null>(<usize>trainer.chain);
}

/** Wrappers, null if there are none. */
export function wrappingOf(trainer: Trainer): Wrapping | null {
  return changetype<Wrapping | null>(<usize>trainer.wrapping);
}

export function groupAt(trainer: Trainer, k: u32): Group {
  return changetype<Group>(<usize>trainer.groups + k * groupBytes);
}

/** True if the penalty λ Σ |w| acts after the update. */
export function isProximal(group: Group): bool {
  return group.proximal !== 0;
}

/** Writes the arguments of the sweep over one group for the next update. */
export function sweepOf(trainer: Trainer, group: Group, gradients: usize): Sweep {
  const sweep = changetype<Sweep>(<usize>trainer.sweep);
  const bytes: u32 = trainer.type === f32Type ? 4 : 8;
  const at = group.offset * bytes;
  sweep.type = trainer.type;
  sweep.hyper = <u32>changetype<usize>(group) + offsetof<Group>("learningRate");
  sweep.weights = trainer.parameters + at;
  sweep.gradients = <u32>gradients + at;
  sweep.states = trainer.stateVectors + at;
  sweep.stride = trainer.elements * bytes;
  sweep.lookAhead = trainer.lookAhead === 0 ? 0 : trainer.lookAhead + at;
  sweep.elements = group.elements;
  sweep.step = trainer.step + 1;
  sweep.coupledDecay = group.coupledDecay;
  sweep.decay = group.learningRate * group.decoupledDecay;
  sweep.matrices = group.matrices;
  sweep.matrixCount = group.matrixCount;
  sweep.workspace = trainer.workspace;
  sweep.touched = trainer.touched;
  sweep.offset = group.offset;
  sweep.tensors = trainer.tensors;
  sweep.tensorCount = trainer.tensorCount;
  sweep.seedLow = trainer.seedLow;
  sweep.seedHigh = trainer.seedHigh;
  sweep.loss = trainer.stepLoss + trainer.penalty;
  return sweep;
}
