// The paths of the race on the plane: each method's way up to a step, its head, and the minima.

import { svg } from "../kit/dom.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import type { Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import type { LatticeOf, Race } from "./run.ts";
import type { Surface } from "./surfaces.ts";

/** Marks of one method: a halo below its line, and its head. */
interface Marks {
  readonly trail: Trail;
  readonly halo: SVGPathElement;
  readonly line: SVGPathElement;
  readonly head: SVGCircleElement;
}

export class Paths {
  readonly #plane: Plane;
  readonly #lattice: LatticeOf;
  #marks: readonly Marks[] = [];
  #shown: Surface | null = null;

  constructor({ text, set }: Frame<typeof controls>, lattice: LatticeOf) {
    this.#lattice = lattice;
    const move = (start: readonly [number, number]): void => set({ start });
    this.#plane = new Plane(text("plane"), [{ name: "start", label: text("start.handle"), move }]);
  }

  get element(): SVGSVGElement {
    return this.#plane.element;
  }

  /** Shows a race whose function may be new: its level sets, all paths and minima. */
  place(width: number, height: number, surface: Surface, { paths }: Race, { start }: State): void {
    const { xRange, yRange, minima } = surface;
    this.#plane.layOut(width, height, xRange, yRange);
    if (this.#shown !== surface) {
      this.#shown = surface;
      this.#plane.setLevels(this.#lattice(surface));
    }
    this.#plane.movePoints({ start });
    const { x, y } = this.#plane;
    const cross = ([u = 0, v = 0]: readonly number[]): SVGPathElement =>
      svg("path", { class: "minimum", d: `M${x(u) - 5} ${y(v)}h10M${x(u)} ${y(v) - 5}v10` });
    this.#marks = paths.map((path) => ({
      trail: new Trail(path.values.length, (k) => [x(path.x[2 * k] as number), y(path.x[2 * k + 1] as number)]),
      halo: svg("path", { class: "halo" }),
      line: svg("path", { class: `curve ${seriesClass(path.look)}` }),
      head: svg("circle", { class: `head ${fillClass(path.look)}`, r: 4.5 }),
    }));
    this.#plane.marks.replaceChildren(
      ...minima.map(cross),
      ...this.#marks.flatMap(({ halo, line }) => [halo, line]),
      ...this.#marks.map(({ head }) => head),
    );
  }

  /** Shows the paths up to a step. */
  advance(at: number): void {
    for (const { trail, halo, line, head } of this.#marks) {
      const d = trail.upTo(at);
      halo.setAttribute("d", d);
      line.setAttribute("d", d);
      const [x, y] = trail.at(at) ?? [-100, -100];
      head.setAttribute("cx", String(x));
      head.setAttribute("cy", String(y));
    }
  }
}
