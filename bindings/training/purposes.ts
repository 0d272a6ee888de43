// The programs of a model: what is traced for each purpose.

import * as abi from "../../assembly/abi.js";
import type { Engine } from "../engine/engine.js";
import { ModelScope } from "../layers/context.js";
import { tensorFrom } from "../layers/layer.js";
import type { Metric } from "../losses/metrics.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Placement, type Program, type Trace, traced } from "../tensors/trace.js";
import { bytesOf } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { has } from "../values/options.js";
import { arrangeTensors, type Layout, type StateLayout, storedTensors } from "./parameters.js";
import type { TrainerParts } from "./parts.js";

/** Shapes and types of the rows in the argument block. */
export interface Signature {
  readonly inputRow: readonly number[];
  readonly targetRow: readonly number[] | null;
  readonly targetType: "f32" | "f64" | "i32";
}

/** What all programs of a trainer depend on. */
export interface ProgramContext extends Signature {
  readonly engine: Engine;
  readonly parts: TrainerParts;
  readonly layout: Layout;
  readonly stateLayout: StateLayout;
  /** Offset of the targets in the argument block. */
  readonly targetOffset: number;
}

/** A program of the model. */
export interface ModelProgram {
  readonly program: Program;
  /** Shape of the model's output. */
  readonly shape: readonly number[];
  /**
   * Blocks of its results that are read: of "train" the loss, of "evaluate" the loss and then the metrics, of "observe" the
   * units of every observed layer.
   */
  readonly results: readonly ResultBlock[];
  /** Whether it draws random numbers. */
  readonly random: boolean;
  /** Names of the observed layers. */
  readonly observed: readonly string[];
}

/** A block of results: a scalar in the trainer's type, sums in f64, or numerator and denominator of a mean in f64. */
export interface ResultBlock {
  readonly offset: number;
  readonly elements: number;
  readonly dtype: "f32" | "f64";
  /** Whether it is a numerator and a denominator. */
  readonly weighted: boolean;
}

/** The value of a loss or a metric for a batch. */
interface BatchValue {
  /** Tensor among the results: a scalar, sums, or numerator and denominator of a weighted mean. */
  readonly tensor: Tensor;
  /** Numerator of a weighted mean. */
  readonly sum?: Tensor;
}

/**
 * Purpose of a program: "refresh" is a training run that only computes the running state, "observe" one that returns for
 * every unit of the observed layers whether it is 0 for all rows.
 */
export type Purpose = "train" | "evaluate" | "predict" | "refresh" | "observe";

/** A program while it is traced: the model was applied. */
interface Tracing extends ProgramContext {
  readonly trace: Trace;
  readonly rows: number;
  readonly scope: ModelScope;
  readonly weights: readonly Tensor[];
  readonly prediction: Tensor;
}

/** What a trace leaves: placements, and which of them are read by whom. */
interface Traced {
  readonly results: Placement[];
  /** Number of results that are read, from the first on. */
  readonly read?: number;
  readonly observed?: readonly string[];
  readonly weighted?: ReadonlySet<Tensor>;
}

/** Returns the value if it is a tensor of the trainer's type. @throws TypeError  naming the function that returned it */
export function ownTensor(name: string, value: unknown, dtype: string): Tensor {
  const tensor = tensorFrom(name, value);
  if (tensor.dtype === dtype) return tensor;
  throw new TypeError(
    `${name}: returns ${tensor.dtype}, expected ${dtype}, the type of the trainer. Use cast("${dtype}").`,
  );
}

/** Returns the value as a scalar of the trainer's type. */
export function scalar(name: string, value: unknown, dtype: string): Tensor {
  const tensor = ownTensor(name, value, dtype);
  if (tensor.size === 1) return tensor.reshape([]);
  throw new ShapeError(`${name}: must return a scalar, got shape [${tensor.shape.join(", ")}]. Reduce it with mean().`);
}

/** Returns a mean, or numerator and denominator of one in f64. */
export function meanOf(name: string, value: unknown, dtype: "f32" | "f64"): BatchValue {
  if (value instanceof Tensor || !has(value, "sum", "weight")) return { tensor: scalar(name, value, dtype) };
  const parts = value as Record<"sum" | "weight", unknown>;
  const wide = (part: "sum" | "weight"): Tensor => {
    const given = parts[part];
    const own = given instanceof Tensor && given.dtype === "f64" ? "f64" : dtype;
    return scalar(`${name}: ${part}`, given, own).cast("f64");
  };
  const sum = wide("sum");
  const weight = typeof parts.weight === "number" ? sum.trace.fill(parts.weight, [], "f64") : wide("weight");
  return { sum, tensor: sum.trace.concatenate([sum.reshape([1]), weight.reshape([1])], 0) };
}

/** Returns the value of a metric for a batch: its mean, or its sums in f64. */
function metricOf(metric: Metric, prediction: Tensor, target: Tensor, { dtype, loss }: TrainerParts): BatchValue {
  const value: unknown = metric.apply(prediction, target, loss);
  if (!metric.finish) return meanOf(metric.name, value, dtype);
  const sums = value instanceof Tensor && value.dtype === "f64" ? value : ownTensor(metric.name, value, dtype);
  if (sums.size === 0) throw new ShapeError(`${metric.name}: returns no sums, expected at least 1 number.`);
  return { tensor: sums.dtype === "f64" ? sums : sums.cast("f64") };
}

/** Traces and plans the program for a purpose and a number of rows. */
export function traceModel(context: ProgramContext, caller: string, purpose: Purpose, rows: number): ModelProgram {
  let shape: readonly number[] = [];
  let blocks: ResultBlock[] = [];
  let names: readonly string[] = [];
  let random = false;
  const program = within(caller, () =>
    traced(context.engine, (trace) => {
      const tracing = applyModel(context, trace, purpose, rows);
      const { results, read = 0, observed = [], weighted } = emitters[purpose](tracing);
      ({ shape } = tracing.prediction);
      random = trace.drawsRandom;
      names = observed;
      blocks = results.slice(0, read).map(({ tensor, offset }) => ({
        offset,
        elements: tensor.size,
        dtype: tensor.dtype as "f32" | "f64",
        weighted: weighted?.has(tensor) === true,
      }));
      return results;
    }),
  );
  return { program, shape, results: blocks, random, observed: names };
}

/** Traces the model over the rows of the argument block. */
function applyModel(context: ProgramContext, trace: Trace, purpose: Purpose, rows: number): Tracing {
  const { layout, stateLayout, inputRow } = context;
  const { model, dtype } = context.parts;
  const weights = storedTensors(trace, abi.spaceParameters, dtype, layout.parameters);
  const state = storedTensors(trace, abi.spaceState, dtype, stateLayout.entries);
  const named = new Map(stateLayout.entries.map(({ name }, k) => [name, state[k] as Tensor]));
  const training = purpose !== "evaluate" && purpose !== "predict";
  const scope = new ModelScope(trace, model, training, rows, dtype, named, purpose === "refresh");
  const x = trace.leaf(abi.spaceArguments, 0, dtype, [rows, ...inputRow]);
  const output = model.apply(arrangeTensors(model.parameters, weights), x, scope.context);
  return { ...context, trace, rows, scope, weights, prediction: ownTensor(model.name, output, dtype) };
}

/** Traces the loss, a weighted mean or a scalar. */
function emitLoss(tracing: Tracing): { value: BatchValue; target: Tensor } {
  const { trace, rows, prediction, targetRow, targetType, targetOffset } = tracing;
  const { loss, dtype } = tracing.parts;
  const target = trace.leaf(abi.spaceArguments, targetOffset, targetType, [rows, ...(targetRow ?? [])]);
  tracing.engine.inspector?.entered("loss");
  return { value: meanOf(loss.name, loss.apply(prediction, target), dtype), target };
}

function nextState({ scope, parts, stateLayout }: Tracing, space: number): Placement[] {
  return stateLayout.entries.map(({ name, offset }) => ({
    tensor: scope.next(name),
    space,
    offset: bytesOf(parts.dtype, offset),
  }));
}

/** The loss, its gradients and the next running state. */
function emitTraining(tracing: Tracing): Traced {
  const { trace, weights } = tracing;
  const { dtype, optimizer } = tracing.parts;
  const { value } = emitLoss(tracing);
  const trained = tracing.layout.parameters.flatMap(({ frozen, offset }, k) =>
    frozen || optimizer.gradientFree ? [] : [{ weight: weights[k] as Tensor, offset: bytesOf(dtype, offset) }],
  );
  const gradients = trace.differentiate(
    value.sum ?? value.tensor,
    trained.map(({ weight }) => weight),
  );
  const results: Placement[] = [{ tensor: value.tensor, space: abi.spaceResults, offset: 0 }];
  for (const [k, tensor] of gradients.entries())
    results.push({ tensor, space: abi.spaceGradients, offset: (trained[k] as (typeof trained)[number]).offset });
  results.push(...nextState(tracing, abi.spaceNextState));
  return { results, read: 1, weighted: new Set(value.sum ? [value.tensor] : []) };
}

/** The loss and the metrics. */
function emitEvaluation(tracing: Tracing): Traced {
  const { parts, prediction } = tracing;
  const { value, target } = emitLoss(tracing);
  const metrics = parts.metrics.map((metric) => metricOf(metric, prediction, target, parts));
  let next = 0;
  const results = [value, ...metrics].map(({ tensor }): Placement => {
    const offset = next;
    next += blockBytes(tensor.dtype as "f32" | "f64", tensor.size);
    return { tensor, space: abi.spaceResults, offset };
  });
  const weighted = [value, ...metrics].flatMap(({ tensor, sum }) => (sum ? [tensor] : []));
  return { results, read: results.length, weighted: new Set(weighted) };
}

function emitPrediction({ parts, rows, prediction }: Tracing): Traced {
  if (prediction.shape[0] !== rows)
    throw new ShapeError(
      `${parts.model.name}: must return one row per sample: got shape [${prediction.shape.join(", ")}] for ${rows} ` +
        "samples. Keep the first axis.",
    );
  return { results: [{ tensor: prediction, space: abi.spaceResults, offset: 0 }] };
}

/** For every unit of the observed layers 1 if it is not 0 for some row, else 0. */
function emitObservation({ parts, rows, scope }: Tracing): Traced {
  const { dtype } = parts;
  let next = 0;
  const results = [...scope.observed.values()].map((output): Placement => {
    const tensor = output.reshape([rows, -1]).notEqual(0).cast(dtype).max({ axes: 0 });
    const offset = next;
    next += blockBytes(dtype, tensor.size);
    return { tensor, space: abi.spaceResults, offset };
  });
  return { results, read: results.length, observed: [...scope.observed.keys()] };
}

/** What each purpose traces after the model. */
const emitters: Record<Purpose, (tracing: Tracing) => Traced> = {
  train: emitTraining,
  evaluate: emitEvaluation,
  predict: emitPrediction,
  refresh: (tracing) => ({ results: nextState(tracing, abi.spaceResults) }),
  observe: emitObservation,
};
