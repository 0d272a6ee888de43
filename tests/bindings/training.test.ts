// The training step and everything around it: bits that may not depend on how the work is cut, and what a run answers.

import {
  accuracy,
  adam,
  adamW,
  createDataset,
  createTrainer,
  type Epoch,
  type FitProgress,
  type History,
  type Layer,
  type Loss,
  linear,
  meanSquaredError,
  type NDArray,
  type Optimizer,
  onesInitializer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, hash, numbers, typed } from "./numbers.js";
import { type Inputs, valueAndGrad } from "./transforms.js";

engineForEach();

const momentum = 0.9;
const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.1 }),
  "sgd, buffer": sgd({ learningRate: 0.05, momentum }),
  "sgd, buffer with dampening": sgd({ learningRate: 0.05, momentum, dampening: 0.5 }),
  "sgd, buffer from zero": sgd({ learningRate: 0.05, momentum, dampening: 0.5, firstStep: "zero" }),
  "sgd, buffer, Nesterov": sgd({ learningRate: 0.05, momentum, nesterov: true }),
  "sgd, velocity": sgd({ learningRate: 0.05, momentum, momentumForm: "velocity" }),
  "sgd, velocity, Nesterov": sgd({ learningRate: 0.05, momentum, momentumForm: "velocity", nesterov: true }),
  "sgd, heavy ball, look-ahead": sgd({
    learningRate: 0.05,
    momentum,
    momentumForm: "heavyBall",
    nesterov: "lookahead",
  }),
  "sgd, mean": sgd({ learningRate: 0.1, momentum, momentumForm: "ema" }),
  "sgd, mean, look-ahead": sgd({ learningRate: 0.1, momentum, momentumForm: "ema", nesterov: "lookahead" }),
  adam: adam({ learningRate: 0.01 }),
  adamW: adamW({ learningRate: 0.01, weightDecay: 0.1 }),
};

const rows = 37;
const features = 5;
const classes = 3;
const inputs = { data: Float32Array.from(numbers(rows * features, -1, 1)), shape: [rows, features] };
const targets = Int32Array.from(numbers(rows, 0, classes, 99), Math.floor);
const data = { inputs, targets };
/** Rows `from` .. `to` of the data as a batch. */
const batchOf = (from: number, to: number) => ({
  inputs: { data: inputs.data.slice(from * features, to * features), shape: [to - from, features] },
  targets: targets.slice(from, to),
});

function classifier(optimizer: Optimizer, options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(features, 9), tanh(), linear(9, classes)]),
    loss: softmaxCrossEntropy(),
    optimizer,
    seed: 5,
    ...options,
  });
}

const weightsOf = (trainer: Trainer): number[] => Object.values(trainer.parameters()).flatMap((p) => flat(p));
const hashOf = (trainer: Trainer): string => hash(Object.values(trainer.parameters()).map(({ data }) => data));

/** Collects the loss of every update of a run. */
function recorder(): { losses: number[]; onProgress: (progress: FitProgress) => void } {
  const losses: number[] = [];
  return { losses, onProgress: (progress) => losses.push(...progress.losses) };
}

describe("one step equals the same step op by op", () => {
  const model = ({ w1, b1, w2, b2 }: Inputs, x: Tensor): Tensor => x.matmul(w1!).add(b1!).tanh().matmul(w2!).add(b2!);

  /** Loss and gradient of the classifier by valueAndGrad, at weights that the test keeps itself. */
  function slopes(dtype: "f32" | "f64", weights: Record<string, NDArray>) {
    const f = valueAndGrad(engine, ({ x, y, ...weights }: Inputs) =>
      // Integers cannot be differentiated, so the labels come as one-hot rows.
      model(weights, x!.stopGradient())
        .logSoftmax()
        .multiply(y!.stopGradient())
        .sum({ axes: -1 })
        .negate()
        .cast("f64")
        .mean()
        .cast(dtype),
    );
    const hot = Array.from({ length: rows * classes }, (_, k) =>
      Number(targets[Math.floor(k / classes)] === k % classes),
    );
    const { value, gradient } = f({
      ...weights,
      x: { data: typed(dtype, Array.from(inputs.data)), shape: inputs.shape },
      y: { data: typed(dtype, hot), shape: [rows, classes] },
    });
    return { value, gradient };
  }

  const names = { w1: "0.weight", b1: "0.bias", w2: "2.weight", b2: "2.bias" } as const;
  type Name = keyof typeof names;

  /** The update of one number in the arithmetic of a type. */
  type Rule = (w: number, g: number, state: number[], step: number, round: (x: number) => number) => number;
  const rules: Readonly<Record<string, { optimizer: Optimizer; rule: Rule }>> = {
    sgd: {
      optimizer: sgd({ learningRate: 0.1 }),
      rule: (w, g, _state, _step, r) => r(w - r(r(0.1) * g)),
    },
    momentum: {
      optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
      rule: (w, g, state, _step, r) => {
        state[0] = r(r(r(0.9) * (state[0] ?? 0)) + g);
        return r(w + r(r(-0.1) * state[0]));
      },
    },
    adam: {
      optimizer: adam({ learningRate: 0.01 }),
      rule: (w, g, state, step, r) => {
        state[0] = r(r(r(0.9) * (state[0] ?? 0)) + r(r(1 - 0.9) * g));
        state[1] = r(r(r(0.999) * (state[1] ?? 0)) + r(r(1 - 0.999) * r(g * g)));
        const root = r(r(r(Math.sqrt(state[1])) * r(1 / Math.sqrt(1 - 0.999 ** step))) + r(1e-8));
        return r(w - r(r(r(0.01 / (1 - 0.9 ** step)) * state[0]) / root));
      },
    },
  };

  describe.each(["f32", "f64"] as const)("%s", (dtype) => {
    it.each(Object.keys(rules))("%s", (name) => {
      const { optimizer, rule } = rules[name]!;
      const trainer = classifier(optimizer, { dtype });
      const round = dtype === "f32" ? Math.fround : (x: number) => x;
      const initial = trainer.parameters();
      const weights = Object.fromEntries(
        (Object.keys(names) as Name[]).map((key) => [key, initial[names[key]] as NDArray]),
      );
      const states = new Map(
        Object.entries(weights).map(([key, { data }]) => [key, Array.from(data, (): number[] => [])]),
      );
      for (let step = 1; step <= 5; step++) {
        const { value, gradient } = slopes(dtype, weights);
        const result = trainer.step(data);
        expectClose(result.loss, value, dtype === "f32" ? 2e-7 : 1e-15, `loss of step ${step}`);
        const norm = Math.hypot(...(Object.keys(names) as Name[]).flatMap((key) => flat(gradient[key])));
        expectClose(result.gradientNorm, norm, dtype === "f32" ? 1e-6 : 1e-14, "gradient norm", 0);
        for (const [key, weight] of Object.entries(weights))
          for (let k = 0; k < weight.data.length; k++)
            weight.data[k] = rule(
              weight.data[k] as number,
              gradient[key]!.data[k] as number,
              states.get(key)![k] as number[],
              step,
              round,
            );
        const after = trainer.parameters();
        // The one-hot loss above is another sum than the fused one, so the gradients agree only within rounding.
        for (const key of Object.keys(names) as Name[])
          expectClose(after[names[key]], weights[key], dtype === "f32" ? 2e-6 : 1e-13, `${key} after step ${step}`);
      }
    });
  });

  it("bit for bit where both take the same way: linear model, squared error, f32", () => {
    const wanted = Float32Array.from(numbers(rows * 2, -1, 1, 41));
    const trainer = createTrainer(engine, {
      model: sequential([linear(features, 4), relu(), linear(4, 2)]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      seed: 2,
    });
    const f = valueAndGrad(engine, ({ w1, b1, w2, b2, x, y }: Inputs) =>
      x!.matmul(w1!).add(b1!).relu().matmul(w2!).add(b2!).subtract(y!).square().cast("f64").mean().cast("f32"),
    );
    const start = trainer.parameters();
    const at = Object.fromEntries((Object.keys(names) as Name[]).map((key) => [key, start[names[key]] as NDArray]));
    for (let step = 0; step < 10; step++) {
      const batch = { x: inputs, y: { data: wanted, shape: [rows, 2] } };
      const { value, gradient } = f({ ...at, ...batch });
      const { loss } = trainer.step({ inputs, targets: batch.y });
      expect(loss).toBe(value);
      for (const [key, { data }] of Object.entries(at))
        for (let k = 0; k < data.length; k++)
          data[k] = (data[k] as number) - Math.fround(Math.fround(0.1) * (gradient[key]!.data[k] as number));
      for (const key of Object.keys(names) as Name[])
        expectSameBits(trainer.parameters()[names[key]], at[key], `${key} after step ${step + 1}`);
    }
  });
});

describe.each(Object.keys(optimizers))("%s", (name) => {
  const optimizer = optimizers[name] as Optimizer;
  const options = { batchSize: 8 } as const;

  it("50 + 50 steps through save and restore equal 100, bit for bit", async () => {
    const whole = classifier(optimizer);
    const all = recorder();
    await whole.fit(data, { steps: 100, ...options, onProgress: all.onProgress });
    const first = classifier(optimizer);
    const halves = recorder();
    await first.fit(data, { steps: 50, ...options, onProgress: halves.onProgress });
    const bytes = first.save();
    const second = classifier(optimizer, { seed: 77 });
    second.restore(bytes);
    expect(second.steps).toBe(50);
    await second.fit(data, { steps: 50, ...options, onProgress: halves.onProgress });
    expectSameBits(halves.losses, all.losses, "losses");
    expectSameBits(weightsOf(second), weightsOf(whole), "weights");
    expectSameBits(second.save(), whole.save(), "checkpoint");
  });

  it("many steps in one call equal one by one, bit for bit", async () => {
    const together = classifier(optimizer);
    await together.fit(data, { steps: 60, ...options });
    const apart = classifier(optimizer);
    for (let k = 0; k < 60; k++) await apart.fit(data, { steps: 1, ...options });
    expectSameBits(apart.save(), together.save());
  });

  it("fit over the data in its own order equals step(batch) in a loop, bit for bit", async () => {
    const fitted = classifier(optimizer);
    const { losses, onProgress } = recorder();
    await fitted.fit(data, { epochs: 3, ...options, shuffle: false, onProgress });
    const stepped = classifier(optimizer);
    const own: number[] = [];
    for (let epoch = 0; epoch < 3; epoch++)
      for (let from = 0; from < rows; from += 8) own.push(stepped.step(batchOf(from, Math.min(from + 8, rows))).loss);
    expectSameBits(own, losses, "losses");
    expectSameBits(weightsOf(stepped), weightsOf(fitted), "weights");
  });

  it("learns", async () => {
    const trainer = classifier(optimizer, { metrics: [accuracy()] });
    const before = trainer.evaluate(data).loss;
    await trainer.fit(data, { epochs: 40, ...options });
    expect(trainer.evaluate(data).loss).toBeLessThan(0.8 * before);
  });
});

describe("bits", () => {
  const weightsAfter = async (seed: number, dtype: "f32" | "f64" = "f32"): Promise<string> => {
    const trainer = classifier(adam({ learningRate: 0.01 }), { seed, dtype });
    await trainer.fit(data, { steps: 40, batchSize: 8 });
    return hashOf(trainer);
  };

  it("same seed, same bits; another seed, other bits; all 53 bits of a seed count", async () => {
    const hashes = await Promise.all([7, 7, 8, 7 + 2 ** 32, 0].map((seed) => weightsAfter(seed)));
    expect(hashes[1]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(4);
  });

  // These literals are the same for the debug and the release build, for every host and every run.
  it("are those of every other build and host", async () => {
    expect([await weightsAfter(7), await weightsAfter(7, "f64")]).toEqual(["72945226", "787e3e59"]);
  });

  it("two trainers of one engine that run at the same time do not see each other", async () => {
    const alone = [];
    for (const seed of [1, 2]) {
      const trainer = classifier(adam(), { seed });
      await trainer.fit(data, { epochs: 3, batchSize: 8 });
      alone.push(hashOf(trainer));
    }
    const pair = [1, 2].map((seed) => classifier(adam(), { seed }));
    await Promise.all(pair.map((trainer) => trainer.fit(data, { epochs: 3, batchSize: 8 })));
    expect(pair.map(hashOf)).toEqual(alone);
  });

  it("evaluate, predict, classify, cost, parameters and save between epochs change nothing", async () => {
    const quiet = classifier(adam());
    await quiet.fit(data, { epochs: 4, batchSize: 8 });
    const busy = classifier(adam(), { metrics: [accuracy()] });
    for (let epoch = 0; epoch < 4; epoch++) {
      await busy.fit(data, { epochs: 1, batchSize: 8, validation: batchOf(3, 20) });
      busy.evaluate(data);
      busy.predict(inputs);
      busy.classify(inputs.data.slice(0, features));
      busy.cost(data, 16);
      busy.parameters();
      busy.save();
    }
    expectSameBits(busy.save(), quiet.save());
  });
});

describe("batches above microBatch", () => {
  const options = { batchSize: 30, epochs: 3 } as const;
  const trained = async (microBatch: number, dtype: "f32" | "f64" = "f64", optimizer = adam()): Promise<Trainer> => {
    const trainer = classifier(optimizer, { microBatch, dtype });
    await trainer.fit(data, options);
    return trainer;
  };

  it.each([1, 4, 7, 16, 29])("of %d rows add up to the whole batch", async (microBatch) => {
    const whole = await trained(1024);
    const summed = await trained(microBatch);
    expect(summed.steps).toBe(whole.steps);
    expectClose(weightsOf(summed), weightsOf(whole), 1e-12);
  });

  it("are added in a fixed order", async () => {
    expectSameBits((await trained(7, "f32")).save(), (await trained(7, "f32")).save());
    const stepwise = classifier(adam(), { microBatch: 7 });
    const at = (await trained(7, "f32")).steps;
    for (let k = 0; k < at; k++) await stepwise.fit(data, { batchSize: 30, steps: 1 });
    expectSameBits(stepwise.save(), (await trained(7, "f32")).save());
  });

  it("report one loss an update, the mean over the whole batch", async () => {
    const run = async (microBatch: number): Promise<number[]> => {
      const { losses, onProgress } = recorder();
      await classifier(sgd({ learningRate: 0.1 }), { microBatch, dtype: "f64" }).fit(data, { ...options, onProgress });
      return losses;
    };
    expectClose(await run(7), await run(1024), 1e-13);
  });

  it("step(batch) accumulates as fit does", async () => {
    const trainer = classifier(adam(), { microBatch: 7 });
    const fitted = classifier(adam(), { microBatch: 7 });
    for (let k = 0; k < 3; k++) trainer.step(data);
    await fitted.fit(data, { steps: 3, batchSize: rows, shuffle: false });
    expectSameBits(weightsOf(trainer), weightsOf(fitted));
  });

  it("take the gradient at one place, look-ahead included", async () => {
    const optimizer = sgd({ learningRate: 0.05, momentum, momentumForm: "velocity", nesterov: "lookahead" });
    const whole = await trained(1024, "f64", optimizer);
    expectClose(weightsOf(await trained(7, "f64", optimizer)), weightsOf(whole), 1e-12);
  });
});

/** A model without use for its weight, whose loss is its input: losses of an epoch are the rows in their order. */
const echo: Layer = {
  name: "echo",
  parameters: { w: { shape: [], initializer: onesInitializer } },
  apply: ({ w }, x) => x.add(w!.multiply(0)),
};
const meanOfInputs: Loss = { name: "meanOfInputs", targets: "values", apply: (x) => x.mean() };

describe("order of the rows", () => {
  const counted = (count: number) => ({
    inputs: Array.from({ length: count }, (_, k) => [k]),
    targets: Array.from({ length: count }, () => [0]),
  });
  const echoing = (seed: number, options: Partial<TrainerOptions> = {}): Trainer =>
    createTrainer(engine, {
      model: echo,
      loss: meanOfInputs,
      optimizer: sgd({ learningRate: 0.1 }),
      dtype: "f64",
      seed,
      ...options,
    });
  async function orders(trainer: Trainer, count: number, epochs: number, shuffle = true): Promise<number[][]> {
    const { losses, onProgress } = recorder();
    await trainer.fit(counted(count), { epochs, batchSize: 1, shuffle, onProgress });
    return Array.from({ length: epochs }, (_, epoch) => losses.slice(epoch * count, (epoch + 1) * count));
  }
  const sorted = (order: number[]): number[] => [...order].sort((a, b) => a - b);

  it.each([1, 2, 3, 31, 257, 1000])("of %d rows is a permutation, another one each epoch", async (count) => {
    const all = await orders(echoing(3), count, 3);
    for (const order of all) expect(sorted(order)).toEqual(Array.from({ length: count }, (_, k) => k));
    if (count > 10) expect(new Set(all.map(String)).size).toBe(3);
  });

  it("depends on seed and epoch and on nothing else", async () => {
    const expected = await orders(echoing(3), 50, 3);
    expect(await orders(echoing(3), 50, 3)).toEqual(expected);
    expect(await orders(echoing(4), 50, 3)).not.toEqual(expected);
    expect(await orders(echoing(3, { optimizer: adam(), dtype: "f32", microBatch: 1 }), 50, 3)).toEqual(expected);
    // In pairs: means of neighbours.
    const { losses, onProgress } = recorder();
    await echoing(3).fit(counted(50), { epochs: 3, batchSize: 2, onProgress });
    const flatOrder = expected.flat();
    expect(losses).toEqual(losses.map((_, k) => ((flatOrder[2 * k] as number) + (flatOrder[2 * k + 1] as number)) / 2));
    // In runs of one epoch, with a run over other data between.
    const trainer = echoing(3);
    const apart = [...(await orders(trainer, 50, 1)), ...(await orders(trainer, 50, 1))];
    expect(apart).toEqual(expected.slice(0, 2));
  });

  it("shuffle: false keeps the rows as they are", async () => {
    expect(await orders(echoing(3), 5, 2, false)).toEqual([
      [0, 1, 2, 3, 4],
      [0, 1, 2, 3, 4],
    ]);
  });

  it("has no favourites: all orders of 3 rows come equally often", async () => {
    const epochs = 1200;
    const seen = new Map<string, number>();
    for (const order of await orders(echoing(1), 3, epochs))
      seen.set(String(order), (seen.get(String(order)) ?? 0) + 1);
    expect(seen.size).toBe(6);
    const expected = epochs / 6;
    const chiSquare = [...seen.values()].reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(20.5); // 5 degrees of freedom, p = 0.001; the draw is fixed by its seed
  });

  it("lastBatch: keep trains on the short rest, drop does not; the epoch's loss is the mean over its samples", async () => {
    const run = async (lastBatch: "keep" | "drop") => {
      const { losses, onProgress } = recorder();
      const history = await echoing(3).fit(counted(10), {
        epochs: 2,
        batchSize: 4,
        lastBatch,
        onProgress,
        shuffle: false,
      });
      return { losses, steps: history.steps, means: history.epochs.map(({ loss }) => loss) };
    };
    expect(await run("keep")).toEqual({ losses: [1.5, 5.5, 8.5, 1.5, 5.5, 8.5], steps: 6, means: [4.5, 4.5] });
    expect(await run("drop")).toEqual({ losses: [1.5, 5.5, 1.5, 5.5], steps: 4, means: [3.5, 3.5] });
  });

  it("drop keeps a last batch that is full", async () => {
    const { losses, onProgress } = recorder();
    const options = { epochs: 2, batchSize: 4, lastBatch: "drop", shuffle: false, onProgress } as const;
    const history = await echoing(3).fit(counted(12), options);
    expect(losses).toEqual([1.5, 5.5, 9.5, 1.5, 5.5, 9.5]);
    expect(history.epochs.map(({ loss }) => loss)).toEqual([5.5, 5.5]);
  });

  it("a batch has 32 rows unless another number is given", async () => {
    const { losses, onProgress } = recorder();
    await echoing(3).fit(counted(70), { epochs: 1, shuffle: false, onProgress });
    expect(losses).toEqual([15.5, 47.5, 66.5]);
  });

  it("an epoch that was begun goes on in the same batches, and starts anew in others or over other rows", async () => {
    const seen = async (count: number, batchSize: number): Promise<number[]> => {
      const { losses, onProgress } = recorder();
      const trainer = echoing(3);
      await trainer.fit(counted(12), { steps: 1, batchSize: 4, shuffle: false });
      const { epochs } = await trainer.fit(counted(count), { epochs: 1, batchSize, shuffle: false, onProgress });
      return [...losses, epochs[0]?.loss as number];
    };
    // The mean of an epoch counts the rows of all of it, those before the pause included.
    expect(await seen(12, 4)).toEqual([5.5, 9.5, 5.5]);
    expect(await seen(12, 6)).toEqual([2.5, 8.5, 5.5]);
    expect(await seen(8, 4)).toEqual([1.5, 5.5, 3.5]);
  });

  it("a rest that was kept and is dropped now starts the epoch anew", async () => {
    const { losses, onProgress } = recorder();
    const trainer = echoing(3);
    await trainer.fit(counted(10), { steps: 2, batchSize: 4, shuffle: false });
    await trainer.fit(counted(10), { epochs: 1, batchSize: 4, lastBatch: "drop", shuffle: false, onProgress });
    expect(losses).toEqual([1.5, 5.5]);
    await trainer.fit(counted(10), { steps: 2, batchSize: 4, shuffle: false });
    const resumed = echoing(3);
    resumed.restore(trainer.save());
    await resumed.fit(counted(10), { epochs: 1, batchSize: 4, lastBatch: "drop", shuffle: false, onProgress });
    expect(losses).toEqual([1.5, 5.5, 1.5, 5.5]);
  });

  it("drop with a batch above microBatch", async () => {
    const { losses, onProgress } = recorder();
    const trainer = echoing(3, { microBatch: 3 });
    await trainer.fit(counted(10), { epochs: 1, batchSize: 4, lastBatch: "drop", shuffle: false, onProgress });
    expectClose(losses, [1.5, 5.5], 1e-15);
  });

  it("a batch larger than the data means all of it", async () => {
    const { losses, onProgress } = recorder();
    await echoing(3).fit(counted(10), { epochs: 2, batchSize: 1000, onProgress });
    expect(losses).toEqual([4.5, 4.5]);
  });

  it("steps outside fit are not part of an epoch's mean", async () => {
    const trainer = echoing(3);
    await trainer.fit(counted(10), { epochs: 1, batchSize: 5, shuffle: false });
    trainer.step({ inputs: [[1000]], targets: [[0]] });
    const { epochs } = await trainer.fit(counted(10), { epochs: 1, batchSize: 5, shuffle: false });
    expect(epochs[0]?.loss).toBe(4.5);
  });
});

describe("fit", () => {
  const options = { epochs: 4, batchSize: 8 } as const;

  it("is an async iterable of epochs", async () => {
    const trainer = classifier(adam(), { metrics: [accuracy()] });
    const seen: Epoch[] = [];
    for await (const epoch of trainer.fit(data, { ...options, validation: data })) seen.push(epoch);
    expect(seen.map(({ epoch, step }) => [epoch, step])).toEqual([
      [1, 5],
      [2, 10],
      [3, 15],
      [4, 20],
    ]);
    for (const { loss, seconds, validation } of seen) {
      expect(loss).toBeGreaterThan(0);
      expect(seconds).toBeGreaterThanOrEqual(0);
      expect(validation?.loss).toBeGreaterThan(0);
      expect(validation?.accuracy).toBeGreaterThanOrEqual(0);
    }
    expect(seen.at(-1)?.validation).toEqual(trainer.evaluate(data));
  });

  it("is a promise of the history", async () => {
    const history = await classifier(adam()).fit(data, options);
    expect(history).toMatchObject({ steps: 20, stopped: "finished" });
    expect(history.epochs.length).toBe(4);
  });

  it("is both at once", async () => {
    const run = classifier(adam()).fit(data, options);
    const seen = [];
    for await (const epoch of run) seen.push(epoch);
    expect((await run).epochs).toEqual(seen);
  });

  it("stops when the loop is left, at the end of that epoch, and can go on afterwards", async () => {
    const trainer = classifier(adam());
    const run = trainer.fit(data, { ...options, epochs: 1000 });
    for await (const { epoch } of run) if (epoch === 2) break;
    expect((await run).stopped).toBe("left");
    expect(trainer.steps).toBe(10);
    await trainer.fit(data, { ...options, epochs: 2 });
    const whole = classifier(adam());
    await whole.fit(data, options);
    expectSameBits(trainer.save(), whole.save());
  });

  it("stops when the body of the loop throws, and throws it on", async () => {
    const trainer = classifier(adam());
    const iterate = async (): Promise<void> => {
      for await (const { epoch } of trainer.fit(data, { ...options, epochs: 1000 }))
        if (epoch === 2) throw new Error("own");
    };
    await expect(iterate()).rejects.toThrow("own");
    expect(trainer.steps).toBe(10);
    trainer.step(batchOf(0, 8));
  });

  it("stops at a whole step when its signal is aborted", async () => {
    const trainer = classifier(adam());
    const controller = new AbortController();
    const history = await trainer.fit(data, {
      epochs: 100000,
      batchSize: 8,
      signal: controller.signal,
      onProgress: ({ step }) => step >= 12 && controller.abort(),
    });
    expect(history.stopped).toBe("signal");
    expect(history.steps).toBe(trainer.steps);
    expect(trainer.steps).toBeLessThan(100000);
    const again = classifier(adam());
    await again.fit(data, { steps: trainer.steps, batchSize: 8 });
    expectSameBits(again.save(), trainer.save());
  });

  it("may be awaited inside its own loop when it waits for that", async () => {
    const run = classifier(adam()).fit(data, options);
    for await (const { epoch } of run) {
      // The run comes to rest after this epoch: it has to be woken.
      for (let k = 0; k < 20; k++) await new Promise((resolve) => setTimeout(resolve));
      if (epoch === 1) expect((await run).epochs).toHaveLength(4);
    }
  });

  it("takes no more seconds than have passed", async () => {
    const begun = performance.now();
    const { seconds, epochs } = await classifier(adam()).fit(data, options);
    expect(seconds).toBeLessThanOrEqual((performance.now() - begun) / 1000);
    expect(seconds).toBeGreaterThan(0);
    expect(epochs.at(-1)?.seconds).toBe(seconds);
  });

  it("may be awaited inside its own loop", async () => {
    const run = classifier(adam()).fit(data, options);
    let history: History | null = null;
    for await (const { epoch } of run) if (epoch === 2) history = await run;
    expect(history?.epochs.length).toBe(4);
  }, 5000);

  it("stops when it is aborted while it waits for its consumer", async () => {
    const controller = new AbortController();
    const run = classifier(adam()).fit(data, { ...options, epochs: 1000, signal: controller.signal });
    await run[Symbol.asyncIterator]().next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    expect((await run).stopped).toBe("signal");
  }, 5000);

  it("trainer may be saved, evaluated and asked between epochs", async () => {
    const trainer = classifier(adam());
    const quiet = classifier(adam());
    await quiet.fit(data, options);
    const files: Uint8Array[] = [];
    for await (const _ of trainer.fit(data, options)) {
      files.push(trainer.save());
      trainer.evaluate(data);
      trainer.predict(inputs);
    }
    expect(files.length).toBe(4);
    expectSameBits(trainer.save(), quiet.save());
    const second = classifier(adam(), { seed: 9 });
    second.restore(files[1]!);
    await second.fit(data, { ...options, epochs: 2 });
    expectSameBits(second.save(), quiet.save());
  });

  it("does nothing under a signal that is aborted already", async () => {
    const trainer = classifier(adam());
    const before = hashOf(trainer);
    const history = await trainer.fit(data, { ...options, signal: AbortSignal.abort() });
    expect(history).toMatchObject({ steps: 0, epochs: [], stopped: "signal" });
    expect(hashOf(trainer)).toBe(before);
  });

  it("reports progress: steps that rise by the number of losses", async () => {
    let last = 0;
    let count = 0;
    await classifier(adam()).fit(data, {
      epochs: 50,
      batchSize: 8,
      onProgress: ({ step, epoch, seconds, losses }) => {
        expect(step - last).toBe(losses.length);
        expect(epoch).toBe(Math.floor(step / 5));
        expect(seconds).toBeGreaterThanOrEqual(0);
        last = step;
        count++;
      },
    });
    expect(last).toBe(250);
    expect(count).toBeGreaterThan(1);
  });

  it("lets the host breathe: timers run during a long fit", async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await classifier(adam()).fit(data, { epochs: 300, batchSize: 4 });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it("an error in onProgress ends the run and reaches its promise; the trainer is free again", async () => {
    const trainer = classifier(adam());
    const run = trainer.fit(data, {
      ...options,
      onProgress: () => {
        throw new Error("own");
      },
    });
    await expect(Promise.resolve(run)).rejects.toThrow("own");
    trainer.step(data);
  });

  it("takes a resident data set, leaves it and its own copies of samples as it should", async () => {
    const resident = createDataset(engine, data);
    const withData = classifier(adam());
    await withData.fit(resident, options);
    const plain = classifier(adam());
    await plain.fit(data, options);
    expectSameBits(withData.save(), plain.save());
    const inUse = engine.bytesInUse;
    await plain.fit(data, options);
    expect(engine.bytesInUse).toBe(inUse);
    expect(withData.evaluate(resident)).toEqual(
      plain.evaluate(resident).loss === plain.evaluate(data).loss ? withData.evaluate(data) : null,
    );
    resident.free();
  });
});

describe("data", () => {
  const pixels = Uint8Array.from(numbers(rows * features, 0, 256), Math.floor);
  const mean = 127.5;
  const deviation = 64;

  it.each([
    ["u8", pixels],
    ["f32", Float32Array.from(pixels)],
    ["f64", Float64Array.from(pixels)],
    ["i32", Int32Array.from(pixels)],
    ["numbers", Array.from(pixels)],
  ] as const)("of %s is standardized on the way in: (x − mean) / deviation", (_, given) => {
    const shape = [rows, features];
    const trainer = classifier(adam(), { standardize: { mean, deviation }, dtype: "f64" });
    const plainTrainer = classifier(adam(), { dtype: "f64" });
    const standardized = { data: Float64Array.from(pixels, (x) => (x - mean) / deviation), shape };
    expectClose(trainer.predict({ data: given, shape }), plainTrainer.predict(standardized), 1e-14);
    expectClose(
      trainer.step({ inputs: { data: given, shape }, targets }).loss,
      plainTrainer.step({ inputs: standardized, targets }).loss,
      1e-14,
    );
    expectClose(weightsOf(trainer), weightsOf(plainTrainer), 1e-12);
  });

  it("labels may be whole numbers of any type, or one-hot rows", () => {
    const hot = Array.from(targets, (label) => [0, 1, 2].map((k) => Number(k === label)));
    const losses = [targets, Uint8Array.from(targets), Float32Array.from(targets), Array.from(targets), hot].map(
      (given) => {
        const trainer = classifier(adam(), { dtype: "f64", metrics: [accuracy()] });
        return [trainer.evaluate({ inputs, targets: given }), trainer.step({ inputs, targets: given }).loss] as const;
      },
    );
    for (const [evaluation, loss] of losses) {
      expectClose(loss, losses[0]![1], 1e-14);
      expectClose(evaluation.loss, loss, 1e-14);
      expect(evaluation.accuracy).toBe(losses[0]![0].accuracy);
    }
  });

  it("evaluate means over samples, whatever the chunks: 256, then powers of two", () => {
    const trainer = createTrainer(engine, { model: echo, loss: meanOfInputs, optimizer: adam(), dtype: "f64" });
    for (const count of [1, 2, 3, 255, 256, 257, 600]) {
      const values = numbers(count, -1, 1, count);
      const { loss } = trainer.evaluate({ inputs: values.map((x) => [x]), targets: values.map(() => [0]) });
      expectClose(loss, values.reduce((total, x) => total + x, 0) / count, 1e-14, `${count} rows`);
    }
  });
});

describe("predict", () => {
  it("answers rows that do not depend on the rows beside them, bit for bit, for 1 .. 300 rows", () => {
    const trainer = createTrainer(engine, {
      model: sequential([linear(11, 21), relu(), linear(21, 3)]),
      loss: meanSquaredError(),
      optimizer: adam(),
      seed: 9,
    });
    const all = Float32Array.from(numbers(300 * 11));
    const whole = trainer.predict({ data: all, shape: [300, 11] });
    expect(whole.shape).toEqual([300, 3]);
    for (let count = 1; count <= 300; count++) {
      // The last rows, so that each row meets other neighbours and places.
      const part = trainer.predict({ data: all.subarray((300 - count) * 11), shape: [count, 11] });
      expect(part.shape).toEqual([count, 3]);
      expectSameBits(part, whole.data.subarray((300 - count) * 3), `${count} rows`);
    }
  });

  it("equals the formula in plain JavaScript", () => {
    const trainer = classifier(adam(), { dtype: "f64" });
    const p = trainer.parameters();
    const [w1, b1, w2, b2] = ["0.weight", "0.bias", "2.weight", "2.bias"].map((name) => flat(p[name]));
    const expected = Array.from({ length: rows }, (_, r) => {
      const hidden = b1!.map((b, j) => {
        let total = b;
        for (let i = 0; i < features; i++)
          total += (inputs.data[r * features + i] as number) * (w1![i * 9 + j] as number);
        return Math.tanh(total);
      });
      return b2!.map((b, k) => hidden.reduce((total, h, j) => total + h * (w2![j * classes + k] as number), b));
    });
    expectClose(trainer.predict(inputs), expected, 1e-14);
    const { label, probabilities } = trainer.classify(inputs.data.slice(0, features));
    const powers = expected[0]!.map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power);
    expectClose(
      probabilities,
      powers.map((power) => power / total),
      1e-14,
    );
    expect(label).toBe(powers.indexOf(Math.max(...powers)));
  });
});
