// Linear: h(t) = a + (b − a) min(t/T, 1); with b = 0 the decay a (1 − t/T). From T on it is exactly b.

import { scheduleLinear } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class Linear {
  from: f64;
  to: f64;
  length: f64;

  value(t: f64): f64 {
    if (t >= this.length) return this.to;
    return this.from + (this.to - this.from) * (t / this.length);
  }
}

export function registerLinear(): void {
  registerLaw<Linear>(scheduleLinear);
}
