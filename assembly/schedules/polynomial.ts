// Polynomial decay: h(t) = e + (h₀ − e) (1 − t/T)^p, and e from T on; with cycles T is replaced by its next multiple, as in
// Keras.

import { schedulePolynomial } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class Polynomial {
  initial: f64;
  end: f64;
  power: f64;
  length: f64;
  cycle: f64;

  value(t: f64): f64 {
    const horizon = this.cycle !== 0 ? this.length * max<f64>(ceil<f64>(t / this.length), 1) : this.length;
    const left = 1 - min<f64>(t, horizon) / horizon;
    return this.end + (this.initial - this.end) * NativeMath.pow(left, this.power);
  }
}

export function registerPolynomial(): void {
  registerLaw<Polynomial>(schedulePolynomial);
}
