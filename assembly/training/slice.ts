// A slice of training: as many runs as the host has time for, in one call. A step whose batch is larger than the micro-batch
// takes several runs, added in a fixed order; a step that takes its gradient twice repeats them. A slice may end between any
// two runs, which never changes a number.

import { streamShuffle, trainerProgramSlots } from "../abi";
import { shuffle } from "../kernels/random";
import { averageEpoch } from "./average";
import { gatherRun } from "./gather";
import { applySchedules, observeLoss } from "./scheduled";
import { commitStep, endFirstEvaluation, isSecond, runStep, setEvaluation, writeLookAheadPoints } from "./step";
import { isSummed, Trainer } from "./trainer";

/** Returns the program for so many rows, which the host has written into the record. */
export function programFor(trainer: Trainer, rows: u32): usize {
  const slots = changetype<usize>(trainer) + offsetof<Trainer>("programs");
  for (let k = 0; k < trainerProgramSlots; k++) {
    const slot = slots + ((<usize>k) << 3);
    if (load<u32>(slot) === rows) return load<u32>(slot, 4);
  }
  return unreachable();
}

/** Computes the order of the rows for the current epoch. */
export function orderEpoch(trainer: Trainer): void {
  if (trainer.shuffle !== 0) {
    shuffle(trainer.order, trainer.rows, trainer.seedLow, trainer.seedHigh, streamShuffle, trainer.epoch);
  }
}

/**
 * Returns the rows of the next run of a step over `total` rows, after `done`. A step takes as few runs of at most the micro-batch
 * as possible, of nearly equal size, larger ones first, so batch statistics never come from a remainder of one or two rows.
 */
export function runRows(trainer: Trainer, done: u32, total: u32): u32 {
  const runs = (total + trainer.microBatch - 1) / trainer.microBatch;
  const rows = total / runs;
  const larger = total - rows * runs;
  return done < larger * (rows + 1) ? rows + 1 : rows;
}

/** Does one run of a step over `total` rows at `order`, of which `done` are done; returns false on a fault. */
function doRun(trainer: Trainer, order: usize, done: u32, total: u32): bool {
  const take = runRows(trainer, done, total);
  if (done === 0 && !isSecond(trainer)) {
    if (!applySchedules(trainer)) return false;
    writeLookAheadPoints(trainer);
  }
  gatherRun(trainer, trainer.step, trainer.accumulatedRows, order, done, take, total);
  return runStep(trainer, programFor(trainer, take), done, take, total);
}

/** Ends an evaluation after its last run: returns 0 if the step is done, 1 if a second evaluation follows, -1 on a fault. */
function endRuns(trainer: Trainer, total: u32): i32 {
  const several = total > trainer.microBatch;
  const again = endFirstEvaluation(trainer, several);
  if (again !== 0) return again;
  if (!commitStep(trainer, several)) return -1;
  // Batches of one update have the random numbers of one large batch.
  const pending = trainer.accumulatedCount !== 0;
  trainer.accumulatedRows = pending ? trainer.accumulatedRows + total : 0;
  return 0;
}

/** Does one step on the `rows` rows at `order`, outside of epochs; returns -1 on a fault. */
export function step(trainer: Trainer, order: usize, rows: u32): i32 {
  trainer.historyCount = 0;
  let again = 1;
  while (again > 0) {
    for (let done: u32 = 0; done < rows; done += runRows(trainer, done, rows)) {
      if (!doRun(trainer, order, done, rows)) return abandon(trainer);
    }
    again = endRuns(trainer, rows);
  }
  return again < 0 ? abandon(trainer) : 0;
}

/**
 * Does up to `runs` runs and `steps` updates, or until epochLimit epochs have ended; returns -1 on a fault. Writes the losses of
 * updates and the ends of epochs into the record's lists.
 */
export function advance(trainer: Trainer, runs: u32, steps: u32): i32 {
  trainer.historyCount = 0;
  trainer.epochCount = 0;
  while (runs-- > 0 && steps > 0) {
    if (trainer.position === 0 && trainer.stepRows === 0) orderEpoch(trainer);
    const total = min(trainer.batch, trainer.rows - trainer.position);
    if (!doRun(trainer, trainer.order + (trainer.position << 2), trainer.stepRows, total)) return abandon(trainer);
    trainer.stepRows += runRows(trainer, trainer.stepRows, total);
    if (trainer.stepRows < total) continue;
    const done = trainer.step;
    const again = endRuns(trainer, total);
    if (again < 0) return abandon(trainer);
    if (again > 0) {
      trainer.stepRows = 0;
      continue;
    }
    countStep(trainer);
    trainer.stepRows = 0;
    trainer.position += total;
    if (trainer.step !== done) steps--;
    const left = trainer.rows - trainer.position;
    if (left === 0 || (left < trainer.batch && trainer.keepLast === 0)) {
      endEpoch(trainer);
      if (trainer.epochCount === trainer.epochLimit) return 0;
    }
  }
  return 0;
}

/** Adds loss and penalty of a step to the sums of its epoch. */
export function countStep(trainer: Trainer): void {
  const weight = trainer.stepWeight;
  trainer.epochLoss += isSummed(trainer) ? trainer.stepLoss : trainer.stepLoss * weight;
  trainer.epochPenalty += trainer.penalty * weight;
  trainer.epochRows += weight;
}

export function endEpoch(trainer: Trainer): void {
  const entry = <usize>trainer.epochs + trainer.epochCount * 24;
  // As for a step, an epoch whose weights sum to 0 has loss 0.
  const rows = trainer.epochRows === 0 ? 1 : trainer.epochRows;
  const loss = trainer.epochLoss / rows;
  store<f64>(entry, trainer.step);
  store<f64>(entry, loss, 8);
  store<f64>(entry, trainer.epochPenalty / rows, 16);
  if (trainer.observes !== 0) observeLoss(trainer, loss);
  trainer.epochCount++;
  trainer.epochLoss = 0;
  trainer.epochPenalty = 0;
  trainer.epochRows = 0;
  trainer.position = 0;
  trainer.epoch++;
  averageEpoch(trainer);
}

/** Resets the running step to its start. */
function abandon(trainer: Trainer): i32 {
  trainer.stepRows = 0;
  setEvaluation(trainer, 0);
  return -1;
}
