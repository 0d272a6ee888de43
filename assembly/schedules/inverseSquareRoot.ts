// Inverse square root decay: h(t) = h₀ / √max(t/T, 1), constant until t = T (Vaswani et al., Attention is all you need, NeurIPS
// 2017, there after a warm-up of length T).

import { scheduleInverseSquareRoot } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class InverseSquareRoot {
  initial: f64;
  length: f64;

  value(t: f64): f64 {
    return this.initial / sqrt<f64>(max<f64>(t / this.length, 1));
  }
}

export function registerInverseSquareRoot(): void {
  registerLaw<InverseSquareRoot>(scheduleInverseSquareRoot);
}
