// Memory of a minimizer: the core's record and its blocks.

import * as abi from "../../assembly/abi.js";
import { doubleAt, type Field } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import { RecordView } from "../engine/record.js";
import * as fields from "../engine/recordFields.js";
import { wholeLines } from "../values/arrays.js";
import { within } from "../values/errors.js";
import type { MinimizeMethod } from "./method.js";
import type { TraceEntry } from "./outcome.js";
import type { Arrangement } from "./point.js";
import type { CheckedOptions } from "./stops.js";

/** Number of iterations that the trace block holds until it is read. @internal */
export const traceLimit = 256;

/** Options that the core reads. */
export type Stopping = Pick<
  CheckedOptions,
  "gradientTolerance" | "valueTolerance" | "stepTolerance" | "maxIterations" | "maxEvaluations" | "trace"
>;

/** Sizes of the blocks, by the field that holds their address. */
function sizesOf(
  method: MinimizeMethod,
  n: number,
  residuals: number,
  arena: number,
  optional: { bounds: boolean; trace: boolean },
): [Field<"minimizer">, number][] {
  const vector = wholeLines(8 * n + 16);
  const results = abi.resultsHeader + vector;
  const wantsMatrix = (method.needs & abi.requestHessian) !== 0 || residuals > 0;
  const sizes: [Field<"minimizer">, number][] = [
    [fields.minimizerX, vector],
    [fields.minimizerResults, results],
    [fields.minimizerTrial, vector],
    [fields.minimizerTrialResults, results],
    [fields.minimizerBest, vector],
    [fields.minimizerBestResults, results],
    [fields.minimizerStep, vector],
    // v, x, and the other results of programs.
    [fields.minimizerVector, wholeLines(16 * n + Math.max(16 * residuals, results) + 16)],
    [fields.minimizerProduct, vector],
    [fields.minimizerMatrix, wantsMatrix ? wholeLines(8 * n * Math.max(n, residuals) + 16) : 0],
    [fields.minimizerResidual, wholeLines(8 * residuals + 16)],
    [fields.minimizerArena, wholeLines(arena + 64)],
    [fields.minimizerOptions, wholeLines(abi.directionBytes)],
    [fields.minimizerLine, wholeLines(abi.lineBytes)],
    [fields.minimizerSearchOptions, wholeLines(abi.searchBytes)],
  ];
  if (optional.bounds) sizes.push([fields.minimizerLower, vector], [fields.minimizerUpper, vector]);
  if (optional.trace) sizes.push([fields.minimizerTrace, wholeLines(8 * traceLimit * (abi.traceHeader + n))]);
  return sizes;
}

/** Record of a minimizer and its blocks, in one region. */
export class MinimizerMemory extends RecordView<"minimizer"> {
  readonly record: number;

  constructor(
    engine: Engine,
    method: MinimizeMethod,
    direction: number,
    readonly point: Arrangement,
    readonly residuals: number,
    bounds: readonly [Float64Array, Float64Array] | null,
    options: Stopping,
  ) {
    super(engine);
    const n = point.elements;
    const arena = engine.call((core) => core.minimizerArenaBytes(direction, n, residuals, method.pairs));
    const sizes = sizesOf(method, n, residuals, arena, { bounds: bounds !== null, trace: options.trace });
    const total = sizes.reduce((sum, [, size]) => sum + size, wholeLines(abi.minimizerBytes));
    this.record = within(`${method.method} of ${n} variables`, () => engine.allocate(total));
    engine.watch(this, [this.record]);
    engine.bytes.fill(0, this.record, this.record + total);
    let next = this.record + wholeLines(abi.minimizerBytes);
    for (const [field, size] of sizes) {
      this.set(field, next);
      next += size;
    }
    this.write({
      [fields.minimizerDirection]: direction,
      [fields.minimizerSearch]: method.lineSearch?.code ?? 0,
      [fields.minimizerElements]: n,
      [fields.minimizerResiduals]: residuals,
      [fields.minimizerTraceLimit]: traceLimit,
      [fields.minimizerIterationLimit]: options.maxIterations,
      [fields.minimizerEvaluationLimit]: options.maxEvaluations,
      [fields.minimizerGradientTolerance]: options.gradientTolerance,
      [fields.minimizerValueTolerance]: options.valueTolerance,
      [fields.minimizerStepTolerance]: options.stepTolerance,
      [fields.minimizerBestNorm]: Number.NaN,
    });
    this.writeBlock(fields.minimizerOptions, method.numbers);
    this.writeBlock(fields.minimizerSearchOptions, method.lineSearch?.numbers ?? []);
    this.writeBlock(fields.minimizerBestResults, [Number.POSITIVE_INFINITY]);
    this.writeBlock(fields.minimizerTrialResults, [Number.NaN]);
    this.writeBlock(fields.minimizerTrial, point.start);
    this.writeBlock(fields.minimizerBest, point.start);
    if (bounds) {
      this.writeBlock(fields.minimizerLower, bounds[0]);
      this.writeBlock(fields.minimizerUpper, bounds[1]);
    }
  }

  /** Returns a copy of the block whose address a field holds. */
  readBlock(field: Field<"minimizer">, count: number, offset = 0): Float64Array {
    const at = doubleAt(this.get(field) + offset);
    return this.engine.doubles.slice(at, at + count);
  }

  /** Writes into that block. */
  writeBlock(field: Field<"minimizer">, values: ArrayLike<number>, offset = 0): void {
    this.engine.doubles.set(values, doubleAt(this.get(field) + offset));
  }

  /** Reads and removes the rows of the trace: value, gradient norm, step and x of each point. */
  takeRows(): Float64Array {
    const width = abi.traceHeader + this.point.elements;
    const values = this.readBlock(fields.minimizerTrace, width * this.get(fields.minimizerTraceCount));
    this.set(fields.minimizerTraceCount, 0);
    return values;
  }

  /** Reads and removes the entries of the trace. */
  takeTrace(): TraceEntry<unknown>[] {
    const width = abi.traceHeader + this.point.elements;
    const values = this.takeRows();
    return Array.from({ length: values.length / width }, (_, k) => {
      const [value = 0, gradientNorm = 0, step = 0] = values.subarray(k * width, k * width + abi.traceHeader);
      const x = this.point.arranged(values.slice(k * width + abi.traceHeader, (k + 1) * width));
      return { x, value, gradientNorm, step };
    });
  }

  free(): void {
    this.engine.unwatch(this);
    this.engine.release(this.record);
  }
}
