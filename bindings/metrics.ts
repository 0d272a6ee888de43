// Metrics: functions like losses, evaluated but never differentiated.

import type { Tensor } from "./tensor.js";

/** A metric: a name and a scalar function, averaged over samples. */
export interface Metric {
  readonly name: string;
  apply(prediction: Tensor, target: Tensor): Tensor;
}

/** Share of rows whose largest score is at the target class, 0 .. 1. */
export function accuracy(): Metric {
  return {
    name: "accuracy",
    apply(prediction, target) {
      const dtype = prediction.dtype;
      const wanted = target.dtype === "i32" ? target : target.argMax();
      return prediction.argMax().cast(dtype).equal(wanted.cast(dtype)).mean();
    },
  };
}
