// Draws both losses in perspective, turned together, and the level sets of one, where the start can be moved.

import type { Engine } from "thalweg";
import type { PlotLattice } from "thalweg/plot";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Perspective } from "../kit/perspective.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { Player } from "../kit/player.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import { tableBox, tableOf } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, reach, type State } from "./controls.ts";
import { type Local, latticeOf, type Name, names, TwoWeights } from "./run.ts";

export class SurfaceDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #weights: TwoWeights;
  readonly #lattices: Readonly<Record<Name, PlotLattice>>;
  readonly #views: Readonly<Record<Name, Perspective>>;
  readonly #plane: Plane;
  readonly #planeTitle = html("p", { class: "heading" });
  readonly #results: HTMLElement;
  readonly #player: Player<typeof controls>;
  readonly #heads: readonly SVGCircleElement[];
  readonly #lines: readonly SVGPathElement[];
  #trails: readonly Trail[] = [];
  #locals: readonly Local[] = [];
  #computed = "";
  #levels = "";
  #width = 0;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    this.#frame = frame;
    const { text } = frame;
    this.#weights = new TwoWeights(engine);
    this.#lattices = { squared: latticeOf(engine, "squared"), entropy: latticeOf(engine, "entropy") };
    const view = (name: Name): Perspective =>
      new Perspective({
        label: text("perspective", { loss: text(`levels.${name}`) }),
        words: (angles) => text("view", { ...angles }),
        turned: (angles) => frame.set({ ...angles }),
      });
    this.#views = { squared: view("squared"), entropy: view("entropy") };
    const handle = {
      name: "start",
      label: text("start.handle"),
      move: (start: readonly [number, number]) => frame.set({ start }),
    };
    this.#plane = new Plane(text("plane"), [handle]);
    this.#lines = names.map((_, k) => svg("path", { class: `curve ${seriesClass(k)}` }));
    this.#heads = names.map((_, k) => svg("circle", { class: `head ${fillClass(k)}`, r: 4.5 }));
    this.#plane.marks.append(...this.#lines, ...this.#heads);
    this.#results = tableBox(text("table"));
    const titled = (name: Name, k: number): HTMLElement => {
      const line = svg("path", { class: `curve ${seriesClass(k)}`, d: "M0 6H28" });
      const swatch = svg("svg", { class: "swatch", viewBox: "0 0 28 12", "aria-hidden": "true" }, line);
      return html(
        "div",
        {},
        html("p", { class: "heading" }, swatch, text(`levels.${name}`)),
        this.#views[name].element,
      );
    };
    const plane = html("div", {}, this.#planeTitle, this.#plane.element);
    frame.stage.replaceChildren(html("div", { class: "pictures" }, ...names.map(titled), plane, this.#results));
    this.#player = new Player(frame, () => frame.state);
  }

  stop(): void {
    this.#player.stop();
    this.#weights.free();
  }

  draw(): void {
    const { state, stage } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const wanted = JSON.stringify([state.start, state.rate, state.steps]);
    const isNew = wanted !== this.#computed;
    const resized = width !== this.#width;
    if (isNew) {
      this.#computed = wanted;
      this.#locals = names.map((name) => this.#weights.at(name, state));
      this.#say(state);
    }
    if (resized) this.#layOut(width);
    if (isNew || resized) this.#place(state);
    this.#showLevels(state);
    const at = Math.floor(state.at);
    for (const [k, name] of names.entries()) {
      this.#views[name].draw(state, at);
      this.#lines[k]!.setAttribute("d", this.#trails[k]!.upTo(at));
      const [x, y] = this.#trails[k]!.at(at) ?? [-100, -100];
      this.#heads[k]!.setAttribute("cx", String(x));
      this.#heads[k]!.setAttribute("cy", String(y));
    }
    this.#showTable(at);
  }

  #layOut(width: number): void {
    this.#width = width;
    const each = width >= wide ? Math.floor((width - gap) / 2) : width;
    const height = Math.round(clamp(each * 0.8, 220, 360));
    const { text } = this.#frame;
    for (const name of names) {
      this.#views[name].layOut(each, height);
      this.#views[name].setScene({
        ...{ xRange: [-reach, reach], yRange: [-reach, reach], lattice: this.#lattices[name] },
        names: ["w₁", "w₂", text("axis.loss")],
      });
    }
    this.#plane.layOut(each, height, [-reach, reach], [-reach, reach]);
  }

  #place({ start }: State): void {
    const { x, y } = this.#plane;
    this.#plane.movePoints({ start });
    this.#trails = this.#locals.map(
      ({ path, values }) => new Trail(values.length, (k) => [x(path[2 * k] as number), y(path[2 * k + 1] as number)]),
    );
    for (const [k, name] of names.entries())
      this.#views[name].setTrails([{ points: this.#locals[k]!.path, dimensions: 2, look: k }]);
  }

  #showLevels({ levels }: State): void {
    if (levels === this.#levels) return;
    this.#levels = levels;
    this.#plane.setLevels(this.#lattices[levels as Name]);
    this.#planeTitle.textContent = this.#frame.text("plane.title", { loss: this.#frame.text(`levels.${levels}`) });
  }

  #showTable(at: number): void {
    const { text } = this.#frame;
    const rows = names.map((name, k) => {
      const { value, gradient, curvatures, values } = this.#locals[k] as Local;
      const last = Math.min(at, values.length - 1);
      return [
        text(`levels.${name}`),
        format(value),
        gradient.map((part) => format(part)).join(", "),
        curvatures.map((part) => format(part)).join(", "),
        format(values[last] as number),
      ];
    });
    const heads = ["loss", "value", "gradient", "curvatures", "now"].map((key) => ({
      ...{ head: text(`table.${key}`, { at }), isNumber: key !== "loss" },
    }));
    this.#results.replaceChildren(tableOf(text("table"), heads, rows));
  }

  #say({ start, rate, steps }: State): void {
    const { text } = this.#frame;
    const place = { x: format(start[0]), y: format(start[1]) };
    const kinds = names.map((name, k) => {
      const [low, high] = (this.#locals[k] as Local).curvatures;
      const kind = low < 0 && high > 0 ? "both" : low >= 0 ? "up" : "down";
      return text(`says.${kind}`, { loss: text(`levels.${name}`), low: format(low), high: format(high) });
    });
    const ends = this.#locals.map(({ values }) => format(values.at(-1) as number));
    const descent = { rate: format(10 ** rate, 2), steps, squared: ends[0]!, entropy: ends[1]! };
    this.#frame.tell(text("says.at", place), ...kinds, text("says.descent", descent));
    this.#frame.say(`${text("says.at", place)} ${kinds.join(" ")}`);
  }
}
