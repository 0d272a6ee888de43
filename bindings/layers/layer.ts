// Layers: declarations of parameters and running state with their initializers, and a function of both and of the input.

import { Tensor } from "../tensors/tensor.js";
import { has, shown } from "../values/options.js";
import type { LayerContext } from "./context.js";
import type { Initializer } from "./initializers.js";

/** Declaration of a parameter. */
export interface Parameter {
  /** Extent of each axis. */
  readonly shape: readonly number[];
  /** Function that returns the initial value. */
  readonly initializer: Initializer;
}

/** Declarations by name; those of a container are nested. */
export type Parameters = { readonly [name: string]: Parameter | Parameters };

/** Tensors of a layer's parameters, by the same names. */
export type ParameterTensors = { readonly [name: string]: Tensor & ParameterTensors };

/** Layer of a model. For a layer of your own, write an object of this form. */
export interface Layer {
  /** Name, for errors and summaries. */
  readonly name: string;
  /** Parameters to train. */
  readonly parameters: Parameters;
  /**
   * Running state, declared like parameters but not trained: read it from `context.state`, and replace it in training by
   * `context.update`. Containers nest the states of their layers under the same names as their parameters.
   */
  readonly state?: Parameters;
  /** Computes the output; a container passes `context.of(name)` to the layer it nests under that name. */
  apply(parameters: ParameterTensors, input: Tensor, context: LayerContext): Tensor;
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
  context?.enter?.();
  return tensorFrom(layer.name, output);
}

/** Checks that a user's function returned a tensor; `name` is that of the function in the error. @internal */
export function tensorFrom(name: string, output: unknown): Tensor {
  if (output instanceof Tensor) return output;
  throw new TypeError(`${name}: must return a tensor, got ${shown(output)}. Return what it computes.`);
}
