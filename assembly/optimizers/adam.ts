// Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − h m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
// (Kingma and Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1). AdamW is Adam with the sweep's
// decoupled decay (Loshchilov and Hutter, ICLR 2019). The corrections 1 − βᵗ are taken in f64: in f32 the first step
// would be off by 7e-6.

import { ruleAdam } from "../abi";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class Adam {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;

  prepare<T>(step: f64, c: usize): void {
    const correction1 = 1 - NativeMath.pow(this.beta1, step);
    const correction2 = 1 - NativeMath.pow(this.beta2, step);
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, this.learningRate / correction1);
    constant<T>(c, 5, 1 / sqrt<f64>(correction2));
    constant<T>(c, 6, this.epsilon);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const squared = v128.mul<T>(read<T>(c, 3), v128.mul<T>(g, g));
    const v = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), squared);
    v128.store(s + stride, v);
    const root = v128.add<T>(v128.mul<T>(v128.sqrt<T>(v), read<T>(c, 5)), read<T>(c, 6));
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 4), m), root));
  }
}

export function registerAdam(): void {
  registerRule<Adam>(ruleAdam);
}
