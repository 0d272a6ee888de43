// Steepest descent: d = −g.

import { directionSteepest } from "../../abi";
import { gradient, Minimizer } from "../minimizer";
import { scaled } from "../vectors";
import { registerDirection } from "./direction";

@unmanaged
class Steepest {
  direct(m: Minimizer): i32 {
    scaled(m.step, -1, gradient(m), m.elements);
    return 0;
  }
  isScaled(m: Minimizer): bool {
    return false;
  }
}

export function registerSteepest(): void {
  registerDirection<Steepest>(directionSteepest);
}
