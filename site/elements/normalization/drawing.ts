// Draws a batch before and after, the running statistics, and the noise of batches against their size.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { Player } from "../kit/player.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { Batches } from "./batches.ts";
import { type controls, type State, steps } from "./controls.ts";
import { law, type Scatter, scatters } from "./scatter.ts";
import { Strips } from "./strips.ts";
import { momentsTable, sentences, spoken } from "./words.ts";

const chartHeight = 230;

export class NormalizationDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #strips: Strips;
  readonly #running: ChartBox;
  readonly #noise: ChartBox;
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  readonly #slices = new Slices();
  readonly #scatters: Scatter[] = [];
  #batches: Batches | null = null;
  #computed = "";

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text, chartTexts } = frame;
    this.#strips = new Strips(text("strips"), [text("strips.inputs"), text("strips.outputs")]);
    this.#running = new ChartBox(text("running"), chartTexts);
    this.#noise = new ChartBox(text("noise"), chartTexts);
    this.#results = tableBox(text("table.values"));
    const charts = html("div", { class: "pictures" }, this.#running.element, this.#noise.element);
    frame.stage.replaceChildren(this.#strips.element, charts, this.#results);
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps }));
    this.#slices.run(this.#collect(), () => frame.redraw());
  }

  *#collect(): Generator<void, void> {
    for (const scatter of scatters(this.#engine)) {
      this.#scatters.push(scatter);
      yield;
    }
  }

  stop(): void {
    this.#player.stop();
    this.#slices.stop();
    this.#running.stop();
    this.#noise.stop();
    this.#batches?.free();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at, undo: _undo, gamma: _gamma, beta: _beta, ...what } = state;
    if (JSON.stringify(what) !== this.#computed || !this.#batches) {
      this.#computed = JSON.stringify(what);
      this.#batches?.free();
      this.#batches = new Batches(this.#engine, state);
    }
    const batches = this.#batches;
    const shown = batches.show(Math.floor(at) - 1, state);
    this.#strips.draw(width, shown);
    this.#drawRunning(batches, state);
    this.#drawNoise(state);
    this.#results.replaceChildren(momentsTable(shown, state, text));
    const scatter = this.#scatters.find(({ size }) => size === 2 ** state.size);
    this.#frame.tell(...sentences(batches, shown, scatter, state, text));
    this.#frame.say(spoken(batches, state, text));
  }

  #drawRunning(batches: Batches, { at, mean, deviation }: State): void {
    const { text } = this.#frame;
    const count = Math.floor(at);
    const until = <T>(values: readonly T[], value: (one: T) => number) =>
      values.slice(0, count).map((one, k) => [k + 1, value(one)] as const);
    const spread = ({ variance }: { readonly variance: number }): number => Math.sqrt(variance);
    const marks = [
      dotsMark(
        until(batches.batch, (one) => one.mean),
        { name: text("running.batchMean"), color: 1, shape: 0 },
      ),
      dotsMark(until(batches.batch, spread), { name: text("running.batchDeviation"), color: 2, shape: 2 }),
      lineMark(
        until(batches.running, (one) => one.mean),
        { name: text("running.mean"), color: 1 },
      ),
      lineMark(until(batches.running, spread), { name: text("running.deviation"), color: 2 }),
      ruleMark({ y: mean }, "μ"),
      ruleMark({ y: deviation }, "σ"),
    ];
    const reach = [mean, deviation, 0, 1, ...batches.batch.flatMap((one) => [one.mean, spread(one)])];
    this.#running.show(
      plotChart(marks, {
        ...{ height: chartHeight, xLabel: text("axis.batch"), yLabel: text("axis.value"), xRange: [0, steps] },
        yRange: [Math.min(...reach) - 0.2, Math.max(...reach) + 0.2],
      }),
    );
  }

  #drawNoise({ size }: State): void {
    const { text } = this.#frame;
    const sizes = Array.from({ length: 8 }, (_, k) => 2 ** (k + 1));
    const marks = [
      lineMark(
        sizes.map((m) => [m, law(m).mean] as const),
        { name: text("noise.lawMean"), color: 1 },
      ),
      lineMark(
        sizes.map((m) => [m, law(m).variance] as const),
        { name: text("noise.lawVariance"), color: 2 },
      ),
      ...(this.#scatters.length === 0 ? [] : this.#noiseDots()),
      ruleMark({ x: 2 ** size }, `B = ${2 ** size}`),
    ];
    this.#noise.show(
      plotChart(marks, {
        ...{ height: chartHeight, xScale: "log", yScale: "log", xLabel: text("axis.size") },
        ...{ yLabel: text("axis.scatter"), xRange: [1.8, 280], yRange: [0.05, 1.2] },
      }),
    );
  }

  /** Scatter that was found, once there is some. */
  #noiseDots() {
    const { text } = this.#frame;
    const found = (value: (one: Scatter) => number) => this.#scatters.map((one) => [one.size, value(one)] as const);
    return [
      dotsMark(
        found(({ mean }) => mean),
        { name: text("noise.mean"), color: 1 },
      ),
      dotsMark(
        found(({ variance }) => variance),
        { name: text("noise.variance"), color: 2, shape: 2 },
      ),
    ];
  }
}
