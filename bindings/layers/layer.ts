// Layers: declarations of parameters and running state with their initializers, and a function of both and of the input.

import type { Scheduled } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { has, shown } from "../values/options.js";
import type { Initializer } from "./initializers.js";
import type { TableRows } from "./touchedRows.js";

/** Declaration of a parameter. */
export interface Parameter {
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Function that returns the initial value. */
  readonly initializer: Initializer;
  /** In `state`: the schedule whose value it is at every update, a scalar in f64. @internal */
  readonly scheduled?: Scheduled;
  /** In `state`: true if it has a row for each of a batch, which runs of some rows do not average. @internal */
  readonly byRow?: boolean;
  /** Function that returns the update of a table by the rows that a step touches, or null. @internal */
  readonly rows?: TableRows;
}

/** Declarations by name; those of a container are nested. */
export type Parameters = { readonly [name: string]: Parameter | Parameters };

/** Tensors of a layer's parameters, by the same names. */
export type ParameterTensors = { readonly [name: string]: Tensor & ParameterTensors };

/** Options of the random draws of a layer. */
export interface DrawOptions {
  /**
   * True (default) draws separate numbers for every row of the batch, which is the first axis; they do not depend on the
   * runs into which a batch is split. False draws one tensor for the whole step.
   */
  readonly perRow?: boolean;
  /** Element type; default the type of the model. */
  readonly dtype?: "f32" | "f64";
}

/**
 * Context of a layer, the third argument of its `apply`.
 *
 * A random number is a function of seed, stream, step and element. The stream consists of a purpose byte and the index of
 * the layer in declaration order; elements are counted over the whole batch, not over the runs into which it is split.
 * So a step draws the same numbers on every machine, and after a restored checkpoint.
 */
export interface LayerContext {
  /** True in training steps, false in evaluate, predict and classify. */
  readonly training: boolean;
  /**
   * True while `refreshStatistics` recomputes running state, with `training` true as well. Call `update` with the
   * statistics of this batch alone; the new state is their mean.
   */
  readonly refreshing: boolean;
  /** Largest value of a pixel: in `augment` 255 for u8 data, else 1; 1 inside a model. */
  readonly peak: number;
  /** Current running state of the layer, by its declared names. */
  readonly state: ParameterTensors;
  /**
   * Sets the next values of running state, which replace the current ones after the step; only in training.
   * @param values  tensors by the declared names
   */
  update(values: Readonly<Record<string, Tensor>>): void;
  /**
   * Draws uniform numbers in [0, 1).
   * @param shape    extents [batch, ...]
   * @param options  perRow, dtype
   */
  uniform(shape: readonly number[], options?: DrawOptions): Tensor;
  /**
   * Draws standard normal numbers.
   * @param shape    extents [batch, ...]
   * @param options  perRow, dtype
   */
  normal(shape: readonly number[], options?: DrawOptions): Tensor;
  /**
   * Draws 1 with a probability, else 0.
   * @param probability  0 .. 1
   * @param shape        extents [batch, ...]
   * @param options      perRow, dtype
   */
  bernoulli(probability: number, shape: readonly number[], options?: DrawOptions): Tensor;
  /**
   * Registers an output [batch, ...] for the statistics of a step, where units that are 0 for the whole batch count as
   * dead. Costs nothing in steps without statistics.
   * @param output  output of an activation
   */
  observe(output: Tensor): void;
  /** Returns the context of the layer nested under a name. @param name  its name in `parameters` */
  of(name: string): LayerContext;
  /** Attributes the following ops to this layer again after a nested one, which was applied, for inspection. @internal */
  enter?(applied?: object, name?: string, output?: unknown): void;
}

/** Name of a function that makes a layer, and its arguments: data, layers, schedules and initializers. @internal */
export type Definition = readonly [kind: string, ...given: unknown[]];

/**
 * Layer of a model. For a layer of your own, write an object of this form. A model may take and return records of tensors by
 * name: several inputs, several outputs.
 */
export interface Layer<Input = Tensor, Output = Tensor> {
  /** Name, for errors and summaries. */
  readonly name: string;
  /** The function that made it, by name, and the arguments of the call: layers of the library have it. @internal */
  readonly definition?: Definition;
  /** Layers by name that a function of the user's applies. @internal */
  readonly layers?: { readonly [name: string]: Layer<never, unknown> };
  /** Parameters to train. */
  readonly parameters: Parameters;
  /**
   * Running state, declared like parameters but not trained: read it from `context.state`, and replace it in training by
   * `context.update`. Containers nest the states of their layers under the same names as their parameters.
   */
  readonly state?: Parameters;
  /**
   * Checks the inputs of a data set, which `augment` gives it; a model also gives means and deviations of the trainer, or
   * null. Returns true if the layer behind it sees inputs in the same unit. @internal
   */
  readonly checkData?: (data: never, peak: number, standardize?: never, input?: number) => boolean;
  /**
   * Computes the output; a container passes `context.of(name)` to the layer it nests under that name.
   * @param parameters  tensors of the parameters, by the declared names
   * @param input       tensor [batch, ...], or several by name
   * @param context     whether it trains, running state, and random numbers
   */
  apply(parameters: ParameterTensors, input: Input, context: LayerContext): Output;
}

/** True for the declaration of a parameter, false for nested declarations. */
export function isParameter(value: Parameter | Parameters): value is Parameter {
  return Array.isArray(value?.shape) && typeof value.initializer === "function";
}

/** True for an object of the form of a layer. */
export function isLayer(value: unknown): value is Layer {
  return (
    has(value, "apply", "parameters") &&
    typeof (value as Layer).apply === "function" &&
    has((value as Layer).parameters)
  );
}

/** Applies a layer that a container nests under a name. @internal */
export function applyNested(
  layer: Layer,
  name: string,
  parameters: ParameterTensors,
  input: Tensor,
  context: LayerContext | undefined,
): Tensor {
  const output = layer.apply((parameters[name] ?? {}) as ParameterTensors, input, context?.of(name) as LayerContext);
  context?.enter?.(layer, name, output);
  return tensorFrom(layer.name, output);
}

/** Checks that a user's function returned a tensor; `name` is that of the function in the error. @internal */
export function tensorFrom(name: string, output: unknown): Tensor {
  if (output instanceof Tensor) return output;
  throw new TypeError(`${name}: must return a tensor, got ${shown(output)}. Return what it computes.`);
}
