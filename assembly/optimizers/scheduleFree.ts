// Schedule-Free: gradients at y, steps of z; the weights x are the running average of z:
//
//   y = (1 − β)z + βx        z ← z − γ (u + λy)        x ← (1 − a)x + az
//
// with u = g (SGD) or u = g / (√v̂ + ε) (AdamW), γ = h min(1, t/T) for a warm-up over T steps and a = γₜ² / Σ γᵢ²
// (Defazio, Yang, Mehta, Mishchenko, Khaled and Cutkosky, The road less scheduled, NeurIPS 2024, algorithm 1).
//
// The state is d = z − x, not z: it starts at 0, stays valid when the user sets the weights, and a step that is small beside x
// is not lost to rounding. Then y = x + (1 − β)d, e = d − γ(u + λy), x ← x + ae, d ← e − ae.

import { ruleScheduleFreeAdamW, ruleScheduleFreeSgd } from "../abi";
import { prepareRoot, root } from "./root";
import { constant, No, read, registerRule, Yes } from "./sweep";

function ramp(step: f64, warmup: f64): f64 {
  return step < warmup ? step / warmup : 1;
}

/** Weight a of the newest z: γₜ² / Σ γᵢ² over a linear warm-up and a constant rate, by the sum of squares 1 .. n. */
function averageWeight(step: f64, warmup: f64): f64 {
  const n = min<f64>(step, warmup);
  const squares = warmup > 0 ? (n * (n + 1) * (2 * n + 1)) / (6 * warmup * warmup) : 0;
  const factor = ramp(step, warmup);
  return (factor * factor) / (squares + step - n);
}

@unmanaged
class ScheduleFree<Adaptive> {
  learningRate: f64;
  beta: f64;
  warmup: f64;
  beta2: f64;
  epsilon: f64;

  prepare<T>(step: f64, c: usize): void {
    constant<T>(c, 0, 1 - this.beta);
    constant<T>(c, 1, this.learningRate * ramp(step, this.warmup));
    constant<T>(c, 2, averageWeight(step, this.warmup));
    if (sizeof<Adaptive>() === sizeof<Yes>()) {
      constant<T>(c, 4, this.beta2);
      constant<T>(c, 5, 1 - this.beta2);
      prepareRoot<T>(c, 1 - NativeMath.pow(this.beta2, step), this.epsilon, 0);
    }
  }
  /** Decay at y, with the learning rate of the warm-up. */
  decay<T>(rate: f64, step: f64, c: usize): void {
    constant<T>(c, 3, rate * ramp(step, this.warmup));
  }
  update<T>(w: v128, g: v128, s: usize, stride: usize, c: usize): v128 {
    let u = g;
    if (sizeof<Adaptive>() === sizeof<Yes>()) {
      const squared = v128.mul<T>(read<T>(c, 5), v128.mul<T>(g, g));
      const v = v128.add<T>(v128.mul<T>(read<T>(c, 4), v128.load(s + stride)), squared);
      v128.store(s + stride, v);
      u = v128.div<T>(g, inline.always(root<T>(v, c)));
    }
    const d = v128.load(s);
    const y = v128.add<T>(w, v128.mul<T>(read<T>(c, 0), d));
    const step = v128.add<T>(v128.mul<T>(read<T>(c, 1), u), v128.mul<T>(read<T>(c, 3), y));
    const e = v128.sub<T>(d, step);
    const part = v128.mul<T>(read<T>(c, 2), e);
    v128.store(s, v128.sub<T>(e, part));
    return v128.add<T>(w, part);
  }
  lookAhead<T>(w: v128, s: usize, stride: usize, c: usize): v128 {
    return v128.add<T>(w, v128.mul<T>(read<T>(c, 0), v128.load(s)));
  }
}

export function registerScheduleFree(): void {
  registerRule<ScheduleFree<No>>(ruleScheduleFreeSgd);
  registerRule<ScheduleFree<Yes>>(ruleScheduleFreeAdamW);
}
