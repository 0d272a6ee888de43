// Updates the weights by the rules of the groups, directly or through wrappers.

import { f32Type } from "../abi";
import { addDecayed } from "../kernels/agree";
import { combine } from "../kernels/vectors";
import { applyRule } from "../optimizers/sweep";
import { afterUpdate, changeUpdates, Wrapping } from "../optimizers/wrappers/wrapper";
import { projectWeights } from "./penalty";
import { Group, groupAt, sweepOf, Trainer, wrappingOf } from "./trainer";

/** Updates the weights. */
export function updateWeights(trainer: Trainer, gradients: usize): void {
  const wrapping = wrappingOf(trainer);
  if (wrapping !== null && wrapping.updates !== 0) return updateThroughWrappers(trainer, wrapping, gradients);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    applyRule(group.rule, sweepOf(trainer, group, gradients));
    projectWeights(trainer, group);
  }
  if (wrapping !== null) afterUpdate(wrapping, trainer.parameters, trainer.step + 1);
}

/**
 * Updates the weights through wrappers. The rules are applied to weights of 0, so that the result is exactly the update, which
 * the wrappers change; decoupled decay is applied when the update is added.
 */
function updateThroughWrappers(trainer: Trainer, wrapping: Wrapping, gradients: usize): void {
  const bytes: u32 = trainer.type === f32Type ? 4 : 8;
  memory.fill(wrapping.updates, 0, trainer.elements * bytes);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    const sweep = sweepOf(trainer, group, gradients);
    // Coupled decay needs the true weights.
    if (sweep.lookAhead === 0) sweep.lookAhead = sweep.weights;
    sweep.weights = wrapping.updates + group.offset * bytes;
    sweep.decay = 0;
    applyRule(group.rule, sweep);
  }
  changeUpdates(wrapping, gradients);
  for (let k: u32 = 0; k < trainer.groupCount; k++) {
    const group = groupAt(trainer, k);
    if (trainer.type === f32Type) addUpdates<f32>(trainer, group, wrapping.updates);
    else addUpdates<f64>(trainer, group, wrapping.updates);
    projectWeights(trainer, group);
  }
  afterUpdate(wrapping, trainer.parameters, trainer.step + 1);
}

function addUpdates<T>(trainer: Trainer, group: Group, updates: usize): void {
  const at = <usize>group.offset * sizeof<T>();
  const weights = <usize>trainer.parameters + at;
  const kept = 1 - group.learningRate * group.decoupledDecay;
  const count = <usize>group.elements;
  if (group.cautious !== 0) addDecayed<T>(weights, updates + at, kept, count);
  else combine<T>(weights, weights, updates + at, kept, 1, count);
}
