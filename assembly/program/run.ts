// Running a program: unit after unit, each call through the function index it carries.

import { programConstants, programEnd, programScratch, programUnits, spaceConstants } from "../abi";
import { callBytes } from "../graph/call";
import { reserveScratch, setBase } from "../memory/engine";
import { unitHeader } from "./encode";
import { tileElements } from "./schedule";

/** Makes room for what the program needs while it runs; false with a fault when there is none. There is none at address 0. */
export function reserveFor(program: usize): bool {
  if (program === 0) unreachable();
  return reserveScratch(load<u32>(program, programScratch));
}

function makeCalls(call: usize, end: usize, start: u32, count: u32): void {
  while (call < end) {
    call_indirect<void>(load<u32>(call, 12), call, start, count);
    call += callBytes(call);
  }
}

/** Runs the program over the bases that the caller has set. */
export function run(program: usize): void {
  setBase(spaceConstants, program + load<u32>(program, programConstants));
  let unit = program + load<u32>(program, programUnits);
  const end = program + load<u32>(program, programEnd);
  while (unit < end) {
    const once = unit + unitHeader;
    const tiled = once + load<u32>(unit);
    const next = tiled + load<u32>(unit, 4);
    const count = load<u32>(unit, 8);
    const chain = tiled !== next;
    inline.always(makeCalls(once, tiled, 0, chain ? min(count, tileElements) : count));
    if (chain) {
      for (let start: u32 = 0; start < count; start += tileElements) {
        inline.always(makeCalls(tiled, next, start, min(count - start, tileElements)));
      }
    }
    unit = next;
  }
}
