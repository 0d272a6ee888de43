// The denominator of Adam and its relatives, for the three places where libraries add ε:
//
//   outside  √v̂ + ε                        Kingma and Ba 2015, algorithm 1; PyTorch
//   inside   √(v̂ + ε)                      several lectures
//   hat      √v + ε, rate h √c₂ / c₁       Kingma and Ba 2015, end of section 2; Keras
//
// with v̂ = v / c₂ and c₂ = 1 − β₂ᵗ. All are √(v + i) ⋅ k + o with different coefficients, so one loop computes them. If ε rounds
// to 0, the smallest normal number replaces it: else a weight without a gradient would get 0/0.

import { constant, helperSlots, positive, read } from "./sweep";

const insideSlot: usize = helperSlots;
const scaleSlot: usize = helperSlots + 1;
const outsideSlot: usize = helperSlots + 2;

// Codes of the placement; outside is 0.
const inside: f64 = 1;
const hat: f64 = 2;

/** Writes the coefficients; `extra` is a second ε, always inside the root. */
export function prepareRoot<T>(c: usize, correction2: f64, epsilon: f64, placement: f64, extra: f64 = 0): void {
  const isInside = placement === inside;
  const k = 1 / sqrt<f64>(correction2);
  constant<T>(c, insideSlot, isInside ? positive<T>((epsilon + extra) * correction2) : extra * correction2);
  constant<T>(c, scaleSlot, k);
  constant<T>(c, outsideSlot, isInside ? 0 : positive<T>(placement === hat ? epsilon * k : epsilon));
}

/** Makes the denominator 1. */
export function prepareNoRoot<T>(c: usize): void {
  constant<T>(c, scaleSlot, 0);
  constant<T>(c, outsideSlot, 1);
}

export function root<T>(v: v128, c: usize): v128 {
  const r = v128.sqrt<T>(v128.add<T>(v, read<T>(c, insideSlot)));
  return v128.add<T>(v128.mul<T>(r, read<T>(c, scaleSlot)), read<T>(c, outsideSlot));
}
