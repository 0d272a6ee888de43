// Runs the layer on the picture, and works out the sum at one place.

import { applyLayer, type CompiledFunction, compile, conv2d, type Engine, type NDArray, type Tensor } from "thalweg";
import { side } from "../pad/pictures.ts";
import { outputSide, type State } from "./controls.ts";
import { weightsOf } from "./kernels.ts";

export interface Result {
  readonly values: Float64Array;
  readonly out: number;
}

/** A tap of the kernel: the pixel that it meets, which is outside of the picture if `inside` is false, and its weight. */
export interface Tap {
  readonly row: number;
  readonly column: number;
  readonly weight: number;
  readonly pixel: number;
  readonly inside: boolean;
}

/** Applies the layer; its program is kept while the numbers of the layer stay. */
export class Convolution {
  readonly #engine: Engine;
  #program: CompiledFunction<{ x: Tensor; weight: Tensor }> | null = null;
  #kept = "";

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  apply(pixels: Float64Array, state: State): Result {
    const { stride, padding, dilation } = state;
    const size = Number(state.size);
    const key = [size, stride, padding, dilation].join();
    if (key !== this.#kept) {
      this.free();
      const layer = conv2d(1, 1, size, { stride, padding, dilation, bias: false });
      this.#program = compile(
        this.#engine,
        ({ x, weight }: { x: Tensor; weight: Tensor }) => applyLayer(layer, { weight }, x).output,
      );
      this.#kept = key;
    }
    const x = { data: pixels, shape: [1, side, side, 1] };
    const weight = { data: Float64Array.from(weightsOf(state.weights)), shape: [size, size, 1, 1] };
    const { data } = this.#program!({ x, weight }) as NDArray;
    return { values: data as Float64Array, out: outputSide(state) };
  }

  free(): void {
    this.#program?.free();
    this.#program = null;
    this.#kept = "";
  }
}

/** All taps of the kernel at a place of the result. */
export function tapsAt(pixels: Float64Array, state: State, row: number, column: number): Tap[] {
  const { stride, padding, dilation } = state;
  const size = Number(state.size);
  return weightsOf(state.weights).map((weight, k) => {
    const r = row * stride - padding + Math.floor(k / size) * dilation;
    const c = column * stride - padding + (k % size) * dilation;
    const inside = r >= 0 && c >= 0 && r < side && c < side;
    return { row: r, column: c, weight, inside, pixel: inside ? (pixels[r * side + c] as number) : 0 };
  });
}
