// Clipping by the norm of each parameter: g ← g min(1, c / (|g| + ε)), |g| over one tensor
// (Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1).

import { transformClipNorm } from "../../abi";
import { TensorRange } from "../tensor";
import { Chain, registerTransform } from "./chain";
import { limitNorm } from "./limitNorm";

@unmanaged
class ClipNorm {
  maxNorm: f64;
  epsilon: f64;
  tensor<T>(chain: Chain, g: usize, tensor: TensorRange): void {
    limitNorm<T>(g, <usize>tensor.elements, -1, this.maxNorm, this.epsilon);
  }
}

export function registerClipNorm(): void {
  registerTransform<ClipNorm>(transformClipNorm);
}
