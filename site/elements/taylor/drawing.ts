// Draws a function with its polynomials about a point, the interval of convergence, and the steps that the first two propose.

import type { Engine } from "thalweg";
import { dotsMark, lineMark, type PlotChart, plotChart, ruleMark } from "thalweg/plot";
import { axisNames } from "../kit/axisNames.ts";
import { ChartBox } from "../kit/chartBox.ts";
import { html, svg } from "../kit/dom.ts";
import { gap, wide } from "../kit/layout.ts";
import { legendOf } from "../kit/legend.ts";
import { clamp, format } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { tableBox } from "../kit/table.ts";
import type { Drawing, Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import { Derivatives, type Expansion, expand, polynomial } from "./expansion.ts";
import { type Curve, curveOf } from "./functions.ts";
import { orderTable, sentences } from "./words.ts";

const points = 241;
/** Least error that is drawn: rounding. */
const least = 1e-17;

export class TaylorDrawing implements Drawing {
  readonly #frame: Frame<typeof controls>;
  readonly #engine: Engine;
  readonly #plane: Plane;
  readonly #errors: ChartBox;
  readonly #errorTitle = html("p", { class: "chart-title" });
  readonly #table: HTMLElement;
  readonly #key = html("div", { class: "key" });
  #named = "";
  #curve: Curve;
  #derivatives: Derivatives | null = null;
  #sampled: readonly (readonly [number, number])[] = [];
  #yRange: readonly [number, number] = [0, 1];

  constructor(frame: Frame<typeof controls>, engine: Engine) {
    const { text } = frame;
    this.#frame = frame;
    this.#engine = engine;
    this.#curve = curveOf(frame.state);
    const place = (axis: 0 | 1) => (point: readonly [number, number]) => {
      const [a, to] = frame.state.places;
      frame.set({ places: axis === 0 ? [point[0], to] : [a, point[0]] });
    };
    const words = ([x, y]: readonly [number, number]): string => text("handle.words", { x: format(x), y: format(y) });
    this.#plane = new Plane(text("picture"), [
      { name: "a", label: text("places.handle"), words, move: place(0) },
      { name: "to", label: text("probe.handle"), words, move: place(1) },
    ]);
    this.#plane.element.classList.add("probed");
    this.#errors = new ChartBox(text("errors"), frame.chartTexts);
    this.#table = tableBox(text("table"));
    const pictures = html("div", { class: "pictures" });
    const right = html("div", {}, this.#errorTitle, this.#errors.element);
    pictures.append(html("div", {}, this.#plane.element, this.#key), right);
    frame.stage.replaceChildren(pictures, this.#table);
  }

  stop(): void {
    this.#errors.stop();
    this.#derivatives?.free();
  }

  draw(): void {
    const { state, stage, text } = this.#frame;
    const width = stage.clientWidth;
    if (width === 0) return;
    this.#take(state);
    const expansion = expand(this.#derivatives as Derivatives, this.#curve, state);
    const each = width >= wide ? Math.floor(((width - gap) * 3) / 5) : width;
    this.#drawPlane(expansion, each, Math.round(clamp(each * 0.75, 240, 380)));
    this.#errorTitle.textContent = text("errorsAt", { to: format(expansion.to) });
    this.#errors.show(this.#errorChart(expansion, width >= wide ? 300 : 220));
    this.#table.replaceChildren(orderTable(expansion, text));
    this.#frame.tell(...sentences(expansion, state, text));
    const error = format(expansion.errors[state.order] as number);
    this.#frame.say(text("status", { order: state.order, to: format(expansion.to), error }));
  }

  /** Takes another function: its derivatives, and its values over the range. */
  #take(state: State): void {
    const name = `${state.function} ${state.function === "own" ? state.formula : ""}`;
    if (name === this.#named) return;
    this.#named = name;
    this.#curve = curveOf(state);
    this.#derivatives?.free();
    this.#derivatives = new Derivatives(this.#engine, this.#curve);
    const [from, until] = this.#curve.xRange;
    const xs = Float64Array.from({ length: points }, (_, k) => from + ((until - from) * k) / (points - 1));
    const ys = this.#derivatives.values(xs);
    this.#sampled = Array.from(xs, (x, k) => [x, ys[k] as number] as const);
    this.#yRange = state.function === "own" ? rangeOf(ys) : this.#curve.yRange;
  }

  #drawPlane(expansion: Expansion, width: number, height: number): void {
    const { state, text } = this.#frame;
    const { a, to, value, derivatives, slopeStep, newtonStep, radius } = expansion;
    const { xRange } = this.#curve;
    const [low, high] = this.#yRange;
    // A value that does not exist stands at the lower edge.
    const within = (value: number): number => (Number.isNaN(value) ? low : clamp(value, low, high));
    const plane = this.#plane;
    plane.layOut(width, height, xRange, this.#yRange);
    const { x, y } = plane;
    const path = (order: number): string =>
      pathOf(this.#sampled.map(([at]) => [x(at), y(polynomial(derivatives, order, a, at))]));
    const orders = [...new Set([1, 2, state.order])];
    const classOf = (order: number): string => `${order === 1 ? "s1 dashed" : order === 2 ? "s2 dotted" : "s0"}`;
    const outside = Number.isFinite(radius)
      ? [svg("path", { class: "outside", d: outsideOf(plane, a - radius, a + radius) })]
      : [];
    const step = (to: { x: number; value: number }, model: number, how: string) =>
      !Number.isFinite(to.x + to.value)
        ? []
        : [
            svg("path", { class: `drop ${how}`, d: `M${x(to.x)} ${y(within(model))}V${y(to.value)}` }),
            svg("circle", { class: `spot ${how}`, cx: x(to.x), cy: y(to.value), r: 4.5 }),
          ];
    plane.marks.replaceChildren(
      ...outside,
      svg("path", { class: "curve function", d: pathOf(this.#sampled.map(([u, v]) => [x(u), y(v)])) }),
      ...orders.map((order) =>
        svg("path", { class: `curve ${classOf(order)}${order === state.order ? " chosen" : ""}`, d: path(order) }),
      ),
      ...step(slopeStep, polynomial(derivatives, 1, a, slopeStep.x), "s1"),
      ...step(newtonStep, polynomial(derivatives, 2, a, newtonStep.x), "s2"),
      svg("path", {
        class: "error",
        d: `M${x(to)} ${y(within(value))}V${y(within(expansion.approximations[state.order] as number))}`,
      }),
      ...axisNames(plane, "x →", "↑ f(x)"),
    );
    plane.movePoints({ a: [a, within(derivatives[0] as number)], to: [to, within(value)] });
    const key = (order: number) => ({
      look: `curve ${classOf(order)}`,
      words: text(order < 3 ? `key.${order}` : "key.order", { order }),
    });
    const hatch = { look: "outside", sign: "area" as const, words: text("key.outside") };
    const named = { look: "curve function", words: "f" };
    const entries = [named, ...orders.map(key), ...(Number.isFinite(radius) ? [hatch] : [])];
    this.#key.replaceChildren(legendOf(entries));
  }

  #errorChart({ errors }: Expansion, height: number): PlotChart | null {
    const { state, text } = this.#frame;
    if (!errors.some((error) => error >= least && Number.isFinite(error))) return null;
    const curve = errors.map((error, order) => [order, error < least ? Number.NaN : error] as const);
    const shown = errors.filter((error) => error >= least && Number.isFinite(error));
    const [low, high] = [Math.min(...shown), Math.max(...shown)];
    return plotChart([lineMark(curve, { color: 0 }), dotsMark(curve, { color: 0 }), ruleMark({ x: state.order })], {
      ...{ height, xRange: [0, errors.length - 1], yRange: [low / 2, high * 2], yScale: "log" },
      ...{ xLabel: text("axis.order"), yLabel: text("axis.error") },
    });
  }
}

/** Path through points in pixels, with gaps where one is not finite. */
function pathOf(places: readonly (readonly [number, number])[]): string {
  let d = "";
  let isOn = false;
  for (const [u, v] of places) {
    const isDrawn = Number.isFinite(u + v);
    if (isDrawn) d += `${isOn ? "L" : "M"}${u.toFixed(1)} ${clamp(v, -1e4, 1e4).toFixed(1)}`;
    isOn = isDrawn;
  }
  return d;
}

/** Both parts of the plane outside an interval of x. */
function outsideOf({ x, y, xRange: [from, until] }: Plane, low: number, high: number): string {
  const [top, bottom] = [y.positions[1], y.positions[0]];
  const part = (left: number, right: number): string =>
    left < right ? `M${x(left)} ${top}H${x(right)}V${bottom}H${x(left)}Z` : "";
  return part(from, Math.min(low, until)) + part(Math.max(high, from), until);
}

/** Range of the finite values, with room, for a user's function. */
function rangeOf(values: Float64Array): readonly [number, number] {
  const finite = Array.from(values)
    .filter(Number.isFinite)
    .sort((p, q) => p - q);
  if (finite.length === 0) return [-1, 1];
  const [low, high] = [0.02, 0.98].map((share) => finite[Math.floor(share * (finite.length - 1))] as number) as [
    number,
    number,
  ];
  const room = Math.max((high - low) * 0.4, 0.5);
  return [low - room, high + room];
}
