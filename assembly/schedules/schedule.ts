// A schedule: a law h(t) as data, a relocatable record of f64 words (code, words, unit, fields, children). A law is a
// class whose fields are its parameters as they lie in the record after its header, with one of
//
//   value(t): f64                 t = 0, 1, ... in the record's unit: updates done, or epochs finished
//   compose(step, epoch): f64     the value of a law with children, which may count in different units
//
//   observe(loss): void           optional: receives the loss of an epoch that ended; changes state fields
//
// Fields from the one marked `@state` on are state. A law with a list has its length in the last field, marked `@each` with the
// words of an item; a law with children is marked `@children` with their number, and `@childEach` with the number of further
// children for every item. All arithmetic is f64 without the host's Math, so values have the same bits everywhere.

import { scheduleHeader, scheduleUnit, scheduleWords, unitEpoch } from "../abi";
import { scheduleEntry } from "../memory/engine";

type Evaluate = (record: usize, step: f64, epoch: f64) => f64;
type Observe = (record: usize, loss: f64) => void;

@unmanaged
class LawEntry {
  evaluate: u32;
  observe: u32;
}

function entryOf(record: usize): LawEntry {
  return changetype<LawEntry>(scheduleEntry(<i32>load<f64>(record)));
}

function fieldsOf(record: usize): usize {
  return record + scheduleHeader * 8;
}

function recordOf(fields: usize): usize {
  return fields - scheduleHeader * 8;
}

/** True if the law with these fields counts epochs. */
export function countsEpochs(fields: usize): bool {
  return load<f64>(recordOf(fields) + scheduleUnit * 8) === unitEpoch;
}

/** Returns the record after this one: the next child, or the next schedule of a list. */
export function recordAfter(record: usize): usize {
  return record + ((<usize>load<f64>(record, scheduleWords * 8)) << 3);
}

/** Returns h after these numbers of updates and epochs. */
export function valueIn(record: usize, step: f64, epoch: f64): f64 {
  return call_indirect<f64>(entryOf(record).evaluate, record, step, epoch);
}

/** Passes the loss of an epoch to a schedule and its children. */
export function observeIn(record: usize, loss: f64): void {
  const observe = entryOf(record).observe;
  if (observe !== 0) call_indirect<void>(observe, record, loss);
}

/** Passes the loss of an epoch to the children of a law. */
export function observeChildren(fields: usize, children: usize, loss: f64): void {
  const end = recordAfter(recordOf(fields));
  for (let child = children; child < end; child = recordAfter(child)) observeIn(child, loss);
}

/** Registers the law. */
export function registerLaw<L>(code: i32): void {
  const evaluate: Evaluate = (record: usize, step: f64, epoch: f64): f64 => {
    const law = changetype<L>(fieldsOf(record));
    if (isDefined(changetype<L>(0).compose)) return law.compose(step, epoch);
    else return law.value(countsEpochs(changetype<usize>(law)) ? epoch : step);
  };
  const entry = changetype<LawEntry>(scheduleEntry(code));
  entry.evaluate = load<u32>(changetype<usize>(evaluate));
  if (isDefined(changetype<L>(0).observe)) {
    const observe: Observe = (record: usize, loss: f64): void => {
      changetype<L>(fieldsOf(record)).observe(loss);
    };
    entry.observe = load<u32>(changetype<usize>(observe));
  }
}

/** Writes h for `count` steps from 0; `losses`, if any, are those of epochs of `epochSteps` steps. */
export function tabulate(record: usize, out: usize, count: u32, epochSteps: u32, losses: usize, lossCount: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const epoch = k / epochSteps;
    store<f64>(out + (k << 3), valueIn(record, <f64>k, <f64>epoch));
    if (epoch < lossCount && k % epochSteps === epochSteps - 1) observeIn(record, load<f64>(losses + (epoch << 3)));
  }
}
