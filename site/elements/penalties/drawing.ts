// Draws the plane of two weights, with the ball of the penalty, level sets of the loss and the path of the solutions, and the weights
// against λ.

import { lineMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { bands } from "../kit/style.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, from, lowest, step, to } from "./controls.ts";
import type { Scored } from "./example.ts";
import { indexOf, lambdas, type Solve, sharesOf, zeroFrom } from "./path.ts";
import { ballOutline, levelOutline } from "./shapes.ts";
import { exampleTable, sentences, solutionOf, spoken } from "./words.ts";

type Point = readonly [number, number];

/** Level sets of the loss lie at squares of this. */
const spacing = 0.28;

export class PenaltiesDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #solve: Solve;
  readonly #score: (beta: number) => Scored[];
  readonly #plane: Plane;
  readonly #names = svg("g", { "aria-hidden": "true" });
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  #path: Float64Array = new Float64Array();
  #zeros: readonly (number | null)[] = [];
  #computed = "";
  #scored = Number.NaN;
  #width = 0;

  constructor(frame: Frame<typeof controls>, solve: Solve, score: (beta: number) => Scored[]) {
    this.#frame = frame;
    this.#solve = solve;
    this.#score = score;
    const { text } = frame;
    this.#plane = new Plane(text("plane"), [
      { name: "best", label: text("best.handle"), move: (best) => frame.set({ best }) },
      { name: "solution", label: text("solution.handle"), move: (point) => this.#moveAlong(point) },
    ]);
    this.#plane.element.append(this.#names);
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" }, this.#plane.element, this.#chart.element);
    const key = legendOf([
      { look: "ball", sign: "area", words: text("legend.ball") },
      { look: "tangent", words: text("legend.level") },
      { look: "curve s2", words: text("legend.path") },
    ]);
    frame.stage.replaceChildren(pictures, key, this.#results);
  }

  stop(): void {
    this.#chart.stop();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { lambda: _lambda, ...what } = state;
    if (JSON.stringify(what) !== this.#computed) {
      this.#computed = JSON.stringify(what);
      this.#path = this.#solve(state);
      this.#zeros = [0, 1].map((weight) => zeroFrom(this.#solve, state, this.#path, weight));
    }
    if (this.#scored !== state.beta) {
      this.#scored = state.beta;
      this.#results.replaceChildren(exampleTable(this.#score(state.beta), state.beta, text));
    }
    const planeWidth = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(planeWidth * 0.97, 240, 430));
    if (this.#width !== width) {
      this.#width = width;
      this.#plane.layOut(planeWidth, height, [from, to], [from, to]);
    }
    this.#drawPlane(planeWidth, height);
    this.#drawChart(width >= wide ? height : 240);
    this.#frame.tell(...sentences(this.#path, this.#zeros, state, text));
    this.#frame.say(spoken(this.#path, state, text));
  }

  #outline(points: readonly Point[]): string {
    const { x, y } = this.#plane;
    return `M${points.map(([u, v]) => `${x(u).toFixed(1)} ${y(v).toFixed(1)}`).join("L")}Z`;
  }

  #drawPlane(width: number, height: number): void {
    const { state, text } = this.#frame;
    const { x, y, marks } = this.#plane;
    const { best, correlation } = state;
    const { w, loss, penalty } = solutionOf(this.#path, state);
    const { square, magnitude } = sharesOf(state);
    const level = (value: number, how: string): SVGElement =>
      svg("path", { class: how, d: this.#outline(levelOutline(best, correlation, value)) });
    const trail = new Trail(lambdas.length, (k) => [
      x(this.#path[2 * k] as number),
      y(this.#path[2 * k + 1] as number),
    ]);
    const path = trail.upTo(lambdas.length);
    marks.replaceChildren(
      svg("rect", { class: `band${bands - 1}`, width, height }),
      ...Array.from({ length: bands - 1 }, (_, k) => {
        const rank = bands - 2 - k;
        return level((spacing * (rank + 1)) ** 2, `band${rank}`);
      }),
      svg("path", { class: "zero", d: `M0 ${y(0)}H${width}M${x(0)} 0V${height}` }),
      svg("path", { class: "ball", d: this.#outline(ballOutline(square, magnitude, penalty)) }),
      level(loss, "tangent"),
      svg("path", { class: "halo", d: path }),
      svg("path", { class: "curve s2", d: path }),
    );
    const name = (words: string, [u, v]: Point, how: object): SVGElement =>
      svg("text", { x: u, y: v, class: "name", ...how }, words);
    this.#names.replaceChildren(
      name(text("weight.0"), [width - 16, y(from) - 8], { "text-anchor": "end" }),
      name(text("weight.1"), [x(from) + 8, y(to) + 16], {}),
      name(text("least"), [x(best[0]) + 12, y(best[1]) - 8], {}),
      name("w", [x(w[0]) - 12, y(w[1]) + 16], { "text-anchor": "end" }),
    );
    this.#plane.movePoints({ best, solution: w });
  }

  #drawChart(height: number): void {
    const { state, text } = this.#frame;
    const { best } = state;
    const curve = (weight: number): Point[] =>
      Array.from(lambdas, (lambda, k): Point => [lambda, this.#path[2 * k + weight] as number]);
    const reach = [...best, ...this.#path];
    const shown = format(10 ** state.lambda);
    const marks = [
      ...[0, 1].map((k) => lineMark(curve(k), { name: text(`weight.${k}`), color: k })),
      ruleMark({ x: 10 ** state.lambda }, `λ = ${shown}`),
    ];
    const range = [Math.min(0, ...reach) - 0.1, Math.max(0, ...reach) + 0.15] as const;
    this.#chart.show(
      plotChart(marks, {
        ...{ height, xScale: "log", xLabel: "λ", yLabel: text("axis.weight") },
        ...{ xRange: [lambdas[0] as number, lambdas.at(-1) as number], yRange: range },
      }),
    );
  }

  /** Moves λ to where the path is nearest. */
  #moveAlong([u, v]: Point): void {
    const path = this.#path;
    const now = indexOf(this.#frame.state.lambda);
    const at = (k: number): Point => [path[2 * k] as number, path[2 * k + 1] as number];
    const distance = (k: number): number => (at(k)[0] - u) ** 2 + (at(k)[1] - v) ** 2;
    let nearest = now;
    for (let k = 0; k < lambdas.length; k++) if (distance(k) < distance(nearest)) nearest = k;
    this.#frame.set({ lambda: lowest + step * nearest });
  }
}
