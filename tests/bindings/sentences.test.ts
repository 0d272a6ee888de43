// What the library says where people went wrong, one row a situation, and what console.log shows of its objects.

import { inspect } from "node:util";
import {
  adam,
  constantInitializer,
  createDataset,
  createTrainer,
  type Engine,
  findLearningRate,
  fitCurve,
  heNormal,
  levenbergMarquardt,
  linear,
  meanSquaredError,
  minimize,
  minimizeSync,
  mlp,
  newton,
  onesInitializer,
  readSafetensors,
  relu,
  residual,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  trainerSurface,
  writeSafetensors,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { expectSameBits } from "./numbers.js";
import { errorOf, wrong } from "./refusals.js";
import { run } from "./transforms.js";

let engine: Engine;
let trainer: Trainer;
beforeEach(async () => {
  engine = await testEngine();
  trainer = createTrainer(engine, { model: mlp([4, 3, 1]), loss: meanSquaredError(), optimizer: adam(), seed: 2 });
});

const xs = [
  [1, 2, 3, 4],
  [4, 3, 2, 1],
];
const ys = [[1], [2]];
const samples = { inputs: xs, targets: ys };
const scores = (targets: unknown, model = linear(4, 3)) => ({
  model,
  run: () =>
    createTrainer(engine, { model, loss: softmaxCrossEntropy(), optimizer: adam() }).step(
      wrong({ inputs: xs, targets }),
    ),
});
const line = (x: Tensor, p: { readonly slope: Tensor }) => x.multiply(p.slope);
const curve = (observations: object, start: unknown = { slope: 1 }, options: object = {}) =>
  fitCurve(engine, line as never, wrong({ x: [1, 2, 3], y: [2, 4, 6], ...observations }), wrong(start), options);
async function* rows() {
  yield [1, 2, 3, 4];
}

/** What is done, and what is said of it. */
const situations: Readonly<Record<string, readonly [body: () => unknown, said: string]>> = {
  "an initializer that is called": [
    () => linear(4, 3, { bias: wrong((onesInitializer as () => unknown)()) }),
    "onesInitializer: called with undefined, but it is the initializer itself. Give onesInitializer without ().",
  ],
  "an initializer that is called with options": [
    () => heNormal(wrong({ seed: 1 })),
    "heNormal: called with an object, but it is the initializer itself. Give heNormal without ().",
  ],
  "rows of { input, output }": [
    () => trainer.fit(wrong([{ input: [1], output: [2] }]), { epochs: 1 }),
    "fit: the data must be { inputs: xs, targets: ys }, arrays of all rows, got [an object].",
  ],
  "inputs and targets one by one": [
    () => trainer.fit(wrong(xs), wrong(ys)),
    "fit: the data must be { inputs: xs, targets: ys }, arrays of all rows, got [[1, 2, 3, 4], [4, 3, 2, 1]].",
  ],
  "a generator of rows": [
    () => trainer.fit(wrong(rows()), { epochs: 1 }),
    "fit: batch 1: the data must be { inputs: xs, targets: ys }, arrays of all rows, got [1, 2, 3, 4].",
  ],
  "misspelt columns": [
    () => trainer.evaluate(wrong({ input: xs, targets: ys })),
    'evaluate: unknown option "input". Did you mean "inputs"?',
  ],
  "one row to predict": [
    () => trainer.predict([1, 2, 3, 4]),
    "predict: linear(4, 3): got [4], expected [batch, 4]. Wrap one row in an array.",
  ],
  "a wrong width to predict": [
    () => trainer.predict([[1, 2, 3]]),
    "predict: linear(4, 3): got [1, 3], expected [batch, 4]. Check the inputs, or the layer before.",
  ],
  "a wrong width of a step": [
    () => trainer.step({ inputs: [[1, 2, 3]], targets: [[1]] }),
    "step: linear(4, 3): got [1, 3], expected [batch, 4]. Check the inputs, or the layer before.",
  ],
  "a wrong width of validation samples": [
    () => trainer.fit(samples, { epochs: 1, validation: { inputs: [[1, 2, 3]], targets: [[1]] } }),
    "fit: validation: linear(4, 3): got [1, 3], expected [batch, 4]. Check the inputs, or the layer before.",
  ],
  "a wrong width of targets": [
    () => trainer.fit(samples, { epochs: 1, validation: { inputs: xs, targets: xs } }),
    "fit: validation: meanSquaredError: prediction [2, 1] and target [2, 4] differ in shape. Reshape the targets, or check the width of the last layer.",
  ],
  "a gap among validation samples": [
    () => trainer.fit(samples, { epochs: 1, validation: wrong({ inputs: [[1, 2, 3, null]], targets: [[1]] }) }),
    "fit: validation: inputs: expected numbers, got null in row 0, column 3 (from 0). Fill it, or leave the row out.",
  ],
  "a gap: an empty text": [
    () =>
      createDataset(
        engine,
        wrong({
          inputs: [
            [1, 2],
            [3, ""],
          ],
          targets: ys,
        }),
      ),
    'createDataset: inputs: expected numbers, got "" in row 1, column 1 (from 0). Fill it, or leave the row out.',
  ],
  "a gap in a list": [
    () => createDataset(engine, wrong({ inputs: xs, targets: [1, "?"] })),
    'createDataset: targets: expected numbers, got "?" in place 1 (from 0). Fill it, or leave the row out.',
  ],
  "a gap as NaN": [
    () =>
      trainer.step({
        inputs: [
          [1, 2, 3, 4],
          [1, Number.NaN, 3, 4],
        ],
        targets: ys,
      }),
    "step: inputs: sample 1 holds NaN in column 1, expected finite numbers. Clean the data first.",
  ],
  "weights in PyTorch's layout": [
    () =>
      trainer.setParameters({
        "0.weight": [
          [1, 2, 3, 4],
          [1, 2, 3, 4],
          [1, 2, 3, 4],
        ],
      }),
    'setParameters: "0.weight" has the wrong shape: got [3, 4], expected [4, 3]. Transpose it: PyTorch keeps [outputs, inputs].',
  ],
  "a file that is none": [
    () => readSafetensors(new TextEncoder().encode("<!doctype html><p>Not found")),
    "readSafetensors: the first 8 bytes say that the header has 8104636974849335612 bytes, expected at most 19. Use a whole safetensors file.",
  ],
  "a layer object in two places": [
    () => {
      const layer = linear(4, 4);
      createTrainer(engine, { model: sequential([layer, relu(), layer]), loss: meanSquaredError(), optimizer: adam() });
    },
    'createTrainer: "2" and "0" are the same layer, which cannot be shared. Create two.',
  ],
  "a layer object in two places, deep inside": [
    () => {
      const layer = linear(4, 4);
      const model = sequential([layer, residual(sequential([relu(), layer]))]);
      createTrainer(engine, { model, loss: meanSquaredError(), optimizer: adam() });
    },
    'createTrainer: "1.block.1" and "0" are the same layer, which cannot be shared. Create two.',
  ],
  "pad with 3e9": [
    () => run(engine, ((x: Tensor) => x.pad([[0, 3e9]])) as never, [1, 2]),
    "pad: extents and positions must be whole numbers of 32 bits, got 3000000000.",
  ],
  "slice up to 3e9": [
    () => run(engine, ((x: Tensor) => x.slice(0, 0, 3e9)) as never, [1, 2]),
    "slice: extents and positions must be whole numbers of 32 bits, got 3000000000.",
  ],
  "broadcast to 3e9": [
    () => run(engine, ((x: Tensor) => x.broadcastTo([3e9])) as never, [1]),
    "broadcastTo: extents must be whole numbers from 0 below 2³¹, got 3000000000 in [3000000000].",
  ],
  "labels as a column": [
    scores([[0], [1]]).run,
    "softmaxCrossEntropy: got targets [2, 1] in f32, expected class indices. Give { data: Int32Array, shape: [2] }.",
  ],
  "nested labels of a sequence": [
    scores(
      [
        [0, 1],
        [1, 0],
      ],
      {
        name: "sequence",
        parameters: {},
        apply: (_, x) => x.reshape([x.shape[0] as number, 2, 2]),
      },
    ).run,
    "softmaxCrossEntropy: got targets [2, 2] in f32, expected class indices. Give { data: Int32Array, shape: [2, 2] }.",
  ],
  "a method that is 0": [
    () => trainer.fit(samples, { epochs: 1, method: wrong(0) }),
    "fit: method must use gradients, got 0. Try lbfgs().",
  ],
  "a method that needs Hessians": [
    () => trainer.fit(samples, { epochs: 1, method: wrong(newton()) }),
    "fit: method must use gradients, got newton. Try lbfgs().",
  ],
  "the rate of a number": [
    () => findLearningRate(wrong(5), samples),
    "findLearningRate: the first argument must be a trainer, got 5. Try createTrainer(engine, { model, loss, optimizer }).",
  ],
  "the surface of nothing": [
    () => trainerSurface(wrong(undefined), samples),
    "trainerSurface: the first argument must be a trainer, got undefined. Try createTrainer(engine, { model, loss, optimizer }).",
  ],
  "a file of nothing": [
    () => writeSafetensors(wrong(null)),
    "writeSafetensors: tensors must be arrays { data, shape } by name, got null.",
  ],
  "a function of numbers": [
    () =>
      minimize(
        engine,
        wrong(([x, y]: number[]) => (x as number) ** 2 + (y as number) ** 2),
        [1, 2],
      ),
    "minimize: tensor: has no elements to iterate over while it is traced. Use tensor operations, and read numbers from results. Give a function of plain numbers as { value }.",
  ],
  "a start that is missing": [
    () => minimizeSync(engine, (x: Tensor) => x.square().sum(), wrong(undefined)),
    "minimizeSync: the start is missing: got undefined, expected numbers, arrays or a tree of them.",
  ],
  "a curve without a start": [
    () => fitCurve(engine, line as never, { x: [1], y: [1] }, wrong(undefined)),
    "fitCurve: the start is missing: got undefined, expected numbers, arrays or a tree of them.",
  ],
  "deviations of a curve": [
    () => curve({ sigma: [1, 1, 1] }),
    'fitCurve: unknown option "sigma". Give weights, 1 / sigma² of each observation.',
  ],
  "one weight of a curve": [
    () => curve({ weight: [1, 1, 1] }),
    'fitCurve: unknown option "weight". Did you mean "weights"?',
  ],
  "an option that no curve has": [
    () => curve({}, { slope: 1 }, { zzzzzzzzzzzzzzzzzzzz: 1 }),
    'fitCurve: unknown option "zzzzzzzzzzzzzzzzzzzz". Known options: method, gradientTolerance, valueTolerance, stepTolerance, maxIterations, maxEvaluations, time, trace, iterations, signal, onProgress.',
  ],
};

describe("what is said of", () => {
  it.each(Object.keys(situations))("%s", async (name) => {
    const [body, said] = situations[name] as (typeof situations)[string];
    const before = trainer.save();
    expect(((await errorOf(body)) as Error | null)?.message).toBe(said);
    expectSameBits(trainer.save(), before);
    trainer.step(samples);
  });
});

it("iterations end every method", () => {
  const rosenbrock = {
    value: ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => (1 - x) ** 2 + 100 * (y - x * x) ** 2,
  };
  for (const method of [undefined, newton(), adam({ learningRate: 0.1 })])
    expect(minimizeSync(engine, rosenbrock, [-1.2, 1], method, { iterations: 2 })).toMatchObject({
      iterations: 2,
      status: "maxIterations",
    });
});

it("iterations end a fit of a curve", async () => {
  const rate = (x: Tensor, p: { readonly k: Tensor }) => x.multiply(p.k).exp();
  const observations = { x: [1, 2, 3], y: [2, 5, 9] };
  const fitted = await fitCurve(
    engine,
    rate as never,
    observations,
    { k: 3 },
    { iterations: 1, method: levenbergMarquardt() },
  );
  expect(fitted).toMatchObject({ iterations: 1, status: "maxIterations" });
});

it("layers without parameters may stand in two places", () => {
  const layer = relu();
  const model = sequential([linear(4, 4), layer, linear(4, 1, { weight: constantInitializer(1) }), layer]);
  expect(createTrainer(engine, { model, loss: meanSquaredError(), optimizer: adam() }).predict(xs).shape).toEqual([
    2, 1,
  ]);
});

describe("console.log shows a line of", () => {
  it("an engine, a trainer, a data set", () => {
    expect(inspect(engine)).toMatch(/^Engine { reproducible, \d+ of \d+ bytes }$/);
    trainer.step(samples);
    expect(inspect(trainer)).toBe("Trainer { linear(4, 3) → relu → linear(3, 1); meanSquaredError; adam; step 1 }");
    trainer.free();
    expect(inspect(trainer)).toMatch(/adam; freed }$/);
    const dataset = createDataset(engine, { inputs: new Uint8Array([1, 2, 3, 4]), targets: Int32Array.of(0, 1, 2, 3) });
    expect(inspect(dataset)).toBe("Dataset { u8 [4], i32 [4] }");
    expect(inspect(createDataset(engine, { inputs: xs }))).toBe("Dataset { f64 [2, 4] }");
  });

  it("an array, which is no other array for it", () => {
    const { "0.weight": weight, "2.bias": bias } = trainer.parameters();
    expect(inspect(weight)).toMatch(/^{ data: Float32Array\(12\) \[(-?[\d.]+, ){6}…\], shape: \[4, 3\] }$/);
    expect(inspect(bias)).toBe("{ data: Float32Array(1) [0], shape: [1] }");
    expect(Reflect.ownKeys({ ...bias })).toEqual(["data", "shape"]);
    expect(structuredClone(bias)).toStrictEqual({ data: Float32Array.of(0), shape: [1] });
    expect(bias).toStrictEqual({ data: Float32Array.of(0), shape: [1] });
  });
});
