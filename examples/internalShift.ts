// Internal covariate shift: while the layers below learn, the inputs of a unit in the last hidden layer move and spread. Batch
// normalization holds them in place from the first update, and the network learns sooner.

import {
  accuracy,
  batchNorm,
  createTrainer,
  type Engine,
  flatten,
  type Layer,
  linear,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  type Trainer,
  xavierNormal,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

const width = 40;
const [looks, updates] = [20, 50];
export const unit = 0;

/** The 15th, 50th and 85th percentile of what a unit's sigmoid is given. */
type Percentiles = readonly [low: number, median: number, high: number];

export interface Look {
  readonly update: number;
  /** On 1,000 test digits, as the percentiles are. */
  readonly accuracy: number;
  readonly units: readonly Percentiles[];
  /** Distance that the medians moved since the last look, in units of the spread of the inputs then; mean over units. */
  readonly moved: number;
}

/**
 * Trains three hidden layers of sigmoids on 1,000 digits and looks at the inputs of the last one, as figure 1 of Ioffe and
 * Szegedy, Batch normalization, ICML 2015. That batch norm helps because it holds them is doubted by Santurkar, Tsipras, Ilyas
 * and Madry, How does batch normalization help optimization?, NeurIPS 2018: it also makes the loss smoother.
 */
export async function lookInside(engine: Engine, normalized: boolean, seed: number): Promise<Look[]> {
  const { train, test, standardize } = smallDigits(1000);
  const hidden = (inputs: number): Layer[] => [
    linear(inputs, width, { weight: xavierNormal }),
    ...(normalized ? [batchNorm(width)] : []),
    sigmoid(),
  ];
  const layers = [flatten(), ...hidden(196), ...hidden(width), ...hidden(width)];
  const create = (model: Layer): Trainer =>
    createTrainer(engine, {
      model,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.5 }),
      metrics: [accuracy()],
      standardize,
      seed,
    });
  const trainer = create(sequential([...layers, linear(width, 10)]));
  // The same network up to the last sigmoid: its layers have the same names.
  const below = create(sequential(layers.slice(0, -1)));
  const found: Look[] = [];
  for (let k = 0; k <= looks; k++) {
    if (k > 0) await trainer.fit(train, { steps: updates, batchSize: 50 });
    const parameters = Object.entries(trainer.parameters()).filter(([name]) => name in below.parameters());
    below.setParameters(Object.fromEntries(parameters));
    if (normalized) below.refreshStatistics(train);
    const { data } = below.predict(test.inputs);
    const units = Array.from({ length: width }, (_, j) => percentiles(data.filter((_, at) => at % width === j)));
    const { accuracy = Number.NaN } = trainer.evaluate(test);
    found.push({ update: k * updates, accuracy, units, moved: movement(found.at(-1)?.units, units) });
  }
  below.free();
  trainer.free();
  return found;
}

function percentiles(values: ArrayLike<number>): Percentiles {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
  return [at(0.15), at(0.5), at(0.85)];
}

function movement(before: readonly Percentiles[] | undefined, now: readonly Percentiles[]): number {
  if (!before) return Number.NaN;
  const moves = before.map(([low, median, high], k) => Math.abs((now[k]?.[1] ?? 0) - median) / (high - low));
  return moves.reduce((sum, move) => sum + move) / moves.length;
}

await program(import.meta.url, async (engine) => {
  for (const normalized of [false, true]) {
    print(normalized ? "\nwith batch norm" : "without", "accuracy", "moved by", "15 %", "50 %", "85 %");
    const found = await lookInside(engine, normalized, 1);
    for (const { update, accuracy, units, moved } of found.filter((_, k) => [0, 1, 2, 3, 4, 10, 20].includes(k))) {
      const cells = [moved, ...(units[unit] ?? [])].map((value) => (Number.isNaN(value) ? "" : value.toFixed(2)));
      print(`update ${update}`, accuracy.toFixed(3), ...cells);
    }
  }
});
