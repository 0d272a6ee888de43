// What a layer is: parameters that want initial values, state that wants them too, and a function of both and of its
// input.

import type { Scheduled } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { has, shown } from "../values/options.js";
import type { Initializer } from "./initializers.js";

/** A parameter: its shape, its start. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
  /** In `state`: the schedule whose value it is at every update, a scalar in f64. */
  readonly follows?: Scheduled;
}

/** Parameters by name; a container nests them. */
export type Parameters = { readonly [name: string]: Parameter | Parameters };

/** The tensors of a layer's parameters, by the same names. */
export type ParameterTensors = { readonly [name: string]: Tensor & ParameterTensors };

export interface DrawOptions {
  /**
   * Whether the first axis is the batch, so that every row has numbers of its own, the same ones however the batch is
   * cut into runs; default true. False draws one tensor for the whole step.
   */
  readonly perRow?: boolean;
  /** Default: the type of the model. */
  readonly dtype?: "f32" | "f64";
}

/**
 * What `apply` of a layer takes as its third argument.
 *
 * A random number has the address (seed, stream, step, element): the stream is a purpose byte plus the index of the
 * layer in declaration order, elements count over the whole batch, whatever runs it is cut into. So a step draws the
 * same numbers wherever and whenever it runs.
 */
export interface LayerContext {
  /** True in training steps, false in evaluate, predict and classify. */
  readonly training: boolean;
  /**
   * True while `refreshStatistics` gathers running state anew: `update` is then given the statistics of this batch alone,
   * of which the mean is taken. `training` is true as well.
   */
  readonly refreshing: boolean;
  /** The layer's running state as it stands, by the names it declared. */
  readonly state: ParameterTensors;
  /** States the next value of running state; it is taken over when the step commits. Only while training. */
  update(values: Readonly<Record<string, Tensor>>): void;
  /** Uniform in [0, 1). */
  uniform(shape: readonly number[], options?: DrawOptions): Tensor;
  /** Standard normal. */
  normal(shape: readonly number[], options?: DrawOptions): Tensor;
  /** 1 with a probability, else 0. */
  bernoulli(probability: number, shape: readonly number[], options?: DrawOptions): Tensor;
  /**
   * Makes an output [batch, ...] known to whoever asks for the statistics of a step: units that are 0 for the whole batch
   * are counted as dead. Training itself computes nothing more for it.
   */
  observe(output: Tensor): void;
  /** The context of the layer nested under this name. */
  of(name: string): LayerContext;
  /** Says that what follows is this layer's own, and of no layer nested in it. @internal */
  enter?(): void;
}

/** A layer: plain data and a function. A layer of one's own is any object of this form. */
export interface Layer {
  readonly name: string;
  readonly parameters: Parameters;
  /**
   * Running state, declared like parameters but not trained: read through `context.state`, and in training replaced by
   * what the layer gives to `context.update`. A container nests the states of its layers under the names their
   * parameters have.
   */
  readonly state?: Parameters;
  /** The layer's output; a container hands `context.of(name)` to the layer it nests under that name. */
  apply(parameters: ParameterTensors, input: Tensor, context: LayerContext): Tensor;
}

export function isParameter(value: Parameter | Parameters): value is Parameter {
  return Array.isArray(value?.shape) && typeof value.initializer === "function";
}

/** True for what has the form of a layer. */
export function isLayer(value: unknown): value is Layer {
  return (
    has(value, "apply", "parameters") &&
    typeof (value as Layer).apply === "function" &&
    has((value as Layer).parameters)
  );
}

/** The output of a layer that a container nests under a name. @internal */
export function applyNested(
  layer: Layer,
  name: string,
  parameters: ParameterTensors,
  input: Tensor,
  context: LayerContext | undefined,
): Tensor {
  const answer = layer.apply((parameters[name] ?? {}) as ParameterTensors, input, context?.of(name) as LayerContext);
  context?.enter?.();
  return tensorFrom(layer.name, answer);
}

/** What a function of the user's answers, or a sentence that names whose answer is no tensor. @internal */
export function tensorFrom(name: string, answer: unknown): Tensor {
  if (answer instanceof Tensor) return answer;
  throw new TypeError(`${name}: must answer a tensor, got ${shown(answer)}. Return what it computes.`);
}
