// Schedules of a trainer: the hyper-parameters of the next updates.

import * as fields from "../engine/recordFields.js";
import type { TrainerInternals } from "./internals.js";

type Parts = Pick<TrainerInternals, "memory" | "lock">;

/** The most that a slice of training does. */
interface SliceLimits {
  readonly runs: number;
  readonly steps: number;
  readonly epochs: number;
}

/**
 * Evaluates user-defined schedules for a slice of training. An update that accumulates several batches may span as many
 * epochs.
 *
 * @internal
 */
export function lookUpSchedules({ memory, lock }: Parts, { runs, steps, epochs }: SliceLimits): void {
  const batches = steps * Math.max(memory.get(fields.trainerAccumulate), 1);
  const [step, epoch] = [memory.steps, memory.get(fields.trainerEpoch)];
  lock.hold(() =>
    memory.schedules.lookUp(memory.engine, step, epoch, Math.min(runs, steps), Math.min(runs, batches, epochs)),
  );
}

/** Limits of a single update, or of the batch that is to come. @internal */
export const singleStep: SliceLimits = { runs: 1, steps: 1, epochs: 1 };

/** Writes the scheduled numbers of the next update: hyper-parameters, and numbers of layers. */
export function writeScheduled(parts: Parts): void {
  const { memory } = parts;
  if (memory.schedules.entries.length === 0) return;
  lookUpSchedules(parts, singleStep);
  memory.engine.checked((core) => core.schedule(memory.record), memory);
}

/** Writes the numbers of layers for programs outside of training. */
export function writeLayerNumbers(parts: Parts): void {
  if (parts.memory.stateLayout.scheduled.length > 0) writeScheduled(parts);
}
