// Draws both networks with the curves of single masks, and how much the loss rises without single units.

import type { Engine } from "thalweg";
import { barsMark, plotChart } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { type LegendEntry, legendOf } from "../kit/legend.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { Slices } from "../kit/slices.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { truth } from "../overfitting/samples.ts";
import type { controls, State } from "./controls.ts";
import { type MaskedNetwork, maskedNetwork, width as units, updates } from "./network.ts";
import { fewPlaces, places, type Result, run } from "./run.ts";
import { lossTable, sentences, spoken } from "./words.ts";

export class DropoutDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #networks: MaskedNetwork;
  readonly #slices = new Slices();
  readonly #plane: Plane;
  readonly #chart: ChartBox;
  readonly #key = html("div", {});
  readonly #results: HTMLElement;
  #result: Result | null = null;
  #computed = "";
  /** State of the run that was started last. */
  #asked: State | null = null;
  #width = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    this.#networks = maskedNetwork(engine);
    const { text } = frame;
    this.#plane = new Plane(text("plane"));
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table.network"));
    const pictures = html("div", { class: "pictures" }, this.#plane.element, this.#chart.element);
    frame.stage.replaceChildren(pictures, this.#key, this.#results);
    frame.on("again", () => frame.set({ seed: (frame.state.seed + 1) % 10000 }));
  }

  stop(): void {
    this.#slices.stop();
    this.#chart.stop();
    this.#networks.free();
  }

  #start(): void {
    const { state } = this.#frame;
    this.#asked = state;
    // The older picture stays until the new networks have learned something.
    const take = (result: Result): void => {
      if (result.update > 1 || !this.#result) this.#result = result;
    };
    this.#slices.run(run(this.#engine, this.#networks, state, take), (done) => {
      if (done || !this.#frame.still) this.#frame.redraw();
    });
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { misprint: _misprint, ...what } = state;
    if (JSON.stringify(what) !== this.#computed) {
      this.#computed = JSON.stringify(what);
      this.#start();
    }
    const planeWidth = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    const height = Math.round(clamp(planeWidth * 0.75, 240, 380));
    if (this.#width !== width) {
      this.#width = width;
      this.#plane.layOut(planeWidth, height, [-1, 1], [-2, 2]);
    }
    const result = this.#result;
    if (!result) return;
    this.#drawPlane(result);
    this.#drawChart(result, width >= wide ? height : 240);
    this.#results.replaceChildren(lossTable(result, text));
    // The numbers of an older run are not shown as those of the new one.
    const isOld = result.state !== this.#asked;
    this.#frame.tell(...(isOld ? [text("says.training", { update: 0, updates })] : sentences(result, text)));
    this.#frame.say(spoken(result, text));
  }

  #drawPlane(result: Result): void {
    const { state, text } = this.#frame;
    const { x, y, marks } = this.#plane;
    const path = (values: ArrayLike<number>, at: readonly number[] = places): string =>
      new Trail(values.length, (k) => [x(at[k] as number), y(values[k] as number)]).upTo(values.length);
    const curve = (how: string, d: string): SVGElement => svg("path", { class: how, d });
    const isMisprinted = state.misprint && state.mode === "testScaled";
    marks.replaceChildren(
      ...result.single.map((values) => curve("single", path(values))),
      curve("truth", path(places.map(truth))),
      curve("curve s1 dotted", path(result.plain)),
      ...(isMisprinted ? [curve("curve s3 dashed", path(result.misprinted))] : []),
      curve("halo", path(result.evaluated)),
      curve("curve s0 thick", path(result.evaluated)),
      ...(result.drawn > 0
        ? fewPlaces.map((u, k) => svg("circle", { class: "mean", cx: x(u), cy: y(result.mean[k] as number), r: 2.5 }))
        : []),
      ...result.inputs.map((u, k) =>
        svg("circle", { class: "sample", cx: x(u), cy: y(result.targets[k] as number), r: 4 }),
      ),
      ...axisNames(this.#plane, "x →", "↑ y"),
    );
    const entries: LegendEntry[] = [
      { look: "truth", words: text("legend.truth") },
      { look: "curve s1 dotted", words: text("legend.plain") },
      { look: "curve s0 thick", words: text("legend.evaluated") },
      { look: "single", words: text("legend.single") },
      { look: "mean", sign: "area", words: text("legend.mean") },
      ...(isMisprinted ? [{ look: "curve s3 dashed", words: text("legend.misprint") }] : []),
    ];
    this.#key.replaceChildren(legendOf(entries));
  }

  #drawChart({ without, with: dropped }: Result, height: number): void {
    const { text } = this.#frame;
    const bars = (rises: readonly number[], color: number, name: string) =>
      barsMark(
        rises.map((rise) => Math.max(rise, 0)),
        [0, units],
        { name: text(name), color },
      );
    this.#chart.show(
      plotChart([bars(without.rises, 1, "chart.without"), bars(dropped.rises, 0, "chart.with")], {
        ...{ height, xLabel: text("axis.unit"), yLabel: text("axis.rise") },
        ...{ xRange: [0, units] },
      }),
    );
  }
}
