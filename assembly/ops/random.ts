// Random tensors: sources whose numbers are addressed by (seed, stream, step, element), so that an element is the same in
// whatever range it is computed. Words: those of the distribution, stream, elements of a row (0 if the first axis is not the
// batch), 1 for the rows' partners in place of the rows, type, extents.

import { f32Type, opBernoulli, opNormal, opUniform } from "../abi";
import { callReal, callWord, operand, outputType } from "../graph/call";
import { pointwise, register } from "../graph/contract";
import { bernoulli, normal, uniform } from "../kernels/random";
import { RandomAddress, randomAddress } from "../memory/engine";
import { floatShape } from "./source";

/** Common part; D has the number of its words and the draw. */
@unmanaged
class Random<D> {
  shape(): bool {
    return floatShape(changetype<D>(0).words() + 3);
  }
  run(call: usize, start: u32, count: u32): void {
    if (outputType(call) === f32Type) this.draw<f32>(call, start, count);
    else this.draw<f64>(call, start, count);
  }
  draw<T>(call: usize, start: u32, count: u32): void {
    const own: usize = changetype<D>(0).words();
    const stream = callWord(call, own);
    const address = randomAddress();
    // If the first axis is the batch, elements are counted over the whole batch, in whichever run a row is.
    const row = callWord(call, own + 1);
    const out = operand(call, 0, start);
    const partners = callWord(call, own + 2) !== 0;
    // Partners continue at the first row of the batch.
    const end = partners ? address.partnerRows * row : start + count;
    const before = start < end ? min(count, end - start) : 0;
    const from = start + (partners ? address.partner : address.row) * row;
    changetype<D>(0).draw<T>(call, out, from, before, stream, address);
    const next = start + before - end + address.first * row;
    changetype<D>(0).draw<T>(call, out + before * sizeof<T>(), next, count - before, stream, address);
  }
}

/** Uniform in [0, 1). */
@unmanaged
class Uniform {
  words(): i32 {
    return 0;
  }
  draw<T>(_: usize, out: usize, first: u32, count: u32, stream: u32, at: RandomAddress): void {
    uniform<T>(out, first, count, at.seedLow, at.seedHigh, stream, at.stepLow, at.stepHigh);
  }
}

/** Standard normal. */
@unmanaged
class Normal {
  words(): i32 {
    return 0;
  }
  draw<T>(_: usize, out: usize, first: u32, count: u32, stream: u32, at: RandomAddress): void {
    normal<T>(out, first, count, at.seedLow, at.seedHigh, stream, at.stepLow, at.stepHigh);
  }
}

/** 1 with probability word(0), an f64, else 0. */
@unmanaged
class Bernoulli {
  words(): i32 {
    return 2;
  }
  draw<T>(call: usize, out: usize, first: u32, count: u32, stream: u32, at: RandomAddress): void {
    bernoulli<T>(out, first, count, callReal(call, 0), at.seedLow, at.seedHigh, stream, at.stepLow, at.stepHigh);
  }
}

export function registerRandom(): void {
  register<Random<Uniform>>(opUniform, pointwise);
  register<Random<Normal>>(opNormal, pointwise);
  register<Random<Bernoulli>>(opBernoulli, pointwise);
}
