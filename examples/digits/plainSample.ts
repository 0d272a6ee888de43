/** Comparison with hand-written JavaScript: its speed, and whether its updates are equal. */

import { createPlainTrainer, type PlainWeights } from "../../bench/plain/trainer.js";
import { datasetOf, type Setting, trainerOf } from "./network.js";
import { optimizerOf, type RunPlan } from "./plan.js";

/** The first updates of a run, made by both trainers. */
export interface PlainSample {
  updates: number;
  /** Digits in each of them: those of the run, but for batches larger than the sample. */
  batchSize: number;
  /** Seconds that plain JavaScript took. */
  seconds: number;
  /** The same in WebAssembly. */
  thalwegSeconds: number;
  /** Distance between both trainers' weights after these updates, as a share of the way they have gone. */
  difference: number;
}

/**
 * The largest difference that passes for rounding: single precision keeps seven digits, both trainers add up in
 * different orders, and thousands of updates amplify it (1e-6 has been seen). A wrong rule, rate, batch or derivative
 * makes a hundredth and more at once.
 */
export const TOLERANCE = 1e-4;

const WARM_UP_SECONDS = 0.15;
const SLICE_SECONDS = 0.1;

/**
 * samplePlain: trains for at least so many seconds in plain JavaScript, and makes the same updates with Thalweg, from
 * the same weights over the same batches, in turns of a tenth of a second: whatever else the machine does meanwhile
 * slows down both. Digits come in the order of the file.
 *
 * @param atLeast seconds in plain JavaScript, after a warm-up that is not counted
 * @returns null if the signal stopped it
 */
export async function samplePlain(
  setting: Setting,
  plan: RunPlan,
  atLeast: number,
  signal: AbortSignal,
): Promise<PlainSample | null> {
  const { images, labels } = setting.digits.train;
  const { mean, deviation } = setting.standardize;
  const rows = plan.sampleDigits;
  const batchSize = Math.min(plan.batchSize, rows);
  const order = Int32Array.from({ length: rows }, (_, i) => i);

  const thalweg = trainerOf(setting, plan.network, optimizerOf(plan.rule));
  const data = datasetOf(setting.engine, setting.digits.train, rows);
  const initial = weightsOf(thalweg.parameters());

  const plainTrainer = (batch: number) => {
    const plain = createPlainTrainer({ weights: initial, optimizer: plan.rule });
    let start = 0;
    /** Makes updates for so many seconds: how many, in what time. */
    const train = (seconds: number) => {
      const begun = performance.now();
      let updates = 0;
      let spent = 0;
      while (spent < seconds) {
        plain.stepRows(images, labels, order, start, batch, mean, deviation);
        start = start + 2 * batch <= rows ? start + batch : 0; // a short last batch is left out
        updates++;
        spent = (performance.now() - begun) / 1000;
      }
      return { updates, spent };
    };
    return { weights: plain.weights, train };
  };

  try {
    plainTrainer(Math.min(batchSize, 512)).train(WARM_UP_SECONDS);
    const plain = plainTrainer(batchSize);
    let updates = 0;
    let seconds = 0;
    let thalwegSeconds = 0;
    while (seconds < atLeast) {
      const slice = plain.train(Math.min(SLICE_SECONDS, atLeast - seconds));
      updates += slice.updates;
      seconds += slice.spent;
      const steps = slice.updates;
      const run = await thalweg.fit(data, { steps, batchSize, shuffle: false, lastBatch: "drop", signal });
      thalwegSeconds += run.seconds;
      if (signal.aborted) return null;
    }
    const difference = distance(weightsOf(thalweg.parameters()), plain.weights) / distance(plain.weights, initial);
    return { updates, batchSize, seconds, thalwegSeconds, difference };
  } finally {
    thalweg.free();
    data.free();
  }
}

/** The names of Thalweg's parameters are their places in the network. */
function weightsOf(parameters: Record<string, { data: ArrayLike<number> }>): PlainWeights {
  const of = (name: string) => Float32Array.from(parameters[name]?.data ?? []);
  return { W1: of("0.weight"), b1: of("0.bias"), W2: of("2.weight"), b2: of("2.bias") };
}

/** Euclidean distance over all weights. */
function distance(a: PlainWeights, b: PlainWeights): number {
  let squares = 0;
  for (const name of ["W1", "b1", "W2", "b2"] as const) {
    const other = b[name];
    for (const [i, value] of a[name].entries()) squares += (value - (other[i] as number)) ** 2;
  }
  return Math.sqrt(squares);
}
