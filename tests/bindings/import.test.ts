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
  relu,
  residual,
  residualStack,
  rmsNorm,
  rnn,
  rnnCell,
  separableConv2d,
  sequential,
  sgd,
  type Tensor,
  type Trainer,
  writeSafetensors,
  zerosInitializer,
} from "thalweg";
import { loadWeights, readWeights, type WeightsOptions } from "thalweg/import";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, wrong } from "./numbers.js";

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
