// Models from files: what predicts without the program that trained it.

import * as thalweg from "thalweg";
import {
  adam,
  createTrainer,
  dropout,
  ema,
  type Layer,
  linear,
  linearSchedule,
  meanSquaredError,
  type NDArray,
  readSafetensors,
  relu,
  residual,
  sequential,
  sgd,
  type Tensor,
  type Trainer,
  writeSafetensors,
} from "thalweg";
import { loadModel, readMetadata, withMetadata } from "thalweg/load";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectSameBits, numbers } from "./numbers.js";

engineForAll();

const arrayOf = (shape: readonly number[]): NDArray => ({
  data: Float64Array.from(numbers(shape.reduce((product, extent) => product * extent, 1))),
  shape: [...shape],
});

/** A layer of every function that makes one, with a shape of its input; several where options differ in kind. */
const examples: Readonly<Record<string, readonly (readonly [make: () => Layer, shape: readonly number[]])[]>> = {
  adaptiveAvgPool2d: [[() => thalweg.adaptiveAvgPool2d([2, 3]), [2, 5, 6, 2]]],
  adaptiveMaxPool2d: [[() => thalweg.adaptiveMaxPool2d(2), [2, 5, 6, 2]]],
  atan: [[thalweg.atan, [2, 3]]],
  avgPool1d: [[() => thalweg.avgPool1d(2, { stride: 1 }), [2, 5, 2]]],
  avgPool2d: [[() => thalweg.avgPool2d([2, 3], { padding: 1 }), [2, 5, 6, 2]]],
  batchNorm: [[() => thalweg.batchNorm(3, { momentum: 0.3 }), [4, 3]]],
  conv1d: [[() => thalweg.conv1d(2, 3, 3, { padding: "same", bias: false }), [2, 6, 2]]],
  conv2d: [
    [() => thalweg.conv2d(2, 4, [3, 2], { groups: 2, stride: 2, weight: thalweg.xavierNormal }), [2, 6, 5, 2]],
    [
      () =>
        thalweg.conv2d(1, 2, 3, {
          padding: "same",
          bias: thalweg.onesInitializer,
        }),
      [2, 6, 5, 1],
    ],
  ],
  convTranspose1d: [[() => thalweg.convTranspose1d(2, 3, 3, { stride: 2 }), [2, 4, 2]]],
  convTranspose2d: [[() => thalweg.convTranspose2d(2, 3, 3, { stride: 2, outputPadding: 1 }), [2, 4, 4, 2]]],
  depthwiseConv2d: [[() => thalweg.depthwiseConv2d(2, 3, { multiplier: 2 }), [2, 5, 5, 2]]],
  dropout: [
    [() => dropout(0.3, { mode: "testScaled" }), [3, 4]],
    [() => dropout(linearSchedule({ from: 0.5, to: 0, length: 7 }), { mode: "testScaled" }), [3, 4]],
    [() => dropout((t) => 0.1 + t / 100, { mode: "testScaled" }), [3, 4]],
  ],
  dropout1d: [[() => thalweg.dropout1d(0.3), [2, 4, 2]]],
  dropout2d: [[() => thalweg.dropout2d(0.3), [2, 4, 4, 2]]],
  elu: [[() => thalweg.elu(0.7), [2, 3]]],
  embedding: [[() => thalweg.embedding(5, 3), [2, 4]]],
  flatten: [[thalweg.flatten, [2, 3, 2]]],
  fractionalMaxPool2d: [[() => thalweg.fractionalMaxPool2d(2, { outputRatio: [0.6, 0.7] }), [2, 6, 5, 2]]],
  gaussianNoise: [[() => thalweg.gaussianNoise(0.1), [2, 3]]],
  gelu: [[() => thalweg.gelu("tanh"), [2, 3]]],
  globalAvgPool2d: [[thalweg.globalAvgPool2d, [2, 4, 4, 2]]],
  globalMaxPool2d: [[() => thalweg.globalMaxPool2d(), [2, 4, 4, 2]]],
  groupNorm: [[() => thalweg.groupNorm(2, 4), [2, 3, 3, 4]]],
  gru: [[() => thalweg.gru(3, 4, { layers: 2, bidirectional: true, returnSequences: true }), [2, 5, 3]]],
  gruCell: [],
  hardswish: [[thalweg.hardswish, [2, 3]]],
  instanceNorm: [[() => thalweg.instanceNorm(3), [2, 3, 3, 3]]],
  layerNorm: [[() => thalweg.layerNorm([3, 2], { epsilon: 1e-3 }), [2, 3, 2]]],
  leakyRelu: [[() => thalweg.leakyRelu(0.2), [2, 3]]],
  linear: [[() => linear(3, 4, { bias: false, weight: thalweg.normalInitializer(2) }), [2, 3]]],
  lstm: [[() => thalweg.lstm(3, 4, { stateful: 2, dropout: 0.1 }), [2, 5, 3]]],
  lstmCell: [],
  maxPool1d: [[() => thalweg.maxPool1d(2), [2, 6, 2]]],
  maxPool2d: [[() => thalweg.maxPool2d(3, { stride: 2, padding: 1 }), [2, 6, 6, 2]]],
  mish: [[thalweg.mish, [2, 3]]],
  relu: [[relu, [2, 3]]],
  residual: [
    [() => residual(linear(3, 3), { survival: 0.5 }), [2, 3]],
    [() => residual(linear(3, 3), { survival: linearSchedule({ from: 1, to: 0, length: 3 }) }), [2, 3]],
  ],
  residualStack: [
    [() => thalweg.residualStack([linear(3, 3), relu()], { survival: { last: 0.7, rule: "linear" } }), [2, 3]],
    [() => thalweg.residualStack([linear(3, 3)], { survival: { last: () => 0.9 }, draw: "sample" }), [2, 3]],
  ],
  rmsNorm: [[() => thalweg.rmsNorm(3), [2, 3]]],
  rnn: [[() => thalweg.rnn(3, 4, { activation: "relu" }), [2, 5, 3]]],
  rnnCell: [],
  selu: [[thalweg.selu, [2, 3]]],
  separableConv2d: [[() => thalweg.separableConv2d(2, 3, 3, { padding: 1 }), [2, 5, 5, 2]]],
  sequential: [[() => sequential([linear(3, 2), sequential([relu(), linear(2, 2)])]), [2, 3]]],
  sigmoid: [[thalweg.sigmoid, [2, 3]]],
  silu: [[thalweg.silu, [2, 3]]],
  softmax: [[thalweg.softmax, [2, 3]]],
  softplus: [[thalweg.softplus, [2, 3]]],
  tanh: [[thalweg.tanh, [2, 3]]],
  upsample2d: [[() => thalweg.upsample2d([2, 3], "bilinear", true), [2, 3, 3, 2]]],
};

/** Inputs of cells, by name. */
const cells: Readonly<Record<string, readonly [make: () => Layer<never, never>, inputs: Record<string, number[]>]>> = {
  gruCell: [() => thalweg.gruCell(3, 4) as never, { x: [2, 3], h: [2, 4] }],
  lstmCell: [() => thalweg.lstmCell(3, 4) as never, { x: [2, 3], h: [2, 4], c: [2, 4] }],
  rnnCell: [() => thalweg.rnnCell(3, 4, { activation: "relu" }) as never, { x: [2, 3], h: [2, 4] }],
};

const mse = meanSquaredError();
/** A loss of any outputs, none of which is compared with anything. */
const anyLoss = {
  ...mse,
  apply: (prediction: Tensor | Record<string, Tensor>) =>
    ("trace" in prediction ? (prediction as Tensor) : Object.values(prediction)[0]!).square().mean(),
};

const trainerOf = (model: Layer, more: object = {}): Trainer =>
  createTrainer(engine, { model, loss: anyLoss as never, optimizer: sgd({ learningRate: 0.01 }), ...more }) as never;

/** Names and shapes of declarations. */
function declared(tree: thalweg.Parameters | undefined, start = ""): string[] {
  return Object.entries(tree ?? {}).flatMap(([key, value]) =>
    Array.isArray(value.shape) ? [`${start}${key}[${value.shape}]`] : declared(value as never, `${start}${key}.`),
  );
}

function sameOutputs(a: unknown, b: unknown, what: string): void {
  if (ArrayBuffer.isView((a as NDArray).data)) {
    expectSameBits(a, b, what);
    return;
  }
  expect(Object.keys(a as object)).toEqual(Object.keys(b as object));
  for (const [name, array] of Object.entries(a as object)) sameOutputs(array, (b as never)[name], `${what}.${name}`);
}

describe("every function of layers, from its file", () => {
  it("has an example", async () => {
    const { network, applyLayer, ...makers } = await import("../../bindings/layers/index.js");
    expect([network, applyLayer].every((own) => typeof own === "function")).toBe(true);
    expect(Object.keys(examples).sort()).toEqual(Object.keys(makers).sort());
    for (const [name, list] of Object.entries(examples))
      expect(list.length + Number(name in cells), name).toBeGreaterThan(0);
  });

  const listed = [
    ...Object.entries(examples).flatMap(([name, list]) =>
      list.map(([make, shape], k) => [`${name} ${k}`, make, arrayOf(shape)] as const),
    ),
    ...Object.entries(cells).map(
      ([name, [make, shapes]]) =>
        [
          name,
          make as unknown as () => Layer,
          Object.fromEntries(Object.entries(shapes).map(([key, shape]) => [key, arrayOf(shape)])),
        ] as const,
    ),
  ];
  it.each(listed)("%s: the same name, parameters, state and bits", (name, make, example) => {
    const inputs = name.startsWith("embedding") ? { data: new Int32Array(8).fill(3), shape: [2, 4] } : example;
    for (const dtype of ["f32", "f64"] as const) {
      using trainer = trainerOf(make(), { dtype, seed: 4 });
      const targets = (inputs as NDArray).shape ? arrayOf([(inputs as NDArray).shape[0]!, 1]) : undefined;
      if (targets && !name.startsWith("batchNorm"))
        for (let k = 0; k < 2; k++) trainer.step({ inputs, targets } as never);
      const expected = trainer.predict(inputs as never);
      for (const options of [{}, { weightsOnly: true }]) {
        using model = loadModel(engine, trainer.save(options));
        expect(model.name).toBe(trainer.options.model.name);
        expect(model.dtype).toBe(dtype);
        const remade = model.trainer.options.model;
        expect(declared(remade.parameters)).toEqual(declared(make().parameters));
        expect(declared(remade.state)).toEqual(declared(make().state));
        sameOutputs(model.predict(inputs as never), expected, name);
        for (const [key, { data }] of Object.entries(trainer.parameters()))
          expectSameBits(model.parameters()[key], data);
      }
    }
  });
});

/** A small classifier with all that a file can have. */
function full(): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(2, 6), thalweg.batchNorm(6), relu(), dropout(0.2), linear(6, 3)]),
    loss: thalweg.softmaxCrossEntropy(),
    optimizer: thalweg.lookahead(adam({ learningRate: 0.05 })),
    gradient: [thalweg.accumulate(2)],
    average: ema({ decay: 0.5 }),
    standardize: { mean: [1, 2], deviation: [3, 4] },
    seed: 5,
  }) as never;
}
const rows = { inputs: arrayOf([12, 2]), targets: Int32Array.from({ length: 12 }, (_, k) => k % 3) };
const five = { data: rows.inputs.data.slice(0, 10), shape: [5, 2] };

describe("a loaded model", () => {
  it("predicts and classifies as the trainer, with its standardization, current or average", async () => {
    using trainer = full();
    await trainer.fit(rows, { steps: 5, batchSize: 4 });
    const [current, average] = [trainer.predict(five), trainer.predict(five, { weights: "average" })];
    expect(flat(current)).not.toEqual(flat(average));
    const whole = trainer.save();
    for (const [bytes, options, expected] of [
      [whole, {}, current],
      [whole, { weights: "average" }, average],
      [trainer.save({ weightsOnly: true }), {}, current],
      [trainer.save({ weightsOnly: true, weights: "average" }), {}, average],
    ] as const) {
      using model = loadModel(engine, bytes, options);
      expectSameBits(model.predict(five), expected);
      if (expected === current) expect(model.classify([1, 2])).toEqual(trainer.classify([1, 2]));
      expect(model.shapes["0.weight"]).toEqual([2, 6]);
      expectSameBits(model.state()["1.mean"], trainer.state()["1.mean"]);
    }
  });
  const flat = (array: unknown) => Array.from((array as NDArray).data);

  it("takes memory for its weights, and none for training", () => {
    const make = () => sequential([linear(300, 400), relu(), linear(400, 10)]);
    const before = engine.bytesInUse;
    using trainer = trainerOf(make(), { optimizer: adam() });
    const trains = engine.bytesInUse - before;
    const file = trainer.save();
    const start = engine.bytesInUse;
    const model = loadModel(engine, file);
    const predicts = engine.bytesInUse - start;
    const weights = 4 * (300 * 400 + 400 + 400 * 10 + 10);
    expect(predicts).toBeGreaterThan(weights);
    expect(predicts).toBeLessThan(weights + 2 ** 17);
    expect(trains).toBeGreaterThan(4 * weights);
    model.free();
    model.free();
    expect(engine.bytesInUse).toBe(start);
    expect(() => model.predict([[1]])).toThrow(/^model: used after it was freed/);
  });

  it("of layers within a hundred others, as they can be trained", () => {
    for (const wrap of [residual, (inner: Layer) => sequential([inner])]) {
      let deep: Layer = linear(2, 2);
      for (let k = 0; k < 120; k++) deep = wrap(deep);
      using trainer = trainerOf(deep);
      using model = loadModel(engine, trainer.save());
      expectSameBits(model.predict(five), trainer.predict(five));
    }
  });

  it("has the texts that travel with it, and the names of heads", () => {
    using trainer = full();
    const file = withMetadata(trainer.save(), { labels: '["a","b","c"]' });
    using model = loadModel(engine, file);
    expect(model.metadata).toEqual({ labels: '["a","b","c"]' });
    expect(readMetadata(file)).toEqual(model.metadata);
    expect(model.heads).toEqual([]);
    const two = { kind: linear(2, 2), score: linear(2, 1) };
    const net = () => thalweg.network(two, (layers, x: Tensor) => ({ kind: layers.kind(x), score: layers.score(x) }));
    using several = createTrainer(engine, {
      model: net(),
      loss: thalweg.heads({
        kind: { loss: mse, weight: linearSchedule({ from: 1, to: 2, length: 3 }) },
        score: mse,
      }),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const bytes = several.save();
    expect(() => loadModel(engine, bytes)).toThrow(/layer of your own, "network\(kind, score\)".*\{ model \}/);
    using loaded = loadModel(engine, bytes, { model: net() });
    expect(loaded.heads).toEqual(["kind", "score"]);
    expectSameBits(loaded.predict(five).kind, several.predict(five as never).kind);
  });

  it("takes layers of one's own by name, and names those that lack", () => {
    const double = (): Layer => ({ name: "double", parameters: {}, apply: (_, x) => x.multiply(2) });
    const scaled = (name: string): Layer => ({
      name,
      parameters: { factor: { shape: [1], initializer: thalweg.constantInitializer(3) } },
      apply: ({ factor }, x) => x.multiply(factor!),
    });
    using trainer = trainerOf(sequential([linear(2, 2), residual(double()), scaled("scaled")]));
    const file = trainer.save();
    expect(() => loadModel(engine, file)).toThrow(
      /^loadModel: the file has a layer of your own, "double", of which only the name is in it\. Give it: \{ layers: \{ "double": layer \} \}/,
    );
    expect(() => loadModel(engine, file, { layers: { double: double(), scale: scaled("scaled") } })).toThrow(
      /"scaled".*"scale"/,
    );
    using model = loadModel(engine, file, { layers: { double: double(), scaled: scaled("scaled") } });
    expectSameBits(model.predict(five), trainer.predict(five));
    expect(() => loadModel(engine, file, { layers: { double: 3 as never } })).toThrow(/double must be a layer, got 3/);
  });

  it("takes a changed copy of a layer of the library for one of one's own", () => {
    const changed: Layer = { ...linear(2, 2), apply: (_, x) => x.multiply(3) };
    using trainer = trainerOf(sequential([changed, linear(2, 1)]));
    expect(() => loadModel(engine, trainer.save())).toThrow(/a layer of your own, "linear\(2, 2\)"/);
    using model = loadModel(engine, trainer.save(), { layers: { "linear(2, 2)": changed } });
    expectSameBits(model.predict(five), trainer.predict(five));
  });

  it("of a file of an earlier version takes the model, and says so", async () => {
    using trainer = full();
    trainer.step(rows);
    const { tensors, metadata } = readSafetensors(trainer.save());
    const { architecture, ...rest } = metadata;
    const old = writeSafetensors(tensors, rest);
    expect(() => loadModel(engine, old)).toThrow(/no model, as those of earlier versions\. Give \{ model \}/);
    const { model: made } = full().options;
    using model = loadModel(engine, old, { model: made, standardize: { mean: [1, 2], deviation: [3, 4] } });
    expectSameBits(model.predict(five), trainer.predict(five));
    trainer.restore(old);
    expect(architecture).toBeDefined();
    const other = sequential([linear(2, 6), relu()]);
    expect(() => loadModel(engine, old, { model: other })).toThrow(/^loadModel: the file is of another model/);
    expect(() => loadModel(engine, trainer.save(), { standardize: { mean: 0, deviation: 1 } })).toThrow(/Leave it out/);
  });
});

describe("hostile files", () => {
  const trainer = () => trainerOf(sequential([linear(2, 3), relu(), linear(3, 2)]));
  const definition = (model: unknown, more: object = {}) =>
    JSON.stringify({ model, dtype: "f32", numbers: [], ...more });
  const nest = (depth: number): string => `${'["residual",'.repeat(depth)}["relu"]${"]".repeat(depth)}`;
  const good = ["sequential", [["linear", 2, 3, {}], ["relu"], ["linear", 3, 2, {}]]];
  const cases: readonly (readonly [what: string, text: string, sentence: RegExp])[] = [
    ["no JSON", "{", /not JSON/],
    ["no object", "[]", /expected an object/],
    ["null", "null", /expected an object/],
    ["another member", definition(good, { more: 1 }), /unknown member "more"/],
    ["another dtype", definition(good, { dtype: "f16" }), /dtype is "f16"/],
    ["heads that are no texts", definition(good, { heads: [1] }), /heads/],
    ["numbers that are no list", definition(good, { numbers: 1 }), /numbers/],
    ["no model", definition(null), /a layer is null/],
    ["a function that makes no layer", definition(["createEngine"]), /a layer is/],
    ["a member of every object", definition(["constructor", "return 1"]), /a layer is/],
    ["__proto__ for a function", '{"model":["__proto__"],"dtype":"f32"}', /a layer is/],
    ["__proto__ for options", '{"model":["linear",2,3,{"__proto__":{"bias":false}}],"dtype":"f32"}', /unknown option/],
    ["__proto__ for a layer of one's own", '{"model":{"layer":"__proto__"},"dtype":"f32"}', /layer of your own/],
    ["10⁹ units", definition(["linear", 1e9, 1e9, {}]), /another model|shape/],
    ["10⁹ layers", definition(["lstm", 2, 3, { layers: 1e9 }]), /1000000000 layers/],
    ["numbers beyond any", '{"model":["linear",1e999,2,{}],"dtype":"f32"}', /damaged: linear: inputs/],
    ["fractions", definition(["linear", 1.5, 2, {}]), /whole number/],
    ["texts for numbers", definition(["linear", "2", 2, {}]), /whole number/],
    ["layers for numbers", definition(["linear", ["relu"], 2, {}]), /whole number/],
    ["an unknown option", definition(["linear", 2, 3, { wait: 1 }]), /unknown option/],
    ["null for an initializer", definition(["linear", 2, 3, { weight: null }]), /initializer/],
    ["a block that is none", definition(["residual", 3]), /block/],
    [
      "many layers",
      `{"model":["sequential",[${'["relu"],'.repeat(20000)}["relu"]]],"dtype":"f32"}`,
      /more than 16384 layers/,
    ],
    ["layers 1000 deep", `{"model":${nest(1000)},"dtype":"f32"}`, /nest more than 256 deep/],
    ["arrays 100,000 deep", `{"model":["linear",${"[".repeat(1e5)}${"]".repeat(1e5)}],"dtype":"f32"}`, /deep|JSON/],
    ["options 1000 deep", `{"model":["linear",2,3,${'{"a":'.repeat(1000)}1${"}".repeat(1000)}],"dtype":"f32"}`, /deep/],
    ["a text of 2 MB", JSON.stringify({ model: good, dtype: "f32", heads: ["x".repeat(2 ** 21)] }), /characters/],
    [
      "another shape",
      definition(["sequential", [["linear", 2, 4, {}], ["relu"], ["linear", 4, 2, {}]]]),
      /another model/,
    ],
    ["fewer layers", definition(["sequential", [["linear", 2, 3, {}], ["relu"]]]), /another model/],
    ["standardization by 0", definition(good, { standardize: { "": { mean: 0, deviation: 0 } } }), /deviation/],
    ["a schedule without its number", definition(["dropout", { schedule: "x" }, {}]), /number/],
  ];
  it.each(cases)("%s: refused in words before memory is taken", (_, text, sentence) => {
    using own = trainer();
    const { tensors, metadata } = readSafetensors(own.save());
    const file = writeSafetensors(tensors, { ...metadata, architecture: text });
    const before = engine.bytesInUse;
    const begun = engine.memoryBytes;
    expect(() => loadModel(engine, file)).toThrow(sentence);
    expect(() => loadModel(engine, file)).toThrow(/^loadModel: /);
    expect(engine.bytesInUse).toBe(before);
    expect(engine.memoryBytes).toBe(begun);
    expect("polluted" in {}).toBe(false);
  });

  it("tensors that are not those of the model are refused", () => {
    using own = trainer();
    const { tensors, metadata } = readSafetensors(own.save());
    const { "0.bias": bias, ...fewer } = tensors;
    const wide = { ...tensors, "0.bias": { data: new Float64Array(3), shape: [3] } };
    const long = { ...tensors, "0.bias": { data: new Float32Array(4), shape: [4] } };
    const nan = { ...tensors, "0.bias": { data: Float32Array.of(1, Number.NaN, 1), shape: [3] } };
    expect(bias!.shape).toEqual([3]);
    for (const [arrays, sentence] of [
      [fewer, /"0\.bias" is missing/],
      [wide, /is F64, expected f32/],
      [long, /shape \[4\]/],
      [nan, /not finite/],
    ] as const) {
      const before = engine.bytesInUse;
      expect(() => loadModel(engine, writeSafetensors(arrays, metadata))).toThrow(sentence);
      expect(engine.bytesInUse).toBe(before);
    }
    expect(() => loadModel(engine, writeSafetensors({}, {}))).toThrow(/not a file of one trainer.*loadWeights/);
    expect(() => loadModel(engine, own.save(), { weights: "average" })).toThrow(/no average/);
  });
});
