// Gauss-Newton: d minimizes ‖J d + r‖, by a QR factorization of J with column pivoting; columns that depend on others
// get 0 (C. F. Gauss, Theoria motus, 1809; Nocedal and Wright, Numerical Optimization, 2006, §10.3).

import { directionGaussNewton, requestResiduals } from "../../abi";
import { multiplyByQ, qr, qrScratch, rankOf } from "../../linalg/qr";
import { at, put } from "../elements";
import { Minimizer } from "../minimizer";
import { isHidden } from "../residuals";
import { registerDirection } from "./direction";

/** Bytes of the factored Jᵀ, r, τ, pivots, and scratch. */
function gaussNewtonBytes(n: f64, residuals: f64): f64 {
  return 8 * (n * residuals + residuals + 3 * n + 16) + qrScratch(n);
}

function directGaussNewton(m: Minimizer): i32 {
  const n = <usize>m.elements;
  const rows = <usize>m.residuals;
  const columns = <usize>m.arena;
  const right = columns + ((n * rows) << 3);
  const factors = right + (rows << 3);
  const pivots = factors + (n << 3);
  const scratch = pivots + (n << 3);
  memory.copy(columns, m.matrix, (n * rows) << 3);
  memory.copy(right, m.residual, rows << 3);
  qr(columns, rows, n, factors, pivots, scratch);
  multiplyByQ(columns, rows, n, factors, right, 1);
  const rank = <u32>rankOf(columns, rows, n);
  memory.fill(m.step, 0, n << 3);
  for (let i = rank; i-- > 0; ) {
    let sum = -at(right, i);
    for (let j = i + 1; j < rank; j++) {
      sum -= at(columns, j * m.residuals + i) * at(m.step, load<u32>(pivots + (j << 2)));
    }
    put(m.step, load<u32>(pivots + (i << 2)), sum / at(columns, i * m.residuals + i));
  }
  return 0;
}

/** True if the decrease predicted for the last direction is below the rounding of the residuals. */
export function isGaussNewtonDone(m: Minimizer): bool {
  const n = <usize>m.elements;
  const rows = <usize>m.residuals;
  const columns = <usize>m.arena;
  return isHidden(m, columns + ((n * rows) << 3), rankOf(columns, rows, n));
}

@unmanaged
class GaussNewton {
  arenaBytes(n: f64, residuals: f64, pairs: f64): f64 {
    return gaussNewtonBytes(n, residuals);
  }
  direct(m: Minimizer): i32 {
    return directGaussNewton(m);
  }
}

export function registerGaussNewton(): void {
  registerDirection<GaussNewton>(directionGaussNewton, requestResiduals);
}
