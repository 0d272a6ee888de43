// The picture of φ(a) = f(x + a d): the curve, its tangent at 0, Armijo's line, where the conditions hold, and the trials.

import { svg } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";
import { Plane } from "../kit/plane.ts";
import { constantsOf, firstOf, type State } from "./controls.ts";
import { conditions, type Line, type Searched } from "./line.ts";
import { hasOne, type Start } from "./words.ts";

const points = 401;
/** Height of the strips that show where each condition holds, in pixels. */
const strip = 7;

export class Profile {
  readonly plane: Plane;

  constructor(label: string) {
    this.plane = new Plane(label);
  }

  /** Step up to which φ is drawn: beyond all trials, but so that the accepted one can be seen. */
  #reach(searched: Searched | null, first: number): number {
    const { trials = [], found = false } = searched ?? {};
    const beyond = 1.25 * Math.max(first, ...trials.map(({ step }) => step));
    const last = trials.at(-1);
    return found && last ? Math.min(beyond, 6 * last.step) : beyond;
  }

  draw(
    line: Line,
    start: Start,
    searched: Searched | null,
    state: State,
    [width, height]: readonly [number, number],
  ): void {
    const reach = this.#reach(searched, firstOf(state));
    const steps = Float64Array.from({ length: points }, (_, k) => (k / (points - 1)) * reach);
    const values = line.values(steps);
    const { plane } = this;
    plane.layOut(width, height, [0, reach], rangeOf(values, start, searched !== null));
    const { x, y } = plane;
    const across = (share: number, how: string): SVGPathElement => {
      const end = y(start.value + share * start.slope * reach);
      return svg("path", {
        class: `curve ${how}`,
        d: `M${x(0)} ${y(start.value)}L${x(reach)} ${clamp(end, -1e4, 1e4)}`,
      });
    };
    const { decrease } = constantsOf(state);
    const isSearched = searched !== null && Number.isFinite(start.value + start.slope);
    const shares = [
      ...(isSearched && state.search !== "exact" ? [decrease] : []),
      ...(isSearched && state.search === "goldstein" ? [1 - decrease] : []),
    ];
    plane.marks.replaceChildren(
      ...(isSearched ? this.#regions(state, start, steps, values, line.slopes(steps)) : []),
      ...(Number.isFinite(start.value + start.slope) ? [across(1, "tangent")] : []),
      ...shares.map((share) => across(share, "armijo")),
      svg("path", { class: "curve s0", d: this.#curve(steps, values) }),
      ...(searched ? this.#trials(searched) : []),
    );
  }

  #curve(steps: Float64Array, values: Float64Array): string {
    const { x, y } = this.plane;
    let d = "";
    let isOn = false;
    for (const [k, value] of values.entries()) {
      const isDrawn = Number.isFinite(value);
      if (isDrawn)
        d += `${isOn ? "L" : "M"}${x(steps[k] as number).toFixed(1)} ${clamp(y(value), -1e4, 1e4).toFixed(1)}`;
      isOn = isDrawn;
    }
    return d;
  }

  /** Draws where the conditions hold: strips at the lower edge for each, and the whole height for all. */
  #regions(state: State, start: Start, steps: Float64Array, values: Float64Array, slopes: Float64Array): SVGElement[] {
    const [bottom, top] = this.plane.y.positions;
    const held = Array.from(values, (value, k) =>
      conditions(state, start, steps[k] as number, value, slopes[k] as number),
    );
    const bars = (how: string, from: number, until: number, holds: readonly boolean[]): SVGPathElement => {
      const d = runsOf(holds).map(([a, b]) => this.#bar(steps, a, b, from, until));
      return svg("path", { class: how, d: d.join("") });
    };
    const decrease = held.map((each) => each.decrease);
    const other = held.map((each) => each.other);
    return [
      bars(
        "accepted",
        top,
        bottom,
        held.map((each) => each.decrease && each.other),
      ),
      bars("decrease", bottom - strip, bottom, decrease),
      ...(hasOne(state) ? [] : [bars("other", bottom - 2 * strip - 1, bottom - strip - 1, other)]),
    ];
  }

  /** Points of the trials with their numbers, in turn above and below. */
  #trials({ trials, found }: Searched): SVGElement[] {
    const { x, y, yRange } = this.plane;
    const [low, high] = yRange;
    const top = y.positions[1];
    return trials.flatMap(({ step, value }, k) => {
      if (step > this.plane.xRange[1]) return [];
      const isLast = found && k === trials.length - 1;
      const [cx, cy] = [x(step), y(Number.isFinite(value) ? clamp(value, low, high) : high)];
      const isAbove = k % 2 === 0 && cy - top > 24;
      const place = { x: cx, y: isAbove ? cy - 9 : cy + 20, "text-anchor": "middle" };
      return [
        svg("circle", { class: isLast ? "trial last" : "trial", cx, cy, r: 5 }),
        svg("text", { class: "number-mark", ...place }, String(k + 1)),
      ];
    });
  }

  /** A bar over the steps from one index to another. */
  #bar(steps: Float64Array, from: number, until: number, top: number, bottom: number): string {
    const { x } = this.plane;
    const [left, right] = [x(steps[from] as number), x(steps[until] as number)];
    return `M${left.toFixed(1)} ${top}H${Math.max(right, left + 1).toFixed(1)}V${bottom}H${left.toFixed(1)}Z`;
  }
}

/** Runs of true, as indices of their first and last; the step 0 counts for none. */
function runsOf(holds: readonly boolean[]): (readonly [number, number])[] {
  const runs: (readonly [number, number])[] = [];
  let from = -1;
  for (let k = 1; k <= holds.length; k++) {
    if (holds[k] && from < 0) from = k;
    if (!holds[k] && from >= 0) {
      runs.push([from, k - 1]);
      from = -1;
    }
  }
  return runs;
}

/** Range of values that shows the start and the lowest part well: what rises far above is cut off. */
function rangeOf(values: Float64Array, { value }: Start, falls: boolean): readonly [number, number] {
  const finite = Array.from(values).filter(Number.isFinite);
  if (finite.length === 0 || !Number.isFinite(value)) return [-1, 1];
  const low = Math.min(value, ...finite);
  const fall = Math.max(value - low, 1e-9 * Math.max(1, Math.abs(value)));
  const most = Math.max(...finite);
  const high = falls ? Math.min(most, value + 1.5 * fall) : most;
  const room = 0.12 * Math.max(high - low, 1e-9);
  return [low - 1.8 * room, Math.max(high, value) + room];
}
