// The exponential moving average of the weights: a ← d a + (1 − d) w after every update, and a = w after the first
// (Polyak and Juditsky, Acceleration of stochastic approximation by averaging, SIAM J. Control Optim. 30, 1992, for the
// average over all; Tarvainen and Valpola, Mean teachers are better role models, NIPS 2017, for this one).

import { averageDecay, averageHeader, f32Type, trainerAverage } from "../abi";
import { combine } from "../kernels/combine";
import { Trainer } from "./trainer";

/** Takes the weights after the update that is being committed into the average, if there is one. */
export function updateAverage(trainer: Trainer): void {
  const record = <usize>load<u32>(changetype<usize>(trainer), trainerAverage);
  if (record === 0) return;
  const average = record + averageHeader;
  const weights = <usize>trainer.parameters;
  const f32s = trainer.type === f32Type;
  const count = <usize>trainer.elements;
  const d = load<f64>(record, averageDecay);
  if (trainer.step === 0) memory.copy(average, weights, count * (f32s ? 4 : 8));
  else if (f32s) combine<f32>(average, average, weights, d, 1 - d, count);
  else combine<f64>(average, average, weights, d, 1 - d, count);
}
