// Several named inputs, outputs and targets: `network`, `heads`, weights by head, integers, names in data sets.

import {
  accuracy,
  adam,
  augment,
  batchNorm,
  concatenate,
  createDataset,
  createTrainer,
  dropout,
  embedding,
  f1,
  flatten,
  gaussianNoise,
  type Head,
  heads,
  type Loss,
  linear,
  linearSchedule,
  meanSquaredError,
  mixUp,
  network,
  preview,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  splitSamples,
  type Tensor,
  tanh,
  valueAndGrad,
} from "thalweg";
import { trainerSurface } from "thalweg/curvature";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";

engineForEach();

interface Parts<T> {
  readonly image: T;
  readonly age: T;
}

const rows = 300;
const array = (shape: number[], seed: number, low = -1, high = 1) => ({
  data: Float64Array.from(
    numbers(
      shape.reduce((a, b) => a * b),
      low,
      high,
      seed,
    ),
  ),
  shape,
});
const labels = Int32Array.from(numbers(rows, 0, 3, 5), Math.floor);
const inputs = { image: array([rows, 4], 1), age: array([rows, 1], 2) };
const targets = { kind: labels, score: array([rows, 1], 3) };
const data = { inputs, targets };

/** Shared features, and two outputs. */
const model = network(
  { image: linear(4, 5), age: linear(1, 2), kind: linear(7, 3), score: linear(7, 1) },
  (layers, { image, age }: Parts<Tensor>) => {
    const features = concatenate([layers.image(image), layers.age(age)], 1).tanh();
    return { kind: layers.kind(features), score: layers.score(features) };
  },
);
const both = { kind: softmaxCrossEntropy(), score: meanSquaredError() };
const plain = { model, optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", seed: 3 } as const;

/** Mean of numbers, weighted. */
const mean = (values: readonly number[], weights = values.map(() => 1)): number => {
  const total = weights.reduce((a, b) => a + b);
  return values.reduce((sum, value, k) => sum + value * (weights[k] as number), 0) / total;
};
/** Losses of each row by plain loops over predictions. */
function rowLosses(predicted: { kind: { data: ArrayLike<number> }; score: { data: ArrayLike<number> } }) {
  const kind = Array.from(labels, (label, k) => {
    const z = [0, 1, 2].map((c) => predicted.kind.data[3 * k + c] as number);
    return Math.log(z.reduce((sum, value) => sum + Math.exp(value), 0)) - (z[label] as number);
  });
  const score = Array.from(labels, (_, k) => ((predicted.score.data[k] as number) - targets.score.data[k]!) ** 2);
  return { kind, score };
}

describe("heads", () => {
  it("that share nothing train as trainers of their own, bit for bit", async () => {
    const apart = network({ a: linear(4, 3), b: linear(1, 1) }, ({ a, b }, { image, age }: Parts<Tensor>) => ({
      kind: a(image),
      score: b(age),
    }));
    const options = { optimizer: adam({ learningRate: 0.01 }), seed: 4 };
    const one = createTrainer(engine, { model: apart, loss: heads(both), ...options });
    const kind = createTrainer(engine, { model: linear(4, 3), loss: both.kind, ...options });
    const score = createTrainer(engine, { model: linear(1, 1), loss: both.score, ...options });
    const { "a.weight": aw, "a.bias": ab, "b.weight": bw, "b.bias": bb } = one.parameters();
    kind.setParameters({ weight: aw!, bias: ab! });
    score.setParameters({ weight: bw!, bias: bb! });
    const fitting = { epochs: 2, batchSize: 32 };
    await one.fit(data, fitting);
    await kind.fit({ inputs: inputs.image, targets: labels }, fitting);
    await score.fit({ inputs: inputs.age, targets: targets.score }, fitting);
    const trained = one.parameters();
    expect(trained["a.weight"]).toEqual(kind.parameters().weight);
    expect(trained["b.weight"]).toEqual(score.parameters().weight);
    expect(trained["b.bias"]).toEqual(score.parameters().bias);
    const results = one.evaluate(data);
    expect(results["kind.loss"]).toBe(kind.evaluate({ inputs: inputs.image, targets: labels }).loss);
    expect(results["score.loss"]).toBe(score.evaluate({ inputs: inputs.age, targets: targets.score }).loss);
    expect(results.loss).toBe(results["kind.loss"] + results["score.loss"]);
  });

  it("take the step of the gradient of the weighted sum", () => {
    const trainer = createTrainer(engine, {
      ...plain,
      loss: heads({ kind: both.kind, score: { loss: both.score, weight: 0.3 } }),
    });
    const before = trainer.parameters();
    const { loss } = trainer.step(data);
    const { value, gradient } = valueAndGrad(engine, (p: Record<string, Tensor>) => {
      const trace = p["kind.bias"]!.trace;
      const [image, age, y] = [inputs.image, inputs.age, targets.score].map((x) =>
        trace.constant(x, "f64"),
      ) as Tensor[];
      const dense = (x: Tensor, name: string) => x.matmul(p[`${name}.weight`]!).add(p[`${name}.bias`]!);
      const features = concatenate([dense(image!, "image"), dense(age!, "age")], 1).tanh();
      const hot = trace.constant(labels, "i32").oneHot(3, "f64");
      const entropy = dense(features, "kind").logSoftmax().multiply(hot).sum().divide(-rows);
      return entropy.add(dense(features, "score").subtract(y!).square().mean().multiply(0.3));
    })(before as never) as { value: number; gradient: Record<string, { data: ArrayLike<number> }> };
    expect(loss).toBeCloseTo(value, 13);
    for (const [name, { data: after }] of Object.entries(trainer.parameters()))
      for (const [k, w] of Array.from(before[name]!.data).entries())
        expect(after[k]).toBeCloseTo(w - 0.1 * gradient[name]!.data[k]!, 13);
  });

  it("evaluate to the means of all rows, their metrics and the weighted sum", () => {
    const trainer = createTrainer(engine, {
      ...plain,
      loss: heads({
        kind: { loss: both.kind, metrics: [accuracy(), f1({ average: "macro" })], weight: 2 },
        score: { loss: both.score, weight: 0.1 },
      }),
      metrics: [{ name: "spread", apply: ({ score }) => score.abs().mean() }],
    });
    trainer.step(data);
    const predicted = trainer.predict(inputs);
    expect([predicted.kind.shape, predicted.score.shape]).toEqual([
      [rows, 3],
      [rows, 1],
    ]);
    const losses = rowLosses(predicted);
    const results = trainer.evaluate(data);
    expect(results["kind.loss"]).toBeCloseTo(mean(losses.kind), 13);
    expect(results["score.loss"]).toBeCloseTo(mean(losses.score), 13);
    expect(results.loss).toBeCloseTo(2 * mean(losses.kind) + 0.1 * mean(losses.score), 12);
    const hits = Array.from(labels, (label, k) => {
      const z = [0, 1, 2].map((c) => predicted.kind.data[3 * k + c] as number);
      return Number(z.indexOf(Math.max(...z)) === label);
    });
    expect(results["kind.accuracy"]).toBeCloseTo(mean(hits), 14);
    expect(results.spread).toBeCloseTo(mean(Array.from(predicted.score.data, Math.abs)), 13);
    expect(Object.keys(results)).toEqual(["loss", "kind.loss", "kind.accuracy", "kind.f1", "score.loss", "spread"]);
  });

  it("weigh samples for all heads or by head, and mask", () => {
    const trainer = createTrainer(engine, { ...plain, loss: heads(both) });
    const losses = rowLosses(trainer.predict(inputs));
    const all = numbers(rows, 0, 2, 9);
    const kind = all.map((w, k) => (k % 3 === 0 ? 0 : w));
    const score = all.map((_, k) => Number(k >= 290)); // none in the first chunk of 256 rows
    expect(trainer.evaluate({ ...data, weights: all }).loss).toBeCloseTo(
      mean(losses.kind, all) + mean(losses.score, all),
      12,
    );
    const apart = trainer.evaluate({ ...data, weights: { kind, score } });
    expect(apart["kind.loss"]).toBeCloseTo(mean(losses.kind, kind), 12);
    expect(apart["score.loss"]).toBeCloseTo(mean(losses.score, score), 12);
    expect(apart.loss).toBe(apart["kind.loss"] + apart["score.loss"]);
    const single = trainer.evaluate({ ...data, weights: { score } });
    expect(single["kind.loss"]).toBeCloseTo(mean(losses.kind), 12);
    expect(trainer.step({ ...data, weights: { kind, score } }).loss).toBeCloseTo(apart.loss, 12);
  });

  it("of which one has no weight in a batch count 0 for it, with gradient 0", () => {
    const trainer = createTrainer(engine, { ...plain, loss: heads(both) });
    const before = trainer.parameters();
    const few = {
      inputs: { image: [[1, 2, 3, 4]], age: [[1]] },
      targets: { kind: Int32Array.of(1), score: [[1e300]] },
    };
    const { loss } = trainer.step({ ...few, weights: { kind: [1], score: [0] } });
    const alone = createTrainer(engine, { ...plain, loss: heads({ kind: both.kind }) });
    expect(loss).toBe(alone.step({ inputs: few.inputs, targets: { kind: Int32Array.of(1) } } as never).loss);
    expect(trainer.parameters()["score.weight"]).toEqual(before["score.weight"]);
    expect(trainer.parameters()["image.weight"]).toEqual(alone.parameters()["image.weight"]);
  });

  it("weighted by a schedule have its value at each update, at evaluation, and after a restore", () => {
    const weight = linearSchedule({ from: 0, to: 1, length: 4 });
    const make = () =>
      createTrainer(engine, { ...plain, loss: heads({ kind: both.kind, score: { loss: both.score, weight } }) });
    const trainer = make();
    for (const factor of [0, 0.25, 0.5, 0.75, 1, 1]) {
      const results = trainer.evaluate(data);
      expect(results.loss).toBe(results["kind.loss"] + factor * results["score.loss"]);
      const again = make();
      again.restore(trainer.save());
      const { loss } = trainer.step(data);
      expect(loss).toBeCloseTo(results.loss, 12);
      expect(again.step(data).loss).toBe(loss);
    }
  });

  it("are the same in runs of few rows", () => {
    const [whole, parts] = [1024, 7].map((microBatch) =>
      createTrainer(engine, { ...plain, loss: heads(both), microBatch }),
    );
    expect(parts!.step(data).loss).toBeCloseTo(whole!.step(data).loss, 12);
    for (const [name, { data: w }] of Object.entries(parts!.parameters()))
      for (const [k, value] of Array.from(w).entries())
        expect(value).toBeCloseTo(whole!.parameters()[name]!.data[k]!, 12);
  });

  it("train in a worker as without, with validation and early stopping by a head", async () => {
    const loss = heads({ kind: { loss: both.kind, metrics: [accuracy()] }, score: { loss: both.score, weight: 0.5 } });
    const stopped = { monitor: "score.loss", patience: 2 } as const;
    const [here, there] = await Promise.all(
      [false, true].map(async (worker) => {
        const trainer = createTrainer(engine, { ...plain, model, loss, dtype: "f32" });
        const history = await trainer.fit(data, { epochs: 4, validation: data, worker, earlyStopping: stopped });
        expect(history.worker).toBe(worker);
        const best = Math.min(...history.epochs.map(({ validation }) => validation!["score.loss"]));
        expect(history.best?.value).toBe(best);
        return { epochs: history.epochs.map(({ loss, validation }) => ({ loss, validation })), file: trainer.save() };
      }),
    );
    expect(there).toEqual(here);
  });

  it("have a surface", () => {
    const trainer = createTrainer(engine, {
      ...plain,
      loss: heads({ kind: both.kind, score: { loss: both.score, weight: 0.3 } }),
    });
    const surface = trainerSurface(trainer, data);
    expect(surface.value()).toBeCloseTo(trainer.evaluate(data).loss, 12);
    surface.free();
    expect(() => trainerSurface(trainer, { ...data, weights: { kind: Array(rows).fill(1) } })).toThrow(
      "heads with weights divide by their sum in one run",
    );
  });
});

describe("a loss of one's own over records", () => {
  it("is that of a variational autoencoder by hand", () => {
    const loss: Loss<Tensor, { mean: Tensor; spread: Tensor; back: Tensor }> = {
      name: "bound",
      targets: "values",
      apply: ({ mean, spread, back }, x) => {
        const divergence = mean.square().add(spread.exp()).subtract(spread).subtract(1).sum({ axes: 1 }).multiply(0.5);
        return back.subtract(x).square().sum({ axes: 1 }).add(divergence).mean();
      },
    };
    const coder = network(
      { mean: linear(2, 1), spread: linear(2, 1), back: linear(1, 2) },
      (layers, x: Tensor, context) => {
        const [mean, spread] = [layers.mean(x), layers.spread(x)];
        const noise = context.normal(mean.shape);
        const z = context.training ? mean.add(spread.multiply(0.5).exp().multiply(noise)) : mean;
        return { mean, spread, back: layers.back(z) };
      },
    );
    const x = array([8, 2], 21);
    const trainer = createTrainer(engine, {
      model: coder,
      loss,
      optimizer: adam({ learningRate: 0.01 }),
      dtype: "f64",
    });
    const { mean: m, spread: s, back: b } = trainer.predict(x);
    const value = mean(
      Array.from({ length: 8 }, (_, k) => {
        const error = (b.data[2 * k]! - x.data[2 * k]!) ** 2 + (b.data[2 * k + 1]! - x.data[2 * k + 1]!) ** 2;
        return error + 0.5 * (m.data[k]! ** 2 + Math.exp(s.data[k]!) - s.data[k]! - 1);
      }),
    );
    expect(trainer.evaluate({ inputs: x, targets: x }).loss).toBeCloseTo(value, 13);
    const first = trainer.step({ inputs: x, targets: x }).loss;
    for (let k = 0; k < 200; k++) trainer.step({ inputs: x, targets: x });
    expect(trainer.step({ inputs: x, targets: x }).loss).toBeLessThan(first);
  });
});

describe("integer inputs", () => {
  it("stay integers, which f32 would round", () => {
    const big = 2 ** 24;
    const parity = {
      name: "equals",
      parameters: linear(1, 1).parameters,
      apply: (p: never, x: Tensor) => {
        const hit = x.equal(big + 1);
        return hit.multiply((p as { weight: Tensor }).weight.reshape([1])).add((p as { bias: Tensor }).bias);
      },
    };
    const trainer = createTrainer(engine, {
      model: parity as never,
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
    });
    trainer.setParameters({ weight: [[5]], bias: [0] });
    const ids = { data: Int32Array.of(big, big + 1, big + 2), shape: [3, 1] };
    expect(Array.from(trainer.predict(ids).data)).toEqual([0, 5, 0]);
  });

  it("compare exactly, with numbers that are not whole, and beside floats", () => {
    const compare = network({ unit: linear(1, 1) }, ({ unit }, { a, b, x }: Record<"a" | "b" | "x", Tensor>) => ({
      unit: unit(x),
      equal: a.equal(b),
      less: a.less(b),
      half: a.greater(2.5),
      beside: a.greaterEqual(x),
    }));
    const trainer = createTrainer(engine, {
      model: compare,
      loss: heads({ unit: meanSquaredError() }) as never,
      optimizer: sgd({ learningRate: 1 }),
    });
    const column = (...values: number[]) => ({ data: Int32Array.from(values), shape: [values.length, 1] });
    const top = 2 ** 31 - 1;
    const result = trainer.predict({
      a: column(1, 3, top - 1, -5),
      b: column(1, 2, top, -5),
      x: [[1], [3.5], [0], [-5]],
    } as never) as unknown as Record<string, { data: ArrayLike<number> }>;
    expect(Array.from(result.equal!.data)).toEqual([1, 0, 0, 1]);
    expect(Array.from(result.less!.data)).toEqual([0, 0, 1, 0]);
    expect(Array.from(result.half!.data)).toEqual([0, 1, 1, 0]);
    expect(Array.from(result.beside!.data)).toEqual([1, 0, 1, 1]);
  });

  it("train embeddings beside floats, and layers as floats do", () => {
    const words = { data: Int32Array.from(numbers(rows * 2, 0, 6, 8), Math.floor), shape: [rows, 2] };
    const mixed = network(
      { word: embedding(6, 2), out: linear(5, 1) },
      ({ word, out }, x: { words: Tensor; age: Tensor }) =>
        out(concatenate([word(x.words).reshape([-1, 4]), x.age], 1)),
    );
    const trainer = createTrainer(engine, { model: mixed, loss: both.score, optimizer: adam({ learningRate: 0.05 }) });
    const samples = { inputs: { words, age: inputs.age }, targets: targets.score };
    const before = trainer.evaluate(samples).loss;
    for (let k = 0; k < 30; k++) trainer.step(samples);
    expect(trainer.evaluate(samples).loss).toBeLessThan(before);
    const floats = { data: Float32Array.from(words.data), shape: words.shape };
    for (const layers of [
      () => sequential([linear(2, 3), relu(), linear(3, 1)]),
      () => sequential([batchNorm(2), linear(2, 1)]),
      () => sequential([tanh(), dropout(0.2), linear(2, 1)]),
      () => sequential([embedding(6, 2), flatten(), linear(4, 1)]),
    ]) {
      const [a, b] = [words, floats].map((given) => {
        const net = createTrainer(engine, {
          model: layers(),
          loss: both.score,
          optimizer: sgd({ learningRate: 0.01 }),
          seed: 2,
        });
        net.step({ inputs: given, targets: targets.score });
        return net.parameters();
      });
      expect(a).toEqual(b);
    }
  });
});

describe("names in data", () => {
  it("may come in any order, in a data set, and in a split", () => {
    const trainer = createTrainer(engine, { ...plain, loss: heads(both) });
    const { loss } = trainer.evaluate(data);
    const turned = {
      inputs: { age: inputs.age, image: inputs.image },
      targets: { score: targets.score, kind: labels },
    };
    expect(trainer.evaluate(turned).loss).toBe(loss);
    const set = createDataset(
      engine,
      { inputs, targets: { ...targets, kind: Array.from(labels) } },
      { kind: "classes", score: "values" },
    );
    expect(set.columns.map(({ role, name }) => `${role}.${name}`)).toEqual([
      "inputs.image",
      "inputs.age",
      "targets.kind",
      "targets.score",
    ]);
    expect(trainer.evaluate(set).loss).toBe(loss);
    expect(trainer.evaluate(data).loss).toBe(loss);
    const { train, validation } = splitSamples(data, { fraction: 0.25, seed: 1 });
    expect([train.inputs.image.shape, validation.targets.score.shape]).toEqual([
      [225, 4],
      [75, 1],
    ]);
    const [a, b] = [trainer.evaluate(train), trainer.evaluate(validation)];
    expect((225 * a.loss + 75 * b.loss) / 300).toBeCloseTo(loss, 12);
    const weighted = splitSamples({ ...data, weights: { score: Array(rows).fill(2) } }, { fraction: 0.25, seed: 1 });
    const weights = weighted.train.weights as { score?: { data: ArrayLike<number> } };
    expect(Array.from(weights.score?.data ?? [])).toEqual(Array(225).fill(2));
    expect(trainer.evaluate(weighted.train).loss).toBeCloseTo(a.loss, 12);
  });

  it("standardize and augment single inputs", () => {
    const given = { ...plain, loss: heads(both), standardize: { age: { mean: 2, deviation: 4 } } };
    const trainer = createTrainer(engine, given);
    const scaled = { ...inputs, age: { ...inputs.age, data: inputs.age.data.map((x) => (x - 2) / 4) } };
    const without = createTrainer(engine, { ...plain, loss: heads(both) });
    expect(trainer.step(data).loss).toBeCloseTo(without.step({ inputs: scaled, targets }).loss, 14);
    const noisy = augment([gaussianNoise(0.5)], { input: "age" });
    const moved = preview(without, data, [3, 4], { augment: noisy, step: 7 }).inputs;
    expect(moved.shape).toEqual([2, 1]);
    const both2 = [createTrainer(engine, given), createTrainer(engine, { ...plain, loss: heads(both) })];
    const [noise, none] = [
      both2[0]!.step({ ...data, augment: noisy }).loss,
      both2[1]!.step({ inputs: scaled, targets }).loss,
    ];
    expect(noise).not.toBeCloseTo(none, 5);
  });
});

describe("bad input", () => {
  const trainer = () => createTrainer(engine, { ...plain, loss: heads(both) });
  const refused: readonly [string, () => unknown, string][] = [
    [
      "a target that is missing",
      () => trainer().step({ inputs, targets: { kind: labels } } as never),
      'heads: there is no target "score", got kind.',
    ],
    [
      "targets without names",
      () => trainer().step({ inputs, targets: labels } as never),
      'heads: there is no target "kind", got a single one. Give targets by name.',
    ],
    [
      "an output that is missing",
      () =>
        createTrainer(engine, { ...plain, loss: heads({ ...both, size: meanSquaredError() }) as never }).step({
          inputs,
          targets: { ...targets, size: targets.score },
        } as never),
      'heads: there is no output "size", got kind, score.',
    ],
    [
      "weights of no head",
      // @ts-expect-error no head has this name
      () => trainer().step({ ...data, weights: { scor: Array(rows).fill(1) } }),
      'heads: weights of "scor", expected those of kind, score. Did you mean "score"?',
    ],
    [
      "a number of rows",
      () => trainer().step({ inputs: { ...inputs, age: [[1]] }, targets }),
      "step: got 300 inputs and 1 inputs.age, expected equal numbers.",
    ],
    [
      "a number that is not finite",
      () => trainer().step({ inputs: { ...inputs, age: inputs.age.data.map(() => Number.NaN) as never }, targets }),
      "step: inputs.age: sample 0 holds NaN in column 0",
    ],
    [
      "a label of no class",
      () => trainer().step({ inputs, targets: { ...targets, kind: labels.map((y, k) => (k === 7 ? 9 : y)) } }),
      "target of sample 7 is 9, expected 0 .. 2 for 3 outputs",
    ],
    [
      "a record for a single layer",
      () =>
        createTrainer(engine, { model: linear(2, 1), loss: both.score, optimizer: sgd({ learningRate: 1 }) }).step({
          inputs: { u: [[1, 2]] },
          targets: [[1]],
        } as never),
      "linear(2, 1): the data has names (inputs.u), and a function takes one tensor: ",
    ],
    [
      "named targets for a plain loss",
      () =>
        createTrainer(engine, { model: linear(2, 1), loss: both.score, optimizer: sgd({ learningRate: 1 }) }).step({
          inputs: [[1, 2]],
          targets: { a: [[1]] },
        } as never),
      "linear(2, 1): the data has names (targets.a), and a function takes one tensor: ",
    ],
    [
      "a plain metric beside heads",
      () => createTrainer(engine, { ...plain, loss: heads(both), metrics: [accuracy()] as never }).evaluate(data),
      "and a function takes one tensor: ",
    ],
    [
      "samples in place of inputs",
      () => trainer().predict({ inputs } as never),
      "predict: inputs: the data must be an array, or arrays by name",
    ],
    ["no inputs", () => trainer().predict({} as never), "predict: inputs"],
    [
      "names for a model of one input",
      () =>
        createTrainer(engine, {
          model: sequential([linear(2, 1)]),
          loss: both.score,
          optimizer: sgd({ learningRate: 1 }),
        }).predict({ a: [[1, 2]] } as never),
      "sequential: got inputs by name, expected a single one",
    ],
    [
      "standardization of no input",
      () =>
        createTrainer(engine, {
          ...plain,
          loss: heads(both),
          // @ts-expect-error no input has this name
          standardize: { aged: { mean: 0, deviation: 1 } },
        }).step(data),
      'standardize: the data has no input "aged"',
    ],
    [
      "augmentation of no input",
      () => trainer().step({ ...data, augment: augment([gaussianNoise(1)]) }),
      "augment: the data has no input null",
    ],
    [
      "mixing of several inputs",
      () => trainer().step({ ...data, augment: augment([mixUp()], { input: "age" }) }),
      "mixUp(0.2): samples of several inputs cannot be mixed",
    ],
    [
      "weights in several runs",
      () =>
        createTrainer(engine, { ...plain, loss: heads(both), microBatch: 100 }).step({
          ...data,
          weights: Array(rows).fill(1),
        }),
      "step: heads with weights divide by their sum in one run",
    ],
    ["a sum", () => heads({ a: meanSquaredError({ reduction: "sum" }) }), "heads: a: the loss is a sum over the batch"],
    ["a weight below 0", () => heads({ a: { loss: both.score, weight: -1 } }), "heads: a: weight must be"],
    [
      "two results of one name",
      () =>
        createTrainer(engine, {
          ...plain,
          loss: heads({ kind: { loss: both.kind, metrics: [accuracy(), accuracy()] }, score: both.score }),
        }),
      'two results are named "kind.accuracy"',
    ],
    [
      "classify of several outputs",
      () => trainer().classify({ image: [1, 2, 3, 4], age: [1] }),
      "classify: the model has 2 outputs. Use predict.",
    ],
    [
      "one array for several inputs",
      () => trainer().predict([[1, 2]] as never),
      'network: "image" got undefined, expected a tensor. Check the names of the inputs.',
    ],
  ];
  it.each(refused)("%s", (_, call, sentence) => {
    expect(call).toThrow(sentence);
  });

  it("leaves the trainer as it was", () => {
    const net = trainer();
    const file = net.save();
    for (const weights of [{ scor: [1] }, { kind: Array(rows).fill(-1) }])
      expect(() => net.step({ ...data, weights } as never)).toThrow();
    expect(net.save()).toEqual(file);
    net.step(data);
  });

  it("of a head is typed", () => {
    const given: Head = { loss: both.kind };
    expect(heads({ given }).name).toBe("heads(given)");
  });
});
