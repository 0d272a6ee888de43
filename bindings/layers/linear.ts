import { ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { heNormal, type Initializer, zerosInitializer } from "./initializers.js";
import { defined, type Layer } from "./layer.js";

/** Options of `linear`. */
export interface LinearOptions {
  /** Initializer of the weight; default heNormal. */
  readonly weight?: Initializer;
  /** Initializer of the bias, or false for no bias; default zeros. */
  readonly bias?: Initializer | false;
}

/**
 * Linear layer: y = x W + b, with parameters weight W [inputs, outputs] and bias b [outputs].
 *
 * @param inputs   number of features of x [batch, ..., inputs], ≥ 1
 * @param outputs  number of features of y [batch, ..., outputs], ≥ 1
 * @param options  weight, bias
 * @throws RangeError  inputs or outputs is not a positive whole number
 * @throws ShapeError  the last axis of x is not inputs
 * @example
 * linear(784, 128);
 * @see Rosenblatt, *The perceptron*, Psychological Review 65, 1958
 */
export function linear(inputs: number, outputs: number, options: LinearOptions = {}): Layer {
  checkNumber("linear", "inputs", inputs, { min: 1, integer: true });
  checkNumber("linear", "outputs", outputs, { min: 1, integer: true });
  checkOptions("linear", options, ["weight", "bias"]);
  const { weight = heNormal, bias = zerosInitializer } = options;
  const name = `linear(${inputs}, ${outputs})`;
  return defined(["linear", inputs, outputs, { ...options }], {
    name,
    parameters: {
      weight: { shape: [inputs, outputs], initializer: weight },
      ...(bias === false ? {} : { bias: { shape: [outputs], initializer: bias } }),
    },
    apply({ weight: w, bias: b }, x) {
      if (x.rank < 2 || x.shape.at(-1) !== inputs)
        throw new ShapeError(
          `${name}: got [${x.shape.join(", ")}], expected [batch, ${inputs}]. ` +
            (x.rank < 2 ? "Wrap one row in an array." : "Check the inputs, or the layer before."),
        );
      const product = x.matmul(w as NonNullable<typeof w>);
      return b ? product.add(b) : product;
    },
  });
}
