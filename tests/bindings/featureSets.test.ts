// The feature set "dense", optimized for size, trains to the same bits as "whole"; what it lacks is refused by name, and is
// marked in the sources, so that a program that imports it downloads the whole.

import { readFileSync } from "node:fs";
import {
  accumulate,
  accuracy,
  adam,
  batchNorm,
  centralize,
  clipAdaptive,
  clipGlobalNorm,
  clipNorm,
  clipValue,
  compile,
  convolve,
  convolveTransposed,
  createEngine,
  createTrainer,
  dropout,
  EngineError,
  embedding,
  exponentialDecay,
  flatten,
  type GradientTransform,
  gelu,
  gradientNoise,
  gru,
  type Layer,
  l2,
  layerNorm,
  linear,
  lstm,
  meanSquaredError,
  type Optimizer,
  orthogonalInitializer,
  padBorder,
  poolMax,
  poolMaxAdaptive,
  poolMean,
  poolMeanAdaptive,
  resize,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type TrainerOptions,
  tanh,
  valueAndGrad,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { warp } from "../../bindings/augmentation/warp.js";
import { solversOf } from "../../bindings/engine/featureSets.js";
import * as optimizers from "../../bindings/optimizers/index.js";
import { markedFunctions } from "./marked.js";
import { flat, hash, numbers, parkMiller, typed } from "./numbers.js";

const file = (path: string) => new URL(`../../${path}`, import.meta.url);
const engineOf = (name: string) => createEngine({ wasm: readFileSync(file(`dist/${name}.wasm`)) });

/** The digest of all that training leaves behind. */
async function digest(name: string, dtype: "f32" | "f64", optimizer: Optimizer, gradient: GradientTransform[] = []) {
  const engine = await engineOf(name);
  const random = parkMiller(5);
  const inputs = Array.from({ length: 34 }, () => Array.from({ length: 7 }, () => random() - 0.5));
  const targets = inputs.map((row) => (row[0]! > 0 ? 1 : 0));
  const trainer = createTrainer(engine, {
    model: sequential([
      linear(7, 19),
      batchNorm(19),
      gelu(),
      layerNorm(19),
      dropout(0.25),
      linear(19, 9),
      tanh(),
      linear(9, 2),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer,
    gradient,
    penalty: l2(1e-3),
    metrics: [accuracy()],
    dtype,
    seed: 3,
  });
  await trainer.fit({ inputs, targets }, { epochs: 9, batchSize: 8 });
  return hash([trainer.save()]);
}

const learningRate = exponentialDecay({ initial: 1e-2, rate: 0.97, length: 3 });

it.each([
  ["adam", "f32", adam({ learningRate }), []],
  ["adam, amsgrad", "f64", adam({ learningRate, amsgrad: true, weightDecay: 0.1, decayCoupling: "cautious" }), []],
  ["sgd", "f32", sgd({ learningRate }), [clipValue(0.1), clipNorm(1), clipGlobalNorm(0.5)]],
  ["momentum", "f64", sgd({ learningRate, momentum: 0.9, nesterov: true }), [accumulate(2), clipGlobalNorm(0.5)]],
  ["rmsprop", "f64", rmsprop({ learningRate, centered: true, momentum: 0.9 }), []],
] as const)("both feature sets train to the same bits: %s in %s", async (_, dtype, optimizer, gradient) => {
  expect(await digest("thalweg.dense", dtype, optimizer, [...gradient])).toBe(
    await digest("thalweg", dtype, optimizer, [...gradient]),
  );
});

it("a set without the rule of touched rows trains embeddings to the same bits, and refuses lazy ones", async () => {
  const trainerIn = async (file: string, lazy: boolean, optimizer: Optimizer) =>
    createTrainer(await engineOf(file), {
      model: sequential([embedding(50, 6, { lazy }), flatten(), linear(12, 2)]),
      loss: softmaxCrossEntropy(),
      optimizer,
      gradient: [clipGlobalNorm(0.1)],
      seed: 5,
    });
  const data = { inputs: [1, 7, 3, 3, 7, 49, 0, 1], targets: [0, 1, 1, 0] };
  const saved = ["thalweg.dense", "thalweg.sequences", "thalweg"].map(async (file) => {
    const trainer = await trainerIn(file, false, sgd({ learningRate: 0.5 }));
    const inputs = { data: data.inputs, shape: [4, 2] };
    await trainer.fit({ ...data, inputs }, { epochs: 5, batchSize: 3 });
    return hash([trainer.save()]);
  });
  expect(await saved[1]).toBe(await saved[0]);
  expect(await saved[2]).toBe(await saved[0]);
  (await trainerIn("thalweg.sequences", true, adam())).step({ inputs: [[1, 2]], targets: [1] });
  await expect(trainerIn("thalweg.dense", true, adam())).rejects.toThrow(/a feature set without lazy embeddings/);
});

describe("what the core has not", () => {
  /** Every optimizer and wrapper, every gradient transform, and the initializer, by name. */
  const made: Record<string, Partial<TrainerOptions>> = {};
  const make = optimizers as unknown as Record<string, (options: never) => Optimizer>;
  for (const name of Object.keys(make)) {
    if (name === "muonFlops") continue;
    const argument = ["lookahead", "sam", "cautious"].includes(name) ? adam() : { learningRate: 0.1 };
    made[name] = { optimizer: make[name]!((name === "randomSearch" ? { scale: 1 } : argument) as never) };
  }
  made.orthogonalInitializer = { model: linear(2, 1, { weight: orthogonalInitializer() }) };
  made.rmspropCentered = { optimizer: rmsprop({ centered: true }) };
  made.amsgrad = { optimizer: adam({ amsgrad: true }) };
  made.fista = { optimizer: sgd({ learningRate: 0.1, nesterov: "fista" }) };
  const changes = { accumulate: accumulate(2), centralize: centralize(), clipAdaptive: clipAdaptive() };
  const clips = { clipGlobalNorm: clipGlobalNorm(1), clipNorm: clipNorm(1), clipValue: clipValue(1) };
  for (const [name, change] of Object.entries({ ...changes, ...clips, gradientNoise: gradientNoise({ scale: 1 }) }))
    made[name] = { gradient: [change] };

  /** Why the core does not train with it; "" if it does. */
  async function refusal(name: string): Promise<string> {
    const engine = await engineOf("thalweg.dense");
    const used = engine.bytesInUse;
    const model = linear(2, 1);
    try {
      const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer: adam(), ...made[name] });
      trainer.step({ inputs: [[1, 2]], targets: [[3]] });
      return "";
    } catch (error) {
      expect(error).toBeInstanceOf(EngineError);
      expect(engine.bytesInUse).toBe(used);
      return (error as Error).message;
    }
  }

  it("is refused by name, and the engine stays usable", async () => {
    expect(await refusal("nadam")).toBe(
      "createTrainer: this engine was made from a feature set without nadam. Give createEngine the whole thalweg.wasm.",
    );
    expect(await refusal("gradientNoise")).toMatch(/a feature set without gradientNoise/);
    expect(await refusal("lookahead")).toMatch(/a feature set without lookahead/);
    const engine = await engineOf("thalweg.dense");
    expect(() => solversOf("minimize", engine, "absent" as never)).toThrow(
      /minimize: .* a feature set without solvers/,
    );
  });

  it("is what the sources mark, and nothing else", async () => {
    const marked = [...markedFunctions("whole", "optimizers/"), ...markedFunctions("whole", "layers/")];
    const refused: string[] = [];
    for (const name of Object.keys(made)) if (await refusal(name)) refused.push(name);
    expect(refused.sort()).toEqual(marked.sort());
  });
});

describe("the feature set for sequences", () => {
  const model = () => sequential([lstm(3, 4, { layers: 2, dropout: 0.2, stateful: 6 }) as Layer, linear(4, 1)]);
  const samples = {
    inputs: { data: numbers(6 * 5 * 3), shape: [6, 5, 3] },
    targets: { data: numbers(6), shape: [6, 1] },
  };

  it.each(["f32", "f64"] as const)("has the bits of the whole in %s", async (dtype) => {
    const digests = ["thalweg.sequences", "thalweg"].map(async (name) => {
      const options = { loss: meanSquaredError(), optimizer: rmsprop({ learningRate: 0.01 }), dtype };
      const trainer = createTrainer(await engineOf(name), { model: model(), ...options });
      await trainer.fit(samples, { epochs: 4, batchSize: 6, shuffle: false });
      return hash([trainer.save()]);
    });
    const [own, whole] = await Promise.all(digests);
    expect(own).toBe(whole);
  });

  it.each(["thalweg.dense", "thalweg.images"])(
    "is named by an engine without loops, which stays usable: %s",
    async (name) => {
      const engine = await engineOf(name);
      const options = { loss: meanSquaredError(), optimizer: rmsprop({ learningRate: 0.01 }) };
      const attempt = (layer: Layer) => () =>
        createTrainer(engine, { model: sequential([layer]), ...options }).step({
          inputs: samples.inputs,
          targets: { data: numbers(6 * 4), shape: [6, 4] },
        });
      expect(attempt(gru(3, 4) as Layer)).toThrow(EngineError);
      expect(attempt(gru(3, 4) as Layer)).toThrow(
        "scan: not in the feature set of this engine. Give createEngine thalweg.wasm.",
      );
      expect(compile(engine, (t: Tensor) => t.sum())([1, 2, 3])).toBe(6);
    },
  );
});

describe("the feature set for images", () => {
  /** Everything that reads or makes images, there and back. */
  const all = (x: Tensor): Tensor => {
    const wide = padBorder(resize(x, [9, 8], "bilinear"), [1, 0, 2, 1], "reflect");
    const turned = [0.9, 0.3, -0.7, -0.4, 0.8, 1.1];
    const distorted = warp(warp(wide, turned, [10, 11], { interpolation: "bilinear" }), turned, [10, 11]);
    const y = convolve(
      distorted,
      { data: numbers(3 * 3 * 2 * 6, -1, 1), shape: [3, 3, 2, 6] },
      { stride: 2, groups: 2 },
    );
    const depthwise = convolve(y, { data: numbers(9 * 6, -1, 1), shape: [3, 3, 1, 6] }, { padding: "same", groups: 6 });
    const pooled = poolMax(depthwise, 2).add(poolMean(depthwise, 2)).add(poolMaxAdaptive(y, 2));
    return convolveTransposed(pooled, { data: numbers(4 * 3 * 6, -1, 1), shape: [2, 2, 3, 6] }).add(
      poolMeanAdaptive(x.slice(3, 0, 3), 3),
    );
  };

  it.each(["f32", "f64"] as const)("has the bits of the whole in %s", async (dtype) => {
    const x = { data: typed(dtype, numbers(2 * 5 * 6 * 4, -1, 1)), shape: [2, 5, 6, 4] };
    const [own, whole] = await Promise.all(
      ["thalweg.images", "thalweg"].map(async (name) => {
        const { value, gradient } = valueAndGrad(await engineOf(name), (t: Tensor) => all(t).square().sum())(x);
        return [value, ...flat(gradient)];
      }),
    );
    expect(own).toEqual(whole);
  });

  it("is what a smaller one names when it lacks an op, and stays usable", async () => {
    const engine = await engineOf("thalweg.dense");
    const x = { data: [1, 2, 3], shape: [1, 3, 1] };
    const attempt = () => compile(engine, (t: Tensor) => convolve(t, [[[1]]]))(x);
    expect(attempt).toThrow(EngineError);
    expect(attempt).toThrow("convolve: not in the feature set of this engine. Give createEngine thalweg.wasm.");
    expect(() => compile(engine, (t: Tensor) => poolMax(t, 2))(x)).toThrow(/poolGather: not in the feature set/);
    expect(compile(engine, (t: Tensor) => t.sum())(x)).toBe(6);
  });
});
