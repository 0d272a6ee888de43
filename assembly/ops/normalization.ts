// Standardization along the last axis, of which layer normalization consists. With a second input g it is the derivative along g, so
// that the op and its derivative share a kernel.

import { f32Type, f64Type, opStandardize } from "../abi";
import { callOperands, callReal, callWord, inputType, operand } from "../graph/call";
import { floats, register } from "../graph/contract";
import { accumulate, wants } from "../graph/cotangents";
import { emit, setOutputLike, stage, stagedInput, stageInput, stageReal, stageWord } from "../graph/emit";
import { extent, input, inputCount, rankOf, real, typeOf } from "../graph/graph";
import { add, cast, fill, multiply, negate, power, scale, shift, square, subtract, sum } from "../graph/vocabulary";
import { standardizeRuns } from "../kernels/standardize";

/** x standardized; or, if g is a node, the derivative of that along g. */
function standardize(x: i32, g: i32, epsilon: f64): i32 {
  stage(opStandardize);
  stageInput(x);
  if (g >= 0) stageInput(g);
  stageReal(epsilon);
  stageWord(extent(x, rankOf(x) - 1));
  return emit();
}

/** Mean along the last axis, which keeps extent 1. */
function mean(a: i32): i32 {
  const last = rankOf(a) - 1;
  return scale(sum(a, 1 << last), 1 / <f64>extent(a, last));
}

/** ŷ = (x − μ) r with r = 1 / √(σ² + ε), mean μ and biased variance σ² of x along the last axis; words: ε, extent of that axis. */
@unmanaged
class Standardize {
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
  /**
   * J g with J = ∂ŷ/∂x, which is symmetric. Of y = J g, it is J h with respect to g and
   * −r (ŷ mean(h y) + mean(g ŷ) J h + mean(h ŷ) y) with respect to x.
   */
  derivative(y: i32, h: i32): void {
    const x = input(y);
    const epsilon = real(y, 0);
    const along = standardize(x, h, epsilon);
    if (inputCount(y) === 1) return accumulate(y, 0, along);
    accumulate(y, 1, along);
    if (!wants(y, 0)) return;
    const normal = standardize(x, -1, epsilon);
    const wide = cast(x, f64Type);
    const variance = shift(mean(square(subtract(wide, mean(wide)))), epsilon);
    const r = cast(power(variance, fill(-0.5, variance)), typeOf(x));
    const first = multiply(normal, mean(multiply(h, y)));
    const second = multiply(along, mean(multiply(input(y, 1), normal)));
    const third = multiply(y, mean(multiply(h, normal)));
    accumulate(y, 0, negate(multiply(r, add(first, add(second, third)))));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0);
    const x = operand(call, 1);
    const z = operand(call, callOperands(call) - 1);
    if (inputType(call) === f32Type) standardizeRuns<f32>(out, x, z, count, callWord(call, 2), callReal(call, 0));
    else standardizeRuns<f64>(out, x, z, count, callWord(call, 2), callReal(call, 0));
  }
}

export function registerNormalizations(): void {
  register<Standardize>(opStandardize, floats);
}
