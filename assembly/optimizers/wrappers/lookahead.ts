// Lookahead: every k updates the slow weights s move toward the fast weights w, which restart from there: s ← s + α (w − s),
// w ← s
// (Zhang, Lucas, Hinton and Ba, Lookahead optimizer: k steps forward, 1 step back, NeurIPS 2019, algorithm 1).

import { wrapperLookahead } from "../../abi";
import { accumulateChange } from "../../kernels/accumulate";
import { registerWrapper, Wrapping } from "./wrapper";

@unmanaged
class Lookahead {
  syncPeriod: f64; // k
  slowStepSize: f64; // α

  afterUpdate<T>(wrapping: Wrapping): void {
    if (<u64>wrapping.step % <u64>this.syncPeriod !== 0) return;
    const slow = <usize>wrapping.state;
    const count = <usize>wrapping.elements;
    // A sum of changes, so that weights that do not change keep their bits.
    accumulateChange<T>(slow, slow, <usize>wrapping.weights, this.slowStepSize, <u32>count);
    memory.copy(<usize>wrapping.weights, slow, count * sizeof<T>());
  }
}

export function registerLookahead(): void {
  registerWrapper<Lookahead>(wrapperLookahead);
}
