// Muon: momentum of a matrix, made approximately orthogonal. m ← μm + (1 − μ)g, U = (1 − μ)g + μm (Nesterov) or m,
// X = U / |U|, five times X ← aX + (bA + cA²)X with A = XXᵀ, and w ← w − h s X, where s scales the step with the shape:
// √max(1, out/in), or 0.2 √max(in, out), which matches the update size of AdamW
// (Jordan, Jin, Boza, You, Cesista, Newhouse and Bernstein, Muon: An optimizer for hidden layers in neural networks,
// 2024; second scale: Liu et al., Muon is scalable for LLM training, arXiv 2502.16982, 2025).
//
// With more rows than columns the shorter side is on the right: X(bA + cA²), A = XᵀX, which is the transposed iteration.
// For n ≤ m a step costs 5 (4 m n² + 2 n³) flops. X is not close to the orthogonal factor: the iteration brings the singular
// values to 0.7 .. 1.2, which suffices for training and takes fewer steps.

import { ruleMuon } from "../abi";
import { gemm } from "../kernels/gemm";
import { wholeLines } from "../kernels/lanes";
import { sumOfSquares } from "../kernels/sum";
import { combine } from "../kernels/vectors";
import { registerRule, Sweep } from "./sweep";

// Codes of the scale; the first is 0.
const likeAdam: f64 = 1;

/** Bytes of a block of elements, rounded up to cache lines, with slack for reads past its end. */
function block<T>(elements: usize): usize {
  return wholeLines(elements * sizeof<T>() + 64);
}

@unmanaged
class Muon {
  learningRate: f64;
  momentum: f64;
  nesterov: f64;
  corrected: f64;
  scale: f64;
  epsilon: f64;
  added: f64;
  steps: f64;
  a: f64;
  b: f64;
  c: f64;

  /** Updates the matrix at `offset` bytes of the group. */
  updateTensor<T>(sweep: Sweep, offset: usize, rows: usize, columns: usize): void {
    const w = <usize>sweep.weights + offset;
    const g = <usize>sweep.gradients + offset;
    const m = <usize>sweep.states + offset;
    const count = rows * columns;
    const side = min(rows, columns);
    const x = <usize>sweep.workspace;
    const y = x + block<T>(count);
    const gram = y + block<T>(count);
    const polynomial = gram + block<T>(side * side);
    const scratch = polynomial + block<T>(side * side);

    const mu = this.momentum;
    const correction = this.corrected !== 0 ? 1 - NativeMath.pow(mu, sweep.step) : 1;
    const later = this.corrected !== 0 ? 1 - NativeMath.pow(mu, sweep.step + 1) : 1;
    combine<T>(y, g, w, 1, sweep.coupledDecay, count);
    combine<T>(m, m, y, mu, 1 - mu, count);
    if (this.nesterov !== 0) combine<T>(x, m, y, mu / later, (1 - mu) / correction, count);
    else combine<T>(x, m, m, 1 / correction, 0, count);
    const norm = sqrt<f64>(sumOfSquares<T>(x, count));
    combine<T>(x, x, x, 1 / (this.added !== 0 ? norm + this.epsilon : max<f64>(norm, this.epsilon)), 0, count);

    const wide = rows <= columns;
    for (let k = <i32>this.steps; k > 0; k--) {
      if (wide) gemm<T>(gram, x, x, rows, rows, columns, false, true, scratch);
      else gemm<T>(gram, x, x, columns, columns, rows, true, false, scratch);
      gemm<T>(polynomial, gram, gram, side, side, side, false, false, scratch);
      combine<T>(polynomial, gram, polynomial, this.b, this.c, side * side);
      if (wide) gemm<T>(y, polynomial, x, rows, columns, rows, false, false, scratch);
      else gemm<T>(y, x, polynomial, rows, columns, columns, false, false, scratch);
      combine<T>(x, x, y, this.a, 1, count);
    }
    const inputs = <f64>rows;
    const outputs = <f64>columns;
    const scale =
      this.scale === likeAdam ? 0.2 * sqrt<f64>(max(inputs, outputs)) : sqrt<f64>(max<f64>(1, outputs / inputs));
    combine<T>(w, w, x, 1 - sweep.decay, -this.learningRate * scale, count);
  }
}

export function registerMuon(): void {
  registerRule<Muon>(ruleMuon);
}
