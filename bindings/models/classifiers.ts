// Ready-made models, composed of layers.

import { relu } from "../layers/activations.js";
import { type Initializer, zerosInitializer } from "../layers/initializers.js";
import { isLayer, type Layer } from "../layers/layer.js";
import { linear } from "../layers/linear.js";
import { sequential } from "../layers/sequential.js";
import { checkNumber, checkOptions, wrongKind } from "../values/options.js";

/** Options of `linearClassifier`. */
export interface LinearClassifierOptions {
  /** Initializer of the weight; default zeros, so that the cross-entropy starts at ln(classes) for any inputs. */
  readonly weight?: Initializer;
}

/**
 * Linear classifier: scores = x W + b, with one column of W for each class. With softmaxCrossEntropy it is logistic
 * regression, with multiclassHinge a support vector machine; both are convex.
 *
 * @param inputs   number of features of x [batch, inputs], ≥ 1
 * @param classes  number of scores [batch, classes], ≥ 2
 * @param options  weight
 * @returns        the layer, with parameters weight [inputs, classes] and bias [classes]
 * @throws RangeError  inputs or classes is out of range
 * @example
 * const digits = createTrainer(engine, {
 *   model: linearClassifier(2, 4),
 *   loss: softmaxCrossEntropy(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   dtype: "f64",
 * });
 * digits.evaluate({ inputs: [[1, 2]], targets: [3] }).loss.toFixed(6); // "1.386294"
 * @see Cox, *The regression analysis of binary sequences*, Journal of the Royal Statistical Society B 20, 1958
 */
export function linearClassifier(inputs: number, classes: number, options: LinearClassifierOptions = {}): Layer {
  const where = "linearClassifier";
  checkNumber(where, "inputs", inputs, { min: 1, integer: true });
  checkNumber(where, "classes", classes, { min: 2, integer: true });
  checkOptions(where, options, ["weight"]);
  const { weight = zerosInitializer } = options;
  return linear(inputs, classes, { weight });
}

/** Options of `mlp`. */
export interface MlpOptions {
  /** Function that makes the layer after every linear layer except the last; default relu. */
  readonly activation?: () => Layer;
  /** Initializer of the weights; default heNormal, for relu. Use xavierNormal with tanh and sigmoid. */
  readonly weight?: Initializer;
}

/**
 * Multi-layer perceptron: y = Wₙ f(… f(W₁ x + b₁) …) + bₙ. mlp([784, 128, 10]) is
 * sequential([linear(784, 128), relu(), linear(128, 10)]); no activation follows the last layer.
 *
 * @param widths   numbers of features of x, of every hidden layer and of y, each ≥ 1; at least 2 numbers
 * @param options  activation, weight
 * @throws TypeError   widths is not an array of at least 2, or activation does not return a layer
 * @throws RangeError  a width is not a positive whole number
 * @example
 * mlp([784, 128, 10], { activation: tanh, weight: xavierNormal }).name; // "linear(784, 128) → tanh → linear(128, 10)"
 * @see Rumelhart, Hinton and Williams, *Learning representations by back-propagating errors*, Nature 323, 1986
 */
export function mlp(widths: readonly number[], options: MlpOptions = {}): Layer {
  const where = "mlp";
  if (!Array.isArray(widths) || widths.length < 2)
    throw wrongKind(where, "widths", "an array of at least 2 numbers", widths, "[2, 8, 1]");
  for (const width of widths) checkNumber(where, "widths", width, { min: 1, integer: true });
  checkOptions(where, options, ["activation", "weight"]);
  const { activation = relu, weight } = options;
  const layers = widths.slice(1).flatMap((outputs, k) => {
    const layer = linear(widths[k] as number, outputs, weight ? { weight } : {});
    return k === widths.length - 2 ? [layer] : [layer, activated(where, activation)];
  });
  return sequential(layers);
}

function activated(where: string, activation: unknown): Layer {
  const layer: unknown = typeof activation === "function" ? activation() : null;
  if (isLayer(layer)) return layer;
  throw wrongKind(where, "activation", "a function that makes a layer", activation, "relu");
}
