// The function that line searches minimize: φ(t) = f(x + t d). A search is a class whose fields are its options as they lie in
// memory and, from the one marked `@state` on, its state, with
//
//   begin(line)         starts with the first step line.step, which it may change
//   next(line): i32     uses φ(line.step): sets the next step and returns `searching`, or returns `accepted` or `failed`

export const searching: i32 = 0;
export const accepted: i32 = 1;
export const failed: i32 = 2;

/** @record */
@unmanaged
export class Line {
  /** t of the trial. */
  step: f64;
  /** φ(t). */
  value: f64;
  /** φ'(t), for the searches that use it. */
  slope: f64;
  /** φ(0). */
  value0: f64;
  /** φ'(0) < 0. */
  slope0: f64;
  /** Largest step; reduced where the function is not finite. */
  largest: f64;
  /** Last step at which the function was finite. */
  finite: f64;
  /** First step. */
  first: f64;
  /** d'H d, for the exact search. */
  curvature: f64;
  /** Lowest value with a decrease beyond rounding, and the steps since. */
  plateau: f64;
  quiet: u32;
  /** Trials so far. */
  trials: u32;
  limit: u32;
}

/** The minimizer of the cubic with values fa, fb and slopes da, db at a and b; NaN if it has none. */
export function cubicMinimizer(a: f64, fa: f64, da: f64, b: f64, fb: f64, db: f64): f64 {
  const d = da + db - (3 * (fa - fb)) / (a - b);
  const root = sqrt<f64>(d * d - da * db) * (b > a ? 1 : -1);
  return b - ((b - a) * (db + root - d)) / (db - da + 2 * root);
}
