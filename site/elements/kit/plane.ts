// A plane of two variables: level sets, axes, curves that can be drawn up to any of their points, and handles that are dragged
// or moved by arrow keys.

import { contours } from "d3-contour";
import { svg } from "./dom.ts";
import { clamp, format, linearScale, type Scale, ticks } from "./numbers.ts";
import { bands } from "./style.ts";

export type Range = readonly [from: number, to: number];

const margin = { top: 8, right: 10, bottom: 26, left: 40 };

/** A grid of values [rows, columns], rows from the least y on. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly values: ArrayLike<number>;
}

/** Outlines of the regions above quantiles of the values, which are closer together where the values are low. */
function abovePaths({ columns, rows, values }: Grid): string[] {
  const finite = Float64Array.from(values).filter(Number.isFinite).sort();
  const highest = finite.at(-1) ?? 0;
  const filledIn = Array.from(values, (value) => (Number.isFinite(value) ? value : highest));
  const at = (share: number): number => finite[Math.min(finite.length - 1, Math.floor(share * finite.length))] ?? 0;
  const thresholds = Array.from({ length: bands - 1 }, (_, k) => at(((k + 1) / bands) ** 1.8));
  const shapes = contours().size([columns, rows]).smooth(true);
  return thresholds.map((threshold) => {
    const { coordinates } = shapes.contour(filledIn, threshold);
    return coordinates
      .flatMap((polygon) =>
        polygon.map((ring) => `M${ring.map(([x = 0, y = 0]) => `${x.toFixed(2)} ${y.toFixed(2)}`).join("L")}Z`),
      )
      .join("");
  });
}

/** Points of a curve as a path, with the length of its text up to each point. */
export class Trail {
  readonly #text: string;
  readonly #ends: Uint32Array;
  readonly #places: readonly (readonly [number, number])[];

  /** `places` are in pixels; they end where one is not finite. */
  constructor(places: Iterable<readonly [number, number]>) {
    let text = "";
    const ends: number[] = [];
    const kept: (readonly [number, number])[] = [];
    for (const [x, y] of places) {
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
  move(point: readonly [number, number]): void;
}

/** Words for a point, which a handle gives to screen readers. */
export const pointWords = ([x, y]: readonly [number, number]): string => `x ${format(x)}, y ${format(y)}`;

export class Plane {
  readonly element = svg("svg", { class: "plane" });
  readonly #levels = svg("g", { class: "levels" });
  readonly #axes = svg("g", { class: "axes", "aria-hidden": "true" });
  /** Curves and marks, which are cut off at the plane's edge. */
  readonly marks = svg("g", { class: "marks" });
  readonly #handles = svg("g", { class: "handles" });
  readonly #clip: SVGRectElement;
  #grid: Grid | null = null;
  #point: Readonly<Record<string, readonly [number, number]>> = {};
  readonly #circles = new Map<string, SVGCircleElement>();
  x: Scale = (value) => value;
  y: Scale = (value) => value;
  xRange: Range = [0, 1];
  yRange: Range = [0, 1];
  #width = 0;
  #height = 0;

  constructor(label: string, handles: readonly Handle[] = []) {
    this.#clip = svg("rect");
    const id = "inside";
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
    [this.#width, this.#height, this.xRange, this.yRange] = [width, height, xRange, yRange];
    const { top, right, bottom, left } = margin;
    const [innerRight, innerBottom] = [width - right, height - bottom];
    this.x = linearScale(xRange, [left, innerRight]);
    this.y = linearScale(yRange, [innerBottom, top]);
    const inner = { x: left, y: top, width: innerRight - left, height: innerBottom - top };
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` }))
      this.element.setAttribute(name, String(value));
    for (const [name, value] of Object.entries(inner)) this.#clip.setAttribute(name, String(value));
    this.#axes.replaceChildren(
      ...ticks(...xRange, width < 400 ? 4 : 6).map((tick) =>
        svg("text", { x: this.x(tick), y: innerBottom + 17, "text-anchor": "middle" }, format(tick)),
      ),
      ...ticks(...yRange, 5).map((tick) =>
        svg("text", { x: left - 6, y: this.y(tick) + 4, "text-anchor": "end" }, format(tick)),
      ),
      svg("rect", { class: "frame", ...inner }),
    );
    this.#scaleLevels();
    this.movePoints(this.#point);
  }

  /** Draws level sets of a grid that covers the ranges; once for each function, as it takes long. */
  setLevels(grid: Grid): void {
    this.#grid = grid;
    const lowest = svg("rect", { class: "band0", width: grid.columns, height: grid.rows });
    const above = abovePaths(grid).map((d, k) => svg("path", { class: `band${k + 1}`, d }));
    this.#levels.replaceChildren(lowest, ...above);
    this.#scaleLevels();
  }

  #scaleLevels(): void {
    if (!this.#grid) return;
    const { columns, rows } = this.#grid;
    const { top, right, bottom, left } = margin;
    // Centers of the outer cells lie on the frame.
    const [sx, sy] = [(this.#width - left - right) / (columns - 1), (this.#height - top - bottom) / (rows - 1)];
    const [tx, ty] = [left - sx / 2, this.#height - bottom + sy / 2];
    this.#levels.setAttribute("transform", `translate(${tx} ${ty}) scale(${sx} ${-sy})`);
  }

  movePoints(points: Readonly<Record<string, readonly [number, number]>>): void {
    this.#point = points;
    for (const [name, point] of Object.entries(points)) {
      const circle = this.#circles.get(name);
      if (!circle) continue;
      circle.setAttribute("cx", String(this.x(point[0])));
      circle.setAttribute("cy", String(this.y(point[1])));
      circle.setAttribute("aria-valuemin", String(this.xRange[0]));
      circle.setAttribute("aria-valuemax", String(this.xRange[1]));
      circle.setAttribute("aria-valuenow", String(point[0]));
      circle.setAttribute("aria-valuetext", pointWords(point));
    }
  }

  /** Point of the plane under a pointer, within the ranges. */
  #placeOf({ clientX, clientY }: MouseEvent): [number, number] {
    const box = this.element.getBoundingClientRect();
    const { top, right, bottom, left } = margin;
    const share = (pixel: number, from: number, to: number): number => clamp((pixel - from) / (to - from), 0, 1);
    const [x0, x1] = this.xRange;
    const [y0, y1] = this.yRange;
    const scale = this.#width / box.width;
    const u = share((clientX - box.left) * scale, left, this.#width - right);
    const v = share((clientY - box.top) * scale, this.#height - bottom, top);
    return [rounded(x0 + u * (x1 - x0), x1 - x0), rounded(y0 + v * (y1 - y0), y1 - y0)];
  }

  #addHandle({ name, label, move }: Handle): void {
    const circle = svg("circle", { class: "handle", r: 8, role: "slider", tabindex: 0, "aria-label": label });
    this.#circles.set(name, circle);
    this.#handles.append(circle);
    circle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      circle.focus();
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
      move([rounded(x + dx * share * width, width), rounded(y + dy * share * height, height)]);
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
