// Initial values of parameters, as compositions traced in the engine, so that no number comes from the host.

import * as abi from "../../assembly/abi.js";
import { registered, wholeOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, has, shown } from "../values/options.js";

/** What an initializer is told of the parameter. */
export interface InitialContext {
  readonly trace: Trace;
  readonly shape: readonly number[];
  readonly dtype: "f32" | "f64";
  /** Index of the parameter in declaration order: its stream of random numbers. */
  readonly index: number;
}

/** Makes the initial value of a parameter. */
export type Initializer = (context: InitialContext) => Tensor;

function draw({ trace, shape, index }: InitialContext, op: number, dtype: "f32" | "f64"): Tensor {
  return trace.random(op, [], abi.streamInitialize + index, 0, dtype, shape);
}

/** Inputs and outputs of one unit of a weight [...kernel, inputs, outputs]: each times the positions of the kernel. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
  return { fanIn: product(shape.slice(0, -1)), fanOut: product(shape.slice(0, -2)) * (shape.at(-1) ?? 1) };
}

/** An initializer without options, which is given as it is: called like those that have some, it says so. */
function given(name: string, initializer: Initializer): Initializer {
  return (context) => {
    if (has(context, "trace", "shape")) return initializer(context);
    throw new TypeError(
      `${name}: called with ${shown(context)}, but it is the initializer itself. Give ${name} without ().`,
    );
  };
}

/** Every element 0. */
export const zeros: Initializer = /* @__PURE__ */ given("zeros", ({ trace, shape, dtype }) =>
  trace.fill(0, shape, dtype),
);

/** Every element 1. */
export const ones: Initializer = /* @__PURE__ */ given("ones", ({ trace, shape, dtype }) =>
  trace.fill(1, shape, dtype),
);

/**
 * Every element the same number.
 *
 * @throws TypeError  value is not a finite number
 * @example
 * linear(4, 2, { bias: constantInitializer(0.1) });
 */
export function constantInitializer(value: number): Initializer {
  checkNumber("constantInitializer", "value", value, {});
  return ({ trace, shape, dtype }) => trace.fill(value, shape, dtype);
}

/**
 * Uniform in low .. high; default ±0.05.
 *
 * @throws RangeError  high is not above low
 * @example
 * embedding(1000, 16, { weight: uniformInitializer(-0.05, 0.05) });
 */
export function uniformInitializer(low = -0.05, high = 0.05): Initializer {
  checkNumber("uniformInitializer", "low", low, {});
  checkNumber("uniformInitializer", "high", high, { above: low });
  return (context) =>
    draw(context, abi.opUniform, context.dtype)
      .multiply(high - low)
      .add(low);
}

/**
 * Normal: N(0, deviation²); default deviation 0.01.
 *
 * @see Krizhevsky, Sutskever and Hinton, *ImageNet classification with deep convolutional neural networks*, NIPS 2012,
 * sec. 5
 */
export function normalInitializer(deviation = 0.01): Initializer {
  checkNumber("normalInitializer", "deviation", deviation, { above: 0 });
  return (context) => draw(context, abi.opNormal, context.dtype).multiply(deviation);
}

/** Standard deviation of a standard normal cut at ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)). */
const truncatedDeviation = 0.8796256610342398;
/** 2 Φ(2) − 1 = erf(√2). */
const withinTwo = 0.9544997361036416;

/** Standard normal cut at ±2 by inversion of its distribution function: √2 erf⁻¹(erf(√2) u), u uniform in (−1, 1). */
function truncatedDraw(context: InitialContext): Tensor {
  const half = 2 ** -25; // of the 24 bits of a uniform number: u is never ±1 and as often negative as positive
  const u = draw(context, abi.opUniform, "f64").add(half).multiply(2).subtract(1).multiply(withinTwo);
  // Winitzki's approximation, good to 2e-3, then Newton steps on erf x − u: 1e-6, 1e-12, exact.
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

export interface TruncatedNormalOptions {
  /** σ > 0; default 0.01. */
  readonly deviation?: number;
  /**
   * True makes σ the deviation of what is drawn, by dividing by 0.8796 (Keras inside its scaled initializers); false
   * (default) that of the normal before it is cut, as in PyTorch's trunc_normal_ and TensorFlow.js.
   */
  readonly correction?: boolean;
}

/**
 * Normal cut at two standard deviations: N(0, σ²) given |x| ≤ 2 σ.
 *
 * @throws RangeError  deviation out of range
 * @example
 * linear(784, 128, { weight: truncatedNormal({ deviation: 0.02 }) });
 */
export function truncatedNormal(options: TruncatedNormalOptions = {}): Initializer {
  checkOptions("truncatedNormal", options, ["deviation", "correction"]);
  const { deviation = 0.01, correction = false } = options;
  checkNumber("truncatedNormal", "deviation", deviation, { above: 0 });
  checkFlag("truncatedNormal", "correction", correction);
  const factor = correction ? deviation / truncatedDeviation : deviation;
  return (context) => truncatedDraw(context).multiply(factor).cast(context.dtype);
}

export interface VarianceScalingOptions {
  /** Variance times fan, > 0: 2 is He, 1 Xavier or LeCun; default 1. */
  readonly scale?: number;
  /** What divides it: inputs of a unit, outputs, or their mean; default "fanIn". */
  readonly mode?: "fanIn" | "fanOut" | "fanAverage";
  /** Default "normal". */
  readonly distribution?: "uniform" | "normal";
  /**
   * What normal means: "pytorch" (default) the plain one, "keras" cut at 2 σ and corrected by 0.8796, "tfjs" cut at 2 σ
   * and not corrected, so that the real deviation is 0.88 of the formula's.
   */
  readonly convention?: "pytorch" | "keras" | "tfjs";
}

/**
 * Variance scaling: variance s / fan, normal, or uniform on ±√(3 s / fan). All scaled initializers are cases of it;
 * PyTorch's default for linear layers is scale 1/3, uniform.
 *
 * @throws RangeError  scale out of range
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

/** √(s / fan), computed in a type. */
function deviationOf({ trace, shape }: InitialContext, scale: number, mode: FanMode, dtype: "f32" | "f64"): Tensor {
  const { fanIn, fanOut } = fans(shape);
  const fan = Math.max(mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2, 1);
  return trace.fill(scale, [], dtype).divide(fan).sqrt();
}

function scaledUniform(scale: number, mode: FanMode): Initializer {
  return (context) => {
    const bound = deviationOf(context, 3 * scale, mode, context.dtype);
    return draw(context, abi.opUniform, context.dtype).multiply(2).subtract(1).multiply(bound);
  };
}

function scaledNormal(scale: number, mode: FanMode): Initializer {
  return (context) => {
    const deviation = deviationOf(context, scale, mode, context.dtype);
    return draw(context, abi.opNormal, context.dtype).multiply(deviation);
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
 * Xavier uniform, also called Glorot: uniform on ±√(6 / (fanIn + fanOut)), for tanh and sigmoid.
 *
 * @see Glorot and Bengio, *Understanding the difficulty of training deep feedforward networks*, AISTATS 2010, eq. 16
 */
export const xavierUniform: Initializer = /* @__PURE__ */ given(
  "xavierUniform",
  /* @__PURE__ */ scaledUniform(1, "fanAverage"),
);

/**
 * Xavier normal, also called Glorot: N(0, 2 / (fanIn + fanOut)), for tanh and sigmoid.
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
 * Orthogonal: gain Q, QᵀQ = I or QQᵀ = I, whichever is smaller, uniform over such matrices; axes before the last count as
 * one.
 *
 * @param gain  > 0; default 1; √2 for ReLU
 * @throws RangeError  gain out of range
 * @throws ShapeError  for a parameter of fewer than 2 axes
 * @example
 * linear(64, 64, { weight: orthogonal() });
 * @see Saxe, McClelland and Ganguli, *Exact solutions to the nonlinear dynamics of learning in deep linear neural
 * networks*, ICLR 2014
 */
export const orthogonal = /* @__PURE__ */ wholeOnly(function orthogonal(gain = 1): Initializer {
  checkNumber("orthogonal", "gain", gain, { above: 0 });
  return (context) => {
    if (context.shape.length < 2)
      throw new ShapeError(
        `orthogonal: needs at least 2 axes, got shape [${context.shape.join(", ")}]. Use it for weights, not for biases.`,
      );
    const op = registered(context.trace.engine, "op", abi.opOrthogonal, "orthogonal");
    return draw(context, op, context.dtype).multiply(gain);
  };
});
