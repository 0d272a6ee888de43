import { shown } from "../options.js";
import type { Layer, ParameterTensors } from "./layer.js";

/**
 * Layers one after the other: y = fₙ(… f₁(x)). Parameters are named by position: "0.weight".
 *
 * @throws TypeError  an element is not a layer
 * @example
 * sequential([linear(784, 128), relu(), linear(128, 10)]);
 */
export function sequential(layers: readonly Layer[]): Layer {
  if (!Array.isArray(layers)) throw new TypeError(`sequential: expected an array of layers, got ${shown(layers)}.`);
  for (const [k, layer] of layers.entries())
    if (typeof layer !== "object" || typeof layer?.apply !== "function" || typeof layer.parameters !== "object")
      throw new TypeError(
        `sequential: element ${k} is not a layer, got ${shown(layer)}. Call the layer's function, like relu().`,
      );
  return {
    name: layers.map((layer) => layer.name).join(" → "),
    parameters: Object.fromEntries(layers.map((layer, k) => [`${k}`, layer.parameters])),
    apply: (parameters, input) =>
      layers.reduce((x, layer, k) => layer.apply((parameters[k] ?? {}) as ParameterTensors, x), input),
  };
}
