// Trains the networks: the same start and the same batches, each with its own rates.

import {
  accuracy,
  createTrainer,
  type Dataset,
  DivergenceError,
  type Engine,
  findLearningRate,
  heNormal,
  type LearningRates,
  linear,
  meanSquaredError,
  type NDArray,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { standardize } from "../digits.ts";
import { rateOf, type State } from "./controls.ts";
import { exponentsOf } from "./past.ts";

/** Steps between two measurements of the accuracy, which are also those between two pauses. */
export const every = 50;
export const hiddenUnits = 32;

export interface Run {
  /** Plan of the run as text: two runs of the same are the same bits. */
  readonly key: string;
  /** Rates and the steps until which they hold. */
  readonly rates: readonly { readonly until: number; readonly rate: number }[];
  /** Loss of each batch before its update. */
  readonly losses: number[];
  /** Share of the test digits that is read right, at steps 0, 50, 100, … */
  readonly accuracies: number[];
  /** Number of hidden units that are 0 for every test digit, at the same steps. */
  readonly off: number[];
  /** True if a number was no longer finite. */
  overflowed: boolean;
}

export interface Digits {
  readonly train: Dataset;
  readonly test: Dataset;
  /** Test digits as arrays. */
  readonly images: NDArray;
}

/** Plan of a network by the state, not trained yet. */
export function plannedRun(name: string, state: State): Run {
  const rates = exponentsOf(name, state).map(({ until, exponent }) => ({ until, rate: rateOf(exponent) }));
  return {
    ...{ key: JSON.stringify([rates, state.batch, state.seed]), rates },
    ...{ losses: [], accuracies: [], off: [], overflowed: false },
  };
}

function makeTrainer(engine: Engine, learningRate: number, seed: number) {
  return createTrainer(engine, {
    model: sequential([linear(784, hiddenUnits, { weight: heNormal }), relu(), linear(hiddenUnits, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
}

/** The hidden layer alone, which gives its units' values. */
const makeHidden = (engine: Engine) =>
  createTrainer(engine, {
    model: sequential([linear(784, hiddenUnits), relu()]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1 }),
    standardize,
  });

/** Number of columns of hidden values that are 0 everywhere. */
function unitsOff({ data }: NDArray): number {
  const isOn = new Uint8Array(hiddenUnits);
  for (let k = 0; k < data.length; k++) if ((data[k] as number) > 0) isOn[k % hiddenUnits] = 1;
  return isOn.reduce((count, on) => count - on, hiddenUnits);
}

/** Trains a run to its end; `pause` is awaited every 50 steps, and returns false if the run is not wanted any more. */
export async function train(engine: Engine, digits: Digits, run: Run, state: State, pause: () => Promise<boolean>) {
  const { rates, losses, accuracies, off } = run;
  const trainer = makeTrainer(engine, rates[0]!.rate, state.seed);
  const hidden = makeHidden(engine);
  const measure = (): void => {
    accuracies.push(trainer.evaluate(digits.test).accuracy ?? Number.NaN);
    const { "0.weight": weight, "0.bias": bias } = trainer.parameters();
    hidden.setParameters({ "0.weight": weight!, "0.bias": bias! });
    off.push(unitsOff(hidden.predict(digits.images)));
  };
  try {
    measure();
    for (const { until, rate } of rates) {
      trainer.learningRate = rate;
      while (trainer.steps < until) {
        const steps = Math.min(until, trainer.steps - (trainer.steps % every) + every) - trainer.steps;
        const onProgress = (progress: { losses: ArrayLike<number> }) =>
          void losses.push(...Array.from(progress.losses));
        await trainer.fit(digits.train, { steps, batchSize: Number(state.batch), onProgress });
        if (trainer.steps % every === 0) measure();
        if (!(await pause())) return;
      }
    }
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    run.overflowed = true;
  } finally {
    trainer.free();
    hidden.free();
  }
}

/** Rates of the range test and its batches: so large that the noise of a batch hardly moves the suggestion. */
export const rangeTest = { from: 0.001, to: 1, steps: 60, batchSize: 500 } as const;

/** The range test on a network with the same start. */
export function testRates(engine: Engine, { train: data }: Digits, seed: number): LearningRates {
  const trainer = makeTrainer(engine, 0.1, seed);
  try {
    return findLearningRate(trainer, data, { ...rangeTest, seed });
  } finally {
    trainer.free();
  }
}

/** Running mean without bias, as the library's charts draw it. */
export function smoothed(losses: readonly number[], beta: number): number[] {
  let [mean, rest] = [0, 1];
  return losses.map((loss) => {
    mean = beta * mean + (1 - beta) * loss;
    rest *= beta;
    return mean / (1 - rest);
  });
}
