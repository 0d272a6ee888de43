// What a trainer must survive: calls that are refused, calls in between, stacks that are full. Nothing is locked, nothing
// is begun before all of it was checked, and the engine stays usable.

import {
  batchNorm,
  compile,
  createDataset,
  createTrainer,
  DivergenceError,
  dropout,
  type FitOptions,
  type Layer,
  lbfgs,
  linear,
  meanSquaredError,
  minimizeSync,
  sam,
  sequential,
  sgd,
  solve,
  stepDecay,
  swa,
  type Tensor,
  type Trainer,
  tanh,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, testEngine } from "./engine.js";
import { parkMiller } from "./numbers.js";
import { batch, classifier, errorOf, hashOf, wrong } from "./refusals.js";
import { run } from "./transforms.js";

engineForAll();

/** Rows of a plane with noise. */
function rows(count: number) {
  const random = parkMiller(5);
  const inputs = Array.from({ length: count }, () => [random(), random()]);
  return { inputs, targets: inputs.map(([x = 0, y = 0]) => [x - 2 * y + 0.1 * random()]) };
}

const options = { model: sequential([linear(2, 3), tanh(), linear(3, 1)]), loss: meanSquaredError(), seed: 2 } as const;

describe("signals", () => {
  it("without events are looked at between slices", async () => {
    const trainer = classifier(engine);
    const signal = { aborted: false };
    const run = trainer.fit(batch, {
      steps: 1e9,
      signal: wrong(signal),
      onProgress: () => {
        signal.aborted = true;
      },
    });
    expect((await run).stopped).toBe("signal");
    trainer.step(batch);
    trainer.free();
  });

  it.each([
    ["addEventListener", false],
    ["removeEventListener", true],
  ] as const)("whose %s throws lock nothing", async (broken, runs) => {
    const trainer = classifier(engine);
    const data = createDataset(engine, batch, "classes");
    const before = hashOf(trainer);
    const signal = {
      aborted: false,
      addEventListener: () => {},
      removeEventListener: () => {},
      [broken]: () => {
        throw new Error("broken signal");
      },
    };
    const error = await errorOf(() => trainer.fit(data, { steps: 2, signal: wrong(signal) }));
    expect((error as Error).message).toBe("broken signal");
    if (!runs) expect(hashOf(trainer)).toBe(before);
    expect(trainer.steps).toBe(runs ? 2 : 0);
    trainer.step(batch);
    data.free();
    trainer.free();
  });
});

describe("what is refused has not begun", () => {
  // 7 rows by 2: after 2 steps an epoch stands in its middle, and all rows at once would begin another one.
  const data = { ...batch, inputs: [...batch.inputs, [1, 1], [2, 0], [0, 3]], targets: [...batch.targets, 0, 1, 2] };

  it.each<[string, FitOptions]>([
    ["a method that does not go with the trainer", { epochs: 1, method: lbfgs() }],
    ["validation samples that do not fit", { epochs: 1, validation: { inputs: [[1, 2, 3]], targets: [0] } }],
    ["a wrong label in the validation samples", { epochs: 1, validation: { inputs: [[1, 2]], targets: [5] } }],
  ])("%s", async (_, refused) => {
    const make = (): Trainer => classifier(engine, { average: swa({ unit: "step" }) });
    const [trainer, twin] = [make(), make()];
    for (const each of [trainer, twin]) await each.fit(data, { steps: 2, batchSize: 2 });
    const before = hashOf(trainer);
    expect(await errorOf(() => trainer.fit(data, refused))).toBeInstanceOf(Error);
    expect(hashOf(trainer)).toBe(before);
    for (const each of [trainer, twin]) await each.fit(data, { steps: 3, batchSize: 2 });
    expect(hashOf(trainer)).toBe(hashOf(twin));
  });

  it("options that change while it runs change nothing", async () => {
    const [trainer, twin] = [classifier(engine), classifier(engine)];
    const statistics = { every: 2 };
    const changing = { epochs: 3, batchSize: 2, statistics, validation: data, onProgress: () => {} };
    const run = trainer.fit(data, changing);
    Object.assign(changing, { epochs: 1e6, batchSize: 0, shuffle: 7, validation: null, lastBatch: "none" });
    statistics.every = 0;
    await run;
    await twin.fit(data, { epochs: 3, batchSize: 2 });
    expect(hashOf(trainer)).toBe(hashOf(twin));
  });
});

describe("a run may be asked from its first moment on", () => {
  it.each([false, true])("worker: %s", async (worker) => {
    const data = rows(300);
    const other = { inputs: [[7, 7, 7]] };
    const make = (): Trainer =>
      createTrainer(engine, {
        ...options,
        model: sequential([batchNorm(2), options.model, dropout(0.2)]),
        optimizer: sam(sgd({ learningRate: (t) => 0.05 / (1 + t), momentum: 0.9 })),
        microBatch: 13,
      });
    const [trainer, quiet] = [make(), make()];
    const run = trainer.fit(data, { epochs: 4, batchSize: 64, validation: rows(70), worker });
    let ended = false;
    run.then(() => {
      ended = true;
    });
    const start = quiet.predict(data.inputs);
    let asked = 0;
    while (!ended) {
      const seen = trainer.predict(data.inputs);
      if (asked++ === 0) expect(seen).toEqual(start);
      expect(() => trainer.predict(other.inputs)).toThrow();
      trainer.evaluate(rows(5));
      trainer.save();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const history = await run;
    expect(history.worker).toBe(worker);
    expect(asked).toBeGreaterThan(1);
    await quiet.fit(data, { epochs: 4, batchSize: 64, validation: rows(70) });
    expect(hashOf(trainer)).toBe(hashOf(quiet));
  });
});

describe("batches are cut evenly", () => {
  it("1,025 rows of batch norm are 513 and 512", async () => {
    const data = rows(1025);
    const model = sequential([batchNorm(2), linear(2, 1)]);
    const trainer = createTrainer(engine, { ...options, model, optimizer: sgd({ learningRate: 0.1 }) });
    expect(trainer.step(data).loss).toBeGreaterThan(0);
    await trainer.fit(data, { epochs: 1, batchSize: 1025 });
    await trainer.fit(data, { epochs: 1, method: lbfgs() });
    expect(measuredStep(trainer, data).statistics.step).toBe(trainer.steps);
  });

  // 7 by at most 3 is 3, 2, 2 and never 3, 3, 1; 10 by 4 is 4, 3, 3.
  it.each([
    [7, 3, [3, 2, 2]],
    [10, 4, [4, 3, 3]],
    [8, 4, [4, 4]],
    [5, 8, [5]],
    [9, 2, [2, 2, 2, 2, 1]],
  ] as const)("%i rows by at most %i", (count, microBatch, wanted) => {
    const cut: number[] = [];
    const plain = linear(2, 1);
    const watched: Layer = {
      ...plain,
      apply(parameters, x, context) {
        if (context.training) cut.push(x.shape[0] as number);
        return plain.apply(parameters, x, context);
      },
    };
    const make = (model: Layer, most: number): Trainer =>
      createTrainer(engine, {
        ...options,
        model,
        optimizer: sgd({ learningRate: 0.1 }),
        dtype: "f64",
        microBatch: most,
      });
    const [whole, parts] = [make(plain, 1024), make(watched, microBatch)];
    const [a, b] = [whole.step(rows(count)), parts.step(rows(count))];
    expect(b.loss).toBeCloseTo(a.loss, 12);
    expect(b.gradientNorm).toBeCloseTo(a.gradientNorm, 12);
    // A program for each number of rows that occurs.
    expect(cut).toEqual([...new Set(wanted)]);
  });
});

describe("endless", () => {
  it("a checkpoint whose counts cannot grow is refused", () => {
    const trainer = classifier(engine);
    const text = new TextDecoder("latin1").decode(trainer.save());
    const before = hashOf(trainer);
    for (const [name, value] of [
      ["step", "9007199254740991"],
      ["step", "4503599627370497"],
      ["epoch", "4294967295"],
    ] as const) {
      // As many bytes as were there: the header is padded with blanks.
      const old = `"${name}":"0"`;
      const changed = text.replace(old, `"${name}":"${value}"`);
      const length = changed.indexOf("}}") > 0 ? changed.length - text.length : 0;
      const bytes = Uint8Array.from(changed, (c) => c.charCodeAt(0));
      const view = new DataView(bytes.buffer);
      view.setBigUint64(0, view.getBigUint64(0, true) + BigInt(length), true);
      expect(() => trainer.restore(bytes), name).toThrow(new RegExp(`restore: ${name} is ${value}`));
    }
    expect(hashOf(trainer)).toBe(before);
  });

  it("a step of 2^52 goes on", async () => {
    const trainer = classifier(engine);
    const text = new TextDecoder("latin1").decode(trainer.save());
    const changed = text.replace('"step":"0"', '"step":"4503599627370496"');
    const bytes = Uint8Array.from(changed, (c) => c.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, view.getBigUint64(0, true) + 15n, true);
    trainer.restore(bytes);
    expect((await trainer.fit(batch, { steps: 2 })).steps).toBe(2);
    expect(trainer.steps).toBe(2 ** 52 + 2);
  });
});

describe("a stack that is almost full", () => {
  /** Calls `body` with ever a little more of the stack, and returns the errors. */
  function onFullStack(body: () => unknown): unknown[] {
    const errors: unknown[] = [];
    let left = 420;
    const dive = (): void => {
      try {
        dive();
      } catch (full) {
        if (left-- > 0) {
          try {
            body();
          } catch (error) {
            errors.push(error);
          }
        }
        throw full;
      }
    };
    try {
      dive();
    } catch {}
    return errors;
  }

  it("breaks no engine", async () => {
    const own = await testEngine();
    const trainer = createTrainer(own, {
      ...options,
      optimizer: sgd({ learningRate: stepDecay({ initial: 0.1, length: 2 }) }),
    });
    const samples = rows(4);
    const data = createDataset(own, samples);
    const square = compile(own, (x: Tensor) => x.square().sum());
    const bodies: Readonly<Record<string, () => unknown>> = {
      evaluate: () => trainer.evaluate(data),
      step: () => trainer.step(samples),
      predict: () => trainer.predict(samples.inputs),
      learningRate: () => trainer.learningRate,
      compiled: () => square(Float64Array.of(3, 4)),
      traced: () => run(own, (x: Tensor) => x.square().sum(), [3, 4]),
      minimize: () => minimizeSync(own, (x: Tensor) => x.square().sum(), [3, 4]),
      solve: () => solve(own, [[2]], [4]),
    };
    for (const [name, body] of Object.entries(bodies)) {
      // Compiled by the host before, for a compiler needs more of the stack than the code.
      for (let k = 0; k < 500; k++) body();
      for (const error of onFullStack(body)) expect(String(error), name).not.toContain("trap");
      body();
    }
    expect(square([3, 4])).toBe(25);
    expect(errorsOf(trainer)).toBe(null);
  });

  function errorsOf(trainer: Trainer): unknown {
    try {
      trainer.evaluate(rows(3));
      return null;
    } catch (error) {
      return error instanceof DivergenceError ? null : error;
    }
  }
});
