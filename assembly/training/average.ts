// Averages of the weights beside them. Exponential: a ← d a + (1 − d) w after every update, and a = w after the first
// (Tarvainen and Valpola, Mean teachers are better role models, NIPS 2017). Equal: a ← a + (w − a) / n for the n-th
// weights that are taken, every so many updates or epochs from one of them on
// (Izmailov, Podoprikhin, Garipov, Vetrov and Wilson, Averaging weights leads to wider optima and better generalization,
// UAI 2018, algorithm 1; Polyak and Juditsky, SIAM J. Control Optim. 30, 1992).

import {
  averageCount,
  averageDecay,
  averageEvery,
  averageHeader,
  averageStart,
  averageUnit,
  f32Type,
  trainerAverage,
  unitEpoch,
  unitStep,
} from "../abi";
import { combine } from "../kernels/combine";
import { Trainer } from "./trainer";

function averageOf(trainer: Trainer): usize {
  return <usize>load<u32>(changetype<usize>(trainer), trainerAverage);
}

/** a ← p a + (1 − p) w. */
function mix(trainer: Trainer, record: usize, p: f64): void {
  const average = record + averageHeader;
  const weights = <usize>trainer.parameters;
  const count = <usize>trainer.elements;
  if (trainer.type === f32Type) combine<f32>(average, average, weights, p, 1 - p, count);
  else combine<f64>(average, average, weights, p, 1 - p, count);
}

/** Takes the weights into an equal average if they are due after `done` updates or epochs. */
function take(trainer: Trainer, record: usize, done: f64): void {
  const past = done - load<f64>(record, averageStart);
  if (past < 0 || <u64>past % <u64>load<f64>(record, averageEvery) !== 0) return;
  const taken = load<f64>(record, averageCount);
  store<f64>(record, taken + 1, averageCount);
  mix(trainer, record, taken / (taken + 1));
}

/** Takes the weights after the update that is being committed into the average, if there is one. */
export function updateAverage(trainer: Trainer): void {
  const record = averageOf(trainer);
  if (record === 0) return;
  if (load<f64>(record, averageEvery) === 0)
    mix(trainer, record, trainer.step === 0 ? 0 : load<f64>(record, averageDecay));
  else if (load<f64>(record, averageUnit) === unitStep) take(trainer, record, trainer.step + 1);
}

/** The same after an epoch that has ended. */
export function averageEpoch(trainer: Trainer): void {
  const record = averageOf(trainer);
  if (record === 0 || load<f64>(record, averageEvery) === 0) return;
  if (load<f64>(record, averageUnit) === unitEpoch) take(trainer, record, <f64>trainer.epoch);
}
