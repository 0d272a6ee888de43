// Gradient centralization: g[i, j] ← g[i, j] − (1/n) Σ g[k, j] over k < n, for parameters of two or more axes as the
// matrix [all but the last, last]: minus the mean over the inputs of each output
// (Yong, Huang, Hua and Zhang, Gradient centralization, ECCV 2020, equation 1).

import { transformCentralize } from "../../abi";
import { sumColumns } from "../../kernels/sum";
import { scale, subtractRow } from "../../kernels/vectors";
import { TensorRange } from "../tensor";
import { Chain, registerTransform } from "./chain";

@unmanaged
class Centralize {
  /** Sums may overflow. */
  grows(): void {}
  tensor<T>(chain: Chain, g: usize, tensor: TensorRange): void {
    const rows = <usize>tensor.rows;
    const columns = <usize>tensor.columns;
    if (rows === 0 || columns === 0) return;
    const mean = <usize>chain.workspace;
    sumColumns<T>(mean, g, 1, rows, columns);
    scale<T>(mean, mean, 1 / <f64>rows, columns);
    subtractRow<T>(g, mean, rows, columns);
  }
}

export function registerCentralize(): void {
  registerTransform<Centralize>(transformCentralize);
}
