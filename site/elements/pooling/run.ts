// Runs the layer on the picture, and finds its windows by running it on the coordinates of the pixels too.

import {
  type AnyTrainer,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  applyLayer,
  augment,
  avgPool2d,
  compile,
  createTrainer,
  type Engine,
  fractionalMaxPool2d,
  type Layer,
  linear,
  maxPool2d,
  meanSquaredError,
  type NDArray,
  preview,
  sgd,
  type Tensor,
} from "thalweg";
import type { Box } from "../pad/grid.ts";
import { side } from "../pad/pictures.ts";
import { isFractional, outputSide, type State } from "./controls.ts";

export interface Pooled {
  readonly values: ArrayLike<number>;
  readonly out: number;
  /** Window of each number of the result. */
  readonly windows: readonly Box[];
}

/** Channels of the layer's input: the pixel, and its row and column with both signs. */
const channels = 5;

/** The picture beside its coordinates, [28, 28, 5]: the largest row of a window is its last, and the largest −row its first. */
function withCoordinates(pixels: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: channels * side ** 2 }, (_, k) => {
    const at = Math.floor(k / channels);
    const [row, column] = [Math.floor(at / side), at % side];
    return [pixels[at] as number, row, -row, column, -column][k % channels] as number;
  });
}

/** Layers of a state: what it shows, and the maximum over the same windows. */
function layersOf(state: State): { readonly shown: Layer; readonly largest: Layer } {
  const { kind, window, stride, out, regions, overlapping } = state;
  switch (kind) {
    case "max":
    case "average": {
      const largest = maxPool2d(window, { stride });
      return { largest, shown: kind === "max" ? largest : avgPool2d(window, { stride }) };
    }
    case "fractional": {
      const largest = fractionalMaxPool2d(window, { outputSize: out, draw: "batch", regions, overlapping });
      return { largest, shown: largest };
    }
    default: {
      const largest = adaptiveMaxPool2d(out);
      return { largest, shown: kind === "adaptiveMax" ? largest : adaptiveAvgPool2d(out) };
    }
  }
}

export class Pooling {
  readonly #engine: Engine;
  readonly #trainer: AnyTrainer;

  constructor(engine: Engine) {
    this.#engine = engine;
    // A preview of random layers needs a trainer, for its seed and type.
    this.#trainer = createTrainer(engine, {
      model: linear(1, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      dtype: "f64",
      seed: 1,
    });
  }

  apply(pixels: ArrayLike<number>, state: State): Pooled {
    const { shown, largest } = layersOf(state);
    const inputs = { data: withCoordinates(pixels), shape: [1, side, side, channels] };
    const most = isFractional(state)
      ? preview(this.#trainer, { inputs }, [0], { augment: augment([largest]), step: state.draw }).inputs.data
      : this.#run(largest, inputs);
    const out = outputSide(state);
    const part = (k: number, channel: number): number => most[channels * k + channel] as number;
    const windows = Array.from({ length: out * out }, (_, k) => {
      const [row, column] = [-part(k, 2), -part(k, 4)];
      return { row, column, height: part(k, 1) - row + 1, width: part(k, 3) - column + 1 };
    });
    const results = shown === largest ? most : this.#run(shown, inputs);
    return { out, windows, values: windows.map((_, k) => results[channels * k] as number) };
  }

  #run(layer: Layer, inputs: NDArray | { data: Float64Array; shape: number[] }): ArrayLike<number> {
    const program = compile(this.#engine, (x: Tensor) => applyLayer(layer, {}, x).output);
    const { data } = program(inputs) as NDArray;
    program.free();
    return data;
  }

  free(): void {
    this.#trainer.free();
  }
}

/** Rows at which windows start, from 1. */
export const rowStarts = ({ windows, out }: Pooled): number[] =>
  Array.from({ length: out }, (_, k) => (windows[k * out] as Box).row + 1);
