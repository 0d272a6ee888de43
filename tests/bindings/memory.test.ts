// Memory stays flat while training: after gc, 10,000 further steps add less than 64 KiB of JavaScript heap and nothing
// to WebAssembly memory; whatever is made and freed leaves nothing.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  adam,
  createDataset,
  createTrainer,
  createTrainers,
  type Engine,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { numbers } from "./numbers.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const rows = 64;
const data = {
  inputs: { data: Float32Array.from(numbers(rows * 6)), shape: [rows, 6] },
  targets: Int32Array.from({ length: rows }, (_, k) => k % 3),
};
const trainerOf = (engine: Engine): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(6, 8), relu(), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
  });

/** The heap after everything that can be collected was. */
async function heap(): Promise<number> {
  for (let k = 0; k < 4; k++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return process.memoryUsage().heapUsed;
}

/** What `body` adds to the heap; the least of eight measurements: compilers and the test runner move the heap, a leak shows every time. */
async function growth(body: () => Promise<void> | void): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 8 && least >= 65536; k++) {
    const before = await heap();
    await body();
    least = Math.min(least, (await heap()) - before);
  }
  return least;
}

it("10,000 further steps by fit", async () => {
  const engine = await testEngine();
  const trainer = trainerOf(engine);
  const resident = createDataset(engine, data);
  await trainer.fit(resident, { steps: 1000, batchSize: 16 });
  const before = [engine.bytesInUse, engine.memoryBytes];
  const added = await growth(async () => {
    await trainer.fit(resident, { steps: 10000, batchSize: 16 });
  });
  expect(added).toBeLessThan(65536);
  expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
});

it("10,000 further steps by step(batch)", async () => {
  const engine = await testEngine();
  const trainer = trainerOf(engine);
  const steps = (count: number): void => {
    for (let k = 0; k < count; k++) trainer.step(data);
  };
  steps(500);
  const before = [engine.bytesInUse, engine.memoryBytes];
  expect(await growth(() => steps(10000))).toBeLessThan(65536);
  expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
});

it("fit over now more, now fewer rows", async () => {
  const engine = await testEngine();
  const trainer = trainerOf(engine);
  const few = {
    inputs: { data: data.inputs.data.slice(0, 6 * 32), shape: [32, 6] },
    targets: data.targets.slice(0, 32),
  };
  const turn = async (): Promise<void> => {
    await trainer.fit(few, { epochs: 1, batchSize: 16 });
    await trainer.fit(data, { epochs: 1, batchSize: 16 });
  };
  await turn();
  const before = [engine.bytesInUse, engine.memoryBytes];
  for (let k = 0; k < 10; k++) await turn();
  expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
});

it("the order of an epoch takes 4 bytes a row", async () => {
  const engine = await testEngine();
  const trainer = trainerOf(engine);
  const resident = (rows: number) => {
    const inputs = { data: new Float32Array(6 * rows), shape: [rows, 6] };
    return createDataset(engine, { inputs, targets: new Int32Array(rows) });
  };
  const [small, large] = [resident(64), resident(64 + 160_000)];
  await trainer.fit(small, { steps: 1, batchSize: 16 });
  const before = engine.bytesInUse;
  await trainer.fit(large, { steps: 1, batchSize: 16 });
  // Regions are whole pages.
  expect(engine.bytesInUse - before).toBeGreaterThan(4 * 160_000 - 65536);
  expect(engine.bytesInUse - before).toBeLessThan(4 * 160_000 + 65536);
});

it("predict, evaluate, save and restore in a loop", async () => {
  const engine = await testEngine();
  const trainer = trainerOf(engine);
  const round = (): void => {
    trainer.predict(data.inputs);
    trainer.evaluate(data);
    trainer.restore(trainer.save());
  };
  for (let k = 0; k < 200; k++) round();
  const before = [engine.bytesInUse, engine.memoryBytes];
  const added = await growth(() => {
    for (let k = 0; k < 500; k++) round();
  });
  expect(added).toBeLessThan(65536);
  expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
});

it("trainers and data sets made, used and freed 1,000 times", async () => {
  const engine = await testEngine();
  const cycle = (): void => {
    const trainer = trainerOf(engine);
    const resident = createDataset(engine, data);
    trainer.step(data);
    trainer.evaluate(resident);
    trainer.predict(data.inputs);
    trainer.free();
    resident.free();
  };
  cycle();
  const before = [engine.bytesInUse, engine.memoryBytes];
  for (let k = 0; k < 1000; k++) cycle();
  expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
});

it("what is dropped without being freed is freed by the collector", async () => {
  const engine = await testEngine();
  const make = async (): Promise<void> => {
    const trainer = trainerOf(engine);
    trainer.step(data);
    await trainer.fit(createDataset(engine, data), { steps: 5, batchSize: 16 });
    const part = { trains: "a", loss: softmaxCrossEntropy(), optimizer: adam() } as const;
    const several = createTrainers(engine, {
      layers: { a: linear(6, 3) },
      trainers: { one: { ...part, apply: ({ a }, x) => a(x) }, two: { ...part, apply: ({ a }, x) => a(x) } },
    });
    several.trainers.one.step(data);
    several.trainers.two.free();
  };
  const before = engine.bytesInUse;
  for (let k = 0; k < 5; k++) await make();
  expect(engine.bytesInUse).toBeGreaterThan(before);
  for (let k = 0; k < 20 && engine.bytesInUse > before; k++) await heap();
  // What engines share between programs, their scratch, stays: at most as much as one program needs.
  expect(engine.bytesInUse - before).toBeLessThanOrEqual(4 * 65536);
});
