// Weighted means: a loss or a metric is a numerator and a denominator, added up over all runs and divided once, wherever
// runs come from: chunks of an evaluation, micro-batches, epochs, accumulated batches, minimizers, workers, surfaces.
// Expected values are closed forms, or the plain computation over all rows at once.

import {
  accumulate,
  accuracy,
  adam,
  batchNorm,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbedding,
  createTrainer,
  f1,
  hingeEmbedding,
  klDivergence,
  type Layer,
  type Loss,
  l2,
  lbfgs,
  linear,
  type Metric,
  meanSquaredError,
  multiclassHinge,
  multiMargin,
  negativeLogLikelihood,
  poissonNegativeLogLikelihood,
  precision,
  sam,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  topK,
  trainerSurface,
  valueAndGrad,
  zerosInitializer,
} from "thalweg";
import { describe, expect, it, vi } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";
import { scalarLoss } from "./scalarLoss.js";

engineForEach();

const softplus = (x: number): number => Math.log(1 + Math.exp(x));
const column = (values: readonly number[]): { data: Float64Array; shape: number[] } => ({
  data: Float64Array.from(values),
  shape: [values.length, 1],
});

/** linear(1, 2) in f64 with these weights, trained by plain descent at rate 1. */
function twoClasses(classWeights: number[], options: Partial<TrainerOptions> = {}): Trainer {
  const model = linear(1, 2, { weight: zerosInitializer, bias: zerosInitializer });
  const loss = softmaxCrossEntropy({ classWeights });
  return createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 1 }), dtype: "f64", ...options });
}

/** 512 rows of which the first 256 are of class 0, weights 1 : 100, bias [2, 0]. */
const sorted = {
  inputs: column(new Array(512).fill(0)),
  targets: Int32Array.from({ length: 512 }, (_, k) => Number(k >= 256)),
};
/** (1 ln(1 + e⁻²) + 100 ln(1 + e²)) / 101 */
const sortedLoss = (softplus(-2) + 100 * softplus(2)) / 101;
/** d loss / d bias: (Σ w (p − y)) / Σ w, p = 1 / (1 + e⁻²) for class 0. */
const sortedSlope = (() => {
  const p = 1 / (1 + Math.exp(-2));
  return (p - 1 + 100 * p) / 101;
})();

describe("class weights", () => {
  it("evaluate divides once, over chunks of any size", () => {
    const trainer = twoClasses([1, 9]);
    trainer.setParameters({ weight: [[1, -1]], bias: [0, 0] });
    const data = { inputs: [[1], [1], [1]], targets: [0, 0, 1] };
    // (2 ln(1 + e⁻²) + 9 ln(1 + e²)) / 11
    const expected = (2 * softplus(-2) + 9 * softplus(2)) / 11;
    expect(trainer.evaluate(data).loss).toBeCloseTo(expected, 14);
    expect(trainer.step(data).loss).toBeCloseTo(expected, 14);
    const wide = twoClasses([1, 100]);
    wide.setParameters({ bias: [2, 0] });
    expect(wide.evaluate(sorted).loss).toBeCloseTo(sortedLoss, 13);
  });

  it.each([1024, 512, 256, 100, 7])("a step by runs of %d rows is the step over all", (microBatch) => {
    for (const dtype of ["f64", "f32"] as const) {
      const trainer = twoClasses([1, 100], { microBatch, dtype });
      trainer.setParameters({ bias: [2, 0] });
      const { loss, gradientNorm } = trainer.step(sorted);
      const digits = dtype === "f64" ? 13 : 5;
      expect(loss).toBeCloseTo(sortedLoss, digits);
      expect(gradientNorm).toBeCloseTo(Math.SQRT2 * sortedSlope, digits);
      const [a, b] = trainer.parameters().bias?.data ?? [];
      expect(a).toBeCloseTo(2 - sortedSlope, digits);
      expect(b).toBeCloseTo(sortedSlope, digits);
    }
  });

  it("a loss reduced to a sum is the sum over all runs, its epoch the mean over rows", async () => {
    const loss = softmaxCrossEntropy({ classWeights: [1, 100], reduction: "sum" });
    const trainer = twoClasses([1, 1], { loss, microBatch: 100, optimizer: sgd({ learningRate: 1e-9 }) });
    trainer.setParameters({ bias: [2, 0] });
    const total = 256 * (softplus(-2) + 100 * softplus(2));
    expect(trainer.evaluate(sorted).loss).toBeCloseTo(total / 512, 11);
    const { epochs } = await trainer.fit(sorted, { epochs: 1, batchSize: 512, shuffle: false });
    expect(epochs[0]?.loss).toBeCloseTo(total / 512, 11);
  });

  it("fit by micro-batches follows fit by whole batches, with dropout of no part in it", async () => {
    const rows = 300;
    const data = {
      inputs: column(numbers(rows, -1, 1, 3)),
      targets: Int32Array.from(numbers(rows, 0, 1, 4), (u) => Number(u > 0.9)),
    };
    const validation = {
      inputs: column(numbers(77, -1, 1, 5)),
      targets: Int32Array.from({ length: 77 }, (_, k) => k % 2),
    };
    const run = async (microBatch: number, optimizer = adam({ learningRate: 0.05 })) => {
      const trainer = twoClasses([1, 9], { microBatch, optimizer });
      const { epochs } = await trainer.fit(data, { epochs: 3, batchSize: 128, validation });
      return {
        epochs,
        weights: [...(trainer.parameters().weight?.data ?? []), ...(trainer.parameters().bias?.data ?? [])],
      };
    };
    for (const optimizer of [undefined, sam(sgd({ learningRate: 0.1 }))]) {
      const whole = await run(128, optimizer);
      const cut = await run(10, optimizer);
      for (const [k, value] of cut.weights.entries()) expect(value).toBeCloseTo(whole.weights[k] as number, 12);
      for (const [k, { loss, validation: seen, gap }] of cut.epochs.entries()) {
        expect(loss).toBeCloseTo(whole.epochs[k]?.loss as number, 12);
        expect(seen?.loss).toBeCloseTo(whole.epochs[k]?.validation?.loss as number, 12);
        expect(gap).toBeCloseTo(whole.epochs[k]?.gap as number, 12);
      }
    }
  });

  it("an epoch's loss is its batches' numerators over their denominators", async () => {
    // A rate of 1e-300 moves nothing: every batch sees bias [2, 0].
    const trainer = twoClasses([1, 100], { optimizer: sgd({ learningRate: 1e-300 }) });
    trainer.setParameters({ bias: [2, 0] });
    const { epochs } = await trainer.fit(sorted, { epochs: 1, batchSize: 100, shuffle: false });
    expect(epochs[0]?.loss).toBeCloseTo(sortedLoss, 12);
  });

  it("L-BFGS over sorted rows finds the weighted mean", async () => {
    // 2,700 rows of class 0 with weight 1, 300 of class 1 with weight 9: both classes weigh the same, so P(1) = ½.
    const targets = Int32Array.from({ length: 3000 }, (_, k) => Number(k >= 2700));
    const trainer = twoClasses([1, 9]);
    await trainer.fit({ inputs: column(new Array(3000).fill(0)), targets }, { epochs: 50, method: lbfgs() });
    const [a = 0, b = 0] = trainer.parameters().bias?.data ?? [];
    expect(1 / (1 + Math.exp(a - b))).toBeCloseTo(0.5, 6);
  });

  it("rows of weight 0 count neither in chunks nor in runs", async () => {
    const options = { microBatch: 1, loss: softmaxCrossEntropy({ classWeights: [1, 1, 0] }) };
    const make = (): Trainer =>
      twoClasses([1, 1, 0], { ...options, model: linear(1, 3, { weight: zerosInitializer, bias: zerosInitializer }) });
    const data = { inputs: [[1], [1], [1]], targets: [0, 1, 2] };
    expect(make().evaluate(data).loss).toBeCloseTo(Math.log(3), 14);
    expect(make().step(data).loss).toBeCloseTo(Math.log(3), 14);
    // The first micro-batch weighs nothing.
    const backwards = { inputs: [[1], [1], [1]], targets: [2, 1, 0] };
    expect(make().step(backwards).loss).toBeCloseTo(Math.log(3), 14);
    const history = await make().fit(backwards, {
      epochs: 4,
      validation: backwards,
      earlyStopping: { patience: 10 },
    });
    expect(history.epochs).toHaveLength(4);
    expect(history.best?.epoch).toBeGreaterThan(0);
  });

  it("a batch of weight 0 moves nothing; a set of weight 0 has no mean", async () => {
    const trainer = twoClasses([1, 0]);
    const nothing = { inputs: [[1], [2]], targets: [1, 1] };
    expect(trainer.step(nothing)).toMatchObject({ loss: 0, gradientNorm: 0 });
    expect(trainer.parameters().bias?.data).toEqual(new Float64Array(2));
    expect(() => trainer.evaluate(nothing)).toThrow("the weights of all samples sum to 0");
    const { epochs } = await trainer.fit(nothing, { epochs: 1, batchSize: 1 });
    expect(epochs[0]?.loss).toBe(0);
    expect(trainer.steps).toBe(3);
  });

  it.each([512, 64])("the surface of a trainer is the loss it trains, from %d rows a class", (each) => {
    const data = {
      inputs: column(numbers(2 * each, -1, 1, 7)),
      targets: Int32Array.from({ length: 2 * each }, (_, k) => Number(k >= each)),
    };
    const trainer = twoClasses([1, 100]);
    trainer.setParameters({ weight: [[0.3, -0.2]], bias: [0.5, 0] });
    const surface = trainerSurface(trainer, data);
    expect(surface.value()).toBeCloseTo(trainer.evaluate(data).loss, 12);
    // d / d bias₀ = Σ w (p₀ − y₀) / Σ w
    let numerator = 0;
    for (const [k, x] of data.inputs.data.entries()) {
      const p = 1 / (1 + Math.exp(-(0.5 * x + 0.5)));
      numerator += k < each ? p - 1 : 100 * p;
    }
    const names = surface.layout.map(({ name }) => name);
    const at = names.indexOf("bias") === 0 ? 0 : 2;
    expect(surface.gradient().data[at]).toBeCloseTo(numerator / (101 * each), 12);
    surface.free();
  });

  it("accumulated batches count by their weights, also when resumed between them", () => {
    const rows = (from: number, to: number) => ({
      inputs: column(new Array(to - from).fill(0)),
      targets: sorted.targets.slice(from, to),
    });
    const make = (): Trainer => {
      const trainer = twoClasses([1, 100], { gradient: [accumulate(3)], microBatch: 50 });
      trainer.setParameters({ bias: [2, 0] });
      return trainer;
    };
    const one = make();
    one.step(rows(0, 200));
    one.step(rows(200, 300));
    const other = make();
    other.restore(one.save());
    for (const trainer of [one, other]) {
      trainer.step(rows(300, 512));
      expect(trainer.steps).toBe(1);
      const [a, b] = trainer.parameters().bias?.data ?? [];
      expect(a).toBeCloseTo(2 - sortedSlope, 13);
      expect(b).toBeCloseTo(sortedSlope, 13);
    }
    expect(other.save()).toEqual(one.save());
  });
});

/** Rows weigh what their second target says. */
const bySecondTarget = (how: (sum: Tensor, weight: Tensor) => unknown): Loss => ({
  name: "mine",
  targets: "values",
  apply(prediction, target) {
    const [y, w] = [target.slice(1, 0, 1), target.slice(1, 1, 2)];
    return how(prediction.subtract(y).square().multiply(w).sum(), w.sum()) as Tensor;
  },
});
const withWeights = {
  inputs: column(numbers(700, -1, 1, 11)),
  targets: { data: Float64Array.from(numbers(1400, 0, 2, 12)), shape: [700, 2] },
};
/** Σ w (x − y)² / Σ w for the model that answers its input. */
const weightedLoss = (() => {
  let sum = 0;
  let weight = 0;
  for (const [k, x] of withWeights.inputs.data.entries()) {
    const [y, w] = [withWeights.targets.data[2 * k] as number, withWeights.targets.data[2 * k + 1] as number];
    sum += w * (x - y) ** 2;
    weight += w;
  }
  return sum / weight;
})();

describe("losses and metrics of one's own", () => {
  const options = { optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", microBatch: 64 } as const;
  const unit = (): Layer => linear(1, 1, { bias: false });

  it("say their numerator and denominator", () => {
    const loss = bySecondTarget((sum, weight) => ({ sum, weight }));
    const same: Metric = { name: "same", apply: (p, y) => loss.apply(p, y) };
    const trainer = createTrainer(engine, { ...options, model: unit(), loss, metrics: [same] });
    trainer.setParameters({ weight: [[1]] });
    const { loss: mean, same: measured } = trainer.evaluate(withWeights);
    expect(mean).toBeCloseTo(weightedLoss, 13);
    expect(measured).toBe(mean);
    expect(trainer.step(withWeights).loss).toBeCloseTo(weightedLoss, 13);
  });

  it("may count by a number, and in f64", () => {
    const loss: Loss = {
      name: "halves",
      targets: "values",
      apply: (x, y) => ({ sum: x.subtract(y).cast("f64").abs().sum(), weight: 2 * (x.shape[0] as number) }),
    };
    const trainer = createTrainer(engine, { ...options, dtype: "f32", model: unit(), loss });
    trainer.setParameters({ weight: [[1]] });
    const data = { inputs: [[1], [2], [4]], targets: [[0], [0], [0]] };
    expect(trainer.evaluate(data).loss).toBeCloseTo(7 / 6, 14);
  });

  it("are refused if the parts are no scalars, or not there for every number of rows", () => {
    const step = (loss: Loss) => createTrainer(engine, { ...options, model: unit(), loss }).step(withWeights);
    expect(() => step(bySecondTarget((sum) => ({ sum, weight: "1" })))).toThrow(/mine: weight/);
    const grown = (sum: Tensor): Tensor => sum.trace.concatenate([sum.reshape([1]), sum.reshape([1])], 0);
    expect(() => step(bySecondTarget((sum, weight) => ({ sum: grown(sum), weight })))).toThrow(/mine: sum.*scalar/);
    const fickle: Loss = {
      name: "fickle",
      targets: "values",
      apply: (x) => (x.shape[0] === 64 ? x.mean() : { sum: x.sum(), weight: 1 }),
    };
    expect(() => step(fickle)).toThrow("fickle: returns { sum, weight } for some numbers of rows");
    // 320 rows are a chunk of 256 and one of 64.
    const some = { inputs: column(new Array(320).fill(1)), targets: column(new Array(320).fill(1)) };
    expect(() => createTrainer(engine, { ...options, model: unit(), loss: fickle }).evaluate(some)).toThrow(
      "fickle: returns 1 sums for 64 rows and 2 for 256",
    );
  });
});

describe("a worker brings back every counter", () => {
  it.each(["f32", "f64"] as const)("of accumulated batches, penalties and weighted means in %s", async (dtype) => {
    const make = (): Trainer =>
      twoClasses([1, 9], {
        dtype,
        penalty: l2(0.01),
        gradient: [accumulate(3)],
        optimizer: adam({ learningRate: 0.01 }),
      });
    const data = {
      inputs: column(numbers(100, -1, 1, 21)),
      targets: Int32Array.from({ length: 100 }, (_, k) => k % 2),
    };
    const [here, there] = [make(), make()];
    for (const steps of [5, 2, 7]) {
      const [a, b] = [
        await here.fit(data, { steps, batchSize: 16 }),
        await there.fit(data, { steps, batchSize: 16, worker: true }),
      ];
      expect(b.worker).toBe(true);
      expect(b.epochs.map(({ loss, penalty }) => [loss, penalty])).toEqual(
        a.epochs.map(({ loss, penalty }) => [loss, penalty]),
      );
      expect(there.save()).toEqual(here.save());
      // A batch by hand in between leaves its gradient half gathered.
      for (const trainer of [here, there]) trainer.step({ inputs: [[0.5]], targets: [1] });
      expect(there.save()).toEqual(here.save());
    }
  });
});

it("a mean over batches that overflows is refused, and the next update starts anew", () => {
  const trainer = createTrainer(engine, {
    model: linear(1, 1, { bias: false }),
    loss: bySecondTarget((sum, weight) => ({ sum, weight })),
    optimizer: sgd({ learningRate: 0.01 }),
    gradient: [accumulate(4)],
  });
  trainer.setParameters({ weight: [[1]] });
  const batch = (weight: number) => ({ inputs: [[1], [1]], targets: Array.from({ length: 2 }, () => [0, weight]) });
  // In f32 the sum over three batches exceeds 3.4e38, that of two does not.
  for (let k = 0; k < 3; k++) trainer.step(batch(4e37));
  expect(() => trainer.step(batch(4e37))).toThrow(/^step 1: the gradient of parameter "weight" is not finite\./);
  expect(trainer.parameters().weight?.data[0]).toBe(1);
  for (let k = 0; k < 4; k++) trainer.step(batch(1));
  expect(trainer.parameters().weight?.data[0]).toBeCloseTo(0.98, 6);
  trainer.free();
});

describe("classes of probability 0", () => {
  const classLoss = (loss: Loss, z: number[], label: number[] | number[][]) => {
    const f = (x: Tensor): Tensor =>
      scalarLoss(loss, x, x.trace.constant(label, typeof label[0] === "number" ? "i32" : "f64"));
    return valueAndGrad(engine, f)({ data: z, shape: [1, z.length] });
  };
  const z = [Number.NEGATIVE_INFINITY, 1, 2];
  const p = [0, 1 / (1 + Math.E), Math.E / (1 + Math.E)];

  it.each([
    ["weights", { classWeights: [1, 1, 1] }, [1]],
    ["other weights", { classWeights: [3, 2, 1] }, [1]],
    ["none", {}, [1]],
    ["a row", {}, [[0, 1, 0]]],
    ["a weighted row", { classWeights: [1, 1, 1] }, [[0, 1, 0]]],
  ] as const)("softmaxCrossEntropy with %s", (_, options, label) => {
    const { value, gradient } = classLoss(softmaxCrossEntropy(options as object), z, label as never);
    expect(value).toBeCloseTo(softplus(1), 14); // 1.31326
    for (const [k, g] of Array.from(gradient.data).entries())
      expect(g).toBeCloseTo((p[k] as number) - Number(k === 1), 14);
  });

  it.each([
    ["weights", { classWeights: [1, 1, 1] }, [1]],
    ["none", {}, [1]],
    ["a row", {}, [[0, 1, 0]]],
  ] as const)("negativeLogLikelihood with %s", (_, options, label) => {
    const logs = p.map(Math.log);
    const { value, gradient } = classLoss(negativeLogLikelihood(options as object), logs, label as never);
    expect(value).toBeCloseTo(softplus(1), 14);
    expect(Array.from(gradient.data)).toEqual([0, -1, 0]);
  });

  it("hinges, divergences and rates", () => {
    expect(classLoss(multiclassHinge(), z, [2]).value).toBeCloseTo(0, 14);
    expect(classLoss(multiMargin({ classWeights: [1, 2, 3] }), z, [1]).value).toBeCloseTo((2 * 2) / 3, 14);
    expect(classLoss(klDivergence(), p.map(Math.log), [p]).value).toBeCloseTo(0, 14);
    expect(classLoss(poissonNegativeLogLikelihood(), [Number.NEGATIVE_INFINITY, 0], [[0, 0]]).value).toBeCloseTo(
      0.5,
      14,
    );
  });

  it("a class of weight 0 may even be impossible", () => {
    expect(classLoss(softmaxCrossEntropy({ classWeights: [0, 1, 1], reduction: "sum" }), z, [0]).value).toBe(0);
  });
});

describe("a single score", () => {
  const one = { inputs: [[-1], [1], [2], [3]], targets: [[1], [0], [1], [1]] };
  const score = (loss: Loss, metrics: Metric[], model: Layer = linear(1, 1)): Trainer => {
    const trainer = createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 1 }), metrics, dtype: "f64" });
    const [name] = Object.keys(trainer.parameters()).filter((key) => key.endsWith("weight")) as [string];
    trainer.setParameters({ [name]: [[1]] });
    return trainer;
  };

  it("is held against the threshold of the loss, or the one that is given", () => {
    const metrics = [accuracy(), precision(), f1()];
    // −1 → 0 (wrong), 1 → 1 (wrong), 2 and 3 → 1 (right)
    const expected = { accuracy: 0.5, precision: 2 / 3, f1: 2 / 3 };
    expect(score(binaryCrossEntropyWithLogits(), metrics).evaluate(one)).toMatchObject(expected);
    const probability = sequential([linear(1, 1), sigmoid()]);
    expect(score(binaryCrossEntropy(), metrics, probability).evaluate(one)).toMatchObject(expected);
    const strict = [accuracy({ threshold: 2.5 })];
    // 0 0 0 1 against 1 0 1 1
    expect(score(meanSquaredError(), strict).evaluate(one).accuracy).toBe(0.5);
    expect(() => score(meanSquaredError(), [accuracy()]).evaluate(one)).toThrow(/accuracy: a single score needs/);
    expect(() => score(meanSquaredError(), [precision()]).evaluate(one)).toThrow(/precision: a single score needs/);
    expect(() => accuracy({ threshold: "0" as never })).toThrow(TypeError);
  });

  it("has no best k, no classes and no cross-entropy", () => {
    expect(() => score(binaryCrossEntropyWithLogits(), [topK(1)]).evaluate(one)).toThrow(/topK: got scores/);
    expect(() => score(binaryCrossEntropyWithLogits(), []).classify([1])).toThrow(
      /classify: the model returns 1 score/,
    );
    const labels = { inputs: [[1], [2]], targets: [0, 0] };
    for (const loss of [
      softmaxCrossEntropy(),
      softmaxCrossEntropy({ classWeights: [1] }),
      negativeLogLikelihood(),
      multiclassHinge(),
      multiMargin(),
    ])
      expect(() => score(loss, []).step(labels)).toThrow(/of 1 class, expected \[batch, classes\] of at least 2/);
  });
});

describe("targets that a loss does not take", () => {
  const refused: [Loss, number, RegExp][] = [
    [binaryCrossEntropy(), 255, /binaryCrossEntropy: target of sample 2 is 255, expected numbers from 0 to 1/],
    [binaryCrossEntropyWithLogits(), -1, /target of sample 2 is -1, expected numbers from 0 to 1/],
    [klDivergence(), 2, /klDivergence: target of sample 2/],
    [poissonNegativeLogLikelihood(), -1, /expected numbers from 0\./],
    [hingeEmbedding(), 0, /hingeEmbedding: target of sample 2 is 0, expected 1 or -1/],
  ];
  it.each(refused)("$name refuses %d", (loss, wrong, sentence) => {
    const trainer = createTrainer(engine, {
      model: sequential([linear(1, 1), sigmoid()]),
      loss,
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const data = { inputs: [[1], [2], [3]], targets: [[1], [1], [wrong]] };
    const before = trainer.save();
    for (const call of [
      () => trainer.step(data),
      () => trainer.evaluate(data),
      () => trainer.fit(data, { epochs: 1 }),
      () => trainer.fit({ inputs: [[1]], targets: [[1]] }, { epochs: 1, validation: data }),
      () => trainerSurface(trainer, data),
    ]) {
      expect(call).toThrow(RangeError);
      expect(call).toThrow(sentence);
    }
    expect(trainer.save()).toEqual(before);
    trainer.step({ inputs: [[1]], targets: [[1]] });
  });

  it("rows of classes and pairs too", () => {
    const make = (loss: Loss, model: Layer) =>
      createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 0.1 }) });
    expect(() => make(softmaxCrossEntropy(), linear(1, 2)).step({ inputs: [[1]], targets: [[0, 255]] })).toThrow(
      /target of sample 0 is 255/,
    );
    const pairs: Layer = {
      ...linear(4, 4),
      apply: (p, x, context) => linear(4, 4).apply(p, x, context).reshape([-1, 2, 2]),
    };
    expect(() => make(cosineEmbedding(), pairs).step({ inputs: [[1, 2, 3, 4]], targets: Float32Array.of(0) })).toThrow(
      /expected 1 or -1/,
    );
  });
});

describe("batch statistics over sorted rows that are cut", () => {
  it("are warned of once, and only there", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    try {
      const make = (model: Layer): Trainer =>
        createTrainer(engine, {
          model,
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
          microBatch: 32,
        });
      const data = { inputs: column(numbers(96, -1, 1, 3)), targets: column(numbers(96, -1, 1, 4)) };
      const norm = make(sequential([linear(1, 4), batchNorm(4), linear(4, 1)]));
      await norm.fit(data, { epochs: 1, batchSize: 96 });
      await norm.fit(data, { epochs: 1, batchSize: 32, shuffle: false });
      make(linear(1, 1)).step(data);
      expect(warn).not.toHaveBeenCalled();
      await norm.fit(data, { epochs: 2, batchSize: 96, shuffle: false });
      norm.step(data);
      expect(warn).toHaveBeenCalledTimes(1);
      expect(warn.mock.calls[0]?.[0]).toMatch(/a batch of 96 rows .* runs of 32/);
    } finally {
      warn.mockRestore();
    }
  });
});
