// Minimization of functions by first-order optimizers: the update rules of training, applied to a vector.

import * as abi from "../../assembly/abi.js";
import type { Core, Engine } from "../engine/engine.js";
import * as fields from "../engine/recordFields.js";
import type { InitialContext } from "../layers/initializers.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { TrainerMemory } from "../training/memory.js";
import type { TrainerParts } from "../training/parts.js";
import { DivergenceError } from "../values/errors.js";
import type { Search } from "./drive.js";
import { MinimizerMemory } from "./memory.js";
import type { MinimizeMethod } from "./method.js";
import { type PlainEvaluator, TracedObjective } from "./objective.js";
import type { Minimum } from "./outcome.js";
import type { Arrangement } from "./point.js";
import { finished, type Opened, readBounds, runPlain, runTraced } from "./search.js";
import type { CheckedOptions } from "./stops.js";

/** Memory of a trainer whose only parameter is x. */
function memoryFor(
  engine: Engine,
  point: Arrangement,
  optimizer: Optimizer,
  { gradient, seed }: CheckedOptions,
): TrainerMemory {
  const [only] = point.leaves;
  const shape = point.leaves.length === 1 && only ? only.shape : [point.elements];
  const parts = {
    model: {
      name: "minimize",
      parameters: {
        x: {
          shape,
          initializer: (context: InitialContext) => context.constant({ data: point.start, shape }),
        },
      },
      apply: (_: unknown, x: unknown) => x,
    },
    loss: { name: "f", targets: "values", reduction: "sum", apply: (x: unknown) => x },
    optimizer,
    groups: [],
    gradient,
    metrics: [],
    seed,
    dtype: "f64",
    microBatch: 1,
  };
  return new TrainerMemory(engine, parts as unknown as TrainerParts);
}

/** Method for the record of a minimizer by an update rule: it needs only gradients. */
const bare = { method: "", direction: abi.directionSteepest, numbers: [], needs: 0, pairs: 0, lineSearch: null };

/** Minimizes by an update rule. Returns the last point, or the best one if the run failed or was stopped. */
export function* searchByRule(
  where: string,
  engine: Engine,
  objective: ((x: never) => unknown) | PlainEvaluator,
  point: Arrangement,
  optimizer: Optimizer,
  options: CheckedOptions,
  opened: Opened | null = null,
): Search<Minimum<unknown>> {
  const begun = performance.now();
  const bounds = readBounds(where, point, options);
  let traced: TracedObjective | null = null;
  let rule: TrainerMemory | null = null;
  let memory: MinimizerMemory | null = null;
  try {
    if (typeof objective === "function")
      traced = new TracedObjective(where, engine, objective, point, false, { value: false, product: false });
    else objective.bounds = bounds;
    rule = memoryFor(engine, point, optimizer, options);
    memory = new MinimizerMemory(engine, bare as unknown as MinimizeMethod, bare.direction, point, 0, bounds, options);
    opened?.(memory, rule);
    const entries = opened ? null : [];
    const calls = callsOf(rule, memory, options);
    const ended = traced
      ? yield* runTraced(memory, traced, options, begun, entries, calls.run)
      : yield* runPlain(memory, objective as PlainEvaluator, options, begun, entries, calls.advance);
    return finished(memory, ended, options, entries, ["converged", "maxIterations"]);
  } finally {
    traced?.free();
    rule?.free();
    memory?.free();
  }
}

/** The calls that drive the search, each with the values of users' schedules for its steps. */
function callsOf(
  { record, schedules }: TrainerMemory,
  memory: MinimizerMemory,
  { maxIterations, maxEvaluations }: CheckedOptions,
) {
  const { engine } = memory;
  const called = (steps: number, call: (core: Core) => number): number => {
    const step = memory.get(fields.minimizerIterations) + Number(memory.get(fields.minimizerRequest) !== 0);
    const left = Math.min(maxIterations - step, maxEvaluations - memory.get(fields.minimizerValues));
    schedules.lookUp(engine, step, 0, Math.max(Math.min(steps, left), 0), 1);
    try {
      return engine.checked(call);
    } catch (error) {
      if (!(error instanceof DivergenceError)) throw error;
      memory.set(fields.minimizerStatus, abi.statusNotFinite);
      return 0;
    }
  };
  return {
    advance: () => called(1, (core) => core.ruleAdvance(record, memory.record)),
    run: (requests: number) => {
      const steps = Math.min(requests, schedules.reach);
      return called(steps, (core) => core.ruleRun(record, memory.record, steps));
    },
  };
}
