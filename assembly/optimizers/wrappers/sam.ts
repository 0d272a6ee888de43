// Sharpness-aware minimization: the update takes the gradient at w + ε, the worst point of a ball around w to first
// order, ε = ρ g / |g| (Foret, Kleiner, Mobahi and Neyshabur, Sharpness-aware minimization for efficiently improving
// generalization, ICLR 2021, equation 2); adaptive, the ball is measured in units of the weights, ε = ρ w² g / |w g|
// (Kwon, Kim, Park and Choi, ASAM: Adaptive sharpness-aware minimization, ICML 2021, equation 7). ε is 0 where g is.

import { wrapperSam } from "../../abi";
import { addProduct, multiply } from "../../kernels/product";
import { sumOfSquares } from "../../kernels/sum";
import { combine } from "../../kernels/vectors";
import { registerWrapper, Wrapping } from "./wrapper";

/** ρ over a norm. */
function reach(rho: f64, squares: f64): f64 {
  return squares > 0 ? rho / sqrt<f64>(squares) : 0;
}

@unmanaged
class Sam {
  rho: f64;
  adaptive: f64;

  perturb<T>(wrapping: Wrapping): void {
    const w = <usize>wrapping.weights;
    const g = <usize>wrapping.gradients;
    const out = <usize>wrapping.perturbed;
    const count = <usize>wrapping.elements;
    if (this.adaptive === 0) return combine<T>(out, w, g, 1, reach(this.rho, wrapping.squares), count);
    multiply<T>(out, w, g, count);
    addProduct<T>(out, w, out, reach(this.rho, sumOfSquares<T>(out, count)), count);
  }
}

export function registerSam(): void {
  registerWrapper<Sam>(wrapperSam);
}
