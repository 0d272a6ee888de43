// The functions that users call to read weights of other libraries.

import * as fields from "../engine/recordFields.js";
import type { Layer } from "../layers/layer.js";
import { checkNamed, readNamed } from "../training/namedArrays.js";
import { checkTrainer, type Trainer } from "../training/trainer.js";
import type { TrainerTypes } from "../training/types.js";
import { type LoadedWeights, type ReadWeights, type WeightsFile, type WeightsOptions, weightsFor } from "./weights.js";

/**
 * Reads weights of another library as the parameters and the running state of a model, by the names of the model, as `setParameters`,
 * `setState` and `applyLayer` take them. `loadWeights` puts them into a trainer.
 *
 * @param model    the model, of layers of this library
 * @param file     bytes of a safetensors file, or of the files into which it was split; what `readTfjs` returned; or
 *                 `{ tensors }`, arrays by name
 * @param options  layout (required), names, channels, strict
 * @returns        parameters and state; used, unused and missing as those of `loadWeights`
 * @throws TypeError   an argument is of another kind
 * @throws RangeError  the file is damaged, or its arrays and the layers do not belong together
 * @throws ShapeError  an array has another shape than the layer expects
 * @example
 * const file = writeSafetensors({ "fc.weight": { data: Float32Array.of(1, 2), shape: [1, 2] } });
 * readWeights(linear(2, 1, { bias: false }), file, { layout: "pytorch" }).parameters.weight.shape; // [2, 1]
 */
export function readWeights(model: Layer, file: WeightsFile, options: WeightsOptions): ReadWeights {
  return weightsFor("readWeights", model, file, options);
}

/**
 * Replaces the parameters of a trainer, and its running statistics, by weights of PyTorch, Hugging Face, TensorFlow.js or Keras.
 * Everything is checked before the first number is written. The state of the optimizer stays as it is; an average of
 * the weights begins with the new ones.
 *
 * @param trainer  a trainer with a model of layers of this library
 * @param file     bytes of a safetensors file, or of the files into which it was split; what `readTfjs` returned; or
 *                 `{ tensors }`, arrays by name
 * @param options  layout (required), names, channels, strict
 * @returns        used: for each parameter and running state, the arrays of the file that it was made of; unused: arrays that no layer
 *                 takes; missing: parameters and running state that the file lacks
 * @throws TypeError   an argument is of another kind
 * @throws RangeError  the file is damaged, holds a number that is not finite, or its arrays and the layers do not belong together
 * @throws ShapeError  an array has another shape than the layer expects
 * @example
 * const [weight, bias] = [{ data: Float32Array.of(3), shape: [1, 1] }, { data: Float32Array.of(1), shape: [1] }];
 * const file = writeSafetensors({ "fc.weight": weight, "fc.bias": bias });
 * loadWeights(trainer, file, { layout: "pytorch" }).used; // { "0.weight": ["fc.weight"], "0.bias": ["fc.bias"] }
 */
export function loadWeights<Types extends TrainerTypes>(
  trainer: Trainer<Types>,
  file: WeightsFile,
  options: WeightsOptions,
): LoadedWeights {
  const where = "loadWeights";
  const { engine, memory, lock, options: parts } = checkTrainer(where, trainer);
  return lock.change(() => {
    const { parameters, state, ...loaded } = weightsFor(where, parts.model as Layer, file, options);
    const writes = [
      checkNamed(engine, where, memory.parameters, parameters),
      checkNamed(engine, where, memory.state, state),
    ];
    for (const write of writes) write();
    memory.copyWeightsToWrappers();
    // An average of the weights from before has nothing of the new ones.
    const average = memory.get(fields.trainerAverage);
    if (average) {
      engine.set(average, fields.averageCount, 0);
      checkNamed(engine, where, memory.average, readNamed(engine, memory.parameters))();
    }
    return loaded;
  });
}
