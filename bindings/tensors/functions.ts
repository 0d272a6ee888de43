// Elementary functions composed of those of Tensor, with their derivatives: functions rather than methods, so that pages that do not
// use them do not download them.

import { shown } from "../values/options.js";
import { Tensor } from "./tensor.js";

function checked(where: string, x: unknown): Tensor {
  if (!(x instanceof Tensor)) throw new TypeError(`${where}: expected a tensor, got ${shown(x)}.`);
  return x.trace.asFloat(x);
}

/** `small` of s, and from 10⁸ on ln(2 s), which it is within the rounding there, as s² can overflow. */
function withoutOverflow(s: Tensor, small: (s: Tensor) => Tensor): Tensor {
  const limit = 1e8;
  // Twice the limit, as a minimum of two equal numbers halves the gradient.
  return s.greater(limit).where(s.maximum(1).log().add(Math.LN2), small(s.minimum(2 * limit)));
}

/**
 * Tangent: tan x = sin x / cos x.
 *
 * @param x  a tensor, in radians
 * @returns  a tensor of the shape of x
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => tan(x))([0]).data; // [0]
 */
export function tan(x: Tensor): Tensor {
  const angle = checked("tan", x);
  return angle.sin().divide(angle.cos());
}

/**
 * Arc sine: arcsin x = arctan(x / √((1 − x)(1 + x))), NaN outside of −1 .. 1.
 *
 * @param x  a tensor of numbers from −1 to 1
 * @returns  a tensor of the shape of x, from −π/2 to π/2
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => asin(x))([0]).data; // [0]
 */
export function asin(x: Tensor): Tensor {
  const sine = checked("asin", x);
  const square = sine.negate().add(1).multiply(sine.add(1));
  return sine.divide(square.sqrt()).atan();
}

/**
 * Arc cosine: arccos x = 2 arctan √((1 − x) / (1 + x)), NaN outside of −1 .. 1.
 *
 * @param x  a tensor of numbers from −1 to 1
 * @returns  a tensor of the shape of x, from 0 to π
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => acos(x))([1]).data; // [0]
 */
export function acos(x: Tensor): Tensor {
  const cosine = checked("acos", x);
  return cosine.negate().add(1).divide(cosine.add(1)).sqrt().atan().multiply(2);
}

/**
 * Hyperbolic sine: sinh x = ((eˣ − 1) − (e⁻ˣ − 1)) / 2, without cancellation near 0.
 *
 * @param x  a tensor
 * @returns  a tensor of the shape of x
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => sinh(x))([0]).data; // [0]
 */
export function sinh(x: Tensor): Tensor {
  const given = checked("sinh", x);
  return given.expm1().subtract(given.negate().expm1()).divide(2);
}

/**
 * Hyperbolic cosine: cosh x = (eˣ + e⁻ˣ) / 2 = 1 + 2 sinh²(x / 2), whose slope has no cancellation near 0.
 *
 * @param x  a tensor
 * @returns  a tensor of the shape of x
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => cosh(x))([0]).data; // [1]
 */
export function cosh(x: Tensor): Tensor {
  return sinh(checked("cosh", x).divide(2)).square().multiply(2).add(1);
}

/**
 * Inverse hyperbolic sine: arsinh x = ln(x + √(x² + 1)).
 *
 * @param x  a tensor
 * @returns  a tensor of the shape of x
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => asinh(x))([0]).data; // [0]
 */
export function asinh(x: Tensor): Tensor {
  const given = checked("asinh", x);
  // The sign is no function of x, so that the slope at 0 is 1.
  const sign = given.greaterEqual(0).where(1, -1);
  // ln(s + √(s² + 1)) without cancellation.
  const small = (s: Tensor): Tensor => {
    const square = s.square();
    return s.add(square.divide(square.add(1).sqrt().add(1))).log1p();
  };
  return withoutOverflow(given.multiply(sign), small).multiply(sign);
}

/**
 * Inverse hyperbolic cosine: arcosh x = ln(x + √(x² − 1)), NaN below 1.
 *
 * @param x  a tensor of numbers ≥ 1
 * @returns  a tensor of the shape of x, ≥ 0
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => acosh(x))([1]).data; // [0]
 */
export function acosh(x: Tensor): Tensor {
  return withoutOverflow(checked("acosh", x), (given) => {
    const above = given.subtract(1);
    return above.add(above.multiply(above.add(2)).sqrt()).log1p();
  });
}

/**
 * Inverse hyperbolic tangent: artanh x = ln((1 + x) / (1 − x)) / 2, NaN outside of −1 .. 1.
 *
 * @param x  a tensor of numbers from −1 to 1
 * @returns  a tensor of the shape of x
 * @throws TypeError  x is not a tensor
 * @example
 * compile(engine, (x) => atanh(x))([0]).data; // [0]
 */
export function atanh(x: Tensor): Tensor {
  const given = checked("atanh", x);
  return given.log1p().subtract(given.negate().log1p()).divide(2);
}
