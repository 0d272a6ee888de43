// The exact step on a quadratic, t = −g'd / d'Hd. On other functions it is the minimizer of the quadratic model, halved until the
// value decreases.

import { requestProduct, requestValue, searchQuadratic } from "../../abi";
import { accepted, failed, Line, searching } from "../line";
import { registerSearch } from "./search";

@unmanaged
class Quadratic {
  begin(line: Line): void {
    line.step = min(-line.slope0 / line.curvature, line.largest);
  }
  next(line: Line): i32 {
    // Near the minimum the decrease −t φ'(0) / 2 may be below the rounding of the value.
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
