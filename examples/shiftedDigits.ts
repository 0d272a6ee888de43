// A dense network of 128 hidden units learns 5,000 digits and is tested on shifted ones. What it learns depends on places: of
// digits shifted by three pixels it reads less than half, unless every update shifts its digits by up to three pixels at random.

// Accuracy on 10,000 test digits in percent, `node build/examples/shiftedDigits.js`:
//
// shift              without        with
// none                 94.23       95.25
// left                 38.30       93.00
// right                48.11       93.76
// up                   34.02       92.11
// down                 33.00       93.45
// left, up             10.91       88.21
// right, up            20.54       91.37
// left, down           13.29       90.69
// right, down          12.84       90.11

import {
  accuracy,
  adam,
  augment,
  createTrainer,
  type Engine,
  flatten,
  heNormal,
  linear,
  type NDArray,
  randomCrop,
  relu,
  type Samples,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { asImages, fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** Pixels to the right and down. */
export type Shift = readonly [right: number, down: number];

/** Shifts by the names of the rows of the table. */
export const shifts: Readonly<Record<string, Shift>> = {
  none: [0, 0],
  left: [-3, 0],
  right: [3, 0],
  up: [0, -3],
  down: [0, 3],
  "left, up": [-3, -3],
  "right, up": [3, -3],
  "left, down": [-3, 3],
  "right, down": [3, 3],
};

/** Shifts digits; pixels from outside are 0. */
export function shifted({ inputs, ...rest }: Samples, [right, down]: Shift): Samples {
  const { data, shape } = inputs as NDArray;
  const moved = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 28) {
    const row = ((at / 28) % 28) - down;
    if (row < 0 || row >= 28) continue;
    const [from, to] = [Math.max(0, -right), 28 - Math.max(0, right)];
    moved.set((data as Uint8Array).subarray(at - 28 * down + from, at - 28 * down + to), at + from + right);
  }
  return { inputs: { data: moved, shape }, ...rest };
}

const weight = heNormal;

/** Trains the network for 30 epochs, with or without random shifts of every digit in every update. The caller frees it. */
export async function learnDigits(engine: Engine, augmented: boolean, seed = 1): Promise<Trainer> {
  const { train, standardize } = fewDigits(5000);
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(784, 128, { weight }), relu(), linear(128, 10, { weight })]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.001 }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  const shifting = augmented ? { augment: augment([randomCrop(28, { padding: 3 })]) } : {};
  await trainer.fit(asImages(train), { epochs: 30, batchSize: 50, ...shifting });
  return trainer;
}

/** Share of the test digits that a network classifies correctly after each shift. */
export function accuracies(trainer: Trainer, by: readonly Shift[], count = 10_000): number[] {
  const test = asImages(fewDigits(1, count).test);
  return by.map((shift) => trainer.evaluate(shifted(test, shift)).accuracy ?? 0);
}

/** Rows of the table: shift, then accuracies in percent without and with random shifts. */
export async function tableOf(engine: Engine): Promise<[string, ...string[]][]> {
  const columns: number[][] = [];
  for (const augmented of [false, true]) {
    const trainer = await learnDigits(engine, augmented);
    columns.push(accuracies(trainer, Object.values(shifts)));
    trainer.free();
  }
  return Object.keys(shifts).map((name, k) => [name, ...columns.map((column) => (100 * (column[k] ?? 0)).toFixed(2))]);
}

await program(import.meta.url, async (engine) => {
  print("shift", "without", "with");
  for (const row of await tableOf(engine)) print(...row);
});
