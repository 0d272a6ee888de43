// Exponential decay: h(t) = h₀ exp(−a t), or in the form of Keras and Optax h₀ r^(t/T), t/T floored in a staircase. A
// bound stops it: from below for a decay, from above for growth.

import { scheduleExponential } from "../abi";
import { expScalar } from "../kernels/exp";
import { registerLaw } from "./schedule";

@unmanaged
class Exponential {
  initial: f64;
  decay: f64; // a; used if rate is 0
  rate: f64;
  length: f64;
  staircase: f64;
  least: f64;
  largest: f64;

  value(t: f64): f64 {
    const turns = t / this.length;
    const h =
      this.rate === 0
        ? this.initial * expScalar<f64>(-this.decay * t)
        : this.initial * NativeMath.pow(this.rate, this.staircase !== 0 ? floor<f64>(turns) : turns);
    return min<f64>(max<f64>(h, this.least), this.largest);
  }
}

export function registerExponential(): void {
  registerLaw<Exponential>(scheduleExponential);
}
