// RMSprop: s ← ρs + (1 − ρ)g², w ← w − h g / d with d = √s + ε, or √(s + ε)
// (Tieleman and Hinton, Lecture 6.5, Coursera: Neural networks for machine learning, 2012).
//
// Centered: the variance s − m² with m ← ρm + (1 − ρ)g in place of s (Graves, arXiv 1308.0850, 2013, eqs. 38-45); a variance
// made negative by rounding is 0. With momentum: b ← μb + g/d and w ← w − h b, or with the learning rate inside, b ← μb + h g/d
// and w ← w − b. Each variant is a class, so that none reads state vectors that it does not have.

import { ruleRmsprop, ruleRmspropCentered, ruleRmspropCenteredMomentum, ruleRmspropMomentum } from "../abi";
import { constant, No, positive, read, registerRule, Yes } from "./sweep";

@unmanaged
class Rmsprop<Centered, Momentum> {
  learningRate: f64;
  rho: f64;
  epsilon: f64;
  inside: f64;
  momentum: f64;
  rateInMomentum: f64;

  prepare<T>(step: f64, c: usize): void {
    const epsilon = positive<T>(this.epsilon);
    const early = sizeof<Momentum>() === sizeof<Yes>() && this.rateInMomentum !== 0;
    constant<T>(c, 0, this.rho);
    constant<T>(c, 1, 1 - this.rho);
    constant<T>(c, 2, this.inside !== 0 ? epsilon : 0);
    constant<T>(c, 3, this.inside !== 0 ? 0 : epsilon);
    constant<T>(c, 4, early ? 1 : this.learningRate);
    constant<T>(c, 5, early ? this.learningRate : 1);
    constant<T>(c, 6, this.momentum);
    constant<T>(c, 7, 0);
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    const squared = v128.mul<T>(read<T>(c, 1), v128.mul<T>(g, g));
    let variance = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), squared);
    v128.store(s, variance);
    if (sizeof<Centered>() === sizeof<Yes>()) {
      s += stride;
      const m = v128.add<T>(v128.mul<T>(read<T>(c, 0), v128.load(s)), v128.mul<T>(read<T>(c, 1), g));
      v128.store(s, m);
      variance = v128.pmax<T>(v128.sub<T>(variance, v128.mul<T>(m, m)), read<T>(c, 7));
    }
    const d = v128.add<T>(v128.sqrt<T>(v128.add<T>(variance, read<T>(c, 2))), read<T>(c, 3));
    let step = v128.div<T>(g, d);
    if (sizeof<Momentum>() === sizeof<Yes>()) {
      s += stride;
      step = v128.add<T>(v128.mul<T>(read<T>(c, 6), v128.load(s)), v128.mul<T>(read<T>(c, 5), step));
      v128.store(s, step);
    }
    return v128.sub<T>(w, v128.mul<T>(read<T>(c, 4), step));
  }
}

export function registerRmsprop(): void {
  registerRule<Rmsprop<No, No>>(ruleRmsprop);
  registerRule<Rmsprop<No, Yes>>(ruleRmspropMomentum);
  registerRule<Rmsprop<Yes, No>>(ruleRmspropCentered);
  registerRule<Rmsprop<Yes, Yes>>(ruleRmspropCenteredMomentum);
}
