// Names of inputs, targets, heads and layers that objects have by themselves, and targets that later data lacks.

import {
  createTrainer,
  dropout,
  heads,
  linear,
  linearSchedule,
  meanSquaredError,
  network,
  sgd,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";

engineForEach();

type Named<T> = Readonly<Record<string, T>>;

const x = [
  [1, 2],
  [3, 5],
];
const named = <T>(entries: readonly (readonly [string, T])[]): Named<T> => Object.fromEntries(entries);
const optimizer = sgd({ learningRate: 0.01 });

/** Mean over the rows of (y − t)². */
const squares = (y: Named<{ data: ArrayLike<number> }>, name: string, targets: readonly number[]): number => {
  const data = new Map(Object.entries(y)).get(name)?.data ?? [];
  return targets.reduce((sum, t, k) => sum + ((data[k] as number) - t) ** 2, 0) / targets.length;
};

describe("names", () => {
  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "data", "0", "a.b", "loss"])(
    "%s names a layer, an input, a target and a head like any other",
    (name) => {
      const model = network(
        named([
          [name, linear(2, 1)],
          ["z", linear(2, 1)],
        ]),
        (layers, inputs: Named<Tensor>) => {
          const output = (key: string): Tensor => (layers[key] as (x: Tensor) => Tensor)(inputs[key] as Tensor);
          return named([
            [name, output(name)],
            ["z", output("z")],
          ]);
        },
      );
      const loss = heads(
        named([
          [name, { loss: meanSquaredError() }],
          ["z", { loss: meanSquaredError(), weight: 0.5 }],
        ]),
      );
      const standardize = { z: { mean: 1, deviation: 2 } };
      const trainer = createTrainer(engine, { model, loss, optimizer, standardize, dtype: "f64" });
      const data = {
        inputs: named([
          [name, x],
          ["z", x],
        ]),
        targets: named([
          [name, [[1], [2]]],
          ["z", [[3], [1]]],
        ]),
      };
      trainer.step(data);
      const y = trainer.predict(data.inputs) as Named<{ data: ArrayLike<number> }>;
      const expected = squares(y, name, [1, 2]) + 0.5 * squares(y, "z", [3, 1]);
      expect(trainer.evaluate(data).loss).toBeCloseTo(expected, 12);
      // Weights of the other head only: this one has none.
      const { loss: weighted } = trainer.evaluate({ ...data, weights: { z: [1, 0] } });
      expect(weighted).toBeCloseTo(squares(y, name, [1, 2]) + 0.5 * squares({ z: first(y, "z") }, "z", [3]), 12);
    },
  );

  it("the schedule of a head's weight and that of a layer named loss are two numbers", () => {
    const falling = (from: number) => linearSchedule({ from, to: 0, length: 4, unit: "step" });
    const model = network({ loss: dropout(falling(0.5)), d: linear(2, 1) }, (layers, x: Tensor) => ({
      rate: layers.d(layers.loss(x)),
      other: layers.d(x),
    }));
    const loss = heads({
      rate: { loss: meanSquaredError(), weight: falling(4) },
      other: meanSquaredError(),
    });
    const trainer = createTrainer(engine, { model, loss, optimizer, dtype: "f64" });
    const data = { inputs: x, targets: { rate: [[1], [2]], other: [[1], [2]] } };
    for (const weight of [4, 3, 2]) {
      const results = trainer.evaluate(data);
      expect(results.loss).toBeCloseTo(weight * results["rate.loss"] + results["other.loss"], 10);
      trainer.step(data);
    }
  });
});

/** The first row of an output. */
function first(y: Named<{ data: ArrayLike<number> }>, name: string): { data: ArrayLike<number> } {
  return { data: Array.from((y[name] as { data: ArrayLike<number> }).data).slice(0, 1) };
}

describe("data that lacks a target", () => {
  const model = network({ a: linear(2, 1), b: linear(2, 1) }, ({ a, b }, x: Tensor) => ({ a: a(x), b: b(x) }));
  const make = () =>
    createTrainer(engine, { model, loss: heads({ a: meanSquaredError(), b: meanSquaredError() }), optimizer });
  const targets = { a: [[1], [2]], b: [[3], [4]] };
  const lacking = { inputs: x, targets: { a: [[1], [2]] } } as never;

  it("is refused by step, evaluate and fit also after data that had it, whose rows are not used", () => {
    const message = /there is no target "b"/;
    const trainer = make();
    trainer.step({ inputs: x, targets });
    trainer.evaluate({ inputs: x, targets });
    expect(() => trainer.step(lacking)).toThrow(message);
    expect(() => trainer.evaluate(lacking)).toThrow(message);
    expect(() => trainer.fit(lacking, { epochs: 1 })).toThrow(message);
    expect(trainer.step({ inputs: x, targets }).loss).toBeGreaterThan(0);
  });

  it("an input alone is no reason to forget the targets", () => {
    const [one, other] = [make(), make()];
    for (const trainer of [one, other]) trainer.step({ inputs: x, targets });
    one.predict(x);
    expect(one.step({ inputs: x, targets })).toEqual(other.step({ inputs: x, targets }));
  });
});
