// Gradient noise: g ← g + σ N(0, 1) with σ² = η / (1 + t)^γ after t updates, addressed by seed, update and parameter
// (Neelakantan, Vilnis, Le, Sutskever, Kaiser, Kurach and Martens, Adding gradient noise improves learning for very deep
// networks, 2015, equation 1).

import { chainScratch, streamGradientNoise, tensorBytes, transformNoise } from "../../abi";
import { normal } from "../../kernels/random";
import { combine } from "../../kernels/vectors";
import { TensorRange } from "../tensor";
import { Chain, registerTransform } from "./chain";

@unmanaged
class Noise {
  scale: f64; // η
  decay: f64; // γ
  /** A large σ may overflow. */
  grows(): void {}
  tensor<T>(chain: Chain, g: usize, tensor: TensorRange): void {
    const sigma = sqrt<f64>(this.scale / NativeMath.pow(1 + chain.step, this.decay));
    const index = <u32>(changetype<usize>(tensor) - <usize>chain.tensors) / tensorBytes;
    const step = <u64>chain.step;
    const most = <u32>(chainScratch / sizeof<T>());
    const drawn = <usize>chain.workspace;
    for (let from: u32 = 0; from < tensor.elements; from += most) {
      const count = min(most, tensor.elements - from);
      const stream = streamGradientNoise + index;
      normal<T>(drawn, from, count, chain.seedLow, chain.seedHigh, stream, <u32>step, <u32>(step >> 32));
      const at = g + <usize>from * sizeof<T>();
      combine<T>(at, at, drawn, 1, sigma, <usize>count);
    }
  }
}

export function registerNoise(): void {
  registerTransform<Noise>(transformNoise);
}
