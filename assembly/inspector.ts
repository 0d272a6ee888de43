// Calls of the feature set "whole" that inspect a program: notes, watched runs, and timing of one call.

import { setOrigin, wantNotes } from "./graph/notes";
import { faulted } from "./memory/engine";
import { repeatCall, repeatRun, reserveFor } from "./program/run";
import { watchRuns } from "./program/watch";

/** Sets whether programs planned from now on carry notes, 0 to 2: see graph/notes. */
export function annotate(level: i32): void {
  wantNotes(level);
}

/** Sets the part of the model for which nodes are emitted from now on. */
export function setPart(part: u32): void {
  setOrigin(part);
}

/** Watches runs into a record, 0 to end: see program/watch. */
export function watch(record: usize): void {
  watchRuns(record);
}

/** Makes one call of a program `times` times, or with call 0 all of them: see program/run. */
export function repeat(program: usize, unit: usize, call: usize, times: u32): i32 {
  if (!reserveFor(program)) return -1;
  if (call === 0) repeatRun(program, times);
  else repeatCall(program, unit, call, times);
  return faulted() ? -1 : 0;
}
