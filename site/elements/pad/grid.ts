// A grid of numbers as colored cells, with a cursor that the pointer and the arrow keys move, and marks over the cells.

import { categoricalColors, sequentialColor } from "thalweg/plot";
import { html, setAttributes, svg } from "../kit/dom.ts";
import { clamp } from "../kit/numbers.ts";

type Color = readonly [red: number, green: number, blue: number];

const shades = 64;
const rgb = (hex: string): Color => [1, 3, 5].map((k) => Number.parseInt(hex.slice(k, k + 2), 16)) as unknown as Color;

/** Colors from −1 to 1: 0 is close to the page's ground, and negative numbers have another hue. */
function signedColors(dark: boolean): Color[] {
  const scheme = dark ? "dark" : "light";
  const ground = rgb(sequentialColor(0, scheme));
  const [above, below] = [0, 1].map((k) => rgb(categoricalColors[k]![scheme])) as [Color, Color];
  return Array.from({ length: 2 * shades + 1 }, (_, k) => {
    const share = Math.abs(k - shades) / shades;
    const end = k < shades ? below : above;
    return ground.map((part, axis) => part + share * (end[axis]! - part)) as unknown as Color;
  });
}

/** Colors of ink from 0 to 1; those from −1 are not used. */
function plainColors(dark: boolean): Color[] {
  const scheme = dark ? "dark" : "light";
  const [ground, ink] = [0, 1].map((share) => rgb(sequentialColor(share, scheme))) as [Color, Color];
  return Array.from({ length: 2 * shades + 1 }, (_, k) => {
    const share = Math.max(0, k - shades) / shades;
    return ground.map((part, axis) => part + share * (ink[axis]! - part)) as unknown as Color;
  });
}

export interface Cells {
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** Number that has the strongest color. */
  readonly most: number;
  readonly signed?: boolean;
}

export interface Box {
  readonly row: number;
  readonly column: number;
  readonly height: number;
  readonly width: number;
}

export interface GridCursor {
  readonly label: string;
  /** The pointer or a key is at a cell; `pressed` while the pointer is down, `key` is that of the keyboard. */
  move(
    row: number,
    column: number,
    how: { readonly pressed: boolean; readonly starts: boolean; readonly key: string },
  ): void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  Enter: [0, 0],
  " ": [0, 0],
};

export class Grid {
  readonly element = html("div", { class: "grid-box" });
  readonly #canvas = html("canvas", { "aria-hidden": "true" });
  readonly #over = svg("svg", { class: "over" });
  readonly #signs = svg("path", { class: "signs" });
  readonly #boxes = svg("g");
  readonly #cursor = svg("rect", { class: "cell handle", width: 1, height: 1 });
  #colors: readonly Color[] = [];
  #scheme = "";
  #size: readonly [number, number] = [1, 1];
  #place: readonly [number, number] = [0, 0];

  constructor(label: string, cursor?: GridCursor) {
    this.#over.append(svg("title", {}, label), this.#signs, this.#boxes);
    this.element.append(this.#canvas, this.#over);
    if (cursor) this.#listen(cursor);
  }

  show({ values, rows, columns, most, signed = false }: Cells): void {
    const root = this.element.getRootNode() as ShadowRoot;
    const dark = root.host?.hasAttribute("dark") ?? false;
    const scheme = `${dark} ${signed}`;
    if (scheme !== this.#scheme) this.#colors = signed ? signedColors(dark) : plainColors(dark);
    this.#scheme = scheme;
    this.#size = [rows, columns];
    if (this.#canvas.width !== columns) this.#canvas.width = columns;
    if (this.#canvas.height !== rows) this.#canvas.height = rows;
    this.#over.setAttribute("viewBox", `0 0 ${columns} ${rows}`);
    this.element.style.aspectRatio = `${columns} / ${rows}`;
    const picture = new ImageData(columns, rows);
    let signs = "";
    for (let k = 0; k < rows * columns; k++) {
      const share = most > 0 ? clamp((values[k] as number) / most, -1, 1) : 0;
      const [red, green, blue] = this.#colors[Math.round(shades * (1 + share))] as Color;
      picture.data.set([red, green, blue, 255], 4 * k);
      // Negative numbers have a minus too, as some eyes see both hues alike.
      if (signed && share < -0.15) signs += `M${(k % columns) + 0.25} ${Math.floor(k / columns) + 0.5}h0.5`;
    }
    this.#canvas.getContext("2d")?.putImageData(picture, 0, 0);
    this.#signs.setAttribute("d", signs);
  }

  /** Outlines parts of the grid; the class says how. */
  mark(boxes: readonly (Box & { readonly kind: string })[]): void {
    const parts = this.#boxes.children;
    while (parts.length > boxes.length) parts[boxes.length]?.remove();
    for (const [k, { kind, row, column, height, width }] of boxes.entries()) {
      const part = parts[k] ?? this.#boxes.appendChild(svg("rect"));
      setAttributes(part, { class: kind, x: column, y: row, width, height });
    }
  }

  /** Puts the cursor on a cell, with words for it. */
  point(row: number, column: number, words: string): void {
    const [rows, columns] = this.#size;
    this.#place = [row, column];
    setAttributes(this.#cursor, {
      ...{ x: column, y: row, "aria-valuenow": row * columns + column },
      ...{ "aria-valuemin": 0, "aria-valuemax": rows * columns - 1, "aria-valuetext": words },
    });
  }

  #listen({ label, move }: GridCursor): void {
    setAttributes(this.#cursor, { role: "slider", tabindex: 0, "aria-label": label, "aria-valuenow": 0 });
    this.#over.append(this.#cursor);
    const at = ({ clientX, clientY }: PointerEvent): readonly [number, number] => {
      const { left, top, width, height } = this.#over.getBoundingClientRect();
      const [rows, columns] = this.#size;
      const cell = (share: number, count: number): number => clamp(Math.floor(share * count), 0, count - 1);
      return [cell((clientY - top) / height, rows), cell((clientX - left) / width, columns)];
    };
    this.#over.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      this.#cursor.focus({ preventScroll: true });
      this.#over.setPointerCapture(event.pointerId);
      move(...at(event), { pressed: true, starts: true, key: "" });
    });
    this.#over.addEventListener("pointermove", (event) => {
      const pressed = this.#over.hasPointerCapture(event.pointerId);
      move(...at(event), { pressed, starts: false, key: "" });
    });
    this.#cursor.addEventListener("keydown", (event) => {
      const step = arrows[event.key];
      if (!step) return;
      event.preventDefault();
      const far = event.shiftKey ? 5 : 1;
      const [row, column] = this.#place;
      const [rows, columns] = this.#size;
      const next = [clamp(row + far * step[0], 0, rows - 1), clamp(column + far * step[1], 0, columns - 1)] as const;
      this.#place = next; // the next key may come before the next frame
      move(...next, { pressed: false, starts: false, key: event.key });
    });
  }
}

export const gridStyle = `
  .grid-box { position: relative; width: 100%; max-width: 24rem; border: 1px solid var(--line); box-sizing: border-box; }
  .grid-box canvas { display: block; width: 100%; height: 100%; image-rendering: pixelated; }
  .over { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; overflow: visible; }
  .over rect { fill: none; vector-effect: non-scaling-stroke; }
  .over .window { stroke: var(--danger); stroke-width: 2.5; }
  .over .region { stroke: var(--muted); stroke-width: 1; stroke-opacity: 0.45; }
  .over .tap { stroke: var(--danger); stroke-width: 1; stroke-dasharray: 3 2; }
  .over .cell.handle { stroke: var(--danger); stroke-width: 2.5; cursor: crosshair; pointer-events: none; }
  .pad .cell.handle:not(:focus) { stroke: none; }
  .over .cell.handle:focus-visible { stroke: var(--accent); stroke-width: 4; }
  .signs { stroke: var(--ground); stroke-width: 0.12; }
  .grids { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; align-items: start; }
  @container (max-width: 480px) { .grids { align-items: end; } }
  .grids .heading { margin: 0 0 0.25rem; font-size: 0.875rem; font-weight: 400; color: var(--muted); }
`;
