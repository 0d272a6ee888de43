// The table of line searches. The registration of a search lists what it needs: requestValue, requestGradient for the slope at
// every trial, requestProduct for d'H d before the first. The contract script reads the list for the bindings.

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

/** Registers the search. */
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

/** True if a search needs all of these. */
export function needs(code: u32, requests: u32): bool {
  return (entryOf(code).needs & requests) === requests;
}

/** Request of a search at a trial: value, slope, or both. */
export function trialRequest(code: u32): u32 {
  return entryOf(code).needs & (requestValue | requestGradient);
}

/** Starts a search; its first step, φ(0) and φ'(0) are in the line. */
export function beginSearch(code: u32, search: usize, line: Line): void {
  line.trials = 0;
  line.finite = 0;
  call_indirect<void>(entryOf(code).begin, search, changetype<usize>(line));
  line.first = line.step;
}

/** Passes a trial to the search. If the function is not finite there, the next step is a tenth of the way to it. */
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
