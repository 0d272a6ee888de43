// Searches by the methods of the core, and the loops that run the core's requests.

import * as abi from "../../assembly/abi.js";
import { wordAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import { SlicePacer, sliceTime } from "../engine/slices.js";
import type { TrainerMemory } from "../training/memory.js";
import { ShapeError } from "../values/errors.js";
import type { Search } from "./drive.js";
import { MinimizerMemory } from "./memory.js";
import type { MinimizeMethod } from "./method.js";
import { wantsResiduals } from "./methods.js";
import { type PlainEvaluator, TracedObjective } from "./objective.js";
import { type MinimizeStatus, type Minimum, outcomeOf, type TraceEntry } from "./outcome.js";
import type { Arrangement } from "./point.js";
import type { CheckedOptions } from "./stops.js";

/** Minimum milliseconds between calls of onProgress. */
const progressTime = 50;

/**
 * Reads the lower and upper bound of every number of x, and clamps the initial point; throws if bounds cross. @internal
 */
export function readBounds(
  where: string,
  point: Arrangement,
  options: CheckedOptions,
): [Float64Array, Float64Array] | null {
  const { bounds } = options;
  if (!bounds || (bounds.lower === undefined && bounds.upper === undefined)) return null;
  const side = (name: "lower" | "upper", otherwise: number): Float64Array => {
    const given = bounds[name] ?? otherwise;
    if (typeof given === "number") return new Float64Array(point.elements).fill(given);
    return point.read(where, `bounds.${name}`, given);
  };
  const lower = side("lower", Number.NEGATIVE_INFINITY);
  const upper = side("upper", Number.POSITIVE_INFINITY);
  for (let k = 0; k < point.elements; k++) {
    const [low, high] = [lower[k] as number, upper[k] as number];
    if (!(low <= high))
      throw new RangeError(
        `${where}: bounds cross: got ${low} .. ${high} for number ${k} of x, expected lower ≤ upper.`,
      );
    point.start[k] = Math.min(Math.max(point.start[k] as number, low), high);
  }
  return [lower, upper];
}

/**
 * Called with the memory of a search by a driver that takes the points of the trace itself, at every turn. Returns a function to
 * call after every evaluation, or null. @internal
 */
export type Opened = (memory: MinimizerMemory, rule: TrainerMemory | null) => (() => void) | null;

/** Searches by a method of the core. */
export function* searchMinimum(
  where: string,
  engine: Engine,
  objective: ((x: never) => unknown) | PlainEvaluator,
  point: Arrangement,
  method: MinimizeMethod,
  options: CheckedOptions,
  atEnd: (memory: MinimizerMemory, point: number) => void = () => {},
  opened: Opened | null = null,
): Search<Minimum<unknown>> {
  const begun = performance.now();
  const residual = wantsResiduals(method);
  const bounds = readBounds(where, point, options);
  let direction = method.direction;
  if (bounds) {
    if (direction !== abi.directionLbfgs)
      throw new TypeError(
        `${where}: ${method.method} does not support bounds. ${
          residual
            ? "Minimize the sum of squares by minimize with lbfgs(), or use x.exp() for a positive parameter."
            : "Use lbfgs(), or a first-order optimizer."
        }`,
      );
    direction = abi.directionBounded;
  }
  let traced: TracedObjective | null = null;
  let first: Float64Array | null = null;
  if (typeof objective === "function") {
    const along = method.lineSearch?.needs ?? abi.requestGradient;
    const product = ((method.needs | along) & (abi.requestHessian | abi.requestProduct)) !== 0;
    const value = (along & abi.requestGradient) === 0;
    traced = new TracedObjective(where, engine, objective, point, residual, { value, product });
  } else {
    objective.bounds = bounds;
    if (residual) first = yield* objective.residuals(point.start);
  }
  let memory: MinimizerMemory | null = null;
  try {
    const rows = traced ? traced.residuals : (first?.length ?? 0);
    if (residual && direction === abi.directionGaussNewton && rows < point.elements)
      throw new ShapeError(
        `${where}: gaussNewton needs at least as many residuals as parameters, got ${rows} and ${point.elements}. Use ` +
          "levenbergMarquardt().",
      );
    memory = new MinimizerMemory(engine, method, direction, point, rows, bounds, options);
    const observe = opened?.(memory, null) ?? null;
    const entries = opened ? null : [];
    const ended = traced
      ? yield* runTraced(memory, traced, options, begun, entries, runOf(memory, observe))
      : yield* runPlain(memory, objective as PlainEvaluator, options, begun, entries, undefined, observe);
    return finished(memory, ended, options, entries, ["converged"], atEnd);
  } finally {
    traced?.free();
    memory?.free();
  }
}

/** Reports progress and yields to the host between slices; returns the status if the search must end, else null. */
function* pause(memory: MinimizerMemory, options: CheckedOptions, begun: number, last: { time: number }) {
  const now = performance.now();
  if (options.onProgress && now - last.time >= progressTime) {
    last.time = now;
    options.onProgress({
      iterations: memory.get(fields.minimizerIterations),
      value: memory.readBlock(fields.minimizerResults, 1)[0] as number,
      gradientNorm: memory.get(fields.minimizerGradientNorm),
      seconds: (now - begun) / 1000,
    });
  }
  yield null;
  if (options.signal?.aborted) return "aborted" as const;
  return now - begun > options.time * 1000 ? ("time" as const) : null;
}

type Early = "aborted" | "time" | null;

/** The call that runs a number of requests of a traced function, or one if each is observed. */
const runOf =
  ({ engine, record }: MinimizerMemory, observe: (() => void) | null = null) =>
  (requests: number): number => {
    const request = engine.checked((core) => core.minimizerRun(record, observe ? 1 : requests));
    observe?.();
    return request;
  };

/** Searches with programs; `run` handles a number of requests and returns 0 at the end. @internal */
export function* runTraced(
  memory: MinimizerMemory,
  objective: TracedObjective,
  options: CheckedOptions,
  begun: number,
  entries: TraceEntry<unknown>[] | null,
  run = runOf(memory),
): Search<Early> {
  const { engine, record, point } = memory;
  engine.ints.set(objective.addresses(), wordAt(record + fields.minimizerPrograms));
  const pacer = new SlicePacer(sliceTime, objective.flops * point.elements, 64);
  const last = { time: begun };
  if (options.signal?.aborted) return "aborted";
  while (true) {
    const start = performance.now();
    const request = run(pacer.runs);
    const spent = performance.now() - start;
    if (!entries) yield null;
    else if (options.trace) entries.push(...memory.takeTrace());
    if (request === 0) return null;
    pacer.update(spent);
    if (!entries) continue;
    if (performance.now() - begun < sliceTime / 2 && !options.signal) continue;
    const early = yield* pause(memory, options, begun, last);
    if (early) return early;
  }
}

/** Searches with plain functions; `advance` uses the results and returns the next request, 0 at the end. @internal */
export function* runPlain(
  memory: MinimizerMemory,
  plain: PlainEvaluator,
  options: CheckedOptions,
  begun: number,
  entries: TraceEntry<unknown>[] | null,
  advance = (): number => memory.engine.call((core) => core.minimizerAdvance(memory.record)),
  observe: (() => void) | null = null,
): Search<Early> {
  const n = memory.point.elements;
  const rows = memory.residuals;
  const last = { time: begun };
  let yielded = performance.now();
  if (options.signal?.aborted) return "aborted";
  while (true) {
    const request = advance();
    if (options.trace && (request === 0 || memory.get(fields.minimizerTraceCount) > 0)) {
      if (entries) entries.push(...memory.takeTrace());
      else yield null;
    }
    if (request === 0) return null;
    if (request === abi.requestPause) continue;
    if (options.signal || performance.now() - yielded > sliceTime) {
      const early = yield* pause(memory, options, begun, last);
      if (early) return early;
      yielded = performance.now();
    }
    const wants = (bit: number): boolean => (request & bit) !== 0;
    if (rows > 0) {
      const trial = memory.readBlock(fields.minimizerTrial, n);
      if (wants(abi.requestValue)) memory.writeBlock(fields.minimizerResidual, yield* plain.residuals(trial, rows));
      if (wants(abi.requestGradient)) memory.writeBlock(fields.minimizerMatrix, yield* plain.jacobian(trial, rows));
    } else if (wants(abi.requestValue | abi.requestGradient)) {
      const trial = memory.readBlock(fields.minimizerTrial, n);
      if (!wants(abi.requestGradient)) memory.writeBlock(fields.minimizerTrialResults, [yield* plain.value(trial)]);
      else if (!wants(abi.requestValue))
        memory.writeBlock(fields.minimizerTrialResults, yield* plain.gradient(trial), abi.resultsHeader);
      else {
        const { value, gradient } = yield* plain.both(trial);
        memory.writeBlock(fields.minimizerTrialResults, [value]);
        memory.writeBlock(fields.minimizerTrialResults, gradient, abi.resultsHeader);
      }
    } else {
      const x = memory.readBlock(fields.minimizerX, n);
      if (wants(abi.requestHessian)) memory.writeBlock(fields.minimizerMatrix, yield* plain.hessian(x));
      else
        memory.writeBlock(
          fields.minimizerProduct,
          yield* plain.product(x, memory.readBlock(fields.minimizerVector, n)),
        );
    }
    if (plain.extra > 0) {
      memory.set(fields.minimizerValues, memory.get(fields.minimizerValues) + plain.extra);
      plain.extra = 0;
    }
    observe?.();
  }
}

const earlySentences: Readonly<Record<"aborted" | "time", string>> = {
  aborted: "Stopped by the signal; x is the best point so far.",
  time: "Stopped at the time limit; x is the best point so far.",
};

/**
 * The outcome: the accepted point where the status is one of `accepting`, else the better of that and the best.
 * @internal
 */
export function finished(
  memory: MinimizerMemory,
  early: Early,
  options: CheckedOptions,
  entries: TraceEntry<unknown>[] | null,
  accepting: readonly MinimizeStatus[],
  atEnd: (memory: MinimizerMemory, point: number) => void = () => {},
): Minimum<unknown> {
  const n = memory.point.elements;
  let [status, message]: readonly [MinimizeStatus, string] = outcomeOf(memory.get(fields.minimizerStatus));
  if (early) [status, message] = [early, earlySentences[early]];
  // After convergence the accepted point equals the best one within rounding, and its gradient is known.
  const best = memory.readBlock(fields.minimizerBestResults, 1)[0] as number;
  const accepted = memory.readBlock(fields.minimizerResults, 1)[0] as number;
  const began = best < Number.POSITIVE_INFINITY;
  const takesBest = !began || (!accepting.includes(status) && best < accepted);
  const gradientNorm = memory.get(takesBest ? fields.minimizerBestNorm : fields.minimizerGradientNorm);
  const field = takesBest ? fields.minimizerBest : fields.minimizerX;
  atEnd(memory, memory.get(field));
  return {
    x: memory.point.arranged(memory.readBlock(field, n)) as never,
    // If the search could not begin, the value at the initial point.
    value: began ? (takesBest ? best : accepted) : (memory.readBlock(fields.minimizerTrialResults, 1)[0] as number),
    gradientNorm,
    iterations: memory.get(fields.minimizerIterations),
    evaluations: { value: memory.get(fields.minimizerValues), gradient: memory.get(fields.minimizerGradients) },
    status,
    message,
    ...(options.trace && entries ? { trace: entries } : {}),
  };
}
