// Lion: w ← w − h sign(β₁m + (1 − β₁)g), then m ← β₂m + (1 − β₂)g; sign 0 = 0
// (Chen et al., Symbolic discovery of optimization algorithms, NeurIPS 2023, algorithm 2).

import { ruleLion } from "../abi";
import { prepareSign, sign } from "./sign";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class Lion {
  learningRate: f64;
  beta1: f64;
  beta2: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.beta1);
    constant<T>(c, 1, 1 - this.beta1);
    constant<T>(c, 2, this.beta2);
    constant<T>(c, 3, 1 - this.beta2);
    constant<T>(c, 4, this.learningRate);
    prepareSign<T>(c);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const m = v128.load(s);
    const mixed = v128.add<T>(v128.mul<T>(read<T>(c, 0), m), v128.mul<T>(read<T>(c, 1), g));
    v128.store(s, v128.add<T>(v128.mul<T>(read<T>(c, 2), m), v128.mul<T>(read<T>(c, 3), g)));
    return v128.sub<T>(w, v128.mul<T>(read<T>(c, 4), inline.always(sign<T>(mixed, c))));
  }
}

export function registerLion(): void {
  registerRule<Lion>(ruleLion);
}
