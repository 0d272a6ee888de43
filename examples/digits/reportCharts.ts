/** The report's four charts: loss and accuracy against updates and against seconds. */

import { mean } from "d3-array";
import { type ChartSeries, drawChart } from "./chart.js";
import { decimal, lossText, nameOf, percent, whole } from "./format.js";
import type { Point } from "./labels.js";
import type { HistoryPoint, RunResult } from "./types.js";

const MOST_POINTS = 320;

export function renderCharts(runs: readonly RunResult[]): string {
  const loss = (x: (point: HistoryPoint) => number): ChartSeries[] =>
    runs.map((run) => {
      const points = run.history.map((point): Point => [x(point), point.loss]);
      return { name: nameOf(run), strong: thin(smooth(points)), faint: thin(points) };
    });
  const accuracy = (x: (point: HistoryPoint) => number): ChartSeries[] =>
    runs.map((run) => {
      const measured = run.history.filter((point) => point.testAccuracy !== undefined);
      return {
        name: nameOf(run),
        strong: thin(measured.map((point): Point => [x(point), point.testAccuracy as number])),
      };
    });
  const updates = (point: HistoryPoint) => point.update;
  const seconds = (point: HistoryPoint) => point.seconds;

  const lossEnds = runs.map((run) => `${nameOf(run)} ${lossText(run.loss)}`).join(", ");
  const accuracyEnds = runs.map((run) => `${nameOf(run)} ${percent(run.testAccuracy, 2)}`).join(", ");
  const afterUpdates = runs.map((run) => `${nameOf(run)} ${whole(run.updates)}`).join(", ");
  const afterSeconds = runs.map((run) => `${nameOf(run)} ${decimal(run.seconds, 1)}`).join(", ");

  const figures = [
    renderFigure({
      id: "loss-updates",
      title: "Loss against updates",
      description: `Training loss falls. At the end: ${lossEnds}. Updates made: ${afterUpdates}.`,
      caption:
        "Lower is better. Both scales are logarithmic. Strong lines are means over neighbouring points; the faint " +
        "lines behind them are the recorded figures.",
      xLabel: "updates",
      yLabel: "training loss",
      xScale: "log",
      yScale: "loss",
      series: loss(updates),
    }),
    renderFigure({
      id: "loss-seconds",
      title: "Loss against seconds",
      description: `Training loss falls. At the end: ${lossEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "The same lines against time: an update on one digit is cheap, an update on all 60,000 is not.",
      xLabel: "seconds of training",
      yLabel: "training loss",
      xScale: "linear",
      yScale: "loss",
      series: loss(seconds),
    }),
    renderFigure({
      id: "accuracy-updates",
      title: "Test accuracy against updates",
      description: `Test accuracy. At the end: ${accuracyEnds}. Updates made: ${afterUpdates}.`,
      caption:
        "Higher is better. The scale is stretched towards 100 %: the same distance is the same factor in mistakes.",
      xLabel: "updates",
      yLabel: "test accuracy",
      xScale: "log",
      yScale: "accuracy",
      series: accuracy(updates),
    }),
    renderFigure({
      id: "accuracy-seconds",
      title: "Test accuracy against seconds",
      description: `Test accuracy. At the end: ${accuracyEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "The time to wait for. Evaluation on the test digits is not counted.",
      xLabel: "seconds of training",
      yLabel: "test accuracy",
      xScale: "linear",
      yScale: "accuracy",
      series: accuracy(seconds),
    }),
  ];
  return `<section aria-labelledby="courses">
<h2 id="courses">How they got there</h2>
<div class="charts">
${figures.join("\n")}
</div>
</section>`;
}

type Figure = Omit<Parameters<typeof drawChart>[0], "size"> & { caption: string };

/** Each chart is drawn twice, and the style sheet shows the one whose text is readable at the width of the screen. */
function renderFigure({ caption, ...chart }: Figure): string {
  const wide = drawChart({ ...chart, size: "wide", id: `${chart.id}-wide` });
  const narrow = drawChart({ ...chart, size: "narrow", id: `${chart.id}-narrow` });
  return `<figure><h3>${chart.title}</h3>${wide}${narrow}<figcaption>${caption}</figcaption></figure>`;
}

/** Means over a window of neighbours, shorter near the beginning so that the first steps keep their shape. */
function smooth(points: readonly Point[]): Point[] {
  const reach = Math.floor(points.length / 24);
  return points.map(([x], i) => {
    const neighbours = points.slice(Math.max(0, i - Math.min(i, reach)), i + Math.min(i, reach) + 1);
    return [x, mean(neighbours, (point) => point[1]) ?? Number.NaN];
  });
}

/** Few enough points for a small file, spread evenly over a logarithmic axis as well as over a linear one. */
function thin(points: readonly Point[]): Point[] {
  if (points.length <= MOST_POINTS) return [...points];
  const keep = new Set<number>([points.length - 1]);
  const last = points.length - 1;
  for (let i = 0; i < MOST_POINTS / 2; i++) {
    const share = i / (MOST_POINTS / 2 - 1);
    keep.add(Math.round(share * last));
    keep.add(Math.round((last + 1) ** share - 1));
  }
  return points.filter((_, i) => keep.has(i));
}
