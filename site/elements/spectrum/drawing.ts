// Draws the largest eigenvalue beside the limit of the rate, the loss, and all eigenvalues at a step.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { whereWide } from "../kit/layout.ts";
import { format } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import { Slices } from "../kit/slices.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, records, type State } from "./controls.ts";
import { type Course, classesOf, type Moment, negatives, outliers, trained } from "./run.ts";

/** Milliseconds between two pictures while it plays or trains. */
const chartEvery = 100;

export class SpectrumDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #slices = new Slices();
  readonly #sharpness: ChartBox;
  readonly #loss: ChartBox;
  readonly #spectrum: ChartBox;
  readonly #player: Player<typeof controls>;
  #computed = "";
  #width = 0;
  #course: Course = { moments: [], rises: 0, diverged: -1 };
  #done = false;
  #charted = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text, chartTexts } = frame;
    this.#sharpness = new ChartBox(text("sharpness"), chartTexts);
    this.#loss = new ChartBox(text("loss"), chartTexts);
    this.#spectrum = new ChartBox(text("spectrum"), chartTexts);
    const left = html("div", {}, this.#sharpness.element, this.#loss.element);
    frame.stage.replaceChildren(html("div", { class: "charts" }, left, this.#spectrum.element));
    this.#player = new Player(frame, () => frame.state);
  }

  stop(): void {
    this.#player.stop();
    this.#slices.stop();
    for (const chart of [this.#sharpness, this.#loss, this.#spectrum]) chart.stop();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    if (stage.clientWidth === 0) return;
    const { at: _at, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed) {
      this.#computed = wanted;
      this.#train(state);
    }
    this.#width = stage.clientWidth;
    this.#show(!this.#player.isPlaying);
  }

  #train(state: State): void {
    const { text } = this.#frame;
    this.#frame.tell(text("says.working", { rate: format(10 ** state.rate, 2) }));
    const course: Course = { moments: [], rises: 0, diverged: -1 };
    this.#done = false;
    this.#slices.run(trained(this.#engine, state, course), (done) => {
      [this.#course, this.#done] = [course, done];
      this.#show(done);
    });
  }

  /** Number of the moment that is shown. */
  #shown(): number {
    const { at, steps } = this.#frame.state;
    const last = this.#course.moments.length - 1;
    return Math.max(0, Math.min(last, Math.floor((at / steps) * records)));
  }

  #show(always: boolean): void {
    const now = performance.now();
    const { moments } = this.#course;
    if (moments.length === 0 || (!always && now - this.#charted < chartEvery)) return;
    this.#charted = now;
    const shown = this.#shown();
    const moment = moments[shown] as Moment;
    const past = moments.slice(0, shown + 1);
    const isWide = this.#width >= 640;
    this.#sharpness.show(this.#sharpnessChart(past, isWide ? 210 : 220));
    this.#loss.show(this.#lossChart(past, isWide ? 190 : 200));
    this.#spectrum.show(this.#spectrumChart(moment, isWide ? 404 : 280));
    if (this.#done) this.#say();
  }

  #sharpnessChart(past: readonly Moment[], height: number): PlotChart {
    const { state, text } = this.#frame;
    const limit = 2 / 10 ** state.rate;
    const tops = this.#course.moments.map(({ eigenvalues }) => eigenvalues[0] as number);
    const high = Math.min(Math.max(...tops, limit), 4 * limit) * 1.1;
    const points = past.map(({ step, eigenvalues }) => [step, Math.min(eigenvalues[0] as number, high)] as const);
    const near = limit < 20 * Math.max(...tops);
    return plotChart(
      [
        lineMark(points, { name: text("series.sharpness"), color: 0 }),
        ...(near ? [ruleMark({ y: limit }, text("series.limit", { limit: format(limit) }))] : []),
      ],
      {
        ...{ height, xRange: [0, state.steps], yRange: [0, near ? high : Math.max(...tops) * 1.1] },
        ...{ xLabel: text("axis.step"), yLabel: text("axis.sharpness") },
      },
    );
  }

  #lossChart(past: readonly Moment[], height: number): PlotChart {
    const { state, text } = this.#frame;
    return plotChart(
      [
        lineMark(
          past.map(({ step, loss }) => [step, loss] as const),
          { name: text("series.loss"), color: 1 },
        ),
      ],
      {
        ...{ height, xRange: [0, state.steps], yScale: "log", xLabel: text("axis.step"), yLabel: text("axis.loss") },
      },
    );
  }

  #spectrumChart({ eigenvalues, step }: Moment, height: number): PlotChart {
    const { state, text } = this.#frame;
    const all = this.#course.moments.flatMap((moment) => [moment.eigenvalues[0]!, moment.eigenvalues.at(-1)!]);
    const limit = 2 / 10 ** state.rate;
    const [low, high] = [Math.min(...all), Math.min(Math.max(...all), 4 * limit)];
    const points = eigenvalues.map((value, k) => [k + 1, Math.min(value, high)] as const);
    const marks = [dotsMark(points, { name: text("series.eigenvalues", { step }), color: 2 }), ruleMark({ y: 0 })];
    if (limit < high * 1.5) marks.push(ruleMark({ y: limit }, text("series.limit", { limit: format(limit) })));
    return plotChart(marks, {
      ...{
        height,
        xRange: [0, eigenvalues.length + 1],
        yRange: [low - 0.05 * (high - low), Math.max(high, limit < high * 1.5 ? limit : 0) + 0.05 * (high - low)],
      },
      ...{ xLabel: text("axis.rank"), yLabel: text("axis.eigenvalue") },
    });
  }

  #say(): void {
    const { state, text } = this.#frame;
    const { moments, rises, diverged } = this.#course;
    const moment = moments[this.#shown()] as Moment;
    const { eigenvalues } = moment;
    const limit = 2 / 10 ** state.rate;
    const [first, last] = [moments[0], moments.at(-1)] as [Moment, Moment];
    const crossed = moments.find((one) => (one.eigenvalues[0] as number) >= limit);
    const bulk = [...eigenvalues].map(Math.abs).sort((a, b) => a - b)[Math.floor(eigenvalues.length / 2)] as number;
    const gap = outliers(eigenvalues);
    const names = {
      ...{ rate: format(10 ** state.rate, 2), limit: format(limit), weights: eigenvalues.length, step: moment.step },
      ...{ start: format(first.eigenvalues[0] as number), end: format(last.eigenvalues[0] as number) },
      ...{ steps: last.step, crossed: crossed?.step ?? 0, rises, diverged, loss: format(moment.loss) },
      ...{ largest: format(eigenvalues[0] as number), least: format(eigenvalues.at(-1) as number) },
      ...{ negative: negatives(eigenvalues), median: format(bulk) },
      ...{ outliers: gap.count, ratio: format(gap.ratio), classes: classesOf(state) },
    };
    const edge = diverged >= 0 ? "diverged" : crossed ? "crossed" : "below";
    const parts = [text("says.net", names), text(`says.${edge}`, names), text("says.spectrum", names)];
    if (classesOf(state) > 0) parts.push(text("says.outliers", names));
    this.#frame.tell(...parts);
    this.#frame.say(text("status", names));
  }
}

export const spectrumStyle = `
  .charts { display: grid; gap: 12px; }
  .charts > *, .charts > div > * { min-width: 0; }
  ${whereWide} { .charts { grid-template-columns: 1fr 1fr; } }
`;
