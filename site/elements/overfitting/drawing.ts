// Draws the samples with the curves through them, and both losses against λ.

import { lineMark, plotChart, ruleMark, spotMark } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, lambdaOf, reach, type State } from "./controls.ts";
import { type Fits, type fitter, indexOf, lambdas, places } from "./fits.ts";
import { inputsOf, testInputs, truth } from "./samples.ts";
import { fitsTable, sentences, spoken } from "./words.ts";

export class OverfittingDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #fitter: ReturnType<typeof fitter>;
  readonly #pictures = html("div", { class: "pictures" });
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  #plane: Plane | null = null;
  #handles = 0;
  #fits: Fits | null = null;
  #computed = "";
  #width = 0;

  constructor(frame: Frame<typeof controls>, own: ReturnType<typeof fitter>) {
    this.#frame = frame;
    this.#fitter = own;
    const { text } = frame;
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table.caption"));
    const key = legendOf([
      { look: "truth", words: text("legend.truth") },
      { look: "curve s1 dotted", words: text("legend.wild") },
      { look: "curve s0 thick", words: text("legend.now") },
      { look: "others", sign: "area", words: text("legend.test") },
    ]);
    frame.stage.replaceChildren(this.#pictures, key, this.#results);
  }

  stop(): void {
    this.#chart.stop();
    this.#fitter.free();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { lambda: _lambda, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed || !this.#fits) {
      this.#computed = wanted;
      this.#fits = this.#fitter.fit(state);
    }
    const planeWidth = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    const height = Math.round(clamp(planeWidth * 0.75, 240, 380));
    const plane = this.#planeFor(state.count);
    if (this.#width !== width) {
      this.#width = width;
      plane.layOut(planeWidth, height, [-1, 1], [-reach, reach]);
    }
    this.#drawPlane(plane, this.#fits);
    this.#drawChart(this.#fits, width >= wide ? height : 240);
    this.#results.replaceChildren(fitsTable(this.#fits, state, text));
    this.#frame.tell(...sentences(this.#fits, state, text));
    this.#frame.say(spoken(this.#fits, state, text));
  }

  /** The plane with a handle for every sample. */
  #planeFor(count: number): Plane {
    if (this.#plane && this.#handles === count) return this.#plane;
    const { text } = this.#frame;
    this.#handles = count;
    this.#width = 0;
    this.#plane = new Plane(
      text("plane"),
      Array.from({ length: count }, (_, k) => ({
        name: `p${k}`,
        label: text("points.handle", { k: k + 1 }),
        move: ([, y]: readonly [number, number]) =>
          this.#frame.set({ points: { ...this.#frame.state.points, [`p${k}`]: y } }),
      })),
    );
    this.#pictures.replaceChildren(this.#plane.element, this.#chart.element);
    return this.#plane;
  }

  #drawPlane(plane: Plane, fits: Fits): void {
    const { state } = this.#frame;
    const { x, y } = plane;
    const now = indexOf(state.lambda);
    const values = this.#fitter.curves([fits.weights[0] as Float64Array, fits.weights[now] as Float64Array]);
    const path = (value: (k: number) => number): string =>
      new Trail(places.length, (k) => [x(places[k] as number), y(value(k))]).upTo(places.length);
    const others = testInputs.map((u, k) => `M${x(u).toFixed(1)} ${y(fits.testTargets[k] as number).toFixed(1)}h0`);
    plane.marks.replaceChildren(
      svg("path", { class: "others", d: others.join("") }),
      svg("path", { class: "truth", d: path((k) => truth(places[k] as number)) }),
      svg("path", { class: "curve s1 dotted", d: path((k) => values[2 * k] as number) }),
      svg("path", { class: "halo", d: path((k) => values[2 * k + 1] as number) }),
      svg("path", { class: "curve s0 thick", d: path((k) => values[2 * k + 1] as number) }),
      ...axisNames(plane, "x →", "↑ y"),
    );
    plane.movePoints(pointsOf(state));
  }

  #drawChart(fits: Fits, height: number): void {
    const { state, text } = this.#frame;
    const floor = 1e-4;
    const curve = (values: readonly number[]) =>
      lambdas.slice(1).map((lambda, k) => [lambda, Math.max(values[k + 1] as number, floor / 10)] as const);
    const best = Math.max(fits.best, 1);
    const at = Math.max(lambdaOf(state.lambda), lambdas[1] as number);
    const marks = [
      lineMark(curve(fits.training), { name: text("table.training"), color: 0 }),
      lineMark(curve(fits.test), { name: text("table.test"), color: 1 }),
      ruleMark({ x: at }, `λ = ${format(lambdaOf(state.lambda), 2)}`),
      ...(fits.best === 0 ? [] : [spotMark([lambdas[best] as number, fits.test[best] as number], text("best"))]),
    ];
    const high = Math.min(Math.max(...fits.test.slice(1), 1), 1e3) * 1.5;
    this.#chart.show(
      plotChart(marks, {
        ...{ height, xScale: "log", yScale: "log", xLabel: "λ", yLabel: text("axis.loss") },
        ...{ xRange: [lambdas[1] as number, lambdas.at(-1) as number], yRange: [floor, high] },
      }),
    );
  }
}

/** Places of the samples' handles. */
function pointsOf({ count, points }: State): Record<string, readonly [number, number]> {
  return Object.fromEntries(inputsOf(count).map((x, k) => [`p${k}`, [x, points[`p${k}`] as number] as const]));
}
