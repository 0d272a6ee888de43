// Draws the two ways over level sets, value against step, and the table of what holds at the step.

import { lineMark, type PlotChart, type PlotLattice, plotChart } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import { functionOf, type Plotted } from "./functions.ts";
import type { Both, Path } from "./run.ts";
import { Ways } from "./ways.ts";
import { sentences, stepTable, stepWords } from "./words.ts";

/** Pixels of the plane beside and below its inner part, so that right angles are drawn as right angles. */
const beside = 50;
const below = 34;

export interface Area {
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
}

export class ConjugateDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #plane: Plane;
  readonly #ways: Ways;
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #player: Player<typeof controls>;
  readonly #run: (state: State) => Both;
  readonly #lattice: (plotted: Plotted & Area) => PlotLattice;
  #both: Both | null = null;
  #computed = "";
  #levels = "";
  #width = 0;

  constructor(
    frame: Frame<typeof controls>,
    run: (state: State) => Both,
    lattice: (plotted: Plotted & Area) => PlotLattice,
  ) {
    this.#frame = frame;
    this.#run = run;
    this.#lattice = lattice;
    const { text } = frame;
    const move = (start: readonly [number, number]): void => frame.set({ start });
    this.#plane = new Plane(text("plane"), [{ name: "start", label: text("start.handle"), move }]);
    this.#ways = new Ways(this.#plane, "−g");
    this.#chart = new ChartBox(text("chart"), frame.chartTexts);
    this.#results = tableBox(text("table"));
    const beside = html("div", { class: "beside-plane" }, this.#chart.element, this.#results);
    frame.stage.replaceChildren(this.#formula, html("div", { class: "pictures" }, this.#plane.element, beside));
    this.#player = new Player(frame, () => ({ at: frame.state.at, steps: functionOf(frame.state).steps }));
  }

  stop(): void {
    this.#player.stop();
    this.#chart.stop();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at, ...what } = state;
    const wanted = JSON.stringify(what);
    const isNew = wanted !== this.#computed || !this.#both;
    if (isNew) {
      this.#computed = wanted;
      this.#both = this.#run(state);
      this.#frame.tell(...sentences(this.#both, state, text));
    }
    const both = this.#both as Both;
    if (isNew || width !== this.#width) {
      this.#width = width;
      this.#layOut(width, both);
    }
    const step = Math.floor(at);
    this.#ways.advance(step);
    this.#results.replaceChildren(stepTable(both, step, text));
    this.#frame.say(stepWords(both, step, text));
  }

  #layOut(width: number, both: Both): void {
    const { state, text } = this.#frame;
    const plotted = functionOf(state);
    const planeWidth = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    const height = Math.round(clamp(planeWidth * 0.85, 250, 430));
    const area = areaOf(plotted, planeWidth - beside, height - below);
    this.#plane.layOut(planeWidth, height, area.xRange, area.yRange);
    const levels = JSON.stringify([plotted.text, state.rotation, area]);
    if (levels !== this.#levels) {
      this.#levels = levels;
      this.#plane.setLevels(this.#lattice({ ...plotted, ...area }));
      this.#showFormula(plotted);
    }
    this.#plane.movePoints({ start: state.start });
    this.#ways.place(both, plotted.minimum);
    this.#plane.marks.append(...axisNames(this.#plane, "x", "y"));
    this.#chart.show(valueChart(both, plotted.steps, text));
  }

  #showFormula({ text }: Plotted): void {
    const shown = text.replaceAll(" - ", " − ");
    const parts = shown.split(/\^(\d)/).map((part, k) => (k % 2 ? html("sup", {}, part) : part));
    const { state } = this.#frame;
    const where = state.surface === "quadratic" ? this.#frame.text("turned", { rotation: state.rotation }) : "";
    this.#formula.replaceChildren(html("code", {}, "f = ", ...parts), where);
  }
}

/** Ranges that show the function's square in equal units along both axes. */
function areaOf({ low, high }: Plotted, width: number, height: number): Area {
  const unit = Math.max((high[0] - low[0]) / width, (high[1] - low[1]) / height);
  const around = (axis: 0 | 1, pixels: number): readonly [number, number] => {
    const middle = (low[axis] + high[axis]) / 2;
    return [middle - (unit * pixels) / 2, middle + (unit * pixels) / 2];
  };
  return { xRange: around(0, width), yRange: around(1, height) };
}

/** Values against steps on a logarithmic axis, down to 1e-16. */
function valueChart({ descent, conjugate }: Both, steps: number, text: (key: string) => string): PlotChart {
  const points = ({ steps: all }: Path) =>
    all.slice(0, steps + 1).map(({ value }, k) => [k, Math.max(value, 1e-16)] as const);
  const marks = [
    lineMark(points(descent), { name: text("descent"), color: 8 }),
    lineMark(points(conjugate), { name: text("conjugate"), color: 0 }),
  ];
  const high = Math.max(...descent.steps.map(({ value }) => value).filter(Number.isFinite), 1e-8);
  return plotChart(marks, {
    ...{ height: 250, xRange: [0, steps], yRange: [1e-16, 2 * high], yScale: "log" },
    xLabel: text("axis.step"),
    yLabel: "f",
  });
}
