// Adan: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)(g − g₋), n ← β₃n + (1 − β₃)(g + β₂(g − g₋))²,
// w ← (w − h (m̂ + β₂v̂) / (√n̂ + ε)) / (1 + hλ), g₋ the gradient of the update before and g₋ = g at the first one
// (Xie, Zhou, Li, Lin and Yan, Adan: Adaptive Nesterov momentum algorithm for faster optimizing deep models, IEEE TPAMI
// 2024, algorithm 1, whose βᵢ are ours taken from 1; the corrections 1 − βᵗ are those of the authors' own code). Decay
// divides the new weights, as the proximal step of ½λ Σ w² does, and so stays a contraction for every hλ.

import { ruleAdan } from "../abi";
import { prepareRoot, root } from "./root";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class Adan {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  beta3: f64;
  epsilon: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, this.beta3);
    constant<T>(c, 5, 1 - this.beta3);
    constant<T>(c, 6, step === 1 ? 0 : 1);
    constant<T>(c, 7, this.learningRate / (1 - NativeMath.pow(this.beta1, step)));
    constant<T>(c, 8, (this.learningRate * this.beta2) / (1 - NativeMath.pow(this.beta2, step)));
    prepareRoot<T>(c, 1 - NativeMath.pow(this.beta3, step), this.epsilon, 0);
  }
  decay<T>(rate: f64, step: f64, c: usize): void {
    constant<T>(c, 9, 1 / (1 + rate));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const before = s + 3 * stride;
    const d = v128.mul<T>(read<T>(c, 6), v128.sub<T>(g, v128.load(before)));
    v128.store(before, g);
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const v = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), v128.mul<T>(read<T>(c, 3), d));
    v128.store(s + stride, v);
    const u = v128.add<T>(g, v128.mul<T>(read<T>(c, 2), d));
    const squared = v128.mul<T>(read<T>(c, 5), v128.mul<T>(u, u));
    const n = v128.add<T>(v128.mul<T>(read<T>(c, 4), v128.load(s + 2 * stride)), squared);
    v128.store(s + 2 * stride, n);
    const step = v128.add<T>(v128.mul<T>(read<T>(c, 7), m), v128.mul<T>(read<T>(c, 8), v));
    return v128.mul<T>(read<T>(c, 9), v128.sub<T>(w, v128.div<T>(step, inline.always(root<T>(n, c)))));
  }
}

export function registerAdan(): void {
  registerRule<Adan>(ruleAdan);
}
