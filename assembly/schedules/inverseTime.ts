// Inverse time decay: h(t) = h₀ / (1 + a t/T), t/T floored in a staircase.

import { scheduleInverseTime } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class InverseTime {
  initial: f64;
  decay: f64;
  length: f64;
  staircase: f64;

  value(t: f64): f64 {
    const turns = t / this.length;
    return this.initial / (1 + this.decay * (this.staircase !== 0 ? floor<f64>(turns) : turns));
  }
}

export function registerInverseTime(): void {
  registerLaw<InverseTime>(scheduleInverseTime);
}
