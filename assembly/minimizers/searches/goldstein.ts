// Goldstein's conditions: φ(0) + (1 − c) t φ'(0) ≤ φ(t) ≤ φ(0) + c t φ'(0), c < 1/2: the right one rejects steps that are too long,
// the left one steps that are too short; neither needs a slope at t (A. Goldstein, On steepest descent, SIAM J. Control 3, 1965;
// Nocedal and Wright, Numerical Optimization, 2006, (3.11)). The step doubles until it is too long; the next one is the minimizer
// of the parabola through φ(0), φ'(0) and φ(t) if it lies within 0.1 .. 0.9 of the interval, else the middle.

import { requestValue, searchGoldstein } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
class Goldstein {
  sufficientDecrease: f64;
  /** The longest step that was too short, and the shortest that was too long. @state */
  low: f64;
  high: f64;

  begin(line: Line): void {
    this.low = 0;
    this.high = Infinity;
  }

  next(line: Line): i32 {
    const t = line.step;
    const expected = t * line.slope0;
    const change = line.value - line.value0;
    const isLong = !(change <= this.sufficientDecrease * expected);
    const isShort = change < (1 - this.sufficientDecrease) * expected;
    if (!isLong && (!isShort || t >= line.largest)) return accepted;
    if (line.trials >= line.limit) return failed;
    if (isLong) this.high = t;
    else this.low = t;
    if (this.high === Infinity) {
      line.step = min(2 * t, line.largest);
      return searching;
    }
    const width = this.high - this.low;
    if (!(width > f64.EPSILON * this.high)) return failed;
    const best = (-expected * t) / (2 * (change - expected));
    const within = best >= this.low + 0.1 * width && best <= this.high - 0.1 * width;
    line.step = within ? best : this.low + 0.5 * width;
    return searching;
  }
}

export function registerGoldstein(): void {
  registerSearch<Goldstein>(searchGoldstein, requestValue);
}
