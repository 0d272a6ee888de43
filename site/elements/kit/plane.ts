// A plane of two variables: level sets, axes, curves that can be drawn up to any of their points, and handles that are dragged
// or moved by arrow keys.

import { contourLevels, contourRegion, type PlotLattice, type PlotScale, plotScale } from "thalweg/plot";
import { setAttributes, svg } from "./dom.ts";
import { clamp, format } from "./numbers.ts";
import { bands } from "./style.ts";

export type Range = readonly [from: number, to: number];

const margin = { top: 8, right: 10, bottom: 26, left: 40 };

/** Outlines of the regions above levels between which equal areas lie, in the units of the plane. */
function regionPaths(lattice: PlotLattice): string[] {
  const digits = (value: number): string => String(Number(value.toPrecision(5)));
  return contourLevels(lattice, bands - 1).map((level) =>
    contourRegion(lattice, level)
      .map((ring) => `M${ring.map(([x, y]) => `${digits(x)} ${digits(y)}`).join("L")}Z`)
      .join(""),
  );
}

/** Points of a curve as a path, with the length of its text up to each point. */
export class Trail {
  readonly #text: string;
  readonly #ends: Uint32Array;
  readonly #places: readonly (readonly [number, number])[];

  /** `place` returns a point in pixels; the curve ends where one is not finite. */
  constructor(points: number, place: (k: number) => readonly [number, number]) {
    let text = "";
    const ends: number[] = [];
    const kept: (readonly [number, number])[] = [];
    for (let k = 0; k < points; k++) {
      const [x, y] = place(k);
      if (!Number.isFinite(x + y)) break;
      const [px, py] = [clamp(x, -1e4, 1e4), clamp(y, -1e4, 1e4)];
      text += `${text === "" ? "M" : "L"}${px.toFixed(1)} ${py.toFixed(1)}`;
      ends.push(text.length);
      kept.push([px, py]);
    }
    this.#text = text;
    this.#ends = Uint32Array.from(ends);
    this.#places = kept;
  }

  upTo(k: number): string {
    return this.#text.slice(0, this.#ends[Math.min(k, this.#ends.length - 1)] ?? 0);
  }

  at(k: number): readonly [number, number] | undefined {
    return this.#places[Math.min(k, this.#places.length - 1)];
  }
}

export interface Handle {
  readonly name: string;
  readonly label: string;
  /** Words for its place; default the coordinates x and y. */
  readonly words?: (point: readonly [number, number]) => string;
  move(point: readonly [number, number]): void;
}

/** Words for a point, which a handle gives to screen readers. */
export const pointWords = ([x, y]: readonly [number, number]): string => `x ${format(x)}, y ${format(y)}`;

/** Planes so far: each cuts its marks off by an outline with a name of its own. */
let planes = 0;

export class Plane {
  readonly element = svg("svg", { class: "plane" });
  readonly #levels = svg("g", { class: "levels" });
  readonly #axes = svg("g", { class: "axes", "aria-hidden": "true" });
  /** Curves and marks, which are cut off at the plane's edge. */
  readonly marks = svg("g", { class: "marks" });
  readonly #handles = svg("g", { class: "handles" });
  readonly #clip: SVGRectElement;
  #point: Readonly<Record<string, readonly [number, number]>> = {};
  readonly #circles = new Map<string, SVGCircleElement>();
  readonly #words = new Map<string, NonNullable<Handle["words"]>>();
  x: PlotScale = plotScale("linear", [0, 1], [0, 1]);
  y: PlotScale = plotScale("linear", [0, 1], [1, 0]);
  xRange: Range = [0, 1];
  yRange: Range = [0, 1];
  #width = 0;

  constructor(label: string, handles: readonly Handle[] = []) {
    this.#clip = svg("rect");
    const id = `inside-${++planes}`;
    const inside = { "clip-path": `url(#${id})` };
    this.element.append(
      svg("title", {}, label),
      svg("defs", {}, svg("clipPath", { id }, this.#clip)),
      svg("g", inside, this.#levels),
      this.#axes,
      svg("g", inside, this.marks),
      this.#handles,
    );
    for (const handle of handles) this.#addHandle(handle);
    this.element.addEventListener("click", (event) => {
      // A click on the plane moves its only handle there.
      if (handles.length === 1 && event.target !== this.#circles.get(handles[0]!.name))
        handles[0]!.move(this.#placeOf(event));
    });
  }

  /** Draws frame and ticks for a size in pixels and the ranges of the axes. */
  layOut(width: number, height: number, xRange: Range, yRange: Range): void {
    [this.#width, this.xRange, this.yRange] = [width, xRange, yRange];
    const { top, right, bottom, left } = margin;
    const [innerRight, innerBottom] = [width - right, height - bottom];
    this.x = plotScale("linear", xRange, [left, innerRight]);
    this.y = plotScale("linear", yRange, [innerBottom, top]);
    const inner = { x: left, y: top, width: innerRight - left, height: innerBottom - top };
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.element.setAttribute(name, String(value));
    for (const [name, value] of Object.entries(inner)) this.#clip.setAttribute(name, String(value));
    this.#axes.replaceChildren(
      ...this.x.ticks.map(({ at, text }) => svg("text", { x: at, y: innerBottom + 17, "text-anchor": "middle" }, text)),
      ...this.y.ticks.map(({ at, text }) => svg("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, text)),
      svg("rect", { class: "frame", ...inner }),
    );
    this.#scaleLevels();
    this.movePoints(this.#point);
  }

  /** Draws level sets of a function; once for each function, as it takes long. */
  setLevels(lattice: PlotLattice): void {
    const [x, x1] = lattice.xRange;
    const [y, y1] = lattice.yRange;
    const lowest = svg("rect", { class: "band0", x, y, width: x1 - x, height: y1 - y });
    const above = regionPaths(lattice).map((d, k) => svg("path", { class: `band${k + 1}`, d, "fill-rule": "evenodd" }));
    this.#levels.replaceChildren(lowest, ...above);
  }

  /** Level sets are in the units of the plane, and only scaled when the size changes. */
  #scaleLevels(): void {
    const [sx, sy] = [this.x(1) - this.x(0), this.y(1) - this.y(0)];
    this.#levels.setAttribute("transform", `translate(${this.x(0)} ${this.y(0)}) scale(${sx} ${sy})`);
  }

  /** Puts handles at their points; those without one are not shown. */
  movePoints(points: Readonly<Record<string, readonly [number, number]>>): void {
    this.#point = points;
    for (const [name, circle] of this.#circles) {
      const point = points[name];
      setAttributes(circle, { display: point ? null : "none" });
      if (!point) continue;
      circle.setAttribute("cx", String(this.x(point[0])));
      circle.setAttribute("cy", String(this.y(point[1])));
      circle.setAttribute("aria-valuemin", String(this.xRange[0]));
      circle.setAttribute("aria-valuemax", String(this.xRange[1]));
      circle.setAttribute("aria-valuenow", String(point[0]));
      circle.setAttribute("aria-valuetext", (this.#words.get(name) ?? pointWords)(point));
    }
  }

  /** Point of the plane under a pointer, within the ranges. */
  #placeOf({ clientX, clientY }: MouseEvent): [number, number] {
    const box = this.element.getBoundingClientRect();
    const scale = this.#width / box.width;
    const within = (value: number, [from, to]: Range): number => rounded(clamp(value, from, to), to - from);
    return [
      within(this.x.invert((clientX - box.left) * scale), this.xRange),
      within(this.y.invert((clientY - box.top) * scale), this.yRange),
    ];
  }

  #addHandle({ name, label, words = pointWords, move }: Handle): void {
    this.#words.set(name, words);
    const circle = svg("circle", {
      ...{ class: "handle", r: 8, role: "slider", tabindex: 0 },
      ...{ "aria-label": label, "aria-valuenow": 0 }, // until it is drawn
    });
    this.#circles.set(name, circle);
    this.#handles.append(circle);
    circle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      circle.focus({ preventScroll: true }); // the page must not move under the pointer
      circle.setPointerCapture(event.pointerId);
    });
    circle.addEventListener("pointermove", (event) => {
      if (circle.hasPointerCapture(event.pointerId)) move(this.#placeOf(event));
    });
    circle.addEventListener("keydown", (event) => {
      const [dx, dy] = arrows[event.key] ?? [0, 0];
      if (dx === 0 && dy === 0) return;
      event.preventDefault();
      const share = event.shiftKey ? 0.1 : 0.01;
      const [x, y] = this.#point[name] as readonly [number, number];
      const [width, height] = [this.xRange[1] - this.xRange[0], this.yRange[1] - this.yRange[0]];
      const place = [rounded(x + dx * share * width, width), rounded(y + dy * share * height, height)] as const;
      // The next key may come before the point is drawn.
      this.#point = { ...this.#point, [name]: place };
      move(place);
    });
  }
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Rounds to a thousandth of the range's power of ten, so that addresses and words stay short. */
function rounded(value: number, range: number): number {
  const unit = 10 ** (3 - Math.floor(Math.log10(range)));
  return Math.round(value * unit) / unit;
}
