// Trains a small network by several methods from the same weights, and computes the loss over a plane of weights. Both are
// generators, which the figure runs in slices between frames.

import {
  type AnyTrainer,
  accuracy,
  adam,
  createTrainer,
  DivergenceError,
  type Engine,
  type LossPlane,
  type LossSurface,
  linear,
  lossPlane,
  type Optimizer,
  randomDirections,
  residual,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  tanh,
  topEigenvalues,
  trainerSurface,
  trajectoryPlane,
} from "thalweg";
import type { State } from "./controls.ts";
import { type Samples, samplesOf } from "./samples.ts";

/** Units of each hidden layer. */
export const width = 8;
/** Points of a trajectory that are kept, after the start. */
export const kept = 40;

const makers: Readonly<Record<string, (learningRate: number) => Optimizer>> = {
  sgd: (learningRate) => sgd({ learningRate }),
  momentum: (learningRate) => sgd({ learningRate, momentum: 0.9 }),
  adam: (learningRate) => adam({ learningRate }),
  rmsprop: (learningRate) => rmsprop({ learningRate }),
};

function modelOf({ depth, skips }: State) {
  const layer = () => sequential([linear(width, width), tanh()]);
  const block = () => (skips ? residual(layer()) : layer());
  return sequential([linear(2, width), tanh(), ...Array.from({ length: depth }, block), linear(width, 2)]);
}

/** Training by one method: losses and weights at the start and after every so many steps. */
export interface Run {
  readonly name: string;
  readonly weights: readonly Record<string, unknown>[];
  readonly losses: readonly number[];
  readonly accuracy: number;
}

/** One step of training; false if the loss is no longer finite, which keeps the weights. */
function stepped(trainer: AnyTrainer, data: Samples): boolean {
  try {
    trainer.step(data as never);
    return true;
  } catch (error) {
    if (error instanceof DivergenceError) return false;
    throw error;
  }
}

/** Trains by all chosen methods. The surface is at the end of the first; its owner frees it. */
export function* trained(engine: Engine, state: State): Generator<number, { runs: Run[]; surface: LossSurface }> {
  const data = samplesOf(state.data) as Samples;
  const runs: Run[] = [];
  let surface: LossSurface | null = null;
  let done = false;
  try {
    for (const [k, name] of state.methods.entries()) {
      const trainer = createTrainer(engine, {
        ...{ model: modelOf(state), loss: softmaxCrossEntropy(), metrics: [accuracy()], seed: state.seed },
        optimizer: makers[name]!(10 ** (state.rates[name] as number)),
      }) as AnyTrainer;
      try {
        const weights: Record<string, unknown>[] = [trainer.parameters()];
        const losses = [trainer.evaluate(data as never).loss];
        let goesOn = true;
        for (let step = 1; step <= state.steps; step++) {
          if (goesOn) goesOn = stepped(trainer, data);
          if (step % (state.steps / kept) < 1) {
            weights.push(trainer.parameters());
            losses.push(trainer.evaluate(data as never).loss);
          }
          if (step % 5 === 0) yield (k + step / state.steps) / state.methods.length;
        }
        surface ??= trainerSurface(trainer, data as never, { dtype: "f32" });
        runs.push({ name, weights, losses, accuracy: trainer.evaluate(data as never).accuracy ?? 0 });
      } finally {
        trainer.free();
      }
    }
    done = true;
  } finally {
    if (!done) surface?.free();
  }
  return { runs, surface: surface as LossSurface };
}

/** Directions of the plane, and every run projected to it. */
export interface Section {
  readonly directions: readonly [Float64Array, Float64Array];
  readonly paths: readonly (readonly (readonly [number, number])[])[];
  /** Share of the squared distances from the last point that lies in the plane. */
  readonly explained: number;
  readonly xRange: readonly [number, number];
  readonly yRange: readonly [number, number];
}

const flat = (tree: Record<string, unknown>): Float64Array =>
  Float64Array.from(Object.values(tree).flatMap((part) => Array.from((part as { data: ArrayLike<number> }).data)));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k] as number) * (b[k] as number);
  return sum;
};

/** Range of all values, with a margin. */
function around(values: readonly number[]): readonly [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = 0.3 * Math.max(high - low, 1e-3);
  return [low - margin, high + margin];
}

/** The plane of a state: that of the largest variation of all trajectories, or of two random directions. */
export function sectionOf(surface: LossSurface, runs: readonly Run[], { plane, reach, direction }: State): Section {
  if (plane === "trajectory") {
    const [first, ...others] = runs as [Run, ...Run[]];
    const { directions, explained, path } = trajectoryPlane(
      surface,
      [...others, first].flatMap(({ weights }) => weights),
    );
    const parts = [...others, first].map((_, k) => path.slice(k * (kept + 1), (k + 1) * (kept + 1)));
    const paths = [parts.at(-1)!, ...parts.slice(0, -1)];
    const [xRange, yRange] = [0, 1].map((axis) => around(path.map((point) => point[axis] as number)));
    return { directions, paths, explained: explained[0] + explained[1], xRange: xRange!, yRange: yRange! };
  }
  const directions = randomDirections(surface, { seed: direction }) as [Float64Array, Float64Array];
  const [d, e] = directions;
  const end = flat(runs[0]!.weights.at(-1)!);
  const [dd, de, ee] = [dot(d, d), dot(d, e), dot(e, e)];
  let [inside, all] = [0, 0];
  const paths = runs.map(({ weights }) =>
    weights.map((tree) => {
      const move = flat(tree).map((value, k) => value - (end[k] as number));
      const [a, b] = [dot(move, d), dot(move, e)];
      const determinant = dd * ee - de * de;
      const [x, y] = [(a * ee - b * de) / determinant, (b * dd - a * de) / determinant];
      inside += x * a + y * b;
      all += dot(move, move);
      return [x, y] as const;
    }),
  );
  const range = [-reach, reach] as const;
  return { directions, paths, explained: inside / all, xRange: range, yRange: range };
}

/** Values of the loss over the plane, strip by strip. */
export function* planeOf(
  surface: LossSurface,
  { directions, xRange, yRange }: Section,
  side: number,
): Generator<number, LossPlane> {
  const values = new Float64Array(side * side);
  const strip = 4;
  const yAt = (row: number): number => yRange[0] + ((yRange[1] - yRange[0]) * row) / (side - 1);
  for (let row = 0; row < side; row += strip) {
    // A plane has at least two rows: the last strip begins earlier.
    const from = Math.min(row, side - strip);
    const part = lossPlane(surface, directions, {
      ...{ xRange, yRange: [yAt(from), yAt(from + strip - 1)], resolution: [side, strip] },
    });
    values.set(part.values, from * side);
    yield (from + strip) / side;
  }
  return { xRange, yRange, resolution: [side, side], values, at: () => Number.NaN };
}

/** Number of inner points of the grid that lie below all eight neighbors. */
export function minimaOf({ values, resolution: [columns, rows] }: Pick<LossPlane, "values" | "resolution">): number {
  const around = [-columns - 1, -columns, -columns + 1, -1, 1, columns - 1, columns, columns + 1];
  let found = 0;
  for (let row = 1; row < rows - 1; row++)
    for (let column = 1; column < columns - 1; column++) {
      const k = row * columns + column;
      if (around.every((step) => (values[k + step] as number) > (values[k] as number))) found++;
    }
  return found;
}

/** The largest curvature at the end of the first method. */
export const sharpnessOf = (surface: LossSurface): number =>
  topEigenvalues(surface, { tolerance: 1e-3 }).values[0] as number;
