// RAdam: Adam with its step multiplied by r = √[(ρₜ − 4)(ρₜ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρₜ)], and momentum alone while ρₜ is
// too small for the variance of 1/√v̂ to exist; ρ∞ = 2/(1 − β₂) − 1, ρₜ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ)
// (Liu, Jiang, He, Chen, Liu, Gao and Han, On the variance of the adaptive learning rate and beyond, ICLR 2020,
// algorithm 2, threshold 4; 5 in PyTorch and Optax).

import { ruleRAdam } from "../abi";
import { prepareNoRoot, prepareRoot, root } from "./root";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class RAdam {
  learningRate: f64;
  beta1: f64;
  beta2: f64;
  epsilon: f64;
  placement: f64;
  threshold: f64;

  prepare<T>(step: f64, c: usize): void {
    const power = NativeMath.pow(this.beta2, step);
    const limit = 2 / (1 - this.beta2) - 1;
    const length = limit - (2 * step * power) / (1 - power);
    let h = this.learningRate / (1 - NativeMath.pow(this.beta1, step));
    prepareRoot<T>(c, 1 - power, this.epsilon, this.placement);
    if (length > this.threshold) {
      h *= sqrt<f64>(((length - 4) * (length - 2) * limit) / ((limit - 4) * (limit - 2) * length));
    } else prepareNoRoot<T>(c);
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, h);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, m);
    const squared = v128.mul<T>(read<T>(c, 3), v128.mul<T>(g, g));
    const v = v128.add<T>(v128.mul<T>(read<T>(c, 2), v128.load(s + stride)), squared);
    v128.store(s + stride, v);
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 4), m), inline.always(root<T>(v, c))));
  }
}

export function registerRAdam(): void {
  registerRule<RAdam>(ruleRAdam);
}
