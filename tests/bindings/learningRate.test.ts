// The learning rate of a trainer: set from outside, or by a function of epochs.

import {
  accumulate,
  adam,
  createTrainer,
  functionSchedule,
  linear,
  meanSquaredError,
  muon,
  randomSearch,
  sequential,
  sgd,
  stepDecay,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat } from "./numbers.js";

engineForEach();

const samples = {
  inputs: [
    [0, 1],
    [1, 0],
    [1, 1],
    [0, 0],
    [2, 1],
  ],
  targets: [[0], [1], [2], [3], [1]],
};
const made = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(2, 3), tanh(), linear(3, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.1 }),
    seed: 3,
    ...options,
  });

describe("a learning rate that is set", () => {
  it("is that of the next update: w ← w − h g", () => {
    const trainer = made({ model: linear(1, 1, { bias: false }), optimizer: sgd({ learningRate: 0.5 }), dtype: "f64" });
    const batch = { inputs: [[1]], targets: [[0]] };
    const weight = (): number => flat(trainer.parameters().weight)[0] as number;
    trainer.setParameters({ weight: [[1]] });
    trainer.learningRate = 0.25;
    expect(trainer.learningRate).toBe(0.25);
    trainer.step(batch); // the gradient of w² is 2 w
    expect(weight()).toBe(0.5);
    trainer.learningRate = 0.125;
    trainer.step(batch);
    expect(weight()).toBe(0.375);
  });

  it("is the same as having been created with it", () => {
    const set = made();
    set.learningRate = 0.03;
    const created = made({ optimizer: adam({ learningRate: 0.03 }) });
    for (let k = 0; k < 5; k++) {
      set.step(samples);
      created.step(samples);
    }
    expectSameBits(flat(set.parameters()["0.weight"]), flat(created.parameters()["0.weight"]));
  });

  it("keeps the proportions of groups, whatever is frozen, and of what updates vectors beside matrices", () => {
    const groups = (first: number, second: number): Partial<TrainerOptions> => ({
      optimizer: muon({ learningRate: first, others: adam({ learningRate: second }) }),
      groups: [
        { match: "0.*", frozen: true },
        { match: "2.weight", learningRate: 4 * first },
      ],
      dtype: "f64",
    });
    const model = sequential([linear(2, 3), tanh(), linear(3, 3), tanh(), linear(3, 1)]);
    const set = made({ model, ...groups(0.5, 0.25) });
    expect(set.learningRate).toBe(0.5);
    set.learningRate = 0.125;
    const created = made({ model, ...groups(0.125, 0.0625) });
    set.step(samples);
    created.step(samples);
    for (const [name, array] of Object.entries(created.parameters()))
      expectSameBits(flat(set.parameters()[name]), flat(array), name);
  });

  it("leaves the rates of groups to the bit when it is what it was: restored, in a worker, set to itself", async () => {
    // 0.0057 (0.023 / 0.0057) is not 0.023.
    const grouped = () =>
      made({
        optimizer: sgd({ learningRate: 0.0057 }),
        groups: [{ match: "*.bias", learningRate: 0.023 }],
        dtype: "f64",
      });
    const [whole, resumed, set, remote] = [grouped(), grouped(), grouped(), grouped()];
    resumed.restore(whole.save());
    set.learningRate = 0.0057;
    for (const trainer of [whole, resumed, set, remote])
      await trainer.fit(samples, { epochs: 30, batchSize: 2, validation: samples, worker: trainer === remote });
    for (const trainer of [resumed, set, remote]) expectSameBits(trainer.save(), whole.save());
  });

  it("is kept by a checkpoint: stopped, saved and resumed is never having stopped", async () => {
    const whole = made();
    await whole.fit(samples, { epochs: 2, batchSize: 2 });
    whole.learningRate = 0.02;
    const file = whole.save();
    await whole.fit(samples, { epochs: 2, batchSize: 2 });
    const resumed = made();
    resumed.restore(file);
    expect(resumed.learningRate).toBe(0.02);
    await resumed.fit(samples, { epochs: 2, batchSize: 2 });
    expectSameBits(resumed.save(), whole.save());
    // A file from before it was set leads back to the rate of the optimizer.
    resumed.restore(made().save());
    expect(resumed.learningRate).toBe(0.1);
    expectSameBits(resumed.save(), made().save());
  });

  it.each([false, true])("acts between the epochs of a run, in a worker or not: %s", async (worker) => {
    const run = made();
    for await (const { epoch } of run.fit(samples, { epochs: 4, batchSize: 2, worker }))
      run.learningRate = 0.1 / (epoch + 1);
    const alone = made();
    for (let epoch = 1; epoch <= 4; epoch++) {
      await alone.fit(samples, { epochs: 1, batchSize: 2 });
      alone.learningRate = 0.1 / (epoch + 1);
    }
    expect(run.learningRate).toBe(0.02);
    expectSameBits(run.save(), alone.save());
  });

  it("is refused in words where nothing could follow it", () => {
    const follows = made({ optimizer: sgd({ learningRate: stepDecay({ initial: 0.1, length: 5 }) }) });
    expect(() => (follows.learningRate = 0.1)).toThrow(/^trainer: learningRate is a schedule/);
    const drawn = made({ optimizer: randomSearch({ scale: 0.1 }) });
    expect(() => (drawn.learningRate = 0.1)).toThrow(/^trainer: learningRate is a schedule, or missing/);
    const trainer = made();
    const before = trainer.save();
    for (const wrong of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, "0.1", null, undefined, {}])
      expect(() => (trainer.learningRate = wrong as never)).toThrow(
        /^trainer: learningRate must be a positive number, got/,
      );
    expectSameBits(trainer.save(), before);
    trainer.free();
    expect(() => (trainer.learningRate = 1)).toThrow(/freed/);
  });
});

describe("a function of epochs", () => {
  const law = (t: number): number => 0.1 * 0.7 ** t;
  const fitted = async (options: Partial<TrainerOptions>, pieces: readonly number[], worker = false) => {
    let trainer = made({ dtype: "f64", ...options });
    for (const steps of pieces) {
      await trainer.fit(samples, { steps, batchSize: 5, worker });
      const file = trainer.save();
      trainer.free();
      trainer = made({ dtype: "f64", ...options });
      trainer.restore(file);
    }
    return flat(trainer.parameters()["0.weight"]);
  };

  it("is followed through every epoch of an update that accumulates: update k happens in epoch 3k + 2", async () => {
    const byEpoch = {
      optimizer: sgd({ learningRate: functionSchedule(law, { unit: "epoch" }) }),
      gradient: [accumulate(3)],
    };
    const byStep = { optimizer: sgd({ learningRate: functionSchedule((t) => law(3 * t + 2)) }) };
    const whole = await fitted(byEpoch, [6]);
    expectClose(whole, await fitted(byStep, [6]), 1e-13);
    expectSameBits(await fitted(byEpoch, [1, 3, 2]), whole);
    expectSameBits(await fitted(byEpoch, [6], true), whole);
  });

  it("is asked for the epochs of the run alone", async () => {
    const asked = new Set<number>();
    const learningRate = functionSchedule((t) => [0.1, 0.05, 0.02][asked.add(t) && t] as number, { unit: "epoch" });
    await fitted({ optimizer: sgd({ learningRate }) }, [2]);
    expect([...asked].sort()).toEqual([0, 1]);
  });
});
