// The trainer's record: all a step reads and writes. scripts/contract.mjs writes the offsets of its fields for the host.

import { f32Type, groupBytes } from "../abi";
import { Sweep } from "../optimizers/sweep";
import { Chain } from "../optimizers/transforms/chain";
import { Wrapping } from "../optimizers/wrappers/wrapper";

/** Fields that end in no number or flag are addresses; 0 stands for what is not there. @record */
@unmanaged
export class Trainer {
  /** Float type of the parameters. */
  type: u32;
  /** Scratch for rules that work on whole matrices. */
  workspace: u32;
  /** The sweep under way. */
  sweep: u32;
  parameters: u32;
  /** Elements of all groups, padded. */
  elements: u32;
  gradients: u32;
  /** Where the gradients of several runs are added up; 0 if a step is always one run. */
  accumulator: u32;
  /** The weights where the gradient is taken, 0 if those are the weights. */
  placed: u32;
  /** State vectors of the rule, one after the other. */
  moments: u32;
  groups: u32;
  groupCount: u32;
  /** Running statistics. */
  state: u32;
  /** Behind it lie as many bytes again for a step of several runs, and again for a second evaluation. */
  nextState: u32;
  stateBytes: u32;
  /** The parameters that move, in declaration order. */
  tensors: u32;
  tensorCount: u32;
  arguments: u32;
  /** The loss comes first, or its numerator and denominator. */
  results: u32;
  /** 1 if the loss is a sum over the batch and not its mean. */
  summed: u32;
  /** 1 if programs leave a loss as numerator and denominator, two f64. */
  weighted: u32;
  columns: u32;
  columnCount: u32;
  /** Order of the rows in the running epoch. */
  order: u32;
  /** Rows of the data set, of a step, and of a run at most. */
  rows: u32;
  batch: u32;
  microBatch: u32;
  /** 1 if every epoch is shuffled. */
  shuffle: u32;
  /** 1 keeps a short last batch. */
  keepLast: u32;
  seedLow: u32;
  seedHigh: u32;
  /** f64 losses, one an update of this call. */
  history: u32;
  historyLimit: u32;
  historyCount: u32;
  /** f64 triples (updates done, mean loss, mean penalty), one an epoch of this call. */
  epochs: u32;
  /** A call ends when so many epochs have ended. */
  epochLimit: u32;
  epochCount: u32;
  /** What schedules drive, and their records one after the other. */
  scheduled: u32;
  scheduledCount: u32;
  schedules: u32;
  /** Words of all records. */
  scheduleWords: u32;
  /** 1 if the training loss of an epoch is what plateaus look at. */
  observes: u32;
  chain: u32;
  wrapping: u32;
  /** The average of the weights. */
  average: u32;
  /** Batches of an update, 0 if every batch is one, and their mean gradient so far. */
  accumulate: u32;
  accumulated: u32;
  /** What measures a step, and the step that is measured: updates done before it. */
  statistics: u32;
  measured: f64;
  /** First row, in the order, of the running step. This and all fields up to the programs are what training changes. */
  position: u32;
  /** Rows of the running step that are done. */
  stepRows: u32;
  epoch: u32;
  /** 1 while the step takes its gradient a second time. */
  evaluation: u32;
  /** Batches in the mean gradient so far, their rows, and the sum of their denominators. */
  accumulatedCount: u32;
  accumulatedRows: u32;
  accumulatedWeight: f64;
  /** Updates done. */
  step: f64;
  /** Loss of the running step so far, and its denominator: rows, or their weights. */
  stepLoss: f64;
  stepWeight: f64;
  /** Penalty of the running step, at the weights where its gradient was taken. */
  penalty: f64;
  /** Sums of this epoch: loss, denominator, and penalty. */
  epochLoss: f64;
  epochRows: f64;
  epochPenalty: f64;
  /** Of the last step, and of the first gradient of a step that takes two. */
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
  /** The matrices that are worked on as a whole. */
  matrices: u32;
  matrixCount: u32;
  /** 1 if the penalty λ Σ |w| acts after the update and not through the gradient. */
  proximal: u32;
  /** 1 if only those weights decay that the update does not make larger. */
  cautious: u32;
  /** Decoupled decay: λ of w ← (1 − h λ) w. */
  shrink: f64;
  /** Coupled decay: λ of g ← g + λ w. */
  penalty: f64;
  /** λ of the penalty λ Σ w². */
  squares: f64;
  /** λ of the penalty λ Σ |w|. */
  magnitudes: f64;
  /** Most that the norm of a column may be, 0 if it may be anything. */
  maxNorm: f64;
  /** The first of the hyper-parameters, as the rule's class lists them. @times 16 */
  learningRate: f64;
}

/** Whether the loss is a sum over the batch. */
export function isSummed(trainer: Trainer): bool {
  return trainer.summed !== 0;
}

/** Whether the loss comes as a numerator and a denominator. */
export function isWeighted(trainer: Trainer): bool {
  return trainer.weighted !== 0;
}

/** Whether a gradient is that of the numerator, to be divided by the denominator once all runs are added up. */
export function dividesOnce(trainer: Trainer): bool {
  return isWeighted(trainer) && !isSummed(trainer);
}

/** What is done to the gradient before the update, null if nothing. */
export function chainOf(trainer: Trainer): Chain | null {
  return changetype<Chain | null>(<usize>trainer.chain);
}

/** What surrounds the update, null if nothing does. */
export function wrappingOf(trainer: Trainer): Wrapping | null {
  return changetype<Wrapping | null>(<usize>trainer.wrapping);
}

export function groupAt(trainer: Trainer, k: u32): Group {
  return changetype<Group>(<usize>trainer.groups + k * groupBytes);
}

/** Whether the penalty of the magnitudes acts after the update. */
export function isProximal(group: Group): bool {
  return group.proximal !== 0;
}

/** The sweep over one group for the next update. */
export function sweepOf(trainer: Trainer, group: Group, gradients: usize): Sweep {
  const sweep = changetype<Sweep>(<usize>trainer.sweep);
  const bytes: u32 = trainer.type === f32Type ? 4 : 8;
  const at = group.offset * bytes;
  sweep.type = trainer.type;
  sweep.hyper = <u32>changetype<usize>(group) + offsetof<Group>("learningRate");
  sweep.weights = trainer.parameters + at;
  sweep.gradients = <u32>gradients + at;
  sweep.states = trainer.moments + at;
  sweep.stride = trainer.elements * bytes;
  sweep.placed = trainer.placed === 0 ? 0 : trainer.placed + at;
  sweep.elements = group.elements;
  sweep.step = trainer.step + 1;
  sweep.penalty = group.penalty;
  sweep.decay = group.learningRate * group.shrink;
  sweep.matrices = group.matrices;
  sweep.matrixCount = group.matrixCount;
  sweep.workspace = trainer.workspace;
  sweep.offset = group.offset;
  sweep.tensors = trainer.tensors;
  sweep.tensorCount = trainer.tensorCount;
  sweep.seedLow = trainer.seedLow;
  sweep.seedHigh = trainer.seedHigh;
  sweep.loss = trainer.stepLoss + trainer.penalty;
  return sweep;
}
