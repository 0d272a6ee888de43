// Exponential decay: h(t) = h₀ exp(−a t), or h₀ r^(t/T) as in Keras and Optax, t/T floored in a staircase; with a bound: the
// least value of a decay, the largest of a growth.

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
