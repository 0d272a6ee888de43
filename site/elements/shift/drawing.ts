// Draws what a unit of the last hidden layer is given while both networks learn, and their losses.

import type { Engine } from "thalweg";
import { lineMark, plotChart } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, type State, updates } from "./controls.ts";
import { type Learner, type Percentiles, type Result, run } from "./run.ts";
import { learnersTable, sentences, spoken } from "./words.ts";

const height = 250;
/** Bounds of the inputs that are drawn. */
const [least, most] = [1.6, 6];

export class ShiftDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #slices = new Slices();
  readonly #without: ChartBox;
  readonly #with: ChartBox;
  readonly #loss: ChartBox;
  readonly #results: HTMLElement;
  #result: Result | null = null;
  #computed = "";
  /** State of the run that was started last. */
  #asked: State | null = null;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text, chartTexts } = frame;
    this.#without = new ChartBox(text("without"), chartTexts);
    this.#with = new ChartBox(text("with"), chartTexts);
    this.#loss = new ChartBox(text("losses"), chartTexts);
    this.#results = tableBox(text("table.network"));
    const titled = (key: string, chart: ChartBox): HTMLElement =>
      html("div", {}, html("p", { class: "head-line" }, text(key)), chart.element);
    const pictures = html("div", { class: "pictures" }, titled("without", this.#without), titled("with", this.#with));
    frame.stage.replaceChildren(pictures, titled("losses", this.#loss), this.#results);
    frame.on("again", () => frame.set({ seed: (frame.state.seed + 1) % 10000 }));
  }

  stop(): void {
    this.#slices.stop();
    for (const chart of [this.#without, this.#with, this.#loss]) chart.stop();
  }

  #start(): void {
    const { state } = this.#frame;
    this.#asked = state;
    const result: Result = { state, without: { looks: [], diverged: false }, with: { looks: [], diverged: false } };
    this.#slices.run(run(this.#engine, result), (done) => {
      // The older picture stays until there is something to see.
      if (!done && (this.#frame.still || result.with.looks.length < 3)) return;
      this.#result = result;
      this.#frame.redraw();
    });
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    if (stage.clientWidth === 0) return;
    const { unit: _unit, ...what } = state;
    if (JSON.stringify(what) !== this.#computed) {
      this.#computed = JSON.stringify(what);
      this.#start();
    }
    const result = this.#result;
    if (!result) return;
    const range = this.#rangeOf(result);
    this.#drawInputs(this.#without, result.without, range);
    this.#drawInputs(this.#with, result.with, range);
    this.#drawLosses(result);
    this.#results.replaceChildren(learnersTable(result, text));
    // The numbers of an older run are not shown as those of the new one.
    const isOld = result.state !== this.#asked;
    this.#frame.tell(...(isOld ? [text("says.training", { update: 0, updates })] : sentences(result, text)));
    this.#frame.say(spoken(result, text));
  }

  /** Percentiles of the chosen unit at every look. */
  #unitOf({ looks }: Learner): (readonly [number, Percentiles])[] {
    return looks.map(({ update, units }) => [update, units[this.#frame.state.unit - 1] as Percentiles]);
  }

  #rangeOf({ without, with: normalized }: Result): readonly [number, number] {
    const all = [without, normalized].flatMap((learner) => this.#unitOf(learner).flatMap(([, values]) => [...values]));
    const low = Math.min(-least, ...all.filter(Number.isFinite));
    const high = Math.max(least, ...all.filter(Number.isFinite));
    return [Math.max(low, -most), Math.min(high, most)];
  }

  #drawInputs(chart: ChartBox, learner: Learner, yRange: readonly [number, number]): void {
    const { text } = this.#frame;
    const values = this.#unitOf(learner);
    const curve = (k: 0 | 1 | 2) => values.map(([update, percentiles]) => [update, percentiles[k]] as const);
    const marks = [
      lineMark(curve(0), { name: text("line.outer"), color: 2 }),
      lineMark(curve(2), { color: 2 }),
      lineMark(curve(1), { name: text("line.median"), color: 0 }),
    ];
    const labels = { xLabel: text("axis.update"), yLabel: text("axis.input", { unit: this.#frame.state.unit }) };
    chart.show(plotChart(marks, { height, ...labels, xRange: [0, updates], yRange }));
  }

  #drawLosses({ without, with: normalized }: Result): void {
    const { text } = this.#frame;
    const curve = ({ looks }: Learner) => looks.map(({ update, loss }) => [update, Math.max(loss, 1e-4)] as const);
    const marks = [
      lineMark(curve(without), { name: text("row.without"), color: 1 }),
      lineMark(curve(normalized), { name: text("row.with"), color: 0 }),
    ];
    this.#loss.show(
      plotChart(marks, {
        ...{ height: 210, yScale: "log", xLabel: text("axis.update"), yLabel: text("table.loss") },
        ...{ xRange: [0, updates], yRange: [1e-3, 3] },
      }),
    );
  }
}
