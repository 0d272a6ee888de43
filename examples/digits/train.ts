/** One run: an optimizer trains a network in WebAssembly, and is watched on its way. */

import type { Trainer } from "thalweg";
import { distorted } from "./convolutional.js";
import { nameOf } from "./format.js";
import { type Setting, trainerOf } from "./network.js";
import { learningRateOf, optimizerOf, type RunPlan } from "./plan.js";
import { evaluationMoments, Recorder } from "./recorder.js";
import type { Progress } from "./terminal.js";
import type { RunResult } from "./types.js";

/** Result of a run; the caller frees the trainer. */
export interface TrainedRun {
  trainer: Trainer;
  result: RunResult;
}

/**
 * trainRun: trains until the planned number of updates, or until the signal stops it at a whole update.
 *
 * The clock runs only while WebAssembly trains: reading the test digits in between is not counted.
 *
 * @throws {DivergenceError} if the loss leaves the finite numbers
 */
export async function trainRun(
  setting: Setting,
  plan: RunPlan,
  progress: Progress,
  signal: AbortSignal,
): Promise<TrainedRun> {
  const { train, test } = setting;
  const { network, optimizer, batchSize } = plan;
  const augmentation = plan.augmented ? { augment: distorted() } : {};
  const trainer = trainerOf(setting, network, optimizerOf(plan.rule, learningRateOf(plan)));
  const moments = evaluationMoments(plan.updates, plan.evaluations, plan.updates - plan.gentleUpdates);
  const recorder = new Recorder(moments, (update) => digitsSeen(update, batchSize, train.rows) / train.rows);
  let testAccuracy: number | undefined;
  const state = (seconds = recorder.seconds) => ({
    updates: recorder.updates,
    seconds,
    ...(recorder.updates > 0 ? { loss: recorder.recentLoss } : {}),
    ...(testAccuracy === undefined ? {} : { testAccuracy }),
  });

  progress.start(nameOf(plan), plan.updates);
  try {
    let seconds = 0;
    for (const moment of moments) {
      if (signal.aborted) break;
      const before = seconds;
      const history = await trainer.fit(train, {
        steps: moment - recorder.updates,
        batchSize,
        ...augmentation,
        signal,
        onProgress(slice) {
          recorder.add(slice.losses, before + slice.seconds);
          progress.update(state(before + slice.seconds));
        },
      });
      seconds = before + history.seconds;
      testAccuracy = trainer.evaluate(test).accuracy as number;
      recorder.mark(testAccuracy);
    }
  } catch (error) {
    trainer.free();
    throw error;
  } finally {
    progress.finish(state());
  }
  const result: RunResult = {
    network,
    optimizer,
    augmented: plan.augmented,
    batchSize,
    testAccuracy: testAccuracy ?? 0,
    loss: recorder.updates > 0 ? trainer.evaluate(train).loss : Number.NaN,
    updates: recorder.updates,
    epochs: digitsSeen(recorder.updates, batchSize, train.rows) / train.rows,
    seconds: recorder.seconds,
    timesPlainJavaScript: null,
    history: recorder.points,
  };
  return { trainer, result };
}

/** digitsSeen: from how many digits so many updates have learned; the last batch of a pass may be short. */
export function digitsSeen(updates: number, batchSize: number, rows: number): number {
  const perPass = Math.ceil(rows / batchSize);
  const passes = Math.floor(updates / perPass);
  return passes * rows + (updates - passes * perPass) * batchSize;
}
