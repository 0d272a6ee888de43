// The curve of a schedule on a plane, with handles at what it is composed of.

import { type Engine, type Schedule, scheduleValues } from "thalweg";
import { axisNames } from "../kit/axisNames.ts";
import { svg } from "../kit/dom.ts";
import { clamp, format } from "../kit/numbers.ts";
import { type Handle, Plane } from "../kit/plane.ts";
import type { Frame } from "../kit.ts";
import { milestonesOf, turnOf, warmOf } from "./compose.ts";
import { type controls, epochSteps, type State, stepsOf, withCycle, withEnd } from "./controls.ts";

type Point = readonly [number, number];
type Changes = Parameters<Frame<typeof controls>["set"]>[0];

/** h(0), h(1), …, h(T) in updates. */
export function valuesOf(engine: Engine, schedule: Schedule, state: State): Float64Array {
  return scheduleValues(engine, schedule, stepsOf(state) + 1, { stepsPerEpoch: epochSteps });
}

const rateStep = (value: number): number => Math.round(1000 * clamp(value, 0, 1)) / 1000;

/** Place from which cycles are counted. */
const cycleBegin = (state: State): number => (withCycle.includes(state.kind) ? warmOf(state) : turnOf(state));

export class Curve {
  readonly plane: Plane;
  readonly #frame: Frame<typeof controls>;
  readonly #line = svg("path", { class: "curve s0" });
  readonly #now = svg("path", { class: "now" });
  readonly #head = svg("circle", { class: "head f0", r: 5 });
  #top = 1;
  #isHeld = false;

  constructor(frame: Frame<typeof controls>) {
    this.#frame = frame;
    const handle = (name: string, change: (point: Point) => Changes): Handle => ({
      name,
      label: frame.text(`handle.${name}`),
      words: ([x, y]) => frame.text(`handle.words.${frame.state.unit}`, { x: format(x, 5), y: format(y) }),
      move: (point) => frame.set(change(point)),
    });
    this.plane = new Plane(frame.text("curve"), [
      handle("peak", ([x, y]) => {
        const { kind, length } = frame.state;
        const place = kind === "oneCycle" ? { up: Math.round((100 * x) / length) / 100 } : { warm: Math.round(x) };
        return { ...place, rate: Math.max(0.01, rateStep(y)) };
      }),
      handle("first", ([x]) => ({ first: Math.round(x) })),
      handle("second", ([x]) => ({ second: Math.round(x) })),
      handle("third", ([x]) => ({ third: Math.round(x) })),
      handle("cycle", ([x]) => ({ cycle: Math.max(1, Math.round(x) - cycleBegin(frame.state)) })),
      handle("hold", ([x]) => ({ hold: Math.max(1, Math.round(x) - warmOf(frame.state)) })),
      handle("turn", ([x, y]) => ({ turn: Math.round(x), middle: rateStep(y) })),
      handle("end", ([, y]) => ({ end: rateStep(y) })),
    ]);
    const { element } = this.plane;
    element.addEventListener("gotpointercapture", () => {
      this.#isHeld = true;
    });
    element.addEventListener("lostpointercapture", () => {
      this.#isHeld = false;
      frame.redraw();
    });
  }

  /** Draws curve and handles. */
  draw(width: number, height: number, values: Float64Array): void {
    const { state, text } = this.#frame;
    const { length } = state;
    // The axis rests while a handle is dragged.
    const needed = 1.2 * Math.max(state.rate, state.middle, state.end);
    if (!this.#isHeld) this.#top = [0.05, 0.1, 0.2, 0.4, 0.6, 0.8].find((value) => value >= needed) ?? 1;
    this.plane.layOut(width, height, [0, length], [0, this.#top]);
    this.#line.setAttribute("d", this.#path(values));
    const names = axisNames(this.plane, text(`axis.${state.unit}`), "");
    this.plane.marks.replaceChildren(...names, this.#line, this.#now, this.#head);
    this.plane.movePoints(this.#points(values));
  }

  /** At most two points a pixel; epochs hold their value to their end. */
  #path(values: Float64Array): string {
    const { unit, length } = this.#frame.state;
    const { x, y } = this.plane;
    const at = (t: number, value: number): string => `${x(t).toFixed(1)} ${y(value).toFixed(1)}`;
    if (unit === "epoch")
      return `M${Array.from({ length }, (_, k) => {
        const value = values[k * epochSteps] as number;
        return `${at(k, value)}L${at(k + 1, value)}`;
      }).join("L")}`;
    const every = Math.max(1, Math.floor(length / 1000));
    const points: string[] = [];
    for (let t = 0; t <= length; t += every) points.push(at(t, values[t] as number));
    return `M${points.join("L")}`;
  }

  /** Handles of what the schedule is composed of. */
  #points(values: Float64Array): Record<string, Point> {
    const { state } = this.#frame;
    const { kind, after, length, rate, end, middle } = state;
    const value = (t: number): number =>
      values[Math.min(t * (state.unit === "epoch" ? epochSteps : 1), values.length - 1)] as number;
    const warm = warmOf(state);
    const points: Record<string, Point> = {};
    if (kind === "oneCycle") points.peak = [Math.round(state.up * length), rate];
    else points.peak = [warm, rate];
    if (kind === "multiStep") {
      const places = milestonesOf(state, 0);
      for (const [k, name] of ["first", "second", "third"].entries())
        if (places[k] !== undefined) points[name] = [state[name as "first"], value(state[name as "first"])];
    }
    if (withCycle.includes(kind) || withCycle.includes(after)) {
      const place = Math.min(cycleBegin(state) + state.cycle, length);
      points.cycle = [place, value(place)];
    }
    if (kind === "inverseRoot") points.hold = [Math.min(warm + state.hold, length), rate];
    if (after !== "none") points.turn = [turnOf(state), middle];
    if (withEnd.includes(after === "none" ? kind : after)) points.end = [length, end];
    return points;
  }

  /** Marks a step. */
  mark(at: number, values: Float64Array): void {
    const { unit } = this.#frame.state;
    const { x, y, yRange } = this.plane;
    const [left, level] = [
      x(unit === "epoch" ? at / epochSteps : at),
      y(values[Math.min(at, values.length - 1)] as number),
    ];
    this.#now.setAttribute("d", `M${left} ${y(yRange[0])}V${y(yRange[1])}`);
    this.#head.setAttribute("cx", String(left));
    this.#head.setAttribute("cy", String(level));
  }
}
