// The strong Wolfe conditions by safeguarded cubic and quadratic steps, first for ψ(t) = φ(t) − φ(0) − c₁ t φ'(0), until
// ψ ≤ 0 and φ' ≥ 0, then for φ (J. Moré and D. Thuente, Line search algorithms with guaranteed sufficient decrease, ACM
// TOMS 20, 1994; the cases are those of its section 4).

import { requestGradient, requestValue, searchMoreThuente } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
class MoreThuente {
  sufficientDecrease: f64;
  curvature: f64;
  /** Best step so far, its value and slope. @state */
  best: f64;
  bestValue: f64;
  bestSlope: f64;
  /** The other end of the interval of uncertainty. */
  other: f64;
  otherValue: f64;
  otherSlope: f64;
  /** 1 once the interval holds a minimizer. */
  bracketed: f64;
  /** 1 while ψ is minimized. */
  auxiliary: f64;
  width: f64;
  widthBefore: f64;
  least: f64;
  most: f64;

  begin(line: Line): void {
    this.best = 0;
    this.bestValue = line.value0;
    this.bestSlope = line.slope0;
    this.other = 0;
    this.otherValue = line.value0;
    this.otherSlope = line.slope0;
    this.bracketed = 0;
    this.auxiliary = 1;
    this.width = line.largest;
    this.widthBefore = 2 * line.largest;
    this.least = 0;
    this.most = 5 * line.step;
  }

  next(line: Line): i32 {
    const t = line.step;
    const value = line.value;
    const slope = line.slope;
    const tilt = this.sufficientDecrease * line.slope0;
    const bound = line.value0 + t * tilt;
    if (value <= bound && abs(slope) <= -this.curvature * line.slope0) return accepted;
    if (t >= line.largest && value <= bound && slope <= tilt) return accepted;
    if (line.trials >= line.limit) return failed;
    if (this.bracketed !== 0) {
      if (t <= this.least || t >= this.most || this.most - this.least <= f64.EPSILON * this.most) return failed;
    }
    if (this.auxiliary !== 0 && value <= bound && slope >= 0) this.auxiliary = 0;
    if (this.auxiliary !== 0 && value <= this.bestValue && value > bound) {
      this.bestValue -= this.best * tilt;
      this.bestSlope -= tilt;
      this.otherValue -= this.other * tilt;
      this.otherSlope -= tilt;
      line.step = this.update(t, value - t * tilt, slope - tilt);
      this.bestValue += this.best * tilt;
      this.bestSlope += tilt;
      this.otherValue += this.other * tilt;
      this.otherSlope += tilt;
    } else line.step = this.update(t, value, slope);
    if (this.bracketed !== 0) {
      const width = abs(this.other - this.best);
      if (width >= 0.66 * this.widthBefore) line.step = this.best + 0.5 * (this.other - this.best);
      this.widthBefore = this.width;
      this.width = width;
      this.least = min(this.best, this.other);
      this.most = max(this.best, this.other);
    } else {
      this.least = line.step + 1.1 * (line.step - this.best);
      this.most = line.step + 4 * (line.step - this.best);
    }
    line.step = min(line.step, line.largest);
    return searching;
  }

  /** Updates the interval by the trial; returns the next step. */
  private update(t: f64, value: f64, slope: f64): f64 {
    const b = this.best;
    const sameSign = slope * (this.bestSlope / abs(this.bestSlope)) >= 0;
    let next: f64 = 0;
    if (value > this.bestValue) {
      // Case 1: the value rose. The cubic step if it is nearer to the best, else the mean of cubic and quadratic steps.
      const theta = (3 * (this.bestValue - value)) / (t - b) + this.bestSlope + slope;
      const gamma = this.root(theta, this.bestSlope, slope) * (t < b ? -1 : 1);
      const r = (gamma - this.bestSlope + theta) / (gamma - this.bestSlope + gamma + slope);
      const cubic = b + r * (t - b);
      const quadratic = b + (this.bestSlope / ((this.bestValue - value) / (t - b) + this.bestSlope) / 2) * (t - b);
      next = abs(cubic - b) < abs(quadratic - b) ? cubic : cubic + (quadratic - cubic) / 2;
      this.bracketed = 1;
    } else if (!sameSign) {
      // Case 2: the slope changed its sign. The farther of the cubic and the secant step.
      const theta = (3 * (this.bestValue - value)) / (t - b) + this.bestSlope + slope;
      const gamma = this.root(theta, this.bestSlope, slope) * (t > b ? -1 : 1);
      const r = (gamma - slope + theta) / (gamma - slope + gamma + this.bestSlope);
      const cubic = t + r * (b - t);
      const secant = t + (slope / (slope - this.bestSlope)) * (b - t);
      next = abs(cubic - t) > abs(secant - t) ? cubic : secant;
      this.bracketed = 1;
    } else if (abs(slope) < abs(this.bestSlope)) {
      // Case 3: the slope decreased. The cubic may tend to infinity in the direction of the step, or have no minimizer.
      const theta = (3 * (this.bestValue - value)) / (t - b) + this.bestSlope + slope;
      const gamma = this.root(theta, this.bestSlope, slope) * (t > b ? -1 : 1);
      const r = (gamma - slope + theta) / (gamma + (this.bestSlope - slope) + gamma);
      const cubic = r < 0 && gamma !== 0 ? t + r * (b - t) : t > b ? this.most : this.least;
      const secant = t + (slope / (slope - this.bestSlope)) * (b - t);
      if (this.bracketed !== 0) {
        next = abs(cubic - t) < abs(secant - t) ? cubic : secant;
        const edge = t + 0.66 * (this.other - t);
        next = t > b ? min(edge, next) : max(edge, next);
      } else {
        next = abs(cubic - t) > abs(secant - t) ? cubic : secant;
        next = max(this.least, min(this.most, next));
      }
    } else if (this.bracketed !== 0) {
      // Case 4: the slope did not decrease. The cubic through the trial and the other end.
      const theta = (3 * (value - this.otherValue)) / (this.other - t) + this.otherSlope + slope;
      const gamma = this.root(theta, this.otherSlope, slope) * (t > this.other ? -1 : 1);
      const r = (gamma - slope + theta) / (gamma - slope + gamma + this.otherSlope);
      next = t + r * (this.other - t);
    } else next = t > b ? this.most : this.least;
    if (value > this.bestValue) this.setOther(t, value, slope);
    else {
      if (!sameSign) this.setOther(b, this.bestValue, this.bestSlope);
      this.best = t;
      this.bestValue = value;
      this.bestSlope = slope;
    }
    return isNaN(next) ? this.best + 0.5 * (this.other - this.best) : next;
  }

  private root(theta: f64, a: f64, b: f64): f64 {
    const scale = max(abs(theta), max(abs(a), abs(b)));
    const relative = theta / scale;
    return scale * sqrt<f64>(max(0, relative * relative - (a / scale) * (b / scale)));
  }

  private setOther(step: f64, value: f64, slope: f64): void {
    this.other = step;
    this.otherValue = value;
    this.otherSlope = slope;
  }
}

export function registerMoreThuente(): void {
  registerSearch<MoreThuente>(searchMoreThuente, requestValue | requestGradient);
}
