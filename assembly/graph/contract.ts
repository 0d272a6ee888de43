// The contract of an op, and the table it is registered in. An op is a class whose methods are its meaning:
//
//   rewrite(): i32                       emits a node in its place and returns it, or -1 to keep the op  (optional)
//   shape(): bool                        reads the staged inputs and words, sets type and extents of the output
//   derivative(y, g): void               adds g ⋅ ∂y/∂input to the inputs' cotangents by emitting nodes       (optional)
//   prepare(y): void                     pushes the words that its kernel needs; default: its attributes  (optional)
//   workspace(y): u64                    bytes of scratch that its kernel needs                      (optional)
//   flops(y): f64                        operations; default: one an element                         (optional)
//   run(call, start, count): void        computes elements start .. start + count
//
// There is no inheritance: the table calls `changetype<O>(0)`, so every method is resolved at compile time.

import { opEntryBytes } from "../abi";
import { opEntry } from "../memory/engine";

/** The op computes any range of its output from the same range of its inputs. */
export const pointwise: u32 = 1;
/** The inputs are broadcast to a common shape first. */
export const broadcasts: u32 = 2;
/** The output shares the memory of the input. */
export const alias: u32 = 4;
/** The op is pointwise in its output, but reads its inputs whole. */
export const whole: u32 = 8;
/** All inputs must be of one float type; without this flag the shape rule checks types. */
export const floats: u32 = 16;

type Rewrite = () => i32;
type Shape = () => bool;
type Derivative = (y: i32, g: i32) => void;
type Prepare = (y: i32) => void;
type Workspace = (y: i32) => u64;
type Flops = (y: i32) => f64;
type Run = (call: usize, start: u32, count: u32) => void;

@unmanaged
class Entry {
  flags: u32;
  rewrite: u32;
  shape: u32;
  derivative: u32;
  prepare: u32;
  workspace: u32;
  flops: u32;
  run: u32;
}

function entry(op: i32): Entry {
  return changetype<Entry>(opEntry(op));
}

/** Registers the op. A function value points to a record whose first word is its index in the function table. */
export function register<O>(op: i32, flags: u32): void {
  assert(<i32>offsetof<Entry>() <= opEntryBytes);
  const at = entry(op);
  at.flags = flags | 0x80000000;
  if (isDefined(changetype<O>(0).rewrite)) {
    const rewrite: Rewrite = (): i32 => changetype<O>(0).rewrite();
    at.rewrite = load<u32>(changetype<usize>(rewrite));
  }
  const shape: Shape = (): bool => changetype<O>(0).shape();
  at.shape = load<u32>(changetype<usize>(shape));
  if (isDefined(changetype<O>(0).derivative)) {
    const derivative: Derivative = (y: i32, g: i32): void => {
      changetype<O>(0).derivative(y, g);
    };
    at.derivative = load<u32>(changetype<usize>(derivative));
  }
  if (isDefined(changetype<O>(0).prepare)) {
    const prepare: Prepare = (y: i32): void => {
      changetype<O>(0).prepare(y);
    };
    at.prepare = load<u32>(changetype<usize>(prepare));
  }
  if (isDefined(changetype<O>(0).workspace)) {
    const workspace: Workspace = (y: i32): u64 => changetype<O>(0).workspace(y);
    at.workspace = load<u32>(changetype<usize>(workspace));
  }
  if (isDefined(changetype<O>(0).flops)) {
    const flops: Flops = (y: i32): f64 => changetype<O>(0).flops(y);
    at.flops = load<u32>(changetype<usize>(flops));
  }
  if (isDefined(changetype<O>(0).run)) {
    const run: Run = (call: usize, start: u32, count: u32): void => {
      changetype<O>(0).run(call, start, count);
    };
    at.run = load<u32>(changetype<usize>(run));
  }
}

export function registered(op: i32): bool {
  return entry(op).flags !== 0;
}

export function hasFlag(op: i32, flag: u32): bool {
  return (entry(op).flags & flag) !== 0;
}

/** Returns the node that replaces the staged op, or -1 if none does or a fault was recorded. */
export function applyRewrite(op: i32): i32 {
  const index = entry(op).rewrite;
  return index === 0 ? -1 : call_indirect<i32>(index);
}

export function applyShape(op: i32): bool {
  return call_indirect<bool>(entry(op).shape);
}

export function differentiable(op: i32): bool {
  return entry(op).derivative !== 0;
}

export function applyDerivative(op: i32, y: i32, g: i32): void {
  call_indirect<void>(entry(op).derivative, y, g);
}

/** Pushes the words of y by the op's prepare; returns false if the op has none. */
export function applyPrepare(op: i32, y: i32): bool {
  const index = entry(op).prepare;
  if (index === 0) return false;
  call_indirect<void>(index, y);
  return true;
}

export function workspaceOf(op: i32, y: i32): u64 {
  const index = entry(op).workspace;
  return index === 0 ? 0 : call_indirect<u64>(index, y);
}

/** Returns the operations of y by the op's flops, -1 if the op has none. */
export function flopsOf(op: i32, y: i32): f64 {
  const index = entry(op).flops;
  return index === 0 ? -1 : call_indirect<f64>(index, y);
}

/** Returns the table index of the run function, which the interpreter calls with (call, start, count). */
export function runIndex(op: i32): u32 {
  return entry(op).run;
}
