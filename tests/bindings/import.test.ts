// Weights of PyTorch: files that it wrote, with the outputs that it computed.

import { Buffer } from "node:buffer";
import {
  batchNorm,
  concatenate,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  createTrainer,
  depthwiseConv2d,
  dropout,
  ema,
  embedding,
  flatten,
  globalAvgPool2d,
  groupNorm,
  gru,
  gruCell,
  instanceNorm,
  type Layer,
  layerNorm,
  linear,
  lstm,
  lstmCell,
  maxPool2d,
  meanSquaredError,
  network,
  onesInitializer,
  readSafetensors,
  relu,
  residual,
  residualStack,
  rmsNorm,
  rnn,
  rnnCell,
  separableConv2d,
  sequential,
  sgd,
  swa,
  type Tensor,
  type Trainer,
  writeSafetensors,
  zerosInitializer,
} from "thalweg";
import { loadWeights, readTfjs, readWeights, type WeightsFile, type WeightsOptions } from "thalweg/import";
import { readMetadata, withMetadata } from "thalweg/table";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits } from "./numbers.js";

engineForAll();

interface Listed {
  readonly shape: number[];
  readonly data: number[];
}
interface Case {
  readonly file: string;
  readonly inputs: Listed[];
  readonly output: Listed;
}
const { cases } = fixture<{ cases: Record<string, Case> }>("torch_weights");
const fileOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(cases[name]!.file, "base64"));

const trainerOf = (model: Layer<never>, dtype: "f32" | "f64" = "f32"): Trainer =>
  createTrainer(engine, {
    model: model as unknown as Layer,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 7,
    dtype,
  }) as unknown as Trainer;

const gammaBeta = { gamma: onesInitializer, beta: zerosInitializer };
const both = { layers: 2, bidirectional: true };
const blocks = () => sequential([linear(3, 4), relu(), linear(4, 3)]);
const tagger = (recurrent: Layer<never>, width: number) =>
  network(
    { words: embedding(11, 3), recurrent: recurrent as unknown as Layer, head: linear(width, 2) },
    (layers, x: Tensor) => layers.head(layers.recurrent(layers.words(x))),
  );

type Built = [model: () => Layer<never>, options?: Omit<WeightsOptions, "layout">];
const models: Record<string, Built> = {
  linear: [() => linear(4, 3)],
  square: [() => linear(3, 3, { bias: false })],
  conv1d: [() => conv1d(4, 6, 3, { stride: 2, padding: 1, groups: 2 })],
  conv2d: [() => conv2d(3, 5, [3, 2], { stride: [2, 1], padding: [1, 1, 0, 0], dilation: [1, 2] })],
  grouped: [() => conv2d(4, 6, 3, { padding: 1, groups: 2 })],
  depthwise: [() => depthwiseConv2d(3, 3, { padding: 1, multiplier: 2 })],
  separable: [() => separableConv2d(3, 4, 3, { padding: 1, multiplier: 2 })],
  transposed1d: [() => convTranspose1d(4, 2, 3, { stride: 2, padding: 1, outputPadding: 1 })],
  transposed2d: [() => convTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 })],
  batchNorm: [() => batchNorm(3)],
  layerNorm: [() => layerNorm(5)],
  groupNorm: [() => groupNorm(2, 4)],
  instanceNorm: [() => instanceNorm(3, gammaBeta)],
  rmsNorm: [() => rmsNorm(5)],
  embedding: [() => embedding(7, 3)],
  rnn: [() => rnn(2, 3, { returnSequences: true })],
  rnnRelu: [() => rnn(2, 3, { ...both, activation: "relu", returnSequences: true })],
  rnnPlain: [() => rnn(2, 3, { bias: false, returnSequences: true })],
  gru: [() => gru(2, 3, { ...both, returnSequences: true })],
  lstm: [() => lstm(2, 3, { ...both, returnSequences: true })],
  rnnCell: [() => network({ cell: rnnCell(2, 3) }, ({ cell }, x: Records) => cell({ x: x.a, h: x.b }).h)],
  gruCell: [() => network({ cell: gruCell(2, 3) }, ({ cell }, x: Records) => cell({ x: x.a, h: x.b }).h)],
  lstmCell: [
    () =>
      network({ cell: lstmCell(2, 3) }, ({ cell }, x: Records) => {
        const { h, c } = cell({ x: x.a, h: x.b, c: x.c });
        return concatenate([h, c], 1);
      }),
  ],
  residual: [() => sequential([residual(blocks()), linear(3, 2)])],
  residualStack: [() => residualStack([blocks(), sequential([linear(3, 3)])])],
  net: [
    () =>
      sequential([
        ...[conv2d(3, 4, 3, { stride: 2, padding: 1, bias: false }), batchNorm(4), relu()],
        ...[conv2d(4, 6, 3, { padding: 1, groups: 2 }), relu()],
        ...[convTranspose2d(6, 5, 3, { stride: 2, padding: 1, outputPadding: 1 }), relu(), maxPool2d(2)],
        ...[flatten(), dropout(0.5), linear(5 * 4 * 3, 7), relu(), linear(7, 3)],
      ]),
  ],
  flatNorms: [
    () =>
      sequential([
        ...[conv2d(2, 3, 3), layerNorm([2, 4, 3]), relu(), flatten()],
        ...[batchNorm(24), relu(), layerNorm(24), linear(24, 2)],
      ]),
  ],
  flatSequence: [() => sequential([conv1d(2, 3, 3), relu(), flatten(), linear(12, 2)])],
  flatImage: [() => sequential([flatten(), linear(24, 2)]), { channels: { "1": 3 } }],
  sequenceNorm: [() => sequential([conv1d(2, 3, 3), layerNorm([4, 3])])],
  pooled: [() => sequential([conv2d(2, 4, 3), globalAvgPool2d(), linear(4, 2)]), { names: { "3": "2" } }],
  lstmNet: [() => tagger(lstm(3, 4, both) as Layer<never>, 8)],
  gruNet: [() => tagger(gru(3, 4, { layers: 2 }) as Layer<never>, 4), { names: { model: "" } }],
  rnnNet: [() => tagger(rnn(3, 4) as Layer<never>, 4)],
};
type Records = { a: Tensor; b: Tensor; c: Tensor };

/** Inputs as a model takes them: several by name, indices as whole numbers. */
function inputsOf(name: string): never {
  const whole = /embedding|lstmNet|gruNet|rnnNet/.test(name);
  const arrays = cases[name]!.inputs.map(({ shape, data }) => ({
    data: whole ? Int32Array.from(data) : Float32Array.from(data),
    shape,
  }));
  return (arrays.length === 1 ? arrays[0] : Object.fromEntries(arrays.map((array, k) => ["abc"[k], array]))) as never;
}

describe("a file of PyTorch gives its outputs", () => {
  it("for every kind of layer", () => {
    expect(Object.keys(models).sort()).toEqual(Object.keys(cases).sort());
  });

  it.each(Object.entries(models))("%s", (name, [model, options]) => {
    const trainer = trainerOf(model());
    const { unused, missing, used } = loadWeights(trainer, fileOf(name), { layout: "pytorch", ...options });
    expect([unused, missing]).toEqual([[], []]);
    expect(Object.keys(used).length).toBe(
      Object.keys(trainer.parameters()).length + Object.keys(trainer.state()).length,
    );
    const { data, shape } = trainer.predict(inputsOf(name));
    expect(shape).toEqual(cases[name]!.output.shape);
    expectClose(data, cases[name]!.output.data, 1e-6, name, 1);
  });
});

interface TfjsCase {
  readonly json: { weightsManifest: { weights: { name: string; quantization?: object; dtype: string }[] }[] };
  readonly weights: string;
  readonly input: Listed;
  readonly output: Listed;
}
const tfjs = fixture<{ cases: Record<string, TfjsCase> }>("tfjs_weights").cases;
const bytesOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(tfjs[name]!.weights, "base64"));
const tfjsModel = (name: string) => readTfjs(tfjs[name]!.json, [bytesOf(name)]);
const last = { convention: "keras" } as const;
const tfjsModels: Record<string, () => Layer<never>> = {
  images: () =>
    sequential([
      ...[conv2d(2, 4, 3, { padding: "same" }), batchNorm(4, last), relu()],
      ...[depthwiseConv2d(4, 3, { padding: "same", multiplier: 2 }), separableConv2d(8, 5, 3, { multiplier: 2 })],
      ...[convTranspose2d(5, 3, 3, { stride: 2 }), maxPool2d(2), flatten(), linear(72, 7), layerNorm(7, last)],
      ...[linear(7, 7, { bias: false }), linear(7, 7, { bias: false }), linear(7, 3)],
    ]),
  sequences: () => sequential([conv1d(2, 4, 3), flatten(), linear(16, 2)]),
  lstm: () =>
    sequential([
      embedding(9, 3),
      lstm(3, 4, { returnSequences: true }) as Layer,
      lstm(4, 3, { bidirectional: true }) as Layer,
      linear(6, 2),
    ]),
  rnn: () => sequential([rnn(2, 3) as Layer, linear(3, 2)]),
};

it("tensors of types without an array are in the way of no other", () => {
  const header = {
    "0.weight": { dtype: "F32", shape: [1, 1], data_offsets: [0, 4] },
    scale: { dtype: "F8_E4M3", shape: [2], data_offsets: [4, 6] },
    count: { dtype: "C64", shape: [], data_offsets: [6, 14] },
    step: { dtype: "U32", shape: [], data_offsets: [14, 18] },
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + 18);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  new DataView(file.buffer).setFloat32(8 + text.length, 2.5, true);
  const { tensors } = readSafetensors(file);
  expect(tensors["0.weight"]).toEqual({ data: Float32Array.of(2.5), shape: [1, 1] });
  for (const name of ["scale", "count", "step"])
    expect(() => tensors[name]).toThrow(`readSafetensors: tensor "${name}" has type`);
  const model = sequential([linear(1, 1, { bias: false })]);
  const { used, unused } = readWeights(model, file, { layout: "pytorch", strict: false });
  expect([Object.keys(used), unused]).toEqual([["0.weight"], ["scale", "count", "step"]]);
  expect(readMetadata(withMetadata(file, { a: "b" }))).toEqual({ a: "b" });
});

it("a network that flattens what its function gives is loaded with the channels of the image", () => {
  const head = () => sequential([linear(60, 7), relu(), linear(7, 3)]);
  const features = [conv2d(3, 4, 3, { stride: 2, padding: 1, bias: false }), batchNorm(4), relu()];
  const more = [conv2d(4, 6, 3, { padding: 1, groups: 2 }), relu()];
  const last = [convTranspose2d(6, 5, 3, { stride: 2, padding: 1, outputPadding: 1 }), relu(), maxPool2d(2)];
  const trainer = trainerOf(
    network({ features: sequential([...features, ...more, ...last]), head: head() }, (layers, x: Tensor) =>
      layers.head(layers.features(x).reshape([-1, 60])),
    ),
  );
  const names = { "10": "head.0", "12": "head.2", "*": "features.*" };
  loadWeights(trainer, fileOf("net"), { layout: "pytorch", names, channels: { "head.0": 5 } });
  expectClose(trainer.predict(inputsOf("net")).data, cases.net!.output.data, 1e-6, "", 1);
});

describe("a model of TensorFlow.js gives its outputs", () => {
  it.each(Object.entries(tfjsModels))("%s", (name, model) => {
    const { input, output } = tfjs[name]!;
    const trainer = trainerOf(model());
    const { unused, missing } = loadWeights(trainer, tfjsModel(name), { layout: "keras" });
    expect([unused, missing]).toEqual([[], []]);
    const data = name === "lstm" ? Int32Array.from(input.data) : Float32Array.from(input.data);
    expectClose(trainer.predict({ data, shape: input.shape } as never).data, output.data, 1e-6, name, 1);
  });

  it("from a text and several files, whose borders need not be those of weights", () => {
    const bytes = bytesOf("rnn");
    const { tensors, layers } = readTfjs(JSON.stringify(tfjs.rnn!.json), [bytes.slice(0, 7), bytes.slice(7)]);
    expect(tensors).toEqual(tfjsModel("rnn").tensors);
    expect(layers.map(({ name, kind }) => [name, kind])).toEqual([
      ["simple_rnn_SimpleRNN1", "SimpleRNN"],
      ["dense_Dense7", "Dense"],
    ]);
  });
});

it("a GRU of Keras with reset_after is that of PyTorch, with the gates in another order", () => {
  const model = sequential([gru(2, 3, { layers: 2, bidirectional: true }) as Layer]);
  const { parameters } = readWeights(model, fileOf("gru"), {
    layout: "pytorch",
    names: Object.fromEntries(moduleOf("gru")),
  });
  const tensors: Record<string, { data: Float32Array; shape: number[] }> = {};
  // z r n of what PyTorch has as r z n, not transposed back; the biases apart.
  const swapped = (columns: number[][]) => [1, 0, 2].flatMap((gate) => columns.slice(3 * gate, 3 * gate + 3));
  const torch = namedIn(fileOf("gru"));
  for (const [part, end] of [
    ["0.0", "l0"],
    ["0.0.backward", "l0_reverse"],
    ["0.1", "l1"],
    ["0.1.backward", "l1_reverse"],
  ] as const) {
    for (const [theirs, ours] of [
      ["weight_ih", "kernel"],
      ["weight_hh", "recurrent_kernel"],
    ] as const) {
      const columns = swapped(torch[`${theirs}_${end}`]!);
      const rows = columns[0]!.map((_, k) => columns.map((column) => column[k]!));
      tensors[`${part}/${ours}`] = { data: Float32Array.from(rows.flat()), shape: [rows.length, 9] };
    }
    const biases = ["bias_ih", "bias_hh"].flatMap((name) => swapped(torch[`${name}_${end}`]!).flat());
    tensors[`${part}/bias`] = { data: Float32Array.from(biases), shape: [2, 9] };
  }
  const keras = readWeights(model, { tensors }, { layout: "keras" });
  expect(Object.keys(keras.parameters).sort()).toEqual(Object.keys(parameters).sort());
  for (const [name, { data }] of Object.entries(parameters)) expectSameBits(keras.parameters[name], data, name);
});

/** Rows of the arrays of a file. */
function namedIn(file: Uint8Array): Record<string, number[][]> {
  return Object.fromEntries(
    Object.entries(readSafetensors(file).tensors).map(([name, { data, shape }]) => {
      const width = shape[1] ?? 1;
      return [name, Array.from({ length: shape[0]! }, (_, k) => Array.from(data.slice(k * width, (k + 1) * width)))];
    }),
  );
}

/** Names in the file of a single recurrent module as those of layer 0. */
const moduleOf = (name: string) => Object.keys(namedIn(fileOf(name))).map((key) => [key, `0.${key}`]);

describe("names", () => {
  const array = (...shape: number[]) => ({
    data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k),
    shape,
  });
  const two = () => sequential([linear(3, 3, { bias: false }), relu(), linear(3, 3, { bias: false })]);
  const read = (model: Layer<never>, tensors: Parameters<typeof writeSafetensors>[0], more = {}) =>
    readWeights(model as unknown as Layer, writeSafetensors(tensors), { layout: "pytorch", ...more }).used;

  it("layers alike are in the order of their numbers, not in that of the alphabet", () => {
    const used = read(two(), { "layers.10.weight": array(3, 3), "layers.9.weight": array(3, 3) });
    expect(used).toEqual({ "0.weight": ["layers.9.weight"], "2.weight": ["layers.10.weight"] });
  });

  it("the first layer of a kind has no number in Keras", () => {
    const tensors = { "layers/dense_1/kernel": array(3, 3), "layers/dense/kernel": array(3, 3) };
    expect(readWeights(two(), { tensors }, { layout: "keras" }).used).toEqual({
      "0.weight": ["layers/dense/kernel"],
      "2.weight": ["layers/dense_1/kernel"],
    });
  });

  it("a layer that is added to a flattened image is refused, as its outputs have an order too", () => {
    const added = sequential([conv2d(1, 2, 1, { bias: false }), flatten(), residual(linear(4, 4, { bias: false }))]);
    const file = { "0.weight": array(2, 1, 1, 1), "2.block.weight": array(4, 4) };
    expect(() => read(added, file)).toThrow(
      'readWeights: the output of linear(4, 4) "2.block" is added to a flattened image, whose numbers PyTorch orders otherwise.',
    );
  });

  it("layers alike with other words are not guessed", () => {
    expect(() => read(two(), { "encoder.weight": array(3, 3), "decoder.weight": array(3, 3) })).toThrow(
      'readWeights: which of "decoder" and "encoder" is which of "0" and "2" cannot be known: all have weight [3, 3]. Give names: ' +
        '{ "decoder": "0", … }.',
    );
  });

  it("a map gives layers, parts of names, stars and the empty name", () => {
    const model = sequential([two(), batchNorm(3)]);
    const tensors = {
      "bert.a.0.weight": array(3, 3),
      "bert.a.2.weight": array(3, 3),
      "bert.norm.gamma": array(3),
      "bert.norm.beta": array(3),
      "bert.norm.running_mean": array(3),
      "bert.norm.running_var": array(3),
    };
    const used = read(model, tensors, { names: { "bert.a.*": "0.*", "bert.norm": "1" } });
    expect(used["0.2.weight"]).toEqual(["bert.a.2.weight"]);
    expect(used["1.variance"]).toEqual(["bert.norm.running_var"]);
    expect(read(two(), { "m.0.weight": array(3, 3), "m.2.weight": array(3, 3) }, { names: { m: "" } })).toEqual({
      "0.weight": ["m.0.weight"],
      "2.weight": ["m.2.weight"],
    });
  });

  it("strict: false leaves out what does not belong together, and returns its names", () => {
    const trainer = trainerOf(two());
    const before = trainer.parameters()["2.weight"]!.data;
    const file = writeSafetensors({ "0.weight": array(3, 3), "head.weight": array(7, 3) });
    expect(loadWeights(trainer, file, { layout: "pytorch", strict: false })).toEqual({
      used: { "0.weight": ["0.weight"] },
      unused: ["head.weight"],
      missing: ["2.weight"],
    });
    expectSameBits(trainer.parameters()["2.weight"]!.data, before);
    expect(trainer.parameters()["0.weight"]!.data).toEqual(Float32Array.of(0, 3, 6, 1, 4, 7, 2, 5, 8));
  });

  it("a model in several files", () => {
    const files = [writeSafetensors({ "0.weight": array(3, 3) }), writeSafetensors({ "2.weight": array(3, 3) })];
    expect(Object.keys(readWeights(two(), files, { layout: "pytorch" }).used)).toEqual(["0.weight", "2.weight"]);
    expect(() => readWeights(two(), [files[0]!, files[0]!], { layout: "pytorch" })).toThrow(
      'two files have "0.weight"',
    );
  });

  it.each([
    ["ema", () => ema({ decay: 0.5 }), (8 + 6.4) / 2],
    ["swa", () => swa({ unit: "step" }), 6.4],
  ])("an average of the weights begins with them: %s", (_, average, next) => {
    const create = () =>
      createTrainer(engine, {
        model: linear(1, 1, { bias: false }),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 0.1 }),
        average: average(),
      });
    const batch = { inputs: [[1]], targets: [[0]] };
    const trainer = create();
    for (let k = 0; k < 3; k++) trainer.step(batch);
    const file = writeSafetensors({ weight: { data: Float32Array.of(8), shape: [1, 1] } });
    loadWeights(trainer, file, { layout: "pytorch" });
    const averaged = (): number => trainer.predict([[1]], { weights: "average" }).data[0]!;
    expect(averaged()).toBe(8);
    // w ← w − 0.1 · 2 w
    trainer.step(batch);
    expect(averaged()).toBeCloseTo(next, 5);
    expect(trainer.evaluate(batch, { weights: "average" }).loss).toBeCloseTo(next ** 2, 4);
  });

  it("the layout of this library takes arrays as they are", () => {
    const { used, parameters } = readWeights(linear(2, 3), writeSafetensors({ weight: array(2, 3), bias: array(3) }), {
      layout: "thalweg",
    });
    expect(used).toEqual({ weight: ["weight"], bias: ["bias"] });
    expect(parameters.weight).toEqual(array(2, 3));
  });
});

describe("errors", () => {
  const array = (...shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
  const dense = () => sequential([linear(784, 10)]);
  const own: Layer = { name: "own", parameters: linear(2, 2).parameters, apply: (_, x) => x };
  const inNetwork = () =>
    network({ image: conv2d(1, 4, 3), head: linear(64, 2) }, (layers, x: Tensor) =>
      layers.head(layers.image(x).reshape([-1, 64])),
    );
  const heads = { "head.weight": array(2, 64), "head.bias": array(2) };
  const convolution = { "image.weight": array(4, 1, 3, 3), "image.bias": array(4) };
  const given: [what: string, () => unknown, WeightsFile | Parameters<typeof writeSafetensors>[0], object, string][] = [
    [
      "no layout",
      dense,
      {},
      {},
      'RangeError: readWeights: layout must be "pytorch" or "keras" or "thalweg", got undefined.',
    ],
    [
      "the layout of PyTorch not named",
      dense,
      { "0.weight": array(10, 784), "0.bias": array(10) },
      { layout: "thalweg" },
      'ShapeError: readWeights: "0.weight" has the wrong shape for "0.weight" of linear(784, 10): got [10, 784], expected [784, 10]: ' +
        'PyTorch\'s layout; give layout: "pytorch".',
    ],
    [
      "the layout of this library as that of PyTorch",
      dense,
      { "0.weight": array(784, 10), "0.bias": array(10) },
      { layout: "pytorch" },
      'ShapeError: readWeights: "0.weight" has the wrong shape for "0.weight" of linear(784, 10): got [784, 10], expected [10, 784]: ' +
        'not PyTorch\'s layout; if the file has the layout of this library, give layout: "thalweg".',
    ],
    [
      "another size",
      dense,
      { "0.weight": array(11, 784), "0.bias": array(11) },
      { layout: "pytorch" },
      'ShapeError: readWeights: "0.bias" has the wrong shape for "0.bias" of linear(784, 10): got [11], expected [10]. Give the ' +
        "layer these sizes, or names.",
    ],
    [
      "another size of another name",
      dense,
      { "fc.weight": array(11, 784), "fc.bias": array(11) },
      { layout: "pytorch" },
      'ShapeError: readWeights: "fc.bias" has the wrong shape for "0.bias" of linear(784, 10): got [11], expected [10]. Give the ' +
        "layer these sizes, or names.",
    ],
    [
      "more layers than the model",
      dense,
      { "a.weight": array(10, 784), "a.bias": array(10), "b.weight": array(10, 784), "b.bias": array(10) },
      { layout: "pytorch" },
      "RangeError: readWeights: the model has another number of layers with bias [10], weight [10, 784] than the file, where they are " +
        '"a" and "b". Give names: { "a": "0", … }.',
    ],
    [
      "a misspelled name",
      dense,
      { "0.weight": array(10, 784), "0.biass": array(10) },
      { layout: "pytorch" },
      'RangeError: readWeights: the file lacks "0.bias"; "0.biass" of the file is of no layer. Is "0.biass" meant by "0.bias"? Give ' +
        'names: { "0.biass": "0.bias" }, or strict: false to leave them out.',
    ],
    [
      "a name too many",
      dense,
      { "0.weight": array(10, 784), "0.bias": array(10), "7.weight": array(2) },
      { layout: "pytorch" },
      'RangeError: readWeights: "7.weight" of the file is of no layer. Give names: { theirs: ours }, or strict: false to leave them out.',
    ],
    [
      "two names for one",
      dense,
      { "0.weight": array(10, 784), "0.bias": array(10), "fc.weight": array(10, 784) },
      { layout: "pytorch", names: { fc: "0" } },
      'RangeError: readWeights: "0.weight" and "fc.weight" are both "0.weight". Change names.',
    ],
    [
      "quantized weights",
      dense,
      { "0.weight": { data: new Int32Array(7840), shape: [10, 784] }, "0.bias": array(10) },
      { layout: "pytorch" },
      'RangeError: readWeights: "0.weight" has type I32, expected F32, F16, BF16 or F64. Save the weights as they were before they were ' +
        "quantized.",
    ],
    [
      "a layer of one's own",
      () => sequential([own]),
      { "0.weight": array(2, 2), "0.bias": array(2) },
      { layout: "pytorch" },
      'RangeError: readWeights: how another library keeps own "0" cannot be known. Give strict: false, and set its parameters by ' +
        "setParameters.",
    ],
    [
      "a flatten that the model does not show",
      inNetwork,
      { ...heads, ...convolution },
      { layout: "pytorch" },
      'RangeError: readWeights: linear(64, 2) "head" may stand behind a flattened image, whose numbers PyTorch orders otherwise. Give ' +
        'channels: { "head": … }, the channels of that image, or 1 if there is none.',
    ],
    [
      "channels of another image",
      inNetwork,
      { ...heads, ...convolution },
      { layout: "pytorch", channels: { head: 5 } },
      'RangeError: readWeights: channels of "head" must divide 64, got 5. Give those of the image in front of flatten.',
    ],
    [
      "channels of no layer",
      inNetwork,
      { ...heads, ...convolution },
      { layout: "pytorch", channels: { heat: 4 } },
      'RangeError: readWeights: channels: no layer "heat". Did you mean "head"?',
    ],
    [
      "groups that are other ones there",
      () => sequential([conv2d(1, 4, 3), flatten(), groupNorm(2, 16)]),
      {},
      { layout: "pytorch" },
      'RangeError: readWeights: groupNorm(2, 16) "2" has other groups in PyTorch behind a flattened image. Normalize before flatten.',
    ],
    [
      "a GRU of TensorFlow.js",
      () => gru(2, 3),
      tfjsModel("gru"),
      { layout: "keras" },
      'RangeError: readWeights: the GRU "gru_GRU1" has no reset_after. It is another formula: train the layer here, or make it so there.',
    ],
    [
      "an LSTM with TensorFlow.js's default of the gates",
      () => lstm(2, 3),
      tfjsModel("hardSigmoid"),
      { layout: "keras" },
      'RangeError: readWeights: "lstm_LSTM3" has recurrent_activation "hard_sigmoid", but lstm(2, 3) "0" has "sigmoid". It is another ' +
        "formula: train the layer here, or make it so there.",
    ],
    [
      "another activation",
      () => sequential([rnn(2, 3, { activation: "relu" }) as Layer, linear(3, 2)]),
      tfjsModel("rnn"),
      { layout: "keras" },
      'RangeError: readWeights: "simple_rnn_SimpleRNN1" has activation "tanh", but rnn(2, 3) "0.0" has "relu". It is another formula: ' +
        "train the layer here, or make it so there.",
    ],
    [
      "a norm with another ε",
      () => sequential([conv2d(2, 4, 3), batchNorm(4)]),
      tfjsModel("images"),
      { layout: "keras", strict: false, names: { first: "0", batch_normalization_BatchNormalization1: "1" } },
      'RangeError: readWeights: "batch_normalization_BatchNormalization1" has epsilon 0.001, but batchNorm(4) "1" has 0.00001. Give the ' +
        "layer here { epsilon: 0.001 }.",
    ],
  ];

  it.each(given)("%s", (_, model, file, options, message) => {
    const plain = Object.values(file).every((value) => typeof value === "object" && "data" in value);
    const bytes = (plain ? writeSafetensors(file as never) : file) as WeightsFile;
    expect(() => readWeights(model() as Layer, bytes, options as WeightsOptions)).toThrow(
      expect.objectContaining({ message: message.replace(/^\w+: /, ""), name: message.slice(0, message.indexOf(":")) }),
    );
  });

  it("a file that this library saved has its layout, also where a square weight fits transposed", () => {
    const trainer = trainerOf(linear(2, 2));
    for (const layout of ["pytorch", "keras"] as const)
      expect(() => loadWeights(trainer, trainer.save({ weightsOnly: true }), { layout })).toThrow(
        'a trainer of this library saved the file, which has another layout. Give layout: "thalweg", or use loadModel.',
      );
    expect(loadWeights(trainer, trainer.save({ weightsOnly: true }), { layout: "thalweg" }).missing).toEqual([]);
  });

  it("nothing is written if anything is wrong", () => {
    const trainer = trainerOf(sequential([linear(2, 2), batchNorm(2)]));
    const before = trainer.save();
    const file = writeSafetensors({
      "0.weight": array(2, 2),
      "0.bias": array(2),
      "1.weight": array(2),
      "1.bias": array(2),
      "1.running_mean": array(2),
      "1.running_var": { data: Float32Array.of(1, Number.NaN), shape: [2] },
    });
    expect(() => loadWeights(trainer, file, { layout: "pytorch" })).toThrow(
      'loadWeights: "1.variance" holds a number that is not finite. Check where it comes from.',
    );
    expectSameBits(trainer.save(), before);
  });

  const weight = { name: "dense/kernel", shape: [2], dtype: "float32" };
  it.each([
    ["a quantized weight", [{ ...weight, quantization: { dtype: "uint8" } }], 8, '"dense/kernel" is quantized'],
    [
      "a text",
      [{ ...weight, dtype: "string" }],
      8,
      '"dense/kernel" has type "string", expected one of float32, int32, bool',
    ],
    ["two weights of one name", [weight, weight], 16, 'weightsManifest has "dense/kernel" twice'],
    ["a file that is cut off", [weight], 7, "the files have 7 bytes, expected 8"],
    ["a shape that is none", [{ ...weight, shape: [-2] }], 8, 'a weight is described wrongly: "dense/kernel"'],
  ])("readTfjs: %s", (_, weights, bytes, message) => {
    const json = { modelTopology: null, weightsManifest: [{ paths: ["a.bin"], weights }] };
    expect(() => readTfjs(json, [new Uint8Array(bytes)])).toThrow(`readTfjs: ${message}`);
  });
});
