// Creates trainers: the options and their checks.

import { checkEngine, type Engine } from "../engine/engine.js";
import { isLayer, type Layer, type Parameters } from "../layers/layer.js";
import type { Loss } from "../losses/classes.js";
import type { WeightedMean } from "../losses/means.js";
import type { Metric } from "../losses/metrics.js";
import { checkAverage, type WeightAverage } from "../optimizers/averages.js";
import type { Constraint } from "../optimizers/constraints.js";
import { checkGradientTransforms, type GradientTransform } from "../optimizers/gradientTransforms.js";
import type { Optimizer } from "../optimizers/optimizer.js";
import type { Penalty } from "../optimizers/penalties.js";
import type { Tensor } from "../tensors/tensor.js";
import type { ArraysFor, ResultTree } from "../tensors/trees.js";
import { checkChoice, checkNumber, checkOptions, has, wrongKind } from "../values/options.js";
import { checkConstraint, checkPenalty, isOptimizer, type ParameterGroup } from "./groups.js";
import { areMetrics } from "./lossOver.js";
import type { TrainerParts } from "./parts.js";
import { checkStandardization, type StandardizeOption } from "./standardize.js";
import { Trainer } from "./trainer.js";

/** Options of `createTrainer`. */
export interface TrainerOptions<
  Input = Tensor,
  Output = Tensor,
  Target = Tensor,
  Results extends string = string,
  HeadResults extends string = string,
> {
  /** Model to train: a layer, such as `sequential([...])`; with several inputs or outputs one over records of tensors. */
  readonly model: Layer<Input, Output>;
  /** Loss to minimize: a function of the model's output and the targets; `heads({ ... })` for several outputs. */
  readonly loss: Loss<Tensor | WeightedMean, Output, Target> & { readonly metrics?: readonly Metric<HeadResults>[] };
  /** Update rule, `adam()` for example. */
  readonly optimizer: Optimizer;
  /** Options for some of the parameters, by name; default: none. */
  readonly groups?: readonly ParameterGroup[];
  /** R of J = L + R, reported apart from the loss; default: none. */
  readonly penalty?: Penalty;
  /** Set onto which the weights are projected after every update; default: none. */
  readonly constraint?: Constraint;
  /** Transforms of the gradient before the update, in this order, such as clipping; default: none. */
  readonly gradient?: readonly GradientTransform[];
  /** Average of the weights to keep in addition to them; default: none. */
  readonly average?: WeightAverage;
  /** Metrics that `evaluate` computes in addition to the loss; default: none. */
  readonly metrics?: readonly Metric<Results, Output, Target>[];
  /** Seed of initial weights, row order and dropout: an integer, 0 .. 2⁵³ − 1; default 0. */
  readonly seed?: number;
  /** Type of parameters and arithmetic: "f64" has twice the digits and about half the speed; default "f32". */
  readonly dtype?: "f32" | "f64";
  /**
   * Standardizes the inputs to (x − mean) / deviation, by one number or one for each channel; several inputs by name.
   * Default: unchanged.
   */
  readonly standardize?: StandardizeOption<NoInfer<Input>>;
  /**
   * Maximum rows of a run, an integer ≥ 1: larger batches are split into the smallest number of runs, of nearly equal size,
   * and accumulated in a fixed order. Smaller values need less memory; default 1024.
   */
  readonly microBatch?: number;
}

/** Names of the options. */
export const optionNames = [
  "model",
  "loss",
  "optimizer",
  "groups",
  "penalty",
  "constraint",
  "gradient",
  "average",
  "metrics",
  "seed",
  "dtype",
  "standardize",
  "microBatch",
] as const;

const defaults = { groups: [], gradient: [], metrics: [], seed: 0, dtype: "f32", microBatch: 1024 } as const;

/**
 * Creates a trainer: draws the initial weights and allocates the memory. Programs are traced at their first use.
 *
 * @param options  model, loss and optimizer; groups, penalty, constraint, gradient, average, metrics, seed, dtype, standardize
 *                 and microBatch are optional
 * @throws TypeError   a missing part or one of the wrong kind, an unknown option, or options that contradict each other
 * @throws RangeError  a number out of range, or a group whose pattern matches no parameter
 * @throws MemoryError not enough memory for the parameters
 * @example
 * const trainer = createTrainer(engine, {
 *   model: sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]),
 *   loss: meanSquaredError(),
 *   optimizer: sgd({ learningRate: 0.5 }),
 *   seed: 1,
 * });
 */
export function createTrainer<
  Input = Tensor,
  Output = Tensor,
  Target = Tensor,
  Results extends string = never,
  HeadResults extends string = never,
>(
  engine: Engine,
  options: TrainerOptions<Input, Output, Target, Results, HeadResults>,
): Trainer<{
  inputs: ArraysFor<NoInfer<Input>>;
  targets: ArraysFor<NoInfer<Target>>;
  outputs: ResultTree<NoInfer<Output>>;
  results: NoInfer<Results | HeadResults>;
}> {
  const where = "createTrainer";
  checkEngine(where, engine);
  return new Trainer(engine, trainerParts(where, options as unknown as TrainerOptions));
}

/** Checks the options of a trainer and adds the defaults. */
export function trainerParts(where: string, options: TrainerOptions): TrainerParts {
  checkOptions(where, options, optionNames);
  // Undefined counts as absent; every option is read once, and lists are copied, as the caller may change them later.
  const entries = optionNames.map((name) => [name, options[name]] as const).filter(([, value]) => value !== undefined);
  const parts: TrainerParts = { ...defaults, ...(Object.fromEntries(entries) as unknown as TrainerParts) };
  checkParts(where, parts);
  const { gradient, loss, model, standardize } = parts;
  return {
    ...parts,
    gradient: [...gradient],
    metrics: resultsOf(parts),
    ...(loss.state && { model: stateful(model, loss.state) }),
    ...(standardize && { standardize: checkStandardization(where, standardize) }),
  };
}

/** The model with the state that the loss declares. */
function stateful(model: Layer, state: Parameters): Layer {
  return { ...model, state: { ...model.state, ...state }, apply: (...given) => model.apply(...given) };
}

function checkParts(where: string, parts: TrainerParts): void {
  const { model, loss, optimizer, penalty, constraint, gradient, average } = parts;
  const { dtype, seed, microBatch } = parts;
  if (!isLayer(model)) throw wrongKind(where, "model", "a layer", model, "sequential([linear(2, 1)])");
  if (!has(loss, "apply", "targets")) throw wrongKind(where, "loss", "a loss", loss, "meanSquaredError()");
  if (!isOptimizer(optimizer)) throw wrongKind(where, "optimizer", "an optimizer", optimizer, "adam()");
  if (penalty !== undefined) checkPenalty(where, penalty);
  if (constraint !== undefined) checkConstraint(where, constraint);
  checkGradientTransforms(where, gradient);
  if (optimizer.gradientFree && gradient.length > 0)
    throw new TypeError(`${where}: gradient has no effect, as ${optimizer.name} uses none. Leave it out.`);
  if (average !== undefined) checkAverage(where, average);
  checkMetrics(where, parts);
  checkChoice(where, "dtype", dtype, ["f32", "f64"]);
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  checkNumber(where, "microBatch", microBatch, { min: 1, integer: true });
}

/** Metrics of the heads of the loss, and of the trainer. */
function resultsOf({ loss, metrics }: TrainerParts): Metric[] {
  return [...(loss.metrics ?? []), ...metrics];
}

function checkMetrics(where: string, parts: TrainerParts): void {
  const { metrics } = parts;
  if (!areMetrics(metrics)) throw wrongKind(where, "metrics", "an array of metrics", metrics, "[accuracy()]");
  const taken = new Set(["loss", "penalty"]);
  for (const { name, finish } of resultsOf(parts)) {
    if (finish !== undefined && typeof finish !== "function")
      throw wrongKind(where, `finish of "${name}"`, "a function", finish);
    if (taken.has(name)) throw new RangeError(`${where}: two results are named "${name}". Rename the metric.`);
    taken.add(name);
  }
}
