// The points that a search tries along its directions, with what led to each: the line, the trust region, the damping.

import * as abi from "../../assembly/abi.js";
import * as fields from "../engine/recordFields.js";
import { directionDamped, directionLevenbergMarquardt, directionTrustRegion } from "../values/contract.js";
import { Column } from "./column.js";
import type { MinimizerMemory } from "./memory.js";

/** Trials of a search as columns: x + t d for an accepted point x, a direction d and a step t. */
export interface SearchTrials {
  /** Number of trials. */
  readonly count: number;
  /** Number of the accepted point x in the trace [count]. */
  readonly from: Int32Array;
  /** Coordinates of x + t d [count, n], within the bounds. */
  readonly x: Float64Array;
  /** Directions d [count, n]. */
  readonly direction: Float64Array;
  /** Steps t [count]; 1 for methods without a line search. */
  readonly step: Float64Array;
  /** Values φ(t) = f(x + t d) [count]. */
  readonly value: Float64Array;
  /** Slopes φ'(t) = ∇f(x + t d) · d [count]; NaN where the method does not compute the gradient, and for residuals. */
  readonly slope: Float64Array;
  /** Decrease of f that the quadratic model predicts [count]; NaN for methods without a trust region. */
  readonly decrease: Float64Array;
  /** Radius of the trust region [count]; NaN for methods without one. */
  readonly radius: Float64Array;
  /** Damping [count]: α of `dampedNewton`, λ of `levenbergMarquardt`; NaN for other methods. */
  readonly damping: Float64Array;
}

const damped = [directionDamped, directionLevenbergMarquardt, directionTrustRegion];
/** Methods without a line search, whose steps are 1. */
const withoutLine: readonly number[] = [directionLevenbergMarquardt.code, directionTrustRegion.code];

const dot = (a: Float64Array, b: Float64Array): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);

/** Collects the trials of a search. */
export class TrialLog {
  readonly #columns = {
    from: new Column(),
    x: new Column(),
    direction: new Column(),
    step: new Column(),
    value: new Column(),
    slope: new Column(),
    decrease: new Column(),
    radius: new Column(),
    damping: new Column(),
  };
  /** Number of trials that the core had made at the last evaluation. */
  #count = 0;

  constructor(readonly memory: MinimizerMemory) {}

  /** Reads the evaluation that the core has just made, if it is one of a trial. */
  observe(): void {
    const { memory } = this;
    const n = memory.point.elements;
    const { x, slope, ...others } = this.#columns;
    const point = memory.readBlock(fields.minimizerTrial, n);
    const direction = memory.readBlock(fields.minimizerStep, n);
    const request = memory.get(fields.minimizerRequest);
    const knowsSlope = (request & abi.requestGradient) !== 0 && memory.residuals === 0;
    const along = knowsSlope
      ? dot(memory.readBlock(fields.minimizerTrialResults, n, abi.resultsHeader), direction)
      : Number.NaN;
    const count = memory.get(fields.minimizerTrials);
    if (count === this.#count) {
      // An accepted trial whose gradient was not known yet, or an evaluation that is none of a trial.
      const last = x.range(n * (count - 1), n * count);
      if (count > 0 && request === abi.requestGradient && point.every((value, k) => value === last[k]))
        slope.replaceLast(along);
      return;
    }
    this.#count = count;
    const code = memory.get(fields.minimizerDirection);
    const kind = damped.find((kind) => kind.code === code);
    const names = kind ? `${kind.fields} ${kind.state}`.split(" ") : [];
    const numbers = memory.readBlock(fields.minimizerOptions, names.length);
    const own = (name: string): number => numbers[names.indexOf(name)] ?? Number.NaN;
    x.push(point);
    slope.push([along]);
    others.direction.push(direction);
    others.from.push([memory.get(fields.minimizerIterations)]);
    others.step.push(withoutLine.includes(code) ? [1] : memory.readBlock(fields.minimizerLine, 1));
    others.value.push([this.#value()]);
    for (const name of ["decrease", "radius", "damping"] as const) others[name].push([own(name)]);
  }

  /** f at the trial. The core sums the squares of residuals later. */
  #value(): number {
    const { memory } = this;
    if (memory.residuals === 0) return memory.readBlock(fields.minimizerTrialResults, 1)[0] as number;
    const residuals = memory.readBlock(fields.minimizerResidual, memory.residuals);
    return 0.5 * dot(residuals, residuals);
  }

  /** All trials so far, as copies. */
  get trials(): SearchTrials {
    const columns = Object.entries(this.#columns).map(([name, column]) => [name, column.values] as const);
    const { from, ...others } = Object.fromEntries(columns) as Record<keyof Omit<SearchTrials, "count">, Float64Array>;
    return { count: this.#count, from: Int32Array.from(from), ...others };
  }
}
