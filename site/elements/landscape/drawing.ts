// Draws the landscape in perspective and by level sets, with the trajectories over it. Training and the plane are computed in
// slices; meanwhile the older picture stays.

import type { Engine, LossPlane, LossSurface } from "thalweg";
import type { PlotLattice } from "thalweg/plot";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Perspective } from "../kit/perspective.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { Player } from "../kit/player.ts";
import { Slices } from "../kit/slices.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, methodNames, type State } from "./controls.ts";
import { kept, minimaOf, planeOf, type Run, type Section, sectionOf, sharpnessOf, trained } from "./run.ts";

/** Points of the plane along an axis, at first and at last. */
const [coarse, fine] = [15, 41];

const lookOf = (name: string): number => (methodNames as readonly string[]).indexOf(name);

export class LandscapeDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #slices = new Slices();
  readonly #view: Perspective;
  readonly #plane: Plane;
  readonly #progress = html("p", { class: "heading whole" });
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  #trainedFor = "";
  #planeFor = "";
  #width = 0;
  #runs: readonly Run[] = [];
  #surface: LossSurface | null = null;
  #lattice: LossPlane | null = null;
  #shown: Section | null = null;
  #marks: readonly { trail: Trail; halo: SVGPathElement; line: SVGPathElement; head: SVGCircleElement }[] = [];

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    this.#engine = engine;
    const { text } = frame;
    this.#view = new Perspective({
      label: text("perspective"),
      words: (angles) => text("view", { ...angles }),
      turned: (angles) => frame.set({ ...angles }),
    });
    this.#plane = new Plane(text("plane.label"));
    this.#results = tableBox(text("table"));
    this.#results.classList.add("whole");
    const pictures = html("div", { class: "pictures" });
    pictures.append(this.#progress, this.#view.element, this.#plane.element, this.#results);
    frame.stage.replaceChildren(pictures);
    this.#player = new Player(frame, () => frame.state);
  }

  stop(): void {
    this.#player.stop();
    this.#slices.stop();
    this.#surface?.free();
    this.#surface = null;
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at: _at, turn: _turn, tilt: _tilt, ...what } = state;
    const { plane: _plane, reach: _reach, direction: _direction, ...training } = what;
    const [trainedFor, planeFor] = [JSON.stringify(training), JSON.stringify(what)];
    if (state.methods.length === 0) {
      this.#slices.stop();
      [this.#trainedFor, this.#planeFor] = ["", ""];
      this.#frame.tell(text("says.empty"));
      return;
    }
    if (planeFor !== this.#planeFor) {
      const trains = trainedFor !== this.#trainedFor;
      [this.#trainedFor, this.#planeFor] = [trainedFor, planeFor];
      this.#slices.run(this.#work(state, trains));
    }
    if (width !== this.#width) this.#layOut(width);
    this.#advance();
  }

  /** Trains if that is needed, and computes the plane, first coarse and then fine. */
  *#work(state: State, trains: boolean): Generator<number> {
    const { text } = this.#frame;
    // Until the new numbers are there, the words must not be those of the state before.
    if (this.#lattice) this.#frame.tell(text("says.working", { depth: state.depth }));
    if (trains) {
      this.#surface?.free();
      this.#surface = null;
    }
    if (!this.#surface) {
      const result = yield* this.#reported(trained(this.#engine, state), "progress.training");
      this.#runs = result.runs;
      this.#surface = result.surface;
    }
    const surface = this.#surface;
    const shown = sectionOf(surface, this.#runs, state);
    for (const side of [coarse, fine]) {
      const lattice = yield* this.#reported(planeOf(surface, shown, side), "progress.plane");
      [this.#lattice, this.#shown] = [lattice, shown];
      this.#place();
      this.#frame.redraw();
    }
    this.#tellProgress(text("progress.done", { explained: format(100 * shown.explained, 3) }));
    this.#say(state, shown);
  }

  /** Runs a generator of shares of its work, and shows them. */
  *#reported<T>(work: Generator<number, T>, key: string): Generator<number, T> {
    try {
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
        this.#tellProgress(this.#frame.text(key, { share: Math.round(100 * value) }));
        yield value;
      }
    } finally {
      work.return(undefined as never);
    }
  }

  #tellProgress(words: string): void {
    if (this.#progress.textContent !== words) this.#progress.textContent = words;
  }

  #layOut(width: number): void {
    this.#width = width;
    const each = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(each * 0.85, 240, 380));
    this.#view.layOut(each, height);
    this.#plane.layOut(each, height, this.#plane.xRange, this.#plane.yRange);
    this.#place();
  }

  /** Takes over the plane and the trajectories. */
  #place(): void {
    const [lattice, shown] = [this.#lattice, this.#shown];
    if (!lattice || !shown || this.#width === 0) return;
    const { xRange, yRange, paths } = shown;
    const box = this.#plane.element.getAttribute("height");
    const each = Number(this.#plane.element.getAttribute("width"));
    this.#plane.layOut(each, Number(box), xRange, yRange);
    this.#plane.setLevels(lattice as PlotLattice);
    // Losses differ by powers of ten.
    this.#view.setScene({
      ...{ xRange, yRange, lattice: lattice as PlotLattice, zKind: "log" },
      names: ["d₁", "d₂", this.#frame.text("axis.loss")],
    });
    const looks = this.#runs.map(({ name }) => lookOf(name));
    this.#view.setTrails(
      paths.map((path, k) => ({ points: Float64Array.from(path.flat()), dimensions: 2, look: looks[k] as number })),
    );
    const { x, y } = this.#plane;
    this.#marks = paths.map((path, k) => ({
      trail: new Trail(path.length, (at) => [x(path[at]![0]), y(path[at]![1])]),
      halo: svg("path", { class: "halo" }),
      line: svg("path", { class: `curve ${seriesClass(looks[k] as number)}` }),
      head: svg("circle", { class: `head ${fillClass(looks[k] as number)}`, r: 4.5 }),
    }));
    this.#plane.marks.replaceChildren(
      ...this.#marks.flatMap(({ halo, line }) => [halo, line]),
      ...this.#marks.map(({ head }) => head),
    );
  }

  /** Shows the trajectories up to the present step. */
  #advance(): void {
    const { state } = this.#frame;
    const at = Math.floor((state.at / state.steps) * kept);
    this.#view.draw(state, at);
    for (const { trail, halo, line, head } of this.#marks) {
      const d = trail.upTo(at);
      halo.setAttribute("d", d);
      line.setAttribute("d", d);
      const [x, y] = trail.at(at) ?? [-100, -100];
      head.setAttribute("cx", String(x));
      head.setAttribute("cy", String(y));
    }
    if (this.#runs.length > 0) this.#showTable(at);
  }

  #showTable(at: number): void {
    const { text, state } = this.#frame;
    const rows = this.#runs.map(({ name, losses, accuracy }) => {
      const line = svg("path", { class: `curve ${seriesClass(lookOf(name))}`, d: "M0 6H28" });
      const swatch = svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, line);
      const head = html("span", {}, swatch, text(`methods.${name}`));
      return [head, format(losses[at] as number), format(losses.at(-1) as number), `${format(100 * accuracy)} %`];
    });
    const step = Math.round((at * state.steps) / kept);
    const heads = ["method", "loss", "end", "accuracy"].map((key) => ({
      ...{ head: text(`table.${key}`, { step }), isNumber: key !== "method" },
    }));
    this.#results.replaceChildren(tableOf(text("table"), heads, rows));
  }

  #say(state: State, shown: Section): void {
    const { text } = this.#frame;
    const surface = this.#surface;
    if (!surface || !this.#lattice) return;
    const [first] = this.#runs as [Run];
    const names = {
      ...{ depth: state.depth, steps: state.steps, method: text(`methods.${first.name}`), side: fine },
      loss: format(first.losses.at(-1) as number),
      sharpness: format(sharpnessOf(surface)),
      minima: minimaOf(this.#lattice),
      explained: format(100 * shown.explained),
    };
    const net = text(state.skips ? "says.skips" : "says.plain", names);
    const plane = text(`says.${state.plane}`, names);
    this.#frame.tell(net, text("says.sharpness", names), plane, text("says.minima", names));
    this.#frame.say(`${net} ${plane}`);
  }
}
