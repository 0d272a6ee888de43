// Integers in an Int32Array beside floats: the same numbers as floats of the same values, bit by bit.

import {
  compile,
  concatenate,
  createTrainer,
  dropout,
  dropout2d,
  type Layer,
  linear,
  linearSchedule,
  meanSquaredError,
  network,
  sequential,
  sgd,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";

engineForEach();

const big = 2 ** 24 + 1;

describe("operations", () => {
  it("concatenates integers as such, and with floats as these", () => {
    const both = compile(engine, ({ a, b }: { a: Tensor; b: Tensor }) => concatenate([a, b]));
    const whole = Int32Array.of(big, 5);
    expect(both({ a: whole, b: whole })).toEqual({ data: Int32Array.of(big, 5, big, 5), shape: [4] });
    expect(both({ a: whole, b: Float64Array.of(0.5) })).toEqual({ data: Float64Array.of(big, 5, 0.5), shape: [3] });
    expect(both({ a: Float32Array.of(0.5), b: whole })).toEqual({
      data: Float32Array.of(0.5, big, 5),
      shape: [3],
    });
    // More tensors than one node takes.
    const many = compile(engine, (x: Tensor) =>
      concatenate(Array.from({ length: 40 }, (_, k) => (k === 35 ? x.cast("f64") : x))),
    );
    expect(many(Int32Array.of(big))).toEqual({ data: new Float64Array(40).fill(big), shape: [40] });
  });

  it("the variance of integers is a float", () => {
    const variance = compile(engine, (x: Tensor) => x.variance());
    expect(variance(Int32Array.of(1, 2, 4, 9))).toBe(9.5);
    const unbiased = compile(engine, (x: Tensor) => x.variance({ axes: 0, correction: 1 }));
    expect(unbiased({ data: Int32Array.of(1, 5, 2, 5), shape: [2, 2] })).toEqual({
      data: Float64Array.of(0.5, 0),
      shape: [2],
    });
  });
});

describe("inputs", () => {
  const targets = [[1], [2]];
  /** Results of two steps and a prediction. */
  const trained = (model: Layer<never, unknown>, inputs: unknown) => {
    const loss = meanSquaredError();
    const trainer = createTrainer(engine, { model: model as Layer, loss, optimizer: sgd({ learningRate: 1e-3 }) });
    const steps = [0, 1].map(() => trainer.step({ inputs: inputs as never, targets }));
    return [steps, trainer.parameters(), trainer.predict(inputs as never)];
  };
  const rate = linearSchedule({ from: 0.5, to: 0.1, length: 3 });

  it.each([
    ["dropout", [2, 4], dropout(0.5), linear(4, 1)],
    ["dropout, scaled in evaluation", [2, 4], dropout(0.5, { mode: "testScaled" }), linear(4, 1)],
    ["dropout on a schedule", [2, 4], dropout(rate), linear(4, 1)],
    [
      "dropout2d",
      [2, 1, 2, 4],
      dropout2d(0.5),
      { name: "sum", parameters: {}, apply: (_, x) => x.sum({ axes: [1, 2, 3] }).reshape([2, 1]) },
    ],
  ] as [string, number[], Layer, Layer][])("%s takes integers", (_, shape, layer, last) => {
    const data = Int32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, k) => ((k * 7) % 11) - 3);
    const model = sequential([layer, last]);
    expect(trained(model, { data, shape })).toEqual(trained(model, { data: Float32Array.from(data), shape }));
  });

  it("joins integers and floats of a record", () => {
    const model = network({ last: linear(4, 1) }, ({ last }, { a, b }: { a: Tensor; b: Tensor }) =>
      last(concatenate([a, b], 1)),
    );
    const whole = { data: Int32Array.of(1, -2, 3, 4), shape: [2, 2] };
    const floats = { data: Float32Array.from(whole.data), shape: [2, 2] };
    expect(trained(model, { a: whole, b: floats })).toEqual(trained(model, { a: floats, b: floats }));
  });
});
