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

/**
 * Registers the op. A function value points to a record whose first word is its index in the function table, where those of an op
 * stand one after another in the order in which they are written here, which is that of the fields of an entry. So the first of them
 * and a bit for each one say all: an engine that stored each by itself would be 0.6 kB larger when compressed.
 */
export function register<O>(op: i32, flags: u32): void {
  assert(<i32>offsetof<Entry>() <= opEntryBytes);
  let methods: u32 = 2;
  let first: usize = 0;
  if (isDefined(changetype<O>(0).rewrite)) {
    const rewrite: Rewrite = (): i32 => changetype<O>(0).rewrite();
    first = changetype<usize>(rewrite);
    methods |= 1;
  }
  const shape: Shape = (): bool => changetype<O>(0).shape();
  if (!isDefined(changetype<O>(0).rewrite)) first = changetype<usize>(shape);
  let last = changetype<usize>(shape);
  if (isDefined(changetype<O>(0).derivative)) {
    const derivative: Derivative = (y: i32, g: i32): void => {
      changetype<O>(0).derivative(y, g);
    };
    last = changetype<usize>(derivative);
    methods |= 4;
  }
  if (isDefined(changetype<O>(0).prepare)) {
    const prepare: Prepare = (y: i32): void => {
      changetype<O>(0).prepare(y);
    };
    last = changetype<usize>(prepare);
    methods |= 8;
  }
  if (isDefined(changetype<O>(0).workspace)) {
    const workspace: Workspace = (y: i32): u64 => changetype<O>(0).workspace(y);
    last = changetype<usize>(workspace);
    methods |= 16;
  }
  if (isDefined(changetype<O>(0).flops)) {
    const flops: Flops = (y: i32): f64 => changetype<O>(0).flops(y);
    last = changetype<usize>(flops);
    methods |= 32;
  }
  if (isDefined(changetype<O>(0).run)) {
    const run: Run = (call: usize, start: u32, count: u32): void => {
      changetype<O>(0).run(call, start, count);
    };
    last = changetype<usize>(run);
    methods |= 64;
  }
  if (!ASC_NO_ASSERT) assert(load<u32>(last) === load<u32>(first) + popcnt<u32>(methods) - 1);
  enter(op, flags | (methods << methodBits), first);
}

/** Methods of an entry as bits of its flags, from this one on. */
const methodBits: u32 = 5;

/** Writes the entry of an op whose functions stand in the table from that of `first` on. */
function enter(op: i32, flags: u32, first: usize): void {
  let at = opEntry(op);
  store<u32>(at, flags);
  let index = load<u32>(first);
  for (let left = flags >>> methodBits; left !== 0; left >>>= 1) {
    at += 4;
    if (left & 1) store<u32>(at, index++);
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
