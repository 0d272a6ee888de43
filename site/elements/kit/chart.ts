// Curves over steps, on a linear or logarithmic axis, drawn up to any step.

import { svg } from "./dom.ts";
import { format, linearScale, logScale, logTicks, type Scale, ticks } from "./numbers.ts";

const margin = { top: 8, right: 12, bottom: 40, left: 52 };

export interface Axes {
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  readonly values: readonly [from: number, to: number];
  readonly logarithmic: boolean;
  readonly xLabel: string;
  readonly yLabel: string;
}

export class Chart {
  readonly element = svg("svg", { class: "chart" });
  readonly #axes = svg("g", { "aria-hidden": "true" });
  readonly #clip = svg("rect");
  readonly marks: SVGGElement;
  readonly #cursor = svg("line", { class: "grid" });
  x: Scale = (value) => value;
  y: Scale = (value) => value;
  #bottom = 0;

  constructor(readonly label: string) {
    this.marks = svg("g", { "clip-path": "url(#chart)" });
    this.element.append(
      svg("title", {}, label),
      svg("defs", {}, svg("clipPath", { id: "chart" }, this.#clip)),
      this.#axes,
      this.#cursor,
      this.marks,
    );
  }

  layOut({ width, height, steps, values, logarithmic, xLabel, yLabel }: Axes): void {
    const { top, right, bottom, left } = margin;
    const [innerRight, innerBottom] = [width - right, height - bottom];
    this.#bottom = innerBottom;
    this.x = linearScale([0, steps], [left, innerRight]);
    this.y = (logarithmic ? logScale : linearScale)(values, [innerBottom, top]);
    const inner = { x: left, y: top, width: innerRight - left, height: innerBottom - top };
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.element.setAttribute(name, String(value));
    for (const [name, value] of Object.entries(inner)) this.#clip.setAttribute(name, String(value));
    const yTicks = logarithmic ? logTicks(...values, 6) : ticks(...values, 5);
    this.#axes.replaceChildren(
      ...yTicks.flatMap((tick) => [
        svg("line", { class: "grid", x1: left, x2: innerRight, y1: this.y(tick), y2: this.y(tick) }),
        svg("text", { x: left - 6, y: this.y(tick) + 4, "text-anchor": "end" }, format(tick)),
      ]),
      ...ticks(0, steps, 5).map((tick) =>
        svg("text", { x: this.x(tick), y: innerBottom + 17, "text-anchor": "middle" }, format(tick)),
      ),
      svg("text", { x: (left + innerRight) / 2, y: height - 6, "text-anchor": "middle" }, xLabel),
      svg("text", { x: innerRight - 6, y: top + 14, "text-anchor": "end" }, yLabel),
      svg("rect", { class: "frame", ...inner }),
    );
  }

  /** Moves the line that marks a step. */
  mark(step: number): void {
    const x = this.x(step);
    for (const [name, value] of Object.entries({ x1: x, x2: x, y1: margin.top, y2: this.#bottom }))
      this.#cursor.setAttribute(name, String(value));
  }
}
