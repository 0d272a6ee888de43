// Clipping by the norm of the whole gradient: g ← g min(1, c / (|g| + ε)), |g| over all parameters, which keeps the direction
// (Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks, ICML 2013, algorithm 1).

import { transformClipGlobalNorm } from "../../abi";
import { Chain, registerTransform } from "./chain";
import { limitNorm } from "./limitNorm";

@unmanaged
class ClipGlobalNorm {
  maxNorm: f64;
  epsilon: f64;
  whole<T>(chain: Chain, g: usize, count: usize): void {
    limitNorm<T>(g, count, chain.squares, this.maxNorm, this.epsilon);
  }
}

export function registerClipGlobalNorm(): void {
  registerTransform<ClipGlobalNorm>(transformClipGlobalNorm);
}
