// The table of line searches. What a search needs is said where it is registered: requestValue, requestGradient for the slope
// at every trial, requestProduct for d'H d before the first. The bindings read it from there.

import { requestGradient, requestValue, searchFixed } from "../../abi";
import { searchEntry } from "../../memory/engine";
import { failed, Line, searching } from "../line";

type Begin = (search: usize, line: usize) => void;
type Next = (search: usize, line: usize) => i32;

@unmanaged
class Entry {
  needs: u32;
  begin: u32;
  next: u32;
}

function entryOf(code: u32): Entry {
  return changetype<Entry>(searchEntry(code));
}

/** Puts the search into the table. */
export function registerSearch<S>(code: u32, needs: u32): void {
  const begin: Begin = (search: usize, line: usize): void => {
    changetype<S>(search).begin(changetype<Line>(line));
  };
  const next: Next = (search: usize, line: usize): i32 => changetype<S>(search).next(changetype<Line>(line));
  const entry = entryOf(code);
  entry.needs = needs;
  entry.begin = load<u32>(changetype<usize>(begin));
  entry.next = load<u32>(changetype<usize>(next));
}

/** Whether a search needs all of these. */
export function needs(code: u32, requests: u32): bool {
  return (entryOf(code).needs & requests) === requests;
}

/** What a search wants to know at a trial: the slope as well, or the value alone. */
export function trialRequest(code: u32): u32 {
  return entryOf(code).needs & (requestValue | requestGradient);
}

/** Starts a search whose first step, value and slope are in the line. */
export function beginSearch(code: u32, search: usize, line: Line): void {
  line.trials = 0;
  line.finite = 0;
  call_indirect<void>(entryOf(code).begin, search, changetype<usize>(line));
  line.first = line.step;
}

/** Looks at a trial. Where the function is not finite, the line ends: the next step is a tenth of the way to there. */
export function nextStep(code: u32, search: usize, line: Line): i32 {
  line.trials++;
  if (code !== searchFixed && !isFinite(line.value + line.slope)) {
    if (line.trials >= line.limit) return failed;
    line.largest = line.step;
    line.step = line.finite + 0.1 * (line.step - line.finite);
    return searching;
  }
  line.finite = line.step;
  return call_indirect<i32>(entryOf(code).next, search, changetype<usize>(line));
}
