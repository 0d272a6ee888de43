// Arithmetic. Each class is one op: its function of one vector, and its derivative as nodes.

import {
  opAbs,
  opAdd,
  opDivide,
  opMultiply,
  opNegate,
  opPower,
  opReciprocal,
  opRsqrt,
  opSign,
  opSqrt,
  opSquare,
  opSubtract,
} from "../abi";
import { accumulate, wants } from "../graph/cotangents";
import { input } from "../graph/graph";
import {
  divide,
  equal,
  fill,
  greater,
  keepWhere,
  log,
  multiply,
  negate,
  power,
  scale,
  shift,
  sign,
  where,
} from "../graph/vocabulary";
import { powerLanes } from "../kernels/power";
import { binary, unary } from "./elementwise";

@unmanaged
class Add {
  /** Four vectors a turn: see map2. */
  unrolled(): void {}
  lanes<T>(a: v128, b: v128): v128 {
    return v128.add<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, g);
    accumulate(y, 1, g);
  }
}

@unmanaged
class Subtract {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.sub<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, g);
    if (wants(y, 1)) accumulate(y, 1, negate(g));
  }
}

@unmanaged
class Multiply {
  /** Four vectors a turn: see map2. */
  unrolled(): void {}
  lanes<T>(a: v128, b: v128): v128 {
    return v128.mul<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    if (wants(y, 0)) accumulate(y, 0, multiply(g, input(y, 1)));
    if (wants(y, 1)) accumulate(y, 1, multiply(g, input(y, 0)));
  }
}

@unmanaged
class Divide {
  lanes<T>(a: v128, b: v128): v128 {
    return v128.div<T>(a, b);
  }
  derivative(y: i32, g: i32): void {
    const quotient = divide(g, input(y, 1));
    accumulate(y, 0, quotient);
    if (wants(y, 1)) accumulate(y, 1, negate(multiply(quotient, y)));
  }
}

@unmanaged
class Negate {
  lanes<T>(a: v128): v128 {
    return v128.neg<T>(a);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, negate(g));
  }
}

@unmanaged
class Reciprocal {
  lanes<T>(a: v128): v128 {
    return v128.div<T>(v128.splat<T>(<T>1), a);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, negate(multiply(multiply(g, y), y)));
  }
}

@unmanaged
class Square {
  lanes<T>(a: v128): v128 {
    return v128.mul<T>(a, a);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(scale(g, 2), input(y)));
  }
}

@unmanaged
class Sqrt {
  lanes<T>(a: v128): v128 {
    return v128.sqrt<T>(a);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, divide(scale(g, 0.5), y));
  }
}

@unmanaged
class Rsqrt {
  lanes<T>(a: v128): v128 {
    return v128.div<T>(v128.splat<T>(<T>1), v128.sqrt<T>(a));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(multiply(multiply(scale(g, -0.5), y), y), y));
  }
}

@unmanaged
class Abs {
  lanes<T>(a: v128): v128 {
    return v128.abs<T>(a);
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, sign(input(y))));
  }
}

/** -1, 0 or 1; NaN and -0 stay as they are, because the result is a where neither comparison holds. */
@unmanaged
class Sign {
  lanes<T>(a: v128): v128 {
    const zero = v128.splat<T>(<T>0);
    const one = v128.splat<T>(<T>1);
    const positive = v128.bitselect(one, a, v128.gt<T>(a, zero));
    return v128.bitselect(v128.neg<T>(one), positive, v128.lt<T>(a, zero));
  }
  derivative(y: i32, g: i32): void {}
}

@unmanaged
class Power {
  lanes<T>(a: v128, b: v128): v128 {
    return powerLanes<T>(a, b);
  }
  /** ∂/∂a = b aᵇ⁻¹, 0 where b = 0;  ∂/∂b = aᵇ ln a, 0 where a ≤ 0 (and aᵇ may be infinite). */
  derivative(y: i32, g: i32): void {
    const a = input(y, 0);
    const b = input(y, 1);
    if (wants(y, 0)) {
      const slope = multiply(b, power(a, shift(b, -1)));
      accumulate(y, 0, multiply(g, where(equal(b, fill(0, b)), fill(0, b), slope)));
    }
    if (wants(y, 1)) {
      const positive = greater(a, fill(0, a));
      const logarithm = log(where(positive, a, fill(1, a)));
      accumulate(y, 1, keepWhere(positive, multiply(g, multiply(y, logarithm))));
    }
  }
}

export function registerArithmetic(): void {
  binary<Add>(opAdd);
  binary<Subtract>(opSubtract);
  binary<Multiply>(opMultiply);
  binary<Divide>(opDivide);
  binary<Power>(opPower);
  unary<Negate>(opNegate);
  unary<Reciprocal>(opReciprocal);
  unary<Square>(opSquare);
  unary<Sqrt>(opSqrt);
  unary<Rsqrt>(opRsqrt);
  unary<Abs>(opAbs);
  unary<Sign>(opSign);
}
