// Gathers the rows of a run, and addresses its random numbers: those of a row depend on seed, update and place in the batch, in
// whichever run the row is. An augmentation that mixes rows reads the partner of every row too: the row `shift` places further
// in the batch, from whose end it continues at the start. The shift, 1 .. rows of the batch − 1, is drawn once an update.

import { streamPartner } from "../abi";
import { gatherBatch } from "../data/columns";
import { philox } from "../kernels/philox";
import { bindRandom, randomAddress } from "../memory/engine";
import { Trainer } from "./trainer";

/** Distance of a row and its partner in a batch of `total` rows. */
function partnerShift(trainer: Trainer, stepLow: u32, stepHigh: u32, total: u32): u32 {
  const words = philox(trainer.seedLow, trainer.seedHigh, 0, streamPartner, stepLow, stepHigh);
  return total === 1 ? 0 : 1 + <u32>((<u64>(<u32>i32x4.extract_lane(words, 0)) * (total - 1)) >> 32);
}

/**
 * Gathers rows `done` .. `done` + `rows` of a batch of `total` rows listed at `order`, behind them their partners if the trainer
 * reads them, for update `step`. `first` is the place of the batch in what its update accumulates.
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
