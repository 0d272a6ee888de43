import { checkChoice, checkNumber, checkOptions } from "../values/options.js";
import { needContext } from "./context.js";
import type { Layer } from "./layer.js";

export interface DropoutOptions {
  /**
   * Scaling that preserves the expectation: "inverted" (default, as PyTorch and Keras) divides by 1 − p in training,
   * "testScaled" (as the paper) multiplies by 1 − p in evaluation.
   */
  readonly mode?: "inverted" | "testScaled";
}

/**
 * Dropout: y = m ⊙ x / (1 − p) in training, where each element of the mask m is 1 with probability 1 − p, else 0; y = x
 * in evaluation.
 *
 * @param rate     probability p of dropping an element, 0 ≤ p < 1
 * @param options  mode
 * @throws RangeError  rate is out of range
 * @example
 * sequential([linear(784, 128), relu(), dropout(0.5), linear(128, 10)]);
 * @see Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: a simple way to prevent neural networks
 * from overfitting*, JMLR 2014, sec. 4 and 10
 */
export function dropout(rate: number, options: DropoutOptions = {}): Layer {
  checkNumber("dropout", "rate", rate, { min: 0, below: 1 });
  checkOptions("dropout", options, ["mode"]);
  const { mode = "inverted" } = options;
  checkChoice("dropout", "mode", mode, ["inverted", "testScaled"]);
  const kept = 1 - rate;
  return {
    name: mode === "inverted" ? `dropout(${rate})` : `dropout(${rate}, testScaled)`,
    parameters: {},
    apply(_, x, given) {
      if (rate === 0) return x;
      const context = needContext("dropout", given);
      if (!context.training) return mode === "inverted" ? x : x.multiply(kept);
      const mask = context.bernoulli(kept, x.shape, { dtype: x.dtype as "f32" | "f64" });
      return x.multiply(mode === "inverted" ? mask.multiply(1 / kept) : mask);
    },
  };
}
