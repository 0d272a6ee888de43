// Backtracking until φ(t) ≤ φ(0) + c t φ'(0) (L. Armijo, Minimization of functions having Lipschitz continuous first
// partial derivatives, Pacific J. Math. 16, 1966). The next step is the minimizer of the parabola through φ(0), φ'(0) and
// φ(t), or of the cubic that also uses the trial before, clamped to 0.1 .. 0.5 of this step, or a fixed fraction of it
// (Nocedal and Wright, Numerical Optimization, 2006, §3.5).

import { requestValue, searchBacktracking } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
class Backtracking {
  sufficientDecrease: f64;
  /** Fraction of the step that is tried next, 0 to interpolate. */
  factor: f64;
  /** 1 to interpolate by cubics, 0 by parabolas. */
  cubic: f64;
  /** The trial before, 0 at the first. @state */
  step: f64;
  value: f64;

  begin(line: Line): void {
    this.step = 0;
  }

  next(line: Line): i32 {
    const t = line.step;
    const value = line.value;
    if (value <= line.value0 + this.sufficientDecrease * t * line.slope0) return accepted;
    if (line.trials >= line.limit) return failed;
    let next = this.factor * t;
    if (this.factor === 0) {
      next = this.interpolate(line);
      next = min(max(next, 0.1 * t), 0.5 * t);
      if (isNaN(next)) next = 0.5 * t;
    }
    this.step = t;
    this.value = value;
    line.step = next;
    return searching;
  }

  private interpolate(line: Line): f64 {
    const t = line.step;
    const slope = line.slope0;
    const rise = line.value - line.value0 - slope * t;
    if (this.cubic === 0 || this.step === 0) return (-slope * t * t) / (2 * rise);
    const s = this.step;
    const before = this.value - line.value0 - slope * s;
    const a = (rise / (t * t) - before / (s * s)) / (t - s);
    const b = ((-s * rise) / (t * t) + (t * before) / (s * s)) / (t - s);
    return a === 0 ? -slope / (2 * b) : (-b + sqrt<f64>(b * b - 3 * a * slope)) / (3 * a);
  }
}

export function registerBacktracking(): void {
  registerSearch<Backtracking>(searchBacktracking, requestValue);
}
