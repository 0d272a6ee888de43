// A line search as the searches see it: φ(t) = f(x + t d), a function of one number. A search is a class whose
// fields are its options as they lie in memory and, from the one marked `@state` on, what it remembers, with
//
//   begin(line)         the first step, line.step, is given and may be changed
//   next(line): i32     looks at φ(line.step): sets the next step, or answers that this one will do, or that none does

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
  /** The largest step; it shrinks to where the function is finite. */
  largest: f64;
  /** The last step at which the function was finite. */
  finite: f64;
  /** The first step that was tried. */
  first: f64;
  /** d'H d, for the exact search. */
  curvature: f64;
  /** The least value that was worth a step, and the steps since. */
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
