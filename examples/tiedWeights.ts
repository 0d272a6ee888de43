// An autoencoder with tied weights: a layer written here decodes with the transpose of the weights it encodes with, so that
// it has half as many weights as separate layers. Without activations its error approaches that of the principal components.

import {
  adam,
  createTrainer,
  type Engine,
  type Layer,
  meanSquaredError,
  type NDArray,
  singularValues,
  xavierNormal,
  zerosInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

/** x̂ = (x W) Wᵀ + b: both uses of W add to its gradient. */
export const tied = (features: number, code: number): Layer => ({
  name: `tied(${features}, ${code})`,
  parameters: {
    weight: { shape: [features, code], initializer: xavierNormal },
    bias: { shape: [features], initializer: zerosInitializer },
  },
  apply: ({ weight, bias }, x) => x.matmul(weight!).matmul(weight!, { transposeB: true }).add(bias!),
});

/** Digits of 14 × 14 pixels in 0 .. 1. */
export function pixels(count: number): NDArray<Float32Array> {
  const { data } = smallDigits(count).train.inputs as NDArray;
  return { data: Float32Array.from(data, (value) => value / 255), shape: [count, 196] };
}

/** Mean squared error of the reconstruction by an autoencoder with codes of some numbers, after training. */
export async function reconstruct(engine: Engine, x: NDArray, code: number, epochs: number): Promise<number> {
  using trainer = createTrainer(engine, {
    model: tied(x.shape[1] as number, code),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.003 }),
    seed: 1,
  });
  await trainer.fit({ inputs: x, targets: x }, { epochs, batchSize: 50 });
  return trainer.evaluate({ inputs: x, targets: x }).loss;
}

/** The error that principal components leave: the squared singular values of the centered data beyond the first ones. */
export function components(engine: Engine, { data, shape }: NDArray, code: number): number {
  const [rows = 0, columns = 0] = shape;
  const means = Array.from({ length: columns }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += data[i * columns + j] as number;
    return sum / rows;
  });
  const centered = Float64Array.from(data, (value, at) => value - (means[at % columns] as number));
  const rest = singularValues(engine, { data: centered, shape }).data.slice(code);
  return rest.reduce((sum, s) => sum + s * s, 0) / (rows * columns);
}

await program(import.meta.url, async (engine) => {
  const x = pixels(1000);
  print("numbers", "autoencoder", "components");
  for (const code of [1, 4, 16])
    print(String(code), await reconstruct(engine, x, code, 40), components(engine, x, code));
});
