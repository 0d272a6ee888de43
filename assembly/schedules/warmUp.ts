// Linear warm-up before any schedule: from a to the first value of that schedule in T counts, then the schedule, counted from
// the end of the warm-up or from the start (Goyal et al., Accurate, large minibatch SGD, 2017).

import { scheduleWarmUp } from "../abi";
import { countsEpochs, observeChildren, registerLaw, valueIn } from "./schedule";

/** @children 1 */
@unmanaged
class WarmUp {
  from: f64;
  length: f64;
  fromStart: f64;

  compose(step: f64, epoch: f64): f64 {
    const epochs = countsEpochs(changetype<usize>(this));
    const t = epochs ? epoch : step;
    // Count of the inner schedule, that of its first value during the warm-up.
    const inner = this.fromStart !== 0 ? max<f64>(t, this.length) : max<f64>(t - this.length, 0);
    const goal = valueIn(this.child(), epochs ? step : inner, epochs ? inner : epoch);
    return t >= this.length ? goal : this.from + (goal - this.from) * (t / this.length);
  }
  observe(loss: f64): void {
    observeChildren(changetype<usize>(this), this.child(), loss);
  }
  child(): usize {
    return changetype<usize>(this) + offsetof<WarmUp>();
  }
}

export function registerWarmUp(): void {
  registerLaw<WarmUp>(scheduleWarmUp);
}
