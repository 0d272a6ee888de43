// AdaBelief: Adam that divides by the distance of the gradient from its mean: m ← β₁m + (1 − β₁)g,
// s ← β₂s + (1 − β₂)(g − m)² + ε, w ← w − h m̂ / (√ŝ + ε) (Zhuang et al., AdaBelief optimizer: Adapting stepsizes by the
// belief in observed gradients, NeurIPS 2020, algorithm 2). The ε of all updates add ε / (1 − β₂) to ŝ, which need not be
// stored.

import { ruleAdaBelief } from "../abi";
import { prepareRoot, root } from "./root";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class AdaBelief {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, this.learningRate / (1 - NativeMath.pow(this.beta1, step)));
    prepareRoot<T>(c, 1 - NativeMath.pow(this.beta2, step), this.epsilon, 0, this.epsilon / (1 - this.beta2));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const surprise = v128.sub<T>(g, m);
    const squared = v128.mul<T>(read<T>(c, 3), v128.mul<T>(surprise, surprise));
    const mean = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), squared);
    v128.store(s + stride, mean);
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 4), m), inline.always(root<T>(mean, c))));
  }
}

export function registerAdaBelief(): void {
  registerRule<AdaBelief>(ruleAdaBelief);
}
