// Draws the cliff and the three descents: paths over level sets, losses against updates, a table, and all of it in words.

import { lineMark, plotChart } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { Player } from "../kit/player.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { bRange, type controls, limit, wRange } from "./controls.ts";
import type { Cliff, Descent } from "./run.ts";
import { cliffSentences, cliffTable } from "./words.ts";

/** Losses that the logarithmic axis shows. */
const losses = [1e-7, 1e8] as const;

interface Marks {
  readonly trail: Trail;
  readonly line: SVGPathElement;
  readonly head: SVGCircleElement;
}

export class CliffDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #cliff: Cliff;
  readonly #plane: Plane;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  #computed = "";
  #levels = -1;
  #width = 0;
  #height = 0;
  #charted = 0;
  #descents: readonly Descent[] = [];
  #marks: readonly Marks[] = [];

  constructor(frame: Frame<typeof controls>, cliff: Cliff) {
    const { text } = frame;
    this.#frame = frame;
    this.#cliff = cliff;
    const move = (start: readonly [number, number]): void => frame.set({ start });
    this.#plane = new Plane(text("plane"), [{ name: "start", label: text("start.handle"), move }]);
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const axes = html("p", { class: "axes-shown" }, text("axes"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(html("div", {}, this.#plane.element, axes), this.#chart.element);
    frame.stage.replaceChildren(pictures, this.#results);
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: limit }));
  }

  stop(): void {
    this.#player.stop();
    this.#chart.stop();
    this.#cliff.free();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at: _at, ...what } = state;
    const wanted = JSON.stringify(what);
    const isNew = wanted !== this.#computed;
    if (isNew) {
      this.#computed = wanted;
      this.#descents = this.#cliff.run(state);
      this.#frame.tell(...cliffSentences(this.#descents, state, text));
    }
    if (isNew || width !== this.#width) this.#layOut(width);
    this.#advance(Math.floor(state.at));
  }

  #layOut(width: number): void {
    const { state } = this.#frame;
    this.#width = width;
    const side = width >= wide ? Math.floor((width - gap) / 2) : width;
    this.#height = Math.round(clamp(side * 0.85, 240, 380));
    this.#plane.layOut(side, this.#height, wRange, bRange);
    if (this.#levels !== state.depth) {
      this.#levels = state.depth;
      this.#plane.setLevels(this.#cliff.lattice(state.depth));
    }
    this.#plane.movePoints({ start: state.start });
    const { x, y, marks } = this.#plane;
    this.#marks = this.#descents.map((descent, k) => ({
      trail: new Trail(descent.losses.length, (p) => [
        x(descent.x[2 * p] as number),
        y(descent.x[2 * p + 1] as number),
      ]),
      line: svg("path", { class: `curve ${seriesClass(k)} ${descent.method}` }),
      head: svg("circle", { class: `head ${fillClass(k)}`, r: 4.5 }),
    }));
    marks.replaceChildren(...this.#marks.map(({ line }) => line), ...this.#marks.map(({ head }) => head));
    this.#charted = 0;
  }

  #advance(at: number): void {
    const { state, text } = this.#frame;
    for (const { trail, line, head } of this.#marks) {
      line.setAttribute("d", trail.upTo(at));
      const [x, y] = trail.at(at) ?? [-100, -100];
      head.setAttribute("cx", String(x));
      head.setAttribute("cy", String(y));
    }
    const now = performance.now();
    if (!this.#player.isPlaying || now - this.#charted > 120) {
      this.#charted = now;
      this.#drawLosses(at);
    }
    this.#results.replaceChildren(cliffTable(this.#descents, at, text));
    this.#frame.say(cliffSentences(this.#descents, state, text).join(" "));
  }

  #drawLosses(at: number): void {
    const { text } = this.#frame;
    const marks = this.#descents.map(({ method, losses: all }, k) =>
      lineMark(
        Array.from(all.slice(0, at + 1), (loss, step) => [step, clamp(loss, losses[0], losses[1])] as const),
        { name: text(`method.${method}`), color: k },
      ),
    );
    const last = Math.max(10, ...this.#descents.map((descent) => descent.losses.length - 1));
    const chart = plotChart(marks, {
      ...{ height: this.#width >= wide ? this.#height - 10 : 240, xRange: [0, last] },
      ...{ yScale: "log", yRange: [losses[0], losses[1]] },
      xLabel: text("axis.update"),
      yLabel: text("axis.loss"),
    });
    this.#chart.show(chart);
  }
}
