// Norms of one step, tensor by tensor: gradient, weights before, update, summed in f64. The step does not read them; a step that
// is not measured costs one comparison.

import { f32Type, tensorBytes } from "../abi";
import { sumOfSquares } from "../kernels/sum";
import { combine } from "../kernels/vectors";
import { TensorRange } from "../optimizers/tensor";
import { Trainer } from "./trainer";

// Index among the three norms of a tensor.
const ofGradient: usize = 0;
const ofWeights: usize = 8;
const ofUpdate: usize = 16;
const normBytes: usize = 24;

/** Memory of the norms of a step. @record */
@unmanaged
export class Statistics {
  tensors: u32;
  tensorCount: u32;
  /** Room for the weights before the step, and behind them the running state. */
  before: u32;
  /** For every tensor three f64: norms of gradient, weights before, and update. */
  norms: u32;
}

/** Returns the statistics if the running step is measured, else null. */
export function statisticsOf(trainer: Trainer): Statistics | null {
  const measures = trainer.statistics !== 0 && trainer.measured === trainer.step;
  return changetype<Statistics | null>(measures ? <usize>trainer.statistics : 0);
}

function measure<T>(statistics: Statistics, values: usize, norm: usize): void {
  let at = <usize>statistics.tensors;
  let out = <usize>statistics.norms + norm;
  for (let k: u32 = 0; k < statistics.tensorCount; k++, at += tensorBytes, out += normBytes) {
    const tensor = changetype<TensorRange>(at);
    const first = values + <usize>tensor.offset * sizeof<T>();
    store<f64>(out, sqrt<f64>(sumOfSquares<T>(first, tensor.elements)));
  }
}

function begin<T>(trainer: Trainer, statistics: Statistics, gradients: usize): void {
  measure<T>(statistics, gradients, ofGradient);
  measure<T>(statistics, trainer.parameters, ofWeights);
  const bytes = trainer.elements * sizeof<T>();
  memory.copy(statistics.before, trainer.parameters, bytes);
  memory.copy(statistics.before + bytes, trainer.state, trainer.stateBytes);
}

/** Measures gradient and weights before the update, and copies weights and running state. */
export function measureBefore(trainer: Trainer, statistics: Statistics, gradients: usize): void {
  if (trainer.type === f32Type) begin<f32>(trainer, statistics, gradients);
  else begin<f64>(trainer, statistics, gradients);
}

function end<T>(trainer: Trainer, statistics: Statistics, room: usize): void {
  combine<T>(room, trainer.parameters, statistics.before, 1, -1, trainer.elements);
  measure<T>(statistics, room, ofUpdate);
  memory.fill(room, 0, trainer.elements * sizeof<T>());
}

/** Measures the update in `room`, an arena, which is 0 afterwards: no program writes the gradient of a rule that uses none. */
export function measureAfter(trainer: Trainer, statistics: Statistics, room: usize): void {
  if (trainer.type === f32Type) end<f32>(trainer, statistics, room);
  else end<f64>(trainer, statistics, room);
}
