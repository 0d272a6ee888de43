// Draws the signals: distributions of all layers forward and backward, their variances, a table, and all of it in words.

import { dotsMark, lineMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp } from "../kit/numbers.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import { activations } from "./layer.ts";
import { gradientRange, type Network, type Signals } from "./run.ts";
import { Violins } from "./violins.ts";
import { signalSentences, signalTable } from "./words.ts";

/** Variances of the chart's axis: at least from and to, at most these. */
const least = [0.01, 10] as const;
const most = [1e-40, 1e20] as const;

export class SignalsDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #network: Network;
  readonly #slices = new Slices();
  readonly #forward: Violins;
  readonly #backward: Violins;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  #wanted = "";
  #width = 0;
  #shown: { readonly signals: Signals; readonly state: State } | null = null;

  constructor(frame: Frame<typeof controls>, network: Network) {
    const { text } = frame;
    this.#frame = frame;
    this.#network = network;
    this.#forward = new Violins(text("forward"), text("axis.layer"), "f0");
    this.#backward = new Violins(text("backward"), text("axis.layer"), "f1");
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#forward.element, this.#backward.element);
    frame.stage.replaceChildren(pictures, this.#chart.element, this.#results);
  }

  stop(): void {
    this.#slices.stop();
    this.#chart.stop();
    this.#network.free();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const wanted = JSON.stringify(state);
    if (wanted !== this.#wanted) {
      this.#wanted = wanted;
      this.#slices.queue(() => this.#compute(state));
    } else if (width !== this.#width) this.#show();
  }

  *#compute(state: State): Generator<void, void> {
    const signals = yield* this.#network.run(state);
    this.#shown = { signals, state };
    this.#show();
  }

  #show(): void {
    if (!this.#shown) return;
    const { signals, state } = this.#shown;
    const { text, stage } = this.#frame;
    this.#width = stage.clientWidth;
    const each = this.#width >= wide ? Math.floor((this.#width - gap) / 2) : this.#width;
    this.#forward.draw(each, signals.forward, activations[state.activation]!.range);
    this.#backward.draw(each, signals.backward, gradientRange);
    this.#drawChart(signals);
    this.#results.replaceChildren(signalTable(signals, state, text));
    const sentences = signalSentences(signals, state, text);
    this.#frame.tell(...sentences);
    this.#frame.say(sentences.join(" "));
  }

  #drawChart({ forward, backward }: Signals): void {
    const { text } = this.#frame;
    const curves = { forward, backward };
    const marks = Object.entries(curves).flatMap(([key, signals], color) => {
      const points = signals.map(({ variance }, k) => [k + 1, clamp(variance, 0, most[1])] as const);
      const name = text(`curve.${key}`);
      return [lineMark(points, { name, color }), dotsMark(points, { name, color, shape: color })];
    });
    const all = [...forward, ...backward].map(({ variance }) => variance).filter((variance) => variance > 0);
    const low = clamp(Math.min(...all) / 3, most[0], least[0]);
    const high = clamp(Math.max(...all) * 3, least[1], most[1]);
    const chart = plotChart([ruleMark({ y: 1 }, text("curve.ideal")), ...marks], {
      ...{ height: 240, xRange: [0.5, forward.length + 0.5], yRange: [low, high], yScale: "log" },
      xLabel: text("axis.layer"),
      yLabel: text("axis.variance"),
    });
    this.#chart.show(chart);
  }
}
