// Saliency: which pixels of a digit a network uses. The gradient of the winning score by the pixels takes three lines with
// the trained model as a function. Erasing the pixels of the largest slopes lowers the score far more than erasing others.

import {
  adam,
  createTrainer,
  type Engine,
  grad,
  linear,
  modelFunction,
  type NDArray,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

const side = 28;

/** A network of 64 hidden units, trained on 1,000 digits. */
export async function learnDigits(engine: Engine): Promise<{ trainer: Trainer; digit: Float32Array }> {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([linear(side ** 2, 64), relu(), linear(64, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    standardize,
    seed: 1,
  });
  await trainer.fit(train, { epochs: 10, batchSize: 50 });
  return { trainer, digit: Float32Array.from((test.inputs as NDArray).data.subarray(0, side ** 2)) };
}

/** Slopes of the winning score by the pixels. */
export function saliency(engine: Engine, trainer: Trainer, digit: Float32Array): Float32Array {
  const { label } = trainer.classify(digit);
  const model = modelFunction(trainer);
  using slopes = grad(engine, (x: Tensor) =>
    model(x)
      .slice(1, label, label + 1)
      .sum(),
  );
  return slopes({ data: digit, shape: [1, side ** 2] }).data as Float32Array;
}

/** Decrease of the winning score when the lit pixels of the largest gains, slope times brightness, are erased, or of the smallest. */
export function erased(engine: Engine, trainer: Trainer, digit: Float32Array, count: number): [number, number] {
  const { label } = trainer.classify(digit);
  const slopes = saliency(engine, trainer, digit);
  const score = (x: Float32Array): number => trainer.predict({ data: x, shape: [1, side ** 2] }).data[label] as number;
  const gain = (k: number): number => (slopes[k] as number) * (digit[k] as number);
  const lit = [...digit.keys()].filter((k) => (digit[k] as number) > 0).sort((a, b) => gain(b) - gain(a));
  const without = (pixels: number[]): number =>
    score(digit) - score(digit.map((value, k) => (pixels.includes(k) ? 0 : value)));
  return [without(lit.slice(0, count)), without(lit.slice(-count))];
}

await program(import.meta.url, async (engine) => {
  const { trainer, digit } = await learnDigits(engine);
  const slopes = saliency(engine, trainer, digit).map(Math.abs);
  const most = Math.max(...slopes);
  const line = (row: number): string =>
    Array.from(slopes.subarray(row * side, (row + 1) * side), (s) => " .:*#"[Math.floor((4.99 * s) / most)]).join("");
  console.log(Array.from({ length: side }, (_, row) => line(row).trimEnd()).join("\n"));
  print("erased", "salient", "others");
  for (const count of [5, 10, 20]) print(String(count), ...erased(engine, trainer, digit, count));
});
