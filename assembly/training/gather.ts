// Gathering of the rows of a run, and addresses of their random numbers, which depend on seed, update and place in the batch,
// not on the runs into which the batch is split. If an augmentation mixes rows, the partners are gathered too: the partner of
// the row at place i is at place (i + shift) mod rows of the batch, with a shift of 1 .. rows − 1 that is drawn once an
// update.

import { streamPartner } from "../abi";
import { gatherBatch } from "../data/columns";
import { hasLoops } from "../graph/loop";
import { philox } from "../kernels/philox";
import { bindRandom, randomAddress, setBatch } from "../memory/engine";
import { Trainer } from "./trainer";

/** Shift from a row to its partner in a batch of `total` rows; 0 if there is one row. */
function partnerShift(trainer: Trainer, stepLow: u32, stepHigh: u32, total: u32): u32 {
  const words = philox(trainer.seedLow, trainer.seedHigh, 0, streamPartner, stepLow, stepHigh);
  return 1 + <u32>((<u64>(<u32>i32x4.extract_lane(words, 0)) * (total - 1)) >> 32);
}

/**
 * Gathers, for update `step`, rows `done` .. `done` + `rows` of a batch whose `total` rows are listed at `order`; behind them
 * their partners, if the trainer reads them. `first` is the place of the batch's first row among all rows that the update
 * accumulates.
 */
export function gatherRun(
  trainer: Trainer,
  step: f64,
  first: u32,
  order: usize,
  done: u32,
  rows: u32,
  total: u32,
): void {
  const whole = <u64>step;
  const stepLow = <u32>whole;
  const stepHigh = <u32>(whole >> 32);
  if (hasLoops()) {
    // Rows in random order have no state that they could carry.
    const shuffled = trainer.shuffle !== 0 && order === trainer.order + (trainer.position << 2);
    setBatch(done, rows, shuffled ? u32.MAX_VALUE : total, trainer.stateBytes);
  }
  bindRandom(trainer.seedLow, trainer.seedHigh, stepLow, stepHigh, first + done);
  const block = <usize>trainer.arguments;
  gatherBatch(trainer.columns, trainer.columnCount, block, order + (done << 2), rows);
  if (trainer.partners === 0) return;
  const partner = (done + partnerShift(trainer, stepLow, stepHigh, total)) % total;
  const address = randomAddress();
  address.partner = first + partner;
  address.partnerRows = total - partner;
  address.first = first;
  const before = min(rows, total - partner);
  gatherBatch(trainer.columns, trainer.columnCount, block, order + (partner << 2), before, rows);
  gatherBatch(trainer.columns, trainer.columnCount, block, order, rows - before, rows + before);
}
