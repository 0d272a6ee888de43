// The noise of batch statistics: the mean of m values scatters with σ / √m, and what batch norm makes of a sample depends
// on the others of its batch. Normalized in parts of 10, digits are harder to learn by heart: a slight regularization, by
// which the gap shrinks a little, but others are read no better.

import {
  accuracy,
  adam,
  applyLayer,
  batchNorm,
  compile,
  concatenate,
  createTrainer,
  type Engine,
  flatten,
  heNormal,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";
import { smallDigits } from "./course/smallDigits.js";

export const sizes = [2, 4, 8, 16, 32, 64, 128, 256];
/** Batches of each size. */
export const batches = 4000;
/** The sample that is looked at lies one deviation above the mean of all. */
const sample = 1;

/** Deviations of the mean and of the biased variance of m values from N(0, 1). */
export const law = (m: number) => ({ mean: 1 / Math.sqrt(m), variance: Math.sqrt(2 * (m - 1)) / m });

/** The same as batch norm computes them, and its output in training for the sample among m − 1 others. */
export function scatter(engine: Engine, m: number) {
  const layer = batchNorm(batches, { momentum: 1, runningVariance: "biased" });
  // Each feature is a batch of its own.
  using norm = compile(engine, (x: Tensor) => {
    const zero = x.multiply(0).sum({ axes: 0 });
    const options = { training: true, state: { mean: zero, variance: zero } };
    const { output, state } = applyLayer(layer, { gamma: zero.add(1), beta: zero }, x, options);
    return concatenate(
      [output, ...[state.mean, state.variance].map((row) => (row as Tensor).reshape([1, batches]))],
      0,
    );
  });
  const values = draw(engine, [m, batches], m);
  /** The outputs of all m samples, the means and the variances. */
  const rowsWith = (data: Float64Array): ArrayLike<number>[] => {
    const { data: rows } = norm({ data, shape: [m, batches] }) as { data: Float64Array };
    return Array.from({ length: m + 2 }, (_, k) => rows.subarray(k * batches, (k + 1) * batches));
  };
  const [mean = [], variance = []] = rowsWith(values).slice(m);
  const [outputs = []] = rowsWith(values.fill(sample, 0, batches));
  return { mean: deviation(mean), variance: deviation(variance), outputs: Float64Array.from(outputs).sort() };
}

export function deviation(values: ArrayLike<number>): number {
  const list = Array.from(values);
  const mean = list.reduce((sum, x) => sum + x / list.length, 0);
  return Math.sqrt(list.reduce((sum, x) => sum + (x - mean) ** 2 / list.length, 0));
}

/**
 * Loss on 1,000 training digits and 1,000 others after 20 epochs in batches of 200 that are normalized in parts: the gradient
 * stays that of 200. Hoffer, Hubara and Soudry, Train longer, generalize better, NIPS 2017, call it ghost batch norm.
 */
export async function trainInParts(engine: Engine, part: number, seed: number) {
  const { train, test, standardize } = smallDigits(1000);
  const hidden = (inputs: number) => [linear(inputs, 100, { weight: heNormal }), batchNorm(100), relu()];
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), ...hidden(196), ...hidden(100), linear(100, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    metrics: [accuracy()],
    microBatch: part,
    standardize,
    seed,
  });
  await trainer.fit(train, { epochs: 20, batchSize: 200 });
  trainer.refreshStatistics(train);
  const { loss: training } = trainer.evaluate(train);
  const { loss: validation, accuracy: share = 0 } = trainer.evaluate(test);
  trainer.free();
  return { training, validation, gap: validation - training, accuracy: share };
}

await program(import.meta.url, async (engine) => {
  const line = (name: number, ...values: number[]): void =>
    print(String(name), ...values.map((value) => value.toFixed(3)));
  const all = sizes.map((m) => ({ m, ...scatter(engine, m), expected: law(m) }));
  print("batch of", "sd of mean", "1/√m", "sd of var.", "√(2m−2)/m");
  for (const { m, mean, variance, expected } of all) line(m, mean, expected.mean, variance, expected.variance);
  print("\nbatch of", "output 15 %", "50 %", "85 %");
  for (const { m, outputs } of all) line(m, ...[0.15, 0.5, 0.85].map((share) => outputs[share * batches] ?? 0));
  print("\nparts of", "training", "validation", "gap", "accuracy");
  for (const part of [200, 50, 10, 5]) line(part, ...Object.values(await trainInParts(engine, part, 1)));
});
