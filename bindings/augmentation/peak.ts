// Check of ops on colors: pixels lie between 0 and the peak, the largest value of a pixel.

import type { Inputs } from "../data/augmentation.js";
import type { Layer } from "../layers/layer.js";
import { readArray } from "../tensors/trace.js";
import { elementCount } from "../values/arrays.js";

/** Returns the layer with a check of its inputs, done once for each data set and peak: numbers from 0 to the peak. @internal */
export function upToPeak(layer: Layer): Layer {
  const checked = new WeakMap<Inputs, number>();
  const checkData = (data: Inputs, peak: number): void => {
    const [column] = data.columns;
    if (!column || checked.get(data) === peak || (column.type === "u8" && peak >= 255)) return;
    const width = elementCount(column.row);
    const values = readArray(data.engine, data.addresses[0] as number, column.type, data.rows * width);
    const at = values.findIndex((value) => !(value >= 0 && value <= peak));
    if (at >= 0)
      throw new RangeError(
        `${layer.name}: sample ${Math.floor(at / width)} holds ${values[at]}, expected pixels from 0 to ${peak}. Give ` +
          "augment the option peak, or leave standardization to createTrainer.",
      );
    checked.set(data, peak);
  };
  return { ...layer, checkData };
}
