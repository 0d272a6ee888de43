// BFGS: d = −H g, H ← (I − ρ s y') H (I − ρ y s') + ρ s s', ρ = 1 / y's, only where y's > 0; then H y = s. Before the
// first update H = (y's / y'y) I (Nocedal and Wright, Numerical Optimization, 2006, (6.17) and (6.20)).

import { directionBfgs } from "../../abi";
import { addScaled, dot } from "../../linalg/vectors";
import { gradient, Minimizer, trialGradient } from "../minimizer";
import { at, combined, multiplied, put, scaled } from "../vectors";
import { registerDirection } from "./direction";

/** H [n, n], then s, y and H y. */
function bfgsBytes(n: f64): f64 {
  return 8 * (n * n + 3 * n);
}

function directBfgs(m: Minimizer): i32 {
  const n = m.elements;
  if (m.pairs === 0) {
    scaled(m.step, -1, gradient(m), n);
    return 0;
  }
  multiplied(m.step, m.arena, gradient(m), n, n);
  scaled(m.step, -1, m.step, n);
  return 0;
}

function rememberBfgs(m: Minimizer): void {
  const n = m.elements;
  const inverse = <usize>m.arena;
  const bytes = (<usize>n) << 3;
  const s = inverse + <usize>n * bytes;
  const y = s + bytes;
  const hy = y + bytes;
  combined(s, m.trial, -1, m.x, n);
  combined(y, trialGradient(m), -1, gradient(m), n);
  const sy = dot(s, y, n);
  const yy = dot(y, y, n);
  if (!(sy > f64.EPSILON * sqrt<f64>(dot(s, s, n)) * sqrt<f64>(yy))) return;
  if (m.pairs === 0) {
    memory.fill(inverse, 0, <usize>n * bytes);
    for (let k: u32 = 0; k < n; k++) put(inverse, k * n + k, sy / yy);
    m.pairs = 1;
  }
  const rho: f64 = 1 / sy;
  multiplied(hy, inverse, y, n, n);
  const factor = rho * (1 + rho * dot(y, hy, n));
  for (let k: u32 = 0; k < n; k++) {
    const row = inverse + <usize>k * bytes;
    addScaled(row, s, n, factor * at(s, k) - rho * at(hy, k));
    addScaled(row, hy, n, -rho * at(s, k));
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
