// The gradient of a batch scatters about that of all samples with a variance of about 1/B.

import { createTrainer, type Engine, linear, type Samples, sgd, softmaxCrossEntropy, zerosInitializer } from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

const [samples, pixels] = [1000, 784];

/** Mean ‖g_B − g‖² over the batches that 1,000 digits make, at the start of a linear classifier. */
export function gradientVariance(engine: Engine, batchSize: number): number {
  const { train, standardize } = fewDigits();
  const { data } = train.inputs as { data: Uint8Array };
  const trainer = createTrainer(engine, {
    model: linear(pixels, 10, { weight: zerosInitializer }),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 1 }),
    standardize,
    dtype: "f64",
  });
  const start = trainer.parameters();
  // From weights of 0 and with a rate of 1, one update leads to −g.
  const gradient = (from: number, to: number): Float64Array => {
    const inputs = { data: data.subarray(from * pixels, to * pixels), shape: [to - from, pixels] };
    trainer.step({ inputs, targets: (train.targets as Int32Array).subarray(from, to) } satisfies Samples);
    const { weight } = trainer.parameters();
    trainer.setParameters(start);
    return weight?.data as Float64Array;
  };
  const all = gradient(0, samples);
  const starts = Array.from({ length: samples / batchSize }, (_, k) => k * batchSize);
  const squares = starts.map((from) =>
    gradient(from, from + batchSize).reduce((sum, g, k) => sum + (g - (all[k] ?? 0)) ** 2, 0),
  );
  trainer.free();
  return squares.reduce((sum, square) => sum + square) / starts.length;
}

await program(import.meta.url, (engine) => {
  print("batch", "variance", "times B");
  for (const size of [1, 5, 20, 100]) {
    const variance = gradientVariance(engine, size);
    print(String(size), variance, size * variance);
  }
});
