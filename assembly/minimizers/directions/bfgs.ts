// BFGS: d = −H g, H ← (I − ρ s y') H (I − ρ y s') + ρ s s', ρ = 1 / y's, only where y's > 0; then H y = s. Before the
// first update H = (y's / y'y) I (Nocedal and Wright, Numerical Optimization, 2006, (6.17) and (6.20)).

import { directionBfgs } from "../../abi";
import { addScaled, addScaledTo, dot, multiplyVector, scale } from "../../kernels/vectors";
import { at, put } from "../elements";
import { gradient, Minimizer, trialGradient } from "../minimizer";
import { registerDirection } from "./direction";

/** Bytes of H [n, n], s, y and H y. */
function bfgsBytes(n: f64): f64 {
  return 8 * (n * n + 3 * n);
}

function directBfgs(m: Minimizer): i32 {
  const n = m.elements;
  if (m.pairs === 0) {
    scale<f64>(m.step, gradient(m), -1, n);
    return 0;
  }
  multiplyVector(m.step, m.arena, gradient(m), n, n);
  scale<f64>(m.step, m.step, -1, n);
  return 0;
}

function rememberBfgs(m: Minimizer): void {
  const n = m.elements;
  const inverse = <usize>m.arena;
  const bytes = (<usize>n) << 3;
  const s = inverse + <usize>n * bytes;
  const y = s + bytes;
  const hy = y + bytes;
  addScaled(s, m.trial, m.x, -1, n);
  addScaled(y, trialGradient(m), gradient(m), -1, n);
  const sy = dot(s, y, n);
  const yy = dot(y, y, n);
  if (!(sy > f64.EPSILON * sqrt<f64>(dot(s, s, n)) * sqrt<f64>(yy))) return;
  if (m.pairs === 0) {
    memory.fill(inverse, 0, <usize>n * bytes);
    for (let k: u32 = 0; k < n; k++) put(inverse, k * n + k, sy / yy);
    m.pairs = 1;
  }
  const rho: f64 = 1 / sy;
  multiplyVector(hy, inverse, y, n, n);
  const factor = rho * (1 + rho * dot(y, hy, n));
  for (let k: u32 = 0; k < n; k++) {
    const row = inverse + <usize>k * bytes;
    addScaledTo(row, s, factor * at(s, k) - rho * at(hy, k), n);
    addScaledTo(row, hy, -rho * at(s, k), n);
  }
}

@unmanaged
class Bfgs {
  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return bfgsBytes(n);
  }
  direct(m: Minimizer): i32 {
    return directBfgs(m);
  }
  remember(m: Minimizer): void {
    rememberBfgs(m);
  }
  isScaled(m: Minimizer): bool {
    return m.pairs > 0;
  }
}

export function registerBfgs(): void {
  registerDirection<Bfgs>(directionBfgs);
}
