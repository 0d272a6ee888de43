// The exact step on a quadratic, t = −g'd / d'Hd. On another function it is where the quadratic model has its minimum,
// and is halved until the value is less.

import { requestProduct, requestValue, searchQuadratic } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
class Quadratic {
  begin(line: Line): void {
    line.step = min(-line.slope0 / line.curvature, line.largest);
  }
  next(line: Line): i32 {
    // On a quadratic whose minimum is near, the decrease −t φ'(0) / 2 may be less than the rounding of the value.
    const rounding = 4 * f64.EPSILON * abs(line.value0);
    if (line.value <= line.value0 + rounding) return accepted;
    if (line.trials >= line.limit) return failed;
    line.step *= 0.5;
    return searching;
  }
}

export function registerQuadratic(): void {
  registerSearch<Quadratic>(searchQuadratic, requestValue | requestProduct);
}
