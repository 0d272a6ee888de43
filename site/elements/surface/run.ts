// The losses of y = sigmoid(w₂ sigmoid(w₁ x)) at x = y = 1: their surfaces, curvatures and descents.

import { compile, criticalPoint, type Engine, type LossSurface, lossSurface, sgd, type Tensor } from "thalweg";
import { createSearch } from "thalweg/minimizers";
import type { PlotLattice } from "thalweg/plot";
import { reach, type State } from "./controls.ts";

type Weights = { x: Tensor; y: Tensor };

const output = ({ x, y }: Weights): Tensor => x.sigmoid().multiply(y).sigmoid();

export type Name = "squared" | "entropy";

/** Losses in the order of their pictures. */
export const losses: Readonly<Record<Name, (weights: Weights) => Tensor>> = {
  squared: (weights) => output(weights).subtract(1).square(),
  entropy: (weights) => output(weights).log().negate(),
};
export const names = Object.keys(losses) as Name[];

/** Numbers of a loss at a point, and the descent from it. */
export interface Local {
  readonly value: number;
  readonly gradient: readonly [number, number];
  /** Eigenvalues of the Hessian, ascending. */
  readonly curvatures: readonly [number, number];
  /** Weights [steps + 1, 2] and losses [steps + 1] of gradient descent. */
  readonly path: Float64Array;
  readonly values: Float64Array;
}

/** Values of a loss on a grid, in one call of the engine. */
export function latticeOf(engine: Engine, name: Name, side = 61): PlotLattice {
  const at = (k: number): number => -reach + (2 * reach * k) / (side - 1);
  const x = Float64Array.from({ length: side * side }, (_, k) => at(k % side));
  const y = Float64Array.from({ length: side * side }, (_, k) => at(Math.floor(k / side)));
  const program = compile(engine, losses[name]);
  const { data } = program({ x, y }) as unknown as { data: Float64Array };
  program.free();
  const range = [-reach, reach] as const;
  return { xRange: range, yRange: range, resolution: [side, side], values: data };
}

/** Computes curvatures and descents; keeps the surfaces until it is freed. */
export class TwoWeights {
  readonly #engine: Engine;
  readonly #surfaces: Readonly<Record<Name, LossSurface>>;

  constructor(engine: Engine) {
    this.#engine = engine;
    const surface = (name: Name): LossSurface => lossSurface<Weights>(engine, losses[name], { x: 0, y: 0 });
    this.#surfaces = { squared: surface("squared"), entropy: surface("entropy") };
  }

  at(name: Name, { start: [x, y], rate, steps }: Pick<State, "start" | "rate" | "steps">): Local {
    const surface = this.#surfaces[name];
    surface.moveTo({ x, y });
    const [gx, gy] = surface.gradient().data as unknown as [number, number];
    const { eigenvalues } = criticalPoint(surface);
    const method = sgd({ learningRate: 10 ** rate });
    const search = createSearch(this.#engine, losses[name], { x, y }, method, { maxIterations: steps });
    search.advance();
    const { x: path, value } = search.trace;
    return {
      ...{ value: surface.value(), gradient: [gx, gy], path, values: value },
      curvatures: [eigenvalues[0] as number, eigenvalues[1] as number],
    };
  }

  free(): void {
    for (const name of names) this.#surfaces[name].free();
  }
}
