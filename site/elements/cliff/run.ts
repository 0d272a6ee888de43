// Descends from the edge of the cliff: with the gradient as it is, clipped by its norm, and clipped by value.

import {
  clipGlobalNorm,
  clipValue,
  compile,
  type Engine,
  type GradientTransform,
  sgd,
  type Tensor,
  valueAndGrad,
} from "thalweg";
import { createSearch } from "thalweg/minimizers";
import type { PlotLattice } from "thalweg/plot";
import { bRange, limit, powerOfTen, type State, wRange } from "./controls.ts";

export const methods = ["none", "norm", "value"] as const;
export type Method = (typeof methods)[number];

/** Loss below which a descent has arrived. */
export const arrived = 1e-6;

export interface Descent {
  readonly method: Method;
  /** Points [points, 2] and losses, the start first; the last loss may be infinite. */
  readonly x: Float64Array;
  readonly losses: Float64Array;
  /** Updates until the loss is below 1e-6; −1 if it is never. */
  readonly reached: number;
  readonly overflowed: boolean;
  /** Length of the first step, and its angle to the negative gradient in degrees. */
  readonly length: number;
  readonly angle: number;
}

type Point = { w: Tensor; b: Tensor };

/** (w^depth + b − 1)²: a weight multiplied by itself, as a recurrent network does, and the squared error of the product. */
const lossOf =
  (depth: number) =>
  ({ w, b }: Point): Tensor =>
    w.power(depth).add(b).subtract(1).square();

function transforms(method: Method, threshold: number): readonly GradientTransform[] {
  if (method === "none") return [];
  return [method === "norm" ? clipGlobalNorm(threshold) : clipValue(threshold)];
}

export class Cliff {
  readonly #engine: Engine;
  #gradient: { readonly depth: number; readonly at: ReturnType<typeof valueAndGrad<Point>> } | null = null;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Gradient at the start. */
  gradientAt({ depth, start: [w, b] }: State): readonly [number, number] {
    if (this.#gradient?.depth !== depth) {
      this.#gradient?.at.free();
      this.#gradient = { depth, at: valueAndGrad(this.#engine, lossOf(depth)) };
    }
    const { gradient } = this.#gradient.at({ w, b });
    return [Number(gradient.w.data[0]), Number(gradient.b.data[0])];
  }

  run(state: State): Descent[] {
    const gradient = this.gradientAt(state);
    return methods.map((method) => this.#descend(method, state, gradient));
  }

  #descend(method: Method, state: State, [gw, gb]: readonly [number, number]): Descent {
    const { depth, start } = state;
    const [w, b] = start;
    const rate = powerOfTen(state.rate);
    const options = { maxIterations: limit, gradient: transforms(method, powerOfTen(state.threshold)) };
    const search = createSearch(this.#engine, lossOf(depth), { w, b }, sgd({ learningRate: rate }), options);
    search.advance();
    const { trace, result } = search;
    const reached = trace.value.findIndex((loss) => loss <= arrived);
    const points = reached < 0 ? trace.points : reached + 1;
    const [x, losses] = [Array.from(trace.x.slice(0, 2 * points)), Array.from(trace.value.slice(0, points))];
    const overflowed = reached < 0 && result?.status === "notFinite";
    // The search ends before a point whose loss is not finite: of the first step it is where the gradient leads.
    if (overflowed && points === 1) {
      x.push(w - rate * gw, b - rate * gb);
      losses.push(Number.POSITIVE_INFINITY);
    }
    const [dw, db] = x.length > 2 ? [(x[2] as number) - w, (x[3] as number) - b] : [0, 0];
    const turn = Math.atan2(db, dw) - Math.atan2(-gb, -gw);
    const angle = Math.abs((Math.atan2(Math.sin(turn), Math.cos(turn)) * 180) / Math.PI);
    return {
      ...{ method, reached, overflowed, angle, length: Math.hypot(dw, db) },
      ...{ x: Float64Array.from(x), losses: Float64Array.from(losses) },
    };
  }

  /** The loss on a grid. */
  lattice(depth: number, side = 121): PlotLattice {
    const count = side * side;
    const at = ([from, to]: readonly [number, number], k: number): number => from + ((to - from) * k) / (side - 1);
    const w = Float64Array.from({ length: count }, (_, k) => at(wRange, k % side));
    const b = Float64Array.from({ length: count }, (_, k) => at(bRange, Math.floor(k / side)));
    const program = compile(this.#engine, lossOf(depth));
    try {
      const { data } = program({ w, b }) as unknown as { data: Float64Array };
      return { xRange: wRange, yRange: bRange, resolution: [side, side], values: data };
    } finally {
      program.free();
    }
  }

  free(): void {
    this.#gradient?.at.free();
  }
}
