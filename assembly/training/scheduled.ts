// Scheduled hyper-parameters: written into their groups at the start of a step, before look-ahead and update, so that rule and
// decay use the same number.

import { faultSchedule, scheduledBytes } from "../abi";
import { refuse } from "../memory/engine";
import { observeIn, recordAfter, valueIn } from "../schedules/schedule";
import { Group, groupAt, Trainer } from "./trainer";

/** A scheduled hyper-parameter: one f64 of a group. @record */
@unmanaged
class Scheduled {
  group: u32;
  /** Index among the scheduled f64 of the group. */
  index: u32;
  /** Offset of the schedule's record in bytes. */
  record: u32;
}

/** Writes the values for the next update; returns false on a fault, with no weight changed. */
export function applySchedules(trainer: Trainer): bool {
  const count = trainer.scheduledCount;
  const records = <usize>trainer.schedules;
  let at = <usize>trainer.scheduled;
  for (let k: u32 = 0; k < count; k++) {
    const scheduled = changetype<Scheduled>(at);
    const hyper =
      changetype<usize>(groupAt(trainer, scheduled.group)) + offsetof<Group>("decoupledDecay") + (scheduled.index << 3);
    const value = valueIn(records + scheduled.record, trainer.step, <f64>trainer.epoch);
    if (!isFinite(value)) {
      const whole = <u64>trainer.step;
      return refuse(faultSchedule, <i32>whole, <i32>(whole >> 32), scheduled.group, scheduled.index);
    }
    store<f64>(hyper, value);
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
