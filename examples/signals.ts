// How large the signals are in each of ten layers, forward and backward, for four starts and two activations: they die, or
// stay as they are where Xavier is given to tanh and He to ReLU.

import {
  compile,
  type Engine,
  grad,
  heNormal,
  type Initializer,
  normalInitializer,
  type Tensor,
  xavierUniform,
  zerosInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

const [layers, width, rows] = [10, 64, 128];

export const starts: Record<string, Initializer> = {
  zero: zerosInitializer,
  "N(0, 0.01)": normalInitializer(0.1),
  "N(0, 0.01²)": normalInitializer(0.01),
  Xavier: xavierUniform,
  He: heNormal,
};
export const activations: Record<string, (x: Tensor) => Tensor> = { tanh: (x) => x.tanh(), ReLU: (x) => x.relu() };

const matrix = (data: Float64Array, columns: number) => ({ data, shape: [data.length / columns, columns] });

/** The activations of every layer, for standard normal inputs. */
export function activationsOf(engine: Engine, start: string, activation: string): Float64Array[] {
  let signal = matrix(draw(engine, [rows, width], 99), width);
  using layer = compile(engine, ({ x, w }: { x: Tensor; w: Tensor }) => activate(activation, x.matmul(w)));
  return weightsOf(engine, start).map((w) => {
    signal = layer({ x: signal, w }) as typeof signal;
    return signal.data;
  });
}

/** Variances of the activations, and of the gradients that come back to them from standard normal ones at the end. */
export function variances(engine: Engine, start: string, activation: string) {
  const w = weightsOf(engine, start);
  const x = matrix(draw(engine, [rows, width], 99), width);
  const end = matrix(draw(engine, [rows, width], 98), width);
  // The gradient for a 0 that is added to the activations of a layer is the gradient for these.
  const zero = w.map(() => matrix(new Float64Array(rows * width), width));
  using gradient = grad(engine, (t: { x: Tensor; end: Tensor; zero: Tensor[]; w: Tensor[] }) => {
    let signal = t.x;
    for (const [k, weight] of t.w.entries())
      signal = activate(activation, signal.matmul(weight)).add(t.zero[k] as Tensor);
    return signal.multiply(t.end).sum();
  });
  const { zero: backward } = gradient({ x, end, zero, w });
  return {
    forward: activationsOf(engine, start, activation).map(variance),
    backward: backward.map(({ data }) => variance(Float64Array.from(data))),
  };
}

const activate = (name: string, x: Tensor): Tensor => (activations[name] as (x: Tensor) => Tensor)(x);

const weightsOf = (engine: Engine, start: string) =>
  Array.from({ length: layers }, (_, k) => matrix(draw(engine, [width, width], k, starts[start]), width));

/** Mean of squares: the means are near 0, or for ReLU part of the signal. */
const variance = (values: Float64Array): number => values.reduce((sum, x) => sum + x * x, 0) / values.length;

await program(import.meta.url, (engine) => {
  print("", "start", "layer 1", "layer 5", "layer 10");
  for (const activation of Object.keys(activations))
    for (const start of Object.keys(starts)) {
      const { forward, backward } = variances(engine, start, activation);
      const at = (list: number[]): string[] => [0, 4, 9].map((k) => (list[k] ?? 0).toExponential(1));
      print(activation, start, ...at(forward), "forward");
      print("", "", ...at(backward), "backward");
    }
});
