// The engine's core, and what only the bench calls: the limits of the machine, and parts of a training step alone, on a
// trainer that the bindings have made. Compiled by compile.js with the flags of the engine's own builds.

import { applyRule } from "../assembly/optimizers/sweep";
import { applySchedules } from "../assembly/training/scheduled";
import { commitStep } from "../assembly/training/step";
import { groupAt, sweepOf, Trainer } from "../assembly/training/trainer";

export * from "../assembly/dense";
export { complete } from "../assembly/whole";
export { dependentAdds, limit, plainTile } from "./limit";
export { stream } from "./stream";

export function weightsOf(trainer: usize): usize {
  return changetype<Trainer>(trainer).parameters;
}

export function gradientsOf(trainer: usize): usize {
  return changetype<Trainer>(trainer).gradients;
}

/** The update rule over all parameters, and nothing else of the step. */
export function sweep(address: usize): void {
  const trainer = changetype<Trainer>(address);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    applyRule(group.rule, sweepOf(trainer, group, trainer.gradients));
  }
  trainer.step += 1;
}

/** All that a step does once the gradient is there: schedules, finite check, transforms, update, average. */
export function commit(address: usize): void {
  const trainer = changetype<Trainer>(address);
  if (!applySchedules(trainer) || !commitStep(trainer, false)) unreachable();
}

/** True if multiply-and-add rounds once here: (1 + e)² − (1 + 2e) is e² then, and 0 rounded twice, for e = 2⁻¹². */
export function fuses(e: f32): bool {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const square = f32x4.relaxed_madd(f32x4.splat(1 + e), f32x4.splat(1 + e), f32x4.splat(-1 - 2 * e));
    return f32x4.extract_lane(square, 0) !== 0;
  }
  return false;
}
