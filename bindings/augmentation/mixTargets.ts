// Mixing of targets by the shares of the rows.

import type { MixedLoss } from "../data/augmentation.js";
import type { Tensor } from "../tensors/tensor.js";
import { ShapeError } from "../values/errors.js";
import { overRows } from "./perImage.js";

/**
 * Returns share · own + (1 − share) · partner's targets, class indices as one-hot rows; `both` holds the own targets and, behind
 * them, those of the partners. @internal
 */
export function mixTargets(where: string, share: Tensor, both: Tensor, prediction: Tensor, loss: MixedLoss): Tensor {
  const rows = share.size;
  const dtype = prediction.dtype as "f32" | "f64";
  if (loss.targets === "classes" && !loss.probabilities)
    throw new TypeError(
      `${where}: ${loss.name} takes classes, which cannot be mixed. Use a loss of probabilities, such as ` +
        "softmaxCrossEntropy().",
    );
  if (loss.ignoreIndex !== undefined)
    throw new TypeError(`${where}: labels to ignore cannot be mixed. Leave out ignoreIndex of ${loss.name}.`);
  const labels = both.dtype === "i32";
  if (labels && both.rank > 1)
    throw new ShapeError(
      `${where}: got class indices [${[rows, ...both.shape.slice(1)].join(", ")}], expected one for each sample. Labels of ` +
        "pixels cannot be mixed.",
    );
  const numbers = labels ? both.oneHot(prediction.shape.at(-1) ?? 1, dtype) : both.cast(dtype);
  const own = overRows(share, numbers);
  const rest = numbers.slice(0, rows, 2 * rows).multiply(own.negate().add(1));
  return numbers.slice(0, 0, rows).multiply(own).add(rest);
}
