// Notes in programs, for explain, profile and the message of a trap: behind its words every call carries what it computes and
// for which part of the model. They are off by default and always on in the debug build. The feature set "dense" exports
// nothing that turns them on, so there this code is removed by the compiler.
//
//   f64 flops, u16 origin, u16 blocks; for the output and every input: u32 type | rank << 8 | (1 if it has a block) << 16,
//   then the extents;
//   and as the last word of the call u32 the offset of the notes in it.

let wanted: i32 = ASC_NO_ASSERT ? 0 : 1;
let current: u32 = 0;

/** True if programs planned from now on carry notes. */
export function noted(): bool {
  return wanted > 0;
}

/** True if the inputs of every call stay as they are after it, so that they can be read, or the call repeated. */
export function keepsInputs(): bool {
  return wanted > 1;
}

/** Sets whether programs carry notes: 0 no, 1 yes, 2 yes and every call keeps its inputs. */
export function wantNotes(level: i32): void {
  wanted = max<i32>(level, ASC_NO_ASSERT ? 0 : 1);
}

/** Origin of the nodes appended now: a number that the host sets, with the bit `derived` if a derivative rule emits them. */
export function origin(): u32 {
  return current;
}

export function setOrigin(part: u32): void {
  current = part;
}
