// Draws Newton's methods: the path over level sets, the step of every method at the present point, and the gradient by iteration.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { latticeOf } from "../kit/lattice.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { Player } from "../kit/player.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import { type controls, methods } from "./controls.ts";
import { type Local, localAt, type Path, type Proposal, pathOf, proposalsAt } from "./run.ts";
import { printed, type Surface, surfaceOf } from "./surfaces.ts";
import { classOf, proposalTable, sentences } from "./words.ts";

export class NewtonDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #plane: Plane;
  readonly #chart: ChartBox;
  readonly #formula = html("p", { class: "formula-shown" });
  readonly #table: HTMLElement;
  readonly #player: Player<typeof controls>;
  #levels = "";
  #computed = "";
  #surface: Surface;
  #path: Path | null = null;
  #end: Local | null = null;

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    const { text } = frame;
    this.#frame = frame;
    this.#engine = engine;
    this.#surface = surfaceOf(frame.state);
    this.#plane = new Plane(text("plane"), [
      { name: "start", label: text("start.handle"), move: (start) => frame.set({ start }) },
    ]);
    this.#chart = new ChartBox(text("gradients"), frame.chartTexts);
    this.#table = tableBox(text("table.caption"));
    const names = [...methods, "descent"] as const;
    const key = legendOf(names.map((name) => ({ look: `curve ${classOf(name)}`, words: text(`key.${name}`) })));
    const right = html("div", {}, html("p", { class: "chart-title" }, text("gradients")), this.#chart.element);
    const pictures = html("div", { class: "pictures" });
    pictures.append(html("div", {}, this.#plane.element, key), right);
    frame.stage.replaceChildren(this.#formula, pictures, this.#table);
    this.#player = new Player(frame, () => ({ at: Math.min(frame.state.at, this.#last), steps: this.#last }));
  }

  get #last(): number {
    return (this.#path?.points.length ?? 1) - 1;
  }

  stop(): void {
    this.#player.stop();
    this.#chart.stop();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    const { at: _at, ...what } = state;
    const wanted = JSON.stringify(what);
    if (wanted !== this.#computed) {
      this.#computed = wanted;
      this.#surface = surfaceOf(state);
      this.#path = pathOf(this.#engine, this.#surface, state);
      const last = this.#path.points.at(-1);
      this.#end = last ? localAt(this.#engine, this.#surface, last) : null;
      this.#formula.replaceChildren(html("code", {}, `f(x, y) = ${printed(this.#surface.text)}`));
    }
    const path = this.#path as Path;
    const at = Math.min(Math.floor(state.at), this.#last);
    const point = path.points[at];
    const local = point ? localAt(this.#engine, this.#surface, point) : null;
    const radius = this.#radiusAt(path, at) ?? state.radius;
    const proposals = local ? proposalsAt(this.#engine, this.#surface, local, state, radius) : [];
    this.#drawPlane(path, at, local, proposals, radius, width);
    this.#chart.show(this.#gradientChart(path, at, width >= wide ? 300 : 220));
    this.#table.replaceChildren(proposalTable(proposals, state, text));
    this.#frame.tell(...sentences(state, at, path, local, this.#end, proposals, text));
    if (local) {
      const [x, y] = local.point;
      this.#frame.say(text("status", { at, x: format(x), y: format(y), value: format(local.value, 4) }));
    }
  }

  /** Radius of the trust region of the step that was accepted at a point of the path; undefined for other methods. */
  #radiusAt({ trials }: Path, at: number): number | undefined {
    const last = this.#frame.state.method === "trust" ? (trials?.from.lastIndexOf(at) ?? -1) : -1;
    return last < 0 ? undefined : trials?.radius[last];
  }

  #drawPlane(
    path: Path,
    at: number,
    local: Local | null,
    proposals: readonly Proposal[],
    radius: number,
    width: number,
  ): void {
    const { state } = this.#frame;
    const { xRange, yRange, text: name } = this.#surface;
    const plane = this.#plane;
    const each = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    const levels = `${name} ${each}`;
    if (levels !== this.#levels) {
      this.#levels = levels;
      plane.layOut(each, Math.round(clamp(each * 0.85, 240, 430)), xRange, yRange);
      plane.setLevels(latticeOf(this.#engine, this.#surface, 81));
    }
    const { x, y } = plane;
    const trail = new Trail(path.points.length, (k) => {
      const [u, v] = path.points[k] as readonly [number, number];
      return [x(u), y(v)];
    });
    const dots = path.points
      .filter(([u, v]) => Number.isFinite(u + v))
      .map(([u, v]) => `M${clamp(x(u), -1e4, 1e4)} ${clamp(y(v), -1e4, 1e4)}h0`);
    const here = local ? [x(local.point[0]), y(local.point[1])] : [-100, -100];
    const [cx, cy] = here as [number, number];
    const circle =
      state.method === "trust" && local
        ? [svg("ellipse", { class: "region", cx, cy, rx: x(radius) - x(0), ry: y(0) - y(radius) })]
        : [];
    plane.marks.replaceChildren(
      svg("path", { class: "halo", d: trail.upTo(at) }),
      svg("path", { class: "way faint", d: trail.upTo(path.points.length) }),
      svg("path", { class: "way", d: trail.upTo(at) }),
      svg("path", { class: "stops", d: dots.join("") }),
      ...circle,
      ...(local ? proposals.flatMap((proposal) => this.#arrow(local, proposal, proposal.name === state.method)) : []),
      svg("circle", { class: "here", cx, cy, r: 5 }),
      ...axisNames(plane, "x →", "↑ y"),
    );
    plane.movePoints({ start: state.start });
  }

  /** Arrow of a proposed step, with a letter at its end. */
  #arrow({ point: [px, py] }: Local, { name, step: [u, v] }: Proposal, isChosen: boolean): SVGElement[] {
    const { x, y } = this.#plane;
    const far = (value: number): number => clamp(value, -1e4, 1e4);
    const [ax, ay, bx, by] = [far(x(px)), far(y(py)), far(x(px + u)), far(y(py + v))];
    if (!Number.isFinite(ax + ay + bx + by)) return [];
    const length = Math.hypot(bx - ax, by - ay);
    if (length < 1) return [];
    const [ex, ey] = [(bx - ax) / length, (by - ay) / length];
    const size = Math.min(8, length / 2);
    const barb = (side: number): string =>
      `${bx - size * ex - side * size * 0.55 * ey} ${by - size * ey + side * size * 0.55 * ex}`;
    const how = `curve ${classOf(name)}${isChosen ? " chosen" : ""}`;
    return [
      svg("path", { class: `halo`, d: `M${ax} ${ay}L${bx} ${by}` }),
      svg("path", { class: how, d: `M${ax} ${ay}L${bx} ${by}` }),
      svg("path", { class: `${how} head`, d: `M${barb(1)}L${bx} ${by}L${barb(-1)}` }),
    ];
  }

  #gradientChart({ gradients }: Path, at: number, height: number): PlotChart | null {
    const { text } = this.#frame;
    const curve = Array.from(gradients, (value, k) => [k, value > 0 ? value : Number.NaN] as const);
    const shown = curve.map(([, value]) => value).filter(Number.isFinite);
    if (shown.length === 0) return null;
    const low = Math.max(Math.min(...shown), 1e-18);
    const high = Math.max(Math.min(Math.max(...shown), 1e12), low * 10);
    return plotChart([lineMark(curve, { color: 0 }), dotsMark(curve, { color: 0 }), ruleMark({ x: at })], {
      ...{ height, xRange: [0, Math.max(1, curve.length - 1)], yRange: [low / 2, high * 2], yScale: "log" },
      ...{ xLabel: text("axis.iteration"), yLabel: text("axis.gradient") },
    });
  }
}
