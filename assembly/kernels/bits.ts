// Sets of numbers from 0 as bits, 64 in a word: which rows of a table a step touches, in ascending order.

/** Returns the first number from `from` on that is in the set, `end` if none below it is. */
export function nextBit(bits: usize, from: u32, end: u32): u32 {
  while (from < end) {
    const word = load<u64>(bits + ((<usize>from >> 6) << 3)) >> (from & 63);
    if (word !== 0) return min<u32>(end, from + <u32>ctz<u64>(word));
    from = (from | 63) + 1;
  }
  return end;
}

export function setBit(bits: usize, k: u32): void {
  const at = bits + ((<usize>k >> 6) << 3);
  store<u64>(at, load<u64>(at) | ((<u64>1) << (k & 63)));
}

/** Removes the numbers `from` .. `end` − 1. */
export function clearBits(bits: usize, from: u32, end: u32): void {
  while (from < end) {
    const at = bits + ((<usize>from >> 6) << 3);
    const next = min<u32>(end, (from | 63) + 1);
    const kept = next - from === 64 ? 0 : ~((((<u64>1) << (next - from)) - 1) << (from & 63));
    store<u64>(at, load<u64>(at) & kept);
    from = next;
  }
}
