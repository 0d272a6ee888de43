// Words of a dashboard.

import { type ChartTexts, englishTexts } from "../plot/page/mounted.js";

/** Words of a dashboard and of its charts; {braces} hold values. */
export interface DashboardTexts extends ChartTexts {
  /** Name of the dashboard for screen readers. */
  readonly dashboard: string;
  /** Button that pauses the run. */
  readonly pause: string;
  /** Button that resumes it. */
  readonly resume: string;
  /** Button that ends it. */
  readonly stop: string;
  /** Button that downloads the curves. */
  readonly export: string;
  /** Title of the chart of losses. */
  readonly loss: string;
  /** Addition to the name of a run for its validation samples. */
  readonly validation: string;
  /** Name of the axis of updates. */
  readonly update: string;
  /** Title of the chart of gradient norms; {run} is the name of the run. */
  readonly gradients: string;
  /** Name of the axis of gradient norms. */
  readonly gradientNorm: string;
  /** Title of a histogram of weights; {run} and {name} are the names of run and parameter. */
  readonly weights: string;
  /** Name of the vertical axis of histograms. */
  readonly share: string;
  /** Title of the confusion matrix. */
  readonly confusion: string;
  /** Name of the axis of predicted classes. */
  readonly predicted: string;
  /** Name of the axis of true classes. */
  readonly actual: string;
  /** Status before a run. */
  readonly idle: string;
  /** Status of a run; {run}, {epoch}, {epochs}, {steps}, {seconds} and {loss} are its numbers. */
  readonly running: string;
  /** Status of a paused run, with {run} and {steps}. */
  readonly paused: string;
  /** Status after a run, with {run}, {steps} and {seconds}. */
  readonly ended: string;
}

export const englishDashboard: DashboardTexts = {
  ...englishTexts,
  dashboard: "Training",
  pause: "Pause",
  resume: "Resume",
  stop: "Stop",
  export: "Export curves",
  loss: "Loss",
  validation: "validation",
  update: "update",
  gradients: "Gradient norms of {run}",
  gradientNorm: "norm",
  weights: "Weights of {run}: {name}",
  share: "share",
  confusion: "Confusion matrix",
  predicted: "predicted",
  actual: "true",
  idle: "Nothing runs.",
  running: "{run}: epoch {epoch}{epochs}, {steps} updates, {seconds}, loss {loss}",
  paused: "{run} is paused after {steps} updates.",
  ended: "{run} has ended after {steps} updates, {seconds}.",
};

/** Text with the values of its braces. */
export const filled = (text: string, values: Readonly<Record<string, string | number>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
