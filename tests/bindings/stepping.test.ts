// Loops over `step`: what one step prepared serves the next one only if nothing changed between them.

import {
  adam,
  augment,
  colorJitter,
  createDataset,
  createTrainer,
  dropout,
  flatten,
  functionSchedule,
  linear,
  type Samples,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { numbers } from "./numbers.js";
import { classSamples } from "./runs.js";

engineForEach();

const make = (): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(4, 6), dropout(0.3), linear(6, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: functionSchedule((t) => 0.1 / (1 + t)) }),
    seed: 5,
    microBatch: 8,
  });

const batch = (rows: number, seed: number, weighted = false): Samples => ({
  ...classSamples(rows, 4, seed),
  ...(weighted ? { weights: numbers(rows, 0, 2, seed + 2) } : {}),
});

/** A step whose data is a data set of its own, so that nothing of an earlier step serves it. */
function fresh(trainer: Trainer, samples: Samples): number {
  const data = createDataset(engine, samples, "classes");
  const { loss } = trainer.step(data);
  data.free();
  return loss;
}

it("is the same whatever came between the steps", async () => {
  const [trainer, reference] = [make(), make()];
  const set = createDataset(engine, batch(6, 40), "classes");
  const between: readonly (() => unknown)[] = [
    () => {},
    () => trainer.evaluate(batch(6, 3)),
    () => trainer.evaluate(batch(300, 3, true)),
    () => trainer.predict(batch(2, 3).inputs),
    () => trainer.classify([1, 2, 3, 4]),
    () => trainer.restore(trainer.save()),
    () => trainer.setParameters(trainer.parameters()),
    () => trainer.cost(batch(6, 9), 3),
    () =>
      expect(() => trainer.step({ ...batch(6, 1), targets: Int32Array.of(0, 1, 2, 3, 0, 1) })).toThrow(
        "target of sample 3 is 3",
      ),
    () => expect(() => trainer.step({ ...batch(6, 1), inputs: [[1]] })).toThrow("got 1 inputs and 6 targets"),
    () => expect(() => trainer.step(batch(5, 1).inputs as never)).toThrow(TypeError),
  ];
  const kinds = [
    (seed: number) => batch(6, seed),
    (seed: number) => batch(6, seed, true),
    (seed: number) => batch(20, seed),
  ];
  let seed = 100;
  for (const call of between)
    for (const kind of kinds) {
      for (let k = 0; k < 2; k++) {
        seed += 3;
        expect(trainer.step(kind(seed)).loss).toBe(fresh(reference, kind(seed)));
        call();
        expect(trainer.step(set).loss).toBe(fresh(reference, batch(6, 40)));
      }
      await trainer.fit(kind(seed), { steps: 1, batchSize: 4 });
      await reference.fit(kind(seed), { steps: 1, batchSize: 4 });
    }
  expect(trainer.save()).toEqual(reference.save());
});

it("refuses a data set that was freed after a step", () => {
  const trainer = make();
  const set = createDataset(engine, batch(6, 1), "classes");
  trainer.step(set);
  set.free();
  expect(() => trainer.step(set)).toThrow("dataset: used after it was freed");
});

it("checks the pixels of every batch", () => {
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(3, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
  });
  const color = augment([colorJitter({ brightness: 0.1 })]);
  const pixel = (value: number): Samples => ({
    inputs: [[[[value, 0.5, 0.5]]]],
    targets: Int32Array.of(0),
    augment: color,
  });
  trainer.step(pixel(0.5));
  expect(() => trainer.step(pixel(7))).toThrow("sample 0 holds 7");
  trainer.step(pixel(0.25));
});

it("holds the memory of one batch, and frees it", () => {
  const first = make();
  first.step(batch(2000, 1)); // lets the scratch memory of the engine grow
  first.free();
  const before = engine.bytesInUse;
  const trainer = make();
  trainer.step(batch(1000, 1));
  const held = engine.bytesInUse;
  for (let k = 0; k < 20; k++) trainer.step(batch(1000, k));
  expect(engine.bytesInUse).toBe(held);
  trainer.step(batch(2000, 1));
  trainer.free();
  expect(engine.bytesInUse).toBe(before);
});
