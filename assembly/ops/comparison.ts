// Comparisons, which return 0 or 1 in the float type of their inputs, and choices: minimum, maximum, clamp, where.

import {
  f32Type,
  opClamp,
  opEqual,
  opGreater,
  opGreaterEqual,
  opKeepPositive,
  opLess,
  opLessEqual,
  opMaximum,
  opMinimum,
  opNotEqual,
  opWhere,
} from "../abi";
import { inputType, operand } from "../graph/call";
import { broadcasts, floats, pointwise, register } from "../graph/contract";
import { accumulate, wants } from "../graph/cotangents";
import { setOutputLike, stagedInput } from "../graph/emit";
import { input, real } from "../graph/graph";
import { equal, fill, greaterEqual, keepPositive, keepWhere, multiply, scale, where } from "../graph/vocabulary";
import { map3 } from "../kernels/lanes";
import { binary, unary } from "./elementwise";

function one<T>(mask: v128): v128 {
  return v128.and(mask, v128.splat<T>(<T>1));
}

@unmanaged
class Equal {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.eq<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class NotEqual {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.ne<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class Less {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.lt<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class LessEqual {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.le<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class Greater {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.gt<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class GreaterEqual {
  lanes<T>(a: v128, b: v128): v128 {
    return one<T>(v128.ge<T>(a, b));
  }
  derivative(y: i32, g: i32): void {}
}

/** Adds g to the cotangent of input k where that was chosen, half of it at ties. */
function accumulateChosen(y: i32, g: i32, k: i32): void {
  if (!wants(y, k)) return;
  const own = input(y, k);
  const cotangent = where(equal(own, input(y, 1 - k)), scale(g, 0.5), g);
  accumulate(y, k, keepWhere(equal(own, y), cotangent));
}

@unmanaged
class Minimum {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.min<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    accumulateChosen(y, g, 0);
    accumulateChosen(y, g, 1);
  }
}

@unmanaged
class Maximum {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.max<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    accumulateChosen(y, g, 0);
    accumulateChosen(y, g, 1);
  }
}

/** min(max(x, low), high) with bounds from the attribute words; x is the first operand of pmin and pmax, so NaN stays NaN. */
@unmanaged
class Clamp {
  low: f64;
  high: f64;
  lanes<T>(x: v128): v128 {
    return v128.pmin<T>(v128.pmax<T>(x, v128.splat<T>(<T>this.low)), v128.splat<T>(<T>this.high));
  }
  /** g between the bounds and at them, else 0. */
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const inside = multiply(greaterEqual(x, fill(real(y, 0), x)), greaterEqual(fill(real(y, 2), x), x));
    accumulate(y, 0, keepWhere(inside, g));
  }
}

/** a where x > 0, else 0: the gradient of a ReLU. Unlike a product it is 0 where a is infinite. */
@unmanaged
class KeepPositive {
  /** Four vectors a turn: see map2. */
  unrolled(): void {}
  lanes<T>(x: v128, a: v128): v128 {
    return v128.and(a, v128.gt<T>(x, v128.splat<T>(<T>0)));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 1, keepPositive(input(y), g));
  }
}

/** where(c, a, b): a where c is not 0, else b. */
@unmanaged
class Select {
  lanes<T>(c: v128, a: v128, b: v128): v128 {
    return v128.bitselect(a, b, v128.ne<T>(c, v128.splat<T>(<T>0)));
  }
}

@unmanaged
class Where {
  shape(): bool {
    return setOutputLike(stagedInput(0));
  }
  derivative(y: i32, g: i32): void {
    const condition = input(y, 0);
    const zero = fill(0, g);
    if (wants(y, 1)) accumulate(y, 1, where(condition, g, zero));
    if (wants(y, 2)) accumulate(y, 2, where(condition, zero, g));
  }
  run(call: usize, start: u32, count: u32): void {
    const out = operand(call, 0, start);
    const c = operand(call, 1, start);
    const a = operand(call, 2, start);
    const b = operand(call, 3, start);
    if (inputType(call) === f32Type) map3<Select, f32>(out, c, a, b, count);
    else map3<Select, f64>(out, c, a, b, count);
  }
}

export function registerComparisons(): void {
  binary<Equal>(opEqual);
  binary<NotEqual>(opNotEqual);
  binary<Less>(opLess);
  binary<LessEqual>(opLessEqual);
  binary<Greater>(opGreater);
  binary<GreaterEqual>(opGreaterEqual);
  binary<Minimum>(opMinimum);
  binary<Maximum>(opMaximum);
  binary<KeepPositive>(opKeepPositive);
  unary<Clamp>(opClamp);
  register<Where>(opWhere, pointwise | floats | broadcasts);
}
