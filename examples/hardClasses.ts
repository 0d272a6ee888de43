// What makes images hard, continued: variation within a class and between classes. A digit far from the mean of its class is
// misread more often, and so are two classes whose means are close, as 4 and 9; distortions in training help those most.

import { type Engine, type NDArray, randomAffine, type Samples, type Trainer } from "thalweg";
import { print, program } from "./course/program.js";
import { digitsOf, learn } from "./hardImages.js";

const { train, test } = digitsOf("plain");
const [pixels, classes] = [14 ** 2, 10];

const imagesOf = ({ inputs }: Samples): Uint8Array[] => {
  const { data } = inputs as NDArray;
  return Array.from({ length: data.length / pixels }, (_, k) => data.subarray(k * pixels, (k + 1) * pixels)) as never;
};
const labelsOf = ({ targets }: Samples): number[] => Array.from(targets as Int32Array);

/** Mean image of each class of the training digits. */
const means: readonly number[][] = Array.from({ length: classes }, (_, label) => {
  const own = imagesOf(train).filter((_, k) => labelsOf(train)[k] === label);
  return Array.from({ length: pixels }, (_, at) => own.reduce((sum, image) => sum + (image[at] ?? 0) / own.length, 0));
});

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let sum = 0;
  for (let at = 0; at < pixels; at++) sum += ((a[at] ?? 0) - (b[at] ?? 0)) ** 2;
  return Math.sqrt(sum) / 255;
};

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value / values.length, 0);

/** Sorts entries by key into five groups of equal size; returns mean key and mean value of each. */
function fifths(entries: readonly (readonly [key: number, value: number])[]): [number, number][] {
  const sorted = entries.toSorted(([a], [b]) => a - b);
  return Array.from({ length: 5 }, (_, k) => {
    const group = sorted.slice((k * sorted.length) / 5, ((k + 1) * sorted.length) / 5);
    return [meanOf(group.map(([key]) => key)), meanOf(group.map(([, value]) => value))];
  });
}

/** Pairs of classes with the distance of their means, and the share of their digits whose class has the larger score of the two. */
export function pairsOf(trainer: Trainer): { pair: string; apart: number; accuracy: number }[] {
  const scores = trainer.predict(test.inputs).data;
  const labels = labelsOf(test);
  const right = (own: number, other: number): number[] =>
    labels.flatMap((label, k) =>
      label === own ? [Number((scores[classes * k + own] ?? 0) > (scores[classes * k + other] ?? 0))] : [],
    );
  return means.flatMap((mean, a) =>
    means.slice(a + 1).map((other, k) => {
      const b = a + 1 + k;
      const both = [...right(a, b), ...right(b, a)];
      return { pair: `${a} ${b}`, apart: distance(mean, other), accuracy: meanOf(both) };
    }),
  );
}

/** Accuracy by the distance of digits to the mean of their class, and of pairs of classes by the distance of their means. */
export function variation(trainer: Trainer): Record<"within" | "between", [distance: number, accuracy: number][]> {
  const { data: scores } = trainer.predict(test.inputs);
  const labels = labelsOf(test);
  const within = imagesOf(test).map((image, k): [number, number] => {
    const own = Array.from(scores.subarray(classes * k, classes * (k + 1)));
    const label = labels[k] ?? 0;
    return [distance(image, means[label] ?? []), Number(own.indexOf(Math.max(...own)) === label)];
  });
  return { within: fifths(within), between: fifths(pairsOf(trainer).map(({ apart, accuracy }) => [apart, accuracy])) };
}

/** Trains the network without augmentation, or with small distortions of every digit. The caller frees it. */
export const learnClasses = (engine: Engine, augmented: boolean, seed: number): Promise<Trainer> => {
  const distort = randomAffine({
    ...{ degrees: 10, translate: 0.07, scale: [0.9, 1.1], shear: 10 },
    interpolation: "bilinear",
  });
  return learn(engine, train, augmented ? distort : null, seed);
};

await program(import.meta.url, async (engine) => {
  for (const augmented of [false, true]) {
    const trainer = await learnClasses(engine, augmented, 1);
    const { within, between } = variation(trainer);
    console.log(augmented ? "\nlearned from distorted digits" : "learned plain");
    for (const [name, groups] of Object.entries({ within, between })) {
      console.log(`${name} classes`);
      print("  distance", ...groups.map(([apart]) => apart));
      print("  accuracy", ...groups.map(([, accuracy]) => accuracy));
    }
    const pairs = pairsOf(trainer).toSorted((a, b) => a.accuracy - b.accuracy);
    print("hardest pairs", ...pairs.slice(0, 5).map(({ pair }) => pair));
    trainer.free();
  }
});
