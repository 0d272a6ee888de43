// Runs over batches that come one by one, against a loop over `step` and against runs over arrays: everything has to agree bit
// for bit.

import {
  accumulate,
  accuracy,
  adam,
  batchNorm,
  concatenate,
  createTrainer,
  dropout,
  type Engine,
  heads,
  linear,
  meanSquaredError,
  network,
  plateauSchedule,
  relu,
  type Samples,
  type StreamOptions,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  swa,
  type Tensor,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { afterEach, describe, expect, it, vi } from "vitest";
import { build, engine, engineForEach, testEngine } from "./engine.js";
import { numbers } from "./numbers.js";
import { classSamples, timeless } from "./runs.js";

engineForEach();
afterEach(() => vi.restoreAllMocks());

const features = 5;
/** Batch k, of `rows` samples. */
const batchOf = (k: number, rows = 16) => classSamples(rows, features, 2 * k + 1);
const batches = Array.from({ length: 12 }, (_, k) => batchOf(k));
async function* stream(from = 0, to = batches.length): AsyncGenerator<Samples> {
  for (let k = from; k < to; k++) yield batches[k] as Samples;
}
/** The same batches at every iteration. */
const repeated = { [Symbol.asyncIterator]: () => stream() };
const validation = batchOf(50, 40);

const create = (options: Partial<TrainerOptions> = {}, on: Engine = engine): Trainer =>
  createTrainer(on, {
    model: sequential([linear(features, 16), batchNorm(16), relu(), dropout(0.3), linear(16, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: [accuracy()],
    seed: 5,
    ...options,
  });

/** All batches as one array. */
const whole: Samples = {
  inputs: {
    data: Float32Array.from(batches.flatMap(({ inputs }) => [...(inputs as { data: Float32Array }).data])),
    shape: [16 * batches.length, features],
  },
  targets: Int32Array.from(batches.flatMap(({ targets }) => [...(targets as Int32Array)])),
};
/** What a checkpoint holds, without the rows of the epoch, which a stream counts in batches. */
const weights = (trainer: Trainer) => [trainer.steps, trainer.parameters(), trainer.state()];

describe("fit over batches gives the bits of", () => {
  it("a loop over step, with batches of different sizes", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => {}); // of batch norm over the runs of a batch
    const sizes = [16, 3, 16, 40, 2, 40].map((rows, k) => batchOf(k, rows));
    const [one, other] = [create({ microBatch: 32 }), create({ microBatch: 32 })];
    for (const batch of sizes) one.step(batch);
    const losses: number[] = [];
    const history = await other.fit(sizes.values(), {
      epochs: 1,
      onProgress: (progress) => losses.push(...progress.losses),
    });
    expect(history).toMatchObject({ steps: 6, stopped: "finished", worker: false });
    expect(weights(other)).toEqual(weights(one));
    expect(losses).toHaveLength(6);
    expect(one.step(batchOf(9)).loss).toBe(other.step(batchOf(9)).loss);
  });

  it.each<[string, Partial<TrainerOptions>]>([
    ["Adam", {}],
    ["a plateau", { optimizer: sgd({ learningRate: plateauSchedule({ initial: 0.5, factor: 0.5, patience: 0 }) }) }],
    ["a function of the step", { optimizer: adam({ learningRate: (step) => 0.01 / (1 + step / 10) }) }],
    ["accumulated batches", { gradient: [accumulate(3)] }],
    ["a second gradient", { optimizer: sam(sgd({ learningRate: 0.1 }), { radius: 0.05 }) }],
    ["an average by epoch", { average: swa({ unit: "epoch" }) }],
    ["runs of a batch", { microBatch: 6 }],
  ])("a run over arrays: %s", async (_, options) => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const given of [{}, { validation }, { validation, earlyStopping: { patience: 1 } }]) {
      const [arrays, streamed] = [create(options), create(options)];
      const history = await arrays.fit(whole, { epochs: 5, batchSize: 16, shuffle: false, ...given });
      const other = await streamed.fit(repeated, { epochs: 5, ...given });
      expect(timeless(other)).toEqual(timeless(history));
      expect(weights(streamed)).toEqual(weights(arrays));
      const counted = create(options);
      expect(timeless(await counted.fit(repeated, { epochs: 5, stepsPerEpoch: 12, ...given }))).toEqual(
        timeless(history),
      );
      expect(weights(counted)).toEqual(weights(arrays));
    }
  });

  it("the run that was not stopped, saved and resumed, with the place in the epoch", async () => {
    const options = {
      optimizer: sgd({ learningRate: plateauSchedule({ initial: 0.5, factor: 0.5, patience: 0 }) }),
      average: swa({ unit: "epoch" as const }),
    };
    for (const epoch of [{ stepsPerEpoch: 5 }, {}]) {
      const [through, first, second] = [create(options), create(options), create(options)];
      await through.fit(stream(), { steps: 12, ...epoch });
      await first.fit(stream(), { steps: 7, ...epoch });
      second.restore(first.save());
      await second.fit(stream(7), { steps: 5, ...epoch });
      expect(second.save()).toEqual(through.save());
    }
  });

  it("a loop over step, with named inputs, heads and weights", async () => {
    const named = (k: number) => {
      const { inputs: x, targets: kind } = batchOf(k);
      const column = (seed: number) => ({ data: Float32Array.from(numbers(16, 0, 1, seed)), shape: [16, 1] });
      return { inputs: { x, age: column(k + 3) }, targets: { kind, score: column(k) }, weights: column(k + 7).data };
    };
    const made = () =>
      createTrainer(engine, {
        model: network(
          { hidden: linear(features + 1, 8), kind: linear(8, 3), score: linear(8, 1) },
          (layers, { x, age }: { x: Tensor; age: Tensor }) => {
            const hidden = layers.hidden(concatenate([x, age], 1)).tanh();
            return { kind: layers.kind(hidden), score: layers.score(hidden) };
          },
        ),
        loss: heads({ kind: softmaxCrossEntropy(), score: { loss: meanSquaredError(), weight: 0.5 } }),
        optimizer: adam(),
      });
    const [one, other] = [made(), made()];
    const all = Array.from({ length: 6 }, (_, k) => named(k));
    for (const batch of all) one.step(batch);
    await other.fit(all.values(), { epochs: 1, validation: named(9) });
    expect(other.parameters()).toEqual(one.parameters());
  });
});

describe("a source", () => {
  const options: StreamOptions = { epochs: 1 };

  it("is asked for a batch only when the last one was trained on", async () => {
    const trainer = create();
    const seen: number[] = [];
    async function* source(): AsyncGenerator<Samples> {
      for (let k = 0; k < 6; k++) {
        seen.push(trainer.steps);
        if (k % 2) await new Promise((resolve) => setTimeout(resolve, 1));
        yield batchOf(k);
      }
    }
    await trainer.fit(source(), options);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is closed where the run ends first", async () => {
    let closed = 0;
    const endless = (): AsyncGenerator<Samples> =>
      (async function* () {
        try {
          for (let k = 0; ; k++) yield batchOf(k % 5);
        } finally {
          closed++;
        }
      })();
    const trainer = create();
    expect(await trainer.fit(endless(), { steps: 4 })).toMatchObject({ steps: 4, stopped: "finished" });
    expect(closed).toBe(1);
    const abort = new AbortController();
    const run = trainer.fit(endless(), { epochs: 100, stepsPerEpoch: 3, signal: abort.signal });
    for await (const { epoch } of run) if (epoch === 2) abort.abort();
    expect((await run).stopped).toBe("signal");
    expect(closed).toBe(2);
    for await (const _ of trainer.fit(endless(), { epochs: 100, stepsPerEpoch: 3 })) break;
    expect(closed).toBe(3);
    await expect(
      trainer.fit(endless(), {
        steps: 5,
        onProgress: () => {
          throw new Error("stop");
        },
      }),
    ).rejects.toThrow("stop");
    expect(closed).toBe(4);
  });

  it("that gives nothing any more does not keep the run from stopping", async () => {
    const trainer = create();
    const abort = new AbortController();
    async function* source(): AsyncGenerator<Samples> {
      yield batchOf(0);
      setTimeout(() => abort.abort(), 5);
      await new Promise(() => {});
    }
    expect(await trainer.fit(source(), { ...options, signal: abort.signal })).toMatchObject({
      steps: 1,
      stopped: "signal",
    });
    expect(trainer.step(batchOf(1)).loss).toBeGreaterThan(0);
  });

  it("that is at its end is iterated again, or ends the run", async () => {
    const trainer = create();
    expect(await trainer.fit(repeated, { steps: 30 })).toMatchObject({ steps: 30, stopped: "finished" });
    expect(await trainer.fit(stream(), { steps: 30 })).toMatchObject({ steps: 12, stopped: "exhausted" });
    expect(await trainer.fit(stream(), { epochs: 3, stepsPerEpoch: 5 })).toMatchObject({ stopped: "exhausted" });
    await expect(trainer.fit(stream(), { epochs: 3 })).rejects.toThrow(
      "fit: the batches ended after 12, and cannot be iterated again for 3 epochs.",
    );
    await expect(trainer.fit(stream(0, 0), options)).rejects.toThrow("fit: there are no batches.");
  });

  it("that fails, or gives bad batches, is named with the number of the batch, and nothing else changes", async () => {
    async function* failing(last: unknown): AsyncGenerator<Samples> {
      yield batchOf(0);
      yield batchOf(1);
      if (last instanceof Error) throw last;
      yield last as Samples;
    }
    const good = batchOf(2);
    for (const [last, message] of [
      [new Error("no disk"), "fit: batch 3: its source failed: no disk"],
      [null, "fit: batch 3: the data must be { inputs: xs, targets: ys }"],
      [{ ...good, label: 1 }, 'fit: batch 3: unknown option "label"'],
      [{ inputs: good.inputs }, "fit: batch 3: the data has no targets"],
      [{ ...good, targets: new Int32Array(16).fill(3) }, "fit: batch 3: softmaxCrossEntropy: target of sample 0 is 3"],
      [{ ...good, targets: new Int32Array(4) }, "fit: batch 3: got 16 inputs and 4 targets"],
      [{ inputs: [[1, 2, Number.NaN, 4, 5]], targets: [1] }, "fit: batch 3: inputs: sample 0 holds NaN in column 2"],
      [{ inputs: [[1, 2]], targets: [1] }, "[1, 2]"],
    ] as const) {
      const [trainer, other] = [create(), create()];
      const used = engine.bytesInUse;
      await expect(trainer.fit(failing(last), { steps: 9 })).rejects.toThrow(message);
      other.step(batchOf(0));
      other.step(batchOf(1));
      expect(weights(trainer)).toEqual(weights(other));
      expect(trainer.step(good)).toEqual(other.step(good));
      expect(used).toBeGreaterThan(0);
    }
  });

  it("is refused with options of arrays, at once", () => {
    const trainer = create();
    for (const option of [{ shuffle: true }, { batchSize: 4 }, { lastBatch: "keep" }, { method: {} }])
      expect(() => trainer.fit(stream(), { epochs: 1, ...option } as never)).toThrow(
        `fit over batches: unknown option "${Object.keys(option)[0]}"`,
      );
    expect(() => trainer.fit(whole, { epochs: 1, stepsPerEpoch: 4 } as never)).toThrow("unknown option");
    expect(() => trainer.fit(stream(), { epochs: 1, stepsPerEpoch: 0 })).toThrow("stepsPerEpoch");
  });

  it("is trained on in this thread, and a history says so", async () => {
    const history = await create().fit(stream(), { epochs: 1, worker: true });
    expect(history).toMatchObject({ worker: false, workerReason: "batches of a stream are trained on in this thread" });
  });

  it("measures statistics as runs over arrays", async () => {
    const every = { statistics: { every: 5 } };
    const arrays = await create().fit(whole, { epochs: 2, batchSize: 16, shuffle: false, ...every });
    const streamed = await create().fit(repeated, { epochs: 2, ...every });
    expect(streamed.statistics).toHaveLength(4);
    expect(streamed.statistics).toEqual(arrays.statistics);
  });
});

it("2 GB pass through less than 200 MB of memory", async () => {
  const own = await testEngine();
  const rows = 2 ** 14;
  const trainer = createTrainer(own, {
    model: linear(64, 1),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1e-3 }),
  });
  const batch = {
    inputs: { data: Float32Array.from(numbers(rows * 64, -1, 1)), shape: [rows, 64] },
    targets: { data: new Float32Array(rows), shape: [rows, 1] },
  };
  // A tenth of it in the debug build, which takes six times as long.
  const count = Math.ceil((build === "debug" ? 2e8 : 2e9) / (4 * 65 * rows));
  function* source() {
    for (let k = 0; k < count; k++) yield batch;
  }
  const { steps } = await trainer.fit(source(), { epochs: 1 });
  expect(steps).toBe(count);
  expect(own.memoryBytes).toBeLessThan(200e6);
});
