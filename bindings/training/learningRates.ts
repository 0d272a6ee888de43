// The learning-rate range test: a few updates with a growing rate, after which the trainer stands where it stood.

import * as abi from "../../assembly/abi.js";
import type { Samples } from "../data/dataset.js";
import { permutation } from "../data/split.js";
import { doubleAt } from "../engine/addresses.js";
import { type TypedArray, toArray } from "../values/arrays.js";
import { DivergenceError, ShapeError } from "../values/errors.js";
import { checkNumber, checkOptions } from "../values/options.js";
import { checkTrainer, type Trainer } from "./trainer.js";

export interface LearningRateOptions {
  /** First rate, > 0; default 1e-6. */
  readonly from?: number;
  /** Last rate, above from; default 1. */
  readonly to?: number;
  /** Updates, ≥ 2; default 100. Each has its own rate, growing by the same factor. */
  readonly steps?: number;
  /** Rows of an update, ≥ 1; default 32. More than there are rows means all of them. */
  readonly batchSize?: number;
  /** β of the smoothed loss, 0 .. below 1; default 0.9. */
  readonly smoothing?: number;
  /** Ends where the smoothed loss is this many times the least one, > 1; default 4. */
  readonly divergence?: number;
  /** Order of the rows: whole number from 0 below 2⁵³; default 0. */
  readonly seed?: number;
}

/** What the test has seen, up to where the loss went away. */
export interface LearningRates {
  readonly rates: Float64Array;
  /** Loss of the batch before the update with that rate. */
  readonly losses: Float64Array;
  /** Their running mean without bias: m = β m + (1 − β) L, m / (1 − βᵗ). */
  readonly smoothed: Float64Array;
  /** The rate where the smoothed loss falls fastest by ln rate; null if it never falls. */
  readonly suggestion: number | null;
}

/**
 * Learning-rate range test: updates with rates from · (to / from)^(k / (steps − 1)), k = 0, 1, ..., and the loss of
 * each. All groups get the rate; schedules rest. The trainer's weights, state, counters and rates are as before, also if
 * it throws. It stops early where the loss is not finite.
 *
 * @param trainer  a trainer no run of which is under way
 * @param samples  { inputs [samples, ...], targets [samples, ...] }
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
export function findLearningRate(trainer: Trainer, samples: Samples, options: LearningRateOptions = {}): LearningRates {
  const where = "findLearningRate";
  checkTrainer(where, trainer);
  checkOptions(where, options, ["from", "to", "steps", "batchSize", "smoothing", "divergence", "seed"]);
  const { from = 1e-6, to = 1, steps = 100, batchSize = 32, smoothing = 0.9, divergence = 4, seed = 0 } = options;
  checkNumber(where, "from", from, { above: 0 });
  checkNumber(where, "to", to, { above: from });
  checkNumber(where, "steps", steps, { min: 2, integer: true });
  checkNumber(where, "batchSize", batchSize, { min: 1, integer: true });
  checkNumber(where, "smoothing", smoothing, { min: 0, below: 1 });
  checkNumber(where, "divergence", divergence, { above: 1 });
  checkNumber(where, "seed", seed, { min: 0, integer: true });
  const batch = trainer.hold(() => batches(where, samples, batchSize, seed));
  const rates: number[] = [];
  const losses: number[] = [];
  const smoothed: number[] = [];
  const file = trainer.save();
  const restoreRates = takeRates(trainer);
  const stepsBefore = trainer.steps;
  let mean = 0;
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let k = 0; k < steps; k++) {
      const rate = k === steps - 1 ? to : from * (to / from) ** (k / (steps - 1));
      setRates(trainer, rate);
      const { loss } = trainer.step(batch());
      // An update that accumulates takes several batches.
      while (trainer.steps === stepsBefore + k) trainer.step(batch());
      mean = smoothing * mean + (1 - smoothing) * loss;
      rates.push(rate);
      losses.push(loss);
      smoothed.push(mean / (1 - smoothing ** (k + 1)));
      // A loss below 0 has no multiple that would mean divergence.
      least = Math.min(least, smoothed[k] as number);
      if (least > 0 && (smoothed[k] as number) > divergence * least) break;
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
  } finally {
    restoreRates();
    trainer.restore(file);
  }
  return {
    rates: Float64Array.from(rates),
    losses: Float64Array.from(losses),
    smoothed: Float64Array.from(smoothed),
    suggestion: steepest(rates, smoothed),
  };
}

/** The rate between whose neighbours the loss falls most. */
function steepest(rates: readonly number[], losses: readonly number[]): number | null {
  let least = 0;
  let best: number | null = null;
  for (let k = 1; k + 1 < rates.length; k++) {
    const slope = (losses[k + 1] as number) - (losses[k - 1] as number);
    if (slope < least) {
      least = slope;
      best = rates[k] as number;
    }
  }
  return best;
}

/** Batch after batch, in an order drawn once. */
function batches(where: string, samples: Samples, batchSize: number, seed: number): () => Samples {
  checkOptions(where, samples, ["inputs", "targets"]);
  const inputs = toArray(`${where}: inputs`, samples.inputs);
  const targets = toArray(`${where}: targets`, samples.targets);
  const rows = inputs.shape[0] ?? 0;
  if (rows === 0 || targets.shape[0] !== rows)
    throw new ShapeError(
      `${where}: got ${rows} inputs and ${targets.shape[0] ?? 0} targets, expected as many of both.`,
    );
  const order = permutation(rows, seed);
  const count = Math.min(batchSize, rows);
  let position = 0;
  return () => {
    const chosen = Array.from({ length: count }, (_, k) => order[(position + k) % rows] as number);
    position = (position + count) % rows;
    return { inputs: taken(inputs, chosen), targets: taken(targets, chosen) };
  };
}

function taken({ data, shape }: { data: TypedArray | number[]; shape: number[] }, chosen: readonly number[]) {
  const width = data.length / (shape[0] as number);
  const values = chosen.flatMap((row) => Array.from(data.slice(row * width, (row + 1) * width)));
  const out = Array.isArray(data)
    ? values
    : (data.constructor as unknown as { from(values: number[]): TypedArray }).from(values);
  return { data: out, shape: [chosen.length, ...shape.slice(1)] };
}

/** Lets schedules rest at their present values; answers what puts the groups' numbers back. */
function takeRates(trainer: Trainer): () => void {
  const { engine, memory } = trainer;
  if (trainer.options.optimizer.gradientFree || !(trainer.learningRate >= 0))
    throw new RangeError("findLearningRate: the trainer has no learning rate.");
  trainer.writeSchedules();
  const address = memory.get(abi.trainerGroups);
  const bytes = abi.groupBytes * memory.layout.groups.length;
  const kept = engine.bytes.slice(address, address + bytes);
  const scheduled = memory.get(abi.trainerScheduledCount);
  memory.set(abi.trainerScheduledCount, 0);
  return () => {
    engine.bytes.set(kept, address);
    memory.set(abi.trainerScheduledCount, scheduled);
  };
}

function setRates({ engine, memory }: Trainer, rate: number): void {
  const groups = memory.get(abi.trainerGroups);
  for (const k of memory.layout.groups.keys())
    engine.doubles[doubleAt(groups + k * abi.groupBytes + abi.groupLearningRate)] = rate;
}
