import { checkHyper, type Schedulable } from "../schedules/scheduled.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkOptions } from "../values/options.js";
import { needContext } from "./context.js";
import { defined, type Layer } from "./layer.js";
import { drawn, hyperName, numberIn, over, scheduledState, times } from "./scheduledNumber.js";

/** Options of `dropout`, `dropout1d` and `dropout2d`. */
export interface DropoutOptions {
  /**
   * Scaling that preserves the expectation: "inverted" (default, as PyTorch and Keras) divides by 1 − p in training,
   * "testScaled" (as the paper) multiplies by 1 − p in evaluation.
   */
  readonly mode?: "inverted" | "testScaled";
}

/** Dropout with one draw for each element of `maskOf(x)`, which is broadcast over x. */
function dropping(
  where: string,
  rate: Schedulable,
  options: DropoutOptions,
  maskOf: (x: Tensor) => readonly number[],
): Layer {
  const hyper = checkHyper(where, "rate", rate, { min: 0, below: 1 });
  checkOptions(where, options, ["mode"]);
  const { mode = "inverted" } = options;
  checkChoice(where, "mode", mode, ["inverted", "testScaled"]);
  const inverted = mode === "inverted";
  return defined([where, rate, { ...options }], {
    name: `${where}(${hyperName(hyper)}${inverted ? "" : ", testScaled"})`,
    parameters: {},
    ...scheduledState("rate", hyper),
    apply(_, input, given) {
      const x = input.trace.asFloat(input);
      const shape = maskOf(x);
      if (hyper === 0) return x;
      const context = needContext(where, given);
      const dropped = numberIn(context, "rate", hyper);
      const kept = typeof dropped === "number" ? 1 - dropped : dropped.negate().add(1);
      if (!context.training) return inverted ? x : times(x, kept);
      const mask = drawn(context, kept, shape, x);
      return x.multiply(inverted ? over(mask, kept) : mask);
    },
  });
}

/**
 * Dropout: y = m ⊙ x / (1 − p) in training, where each element of the mask m is 1 with probability 1 − p, else 0; y = x
 * in evaluation.
 *
 * @param rate     probability p of dropping an element, 0 ≤ p < 1, or a schedule of it; evaluation uses the value of the
 *                 next update
 * @param options  mode
 * @throws RangeError  rate is out of range
 * @example
 * sequential([linear(784, 128), relu(), dropout(0.5), linear(128, 10)]);
 * sequential([linear(784, 128), relu(), dropout(linearSchedule({ from: 0, to: 0.5, length: 1000 })), linear(128, 10)]);
 * @see Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: a simple way to prevent neural networks
 * from overfitting*, JMLR 2014, sec. 4 and 10
 */
export function dropout(rate: Schedulable, options: DropoutOptions = {}): Layer {
  return dropping("dropout", rate, options, (x) => x.shape);
}

/** One number for each sample and channel of x, whose other axes are these. */
function channelMask(where: string, axes: readonly string[]): (x: Tensor) => readonly number[] {
  return ({ shape }) => {
    if (shape.length === axes.length + 2) return shape.map((extent, k) => (k > 0 && k <= axes.length ? 1 : extent));
    throw new ShapeError(
      `${where}: got [${shape.join(", ")}], expected [batch, ${axes.join(", ")}, channels]. Reshape the input, or use ` +
        "dropout.",
    );
  };
}

/**
 * Dropout of whole channels of sequences [batch, length, channels]: y = m ⊙ x / (1 − p) in training, where m is 1 with
 * probability 1 − p, else 0, for each sample and channel; y = x in evaluation. As PyTorch's `Dropout1d`.
 *
 * @param rate     probability p of dropping a channel, 0 ≤ p < 1, or a schedule of it
 * @param options  mode
 * @throws RangeError  p out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([dropout1d(0.2), flatten(), linear(24 * 8, 10)]);
 * @see Tompson, Goroshin, Jain, LeCun and Bregler, *Efficient object localization using convolutional networks*, CVPR
 * 2015, sec. 3.2
 */
export function dropout1d(rate: Schedulable, options: DropoutOptions = {}): Layer {
  return dropping("dropout1d", rate, options, channelMask("dropout1d", ["length"]));
}

/**
 * Spatial dropout, of whole channels of images [batch, height, width, channels]: y = m ⊙ x / (1 − p) in training, where m is 1
 * with probability 1 − p, else 0, for each sample and channel; y = x in evaluation. As PyTorch's `Dropout2d`.
 *
 * @param rate     probability p of dropping a channel, 0 ≤ p < 1, or a schedule of it
 * @param options  mode
 * @throws RangeError  p out of range
 * @throws ShapeError  x has other axes
 * @example
 * sequential([dropout2d(0.2), flatten(), linear(8 * 8 * 16, 10)]);
 * @see Tompson, Goroshin, Jain, LeCun and Bregler, *Efficient object localization using convolutional networks*, CVPR
 * 2015, sec. 3.2
 */
export function dropout2d(rate: Schedulable, options: DropoutOptions = {}): Layer {
  return dropping("dropout2d", rate, options, channelMask("dropout2d", ["height", "width"]));
}
