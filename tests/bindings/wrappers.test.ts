// What surrounds an update, beside the trajectories of the conformance suite: the frozen second evaluation of SAM, decay and masks to the bit, how the work may be cut, and what is refused.

import {
  accumulate,
  adam,
  adamW,
  asgd,
  batchNorm,
  cautious,
  clipGlobalNorm,
  createDataset,
  createTrainer,
  dropout,
  ema,
  findLearningRate,
  type Layer,
  l1,
  l2,
  linear,
  lion,
  lookahead,
  maxNorm,
  meanSquaredError,
  muon,
  type Optimizer,
  randomSearch,
  readSafetensors,
  rprop,
  sam,
  scheduleFreeSgd,
  sequential,
  sgd,
  stepDecay,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
  writeSafetensors,
} from "thalweg";
import { describe, expect, it } from "vitest";
import * as fields from "../../bindings/engine/recordFields.js";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers } from "./numbers.js";
import { type Problem, problems, trainerOf, update, weightsOf } from "./problems.js";

engineForEach();

const rows = 37;
const data = {
  inputs: { data: Float64Array.from(numbers(rows * 3, -1, 1)), shape: [rows, 3] },
  targets: { data: Float64Array.from(numbers(rows, -1, 1, 11)), shape: [rows, 1] },
};

/** A network with dropout, a running statistic and tensors of odd sizes. */
function regression(optimizer: Optimizer, options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(3, 7), batchNorm(7), tanh(), dropout(0.25), linear(7, 1)]),
    loss: meanSquaredError(),
    optimizer,
    seed: 3,
    ...options,
  });
}

const all = (trainer: Trainer): number[] => Object.values(trainer.parameters()).flatMap((array) => flat(array));
const everything: Readonly<Record<string, Optimizer>> = {
  "lookahead(sgd)": lookahead(sgd({ learningRate: 0.1, momentum: 0.9 }), { syncPeriod: 3 }),
  "lookahead(muon)": lookahead(muon({ learningRate: 0.01 })),
  "sam(adam)": sam(adam({ learningRate: 0.01 })),
  "sam, adaptive, of the look-ahead Nesterov": sam(
    sgd({ learningRate: 0.05, momentum: 0.9, momentumForm: "velocity", nesterov: "lookahead" }),
    { adaptive: true },
  ),
  "sam(scheduleFreeSgd)": sam(scheduleFreeSgd({ learningRate: 0.1 })),
  "cautious(lion)": cautious(lion({ learningRate: 0.01 })),
  "cautious(muon)": cautious(muon({ learningRate: 0.01 })),
  "cautious(rprop)": cautious(rprop({ learningRate: 0.01 })),
  "cautious(Nesterov with a penalty)": cautious(
    sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.1 }),
  ),
  "lookahead(sam(cautious(adamW)))": lookahead(sam(cautious(adamW({ learningRate: 0.01, weightDecay: 0.1 })))),
  "cautious decay": adamW({ learningRate: 0.01, weightDecay: 0.5, decayCoupling: "cautious" }),
  "a scheduled rate": sam(lookahead(adam({ learningRate: stepDecay({ initial: 0.02, length: 4, factor: 0.5 }) }))),
  "random search": randomSearch({ scale: 0.3 }),
  "random search around the best": randomSearch({ scale: (t) => 0.3 / (1 + t), around: "best" }),
};

describe.each(["f32", "f64"] as const)("however the work is cut, in %s", (dtype) => {
  const fit = { batchSize: 20, shuffle: true, lastBatch: "drop" } as const;
  it.each(Object.keys(everything))("%s: many steps, one by one and on from a file have the same bits", async (name) => {
    const make = () => regression(everything[name]!, { dtype, microBatch: 8, average: ema({ decay: 0.5 }) });
    const whole = make();
    await whole.fit(data, { steps: 15, ...fit });
    const apart = make();
    for (let k = 0; k < 7; k++) await apart.fit(data, { steps: 1, ...fit });
    const other = make();
    other.restore(apart.save());
    for (let k = 0; k < 4; k++) await other.fit(data, { steps: 2, ...fit });
    expect(all(whole).every(Number.isFinite)).toBe(true);
    expectSameBits(other.save(), whole.save());
    expectSameBits(all(other), all(whole));
  });

  it.each(Object.keys(everything))("%s: slices of one run are the whole", (name) => {
    const dataset = createDataset(engine, data);
    // The core is called as fit calls it, but with so many runs a slice.
    const sliced = (runs: number): Trainer => {
      const trainer = regression(everything[name]!, { dtype, microBatch: 7 });
      const { memory, programs } = trainer;
      programs.prepareRuns(dataset, [20, 17]);
      memory.reserveOrder(rows);
      memory.set(fields.trainerRows, rows);
      memory.set(fields.trainerBatch, 20);
      memory.set(fields.trainerShuffle, 1);
      memory.set(fields.trainerKeepLast, 1);
      memory.set(fields.trainerEpochLimit, 100);
      while (trainer.steps < 6) {
        memory.schedules.lookUp(engine, trainer.steps, memory.get(fields.trainerEpoch), 6, 6);
        engine.checked((core) => core.advance(memory.record, runs, 6 - trainer.steps));
      }
      return trainer;
    };
    const [one, many] = [sliced(1), sliced(1000)];
    expectSameBits(all(one), all(many));
    expectSameBits(one.save(), many.save());
  });
});

/** The same with the batch in one run, and in runs of 8 rows. */
describe("a batch in several runs", () => {
  it.each(Object.keys(everything).filter((name) => !name.includes("random")))("%s", (name) => {
    const model = sequential([linear(3, 7), tanh(), dropout(0.25), linear(7, 1)]);
    const [whole, cut] = [1024, 8].map((microBatch) => {
      const trainer = regression(everything[name]!, { model, dtype: "f64", microBatch });
      const results = Array.from({ length: 6 }, () => trainer.step(data));
      return { weights: all(trainer), results };
    });
    // A sign of rounding noise may turn where a gradient is 0: there are none here.
    expectClose(cut!.weights, whole!.weights, 1e-9);
    for (const [k, { loss, gradientNorm }] of whole!.results.entries()) {
      expectClose(cut!.results[k]!.loss, loss, 1e-10);
      expectClose(cut!.results[k]!.gradientNorm, gradientNorm, 1e-9);
    }
  });
});

describe("the second evaluation of SAM", () => {
  it("moves loss, gradient norm and running state no further than plain SGD's first step", () => {
    for (const microBatch of [1024, 8]) {
      const plain = regression(sgd({ learningRate: 0.1 }), { microBatch, dtype: "f64" });
      const sharp = regression(sam(sgd({ learningRate: 0.1 }), { radius: 2 }), { microBatch, dtype: "f64" });
      expect(sharp.step(data)).toEqual(plain.step(data));
      for (const [name, array] of Object.entries(plain.state())) expectSameBits(sharp.state()[name], array, name);
      expect(all(sharp)).not.toEqual(all(plain));
    }
  });

  it("sees the same dropout: the gradient at w + ε is that of a trainer whose weights are there", () => {
    const model = sequential([linear(3, 7), tanh(), dropout(0.5), linear(7, 1)]);
    const options = { model, dtype: "f64" } as const;
    const start = regression(sgd({ learningRate: 1 }), options);
    const before = all(start);
    start.step(data);
    const slope = before.map((w, k) => w - all(start)[k]!);
    const norm = Math.hypot(...slope);
    const there = regression(sgd({ learningRate: 1 }), options);
    const moved = before.map((w, k) => w + (0.3 * slope[k]!) / norm);
    let at = 0;
    there.setParameters(
      Object.fromEntries(
        Object.entries(there.parameters()).map(([name, { data, shape }]) => {
          at += data.length;
          return [name, { data: Float64Array.from(moved.slice(at - data.length, at)), shape }];
        }),
      ),
    );
    there.step(data);
    const second = moved.map((w, k) => w - all(there)[k]!);
    const sharp = regression(sam(sgd({ learningRate: 1 }), { radius: 0.3 }), options);
    sharp.step(data);
    expectClose(
      before.map((w, k) => w - all(sharp)[k]!),
      second,
      1e-12,
    );
  });

  it("does nothing but repeat where the gradient is 0", () => {
    const still: Problem = {
      start: { x: { data: [0, 2], shape: [2] } },
      loss: ({ x }) => x!.multiply(0).sum(),
    };
    for (const adaptive of [false, true]) {
      const trainer = trainerOf(engine, still, sam(sgd({ learningRate: 1 }), { adaptive }));
      update(trainer);
      expectSameBits(weightsOf(trainer), [0, 2]);
    }
  });

  it("an evaluation that fails leaves the trainer as it was, also in its second part", () => {
    // The gradient is finite at 1 and infinite at 2, where SAM looks.
    const cliff: Problem = {
      start: { x: { data: [1], shape: [1] } },
      loss: ({ x }) => x!.subtract(2).negate().sqrt().sum().negate(),
    };
    const trainer = trainerOf(engine, cliff, sam(sgd({ learningRate: 0.1 }), { radius: 1 }));
    const before = trainer.save();
    expect(() => update(trainer)).toThrow(/the gradient of parameter "x" is not finite/);
    expectSameBits(trainer.save(), before);
    // The next step begins anew, at the weights.
    trainer.setParameters({ x: [0.5] });
    expectClose(update(trainer), -Math.sqrt(1.5), 1e-12);
  });

  it("clips the second gradient", () => {
    const trainer = regression(sam(sgd({ learningRate: 1 })), {
      dtype: "f64",
      gradient: [clipGlobalNorm(0.01, { convention: "optax" })],
    });
    const before = all(trainer);
    trainer.step(data);
    expectClose(Math.hypot(...all(trainer).map((w, k) => w - before[k]!)), 0.01, 1e-12);
  });
});

describe("lookahead", () => {
  it("with every step a synchronization and the whole way is the inner optimizer", () => {
    const plain = regression(adam(), { dtype: "f64" });
    const idle = regression(lookahead(adam(), { syncPeriod: 1, slowStepSize: 1 }), { dtype: "f64" });
    for (let k = 0; k < 5; k++) {
      plain.step(data);
      idle.step(data);
    }
    expectClose(all(idle), all(plain), 1e-13);
  });

  it("weights that are set are the slow ones as well", () => {
    const trainer = trainerOf(engine, problems.rosenbrock!, lookahead(sgd({ learningRate: 1e-3 }), { syncPeriod: 2 }));
    update(trainer);
    trainer.setParameters({ x: [0.5, 0.25] });
    const fast = trainerOf(engine, problems.rosenbrock!, sgd({ learningRate: 1e-3 }));
    fast.setParameters({ x: [0.5, 0.25] });
    update(fast);
    update(trainer);
    expectClose(
      weightsOf(trainer),
      weightsOf(fast).map((w, k) => ([0.5, 0.25][k]! + w) / 2),
      1e-14,
    );
  });

  it("its slow weights are in the file, and missing ones are noticed", () => {
    const make = () => regression(lookahead(adam()));
    const trainer = make();
    for (let k = 0; k < 5; k++) trainer.step(data);
    const { tensors, metadata } = readSafetensors(trainer.save());
    expectSameBits(tensors["lookahead.0.weight"], trainer.parameters()["0.weight"]);
    const { "lookahead.0.weight": _, ...rest } = tensors;
    expect(() => make().restore(writeSafetensors(rest, metadata))).toThrow(/"lookahead\.0\.weight" is missing/);
  });
});

describe("cautious masking", () => {
  /** Fixed gradients, whatever the weights are. */
  const pull = (gradient: readonly number[], x: readonly number[]): Problem => ({
    start: { x: { data: x, shape: [x.length] } },
    loss: ({ x }) => x!.multiply([...gradient]).sum(),
  });

  it("changes no bit where everything agrees, decay included", () => {
    const options = {
      learningRate: 0.125,
      momentum: 0.5,
      weightDecay: 0.25,
      decayCoupling: "decoupledLearningRate",
    } as const;
    const start = pull([1, -2, 3, 0.1, -0.3], [5, 4, -3, 2, -1]);
    for (const dtype of ["f32", "f64"] as const) {
      const plain = trainerOf(engine, start, sgd({ ...options, decayFilter: "all" }), dtype);
      const masked = trainerOf(engine, start, cautious(sgd({ ...options, decayFilter: "all" })), dtype);
      for (let k = 0; k < 9; k++) {
        update(plain);
        update(masked);
      }
      expectSameBits(weightsOf(masked), weightsOf(plain));
    }
  });

  it("counts decay that is part of the gradient at the weights", () => {
    const options = { learningRate: 0.5, weightDecay: 0.5, decayFilter: "all", decayCoupling: "l2" } as const;
    for (const dtype of ["f32", "f64"] as const) {
      const trainer = trainerOf(engine, pull([1, -1, 2, -1], [4, -4, -2, 6]), cautious(sgd(options)), dtype);
      update(trainer);
      // w − g − λ w: the updates −0.5 (3, −3, 1, 2) agree with the gradients (1, −1, 2, −1) in three of four, whose steps
      // are 4/3 as large.
      expectClose(weightsOf(trainer), [2, -2, -2 - (4 / 3) * 0.5, 6], dtype === "f64" ? 1e-15 : 1e-6);
    }
  });

  it("keeps small updates that would vanish beside the weight, in f32", () => {
    const trainer = trainerOf(engine, pull([1e-30, 1], [1, 0]), cautious(sgd({ learningRate: 1 })), "f32");
    update(trainer);
    // Were the update of the first lost, the second would be twice as large.
    expectSameBits(weightsOf(trainer), [1, -1]);
  });

  it("decays only what the update does not make larger", () => {
    const options = { learningRate: 0.5, weightDecay: 0.5, decayFilter: "all", decayCoupling: "cautious" } as const;
    const trainer = trainerOf(engine, pull([1, -1, 1, -1, 0], [4, 4, -4, -4, 4]), sgd(options));
    update(trainer);
    expectSameBits(weightsOf(trainer), [2.5, 4.5, -4.5, -2.5, 3]);
  });

  it("a parameter no element of which agrees stays", () => {
    const swinging: Problem = {
      start: { x: { data: [1, 1, 1], shape: [3] } },
      loss: ({ x }) => x!.square().multiply([1, 0, 0]).sum(),
    };
    // The momentum still points down when the gradient has turned.
    const trainer = trainerOf(engine, swinging, cautious(sgd({ learningRate: 0.3, momentum: 0.9 })));
    update(trainer);
    // One of three agrees: the step of 0.6 is three times as large.
    expectClose(weightsOf(trainer), [1 - 1.8, 1, 1], 1e-14);
    update(trainer);
    expectClose(weightsOf(trainer), [-0.8, 1, 1], 1e-14);
  });
});

describe("the best epoch", () => {
  it.each([
    ["lookahead", lookahead(sgd({ learningRate: (t) => (t < 8 ? 0.05 : 3) }), { syncPeriod: 3 })],
    ["random search", randomSearch({ scale: (t) => (t < 8 ? 0.3 : 3) })],
  ])("of %s comes back with all that belongs to it", async (name, optimizer) => {
    const model = sequential([linear(3, 7), tanh(), linear(7, 1)]);
    const options = { model, dtype: "f64", gradient: name === "lookahead" ? [accumulate(2)] : [] } as const;
    // Of a search the loss that is watched is that of the draws.
    const run = { batchSize: 10, shuffle: false } as const;
    const stopped = regression(optimizer, options);
    const { best } = await stopped.fit(data, { ...run, epochs: 12, earlyStopping: { patience: 4 } });
    const other = regression(optimizer, options);
    await other.fit(data, { ...run, epochs: best!.epoch });
    const [left, right] = [stopped, other].map((trainer) => readSafetensors(trainer.save()));
    expect(best!.epoch).toBeLessThan(12);
    for (const [tensor, array] of Object.entries(right!.tensors)) expectSameBits(left!.tensors[tensor], array, tensor);
    for (const word of ["lowestLoss", "accumulatedBatches", "accumulatedRows"])
      expect(left!.metadata[word]).toBe(right!.metadata[word]);
  });
});

describe("beside groups, penalties and constraints", () => {
  const rest = { dtype: "f64", model: sequential([linear(3, 7), tanh(), linear(7, 1)]) } as const;
  const layers: readonly (readonly [string, Optimizer])[] = [
    ["lookahead", lookahead(adam({ learningRate: 0.01 }), { syncPeriod: 2, slowStepSize: 0.3 })],
    ["sam", sam(adam({ learningRate: 0.01 }))],
    ["adaptive sam", sam(adam({ learningRate: 0.01 }), { adaptive: true })],
    ["cautious", cautious(adam({ learningRate: 0.01 }))],
    ["random search", randomSearch({ scale: 0.3 })],
  ];
  it.each(layers)("%s: what is frozen stays to the bit, the rest moves", (_, optimizer) => {
    const trainer = regression(optimizer, { ...rest, groups: [{ match: "0.*", frozen: true }] });
    const before = trainer.parameters();
    for (let k = 0; k < 4; k++) trainer.step(data);
    const after = trainer.parameters();
    for (const name of ["0.weight", "0.bias"]) expectSameBits(after[name], before[name]!);
    for (const name of ["2.weight", "2.bias"]) expect(flat(after[name])).not.toEqual(flat(before[name]));
  });

  it("options of a group reach the optimizer inside", () => {
    const groups = [{ match: "0.weight", learningRate: 0.5 }];
    const trainer = regression(lookahead(cautious(sgd({ learningRate: 0.1 }))), { ...rest, groups });
    const plain = regression(sgd({ learningRate: 0.1 }), { ...rest, groups });
    trainer.step(data);
    plain.step(data);
    // A first step of SGD agrees with its gradient everywhere.
    expectSameBits(all(trainer), all(plain));
  });

  it("sam takes the penalty's gradient at both points, and reports the first penalty", () => {
    const trainer = regression(sam(sgd({ learningRate: 1 }), { radius: 0.5 }), {
      ...rest,
      penalty: l2(0.25, { filter: "all" }),
    });
    const plain = regression(sgd({ learningRate: 1 }), { ...rest, penalty: l2(0.25, { filter: "all" }) });
    const start = all(plain);
    const first = plain.step(data);
    const slope = start.map((w, k) => w - all(plain)[k]!);
    const there = start.map((w, k) => w + (0.5 * slope[k]!) / Math.hypot(...slope));
    let at = 0;
    plain.setParameters(
      Object.fromEntries(
        Object.entries(plain.parameters()).map(([name, { data, shape }]) => {
          at += data.length;
          return [name, { data: Float64Array.from(there.slice(at - data.length, at)), shape }];
        }),
      ),
    );
    plain.step(data);
    const second = there.map((w, k) => w - all(plain)[k]!);
    expect(trainer.step(data)).toEqual(first);
    expectClose(
      start.map((w, k) => w - all(trainer)[k]!),
      second,
      1e-12,
    );
  });

  it("constraint and proximal step come after an update that is kept apart", () => {
    const options = { ...rest, penalty: l1(0.3, { proximal: true }), constraint: maxNorm(0.4) };
    const plain = regression(sgd({ learningRate: 0.1 }), options);
    const masked = regression(cautious(sgd({ learningRate: 0.1 })), options);
    // Once: where weights have become 0, gradients are, and those elements count against the mask.
    plain.step(data);
    masked.step(data);
    expectSameBits(all(masked), all(plain));
    expect(all(masked)).toContain(0);
  });

  it("a search minimizes loss and penalty", () => {
    const trainer = regression(randomSearch({ scale: 1 }), { ...rest, penalty: l2(3, { filter: "all" }) });
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 60; k++) {
      const { loss, penalty } = trainer.step(data);
      least = Math.min(least, loss + (penalty as number));
    }
    const { loss, penalty } = trainer.evaluate(data);
    expectClose((loss as number) + (penalty as number), least, 1e-12);
  });

  it.each([
    [
      "a search in a group",
      adam(),
      randomSearch({ scale: 1 }),
      /groups\[0\]: optimizer cannot be randomSearch with adam/,
    ],
    ["a gradient beside a search", randomSearch({ scale: 1 }), adam(), /optimizer cannot be adam with randomSearch/],
    [
      "a wrapper of a group alone",
      adam(),
      sam(sgd({ learningRate: 1 })),
      /optimizer cannot be sam\(sgd\): .*Put sam around/,
    ],
    [
      "an average inside the trainer's lookahead",
      lookahead(adam()),
      scheduleFreeSgd(),
      /optimizer cannot be scheduleFreeSgd in lookahead, as its weights are an average/,
    ],
  ])("refuses %s", (_, optimizer, own, sentence) => {
    expect(() => regression(optimizer, { ...rest, groups: [{ match: "0.*", optimizer: own }] })).toThrow(sentence);
  });
});

describe("random search", () => {
  const bowl: Problem = {
    start: { x: { data: [3, -2, 1], shape: [3] } },
    loss: ({ x }) => x!.subtract([1, 0, -1]).square().sum(),
  };

  it("keeps the best of the draws, in every type, and reports the loss of each", () => {
    for (const dtype of ["f32", "f64"] as const) {
      const trainer = trainerOf(engine, bowl, randomSearch({ scale: 2 }), dtype);
      let least = Number.POSITIVE_INFINITY;
      for (let draw = 0; draw < 200; draw++) {
        const before = weightsOf(trainer);
        const loss = update(trainer);
        const now = weightsOf(trainer);
        if (loss < least) {
          least = loss;
          const distance = now.reduce((sum, x, k) => sum + (x - [1, 0, -1][k]!) ** 2, 0);
          expectClose(distance, loss, dtype === "f32" ? 1e-5 : 1e-13);
        } else expectSameBits(now, before);
      }
      expect(least).toBeLessThan(1);
    }
  });

  it("the draws are normal numbers of that scale, others for every parameter, update and seed", () => {
    const wide: Layer = {
      name: "wide",
      parameters: Object.fromEntries(
        ["a", "b"].map((name) => [
          name,
          { shape: [3001], initializer: ({ trace, shape }) => trace.fill(0, shape, "f64") },
        ]),
      ),
      // Every draw is better than the one before.
      apply: ({ a }: Record<string, Tensor>, x) => x.subtract(a!.multiply(0).sum()),
    } as Layer;
    let value = 0;
    const draws = (seed: number): number[][] => {
      const trainer = createTrainer(engine, {
        model: wide,
        loss: { name: "value", targets: "values", apply: (x) => x.sum() },
        optimizer: randomSearch({ scale: 0.5 }),
        dtype: "f64",
        seed,
      });
      return [1, 2].flatMap(() => {
        trainer.step({ inputs: [[--value]], targets: [[0]] });
        return Object.values(trainer.parameters()).map((array) => flat(array));
      });
    };
    const drawn = [...draws(1), ...draws(2)];
    expect(new Set(drawn.map((numbers) => numbers[0])).size).toBe(8);
    for (const numbers of drawn) {
      const mean = numbers.reduce((sum, x) => sum + x, 0) / 3001;
      const variance = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3000;
      // Four standard errors.
      expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(3001));
      expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / 3000));
    }
    value = 0;
    expect(draws(1)).toEqual(drawn.slice(0, 4));
  });

  it("around the best goes on from there", () => {
    const trainer = trainerOf(engine, bowl, randomSearch({ scale: 0.05, around: "best" }));
    update(trainer);
    expectClose(weightsOf(trainer), bowl.start.x!.data, 0.3, "first draw", 1);
    for (let draw = 0; draw < 600; draw++) update(trainer);
    expect(trainer.evaluate({ inputs: [[0]], targets: [[0]] }).loss).toBeLessThan(0.05);
  });

  it("takes no gradient: what has none where it is drawn does not matter", () => {
    const corner: Problem = {
      start: { x: { data: [0, 0], shape: [2] } },
      // The gradient of the root is infinite at 0.
      loss: ({ x }) => x!.multiply(0).sqrt().sum().add(x!.square().sum()),
    };
    const trainer = trainerOf(engine, corner, randomSearch({ scale: 1 }));
    expect(trainer.step({ inputs: [[0]], targets: [[0]] }).gradientNorm).toBe(0);
    expect(trainer.steps).toBe(1);
  });
});

describe("what is refused", () => {
  const wrong = (value: unknown): never => value as never;
  const searching = randomSearch({ scale: 1 });
  it.each([
    ["sam in sam", () => sam(sam(adam())), TypeError, /sam: inner cannot be sam\(adam\), which contains sam/],
    [
      "sam in sam further in",
      () => sam(lookahead(sam(adam()))),
      TypeError,
      /sam: inner cannot be lookahead\(sam\(adam\)\)/,
    ],
    ["lookahead in lookahead", () => lookahead(lookahead(adam())), TypeError, /lookahead: .* contains lookahead/],
    ["cautious in cautious", () => cautious(cautious(adam())), TypeError, /cautious: .* contains cautious/],
    [
      "lookahead in cautious",
      () => cautious(lookahead(adam())),
      TypeError,
      /cautious: .*Put lookahead around cautious/,
    ],
    ["a search in sam", () => sam(searching), TypeError, /sam: inner cannot be randomSearch, which uses no gradient/],
    ["a search in lookahead", () => lookahead(searching), TypeError, /lookahead: inner cannot be randomSearch/],
    ["a search in cautious", () => cautious(searching), TypeError, /cautious: inner cannot be randomSearch/],
    [
      "an average in lookahead",
      () => lookahead(scheduleFreeSgd()),
      TypeError,
      /lookahead: inner cannot be scheduleFreeSgd, whose weights are an average of its iterates/,
    ],
    ["an average in cautious", () => cautious(asgd()), TypeError, /cautious: inner cannot be asgd/],
    ["no optimizer", () => sam(wrong(0.1)), TypeError, /sam: inner must be an optimizer, got 0\.1\. Try sam\(adam/],
    ["nothing", () => lookahead(wrong(undefined)), TypeError, /lookahead: inner must be an optimizer, got undefined/],
    [
      "a wrapped one for the others of Muon",
      () => muon({ others: sam(adam()) }),
      TypeError,
      /muon: others cannot be sam/,
    ],
    ["a radius of 0", () => sam(adam(), { radius: 0 }), RangeError, /sam: radius must be a positive number, got 0/],
    [
      "adaptive as a number",
      () => sam(adam(), { adaptive: wrong(1) }),
      TypeError,
      /sam: adaptive must be true or false/,
    ],
    ["an unknown option", () => sam(adam(), wrong({ rho: 1 })), TypeError, /sam: unknown option "rho"/],
    ["a period of 0", () => lookahead(adam(), { syncPeriod: 0 }), RangeError, /lookahead: syncPeriod must be a whole/],
    ["half a period", () => lookahead(adam(), { syncPeriod: 2.5 }), RangeError, /lookahead: syncPeriod/],
    [
      "a step of 0",
      () => lookahead(adam(), { slowStepSize: 0 }),
      RangeError,
      /lookahead: slowStepSize must be a number above 0/,
    ],
    ["a step beyond", () => lookahead(adam(), { slowStepSize: 1.5 }), RangeError, /slowStepSize must be .* at most 1/],
    ["a scale of 0", () => randomSearch({ scale: 0 }), RangeError, /randomSearch: scale must be a positive number/],
    [
      "around nothing",
      () => randomSearch({ scale: 1, around: wrong("here") }),
      RangeError,
      /around must be "zero" or "best"/,
    ],
    ["no scale", () => randomSearch(wrong({})), TypeError, /randomSearch: scale must be/],
    [
      "clipping of no gradient",
      () => regression(searching, { gradient: [clipGlobalNorm(1)] }),
      TypeError,
      /createTrainer: gradient has no effect, as randomSearch uses none/,
    ],
    [
      "a tolerance of no gradient",
      () => regression(searching).fit(data, { steps: 1, gradientTolerance: 1 }),
      TypeError,
      /fit: gradientTolerance needs a gradient, and randomSearch uses none/,
    ],
    ["rates of a search", () => findLearningRate(regression(searching), data), RangeError, /no learning rate/],
    [
      "cautious decay of an average",
      () => scheduleFreeSgd({ weightDecay: 0.1, decayCoupling: "cautious" }),
      TypeError,
      /scheduleFreeSgd: decayCoupling "cautious" cannot be combined/,
    ],
    [
      "a file of the inner optimizer",
      () => regression(lookahead(adam())).restore(regression(adam()).save()),
      RangeError,
      /restore: .*got .*; adam with .*expected .*lookahead\(adam\)/,
    ],
    [
      "a file whose lowest loss is no number",
      () => {
        const { tensors, metadata } = readSafetensors(regression(searching).save());
        regression(searching).restore(writeSafetensors(tensors, { ...metadata, lowestLoss: "low" }));
      },
      RangeError,
      /restore: .*lowestLoss is low/,
    ],
  ])("%s", (_, body, kind, sentence) => {
    expect(body).toThrow(kind);
    expect(body).toThrow(sentence);
  });
});
