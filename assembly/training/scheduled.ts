// Numbers that follow a schedule: hyper-parameters of groups, and what layers read, such as a dropout rate. They are
// written at the start of a step, before the weights are placed and swept, so that all of it sees the same number.

import { faultSchedule, scheduledBytes } from "../abi";
import { refuse } from "../memory/engine";
import { observeIn, recordAfter, valueIn } from "../schedules/schedule";
import { Trainer } from "./trainer";

/** A scheduled number. @record */
@unmanaged
class Scheduled {
  /** Address of the f64. */
  target: u32;
  /** Offset of the record in bytes. */
  record: u32;
}

/** Writes the values for the next update; returns false on a fault, with no weight changed. */
export function applySchedules(trainer: Trainer): bool {
  const count = trainer.scheduledCount;
  return (
    writeValues(trainer, trainer.scheduled, trainer.schedules, 0, count) &&
    writeValues(trainer, trainer.augmentScheduled, trainer.augmentSchedules, count, trainer.augmentScheduledCount)
  );
}

/** Writes the values of the scheduled numbers listed at `at`; a fault names them by their number from `first` on. */
function writeValues(trainer: Trainer, at: usize, records: usize, first: u32, count: u32): bool {
  for (let k: u32 = 0; k < count; k++) {
    const scheduled = changetype<Scheduled>(at);
    const value = valueIn(records + scheduled.record, trainer.step, <f64>trainer.epoch);
    if (!isFinite(value)) {
      const whole = <u64>trainer.step;
      return refuse(faultSchedule, <i32>whole, <i32>(whole >> 32), first + k);
    }
    store<f64>(scheduled.target, value);
    at += scheduledBytes;
  }
  return true;
}

/** Passes the loss of an epoch that ended to every schedule. */
export function observeLoss(trainer: Trainer, loss: f64): void {
  let record = <usize>trainer.schedules;
  const end = record + ((<usize>trainer.scheduleWords) << 3);
  for (; record < end; record = recordAfter(record)) observeIn(record, loss);
}
