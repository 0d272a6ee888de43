// Minimization of functions, line searches, and fits of curves: what the root of the package exports of this room.

export { type CurveFit, type FitCurveOptions, fitCurve, type Observations } from "./fitCurve.js";
export {
  type BacktrackingOptions,
  backtracking,
  exactQuadratic,
  fixedStep,
  type GoldsteinOptions,
  goldstein,
  type HagerZhangOptions,
  hagerZhang,
  type LineSearch,
  moreThuente,
  strongWolfe,
  type WolfeOptions,
} from "./lineSearches.js";
export type { MinimizeMethod } from "./method.js";
export {
  bfgs,
  type ConjugateGradientOptions,
  conjugateGradient,
  type DampedNewtonOptions,
  dampedNewton,
  type GradientMethod,
  gaussNewton,
  gradientDescent,
  type LbfgsOptions,
  type LevenbergMarquardtOptions,
  type LineSearchOption,
  lbfgs,
  levenbergMarquardt,
  newton,
  saddleFreeNewton,
  type TrustRegionOptions,
  trustRegionNewton,
} from "./methods.js";
export { minimize, minimizeSync } from "./minimize.js";
export type { PlainObjective } from "./objective.js";
export type { MinimizeStatus, Minimum, TraceEntry } from "./outcome.js";
export type { Arranged, StartingPoint } from "./point.js";
export type { MinimizeOptions, MinimizeProgress, MinimizeSyncOptions } from "./stops.js";
