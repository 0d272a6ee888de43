// Sources: leaves, constants, fills and ranges; and casts. The last words of a source are its extents.

import { f32Type, f64Type, faultType, i32Type, messageWords, opCast, opConstant, opFill, opIota, opLeaf } from "../abi";
import { callReal, inputType, operand, outputType } from "../graph/call";
import { pointwise, register } from "../graph/contract";
import { accumulate } from "../graph/cotangents";
import {
  emit,
  setExtent,
  setOutput,
  setOutputLike,
  stage,
  stagedInput,
  stagedOp,
  stagedWord,
  stagedWords,
  stageReal,
  stageWord,
} from "../graph/emit";
import { extent, input, opOf, rankOf, real, typeOf } from "../graph/graph";
import { cast } from "../graph/vocabulary";
import { castElements } from "../kernels/convert";
import { fillElements } from "../kernels/strided";
import { message, refuse } from "../memory/engine";

/** Sets the type to word `at` and the extents to the words that follow. */
function statedShape(at: i32): bool {
  const rank = stagedWords() - at - 1;
  setOutput(stagedWord(at), rank);
  for (let axis = 0; axis < rank; axis++) setExtent(axis, stagedWord(at + 1 + axis));
  return true;
}

/** A block that exists before the program runs; words: space, offset, type, extents. Its type is not u8. */
@unmanaged
class Leaf {
  shape(): bool {
    if (<u32>stagedWord(2) <= <u32>i32Type) return statedShape(2);
    return refuse(faultType, opLeaf, -1, stagedWord(2), i32Type);
  }
}

/** Data in the program; words: address, bytes, type, extents. */
@unmanaged
class Constant {
  shape(): bool {
    return statedShape(2);
  }
}

/** One value everywhere; words: f64 value, type, extents. */
@unmanaged
class Fill {
  /** Rounds the value to the type, so that folding constants while tracing has the bits of a run. */
  shape(): bool {
    const value = message() + messageWords;
    if (stagedWord(2) === f32Type) store<f64>(value, <f64>(<f32>load<f64>(value)));
    return statedShape(2);
  }
  run(call: usize, start: u32, count: u32): void {
    fillElements(operand(call, 0, start), callReal(call, 0), outputType(call), count);
  }
}

/** 0, 1, 2, ... over the flattened tensor; words: type, extents. */
@unmanaged
class Iota {
  shape(): bool {
    return statedShape(0);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0, start);
    const type = outputType(call);
    for (let i: u32 = 0; i < count; i++) {
      if (type === f64Type) store<f64>(out + (i << 3), <f64>(start + i));
      else if (type === f32Type) store<f32>(out + (i << 2), <f32>(start + i));
      else store<i32>(out + (i << 2), start + i);
    }
  }
}

/** Sets the shape as statedShape does; rejects a type that is not a float. */
export function floatShape(at: i32): bool {
  if (stagedWord(at) <= f64Type) return statedShape(at);
  return refuse(faultType, stagedOp(), -1, stagedWord(at), -1);
}

/** The nearest value of another type; to i32 toward zero, saturating. Word: type. */
@unmanaged
class Cast {
  rewrite(): i32 {
    const a = stagedInput(0);
    const type = stagedWord(0);
    if (typeOf(a) === type) return a;
    if (opOf(a) !== opFill || type > f64Type) return -1;
    const value = real(a, 0);
    stage(opFill);
    stageReal(value);
    stageWord(type);
    for (let axis = 0; axis < rankOf(a); axis++) stageWord(extent(a, axis));
    return emit();
  }
  shape(): bool {
    if (<u32>stagedWord(0) > <u32>i32Type) {
      return refuse(faultType, opCast, stagedInput(0), stagedWord(0), -1);
    }
    setOutputLike(stagedInput(0));
    setOutput(stagedWord(0), rankOf(stagedInput(0)));
    return true;
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, cast(g, typeOf(input(y))));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0, start);
    const a = operand(call, 1, start);
    const from = inputType(call);
    const to = outputType(call);
    if (from === f32Type && to === f64Type) castElements<f32, f64>(out, a, count);
    else if (from === f64Type && to === f32Type) castElements<f64, f32>(out, a, count);
    else if (from === i32Type && to === f32Type) castElements<i32, f32>(out, a, count);
    else if (from === i32Type && to === f64Type) castElements<i32, f64>(out, a, count);
    else if (from === f32Type) castElements<f32, i32>(out, a, count);
    else castElements<f64, i32>(out, a, count);
  }
}

export function registerSources(): void {
  register<Leaf>(opLeaf, 0);
  register<Constant>(opConstant, 0);
  register<Fill>(opFill, pointwise);
  register<Iota>(opIota, pointwise);
  register<Cast>(opCast, pointwise);
}
