// Vanishing and exploding gradients: what is left of a derivative after a chain of factors, and what keeps it whole.

import { type Engine, grad, type Tensor } from "thalweg";
import { print, program } from "./course/program.js";

/** Slope of `layers` applications of one layer, at 0. */
export function slopeOf(engine: Engine, layer: (x: Tensor) => Tensor, layers: number): number {
  const chain = (x: Tensor): Tensor => {
    let y = x;
    for (let k = 0; k < layers; k++) y = layer(y);
    return y;
  };
  using slope = grad(engine, chain);
  return slope(0).data[0] as number;
}

/** A sigmoid moved so that 0 stays at 0, where its slope is largest: 1/4. */
export const sigmoid = (x: Tensor): Tensor => x.sigmoid().subtract(0.5);
/** The cure: what goes in comes out as well. */
export const residual = (x: Tensor): Tensor => x.add(sigmoid(x));

/** Norm of the gradient of v'Aᵏx for a symmetric matrix A whose largest eigenvalue is λ and v is its eigenvector. */
export function matrixChain(engine: Engine, lambda: number, layers: number): number {
  const matrix = [
    [0.7 * lambda, 0.3 * lambda],
    [0.3 * lambda, 0.7 * lambda],
  ];
  const chain = (x: Tensor): Tensor => {
    let y = x.reshape([1, 2]);
    for (let k = 0; k < layers; k++) y = y.matmul(matrix);
    return y.sum().multiply(Math.SQRT1_2);
  };
  using gradient = grad(engine, chain);
  return Math.hypot(...Array.from(gradient([0.2, -0.1]).data));
}

await program(import.meta.url, (engine) => {
  print("layers", "sigmoid", "residual", "λ = 0.5", "λ = 2");
  for (const layers of [1, 2, 5, 20]) {
    const slopes = [sigmoid, residual].map((layer) => slopeOf(engine, layer, layers));
    print(String(layers), ...slopes, matrixChain(engine, 0.5, layers), matrixChain(engine, 2, layers));
  }
});
