// Draws the figure of momentum: the map, the paths over level sets, and the errors against the step.

import type { Engine } from "thalweg";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { latticeOf } from "../kit/lattice.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { directionChart, distanceChart, lookOf } from "./charts.ts";
import { bestPoint, type Curvatures, curvaturesOf, radii, radiusLattice } from "./closedForm.ts";
import { type controls, largestRate } from "./controls.ts";
import { RateMap } from "./map.ts";
import { quadraticOf, type Run, runsOf } from "./run.ts";
import { rulesTable, sentences } from "./words.ts";

/** Half the width of the plane of the paths, which start at (1, 1). */
const reach = 1.3;

export class MomentumDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #map: RateMap;
  readonly #paths: Plane;
  readonly #distances: ChartBox;
  readonly #directions: ChartBox;
  readonly #directionTitle = html("p", { class: "chart-title" });
  readonly #table: HTMLElement;
  #mapped = "";
  #levels = "";

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    const { text } = frame;
    this.#frame = frame;
    this.#engine = engine;
    this.#map = new RateMap(text, (point) => frame.set({ point }));
    this.#paths = new Plane(text("paths"));
    this.#distances = new ChartBox(text("distances"), frame.chartTexts);
    this.#directions = new ChartBox(text("directions"), frame.chartTexts);
    this.#table = tableBox(text("table.caption"));
    const titled = (title: string | HTMLElement, ...content: Element[]): HTMLElement =>
      html("div", {}, typeof title === "string" ? html("p", { class: "chart-title" }, title) : title, ...content);
    frame.stage.replaceChildren(
      html(
        "div",
        { class: "pictures" },
        titled(text("map"), this.#map.plane.element, this.#map.legend),
        titled(text("paths"), this.#paths.element),
        titled(text("distances"), this.#distances.element),
        titled(this.#directionTitle, this.#directions.element),
      ),
      this.#table,
    );
    frame.on("best", () => {
      frame.set({ point: bestPoint(frame.state.rule === "nesterov", curvaturesOf(frame.state)) });
    });
  }

  stop(): void {
    this.#distances.stop();
    this.#directions.stop();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const curvatures = curvaturesOf(state);
    const isNesterov = state.rule === "nesterov";
    const best = bestPoint(isNesterov, curvatures);
    const runs = runsOf(this.#engine, state);
    const each = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(each * 0.8, 240, 330));
    this.#drawMap(curvatures, best, each, height);
    this.#drawPaths(curvatures, runs, each, height);
    const look = { steps: state.steps, height: 220, text };
    this.#distances.show(distanceChart(runs, state.rule, look));
    this.#directionTitle.textContent = text("directionsOf", { rule: text(`rule.${state.rule}`) });
    this.#directions.show(directionChart(runs.find(({ rule }) => rule === state.rule) as Run, look));
    this.#table.replaceChildren(rulesTable(runs, text));
    const at = { rate: Float64Array.of(best[0]), momentum: Float64Array.of(best[1]) };
    const [factor] = radii(this.#engine, isNesterov, curvatures, at) as unknown as [number];
    this.#frame.tell(...sentences(runs, factor, state, text));
    const [rate, momentum] = state.point;
    const chosen = runs.find(({ rule }) => rule === state.rule) as Run;
    const words = { rate: format(rate), momentum: format(momentum), factor: format(chosen.factor) };
    this.#frame.say(text("status", words));
  }

  #drawMap(curvatures: Curvatures, best: readonly [number, number], width: number, height: number): void {
    const { state } = this.#frame;
    const isNesterov = state.rule === "nesterov";
    const largest = largestRate(state);
    const wanted = `${state.rule} ${state.steep} ${state.condition} ${width}`;
    if (wanted !== this.#mapped) {
      this.#mapped = wanted;
      this.#map.plane.layOut(width, height, [0, largest], [0, 1]);
      this.#map.setBands(radiusLattice(this.#engine, isNesterov, curvatures, largest));
      this.#map.place({ isNesterov, steep: state.steep, largest, best });
    }
    this.#map.plane.movePoints({ point: state.point });
  }

  #drawPaths(curvatures: Curvatures, runs: readonly Run[], width: number, height: number): void {
    const { state, text } = this.#frame;
    const plane = this.#paths;
    const levels = `${state.steep} ${state.condition} ${width}`;
    if (levels !== this.#levels) {
      this.#levels = levels;
      const range = [-reach, reach] as const;
      plane.layOut(width, height, range, range);
      plane.setLevels(latticeOf(this.#engine, { f: quadraticOf(curvatures), xRange: range, yRange: range }, 61));
    }
    const { x, y } = plane;
    // The chosen rule lies over the others.
    const ordered = [...runs].sort((a, b) => Number(a.rule === state.rule) - Number(b.rule === state.rule));
    const lines = ordered.flatMap(({ rule, x: at }) => {
      const trail = new Trail(state.steps + 1, (k) => [x(at[2 * k] as number), y(at[2 * k + 1] as number)]);
      const d = trail.upTo(state.steps);
      const [cx, cy] = trail.at(state.steps) ?? [-100, -100];
      const look = lookOf(rule);
      const thin = rule === state.rule ? "" : " other";
      return [
        svg("path", { class: "halo", d }),
        svg("path", { class: `curve ${seriesClass(look)}${thin}`, d }),
        svg("circle", { class: `head ${fillClass(look)}`, cx, cy, r: 4 }),
      ];
    });
    const start = svg("circle", { class: "start", cx: x(1), cy: y(1), r: 4 });
    const cross = svg("path", { class: "minimum", d: `M${x(0) - 5} ${y(0)}h10M${x(0)} ${y(0) - 5}v10` });
    plane.marks.replaceChildren(cross, ...lines, start, ...axisNames(plane, text("axis.flat"), text("axis.steep")));
  }
}
