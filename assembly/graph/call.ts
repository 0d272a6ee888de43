// A call: the instruction as an op's run method sees it.
//
//   0  u8 op, u8 type of the first input, u8 type of the output, u8 operands
//   4  u32 bytes of the whole call
//   8  u32 elements of the output
//  12  u32 index of the run function, filled in when the program is loaded into this instance
//  16  operands, 8 bytes each: u16 space * 4, u16 bytes a range start advances it, u32 offset; output, inputs, workspace
//   …  words: attributes, or the words that prepare pushed; 8-aligned; then notes, if they are on: see graph/notes
//
// Operands are (space, offset), never addresses, so programs share parameters and scratch and can be copied.

import { callHeader, callSize } from "../abi";
import { basesTable } from "../memory/engine";

let cursor: usize = 0;

export function callBytes(call: usize): u32 {
  return load<u32>(call, callSize);
}

export function inputType(call: usize): i32 {
  return load<u8>(call, 1);
}

export function outputType(call: usize): i32 {
  return load<u8>(call, 2);
}

/** Number of operands: output, inputs, workspace. */
export function callOperands(call: usize): usize {
  return load<u8>(call, 3);
}

/** Address of operand k (0 is the output) for a range that starts at element `start`. */
export function operand(call: usize, k: usize, start: u32 = 0): usize {
  return (
    <usize>load<u32>(basesTable() + load<u16>(call + (k << 3), callHeader)) +
    load<u32>(call + (k << 3), callHeader + 4) +
    <usize>start * load<u16>(call + (k << 3), callHeader + 2)
  );
}

export function callWords(call: usize): usize {
  return call + callHeader + (callOperands(call) << 3);
}

export function callWord(call: usize, k: usize): u32 {
  return load<u32>(callWords(call) + (k << 2));
}

export function callReal(call: usize, k: usize): f64 {
  return load<f64>(callWords(call) + (k << 2));
}

/** Sets where pushed words go; the planner calls it before prepare. */
export function pushFrom(address: usize): void {
  cursor = address;
}

export function pushed(): usize {
  return cursor;
}

export function push(value: u32): void {
  store<u32>(cursor, value);
  cursor += 4;
}
