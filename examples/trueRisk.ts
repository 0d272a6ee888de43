// Learning is not optimization: the aim is a small risk under the true distribution, but training minimizes the risk of a
// sample. Here the distribution is known and both are computed: for small samples they differ, and with larger ones they meet.

import {
  accuracy,
  adam,
  createTrainer,
  type Engine,
  mlp,
  type Samples,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

/** The classes are normal with deviation 1 around (−1, 0) and (1, 0). */
const centre = 1;
export const sizes = [10, 30, 100, 300, 1000];

/** A sample: points by turns of the first and the second class. */
export function sample(engine: Engine, size: number, seed: number) {
  const normal = draw(engine, [size, 2], seed);
  const inputs = Array.from({ length: size }, (_, k) => {
    const [x = 0, y = 0] = normal.subarray(2 * k);
    return [x + (k % 2 === 0 ? -centre : centre), y];
  });
  return { inputs, targets: Int32Array.from(inputs, (_, k) => k % 2) } satisfies Samples;
}

/** A network of 32 hidden units after 300 updates with the whole sample. The caller frees it. */
export async function learn(engine: Engine, samples: ReturnType<typeof sample>): Promise<Trainer> {
  const trainer = createTrainer(engine, {
    model: mlp([2, 32, 2]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.03 }),
    metrics: [accuracy()],
    seed: 1,
  });
  await trainer.fit(samples, { epochs: 300, batchSize: samples.targets.length });
  return trainer;
}

const [reach, step] = [6, 0.06];
const axis = Array.from({ length: (2 * reach) / step }, (_, k) => (k + 0.5) * step - reach);
const lattice = axis.flatMap((x) => axis.map((y) => [x, y]));
const density = (x: number, y: number): number => Math.exp(-(x * x + y * y) / 2) / (2 * Math.PI);

/**
 * Risk of a classifier, its share of errors under the true distribution: the sum over small squares of the density of the class that it
 * does not name.
 */
export function trueRisk(classify: (points: number[][]) => ArrayLike<number>): number {
  const named = classify(lattice);
  const wrong = lattice.map(([x = 0, y = 0], k) => density(named[k] === 0 ? x - centre : x + centre, y) / 2);
  return wrong.reduce((sum, value) => sum + value) * step * step;
}

/** The classes that a network names. */
export const namedBy =
  (trainer: Trainer) =>
  (points: number[][]): number[] => {
    const { data } = trainer.predict(points);
    return points.map((_, k) => ((data[2 * k] ?? 0) > (data[2 * k + 1] ?? 0) ? 0 : 1));
  };

/** Empirical and true risk, as means over five samples of a size. */
export async function risks(engine: Engine, size: number) {
  const answer = { empirical: 0, risk: 0 };
  for (const seed of [1, 2, 3, 4, 5]) {
    const samples = sample(engine, size, seed);
    const trainer = await learn(engine, samples);
    answer.empirical += (1 - (trainer.evaluate(samples).accuracy ?? 0)) / 5;
    answer.risk += trueRisk(namedBy(trainer)) / 5;
    trainer.free();
  }
  return answer;
}

/** The least possible risk: that of naming the nearer centre. */
export const best = trueRisk((points) => points.map(([x = 0]) => (x < 0 ? 0 : 1)));

await program(import.meta.url, async (engine) => {
  print("samples", "empirical", "true risk", "gap");
  for (const size of sizes) {
    const { empirical, risk } = await risks(engine, size);
    print(String(size), empirical, risk, risk - empirical);
  }
  print("the best", "", best);
});
