// Rules that update only the rows of a table that the step touched. For gradient descent this is exact, as a row without a
// gradient keeps its weights. For Adam it is another rule, "lazy": the means of an untouched row do not decay, and the row does
// not move along them (LazyAdamOptimizer of TensorFlow 1, and SparseAdam of PyTorch, whose corrections 1 − βᵗ count all steps).

import { matrixBytes, ruleAdamRows, ruleSgdRows } from "../abi";
import { nextBit } from "../kernels/bits";
import { lanes } from "../kernels/lanes";
import { Adam } from "./adam";
import { Sgd } from "./sgd";
import { constantsOf, Matrix, No, registerRule, Sweep, Yes } from "./sweep";

/** Zeros, then ones: the mask of the last 16 − b bytes starts at 16 − b. */
const MASK = memory.data<u32>([0, 0, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff]);

/** Rule R on touched rows; its two state vectors if `Moments` is Yes. The fields are those of R. */
@unmanaged
class TouchedRows<R, Moments> {
  updateGroup<T>(sweep: Sweep): void {
    const rule = changetype<R>(<usize>sweep.hyper);
    const c = constantsOf(sweep);
    rule.prepare<T>(sweep.step, c);
    const stop = sweep.matrices + sweep.matrixCount * matrixBytes;
    for (let table = <usize>sweep.matrices; table < <usize>stop; table += matrixBytes) {
      const matrix = changetype<Matrix>(table);
      const first = sweep.offset + matrix.offset;
      const end = first + matrix.rows;
      for (let k = nextBit(sweep.touched, first, end); k < end; k = nextBit(sweep.touched, k + 1, end)) {
        const at = <usize>matrix.offset + <usize>(k - first) * matrix.columns;
        this.updateRow<T>(rule, sweep, at * sizeof<T>(), matrix.columns, c);
      }
    }
  }

  /** Updates the row of `columns` elements at `at` bytes of the group. */
  updateRow<T>(rule: R, sweep: Sweep, at: usize, columns: u32, c: usize): void {
    const stride = <usize>sweep.stride;
    let w = <usize>sweep.weights + at;
    let g = <usize>sweep.gradients + at;
    let s = <usize>sweep.states + at;
    const rest = columns & (<u32>lanes<T>() - 1);
    const end = w + <usize>(columns - rest) * sizeof<T>();
    for (; w < end; w += 16, g += 16, s += 16) {
      v128.store(w, rule.update<T>(v128.load(w), v128.load(g), s, stride, c));
    }
    if (rest === 0) return;
    // The last vector reaches into the next row, which is put back.
    const others = v128.load(MASK + 16 - <usize>rest * sizeof<T>());
    const weights = v128.load(w);
    let first = weights;
    let second = weights;
    if (sizeof<Moments>() === sizeof<Yes>()) {
      first = v128.load(s);
      second = v128.load(s + stride);
    }
    v128.store(w, v128.bitselect(weights, rule.update<T>(weights, v128.load(g), s, stride, c), others));
    if (sizeof<Moments>() === sizeof<Yes>()) {
      v128.store(s, v128.bitselect(first, v128.load(s), others));
      v128.store(s + stride, v128.bitselect(second, v128.load(s + stride), others));
    }
  }
}

export function registerRows(): void {
  registerRule<TouchedRows<Sgd, No>>(ruleSgdRows);
  registerRule<TouchedRows<Adam<No>, Yes>>(ruleAdamRows);
}
