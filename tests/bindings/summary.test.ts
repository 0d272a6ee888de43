// summary: layers, shapes, parameters, bytes and flops, against counts by hand.

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import {
  adam,
  batchNorm,
  concatenate,
  conv2d,
  createEngine,
  createTrainer,
  EngineError,
  embedding,
  flatten,
  heads,
  type Layer,
  linear,
  meanSquaredError,
  network,
  relu,
  residual,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { diagnose, explain, profile, summary } from "thalweg/inspect";
import { loadModel } from "thalweg/load";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

/** Of a row: the product, and the bias, which is broadcast and added. */
const linearFlops = (inputs: number, outputs: number): number => 2 * inputs * outputs + 2 * outputs;

const classifier = (more: object = {}) =>
  createTrainer(engine, {
    model: sequential([
      conv2d(1, 4, 3, { padding: 1 }),
      batchNorm(4),
      residual(sequential([linear(4, 4), relu()])),
      flatten(),
      linear(6 * 5 * 4, 3),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
    ...more,
  });

describe("summary", () => {
  it("has layers by the names of parameters, nested ones below their container", () => {
    using trainer = classifier({ groups: [{ match: "0.*", frozen: true }] });
    const before = trainer.save();
    const found = summary(trainer, { shape: [6, 5, 1] });
    expect(found.layers.map(({ path, output, parameters }) => [path, output, parameters])).toEqual([
      ["", [1, 3], 40 + 8 + 20 + 363],
      ["0", [1, 6, 5, 4], 9 * 4 + 4],
      ["1", [1, 6, 5, 4], 8],
      ["2", [1, 6, 5, 4], 20],
      ["2.block", [1, 6, 5, 4], 20],
      ["2.block.0", [1, 6, 5, 4], 4 * 4 + 4],
      ["2.block.1", [1, 6, 5, 4], 0],
      ["3", [1, 120], 0],
      ["4", [1, 3], 120 * 3 + 3],
    ]);
    expect(found.parameters).toBe(431);
    expect(found.trained).toBe(431 - 40);
    expect(found.bytes).toBe(4 * (431 + 8)); // batch norm keeps a mean and a variance of each channel
    const flops = Object.fromEntries(found.layers.map((layer) => [layer.path, layer.flops]));
    expect(flops["4"]).toBe(linearFlops(120, 3));
    expect(flops["2.block.0"]).toBe(30 * linearFlops(4, 4));
    expect(flops["2.block"]).toBe(flops["2.block.0"]! + flops["2.block.1"]!);
    expect(flops[""]).toBe(found.flops);
    expect(found.flops).toBe(["0", "1", "2", "3", "4"].reduce((sum, path) => sum + flops[path]!, 0));
    expect(trainer.save()).toEqual(before);
  });

  it("prints as a table, in console.log as well", () => {
    using trainer = createTrainer(engine, {
      model: sequential([linear(3, 2), relu()]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const table = [
      "name   layer         output      parameters  trained  bytes  flops",
      "0      linear(3, 2)  [batch, 2]           8        8     32     16",
      "1      relu          [batch, 2]           0        0      0      2",
      "model                [batch, 2]           8        8     32     18",
    ].join("\n");
    const found = summary(trainer, { shape: [3] });
    expect(String(found)).toBe(table);
    expect(inspect(found)).toBe(table);
    expect(() => summary(trainer, { shape: [4] })).toThrow(/^summary: linear\(3, 2\): got/);
  });

  it("takes samples, a data set, or what was there last; and names of inputs and outputs", () => {
    const net = network(
      { image: linear(4, 8), shared: linear(8, 8), score: linear(8, 1) },
      (layers, { image, age }: { image: Tensor; age: Tensor }) => {
        const twice = layers.shared(layers.shared(layers.image(image)));
        return { score: layers.score(twice.add(age)), hidden: concatenate([twice, age], 1) };
      },
    );
    using trainer = createTrainer(engine, {
      model: net,
      loss: heads({ score: meanSquaredError() }),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    expect(() => summary(trainer as never)).toThrow(/the shape of the inputs is not known before the first data/);
    const found = summary(trainer as never, { shape: { image: [4], age: [1] } });
    expect(found.layers.map(({ path }) => path)).toEqual(["", "image", "shared", "score"]);
    expect(found.layers[0]!.output).toEqual({ score: [1, 1], hidden: [1, 9] });
    expect(found.layers[2]!.flops).toBe(2 * linearFlops(8, 8));
    expect(found.layers[2]!.parameters).toBe(72);
    const samples = { inputs: { image: [[1, 2, 3, 4]], age: [[3]] }, targets: { score: [[1]] } };
    expect(String(summary(trainer as never, samples as never))).toBe(String(found));
    trainer.step(samples);
    expect(String(summary(trainer as never))).toBe(String(found));
    trainer.step(samples);
  });

  it("of indices, of a layer of one's own, and of a loaded model", () => {
    const own: Layer = {
      name: "pair",
      parameters: { inner: linear(3, 2).parameters },
      apply: ({ inner }, x, context) => linear(3, 2).apply(inner!, x, context.of("inner")),
    };
    using trainer = createTrainer(engine, {
      model: sequential([embedding(5, 3), own]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const found = summary(trainer, { shape: [2], dtype: "i32" });
    expect(found.layers.map(({ path, layer, parameters }) => [path, layer, parameters])).toEqual([
      ["", "embedding(5, 3) → pair", 23],
      ["0", "embedding(5, 3)", 15],
      ["1", "pair", 8],
      ["1.inner", "", 8],
    ]);
    using model = loadModel(engine, trainer.save(), { layers: { pair: own } });
    expect(String(summary(model, { shape: [2], dtype: "i32" }))).toBe(String(found));
    expect(() => summary({} as never)).toThrow(/^summary: the first argument must be a trainer/);
    expect(() => summary(trainer, { shape: [2], type: "i32" } as never)).toThrow(/^summary: unknown option "type"/);
    expect(() => summary(trainer, { shape: [-1] })).toThrow(/^summary: shape/);
    expect(() => summary(trainer, [[1, 2]] as never)).toThrow(/^summary: the data must be \{ inputs: xs/);
    expect(() => summary(trainer, { shpae: [2] } as never)).toThrow(/^summary: unknown option "shpae"/);
    for (const [name, inspect] of Object.entries({ explain, profile, diagnose }))
      expect(() => inspect(trainer, [[1, 2]] as never)).toThrow(new RegExp(`^${name}: the data must be`));
  });

  it("needs the whole engine", async () => {
    const wasm = readFileSync(new URL("../../dist/thalweg.dense.wasm", import.meta.url));
    const dense = await createEngine({ wasm: new WebAssembly.Module(wasm) });
    const trainer = createTrainer(dense, {
      model: linear(1, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
    });
    expect(() => summary(trainer, { shape: [1] })).toThrow(EngineError);
    expect(trainer.step({ inputs: [[1]], targets: [[1]] }).loss).toBeGreaterThanOrEqual(0);
  });
});
