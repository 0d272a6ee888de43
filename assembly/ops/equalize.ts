// Equalization of the histograms of images. It is piecewise constant, so that the derivative is 0.

import { f32Type, opEqualize } from "../abi";
import { callWord, operand, outputType, push } from "../graph/call";
import { floats, register } from "../graph/contract";
import { setOutputLike, stagedInput } from "../graph/emit";
import { extent, input } from "../graph/graph";
import { equalize, equalizeBytes } from "../kernels/equalize";
import { hasRank } from "./images";

/** Equalizes each channel of each image of x [n, height, width, c], in levels 0 .. 255: see kernels/equalize. */
@unmanaged
class Equalize {
  shape(): bool {
    const x = stagedInput(0);
    return hasRank(x, 4) && setOutputLike(x);
  }
  derivative(y: i32, g: i32): void {}
  prepare(y: i32): void {
    const x = input(y);
    push(extent(x, 0));
    push(extent(x, 1) * extent(x, 2));
    push(extent(x, 3));
  }
  workspace(y: i32): u64 {
    return equalizeBytes;
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f32Type) this.equalize<f32>(call);
    else this.equalize<f64>(call);
  }
  equalize<T>(call: usize): void {
    equalize<T>(
      operand(call, 0),
      operand(call, 1),
      callWord(call, 0),
      callWord(call, 1),
      callWord(call, 2),
      operand(call, 2),
    );
  }
}

export function registerEqualize(): void {
  register<Equalize>(opEqualize, floats);
}
