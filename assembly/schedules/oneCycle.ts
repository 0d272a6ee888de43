// One cycle: up from the start to the peak, down again, and in a third phase further down; each phase a cosine or linear (Smith
// and Topin, Super-convergence, 2018). The phases (last t, value there) are in the words after the fields. A linear phase ends
// with the rounding of its formula, as in PyTorch.

import { scheduleOneCycle } from "../abi";
import { halfCosine } from "./cosine";
import { registerLaw } from "./schedule";

@unmanaged
class OneCycle {
  start: f64;
  linear: f64;
  /** Phases after the fields: end, value there. @each 2 */
  count: f64;

  value(t: f64): f64 {
    let at = changetype<usize>(this) + offsetof<OneCycle>();
    let before: f64 = 0;
    let from = this.start;
    for (let k: f64 = 0; k < this.count; k++) {
      const end = load<f64>(at);
      const to = load<f64>(at, 8);
      if (t <= end) {
        const x = (t - before) / (end - before);
        return this.linear !== 0 ? from + (to - from) * x : to + (from - to) * halfCosine(x);
      }
      before = end;
      from = to;
      at += 16;
    }
    return from;
  }
}

export function registerOneCycle(): void {
  registerLaw<OneCycle>(scheduleOneCycle);
}
