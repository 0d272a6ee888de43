// Steepest descent: d = −g.

import { directionSteepest } from "../../abi";
import { scale } from "../../kernels/vectors";
import { gradient, Minimizer } from "../minimizer";
import { registerDirection } from "./direction";

@unmanaged
class Steepest {
  direct(m: Minimizer): i32 {
    scale<f64>(m.step, gradient(m), -1, m.elements);
    return 0;
  }
  isScaled(m: Minimizer): bool {
    return false;
  }
}

export function registerSteepest(): void {
  registerDirection<Steepest>(directionSteepest);
}
