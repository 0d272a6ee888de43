// Operations that do not start from one tensor. All others are methods of Tensor.

import * as abi from "../../assembly/abi.js";
import { checkEngine, type Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import { type ArrayLike, checkShape, checkType, typeCode } from "../values/arrays.js";
import { type DType, TraceError } from "../values/errors.js";
import { checkNumber, shown } from "../values/options.js";
import { type Operand, Tensor } from "./tensor.js";

import type { Trace } from "./trace.js";

type FloatType = "f32" | "f64";

/** The trace that is open in an engine. @internal */
export function openTrace(engine: Engine, where: string): Trace {
  if (!checkEngine(where, engine).trace)
    throw new TraceError(`${where}: only possible inside a traced function. Pass arrays as arguments.`);
  return engine.trace as Trace;
}

/** Data that becomes part of the program being traced. */
export function constant(engine: Engine, value: ArrayLike, dtype: DType = "f64"): Tensor {
  return openTrace(engine, "constant").constant(value, dtype);
}

/** One value everywhere: [shape]. */
export function fill(engine: Engine, value: number, shape: readonly number[] = [], dtype: DType = "f64"): Tensor {
  checkShape("fill", shape);
  if (checkType("fill", dtype, ["f32", "f64", "i32"]) === "i32")
    checkNumber("fill", "value", value, { integer: true, min: -(2 ** 31), below: 2 ** 31 });
  return openTrace(engine, "fill").fill(value, shape, dtype);
}

/** 0, 1, ... n − 1: [n]. */
export function iota(engine: Engine, count: number, dtype: DType = "f64"): Tensor {
  checkNumber("iota", "count", count, { min: 0, below: 2 ** 31, integer: true });
  checkType("iota", dtype, ["f32", "f64", "i32"]);
  return openTrace(engine, "iota").emit(abi.opIota, [], [], [typeCode(dtype), count]);
}

/** Tensors one after the other along an axis. */
export function concatenate(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors)) throw new TypeError(`concatenate: expected an array of tensors, got ${shown(tensors)}.`);
  const first = tensors[0];
  if (!first) throw new RangeError("concatenate: got no tensors, expected at least 1.");
  if (!(first instanceof Tensor)) throw new TypeError(`concatenate: expected tensors, got ${shown(first)}.`);
  return first.trace.concatenate(tensors, first.axis("concatenate", axis));
}

/**
 * log(eᵃ + eᵇ), broadcast, without overflow: the sum of what is kept as logarithms.
 *
 * @throws TypeError  a is no tensor
 * @example
 * compile(engine, (x) => logAddExp(x, 0))([-1000, 0]).data; // [0, 0.6931471805599453]
 */
export const logAddExp = /* @__PURE__ */ wholeOnly(function logAddExp(a: Tensor, b: Operand): Tensor {
  if (!(a instanceof Tensor)) throw new TypeError(`logAddExp: a must be a tensor, got ${shown(a)}. Give it first.`);
  return a.trace.emit(abi.opLogAddExp, [a, a.trace.operand(b, a)]);
});

/** A random tensor of the trace; its stream differs from that of every other. */
function random(
  engine: Engine,
  where: string,
  op: number,
  shape: readonly number[],
  dtype: FloatType,
  reals: number[] = [],
): Tensor {
  const trace = openTrace(engine, where);
  checkShape(where, shape);
  checkType(where, dtype, ["f32", "f64"]);
  return trace.random(op, reals, trace.stream(abi.streamNoise), 0, dtype, shape);
}

/** Uniform in [0, 1), 24 bits; addressed by (seed, stream, step, element) with Philox4x32-10 (Salmon et al. 2011). */
export function uniform(engine: Engine, shape: readonly number[], dtype: FloatType = "f64"): Tensor {
  return random(engine, "uniform", abi.opUniform, shape, dtype);
}

/** Standard normal (Box and Muller 1958). */
export function normal(engine: Engine, shape: readonly number[], dtype: FloatType = "f64"): Tensor {
  return random(engine, "normal", abi.opNormal, shape, dtype);
}

/** 1 with a probability, else 0. */
export function bernoulli(
  engine: Engine,
  probability: number,
  shape: readonly number[],
  dtype: FloatType = "f64",
): Tensor {
  checkNumber("bernoulli", "probability", probability, { min: 0 });
  if (probability > 1) throw new RangeError(`bernoulli: probability must be at most 1, got ${probability}.`);
  return random(engine, "bernoulli", abi.opBernoulli, shape, dtype, [probability]);
}
