// A search for a minimum that the caller drives step by step.

import type { Engine } from "../engine/engine.js";
import { wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Tensor } from "../tensors/tensor.js";
import type { ArraysFor } from "../tensors/trees.js";
import type { TrainerMemory } from "../training/memory.js";
import { checkFlag, checkNumber, checkOptions } from "../values/options.js";
import { Column } from "./column.js";
import { isPromise, type Search } from "./drive.js";
import { type MinimizerMemory, traceLimit } from "./memory.js";
import type { MinimizeMethod } from "./method.js";
import { lbfgs } from "./methods.js";
import { prepared } from "./minimize.js";
import type { PlainObjective } from "./objective.js";
import type { Minimum, TraceEntry } from "./outcome.js";
import { type Arranged, Arrangement, type StartingPoint } from "./point.js";
import type { Opened } from "./search.js";
import { type MinimizeSyncOptions, minimizeOptions } from "./stops.js";
import { type SearchTrials, TrialLog } from "./trials.js";

const where = "createSearch";

/** Accepted points of a search as columns, the start first. */
export interface SearchTrace {
  /** Number of points. */
  readonly points: number;
  /** Coordinates [points, n], in the order of the numbers of x. */
  readonly x: Float64Array;
  /** Values f(x) [points]. */
  readonly value: Float64Array;
  /** Largest magnitudes of a component of the gradient [points]. */
  readonly gradientNorm: Float64Array;
  /** Steps t along the directions that led to the points [points]; 0 for the start, 1 for first-order optimizers. */
  readonly step: Float64Array;
}

/** Calls a function of the user, which must not be asynchronous. */
function called(call: () => unknown): unknown {
  const result = call();
  if (isPromise(result)) throw new TypeError(`${where}: a function returned a promise. Use minimize, and await it.`);
  return result;
}

/**
 * A search that `createSearch` began. Its points come one by one, by `next()` or a loop, or many in one call of `advance`.
 *
 * @example
 * import { createSearch } from "thalweg/minimizers";
 * const search = createSearch(engine, (x) => x.square().sum(), [1], sgd({ learningRate: 0.25 }));
 * for (const { x, value } of search) if (value < 0.01) break;
 * search.trace.x; // [1, 0.5, 0.25, 0.125, 0.0625]
 */
export class MinimizerSearch<X = unknown> implements IterableIterator<TraceEntry<X>, Minimum<X> | undefined> {
  readonly #search: Search<Minimum<unknown>>;
  readonly #point: Arrangement;
  readonly #columns = { x: new Column(), value: new Column(), gradientNorm: new Column(), step: new Column() };
  #points = 0;
  #given = 0;
  #result: Minimum<X> | undefined;
  #memory: MinimizerMemory | null = null;
  #rule: TrainerMemory | null = null;
  #log: TrialLog | null = null;
  #ended = false;

  /** @internal */
  constructor(point: Arrangement, search: (opened: Opened) => Search<Minimum<unknown>>, trials: boolean) {
    this.#point = point;
    this.#search = search((memory, rule) => {
      this.#memory = memory;
      this.#rule = rule;
      memory.set(fields.minimizerTraceLimit, 1);
      if (!trials || rule) return null;
      const log = new TrialLog(memory);
      this.#log = log;
      return () => log.observe();
    });
    // The start is computed at once, so that what is wrong with the function is seen here.
    this.#reach(1);
  }

  /** Number of iterations so far; the start is iteration 0. */
  get iterations(): number {
    return Math.max(0, this.#points - 1);
  }

  /** Best point with its status, after the end; undefined before, and after `free`. */
  get result(): Minimum<X> | undefined {
    return this.#result;
  }

  /** All points so far, as copies. */
  get trace(): SearchTrace {
    const { x, value, gradientNorm, step } = this.#columns;
    return {
      points: this.#points,
      x: x.values,
      value: value.values,
      gradientNorm: gradientNorm.values,
      step: step.values,
    };
  }

  /**
   * All points tried so far along the directions, accepted or not, as copies: the trials of the line search, or those of the
   * trust region with radius and damping. Undefined without the option `trials`, and for first-order optimizers, which accept
   * every point.
   */
  get trials(): SearchTrials | undefined {
    return this.#log?.trials;
  }

  /**
   * Learning rate of a first-order optimizer, > 0; it can be set between steps, and applies from the next step on. NaN for
   * other methods, and for a rate on a schedule.
   */
  get learningRate(): number {
    return this.#rule?.rate ?? Number.NaN;
  }

  set learningRate(rate: number) {
    checkNumber(where, "learningRate", rate, { above: 0 });
    const rule = this.#rule;
    if (rule === null || Number.isNaN(rule.rate))
      throw new TypeError(`${where}: the method has no learning rate that can be set. Give an optimizer a number.`);
    if (this.#ended) return;
    rule.rate = rate;
    rule.writeRate();
  }

  /**
   * Makes a number of iterations, or fewer if the search ends before.
   *
   * @param iterations  ≥ 1; default all that remain
   * @returns the number of iterations made
   * @throws RangeError  iterations is not a whole number from 1 on
   */
  advance(iterations?: number): number {
    if (iterations !== undefined) checkNumber("advance", "iterations", iterations, { min: 1, integer: true });
    const before = this.#points;
    this.#reach(before + (iterations ?? Number.POSITIVE_INFINITY));
    this.#given = this.#points;
    return this.#points - before;
  }

  /** Returns the next point: the start at first, then one for each iteration; at the end the result. */
  next(): IteratorResult<TraceEntry<X>, Minimum<X> | undefined> {
    this.#reach(this.#given + 1);
    if (this.#given >= this.#points) return { done: true, value: this.#result };
    const k = this.#given++;
    const n = this.#point.elements;
    const { x, value, gradientNorm, step } = this.#columns;
    return {
      done: false,
      value: {
        x: this.#point.arranged(x.range(k * n, (k + 1) * n)) as X,
        value: value.at(k),
        gradientNorm: gradientNorm.at(k),
        step: step.at(k),
      },
    };
  }

  /** Ends the search and frees its memory, as the end of a loop does; the trace can still be read. */
  return(): IteratorResult<TraceEntry<X>, Minimum<X> | undefined> {
    this.free();
    return { done: true, value: undefined };
  }

  /** Ends the search and frees its memory. It is freed by itself when the search ends or is not used any more. */
  free(): void {
    this.#ended = true;
    this.#search.return(undefined as never);
    this.#memory = null;
  }

  /** Returns the search itself, for loops. */
  [Symbol.iterator](): this {
    return this;
  }

  /** Runs until there are so many points, or to the end, also when these points are the last ones. */
  #reach(points: number): void {
    let result: unknown;
    try {
      while (!this.#ended && (this.#points < points || this.#memory?.get(fields.minimizerStatus))) {
        this.#memory?.set(fields.minimizerTraceLimit, Math.max(1, Math.min(traceLimit, points - this.#points)));
        const turn = this.#search.next(result);
        if (turn.done) {
          this.#ended = true;
          this.#memory = null;
          this.#result = turn.value as Minimum<X>;
        } else if (turn.value === null) this.#take();
        else result = called(turn.value);
      }
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** Appends the points of the core's trace to the columns. */
  #take(): void {
    const rows = (this.#memory as MinimizerMemory).takeRows();
    const n = this.#point.elements;
    for (let at = 0; at < rows.length; at += 3 + n) {
      this.#columns.value.push(rows.subarray(at, at + 1));
      this.#columns.gradientNorm.push(rows.subarray(at + 1, at + 2));
      this.#columns.step.push(rows.subarray(at + 2, at + 3));
      this.#columns.x.push(rows.subarray(at + 3, at + 3 + n));
      this.#points++;
    }
  }
}

/** Options of `createSearch`: those of `minimizeSync` without time and trace. */
export interface SearchOptions extends Omit<MinimizeSyncOptions, "time" | "trace"> {
  /** True collects the points that the search tries, for its property `trials`; each then takes a call of the core. Default false. */
  readonly trials?: boolean;
}

const create = /* @__PURE__ */ wholeOnly(
  (engine: Engine, f: unknown, x0: unknown, method: MinimizeMethod | Optimizer, options: SearchOptions) => {
    const known = minimizeOptions.filter((name) => name !== "time" && name !== "trace");
    checkOptions(where, options, [...known, "gradient", "seed", "trials"]);
    const { trials = false, ...others } = options;
    checkFlag(where, "trials", trials);
    const all = { ...others, trace: true };
    return new MinimizerSearch(
      new Arrangement(where, x0),
      (opened) => prepared(where, engine, f, x0, method, all, true, opened),
      trials,
    );
  },
);

/**
 * Search for a minimum, x* = argmin f(x), that the caller advances: one point at a time in a loop, or many in one call of
 * `advance`, with a learning rate that can be changed in between. It visits the same points as `minimize` with the same method.
 *
 * @param f        a function of a tensor or of a tree of tensors that returns a scalar, or plain synchronous functions
 *   { value, gradient?, hessian? }
 * @param x0       initial point: a number, an array or a tree of them, arranged like the argument of f
 * @param method   a method, default `lbfgs()`, or a first-order optimizer such as `adam()`
 * @param options  tolerances, limits, bounds and trials; for first-order optimizers also gradient and seed; all optional
 * @returns a search, at its start
 * @throws TypeError   an argument is of the wrong kind, a function returns a promise, or an option is unknown
 * @throws RangeError  a number is out of range, bounds cross, or the initial point is not finite
 * @throws ShapeError  f does not return a scalar, or a gradient has the wrong length
 * @example
 * import { createSearch } from "thalweg/minimizers";
 * const search = createSearch(engine, (x) => x.square().sum(), [1], sgd({ learningRate: 0.25 }));
 * search.advance(2); // 2
 * search.learningRate = 0.5;
 * search.advance(1);
 * search.trace.x; // [1, 0.5, 0.25, 0]
 * @see Nocedal and Wright, *Numerical Optimization*, 2006
 */
export function createSearch<X extends ArraysFor<Tensor>>(
  engine: Engine,
  f: (x: Tensor) => Tensor,
  x0: X,
  method?: MinimizeMethod | Optimizer,
  options?: SearchOptions,
): MinimizerSearch<Arranged<X>>;
export function createSearch<T, X extends NoInfer<ArraysFor<T>>>(
  engine: Engine,
  f: (x: T) => Tensor,
  x0: X,
  method?: MinimizeMethod | Optimizer,
  options?: SearchOptions,
): MinimizerSearch<Arranged<X>>;
export function createSearch<X = Float64Array>(
  engine: Engine,
  f: PlainObjective<X>,
  x0: StartingPoint,
  method?: MinimizeMethod | Optimizer,
  options?: SearchOptions,
): MinimizerSearch;
export function createSearch(
  engine: Engine,
  f: unknown,
  x0: unknown,
  method: MinimizeMethod | Optimizer = lbfgs(),
  options: SearchOptions = {},
): MinimizerSearch {
  return create(engine, f, x0, method, options);
}
