// Draws level sets with the path of descent, the gradient against the update, and a table over penalties.

import type { Engine } from "thalweg";
import { lineMark, plotChart, ruleMark } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { seriesClass } from "../kit/style.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, type State, tabled } from "./controls.ts";
import { type Descent, descent, latticeOf, tolerance } from "./run.ts";

const range = [-1.2, 1.2] as const;

/** Rate times the largest curvature at which descent is fastest. */
const best = (steep: number, lambda: number): number => (2 * (steep + 2 * lambda)) / (steep + 1 + 4 * lambda);

export class ConditioningDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #plane: Plane;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  readonly #halo = svg("path", { class: "halo" });
  readonly #line = svg("path", { class: `curve ${seriesClass(0)}` });
  #computed = "";
  #width = 0;
  #descent: Descent | null = null;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text } = frame;
    this.#plane = new Plane(text("plane"), [
      { name: "start", label: text("start.handle"), move: (start) => frame.set({ start }) },
    ]);
    this.#plane.marks.append(this.#halo, this.#line);
    this.#chart = new ChartBox(text("gradient"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    this.#results.classList.add("whole");
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#plane.element, this.#chart.element, this.#results);
    frame.stage.replaceChildren(pictures);
  }

  stop(): void {
    this.#chart.stop();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const wanted = JSON.stringify(state);
    if (wanted === this.#computed && width === this.#width) return;
    [this.#computed, this.#width] = [wanted, width];
    const found = descent(this.#engine, state);
    this.#descent = found;
    const each = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(each * 0.85, 240, 360));
    this.#plane.layOut(each, height, range, range);
    this.#plane.setLevels(latticeOf(state));
    this.#plane.movePoints({ start: state.start });
    const { path, gradients, updates } = found;
    const { x, y } = this.#plane;
    const points = Math.min(gradients.length, updates < 0 ? gradients.length : updates + 1);
    const d = new Trail(points, (k) => [x(path[2 * k] as number), y(path[2 * k + 1] as number)]).upTo(points);
    this.#halo.setAttribute("d", d);
    this.#line.setAttribute("d", d);
    this.#showChart(points, height - 60);
    this.#showTable(state);
    this.#say(state);
  }

  #showChart(points: number, height: number): void {
    const { gradients } = this.#descent as Descent;
    const { text } = this.#frame;
    const curve = Array.from(gradients.subarray(0, points), (norm, k) => [k, norm] as const);
    const marks = [
      lineMark(curve, { name: text("series.gradient"), color: 0 }),
      ruleMark({ y: tolerance }, text("series.done")),
    ];
    this.#chart.show(
      plotChart(marks, {
        ...{ height, yScale: "log", xLabel: text("axis.update"), yLabel: text("axis.gradient") },
        ...{ xRange: [0, Math.max(points - 1, 10)] },
      }),
    );
  }

  #showTable({ steep, start }: State): void {
    const { text } = this.#frame;
    const rows = tabled.map((lambda) => {
      const { condition, rate, updates } = descent(this.#engine, { steep, start, lambda, share: best(steep, lambda) });
      return [format(lambda), format(condition), format(rate), updates < 0 ? text("never") : String(updates)];
    });
    const heads = ["lambda", "condition", "rate", "updates"].map((key) => ({
      head: text(`table.${key}`),
      isNumber: true,
    }));
    this.#results.replaceChildren(tableOf(text("table"), heads, rows));
  }

  #say({ steep, lambda, share }: State): void {
    const { text } = this.#frame;
    const { condition, rate, updates } = this.#descent as Descent;
    const [largest, least] = [steep + 2 * lambda, 1 + 2 * lambda];
    const factors = [Math.abs(1 - rate * largest), Math.abs(1 - rate * least)].map((factor) => format(factor, 4));
    const names = {
      ...{ largest, least, lambda: format(lambda), condition: format(condition), rate: format(rate), updates },
      ...{ steepFactor: factors[0]!, flatFactor: factors[1]!, share: format(share), tolerance: format(tolerance) },
    };
    const end = text(updates < 0 ? "says.never" : "says.updates", names);
    this.#frame.tell(text("says.curvatures", names), text("says.factors", names), end);
    this.#frame.say(end);
  }
}
