// Models as functions of layers: several inputs, several outputs, branches, and layers that are applied more than once.

import type { Tensor } from "../tensors/tensor.js";
import { has, shown, wrongKind } from "../values/options.js";
import { isLayer, type Layer, type LayerContext, type Parameters, type ParameterTensors } from "./layer.js";

/** Layers of any inputs and outputs, by name. */
export type NamedLayers = { readonly [name: string]: Layer<never, unknown> };

/** The layers as functions of their input. */
export type LayerFunctions<Layers> = {
  readonly [name in keyof Layers]: Layers[name] extends Layer<infer Input, infer Output>
    ? (input: Input) => Output
    : never;
};

/**
 * Network: a model as a function of named layers and of its input, y = f(layers, x), where x and y are tensors or records of
 * tensors by name. In f every layer is a function of its input; one that is applied twice has the same parameters both times.
 *
 * Parameters and running state are named "layer.parameter". With several inputs, data are given by name, `{ inputs: { image,
 * age }, targets }`; with several outputs use the loss `heads`, or a loss of your own over records.
 *
 * @param layers  layers by name
 * @param f       function of the layers, of x, and of a `LayerContext`, which returns y
 * @returns       the layer y = f(layers, x)
 * @throws TypeError  a member is not a layer, or f is not a function
 * @example
 * const model = network(
 *   { image: linear(784, 32), age: linear(1, 8), kind: linear(40, 10), score: linear(40, 1) },
 *   (layers, { image, age }: { image: Tensor; age: Tensor }) => {
 *     const features = concatenate([layers.image(image), layers.age(age)], 1).relu();
 *     return { kind: layers.kind(features), score: layers.score(features) };
 *   },
 * );
 */
export function network<const Layers extends NamedLayers, Input = Tensor, Output = Tensor>(
  layers: Layers,
  f: (layers: LayerFunctions<Layers>, input: Input, context: LayerContext) => Output,
): Layer<Input, Output> {
  const where = "network";
  if (!has(layers) || Array.isArray(layers))
    throw wrongKind(where, "the first argument", "layers by name", layers, "{ hidden: linear(2, 8) }");
  if (typeof f !== "function") throw wrongKind(where, "the second argument", "a function of layers and input", f);
  const own = Object.entries(layers) as [string, Layer<unknown, unknown>][];
  for (const [name, layer] of own)
    if (!isLayer(layer))
      throw new TypeError(`${where}: "${name}" is not a layer, got ${shown(layer)}. Try linear(2, 1).`);
  return {
    name: `${where}(${own.map(([name]) => name).join(", ")})`,
    layers: { ...layers },
    parameters: Object.fromEntries(own.map(([name, { parameters }]) => [name, parameters])),
    state: Object.fromEntries(
      own.flatMap(([name, { state }]): [string, Parameters][] => (state ? [[name, state]] : [])),
    ),
    apply(parameters, input, context) {
      const functions = own.map(([name, layer]) => {
        const apply = (x: unknown): unknown => {
          if (!has(x))
            throw new TypeError(
              `${where}: "${name}" got ${shown(x)}, expected a tensor. Check the names of the inputs.`,
            );
          const y = layer.apply((parameters[name] ?? {}) as ParameterTensors, x, context?.of(name) as LayerContext);
          context?.enter?.(layer, name, y);
          return y;
        };
        return [name, apply];
      });
      return f(Object.fromEntries(functions) as LayerFunctions<Layers>, input, context);
    },
  };
}
