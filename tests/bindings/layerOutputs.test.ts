// Outputs of layers, against the model computed by hand.

import {
  adam,
  binaryCrossEntropyWithLogits,
  createTrainer,
  dropout,
  ema,
  heads,
  linear,
  meanSquaredError,
  network,
  relu,
  residual,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from "thalweg";
import { layerOutputs } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

const trainerOf = (model: Parameters<typeof createTrainer>[1]["model"], loss: unknown, more: object = {}) =>
  createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 0.1 }), dtype: "f64", ...more } as never);
const rows = (values: Float64Array | Float32Array | ArrayLike<number>, width: number): number[][] =>
  Array.from({ length: values.length / width }, (_, k) => Array.from(values).slice(k * width, (k + 1) * width));

describe("layerOutputs", () => {
  it("are the values of every layer, and the probabilities", () => {
    using trainer = trainerOf(
      sequential([linear(2, 3), relu(), dropout(0.5), residual(linear(3, 3))]),
      softmaxCrossEntropy(),
    );
    const { "0.weight": w, "0.bias": b, "3.block.weight": v, "3.block.bias": c } = trainer.parameters();
    const inputs = [
      [1, -2],
      [0.5, 3],
    ];
    const product = (x: readonly number[], weight: typeof w, bias: typeof b): number[] =>
      rows(weight!.data, 3).reduce(
        (sum, row, i) => sum.map((value, j) => value + (x[i] as number) * (row[j] as number)),
        Array.from(bias!.data),
      );
    const first = inputs.map((x) => product(x, w, b));
    const hidden = first.map((row) => row.map((value) => Math.max(0, value)));
    const last = hidden.map((row) => product(row, v, c));
    const { layers, output, probabilities } = layerOutputs(trainer, inputs as never);
    expect(Object.keys(layers).sort()).toEqual(["0", "1", "2", "3", "3.block"]);
    const near = (found: { data: ArrayLike<number> } | undefined, wanted: number[][]) => {
      for (const [k, value] of wanted.flat().entries()) expect(found?.data[k]).toBeCloseTo(value, 12);
    };
    near(layers["0"], first);
    near(layers["1"], hidden);
    near(layers["2"], hidden); // dropout as in evaluation
    near(layers["3.block"], last);
    near(
      layers["3"],
      hidden.map((row, k) => row.map((value, j) => value + (last[k]?.[j] as number))),
    );
    expect(output).toEqual(trainer.predict(inputs as never));
    const sums = rows(probabilities!.data, 3).map((row) => row.reduce((a, x) => a + x));
    for (const sum of sums) expect(sum).toBeCloseTo(1, 14);
    expect(Array.from(probabilities!.data).slice(0, 3)).toEqual(trainer.classify(inputs[0] as never).probabilities);
  });

  it("take many rows in parts, and the averaged weights", () => {
    using trainer = trainerOf(linear(1, 1), binaryCrossEntropyWithLogits(), { average: ema({ decay: 0.5 }) });
    const inputs = Array.from({ length: 700 }, (_, k) => [k / 700]);
    trainer.step({ inputs, targets: inputs.map(([x]) => [x! > 0.5 ? 1 : 0]) } as never);
    const found = layerOutputs(trainer, inputs as never, { weights: "average" });
    expect(found.output).toEqual(trainer.predict(inputs as never, { weights: "average" }));
    expect(found.layers).toEqual({});
    for (const k of [0, 350, 699])
      expect(found.probabilities?.data[k]).toBeCloseTo(
        1 / (1 + Math.exp(-((found.output as { data: Float64Array }).data[k] as number))),
        14,
      );
  });

  it("of a network have its names, and a second application has a number", () => {
    const model = network({ in: linear(1, 2), twice: linear(2, 2), a: linear(2, 1), b: linear(2, 1) }, (own, x) => {
      const inner = own.twice(own.twice(own.in(x)));
      return { a: own.a(inner), b: own.b(inner) };
    });
    using trainer = createTrainer(engine, {
      model,
      loss: heads({ a: meanSquaredError(), b: meanSquaredError() }),
      optimizer: adam(),
    });
    const { layers, output, probabilities } = layerOutputs(trainer, [[1], [2]]);
    expect(Object.keys(layers)).toEqual(["in", "twice", "twice#2", "a", "b"]);
    expect(output).toEqual(trainer.predict([[1], [2]]));
    expect(probabilities).toBeUndefined();
  });

  it("leaves a stateful trainer as it is, and refuses what is none", () => {
    using trainer = trainerOf(linear(2, 1), meanSquaredError());
    const before = trainer.save();
    layerOutputs(trainer, [[1, 2]] as never);
    expect(trainer.save()).toEqual(before);
    expect(() => layerOutputs({} as never, [[1]] as never)).toThrow(
      "layerOutputs: the first argument must be a trainer",
    );
    expect(() => layerOutputs(trainer, [[1]] as never)).toThrow("linear(2, 1)");
    expect(() => layerOutputs(trainer, [[1, 2]] as never, { weights: "average" })).toThrow("layerOutputs");
  });
});
