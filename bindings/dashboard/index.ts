// thalweg/dashboard: curves, progress and controls of training runs in a page. A separate entry.

export {
  type ConfusionCounts,
  createDashboard,
  type Dashboard,
  type DashboardOptions,
  type ShowConfusionOptions,
} from "./dashboard.js";
export type { Fits, RunState } from "./pausable.js";
export type { RunCurves } from "./record.js";
export type { DashboardFitOptions, DashboardRun, ShownTrainer } from "./run.js";
export type { RunCurve } from "./series.js";
export type { DashboardTexts } from "./texts.js";
