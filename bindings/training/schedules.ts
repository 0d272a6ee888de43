// Schedules of a trainer: the hyper-parameters of the next updates.

import * as fields from "../engine/recordFields.js";
import type { TrainerInternals } from "./internals.js";

type Parts = Pick<TrainerInternals, "memory" | "lock">;

/** Evaluates user-defined schedules for the next `count` updates. @internal */
export function lookUpSchedules({ memory, lock }: Parts, count: number): void {
  lock.hold(() => memory.schedules.lookUp(memory.engine, memory.steps, memory.get(fields.trainerEpoch), count));
}

/** Writes what schedules say of the next update: hyper-parameters, and the numbers of layers. */
export function writeScheduled(parts: Parts): void {
  const { memory } = parts;
  if (memory.schedules.entries.length === 0) return;
  lookUpSchedules(parts, 1);
  memory.engine.checked((core) => core.schedule(memory.record), memory);
}

/** Writes the numbers of layers for programs outside of training. */
export function writeLayerNumbers(parts: Parts): void {
  if (parts.memory.stateLayout.followed.length > 0) writeScheduled(parts);
}
