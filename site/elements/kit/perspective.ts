// A surface z = f(x, y), or a box of three variables without one, in perspective, with trails. It is turned by dragging and by
// the arrow keys; its angles are controls of the figure, `viewControls`, which needs the texts "turn" and "tilt".

import { categoricalColors, type PlotLattice, type PlotScale, plotScale, type ScaleKind } from "thalweg/plot";
import { drawBox } from "./cage.ts";
import { boxHeight, Camera, type Place, type View } from "./camera.ts";
import { html } from "./dom.ts";
import { clamp } from "./numbers.ts";
import type { Range } from "./plane.ts";
import { Terrain } from "./terrain.ts";
import { type Axes, Thread } from "./thread.ts";

export type { View } from "./camera.ts";

const degrees = (value: number): string => `${value}°`;

/** Controls of the angles, to be put among those of a figure. */
export const viewControls = {
  turn: { kind: "range", min: 0, max: 359, step: 1, value: 30 as number, show: degrees },
  tilt: { kind: "range", min: 0, max: 90, step: 1, value: 30 as number, show: degrees },
} as const;

/** Axes and surface. */
export interface Scene {
  readonly xRange: Range;
  readonly yRange: Range;
  /** Range of the vertical axis; what is outside is cut away. Default: all values of the lattice. */
  readonly zRange?: Range;
  /** "log" for a vertical axis on which equal factors are equal distances. */
  readonly zKind?: ScaleKind;
  readonly names: readonly [x: string, y: string, z: string];
  /** Values of the surface; without them the box holds trails only. */
  readonly lattice?: PlotLattice;
}

/** A path: points [n, 2], which lie on the surface, or points [n, 3]. */
export interface Trail3 {
  readonly points: Float64Array;
  readonly dimensions: 2 | 3;
  /** Index of color and dash. */
  readonly look: number;
}

interface Asked {
  readonly label: string;
  /** Words for the angles, which screen readers say. */
  words(view: View): string;
  /** Is called with the angles that the user chooses. */
  turned(view: View): void;
}

const turns: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Least and largest finite value. */
function rangeOf({ values }: PlotLattice, kind: ScaleKind): Range {
  const known = Array.from(values).filter((value) => Number.isFinite(value) && (kind !== "log" || value > 0));
  const [low, high] = known.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return low < high ? [low, high] : [(known[0] ?? 1) - 0.5, (known[0] ?? 1) + 0.5];
}

export class Perspective {
  readonly element = html("canvas", { class: "perspective", role: "slider", tabindex: 0, "aria-valuemin": 0 });
  readonly #asked: Asked;
  #axes: Axes | null = null;
  #names: Scene["names"] = ["x", "y", "z"];
  #terrain: Terrain | null = null;
  #trails: readonly { readonly thread: Thread; readonly look: number }[] = [];
  #marks: readonly Place[] = [];
  #size: readonly [number, number] = [0, 0];
  #view: View = { turn: 0, tilt: 0 };

  constructor(asked: Asked) {
    this.#asked = asked;
    this.element.setAttribute("aria-label", asked.label);
    this.element.setAttribute("aria-valuemax", "359");
    this.#listen();
  }

  /** Sets the size in pixels. */
  layOut(width: number, height: number): void {
    this.#size = [width, height];
    const density = window.devicePixelRatio;
    this.element.width = Math.round(width * density);
    this.element.height = Math.round(height * density);
    this.element.style.width = `${width}px`;
    this.element.style.height = `${height}px`;
  }

  /** Takes over axes and surface; once for each function, as it takes some milliseconds. */
  setScene({ xRange, yRange, zRange, zKind = "linear", names, lattice }: Scene): void {
    const heights = zRange ?? (lattice ? rangeOf(lattice, zKind) : ([0, 1] as const));
    const flat = (range: Range): PlotScale => plotScale("linear", range, [-1, 1], { ticks: 5 });
    this.#axes = {
      x: flat(xRange),
      y: flat(yRange),
      z: plotScale(zKind, heights, [-boxHeight, boxHeight], { ticks: 5 }),
    };
    this.#names = names;
    this.#terrain = lattice ? new Terrain(lattice, this.#axes.z) : null;
    this.#trails = [];
    this.#marks = [];
  }

  /** Takes over the trails; of the marks, points [x, y, z], each shows as a cross. */
  setTrails(trails: readonly Trail3[], marks: readonly Place[] = []): void {
    const axes = this.#axes;
    if (!axes) return;
    this.#trails = trails.map(({ points, dimensions, look }) => ({
      thread: new Thread(points, dimensions, axes, this.#terrain),
      look,
    }));
    this.#marks = marks.map(([x, y, z]) => [axes.x(x), axes.y(y), axes.z(Math.max(z, axes.z.range[0]))]);
  }

  /** Draws the scene as seen from `view`, with the trails up to a point. */
  draw(view: View, upTo = Number.POSITIVE_INFINITY): void {
    this.#view = view;
    this.element.setAttribute("aria-valuenow", String(view.turn));
    this.element.setAttribute("aria-valuetext", this.#asked.words(view));
    const context = this.element.getContext("2d");
    const [width, height] = this.#size;
    if (!context || !this.#axes || width === 0) return;
    const look = getComputedStyle(this.element);
    const scheme = look.colorScheme === "dark" ? "dark" : "light";
    const ink = (name: string): string => look.getPropertyValue(`--${name}`);
    const camera = new Camera(view, width, height);
    const density = this.element.width / width;
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    context.lineJoin = "round";
    drawBox(context, camera, this.#axes, this.#names, {
      line: ink("line"),
      muted: ink("muted"),
      font: look.fontFamily,
    });
    this.#terrain?.draw(context, camera, scheme, this.#size);
    for (const mark of this.#marks) this.#drawMark(context, camera, mark, ink("text"));
    const colors = this.#trails.map(({ look: k }) => categoricalColors[k % categoricalColors.length]![scheme]);
    for (const [k, { thread, look: n }] of this.#trails.entries())
      thread.draw(context, camera, upTo, {
        color: colors[k] as string,
        ground: ink("ground"),
        isDashed: n >= categoricalColors.length,
      });
    for (const [k, { thread }] of this.#trails.entries())
      thread.drawHead(context, camera, upTo, colors[k] as string, ink("ground"));
  }

  #drawMark(context: CanvasRenderingContext2D, camera: Camera, place: Place, color: string): void {
    const [x, y] = camera.at(...place);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.beginPath();
    context.moveTo(x - 5, y);
    context.lineTo(x + 5, y);
    context.moveTo(x, y - 5);
    context.lineTo(x, y + 5);
    context.stroke();
  }

  #listen(): void {
    const canvas = this.element;
    let from = { x: 0, y: 0, view: this.#view };
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      canvas.setPointerCapture(event.pointerId);
      from = { x: event.clientX, y: event.clientY, view: this.#view };
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      this.#turnFrom(from.view, (event.clientX - from.x) * 0.5, (event.clientY - from.y) * 0.5);
    });
    canvas.addEventListener("keydown", (event) => {
      const step = turns[event.key];
      if (!step) return;
      event.preventDefault();
      const size = event.shiftKey ? 15 : 3;
      this.#turnFrom(this.#view, step[0] * size, step[1] * size);
    });
  }

  #turnFrom({ turn, tilt }: View, right: number, down: number): void {
    // The next key starts from here, even if nothing has been drawn since.
    this.#view = { turn: (Math.round(turn + right) + 720) % 360, tilt: clamp(Math.round(tilt + down), 0, 90) };
    this.#asked.turned(this.#view);
  }
}
