export * from "./compositions.js";
export * from "./cycles.js";
export * from "./decays.js";
export * from "./horizons.js";
export * from "./plateau.js";
export type { ScheduleOptions } from "./schedule.js";
