// The learning-rate range test: a few updates with a growing rate, which are undone afterwards.

import * as abi from "../../assembly/abi.js";
import type { AnySamples, Dataset } from "../data/dataset.js";
import { permutation } from "../data/split.js";
import { wordAt } from "../engine/addresses.js";
import * as fields from "../engine/recordFields.js";
import { exponentialDecay } from "../schedules/decays.js";
import { scheduleValues } from "../schedules/scheduled.js";
import { DivergenceError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { writeNext, writeScheduled } from "./schedules.js";
import { type AnyTrainer, checkTrainer } from "./trainer.js";

/** Options of `findLearningRate`. */
export interface LearningRateOptions {
  /** First learning rate, > 0; default 1e-6. */
  readonly from?: number;
  /** Last learning rate, above `from`; default 1. */
  readonly to?: number;
  /** Number of updates, an integer ≥ 2; default 100. The learning rate grows by the same factor in each. */
  readonly steps?: number;
  /** Rows of an update, an integer ≥ 1, at most all rows; default 32. */
  readonly batchSize?: number;
  /** β of the smoothed loss, 0 .. below 1; default 0.9. */
  readonly smoothing?: number;
  /** Stops when the smoothed loss exceeds this multiple of its minimum, > 1; default 4. */
  readonly divergence?: number;
  /** Seed of the order of the rows: an integer, 0 .. 2⁵³ − 1; default 0. */
  readonly seed?: number;
}

/** Results of the test, up to the batch at which the loss diverged. */
export interface LearningRates {
  /** Learning rate of each batch. */
  readonly rates: Float64Array;
  /** Loss of each batch before the update with that rate. */
  readonly losses: Float64Array;
  /** Their running mean without bias: m = β m + (1 − β) L, m / (1 − βᵗ). */
  readonly smoothed: Float64Array;
  /** The rate where the smoothed loss falls fastest by ln rate; null if it never falls. */
  readonly suggestion: number | null;
}

/**
 * Learning-rate range test: updates with rates from · (to / from)^(k / (steps − 1)), k = 0, 1, ..., and the loss of
 * each. All groups have this rate, and no schedules advance, not those of an augmentation either. Weights, state, counters and
 * rates of the trainer are restored afterwards, also if an error is thrown. The test stops early when the loss is not finite.
 *
 * @param trainer  a trainer without a run in progress
 * @param samples  { inputs [samples, ...], targets [samples, ...] }, or a data set
 * @param options  from, to, steps, batchSize, smoothing, divergence, seed
 * @returns { rates, losses, smoothed, suggestion }
 * @throws TypeError   not a trainer, or an unknown option
 * @throws RangeError  an option out of range
 * @throws ShapeError  no samples, or inputs and targets of different number
 * @example
 * const before = trainer.parameters();
 * const { rates, losses } = findLearningRate(trainer, data, { from: 1e-3, to: 1, steps: 4 });
 * Array.from(rates, (rate) => Number(rate.toFixed(6))); // [0.001, 0.01, 0.1, 1]
 * losses.length; // 4
 * trainer.steps; // 0
 * @see Smith, *Cyclical learning rates for training neural networks*, WACV 2017, section 3.3
 */
export function findLearningRate(
  trainer: AnyTrainer,
  samples: AnySamples | Dataset,
  options: LearningRateOptions = {},
): LearningRates {
  const where = "findLearningRate";
  checkTrainer(where, trainer);
  const test = resolved(where, options);
  trainer.lock.checkIdle();
  const rates = geometric(trainer, test);
  const losses: number[] = [];
  const smoothed: number[] = [];
  const file = trainer.save();
  const restoreRates = takeRates(trainer);
  try {
    trainer.lock.change(() =>
      trainer.withData(where, samples, (data) =>
        withUpdates(trainer, data, test, (update) => follow(test, (k) => update(rates[k] as number), losses, smoothed)),
      ),
    );
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
  } finally {
    restoreRates();
    trainer.restore(file);
  }
  return {
    rates: rates.slice(0, losses.length),
    losses: Float64Array.from(losses),
    smoothed: Float64Array.from(smoothed),
    suggestion: steepest(rates, smoothed),
  };
}

function resolved(where: string, options: LearningRateOptions): Required<LearningRateOptions> {
  checkOptions(where, options, ["from", "to", "steps", "batchSize", "smoothing", "divergence", "seed"]);
  const { from = 1e-6, to = 1, steps = 100, batchSize = 32, smoothing = 0.9, divergence = 4, seed = 0 } = options;
  checkNumber(where, "from", from, { above: 0 });
  checkNumber(where, "to", to, { above: from });
  checkNumber(where, "to / from", to / from, {});
  checkNumber(where, "steps", steps, { min: 2, integer: true });
  checkNumber(where, "batchSize", batchSize, { min: 1, integer: true });
  checkNumber(where, "smoothing", smoothing, { min: 0, below: 1 });
  checkNumber(where, "divergence", divergence, { above: 1 });
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  return { from, to, steps, batchSize, smoothing, divergence, seed };
}

/** Rates from · (to / from)^(k / (steps − 1)), as the core computes schedules: the same on all hosts. */
function geometric({ engine }: AnyTrainer, { from, to, steps }: Required<LearningRateOptions>): Float64Array {
  const rates = scheduleValues(engine, exponentialDecay({ initial: from, rate: to / from, length: steps - 1 }), steps);
  rates[steps - 1] = to;
  return rates;
}

/** Runs `body` with a function that makes an update at a rate, on the next rows in an order drawn once, and returns its loss. */
function withUpdates(
  trainer: AnyTrainer,
  data: Dataset,
  { batchSize, seed }: Required<LearningRateOptions>,
  body: (update: (rate: number) => number) => void,
): void {
  const { engine, memory } = trainer;
  const { rows } = data;
  const batch = Math.min(batchSize, rows);
  trainer.programs.prepareRuns(data, [batch]);
  writeNext(trainer);
  const scheduled = memory.get(fields.trainerAugmentScheduledCount);
  memory.set(fields.trainerAugmentScheduledCount, 0);
  const updates = (order: number): void => {
    // The first rows once more behind the last, so that every batch is one piece.
    const drawn = permutation(rows, seed);
    engine.ints.set(drawn, wordAt(order));
    engine.ints.set(drawn.subarray(0, batch), wordAt(order) + rows);
    let position = 0;
    const step = (): number => {
      engine.checked((core) => core.step(memory.record, order + 4 * position, batch), memory);
      position = (position + batch) % rows;
      return memory.get(fields.trainerStepLoss);
    };
    body((rate) => {
      setRates(trainer, rate);
      const { steps } = memory;
      const loss = step();
      while (memory.steps === steps) step(); // an update that accumulates takes several batches
      return loss;
    });
  };
  try {
    engine.borrow(4 * (rows + batch), updates);
  } finally {
    memory.set(fields.trainerAugmentScheduledCount, scheduled);
  }
}

/** Collects losses and their running means, until all updates are made or the loss diverges. */
function follow(
  { steps, smoothing, divergence }: Required<LearningRateOptions>,
  update: (k: number) => number,
  losses: number[],
  smoothed: number[],
): void {
  let mean = 0;
  let power = 1; // βᵗ
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < steps; k++) {
    const loss = update(k);
    mean = smoothing * mean + (1 - smoothing) * loss;
    power *= smoothing;
    const value = mean / (1 - power);
    losses.push(loss);
    smoothed.push(value);
    least = Math.min(least, value);
    // A loss below 0 has no multiple that would mean divergence.
    if (least > 0 && value > divergence * least) return;
  }
}

/** The rate between whose neighbors the loss falls most. */
function steepest(rates: ArrayLike<number>, losses: readonly number[]): number | null {
  let least = 0;
  let best: number | null = null;
  for (let k = 1; k + 1 < losses.length; k++) {
    const slope = (losses[k + 1] as number) - (losses[k - 1] as number);
    if (slope < least) {
      least = slope;
      best = rates[k] as number;
    }
  }
  return best;
}

/** Stops schedules at their present values; returns a function that restores the groups' numbers. */
function takeRates(trainer: AnyTrainer): () => void {
  const { engine, memory } = trainer;
  if (trainer.options.optimizer.gradientFree || !(trainer.learningRate >= 0))
    throw new RangeError(
      `findLearningRate: the optimizer has no learning rate, got ${trainer.options.optimizer.name}. Use one with gradients.`,
    );
  writeScheduled(trainer);
  const address = memory.get(fields.trainerGroups);
  const bytes = abi.groupBytes * memory.layout.groups.length;
  const kept = engine.bytes.slice(address, address + bytes);
  const scheduled = memory.get(fields.trainerScheduledCount);
  memory.set(fields.trainerScheduledCount, 0);
  return () => {
    engine.bytes.set(kept, address);
    memory.set(fields.trainerScheduledCount, scheduled);
  };
}

function setRates({ engine, memory }: AnyTrainer, rate: number): void {
  const groups = memory.get(fields.trainerGroups);
  for (const k of memory.layout.groups.keys()) engine.set(groups + k * abi.groupBytes, fields.groupLearningRate, rate);
}
