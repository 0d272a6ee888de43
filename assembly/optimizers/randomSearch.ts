// Random search: every update draws weights v = s N(0, 1), or w + s N(0, 1) around the best ones, and takes w ← v if L(v) is
// the lowest loss so far. The look-ahead point is v. The draws are addressed by seed, update and parameter
// (Rastrigin, The convergence of the random search method in the extremal control of a many-parameter system, Automation
// and Remote Control 24, 1963). No gradient is taken.

import { ruleRandomSearch, streamSearch, tensorBytes } from "../abi";
import { normal } from "../kernels/random";
import { combine } from "../kernels/vectors";
import { registerRule, Sweep } from "./sweep";
import { TensorRange } from "./tensor";

@unmanaged
class RandomSearch {
  scale: f64;
  around: f64; // factor of the best weights in the draw, 0 or 1
  lowestLoss: f64; // valid after the first update

  lookAheadGroup<T>(sweep: Sweep): void {
    const done = <u64>sweep.step - 1;
    for (let k: u32 = 0; k < sweep.tensorCount; k++) {
      const tensor = changetype<TensorRange>(<usize>sweep.tensors + k * tensorBytes);
      if (tensor.offset < sweep.offset || tensor.offset >= sweep.offset + sweep.elements) continue;
      const at = <usize>(tensor.offset - sweep.offset) * sizeof<T>();
      const out = <usize>sweep.lookAhead + at;
      const stream = streamSearch + k;
      normal<T>(out, 0, tensor.elements, sweep.seedLow, sweep.seedHigh, stream, <u32>done, <u32>(done >> 32));
      combine<T>(out, out, <usize>sweep.weights + at, this.scale, this.around, <usize>tensor.elements);
    }
  }
  updateGroup<T>(sweep: Sweep): void {
    if (sweep.step > 1 && !(sweep.loss < this.lowestLoss)) return;
    this.lowestLoss = sweep.loss;
    memory.copy(<usize>sweep.weights, <usize>sweep.lookAhead, <usize>sweep.elements * sizeof<T>());
  }
}

export function registerRandomSearch(): void {
  registerRule<RandomSearch>(ruleRandomSearch);
}
