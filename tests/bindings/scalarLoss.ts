// A loss as one scalar: weighted means divided.

import type { Loss, Tensor } from "thalweg";

export function scalarLoss(loss: Loss, prediction: Tensor, target: Tensor): Tensor {
  const answer = loss.apply(prediction, target);
  return "weight" in answer ? answer.sum.divide(answer.weight).cast(prediction.dtype) : answer;
}
