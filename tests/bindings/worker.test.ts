// Runs in a worker, against the same runs without one: everything has to agree bit for bit.

import {
  accuracy,
  adam,
  batchNorm,
  createDataset,
  createTrainer,
  dropout,
  ema,
  type FitOptions,
  type FitProgress,
  f1,
  linear,
  meanSquaredError,
  plateauSchedule,
  relu,
  rSquared,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { afterEach, describe, expect, it, vi } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";
import { classSamples, timeless } from "./runs.js";

engineForEach();

const samplesOf = (rows: number, seed: number) => classSamples(rows, 5, seed);
const training = samplesOf(203, 1);
const validation = samplesOf(301, 3);

const create = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(5, 16), batchNorm(16), relu(), dropout(0.3), linear(16, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: [accuracy(), f1({ average: "macro" })],
    seed: 5,
    ...options,
  });

/** Fits with and without a worker; both histories and checkpoints must be the same. */
async function expectSame(fit: FitOptions, options: Parameters<typeof create>[0] = {}, data = training): Promise<void> {
  const [here, there] = [create(options), create(options)];
  const plain = await here.fit(data, fit);
  const remote = await there.fit(data, { ...fit, worker: true });
  expect(plain.worker).toBe(false);
  expect(remote.worker).toBe(true);
  expect(timeless(remote)).toEqual(timeless(plain));
  expect(there.save()).toEqual(here.save());
  // And both go on alike, which shows what a checkpoint does not hold.
  expect(timeless(await there.fit(data, { epochs: 1, batchSize: 20 }))).toEqual(
    timeless(await here.fit(data, { epochs: 1, batchSize: 20 })),
  );
  expect(there.save()).toEqual(here.save());
}

describe("fit in a worker gives the bits of fit without one", () => {
  it("over epochs with validation, dropout, batch norm and a short last batch", () =>
    expectSame({ epochs: 5, batchSize: 32, validation }));

  it("over steps that end within an epoch, without validation", () => expectSame({ steps: 41, batchSize: 20 }));

  it("in f64, with an average, momentum and decay", () =>
    expectSame(
      { epochs: 3, batchSize: 50, validation },
      { dtype: "f64", average: ema({ decay: 0.9 }), optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) },
    ));

  it("with batches of several micro-batches", () =>
    expectSame({ epochs: 4, batchSize: 100, validation }, { microBatch: 32 }));

  it("with a user's function and a plateau as schedules", async () => {
    await expectSame(
      { epochs: 6, batchSize: 10, validation },
      { optimizer: adam({ learningRate: (step) => 0.01 / (1 + step / 10) }) },
    );
    await expectSame(
      { epochs: 8, batchSize: 50, validation },
      { optimizer: sgd({ learningRate: plateauSchedule({ initial: 0.5, factor: 0.5, patience: 0 }) }) },
    );
  });

  it("with early stopping, which goes back to the best weights", () =>
    expectSame({ epochs: 200, batchSize: 16, validation, earlyStopping: { patience: 2 } }));

  it("with a tolerance of the gradient and a target of the loss", async () => {
    const line = {
      model: linear(1, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.3 }),
      metrics: [],
      dtype: "f64" as const,
    };
    const points = { inputs: [[-1], [0], [1], [2]], targets: [[-1], [1], [3], [5]] } as never;
    await expectSame({ steps: 5000, batchSize: 4, gradientTolerance: 1e-6 }, line, points);
    await expectSame({ epochs: 5000, batchSize: 2, targetLoss: 1e-3 }, line, points);
  });

  it("over a data set that is resident and larger than a piece of the copy", async () => {
    const rows = 3000;
    const data = { data: Float64Array.from(numbers(rows * 200, -1, 1, 9)), shape: [rows, 200] };
    const samples = createDataset(engine, {
      inputs: data,
      targets: Int32Array.from({ length: rows }, (_, i) => i % 3),
    });
    await expectSame({ epochs: 2, batchSize: 64 }, { model: linear(200, 3) }, samples as never);
    samples.free();
  });
});

describe("a run in a worker", () => {
  it("may be iterated, and leaving the loop stops it there", async () => {
    const leave = async (worker: boolean): Promise<[number, Uint8Array]> => {
      const trainer = create();
      let seen = 0;
      for await (const _ of trainer.fit(training, { epochs: 50, batchSize: 16, worker })) if (++seen === 3) break;
      return [trainer.steps, trainer.save()];
    };
    expect(await leave(true)).toEqual(await leave(false));
  });

  it("lets the trainer be asked and saved while it goes on, as of the last progress", async () => {
    const trainer = create();
    const twin = create();
    const seen: number[] = [];
    await trainer.fit(training, {
      steps: 20_000,
      batchSize: 16,
      worker: true,
      onProgress({ step, losses }) {
        expect(trainer.steps).toBe(step);
        seen.push(losses.length);
        // Another number of rows than any program has: memory moves here, and the worker does not mind.
        const { data } = trainer.predict({ data: new Float32Array(5 * 2000), shape: [2000, 5] });
        expect(data.every(Number.isFinite)).toBe(true);
        expect(() => trainer.step(training)).toThrow("a run is in progress");
        if (seen.length > 1) return;
        twin.restore(trainer.save());
        expect(twin.steps).toBe(step);
      },
    });
    expect(seen.reduce((sum, count) => sum + count, 0)).toBe(20_000);
    await twin.fit(training, { steps: 20_000 - twin.steps, batchSize: 16 });
    expect(trainer.save()).toEqual(twin.save());
  });

  it("reports at most every 100 ms, every loss once", async () => {
    // A clock of the test's own, which goes on by 40 ms with every slice of the worker that could be reported.
    let clock = 0;
    vi.stubGlobal("performance", {
      now: () => {
        clock += 40;
        return clock;
      },
    });
    const times: number[] = [];
    let losses = 0;
    const onProgress = (progress: FitProgress): void => {
      times.push(clock);
      losses += progress.losses.length;
    };
    // Validation ends a slice with every epoch: there are at least as many.
    await create().fit(training, { epochs: 10, batchSize: 32, validation, worker: true, onProgress });
    vi.unstubAllGlobals();
    const gaps = times.slice(1, -1).map((time, k) => time - (times[k] as number));
    expect(gaps.length).toBeGreaterThanOrEqual(2);
    expect(gaps).toEqual(gaps.map(() => 120));
    expect(losses).toBe(10 * Math.ceil(203 / 32));
    expect(times.at(-1), "the last slice is always reported").toBe(clock);
  });

  it("stops at a whole step when its signal says so", async () => {
    const controller = new AbortController();
    const trainer = create();
    const run = trainer.fit(training, {
      steps: 1e9,
      batchSize: 16,
      worker: true,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    const { stopped, steps } = await run;
    expect(stopped).toBe("signal");
    expect(trainer.steps).toBe(steps);
    const twin = create();
    await twin.fit(training, { steps, batchSize: 16 });
    expect(twin.save()).toEqual(trainer.save());
  });

  it("diverges with the same error, and stands at the last good step", async () => {
    const wild = { optimizer: sgd({ learningRate: 1e12 }), model: linear(5, 3), loss: meanSquaredError(), metrics: [] };
    const data = { inputs: training.inputs, targets: { data: new Float32Array(203 * 3), shape: [203, 3] } };
    const fails = async (worker: boolean) => {
      const trainer = create(wild);
      const error = await trainer.fit(data, { epochs: 50, batchSize: 16, worker }).then(
        () => null,
        (reason: unknown) => reason as Error,
      );
      return { name: error?.name, message: error?.message, ...error, saved: trainer.save() };
    };
    const there = await fails(true);
    expect(there.name).toBe("DivergenceError");
    expect(there).toEqual(await fails(false));
  });

  it("may run beside another one, and memory is given back", async () => {
    const [a, b] = [create(), create({ seed: 6 })];
    const before = engine.bytesInUse;
    const fit = { epochs: 3, batchSize: 32, validation, worker: true };
    await Promise.all([a.fit(training, fit), b.fit(training, fit)]);
    const after = engine.bytesInUse;
    await Promise.all([a.fit(training, fit), b.fit(training, fit)]);
    expect(engine.bytesInUse).toBe(after);
    a.free();
    b.free();
    expect(engine.bytesInUse).toBeLessThan(before);
  });

  it("fails with what a schedule throws, and leaves the trainer usable", async () => {
    const trainer = create({ optimizer: adam({ learningRate: (step) => (step < 10 ? 0.01 : Number.NaN) }) });
    await expect(trainer.fit(training, { steps: 20, worker: true })).rejects.toThrow(RangeError);
    expect(trainer.predict(training.inputs).shape).toEqual([203, 3]);
  });

  it("refuses what is no worker", () => {
    const trainer = create();
    expect(() => trainer.fit(training, { epochs: 1, worker: 1 as never })).toThrow(
      "fit: worker must be true, false or the URL of thalweg/worker, got 1.",
    );
    expect(() => trainer.fit(training, { epochs: 1, worker: null as never })).toThrow(TypeError);
  });
});

it("there is no worker where statistics are measured, and there is one in Node whatever the URL", async () => {
  const measuring = { steps: 2, statistics: { every: 1 }, worker: true };
  const workerReason = "statistics are measured in this thread";
  expect(await create().fit(training, measuring)).toMatchObject({ worker: false, workerReason });
  expect((await create().fit(training, { steps: 2, worker: "/nowhere.js" })).worker).toBe(true);
});

describe("a worker that is missing", () => {
  // The browser's package in this host, which has no Worker of the web unless the test gives it one.
  const onWeb = async (worker: boolean | string | URL) => {
    const entry = "../../dist/browser.js";
    const web = (await import(entry)) as typeof import("thalweg");
    const other = await web.createEngine({ wasm: engine.module });
    const trainer = web.createTrainer(other, {
      model: web.linear(5, 3),
      loss: web.softmaxCrossEntropy(),
      optimizer: web.adam({ learningRate: 0.01 }),
      seed: 5,
    });
    const history = await trainer.fit(training, { epochs: 3, batchSize: 16, worker });
    return { history, saved: trainer.save() };
  };
  const stub = (worker: unknown) => vi.stubGlobal("Worker", worker);
  afterEach(() => vi.unstubAllGlobals());

  it("is done without, with the same numbers, and the history says so", async () => {
    stub(undefined);
    const { history, saved } = await onWeb(true);
    expect(history).toMatchObject({ worker: false, workerReason: "this host has no workers" });
    const without = await onWeb(false);
    expect(saved).toEqual(without.saved);
    expect(without.history).not.toHaveProperty("workerReason");
  });

  it("is done without where the page's policy forbids it, at once or later", async () => {
    stub(function refused() {
      throw new Error("Refused to create a worker");
    });
    const forbidden = { worker: false, workerReason: "Refused to create a worker" };
    expect((await onWeb(true)).history).toMatchObject(forbidden);
    stub(
      class {
        onerror = (_event: unknown) => {};
        constructor() {
          setTimeout(() => this.onerror({ preventDefault() {}, message: "" }), 5);
        }
        terminate() {}
      },
    );
    const unloaded = { worker: false, workerReason: "it could not be loaded" };
    expect((await onWeb(true)).history).toMatchObject(unloaded);
    await expect(onWeb("https://example.org/worker.js")).rejects.toThrow(
      "fit: the worker at https://example.org/worker.js does not run: it could not be loaded. Serve the package's " +
        "worker.js there, or give worker: true.",
    );
  });

  it("that cannot make its instance is an EngineError, and the trainer stands where it stood", async () => {
    const trainer = create();
    const saved = trainer.parameters();
    const { module } = engine;
    Object.assign(engine, { module: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) });
    const error = await trainer.fit(training, { epochs: 1, worker: true }).then(null, (reason: unknown) => reason);
    Object.assign(engine, { module });
    expect((error as Error).name).toBe("EngineError");
    expect((error as Error).message).toMatch(/^fit: the worker failed \(/);
    expect(trainer.parameters()).toEqual(saved);
    expect((await trainer.fit(training, { epochs: 1, worker: true })).worker).toBe(true);
  });
});

describe("validation samples of another form than those of training", () => {
  const inputs = [[1], [2], [3], [4], [5]];
  const labels = { inputs, targets: [0, 1, 0, 1, 1] };
  const hot = { inputs, targets: labels.targets.map((label) => [1 - label, label]) };

  it.each([
    ["rows of numbers beside classes", labels, hot],
    ["classes beside rows of numbers", hot, labels],
  ])("are evaluated as without a worker: %s", async (_, samples, validation) => {
    const made = (): Trainer =>
      createTrainer(engine, {
        model: linear(1, 2),
        loss: softmaxCrossEntropy(),
        optimizer: sgd({ learningRate: 0.1 }),
      });
    const losses = async (worker: boolean): Promise<unknown> => {
      const { epochs, workerReason } = await made().fit(samples, { epochs: 3, batchSize: 2, validation, worker });
      expect(workerReason).toBe(worker ? "the validation samples have another form" : undefined);
      return epochs.map((epoch) => [epoch.loss, epoch.validation?.loss]);
    };
    expect(await losses(true)).toEqual(await losses(false));
  });
});

it("evaluates its validation samples also while others, of another width, are evaluated here", async () => {
  const narrow = { inputs: [[1], [2], [3]], targets: [[1], [0], [2]] };
  const wide = { inputs: [[1, 2, 3]], targets: [[1, 2, 3]] };
  const losses = async (worker: boolean): Promise<unknown> => {
    const metrics = [rSquared()];
    const trainer = createTrainer(engine, { model: tanh(), loss: meanSquaredError(), optimizer: adam(), metrics });
    const seen: unknown[] = [];
    for await (const { validation } of trainer.fit(narrow, { epochs: 3, validation: narrow, worker })) {
      seen.push(validation);
      trainer.evaluate(wide);
    }
    return seen;
  };
  expect(await losses(true)).toEqual(await losses(false));
});
