// What a layer is: parameters that want initial values, state that wants them too, and a function of both and of its
// input.

import type { Scheduled } from "../schedules/scheduled.js";
import { Tensor } from "../tensors/tensor.js";
import { has, shown } from "../values/options.js";
import type { LayerContext } from "./context.js";
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
