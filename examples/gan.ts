// A generative adversarial network in two dimensions: a generator turns noise into points like those of a ring of eight
// Gaussians, and a critic learns to distinguish both. Two trainers over one set of layers take turns.

import {
  adam,
  binaryCrossEntropyWithLogits,
  createTrainers,
  type Engine,
  linear,
  relu,
  sequential,
  type Trainer,
  uniformInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { draw } from "./course/random.js";

const [batch, pool, q] = [128, 8192, 2 * Math.SQRT1_2];
const centers = [[2, 0], [q, q], [0, 2], [-q, q], [-2, 0], [-q, -q], [0, -2], [q, -q]] as const; // biome-ignore format: a ring
const rows = (data: ArrayLike<number>, k: number) => ({
  data: Float32Array.from({ length: 2 * batch }, (_, at) => data[(2 * batch * k + at) % (2 * pool)] ?? 0),
  shape: [batch, 2],
});

/** Points of the ring: eight Gaussians of deviation 0.05. */
export function ring(engine: Engine, count: number, seed: number): Float64Array {
  const [mode, noise] = [draw(engine, [count], seed, uniformInitializer(0, 8)), draw(engine, [count, 2], seed + 1)];
  return noise.map((z, k) => (centers[Math.floor(mode[k >> 1] ?? 0) % 8]?.[k % 2] ?? 0) + 0.05 * z);
}

/**
 * Trains generator and critic; `report` is called with the generator every 500 updates of each. Of the seeds 1 to 8, two leave one
 * of the Gaussians almost without points after 4,000 updates.
 */
export function learnRing(
  engine: Engine,
  updates: number,
  report: (done: number, generator: Trainer) => void,
  seed = 4,
): void {
  const logits = binaryCrossEntropyWithLogits();
  const optimizer = adam({ learningRate: 1e-3, beta1: 0.5 });
  const network = (outputs: number) => sequential([linear(2, 64), relu(), linear(64, 64), relu(), linear(64, outputs)]);
  const gan = createTrainers(engine, {
    layers: { generator: network(2), critic: network(1) },
    trainers: {
      generator: {
        trains: "generator",
        apply: ({ generator }, noise) => generator(noise),
        loss: ({ critic }, made, real) => logits.apply(critic(made), real),
        optimizer,
      },
      critic: { trains: "critic", apply: ({ critic }, points) => critic(points), loss: logits, optimizer },
    },
    seed,
  });
  const { generator, critic } = gan.trainers;
  const [points, noise] = [ring(engine, pool, 1), draw(engine, [pool, 2], 3)];
  const labels = Array.from({ length: 2 * batch }, (_, k) => [k < batch ? 1 : 0]);
  for (let k = 0; k < updates; k++) {
    if (k % 500 === 0) report(k, generator);
    const made = generator.predict(rows(noise, k)).data;
    const both = { data: Float32Array.of(...rows(points, k).data, ...made), shape: [2 * batch, 2] };
    critic.step({ inputs: both, targets: labels });
    generator.step({ inputs: rows(noise, k + 1), targets: labels.slice(0, batch) });
  }
  report(updates, generator);
  gan.free();
}

/** 1,000 points of a generator; the share of them within 0.3 of a center, and the smallest share of one of the eight. */
export function quality(engine: Engine, generator: Trainer): { points: number[][]; near: number; least: number } {
  const { data } = generator.predict({ data: draw(engine, [1000, 2], 9), shape: [1000, 2] });
  const points = Array.from({ length: 1000 }, (_, k) => [data[2 * k] ?? 0, data[2 * k + 1] ?? 0]);
  const shares = centers.map(([x, y]) => {
    return points.filter(([a = 0, b = 0]) => (a - x) ** 2 + (b - y) ** 2 < 0.09).length / points.length;
  });
  return { points, near: shares.reduce((sum, share) => sum + share), least: Math.min(...shares) };
}

await program(import.meta.url, (engine) => {
  print("updates", "near a mode", "least mode");
  learnRing(engine, 3000, (done, generator) => {
    const { near, least } = quality(engine, generator);
    print(done, near, least);
  });
});
