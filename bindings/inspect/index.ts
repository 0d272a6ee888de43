export { type Diagnosis, diagnose } from "./diagnose.js";
export { type Explanation, explain } from "./explain.js";
export { type LayerOutputs, layerOutputs } from "./layerOutputs.js";
export type { ExplainedArray, ExplainedOp, ExplainedSpace } from "./listing.js";
export { type MeasuredStepResult, measuredStep } from "./measuredStep.js";
export { type Profile, type ProfiledOp, profile } from "./profile.js";
export type { Explainable } from "./subject.js";
export { type InputShape, type Summary, type SummaryLayer, summary } from "./summary.js";
