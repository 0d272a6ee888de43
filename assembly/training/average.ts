// Averages of the weights. Exponential: a ← d a + (1 − d) w after every update, and a = w after the first
// (Tarvainen and Valpola, Mean teachers are better role models, NIPS 2017). Equal: a ← a + (w − a) / n for the n-th snapshot
// of the weights, taken at an interval of updates or epochs
// (Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, Averaging weights leads to wider optima and better generalization,
// UAI 2018, algorithm 1; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992).

import { averageHeader, f32Type, unitEpoch, unitStep } from "../abi";
import { combine } from "../kernels/vectors";
import { Trainer } from "./trainer";

/** Options and state of an average; its values follow at averageHeader bytes. @record */
@unmanaged
class Average {
  /** d of an exponential average. */
  decay: f64;
  /** Interval between snapshots of an equal average; 0 for an exponential one. */
  every: f64;
  /** Updates or epochs before the first snapshot. */
  start: f64;
  /** Unit of the interval: unitStep or unitEpoch. */
  unit: f64;
  /** Snapshots taken. */
  count: f64;
}

function averageOf(trainer: Trainer): Average | null {
  return changetype<Average | null>(<usize>trainer.average);
}

/** a ← p a + (1 − p) w; what an average without weights holds is not read. */
function mix(trainer: Trainer, p: f64): void {
  const average = <usize>trainer.average + averageHeader;
  const weights = <usize>trainer.parameters;
  const count = <usize>trainer.elements;
  if (p === 0) return memory.copy(average, weights, count << (trainer.type === f32Type ? 2 : 3));
  if (trainer.type === f32Type) combine<f32>(average, average, weights, p, 1 - p, count);
  else combine<f64>(average, average, weights, p, 1 - p, count);
}

/** Adds a snapshot to an equal average if one is due after `done` updates or epochs. */
function take(trainer: Trainer, average: Average, done: f64): void {
  const past = done - average.start;
  if (past < 0 || <u64>past % <u64>average.every !== 0) return;
  const taken = average.count;
  average.count = taken + 1;
  mix(trainer, taken / (taken + 1));
}

/** Updates the average, if there is one, after the update that is being committed. */
export function updateAverage(trainer: Trainer): void {
  const average = averageOf(trainer);
  if (average === null) return;
  if (average.every === 0) mix(trainer, trainer.step === 0 ? 0 : average.decay);
  else if (average.unit === unitStep) take(trainer, average, trainer.step + 1);
}

/** Updates the average, if there is one, after an epoch. */
export function averageEpoch(trainer: Trainer): void {
  const average = averageOf(trainer);
  if (average === null || average.every === 0) return;
  if (average.unit === unitEpoch) take(trainer, average, <f64>trainer.epoch);
}
