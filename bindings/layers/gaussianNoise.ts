import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import { needContext } from "./context.js";
import { defined, type Layer } from "./layer.js";
import { hyperName, numberIn, scheduledState, times } from "./scheduledNumber.js";

/**
 * Gaussian noise: y = x + σ ε in training, with independent standard normal ε for every element and step; y = x in
 * evaluation.
 *
 * @param deviation  standard deviation σ ≥ 0, in the unit of x, or a schedule of it
 * @throws RangeError  deviation is out of range
 * @example
 * sequential([gaussianNoise(0.1), linear(784, 10)]);
 * sequential([gaussianNoise(linearSchedule({ from: 0, to: 0.2, length: 1000 })), linear(784, 10)]);
 * @see Bishop, *Training with noise is equivalent to Tikhonov regularization*, Neural Computation, 1995
 */
export function gaussianNoise(deviation: Schedulable): Layer {
  const hyper = checkHyper("gaussianNoise", "deviation", deviation, { min: 0 });
  return defined(["gaussianNoise", deviation], {
    name: `gaussianNoise(${hyperName(hyper)})`,
    parameters: {},
    ...scheduledState("deviation", hyper),
    apply(_, input, given) {
      const x = input.trace.asFloat(input);
      const context = needContext("gaussianNoise", given);
      if (!context.training || hyper === 0) return x;
      const noise = context.normal(x.shape, { dtype: x.dtype as "f32" | "f64" });
      return x.add(times(noise, numberIn(context, "deviation", hyper)));
    },
  });
}
