// Memory of a minimizer: the core's record and its blocks.

import * as abi from "../../assembly/abi.js";
import { doubleAt, wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { wholeLines } from "../values/arrays.js";
import type { MinimizeMethod } from "./method.js";
import type { TraceEntry } from "./outcome.js";
import type { Arrangement } from "./point.js";
import type { CheckedOptions } from "./stops.js";

/** Number of iterations that the trace block holds until it is read. */
const traceLimit = 256;

/** Options that the core reads. */
export type Stopping = Pick<
  CheckedOptions,
  "gradientTolerance" | "valueTolerance" | "stepTolerance" | "maxIterations" | "maxEvaluations" | "trace"
>;

/** Record of a minimizer and its blocks, in one region. */
export class MinimizerMemory {
  readonly record: number;
  readonly #region: number;

  constructor(
    readonly engine: Engine,
    method: MinimizeMethod,
    direction: number,
    readonly point: Arrangement,
    readonly residuals: number,
    bounds: readonly [Float64Array, Float64Array] | null,
    options: Stopping,
  ) {
    const n = point.elements;
    const vector = wholeLines(8 * n + 16);
    const results = abi.resultsHeader + vector;
    const arena = engine.call((core) => core.minimizerArenaBytes(direction, n, residuals, method.pairs));
    const wantsMatrix = (method.needs & abi.requestHessian) !== 0 || residuals > 0;
    const sizes: [number, number][] = [
      [abi.minimizerX, vector],
      [abi.minimizerResults, results],
      [abi.minimizerTrial, vector],
      [abi.minimizerTrialResults, results],
      [abi.minimizerBest, vector],
      [abi.minimizerBestResults, results],
      [abi.minimizerStep, vector],
      // v, then x, then further arguments or results of programs.
      [abi.minimizerVector, wholeLines(16 * n + Math.max(16 * residuals, results) + 16)],
      [abi.minimizerProduct, vector],
      [abi.minimizerMatrix, wantsMatrix ? wholeLines(8 * n * Math.max(n, residuals) + 16) : 0],
      [abi.minimizerResidual, wholeLines(8 * residuals + 16)],
      [abi.minimizerArena, wholeLines(arena + 64)],
      [abi.minimizerOptions, wholeLines(abi.directionBytes)],
      [abi.minimizerLine, wholeLines(abi.lineBytes)],
      [abi.minimizerSearchOptions, wholeLines(abi.searchBytes)],
    ];
    if (bounds) sizes.push([abi.minimizerLower, vector], [abi.minimizerUpper, vector]);
    if (options.trace) sizes.push([abi.minimizerTrace, wholeLines(8 * traceLimit * (abi.traceHeader + n))]);
    const total = sizes.reduce((sum, [, size]) => sum + size, wholeLines(abi.minimizerBytes));
    this.#region = engine.allocate(total);
    engine.watch(this, [this.#region]);
    engine.bytes.fill(0, this.#region, this.#region + total);
    this.record = this.#region;
    let next = this.record + wholeLines(abi.minimizerBytes);
    for (const [field, size] of sizes) {
      this.set(field, next);
      next += size;
    }
    this.set(fields.minimizerDirection, direction);
    this.set(fields.minimizerSearch, method.lineSearch?.code ?? 0);
    this.set(fields.minimizerElements, n);
    this.set(fields.minimizerResiduals, residuals);
    this.set(fields.minimizerTraceLimit, traceLimit);
    this.set(fields.minimizerIterationLimit, options.maxIterations);
    this.set(fields.minimizerEvaluationLimit, options.maxEvaluations);
    engine.write(this.record, {
      [fields.minimizerGradientTolerance]: options.gradientTolerance,
      [fields.minimizerValueTolerance]: options.valueTolerance,
      [fields.minimizerStepTolerance]: options.stepTolerance,
      [fields.minimizerBestNorm]: Number.NaN,
    });
    this.write(fields.minimizerOptions, method.numbers);
    this.write(fields.minimizerSearchOptions, method.lineSearch?.numbers ?? []);
    this.write(fields.minimizerBestResults, [Number.POSITIVE_INFINITY]);
    this.write(fields.minimizerTrialResults, [Number.NaN]);
    this.write(fields.minimizerTrial, point.start);
    this.write(fields.minimizerBest, point.start);
    if (bounds) {
      this.write(fields.minimizerLower, bounds[0]);
      this.write(fields.minimizerUpper, bounds[1]);
    }
  }

  set(field: number, value: number): void {
    this.engine.ints[wordAt(this.record + field)] = value;
  }

  get(field: number): number {
    return this.engine.word(this.record + field);
  }

  real(field: number): number {
    return this.engine.doubles[doubleAt(this.record + field)] as number;
  }

  /** Copies numbers out of the block whose address is in a field. */
  read(field: number, count: number, offset = 0): Float64Array {
    const at = doubleAt(this.get(field) + offset);
    return this.engine.doubles.slice(at, at + count);
  }

  write(field: number, values: ArrayLike<number>, offset = 0): void {
    this.engine.doubles.set(values, doubleAt(this.get(field) + offset));
  }

  /** Reads and removes the entries of the trace. */
  takeTrace(): TraceEntry<unknown>[] {
    const n = this.point.elements;
    const width = abi.traceHeader + n;
    const values = this.read(fields.minimizerTrace, width * this.get(fields.minimizerTraceCount));
    this.set(fields.minimizerTraceCount, 0);
    return Array.from({ length: values.length / width }, (_, k) => {
      const [value = 0, gradientNorm = 0, step = 0] = values.subarray(k * width, k * width + abi.traceHeader);
      const x = this.point.arranged(values.slice(k * width + abi.traceHeader, (k + 1) * width));
      return { x, value, gradientNorm, step };
    });
  }

  free(): void {
    this.engine.unwatch(this);
    this.engine.release(this.#region);
  }
}
