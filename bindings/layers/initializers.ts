// Initial values of parameters, as compositions traced in the engine, so that no number comes from the host.

import * as abi from "../../assembly/abi.js";
import { registered, wholeOnly } from "../engine/featureSets.js";
import type { Tensor } from "../tensors/tensor.js";
import type { Trace } from "../tensors/trace.js";
import { type ArrayLike, checkShape, checkType } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, has, shown } from "../values/options.js";

/**
 * The parameter that an initializer makes the start of, and what it can make it of. Shape and type are those of the
 * parameter where none are given.
 *
 * @example
 * const halves = (context) => context.uniform().subtract(0.5);
 * createTrainer(engine, { model: linear(2, 1, { weight: halves }), loss: meanSquaredError(), optimizer: adam() });
 */
export interface InitialContext {
  readonly shape: readonly number[];
  readonly dtype: "f32" | "f64";
  /** Position of the parameter in declaration order, from 0. */
  readonly index: number;
  /** One value everywhere. */
  fill(value: number, shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /** Numbers as they are. */
  constant(values: ArrayLike, dtype?: "f32" | "f64"): Tensor;
  /** Uniform in [0, 1). A second draw has other numbers than the first. */
  uniform(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /** Standard normal. */
  normal(shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
  /** @internal */
  readonly trace: Trace;
  /** Random numbers of an op. @internal */
  draw(op: number, shape?: readonly number[], dtype?: "f32" | "f64"): Tensor;
}

/** Makes the initial value of a parameter. */
export type Initializer = (context: InitialContext) => Tensor;

const floats = ["f32", "f64"] as const;

/** The context of one parameter in a trace. @internal */
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

/** Inputs and outputs of one unit of a weight [...kernel, inputs, outputs]: each times the positions of the kernel. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const product = (extents: readonly number[]): number => extents.reduce((all, extent) => all * extent, 1);
  return { fanIn: product(shape.slice(0, -1)), fanOut: product(shape.slice(0, -2)) * (shape.at(-1) ?? 1) };
}

/** An initializer without options, which is given as it is: called like those that have some, it says so. */
function given(name: string, initializer: Initializer): Initializer {
  return (context) => {
    if (has(context, "shape", "draw")) return initializer(context);
    throw new TypeError(
      `${name}: called with ${shown(context)}, but it is the initializer itself. Give ${name} without ().`,
    );
  };
}

/** Every element 0. */
export const zerosInitializer: Initializer = /* @__PURE__ */ given("zerosInitializer", (context) => context.fill(0));

/** Every element 1. */
export const onesInitializer: Initializer = /* @__PURE__ */ given("onesInitializer", (context) => context.fill(1));

/**
 * Every element the same number.
 *
 * @throws TypeError  value is not a finite number
 * @example
 * linear(4, 2, { bias: constantInitializer(0.1) });
 */
export function constantInitializer(value: number): Initializer {
  checkNumber("constantInitializer", "value", value, {});
  return (context) => context.fill(value);
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
    context
      .uniform()
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
  return (context) => context.normal().multiply(deviation);
}

/** Standard deviation of a standard normal cut at ±2: √(1 − 4 φ(2) / (2 Φ(2) − 1)). */
const truncatedDeviation = 0.8796256610342398;
/** 2 Φ(2) − 1 = erf(√2). */
const withinTwo = 0.9544997361036416;

/** Standard normal cut at ±2 by inversion of its distribution function: √2 erf⁻¹(erf(√2) u), u uniform in (−1, 1). */
function truncatedDraw(context: InitialContext): Tensor {
  const half = 2 ** -25; // of the 24 bits of a uniform number: u is never ±1 and as often negative as positive
  const u = context.uniform(context.shape, "f64").add(half).multiply(2).subtract(1).multiply(withinTwo);
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

export interface TruncatedNormalInitializerOptions {
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
