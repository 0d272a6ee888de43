// Hyper-parameters that follow a schedule: written into their groups at the start of a step, before the weights are
// placed and swept, so that rule and decay see the same number.

import {
  faultSchedule,
  groupShrink,
  scheduledBytes,
  trainerScheduled,
  trainerScheduledCount,
  trainerSchedules,
  trainerScheduleWords,
} from "../abi";
import { fault } from "../memory/engine";
import { observeIn, recordAfter, valueIn } from "../schedules/schedule";
import { groupAt, Trainer } from "./trainer";

@unmanaged
class Scheduled {
  group: u32;
  index: u32;
  record: u32;
}

/** Writes the values for the next update; false on a fault, with no weight changed. */
export function applySchedules(trainer: Trainer): bool {
  const t = changetype<usize>(trainer);
  const count = load<u32>(t, trainerScheduledCount);
  const records = <usize>load<u32>(t, trainerSchedules);
  let at = <usize>load<u32>(t, trainerScheduled);
  for (let k: u32 = 0; k < count; k++) {
    const scheduled = changetype<Scheduled>(at);
    const hyper = changetype<usize>(groupAt(trainer, scheduled.group)) + groupShrink + (scheduled.index << 3);
    const value = valueIn(records + scheduled.record, trainer.step, <f64>trainer.epoch);
    if (!isFinite(value)) {
      const whole = <u64>trainer.step;
      fault(faultSchedule, <i32>whole, <i32>(whole >> 32), scheduled.group, scheduled.index);
      return false;
    }
    store<f64>(hyper, value);
    at += scheduledBytes;
  }
  return true;
}

/** Tells every schedule the loss of an epoch that ended. */
export function observeLoss(trainer: Trainer, loss: f64): void {
  const t = changetype<usize>(trainer);
  let record = <usize>load<u32>(t, trainerSchedules);
  const end = record + ((<usize>load<u32>(t, trainerScheduleWords)) << 3);
  for (; record < end; record = recordAfter(record)) observeIn(record, loss);
}
