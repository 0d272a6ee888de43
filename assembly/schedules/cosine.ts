// Cosine decay: h(t) = e + (h₀ − e) c^p with c = (1 + cos(π t/T)) / 2 (Loshchilov and Hutter, SGDR: stochastic gradient
// descent with warm restarts, ICLR 2017). After T it stays at e, or rises again as PyTorch's does.

import { scheduleCosine } from "../abi";
import { cosScalar } from "../kernels/trigonometric";
import { registerLaw } from "./schedule";

/** (1 + cos πx) / 2: 1 at x = 0, 0 at x = 1. */
export function halfCosine(x: f64): f64 {
  return 0.5 * (1 + cosScalar<f64>(NativeMath.PI * x));
}

@unmanaged
class Cosine {
  initial: f64;
  floor: f64;
  length: f64;
  exponent: f64;
  oscillates: f64;

  value(t: f64): f64 {
    const turns = this.oscillates !== 0 ? t / this.length : min<f64>(t / this.length, 1);
    const c = halfCosine(turns);
    const weight = this.exponent === 1 ? c : NativeMath.pow(c, this.exponent);
    return this.floor + (this.initial - this.floor) * weight;
  }
}

export function registerCosine(): void {
  registerLaw<Cosine>(scheduleCosine);
}
