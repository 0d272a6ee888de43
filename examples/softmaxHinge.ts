// Softmax against the multiclass hinge, on the same scores and on the same digits. The hinge is 0 as soon as all other scores
// are 1 below the right one; softmax never is. Linear classifiers trained by either read other digits about equally well.

import {
  accuracy,
  compile,
  createTrainer,
  type Engine,
  linear,
  multiclassHinge,
  type NDArray,
  normalInitializer,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";
import { scores } from "./hinge.js";

export const losses = { softmax: softmaxCrossEntropy(), hinge: multiclassHinge() };
type Name = keyof typeof losses;
export const names = Object.keys(losses) as Name[];

/** A loss of rows of scores [rows, classes] and their classes, as a mean. */
export function lossOf(engine: Engine, name: Name) {
  const mean = compile(engine, ({ scores, labels }: { scores: Tensor; labels: Tensor }) =>
    losses[name].apply(scores, labels),
  );
  const of = (scores: NDArray | number[][], labels: readonly number[]): number =>
    mean({ scores, labels: Int32Array.from(labels) }) as number;
  return Object.assign(of, { free: () => mean.free() });
}

/** The loss of a cat whose score for cat is another, while those for car and frog stay. */
export function lossesOfCat(engine: Engine, name: Name, scoresOfCat: readonly number[]): number[] {
  const loss = lossOf(engine, name);
  const [, car = 0, frog = 0] = scores[0] ?? [];
  const values = scoresOfCat.map((cat) => loss([[cat, car, frog]], [0]));
  loss.free();
  return values;
}

/** Both losses on 1,000 digits, and the accuracy on them and on others, at the start and after every epoch of a linear classifier. */
export async function learn(engine: Engine, name: Name, epochs: number) {
  const { train, test, standardize } = fewDigits();
  const labels = Array.from(train.targets as Int32Array);
  const trainer = createTrainer(engine, {
    model: linear(784, 10, { weight: normalInitializer(1e-4) }),
    loss: losses[name],
    optimizer: sgd({ learningRate: 0.01 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const [softmax, hinge] = [lossOf(engine, "softmax"), lossOf(engine, "hinge")];
  const rows: { softmax: number; hinge: number; training: number; others: number }[] = [];
  const look = (): void => {
    const scores = trainer.predict(train.inputs);
    const [training = 0, others = 0] = [train, test].map((digits) => trainer.evaluate(digits).accuracy);
    rows.push({ softmax: softmax(scores, labels), hinge: hinge(scores, labels), training, others });
  };
  look();
  for await (const _ of trainer.fit(train, { epochs, batchSize: 20 })) look();
  for (const part of [softmax, hinge, trainer]) part.free();
  return rows;
}

await program(import.meta.url, async (engine) => {
  print("", "cat", "car", "frog", "mean");
  for (const name of names) {
    const loss = lossOf(engine, name);
    print(name, ...scores.map((row, label) => loss([row], [label])), loss(scores, [0, 1, 2]));
    loss.free();
  }
  for (const name of names) {
    print(`\nby ${name}`, "softmax", "hinge", "accuracy", "on others");
    const rows = await learn(engine, name, 20);
    for (const epoch of [0, 1, 5, 20]) print(`epoch ${epoch}`, ...Object.values(rows[epoch] ?? {}));
  }
});
