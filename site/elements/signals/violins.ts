// Distributions of all layers beside each other: for each layer a column whose breadth at a value is the share of values there.

import { svg } from "../kit/dom.ts";
import { format } from "../kit/numbers.ts";
import type { Signal } from "./run.ts";

const margin = { top: 22, right: 6, bottom: 34, left: 34 };
const height = 196;
/** Share of the values in one bin from which on it fills the whole breadth. */
const fullShare = 0.5;

/** Outline of a column around x; roots of the shares, so that rare values show as well. */
function columnPath(shares: readonly number[], x: number, half: number, y: (edge: number) => number): string {
  const breadth = (share: number): number =>
    share > 0 ? Math.max(0.5, half * Math.sqrt(Math.min(share / fullShare, 1))) : 0;
  const bars = shares.map((share, k) => {
    const b = breadth(share);
    return b > 0
      ? `M${(x - b).toFixed(1)} ${y(k).toFixed(1)}H${(x + b).toFixed(1)}V${y(k + 1).toFixed(1)}H${(x - b).toFixed(1)}Z`
      : "";
  });
  return bars.join("");
}

export class Violins {
  readonly element: SVGSVGElement;
  readonly #label: string;
  readonly #axis: string;

  /** `label` is the name and heading, `axis` the words below the layers, `look` the class of the color. */
  constructor(
    label: string,
    axis: string,
    readonly look: string,
  ) {
    this.#label = label;
    this.#axis = axis;
    this.element = svg("svg", { class: "violins", role: "img", "aria-label": label });
  }

  draw(width: number, signals: readonly Signal[], [from, to]: readonly [number, number]): void {
    const { top, right, bottom, left } = margin;
    const [innerWidth, innerHeight] = [width - left - right, height - top - bottom];
    const step = innerWidth / signals.length;
    const middle = (k: number): number => left + (k + 0.5) * step;
    const bins = signals[0]?.shares.length ?? 1;
    const y = (edge: number): number => top + innerHeight * (1 - edge / bins);
    const at = (value: number): number => top + innerHeight * (1 - (value - from) / (to - from));
    const every = Math.ceil(18 / step);
    const center = (from + to) / 2;
    const ticks = [from, center, to].map((value) =>
      svg("text", { x: left - 6, y: at(value) + 4, "text-anchor": "end" }, format(value)),
    );
    const numbers = signals.flatMap((_, k) =>
      k === 0 || (k + 1) % every === 0
        ? [svg("text", { x: middle(k), y: height - bottom + 15, "text-anchor": "middle" }, String(k + 1))]
        : [],
    );
    const columns = signals.map(({ shares }, k) =>
      svg("path", { class: this.look, d: columnPath(shares, middle(k), 0.46 * step, y) }),
    );
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.element.setAttribute(name, String(value));
    this.element.replaceChildren(
      svg("text", { class: "heading", x: left, y: 14 }, this.#label),
      svg("path", { class: "grid", d: `M${left} ${at(center)}H${width - right}` }),
      ...columns,
      svg("rect", { class: "frame", x: left, y: top, width: innerWidth, height: innerHeight }),
      ...ticks,
      ...numbers,
      svg("text", { x: left + innerWidth / 2, y: height - 4, "text-anchor": "middle" }, this.#axis),
    );
  }
}
