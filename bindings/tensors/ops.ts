// Operations that are not methods of Tensor.

import * as abi from "../../assembly/abi.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import { type ArrayLike, checkShape, checkType, typeCode } from "../values/arrays.js";
import { type DType, TraceError } from "../values/errors.js";
import { checkNumber, shown } from "../values/options.js";
import { type Operand, Tensor } from "./tensor.js";

import type { Trace } from "./trace.js";

/** Open trace of an engine; throws if there is none. @internal */
export function openTrace(engine: Engine, where: string): Trace {
  if (!checkEngine(where, engine).trace)
    throw new TraceError(`${where}: only possible inside a traced function. Pass arrays as arguments.`);
  return engine.trace as Trace;
}

/**
 * Constant tensor: a copy of the data becomes part of the program. Only inside a traced function.
 *
 * @param value  a number, nested arrays, a typed array, or { data, shape }
 * @param dtype  element type; default "f64"
 * @throws TraceError  outside of a traced function
 */
export function constant(engine: Engine, value: ArrayLike, dtype: DType = "f64"): Tensor {
  return openTrace(engine, "constant").constant(value, dtype);
}

/**
 * Tensor filled with one value. Only inside a traced function.
 *
 * @param value  any number; for "i32" an integer of 32 bits
 * @param shape  extents; default [], a scalar
 * @param dtype  element type; default "f64"
 * @throws TraceError  outside of a traced function
 */
export function fill(engine: Engine, value: number, shape: readonly number[] = [], dtype: DType = "f64"): Tensor {
  checkShape("fill", shape);
  if (checkType("fill", dtype, ["f32", "f64", "i32"]) === "i32")
    checkNumber("fill", "value", value, { integer: true, min: -(2 ** 31), below: 2 ** 31 });
  return openTrace(engine, "fill").fill(value, shape, dtype);
}

/**
 * Tensor [count] of 0, 1, ... count − 1. Only inside a traced function.
 *
 * @param count  number of elements, 0 ≤ count < 2³¹
 * @param dtype  element type; default "f64"
 * @throws TraceError  outside of a traced function
 */
export function iota(engine: Engine, count: number, dtype: DType = "f64"): Tensor {
  checkNumber("iota", "count", count, { min: 0, below: 2 ** 31, integer: true });
  checkType("iota", dtype, ["f32", "f64", "i32"]);
  return openTrace(engine, "iota").emit(abi.opIota, [], [], [typeCode(dtype), count]);
}

/**
 * Concatenates tensors along an axis.
 *
 * @param tensors  at least one; extents of other axes must be equal
 * @param axis     axis; negative ones count from the last, default 0
 * @throws ShapeError  extents differ
 */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors)) throw new TypeError(`concatenate: expected an array of tensors, got ${shown(tensors)}.`);
  const first = tensors[0];
  if (!first) throw new RangeError("concatenate: got no tensors, expected at least 1.");
  if (!(first instanceof Tensor)) throw new TypeError(`concatenate: expected tensors, got ${shown(first)}.`);
  return first.trace.concatenate(tensors, first.axis("concatenate", axis));
}

/**
 * Logarithm of a sum of exponentials: ln(eᵃ + eᵇ), with broadcasting and without overflow.
 *
 * @param a  a tensor
 * @param b  a tensor, a number or an array
 * @throws TypeError  a is not a tensor
 * @example
 * compile(engine, (x) => logAddExp(x, 0))([-1000, 0]).data; // [0, 0.6931471805599453]
 */
export const logAddExp = /* @__PURE__ */ wholeOnly(function logAddExp(a: Tensor, b: Operand): Tensor {
  if (!(a instanceof Tensor)) throw new TypeError(`logAddExp: a must be a tensor, got ${shown(a)}. Give it first.`);
  return a.trace.emit(abi.opLogAddExp, [a, a.trace.operand(b, a, "logAddExp")]);
});

/** Random tensor with a stream of its own in the trace. */
function random(
  engine: Engine,
  where: string,
  op: number,
  shape: readonly number[],
  dtype: "f32" | "f64",
  reals: number[] = [],
): Tensor {
  const trace = openTrace(engine, where);
  checkShape(where, shape);
  checkType(where, dtype, ["f32", "f64"]);
  return trace.random(op, reals, trace.stream(abi.streamNoise), 0, dtype, shape);
}

/**
 * Uniform random numbers in [0, 1) of 24 bits. Each is a function of seed, stream, step and element, by Philox4x32-10
 * (Salmon et al. 2011). Only inside a traced function.
 *
 * @param shape  extents
 * @param dtype  element type; default "f64"
 * @throws TraceError  outside of a traced function
 */
export function uniform(engine: Engine, shape: readonly number[], dtype: "f32" | "f64" = "f64"): Tensor {
  return random(engine, "uniform", abi.opUniform, shape, dtype);
}

/**
 * Standard normal random numbers (Box and Muller 1958). Only inside a traced function.
 *
 * @param shape  extents
 * @param dtype  element type; default "f64"
 * @throws TraceError  outside of a traced function
 */
export function normal(engine: Engine, shape: readonly number[], dtype: "f32" | "f64" = "f64"): Tensor {
  return random(engine, "normal", abi.opNormal, shape, dtype);
}

/**
 * Bernoulli random numbers: 1 with a probability, else 0. Only inside a traced function.
 *
 * @param probability  0 .. 1
 * @param shape        extents
 * @param dtype        element type; default "f64"
 * @throws RangeError  the probability is outside 0 .. 1
 * @throws TraceError  outside of a traced function
 */
export function bernoulli(
  engine: Engine,
  probability: number,
  shape: readonly number[],
  dtype: "f32" | "f64" = "f64",
): Tensor {
  checkNumber("bernoulli", "probability", probability, { min: 0, max: 1 });
  return random(engine, "bernoulli", abi.opBernoulli, shape, dtype, [probability]);
}
