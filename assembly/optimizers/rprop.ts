// Rprop: every weight has its own step size Δ: Δ ← clamp(η⁺Δ) where the gradient keeps its sign, clamp(η⁻Δ) where the sign
// changes, and there the gradient is replaced by 0; w ← w − Δ sign g. For full batches
// (Riedmiller and Braun, A direct adaptive method for faster backpropagation learning, ICNN 1993; the form without
// weight-backtracking: Igel and Hüsken, Improving the Rprop learning algorithm, 2000). State: last gradient, Δ.

import { ruleRprop } from "../abi";
import { prepareSign, sign } from "./sign";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class Rprop {
  learningRate: f64; // first Δ
  etaMinus: f64;
  etaPlus: f64;
  minStep: f64;
  maxStep: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, this.etaMinus);
    constant<T>(c, 1, this.etaPlus);
    constant<T>(c, 2, this.minStep);
    constant<T>(c, 3, this.maxStep);
    constant<T>(c, 4, 0);
    prepareSign<T>(c);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    // The sign of the product is found from the signs: a product of small gradients underflows.
    const last = v128.load(s);
    const zero = read<T>(c, 4);
    const kept = v128.or(
      v128.and(v128.gt<T>(g, zero), v128.gt<T>(last, zero)),
      v128.and(v128.lt<T>(g, zero), v128.lt<T>(last, zero)),
    );
    const turned = v128.or(
      v128.and(v128.gt<T>(g, zero), v128.lt<T>(last, zero)),
      v128.and(v128.lt<T>(g, zero), v128.gt<T>(last, zero)),
    );
    const old = v128.load(s + stride);
    const grown = v128.pmin<T>(v128.mul<T>(old, read<T>(c, 1)), read<T>(c, 3));
    const shrunk = v128.pmax<T>(v128.mul<T>(old, read<T>(c, 0)), read<T>(c, 2));
    const size = v128.bitselect(grown, v128.bitselect(shrunk, old, turned), kept);
    v128.store(s + stride, size);
    const used = v128.andnot(g, turned);
    v128.store(s, used);
    return v128.sub<T>(w, v128.mul<T>(size, inline.always(sign<T>(used, c))));
  }
}

export function registerRprop(): void {
  registerRule<Rprop>(ruleRprop);
}
