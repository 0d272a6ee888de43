// Joined schedules: schedule k from boundary k − 1 to boundary k, each counted from its own start. The boundaries are in the
// words after the field, followed by the schedules.

import { scheduleJoined } from "../abi";
import { countsEpochs, observeChildren, recordAfter, registerLaw, valueIn } from "./schedule";

/** @children 1 @childEach 1 */
@unmanaged
class Joined {
  /** @each 1 */
  boundaryCount: f64;

  compose(step: f64, epoch: f64): f64 {
    const epochs = countsEpochs(changetype<usize>(this));
    const t = epochs ? epoch : step;
    let boundary = changetype<usize>(this) + offsetof<Joined>();
    let piece = this.pieces();
    let start: f64 = 0;
    for (let k: f64 = 0; k < this.boundaryCount; k++) {
      if (t < load<f64>(boundary)) break;
      start = load<f64>(boundary);
      boundary += 8;
      piece = recordAfter(piece);
    }
    return valueIn(piece, epochs ? step : step - start, epochs ? epoch - start : epoch);
  }
  observe(loss: f64): void {
    observeChildren(changetype<usize>(this), this.pieces(), loss);
  }
  pieces(): usize {
    return changetype<usize>(this) + offsetof<Joined>() + ((<usize>this.boundaryCount) << 3);
  }
}

export function registerJoined(): void {
  registerLaw<Joined>(scheduleJoined);
}
