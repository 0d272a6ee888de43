// Runs a program: unit after unit, each call through the function index it carries.

import {
  programConstants,
  programEnd,
  programScratch,
  programUnits,
  spaceConstants,
  unitHeader,
  unitOnce,
  unitTiled,
} from "../abi";
import { callBytes } from "../graph/call";
import { reserveScratch, setBase, setRunning } from "../memory/engine";
import { tileElements } from "./schedule";
import { Unwatched, Watched, watching } from "./watch";

/** Reserves the scratch that the program needs; returns false on a fault. Traps at address 0: no program. */
export function reserveFor(program: usize): bool {
  if (program === 0) unreachable();
  return reserveScratch(load<u32>(program, programScratch));
}

function makeCalls<W>(call: usize, end: usize, start: u32, count: u32): void {
  while (call < end) {
    if (!ASC_NO_ASSERT) setRunning(call);
    call_indirect<void>(load<u32>(call, 12), call, start, count);
    changetype<W>(0).look(call, start, count);
    call += callBytes(call);
  }
}

function bindConstants(program: usize): void {
  setBase(spaceConstants, program + load<u32>(program, programConstants));
}

/** Makes the calls of all units; W inspects the output of each. */
function makeAll<W>(program: usize): void {
  bindConstants(program);
  let unit = program + load<u32>(program, programUnits);
  const end = program + load<u32>(program, programEnd);
  while (unit < end) {
    const once = unit + unitHeader;
    const tiled = once + load<u32>(unit, unitOnce);
    const next = tiled + load<u32>(unit, unitTiled);
    const count = load<u32>(unit, 8);
    const chain = tiled !== next;
    inline.always(makeCalls<W>(once, tiled, 0, chain ? min(count, tileElements) : count));
    if (chain) {
      for (let start: u32 = 0; start < count; start += tileElements) {
        inline.always(makeCalls<W>(tiled, next, start, min(count - start, tileElements)));
      }
    }
    if (changetype<W>(0).stops()) break;
    unit = next;
  }
  if (!ASC_NO_ASSERT) setRunning(0);
}

/** Runs the program with the bases that are set. */
export function run(program: usize): void {
  if (watching()) makeAll<Watched>(program);
  else inline.always(makeAll<Unwatched>(program));
}

/** Runs the program `times` times. */
export function repeatRun(program: usize, times: u32): void {
  for (; times > 0; times--) makeAll<Unwatched>(program);
}

/**
 * Makes one call of a unit `times` times, over all tiles if it is made for every tile. The tiles hold what the last run left
 * in them, so its outputs are wrong until the program runs again.
 */
export function repeatCall(program: usize, unit: usize, call: usize, times: u32): void {
  bindConstants(program);
  const count = load<u32>(unit, 8);
  const once = load<u32>(unit, unitTiled) === 0;
  const size = once ? count : tileElements;
  const end = call + callBytes(call);
  const tiled = call >= unit + unitHeader + load<u32>(unit, unitOnce);
  for (; times > 0; times--) {
    for (let start: u32 = 0; start < count; start += size) {
      makeCalls<Unwatched>(call, end, start, min(count - start, size));
      if (!tiled) break;
    }
  }
  if (!ASC_NO_ASSERT) setRunning(0);
}
