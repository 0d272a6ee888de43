// Trains one network with every batch size, over the same number of epochs, and measures what the batch size does.

import {
  accuracy,
  createTrainer,
  type Dataset,
  DivergenceError,
  type Engine,
  heNormal,
  linear,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { type Digits, standardize } from "../digits.ts";
import { uniformNumbers } from "../kit/noise.ts";
import { rateOf, type State } from "./controls.ts";

export const trainingCount = 2000;
/** Rows that are trained on between two pauses. */
const sliceRows = 2000;
/** Rows of a point of the loss curve. */
export const pointRows = 500;
const [shakes, shakeSize] = [3, 0.3];

export interface Row {
  readonly size: number;
  readonly rate: number;
  /** All that it depends on, as text. */
  readonly key: string;
  steps: number;
  /** Mean loss of every 500 rows, before their updates. */
  readonly curve: number[];
  loss: number;
  accuracy: number;
  /** By how much the loss rises when the weights are shaken by three tenths of their norm. */
  rise: number;
  milliseconds: number;
  isDone: boolean;
}

export interface Sets {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly digits: Digits;
}

export function plannedRow(size: number, state: State): Row {
  const rate = rateOf(size, state);
  return {
    ...{ size, rate, key: JSON.stringify([rate, state.epochs, state.seed]), steps: 0, curve: [] },
    ...{ loss: Number.NaN, accuracy: Number.NaN, rise: Number.NaN, milliseconds: 0, isDone: false },
  };
}

function makeTrainer(engine: Engine, learningRate: number, seed: number) {
  return createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
}

/** Trains a row to its end; `pause` is awaited between slices, and returns false if it is not wanted any more. */
export async function trainRow(engine: Engine, sets: Sets, row: Row, state: State, pause: () => Promise<boolean>) {
  const trainer = makeTrainer(engine, row.rate, state.seed);
  const perEpoch = Math.ceil(trainingCount / row.size);
  const losses: number[] = [];
  try {
    while (row.steps < perEpoch * state.epochs) {
      const slice = Math.min(Math.ceil(sliceRows / row.size), 250, perEpoch * state.epochs - row.steps);
      const onProgress = (progress: { losses: ArrayLike<number> }) => void losses.push(...Array.from(progress.losses));
      const began = performance.now();
      await trainer.fit(sets.train, { steps: slice, batchSize: row.size, onProgress });
      row.milliseconds += performance.now() - began;
      row.steps = trainer.steps;
      const each = Math.max(1, Math.round(pointRows / row.size));
      while (losses.length >= each) row.curve.push(losses.splice(0, each).reduce((a, b) => a + b, 0) / each);
      if (!(await pause())) return;
    }
    row.loss = trainer.evaluate(sets.train).loss;
    row.accuracy = trainer.evaluate(sets.test).accuracy ?? Number.NaN;
    row.rise = riseWhenShaken(trainer, sets.train, row.loss);
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
  } finally {
    trainer.free();
  }
  row.isDone = true;
}

const normOf = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0));

/** Mean rise of the loss in random directions: small where the minimum is flat. */
function riseWhenShaken(trainer: ReturnType<typeof makeTrainer>, data: Dataset, loss: number): number {
  const found = trainer.parameters();
  let rise = 0;
  for (let shake = 0; shake < shakes; shake++) {
    const shaken = Object.entries(found).map(([name, { data: values, shape }], k) => {
      const direction = uniformNumbers(values.length, 100 * shake + k + 1).map((value) => value - 0.5);
      const scale = (shakeSize * normOf(values)) / normOf(direction);
      const moved = Float32Array.from(values, (value, i) => value + scale * (direction[i] as number));
      return [name, { data: moved, shape }] as const;
    });
    trainer.setParameters(Object.fromEntries(shaken));
    rise += (trainer.evaluate(data).loss - loss) / shakes;
  }
  return rise;
}

/** Batches of a measurement of noise. */
export const noiseBatches = 64;

/**
 * Noise of the gradient at the start, E‖g_B − g‖² = E‖g_B‖² − ‖g‖², for each batch size: batches are drawn with replacement, and the
 * norms are those that a step reports, with a rate so small that no weight changes. Yields after every size.
 */
export function* startNoise(
  engine: Engine,
  { train }: Digits,
  sizes: readonly number[],
  seed: number,
): Generator<[number, number]> {
  const trainer = makeTrainer(engine, 1e-30, seed);
  const pixels = 784;
  const squaredNorm = (rows: ArrayLike<number>): number => {
    const data = new Uint8Array(rows.length * pixels);
    const targets = new Int32Array(rows.length);
    for (let k = 0; k < rows.length; k++) {
      const row = rows[k] as number;
      data.set(train.inputs.data.subarray(row * pixels, (row + 1) * pixels), k * pixels);
      targets[k] = train.targets[row] as number;
    }
    return trainer.step({ inputs: { data, shape: [rows.length, pixels] }, targets }).gradientNorm ** 2;
  };
  try {
    const full = squaredNorm(Uint32Array.from({ length: trainingCount }, (_, k) => k));
    for (const size of sizes) {
      const draws = uniformNumbers(noiseBatches * size, 1000 * seed + size);
      let sum = 0;
      for (let k = 0; k < noiseBatches; k++) {
        const some = draws.slice(k * size, (k + 1) * size);
        sum += squaredNorm(some.map((draw) => Math.floor(draw * trainingCount)));
      }
      yield [size, sum / noiseBatches - full];
    }
  } finally {
    trainer.free();
  }
}
