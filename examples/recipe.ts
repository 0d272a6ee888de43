// The whole recipe in one program: He's start, standardized inputs, batch normalization, Adam with an L2 penalty, dropout,
// augmentation and early stopping; and the accuracy without each of them.

import {
  accuracy,
  adam,
  augment,
  batchNorm,
  createDataset,
  createTrainer,
  dropout,
  type Engine,
  flatten,
  heNormal,
  type Layer,
  l2,
  linear,
  normalInitializer,
  randomCrop,
  relu,
  type Samples,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

export const parts = [
  ...["start", "standardize", "batchNorm", "Adam"],
  ...["L2", "dropout", "augment", "earlyStopping"],
] as const;
export type Part = (typeof parts)[number];

/** Digits from the first to the last, as images of 14 × 14. */
function some({ inputs, targets }: Samples, first: number, last: number): Samples {
  const { data } = inputs as { data: Uint8Array };
  return {
    inputs: { data: data.subarray(196 * first, 196 * last), shape: [last - first, 14, 14, 1] },
    targets: (targets as Uint8Array).subarray(first, last),
  };
}

/** A network of two hidden layers. */
function network(has: (part: Part) => boolean): Layer {
  const weight = has("start") ? heNormal : normalInitializer(0.01);
  const hidden = (inputs: number, units: number): Layer[] => [
    linear(inputs, units, { weight }),
    ...(has("batchNorm") ? [batchNorm(units)] : []),
    relu(),
    ...(has("dropout") ? [dropout(0.2)] : []),
  ];
  return sequential([flatten(), ...hidden(196, 128), ...hidden(128, 64), linear(64, 10, { weight })]);
}

/** Learns from 1,000 digits, stops by 500 others, and reads 1,000 more; all without some parts of the recipe. */
export async function learn(engine: Engine, without: readonly Part[], seed = 1) {
  const has = (part: Part): boolean => !without.includes(part);
  const { train, test, standardize } = smallDigits(1500);
  using data = createDataset(engine, some(train, 0, 1000));
  const trainer = createTrainer(engine, {
    model: network(has),
    loss: softmaxCrossEntropy(),
    optimizer: has("Adam") ? adam({ learningRate: 0.003 }) : sgd({ learningRate: 0.03 }),
    ...(has("L2") ? { penalty: l2(0.0001) } : {}),
    ...(has("standardize") ? { standardize } : {}),
    metrics: [accuracy()],
    seed,
  });
  const { epochs } = await trainer.fit(data, {
    epochs: 40,
    batchSize: 50,
    validation: some(train, 1000, 1500),
    ...(has("augment") ? { augment: augment([randomCrop(14, { padding: 1 })]) } : {}),
    ...(has("earlyStopping") ? { earlyStopping: { patience: 8 } } : {}),
  });
  const [training = 0, others = 0] = [data, test].map((digits) => trainer.evaluate(digits).accuracy);
  trainer.free();
  return {
    epochs: epochs.length,
    validation: epochs.map((epoch) => epoch.validation?.accuracy ?? 0),
    training,
    others,
  };
}

await program(import.meta.url, async (engine) => {
  print("without", "epochs", "on its own", "on others");
  const row = async (name: string, without: readonly Part[]) => {
    const { epochs, training, others } = await learn(engine, without);
    print(name, epochs, training, others);
  };
  await row("nothing", []);
  for (const part of parts) await row(part, [part]);
  await row("all of them", parts);
});
