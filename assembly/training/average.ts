// Averages of the weights beside them. Exponential: a ← d a + (1 − d) w after every update, and a = w after the first
// (Tarvainen and Valpola, Mean teachers are better role models, NIPS 2017). Equal: a ← a + (w − a) / n for the n-th
// weights that are taken, every so many updates or epochs from one of them on
// (Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, Averaging weights leads to wider optima and better generalization,
// UAI 2018, algorithm 1; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992).

import { averageHeader, f32Type, unitEpoch, unitStep } from "../abi";
import { combine } from "../kernels/vectors";
import { Trainer } from "./trainer";

/** What decides the average; its values lie averageHeader bytes behind. @record */
@unmanaged
class Average {
  /** Of an exponential average. */
  decay: f64;
  /** 0 for an exponential average; else every so many are taken, each with the same weight. */
  every: f64;
  /** Updates or epochs done when the first is taken. */
  start: f64;
  /** unitStep or unitEpoch. */
  unit: f64;
  /** Taken so far. */
  count: f64;
}

function averageOf(trainer: Trainer): Average | null {
  return changetype<Average | null>(<usize>trainer.average);
}

/** a ← p a + (1 − p) w. */
function mix(trainer: Trainer, p: f64): void {
  const average = <usize>trainer.average + averageHeader;
  const weights = <usize>trainer.parameters;
  const count = <usize>trainer.elements;
  if (trainer.type === f32Type) combine<f32>(average, average, weights, p, 1 - p, count);
  else combine<f64>(average, average, weights, p, 1 - p, count);
}

/** Takes the weights into an equal average if they are due after `done` updates or epochs. */
function take(trainer: Trainer, average: Average, done: f64): void {
  const past = done - average.start;
  if (past < 0 || <u64>past % <u64>average.every !== 0) return;
  const taken = average.count;
  average.count = taken + 1;
  mix(trainer, taken / (taken + 1));
}

/** Takes the weights after the update that is being committed into the average, if there is one. */
export function updateAverage(trainer: Trainer): void {
  const average = averageOf(trainer);
  if (average === null) return;
  if (average.every === 0) mix(trainer, trainer.step === 0 ? 0 : average.decay);
  else if (average.unit === unitStep) take(trainer, average, trainer.step + 1);
}

/** The same after an epoch that has ended. */
export function averageEpoch(trainer: Trainer): void {
  const average = averageOf(trainer);
  if (average === null || average.every === 0) return;
  if (average.unit === unitEpoch) take(trainer, average, <f64>trainer.epoch);
}
