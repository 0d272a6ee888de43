// Trains a small network by full-batch gradient descent, and computes all eigenvalues of the Hessian on the way.

import {
  type AnyTrainer,
  createTrainer,
  DivergenceError,
  type Engine,
  linear,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  symmetricEigen,
  tanh,
  trainerSurface,
} from "thalweg";
import { records, type State } from "./controls.ts";

/** Samples of every task. */
const count = 100;

/** An even sequence of points of the unit square: multiples of powers of 1 / φ, φ³ = φ + 1. */
const spread = (k: number): readonly [number, number] => [(0.5 + 0.7548776662 * k) % 1, (0.5 + 0.5698402909 * k) % 1];

const classCounts: Readonly<Record<string, number>> = { two: 2, three: 3, four: 4, five: 5 };
/** Number of classes; 0 for the regression. */
export const classesOf = ({ task }: Pick<State, "task">): number => classCounts[task] ?? 0;

/** Ring: +1 where 1 ≤ ‖x‖ ≤ 2, the course's problem, else −1. Classes: as many discs on a circle. */
export function samplesOf(state: Pick<State, "task">) {
  const classes = classesOf(state);
  if (classes === 0) {
    const inputs = Array.from({ length: count }, (_, k) => spread(k).map((share) => 5 * share - 2.5));
    const targets = inputs.map((point) => {
      const radius = Math.hypot(...point);
      return [radius >= 1 && radius <= 2 ? 1 : -1];
    });
    return { inputs, targets };
  }
  const inputs = Array.from({ length: count }, (_, k) => {
    const turn = (2 * Math.PI * (k % classes)) / classes;
    const [u, v] = spread(k);
    const [radius, angle] = [0.9 * Math.sqrt(u), 2 * Math.PI * v];
    return [1.5 * Math.cos(turn) + radius * Math.cos(angle), 1.5 * Math.sin(turn) + radius * Math.sin(angle)];
  });
  return { inputs, targets: Int32Array.from({ length: count }, (_, k) => k % classes) };
}

/** Spectrum at a step. */
export interface Moment {
  readonly step: number;
  readonly loss: number;
  /** All eigenvalues of the Hessian, the largest first. */
  readonly eigenvalues: readonly number[];
}

export interface Course {
  readonly moments: Moment[];
  /** Steps after which the loss was higher than before. */
  rises: number;
  /** Step at which the loss was no longer finite; −1 if there is none. */
  diverged: number;
}

function trainerOf(engine: Engine, state: State): AnyTrainer {
  const { units, rate, seed } = state;
  const classes = classesOf(state);
  return createTrainer(engine, {
    model: sequential([linear(2, units), tanh(), linear(units, classes || 1)]),
    loss: classes === 0 ? meanSquaredError() : softmaxCrossEntropy(),
    ...{ optimizer: sgd({ learningRate: 10 ** rate }), dtype: "f64", seed },
  } as never) as AnyTrainer;
}

/** Trains, and writes what it finds to `course`; yields after every few milliseconds of work. */
export function* trained(engine: Engine, state: State, course: Course): Generator<number, Course> {
  const data = samplesOf(state) as never;
  const trainer = trainerOf(engine, state);
  const surface = trainerSurface(trainer, data);
  const every = state.steps / records;
  try {
    let before = Number.POSITIVE_INFINITY;
    for (let step = 0; step <= state.steps; step++) {
      if (step % every === 0) {
        surface.moveTo();
        const { data: values } = symmetricEigen(engine, surface.hessian(), { vectors: false }).values;
        course.moments.push({ step, loss: surface.value(), eigenvalues: Array.from(values).reverse() });
        yield step / state.steps;
      }
      if (step === state.steps) break;
      const { loss } = trainer.step(data);
      if (loss > before) course.rises++;
      before = loss;
      if (step % 20 === 0) yield step / state.steps;
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    course.diverged = trainer.steps + 1;
  } finally {
    surface.free();
    trainer.free();
  }
  return course;
}

/** Rounding error of an eigenvalue, relative to the largest: shifts of all logits change no loss, so that some are exactly 0. */
export const tolerance = 1e-9;

/** Number of negative eigenvalues. */
export const negatives = (eigenvalues: readonly number[]): number =>
  eigenvalues.filter((value) => value < -tolerance * (eigenvalues[0] as number)).length;

/** Number of eigenvalues before the widest gap, by ratio, among the first of those that are positive. */
export function outliers(eigenvalues: readonly number[], among = 10): { count: number; ratio: number } {
  const first = eigenvalues.slice(0, among + 1).filter((value) => value > 0);
  const ratios = first.slice(1).map((value, k) => (first[k] as number) / value);
  const ratio = Math.max(...ratios);
  return { count: ratios.indexOf(ratio) + 1, ratio };
}
