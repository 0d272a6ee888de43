// Sharpness-aware minimization: the update uses the gradient at w + ε, to first order the point of highest loss in a ball
// around w, ε = ρ g / |g| (Foret, Kleiner, Mobahi and Neyshabur, Sharpness-aware minimization for efficiently improving
// generalization, ICLR 2021, equation 2); adaptive: the ball is scaled by the weights, ε = ρ w² g / |w g|
// (Kwon, Kim, Park and Choi, ASAM: Adaptive sharpness-aware minimization, ICML 2021, equation 7). ε is 0 if g is 0.

import { wrapperSam } from "../../abi";
import { addProduct, multiply } from "../../kernels/product";
import { sumOfSquares } from "../../kernels/sum";
import { combine } from "../../kernels/vectors";
import { registerWrapper, Wrapping } from "./wrapper";

/** ρ over the norm, 0 if the norm is 0. */
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
