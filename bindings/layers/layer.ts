// What a layer is: parameters that want initial values, and a function of them and of its input.

import type { Initializer } from "../initializers.js";
import type { Tensor } from "../tensor.js";

/** A parameter: its shape, its start. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly initializer: Initializer;
}

/** Parameters by name; a container nests them. */
export type Parameters = { readonly [name: string]: Parameter | Parameters };

/** The tensors of a layer's parameters, by the same names. */
export type ParameterTensors = { readonly [name: string]: Tensor & ParameterTensors };

/** A layer: plain data and a function. A layer of one's own is any object of this form. */
export interface Layer {
  readonly name: string;
  readonly parameters: Parameters;
  apply(parameters: ParameterTensors, input: Tensor): Tensor;
}

export function isParameter(value: Parameter | Parameters): value is Parameter {
  return Array.isArray(value.shape) && typeof value.initializer === "function";
}
