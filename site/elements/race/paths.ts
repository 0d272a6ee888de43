// The paths of the race on the plane: each method's way up to a step, its head, and the minima.

import { svg } from "../kit/dom.ts";
import { Plane, Trail } from "../kit/plane.ts";
import { fillClass, seriesClass } from "../kit/style.ts";
import type { Path } from "./run.ts";
import type { Surface } from "./surfaces.ts";

/** Marks of one method: a halo below its line, and its head. */
interface Marks {
  readonly trail: Trail;
  readonly halo: SVGPathElement;
  readonly line: SVGPathElement;
  readonly head: SVGCircleElement;
}

export class Paths {
  readonly plane: Plane;
  #marks: readonly Marks[] = [];

  constructor(label: string, handle: string, move: (start: readonly [number, number]) => void) {
    this.plane = new Plane(label, [{ name: "start", label: handle, move }]);
  }

  /** Puts the marks of all methods, and of the minima, into a plane that is laid out. */
  place(paths: readonly Path[], { minima }: Surface): void {
    const { x, y } = this.plane;
    const cross = ([u, v]: readonly [number, number]): SVGPathElement =>
      svg("path", { class: "minimum", d: `M${x(u) - 5} ${y(v)}h10M${x(u)} ${y(v) - 5}v10` });
    this.#marks = paths.map((path) => ({
      trail: new Trail(path.values.length, (k) => [x(path.x[2 * k] as number), y(path.x[2 * k + 1] as number)]),
      halo: svg("path", { class: "halo" }),
      line: svg("path", { class: `curve ${seriesClass(path.look)}` }),
      head: svg("circle", { class: `head ${fillClass(path.look)}`, r: 4.5 }),
    }));
    this.plane.marks.replaceChildren(
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
