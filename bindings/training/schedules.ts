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
 * Evaluates users' functions for a slice of training: for the updates and epochs of its batches, and none beyond.
 *
 * @internal
 */
export function lookUpSchedules({ memory, lock }: Parts, { runs, steps, epochs }: SliceLimits): void {
  const [rows, batch] = [memory.get(fields.trainerRows), memory.get(fields.trainerBatch)];
  const inEpoch = memory.get(fields.trainerKeepLast) ? Math.ceil(rows / batch) : Math.floor(rows / batch);
  const done = memory.get(fields.trainerPosition) / batch;
  const inUpdate = Math.max(memory.get(fields.trainerAccumulate), 1);
  const pending = memory.get(fields.trainerAccumulatedCount);
  const batches = Math.min(runs, steps * inUpdate - pending, epochs * inEpoch - done);
  const counts = [Math.ceil((pending + batches) / inUpdate), Math.ceil((done + batches) / inEpoch)] as const;
  lookUp({ memory, lock }, ...counts);
}

/** Evaluates users' functions for the next updates and epochs. */
function lookUp({ memory, lock }: Parts, updates: number, epochs: number): void {
  const plans = memory.plans.filter(({ reach }) => reach < Number.POSITIVE_INFINITY);
  if (plans.length === 0) return;
  const epoch = memory.get(fields.trainerEpoch);
  lock.hold(() => {
    for (const plan of plans) plan.lookUp(memory.engine, memory.steps, epoch, updates, epochs);
  });
}

/** Evaluates users' functions for a single update, or for the batch that is to come. @internal */
export function lookUpNext(parts: Parts): void {
  lookUp(parts, 1, 1);
}

/** Writes the scheduled numbers of the next update: hyper-parameters, and numbers of layers and of the augmentation. */
export function writeNext(parts: Parts): void {
  const { memory } = parts;
  lookUpNext(parts);
  memory.engine.checked((core) => core.schedule(memory.record), memory);
}

/** The same if the trainer has schedules of its own. */
export function writeScheduled(parts: Parts): void {
  if (parts.memory.schedules.entries.length > 0) writeNext(parts);
}

/** Writes the numbers of layers for programs outside of training. */
export function writeLayerNumbers(parts: Parts): void {
  if (parts.memory.stateLayout.scheduled.length > 0) writeScheduled(parts);
}
