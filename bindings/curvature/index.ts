// Curvature: second derivatives of functions and models. Also the entry thalweg/curvature.

export { type CriticalPoint, type CriticalPointOptions, criticalPoint } from "./criticalPoint.js";
export {
  type RandomDirectionsOptions,
  randomDirections,
  type TrajectoryPlane,
  trajectoryPlane,
} from "./directions.js";
export { type HessianTraceOptions, hessianTrace } from "./hessianTrace.js";
export {
  type LossLine,
  type LossLineOptions,
  type LossPlane,
  type LossPlaneOptions,
  lossLine,
  lossPlane,
} from "./landscape.js";
export { layerConditions } from "./layerConditions.js";
export { lossSurface } from "./lossSurface.js";
export { type Sharpness, sharpness } from "./sharpness.js";
export { type SpectralDensity, type SpectralDensityOptions, spectralDensity } from "./spectralDensity.js";
export type { LossSurface } from "./surface.js";
export { type TopEigenvalues, type TopEigenvaluesOptions, topEigenvalues } from "./topEigenvalues.js";
export { type TrainerSurfaceOptions, trainerSurface } from "./trainerSurface.js";
