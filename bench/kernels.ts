// What only the bench calls: the limit of the machine, and an update rule alone, as the trainer's step calls it.
// AssemblyScript, compiled by compile.js with the flags of the engine's own builds.

import { f32Type } from "../assembly/abi";
import { createEngineRecord } from "../assembly/memory/engine";
import { allocateRegion } from "../assembly/memory/regions";
import { ruleAdam } from "../assembly/optimizers/codes";
import { registerRules } from "../assembly/optimizers/index";
// biome-ignore lint/style/useImportType: AssemblyScript has no types in imports.
import { applyRule, Sweep } from "../assembly/optimizers/sweep";

export { dependentAdds, limit } from "./limit";

const hyperOffset: usize = 128;
const constantsOffset: usize = 256;
const recordBytes: usize = 512;

export function initialize(): void {
  createEngineRecord();
  registerRules();
}

/** Adam over `count` parameters: the address of its record, to which the arrays w, g, m and v follow, all zero. */
export function createAdam(count: u32): usize {
  const bytes = <usize>count * 4;
  const record = allocateRegion(recordBytes + 4 * bytes);
  memory.fill(record, 0, recordBytes + 4 * bytes);
  const sweep = changetype<Sweep>(record);
  sweep.type = f32Type;
  sweep.hyper = <u32>(record + hyperOffset);
  sweep.constants = <u32>(record + constantsOffset);
  sweep.weights = <u32>(record + recordBytes);
  sweep.gradients = <u32>(record + recordBytes + bytes);
  sweep.states = <u32>(record + recordBytes + 2 * bytes);
  sweep.stride = <u32>bytes;
  sweep.elements = count;
  return record;
}

/** Sets hyper-parameter k, in the order in which the optimizer's description lists them. */
export function setHyper(record: usize, k: usize, value: f64): void {
  store<f64>(<usize>changetype<Sweep>(record).hyper + (k << 3), value);
}

export function weightsOf(record: usize): usize {
  return changetype<Sweep>(record).weights;
}

export function gradientsOf(record: usize): usize {
  return changetype<Sweep>(record).gradients;
}

/** One update. */
export function adam(record: usize): void {
  const sweep = changetype<Sweep>(record);
  sweep.step += 1;
  applyRule(ruleAdam, sweep);
}

/** True if multiply-and-add rounds once here: (1 + e)² − (1 + 2e) is e² then, and 0 rounded twice, for e = 2⁻¹². */
export function fuses(e: f32): bool {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const square = f32x4.relaxed_madd(f32x4.splat(1 + e), f32x4.splat(1 + e), f32x4.splat(-1 - 2 * e));
    return f32x4.extract_lane(square, 0) !== 0;
  }
  return false;
}
