// Common part of the elementwise ops: the shape rule, and the choice of the f32 or f64 loop. An op of this kind is a class with
// `lanes` (its function of one vector) and, optionally, `derivative`.

import { f32Type, opFill } from "../abi";
import { callWords, inputType, operand } from "../graph/call";
import { broadcasts, floats, pointwise, register } from "../graph/contract";
import { setOutputLike, stagedInput } from "../graph/emit";
import { opOf, real, typeOf } from "../graph/graph";
import { broadcastLike, fill } from "../graph/vocabulary";
import { map1, map2 } from "../kernels/lanes";

@unmanaged
class Unary<F> {
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
  derivative(y: i32, g: i32): void {
    changetype<F>(0).derivative(y, g);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0, start);
    const a = operand(call, 1, start);
    if (inputType(call) === f32Type) map1<F, f32>(out, a, count, callWords(call));
    else map1<F, f64>(out, a, count, callWords(call));
  }
}

@unmanaged
class Binary<F> {
  /** Folds constants by the op's own vector function. */
  rewrite(): i32 {
    const a = stagedInput(0);
    const b = stagedInput(1);
    if (opOf(a) !== opFill || opOf(b) !== opFill) return -1;
    const value = typeOf(a) === f32Type ? this.one<f32>(real(a, 0), real(b, 0)) : this.one<f64>(real(a, 0), real(b, 0));
    return broadcastLike(fill(value, a), a);
  }
  one<T>(a: f64, b: f64): f64 {
    const v = changetype<F>(0).lanes<T>(v128.splat<T>(<T>a), v128.splat<T>(<T>b));
    return <f64>v128.extract_lane<T>(v, 0);
  }
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
  derivative(y: i32, g: i32): void {
    changetype<F>(0).derivative(y, g);
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0, start);
    const a = operand(call, 1, start);
    const b = operand(call, 2, start);
    if (inputType(call) === f32Type) map2<F, f32>(out, a, b, count);
    else map2<F, f64>(out, a, b, count);
  }
}

/** out = F(a); attribute words, if any, are the fields of F. */
export function unary<F>(op: i32): void {
  register<Unary<F>>(op, pointwise | floats);
}

/** out = F(a, b), broadcast. */
export function binary<F>(op: i32): void {
  register<Binary<F>>(op, pointwise | floats | broadcasts);
}
