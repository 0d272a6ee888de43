// Norms of one step, tensor by tensor: gradient, weights before, update. They are sums in f64 beside the step; it does
// not read them, and a step that nobody measures pays one comparison.

import {
  f32Type,
  statisticsBefore,
  statisticsNorms,
  statisticsTensorCount,
  statisticsTensors,
  tensorBytes,
  tensorElements,
  tensorOffset,
  trainerMeasured,
  trainerStatistics,
} from "../abi";
import { combine } from "../kernels/combine";
import { sumOfSquares } from "../kernels/sum";
import { Trainer } from "./trainer";

// Which of a tensor's three norms.
const ofGradient: usize = 0;
const ofWeights: usize = 8;
const ofUpdate: usize = 16;
const normBytes: usize = 24;

/** What measures the running step, 0 if nothing does. */
export function statisticsOf(trainer: Trainer): usize {
  const t = changetype<usize>(trainer);
  const statistics = <usize>load<u32>(t, trainerStatistics);
  return statistics !== 0 && load<f64>(t, trainerMeasured) === trainer.step ? statistics : 0;
}

function measure<T>(statistics: usize, values: usize, norm: usize): void {
  const count = load<u32>(statistics, statisticsTensorCount);
  let tensor = <usize>load<u32>(statistics, statisticsTensors);
  let out = <usize>load<u32>(statistics, statisticsNorms) + norm;
  for (let k: u32 = 0; k < count; k++, tensor += tensorBytes, out += normBytes) {
    const at = values + <usize>load<u32>(tensor, tensorOffset) * sizeof<T>();
    store<f64>(out, sqrt<f64>(sumOfSquares<T>(at, load<u32>(tensor, tensorElements))));
  }
}

function begin<T>(trainer: Trainer, statistics: usize, gradients: usize): void {
  measure<T>(statistics, gradients, ofGradient);
  measure<T>(statistics, trainer.parameters, ofWeights);
  memory.copy(load<u32>(statistics, statisticsBefore), trainer.parameters, trainer.elements * sizeof<T>());
}

/** Measures the gradient as it came and the weights, and keeps these. */
export function measureBefore(trainer: Trainer, statistics: usize, gradients: usize): void {
  if (trainer.type === f32Type) begin<f32>(trainer, statistics, gradients);
  else begin<f64>(trainer, statistics, gradients);
}

function end<T>(trainer: Trainer, statistics: usize, room: usize): void {
  combine<T>(room, trainer.parameters, load<u32>(statistics, statisticsBefore), 1, -1, trainer.elements);
  measure<T>(statistics, room, ofUpdate);
}

/** Measures what the update did; `room` is an arena whose numbers are no longer needed. */
export function measureAfter(trainer: Trainer, statistics: usize, room: usize): void {
  if (trainer.type === f32Type) end<f32>(trainer, statistics, room);
  else end<f64>(trainer, statistics, room);
}
