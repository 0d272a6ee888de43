// Objectives: a traced function, whose programs the core runs, or plain functions, which the host calls at the request of
// the core.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { Tensor } from "../tensors/tensor.js";
import { type Placement, type Program, type Trace, traced } from "../tensors/trace.js";
import { toArray } from "../values/arrays.js";
import { ShapeError, TraceError } from "../values/errors.js";
import { shown } from "../values/options.js";
import type { Arrangement } from "./point.js";

/**
 * Objective as plain functions: f(x) and its derivatives, each synchronous or asynchronous. Missing derivatives are
 * approximated by differences.
 *
 * Their argument x is arranged like the initial point: a number for a number, a `Float64Array` for a list of numbers, and
 * `{ data, shape }` for an array of more axes, also inside a tree.
 *
 * @example
 * const plane = { value: ({ a, b, m }) => (a - 1) ** 2 + (b[1] - 2) ** 2 + (m.data[3] - 3) ** 2 };
 * const { x } = minimizeSync(engine, plane, { a: 0, b: [5, 0], m: [[0, 0], [0, 0]] });
 * [x.a, x.b.data[1], x.m.data[3]].map(Math.round); // [1, 2, 3]
 */
export interface PlainObjective<X = Float64Array> {
  /** f(x). */
  readonly value?: (x: X) => number | Promise<number>;
  /** Gradient ∇f(x), arranged like x. */
  readonly gradient?: (x: X) => unknown;
  /** Value and gradient in one call: { value, gradient }. */
  readonly valueAndGradient?: (x: X) => unknown;
  /** Hessian H(x) [n, n]. */
  readonly hessian?: (x: X) => unknown;
  /** Residuals r(x) [residuals], for `gaussNewton` and `levenbergMarquardt`. */
  readonly residuals?: (x: X) => unknown;
  /** Jacobian J(x) of the residuals [residuals, n]. */
  readonly jacobian?: (x: X) => unknown;
}

/** Program of a traced function, and the number of values that it returns. */
interface Traced {
  readonly program: Program;
  readonly rows: number;
}

/** Functions whose programs are kept, with those programs by engine and by kind and arrangement of x. @internal */
export const keeping = new WeakMap<object, WeakMap<Engine, Map<string, Traced>>>();

/** Programs of a traced function; their arguments are contiguous vectors v and x. */
export class TracedObjective {
  readonly residuals: number;
  readonly #programs = new Map<number, Program>();
  readonly #kept: Map<string, Traced> | null;

  constructor(
    readonly where: string,
    readonly engine: Engine,
    readonly f: (x: never) => unknown,
    readonly point: Arrangement,
    readonly wantsResiduals: boolean,
    needs: { readonly value: boolean; readonly product: boolean },
  ) {
    const byEngine = keeping.get(f);
    this.#kept = byEngine ? (byEngine.get(engine) ?? new Map()) : null;
    if (this.#kept) byEngine?.set(engine, this.#kept);
    let rows = 0;
    try {
      if (wantsResiduals || needs.value)
        rows = this.#trace(abi.programValue, (_, x) => {
          const y = this.#apply(x);
          return [{ tensor: y, space: abi.spaceResults, offset: 0 }];
        });
      if (wantsResiduals) this.#trace(abi.programTangent, (trace, x, v) => this.#tangent(trace, x, v));
      else this.#trace(abi.programGradient, (trace, x) => this.#gradient(trace, x));
      if (needs.product) this.#trace(abi.programProduct, (trace, x, v) => this.#product(trace, x, v));
    } catch (error) {
      this.free();
      throw error;
    }
    this.residuals = wantsResiduals ? rows : 0;
  }

  /** Traces a program, or takes the one that the function keeps. Returns the number of values of its first result. */
  #trace(which: number, body: (trace: Trace, x: Tensor[], v: Tensor[]) => Placement[]): number {
    const { leaves, elements } = this.point;
    const key = JSON.stringify([which, this.wantsResiduals, leaves]);
    let made = this.#kept?.get(key);
    if (!made) {
      // In programs with a vector, v precedes x.
      const both = which === abi.programProduct || which === abi.programTangent;
      let rows = 0;
      const program = traced(this.engine, (trace) => {
        const tensors = (start: number): Tensor[] =>
          leaves.map(({ shape, offset }) => trace.leaf(abi.spaceArguments, 8 * (start + offset), "f64", shape));
        const results = body(trace, tensors(both ? elements : 0), both ? tensors(0) : []);
        rows = results[0]?.tensor.size ?? 0;
        return results;
      });
      made = { program, rows };
      this.#kept?.set(key, made);
    }
    this.#programs.set(which, made.program);
    return made.rows;
  }

  #apply(x: Tensor[]): Tensor {
    const { where, f } = this;
    let result: unknown;
    try {
      result = f(this.point.tensors(x) as never);
    } catch (error) {
      // A function written for numbers throws this when it reads or iterates over a tensor.
      if (!(error instanceof TraceError)) throw error;
      throw new TraceError(`${where}: ${error.message} Give a function of plain numbers as { value }.`, {
        cause: error,
      });
    }
    if (result instanceof Promise)
      throw new TraceError(`${where}: the function must return a tensor, got a promise. Trace without async.`);
    if (!(result instanceof Tensor))
      throw new TypeError(
        `${where}: the function must return a tensor, got ${shown(result)}. Use tensor operations, or give plain ` +
          "functions as { value, gradient }.",
      );
    const y = result.dtype === "f64" ? result : result.cast("f64");
    if (this.wantsResiduals) {
      if (y.size > 0) return y.reshape([y.size]);
      throw new ShapeError(`${where}: the function returns no residuals, expected at least 1.`);
    }
    if (y.size === 1) return y.reshape([]);
    throw new ShapeError(
      `${where}: the function must return a scalar, got shape [${y.shape.join(", ")}]. Reduce it with sum(), or fit ` +
        "residuals by levenbergMarquardt().",
    );
  }

  #placed(tensors: readonly Tensor[], start: number): Placement[] {
    return tensors.map((tensor, k) => ({
      tensor,
      space: abi.spaceResults,
      offset: start + 8 * (this.point.leaves[k]?.offset ?? 0),
    }));
  }

  #gradient(trace: Trace, x: Tensor[]): Placement[] {
    const y = this.#apply(x);
    return [
      { tensor: y, space: abi.spaceResults, offset: 0 },
      ...this.#placed(trace.differentiate(y, x), abi.resultsHeader),
    ];
  }

  #product(trace: Trace, x: Tensor[], v: Tensor[]): Placement[] {
    const y = this.#apply(x);
    return this.#placed(trace.differentiate(along(trace.differentiate(y, x), v), x), 0);
  }

  /** J v, as the transpose of the reverse derivative, which is linear in its seed. */
  #tangent(trace: Trace, x: Tensor[], v: Tensor[]): Placement[] {
    const y = this.#apply(x);
    // The seed must be a variable, of any value, because constants would be folded.
    const seed = trace.leaf(abi.spaceArguments, 16 * this.point.elements, "f64", y.shape);
    const slope = along(trace.differentiate(y, x, seed), v);
    return [{ tensor: trace.differentiate(slope, [seed])[0] as Tensor, space: abi.spaceResults, offset: 0 }];
  }

  /** Addresses of the programs in the order of the record. */
  addresses(): number[] {
    const at = (which: number): number => this.#programs.get(which)?.address ?? 0;
    // Line searches that need the slope at every trial use the gradient program, which computes the value as well.
    return [
      at(abi.programValue) || at(abi.programGradient),
      at(abi.programGradient),
      at(abi.programProduct),
      at(abi.programTangent),
    ];
  }

  /** Floating-point operations of the most expensive program. */
  get flops(): number {
    return Math.max(1, ...[...this.#programs.values()].map(({ cost }) => cost.flops));
  }

  /** Frees the programs, unless the function keeps them. */
  free(): void {
    if (!this.#kept) for (const program of this.#programs.values()) program.free();
    this.#programs.clear();
  }
}

function along(slopes: readonly Tensor[], v: readonly Tensor[]): Tensor {
  return slopes.map((slope, k) => slope.multiply(v[k] as Tensor).sum()).reduce((total, term) => total.add(term));
}

// Steps of differences: the roots of the rounding error ε = 2⁻⁵² that balance it with the truncation error.
/** ∛ε. */
const centralStep = 6.0554544523933395e-6;
/** √ε. */
const forwardStep = 1.4901161193847656e-8;
/** ∜ε. */
const secondStep = 1.220703125e-4;

/** Difference quotient of the values on both sides, or of one side and the center if the other value is not finite. */
function between(value: number, above: number, right: number, below: number, left: number): number {
  if (!Number.isFinite(above)) return (value - below) / left;
  return Number.isFinite(below) ? (above - below) / (right + left) : (above - value) / right;
}

/** Computes values and derivatives by calling plain functions. */
export class PlainEvaluator {
  /** Number of evaluations beyond those that the core requested. */
  extra = 0;
  /** Bounds that differences must not leave, as the function need not be defined outside. */
  bounds: readonly [lower: Float64Array, upper: Float64Array] | null = null;

  constructor(
    readonly where: string,
    readonly objective: PlainObjective<never>,
    readonly point: Arrangement,
    readonly differences: "central" | "forward",
  ) {}

  #given(x: Float64Array): never {
    return this.point.plain(x) as never;
  }

  #number(value: unknown): number {
    if (typeof value === "number") return value;
    throw new TypeError(`${this.where}: value must return a number, got ${shown(value)}.`);
  }

  /** f(x). */
  *value(x: Float64Array): Generator<() => unknown, number, unknown> {
    const { value, valueAndGradient } = this.objective;
    if (value) return this.#number(yield () => value(this.#given(x)));
    const result = yield () => valueAndGradient?.(this.#given(x));
    return this.#number((result as { value?: unknown } | null)?.value);
  }

  /** f(x) and its gradient. */
  *both(x: Float64Array): Generator<() => unknown, { value: number; gradient: Float64Array }, unknown> {
    const { valueAndGradient } = this.objective;
    if (!valueAndGradient) {
      const value = yield* this.value(x);
      return { value, gradient: yield* this.gradient(x, value) };
    }
    const result = (yield () => valueAndGradient(this.#given(x))) as { value?: unknown; gradient?: unknown } | null;
    const gradient = this.point.read(this.where, "gradient", result?.gradient);
    return { value: this.#number(result?.value), gradient };
  }

  /** ∇f(x), by the user's function or by differences. */
  *gradient(x: Float64Array, known?: number): Generator<() => unknown, Float64Array, unknown> {
    const { gradient, valueAndGradient } = this.objective;
    if (gradient) return this.point.read(this.where, "gradient", yield () => gradient(this.#given(x)));
    if (valueAndGradient) return (yield* this.both(x)).gradient;
    return yield* this.#slopes(x, this.differences === "central" ? centralStep : forwardStep, known);
  }

  /**
   * Scale of x_k for differences: max(|x_k|, least), where `least` is replaced by the initial |x_k| if that is smaller.
   */
  #size(x: Float64Array, k: number, least: number): number {
    const begun = Math.abs(this.point.start[k] as number);
    return Math.max(Math.abs(x[k] as number), begun > 0 ? Math.min(begun, least) : least);
  }

  *#slopes(x: Float64Array, relative: number, known?: number): Generator<() => unknown, Float64Array, unknown> {
    const out = new Float64Array(x.length);
    let base = known;
    for (let k = 0; k < x.length; k++) {
      const at = x[k] as number;
      const low = this.bounds?.[0][k] ?? Number.NEGATIVE_INFINITY;
      const high = this.bounds?.[1][k] ?? Number.POSITIVE_INFINITY;
      const size = this.#size(x, k, 1);
      // Near a bound the difference is one-sided, with the shorter step for one-sided differences.
      const h = size * (Math.min(high - at, at - low) < relative * size ? Math.min(relative, forwardStep) : relative);
      const moved = x.slice();
      moved[k] = Math.min(at + h, high);
      const right = (moved[k] as number) - at;
      const above = yield* this.#counted(moved);
      if (this.differences === "forward" && right > h / 2 && Number.isFinite(above)) {
        base ??= yield* this.#counted(x);
        out[k] = (above - base) / right;
        continue;
      }
      moved[k] = Math.max(at - h, low);
      const left = at - (moved[k] as number);
      if (right + left === 0) continue;
      const below = yield* this.#counted(moved);
      if (!Number.isFinite(above) || !Number.isFinite(below)) base ??= yield* this.#counted(x);
      out[k] = between(base ?? Number.NaN, above, right, below, left);
    }
    return out;
  }

  *#counted(x: Float64Array): Generator<() => unknown, number, unknown> {
    this.extra++;
    return yield* this.value(x);
  }

  /** H v, by the Hessian or by differences of gradients. */
  *product(x: Float64Array, v: Float64Array): Generator<() => unknown, Float64Array, unknown> {
    const n = x.length;
    if (this.objective.hessian) {
      const matrix = yield* this.hessian(x);
      return Float64Array.from(v, (_, i) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += (matrix[i * n + j] as number) * (v[j] as number);
        return sum;
      });
    }
    const length = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) return new Float64Array(n);
    const analytic = this.objective.gradient ?? this.objective.valueAndGradient;
    // No x_k moves by more than its scale; with analytic gradients a hundredth of that is accurate enough.
    const least = analytic ? 0.01 : 1;
    const own = x.reduce((most, _, k) => {
      const part = Math.abs(v[k] as number);
      return part > 1e-8 * length ? Math.min(most, this.#size(x, k, least) / part) : most;
    }, Number.POSITIVE_INFINITY);
    const h = (analytic ? centralStep : secondStep) * own;
    const shifted = (by: number): Float64Array => x.map((value, k) => value + by * (v[k] as number));
    const slope = (at: Float64Array) => (analytic ? this.gradient(at) : this.#slopes(at, secondStep));
    const above = yield* slope(shifted(h));
    const below = yield* slope(shifted(-h));
    return above.map((value, k) => (value - (below[k] as number)) / (2 * h));
  }

  /** H, by the user's function, or by differences of gradients and then symmetrized. */
  *hessian(x: Float64Array): Generator<() => unknown, Float64Array, unknown> {
    const n = x.length;
    const { hessian } = this.objective;
    if (hessian) {
      const { data } = toArray(`${this.where}: hessian`, yield () => hessian(this.#given(x)));
      if (data.length === n * n) return Float64Array.from(data);
      throw new ShapeError(`${this.where}: hessian has ${data.length} numbers, expected [${n}, ${n}].`);
    }
    const out = new Float64Array(n * n);
    for (let k = 0; k < n; k++) {
      const unit = new Float64Array(n);
      unit[k] = 1;
      out.set(yield* this.product(x, unit), k * n);
    }
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) {
        const mean = ((out[i * n + j] as number) + (out[j * n + i] as number)) / 2;
        out[i * n + j] = mean;
        out[j * n + i] = mean;
      }
    return out;
  }

  /** r(x). */
  *residuals(x: Float64Array, rows?: number): Generator<() => unknown, Float64Array, unknown> {
    const { residuals } = this.objective;
    const { data } = toArray(`${this.where}: residuals`, yield () => residuals?.(this.#given(x)));
    if (data.length > 0 && (rows === undefined || data.length === rows)) return Float64Array.from(data);
    throw new ShapeError(`${this.where}: residuals has ${data.length} numbers, expected ${rows ?? "at least 1"}.`);
  }

  /** Jᵀ [n, residuals], by the user's function or by differences. */
  *jacobian(x: Float64Array, rows: number): Generator<() => unknown, Float64Array, unknown> {
    const n = x.length;
    const { jacobian } = this.objective;
    const out = new Float64Array(n * rows);
    if (jacobian) {
      const { data } = toArray(`${this.where}: jacobian`, yield () => jacobian(this.#given(x)));
      if (data.length !== n * rows)
        throw new ShapeError(`${this.where}: jacobian has ${data.length} numbers, expected [${rows}, ${n}].`);
      for (let i = 0; i < rows; i++) for (let j = 0; j < n; j++) out[j * rows + i] = data[i * n + j] as number;
    } else out.fill(Number.NaN);
    // Differences replace columns that are unknown, and elements that are not finite.
    let base: Float64Array | null = null;
    for (let k = 0; k < n; k++) {
      const column = out.subarray(k * rows, (k + 1) * rows);
      if (column.every(Number.isFinite)) continue;
      const at = x[k] as number;
      const h = centralStep * this.#size(x, k, 1e-3);
      const moved = x.slice();
      moved[k] = at + h;
      const right = (moved[k] as number) - at;
      const above = yield* this.residuals(moved, rows);
      moved[k] = at - h;
      const left = at - (moved[k] as number);
      const below = yield* this.residuals(moved, rows);
      this.extra += 2;
      for (let i = 0; i < rows; i++) {
        if (Number.isFinite(column[i])) continue;
        const [up, down] = [above[i] as number, below[i] as number];
        if (!base && !(Number.isFinite(up) && Number.isFinite(down))) {
          base = yield* this.residuals(x, rows);
          this.extra++;
        }
        column[i] = between(base?.[i] ?? Number.NaN, up, right, down, left);
      }
    }
    return out;
  }
}
