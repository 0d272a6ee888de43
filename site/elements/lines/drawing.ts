// Draws a line search: the line over level sets, and φ along it with the conditions, their regions and the trials in order.

import type { Engine } from "thalweg";
import { axisNames } from "../kit/axisNames.ts";
import { html, svg } from "../kit/dom.ts";
import { latticeOf } from "../kit/lattice.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { Point } from "../newton/run.ts";
import { printed, type Surface, surfaceOf } from "../newton/surfaces.ts";
import { type controls, firstOf, type State } from "./controls.ts";
import { directionOf, Line, type Searched, searchAlong } from "./line.ts";
import { Profile } from "./profile.ts";
import { hasOne, type Start, sentences, trialTable } from "./words.ts";

export class LinesDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #plane: Plane;
  readonly #profile: Profile;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #table: HTMLElement;
  readonly #key = html("div", { class: "key" });
  #levels = "";

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    const { text } = frame;
    this.#frame = frame;
    this.#engine = engine;
    this.#plane = new Plane(text("plane"), [
      { name: "start", label: text("start.handle"), move: (start) => frame.set({ start }) },
      { name: "toward", label: text("toward.handle"), move: (toward) => frame.set({ toward }) },
    ]);
    this.#profile = new Profile(text("profile"));
    this.#table = tableBox(text("table.caption"));
    const pictures = html("div", { class: "pictures" });
    const left = html("div", {}, this.#formula, this.#plane.element);
    const title = html("p", { class: "chart-title" }, text("profile.title"));
    pictures.append(left, html("div", {}, title, this.#profile.plane.element, this.#key));
    frame.stage.replaceChildren(pictures, this.#table);
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const surface = surfaceOf(state);
    const each = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(each * 0.85, 240, 360));
    this.#formula.replaceChildren(html("code", {}, `f(x, y) = ${printed(surface.text)}`));
    const direction = directionOf(this.#engine, surface, state);
    const line = new Line(this.#engine, surface, state.start, direction ?? [0, 0]);
    try {
      const start = { value: line.value(0), slope: line.slope(0) };
      const searched = direction && start.slope < 0 ? searchAlong(this.#engine, line, state) : null;
      this.#drawPlane(surface, direction, searched, each, height);
      this.#profile.draw(line, start, searched, state, [each, height]);
      this.#drawKey(state, searched !== null);
      this.#table.hidden = searched === null;
      if (searched) this.#table.replaceChildren(trialTable(searched, start, state, text));
      this.#frame.tell(...sentences(searched, start, direction, state, text));
      this.#speak(searched, start);
    } finally {
      line.free();
    }
  }

  #speak(searched: Searched | null, start: Start): void {
    const { state, text } = this.#frame;
    const last = searched?.trials.at(-1);
    if (!searched || !last) this.#frame.say(text("status.none", { slope: format(start.slope) }));
    else {
      const search = text(`search.${state.search}`);
      const words = { search, trials: searched.trials.length, step: format(last.step), value: format(last.value, 4) };
      this.#frame.say(text("status", words));
    }
  }

  #drawKey(state: State, isSearched: boolean): void {
    const { text } = this.#frame;
    const line = (look: string, words: string) => ({ look: `curve ${look}`, words });
    const area = (look: string, key: string) => ({ look, sign: "area" as const, words: text(key) });
    const ofSearch = [
      ...(state.search === "exact" ? [] : [line("armijo", text("key.armijo"))]),
      area("decrease", "key.decrease"),
      ...(hasOne(state) ? [] : [area("other", `key.${state.search}`)]),
      area("accepted", "key.accepted"),
    ];
    const always = [line("s0", "φ(a)"), line("tangent", text("key.tangent"))];
    this.#key.replaceChildren(legendOf([...always, ...(isSearched ? ofSearch : [])]));
  }

  #drawPlane(
    surface: Surface,
    direction: Point | null,
    searched: Searched | null,
    width: number,
    height: number,
  ): void {
    const { state } = this.#frame;
    const plane = this.#plane;
    const levels = `${surface.text} ${width} ${height}`;
    if (levels !== this.#levels) {
      this.#levels = levels;
      plane.layOut(width, height, surface.xRange, surface.yRange);
      plane.setLevels(latticeOf(this.#engine, surface, 81));
    }
    const { x, y } = plane;
    const [px, py] = state.start;
    const [u, v] = direction ?? [0, 0];
    const far = (value: number): number => clamp(value, -1e4, 1e4);
    const at = (step: number): readonly [number, number] => [far(x(px + step * u)), far(y(py + step * v))];
    const reach = 1.25 * Math.max(firstOf(state), ...(searched?.trials ?? []).map(({ step }) => step));
    const [[ax, ay], [bx, by]] = [at(0), at(reach)];
    const trials = (searched?.trials ?? []).map(({ step }, k, all) => {
      const [cx, cy] = at(step);
      const how = searched?.found && k === all.length - 1 ? "trial last" : "trial";
      return svg("circle", { class: how, cx, cy, r: 4.5 });
    });
    plane.marks.replaceChildren(
      svg("path", { class: "halo", d: `M${ax} ${ay}L${bx} ${by}` }),
      svg("path", { class: "curve s0", d: `M${ax} ${ay}L${bx} ${by}` }),
      ...trials,
      ...axisNames(plane, "x →", "↑ y"),
    );
    plane.element.classList.toggle("fixed", state.direction !== "hand");
    plane.movePoints({ start: state.start, toward: state.toward });
  }
}
