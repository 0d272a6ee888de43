// Sends signals through the layers, forward and backward, a layer at a time.

import {
  compile,
  createTrainer,
  type Engine,
  grad,
  type Initializer,
  meanSquaredError,
  normalInitializer,
  sgd,
  type Tensor,
} from "thalweg";
import { factorOf, type State } from "./controls.ts";
import { activations, layerOf, starts } from "./layer.ts";

/** Number of inputs, and bins of a histogram. */
export const rows = 128;
export const bins = 41;

/** Seeds of the inputs and of the gradients at the end; those of the weights are 0, 1, 2, … */
const seeds = { inputs: 99, end: 98 };
/** Range of the gradients in the picture. */
export const gradientRange = [-3, 3] as const;

/** Values of a layer: those of all units for all inputs. */
export interface Signal {
  readonly variance: number;
  /** Shares of the values by bin; the first and the last have also what lies outside of the range. */
  readonly shares: readonly number[];
  /** Number of units that differ from each other. */
  readonly different: number;
  /** Share of units that are 0 for every input, and of values beyond the activation's limits. */
  readonly dead: number;
  readonly saturated: number;
}

export interface Signals {
  readonly forward: readonly Signal[];
  /** Gradients for the activations of each layer. */
  readonly backward: readonly Signal[];
  /** Variance of the weights of the first layer, with their scale. */
  readonly weightVariance: number;
}

interface Matrix {
  readonly data: Float64Array;
  readonly shape: readonly [number, number];
}

/** Random numbers of an initializer: the weights that a layer starts with. */
function drawn(engine: Engine, shape: readonly [number, number], seed: number, initializer: Initializer): Matrix {
  const trainer = createTrainer(engine, {
    model: { name: "drawn", parameters: { x: { shape, initializer } }, apply: (_: unknown, input: never) => input },
    ...{ loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed },
  });
  const { x } = trainer.parameters();
  trainer.free();
  return { data: x?.data as Float64Array, shape };
}

function sharesOf(data: Float64Array, [from, to]: readonly [number, number]): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const value of data) {
    const bin = Math.floor(((value - from) / (to - from)) * bins);
    counts[Math.min(Math.max(bin, 0), bins - 1)]! += 1;
  }
  return counts.map((count) => count / data.length);
}

/** Number of columns that differ; two are the same if all their numbers agree but for rounding. */
function differentColumns({ data, shape: [count, width] }: Matrix): number {
  const kept: number[] = [];
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
  const same = (i: number, j: number): boolean => {
    for (let row = 0; row < count; row++)
      if (!near(data[row * width + i] as number, data[row * width + j] as number)) return false;
    return true;
  };
  for (let k = 0; k < width; k++) if (!kept.some((other) => same(k, other))) kept.push(k);
  return kept.length;
}

function deadShare({ data, shape: [count, width] }: Matrix): number {
  let dead = 0;
  for (let k = 0; k < width; k++) {
    let row = 0;
    while (row < count && data[row * width + k] === 0) row++;
    if (row === count) dead++;
  }
  return dead / width;
}

/** Programs of one kind of layer, for matrices of any width. */
class Programs {
  readonly forward;
  readonly backward;

  constructor(engine: Engine, activation: string, norm: boolean) {
    const layer = layerOf(activation, norm);
    type Inputs = { x: Tensor; w: Tensor; scale: Tensor };
    this.forward = compile(engine, ({ x, w, scale }: Inputs) => layer(x, w.multiply(scale)));
    // The gradient for x of ⟨layer(x), g⟩ is the product of g and the layer's Jacobian.
    this.backward = compile(engine, ({ x, w, scale, g }: Inputs & { g: Tensor }) =>
      grad(engine, (input) => layer(input, w.multiply(scale)).multiply(g).sum())(x),
    );
  }

  free(): void {
    this.forward.free();
    this.backward.free();
  }
}

export class Network {
  readonly #engine: Engine;
  readonly #variance;
  #programs: { readonly key: string; readonly of: Programs } | null = null;
  /** Weights of the present start, width and seed, as far as they have been needed. */
  #weights: { readonly key: string; readonly of: Matrix[] } = { key: "", of: [] };

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#variance = compile(engine, (x: Tensor) => x.variance());
  }

  #programsOf({ activation, norm }: State): Programs {
    const key = `${activation} ${norm}`;
    if (this.#programs?.key !== key) {
      this.#programs?.of.free();
      this.#programs = { key, of: new Programs(this.#engine, activation, norm) };
    }
    return this.#programs.of;
  }

  #weight({ start, width, seed }: State, k: number): Matrix {
    const key = `${start} ${width} ${seed}`;
    if (this.#weights.key !== key) this.#weights = { key, of: [] };
    const weight = starts[start]!.weight();
    this.#weights.of[k] ??= drawn(this.#engine, [width, width], 1000 * seed + k, weight);
    return this.#weights.of[k] as Matrix;
  }

  #signal(matrix: Matrix, range: readonly [number, number], limits?: readonly [number, number]): Signal {
    const { data } = matrix;
    let beyond = 0;
    if (limits) for (const value of data) if (value < limits[0] || value > limits[1]) beyond++;
    return {
      variance: this.#variance(matrix) as number,
      shares: sharesOf(data, range),
      different: differentColumns(matrix),
      dead: deadShare(matrix),
      saturated: beyond / data.length,
    };
  }

  /** Computes the signals of all layers; yields after each, so that a frame can come between. */
  *run(state: State): Generator<void, Signals> {
    const { width, depth, seed, activation } = state;
    const { range, limits } = activations[activation]!;
    const scale = factorOf(state.scale);
    const programs = this.#programsOf(state);
    const normal = (own: number): Matrix => drawn(this.#engine, [rows, width], 1000 * seed + own, normalInitializer(1));
    const signals: Matrix[] = [normal(seeds.inputs)];
    const forward: Signal[] = [];
    for (let k = 0; k < depth; k++) {
      const y = programs.forward({ x: signals[k] as Matrix, w: this.#weight(state, k), scale }) as unknown as Matrix;
      signals.push(y);
      forward.push(this.#signal(y, range, limits));
      yield;
    }
    const backward: Signal[] = [];
    let g = normal(seeds.end);
    for (let k = depth - 1; k >= 0; k--) {
      backward.unshift(this.#signal(g, gradientRange));
      if (k === 0) break;
      g = programs.backward({ x: signals[k] as Matrix, w: this.#weight(state, k), scale, g }) as unknown as Matrix;
      yield;
    }
    const weightVariance = scale * scale * (this.#variance(this.#weight(state, 0)) as number);
    return { forward, backward, weightVariance };
  }

  free(): void {
    this.#programs?.of.free();
    this.#variance.free();
  }
}
