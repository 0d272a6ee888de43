// A slice of training: as many runs as the host has time for, in one call. A step whose batch is larger than the
// micro-batch takes several runs, added up in a fixed order, one that takes its gradient twice repeats them, and it may
// pause between any two; where the slices are cut never changes a number.

import { streamShuffle, trainerProgramSlots } from "../abi";
import { gatherBatch } from "../data/columns";
import { shuffle } from "../kernels/random";
import { averageEpoch } from "./average";
import { applySchedules, observeLoss } from "./scheduled";
import { commitStep, isSecond, runStep, setEvaluation, turnStep, writeLookAheads } from "./step";
import { isSummed, Trainer } from "./trainer";

/** The program for this many rows, which the host has put into the record. */
export function programFor(trainer: Trainer, rows: u32): usize {
  const slots = changetype<usize>(trainer) + offsetof<Trainer>("programs");
  for (let k = 0; k < trainerProgramSlots; k++) {
    const slot = slots + ((<usize>k) << 3);
    if (load<u32>(slot) === rows) return load<u32>(slot, 4);
  }
  return unreachable();
}

/** Recomputes the order of the rows for the current epoch. */
export function orderEpoch(trainer: Trainer): void {
  if (trainer.shuffle !== 0) {
    shuffle(trainer.order, trainer.rows, trainer.seedLow, trainer.seedHigh, streamShuffle, trainer.epoch);
  }
}

/**
 * Rows of the run of a step over `total` rows that begins after `done`: as few runs as hold the micro-batch at most, of
 * nearly one size, the larger ones first. So statistics of a batch never come from a rest of a row or two.
 */
export function runRows(trainer: Trainer, done: u32, total: u32): u32 {
  const runs = (total + trainer.microBatch - 1) / trainer.microBatch;
  const rows = total / runs;
  const larger = total - rows * runs;
  return done < larger * (rows + 1) ? rows + 1 : rows;
}

/** One run of a step over `total` rows at `order`, of which `done` are done; false on a fault. */
function runPart(trainer: Trainer, order: usize, done: u32, total: u32): bool {
  const take = runRows(trainer, done, total);
  if (done === 0 && !isSecond(trainer)) {
    if (!applySchedules(trainer)) return false;
    writeLookAheads(trainer);
  }
  gatherBatch(trainer.columns, trainer.columnCount, trainer.arguments, order + (done << 2), take);
  return runStep(trainer, programFor(trainer, take), done, take, total);
}

/** After the last run over a batch: 0 if the step is done, 1 if its rows are run over once more, -1 after a fault. */
function endParts(trainer: Trainer, total: u32): i32 {
  const several = total > trainer.microBatch;
  const again = turnStep(trainer, several);
  if (again !== 0) return again;
  if (!commitStep(trainer, several)) return -1;
  // The random numbers of an update are those of one large batch.
  const pending = trainer.accumulatedCount !== 0;
  trainer.accumulatedRows = pending ? trainer.accumulatedRows + total : 0;
  return 0;
}

/** One step on the `rows` rows at `order`, apart from any epoch; -1 after a fault. */
export function step(trainer: Trainer, order: usize, rows: u32): i32 {
  trainer.historyCount = 0;
  let again = 1;
  while (again > 0) {
    for (let done: u32 = 0; done < rows; done += runRows(trainer, done, rows)) {
      if (!runPart(trainer, order, done, rows)) return abandon(trainer);
    }
    again = endParts(trainer, rows);
  }
  return again < 0 ? abandon(trainer) : 0;
}

/**
 * Does up to `runs` runs and `steps` updates, or until so many epochs have ended as the record allows; -1 after a
 * fault. Losses of the updates and ends of epochs are left in the record's lists.
 */
export function advance(trainer: Trainer, runs: u32, steps: u32): i32 {
  trainer.historyCount = 0;
  trainer.epochCount = 0;
  while (runs-- > 0 && steps > 0) {
    if (trainer.position === 0 && trainer.stepRows === 0) orderEpoch(trainer);
    const total = min(trainer.batch, trainer.rows - trainer.position);
    if (!runPart(trainer, trainer.order + (trainer.position << 2), trainer.stepRows, total)) return abandon(trainer);
    trainer.stepRows += runRows(trainer, trainer.stepRows, total);
    if (trainer.stepRows < total) continue;
    const done = trainer.step;
    const again = endParts(trainer, total);
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

/** Counts loss and penalty of a step into its epoch. */
export function countStep(trainer: Trainer): void {
  const weight = trainer.stepWeight;
  trainer.epochLoss += isSummed(trainer) ? trainer.stepLoss : trainer.stepLoss * weight;
  trainer.epochPenalty += trainer.penalty * weight;
  trainer.epochRows += weight;
}

export function endEpoch(trainer: Trainer): void {
  const entry = <usize>trainer.epochs + trainer.epochCount * 24;
  // Like a step, an epoch whose rows weigh nothing together has loss 0.
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

/** The running step is as if it had not begun. */
function abandon(trainer: Trainer): i32 {
  trainer.stepRows = 0;
  setEvaluation(trainer, 0);
  return -1;
}
