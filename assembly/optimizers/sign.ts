// The sign of every lane: −1, 0 or 1. Its constants are in memory, as those of every rule.

import { constant, helperSlots, read } from "./sweep";

const oneSlot: usize = helperSlots + 4;
const minusZeroSlot: usize = helperSlots + 5;

export function prepareSign<T>(c: usize): void {
  constant<T>(c, oneSlot, 1);
  constant<T>(c, minusZeroSlot, -0.0);
}

/** sign x; 0 for either zero. */
export function sign<T>(x: v128, c: usize): v128 {
  const minusZero = read<T>(c, minusZeroSlot);
  const unit = v128.or(v128.and(x, minusZero), read<T>(c, oneSlot));
  return v128.and(unit, v128.ne<T>(x, minusZero));
}
