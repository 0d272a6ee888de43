// Step decay: h(t) = h₀ φ^⌊t/T⌋.

import { scheduleStep } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class Step {
  initial: f64;
  length: f64;
  factor: f64;

  value(t: f64): f64 {
    return this.initial * NativeMath.pow(this.factor, floor<f64>(t / this.length));
  }
}

export function registerStep(): void {
  registerLaw<Step>(scheduleStep);
}
