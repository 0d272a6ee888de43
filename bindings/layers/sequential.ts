import { Tensor } from "../tensors/tensor.js";
import { shown } from "../values/options.js";
import { applyNested, defined, isLayer, type Layer } from "./layer.js";

/**
 * Composition of layers: y = fₙ(… f₁(x)). Parameters and state are named by the position of the layer: "0.weight".
 *
 * @param layers  layers f₁ ... fₙ
 * @throws TypeError  layers is not an array of layers
 * @example
 * sequential([linear(784, 128), relu(), linear(128, 10)]);
 */
export function sequential(layers: readonly Layer[]): Layer {
  if (!Array.isArray(layers)) throw new TypeError(`sequential: expected an array of layers, got ${shown(layers)}.`);
  const own = [...layers];
  for (const [k, layer] of layers.entries())
    if (!isLayer(layer))
      throw new TypeError(
        `sequential: element ${k} is not a layer, got ${shown(layer)}. Call the layer's function, like relu().`,
      );
  return defined(["sequential", own], {
    name: layers.map((layer) => layer.name).join(" → "),
    parameters: Object.fromEntries(layers.map((layer, k) => [`${k}`, layer.parameters])),
    state: Object.fromEntries(layers.flatMap((layer, k) => (layer.state ? [[`${k}`, layer.state]] : []))),
    // All ops of `augment` work in the unit of the data; in a model a layer may change it.
    checkData: (...given) => own.every((layer) => layer.checkData?.(...given) || given[2] === undefined),
    apply(parameters, input, context) {
      if (!(input instanceof Tensor))
        throw new TypeError(`sequential: got inputs by name, expected a single one. Give an array, or use network().`);
      return own.reduce((x, layer, k) => applyNested(layer, `${k}`, parameters, x, context), input);
    },
  });
}
