// Averaged SGD: descent of z with rate ηₜ = h / (1 + λh(t − 1))^α and decay λ; the weights x are the average of z since
// step t₀: z ← (1 − ληₜ)z − ηₜg(z), x ← x + μₜ(z − x), μₜ = 1 / max(1, t − 1 − t₀)
// (Polyak and Juditsky, Acceleration of stochastic approximation by averaging, SIAM J. Control Optim. 30, 1992; the
// rates: Bottou, Stochastic gradient descent tricks, 2012). The state is d = z − x, as in scheduleFree.ts.

import { ruleAsgd } from "../abi";
import { constant, read, registerRule } from "./sweep";

@unmanaged
class Asgd {
  learningRate: f64;
  lambda: f64;
  alpha: f64;
  start: f64;

  prepare<T>(step: f64, c: usize): void {
    const h = this.learningRate;
    const rate = h / NativeMath.pow(1 + this.lambda * h * (step - 1), this.alpha);
    constant<T>(c, 0, 1 - this.lambda * rate);
    constant<T>(c, 1, rate);
    constant<T>(c, 2, 1 / max<f64>(1, step - 1 - this.start));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const old = v128.add<T>(w, v128.load(s));
    const z = v128.sub<T>(v128.mul<T>(read<T>(c, 0), old), v128.mul<T>(read<T>(c, 1), g));
    const x = v128.add<T>(w, v128.mul<T>(read<T>(c, 2), v128.sub<T>(z, w)));
    v128.store(s, v128.sub<T>(z, x));
    return x;
  }
  lookAhead<T>(w: v128, s: usize, stride: usize, c: usize): v128 {
    return v128.add<T>(w, v128.load(s));
  }
}

export function registerAsgd(): void {
  registerRule<Asgd>(ruleAsgd);
}
