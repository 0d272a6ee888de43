// Initial values of parameters, as compositions traced in the engine, so that no number comes from the host.

import * as abi from "../assembly/abi.js";
import { typeNames } from "./errors.js";
import { checkNumber } from "./options.js";
import type { Tensor } from "./tensor.js";
import type { Trace } from "./trace.js";

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

function draw({ trace, shape, dtype, index }: InitialContext, op: number): Tensor {
  return trace.emit(op, [], [], [abi.streamInitialize + index, typeNames.indexOf(dtype), ...shape]);
}

/** Inputs and outputs of one unit: the first axes of a weight are its inputs, the last its outputs. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const fanOut = shape.at(-1) ?? 1;
  const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
  return { fanIn, fanOut };
}

/** Every element 0. */
export const zeros: Initializer = ({ trace, shape, dtype }) => trace.fill(0, shape, dtype);

/** Every element 1. */
export const ones: Initializer = ({ trace, shape, dtype }) => trace.fill(1, shape, dtype);

/** N(0, deviation²); default deviation 0.01. */
export function normalInitializer(deviation = 0.01): Initializer {
  checkNumber("normalInitializer", "deviation", deviation, { above: 0 });
  return (context) => draw(context, abi.opNormal).multiply(deviation);
}

/**
 * He: N(0, 2 / fanIn), for ReLU.
 *
 * @see He, Zhang, Ren and Sun, *Delving deep into rectifiers*, ICCV 2015, eq. 10
 */
export const heNormal: Initializer = (context) => {
  const { fanIn } = fans(context.shape);
  const deviation = context.trace.fill(2, [], context.dtype).divide(fanIn).sqrt();
  return draw(context, abi.opNormal).multiply(deviation);
};

/**
 * Xavier: uniform on ±√(6 / (fanIn + fanOut)), for tanh and sigmoid.
 *
 * @see Glorot and Bengio, *Understanding the difficulty of training deep feedforward networks*, AISTATS 2010, eq. 16
 */
export const xavierUniform: Initializer = (context) => {
  const { fanIn, fanOut } = fans(context.shape);
  const bound = context.trace
    .fill(6, [], context.dtype)
    .divide(fanIn + fanOut)
    .sqrt();
  return draw(context, abi.opUniform).multiply(2).subtract(1).multiply(bound);
};
