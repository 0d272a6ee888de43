// Training by a minimizer over all rows, which `fit` runs in place of the update rule.

import * as abi from "../../assembly/abi.js";
import type { Core } from "../engine/engine.js";
import { solversOf, wholeOnly } from "../engine/featureSets.js";
import * as fields from "../engine/recordFields.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import { readArray } from "../tensors/trace.js";
import type { FitOptions, MethodRun } from "../training/fitOptions.js";
import type { MethodOutcome } from "../training/history.js";
import type { TrainerInternals } from "../training/internals.js";
import { MinimizerMemory } from "./memory.js";
import type { MinimizeMethod } from "./method.js";
import { outcomeOf } from "./outcome.js";
import { Arrangement } from "./point.js";

/** Index of a field among the numbers of a group. */
const placeOf = (field: number): number => (field - abi.groupDecoupledDecay) / 8;

/** Messages for a failed line search, as those of `minimize` suggest checking a user's gradient. */
const failures = {
  f32: "The line search found no lower loss: further decreases are below the rounding of f32. Use an f64 trainer to go on.",
  f64: "The line search found no lower loss; the model may have kinks. Try another line search.",
} as const;

/** Checks that a trainer has no parts that a minimizer does not support. */
function checkFits(where: string, { options, memory, programs }: TrainerInternals, method: MinimizeMethod): void {
  const { gradient, average, groups } = options;
  const optimizers: Optimizer[] = [options.optimizer, ...groups.flatMap(({ optimizer }) => optimizer ?? [])];
  const reject = (what: string, advice: string): never => {
    throw new TypeError(`${where}: ${method.method} does not support ${what}. ${advice}`);
  };
  if ((method.lineSearch?.needs ?? 0) & abi.requestProduct)
    reject("exactQuadratic(), which needs products with the Hessian", "Use moreThuente().");
  if (gradient.length > 0) reject("transforms of the gradient", "Create the trainer without gradient.");
  if (memory.stateLayout.scheduled.length > 0) reject("a layer on a schedule", "Give the layer a number.");
  if (programs.augmentation?.scheduled.length) reject("an augmentation on a schedule", "Give its ops numbers.");
  if (average) reject("an average of the weights", "Create the trainer without average.");
  for (const { wrappers, gradientFree, weightsAre, name } of optimizers) {
    if (wrappers.length > 0) reject(`the wrapper of ${name}`, "Create the trainer with a plain optimizer.");
    if (gradientFree || weightsAre) reject(`a trainer of ${name}`, "Create the trainer with sgd() or adam().");
  }
  for (const { hyper, proximal } of memory.layout.groups) {
    if (hyper[placeOf(abi.groupMaxNorm)] !== 0)
      reject("a constraint of the weights", "Create the trainer without constraint.");
    if (proximal) reject("a proximal penalty", "Leave out proximal.");
    if ([abi.groupL2, abi.groupL1].some((field) => typeof hyper[placeOf(field)] !== "number"))
      reject("a penalty on a schedule", "Give the penalty a number.");
  }
}

/** Options of a run over all rows in one batch; throws for options that require several. @internal */
export function planFit({ method }: MinimizeMethod, options: FitOptions, rows: number): FitOptions {
  const { batchSize = rows, shuffle = false, worker = false, statistics } = options;
  if (batchSize < rows)
    throw new RangeError(
      `fit: ${method} uses all rows at once: got batchSize ${batchSize} of ${rows} rows. Leave batchSize out; microBatch ` +
        "of the trainer limits the memory.",
    );
  if (shuffle) throw new TypeError(`fit: ${method} uses all rows in their order. Leave shuffle out.`);
  if (worker !== false) throw new TypeError(`fit: ${method} runs in this thread. Leave worker out.`);
  if (statistics)
    throw new TypeError(
      `fit: statistics measure updates of the optimizer, which ${method} does not use. Leave them out.`,
    );
  return { ...options, batchSize: rows, shuffle: false };
}

/** Run of a minimizer on a trainer. */
class FullBatchRun implements MethodRun {
  ended = false;
  readonly #trainer: TrainerInternals;
  readonly #memory: MinimizerMemory;
  readonly #point: number;

  constructor(trainer: TrainerInternals, method: MinimizeMethod) {
    const { engine, memory, options, programs } = trainer;
    const { elements } = memory.layout;
    const start = readArray(engine, memory.get(fields.trainerParameters), options.dtype, elements);
    this.#trainer = trainer;
    this.#memory = new MinimizerMemory(engine, method, method.direction, new Arrangement("fit", start), 0, null, {
      gradientTolerance: 0,
      valueTolerance: 0,
      stepTolerance: 0,
      maxIterations: 2 ** 31,
      maxEvaluations: 2 ** 31,
      trace: false,
    });
    try {
      this.#point = engine.allocate(8 * elements + 64);
    } catch (error) {
      this.#memory.free();
      throw error;
    }
    engine.bytes.fill(0, this.#point, this.#point + 8 * elements + 64);
    this.#memory.set(fields.minimizerRenews, Number(programs.largestRun.random));
  }

  advance(runs: number, steps: number): void {
    const { engine, memory } = this.#trainer;
    const { record } = this.#memory;
    const fit = (core: Core): number => core.minimizerFit(memory.record, record, this.#point, runs, steps);
    const request = engine.checked(fit, memory);
    this.ended = request === 0;
  }

  outcome(): MethodOutcome {
    const memory = this.#memory;
    const { penalized } = this.#trainer.memory.layout;
    const [loss = 0, penalty = 0, gradientNorm = 0] = memory.readBlock(fields.minimizerResults, 3, abi.resultsLoss);
    const [status, message] = this.ended
      ? outcomeOf(memory.get(fields.minimizerStatus))
      : (["stopped", "Stopped by the options of fit before the method ended."] as const);
    // A pending request was counted, but not computed.
    const open = this.ended ? 0 : memory.get(fields.minimizerRequest) & abi.requestValue;
    return {
      loss,
      ...(penalized ? { penalty } : {}),
      gradientNorm,
      evaluations: memory.get(fields.minimizerValues) - open,
      status,
      message: status === "lineSearch" ? failures[this.#trainer.options.dtype] : message,
    };
  }

  free(): void {
    this.#trainer.engine.release(this.#point);
    this.#memory.free();
  }
}

/** Begins to fit a trainer whose runs over all rows are prepared. @internal */
export const beginFit = /* @__PURE__ */ wholeOnly(function beginFit(
  method: MinimizeMethod,
  trainer: TrainerInternals,
): MethodRun {
  const where = "fit";
  solversOf(where, trainer.engine, "minimizerFit");
  checkFits(where, trainer, method);
  return new FullBatchRun(trainer, method);
});
