// Constant: h(t) = h.

import { scheduleConstant } from "../abi";
import { registerLaw } from "./schedule";

@unmanaged
class Constant {
  initial: f64;

  value(t: f64): f64 {
    return this.initial;
  }
}

export function registerConstant(): void {
  registerLaw<Constant>(scheduleConstant);
}
