// How fast the machine streams: the memory traffic of an update rule with next to no arithmetic.

import { Trainer } from "../assembly/training/trainer";

/** Reads weights, gradient and 0 .. 4 state vectors of a trainer of f32, and writes all but the gradient. */
export function stream(address: usize, states: u32): void {
  const trainer = changetype<Trainer>(address);
  const bytes = (<usize>trainer.elements) << 2;
  const w = <usize>trainer.parameters;
  const g = <usize>trainer.gradients;
  const s = <usize>trainer.stateVectors;
  if (states === 0) for (let i: usize = 0; i < bytes; i += 16) add(w + i, g + i);
  if (states === 1) {
    for (let i: usize = 0; i < bytes; i += 16) {
      add(w + i, g + i);
      add(s + i, g + i);
    }
  }
  if (states === 2) {
    for (let i: usize = 0; i < bytes; i += 16) {
      add(w + i, g + i);
      add(s + i, g + i);
      add(s + bytes + i, g + i);
    }
  }
  if (states === 3) {
    for (let i: usize = 0; i < bytes; i += 16) {
      add(w + i, g + i);
      add(s + i, g + i);
      add(s + bytes + i, g + i);
      add(s + 2 * bytes + i, g + i);
    }
  }
  if (states === 4) {
    for (let i: usize = 0; i < bytes; i += 16) {
      add(w + i, g + i);
      add(s + i, g + i);
      add(s + bytes + i, g + i);
      add(s + 2 * bytes + i, g + i);
      add(s + 3 * bytes + i, g + i);
    }
  }
}

function add(x: usize, y: usize): void {
  v128.store(x, v128.add<f32>(v128.load(x), v128.load(y)));
}
