// The plane: what the model gives everywhere as shading, the borders between classes as lines, the samples as marks, and a cursor
// that adds and erases points.

import { contourLines } from "thalweg/plot";
import { html, svg } from "../kit/dom.ts";
import { Plane } from "../kit/plane.ts";
import type { Data } from "./data.ts";
import { columnOf, latticeWith, leadOf, type Sheet, side } from "./lattice.ts";
import { marksOf } from "./marks.ts";
import { type Palette, writeClasses, writeValue } from "./palette.ts";
import { planeReach } from "./shapes.ts";

/** A line a x + b y + c = 0. */
export type Line = readonly [a: number, b: number, c: number];

const range = [-planeReach, planeReach] as const;
/** Pixels that a pointer may move for a press to be a click. */
const still = 4;

interface Pen {
  add(point: readonly [number, number]): void;
  erase(point: readonly [number, number]): void;
}

export class PlaneMap {
  readonly element = html("div", { class: "map" });
  readonly #plane: Plane;
  readonly #canvas = html("canvas", { "aria-hidden": "true" });
  readonly #small = html("canvas", { width: side, height: side });
  readonly #lines = svg("g");
  readonly #marks = svg("g");
  #cursor: readonly [number, number] = [0, 0];

  constructor(label: string, cursor: string, pen: Pen) {
    const move = (point: readonly [number, number]): void => {
      this.#cursor = point;
      this.#plane.movePoints({ cursor: point });
    };
    this.#plane = new Plane(label, [{ name: "cursor", label: cursor, move }]);
    this.#plane.marks.append(this.#marks, this.#lines);
    this.element.append(this.#canvas, this.#plane.element);
    this.#listen(pen);
  }

  #listen(pen: Pen): void {
    const { element } = this.#plane;
    let from: readonly [number, number] = [0, 0];
    element.addEventListener("pointerdown", ({ clientX, clientY }) => {
      from = [clientX, clientY];
    });
    element.addEventListener("click", ({ clientX, clientY }) => {
      // The plane has moved the cursor here.
      if (Math.hypot(clientX - from[0], clientY - from[1]) <= still) pen.add(this.#cursor);
    });
    element.addEventListener("keydown", (event) => {
      const act = { Enter: pen.add, " ": pen.add, Delete: pen.erase, Backspace: pen.erase }[event.key];
      if (!act) return;
      event.preventDefault();
      act(this.#cursor);
    });
  }

  layOut(width: number, height: number): void {
    this.#plane.layOut(width, height, range, range);
    this.#plane.movePoints({ cursor: this.#cursor });
    const { x, y } = this.#plane;
    const [left, top] = [x(-planeReach), y(planeReach)];
    const [w, h] = [x(planeReach) - left, y(-planeReach) - top];
    const ratio = Math.min(2, devicePixelRatio);
    Object.assign(this.#canvas, { width: Math.round(w * ratio), height: Math.round(h * ratio) });
    Object.assign(this.#canvas.style, { left: `${left}px`, top: `${top}px`, width: `${w}px`, height: `${h}px` });
  }

  setSamples(data: Data): void {
    const { x, y } = this.#plane;
    this.#marks.replaceChildren(...marksOf(data, x, y));
  }

  /** Paints a sheet: probabilities of classes, or a column of values. */
  paint(palette: Palette, sheet: Sheet, column: number | null, scale: number): void {
    const { values, columns, middle } = sheet;
    paintSmall(this.#small, side, 1, (out, at, k) => {
      if (column === null && columns > 1) writeClasses(palette, out, at, values, k * columns, columns);
      else writeValue(palette, out, at, ((values[k * columns + (column ?? 0)] as number) - middle) / scale);
    });
    const context = this.#canvas.getContext("2d") as CanvasRenderingContext2D;
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    // The outermost points of the grid lie on the edge of the plane, and a pixel's place is its middle.
    const within = side - 1;
    context.drawImage(this.#small, 0.5, 0.5, within, within, 0, 0, this.#canvas.width, this.#canvas.height);
  }

  /** Draws the borders of a sheet, and lines: those between two classes, or those that units draw. */
  drawLines(sheet: Sheet, column: number | null, lines: readonly Line[]): void {
    const { x, y } = this.#plane;
    const fields =
      column !== null || sheet.columns === 1
        ? [columnOf(sheet, column ?? 0)]
        : Array.from({ length: sheet.columns === 2 ? 1 : sheet.columns }, (_, kind) => leadOf(sheet, kind));
    const d = fields.flatMap((values) =>
      contourLines(latticeWith(values), 0).map(
        (line) => `M${line.map(([px, py]) => `${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("L")}`,
      ),
    );
    const cuts = lines.flatMap((line) => {
      const ends = endsOf(line);
      return ends.length === 2
        ? [`M${ends.map(([px, py]) => `${x(px).toFixed(1)} ${y(py).toFixed(1)}`).join("L")}`]
        : [];
    });
    this.#lines.replaceChildren(
      svg("path", { class: "border", d: d.join("") }),
      svg("path", { class: "cut", d: cuts.join("") }),
    );
  }
}

/** Points where a line crosses the edge of the plane. */
function endsOf([a, b, c]: Line): (readonly [number, number])[] {
  const reach = planeReach;
  const inside = (value: number): boolean => Math.abs(value) <= reach;
  const vertical =
    b === 0 ? [] : [-reach, reach].map((x) => [x, -(a * x + c) / b] as const).filter(([, y]) => inside(y));
  const level = a === 0 ? [] : [-reach, reach].map((y) => [-(b * y + c) / a, y] as const).filter(([x]) => inside(x));
  return [...vertical, ...level].slice(0, 2);
}

/** Paints a canvas of `size` pixels a side, one for every `stride`-th point of the grid, whose rows begin below. */
export function paintSmall(
  canvas: HTMLCanvasElement,
  size: number,
  stride: number,
  write: (out: Uint8ClampedArray, at: number, point: number) => void,
): void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  const image = context.createImageData(size, size);
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      write(image.data, 4 * ((size - 1 - row) * size + column), row * stride * side + column * stride);
  context.putImageData(image, 0, 0);
}
