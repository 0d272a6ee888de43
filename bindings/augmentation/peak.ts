// Check of ops on colors: pixels lie between 0 and the peak, the largest value of a pixel.

import type { Inputs, Moments } from "../data/augmentation.js";
import type { Layer } from "../layers/layer.js";
import { readArray } from "../tensors/trace.js";
import { elementCount } from "../values/arrays.js";

/**
 * Returns the layer with a check of its inputs, done once for each version of a data set, peak and standardization: numbers from 0 to the
 * peak, those of a model after standardization. @internal
 */
export function upToPeak(layer: Layer): Layer {
  const checked = new WeakMap<Inputs, readonly [number, Moments | null | undefined, number]>();
  const checkData = (data: Inputs, peak: number, standardize?: Moments | null, input = 0): true => {
    const last = checked.get(data);
    if (last?.[0] === peak && last[1] === standardize && last[2] === data.version) return true;
    const { mean, deviation } = standardize ?? { mean: [0], deviation: [1] };
    // The range that all channels have in common.
    const least = Math.max(...mean);
    const most = Math.min(...mean) + peak * Math.min(...deviation);
    const { type, row } = data.columns[input] as Inputs["columns"][0];
    if (type === "u8" && least <= 0 && most >= 255) return true;
    const width = elementCount(row);
    const values = readArray(data.engine, data.addresses[input] as number, type, data.rows * width);
    const at = values.findIndex((value) => !(value >= least && value <= most));
    if (at >= 0)
      throw new RangeError(
        `${layer.name}: sample ${Math.floor(at / width)} holds ${values[at]}, expected pixels from ${least} to ${most}` +
          (standardize === undefined
            ? ". Give augment the option peak, or leave standardization to createTrainer."
            : `, which ${standardize ? "standardize makes" : "are"} 0 to 1 in the model. Use it in augment.`),
      );
    checked.set(data, [peak, standardize, data.version]);
    return true;
  };
  return { ...layer, checkData };
}
