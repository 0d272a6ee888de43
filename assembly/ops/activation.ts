// Activations. Subgradients at kinks are 0: relu'(0) = 0.

import { opElu, opGelu, opGeluTanh, opLeakyRelu, opRelu, opSelu, opSigmoid, opSilu, opSoftplus, opTanh } from "../abi";
import { accumulate } from "../graph/cotangents";
import { input, real } from "../graph/graph";
import {
  add,
  clamp,
  erf,
  exp,
  fill,
  greater,
  keepPositive,
  multiply,
  scale,
  shift,
  sigmoid,
  square,
  subtract,
  where,
} from "../graph/vocabulary";
import { erfLanes } from "../kernels/erf";
import { expm1Lanes } from "../kernels/expm1";
import { sigmoidLanes } from "../kernels/sigmoid";
import { softplusLanes } from "../kernels/softplus";
import { tanhLanes } from "../kernels/tanh";
import { unary } from "./elementwise";

/** max(x, 0). x is the first operand of pmax, so NaN stays NaN. */
@unmanaged
class Relu {
  /** Four vectors a turn in every build: see map1. */
  unrolled(): void {}
  lanes<T>(x: v128): v128 {
    return v128.pmax<T>(x, v128.splat<T>(<T>0));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, keepPositive(y, g));
  }
}

/** x where x > 0, else slope ⋅ x. */
@unmanaged
class LeakyRelu {
  slope: f64;
  lanes<T>(x: v128): v128 {
    const scaled = v128.mul<T>(x, v128.splat<T>(<T>this.slope));
    return v128.bitselect(x, scaled, v128.gt<T>(x, v128.splat<T>(<T>0)));
  }
  derivative(y: i32, g: i32): void {
    const x = input(y);
    accumulate(y, 0, where(greater(x, fill(0, x)), g, scale(g, real(y, 0))));
  }
}

/** x where x > 0, else α(eˣ − 1) (Clevert, Unterthiner, Hochreiter 2016). */
@unmanaged
class Elu {
  alpha: f64;
  lanes<T>(x: v128): v128 {
    const low = v128.mul<T>(inline.always(expm1Lanes<T>(x)), v128.splat<T>(<T>this.alpha));
    return v128.bitselect(x, low, v128.gt<T>(x, v128.splat<T>(<T>0)));
  }
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const alpha = real(y, 0);
    // eˣ and not y + α, which cancels; of min(x, 0), because eˣ may overflow where it is not chosen.
    const low = scale(exp(where(greater(x, fill(0, x)), fill(0, x), x)), alpha);
    accumulate(y, 0, where(greater(x, fill(0, x)), g, multiply(g, low)));
  }
}

const seluScale: f64 = 1.0507009873554804934;
const seluAlpha: f64 = 1.6732632423543772848;

/** λ x where x > 0, else λ α(eˣ − 1), which preserves mean 0 and variance 1 from layer to layer (Klambauer et al. 2017). */
@unmanaged
class Selu {
  lanes<T>(x: v128): v128 {
    const low = v128.mul<T>(inline.always(expm1Lanes<T>(x)), v128.splat<T>(<T>(seluScale * seluAlpha)));
    const high = v128.mul<T>(x, v128.splat<T>(<T>seluScale));
    return v128.bitselect(high, low, v128.gt<T>(x, v128.splat<T>(<T>0)));
  }
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const low = scale(exp(where(greater(x, fill(0, x)), fill(0, x), x)), seluScale * seluAlpha);
    accumulate(y, 0, where(greater(x, fill(0, x)), scale(g, seluScale), multiply(g, low)));
  }
}

/** 1 / (1 + e⁻ˣ). */
@unmanaged
class Sigmoid {
  /** Four vectors a turn in every build: see map1. */
  unrolled(): void {}
  lanes<T>(x: v128): v128 {
    return inline.always(sigmoidLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, multiply(y, subtract(fill(1, y), y))));
  }
}

@unmanaged
class Tanh {
  /** Four vectors a turn in every build: see map1. */
  unrolled(): void {}
  lanes<T>(x: v128): v128 {
    return inline.always(tanhLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, subtract(fill(1, y), square(y))));
  }
}

/** ln(1 + eˣ). */
@unmanaged
class Softplus {
  lanes<T>(x: v128): v128 {
    return inline.always(softplusLanes<T>(x));
  }
  derivative(y: i32, g: i32): void {
    accumulate(y, 0, multiply(g, sigmoid(input(y))));
  }
}

const rootHalf: f64 = 0.7071067811865476;
const inverseRootTwoPi: f64 = 0.3989422804014327;
const rootTwoOverPi: f64 = 0.7978845608028654;
const cubic: f64 = 0.044715;

/** x Φ(x) = x/2 (1 + erf(x/√2)) (Hendrycks and Gimpel 2016). */
@unmanaged
class Gelu {
  lanes<T>(x: v128): v128 {
    const half = v128.mul<T>(x, v128.splat<T>(<T>0.5));
    const e = inline.always(erfLanes<T>(v128.mul<T>(x, v128.splat<T>(<T>rootHalf))));
    return v128.add<T>(half, v128.mul<T>(half, e));
  }
  /** Φ(x) + x φ(x) with Φ(x) = ½(1 + erf(x/√2)), whose node the graph has already. */
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const density = scale(exp(scale(square(x), -0.5)), inverseRootTwoPi);
    accumulate(y, 0, multiply(g, add(normalCdf(x), multiply(x, density))));
  }
}

function normalCdf(x: i32): i32 {
  return shift(scale(erf(scale(x, rootHalf)), 0.5), 0.5);
}

/**
 * The tanh form: x/2 (1 + tanh u), u = √(2/π)(x + 0.044715 x³), computed as x σ(2u): 1 + tanh u would cancel for negative
 * x, where value and derivative are small but not 0.
 */
@unmanaged
class GeluTanh {
  lanes<T>(x: v128): v128 {
    const cube = v128.mul<T>(v128.mul<T>(x, x), v128.mul<T>(x, v128.splat<T>(<T>cubic)));
    const double = v128.mul<T>(v128.add<T>(x, cube), v128.splat<T>(<T>(2 * rootTwoOverPi)));
    return v128.mul<T>(x, inline.always(sigmoidLanes<T>(double)));
  }
  /** σ + 2 x σ (1 − σ) u′; x is clamped to ±22, where σ is 0 or 1 in both types: else x² may overflow, times that 0. */
  derivative(y: i32, g: i32): void {
    const x = clamp(input(y), -22, 22);
    const squared = square(x);
    const s = sigmoid(scale(add(x, multiply(x, scale(squared, cubic))), 2 * rootTwoOverPi));
    const slope = scale(shift(scale(squared, 3 * cubic), 1), 2 * rootTwoOverPi);
    const rise = multiply(multiply(x, slope), multiply(s, subtract(fill(1, x), s)));
    accumulate(y, 0, multiply(g, add(s, rise)));
  }
}

/** x sigmoid(x), also called swish (Elfwing, Uchibe, Doya 2018). */
@unmanaged
class Silu {
  lanes<T>(x: v128): v128 {
    return v128.mul<T>(x, inline.always(sigmoidLanes<T>(x)));
  }
  derivative(y: i32, g: i32): void {
    const s = sigmoid(input(y));
    accumulate(y, 0, multiply(g, add(s, multiply(y, subtract(fill(1, s), s)))));
  }
}

export function registerActivations(): void {
  unary<Relu>(opRelu);
  unary<LeakyRelu>(opLeakyRelu);
  unary<Elu>(opElu);
  unary<Selu>(opSelu);
  unary<Sigmoid>(opSigmoid);
  unary<Tanh>(opTanh);
  unary<Softplus>(opSoftplus);
  unary<Gelu>(opGelu);
  unary<GeluTanh>(opGeluTanh);
  unary<Silu>(opSilu);
}
