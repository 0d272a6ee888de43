// The strong Wolfe conditions, φ(t) ≤ φ(0) + c₁ t φ'(0) and |φ'(t)| ≤ c₂ |φ'(0)|: the step grows until an interval contains such
// a point; then the interval is narrowed (Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6).

import { requestGradient, requestValue, searchStrongWolfe } from "../../abi";
import { accepted, cubicMinimizer, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
export class StrongWolfe {
  sufficientDecrease: f64;
  curvature: f64;
  /** 1 once an interval is known. @state */
  zooms: f64;
  /** The end with the lowest value of sufficient decrease; while the step grows, the trial before. */
  low: f64;
  lowValue: f64;
  lowSlope: f64;
  /** The other end. */
  high: f64;
  highValue: f64;
  highSlope: f64;
  /** Width of the interval two trials ago. */
  width: f64;

  begin(line: Line): void {
    this.zooms = 0;
    this.low = 0;
    this.lowValue = line.value0;
    this.lowSlope = line.slope0;
  }

  next(line: Line): i32 {
    const t = line.step;
    const value = line.value;
    const slope = line.slope;
    const enough = value <= line.value0 + this.sufficientDecrease * t * line.slope0;
    if (enough && abs(slope) <= -this.curvature * line.slope0) return accepted;
    const above = !enough || (value >= this.lowValue && (this.zooms !== 0 || line.trials > 1));
    if (this.zooms === 0 && !above && slope < 0) {
      if (t >= line.largest) return accepted;
      if (line.trials >= line.limit) return failed;
      const guess = cubicMinimizer(this.low, this.lowValue, this.lowSlope, t, value, slope);
      const least = t + 0.5 * (t - this.low);
      this.setLow(t, value, slope);
      line.step = min(guess > least ? min(guess, 10 * t) : 2 * t, line.largest);
      return searching;
    }
    if (above) this.setHigh(t, value, slope);
    else {
      if (this.zooms === 0 || slope * (this.high - this.low) >= 0) this.setHigh(this.low, this.lowValue, this.lowSlope);
      this.setLow(t, value, slope);
    }
    const width = abs(this.high - this.low);
    if (line.trials >= line.limit || !(width > f64.EPSILON * max(this.low, this.high))) return failed;
    line.step = this.inside();
    if (this.zooms !== 0 && width > 0.66 * this.width) line.step = 0.5 * (this.low + this.high);
    this.width = width;
    this.zooms = 1;
    return searching;
  }

  /** Returns a step inside the interval, not too near its ends. */
  private inside(): f64 {
    const low = this.low;
    const high = this.high;
    const guess = cubicMinimizer(low, this.lowValue, this.lowSlope, high, this.highValue, this.highSlope);
    const margin = 0.1 * abs(high - low);
    const inner = min(max(guess, min(low, high) + margin), max(low, high) - margin);
    return isNaN(inner) ? 0.5 * (low + high) : inner;
  }

  private setLow(step: f64, value: f64, slope: f64): void {
    this.low = step;
    this.lowValue = value;
    this.lowSlope = slope;
  }

  private setHigh(step: f64, value: f64, slope: f64): void {
    this.high = step;
    this.highValue = value;
    this.highSlope = slope;
  }
}

export function registerStrongWolfe(): void {
  registerSearch<StrongWolfe>(searchStrongWolfe, requestValue | requestGradient);
}
