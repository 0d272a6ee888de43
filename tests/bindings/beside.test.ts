// Calls beside a run of `fit`: predictions and evaluations that change nothing, steps that are updates between those of the
// run, and how often progress is reported.

import {
  accumulate,
  adam,
  batchNorm,
  createDataset,
  createTrainer,
  dropout,
  type FitProgress,
  gradientDescent,
  linear,
  relu,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it, vi } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";
import { classSamples } from "./runs.js";

engineForEach();

const features = 4;
const samplesOf = (rows: number, seed: number) => classSamples(rows, features, seed);
type Batch = ReturnType<typeof samplesOf>;
const size = 8;
const batches = Array.from({ length: 6 }, (_, k) => samplesOf(size, 10 * k + 1));
/** The batches as one array. */
const whole: Batch = {
  inputs: {
    data: Float32Array.from(batches.flatMap(({ inputs }) => [...inputs.data])),
    shape: [size * batches.length, features],
  },
  targets: Int32Array.from(batches.flatMap(({ targets }) => [...targets])),
};
const other = samplesOf(21, 100);

const create = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(features, 8), batchNorm(8), relu(), dropout(0.2), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 3,
    ...options,
  });
const weights = (trainer: Trainer) => [trainer.steps, trainer.parameters(), trainer.state()];
/** The batches at every iteration. */
const repeated = {
  async *[Symbol.asyncIterator]() {
    yield* batches;
  },
};
type Progress = (progress: FitProgress) => void;
/** Runs over `epochs` epochs of the same batches, from arrays, a data set and a stream. */
const runs: readonly (readonly [
  string,
  (trainer: Trainer, epochs: number, onProgress: Progress) => Promise<unknown>,
])[] = [
  [
    "arrays",
    async (trainer, epochs, onProgress) =>
      trainer.fit(whole, { epochs, batchSize: size, shuffle: false, onProgress, progressEvery: 1 }),
  ],
  [
    "a data set",
    async (trainer, epochs, onProgress) =>
      trainer.fit(createDataset(engine, whole), {
        epochs,
        batchSize: size,
        shuffle: false,
        onProgress,
        progressEvery: 1,
      }),
  ],
  ["a stream", async (trainer, epochs, onProgress) => trainer.fit(repeated, { epochs, onProgress, progressEvery: 1 })],
];

const variants: readonly (readonly [string, Partial<TrainerOptions>])[] = [
  ["Adam", {}],
  ["runs of a batch", { microBatch: 3 }],
  ["accumulated batches", { gradient: [accumulate(2)] }],
  ["a second gradient in runs", { microBatch: 5, optimizer: sam(sgd({ learningRate: 0.1 }), { radius: 0.05 }) }],
];

describe.each(runs)("beside a run over %s", (_, train) => {
  it.each(variants)("predictions and evaluations change nothing: %s", async (_, options) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const [quiet, busy] = [create(options), create(options)];
    await train(quiet, 3, () => {});
    const timer = setInterval(() => busy.predict(other.inputs), 0);
    await train(busy, 3, () => {
      busy.predict(whole.inputs);
      busy.evaluate(other);
      busy.evaluate({ ...whole, weights: numbers(whole.targets.length, 0, 1) });
      busy.classify([1, 2, 3, 4]);
      busy.save();
    });
    clearInterval(timer);
    expect(busy.save()).toEqual(quiet.save());
  });

  it.each(variants)("a step is an update between two of the run: %s", async (_, options) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    const [loop, trainer] = [create(options), create(options)];
    const every = options.gradient ? 2 : 1;
    let updates = 0;
    const history = await train(trainer, 2, () => {
      updates++;
      if (updates % 4 === 0) for (let k = 0; k < every; k++) trainer.step(other);
    });
    expect(history).toMatchObject({ steps: (2 * batches.length) / every, epochs: [{ epoch: 1 }, { epoch: 2 }] });
    let done = 0;
    for (const [k, batch] of [...batches, ...batches].entries()) {
      loop.step(batch);
      if (k % every === every - 1 && ++done % 4 === 0) for (let j = 0; j < every; j++) loop.step(other);
    }
    expect(weights(trainer)).toEqual(weights(loop));
  });
});

describe("a step beside a run", () => {
  it("that comes while a stream waits for its next batch is no update of the run", async () => {
    const [loop, trainer] = [create(), create()];
    async function* slow() {
      for (const batch of batches) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        trainer.step(other);
        yield batch;
      }
    }
    expect(await trainer.fit(slow(), { epochs: 1 })).toMatchObject({ steps: 6, epochs: [{ step: 12 }] });
    for (const batch of batches) {
      loop.step(other);
      loop.step(batch);
    }
    expect(weights(trainer)).toEqual(weights(loop));
  });

  it("is refused with a method and in a worker, and in what a run calls", async () => {
    const full = createTrainer(engine, {
      model: linear(features, 3),
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const refused = (trainer: Trainer) => expect(() => trainer.step(other)).toThrow("a run is in progress");
    await full.fit(whole, { steps: 3, method: gradientDescent(), onProgress: () => refused(full) });
    const trainer = create();
    const { worker } = await trainer.fit(whole, { steps: 30, worker: true, onProgress: () => refused(trainer) });
    expect(worker).toBe(true);
    const wrong: Trainer = create({
      optimizer: sgd({
        learningRate: () => {
          wrong.step(other);
          return 1;
        },
      }),
    });
    await expect(wrong.fit(whole, { steps: 1 })).rejects.toThrow("used by a function that it calls");
    const run = trainer.fit(whole, { steps: 1 });
    expect(() => trainer.setParameters({})).toThrow("a run is in progress");
    expect(() => trainer.fit(whole, { steps: 1 })).toThrow("a run is in progress");
    await run;
  });

  it("that fails changes nothing", async () => {
    const [quiet, trainer] = [create(), create()];
    await quiet.fit(whole, { epochs: 2, batchSize: size });
    await trainer.fit(whole, {
      epochs: 2,
      batchSize: size,
      progressEvery: 1,
      onProgress: () => {
        expect(() => trainer.step({ inputs: [[1, 2]], targets: [1] })).toThrow();
        expect(() => trainer.step({ ...other, targets: new Int32Array(21).fill(9) })).toThrow(
          "target of sample 0 is 9",
        );
      },
    });
    expect(trainer.save()).toEqual(quiet.save());
  });
});

describe("progress", () => {
  it.each([false, true])("is reported after every n-th update of the trainer, in a worker: %s", async (worker) => {
    const [plain, trainer] = [create(), create()];
    await plain.fit(whole, { steps: 40, batchSize: size });
    const seen: number[] = [];
    const losses: number[] = [];
    const options = { batchSize: size, worker, progressEvery: 5 };
    const onProgress: Progress = (progress) => {
      seen.push(progress.step);
      losses.push(...progress.losses);
    };
    const history = await trainer.fit(whole, { ...options, steps: 18, onProgress });
    await trainer.fit(whole, { ...options, steps: 22, onProgress });
    expect(history.worker).toBe(worker);
    expect(seen).toEqual([5, 10, 15, 18, 20, 25, 30, 35, 40]);
    expect(losses).toHaveLength(40);
    expect(trainer.save()).toEqual(plain.save());
  });

  it("refuses other intervals", () => {
    const fits = (progressEvery: number) => () => create().fit(whole, { steps: 1, progressEvery });
    expect(fits(0)).toThrow("fit: progressEvery must be a whole number of at least 1, got 0");
    expect(fits(1.5)).toThrow("fit: progressEvery must be");
  });
});
