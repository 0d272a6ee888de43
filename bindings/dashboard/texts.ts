// Words of a dashboard.

import { type ChartTexts, englishTexts } from "../plot/page/mounted.js";

/** Words of a dashboard and of its charts; {braces} hold values. */
export interface DashboardTexts extends ChartTexts {
  readonly dashboard: string;
  readonly pause: string;
  readonly resume: string;
  readonly stop: string;
  readonly export: string;
  /** Title of the chart of losses. */
  readonly loss: string;
  /** Addition to the name of a run for its validation samples. */
  readonly validation: string;
  /** Name of the axis of updates. */
  readonly update: string;
  readonly gradients: string;
  readonly gradientNorm: string;
  readonly weights: string;
  readonly share: string;
  readonly confusion: string;
  readonly predicted: string;
  readonly actual: string;
  /** Status before a run. */
  readonly idle: string;
  readonly running: string;
  readonly paused: string;
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
