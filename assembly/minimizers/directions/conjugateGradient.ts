// Nonlinear conjugate gradients: d ← −g + β d. With y = g − g₀, g₀ the gradient before the step:
//
//   Fletcher-Reeves (1964)    g'g / g₀'g₀         Hestenes-Stiefel (1952)   g'y / d'y
//   Polak-Ribière (1969)      g'y / g₀'g₀         Dai-Yuan (1999)           g'g / d'y
//   Polak-Ribière+            max(0, g'y / g₀'g₀)
//   Hager-Zhang (2005)        (y − 2 d y'y / d'y)'g / d'y, at least −1 / ‖d‖ min(η, ‖g₀‖)
//
// It restarts with −g every k steps and where d is no descent direction. (W. Hager and H. Zhang, A survey of
// nonlinear conjugate gradient methods, Pacific J. Optim. 2, 2006.)

import { directionConjugate } from "../../abi";
import { addScaled, dot, scale } from "../../kernels/vectors";
import { gradient, Minimizer, trialGradient } from "../minimizer";
import { registerDirection } from "./direction";

const fletcherReeves: i32 = 0;
const polakRibiere: i32 = 1;
const polakRibierePlus: i32 = 2;
const hestenesStiefel: i32 = 3;
const daiYuan: i32 = 4;

/** η of Hager and Zhang. */
const eta: f64 = 0.01;

function scaledInto(m: Minimizer, factor: f64): usize {
  scale<f64>(m.step, m.step, factor, m.elements);
  return m.step;
}

/** β after a step along d; y is in the arena. */
function betaOf(m: Minimizer, rule: f64, square: f64, before: f64): f64 {
  const n = m.elements;
  const g = gradient(m);
  const d = <usize>m.step;
  const y = <usize>m.arena;
  const code = <i32>rule;
  if (code === fletcherReeves) return square / before;
  const gy = dot(g, y, n);
  if (code === polakRibiere) return gy / before;
  if (code === polakRibierePlus) return max(0, gy / before);
  const dy = dot(d, y, n);
  if (code === hestenesStiefel) return gy / dy;
  if (code === daiYuan) return square / dy;
  const beta = (gy - (2 * dot(y, y, n) * dot(d, g, n)) / dy) / dy;
  return max(beta, -1 / (sqrt<f64>(dot(d, d, n)) * min(eta, sqrt<f64>(before))));
}

@unmanaged
class Conjugate {
  /** Code of the formula of β. */
  beta: f64;
  /** Steps between restarts. */
  restart: f64;
  /** g₀'g₀ of the step before. @state */
  square: f64;

  /** y. */
  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return 8 * n;
  }
  direct(m: Minimizer): i32 {
    const n = m.elements;
    const g = gradient(m);
    const square = dot(g, g, n);
    const before = this.square;
    this.square = square;
    if (m.fresh !== 0 || <f64>m.sinceRestart >= this.restart) {
      m.sinceRestart = 0;
      scale<f64>(m.step, g, -1, n);
      return 0;
    }
    addScaled(m.step, scaledInto(m, betaOf(m, this.beta, square, before)), g, -1, n);
    return 0;
  }
  remember(m: Minimizer): void {
    addScaled(m.arena, trialGradient(m), gradient(m), -1, m.elements);
  }
  isScaled(m: Minimizer): bool {
    return false;
  }
}

export function registerConjugate(): void {
  registerDirection<Conjugate>(directionConjugate);
}
