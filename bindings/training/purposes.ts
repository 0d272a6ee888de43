// The programs of a model: what is traced for each purpose.

import * as abi from "../../assembly/abi.js";
import type { Augmentation, AugmentedRows, MixedLoss } from "../data/augmentation.js";
import { type Role, titleOf } from "../data/dataset.js";
import { ModelScope } from "../layers/context.js";
import type { LayerContext } from "../layers/layer.js";
import { mapMembers, membersOf, type NamedTensors, shapesOf } from "../tensors/named.js";
import { Tensor } from "../tensors/tensor.js";
import { blockBytes, type Placement, type Program, type Trace, traced } from "../tensors/trace.js";
import { bytesOf } from "../values/arrays.js";
import { ShapeError, within } from "../values/errors.js";
import { isRecord } from "../values/options.js";
import { type Argument, readColumns } from "./columns.js";
import { type BatchValue, lossOver, ownTensor } from "./lossOver.js";
import type { TrainerMemory } from "./memory.js";
import { arrangeTensors, type StoredArray, stateTensors, storedTensors } from "./parameters.js";
import type { TrainerParts } from "./parts.js";
import { momentsOf, standardized } from "./standardize.js";

/** The data that all programs of a trainer share. */
export interface ProgramContext {
  readonly memory: TrainerMemory;
  readonly parts: TrainerParts;
  /** Columns in the argument block. */
  readonly columns: readonly Argument[];
  /** Offset of the scheduled numbers of the augmentation in it. */
  readonly numbers: number;
  /** Augmentation of this program. */
  readonly augmentation: Augmentation | undefined;
  /** Largest value of a pixel for it. */
  readonly peak: number;
}

/** A program of the model. */
export interface ModelProgram {
  readonly program: Program;
  /** Names and shapes of the model's outputs; null is the name of a single one. */
  readonly outputs: readonly (readonly [name: string | null, shape: readonly number[]])[];
  /**
   * Blocks of its results that are read: of "train" the loss, of "evaluate" the loss and then the metrics, of "predict" the
   * outputs, of "observe" the units of every observed layer.
   */
  readonly results: readonly ResultBlock[];
  /** True if it draws random numbers, or partners. */
  readonly random: boolean;
  /** Names of the observed layers, or in "refresh" of the state that changes. */
  readonly names: readonly string[];
}

/** A block of results: a scalar in the trainer's type, sums in f64, or numerator and denominator of a mean in f64. */
export interface ResultBlock {
  readonly offset: number;
  readonly elements: number;
  readonly dtype: "f32" | "f64";
  /** True if it is a numerator and a denominator. */
  readonly weighted: boolean;
  /** True if it contains weighted means of the rows of the run. */
  readonly divided: boolean;
}

/**
 * Purpose of a program: "refresh" is a training run that only computes the running state. A function that comes with the request
 * traces "observe" and "preview"; the latter returns the augmented inputs, and the shares of the rows if they are mixed.
 */
export type Purpose = "train" | "evaluate" | "predict" | "classify" | "refresh" | "observe" | "preview";

/** True if programs of the purpose see augmented rows. */
export function augments(purpose: Purpose): boolean {
  return purpose === "train" || purpose === "observe" || purpose === "preview";
}

/** A program while it is traced: the model was applied. */
export interface Tracing extends ProgramContext {
  readonly trace: Trace;
  readonly rows: number;
  readonly scope: ModelScope;
  /** Context of the model. */
  readonly context: LayerContext;
  readonly weights: readonly Tensor[];
  /** Running state before this run. */
  readonly state: ReadonlyMap<string, Tensor>;
  readonly prediction: Tensor | NamedTensors;
  readonly mixed: AugmentedRows["mixed"];
}

/** Results of a trace; by default those that are read. */
interface Traced {
  readonly results?: Placement[];
  /** The values that are read: the first results, in order. */
  readonly read?: readonly BatchValue[];
  readonly names?: readonly string[];
}

/** Traces a program that few need: `apply` traces the model. */
export type Emitter = (
  apply: () => Tracing,
  context: ProgramContext,
  trace: Trace,
  rows: number,
) => Pick<Traced, "read" | "names">;

/** Traces and plans the program for a purpose and some of the rows of the data; a ShapeError has the shapes of all rows. */
export function traceModel(
  context: ProgramContext,
  caller: string,
  purpose: Purpose,
  rows: number,
  allRows: number,
  emit: Emitter = (apply) => emitters[purpose as keyof typeof emitters](apply()),
): ModelProgram {
  let found!: Omit<ModelProgram, "program">;
  const emitted = (trace: Trace, rows: number): Placement[] => {
    let tracing: Tracing | undefined;
    const apply = (): Tracing => {
      tracing = applyModel(context, trace, purpose, rows);
      return tracing;
    };
    const traced: Traced = emit(apply, context, trace, rows);
    const { read = [], results = inResults(read), names = [] } = traced;
    const blocks = read.map(({ tensor, sum, divided = false }, k) => ({
      offset: (results[k] as Placement).offset,
      elements: tensor.size,
      dtype: tensor.dtype as "f32" | "f64",
      weighted: sum !== undefined,
      divided,
    }));
    found = {
      outputs: shapesOf(tracing?.prediction ?? (results[0] as Placement).tensor),
      results: blocks,
      random: trace.drawsRandom || Boolean(tracing?.mixed),
      names,
    };
    return results;
  };
  const tracedFor = (rows: number): Program =>
    within(caller, () => traced(context.memory.engine, (trace) => sayingNames(context, () => emitted(trace, rows))));
  try {
    const program = tracedFor(rows);
    return { program, ...found };
  } catch (error) {
    if (!(error instanceof ShapeError) || rows === allRows) throw error;
    try {
      tracedFor(allRows).free();
    } catch (other) {
      if (other instanceof ShapeError) throw other;
    }
    throw error;
  }
}

/** Runs `body`; an error of the language in it is said to be that of a record where a tensor was expected, if the data has names. */
function sayingNames<T>({ columns, parts }: ProgramContext, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const named = columns.filter(({ name }) => name !== null).map(titleOf);
    if (!(error instanceof TypeError) || error.message.includes(": ") || named.length === 0) throw error;
    throw new TypeError(
      `${parts.model.name}: the data has names (${named.join(", ")}), and a function takes one tensor: ${error.message}. Use ` +
        "network and heads, or give single arrays.",
      { cause: error },
    );
  }
}

/** Traces the model over the rows of the argument block. */
function applyModel(context: ProgramContext, trace: Trace, purpose: Purpose, rows: number): Tracing {
  const { parts } = context;
  const { layout, stateLayout } = context.memory;
  const { model, dtype } = parts;
  const weights = storedTensors(trace, abi.spaceParameters, dtype, layout.parameters);
  const state = stateTensors(trace, abi.spaceState, 0, dtype, stateLayout);
  const training = purpose !== "evaluate" && purpose !== "predict" && purpose !== "classify";
  const scope = new ModelScope(trace, model, training, rows, dtype, state, purpose === "refresh");
  trace.float = dtype;
  const { inputs, mixed } = readInputs(context, trace, rows);
  const own = scope.context; // what follows belongs to the model
  const augmented = context.augmentation !== undefined;
  const given = mapMembers(inputs, (x, name) => standardized(x, momentsOf(parts.standardize, name), augmented));
  const output = model.apply(arrangeTensors(model.parameters, weights), given as Tensor, own);
  return {
    ...context,
    trace,
    rows,
    scope,
    context: own,
    weights,
    state,
    mixed,
    prediction: ownOutputs(model.name, output, dtype),
  };
}

/** Returns the outputs of a model, each checked by `from` under the name that errors have for it. */
export function outputsFrom(
  name: string,
  value: unknown,
  from: (name: string, output: unknown) => Tensor,
): Tensor | NamedTensors {
  if (value instanceof Tensor || !isRecord(value) || Array.isArray(value)) return from(name, value);
  return mapMembers(value as NamedTensors, (output, key) => from(`${name}: "${key}"`, output));
}

/** Returns the outputs of the model if they are tensors of the trainer's type. */
export function ownOutputs(name: string, value: unknown, dtype: "f32" | "f64"): Tensor | NamedTensors {
  return outputsFrom(name, value, (own, output) => ownTensor(own, output, dtype));
}

/** Returns an output of a model if it has a row for every sample. */
export function checkRows(model: string, name: string | null, tensor: Tensor, rows: number): Tensor {
  const { shape } = tensor;
  if (shape[0] === rows) return tensor;
  throw new ShapeError(
    `${model}: must return one row per sample: got ${name === null ? "" : `"${name}" of `}shape [${shape.join(", ")}] for ` +
      `${rows} samples. Keep the first axis.`,
  );
}

/** Rows of the columns of a role in the argument block. */
function readRole(
  { columns }: ProgramContext,
  trace: Trace,
  role: Role,
  rows: number,
): Tensor | NamedTensors | undefined {
  return readColumns(columns, role, ({ offset, type, row }) =>
    trace.leaf(abi.spaceArguments, offset, type, [rows, ...row]),
  );
}

/** The inputs in the argument block, augmented if the program has an augmentation. */
export function readInputs(
  context: ProgramContext,
  trace: Trace,
  rows: number,
): { inputs: Tensor | NamedTensors; mixed: AugmentedRows["mixed"] } {
  const { augmentation, peak, numbers } = context;
  const inputs = readRole(context, trace, "inputs", rows) as Tensor | NamedTensors;
  if (!augmentation) return { inputs, mixed: null };
  const { input } = augmentation;
  const read = (rows: number): Tensor => {
    const all = readRole(context, trace, "inputs", rows) as Tensor & NamedTensors;
    const x = input === null ? all : (all[input] as Tensor);
    return x.dtype === "i32" ? x.cast(context.parts.dtype) : x;
  };
  const number = (k: number): Tensor => trace.leaf(abi.spaceArguments, numbers + 8 * k, "f64", []);
  const { x, mixed } = augmentation.apply({ rows, read, number, peak });
  return { inputs: input === null ? x : { ...(inputs as NamedTensors), [input]: x }, mixed };
}

/** Traces the loss, a weighted mean or a scalar. */
function emitLoss(tracing: Tracing) {
  const { trace, rows, prediction, parts, memory, mixed, context } = tracing;
  const { loss, dtype } = parts;
  const targets = readRole(tracing, trace, "targets", mixed ? 2 * rows : rows) as Tensor;
  const target = mapMembers(targets, (own, name) => {
    if (!mixed) return own;
    const output = name === null ? prediction : (prediction as NamedTensors)[name];
    return mixed.targets(own, output as Tensor, (loss.heads?.[name as string] ?? loss) as MixedLoss);
  });
  memory.engine.inspector?.entered("loss");
  const weights = readRole(tracing, trace, "weights", rows) as Tensor | undefined;
  return (loss.over ?? lossOver)(loss, prediction as Tensor, target as Tensor, weights, dtype, context);
}

/** Places values one after the other in the results. */
function inResults(values: readonly BatchValue[]): Placement[] {
  let next = 0;
  return values.map(({ tensor }) => {
    const offset = next;
    next += blockBytes(tensor.dtype, tensor.size);
    return { tensor, space: abi.spaceResults, offset };
  });
}

/** Places a tensor for each array at the offset of the array. */
function inArena(space: number, arrays: readonly StoredArray[], tensorOf: (array: StoredArray, k: number) => Tensor) {
  return arrays.map((array, k): Placement => {
    const tensor = tensorOf(array, k);
    return { tensor, space, offset: bytesOf(tensor.dtype, array.offset) };
  });
}

function nextState(
  { scope, memory }: Tracing,
  space: number,
  entries: readonly StoredArray[] = memory.stateLayout.entries,
): Placement[] {
  return inArena(space, entries, ({ name }) => scope.next(name));
}

/** The trace of each purpose, after the model. */
const emitters = {
  /** The loss, its gradients and the next running state. */
  train(tracing: Tracing): Traced {
    const { trace, weights, memory, parts } = tracing;
    const { value } = emitLoss(tracing);
    const trained = memory.layout.parameters.filter(({ frozen }) => !frozen && !parts.optimizer.gradientFree);
    const gradients = trace.differentiate(
      value.sum ?? value.tensor,
      trained.map(({ index }) => weights[index] as Tensor),
    );
    const results = inResults([value]);
    results.push(
      ...inArena(abi.spaceGradients, trained, ({ touch, offset }, k) => {
        const gradient = gradients[k] as Tensor;
        return touch?.(gradient, memory, offset) ?? gradient;
      }),
    );
    results.push(...nextState(tracing, abi.spaceNextState));
    return { results, read: [value] };
  },
  /** The loss and the metrics. */
  evaluate(tracing: Tracing): Traced {
    const { parts } = tracing;
    const { value, metric } = emitLoss(tracing);
    return { read: [value, ...parts.metrics.map(metric)] };
  },
  predict({ parts, rows, prediction }: Tracing): Traced {
    return { read: membersOf(prediction).map(([name, y]) => ({ tensor: checkRows(parts.model.name, name, y, rows) })) };
  },
  /** The running state that the model changes. */
  refresh(tracing: Tracing): Traced {
    const { scope, state, memory } = tracing;
    const changed = memory.stateLayout.entries.filter(({ name }) => scope.next(name) !== state.get(name));
    return { results: nextState(tracing, abi.spaceResults, changed), names: changed.map(({ name }) => name) };
  },
  /** The softmax of the outputs in f64, and the index of the largest. */
  classify({ prediction }: Tracing): Traced {
    const [, first] = membersOf(prediction)[0] as [string | null, Tensor];
    const outputs = first.reshape([-1]);
    return { read: [{ tensor: outputs.cast("f64").softmax() }, { tensor: outputs.argMax() }] };
  },
};
