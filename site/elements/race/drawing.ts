// Draws the race and plays it: paths over level sets, values against steps, a table, and all of it in words.

import type { PlotLattice } from "thalweg/plot";
import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import { lossChart } from "./losses.ts";
import { Paths } from "./paths.ts";
import type { Race } from "./run.ts";
import { type Surface, surfaceOf } from "./surfaces.ts";
import { raceSentences, raceTable, stepWords } from "./words.ts";

/** While the race plays, the paths move in every frame, and the chart after so many milliseconds, with so many points a curve. */
const chartEvery = 120;
const chartPoints = 120;
/** Width from which on the chart stands beside the plane, and the gap between them, in pixels. */
const wide = 616;
const gap = 12;

export class RaceDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #paths: Paths;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  readonly #run: (surface: Surface, state: State) => Race;
  readonly #lattice: (surface: Surface) => PlotLattice;
  #charted = 0;
  #height = 0;
  /** State that was computed, function whose level sets are drawn, and width of both. */
  #computed = "";
  #levels = "";
  #width = 0;
  #race: Race = { paths: [], minimum: 0 };
  #surface: Surface;

  constructor(
    frame: Frame<typeof controls>,
    run: (surface: Surface, state: State) => Race,
    lattice: (surface: Surface) => PlotLattice,
  ) {
    this.#frame = frame;
    this.#run = run;
    this.#lattice = lattice;
    this.#surface = surfaceOf(frame.state);
    this.#paths = new Paths(frame.text("plane"), frame.text("start.handle"), (start) => frame.set({ start }));
    this.#chart = new ChartBox(frame.text("loss"), frame.chartTexts);
    this.#results = tableBox(frame.text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#paths.plane.element, this.#chart.element);
    frame.stage.replaceChildren(this.#formula, pictures, this.#results);
    this.#player = new Player(frame, () => frame.state);
  }

  stop(): void {
    this.#player.stop();
    this.#chart.stop();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at: _at, ...what } = state;
    const wanted = JSON.stringify(what);
    const isNew = wanted !== this.#computed;
    if (isNew) {
      this.#computed = wanted;
      this.#surface = surfaceOf(state);
      this.#race = this.#run(this.#surface, state);
      this.#showFormula();
      this.#frame.tell(...raceSentences(this.#race, state, this.#frame.text));
    }
    if (isNew || this.#width !== width) {
      this.#width = width;
      this.#layOut(width);
    }
    this.#advance(Math.floor(state.at));
  }

  #layOut(width: number): void {
    const { state } = this.#frame;
    const { xRange, yRange } = this.#surface;
    const { plane } = this.#paths;
    const planeWidth = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    this.#height = Math.round(clamp(planeWidth * 0.85, 240, 460));
    plane.layOut(planeWidth, this.#height, xRange, yRange);
    const levels = `${state.surface} ${state.condition} ${state.formula}`;
    if (levels !== this.#levels) {
      this.#levels = levels;
      plane.setLevels(this.#lattice(this.#surface));
    }
    plane.movePoints({ start: state.start });
    this.#paths.place(this.#race.paths, this.#surface);
    this.#charted = 0;
  }

  /** Shows everything up to a step. */
  #advance(at: number): void {
    const { state, text } = this.#frame;
    this.#paths.advance(at);
    const now = performance.now();
    if (!this.#player.isPlaying || now - this.#charted >= chartEvery) {
      this.#charted = now;
      this.#drawChart(at);
    }
    this.#results.replaceChildren(raceTable(this.#race, state, at, text));
    this.#frame.say(stepWords(this.#race, state, at, text));
  }

  #drawChart(at: number): void {
    const { state, text } = this.#frame;
    const height = this.#width >= wide ? this.#height - 60 : 220;
    const named = (method: string): string => text(`rules.${method}`);
    const every = !this.#player.isPlaying ? 1 : Math.ceil(state.steps / chartPoints);
    const chart = lossChart(this.#race, { at, steps: state.steps, height, every, named, text });
    this.#chart.show(chart);
  }

  #showFormula(): void {
    const text = this.#surface.text
      .replaceAll("*", "\u200a·\u200a")
      .replace(/(?<=[\w)])\s*([-+])\s*/g, (_, sign: string) => ` ${sign === "-" ? "−" : sign} `);
    const parts = text.split(/\^(\d+)/).map((part, k) => (k % 2 ? html("sup", {}, part) : part));
    this.#formula.replaceChildren(html("code", {}, "f(x, y) = ", ...parts));
  }
}
