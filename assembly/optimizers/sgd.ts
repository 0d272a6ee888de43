// Gradient descent: w ← w − h g; batch, mini-batch or stochastic, by the size of the batch
// (Robbins and Monro, A stochastic approximation method, Annals of Mathematical Statistics, 1951).

import { ruleSgd } from "../abi";
import { constant, read, registerRule } from "./sweep";

@unmanaged
export class Sgd {
  learningRate: f64;
  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.learningRate);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    return v128.sub<T>(w, v128.mul<T>(read<T>(c, 0), g));
  }
}

export function registerSgd(): void {
  registerRule<Sgd>(ruleSgd);
}
