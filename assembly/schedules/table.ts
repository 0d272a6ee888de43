// Table: h(first + k) for k = 0, 1, ..., values of a user's function that the host evaluated for the next slice. The values lie
// behind all records, at an offset from these fields, so that a checkpoint does not depend on how training was cut into
// slices.

import { scheduleTable } from "../abi";
import { registerLaw } from "./schedule";

/** The host sets all fields for every slice. @record */
@unmanaged
class Table {
  offset: f64; // of the values, in words from here
  first: f64;
  count: f64;

  value(t: f64): f64 {
    const k = min<f64>(max<f64>(t - this.first, 0), this.count - 1);
    return load<f64>(changetype<usize>(this) + ((<usize>(this.offset + k)) << 3));
  }
}

export function registerTable(): void {
  registerLaw<Table>(scheduleTable);
}
