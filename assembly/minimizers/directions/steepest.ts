// Steepest descent: d = −g.

import { gradient, Minimizer } from "../minimizer";
import { scaled } from "../vectors";

export function directSteepest(m: Minimizer): i32 {
  scaled(m.step, -1, gradient(m), m.elements);
  return 0;
}
