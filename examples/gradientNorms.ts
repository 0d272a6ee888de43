// What batch normalization does to gradients: without it a start half as large leaves next to nothing of them, and one twice
// as large makes them explode; with it weights a times as large have gradients 1 / a times as large, in every layer.

import {
  batchNorm,
  conv2d,
  createTrainer,
  type Engine,
  flatten,
  heNormal,
  type Initializer,
  type Layer,
  linear,
  maxPool2d,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

/** By how much the start by He is scaled. */
export const scales = [0.5, 1, 2];
export const convolutions = 8;

/**
 * Norm of the gradient of each convolution's weights at the start, on 200 digits. Why the scale drops out: Ioffe and Szegedy,
 * Batch normalization, ICML 2015, sec. 3.3.
 */
export async function gradientNorms(engine: Engine, normalized: boolean, scale: number): Promise<number[]> {
  const weight: Initializer = (context) => heNormal(context).multiply(scale);
  const convolution = (k: number): Layer[] => [
    conv2d(k === 0 ? 1 : 8, 8, 3, { padding: 1, weight, ...(normalized ? { bias: false } : {}) }),
    ...(normalized ? [batchNorm(8)] : []),
    relu(),
    ...(k === 1 || k === 3 ? [maxPool2d(2)] : []),
  ];
  const layers = Array.from({ length: convolutions }, (_, k) => convolution(k)).flat();
  const { train, standardize } = smallDigits(200);
  const trainer = createTrainer(engine, {
    model: sequential([...layers, flatten(), linear(3 * 3 * 8, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.01 }),
    standardize,
    seed: 1,
  });
  const { statistics = [] } = await trainer.fit(train, { steps: 1, batchSize: 200, statistics: { every: 1 } });
  const ofConvolutions = Object.entries(trainer.parameters()).filter(([, { shape }]) => shape.length === 4);
  trainer.free();
  return ofConvolutions.map(([name]) => statistics[0]?.parameters[name]?.gradientNorm ?? 0);
}

await program(import.meta.url, async (engine) => {
  print("batch norm", "start", "layer 1", "layer 4", "layer 8");
  for (const normalized of [false, true])
    for (const scale of scales) {
      const norms = await gradientNorms(engine, normalized, scale);
      print(normalized ? "with" : "without", `${scale} · He`, ...[0, 3, 7].map((k) => (norms[k] ?? 0).toPrecision(3)));
    }
});
