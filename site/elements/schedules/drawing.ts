// Draws the schedule with its handles, and below it what it does: losses of networks that are trained in slices between frames.

import { createDataset, type Engine } from "thalweg";
import { lineMark, type PlotChart, plotChart } from "thalweg/plot";
import { pageDigits } from "../digits.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { codeOf, composed, made } from "./compose.ts";
import { type controls, epochSteps, stepsOf } from "./controls.ts";
import { Curve, valuesOf } from "./curve.ts";
import { type Digits, type Plan, plansOf, type Run, train } from "./run.ts";
import { type Result, resultSentences, resultsTable, scheduleSentence, stepWords, valuesTable } from "./words.ts";

const chartEvery = 120;
const slice = 12;
/** Losses that are drawn; what lies outside is cut off. */
const [lowest, highest] = [0.001, 10];
/** Points of a curve, each the mean of as many steps as it takes. */
const chartPoints = 90;
/** Runs of fewer steps are finished while a handle moves; longer ones make place for the newest. */
const shortRun = 2000;

export class ScheduleDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #digits: Digits;
  readonly #player: Player<typeof controls>;
  readonly #curve: Curve;
  readonly #code = html("code");
  readonly #progress = html("p", { class: "progress", "aria-hidden": "true" });
  readonly #loss: ChartBox;
  readonly #values: HTMLElement;
  readonly #results: HTMLElement;
  /** The last finished run of each plan, and its key. */
  readonly #runs = new Map<Plan["name"], { readonly key: string; readonly run: Run }>();
  #sentences: string[] = [];
  #isWorking = false;
  #isEnded = false;
  #charted = 0;
  #sliceBegan = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine, digits: Digits) {
    this.#frame = frame;
    this.#engine = engine;
    this.#digits = digits;
    this.#curve = new Curve(frame);
    this.#loss = new ChartBox(frame.text("loss"), frame.chartTexts);
    this.#values = tableBox(frame.text("values.caption"));
    this.#results = tableBox(frame.text("results.table"));
    const code = html(
      "pre",
      { class: "shown-code", tabindex: 0, role: "region", "aria-label": frame.text("shownCode") },
      this.#code,
    );
    const name = html("p", { class: "axis-title" }, frame.text("curve.title"));
    const left = html(
      "div",
      { class: "column" },
      name,
      this.#curve.plane.element,
      code,
      this.#loss.element,
      this.#progress,
    );
    frame.stage.replaceChildren(
      html("div", { class: "columns" }, left, html("div", { class: "column" }, this.#values, this.#results)),
    );
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: stepsOf(frame.state) }));
  }

  static async make(frame: Frame<typeof controls>, engine: Engine): Promise<ScheduleDrawing> {
    const { train: inputs, test } = await pageDigits();
    return new ScheduleDrawing(frame, engine, {
      train: createDataset(engine, inputs),
      test: createDataset(engine, test),
    });
  }

  stop(): void {
    this.#isEnded = true;
    this.#player.stop();
    this.#loss.stop();
    // A run ends at its next pause, and the digits are freed after it.
    if (!this.#isWorking) this.#free();
  }

  #free(): void {
    this.#digits.train.free();
    this.#digits.test.free();
  }

  draw(): void {
    if (this.#frame.stage.clientWidth === 0) return;
    void this.#work();
    this.#show();
  }

  async #work(): Promise<void> {
    if (this.#isWorking || !this.#next()) return;
    this.#isWorking = true;
    try {
      for (let plan = this.#next(); plan && !this.#isEnded; plan = this.#next()) {
        const { name, key } = plan;
        const steps = stepsOf(this.#frame.state);
        const run = await train(this.#engine, this.#digits, plan, this.#frame.state, async (share) => {
          await this.#pause(name, share);
          return (
            !this.#isEnded && (steps <= shortRun || plansOf(this.#frame.state).some((wanted) => wanted.key === key))
          );
        });
        if (run) this.#runs.set(name, { key, run });
      }
    } finally {
      this.#isWorking = false;
    }
    if (this.#isEnded) this.#free();
    else this.#frame.redraw();
  }

  #next(): Plan | undefined {
    return plansOf(this.#frame.state).find(({ name, key }) => this.#runs.get(name)?.key !== key);
  }

  async #pause(name: Plan["name"], share: number): Promise<void> {
    if (performance.now() - this.#sliceBegan < slice) return;
    await new Promise(requestAnimationFrame);
    this.#sliceBegan = performance.now();
    const { text } = this.#frame;
    this.#progress.textContent = text("progress", { name: text(`run.${name}`), share: Math.round(100 * share) });
  }

  #show(): void {
    const { state, stage, text } = this.#frame;
    const at = Math.min(Math.floor(state.at), stepsOf(state));
    const call = composed(state);
    const values = valuesOf(this.#engine, made(call), state);
    const column = stage.querySelector(".column") as HTMLElement;
    this.#curve.draw(column.clientWidth, Math.round(Math.min(280, Math.max(200, column.clientWidth * 0.45))), values);
    this.#curve.mark(at, values);
    this.#code.textContent = codeOf(call);
    this.#values.replaceChildren(valuesTable(values, state, text));
    if (!this.#isWorking) this.#progress.textContent = "";
    const isMoving = this.#isWorking || this.#player.isPlaying;
    const results = plansOf(state).flatMap((plan): Result[] => {
      const known = this.#runs.get(plan.name);
      return known ? [{ plan, run: known.run }] : [];
    });
    const now = performance.now();
    if (!isMoving || now - this.#charted > chartEvery) {
      this.#charted = now;
      this.#loss.show(this.#chart(results, at));
      this.#results.replaceChildren(resultsTable(results, at, text));
    }
    if (this.#next()) this.#sentences = [text("says.training")];
    else if (!isMoving) this.#sentences = resultSentences(results, state, text);
    if (results.length === 0 || this.#sentences.length === 0) return;
    if (!this.#player.isPlaying) this.#frame.tell(scheduleSentence(values, at, state, text), ...this.#sentences);
    this.#frame.say(stepWords(values, results, at, text));
  }

  /** Losses up to a step, as means of a few steps, on the axis of time of the schedule. */
  #chart(results: readonly Result[], at: number): PlotChart | null {
    const { state, text } = this.#frame;
    const scale = state.unit === "epoch" ? epochSteps : 1;
    const bin = Math.max(1, Math.round(stepsOf(state) / chartPoints));
    const marks = results.flatMap(({ plan, run }) => {
      const bins = Math.floor(Math.min(at, run.count) / bin);
      if (bins === 0) return [];
      const points = Array.from({ length: bins }, (_, k) => {
        const some = run.losses.subarray(k * bin, (k + 1) * bin);
        return [((k + 0.5) * bin) / scale, some.reduce((sum, loss) => sum + loss, 0) / bin] as const;
      });
      return [lineMark(points, { name: text(`run.${plan.name}`), color: plan.look })];
    });
    if (marks.length === 0) return null;
    const axes = { xLabel: text(`axis.${state.unit}`), yLabel: text("axis.loss", { bin }), yScale: "log" } as const;
    return plotChart(marks, { ...axes, height: 280, xRange: [0, state.length], yRange: [lowest, highest] });
  }
}
