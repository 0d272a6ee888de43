// Trains the features of the page of teachable classes, and writes them: which of ten digits it sees, in which of six inks.
// Before, it measures what such features are good for: learned from the digits 0 to 4, they separate 5 to 9 by 20 examples
// of each better than features that learned nothing.

import { writeFileSync } from "node:fs";
import {
  accuracy,
  adam,
  adamW,
  createTrainer,
  type Engine,
  linear,
  meanSquaredError,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
  writeSafetensors,
} from "thalweg";
import { print, program } from "../course/program.js";
import { type DigitSet, readMnist } from "../digits/mnist.js";
import { coloredDigits, INKS } from "./coloredDigits.js";
import { featureLayers, headLayers, LENGTH, standardize } from "./net.js";

type Weights = ReturnType<Trainer["parameters"]>;

/** The first `most` digits of a set for which a condition holds. */
const choose = ({ labels }: DigitSet, most: number, holds: (digit: number) => boolean): number[] =>
  Array.from(labels.keys())
    .filter((k) => holds(labels[k] as number))
    .slice(0, most);

/** Trains on colored digits; returns the weights of the features, before if there are no epochs. */
export async function trainFeatures(
  engine: Engine,
  set: DigitSet,
  indices: readonly number[],
  epochs: number,
): Promise<Weights> {
  const trainer = createTrainer(engine, {
    model: sequential([...featureLayers(), linear(LENGTH, 10 * INKS.length)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.002 }),
    standardize,
    seed: 1,
  });
  if (epochs > 0) await trainer.fit(coloredDigits(set, indices, 7), { epochs, batchSize: 32 });
  const last = `${featureLayers().length}.`;
  const weights = Object.entries(trainer.parameters()).filter(([name]) => !name.startsWith(last));
  trainer.free();
  return Object.fromEntries(weights);
}

/** Accuracy on digits 5 to 9 in all inks, of a head that learns from `shots` examples of each. */
export async function fewShots(engine: Engine, weights: Weights, shots: number): Promise<number> {
  const { train, test } = readMnist();
  const features = createTrainer(engine, {
    model: sequential(featureLayers()),
    loss: meanSquaredError(),
    optimizer: adam(),
    standardize,
  });
  features.setParameters(weights);
  const describe = (set: DigitSet, indices: readonly number[], seed: number) => ({
    inputs: features.predict(coloredDigits(set, indices, seed).inputs),
    targets: Int32Array.from(indices, (k) => (set.labels[k] as number) - 5),
  });
  const examples = [5, 6, 7, 8, 9].flatMap((digit) => choose(train, shots, (other) => other === digit));
  const others = describe(
    test,
    choose(test, 1000, (digit) => digit > 4),
    9,
  );
  const head = createTrainer(engine, {
    model: sequential(headLayers(LENGTH, 5)),
    loss: softmaxCrossEntropy(),
    optimizer: adamW({ learningRate: 0.003, weightDecay: 0.1 }),
    metrics: [accuracy()],
    seed: 1,
  });
  await head.fit(describe(train, examples, 8), { steps: 300, batchSize: 32 });
  const reached = head.evaluate(others).accuracy;
  for (const trainer of [features, head]) trainer.free();
  return reached;
}

await program(import.meta.url, async (engine) => {
  const { train } = readMnist();
  const low = choose(train, 20_000, (digit) => digit < 5);
  const [before, after] = [await trainFeatures(engine, train, low, 0), await trainFeatures(engine, train, low, 5)];
  print("examples", "untrained", "trained");
  for (const shots of [5, 20])
    print(String(shots), await fewShots(engine, before, shots), await fewShots(engine, after, shots));
  const all = choose(train, 30_000, () => true);
  writeFileSync(
    "examples/teachable/features.safetensors",
    writeSafetensors(await trainFeatures(engine, train, all, 5)),
  );
});
