// Draws the race and plays it: paths over level sets, values against steps, a table, and all of it in words.

import { ChartBox } from "../kit/chartBox.ts";
import { html } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp } from "../kit/numbers.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import { lossChart } from "./losses.ts";
import { Paths } from "./paths.ts";
import type { LatticeOf, Race } from "./run.ts";
import { Space } from "./space.ts";
import { isInSpace, type Surface, surfaceOf } from "./surfaces.ts";
import { raceSentences, raceTable, stepWords } from "./words.ts";

/** While the race plays, the paths move in every frame, and the chart after so many milliseconds, with so many points a curve. */
const chartEvery = 120;
const chartPoints = 120;

export class RaceDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #paths: Paths;
  readonly #space: Space;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #chart: ChartBox;
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  readonly #run: (surface: Surface, state: State) => Race;
  /** When the chart was drawn, whether it is behind the paths, and the step shown; −1 if nothing is. */
  #charted = 0;
  #isLate = false;
  #shown = -1;
  #height = 0;
  /** State that was computed, its function, and width and picture that were laid out. */
  #computed = "";
  #function = "";
  #width = 0;
  #picture: Paths | Space | null = null;
  #race: Race = { paths: [], minimum: 0 };
  #surface: Surface;

  constructor(frame: Frame<typeof controls>, run: (surface: Surface, state: State) => Race, lattice: LatticeOf) {
    this.#frame = frame;
    this.#run = run;
    this.#surface = surfaceOf(frame.state);
    this.#paths = new Paths(frame, lattice);
    this.#space = new Space(frame, lattice);
    this.#chart = new ChartBox(frame.text("loss"), frame.chartTexts);
    this.#results = tableBox(frame.text("table"));
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#paths.element, this.#space.element, this.#chart.element);
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
    const { at, turn: _turn, tilt: _tilt, view, ...what } = state;
    const wanted = JSON.stringify(what);
    const isNew = wanted !== this.#computed;
    if (isNew) {
      this.#computed = wanted;
      this.#takeSurface(state);
      this.#race = this.#run(this.#surface, state);
      this.#showFormula();
      this.#frame.tell(...raceSentences(this.#race, state, this.#frame.text));
    }
    const picture = view === "levels" && !isInSpace(state) ? this.#paths : this.#space;
    if (isNew || this.#width !== width || this.#picture !== picture) {
      this.#width = width;
      this.#picture = picture;
      this.#layOut(width, picture);
      this.#shown = -1;
    }
    this.#advance(Math.floor(at), picture);
  }

  /** Takes over the function, which remains the same object until it changes. */
  #takeSurface(state: State): void {
    const { surface, condition, formula } = state;
    const name = JSON.stringify([surface, condition, formula]);
    if (name === this.#function) return;
    this.#function = name;
    this.#surface = surfaceOf(state);
  }

  #layOut(width: number, picture: Paths | Space): void {
    const pictureWidth = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    this.#height = Math.round(clamp(pictureWidth * 0.85, 240, 460));
    for (const each of [this.#paths, this.#space]) each.element.toggleAttribute("hidden", each !== picture);
    picture.place(pictureWidth, this.#height, this.#surface, this.#race, this.#frame.state);
  }

  /** Shows everything up to a step. */
  #advance(at: number, picture: Paths | Space): void {
    const { state, text } = this.#frame;
    picture.advance(at, state);
    if (this.#shown === at && !this.#isLate) return; // turned only
    const now = performance.now();
    this.#isLate = this.#player.isPlaying && now - this.#charted < chartEvery && this.#shown !== -1;
    if (!this.#isLate) {
      this.#charted = now;
      this.#drawChart(at);
    }
    this.#shown = at;
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
    this.#formula.replaceChildren(
      html("code", {}, this.#surface.variables === 3 ? "f(x, y, z) = " : "f(x, y) = ", ...parts),
    );
  }
}
