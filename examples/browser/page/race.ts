/**
 * Thalweg against hand-written JavaScript on this device: the same updates from the same weights over the same batches,
 * in turns of some milliseconds, so that whatever else the device does slows down both.
 */

import { createPlainTrainer, type PlainWeights } from "../../../bench/plain/trainer.js";
import { type School, trainerOf } from "./learner.js";
import { METHODS, type Method } from "./methods.js";

const BATCH = 64;
const SLICE = 20;
const SECONDS = 1.5;
const WARM_UP = 0.3;

export interface RaceResult {
  updates: number;
  /** Digits a second. */
  plain: number;
  thalweg: number;
  /** Distance between both trainers' weights at the end, as a share of the way they have gone. */
  difference: number;
}

/** race: about three seconds on this thread, in slices that leave the page alive. */
export async function race(school: School, tell: (share: number) => void): Promise<RaceResult> {
  const { digits, train } = school;
  const { images, labels, count } = digits.train;
  const { mean, deviation } = digits.standardize;
  const method = METHODS.find(({ id }) => id === "adam") as Method;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const trainer = trainerOf(school, method);
  const initial = weightsOf(trainer.parameters());
  const plain = createPlainTrainer({ weights: initial, optimizer: method.rule });
  let start = 0;
  let updates = 0;
  const spent = { plain: 0, thalweg: 0 };
  try {
    while (spent.plain < SECONDS + WARM_UP) {
      const begun = performance.now();
      let steps = 0;
      do {
        plain.stepRows(images, labels, order, start, BATCH, mean, deviation);
        start = start + 2 * BATCH <= count ? start + BATCH : 0; // a short last batch is left out
        steps++;
      } while (performance.now() - begun < SLICE);
      spent.plain += (performance.now() - begun) / 1000;
      const run = await trainer.fit(train, { steps, batchSize: BATCH, shuffle: false, lastBatch: "drop" });
      spent.thalweg += run.seconds;
      updates += steps;
      tell(Math.min(1, spent.plain / (SECONDS + WARM_UP)));
    }
    const way = distance(plain.weights, initial);
    const difference = distance(weightsOf(trainer.parameters()), plain.weights) / way;
    const digitsRead = updates * BATCH;
    return { updates, plain: digitsRead / spent.plain, thalweg: digitsRead / spent.thalweg, difference };
  } finally {
    trainer.free();
  }
}

/** The names of Thalweg's parameters are their places in the network. */
function weightsOf(parameters: Record<string, { data: ArrayLike<number> }>): PlainWeights {
  const of = (name: string) => Float32Array.from(parameters[name]?.data ?? []);
  return { W1: of("0.weight"), b1: of("0.bias"), W2: of("2.weight"), b2: of("2.bias") };
}

function distance(a: PlainWeights, b: PlainWeights): number {
  let squares = 0;
  for (const name of ["W1", "b1", "W2", "b2"] as const)
    for (const [i, value] of a[name].entries()) squares += (value - (b[name][i] as number)) ** 2;
  return Math.sqrt(squares);
}
