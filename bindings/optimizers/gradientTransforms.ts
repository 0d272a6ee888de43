// What is done to the gradient before the update rule sees it, as plain descriptions. A trainer takes a list of them,
// `gradient`, and applies them in that order in the core.

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
import { type ConventionOption, checkConvention } from "./convention.js";

/**
 * A description that a trainer takes; made by clipValue, clipNorm, clipGlobalNorm, clipAdaptive, centralize, gradientNoise
 * or accumulate.
 */
export interface GradientTransform extends Opaque<"GradientTransform"> {
  /** @internal */
  readonly transform: string;
  /** Code in the core; null for accumulate, which decides when there is a gradient. @internal */
  readonly code: number | null;
  /** Numbers as the core's class lists them. @internal */
  readonly fields: readonly number[];
}

function describe<Kind extends Registered, Got>(
  transform: string,
  kind: Kind,
  given: Got & Given<Kind, number, Got>,
): GradientTransform {
  const made: Insides<GradientTransform> = { transform, code: kind.code, fields: inOrder<number>(kind, given) };
  return made as GradientTransform;
}

/** Whose ε. */
export type ClipNormOptions = ConventionOption;

/**
 * Clipping by value: g ← min(max(g, −c), c), element by element. It changes the direction of the gradient. PyTorch's
 * `clip_grad_value_`, Optax's `clip`, Keras's `clipvalue`.
 *
 * @param limit  c > 0
 * @throws TypeError   not a number
 * @throws RangeError  not positive
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipValue(0.5)],
 * });
 *
 * T. Mikolov, Statistical language models based on neural networks, PhD thesis, Brno, 2012, section 3.2.2.
 */
export function clipValue(limit: number): GradientTransform {
  return describe("clipValue", transformClipValue, { limit: checkNumber("clipValue", "limit", limit, { above: 0 }) });
}

/** c and ε. Optax's g/|g| ⋅ c from |g| = c on and Keras's c ⋅ min(1/|g|, 1/c) are ε = 0, up to the last digit. */
function limits(where: string, maxNorm: number, options: ClipNormOptions) {
  checkNumber(where, "maxNorm", maxNorm, { above: 0 });
  checkOptions(where, options, ["convention"]);
  return { maxNorm, epsilon: checkConvention(where, options) === "pytorch" ? 1e-6 : 0 };
}

/**
 * Clipping by the norm of each parameter: g ← g min(1, c / (|g| + ε)), |g| the Euclidean norm over one tensor, summed in
 * f64. Keras's `clipnorm`.
 *
 * @param maxNorm  c > 0
 * @param options  convention: ε is 1e-6 for "pytorch" (default), and 0 for "lecture", "keras" and "optax"
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  not positive, or an unknown convention
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipNorm(1, { convention: "keras" })],
 * });
 *
 * R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1.
 */
export function clipNorm(maxNorm: number, options: ClipNormOptions = {}): GradientTransform {
  return describe("clipNorm", transformClipNorm, limits("clipNorm", maxNorm, options));
}

/**
 * Clipping by the norm of the whole gradient: g ← g min(1, c / (|g| + ε)), |g| the Euclidean norm over all parameters,
 * summed in f64. It keeps the direction. PyTorch's `clip_grad_norm_`, Optax's `clip_by_global_norm`, Keras's
 * `global_clipnorm`. `gradientNorm` of a step stays the norm before.
 *
 * @param maxNorm  c > 0
 * @param options  convention: ε is 1e-6 for "pytorch" (default), and 0 for "lecture", "keras" and "optax"
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  not positive, or an unknown convention
 * @example
 * const clipped = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: zerosInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 1 }),
 *   gradient: [clipGlobalNorm(0.5, { convention: "optax" })],
 * });
 * clipped.step({ inputs: [[1]], targets: [[100]] }).gradientNorm; // 200
 * clipped.parameters().weight.data; // [0.5]
 *
 * R. Pascanu, T. Mikolov, Y. Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1.
 */
export function clipGlobalNorm(maxNorm: number, options: ClipNormOptions = {}): GradientTransform {
  return describe("clipGlobalNorm", transformClipGlobalNorm, limits("clipGlobalNorm", maxNorm, options));
}

/**
 * Gradient centralization: g[i, j] ← g[i, j] − (1/n) Σ g[k, j] over k < n, for every parameter of two or more axes as
 * the matrix [all axes but the last, last]: the weights into one output then keep their mean. With a single input that
 * leaves nothing of the gradient.
 *
 * @example
 * createTrainer(engine, {
 *   model: linear(4, 2),
 *   loss: meanSquaredError(),
 *   optimizer: adam(),
 *   gradient: [centralize(), clipGlobalNorm(1)],
 * });
 *
 * H. Yong, J. Huang, X. Hua, L. Zhang, Gradient centralization: a new optimization technique for deep neural networks,
 * ECCV 2020, equation 1.
 */
export const centralize = /* @__PURE__ */ wholeOnly(function centralize(): GradientTransform {
  return describe("centralize", transformCentralize, {});
});

export interface ClipAdaptiveOptions {
  /** λ > 0, the largest gradient as a share of the weights; default 0.01. */
  readonly limit?: number;
  /** ε > 0, what weights count at least, so that those that start at 0 can leave; default 0.001. */
  readonly epsilon?: number;
}

/**
 * Adaptive clipping: g ← g min(1, λ max(|w|, ε) / |g|), with Euclidean norms over what enters one output: a column of the
 * matrix [all but the last axis, last axis]. A vector, and a matrix of one row or one column, is clipped as a whole.
 *
 * @param options  limit λ and epsilon
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  not positive
 * @example
 * const clipped = createTrainer(engine, {
 *   model: linear(1, 1, { bias: false, weight: onesInitializer }),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 1 }),
 *   gradient: [clipAdaptive({ limit: 0.25 })],
 * });
 * clipped.step({ inputs: [[1]], targets: [[0]] });
 * clipped.parameters().weight.data; // [0.75]
 *
 * A. Brock, S. De, S. L. Smith, K. Simonyan, High-performance large-scale image recognition without normalization, ICML
 * 2021, equation 3.
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

export interface GradientNoiseOptions {
  /**
   * η > 0, the variance of the noise at the first update, in squared units of the gradient; the paper uses 0.01, 0.3
   * and 1.
   */
  readonly scale: number;
  /** γ ≥ 0 of the variance η / (1 + t)^γ: larger falls faster, 0 keeps it; default 0.55. */
  readonly decay?: number;
}

/**
 * Gradient noise: g ← g + σ N(0, 1) with σ² = η / (1 + t)^γ after t updates. The numbers follow the seed and the update,
 * so they are the same wherever and however often it runs.
 *
 * @param options  scale η and decay γ
 * @throws TypeError   not a number, or an unknown option
 * @throws RangeError  scale not positive, decay negative
 * @example
 * createTrainer(engine, {
 *   model: linear(1, 1),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   gradient: [clipGlobalNorm(1), gradientNoise({ scale: 0.01 })],
 * });
 *
 * A. Neelakantan, L. Vilnis, Q. V. Le, I. Sutskever, L. Kaiser, K. Kurach, J. Martens, Adding gradient noise improves
 * learning for very deep networks, 2015, equation 1.
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
 * Accumulation: g = (g₁ + ... + g_k) / k, one update for k batches one after the other; of a weighted loss Σ W g / Σ W,
 * with W the sum of a batch's weights. It comes first in the list: what follows sees the mean.
 *
 * Every batch is a step of its own, whose loss and gradientNorm are reported, and moves running statistics; `steps`,
 * schedules, noise and averages of the weights count updates. Dropout draws as if the k batches were one. What is
 * gathered when an epoch ends, goes on into the next, and is saved. PyTorch's `loss / k` and a step after every k-th
 * batch, Optax's `MultiSteps`.
 *
 * @param batches  k, a whole number from 1
 * @throws TypeError   not a number
 * @throws RangeError  not a whole number from 1
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

/** Batches of an update. @internal */
export function batchesOf([first]: readonly GradientTransform[]): number {
  return first?.code === null ? (first.fields[0] as number) : 1;
}

/** A list of descriptions, or the sentence that says what it is instead. @internal */
export function checkGradientTransforms(where: string, transforms: unknown): readonly GradientTransform[] {
  const example = "[clipGlobalNorm(1)]";
  if (!Array.isArray(transforms))
    throw wrongKind(where, "gradient", "an array of gradient transforms", transforms, example);
  for (const [k, transform] of transforms.entries())
    if (!has(transform, "transform", "code"))
      throw wrongKind(where, `gradient[${k}]`, "a gradient transform", transform, example);
    else if (transform.code === null && k > 0)
      throw new TypeError(
        `${where}: gradient[${k}] is accumulate, which must come first and once, for what follows sees the mean. Put it at ` +
          "gradient[0].",
      );
  return transforms;
}

/** The chain in words, for files that must fit: "" if it is empty. @internal */
export function describeGradientTransforms(transforms: readonly GradientTransform[]): string {
  if (transforms.length === 0) return "";
  return `gradient ${transforms.map(({ transform, fields }) => `${transform}(${fields.join(", ")})`).join(" then ")}`;
}
