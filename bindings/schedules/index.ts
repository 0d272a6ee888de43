// Schedules: laws h(t) for learning rates and other numbers of an optimizer. Also the entry thalweg/schedules.

export * from "./compositions.js";
export * from "./cycles.js";
export * from "./decays.js";
export * from "./horizons.js";
export * from "./plateau.js";
export type { ScheduleOptions } from "./schedule.js";
export {
  type Schedulable,
  type Schedule,
  type ScheduleUnit,
  type ScheduleValuesOptions,
  scheduleValues,
} from "./scheduled.js";
