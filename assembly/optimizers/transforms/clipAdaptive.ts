// Adaptive clipping: g ← g min(1, λ max(|w|, ε) / |g|) for each unit: the weights into one output, a column of the matrix
// [all but the last, last]; a vector, and a matrix of one row or one column, is one unit
// (Brock, De, Smith and Simonyan, High-performance large-scale image recognition without
// normalization, ICML 2021, equation 3).

import { transformClipAdaptive } from "../../abi";
import { columnSquares, scaleColumns } from "../../kernels/columns";
import { TensorRange } from "../tensor";
import { Chain, registerTransform } from "./chain";

// 2^-600: no square of an f64 times this overflows.
const SMALL: f64 = 2.409919865102884e-181;

/** out[j] = norm of column j. */
function columnNorms<T>(out: usize, x: usize, rows: usize, columns: usize): void {
  columnSquares<T>(out, x, rows, columns);
  for (let j: usize = 0; j < columns; j++) {
    const squares = load<f64>(out + (j << 3));
    store<f64>(
      out + (j << 3),
      isFinite(squares) ? sqrt<f64>(squares) : tallNorm<T>(x + j * sizeof<T>(), rows, columns),
    );
  }
}

/** Norm of the column at x, if its squares overflow. */
function tallNorm<T>(x: usize, rows: usize, columns: usize): f64 {
  let squares: f64 = 0;
  for (; rows > 0; rows--) {
    const value = SMALL * <f64>load<T>(x);
    squares += value * value;
    x += columns * sizeof<T>();
  }
  return sqrt<f64>(squares) / SMALL;
}

@unmanaged
class ClipAdaptive {
  limit: f64;
  epsilon: f64;

  tensor<T>(chain: Chain, g: usize, tensor: TensorRange): void {
    const matrix = tensor.rows > 1 && tensor.columns > 1;
    const rows = <usize>(matrix ? tensor.rows : tensor.elements);
    const columns = <usize>(matrix ? tensor.columns : 1);
    const slopes = <usize>chain.workspace;
    const weights = slopes + (columns << 3);
    columnNorms<T>(slopes, g, rows, columns);
    columnNorms<T>(weights, <usize>chain.weights + <usize>tensor.offset * sizeof<T>(), rows, columns);
    let short = true;
    for (let at = slopes; at < weights; at += 8) {
      const most = this.limit * max<f64>(load<f64>(at + (columns << 3)), this.epsilon);
      const factor = min<f64>(1, most / load<f64>(at));
      store<f64>(at, factor);
      if (factor < 1) short = false;
    }
    if (!short) scaleColumns<T>(g, slopes, rows, columns);
  }
}

export function registerClipAdaptive(): void {
  registerTransform<ClipAdaptive>(transformClipAdaptive);
}
