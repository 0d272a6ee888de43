// Multi-step decay: h(t) = h₀ ∏ φₖ over the milestones mₖ ≤ t, each (mₖ, φₖ) in the words after the fields.

import { scheduleMultiStep } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class MultiStep {
  initial: f64;
  /** Pairs after the fields: milestone, factor. @each 2 */
  count: f64;

  value(t: f64): f64 {
    let h = this.initial;
    let at = changetype<usize>(this) + offsetof<MultiStep>();
    for (let k: f64 = 0; k < this.count; k++) {
      if (load<f64>(at) > t) break;
      h *= load<f64>(at, 8);
      at += 16;
    }
    return h;
  }
}

export function registerMultiStep(): void {
  registerLaw<MultiStep>(scheduleMultiStep);
}
