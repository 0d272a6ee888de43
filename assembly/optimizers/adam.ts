// Adam: m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − h m̂ / (√v̂ + ε) with m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ)
// (Kingma and Ba, Adam: A method for stochastic optimization, ICLR 2015, algorithm 1). AdamW is Adam with the sweep's
// decoupled decay (Loshchilov and Hutter, ICLR 2019). AMSGrad divides by the largest v so far, raw or corrected (Reddi,
// Kale and Kumar, On the convergence of Adam and beyond, ICLR 2018). The corrections 1 − βᵗ are taken in f64: in f32 the
// first step would be off by 7e-6.

import { ruleAdam, ruleAmsgrad } from "../abi";
import { prepareRoot, root } from "./root";
import { constant, No, read, registerRule, Yes } from "./sweep";

// Bits of `corrections`, and the codes of `maximum` (raw is 0).
const first: i32 = 1;
const second: i32 = 2;
const corrected: f64 = 1;

@unmanaged
export class Adam<Largest> {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  placement: f64;
  epsilonRoot: f64;
  corrections: f64;
  maximum: f64;

  prepare<T>(step: f64, c: usize): void {
    const corrections = <i32>this.corrections;
    const correction1 = corrections & first ? 1 - NativeMath.pow(this.beta1, step) : 1;
    const correction2 = corrections & second ? 1 - NativeMath.pow(this.beta2, step) : 1;
    const early = sizeof<Largest>() === sizeof<Yes>() && this.maximum === corrected;
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, this.learningRate / correction1);
    constant<T>(c, 5, early ? 1 / correction2 : 1);
    prepareRoot<T>(c, early ? 1 : correction2, this.epsilon, this.placement, this.epsilonRoot);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const squared = v128.mul<T>(read<T>(c, 3), v128.mul<T>(g, g));
    let v = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), squared);
    v128.store(s + stride, v);
    if (sizeof<Largest>() === sizeof<Yes>()) {
      v = v128.pmax<T>(v128.mul<T>(v, read<T>(c, 5)), v128.load(s + 2 * stride));
      v128.store(s + 2 * stride, v);
    }
    const d = inline.always(root<T>(v, c));
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 4), m), d));
  }
}

export function registerAdam(): void {
  registerRule<Adam<No>>(ruleAdam);
  registerRule<Adam<Yes>>(ruleAmsgrad);
}
