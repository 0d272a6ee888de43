// Tensors: handles of nodes in the graph of a trace. They have a shape and a type, but no numbers.

import * as abi from "../../assembly/abi.js";
import { type ArrayLike, checkShape, checkType, typeCode } from "../values/arrays.js";
import { type DType, opName } from "../values/errors.js";
import { checkChoice, checkFlag, checkNumber, checkOptions, shown, wrongKind } from "../values/options.js";
import { type Axes, Handle } from "./handle.js";
import type { Trace } from "./trace.js";

/** Operand of an operation: a tensor of the same trace, a number, or an array, which becomes a constant. */
export type Operand = Tensor | ArrayLike;

/** Options of reductions such as sum, mean and max. */
export interface Reduction {
  /** Axes to reduce; negative ones count from the last. Default all. */
  readonly axes?: Axes;
  /** True keeps reduced axes with extent 1; default false. */
  readonly keepDimensions?: boolean;
}

/** Tensor of a function that is being traced. Shape and type are known, numbers are not. */
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
    return this.trace.emit(op, [this, this.trace.operand(other, this, opName(op))]);
  }

  #reduce(where: string, op: number, options: Reduction): Tensor {
    checkOptions(where, options, ["axes", "keepDimensions"]);
    const { axes, keepDimensions = false } = options;
    const mask = this.mask(where, axes);
    const kept = this.trace.emit(op, [this], [], [mask]);
    return checkFlag(where, "keepDimensions", keepDimensions) ? kept : this.#without(mask, kept);
  }

  /** Removes the reduced axes of a mask, which have extent 1. */
  #without(mask: number, kept: Tensor): Tensor {
    return kept.reshape(this.shape.filter((_, axis) => !(mask & (1 << axis))));
  }

  /** Reduces one axis and removes it. */
  #alongAxis(where: string, axis: number, op: number): Tensor {
    const own = this.axis(where, axis);
    return this.#without(
      1 << own,
      this.#overLast(where, own, (t) => t.#unary(op)),
    );
  }

  /** Applies an op over the last axis to another axis, by transposing there and back. */
  #overLast(where: string, axis: number, op: (t: Tensor) => Tensor): Tensor {
    const own = this.axis(where, axis);
    if (own === this.rank - 1) return op(this);
    const there = this.shape.map((_, k) => k).filter((k) => k !== own);
    there.push(own);
    const back = there.map((_, k) => there.indexOf(k));
    return op(this.transpose(there)).transpose(back);
  }

  // Arithmetic. Binary operations broadcast: aligned from the right, extents must be equal or 1.

  /** x + y. @param other  y: a tensor, a number or an array; broadcasts */
  add(other: Operand): Tensor {
    return this.#binary(abi.opAdd, other);
  }
  /** x − y. @param other  y: a tensor, a number or an array; broadcasts */
  subtract(other: Operand): Tensor {
    return this.#binary(abi.opSubtract, other);
  }
  /** x y, elementwise. @param other  y: a tensor, a number or an array; broadcasts */
  multiply(other: Operand): Tensor {
    return this.#binary(abi.opMultiply, other);
  }
  /** x / y. @param other  y: a tensor, a number or an array; broadcasts */
  divide(other: Operand): Tensor {
    return this.#binary(abi.opDivide, other);
  }
  /** xʸ. @param other  y: a tensor, a number or an array; broadcasts */
  power(other: Operand): Tensor {
    return this.#binary(abi.opPower, other);
  }
  /** min(x, y), elementwise. @param other  y: a tensor, a number or an array; broadcasts */
  minimum(other: Operand): Tensor {
    return this.#binary(abi.opMinimum, other);
  }
  /** max(x, y), elementwise. @param other  y: a tensor, a number or an array; broadcasts */
  maximum(other: Operand): Tensor {
    return this.#binary(abi.opMaximum, other);
  }
  /** −x. */
  negate(): Tensor {
    return this.#unary(abi.opNegate);
  }
  /** 1/x. */
  reciprocal(): Tensor {
    return this.#unary(abi.opReciprocal);
  }
  /** x². */
  square(): Tensor {
    return this.#unary(abi.opSquare);
  }
  /** √x. */
  sqrt(): Tensor {
    return this.#unary(abi.opSqrt);
  }
  /** 1/√x. */
  rsqrt(): Tensor {
    return this.#unary(abi.opRsqrt);
  }
  /** |x|. */
  abs(): Tensor {
    return this.#unary(abi.opAbs);
  }
  /** −1, 0 or 1, the sign of x. */
  sign(): Tensor {
    return this.#unary(abi.opSign);
  }
  /** min(max(x, low), high); the derivative is 1 at both bounds. @param low  lower bound @param high  upper bound, ≥ low */
  clamp(low: number, high: number): Tensor {
    const clamped = this.#unary(abi.opClamp, [low, high]);
    if (low <= high) return clamped;
    throw new RangeError(`clamp: low must not exceed high, got ${low} and ${high}.`);
  }

  // Comparisons return 1 where they hold, else 0, in the float type of the operands, and broadcast; integers compare exactly.

  /** x = y. @param other  y: a tensor, a number or an array; broadcasts */
  equal(other: Operand): Tensor {
    return this.trace.compare(abi.opEqual, this, other);
  }
  /** x ≠ y. @param other  y: a tensor, a number or an array; broadcasts */
  notEqual(other: Operand): Tensor {
    return this.trace.compare(abi.opNotEqual, this, other);
  }
  /** x < y. @param other  y: a tensor, a number or an array; broadcasts */
  less(other: Operand): Tensor {
    return this.trace.compare(abi.opLess, this, other);
  }
  /** x ≤ y. @param other  y: a tensor, a number or an array; broadcasts */
  lessEqual(other: Operand): Tensor {
    return this.trace.compare(abi.opLessEqual, this, other);
  }
  /** x > y. @param other  y: a tensor, a number or an array; broadcasts */
  greater(other: Operand): Tensor {
    return this.trace.compare(abi.opGreater, this, other);
  }
  /** x ≥ y. @param other  y: a tensor, a number or an array; broadcasts */
  greaterEqual(other: Operand): Tensor {
    return this.trace.compare(abi.opGreaterEqual, this, other);
  }
  /** `a` where this tensor is not 0, else `b`; broadcasts. @param a  the first choice @param b  the second choice */
  where(a: Operand, b: Operand): Tensor {
    return this.trace.emit(abi.opWhere, [this, ...[a, b].map((value) => this.trace.operand(value, this, "where"))]);
  }

  // Elementary functions.

  /** eˣ. */
  exp(): Tensor {
    return this.#unary(abi.opExp);
  }
  /** eˣ − 1. */
  expm1(): Tensor {
    return this.#unary(abi.opExpm1);
  }
  /** ln x. */
  log(): Tensor {
    return this.#unary(abi.opLog);
  }
  /** ln(1 + x). */
  log1p(): Tensor {
    return this.#unary(abi.opLog1p);
  }
  /** sin x. */
  sin(): Tensor {
    return this.#unary(abi.opSin);
  }
  /** cos x. */
  cos(): Tensor {
    return this.#unary(abi.opCos);
  }
  /** arctan x. */
  atan(): Tensor {
    return this.#unary(abi.opAtan);
  }
  /** Error function, 2/√π ∫₀ˣ exp(−t²) dt. */
  erf(): Tensor {
    return this.#unary(abi.opErf);
  }

  // Activations.

  /** max(x, 0). */
  relu(): Tensor {
    return this.#unary(abi.opRelu);
  }
  /** x where x > 0, else slope · x; default slope 0.01. @param slope  any finite number */
  leakyRelu(slope = 0.01): Tensor {
    return this.#unary(abi.opLeakyRelu, [slope]);
  }
  /** x where x > 0, else α (eˣ − 1); default α = 1. @param alpha  α, any finite number */
  elu(alpha = 1): Tensor {
    return this.#unary(abi.opElu, [alpha]);
  }
  /** 1 / (1 + e⁻ˣ). */
  sigmoid(): Tensor {
    return this.#unary(abi.opSigmoid);
  }
  /** tanh x. */
  tanh(): Tensor {
    return this.#unary(abi.opTanh);
  }
  /** ln(1 + eˣ). */
  softplus(): Tensor {
    return this.#unary(abi.opSoftplus);
  }
  /** x Φ(x), Φ the normal distribution function. @param form  "erf" (default), or "tanh", an approximation */
  gelu(form: "erf" | "tanh" = "erf"): Tensor {
    checkChoice("gelu", "form", form, ["erf", "tanh"]);
    return this.#unary(form === "erf" ? abi.opGelu : abi.opGeluTanh);
  }
  /** x / (1 + e⁻ˣ). */
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
  /** x min(max(x + 3, 0), 6) / 6; the derivative at −3 and 3 is that of the inner interval, −1/2 and 3/2. */
  hardswish(): Tensor {
    return this.#unary(abi.opHardswish);
  }
  /** eˣ / Σ eˣ over an axis; default the last. @param axis  axis; negative ones count from the last */
  softmax(axis = -1): Tensor {
    return this.#overLast("softmax", axis, (t) => t.#unary(abi.opSoftmax));
  }
  /** x − ln Σ eˣ over an axis; default the last. @param axis  axis; negative ones count from the last */
  logSoftmax(axis = -1): Tensor {
    return this.#overLast("logSoftmax", axis, (t) => t.#unary(abi.opLogSoftmax));
  }
  /** ln Σ eˣ over an axis, which is removed; default the last. @param axis  axis; negative ones count from the last */
  logSumExp(axis = -1): Tensor {
    return this.#alongAxis("logSumExp", axis, abi.opLogSumExp);
  }

  // Products and reductions.

  /**
   * Matrix product op(A) · op(B) over the last two axes; the axes before them broadcast. Each element is summed in ascending
   * order in the type of the operands; cast to f64 if the inner axis has millions of terms.
   * @param other    B, a tensor or an array; the inner extents must be equal
   * @param options  transposeA, transposeB: whether op transposes the matrix, at no cost; default false
   */
  matmul(other: Operand, options: { readonly transposeA?: boolean; readonly transposeB?: boolean } = {}): Tensor {
    checkOptions("matmul", options, ["transposeA", "transposeB"]);
    const { transposeA = false, transposeB = false } = options;
    const b = this.trace.operand(other, this, "matmul");
    return this.trace.emit(
      abi.opMatmul,
      [this, b],
      [],
      [Number(checkFlag("matmul", "transposeA", transposeA)), Number(checkFlag("matmul", "transposeB", transposeB))],
    );
  }
  /** Sum over axes. @param options  axes (all), keepDimensions (false) */
  sum(options: Reduction = {}): Tensor {
    return this.#reduce("sum", abi.opSum, options);
  }
  /** Mean over axes. @param options  axes (all), keepDimensions (false) */
  mean(options: Reduction = {}): Tensor {
    const total = this.#reduce("mean", abi.opSum, options);
    return total.divide(this.size / Math.max(total.size, 1));
  }
  /** Variance Σ(x − mean)² / (n − correction), in f64. @param options  those of mean; correction 0 (default) or 1 */
  variance(options: Reduction & { readonly correction?: 0 | 1 } = {}): Tensor {
    checkOptions("variance", options, ["axes", "keepDimensions", "correction"]);
    const { correction = 0, ...reduction } = options;
    if (correction !== 0 && correction !== 1)
      throw new RangeError(`variance: correction must be 0 or 1, got ${shown(correction)}.`);
    const { dtype } = this.trace.asFloat(this);
    const wide = this.cast("f64");
    const centered = wide.subtract(wide.mean({ ...reduction, keepDimensions: true }));
    const total = centered.square().sum(reduction);
    return total.divide(Math.max(this.size / Math.max(total.size, 1) - correction, 0)).cast(dtype);
  }
  /** Maximum over axes. @param options  axes (all), keepDimensions (false) */
  max(options: Reduction = {}): Tensor {
    return this.#reduce("max", abi.opMax, options);
  }
  /** Minimum over axes. @param options  axes (all), keepDimensions (false) */
  min(options: Reduction = {}): Tensor {
    return this.#reduce("min", abi.opMin, options);
  }
  /** Product, which neither over- nor underflows on the way, also of zeros. @param options  axes (all), keepDimensions (false) */
  product(options: Reduction = {}): Tensor {
    checkOptions("product", options, ["axes", "keepDimensions"]);
    const { axes, keepDimensions = false } = options;
    const mask = this.mask("product", axes);
    let t: Tensor = this;
    for (let axis = 0; axis < this.rank; axis++)
      if (mask & (1 << axis)) t = this.trace.emit(abi.opProduct, [t], [], [axis, 0]);
    return checkFlag("product", "keepDimensions", keepDimensions) ? t : this.#without(mask, t);
  }
  /** Index of the first largest element along an axis, which is removed, as i32. @param axis  axis; default the last */
  argMax(axis = -1): Tensor {
    return this.#alongAxis("argMax", axis, abi.opArgMax);
  }
  /** Cumulative sum, in f64. @param axis  axis; default the last @param options  reverse (false): sums from the end */
  cumulativeSum(axis = -1, options: { readonly reverse?: boolean } = {}): Tensor {
    checkOptions("cumulativeSum", options, ["reverse"]);
    const { reverse = false } = options;
    checkFlag("cumulativeSum", "reverse", reverse);
    return this.trace.emit(abi.opCumulativeSum, [this], [], [this.axis("cumulativeSum", axis), Number(reverse)]);
  }

  // Movement.

  /** Same elements in another shape. @param shape  extents, of which one may be -1, and is then computed */
  reshape(shape: readonly number[]): Tensor {
    checkShape("reshape", Array.isArray(shape) ? shape.filter((extent) => extent !== -1) : shape);
    const known = shape.reduce((product, extent) => (extent === -1 ? product : product * extent), 1);
    const full = shape.map((extent) => (extent === -1 ? Math.floor(this.size / Math.max(known, 1)) : extent));
    return this.trace.emit(abi.opReshape, [this], [], full);
  }
  /** Permutes axes: axis k of the result is axis `permutation[k]`. @param permutation  default: reverses all axes */
  transpose(permutation?: readonly number[]): Tensor {
    const order = permutation ?? this.shape.map((_, k) => this.rank - 1 - k);
    if (!Array.isArray(order)) throw wrongKind("transpose", "permutation", "an array of axes", order, "[1, 0]");
    if (order.length !== this.rank)
      throw new RangeError(`transpose: got ${order.length} axes, expected ${this.rank}, every axis once.`);
    return this.trace.emit(abi.opTranspose, [this], [], order);
  }
  /** Repeats axes of extent 1. @param shape  shape of the result; aligned from the right, other extents must be equal */
  broadcastTo(shape: readonly number[]): Tensor {
    return this.trace.emit(abi.opBroadcastTo, [this], [], checkShape("broadcastTo", shape));
  }
  /** Elements start .. stop − 1. @param axis  axis @param start  first, < 0 from the end @param stop  end; default the extent */
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
  /** Pads each axis with [before, after] zeros. @param widths  a pair for each axis, integers ≥ 0 */
  pad(widths: readonly (readonly [number, number])[]): Tensor {
    if (!Array.isArray(widths) || widths.some((pair) => !Array.isArray(pair) || pair.length !== 2))
      throw wrongKind("pad", "widths", "an array of pairs [before, after]", widths);
    if (widths.length !== this.rank)
      throw new RangeError(`pad: got ${widths.length} pairs, expected ${this.rank}, one for each axis.`);
    return this.trace.emit(abi.opPad, [this], [], widths.flat());
  }
  /** Rows by index; the gradient adds them up in order, in their type. @param indices  i32, 0 .. rows − 1, of any shape */
  gather(indices: Operand): Tensor {
    return this.trace.emit(abi.opGather, [this, this.trace.operand(indices, "i32", "gather")]);
  }
  /** One-hot encoding [..., classes] of i32 indices. @param classes  number, ≥ 1 @param dtype  type; default "f32" */
  oneHot(classes: number, dtype: "f32" | "f64" = "f32"): Tensor {
    checkNumber("oneHot", "classes", classes, { min: 1, integer: true });
    const type = typeCode(checkType("oneHot", dtype, ["f32", "f64"]));
    return this.trace.emit(abi.opOneHot, [this], [], [classes, type]);
  }
  /** Converts to another element type. @param dtype  "f32", "f64" or "i32" */
  cast(dtype: DType): Tensor {
    const type = typeCode(checkType("cast", dtype, ["f32", "f64", "i32"]));
    return this.trace.emit(abi.opCast, [this], [], [type]);
  }
  /** Same numbers, treated as constants in derivatives. */
  stopGradient(): Tensor {
    return this.#unary(abi.opStopGradient);
  }
  /** Cross-entropy −ln softmax(x)[label] of each row, fused and stable. @param labels  i32, one a row, 0 .. classes − 1 */
  crossEntropy(labels: Operand): Tensor {
    return this.trace.emit(abi.opCrossEntropy, [this, this.trace.operand(labels, "i32", "crossEntropy")]);
  }
}
