// Activations that are x times a gate between 0 and 1.

import { opHardswish, opMish } from "../abi";
import { accumulate } from "../graph/cotangents";
import { input } from "../graph/graph";
import {
  add,
  clamp,
  fill,
  greater,
  greaterEqual,
  keepWhere,
  multiply,
  scale,
  shift,
  sigmoid,
  softplus,
  square,
  subtract,
  tanh,
  where,
} from "../graph/vocabulary";
import { mishLanes } from "../kernels/mish";
import { unary } from "./elementwise";

/** x tanh(softplus(x)) (Misra 2020). */
@unmanaged
class Mish {
  lanes<T>(x: v128): v128 {
    return inline.always(mishLanes<T>(x));
  }
  /** t + x σ(x) (1 − t²), t = tanh(softplus(x)); x is clamped where t and σ are 0 or 1, else 2x may overflow. */
  derivative(y: i32, g: i32): void {
    const x = clamp(input(y), -1000, 1000);
    const t = tanh(softplus(x));
    const rise = multiply(multiply(x, sigmoid(x)), subtract(fill(1, x), square(t)));
    accumulate(y, 0, multiply(g, add(t, rise)));
  }
}

/** x ReLU6(x + 3) / 6 (Howard et al., "Searching for MobileNetV3", ICCV 2019, section 5.2). */
@unmanaged
class Hardswish {
  lanes<T>(x: v128): v128 {
    const raised = v128.add<T>(x, v128.splat<T>(<T>3));
    const gate = v128.pmin<T>(v128.pmax<T>(raised, v128.splat<T>(<T>0)), v128.splat<T>(<T>6));
    return v128.mul<T>(x, v128.div<T>(gate, v128.splat<T>(<T>6)));
  }
  /**
   * x/3 + 1/2 between the kinks, 0 below, 1 above. The paper does not define the kinks; here they have the slope of the middle,
   * −1/2 at −3 and 3/2 at 3, because ReLU6 is a clamp, which passes the gradient at its bounds, and as in PyTorch 1.13.
   */
  derivative(y: i32, g: i32): void {
    const x = input(y);
    const between = multiply(g, shift(scale(x, 1.0 / 3.0), 0.5));
    accumulate(y, 0, keepWhere(greaterEqual(x, fill(-3, x)), where(greater(x, fill(3, x)), g, between)));
  }
}

export function registerGated(): void {
  unary<Mish>(opMish);
  unary<Hardswish>(opHardswish);
}
