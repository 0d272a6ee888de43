// Adadelta: s ← ρs + (1 − ρ)g², δ = √(u + ε) / √(s + ε) ⋅ g, u ← ρu + (1 − ρ)δ², w ← w − h δ
// (Zeiler, ADADELTA: An adaptive learning rate method, arXiv 1212.5701, 2012, algorithm 1, where h = 1).

import { ruleAdadelta } from "../abi";
import { constant, positive, read, registerRule } from "./sweep";

@unmanaged
class Adadelta {
  learningRate: f64;
  rho: f64;
  epsilon: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.learningRate);
    constant<T>(c, 1, this.rho);
    constant<T>(c, 2, 1 - this.rho);
    constant<T>(c, 3, positive<T>(this.epsilon));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const squared = v128.mul<T>(read<T>(c, 2), v128.mul<T>(g, g));
    const mean = v128.add<T>(v128.mul<T>(read<T>(c, 1), v128.load(s)), squared);
    v128.store(s, mean);
    const u = v128.load(s + stride);
    const numerator = v128.sqrt<T>(v128.add<T>(u, read<T>(c, 3)));
    const delta = v128.mul<T>(v128.div<T>(numerator, v128.sqrt<T>(v128.add<T>(mean, read<T>(c, 3)))), g);
    const moved = v128.mul<T>(read<T>(c, 2), v128.mul<T>(delta, delta));
    v128.store(s + stride, v128.add<T>(v128.mul<T>(read<T>(c, 1), u), moved));
    return v128.sub<T>(w, v128.mul<T>(read<T>(c, 0), delta));
  }
}

export function registerAdadelta(): void {
  registerRule<Adadelta>(ruleAdadelta);
}
