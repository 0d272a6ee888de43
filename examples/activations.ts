// Activations and their derivatives: the sigmoid passes on at most a quarter of a gradient, tanh at most all of it.

import { compile, type Engine, grad, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";

export const activations: Record<string, (x: Tensor) => Tensor> = {
  sigmoid: (x) => x.sigmoid(),
  tanh: (x) => x.tanh(),
  ReLU: (x) => x.relu(),
  "leaky ReLU": (x) => x.leakyRelu(0.1),
  ELU: (x) => x.elu(1),
  SELU: (x) => x.selu(),
  softplus: (x) => x.softplus(),
  GELU: (x) => x.gelu("erf"),
  SiLU: (x) => x.silu(),
  Mish: (x) => x.mish(),
  hardswish: (x) => x.hardswish(),
  atan: (x) => x.atan(),
};

export const from = -4;
export const grid = Array.from({ length: 321 }, (_, k) => from + k / 40);

/** Values and derivatives at −4, −3.975, ..., 4. */
export function tabulate(engine: Engine, name: string): { values: number[]; slopes: number[] } {
  const f = activations[name] as (x: Tensor) => Tensor;
  using value = compile(engine, f);
  using slope = grad(engine, (x: Tensor) => f(x).sum());
  return {
    values: Array.from((value(grid) as { data: ArrayLike<number> }).data),
    slopes: Array.from(slope(grid).data),
  };
}

await program(import.meta.url, (engine) => {
  print("", "f(−4)", "f(4)", "f′(0)", "least f′", "largest f′");
  for (const name of Object.keys(activations)) {
    const { values, slopes } = tabulate(engine, name);
    print(name, values[0] ?? 0, values.at(-1) ?? 0, slopes[160] ?? 0, Math.min(...slopes), Math.max(...slopes));
  }
});
