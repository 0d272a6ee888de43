// Adagrad: s ← s + g², w ← w − h g / (√s + ε), or √(s + ε); optionally with the rate h / (1 + (t − 1) δ)
// (Duchi, Hazan and Singer, Adaptive subgradient methods, JMLR 12, 2011).

import { ruleAdagrad } from "../abi";
import { constant, positive, read, registerRule } from "./sweep";

@unmanaged
class Adagrad {
  learningRate: f64;
  epsilon: f64;
  inside: f64;
  rateDecay: f64;

  prepare<T>(step: f64, c: usize): void {
    const epsilon = positive<T>(this.epsilon);
    constant<T>(c, 0, this.learningRate / (1 + (step - 1) * this.rateDecay));
    constant<T>(c, 1, this.inside !== 0 ? epsilon : 0);
    constant<T>(c, 2, this.inside !== 0 ? 0 : epsilon);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const sum = v128.add<T>(v128.load(s), v128.mul<T>(g, g));
    v128.store(s, sum);
    const d = v128.add<T>(v128.sqrt<T>(v128.add<T>(sum, read<T>(c, 1))), read<T>(c, 2));
    return v128.sub<T>(w, v128.div<T>(v128.mul<T>(read<T>(c, 0), g), d));
  }
}

export function registerAdagrad(): void {
  registerRule<Adagrad>(ruleAdagrad);
}
