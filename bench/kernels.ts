// What only the bench calls: the limit of the machine, and an update rule alone, as the trainer's step calls it.
// AssemblyScript, compiled by compile.js with the flags of the engine's own builds.

import { f32Type, ruleAdam } from "../assembly/abi";
import { createEngineRecord } from "../assembly/memory/engine";
import { allocateRegion } from "../assembly/memory/regions";
import { registerRules } from "../assembly/optimizers/index";
import { applyRule, keepSlot, penaltySlot, scaleSlot } from "../assembly/optimizers/sweep";

export { dependentAdds, limit } from "./limit";

export function initialize(): void {
  createEngineRecord();
  registerRules();
}

export function allocate(bytes: u32): usize {
  return allocateRegion(bytes);
}

/**
 * Adam's update number `step` over `count` parameters w with the gradient g and two state vectors at s; the
 * hyper-parameters lie at `hyper`, and `constants` has room for what the rule derives from them.
 */
export function adam(w: usize, g: usize, s: usize, count: u32, step: f64, hyper: usize, constants: usize): void {
  store<f32>(constants + scaleSlot, 1);
  store<f32>(constants + penaltySlot, 0);
  store<f32>(constants + keepSlot, 1);
  applyRule(ruleAdam, f32Type, hyper, step, w, g, s, <usize>count * 4, count, constants);
}

/** 1 if multiply-and-add rounds once here: (1 + e)(1 - e) - 1 is 0 when rounded twice, else -e². */
export function fuses(e: f32): bool {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const product = f32x4.relaxed_madd(f32x4.splat(1 + e), f32x4.splat(1 - e), f32x4.splat(-1));
    return f32x4.extract_lane(product, 0) !== 0;
  }
  return false;
}
