// Rolling data sets: what they hold, runs over them while samples are added, and refusals.

import { inspect } from "node:util";
import {
  accuracy,
  adam,
  createDataset,
  createRollingDataset,
  createTrainer,
  dropout,
  linear,
  type RollingDataset,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";
import { classSamples } from "./runs.js";

engineForEach();

const features = 4;
const samplesOf = (rows: number, seed: number) => ({
  ...classSamples(rows, features, seed),
  weights: numbers(rows, 0, 1, seed + 2),
});
const create = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(features, 8), relu(), dropout(0.2), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: [accuracy()],
    seed: 3,
    ...options,
  });
/** Samples k in `list`, of all that `samplesOf` returned. */
const chosen = (all: ReturnType<typeof samplesOf>, list: readonly number[]) => ({
  inputs: {
    data: Float32Array.from(list.flatMap((k) => [...all.inputs.data.subarray(k * features, (k + 1) * features)])),
    shape: [list.length, features],
  },
  targets: Int32Array.from(list, (k) => all.targets[k] as number),
  weights: Float64Array.from(list, (k) => all.weights[k] as number),
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

const all = samplesOf(40, 1);
/** A data set of 10 places to which samples 0 .. `to` were added, three at a time. */
function filled(to: number): RollingDataset {
  const data = createRollingDataset(engine, chosen(all, range(0, 4)), { capacity: 10 });
  for (let k = 4; k < to; k += 3) data.append(chosen(all, range(k, Math.min(k + 3, to))));
  return data;
}

describe("a rolling data set", () => {
  it("holds the newest samples, in the places of the oldest", async () => {
    for (const [to, places] of [
      [4, range(0, 4)],
      [9, range(0, 9)],
      [10, range(0, 10)],
      [13, [10, 11, 12, ...range(3, 10)]],
      [24, [20, 21, 22, 23, ...range(14, 20)]],
    ] as const) {
      const data = filled(to);
      expect(data.rows).toBe(Math.min(to, 10));
      const [rolling, plain] = [create(), create()];
      const same = createDataset(engine, chosen(all, places));
      expect(rolling.evaluate(data)).toEqual(plain.evaluate(same));
      await rolling.fit(data, { epochs: 3, batchSize: 4 });
      await plain.fit(same, { epochs: 3, batchSize: 4 });
      expect(rolling.save()).toEqual(plain.save());
    }
  });

  it("fills all of its places at once", () => {
    const data = filled(7);
    data.append(chosen(all, range(20, 30)));
    const same = createDataset(engine, chosen(all, [23, 24, 25, 26, 27, 28, 29, 20, 21, 22]));
    expect(create().evaluate(data)).toEqual(create().evaluate(same));
    expect(inspect(data)).toBe("Dataset { f32 [10, 4], i32 [10], f64 [10] }");
  });

  it("takes part with new samples from the next epoch on, with equal bits for equal appends, also after a resume", async () => {
    /** Trains, and adds three samples after updates 4 and 7, of which the second is within an epoch. */
    const run = async (stopAt: number | null) => {
      let [trainer, data] = [create(), filled(5)];
      const epochs: number[] = [];
      let [steps, added] = [0, 0];
      while (steps < 16) {
        const part = stopAt !== null && steps < stopAt ? stopAt - steps : 16 - steps;
        const abort = new AbortController();
        const history = await trainer.fit(data, {
          steps: part,
          batchSize: 2,
          progressEvery: 1,
          signal: abort.signal,
          onProgress: ({ step }) => {
            if (step === 4 || step === 7) {
              data.append(chosen(all, range(5 + 3 * added, 8 + 3 * added)));
              added++;
            }
            trainer.predict(all.inputs);
          },
        });
        epochs.push(...history.epochs.map(({ step }) => step));
        steps += history.steps;
        if (steps < 16) {
          const saved = trainer.save();
          [trainer, data] = [create(), createRollingDataset(engine, chosen(all, range(0, 4)), { capacity: 10 })];
          trainer.restore(saved);
          data.append(chosen(all, [4]));
          for (let k = 0; k < added; k++) data.append(chosen(all, range(5 + 3 * k, 8 + 3 * k)));
        }
      }
      return { saved: trainer.save(), epochs };
    };
    const through = await run(null);
    // 5 rows are 3 batches; 8 rows, from update 6 on, are 4; then 10 are 5.
    expect(through.epochs).toEqual([3, 6, 10, 15]);
    for (const stop of [2, 5, 8, 12]) expect(await run(stop)).toEqual(through);
  });

  it("refuses what does not fit, and is as before", async () => {
    const data = filled(6);
    const good = chosen(all, [0]);
    const before = create().evaluate(data);
    for (const [bad, message] of [
      [
        { inputs: good.inputs, targets: good.targets },
        "expected inputs f32 [samples, 4], targets i32 [samples], weights",
      ],
      [{ ...good, inputs: [[1, 2, 3, 4]] }, "append: got inputs f64 [samples, 4]"],
      [{ ...good, inputs: new Float32Array(1) }, "append: got inputs f32 [samples]"],
      [{ ...good, weights: [-1] }, "append: weights: sample 0 holds -1"],
      [{ ...good, weights: [1, 2] }, "append: got 1 inputs and 2 weights"],
      [chosen(all, range(0, 11)), "append: got 11 samples, more than the capacity of 10"],
      [null, "append: the data must be"],
    ] as const)
      expect(() => data.append(bad as never), message).toThrow(message);
    expect(create().evaluate(data)).toEqual(before);
    const wrong = { ...good, targets: Int32Array.of(3) };
    const trainer = create();
    const run = trainer.fit(data, {
      steps: 50,
      batchSize: 2,
      progressEvery: 1,
      onProgress: ({ step }) => {
        if (step === 20) expect(() => data.append(wrong)).toThrow("append: target of sample 0 is 3");
      },
    });
    expect((await run).steps).toBe(50);
    // Without a run nothing is known of the labels; the next one says it.
    data.append(wrong);
    expect(() => trainer.fit(data, { epochs: 1 })).toThrow("target of sample 6 is 3");
    data.free();
    expect(() => data.append(good)).toThrow("used after it was freed");
  });

  it("keeps a run in this thread, and says so", async () => {
    const history = await create().fit(filled(6), { epochs: 1, worker: true });
    expect(history).toMatchObject({ worker: false, workerReason: "a rolling data set grows in this thread" });
  });

  it("validates with what it holds at the end of each epoch", async () => {
    const held = filled(4);
    const trainer = create();
    const { epochs } = await trainer.fit(filled(6), {
      epochs: 3,
      validation: held,
      progressEvery: 1,
      onProgress: ({ epoch }) => {
        if (epoch === 2) held.append(chosen(all, [30, 31]));
      },
    });
    expect(epochs[2]?.validation?.loss).toBe(trainer.evaluate(held).loss);
  });
});
