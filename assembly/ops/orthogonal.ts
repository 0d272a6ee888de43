// Random orthogonal matrices: a source, like random numbers.

import { f32Type, opOrthogonal } from "../abi";
import { callWord, operand, outputType, push } from "../graph/call";
import { register } from "../graph/contract";
import { elementsOf, extent, rankOf, word } from "../graph/graph";
import { normal } from "../kernels/random";
import { orthonormalRows } from "../linalg/orthonormal";
import { randomAddress } from "../memory/engine";
import { floatShape } from "./source";

/**
 * A random matrix with orthonormal rows, or columns if those are fewer. Axes before the last are the rows.
 *
 * Gram-Schmidt on normal numbers is uniform over such matrices (F. Mezzadri, "How to generate random matrices from the
 * classical compact groups", Notices of the AMS, 2007).
 */
@unmanaged
class Orthogonal {
  shape(): bool {
    return floatShape(3);
  }
  /** Pushes stream and extent of the last axis. */
  prepare(y: i32): void {
    push(word(y, 0));
    push(extent(y, rankOf(y) - 1));
  }
  workspace(y: i32): u64 {
    return (<u64>elementsOf(y)) << 3;
  }
  flops(y: i32): f64 {
    const columns = <f64>extent(y, rankOf(y) - 1);
    const elements = <f64>elementsOf(y);
    return 8 * elements * min<f64>(columns, elements / columns);
  }
  run(call: usize, start: u32, count: u32): void {
    if (count === 0) return;
    const out = operand(call, 0);
    const work = operand(call, 1);
    const columns = callWord(call, 1);
    const rows = count / columns;
    const few = min(rows, columns);
    const r = randomAddress();
    normal<f64>(work, 0, count, r.seedLow, r.seedHigh, callWord(call, 0), r.stepLow, r.stepHigh);
    orthonormalRows(work, few, count / few);
    if (outputType(call) === f32Type) this.lay<f32>(out, work, rows, columns);
    else this.lay<f64>(out, work, rows, columns);
  }
  /** Writes the orthonormal rows of the workspace as rows or as columns. */
  lay<T>(out: usize, work: usize, rows: u32, columns: u32): void {
    const along: u32 = rows <= columns ? columns : 1;
    const across: u32 = rows <= columns ? 1 : rows;
    for (let i: u32 = 0; i < rows; i++) {
      for (let j: u32 = 0; j < columns; j++) {
        store<T>(out, <T>load<f64>(work + ((i * along + j * across) << 3)));
        out += sizeof<T>();
      }
    }
  }
}

export function registerOrthogonal(): void {
  register<Orthogonal>(opOrthogonal, 0);
}
