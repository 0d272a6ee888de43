// The race in perspective: the surface with the paths on it, or the box of three variables with the paths in it.

import type { Place, View } from "../kit/camera.ts";
import { Perspective } from "../kit/perspective.ts";
import type { Frame } from "../kit.ts";
import type { controls, State } from "./controls.ts";
import type { LatticeOf, Race } from "./run.ts";
import { type Surface, thirdRange } from "./surfaces.ts";

/** Points of the surface along each axis. */
const side = 61;

export class Space {
  readonly #perspective: Perspective;
  readonly #lattice: LatticeOf;
  #shown: Surface | null = null;

  constructor({ text, set }: Frame<typeof controls>, lattice: LatticeOf) {
    this.#lattice = lattice;
    this.#perspective = new Perspective({
      label: text("space"),
      words: ({ turn, tilt }: View) => text("space.view", { turn, tilt }),
      turned: (view) => set(view),
    });
  }

  get element(): HTMLElement {
    return this.#perspective.element;
  }

  /** Shows a race whose function may be new. */
  place(width: number, height: number, surface: Surface, { paths }: Race): void {
    this.#perspective.layOut(width, height);
    const { variables, xRange, yRange } = surface;
    if (this.#shown !== surface) {
      this.#shown = surface;
      this.#perspective.setScene(
        variables === 3
          ? { xRange, yRange, zRange: thirdRange, names: ["x", "y", "z"] }
          : { xRange, yRange, lattice: this.#lattice(surface, side), names: ["x", "y", "f"] },
      );
    }
    this.#perspective.setTrails(
      paths.map(({ x, look }) => ({ points: x, dimensions: variables, look })),
      surface.minima.map((minimum) => [minimum[0], minimum[1], minimum[2] ?? surface.minimum] as Place),
    );
  }

  advance(at: number, view: State): void {
    this.#perspective.draw(view, at);
  }
}
