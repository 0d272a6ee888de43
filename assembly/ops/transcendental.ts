// Exponentials, logarithms, sine, cosine, arctangent and the error function.

import { opAtan, opCos, opErf, opExp, opExpm1, opLog, opLog1p, opSin } from "../abi";
import { accumulate } from "../graph/cotangents";
import { input } from "../graph/graph";
import { cos, divide, exp, multiply, negate, scale, shift, sin, square } from "../graph/vocabulary";
import { atanLanes } from "../kernels/atan";
import { erfLanes } from "../kernels/erf";
import { expLanes } from "../kernels/exp";
import { expm1Lanes } from "../kernels/expm1";
import { logLanes } from "../kernels/log";
import { log1pLanes } from "../kernels/log1p";
import { cosLanes, sinLanes } from "../kernels/trigonometric";
import { unary } from "./elementwise";

@unmanaged
class Exp {
  /** Four vectors a turn in every build: see map1. */
  unrolled(): void {}
  lanes<T>(x: v128): v128 {
    return inline.always(expLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, y));
  }
}

@unmanaged
class Expm1 {
  lanes<T>(x: v128): v128 {
    return inline.always(expm1Lanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, shift(y, 1)));
  }
}

@unmanaged
class Log {
  lanes<T>(x: v128): v128 {
    return inline.always(logLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, divide(g, input(y)));
  }
}

@unmanaged
class Log1p {
  lanes<T>(x: v128): v128 {
    return inline.always(log1pLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, divide(g, shift(input(y), 1)));
  }
}

@unmanaged
class Sin {
  lanes<T>(x: v128): v128 {
    return inline.always(sinLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, cos(input(y))));
  }
}

@unmanaged
class Cos {
  lanes<T>(x: v128): v128 {
    return inline.always(cosLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, negate(multiply(g, sin(input(y)))));
  }
}

/** atan′ = 1 / (1 + x²). */
@unmanaged
class Atan {
  lanes<T>(x: v128): v128 {
    return inline.always(atanLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, divide(g, shift(square(input(y)), 1)));
  }
}

/** erf′ = 2/√π e^(−x²). */
@unmanaged
class Erf {
  lanes<T>(x: v128): v128 {
    return inline.always(erfLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    const twoOverRootPi: f64 = 1.1283791670955126;
    accumulate(y, 0, multiply(scale(g, twoOverRootPi), exp(negate(square(input(y))))));
  }
}

export function registerTranscendental(): void {
  unary<Exp>(opExp);
  unary<Expm1>(opExpm1);
  unary<Log>(opLog);
  unary<Log1p>(opLog1p);
  unary<Sin>(opSin);
  unary<Cos>(opCos);
  unary<Atan>(opAtan);
  unary<Erf>(opErf);
}
