// A high first rate makes the loss explode where the largest curvature at the start is far above 2 / h, the limit of descent
// with the rate h. Warm-up prevents it: while the rate rises, training moves to where the curvature is lower.

import {
  accuracy,
  createTrainer,
  DivergenceError,
  type Engine,
  heNormal,
  type Initializer,
  linear,
  relu,
  type Schedulable,
  type Schedule,
  scheduleValues,
  sequential,
  sgd,
  sharpness,
  softmaxCrossEntropy,
  trainerSurface,
  warmup,
} from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

export const rate = 0.3;
const rising: Schedule = warmup({ length: 200, schedule: rate });
export const ways: Record<string, Schedulable> = { "at once": rate, "warmed up": rising };

/** Half as large again as He's start: such a deep network of ReLUs begins steeply. */
const weight: Initializer = (context) => heNormal(context).multiply(1.5);

function start(engine: Engine, learningRate: Schedulable, seed: number) {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([
      ...[linear(784, 64, { weight }), relu(), linear(64, 64, { weight }), relu()],
      ...[linear(64, 64, { weight }), relu(), linear(64, 10, { weight })],
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  return { train, test, trainer };
}

/** Losses of 400 batches of 100 of 1,000 digits, to where they are no longer finite, and the accuracy on others. */
export async function learn(engine: Engine, learningRate: Schedulable, seed: number) {
  const { train, test, trainer } = start(engine, learningRate, seed);
  const losses: number[] = [];
  try {
    await trainer.fit(train, { steps: 400, batchSize: 100, onProgress: (progress) => losses.push(...progress.losses) });
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    losses.push(Number.POSITIVE_INFINITY);
  }
  const answer = { losses, accuracy: trainer.evaluate(test).accuracy ?? 0 };
  trainer.free();
  return answer;
}

/**
 * While the rate rises: 2 / h and the largest curvature of the loss of 300 digits, every 20 updates. Source: Gilmer and others, A loss
 * curvature perspective on training instability in deep learning, ICLR 2022.
 */
export async function curvatures(engine: Engine, seed: number, every = 20) {
  const { train, trainer } = start(engine, rising, seed);
  const rates = scheduleValues(engine, rising, 201);
  const surface = trainerSurface(trainer, fewDigits(300).train);
  const rows: { update: number; limit: number; curvature: number }[] = [];
  for (let update = 0; update <= 200; update += every) {
    surface.moveTo();
    const { sharpness: curvature } = sharpness(surface, rate, { tolerance: 0.01 });
    rows.push({ update, limit: 2 / (rates[update] ?? 0), curvature });
    if (update < 200) await trainer.fit(train, { steps: every, batchSize: 100 });
  }
  surface.free();
  trainer.free();
  return rows;
}

await program(import.meta.url, async (engine) => {
  print("rate, seed", "first loss", "largest", "last ten", "accuracy");
  for (const [name, learningRate] of Object.entries(ways))
    for (const seed of [1, 2, 3]) {
      const { losses, accuracy } = await learn(engine, learningRate, seed);
      const last = losses.slice(-10).reduce((sum, loss) => sum + loss / 10, 0);
      print(`${name}, ${seed}`, ...[losses[0] ?? 0, Math.max(...losses), last].map((x) => x.toPrecision(3)), accuracy);
    }
  print("\nupdate", "2 / h", "curvature");
  for (const { update, limit, curvature } of await curvatures(engine, 1, 40))
    print(String(update), limit.toPrecision(3), curvature.toPrecision(3));
});
