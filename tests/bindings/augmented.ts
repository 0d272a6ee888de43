// Images as layers of augmentation make them, for tests.

import { applyLayer, type DType, type Layer, type Tensor } from "thalweg";
import { engine } from "./engine.js";
import { flat, type Plain } from "./numbers.js";
import { compile } from "./transforms.js";

export type FloatType = "f32" | "f64";
export const types = ["f32", "f64"] as const;

/** f of images in a type; the values of the result. */
export function applied(dtype: FloatType, x: Plain, f: (x: Tensor) => Tensor): number[] {
  const program = compile(engine, (t: Tensor) => f(t.cast(dtype as DType)));
  try {
    return flat(program(x as never));
  } finally {
    program.free();
  }
}

export const inTraining =
  (layer: Layer) =>
  (x: Tensor): Tensor =>
    applyLayer(layer, {}, x, { training: true }).output;

export const columnOf = (x: Tensor, values: readonly number[]): Tensor =>
  x.trace.constant(
    values.map((value) => [value]),
    "f64",
  );

/** Values rounded to f32, as the engine reads them. */
export const single = (values: readonly number[]): number[] => Array.from(values, Math.fround);
