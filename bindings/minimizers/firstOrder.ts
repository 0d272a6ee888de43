// First-order optimizers on a function: the update rules that train models, on a vector in place of weights.

import * as abi from "../../assembly/abi.js";
import { doubleAt } from "../engine/addresses.js";
import type { Engine } from "../engine/engine.js";
import type { InitialContext } from "../layers/initializers.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { TrainerMemory, type TrainerParts } from "../training/memory.js";
import { DivergenceError } from "../values/errors.js";
import type { Search } from "./drive.js";
import { type PlainAnswers, TracedObjective } from "./objective.js";
import { type Minimum, outcomeOf, type Status, type TraceEntry } from "./outcome.js";
import type { Arrangement } from "./point.js";
import { earlySentences, readBounds } from "./search.js";
import type { CheckedOptions } from "./stops.js";

const sliceTime = typeof document !== "undefined" ? 20 : 50;

/** A trainer's memory whose parameters are x. */
function memoryFor(engine: Engine, point: Arrangement, optimizer: Optimizer): TrainerMemory {
  const [only] = point.leaves;
  const shape = point.leaves.length === 1 && only ? only.shape : [point.elements];
  const parts = {
    model: {
      name: "minimize",
      parameters: {
        x: {
          shape,
          initializer: ({ trace }: InitialContext) => trace.constant({ data: point.start, shape }, "f64"),
        },
      },
      apply: (_: unknown, x: unknown) => x,
    },
    loss: { name: "f", targets: "values", reduction: "sum", apply: (x: unknown) => x },
    optimizer,
    groups: [],
    gradient: [],
    metrics: [],
    seed: 0,
    dtype: "f64",
    microBatch: 1,
  };
  return new TrainerMemory(engine, parts as unknown as TrainerParts);
}

interface Best {
  x: Float64Array;
  value: number;
  gradientNorm: number;
}

/** Minimizes by an update rule; the answer is the last point, or the best where the run failed or was ended. */
export function* searchByRule(
  where: string,
  engine: Engine,
  objective: ((x: never) => unknown) | PlainAnswers,
  point: Arrangement,
  optimizer: Optimizer,
  options: CheckedOptions,
): Search<Minimum<unknown>> {
  const begun = performance.now();
  const n = point.elements;
  const bounds = readBounds(where, point, options);
  let traced: TracedObjective | null = null;
  let memory: TrainerMemory | null = null;
  let results = 0;
  try {
    if (typeof objective === "function")
      traced = new TracedObjective(where, engine, objective, point, false, { value: false, product: false });
    else objective.bounds = bounds;
    memory = memoryFor(engine, point, optimizer);
    results = engine.allocate(abi.resultsHeader + 8 * n + 16);
    const { record, schedules } = memory;
    const program = traced?.addresses()[1] ?? 0;
    const entries: TraceEntry<unknown>[] = [];
    const evaluations = { value: 0, gradient: 0 };
    let best: Best = { x: point.start.slice(), value: Number.POSITIVE_INFINITY, gradientNorm: Number.NaN };
    let breathed = begun;
    let reported = begun;
    let iterations = 0;
    let ended: readonly [Status, string] | null = null;
    let last = best;
    while (!ended) {
      schedules.lookUp(engine, iterations, 0, 1);
      const final = iterations >= options.maxIterations;
      const place = engine.address((core) => core.minimizerLookAhead(record));
      const at = final ? memory.get(abi.trainerParameters) : place;
      const x = engine.doubles.slice(doubleAt(at), doubleAt(at) + n);
      const gradients = doubleAt(memory.get(abi.trainerGradients));
      let value: number;
      if (traced) {
        engine.call((core) => core.bindRandom(0, 0, 0, 0, 0));
        engine.checked((core) => core.run(program, at, results));
        value = engine.doubles[doubleAt(results)] as number;
        const from = doubleAt(results + abi.resultsHeader);
        engine.doubles.copyWithin(gradients, from, from + n);
      } else {
        const answers = objective as PlainAnswers;
        const both = yield* answers.both(x);
        value = both.value;
        engine.doubles.set(both.gradient, gradients);
        evaluations.value += answers.extra;
        answers.extra = 0;
      }
      evaluations.value++;
      evaluations.gradient++;
      const gradientNorm = largest(engine.doubles, gradients, x, bounds);
      last = { x, value, gradientNorm };
      if (value < best.value) best = last;
      if (options.trace) entries.push({ x: point.arranged(x), value, gradientNorm, step: iterations === 0 ? 0 : 1 });
      if (!Number.isFinite(value + gradientNorm)) ended = outcomeOf(abi.statusNotFinite);
      else if (gradientNorm <= options.gradientTolerance) ended = outcomeOf(abi.statusGradient);
      else if (final) ended = outcomeOf(abi.statusIterations);
      else if (evaluations.value >= options.maxEvaluations) ended = outcomeOf(abi.statusEvaluations);
      if (ended) break;
      try {
        engine.checked((core) => core.minimizerUpdate(record, value));
      } catch (error) {
        if (!(error instanceof DivergenceError)) throw error;
        ended = outcomeOf(abi.statusNotFinite);
      }
      if (bounds) clamp(engine, doubleAt(memory.get(abi.trainerParameters)), bounds);
      iterations++;
      const now = performance.now();
      if (now - breathed <= sliceTime && !options.signal) continue;
      breathed = now;
      if (options.onProgress && now - reported >= 50) {
        reported = now;
        options.onProgress({ iterations, value, gradientNorm, seconds: (now - begun) / 1000 });
      }
      yield null;
      if (options.signal?.aborted) ended = ["aborted", earlySentences.aborted];
      else if (now - begun > 1000 * options.time) ended = ["time", earlySentences.time];
    }
    const [status, message] = ended;
    const answer = status === "converged" || status === "maxIterations" ? last : best;
    return {
      x: point.arranged(answer.x),
      value: answer.value,
      gradientNorm: answer.gradientNorm,
      iterations,
      evaluations,
      status,
      message,
      ...(options.trace ? { trace: entries } : {}),
    };
  } finally {
    traced?.free();
    memory?.free();
    if (results) engine.release(results);
  }
}

/** The largest component of the gradient, but for those that lead out where x stands at a bound. */
function largest(
  doubles: Float64Array,
  from: number,
  x: Float64Array,
  bounds: readonly [Float64Array, Float64Array] | null,
): number {
  let found = 0;
  for (let k = 0; k < x.length; k++) {
    let g = doubles[from + k] as number;
    if (Number.isNaN(g)) return g;
    if (bounds) {
      const at = x[k] as number;
      const room = g > 0 ? at - (bounds[0][k] as number) : (bounds[1][k] as number) - at;
      if (room <= 4 * Number.EPSILON * Math.abs(at)) g = 0;
    }
    found = Math.max(found, Math.abs(g));
  }
  return found;
}

function clamp(engine: Engine, from: number, [lower, upper]: readonly [Float64Array, Float64Array]): void {
  const { doubles } = engine;
  for (let k = 0; k < lower.length; k++) {
    const at = doubles[from + k] as number;
    doubles[from + k] = Math.min(Math.max(at, lower[k] as number), upper[k] as number);
  }
}
