// Scaled: the product of two schedules. With a constant it is the linear scaling of the learning rate with the batch size
// (Goyal et al., 2017), with a plateau the reduction of any schedule on a plateau.

import { scheduleScaled } from "../abi";
import { observeChildren, recordAfter, registerLaw, valueIn } from "./schedule";

/** @children 2 */
@unmanaged
class Scaled {
  compose(step: f64, epoch: f64): f64 {
    const first = changetype<usize>(this);
    return valueIn(first, step, epoch) * valueIn(recordAfter(first), step, epoch);
  }
  observe(loss: f64): void {
    observeChildren(changetype<usize>(this), changetype<usize>(this), loss);
  }
}

export function registerScaled(): void {
  registerLaw<Scaled>(scheduleScaled);
}
