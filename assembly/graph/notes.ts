// Notes for people. Programs are planned without them unless they are wanted: then every call carries, behind its words,
// what it computes and for which part of the model, as explain, profile and a trap in the debug build say it. That build
// always wants them. The training core exports nothing that wants them, so that there all of this is compiled away.
//
//   f64 flops, u16 origin, u16 blocks; for the output and every input: u32 type | rank << 8 | (1 if it has a block) << 16, the extents;
//   and as the last word of the call u32 the offset of the notes in it.

let wanted: bool = !ASC_NO_ASSERT;
let current: u32 = 0;

/** Whether programs that are planned now carry notes. */
export function noted(): bool {
  return wanted;
}

export function wantNotes(on: bool): void {
  wanted = on || !ASC_NO_ASSERT;
}

/** What the nodes appended now are for: a number of the host's, with `derived` if a derivative rule emits them. */
export function origin(): u32 {
  return current;
}

export function setOrigin(part: u32): void {
  current = part;
}
