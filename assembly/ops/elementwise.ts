// What all elementwise ops share: the shape rule, and the choice of the f32 or f64 loop. An op of this family is a
// class with `lanes` (one vector) and, where it has one, `derivative`.

import { f32Type } from "../abi";
import { callWords, inputType, operand } from "../graph/call";
import { broadcasts, floats, pointwise, register } from "../graph/contract";
import { answerLike, stagedInput } from "../graph/emit";
import { map1, map2 } from "../kernels/lanes";

@unmanaged
class Unary<F> {
  shape(): bool {
    return answerLike(stagedInput(0));
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
  shape(): bool {
    return answerLike(stagedInput(0));
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
