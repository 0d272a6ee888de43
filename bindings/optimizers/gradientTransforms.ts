// Gradient transforms, as plain descriptions. The option `gradient` of trainers is a list of them, which the core
// applies in order before the update rule.

import { wholeOnly } from "../engine/featureSets.js";
import { type Given, inOrder, type Registered } from "../engine/fields.js";
import {
  transformCentralize,
  transformClipAdaptive,
  transformClipGlobalNorm,
  transformClipNorm,
  transformClipValue,
  transformNoise,
} from "../values/contract.js";
import type { Insides, Opaque } from "../values/opaque.js";
import { checkNumber, checkOptions, has, wrongKind } from "../values/options.js";
import { chain } from "./chain.js";
import { type ConventionOption, checkConvention } from "./convention.js";

/**
 * Description of a gradient transform, made by clipValue, clipNorm, clipGlobalNorm, clipAdaptive, centralize,
 * gradientNoise or accumulate.
 */
export interface GradientTransform extends Opaque<"GradientTransform"> {
  /** Name of the function that made it. @internal */
  readonly transform: string;
  /** Code in the core; null for accumulate, which is part of the step. @internal */
  readonly code: number | null;
  /** Numbers in the order of the fields of the core's class. @internal */
  readonly fields: readonly number[];
  /** Size and writer of the chain in memory; none for accumulate. @internal */
  readonly chain?: typeof chain;
}

function describe<Kind extends Registered, Got>(
  transform: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
): GradientTransform {
  const made: Insides<GradientTransform> = { transform, code: kind.code, fields: inOrder<number>(kind, given), chain };
  return made as GradientTransform;
}

/** Options of clipNorm and clipGlobalNorm: `convention` is the library whose ε applies. */
export type ClipNormOptions = ConventionOption;

/**
 * Clipping by value: g ← min(max(g, −c), c), elementwise, which changes the direction of the gradient. PyTorch's
 * `clip_grad_value_`, Optax's `clip`, Keras's `clipvalue`.
 *
 * @param limit  c > 0, in the unit of the gradient
 * @throws TypeError   limit is not a number
 * @throws RangeError  limit is not positive
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipValue(0.5)],
 * });
 * @see Mikolov, *Statistical language models based on neural networks*, PhD thesis, Brno, 2012, section 3.2.2
 */
export function clipValue(limit: number): GradientTransform {
  return describe("clipValue", transformClipValue, { limit: checkNumber("clipValue", "limit", limit, { above: 0 }) });
}

/** c and ε. Optax's g/|g| ⋅ c for |g| ≥ c and Keras's c ⋅ min(1/|g|, 1/c) are ε = 0 up to rounding. */
function limits(where: string, maxNorm: number, options: ClipNormOptions) {
  checkNumber(where, "maxNorm", maxNorm, { above: 0 });
  checkOptions(where, options, ["convention"]);
  return { maxNorm, epsilon: checkConvention(where, options) === "pytorch" ? 1e-6 : 0 };
}

/**
 * Clipping by the norm of each parameter: g ← g min(1, c / (|g| + ε)), with the Euclidean norm |g| over one tensor,
 * accumulated in f64. Keras's `clipnorm`.
 *
 * @param maxNorm  maximum norm c > 0
 * @param options  convention: ε is 1e-6 for "pytorch" (default), and 0 for "lecture", "keras" and "optax"
 * @throws TypeError   maxNorm is not a number, or an option is unknown
 * @throws RangeError  maxNorm is not positive, or convention is unknown
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipNorm(1, { convention: "keras" })],
 * });
 * @see Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*, ICML 2013, algorithm 1
 */
export function clipNorm(maxNorm: number, options: ClipNormOptions = {}): GradientTransform {
  return describe("clipNorm", transformClipNorm, limits("clipNorm", maxNorm, options));
}

/**
 * Clipping by the global norm: g ← g min(1, c / (|g| + ε)), with the Euclidean norm |g| over all parameters,
 * accumulated in f64. The direction of the gradient is preserved. PyTorch's `clip_grad_norm_`, Optax's
 * `clip_by_global_norm`, Keras's `global_clipnorm`. `gradientNorm` of a step is the norm before clipping.
 *
 * @param maxNorm  maximum norm c > 0
 * @param options  convention: ε is 1e-6 for "pytorch" (default), and 0 for "lecture", "keras" and "optax"
 * @throws TypeError   maxNorm is not a number, or an option is unknown
 * @throws RangeError  maxNorm is not positive, or convention is unknown
 * @example
 * const clipped = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 1 }),
 *   gradient: [clipGlobalNorm(0.5, { convention: "optax" })],
 * });
 * clipped.step({ inputs: [[1]], targets: [[100]] }).gradientNorm; // 200
 * clipped.parameters().weight.data; // [0.5]
 * @see Pascanu, Mikolov and Bengio, *On the difficulty of training recurrent neural networks*, ICML 2013, algorithm 1
 */
export function clipGlobalNorm(maxNorm: number, options: ClipNormOptions = {}): GradientTransform {
  return describe("clipGlobalNorm", transformClipGlobalNorm, limits("clipGlobalNorm", maxNorm, options));
}

/**
 * Gradient centralization: g[i, j] ← g[i, j] − (1/n) Σ g[k, j] over k < n, for every parameter of two or more axes as the
 * matrix [all axes but the last, last], so that the weights into each output keep their mean. With a single input the
 * gradient becomes 0.
 *
 * @example
 * createTrainer(engine, {
 *   model: linear(4, 2),
 *   loss: meanSquaredError(),
 *   optimizer: adam(),
 *   gradient: [centralize(), clipGlobalNorm(1)],
 * });
 * @see Yong et al., *Gradient centralization: a new optimization technique for deep neural networks*, ECCV 2020, equation 1
 */
export const centralize = /* @__PURE__ */ wholeOnly(function centralize(): GradientTransform {
  return describe("centralize", transformCentralize, {});
});

/** Options of `clipAdaptive`. */
export interface ClipAdaptiveOptions {
  /** Maximum ratio λ > 0 of the norms of gradient and weights; default 0.01. */
  readonly limit?: number;
  /** Lower bound ε > 0 of the norm of the weights, so that weights of 0 can change; default 0.001. */
  readonly epsilon?: number;
}

/**
 * Adaptive gradient clipping: g ← g min(1, λ max(|w|, ε) / |g|), with Euclidean norms over the weights into one output,
 * a column of the matrix [all axes but the last, last]. Vectors, and matrices of one row or one column, are clipped as a
 * whole.
 *
 * @param options  limit, epsilon
 * @throws TypeError   an option is not a number, or is unknown
 * @throws RangeError  an option is not positive
 * @example
 * const clipped = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: onesInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 1 }),
 *   gradient: [clipAdaptive({ limit: 0.25 })],
 * });
 * clipped.step({ inputs: [[1]], targets: [[0]] });
 * clipped.parameters().weight.data; // [0.75]
 * @see Brock, De, Smith and Simonyan, *High-performance large-scale image recognition without normalization*, ICML 2021,
 * equation 3
 */
export const clipAdaptive = /* @__PURE__ */ wholeOnly(function clipAdaptive(
  options: ClipAdaptiveOptions = {},
): GradientTransform {
  const where = "clipAdaptive";
  checkOptions(where, options, ["limit", "epsilon"]);
  const limit = checkNumber(where, "limit", options.limit ?? 0.01, { above: 0 });
  const epsilon = checkNumber(where, "epsilon", options.epsilon ?? 1e-3, { above: 0 });
  return describe(where, transformClipAdaptive, { limit, epsilon });
});

/** Options of `gradientNoise`. */
export interface GradientNoiseOptions {
  /** Variance η > 0 of the noise at the first update, in squared units of the gradient; 0.01, 0.3 and 1 in the paper. */
  readonly scale: number;
  /** Exponent γ ≥ 0 of the variance η / (1 + t)^γ; default 0.55. 0 keeps the variance constant. */
  readonly decay?: number;
}

/**
 * Gradient noise: g ← g + σ N(0, 1) with σ² = η / (1 + t)^γ after t updates. The noise depends only on the seed and the
 * number of the update.
 *
 * @param options  scale, decay
 * @throws TypeError   an option is not a number, or is unknown
 * @throws RangeError  scale is not positive, or decay is negative
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipGlobalNorm(1), gradientNoise({ scale: 0.01 })],
 * });
 * @see Neelakantan et al., *Adding gradient noise improves learning for very deep networks*, 2015, equation 1
 */
export const gradientNoise = /* @__PURE__ */ wholeOnly(function gradientNoise(
  options: GradientNoiseOptions,
): GradientTransform {
  const where = "gradientNoise";
  checkOptions(where, options, ["scale", "decay"]);
  const scale = checkNumber(where, "scale", options.scale, { above: 0 });
  const decay = checkNumber(where, "decay", options.decay ?? 0.55, { min: 0 });
  return describe(where, transformNoise, { scale, decay });
});

/**
 * Gradient accumulation: g = (g₁ + ... + g_k) / k, one update for k consecutive batches; for a weighted loss Σ W g / Σ W,
 * where W is the sum of the weights of a batch. It must be first in the list, so that other transforms apply to the mean.
 *
 * Every batch is a step with its own loss and gradientNorm, and updates running statistics. `steps`, schedules, noise and
 * averages of the weights count updates. Dropout draws as if the k batches were one. Gradients accumulated at the end of
 * an epoch are kept for the next one, and are part of checkpoints. In PyTorch this is `loss / k` with a step after every
 * k-th batch, in Optax `MultiSteps`.
 *
 * @param batches  number k of batches, 1 .. 2³² − 1
 * @throws TypeError   batches is not a number
 * @throws RangeError  batches is not a whole number from 1 below 2³²
 * @example
 * const patient = createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [accumulate(4), clipGlobalNorm(1)],
 * });
 * for (let batch = 0; batch < 9; batch++) patient.step(data);
 * patient.steps; // 2
 * @see Ott, Edunov, Grangier and Auli, *Scaling neural machine translation*, WMT 2018
 */
export function accumulate(batches: number): GradientTransform {
  const k = checkNumber("accumulate", "batches", batches, { min: 1, integer: true });
  if (k >= 2 ** 32) throw new RangeError(`accumulate: batches must be below 2³², got ${k}.`);
  const made: Insides<GradientTransform> = { transform: "accumulate", code: null, fields: [k] };
  return made as GradientTransform;
}

/** Number of batches of an update. @internal */
export function batchesOf([first]: readonly GradientTransform[]): number {
  return first?.code === null ? (first.fields[0] as number) : 1;
}

/** Checks that an option is a list of gradient transforms. @internal */
export function checkGradientTransforms(where: string, transforms: unknown): readonly GradientTransform[] {
  const example = "[clipGlobalNorm(1)]";
  if (!Array.isArray(transforms))
    throw wrongKind(where, "gradient", "an array of gradient transforms", transforms, example);
  for (const [k, transform] of transforms.entries())
    if (!has(transform, "transform", "code"))
      throw wrongKind(where, `gradient[${k}]`, "a gradient transform", transform, example);
    else if (transform.code === null && k > 0)
      throw new TypeError(
        `${where}: gradient[${k}] is accumulate, which must be first and only once. Put it at gradient[0].`,
      );
  return transforms;
}

/** Text of a list of transforms, which checkpoints compare; "" if it is empty. @internal */
export function describeGradientTransforms(transforms: readonly GradientTransform[]): string {
  if (transforms.length === 0) return "";
  return `gradient ${transforms.map(({ transform, fields }) => `${transform}(${fields.join(", ")})`).join(" then ")}`;
}
