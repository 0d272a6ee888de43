// Nadam: Adam with Nesterov momentum, w ← w − h (p m + q g) / (√v̂ + ε)
// (Dozat, Incorporating Nesterov momentum into Adam, ICLR workshop 2016).
//
//   form        p                     q                       source
//   lecture     β₁/(1 − β₁ᵗ)          (1 − β₁)/(1 − β₁ᵗ)      lectures; the first step is (1 + β₁) h
//   constant    β₁/(1 − β₁ᵗ⁺¹)        (1 − β₁)/(1 − β₁ᵗ)      Optax
//   scheduled   μₜ₊₁/(1 − Πᵗ⁺¹μ)      (1 − μₜ)/(1 − Πᵗμ)      Dozat, PyTorch from 2.0, Keras
//   doubled     μₜ₊₁/(1 − μₜ Πᵗ⁺¹μ)   (1 − μₜ)/(1 − Πᵗμ)      PyTorch up to 1.13, which counts μₜ twice
//
// with μᵢ = β₁ (1 − ½ ⋅ 0.96^(ψ i)), ψ = 0.004 in PyTorch and 1 in Keras. The product of the μᵢ has a series, so it need not
// be stored as state: with r = 0.96^ψ,
//
//   −log Π (1 − ½ rⁱ) = Σₖ 2⁻ᵏ/k ⋅ Σᵢ rᵏⁱ = Σₖ 2⁻ᵏ/k ⋅ rᵏ (1 − rᵏᵗ)/(1 − rᵏ)

import { ruleNadam } from "../abi";
import { prepareRoot, root } from "./root";
import { constant, read, registerRule } from "./sweep";

// Codes of the form; lecture is 0.
const constantForm: f64 = 1;
const doubledForm: f64 = 3; // scheduled is 2

const log096: f64 = -0.040821994520255166;
const terms: i32 = 53; // the remainder is below 2⁻⁵³ of the first term

/** Π over i ≤ t of (1 − ½ rⁱ), with log r given. */
function product(logRatio: f64, t: f64): f64 {
  let sum: f64 = 0;
  let weight: f64 = 1;
  for (let k = 1; k <= terms; k++) {
    weight *= 0.5;
    const l = <f64>k * logRatio;
    const powers = l === 0 ? t : (NativeMath.exp(l) * NativeMath.expm1(t * l)) / NativeMath.expm1(l);
    sum += (weight / <f64>k) * powers;
  }
  return NativeMath.exp(-sum);
}

@unmanaged
class Nadam {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  placement: f64;
  form: f64;
  momentumDecay: f64;

  prepare<T>(step: f64, c: usize): void {
    const h = this.learningRate;
    const beta1 = this.beta1;
    const power = NativeMath.pow(beta1, step);
    let p = beta1 / (1 - power);
    let q = (1 - beta1) / (1 - power);
    if (this.form === constantForm) p = beta1 / (1 - power * beta1);
    else if (this.form > constantForm) {
      const l = log096 * this.momentumDecay;
      const now = beta1 * (1 - 0.5 * NativeMath.exp(step * l));
      const next = beta1 * (1 - 0.5 * NativeMath.exp((step + 1) * l));
      const all = power * product(l, step);
      p = next / (1 - all * next * (this.form === doubledForm ? now : 1));
      q = (1 - now) / (1 - all);
    }
    constant<T>(c, 0, beta1);
    constant<T>(c, 1, 1 - beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, h * p);
    constant<T>(c, 5, h * q);
    prepareRoot<T>(c, 1 - NativeMath.pow(this.beta2, step), this.epsilon, this.placement);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const squared = v128.mul<T>(read<T>(c, 3), v128.mul<T>(g, g));
    const v = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), squared);
    v128.store(s + stride, v);
    const ahead = v128.add<T>(v128.mul<T>(read<T>(c, 4), m), v128.mul<T>(read<T>(c, 5), g));
    return v128.sub<T>(w, v128.div<T>(ahead, inline.always(root<T>(v, c))));
  }
}

export function registerNadam(): void {
  registerRule<Nadam>(ruleNadam);
}
