// Embeddings of which a step updates the rows that it touches: gradient descent to the bits of a whole table, lazy Adam against
// PyTorch's SparseAdam, and what needs all rows.

import {
  type AnySamples,
  accumulate,
  adam,
  clipGlobalNorm,
  concatenate,
  createTrainer,
  createTrainers,
  ema,
  embedding,
  flatten,
  gradientNoise,
  type Layer,
  l2,
  linear,
  lookahead,
  maxNorm,
  meanSquaredError,
  readSafetensors,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it } from "vitest";
import type { Layout } from "../../bindings/training/parameters.js";
import { ruleSgdRows } from "../../bindings/values/contract.js";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits } from "./numbers.js";

engineForAll();

const [count, length, classes] = [300, 4, 3];

/** The layer with a table of which all rows are updated: as in an engine without the rule of touched rows. */
function whole(layer: Layer): Layer {
  const { weight } = layer.parameters as never as { weight: { rows: (update: unknown, parts: object) => unknown } };
  const rows = (update: unknown, parts: object) => weight.rows(update, { ...parts, engine: undefined });
  return { ...layer, parameters: { weight: { ...weight, rows } as never } };
}

/** Pseudo-random whole numbers below `below` (Park and Miller, 1988). */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 16807) % 2147483647;
    return state % below;
  };
}

/** Rows of indices, some of them repeated, and classes. */
function batchesOf(rows: number, batches: number, from = count): AnySamples[] {
  const next = numbersFrom(7);
  return Array.from({ length: batches }, () => {
    const inputs = Array.from({ length: rows }, () => Array.from({ length }, () => next(from)));
    return { inputs, targets: inputs.map(() => next(classes)) };
  });
}

function trainerOf(table: Layer, width: number, more: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([table, flatten(), linear(length * width, classes)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.3 }),
    seed: 3,
    ...more,
  });
}

/** Checks that two trainers do the same steps to the bit. */
function expectEqualSteps(a: Trainer, b: Trainer, batches: readonly AnySamples[]): void {
  for (const batch of batches) expect(a.step(batch)).toEqual(b.step(batch));
  for (const name of ["0.weight", "2.weight"])
    expectSameBits(a.parameters()[name]!.data as never, b.parameters()[name]!.data as never);
}

/** True if the trainer updates touched rows only. */
const isSparse = (trainer: Trainer): boolean =>
  (trainer as unknown as { memory: { layout: Layout } }).memory.layout.groups.some(
    ({ rule }) => rule === ruleSgdRows.code,
  );

describe("gradient descent on touched rows", () => {
  it.each([
    { width: 64, dtype: "f32", microBatch: 1024 },
    { width: 5, dtype: "f32", microBatch: 1024 },
    { width: 1, dtype: "f32", microBatch: 1024 },
    { width: 3, dtype: "f64", microBatch: 1024 },
    { width: 7, dtype: "f64", microBatch: 4 },
    { width: 64, dtype: "f32", microBatch: 5 },
  ] as const)("has the bits of whole tables: %o", ({ width, ...more }) => {
    const table = embedding(count, width);
    const [sparse, dense] = [trainerOf(table, width, more), trainerOf(whole(table), width, more)];
    expect([isSparse(sparse), isSparse(dense)]).toEqual([true, false]);
    expectEqualSteps(sparse, dense, batchesOf(12, 12));
  });

  it.each([
    ["clipping by the norm", { gradient: [clipGlobalNorm(0.05)] }, true],
    ["an average of the weights", { average: ema({ decay: 0.9 }) }, true],
    ["a penalty on another parameter", { groups: [{ match: "2.weight", penalty: l2(0.1) }] }, true],
    ["momentum elsewhere", { groups: [{ match: "2.*", optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) }] }, true],
    ["accumulation", { gradient: [accumulate(3)] }, false],
    ["noise", { gradient: [gradientNoise({ scale: 0.1 })] }, false],
    ["a wrapper", { optimizer: lookahead(sgd({ learningRate: 0.3 })) }, false],
    ["weight decay", { optimizer: sgd({ learningRate: 0.3, weightDecay: 0.1 }) }, false],
    ["a penalty", { penalty: l2(0.1) }, false],
    ["a constraint", { constraint: maxNorm(1) }, false],
    ["momentum", { optimizer: sgd({ learningRate: 0.3, momentum: 0.9 }) }, false],
  ] as [string, Partial<TrainerOptions>, boolean][])("has them with %s", (_, more, expected) => {
    const table = embedding(count, 6);
    const [sparse, dense] = [trainerOf(table, 6, more), trainerOf(whole(table), 6, more)];
    expect(isSparse(sparse)).toBe(expected);
    expectEqualSteps(sparse, dense, batchesOf(9, 9));
  });

  it("adds rows of two gathers of one table", () => {
    const twice = (table: Layer): Layer => ({
      name: "twice",
      parameters: { weight: table.parameters.weight! },
      apply: (parameters, x, context) =>
        table
          .apply(parameters, x, context)
          .add(table.apply(parameters, concatenate([x.slice(1, 1, length), x.slice(1, 0, 1)], 1), context)),
    });
    // Batches smaller and larger than the table: the gradient is one sum of rows, or a sum of two tables.
    for (const from of [count, 8]) {
      const table = embedding(from, 6);
      const [sparse, dense] = [trainerOf(twice(table), 6), trainerOf(twice(whole(table)), 6)];
      expect(isSparse(sparse)).toBe(true);
      expectEqualSteps(sparse, dense, batchesOf(9, 6, from));
    }
  });

  it("updates all rows where the table is not gathered", () => {
    const read = (table: Layer): Layer => ({
      name: "read",
      parameters: { weight: table.parameters.weight! },
      apply: ({ weight }, x, context) =>
        table.apply({ weight } as never, x, context).add(weight!.sum({ axes: 0 }).multiply(0.01)),
    });
    const table = embedding(40, 6);
    expectEqualSteps(trainerOf(read(table), 6), trainerOf(read(whole(table)), 6), batchesOf(5, 6, 40));
  });

  it("goes on after a step that was refused, and after a restored file", () => {
    const table = embedding(count, 6);
    const [sparse, dense] = [trainerOf(table, 6), trainerOf(whole(table), 6)];
    const [first, ...others] = batchesOf(9, 6);
    const wrong = { inputs: [[1, 2, 3, count]], targets: [1] };
    const refusal = `got ${count} in row 0, place 3, expected 0 .. ${count - 1}`;
    sparse.step(first!);
    dense.step(first!);
    expect(() => sparse.step(wrong)).toThrow(refusal);
    expectEqualSteps(sparse, dense, others);
    const resumed = trainerOf(table, 6);
    resumed.restore(sparse.save());
    expectEqualSteps(resumed, dense, batchesOf(4, 3));
  });

  it("has the bits of whole tables in runs of fit", async () => {
    const table = embedding(count, 6);
    const [sparse, dense] = [trainerOf(table, 6, { microBatch: 8 }), trainerOf(whole(table), 6, { microBatch: 8 })];
    const [data] = batchesOf(50, 1);
    const runs = [sparse, dense].map((trainer) => trainer.fit(data!, { epochs: 3, batchSize: 20 }));
    const [a, b] = await Promise.all(runs);
    expect(a!.epochs.map(({ loss }) => loss)).toEqual(b!.epochs.map(({ loss }) => loss));
    expectSameBits(sparse.parameters()["0.weight"]!.data as never, dense.parameters()["0.weight"]!.data as never);
  });
});

interface Steps {
  readonly start: readonly number[];
  readonly batches: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[])[];
  readonly steps: readonly { loss: number; weight: number[]; first: number[]; second: number[] }[];
}

describe("lazy Adam", () => {
  const hyper = { learningRate: 0.05, beta1: 0.9, beta2: 0.99, epsilon: 1e-6, epsilonPlacement: "hat" } as const;

  it.each([1024, 2])("is PyTorch's SparseAdam, in runs of at most %d rows", (microBatch) => {
    const { start, batches, targets, steps } = fixture<Steps>("torch_sparse_adam");
    const trainer = createTrainer(engine, {
      model: embedding(6, 3, { lazy: true }),
      loss: meanSquaredError(),
      optimizer: adam(hyper),
      dtype: "f64",
      microBatch,
    });
    trainer.setParameters({ weight: { data: [...start], shape: [6, 3] } });
    for (const [k, { loss, weight, first, second }] of steps.entries()) {
      expectClose(
        [trainer.step({ inputs: [...batches[k]!], targets: targets.map((row) => [...row]) }).loss],
        [loss],
        1e-14,
      );
      expectClose(trainer.parameters().weight!.data as never, weight, 1e-14);
      const { tensors } = readSafetensors(trainer.save());
      expectClose(tensors["optimizer.0.weight"]!.data as never, first, 1e-14);
      expectClose(tensors["optimizer.1.weight"]!.data as never, second, 1e-14);
    }
  });

  it("leaves rows as they are that no step touches", () => {
    const trainer = trainerOf(embedding(count, 5, { lazy: true }), 5, { optimizer: adam() });
    const before = trainer.parameters()["0.weight"]!.data.slice();
    trainer.step({ inputs: [[1, 2, 3, 1]], targets: [0] });
    trainer.step({ inputs: [[7, 7, 7, 7]], targets: [1] });
    const after = trainer.parameters()["0.weight"]!.data;
    const changed = new Set(
      Array.from(after.keys())
        .filter((k) => after[k] !== before[k])
        .map((k) => Math.floor(k / 5)),
    );
    expect([...changed]).toEqual([1, 2, 3, 7]);
  });

  it.each([
    ["another rule", { optimizer: rmsprop() }, /lazy needs adam, or sgd without momentum, got rmsprop/],
    ["weight decay", { optimizer: adam({ weightDecay: 0.1 }) }, /lazy cannot be combined with weight decay/],
    ["a penalty", { optimizer: adam(), penalty: l2(0.1) }, /lazy cannot be combined with a penalty/],
    ["a constraint", { optimizer: adam(), constraint: maxNorm(1) }, /lazy cannot be combined with a constraint/],
    ["a wrapper", { optimizer: lookahead(adam()) }, /lazy cannot be combined with lookahead/],
    ["accumulation", { optimizer: adam(), gradient: [accumulate(2)] }, /lazy cannot be combined with accumulate/],
    [
      "noise",
      { optimizer: adam(), gradient: [gradientNoise({ scale: 0.1 })] },
      /lazy cannot be combined with gradientNoise/,
    ],
  ] as [string, Partial<TrainerOptions>, RegExp][])("refuses %s", (_, more, sentence) => {
    expect(() => trainerOf(embedding(count, 5, { lazy: true }), 5, more)).toThrow(sentence);
  });

  it("is refused in several trainers of one model, and takes gradient descent as it is", () => {
    const layers = { table: embedding(count, 5, { lazy: true }), head: linear(length * 5, classes) };
    const own = { trains: "table", loss: softmaxCrossEntropy(), optimizer: adam() } as const;
    const one = {
      ...own,
      apply: ({ table, head }: Record<string, (x: Tensor) => Tensor>, x: Tensor) => head!(table!(x)),
    };
    expect(() => createTrainers(engine, { layers, trainers: { one } } as never)).toThrow(
      /lazy needs a trainer of its own/,
    );
    expectEqualSteps(
      trainerOf(embedding(count, 5, { lazy: true }), 5),
      trainerOf(whole(embedding(count, 5)), 5),
      batchesOf(9, 3),
    );
  });

  it("is refused by an option of the wrong kind", () => {
    expect(() => embedding(3, 2, { lazy: 1 as never })).toThrow(/embedding: lazy must be true or false/);
  });
});
