// The two ways on the plane: each up to a step, the rest of it pale, and the gradient and the direction at the step as arrows.

import { svg } from "../kit/dom.ts";
import { type Plane, Trail } from "../kit/plane.ts";
import type { Both, Vector } from "./run.ts";

/** Length of an arrow, and of the lines of its head, in pixels. */
const arrowLength = 58;
const headLength = 9;

/** Looks of the two ways: descent is dashed. */
export const looks = { descent: "s1 dashed", conjugate: "s0" } as const;
const fills = { descent: "f1", conjugate: "f0" } as const;
type Way = keyof typeof looks;
const ways = ["descent", "conjugate"] as const;

interface Marks {
  readonly trail: Trail;
  readonly rest: SVGPathElement;
  readonly halo: SVGPathElement;
  readonly line: SVGPathElement;
  readonly head: SVGCircleElement;
}

export class Ways {
  readonly #plane: Plane;
  readonly #minus: string;
  readonly #arrows = svg("g", { class: "arrows" });
  #marks: Readonly<Record<Way, Marks>> | null = null;
  #both: Both | null = null;

  /** `minus` is the name of −g in the picture. */
  constructor(plane: Plane, minus: string) {
    this.#plane = plane;
    this.#minus = minus;
  }

  /** Takes over both ways, for a plane that is laid out. */
  place(both: Both, minimum: Vector): void {
    const { x, y, marks } = this.#plane;
    this.#both = both;
    const made = ways.map((way): [Way, Marks] => {
      const { steps } = both[way];
      const trail = new Trail(steps.length, (k) => [x(steps[k]!.x[0]), y(steps[k]!.x[1])]);
      return [
        way,
        {
          trail,
          rest: svg("path", { class: `curve rest ${looks[way]}`, d: trail.upTo(steps.length) }),
          halo: svg("path", { class: "halo" }),
          line: svg("path", { class: `curve way ${looks[way]}` }),
          head: svg("circle", { class: `head ${fills[way]}`, r: 4.5 }),
        },
      ];
    });
    this.#marks = Object.fromEntries(made) as Record<Way, Marks>;
    const all = made.map(([, one]) => one);
    const cross = `M${x(minimum[0]) - 5} ${y(minimum[1])}h10M${x(minimum[0])} ${y(minimum[1]) - 5}v10`;
    marks.replaceChildren(
      ...all.map(({ rest }) => rest),
      svg("path", { class: "minimum", d: cross }),
      ...all.flatMap(({ halo, line }) => [halo, line]),
      this.#arrows,
      ...all.map(({ head }) => head),
    );
  }

  advance(at: number): void {
    if (!this.#marks || !this.#both) return;
    for (const way of ways) {
      const { trail, halo, line, head } = this.#marks[way];
      const d = trail.upTo(at);
      halo.setAttribute("d", d);
      line.setAttribute("d", d);
      const [x, y] = trail.at(at) ?? [-100, -100];
      head.setAttribute("cx", String(x));
      head.setAttribute("cy", String(y));
    }
    const step = this.#both.conjugate.steps[at];
    const [a, b] = step?.gradient ?? [0, 0];
    this.#arrows.replaceChildren(
      ...(step?.direction
        ? [
            ...this.#arrow(step.x, [-a, -b], this.#minus, "minus"),
            ...this.#arrow(step.x, step.direction, "d", "direction"),
          ]
        : []),
    );
  }

  /** An arrow of a fixed length, with a letter at its end. */
  #arrow(from: Vector, along: Vector, letter: string, kind: string): SVGElement[] {
    const { x, y } = this.#plane;
    const [px, py] = [x(from[0]), y(from[1])];
    const [u, v] = [x(from[0] + along[0]) - px, y(from[1] + along[1]) - py];
    const size = Math.hypot(u, v);
    if (!(size > 0)) return [];
    const [c, s] = [u / size, v / size];
    const [ex, ey] = [px + arrowLength * c, py + arrowLength * s];
    const side = (turn: number): string => {
      const [p, q] = [-c + turn * s, -s - turn * c];
      return `${ex + (headLength * p) / 1.4} ${ey + (headLength * q) / 1.4}`;
    };
    const d = `M${px} ${py}L${ex} ${ey}M${side(0.6)}L${ex} ${ey}L${side(-0.6)}`;
    return [
      svg("path", { class: "halo", d }),
      svg("path", { class: `arrow ${kind}`, d }),
      svg("text", { class: "axis-name letter", x: ex + 12 * c, y: ey + 12 * s + 4, "text-anchor": "middle" }, letter),
    ];
  }
}
