// Fits of a polynomial for every λ of the slider: weights w that make the mean squared error plus λ Σ w² least, the constant left
// out of the penalty. It is least squares with a row √(n λ) for every weight.

import { compile, type Engine, solveLeastSquares, type Tensor } from "thalweg";
import { highest, lambdaOf, lowest, type State, step } from "./controls.ts";
import { inputsOf, testInputs, testTargets } from "./samples.ts";

const count = Math.round((highest - lowest) / step) + 1;
export const lambdas = Array.from({ length: count }, (_, k) => lambdaOf(lowest + step * k));
export const indexOf = (lambda: number): number => Math.round((lambda - lowest) / step);

/** Places at which curves are drawn. */
export const places = Array.from({ length: 241 }, (_, k) => -1 + k / 120);

export interface Fits {
  /** Weights [degree + 1] of every λ. */
  readonly weights: readonly Float64Array[];
  readonly training: readonly number[];
  readonly test: readonly number[];
  /** Index of the λ with the least test loss. */
  readonly best: number;
  readonly testTargets: readonly number[];
}

interface Matrix {
  readonly data: Float64Array;
  readonly shape: [number, number];
}

/** Powers 1, x, … of some inputs. */
function powers(inputs: readonly number[], degree: number): Matrix {
  const data = inputs.flatMap((x) => Array.from({ length: degree + 1 }, (_, k) => x ** k));
  return { data: Float64Array.from(data), shape: [inputs.length, degree + 1] };
}

/** Weights for one λ. */
function ridge(engine: Engine, { data, shape }: Matrix, targets: readonly number[], lambda: number): Float64Array {
  const [rows, columns] = shape;
  if (lambda === 0) return solveLeastSquares(engine, { data, shape }, targets).data;
  const root = Math.sqrt(rows * lambda);
  const all = new Float64Array((rows + columns - 1) * columns);
  all.set(data);
  for (let k = 1; k < columns; k++) all[(rows + k - 1) * columns + k] = root;
  const right = [...targets, ...new Array<number>(columns - 1).fill(0)];
  return solveLeastSquares(engine, { data: all, shape: [rows + columns - 1, columns] }, right).data;
}

const column = (values: readonly number[]): Matrix => ({ data: Float64Array.from(values), shape: [values.length, 1] });

const columns = (list: readonly Float64Array[]): Matrix => {
  const size = (list[0] as Float64Array).length;
  const data = new Float64Array(size * list.length);
  for (const [j, weights] of list.entries())
    for (let k = 0; k < size; k++) data[k * list.length + j] = weights[k] as number;
  return { data, shape: [size, list.length] };
};

const dataOf = (result: unknown): Float64Array => (result as { data: Float64Array }).data;

/** Computes fits and their curves; its programs are traced once for each degree and number of samples. */
export function fitter(engine: Engine) {
  const product = ({ basis, weights }: { basis: Tensor; weights: Tensor }): Tensor => basis.matmul(weights);
  const curves = compile(engine, product);
  const losses = compile(engine, ({ targets, ...model }: { basis: Tensor; weights: Tensor; targets: Tensor }) =>
    product(model).subtract(targets).square().mean({ axes: 0 }),
  );
  return {
    fit(state: State): Fits {
      const { count, degree, noise, seed, points } = state;
      const basis = powers(inputsOf(count), degree);
      const targets = Object.values(points);
      const weights = lambdas.map((lambda) => ridge(engine, basis, targets, lambda));
      const all = columns(weights);
      const others = testTargets(noise, seed);
      const training = [...dataOf(losses({ basis, weights: all, targets: column(targets) }))];
      const test = [...dataOf(losses({ basis: powers(testInputs, degree), weights: all, targets: column(others) }))];
      return { weights, training, test, best: test.indexOf(Math.min(...test)), testTargets: others };
    },
    /** Values at the places of the curves, one row a place. */
    curves: (list: readonly Float64Array[]): Float64Array =>
      dataOf(curves({ basis: powers(places, (list[0] as Float64Array).length - 1), weights: columns(list) })),
    free() {
      curves.free();
      losses.free();
    },
  };
}
