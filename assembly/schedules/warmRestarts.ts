// Cosine with warm restarts: h = a + (b − a)/2 (1 + cos(π T_cur/T_i)), T_cur counts since the last restart, T_i the length of
// cycle i, a and b its bounds (Loshchilov and Hutter, ICLR 2017). The first cycles are listed as (T, a, b) in the words after
// the fields; each later one is `growth` times as long as the one before, and its height b − a `shrink` times as large.

import { scheduleWarmRestarts } from "../abi";
import { halfCosine } from "./cosine";
import { registerLaw } from "./schedule";

@unmanaged
class Cycle {
  length: f64;
  minimum: f64;
  maximum: f64;
}

@unmanaged
class WarmRestarts {
  growth: f64;
  shrink: f64;
  /** Cycles after the fields. @each 3 */
  count: f64;

  value(t: f64): f64 {
    let since = t;
    let at = changetype<usize>(this) + offsetof<WarmRestarts>();
    for (let k: f64 = 1; k < this.count; k++) {
      const length = changetype<Cycle>(at).length;
      if (since < length) break;
      since -= length;
      at += offsetof<Cycle>();
    }
    const cycle = changetype<Cycle>(at);
    let length = cycle.length;
    let beyond: f64 = 0;
    if (this.growth === 1) {
      beyond = floor<f64>(since / length);
      since -= beyond * length;
    } else {
      while (since >= length) {
        since -= length;
        length *= this.growth;
        beyond++;
      }
    }
    const height = (cycle.maximum - cycle.minimum) * NativeMath.pow(this.shrink, beyond);
    return cycle.minimum + height * halfCosine(since / length);
  }
}

export function registerWarmRestarts(): void {
  registerLaw<WarmRestarts>(scheduleWarmRestarts);
}
