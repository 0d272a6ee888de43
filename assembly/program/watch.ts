// Watches a run for the first call in program order that writes a number that is not finite. A chain runs tile by tile, so a
// later tile may show an earlier call; the run ends after the unit in which one was found, with the fault of a loss that is
// not finite. The calls must carry notes.

import {
  callSize,
  f32Type,
  f64Type,
  faultLoss,
  i32Type,
  nonFiniteCall,
  nonFiniteElement,
  nonFiniteInputLimit,
  nonFiniteInputs,
  nonFiniteInputValues,
  nonFiniteRow,
  nonFiniteValue,
  noteBlocks,
  noteCount,
} from "../abi";
import { operand, outputType } from "../graph/call";
import { hasFlag, pointwise, whole } from "../graph/contract";
import { firstNonFinite } from "../kernels/accumulate";
import { fault, randomAddress } from "../memory/engine";

let found: usize = 0; // the record, 0 while nothing is watched

/** True if runs are watched. */
export function watching(): bool {
  return found !== 0;
}

/** Watches runs from now on and writes what is found into the record; 0 ends watching. */
export function watchRuns(record: usize): void {
  found = record;
}

@unmanaged
export class Unwatched {
  look(_call: usize, _start: u32, _count: u32): void {}
  stops(): bool {
    return false;
  }
}

@unmanaged
export class Watched {
  look(call: usize, start: u32, count: u32): void {
    const first = load<u32>(found, nonFiniteCall);
    if (first !== 0 && call >= first) return;
    const type = outputType(call);
    if (type !== f32Type && type !== f64Type) return;
    const out = operand(call, 0, start);
    const at = type === f32Type ? firstNonFinite<f32>(out, count) : firstNonFinite<f64>(out, count);
    if (at < 0) return;
    store<u32>(found, <u32>call, nonFiniteCall);
    store<u32>(found, start + at, nonFiniteElement);
    store<u32>(found, randomAddress().row, nonFiniteRow);
    store<f64>(found, element(out, type, at), nonFiniteValue);
    const elementwise = hasFlag(load<u8>(call), pointwise) && !hasFlag(load<u8>(call), whole);
    store<u32>(found, elementwise ? readInputs(call, start, at) : 0, nonFiniteInputs);
  }

  stops(): bool {
    if (load<u32>(found, nonFiniteCall) === 0) return false;
    fault(faultLoss);
    return true;
  }
}

function element(from: usize, type: i32, at: u32): f64 {
  if (type === f32Type) return load<f32>(from + (at << 2));
  if (type === f64Type) return load<f64>(from + (at << 3));
  return type === i32Type ? <f64>load<i32>(from + (at << 2)) : <f64>load<u8>(from + at);
}

/** Writes the input elements from which a pointwise call computed element `at`; returns how many. */
function readInputs(call: usize, start: u32, at: u32): u32 {
  const notes = call + load<u32>(call + load<u32>(call, callSize) - 4);
  const inputs = min<u32>(load<u16>(notes, noteCount) - 1, nonFiniteInputLimit);
  let block = notes + noteBlocks;
  for (let k: u32 = 0; k < inputs; k++) {
    block += 4 + (((load<u32>(block) >> 8) & 255) << 2);
    const type = load<u32>(block) & 255;
    store<f64>(found + nonFiniteInputValues + (k << 3), element(operand(call, k + 1, start), type, at));
  }
  return inputs;
}
