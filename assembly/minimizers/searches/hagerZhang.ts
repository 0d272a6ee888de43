// The Wolfe conditions, or the approximate ones of slopes only, for points near a minimum, where rounding hides the decrease:
// (2δ − 1) φ'(0) ≥ φ'(t) ≥ σ φ'(0) where φ(t) ≤ φ(0) + ε |φ(0)|. The interval is narrowed by double secant steps (W. Hager
// and H. Zhang, A new conjugate gradient method with guaranteed descent and an efficient line search, SIAM J. Optim. 16,
// 2005; names of steps as there).

import { requestGradient, requestValue, searchHagerZhang } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

const brackets: f64 = 0;
const firstSecant: f64 = 1;
const secondSecant: f64 = 2;
const midpoint: f64 = 3;
const bisects: f64 = 4;

@unmanaged
class HagerZhang {
  sufficientDecrease: f64; // δ
  curvature: f64; // σ
  rise: f64; // ε
  theta: f64;
  gamma: f64;
  rho: f64;
  /** Purpose of the trial, and the step to continue with after bisection. @state */
  mode: f64;
  after: f64;
  /** The interval: φ'(a) < 0 and φ(a) not above the limit, φ'(b) ≥ 0. */
  a: f64;
  slopeA: f64;
  b: f64;
  slopeB: f64;
  /** The interval at the start of the double secant step. */
  startA: f64;
  startSlopeA: f64;
  startB: f64;
  startSlopeB: f64;
  /** Upper end while bisecting. */
  top: f64;
  /** The first secant step. */
  c: f64;

  begin(line: Line): void {
    this.mode = brackets;
    this.a = 0;
    this.slopeA = line.slope0;
    this.b = 0;
  }

  next(line: Line): i32 {
    const t = line.step;
    const value = line.value;
    const slope = line.slope;
    const wolfe = value - line.value0 <= this.sufficientDecrease * t * line.slope0;
    const limit = line.value0 + this.rise * abs(line.value0);
    const approximate = value <= limit && slope <= (2 * this.sufficientDecrease - 1) * line.slope0;
    if (slope >= this.curvature * line.slope0 && (wolfe || approximate)) return accepted;
    if (line.trials >= line.limit) return failed;
    if (this.mode === brackets && slope < 0 && value <= limit) {
      if (t >= line.largest) return wolfe ? accepted : failed;
      this.a = t;
      this.slopeA = slope;
      line.step = min(this.rho * t, line.largest);
      return searching;
    }
    const purpose = this.mode === bisects ? this.after : this.mode;
    if (slope >= 0) {
      this.b = t;
      this.slopeB = slope;
    } else if (value <= limit) {
      this.a = t;
      this.slopeA = slope;
      if (this.mode === bisects) return this.bisect(line);
    } else {
      this.after = purpose;
      this.mode = bisects;
      this.top = t;
      return this.bisect(line);
    }
    if (purpose === firstSecant) return this.second(line);
    return purpose === secondSecant ? this.halve(line) : this.first(line);
  }

  /** U3: bisects toward a point of [a, top] where φ' ≥ 0 or φ is below the limit. */
  private bisect(line: Line): i32 {
    if (!(this.top - this.a > f64.EPSILON * this.top)) return failed;
    line.step = (1 - this.theta) * this.a + this.theta * this.top;
    return searching;
  }

  /** S1: secant step of the whole interval. */
  private first(line: Line): i32 {
    this.startA = this.a;
    this.startSlopeA = this.slopeA;
    this.startB = this.b;
    this.startSlopeB = this.slopeB;
    this.c = this.secant(this.a, this.slopeA, this.b, this.slopeB);
    return this.tries(line, this.c, firstSecant) ? searching : this.halve(line);
  }

  /** S2 and S3: secant step of the end that moved. */
  private second(line: Line): i32 {
    let c: f64 = NaN;
    if (this.c === this.b) c = this.secant(this.startB, this.startSlopeB, this.b, this.slopeB);
    else if (this.c === this.a) c = this.secant(this.startA, this.startSlopeA, this.a, this.slopeA);
    return this.tries(line, c, secondSecant) ? searching : this.halve(line);
  }

  /** L2: the middle, if the interval was not reduced enough. */
  private halve(line: Line): i32 {
    const width = this.b - this.a;
    if (!(width > f64.EPSILON * this.b)) return failed;
    if (width <= this.gamma * (this.startB - this.startA)) return this.first(line);
    return this.tries(line, 0.5 * (this.a + this.b), midpoint) ? searching : failed;
  }

  private secant(a: f64, slopeA: f64, b: f64, slopeB: f64): f64 {
    return (a * slopeB - b * slopeA) / (slopeB - slopeA);
  }

  private tries(line: Line, step: f64, mode: f64): bool {
    if (!(step > this.a && step < this.b)) return false;
    this.mode = mode;
    line.step = step;
    return true;
  }
}

export function registerHagerZhang(): void {
  registerSearch<HagerZhang>(searchHagerZhang, requestValue | requestGradient);
}
