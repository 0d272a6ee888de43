// Cautious masking: only the elements of the update d that go against the gradient are kept, and scaled by n over their number,
// tensor by tensor: d ← m d / max(mean m, 0.001) with m = 1 where d g < 0, else 0
// (Liang, Chen, Liu and Liu, Cautious optimizers: Improving training with one line of code, 2024, algorithm 1 and the
// authors' code, which has the bound 0.001).

import { tensorBytes, wrapperCautious } from "../../abi";
import { countOpposed, keepOpposed } from "../../kernels/agree";
import { TensorRange } from "../tensor";
import { registerWrapper, Wrapping } from "./wrapper";

@unmanaged
class Cautious {
  least: f64;

  change<T>(wrapping: Wrapping): void {
    const end = <usize>wrapping.tensors + <usize>wrapping.tensorCount * tensorBytes;
    for (let at = <usize>wrapping.tensors; at < end; at += tensorBytes) {
      const tensor = changetype<TensorRange>(at);
      const offset = <usize>tensor.offset * sizeof<T>();
      const d = <usize>wrapping.updates + offset;
      const g = <usize>wrapping.gradients + offset;
      const count = <usize>tensor.elements;
      const mean = <f64>countOpposed<T>(d, g, count) / <f64>count;
      keepOpposed<T>(d, g, 1 / max<f64>(mean, this.least), count);
    }
  }
}

export function registerCautious(): void {
  registerWrapper<Cautious>(wrapperCautious);
}
