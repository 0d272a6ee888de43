// Runs that stop by themselves, against the same run without stops and a plain loop over its numbers.

import {
  accumulate,
  adam,
  batchNorm,
  createTrainer,
  type Epoch,
  ema,
  type FitOptions,
  linear,
  type Metric,
  meanSquaredError,
  sequential,
  sgd,
  swa,
  type Tensor,
  type Trainer,
  tanh,
  zerosInitializer,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectSameBits, numbers } from "./numbers.js";

engineForEach();

const samplesOf = (rows: number, seed: number) => ({
  inputs: { data: Float64Array.from(numbers(rows * 3, -1, 1, seed)), shape: [rows, 3] },
  targets: { data: Float64Array.from(numbers(rows, -1, 1, seed + 1)), shape: [rows, 1] },
});
const training = samplesOf(20, 3);
/** Of other random targets, so that fitting the training samples makes it worse. */
const validation = samplesOf(15, 90);

/** A metric that is better when it is larger. */
const closeness: Metric = {
  name: "closeness",
  apply: (prediction, target) => prediction.subtract(target).square().mean().negate(),
};

const create = (learningRate = 0.03): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(3, 12), batchNorm(12), tanh(), linear(12, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate }),
    metrics: [closeness],
    dtype: "f64",
    seed: 2,
  });

interface Snapshot {
  readonly epoch: Epoch;
  readonly parameters: number[];
  readonly state: number[];
}

function numbersOf(arrays: Record<string, { data: ArrayLike<number> }>): number[] {
  return Object.values(arrays).flatMap(({ data }) => Array.from(data));
}

/** Every epoch of a run without stops, with the weights at its end. */
async function everyEpoch(epochs: number, validated = true): Promise<Snapshot[]> {
  const trainer = create();
  const all: Snapshot[] = [];
  const options = { epochs, batchSize: 8, ...(validated ? { validation } : {}) };
  for await (const epoch of trainer.fit(training, options))
    all.push({ epoch, parameters: numbersOf(trainer.parameters()), state: numbersOf(trainer.state()) });
  trainer.free();
  return all;
}

/** What early stopping has to answer for a list of values: the last epoch and the best one. */
function stopping(values: number[], patience: number, minDelta = 0): { last: number; best: number } {
  let best = 0;
  let waited = 0;
  for (let k = 1; k < values.length; k++) {
    if ((values[k] as number) < (values[best] as number) - minDelta) {
      best = k;
      waited = 0;
    } else if (++waited >= patience) return { last: k, best };
  }
  return { last: values.length - 1, best };
}

const expectStandsAt = (trainer: Trainer, wanted: Snapshot | undefined): void => {
  expectSameBits(numbersOf(trainer.parameters()), wanted?.parameters, "parameters");
  expectSameBits(numbersOf(trainer.state()), wanted?.state, "running state");
};

describe("early stopping", () => {
  it.each([
    [0, 0],
    [1, 0],
    [3, 0],
    [3, 0.002],
  ])("with patience %i and minDelta %d stops where a plain loop does", async (patience, minDelta) => {
    const all = await everyEpoch(60);
    const { last, best } = stopping(
      all.map(({ epoch }) => epoch.validation?.loss as number),
      patience,
      minDelta,
    );
    expect(last).toBeLessThan(59);
    const trainer = create();
    const history = await trainer.fit(training, {
      epochs: 60,
      batchSize: 8,
      validation,
      earlyStopping: { patience, minDelta },
    });
    expect(history.stopped).toBe("earlyStopping");
    expect(history.epochs.length).toBe(last + 1);
    expect(history.best).toEqual({ epoch: best + 1, value: all[best]?.epoch.validation?.loss });
    expectStandsAt(trainer, all[best]);
    expect(trainer.evaluate(validation).loss).toBe(history.best?.value);
    expect(trainer.steps).toBe(history.steps);
  });

  it("watches a metric, the larger the better, or as it is told", async () => {
    const all = await everyEpoch(40);
    const values = all.map(({ epoch }) => epoch.validation?.closeness as number);
    const fit = { epochs: 40, batchSize: 8, validation };
    const rising = stopping(
      values.map((value) => -value),
      2,
    );
    const larger = create();
    const up = await larger.fit(training, { ...fit, earlyStopping: { monitor: "closeness", patience: 2 } });
    expect(up.best).toEqual({ epoch: rising.best + 1, value: values[rising.best] });
    expectStandsAt(larger, all[rising.best]);
    const falling = stopping(values, 2);
    const smaller = create();
    const down = await smaller.fit(training, {
      ...fit,
      earlyStopping: { monitor: "closeness", mode: "min", patience: 2 },
    });
    expect(down.best?.epoch).toBe(falling.best + 1);
    expectStandsAt(smaller, all[falling.best]);
  });

  it("without validation watches the loss of the epochs", async () => {
    const all = await everyEpoch(50, false);
    const { last, best } = stopping(
      all.map(({ epoch }) => epoch.loss),
      2,
      0.01,
    );
    const trainer = create();
    const earlyStopping = { patience: 2, minDelta: 0.01 };
    const history = await trainer.fit(training, { epochs: 50, batchSize: 8, earlyStopping });
    expect(history.epochs.length).toBe(last + 1);
    expect(history.best?.epoch).toBe(best + 1);
    expectStandsAt(trainer, all[best]);
  });

  it("keeps the last weights if told so", async () => {
    const all = await everyEpoch(60);
    const trainer = create();
    const history = await trainer.fit(training, {
      epochs: 60,
      batchSize: 8,
      validation,
      earlyStopping: { patience: 2, restoreBest: false },
    });
    expectStandsAt(trainer, all[history.epochs.length - 1]);
  });

  it("restores the optimizer's state with the weights: going on is as from the best epoch, counters apart", async () => {
    const rate = { model: linear(3, 1), loss: meanSquaredError(), dtype: "f64" as const, seed: 4 };
    const make = () => createTrainer(engine, { ...rate, optimizer: sgd({ learningRate: 0.4, momentum: 0.9 }) });
    const whole = { batchSize: 20, validation, shuffle: false };
    const stopped = make();
    const { best } = await stopped.fit(training, { epochs: 60, ...whole, earlyStopping: { patience: 4 } });
    const straight = make();
    await straight.fit(training, { epochs: best?.epoch as number, ...whole });
    for (let k = 0; k < 3; k++) {
      stopped.step(training);
      straight.step(training);
    }
    expectSameBits(numbersOf(stopped.parameters()), numbersOf(straight.parameters()));
  });
});

describe("what counts as better", () => {
  /** Equal values that a metric gives whatever is predicted, or the loss of a trainer that stands still. */
  const still = (): Trainer =>
    createTrainer(engine, {
      model: linear(3, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1e-300 }),
      metrics: [{ name: "same", apply: (prediction) => prediction.multiply(0).mean() }],
      dtype: "f64",
    });

  it("is more than minDelta: what stays as it is waits", async () => {
    for (const monitor of ["loss", "same"]) {
      const earlyStopping = { monitor, patience: 3 };
      const history = await still().fit(training, { epochs: 20, batchSize: 20, validation, earlyStopping });
      expect(history).toMatchObject({ stopped: "earlyStopping", best: { epoch: 1 } });
      expect(history.epochs).toHaveLength(4);
    }
  });

  it("is nothing that is no number: epochs of NaN are waited for like others", async () => {
    const metrics = [
      { name: "nothing", apply: (prediction: Tensor) => prediction.multiply(0).mean().log().multiply(0) },
    ];
    const trainer = createTrainer(engine, { ...still().options, metrics });
    const earlyStopping = { monitor: "nothing", patience: 3 };
    const history = await trainer.fit(training, { epochs: 20, batchSize: 20, validation, earlyStopping });
    expect(history.stopped).toBe("earlyStopping");
    expect(history.epochs).toHaveLength(3);
    expect(history).not.toHaveProperty("best");
  });

  it("a gain of exactly minDelta is none, and one above it is", async () => {
    // Weight w after w ← w − h, with the loss w itself: the losses are 8, 7, 6, ...
    const falling = (): Trainer => {
      const trainer = createTrainer(engine, {
        model: linear(1, 1, { bias: false }),
        loss: { name: "itself", targets: "values", apply: (prediction) => prediction.mean() },
        optimizer: sgd({ learningRate: 1 }),
        dtype: "f64",
      });
      trainer.setParameters({ weight: [[8]] });
      return trainer;
    };
    const one = { inputs: [[1]], targets: [[0]] };
    const stopped = (patience: number, minDelta: number) =>
      falling().fit(one, { epochs: 6, batchSize: 1, earlyStopping: { patience, minDelta } });
    expect(await stopped(1, 1)).toMatchObject({ stopped: "earlyStopping", steps: 2, best: { epoch: 1, value: 8 } });
    expect(await stopped(1, 0.875)).toMatchObject({ stopped: "finished", best: { epoch: 6, value: 3 } });
    // Every second epoch is better by 2 than the best one.
    expect(await stopped(2, 1.5)).toMatchObject({ stopped: "finished", best: { epoch: 5, value: 4 } });
  });
});

describe("the best weights come back", () => {
  const options = { batchSize: 8, validation, earlyStopping: { patience: 1000 } };

  it("when the epochs are over", async () => {
    const all = await everyEpoch(60);
    const { best } = stopping(
      all.map(({ epoch }) => epoch.validation?.loss as number),
      1000,
    );
    expect(best).toBeLessThan(59);
    const trainer = create();
    const history = await trainer.fit(training, { epochs: 60, ...options });
    expect(history.stopped).toBe("finished");
    expectStandsAt(trainer, all[best]);
  });

  it("when the loop is left, or the signal aborts", async () => {
    const all = await everyEpoch(40);
    const { best } = stopping(
      all.map(({ epoch }) => epoch.validation?.loss as number),
      1000,
    );
    const leaving = create();
    for await (const { epoch } of leaving.fit(training, { epochs: 1000, ...options })) if (epoch === 40) break;
    expectStandsAt(leaving, all[best]);
    const aborting = create();
    const controller = new AbortController();
    let seen = 0;
    const run = aborting.fit(training, {
      epochs: 1000,
      ...options,
      signal: controller.signal,
      onProgress: ({ epoch }) => {
        seen = epoch;
        if (epoch >= 40) controller.abort();
      },
    });
    expect((await run).stopped).toBe("signal");
    expect(seen).toBe(40);
    expectStandsAt(aborting, all[best]);
  });

  it("when training diverges, or a callback throws", async () => {
    const make = () =>
      createTrainer(engine, {
        model: linear(3, 1),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 4 }),
        seed: 4,
      });
    const first = make();
    await first.fit(training, { epochs: 1, batchSize: 8 });
    const trainer = make();
    await expect(trainer.fit(training, { epochs: 1000, ...options })).rejects.toThrow("not finite");
    expectSameBits(numbersOf(trainer.parameters()), numbersOf(first.parameters()));
    const throwing = make();
    const onProgress = ({ epoch }: { epoch: number }): void => {
      if (epoch === 3) throw new Error("enough");
    };
    await expect(throwing.fit(training, { epochs: 1000, ...options, onProgress })).rejects.toThrow("enough");
    expectSameBits(numbersOf(throwing.parameters()), numbersOf(first.parameters()));
    expect(throwing.step(training).loss).toBeGreaterThan(0);
  });
});

describe("the average of the weights", () => {
  it("comes back with the number of weights that it is the mean of", async () => {
    const optimizer = sgd({ learningRate: 0.3, momentum: 0.5 });
    const make = () => createTrainer(engine, { ...create().options, optimizer, average: swa({ unit: "step" }) });
    const whole = { batchSize: 20, validation, shuffle: false };
    const stopped = make();
    const { best } = await stopped.fit(training, { epochs: 60, ...whole, earlyStopping: { patience: 2 } });
    const straight = make();
    await straight.fit(training, { epochs: best?.epoch as number, ...whole });
    expect(stopped.steps).toBeGreaterThan(straight.steps);
    // That number weighs the next weights.
    for (const trainer of [stopped, straight]) trainer.step(training);
    const averages = [stopped, straight].map((trainer) => numbersOf(trainer.parameters({ weights: "average" })));
    expect(averages[0]).not.toEqual(numbersOf(straight.parameters()));
    expectSameBits(averages[0], averages[1]);
  });

  it("comes back with them", async () => {
    const make = () => createTrainer(engine, { ...create().options, average: ema({ decay: 0.9 }) });
    const whole = { batchSize: 8, validation };
    const stopped = make();
    const { best } = await stopped.fit(training, { epochs: 60, ...whole, earlyStopping: { patience: 2 } });
    const straight = make();
    await straight.fit(training, { epochs: best?.epoch as number, ...whole });
    expect(stopped.steps).toBeGreaterThan(straight.steps);
    for (const options of [{}, { weights: "average" as const }])
      expectSameBits(numbersOf(stopped.parameters(options)), numbersOf(straight.parameters(options)));
  });
});

describe("other stops", () => {
  const quadratic = (): Trainer =>
    createTrainer(engine, {
      model: linear(3, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.3 }),
      dtype: "f64",
    });
  /** Loss and gradient norm of every update on all rows. */
  const updates = (count: number): { loss: number; gradientNorm: number }[] => {
    const trainer = quadratic();
    return Array.from({ length: count }, () => trainer.step(training));
  };

  it.each([undefined, 7])(
    "a gradient within the tolerance ends the run after its update, microBatch %s",
    async (microBatch) => {
      const all = updates(400);
      const wanted = all.findIndex(({ gradientNorm }) => gradientNorm <= 1e-4);
      expect(wanted).toBeGreaterThan(10);
      const trainer = microBatch ? createTrainer(engine, { ...quadratic().options, microBatch }) : quadratic();
      const history = await trainer.fit(training, {
        epochs: 400,
        batchSize: 20,
        shuffle: false,
        gradientTolerance: 1e-4,
      });
      expect(history).toMatchObject({ steps: wanted + 1, stopped: "gradientTolerance" });
    },
  );

  it.each([false, true])("a batch that its update still waits for does not end a run, worker %s", async (worker) => {
    const trainer = createTrainer(engine, {
      model: linear(1, 1, { bias: false, weight: zerosInitializer }),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      gradient: [accumulate(2)],
    });
    // The first batch has no gradient.
    const samples = { inputs: [[0], [1], [0], [1]], targets: [[1], [1], [1], [1]] };
    const options = { steps: 2, batchSize: 1, shuffle: false, gradientTolerance: 1e-3, worker };
    expect(await trainer.fit(samples, options)).toMatchObject({ steps: 2, stopped: "finished", worker });
  });

  it("the target loss ends the run at its epoch, of training or of validation", async () => {
    const all = updates(100).map(({ loss }) => loss);
    const target = ((all[19] as number) + (all[20] as number)) / 2;
    const whole = { epochs: 100, batchSize: 20, shuffle: false };
    const history = await quadratic().fit(training, { ...whole, targetLoss: target });
    expect(history).toMatchObject({ steps: 21, stopped: "targetLoss" });
    const exact = await quadratic().fit(training, { ...whole, targetLoss: all[19] as number });
    expect(exact, "a loss that is the target reaches it").toMatchObject({ steps: 20, stopped: "targetLoss" });
    const validated = await quadratic().fit(training, { ...whole, validation: training, targetLoss: target });
    expect(validated).toMatchObject({ steps: 20, stopped: "targetLoss" });
  });

  it("a run without a reason to stop finishes", async () => {
    const history = await quadratic().fit(training, { steps: 30, targetLoss: -1, gradientTolerance: 0 });
    expect(history).toMatchObject({ steps: 30, stopped: "finished" });
    expect("best" in history).toBe(false);
  });
});

describe("bad options", () => {
  const refused = (options: object): unknown => {
    try {
      return create().fit(training, { epochs: 1, ...options } as FitOptions);
    } catch (error) {
      return (error as Error).message;
    }
  };
  it.each([
    [{ earlyStopping: { patience: -1 } }, "earlyStopping: patience must be a whole number of at least 0, got -1"],
    [{ earlyStopping: {} }, "earlyStopping: patience must be"],
    [{ earlyStopping: { patience: 1.5 } }, "earlyStopping: patience must be"],
    [{ earlyStopping: { patience: 1, minDelta: -0.1 } }, "earlyStopping: minDelta must be"],
    [{ earlyStopping: { patience: 1, mode: "low" } }, "earlyStopping: mode must be"],
    [{ earlyStopping: { patience: 1, restoreBest: 1 } }, "earlyStopping: restoreBest must be true or false"],
    [{ earlyStopping: { patience: 1, restorebest: true } }, 'Did you mean "restoreBest"?'],
    [{ earlyStopping: { patience: 1, monitor: "closness" }, validation }, 'Did you mean "closeness"?'],
    [{ earlyStopping: { patience: 1, monitor: "closeness" } }, 'monitor "closeness" needs validation samples'],
    [{ earlyStopping: 3 }, "earlyStopping: options must be an object"],
    [{ targetLoss: Number.NaN }, "fit: targetLoss must be a finite number"],
    [{ gradientTolerance: -1 }, "fit: gradientTolerance must be"],
  ])("%j", (options, sentence) => {
    expect(refused(options)).toContain(sentence);
  });
});
