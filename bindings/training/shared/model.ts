// The model and the loss of one of several trainers: functions of named layers.

import { applyNested, type Layer, type LayerContext, type ParameterTensors, tensorFrom } from "../../layers/layer.js";
import type { Loss } from "../../losses/classes.js";
import type { WeightedMean } from "../../losses/means.js";
import { Tensor } from "../../tensors/tensor.js";
import { wrongKind } from "../../values/options.js";

/** Layers by name. */
export type NamedLayers = { readonly [name: string]: Layer };

/** The layers as functions of their input. */
export type LayerFunctions<Layers> = { readonly [Name in keyof Layers]: (input: Tensor) => Tensor };

/** Loss that applies layers: a function of them, of prediction and targets, and of the weights of the samples. */
export type LayerLoss<Layers> = (
  layers: LayerFunctions<Layers>,
  prediction: Tensor,
  targets: Tensor,
  weights?: Tensor,
) => Tensor | WeightedMean;

/** Function of named layers and of the inputs. */
export type LayersApply<Layers> = (layers: LayerFunctions<Layers>, inputs: Tensor, context: LayerContext) => Tensor;

/** A model, and a loss of its output. */
interface Computation {
  readonly model: Layer;
  readonly loss: Loss;
}

/** Parameters of all layers, and the running state of those that have any. */
export function declarationsOf(layers: NamedLayers): Pick<Layer, "parameters" | "state"> {
  const entries = Object.entries(layers);
  return {
    parameters: Object.fromEntries(entries.map(([name, layer]) => [name, layer.parameters])),
    state: Object.fromEntries(entries.flatMap(([name, { state }]) => (state ? [[name, state]] : []))),
  };
}

/**
 * Makes the model and the loss of a trainer. The loss follows the model in each trace, and applies the layers that this trace
 * has bound.
 */
export function computationOf(
  where: string,
  name: string,
  layers: NamedLayers,
  apply: LayersApply<NamedLayers>,
  loss: Loss | LayerLoss<NamedLayers>,
): Computation {
  let bound: LayerFunctions<NamedLayers> = {};
  const bind = (parameters: ParameterTensors, context: LayerContext): LayerFunctions<NamedLayers> =>
    Object.fromEntries(
      Object.entries(layers).map(([key, layer]) => [
        key,
        (input: Tensor) => {
          if (!(input instanceof Tensor)) throw wrongKind(where, `the input of "${key}"`, "a tensor", input);
          return applyNested(layer, key, parameters, input, context);
        },
      ]),
    );
  const model: Layer = {
    name,
    ...declarationsOf(layers),
    apply(parameters, inputs, context) {
      bound = bind(parameters, context);
      return tensorFrom(`${where}: apply`, apply(bound, inputs, context));
    },
  };
  if (typeof loss !== "function") return { model, loss };
  // A loss of three parameters takes no weights, and neither does the function around it.
  const applied: Loss["apply"] =
    loss.length > 3
      ? (prediction, targets, weights) => loss(bound, prediction, targets, weights)
      : (prediction, targets) => loss(bound, prediction, targets);
  return { model, loss: { name: `${where}: loss`, targets: "values", apply: applied } };
}
