// What layers of augmentation make of images, for their tests.

import {
  type ArrayLike,
  compile,
  createTrainer,
  type Engine,
  type Layer,
  type NDArray,
  sgd,
  zerosInitializer,
} from "thalweg";
import { ModelScope } from "../../bindings/layers/context.js";

export interface Given {
  readonly training?: boolean;
  readonly peak?: number;
  readonly dtype?: "f32" | "f64";
}

/** Images [batch, height, width, channels] after a layer in training, with the draws of seed 0 and step 0. */
export function augmented(engine: Engine, layer: Layer, x: NDArray, given: Given = {}): number[] {
  const { training = true, peak = 1, dtype = "f64" } = given;
  const program = compile(engine, (images) => {
    const rows = x.shape[0] as number;
    const scope = new ModelScope(images.trace, layer, training, rows, dtype, new Map(), false, peak);
    return layer.apply({}, images.cast(dtype), scope.context);
  });
  const y = program(x as ArrayLike) as NDArray;
  program.free();
  return Array.from(y.data);
}

/** Images whose pixel i has the value f(i). */
export function images(shape: readonly number[], f: (i: number) => number): NDArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { data: Float64Array.from({ length: size }, (_, i) => f(i)), shape };
}

/** Values in 0 .. 1 that look random. */
export const mixed = (i: number): number => ((i * 7919 + ((i * i) % 613)) % 1000) / 999;

/** Images after a layer in the given step of a trainer, as the gradient of a probe that multiplies them. */
export function inSteps(engine: Engine, layer: Layer, x: NDArray, microBatch: number, steps = 2): number[][] {
  const [rows, ...extents] = x.shape as [number, ...number[]];
  const width = x.data.length / rows;
  const model: Layer = {
    name: "probe",
    parameters: { probe: { shape: [rows, width], initializer: zerosInitializer }, inner: {} },
    state: { inner: layer.state ?? {} },
    // The first column says which row of the probe belongs to a row of the batch.
    apply({ probe }, numbered, context) {
      const places = numbered.slice(1, 0, 1).reshape([-1]).cast("i32").oneHot(rows, "f64");
      const batch = numbered.shape[0] as number;
      const y = layer.apply({}, numbered.slice(1, 1).reshape([batch, ...extents]), context.of("inner"));
      return y.reshape([batch, width]).multiply(places.matmul(probe!));
    },
  };
  const trainer = createTrainer(engine, {
    model,
    loss: { name: "sum", targets: "values", reduction: "sum", apply: (y) => y.sum() },
    optimizer: sgd({ learningRate: 1 }),
    dtype: "f64",
    seed: 9,
    microBatch,
  });
  const numbered = Array.from({ length: rows }, (_, r) => [r, ...x.data.slice(r * width, (r + 1) * width)]);
  const seen = Array.from({ length: steps }, () => {
    trainer.setParameters({ probe: { data: new Float64Array(rows * width), shape: [rows, width] } });
    trainer.step({ inputs: numbered, targets: numbered });
    return Array.from(trainer.parameters().probe!.data, (value) => 0 - value);
  });
  trainer.free();
  return seen;
}

/** Correlation of two lists. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;
  const product = (x: readonly number[], y: readonly number[]): number => {
    const [mx, my] = [mean(x), mean(y)];
    return x.reduce((sum, one, k) => sum + (one - mx) * (y[k]! - my), 0);
  };
  return product(a, b) / Math.sqrt(product(a, a) * product(b, b));
}
