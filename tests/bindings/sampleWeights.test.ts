// Weights of samples: a weighted set is the set with repeated rows, for every loss and metric, wherever sums are added; a row of
// weight 0 is no row. Figures of PyTorch are literals; the others are closed forms or the same training over repeated rows.

import {
  accumulate,
  accuracy,
  adam,
  augment,
  batchNorm,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  cosineEmbedding,
  createDataset,
  createTrainer,
  f1,
  findLearningRate,
  hingeEmbedding,
  huber,
  klDivergence,
  type Layer,
  type Loss,
  lbfgs,
  linear,
  type Metric,
  meanAbsoluteError,
  meanSquaredError,
  mixUp,
  multiclassHinge,
  multiMargin,
  negativeLogLikelihood,
  poissonNegativeLogLikelihood,
  precision,
  recall,
  rSquared,
  type Samples,
  sam,
  sequential,
  sgd,
  sigmoid,
  smoothL1,
  softmaxCrossEntropy,
  splitSamples,
  type Tensor,
  type TensorLoss,
  type Trainer,
  type TrainerOptions,
  topK,
  trainerSurface,
  valueAndGrad,
} from "thalweg";
import { diagnose, measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { expectClose, numbers } from "./numbers.js";

engineForEach();

const rows = 7;
const weights = [2, 0, 1, 3, 0, 1, 2];
/** Rows, each as often as its weight says. */
const places = weights.flatMap((weight, k) => new Array<number>(weight).fill(k));
const inputs = Array.from({ length: rows }, (_, k) => numbers(2, -1, 1, 11 + k));
const labels = [2, 0, 1, 1, 2, 0, 2];
const hot = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)));
const reals = Array.from({ length: rows }, (_, k) => numbers(3, 0.1, 0.9, 31 + k));
const signs = reals.map((row) => row.map((x) => (x > 0.5 ? 1 : -1)));

const repeated = ({ inputs, targets }: { inputs: number[][]; targets: unknown[] }): Samples =>
  ({ inputs: places.map((k) => inputs[k]), targets: places.map((k) => targets[k]) }) as Samples;

interface Case {
  readonly name: string;
  readonly loss: Loss;
  readonly targets: unknown[];
  readonly head?: () => Layer;
  readonly width?: number;
  readonly metrics?: readonly Metric[];
}

const logSoftmax = (): Layer => ({ name: "logSoftmax", parameters: {}, apply: (_, x) => x.logSoftmax() });
const pairs = (): Layer => ({ name: "pairs", parameters: {}, apply: (_, x) => x.reshape([-1, 2, 2]) });
const classMetrics = (): Metric[] => [
  accuracy(),
  topK(2),
  precision({ average: "macro" }),
  recall({ positive: 2 }),
  f1({ average: "macro" }),
];
const binaryMetrics = [accuracy(), precision(), recall(), f1()];
const classCases: Case[] = (
  [
    ["softmaxCrossEntropy", softmaxCrossEntropy()],
    ["with class weights", softmaxCrossEntropy({ classWeights: [1, 0.5, 3] })],
    ["with smoothing", softmaxCrossEntropy({ classWeights: [1, 0.5, 3], labelSmoothing: 0.1 })],
    ["with sums", softmaxCrossEntropy({ classWeights: [1, 0.5, 3], reduction: "sum" })],
    ["with an ignored label", softmaxCrossEntropy({ ignoreIndex: 1, classWeights: [1, 0.5, 3] })],
    ["multiclassHinge", multiclassHinge()],
    ["multiMargin", multiMargin({ classWeights: [1, 0.5, 3], power: 2 })],
    ["hinge sum", multiclassHinge({ reduction: "sum" })],
  ] as const
).map(([name, loss]) => ({ name, loss, targets: labels, metrics: classMetrics() }));
const valueCases: Case[] = (
  [
    ["meanSquaredError", meanSquaredError()],
    ["squared error sum", meanSquaredError({ reduction: "sum" })],
    ["meanAbsoluteError", meanAbsoluteError()],
    ["huber", huber({ delta: 0.3 })],
    ["smoothL1", smoothL1({ beta: 0.5 })],
    ["poisson", poissonNegativeLogLikelihood({ full: true })],
    ["binaryCrossEntropyWithLogits", binaryCrossEntropyWithLogits({ positiveWeight: [1, 2, 3] })],
  ] as const
).map(([name, loss]) => ({ name, loss, targets: reals, metrics: [rSquared()] }));
const cases: Case[] = [
  ...classCases,
  { name: "one-hot rows", loss: softmaxCrossEntropy({ classWeights: [1, 0.5, 3] }), targets: hot },
  {
    name: "negativeLogLikelihood",
    loss: negativeLogLikelihood({ classWeights: [1, 0.5, 3] }),
    targets: labels,
    head: logSoftmax,
  },
  ...valueCases,
  { name: "binaryCrossEntropy", loss: binaryCrossEntropy(), targets: reals, head: sigmoid },
  { name: "klDivergence", loss: klDivergence(), targets: reals, head: logSoftmax },
  { name: "kl sum", loss: klDivergence({ reduction: "sum" }), targets: reals, head: logSoftmax },
  { name: "hingeEmbedding", loss: hingeEmbedding(), targets: signs },
  {
    name: "cosineEmbedding",
    loss: cosineEmbedding({ margin: -0.5 }),
    targets: signs.map(([y]) => y),
    head: pairs,
    width: 4,
  },
  {
    name: "one output",
    loss: binaryCrossEntropyWithLogits(),
    targets: signs.map(([y = 0]) => [(1 + y) / 2]),
    width: 1,
    metrics: binaryMetrics,
  },
];

function trainerOf(
  { loss, head, width = 3, metrics = [] }: Omit<Case, "name" | "targets">,
  options: Partial<TrainerOptions> = {},
): Trainer {
  const layers = [linear(2, width), ...(head ? [head()] : [])];
  const optimizer = sgd({ learningRate: 0.1 });
  return createTrainer(engine, { model: sequential(layers), loss, metrics, optimizer, seed: 3, ...options });
}
const parametersOf = (trainer: Trainer): number[] =>
  Object.values(trainer.parameters()).flatMap(({ data }) => [...data]);

describe("a weighted set is the set with repeated rows", () => {
  for (const dtype of ["f64", "f32"] as const)
    it.each(cases)(`$name in ${dtype}`, ({ targets, ...parts }) => {
      const tolerance = dtype === "f64" ? 1e-13 : 3e-6;
      const whole = trainerOf(parts, { dtype });
      const expected = whole.evaluate(repeated({ inputs, targets }));
      const stepped = whole.step(repeated({ inputs, targets }));
      for (const microBatch of [1, 3, 1024]) {
        const trainer = trainerOf(parts, { dtype, microBatch });
        const data = { inputs, targets, weights } as Samples;
        const seen = trainer.evaluate(data);
        expect(Object.keys(seen)).toEqual(Object.keys(expected));
        expectClose(Object.values(seen), Object.values(expected), tolerance);
        const { loss, gradientNorm } = trainer.step(data);
        expectClose([loss, gradientNorm], [stepped.loss, stepped.gradientNorm], tolerance);
        expectClose(parametersOf(trainer), parametersOf(whole), tolerance);
      }
    });

  it("over chunks of an evaluation, epochs, accumulated batches and two gradients a step", async () => {
    const many = 300;
    const data = {
      inputs: Array.from({ length: many }, (_, k) => numbers(2, -1, 1, 100 + k)),
      targets: Int32Array.from({ length: many }, (_, k) => k % 3),
      weights: Uint8Array.from({ length: many }, (_, k) => k % 4),
    };
    const order = Array.from(data.weights).flatMap((weight, k) => new Array<number>(weight).fill(k));
    const rowsOf = { inputs: order.map((k) => data.inputs[k] as number[]), targets: order.map((k) => k % 3) };
    const parts = { loss: softmaxCrossEntropy(), metrics: classMetrics() };
    const [one, other] = [trainerOf(parts, { dtype: "f64" }), trainerOf(parts, { dtype: "f64" })];
    expectClose(Object.values(one.evaluate(data)), Object.values(other.evaluate(rowsOf)), 1e-13);
    const whole = { epochs: 3, shuffle: false, batchSize: 1000, validation: rowsOf };
    for (const options of [{}, { optimizer: sam(adam({ learningRate: 0.1 })) }, { microBatch: 50 }]) {
      const a = trainerOf(parts, { dtype: "f64", ...options });
      const b = trainerOf(parts, { dtype: "f64", ...options });
      const first = await a.fit(data, { ...whole, validation: data });
      const second = await b.fit(rowsOf, whole);
      expectClose(parametersOf(a), parametersOf(b), 1e-11);
      expectClose(
        first.epochs.flatMap(({ loss, validation }) => [loss, validation?.loss as number]),
        second.epochs.flatMap(({ loss, validation }) => [loss, validation?.loss as number]),
        1e-11,
      );
    }
    const halves = trainerOf(parts, { dtype: "f64", gradient: [accumulate(3)] });
    await halves.fit(data, { epochs: 1, shuffle: false, batchSize: 100 });
    const full = trainerOf(parts, { dtype: "f64" });
    full.step(rowsOf);
    expectClose(parametersOf(halves), parametersOf(full), 1e-12);
  });

  it("by L-BFGS, on the surface of the loss, and with validation that has no weights", async () => {
    const [data, same] = [{ inputs, targets: reals, weights }, repeated({ inputs, targets: reals })];
    for (const loss of [meanSquaredError(), meanSquaredError({ reduction: "sum" })]) {
      const [a, b] = [trainerOf({ loss }, { dtype: "f64" }), trainerOf({ loss }, { dtype: "f64" })];
      const [surface, twin] = [trainerSurface(a, data), trainerSurface(b, same)];
      expectClose(surface.value(), twin.value(), 1e-13);
      expectClose(surface.hessian().data, twin.hessian().data, 1e-13);
      await a.fit(data, { epochs: 20, method: lbfgs() });
      await b.fit(same, { epochs: 20, method: lbfgs() });
      expectClose(parametersOf(a), parametersOf(b), 1e-6);
    }
    const validation = { inputs, targets: reals };
    const [a, b] = [trainerOf({ loss: huber() }), trainerOf({ loss: huber() })];
    const first = await a.fit(data, { epochs: 2, batchSize: 3, validation });
    for (let epoch = 0; epoch < 2; epoch++) {
      await b.fit(data, { epochs: 1, batchSize: 3 });
      expect(first.epochs[epoch]?.validation?.loss).toBe(b.evaluate(validation).loss);
    }
    expect(parametersOf(a)).toEqual(parametersOf(b));
  });

  it("to the same bits in a worker, resumed, and in a data set", async () => {
    const samples = { inputs, targets: labels, weights };
    const make = (): Trainer => trainerOf({ loss: softmaxCrossEntropy() }, { microBatch: 2 });
    const fit = { batchSize: 4, validation: samples };
    const here = make();
    const plain = await here.fit(samples, { ...fit, epochs: 4 });
    for (const validation of [samples, { inputs, targets: labels }]) {
      const there = make();
      const remote = await there.fit(createDataset(engine, samples, "classes"), {
        ...fit,
        validation,
        epochs: 4,
        worker: true,
      });
      expect(remote.worker).toBe(true);
      expect(there.save()).toEqual(here.save());
      if (validation === samples)
        expect(remote.epochs.map(({ validation }) => validation)).toEqual(
          plain.epochs.map(({ validation }) => validation),
        );
    }
    const stopped = make();
    await stopped.fit(samples, { ...fit, steps: 3 });
    const resumed = make();
    resumed.restore(stopped.save());
    await resumed.fit(samples, { ...fit, steps: 5 });
    expect(resumed.save()).toEqual(here.save());
  });
});

/** Rows as PyTorch 1.13 has seen them: see the figures below. */
const golden = {
  logits: [
    [0.5, -1, 2],
    [1.5, 0.25, -0.5],
    [-2, 1, 0],
    [0.75, 0.5, 0.25],
    [3, -1, 1],
  ],
  classes: [1, 2, 0.5],
  weights: [2, 0.5, 1, 0, 3],
};
const ignored = Int32Array.of(2, 0, -100, 1, 0);

/** The mean of a loss over the rows, and its gradient. */
function meanOver(loss: Loss, targets: Int32Array, weights?: readonly number[], head?: (x: Tensor) => Tensor) {
  const { value, gradient } = valueAndGrad(engine, (x: Tensor) => {
    const given = weights && x.trace.constant([...weights], "f64");
    const y = x.trace.constant([...targets], "f64").cast("i32");
    const result = loss.apply(head ? head(x) : x, y, given);
    return "weight" in result ? result.sum.divide(result.weight) : result;
  })(golden.logits);
  return { value, gradient: gradient.data };
}

describe("PyTorch's figures", () => {
  // torch 1.13, float64: F.cross_entropy(z, y, weight=c, ignore_index=-100, label_smoothing=e)
  it.each([
    ["ignore_index", {}, 0.46388321834138424],
    ["ignore_index and weight", { classWeights: golden.classes }, 0.6342700687650304],
    ["ignore_index and label_smoothing", { labelSmoothing: 0.1 }, 0.5784665516747176],
    ["all three", { labelSmoothing: 0.1, classWeights: golden.classes }, 0.766171691938745],
  ])("%s", (_, options, expected) => {
    const loss = softmaxCrossEntropy({ ...options, ignoreIndex: -100 });
    expect(meanOver(loss, ignored).value).toBeCloseTo(expected, 14);
    if ("labelSmoothing" in options) return;
    const likelihood = negativeLogLikelihood({ ...options, ignoreIndex: -100 });
    expect(meanOver(likelihood, ignored, undefined, (x) => x.logSoftmax()).value).toBeCloseTo(expected, 14);
  });

  it("the gradient of ignore_index with weight, and the sum", () => {
    const loss = softmaxCrossEntropy({ classWeights: golden.classes, ignoreIndex: -100 });
    const expected = [
      ...[0.01947671023778185, 0.00434584147452083, -0.02382255171230268],
      ...[-0.0659302275507169, 0.04477840618423354, 0.02115182136648333, 0, 0, 0],
      ...[0.18632397849319896, -0.2993351840889615, 0.11301120559576248],
      ...[-0.02959703728948118, 0.00352805332810372, 0.02606898396137741],
    ];
    expectClose(meanOver(loss, ignored).gradient, expected, 1e-15);
    // reduction="sum" is 1.855532873365537 over 4 labels.
    const sum = softmaxCrossEntropy({ ignoreIndex: -100, reduction: "sum" });
    expect(meanOver(sum, ignored).value).toBeCloseTo(1.855532873365537 / 4, 14);
  });

  it("class weights times sample weights", () => {
    // l = F.cross_entropy(z, y, weight=c, reduction="none"); (w l).sum() / (w c[y]).sum()
    const loss = softmaxCrossEntropy({ classWeights: golden.classes });
    const all = meanOver(loss, Int32Array.of(2, 0, 1, 1, 0), golden.weights);
    expect(all.value).toBeCloseTo(0.23755485347609687, 14);
    expectClose(all.gradient.slice(0, 3), [0.02696775263692872, 0.00601731896472115, -0.03298507160164987], 1e-15);
    const some = softmaxCrossEntropy({ classWeights: golden.classes, ignoreIndex: -100 });
    expect(meanOver(some, ignored, golden.weights).value).toBeCloseTo(0.18801824756850155, 14);
  });

  it("probabilities have no index to ignore", () => {
    const data = { inputs, targets: hot };
    const plain = trainerOf({ loss: softmaxCrossEntropy() }).step(data);
    expect(trainerOf({ loss: softmaxCrossEntropy({ ignoreIndex: 0 }) }).step(data)).toEqual(plain);
  });

  it("a trainer's loss is that of the loss; metrics leave out what is ignored", () => {
    const loss = softmaxCrossEntropy({ classWeights: golden.classes, ignoreIndex: -100 });
    const trainer = createTrainer(engine, {
      model: linear(3, 3),
      loss,
      metrics: [accuracy(), topK(2)],
      optimizer: sgd({ learningRate: 1 }),
      dtype: "f64",
    });
    const identity = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    trainer.setParameters({ weight: identity, bias: [0, 0, 0] });
    const data = { inputs: golden.logits, targets: ignored, weights: golden.weights };
    const { loss: value, accuracy: share } = trainer.evaluate(data);
    expect(value).toBeCloseTo(0.18801824756850155, 14);
    expect(share).toBe(1);
    // Of 2, 0, 1, 0 the third is not the first score.
    expect(trainer.evaluate({ inputs: golden.logits, targets: ignored })).toMatchObject({ accuracy: 0.75, top2: 1 });
    expect(trainer.step({ inputs: golden.logits, targets: Int32Array.of(-100, -100, -100, -100, -100) })).toMatchObject(
      {
        loss: 0,
        gradientNorm: 0,
      },
    );
    expect(() => trainer.step({ inputs: golden.logits, targets: Int32Array.of(-100, -1, 0, 0, 0) })).toThrow(
      "step: softmaxCrossEntropy: target of sample 1 is -1, expected 0 .. 2 for 3 outputs.",
    );
  });
});

describe("weights of a part of a sample", () => {
  const time = 4;
  const many = 5;
  const sequences = Array.from({ length: many }, (_, k) => numbers(2 * time, -1, 1, 50 + k));
  const steps = Int32Array.from({ length: many * time }, (_, k) => (k * 7) % 3);
  const mask = Array.from({ length: many }, (_, k) => Array.from({ length: time }, (_, s) => Number(s <= k)));
  /** [rows, 2 time] → [rows, time, classes] by the same weights at every time. */
  const model = (): Layer => ({
    name: "each",
    parameters: linear(2, 3).parameters,
    apply: (p, x, context) =>
      linear(2, 3)
        .apply(p, x.reshape([-1, 2]), context)
        .reshape([-1, time, 3]),
  });
  const make = (loss: Loss, metrics: Metric[], options: Partial<TrainerOptions> = {}): Trainer =>
    createTrainer(engine, { model: model(), loss, metrics, optimizer: adam(), dtype: "f64", ...options });

  it("masks sequences by weights or by a label, as the flat list of their steps", () => {
    const kept = mask.flat().flatMap((weight, k) => (weight ? [k] : []));
    const flat = createTrainer(engine, {
      model: linear(2, 3),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy(), topK(2)],
      optimizer: adam(),
      dtype: "f64",
    });
    const list = sequences.flat();
    const expected = flat.evaluate({
      inputs: kept.map((k) => list.slice(2 * k, 2 * k + 2)),
      targets: kept.map((k) => steps[k] as number),
    });
    const padded = steps.map((label, k) => (mask.flat()[k] ? label : -1));
    const shape = [many, time];
    for (const microBatch of [1, 2, 1024]) {
      const byWeight = make(softmaxCrossEntropy(), [accuracy(), topK(2)], { microBatch });
      const byLabel = make(softmaxCrossEntropy({ ignoreIndex: -1 }), [accuracy(), topK(2)], { microBatch });
      for (const trainer of [byWeight, byLabel])
        trainer.setParameters({ weight: flat.parameters().weight as never, bias: flat.parameters().bias as never });
      const weighted = { inputs: sequences, targets: { data: steps, shape }, weights: mask };
      const labelled = { inputs: sequences, targets: { data: padded, shape } };
      expectClose(Object.values(byWeight.evaluate(weighted)), Object.values(expected), 1e-14);
      expectClose(Object.values(byLabel.evaluate(labelled)), Object.values(expected), 1e-14);
      expect(byWeight.step(weighted).loss).toBeCloseTo(expected.loss, 13);
      expect(byLabel.step(labelled).loss).toBeCloseTo(expected.loss, 13);
    }
  });

  it("of one axis of values are those of all its outputs, R² included", () => {
    const values = { data: numbers(many * time * 3, 0, 1, 5), shape: [many, time, 3] };
    const trainer = make(meanSquaredError(), [rSquared()]);
    const wide = mask.map((row) => row.map((weight) => [weight, weight, weight]));
    const short = trainer.evaluate({ inputs: sequences, targets: values, weights: mask });
    const long = trainer.evaluate({ inputs: sequences, targets: values, weights: wide });
    expectClose(Object.values(short), Object.values(long), 1e-14);
    const ones = mask.map((row) => row.map(() => 0.5));
    expectClose(
      Object.values(trainer.evaluate({ inputs: sequences, targets: values, weights: ones })),
      Object.values(trainer.evaluate({ inputs: sequences, targets: values })),
      1e-13,
    );
  });

  it("refuses shapes that do not fit, with the shapes of all rows", () => {
    const trainer = make(softmaxCrossEntropy(), []);
    const data = { inputs: sequences, targets: { data: steps, shape: [many, time] } };
    const of = (shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape });
    expect(() => trainer.step({ ...data, weights: of([many, 3]) })).toThrow(
      "step: softmaxCrossEntropy: weights [5, 3] and [5, 4, 3] differ in shape. Give [samples], or the first axes.",
    );
    expect(() => trainer.evaluate({ ...data, weights: of([many, time, 3]) })).toThrow(
      "softmaxCrossEntropy: weights [5, 4, 3] and [5, 4] differ in shape",
    );
    expect(trainer.evaluate({ ...data, weights: of([many, 1]) }).loss).toBe(trainer.evaluate(data).loss);
  });
});

describe("weight 0", () => {
  // In f32 the outputs of the first row are infinite, and so are the squares of its targets.
  const hidden = { inputs: [3e38, -3e38, 200], targets: [3e38, -1e38, 1] };
  const seen = [0.5, 0.25, 0.75];
  it.each([
    [meanSquaredError(), hidden.targets],
    [meanAbsoluteError(), hidden.targets],
    [huber(), hidden.targets],
    [poissonNegativeLogLikelihood(), [3e38, 0, 1]],
    [poissonNegativeLogLikelihood({ logInput: false }), [3e38, 0, 1]],
    [binaryCrossEntropyWithLogits(), [1, 0, 1]],
    [softmaxCrossEntropy(), [0, 1, 0]],
    [softmaxCrossEntropy({ labelSmoothing: 0.1 }), [0, 1, 0]],
    [negativeLogLikelihood(), [0, 1, 0]],
    [multiclassHinge(), [0, 1, 0]],
  ])("hides outputs and targets that would give infinite losses: %o", (loss, targets) => {
    const model: Layer = {
      name: "double",
      parameters: { scale: { shape: [3], initializer: ({ trace, dtype }) => trace.fill(2, [3], dtype) } },
      apply: ({ scale }, x) => x.multiply(scale as Tensor),
    };
    const made = (metrics: Metric[]): Trainer =>
      createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 0.1 }), metrics });
    const own: Metric = { name: "own", apply: (p, y, own, w) => own.apply(p, y, w) };
    const metrics = loss.targets === "classes" ? [own, accuracy()] : [own, rSquared()];
    const good = { inputs: [seen], targets: [[0, 1, 0]] };
    const data = { inputs: [hidden.inputs, seen], targets: [targets, [0, 1, 0]], weights: [0, 2] };
    const [a, b] = [made(metrics), made(metrics)];
    expectClose(Object.values(a.evaluate(data)), Object.values(b.evaluate(good)), 1e-6);
    const [got, expected] = [a.step(data), b.step(good)];
    expectClose([got.loss, got.gradientNorm], [expected.loss, expected.gradientNorm], 1e-6);
    expectClose(parametersOf(a), parametersOf(b), 1e-6);
    expect(() => made([]).step({ inputs: data.inputs, targets: data.targets })).toThrow("not finite");
  });

  it("of every row of a batch moves nothing, and has no mean", async () => {
    for (const loss of [meanSquaredError(), meanSquaredError({ reduction: "sum" })]) {
      const trainer = trainerOf({ loss, metrics: [rSquared()] });
      const before = parametersOf(trainer);
      const data = { inputs, targets: reals, weights: new Float32Array(rows) };
      expect(trainer.step(data)).toMatchObject({ loss: 0, gradientNorm: 0 });
      const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: 2 });
      expect(epochs[0]?.loss).toBe(0);
      expect(parametersOf(trainer)).toEqual(before);
      expect(() => trainer.evaluate(data)).toThrow("meanSquaredError: the weights of all samples sum to 0");
    }
  });
});

describe("everything else that takes samples", () => {
  const samples = { inputs, targets: labels, weights };

  it("splits weights with their rows", () => {
    const parts = splitSamples({ ...samples, weights: labels.map((_, k) => [k, k]) }, { seed: 4 });
    const both = [...(parts.train.weights?.data ?? []), ...(parts.validation.weights?.data ?? [])];
    expect([...both].sort()).toEqual(labels.flatMap((_, k) => [k, k]));
    const [first, second] = parts.validation.inputs.data as number[];
    const at = parts.validation.weights?.data[0] as number;
    expect([first, second]).toEqual(inputs[at]);
    expect(parts.validation.weights?.shape).toEqual([1, 2]);
    expect(() => splitSamples({ ...samples, weights: [1] })).toThrow("got 7 inputs and 1 weights");
    expect(splitSamples({ inputs, targets: labels }).train).not.toHaveProperty("weights");
  });

  it("finds learning rates, diagnoses, measures and refreshes", async () => {
    const trainer = createTrainer(engine, {
      model: sequential([linear(2, 4), batchNorm(4), linear(4, 3)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
    });
    const data = createDataset(engine, samples, "classes");
    expect(findLearningRate(trainer, data, { steps: 20 }).losses.length).toBeGreaterThan(1);
    expect(diagnose(trainer, data)).toBeNull();
    expect(measuredStep(trainer, samples).statistics.parameters).toBeDefined();
    // Running statistics are those of all rows, whatever their weights.
    trainer.refreshStatistics(samples);
    const state = trainer.state();
    trainer.refreshStatistics({ inputs });
    expect(trainer.state()).toEqual(state);
  });

  it("alternates between weights, none, and other shapes without mixing them up", () => {
    const values = { inputs, targets: reals };
    const trainer = trainerOf({ loss: meanSquaredError() });
    const plain = trainer.evaluate(values).loss;
    const weighted = trainer.evaluate({ ...values, weights }).loss;
    const outputs = trainer.predict(inputs);
    expect(weighted).not.toBe(plain);
    const wide = weights.map((w) => [w, w, w]);
    expect(trainer.evaluate({ ...values, weights: wide }).loss).toBeCloseTo(weighted, 6);
    expect(trainer.evaluate(values).loss).toBe(plain);
    expect(trainer.evaluate({ ...values, weights }).loss).toBe(weighted);
    expect(trainer.predict(inputs)).toEqual(outputs);
  });

  it("takes losses and metrics of one's own that declare weights", () => {
    const own: Loss = {
      name: "own",
      targets: "values",
      apply(x, y, w) {
        const l = x.subtract(y).square();
        if (!w) return l.mean();
        const each = w.reshape([-1, 1]);
        return { sum: each.multiply(l).sum(), weight: w.sum().multiply(3) };
      },
    };
    const metric: Metric = { name: "same", apply: (x, y, loss, w) => loss.apply(x, y, w) };
    const data = { inputs, targets: reals, weights };
    const { loss, same } = trainerOf({ loss: own, metrics: [metric] }).evaluate(data);
    expect(loss).toBeCloseTo(trainerOf({ loss: meanSquaredError() }).evaluate(data).loss, 6);
    expect(same).toBe(loss);
  });

  const squares: Loss = { name: "squares", targets: "values", apply: (x, y) => x.subtract(y).square().mean() };
  const scalar: Loss = { ...squares, name: "scalar", apply: (x, y, w) => (w ? x : y).mean() };
  const sums: Loss = { ...squares, name: "sums", apply: (x, y) => ({ sum: x.subtract(y).abs().sum(), weight: 1 }) };
  const firsts: Metric = { name: "firsts", apply: (x) => x.mean() };
  const values = { inputs, targets: reals, weights };
  const refusals: [string, () => unknown, new (...args: never[]) => Error, string][] = [
    [
      "a loss that declares none",
      () => trainerOf({ loss: squares }).step(values),
      TypeError,
      "squares: takes no weights. Return { sum, weight } from apply(…, weights).",
    ],
    [
      "a loss of two sums that declares none",
      () => trainerOf({ loss: sums }).step(values),
      TypeError,
      "sums: takes no weights.",
    ],
    [
      "a loss that returns a scalar",
      () => trainerOf({ loss: scalar }).fit(values, { epochs: 1 }),
      TypeError,
      "scalar: takes no weights.",
    ],
    [
      "a metric that declares none",
      () => trainerOf({ loss: huber(), metrics: [firsts] }).evaluate(values),
      TypeError,
      "firsts: takes no weights.",
    ],
    [
      "a metric beside an ignored label",
      () =>
        trainerOf({ loss: softmaxCrossEntropy({ ignoreIndex: 0 }), metrics: [firsts] }).evaluate({
          inputs,
          targets: labels,
        }),
      TypeError,
      "firsts: takes no weights.",
    ],
    [
      "another number",
      () => createDataset(engine, { ...samples, weights: [1, 2] }),
      RangeError,
      "got 7 inputs and 2 weights",
    ],
    [
      "a negative number",
      () => createDataset(engine, { ...samples, weights: [1, 1, -0.5, 1, 1, 1, 1] }),
      RangeError,
      "createDataset: weights: sample 2 holds -0.5 in column 0, expected finite numbers from 0.",
    ],
    [
      "a negative number of a part",
      () => createDataset(engine, { ...samples, weights: labels.map((k) => [1, k === 1 ? -1 : 1]) }),
      RangeError,
      "weights: sample 2 holds -1 in column 1",
    ],
    [
      "NaN",
      () => createDataset(engine, { ...samples, weights: [1, 1, 1, Number.NaN, 1, 1, 1] }),
      RangeError,
      "weights: sample 3 holds NaN",
    ],
    ["no targets", () => createDataset(engine, { inputs, weights }), RangeError, "the data has no targets"],
    ["predict", () => trainerOf({ loss: huber() }).predict({ inputs, weights } as never), TypeError, "predict: inputs"],
    [
      "another spelling",
      () => createDataset(engine, { inputs, targets: labels, weigths: weights } as never),
      TypeError,
      'unknown option "weigths". Did you mean "weights"?',
    ],
    [
      "mixed rows",
      () => trainerOf({ loss: softmaxCrossEntropy() }).fit(samples, { epochs: 1, augment: augment([mixUp()]) }),
      TypeError,
      "mixUp(0.2): samples with weights cannot be mixed.",
    ],
    [
      "mixed labels to ignore",
      () =>
        trainerOf({ loss: softmaxCrossEntropy({ ignoreIndex: 0 }) }).fit(
          { inputs, targets: labels },
          { epochs: 1, augment: augment([mixUp()]) },
        ),
      TypeError,
      "labels to ignore cannot be mixed. Leave out ignoreIndex of softmaxCrossEntropy.",
    ],
    [
      "ignoreIndex ½",
      () => softmaxCrossEntropy({ ignoreIndex: 0.5 }),
      RangeError,
      "ignoreIndex must be a finite whole number",
    ],
  ];
  it.each(refusals)("refuses %s", (_, body, kind, sentence) => {
    expect(body).toThrow(kind);
    expect(body).toThrow(sentence);
  });

  it("loses nothing when it refuses", () => {
    const trainer = trainerOf({ loss: huber() });
    const before = trainer.save();
    expect(() => trainer.step({ ...values, weights: [[1, 2]] as never })).toThrow();
    expect(() => trainer.step({ ...values, weights: weights.map((w) => [w, w]) })).toThrow("differ in shape");
    expect(trainer.save()).toEqual(before);
    expect(trainer.step(values).loss).toBeGreaterThan(0);
  });
});

it("losses return the two sums by themselves", () => {
  const loss: TensorLoss = meanSquaredError();
  const { value, gradient } = valueAndGrad(engine, (x: Tensor) => {
    const result = loss.apply(x, x.trace.fill(1, [2, 2], "f64"), x.trace.constant([1, 3], "f64"));
    return "weight" in result ? result.sum.divide(result.weight) : result;
  })([
    [0, 1],
    [3, 1],
  ]);
  // (1 · 1 + 3 · 4) / (2 · 4), of which d / dx = 2 w (x − 1) / 8
  expect(value).toBeCloseTo(13 / 8, 14);
  expectClose(gradient.data, [-0.25, 0, 1.5, 0], 1e-15);
});
