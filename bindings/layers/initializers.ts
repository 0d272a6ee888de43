// Initial values of parameters, computed by traced ops, so that no number comes from the host's Math.

import * as abi from "../../assembly/abi.js";
import { registered, wholeOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import { type ArrayLike, checkShape, checkType } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, has, shown } from "../values/options.js";

/**
 * Context of an initializer: the parameter to initialize, and functions that make tensors. Default shape and type of
 * these are those of the parameter.
 *
 * @example
 * const halves = (context) => context.uniform().subtract(0.5);
 * createTrainer(engine, { model: linear(2, 1, { weight: halves }), loss: meanSquaredError(), optimizer: adam() });
 */
export interface InitialContext {
  /** Shape of the parameter. */
  readonly shape: readonly number[];
  /** Element type of the parameter. */
  readonly dtype: "f32" | "f64";
  /** Position of the parameter in declaration order, from 0. */
  readonly index: number;
  /**
   * Tensor filled with one value.
   * @param value  any number
   * @param shape  extents; default those of the parameter
   * @param dtype  element type; default that of the parameter
   */
  fill(value: number, shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /**
   * Constant tensor of these numbers.
   * @param values  an array of the shape of the parameter
   * @param dtype  element type; default that of the parameter
   */
  constant(values: ArrayLike, dtype?: "f32" | "f64"): Tensor;
  /**
   * Uniform random numbers in [0, 1), different for every call.
   * @param shape  extents; default those of the parameter
   * @param dtype  element type; default that of the parameter
   */
  uniform(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /**
   * Standard normal random numbers, different for every call.
   * @param shape  extents; default those of the parameter
   * @param dtype  element type; default that of the parameter
   */
  normal(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /** @internal */
  readonly trace: Trace;
  /** Random numbers by an op. @internal */
  draw(op: number, shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
}

/** Function that returns the initial value of a parameter. */
export type Initializer = (context: InitialContext) => Tensor;

const floats = ["f32", "f64"] as const;

/** Context of one parameter in a trace. @internal */
export class Initialization implements InitialContext {
  #draws = 0;

  constructor(
    readonly trace: Trace,
    readonly shape: readonly number[],
    readonly dtype: "f32" | "f64",
    readonly index: number,
  ) {}

  fill(value: number, shape = this.shape, dtype = this.dtype): Tensor {
    return this.trace.fill(value, checkShape("context.fill", shape), checkType("context.fill", dtype, floats));
  }
  constant(values: ArrayLike, dtype = this.dtype): Tensor {
    return this.trace.constant(values, dtype);
  }
  uniform(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor {
    return this.draw(abi.opUniform, shape, dtype);
  }
  normal(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor {
    return this.draw(abi.opNormal, shape, dtype);
  }
  draw(op: number, shape = this.shape, dtype = this.dtype): Tensor {
    if (this.#draws > 255) throw new RangeError("initializer: draws more than 256 times. Draw larger tensors.");
    const stream = abi.streamInitialize + this.#draws++ * abi.streamDraw + this.index;
    return this.trace.random(op, [], stream, 0, checkType("context", dtype, floats), checkShape("context", shape));
  }
}

/** Fan-in and fan-out of a weight [...kernel, inputs, outputs]: inputs and outputs, each times the positions of the kernel. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
  return { fanIn: product(shape.slice(0, -1)), fanOut: product(shape.slice(0, -2)) * (shape.at(-1) ?? 1) };
}

/** Initializer without options. Its error explains that it must not be called, unlike those with options. */
function given(name: string, initializer: Initializer): Initializer {
  return (context) => {
    if (has(context, "shape", "draw")) return initializer(context);
    throw new TypeError(
      `${name}: called with ${shown(context)}, but it is the initializer itself. Give ${name} without ().`,
    );
  };
}

/** Initializes every element with 0. */
export const zerosInitializer: Initializer = /* @__PURE__ */ given("zerosInitializer", (context) => context.fill(0));

/** Initializes every element with 1. */
export const onesInitializer: Initializer = /* @__PURE__ */ given("onesInitializer", (context) => context.fill(1));

/**
 * Initializes every element with a constant.
 *
 * @param value  any finite number
 * @throws TypeError   value is not a number
 * @throws RangeError  value is not finite
 * @example
 * linear(4, 2, { bias: constantInitializer(0.1) });
 */
export function constantInitializer(value: number): Initializer {
  checkNumber("constantInitializer", "value", value, {});
  return (context) => context.fill(value);
}

/**
 * Uniform: U(low, high).
 *
 * @param low   lower bound; default −0.05
 * @param high  upper bound, above low; default 0.05
 * @throws RangeError  high is not above low
 * @example
 * embedding(1000, 16, { weight: uniformInitializer(-0.05, 0.05) });
 */
export function uniformInitializer(low = -0.05, high = 0.05): Initializer {
  checkNumber("uniformInitializer", "low", low, {});
  checkNumber("uniformInitializer", "high", high, { above: low });
  return (context) =>
    context
      .uniform()
      .multiply(high - low)
      .add(low);
}

/**
 * Normal: N(0, σ²).
 *
 * @param deviation  standard deviation σ > 0; default 0.01
 * @throws RangeError  deviation is not positive
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 2012,
 * sec. 5
 */
export function normalInitializer(deviation = 0.01): Initializer {
  checkNumber("normalInitializer", "deviation", deviation, { above: 0 });
  return (context) => context.normal().multiply(deviation);
}

/** Standard deviation of a standard normal truncated at ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)). */
const truncatedDeviation = 0.8796256610342398;
/** 2 Φ(2) − 1 = erf(√2). */
const withinTwo = 0.9544997361036416;

/**
 * Standard normal truncated at ±2, by inversion of its distribution function: √2 erf⁻¹(erf(√2) u), u uniform in (−1,
 * 1).
 */
function truncatedDraw(context: InitialContext): Tensor {
  const half = 2 ** -25; // half the spacing of uniform numbers, so that u is symmetric and never ±1
  const u = context.uniform(context.shape, "f64").add(half).multiply(2).subtract(1).multiply(withinTwo);
  // Winitzki's approximation of erf⁻¹ has error 2e-3; Newton steps on erf x − u reduce it to 1e-6, 1e-12 and rounding.
  const log = u.square().negate().log1p();
  const t = log.multiply(0.5).add(2 / (Math.PI * 0.147));
  let x = t.square().subtract(log.divide(0.147)).sqrt().subtract(t).sqrt().multiply(u.sign());
  for (let step = 0; step < 4; step++) {
    const slope = x
      .square()
      .negate()
      .exp()
      .multiply(2 / Math.sqrt(Math.PI));
    x = x.subtract(x.erf().subtract(u).divide(slope));
  }
  return x.multiply(Math.SQRT2);
}

/** Options of `truncatedNormalInitializer`. */
export interface TruncatedNormalInitializerOptions {
  /** Standard deviation σ > 0; default 0.01. */
  readonly deviation?: number;
  /**
   * False (default): σ is the deviation of the normal distribution before truncation, as in PyTorch's trunc_normal_ and
   * TensorFlow.js. True: σ is the deviation of the truncated one, by a factor 1 / 0.8796, as in Keras's scaled
   * initializers.
   */
  readonly correction?: boolean;
}

/**
 * Truncated normal: N(0, σ²) given |x| ≤ 2 σ.
 *
 * @param options  deviation, correction
 * @throws RangeError  deviation is out of range
 * @example
 * linear(784, 128, { weight: truncatedNormalInitializer({ deviation: 0.02 }) });
 */
export function truncatedNormalInitializer(options: TruncatedNormalInitializerOptions = {}): Initializer {
  checkOptions("truncatedNormalInitializer", options, ["deviation", "correction"]);
  const { deviation = 0.01, correction = false } = options;
  checkNumber("truncatedNormalInitializer", "deviation", deviation, { above: 0 });
  checkFlag("truncatedNormalInitializer", "correction", correction);
  const factor = correction ? deviation / truncatedDeviation : deviation;
  return (context) => truncatedDraw(context).multiply(factor).cast(context.dtype);
}

/** Options of `varianceScaling`. */
export interface VarianceScalingOptions {
  /** Scale s > 0, the variance times fan: 2 for He, 1 for Xavier and LeCun; default 1. */
  readonly scale?: number;
  /** Fan of a weight: the number of inputs "fanIn" (default), of outputs "fanOut", or their mean "fanAverage". */
  readonly mode?: "fanIn" | "fanOut" | "fanAverage";
  /** Distribution: "normal" (default) or "uniform". */
  readonly distribution?: "uniform" | "normal";
  /**
   * Form of the normal distribution: not truncated for "pytorch" (default); truncated at 2 σ for "keras", corrected by
   * 1 / 0.8796, and for "tfjs", not corrected, so that the actual deviation is 0.88 times that of the formula.
   */
  readonly convention?: "pytorch" | "keras" | "tfjs";
}

/**
 * Variance scaling: N(0, s / fan), or uniform on ±√(3 s / fan). The initializers of He, Xavier and LeCun are special
 * cases; PyTorch's default for linear layers is uniform with scale 1/3.
 *
 * @param options  scale, mode, distribution, convention
 * @throws RangeError  scale is out of range
 * @example
 * linear(784, 128, { weight: varianceScaling({ scale: 2, convention: "keras" }) });
 * @see He, Zhang, Ren and Sun, *Delving deep into rectifiers*, ICCV 2015, eq. 10
 */
export function varianceScaling(options: VarianceScalingOptions = {}): Initializer {
  const where = "varianceScaling";
  checkOptions(where, options, ["scale", "mode", "distribution", "convention"]);
  const { scale = 1, mode = "fanIn", distribution = "normal", convention = "pytorch" } = options;
  checkNumber(where, "scale", scale, { above: 0 });
  checkChoice(where, "mode", mode, ["fanIn", "fanOut", "fanAverage"]);
  checkChoice(where, "distribution", distribution, ["uniform", "normal"]);
  checkChoice(where, "convention", convention, ["pytorch", "keras", "tfjs"]);
  if (distribution === "uniform") return scaledUniform(scale, mode);
  if (convention === "pytorch") return scaledNormal(scale, mode);
  return (context) => {
    const cut = truncatedDraw(context).multiply(deviationOf(context, scale, mode, "f64"));
    return (convention === "keras" ? cut.divide(truncatedDeviation) : cut).cast(context.dtype);
  };
}

type FanMode = NonNullable<VarianceScalingOptions["mode"]>;

/** √(s / fan) in an element type. */
function deviationOf(context: InitialContext, scale: number, mode: FanMode, dtype: "f32" | "f64"): Tensor {
  const { fanIn, fanOut } = fans(context.shape);
  const fan = Math.max(mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2, 1);
  return context.fill(scale, [], dtype).divide(fan).sqrt();
}

function scaledUniform(scale: number, mode: FanMode): Initializer {
  return (context) => {
    const bound = deviationOf(context, 3 * scale, mode, context.dtype);
    return context.uniform().multiply(2).subtract(1).multiply(bound);
  };
}

function scaledNormal(scale: number, mode: FanMode): Initializer {
  return (context) => {
    const deviation = deviationOf(context, scale, mode, context.dtype);
    return context.normal().multiply(deviation);
  };
}

/**
 * He normal: N(0, 2 / fanIn), for ReLU.
 *
 * @see He, Zhang, Ren and Sun, *Delving deep into rectifiers*, ICCV 2015, eq. 10
 */
export const heNormal: Initializer = /* @__PURE__ */ given("heNormal", /* @__PURE__ */ scaledNormal(2, "fanIn"));

/**
 * He uniform: uniform on ±√(6 / fanIn), for ReLU.
 *
 * @see He, Zhang, Ren and Sun, *Delving deep into rectifiers*, ICCV 2015, eq. 10
 */
export const heUniform: Initializer = /* @__PURE__ */ given("heUniform", /* @__PURE__ */ scaledUniform(2, "fanIn"));

/**
 * Xavier (Glorot) uniform: uniform on ±√(6 / (fanIn + fanOut)), for tanh and sigmoid.
 *
 * @see Glorot and Bengio, *Understanding the difficulty of training deep feedforward networks*, AISTATS 2010, eq. 16
 */
export const xavierUniform: Initializer = /* @__PURE__ */ given(
  "xavierUniform",
  /* @__PURE__ */ scaledUniform(1, "fanAverage"),
);

/**
 * Xavier (Glorot) normal: N(0, 2 / (fanIn + fanOut)), for tanh and sigmoid.
 *
 * @see Glorot and Bengio, *Understanding the difficulty of training deep feedforward networks*, AISTATS 2010, eq. 16
 */
export const xavierNormal: Initializer = /* @__PURE__ */ given(
  "xavierNormal",
  /* @__PURE__ */ scaledNormal(1, "fanAverage"),
);

/**
 * LeCun normal: N(0, 1 / fanIn), for selu and tanh.
 *
 * @see LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998, eq. 16
 */
export const lecunNormal: Initializer = /* @__PURE__ */ given("lecunNormal", /* @__PURE__ */ scaledNormal(1, "fanIn"));

/**
 * LeCun uniform: uniform on ±√(3 / fanIn).
 *
 * @see LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998, eq. 16
 */
export const lecunUniform: Initializer = /* @__PURE__ */ given(
  "lecunUniform",
  /* @__PURE__ */ scaledUniform(1, "fanIn"),
);

/**
 * Orthogonal: gain · Q, with QᵀQ = I or QQᵀ = I for the smaller side, uniformly distributed over such matrices. A
 * parameter of more axes is the matrix [all axes but the last, last].
 *
 * @param gain  factor > 0; default 1; √2 is usual for ReLU
 * @throws RangeError  gain is out of range
 * @throws ShapeError  the parameter has fewer than 2 axes
 * @example
 * linear(64, 64, { weight: orthogonalInitializer() });
 * @see Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks*, ICLR 2014
 */
export const orthogonalInitializer = /* @__PURE__ */ wholeOnly(function orthogonalInitializer(gain = 1): Initializer {
  checkNumber("orthogonalInitializer", "gain", gain, { above: 0 });
  return (context) => {
    if (context.shape.length < 2)
      throw new ShapeError(
        `orthogonalInitializer: needs at least 2 axes, got shape [${context.shape.join(", ")}]. Use it for weights, not for biases.`,
      );
    const op = registered(context.trace.engine, "op", abi.opOrthogonal, "orthogonalInitializer");
    return context.draw(op).multiply(gain);
  };
});
