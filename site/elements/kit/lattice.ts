// Values of a function of two variables on a grid, for level sets.

import { compile, type Engine, type Tensor } from "thalweg";
import type { PlotLattice } from "thalweg/plot";

interface Plotted {
  readonly f: (point: { x: Tensor; y: Tensor }) => Tensor;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
}

/** Values of an elementwise function on a grid, in one call of the engine. */
export function latticeOf(engine: Engine, { f, xRange, yRange }: Plotted, side = 121): PlotLattice {
  const at = ([from, to]: readonly [number, number], k: number): number => from + ((to - from) * k) / (side - 1);
  const count = side * side;
  const x = Float64Array.from({ length: count }, (_, k) => at(xRange, k % side));
  const y = Float64Array.from({ length: count }, (_, k) => at(yRange, Math.floor(k / side)));
  const program = compile(engine, f);
  try {
    const { data } = program({ x, y }) as unknown as { data: Float64Array };
    return { xRange, yRange, resolution: [side, side], values: data };
  } finally {
    program.free();
  }
}
