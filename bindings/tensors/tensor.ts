// The handle: a node of the trace that made it. It has no numbers; it stands for numbers while a function is traced.

import * as abi from "../../assembly/abi.js";
import { type ArrayLike, checkShape, checkType, typeCode } from "../values/arrays.js";
import type { DType } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { type Axes, Handle } from "./handle.js";
import type { Trace } from "./trace.js";

/** A number, an array, or a tensor of the same trace: what an operand may be. */
export type Operand = Tensor | ArrayLike;

/** Which axes a sum, a mean or a maximum runs over. */
export interface Reduction {
  /** Axes to reduce; negative ones count from the last. Default: all. */
  readonly axes?: Axes;
  /** Keep reduced axes with extent 1. Default false. */
  readonly keepDimensions?: boolean;
}

/** A tensor while a function is traced: shape and type are known, numbers are not. */
export class Tensor extends Handle {
  /** @internal */
  readonly trace: Trace;

  /** @internal */
  constructor(trace: Trace, node: number) {
    super(trace, node);
    this.trace = trace;
  }

  #unary(op: number, reals: readonly number[] = []): Tensor {
    return this.trace.emit(op, [this], reals);
  }

  #binary(op: number, other: Operand): Tensor {
    return this.trace.emit(op, [this, this.trace.operand(other, this)]);
  }

  #reduce(where: string, op: number, options: Reduction): Tensor {
    checkOptions(where, options, ["axes", "keepDimensions"]);
    const { axes, keepDimensions = false } = options;
    const mask = this.mask(where, axes);
    const kept = this.trace.emit(op, [this], [], [mask]);
    return checkFlag(where, "keepDimensions", keepDimensions) ? kept : this.#without(mask, kept);
  }

  /** What was kept with extent 1 of the axes of a mask, without them. */
  #without(mask: number, kept: Tensor): Tensor {
    return kept.reshape(this.shape.filter((_, axis) => !(mask & (1 << axis))));
  }

  /** An op over one axis, which goes. */
  #alongAxis(where: string, axis: number, op: number): Tensor {
    const own = this.axis(where, axis);
    return this.#without(
      1 << own,
      this.#overLast(where, own, (t) => t.#unary(op)),
    );
  }

  /** Moves `axis` to the end for an op over the last axis, and the answer back. */
  #overLast(where: string, axis: number, op: (t: Tensor) => Tensor): Tensor {
    const own = this.axis(where, axis);
    if (own === this.rank - 1) return op(this);
    const there = this.shape.map((_, k) => k).filter((k) => k !== own);
    there.push(own);
    const back = there.map((_, k) => there.indexOf(k));
    return op(this.transpose(there)).transpose(back);
  }

  // Arithmetic, broadcast.
  add(other: Operand): Tensor {
    return this.#binary(abi.opAdd, other);
  }
  subtract(other: Operand): Tensor {
    return this.#binary(abi.opSubtract, other);
  }
  multiply(other: Operand): Tensor {
    return this.#binary(abi.opMultiply, other);
  }
  divide(other: Operand): Tensor {
    return this.#binary(abi.opDivide, other);
  }
  /** aᵇ. */
  power(other: Operand): Tensor {
    return this.#binary(abi.opPower, other);
  }
  minimum(other: Operand): Tensor {
    return this.#binary(abi.opMinimum, other);
  }
  maximum(other: Operand): Tensor {
    return this.#binary(abi.opMaximum, other);
  }
  negate(): Tensor {
    return this.#unary(abi.opNegate);
  }
  /** 1/x. */
  reciprocal(): Tensor {
    return this.#unary(abi.opReciprocal);
  }
  square(): Tensor {
    return this.#unary(abi.opSquare);
  }
  sqrt(): Tensor {
    return this.#unary(abi.opSqrt);
  }
  /** 1/√x. */
  rsqrt(): Tensor {
    return this.#unary(abi.opRsqrt);
  }
  abs(): Tensor {
    return this.#unary(abi.opAbs);
  }
  sign(): Tensor {
    return this.#unary(abi.opSign);
  }
  /** Between two bounds; the derivative passes at both. */
  clamp(low: number, high: number): Tensor {
    const clamped = this.#unary(abi.opClamp, [low, high]);
    if (low <= high) return clamped;
    throw new RangeError(`clamp: low must not exceed high, got ${low} and ${high}.`);
  }

  // Comparisons: 1 where they hold, else 0.
  equal(other: Operand): Tensor {
    return this.#binary(abi.opEqual, other);
  }
  notEqual(other: Operand): Tensor {
    return this.#binary(abi.opNotEqual, other);
  }
  less(other: Operand): Tensor {
    return this.#binary(abi.opLess, other);
  }
  lessEqual(other: Operand): Tensor {
    return this.#binary(abi.opLessEqual, other);
  }
  greater(other: Operand): Tensor {
    return this.#binary(abi.opGreater, other);
  }
  greaterEqual(other: Operand): Tensor {
    return this.#binary(abi.opGreaterEqual, other);
  }
  /** `a` where this is not 0, else `b`. */
  where(a: Operand, b: Operand): Tensor {
    return this.trace.emit(abi.opWhere, [this, this.trace.operand(a, this), this.trace.operand(b, this)]);
  }

  // Exponentials and their kin.
  exp(): Tensor {
    return this.#unary(abi.opExp);
  }
  /** eˣ − 1. */
  expm1(): Tensor {
    return this.#unary(abi.opExpm1);
  }
  log(): Tensor {
    return this.#unary(abi.opLog);
  }
  /** ln(1 + x). */
  log1p(): Tensor {
    return this.#unary(abi.opLog1p);
  }
  sin(): Tensor {
    return this.#unary(abi.opSin);
  }
  cos(): Tensor {
    return this.#unary(abi.opCos);
  }
  atan(): Tensor {
    return this.#unary(abi.opAtan);
  }
  erf(): Tensor {
    return this.#unary(abi.opErf);
  }

  // Activations.
  relu(): Tensor {
    return this.#unary(abi.opRelu);
  }
  leakyRelu(slope = 0.01): Tensor {
    return this.#unary(abi.opLeakyRelu, [slope]);
  }
  elu(alpha = 1): Tensor {
    return this.#unary(abi.opElu, [alpha]);
  }
  sigmoid(): Tensor {
    return this.#unary(abi.opSigmoid);
  }
  tanh(): Tensor {
    return this.#unary(abi.opTanh);
  }
  softplus(): Tensor {
    return this.#unary(abi.opSoftplus);
  }
  /** x Φ(x), exactly or in the tanh form. */
  gelu(form: "erf" | "tanh" = "erf"): Tensor {
    checkChoice("gelu", "form", form, ["erf", "tanh"]);
    return this.#unary(form === "erf" ? abi.opGelu : abi.opGeluTanh);
  }
  silu(): Tensor {
    return this.#unary(abi.opSilu);
  }
  /** λ x where x > 0, else λ α (eˣ − 1), λ = 1.0507…, α = 1.6732…. */
  selu(): Tensor {
    return this.#unary(abi.opSelu);
  }
  /** x tanh(ln(1 + eˣ)). */
  mish(): Tensor {
    return this.#unary(abi.opMish);
  }
  /** x min(max(x + 3, 0), 6) / 6; the derivative at −3 and 3 is that between them, −1/2 and 3/2. */
  hardswish(): Tensor {
    return this.#unary(abi.opHardswish);
  }
  softmax(axis = -1): Tensor {
    return this.#overLast("softmax", axis, (t) => t.#unary(abi.opSoftmax));
  }
  logSoftmax(axis = -1): Tensor {
    return this.#overLast("logSoftmax", axis, (t) => t.#unary(abi.opLogSoftmax));
  }
  /** ln Σ eˣ over an axis, which goes. */
  logSumExp(axis = -1): Tensor {
    return this.#alongAxis("logSumExp", axis, abi.opLogSumExp);
  }

  // Products and reductions.
  /**
   * op(A) · op(B) over the last two axes; transposing costs nothing. An element is one ascending sum over the inner axis
   * in the type of the operands: cast to f64 where that axis has a million terms.
   */
  matmul(other: Operand, options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): Tensor {
    checkOptions("matmul", options, ["transposeA", "transposeB"]);
    const { transposeA = false, transposeB = false } = options;
    const b = this.trace.operand(other, this);
    return this.trace.emit(
      abi.opMatmul,
      [this, b],
      [],
      [Number(checkFlag("matmul", "transposeA", transposeA)), Number(checkFlag("matmul", "transposeB", transposeB))],
    );
  }
  sum(options: Reduction = {}): Tensor {
    return this.#reduce("sum", abi.opSum, options);
  }
  mean(options: Reduction = {}): Tensor {
    const total = this.#reduce("mean", abi.opSum, options);
    return total.divide(this.size / Math.max(total.size, 1));
  }
  /** Mean squared distance from the mean; `correction` 1 divides by n − 1. Accumulated in f64. */
  variance(options: Reduction & { readonly correction?: 0 | 1 } = {}): Tensor {
    checkOptions("variance", options, ["axes", "keepDimensions", "correction"]);
    const { correction = 0, ...reduction } = options;
    if (correction !== 0 && correction !== 1)
      throw new RangeError(`variance: correction must be 0 or 1, got ${shown(correction)}.`);
    // Integers have no variance of their type: what follows refuses them.
    const wide = this.dtype === "i32" ? this : this.cast("f64");
    const centered = wide.subtract(wide.mean({ ...reduction, keepDimensions: true }));
    const total = centered.square().sum(reduction);
    return total.divide(Math.max(this.size / Math.max(total.size, 1) - correction, 0)).cast(this.dtype);
  }
  max(options: Reduction = {}): Tensor {
    return this.#reduce("max", abi.opMax, options);
  }
  min(options: Reduction = {}): Tensor {
    return this.#reduce("min", abi.opMin, options);
  }
  /**
   * Product over axes. Value and gradient neither overflow nor vanish on the way to a number that does not, and the
   * derivatives are right where elements are 0.
   */
  product(options: Reduction = {}): Tensor {
    checkOptions("product", options, ["axes", "keepDimensions"]);
    const { axes, keepDimensions = false } = options;
    const mask = this.mask("product", axes);
    let t: Tensor = this;
    for (let axis = 0; axis < this.rank; axis++)
      if (mask & (1 << axis)) t = this.trace.emit(abi.opProduct, [t], [], [axis, 0]);
    return checkFlag("product", "keepDimensions", keepDimensions) ? t : this.#without(mask, t);
  }
  /** Index of the first largest element along an axis, as i32; the axis goes. */
  argMax(axis = -1): Tensor {
    return this.#alongAxis("argMax", axis, abi.opArgMax);
  }
  /** Running sum along an axis, from its end if `reverse`; summed in f64, and each element rounded to its type. */
  cumulativeSum(axis = -1, options: { readonly reverse?: boolean } = {}): Tensor {
    checkOptions("cumulativeSum", options, ["reverse"]);
    const { reverse = false } = options;
    checkFlag("cumulativeSum", "reverse", reverse);
    return this.trace.emit(abi.opCumulativeSum, [this], [], [this.axis("cumulativeSum", axis), Number(reverse)]);
  }

  // Movement.
  /** The same elements in another shape; one extent may be -1. */
  reshape(shape: readonly number[]): Tensor {
    checkShape("reshape", Array.isArray(shape) ? shape.filter((extent) => extent !== -1) : shape);
    const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    const full = shape.map((extent) => (extent === -1 ? Math.floor(this.size / Math.max(known, 1)) : extent));
    return this.trace.emit(abi.opReshape, [this], [], full);
  }
  /** Axis k of the answer is axis `permutation[k]`; default: the axes reversed. */
  transpose(permutation?: readonly number[]): Tensor {
    const order = permutation ?? this.shape.map((_, k) => this.rank - 1 - k);
    if (!Array.isArray(order)) throw wrongKind("transpose", "permutation", "an array of axes", order, "[1, 0]");
    if (order.length !== this.rank)
      throw new RangeError(`transpose: got ${order.length} axes, expected ${this.rank}, every axis once.`);
    return this.trace.emit(abi.opTranspose, [this], [], order);
  }
  broadcastTo(shape: readonly number[]): Tensor {
    return this.trace.emit(abi.opBroadcastTo, [this], [], checkShape("broadcastTo", shape));
  }
  /** Elements start .. stop of an axis; negative ones count from the end. */
  slice(axis: number, start: number, stop?: number): Tensor {
    const own = this.axis("slice", axis);
    const extent = this.shape[own] as number;
    const place = (at: number): number => (Number.isInteger(at) && at < 0 ? at + extent : at);
    const [from, to] = [place(start), stop === undefined ? extent : place(stop)];
    return this.trace.emit(
      abi.opSlice,
      [this],
      [],
      this.shape.flatMap((n, k) => (k === own ? [from, to] : [0, n])),
    );
  }
  /** Zeros before and after each axis. */
  pad(widths: readonly (readonly [number, number])[]): Tensor {
    if (!Array.isArray(widths) || widths.some((pair) => !Array.isArray(pair) || pair.length !== 2))
      throw wrongKind("pad", "widths", "an array of pairs [before, after]", widths);
    if (widths.length !== this.rank)
      throw new RangeError(`pad: got ${widths.length} pairs, expected ${this.rank}, one an axis.`);
    return this.trace.emit(abi.opPad, [this], [], widths.flat());
  }
  /** Rows of this table at i32 indices. Back in the gradient they are added one after the other, in their type. */
  gather(indices: Operand): Tensor {
    return this.trace.emit(abi.opGather, [this, this.trace.operand(indices, "i32")]);
  }
  /** [..., classes] with 1 at each of these i32 indices. */
  oneHot(classes: number, dtype: "f32" | "f64" = "f32"): Tensor {
    checkNumber("oneHot", "classes", classes, { min: 1, integer: true });
    const type = typeCode(checkType("oneHot", dtype, ["f32", "f64"]));
    return this.trace.emit(abi.opOneHot, [this], [], [classes, type]);
  }
  cast(dtype: DType): Tensor {
    const type = typeCode(checkType("cast", dtype, ["f32", "f64", "i32"]));
    return this.trace.emit(abi.opCast, [this], [], [type]);
  }
  /** The same numbers, through which no derivative passes. */
  stopGradient(): Tensor {
    return this.#unary(abi.opStopGradient);
  }
  /** −ln softmax(this)[label] for each row, labels as i32: a fused, stable cross-entropy. */
  crossEntropy(labels: Operand): Tensor {
    return this.trace.emit(abi.opCrossEntropy, [this, this.trace.operand(labels, "i32")]);
  }
}
