// The model and the loss of one of several trainers: functions of named layers.

import type { Layer, LayerContext } from "../../layers/layer.js";
import { type LayerFunctions, type NamedLayers, network } from "../../layers/network.js";
import type { Loss } from "../../losses/classes.js";
import type { WeightedMean } from "../../losses/means.js";
import type { Tensor } from "../../tensors/tensor.js";

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
  const made = network(layers, (functions, inputs: Tensor, context) => {
    bound = functions;
    return apply(functions, inputs, context);
  });
  const model = { ...made, name };
  if (typeof loss !== "function") return { model, loss };
  // A loss of three parameters takes no weights, and neither does the function around it.
  const applied: Loss["apply"] =
    loss.length > 3
      ? (prediction, targets, weights) => loss(bound, prediction, targets, weights)
      : (prediction, targets) => loss(bound, prediction, targets);
  return { model, loss: { name: `${where}: loss`, targets: "values", apply: applied } };
}
