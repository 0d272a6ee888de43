/** The report's four charts: loss and mistakes on the test digits, against updates and against seconds. */

import { chartSvg, linesChart, type PlotLinesOptions, type PlotPoint } from "thalweg/plot";
import { decimal, escapeText, lossText, nameOf, percent, whole } from "./format.js";
import { NAMES } from "./series.js";
import type { HistoryPoint, RunResult } from "./types.js";

/** Curves of the runs by name. */
type Curves = Readonly<Record<string, readonly PlotPoint[]>>;

export function renderCharts(runs: readonly RunResult[]): string {
  const curves = (of: (point: HistoryPoint) => PlotPoint | null): Curves =>
    Object.fromEntries(
      runs.flatMap((run) => {
        const points = run.history.map(of).filter((point) => point !== null);
        return points.length > 0 ? [[nameOf(run), points]] : [];
      }),
    );
  const loss = (x: (point: HistoryPoint) => number): Curves => curves((point) => [x(point), point.loss]);
  const mistakes = (x: (point: HistoryPoint) => number): Curves =>
    curves((point) => (point.testAccuracy === undefined ? null : [x(point), 100 * (1 - point.testAccuracy)]));
  const updates = (point: HistoryPoint) => point.update;
  const seconds = (point: HistoryPoint) => point.seconds;

  const ends = (of: (run: RunResult) => string): string => runs.map((run) => `${nameOf(run)} ${of(run)}`).join(", ");
  const lossEnds = ends((run) => lossText(run.loss));
  const mistakeEnds = ends((run) => percent(1 - run.testAccuracy, 2));
  const afterUpdates = ends((run) => whole(run.updates));
  const afterSeconds = ends((run) => decimal(run.seconds, 1));
  const overUpdates = { xLabel: "updates", xScale: "log" } as const;
  const overSeconds = { xLabel: "time of training", xScale: "time" } as const;
  const losses = { yLabel: "training loss", yScale: "log", smoothing: 0.8 } as const;
  const errors = { yLabel: "mistakes, %", yScale: "log" } as const;

  const figures = [
    renderFigure(loss(updates), {
      ...overUpdates,
      ...losses,
      title: "Loss against updates",
      description: `Training loss falls. At the end: ${lossEnds}. Updates made: ${afterUpdates}.`,
      caption:
        "Lower is better. Both scales are logarithmic. Strong lines are moving averages; the faint lines behind them are the " +
        "recorded figures.",
    }),
    renderFigure(loss(seconds), {
      ...overSeconds,
      ...losses,
      title: "Loss against time",
      description: `Training loss falls. At the end: ${lossEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "The same lines against time: an update on one digit is cheap, an update on all 60,000 is not.",
    }),
    renderFigure(mistakes(updates), {
      ...overUpdates,
      ...errors,
      title: "Mistakes on the test digits against updates",
      description: `Share of test digits misclassified. At the end: ${mistakeEnds}. Updates made: ${afterUpdates}.`,
      caption: "Lower is better. Both scales are logarithmic: the same distance is the same factor in mistakes.",
    }),
    renderFigure(mistakes(seconds), {
      ...overSeconds,
      ...errors,
      title: "Mistakes on the test digits against time",
      description: `Share of test digits misclassified. At the end: ${mistakeEnds}. Seconds taken: ${afterSeconds}.`,
      caption: "The time to wait for. Evaluation on the test digits is not counted.",
    }),
  ];
  return `<section aria-labelledby="courses">
<h2 id="courses">How they got there</h2>
<div class="charts">
${figures.join("\n")}
</div>
</section>`;
}

/** Each chart is drawn twice, and the style sheet shows the one whose text is readable at the width of the screen. */
function renderFigure(curves: Curves, { caption, ...options }: PlotLinesOptions & { caption: string }): string {
  const below = `<figcaption>${caption}</figcaption></figure>`;
  if (
    !Object.values(curves)
      .flat()
      .some(([x, y]) => x > 0 && y > 0)
  )
    return `<figure><h3>${escapeText(options.title ?? "")}</h3><p class="note">no figures</p>${below}`;
  const draw = (which: string, width: number, height: number): string => {
    const chart = linesChart(curves, { ...options, width, height, series: NAMES });
    // In HTML the name space is known, and the report refers to nothing outside of itself.
    const svg = chartSvg(chart).replace(/ xmlns="[^"]*"/, "");
    return `<div class="chart ${which}">${svg}</div>`;
  };
  return `<figure>${draw("wide", 560, 400)}${draw("narrow", 340, 400)}${below}`;
}
