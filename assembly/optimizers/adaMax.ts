// AdaMax: m as Adam's, u ← max(β₂u, |g| + i), w ← w − h/(1 − β₁ᵗ) ⋅ m / (u + o); where u is 0 the step is 0
// (Kingma and Ba, Adam, ICLR 2015, algorithm 2, where i = o = 0). ε is inside the maximum in PyTorch and Optax (i), outside in
// Keras (o).

import { ruleAdaMax } from "../abi";
import { constant, positive, read, registerRule } from "./sweep";

@unmanaged
class AdaMax {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  inside: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, this.inside !== 0 ? this.epsilon : 0);
    constant<T>(c, 4, this.inside !== 0 ? 0 : this.epsilon);
    constant<T>(c, 5, positive<T>(0));
    constant<T>(c, 6, this.learningRate / (1 - NativeMath.pow(this.beta1, step)));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const largest = v128.mul<T>(read<T>(c, 2), v128.load(s + stride));
    const u = v128.pmax<T>(v128.add<T>(v128.abs<T>(g), read<T>(c, 3)), largest);
    v128.store(s + stride, u);
    // If u is 0, all gradients were 0, so m is 0 too and the quotient is 0.
    const d = v128.pmax<T>(v128.add<T>(u, read<T>(c, 4)), read<T>(c, 5));
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 6), m), d));
  }
}

export function registerAdaMax(): void {
  registerRule<AdaMax>(ruleAdaMax);
}
