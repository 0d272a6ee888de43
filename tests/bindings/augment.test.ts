// Augmentation: what a sample becomes is a function of seed, update and place in the batch, in whatever runs, threads or pieces
// training is done; mixing follows its formulas; evaluation sees the data as they are.

import {
  type Augmentation,
  type AugmentOp,
  accumulate,
  accuracy,
  adam,
  augment,
  colorJitter,
  createDataset,
  createTrainer,
  cutMix,
  dropout,
  flatten,
  gaussianNoise,
  type Layer,
  type LayerContext,
  type Loss,
  linear,
  linearSchedule,
  meanSquaredError,
  mixUp,
  multiclassHinge,
  type NDArray,
  oneOf,
  preview,
  randomFlip,
  type Samples,
  sam,
  sequential,
  sgd,
  softmaxCrossEntropy,
  splitSamples,
  type Tensor,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, plain } from "./numbers.js";

engineForAll();

const noise = (x: Tensor, context: LayerContext): Tensor => x.add(context.normal(x.shape).multiply(0.1));
const shifts = (x: Tensor, context: LayerContext): Tensor => x.add(context.uniform([x.shape[0]!, 1, 1, 1]));

const rows = 40;
const samples: Samples = {
  inputs: plain([rows, 4, 4, 1], 0, 1, 7),
  targets: Int32Array.from({ length: rows }, (_, k) => k % 3),
};
const order = Array.from({ length: rows }, (_, k) => k);

/** What the loss of a step says of the pictures that the model sees: their sum, each pixel with a weight of its own. */
const weighing: Loss = {
  name: "weighing",
  targets: "values",
  reduction: "sum",
  apply: (y, t) => y.sum().add(t.multiply(0).sum()),
};
/** Weighs pictures [rows, 4, 4, 1] with numbers that depend on the pixel. */
const weigh: Layer = {
  name: "weigh",
  parameters: { w: { shape: [1], initializer: (context) => context.fill(1) } },
  apply({ w }, x) {
    const weights = plain([16], 1, 2, 3);
    return x.reshape([x.shape[0]!, 16]).multiply(x.trace.constant(weights, x.dtype)).multiply(w!);
  },
};
const weight = (picture: ArrayLike<number>): number =>
  Array.from(plain([16], 1, 2, 3).data).reduce((sum, w, k) => sum + w * (picture[k] as number), 0);

const weigher = (options: { microBatch?: number; dtype?: "f32" | "f64"; seed?: number } = {}): Trainer =>
  createTrainer(engine, {
    model: weigh,
    loss: weighing,
    optimizer: sgd({ learningRate: 1e-300 }),
    dtype: "f64",
    ...options,
  });
const weighed: Samples = { inputs: samples.inputs, targets: Array.from({ length: rows }, () => [0]) };

const net = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([flatten(), linear(16, 8), dropout(0.2), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 5,
    ...options,
  });

const rowsOf = ({ data, shape }: NDArray): number[][] => {
  const width = data.length / (shape[0] as number);
  return Array.from({ length: shape[0] as number }, (_, k) => Array.from(data.subarray(k * width, (k + 1) * width)));
};

const several: readonly (readonly [string, readonly AugmentOp[]])[] = [
  ["noise", [noise]],
  ["a shift and mixUp", [shifts, mixUp({ alpha: 0.4 })]],
  ["noise, mixUp by sample, noise", [noise, mixUp({ draw: "sample" }), noise]],
  ["cutMix", [cutMix()]],
  ["one of mixUp and cutMix", [noise, oneOf([mixUp(), cutMix({ draw: "sample" })])]],
  ["one of two by sample", [oneOf([noise, shifts], { draw: "sample" })]],
  ["a layer of models", [dropout(0.3)]],
];

describe.each(several)("%s", (_, ops) => {
  const augmentation = augment(ops);

  it("gives the model what preview shows, in one run and in several", async () => {
    for (const microBatch of [1024, 5, 1]) {
      const trainer = weigher({ microBatch, seed: 11 });
      const losses: number[] = [];
      await trainer.fit(weighed, {
        ...{ epochs: 2, batchSize: 16, shuffle: false, augment: augmentation },
        onProgress: (progress) => losses.push(...progress.losses),
      });
      const wanted = losses.map((_, step) => {
        const from = 16 * (step % 3);
        const { inputs } = preview(trainer, weighed, order.slice(from, from + 16), { step, augment: augmentation });
        return rowsOf(inputs).reduce((sum, picture) => sum + weight(picture), 0);
      });
      expect(losses.length).toBe(6);
      expectClose(losses, wanted, 1e-13, `microBatch ${microBatch}`);
      trainer.free();
    }
  });

  it("computes a picture by itself with the same bits, in f32 and f64", () => {
    for (const dtype of ["f32", "f64"] as const) {
      const trainer = weigher({ dtype });
      const options = { step: 400, augment: augmentation };
      const all = preview(trainer, weighed, order, options);
      for (const places of [[17], [39, 0, 3]]) {
        const some = preview(trainer, weighed, order, { ...options, places });
        expectSameBits(
          some.inputs,
          places.flatMap((place) => rowsOf(all.inputs)[place] as number[]),
        );
        if (all.share)
          expectSameBits(
            some.share,
            places.map((place) => all.share?.[place]),
          );
      }
      trainer.free();
    }
  });

  it("is another picture at every step, for another seed and at another place", () => {
    const trainer = weigher();
    const at = (step: number, given: Trainer = trainer) =>
      flat(preview(given, weighed, order, { step, augment: augmentation }).inputs).join();
    const other = weigher({ seed: 1 });
    expect(new Set([at(0), at(1), at(2 ** 32), at(0, other)]).size).toBe(4);
    expect(at(1)).toBe(at(1));
    trainer.free();
    other.free();
  });

  it("trains to the same weights in a worker, after a stop, and where steps take their gradient twice", async () => {
    const fit = { batchSize: 16, augment: augmentation };
    const weights = (trainer: Trainer) => flat(Object.values(trainer.parameters()).map((array) => [...array.data]));
    for (const parts of [{}, { optimizer: sam(adam(), { radius: 0.05 }) }, { gradient: [accumulate(2)] }]) {
      const straight = net(parts);
      await straight.fit(samples, { ...fit, epochs: 3 });
      const worker = net(parts);
      await worker.fit(samples, { ...fit, epochs: 3, worker: true, validation: samples });
      expectSameBits(weights(worker), weights(straight), "worker");
      const first = net(parts);
      await first.fit(samples, { ...fit, epochs: 1 });
      first.evaluate(samples);
      const second = net(parts);
      second.restore(first.save());
      await second.fit(samples, { ...fit, epochs: 2, validation: samples });
      expectSameBits(weights(second), weights(straight), "resumed");
      for (const trainer of [straight, worker, first, second]) trainer.free();
    }
  });
});

it("draws for the place in the batch, and batches of an update have further places", () => {
  const augmentation = augment([noise]);
  const data = { ...weighed, augment: augmentation };
  const pictures = flat(samples.inputs);
  const part = (from: number, to: number): Samples => ({
    inputs: { data: pictures.slice(16 * from, 16 * to), shape: [to - from, 4, 4, 1] },
    targets: Array.from({ length: to - from }, () => [0]),
    augment: augmentation,
  });
  const whole = weigher();
  const { loss } = whole.step(data);
  const pieces = createTrainer(engine, {
    ...{ model: weigh, loss: weighing, dtype: "f64" },
    ...{ optimizer: sgd({ learningRate: 1e-300 }), gradient: [accumulate(2)] },
  });
  const sum = pieces.step(part(0, 15)).loss + pieces.step(part(15, rows)).loss;
  expectClose([sum], [loss], 1e-13);
  whole.free();
  pieces.free();
});

describe("who sees it", () => {
  it("evaluation, prediction and validation do not, step and fit do", async () => {
    const augmentation = augment([(x) => x.add(100)]);
    const trainer = weigher();
    const plainLoss = trainer.evaluate(weighed).loss;
    const data = createDataset(engine, { ...weighed, augment: augmentation });
    expect(trainer.evaluate(data).loss).toBe(plainLoss);
    expectSameBits(trainer.predict(samples.inputs), trainer.predict(samples.inputs));
    const before = trainer.step(weighed).loss;
    const after = trainer.step({ ...weighed, augment: augmentation }).loss;
    const added = 100 * rows * weight(Array(16).fill(1));
    expectClose([after], [before + added], 1e-13);
    const { epochs } = await trainer.fit(data, { epochs: 1, validation: data });
    expectClose([epochs[0]!.loss * rows], [before + added], 1e-13);
    expect(epochs[0]!.validation?.loss).toBe(plainLoss);
    const other = await trainer.fit(data, { epochs: 1, augment: augment([(x) => x.add(1)]) });
    expectClose([other.epochs[0]!.loss * rows], [before + added / 100], 1e-13);
    data.free();
    trainer.free();
  });

  it("splitSamples leaves it with the training samples", () => {
    const augmentation = augment([noise]);
    const { train, validation } = splitSamples({ ...samples, augment: augmentation });
    expect(train.augment).toBe(augmentation);
    expect("augment" in validation).toBe(false);
    expect(validation.inputs.shape).toEqual([8, 4, 4, 1]);
  });

  it("u8 data have the peak 255, others 1 or the given one", () => {
    const peaks: number[] = [];
    const augmentation = (options = {}): Augmentation =>
      augment(
        [
          (x, context) => {
            peaks.push(context.peak);
            return x;
          },
        ],
        options,
      );
    const trainer = weigher();
    const bytes = { data: new Uint8Array(32), shape: [2, 4, 4, 1] };
    preview(trainer, { inputs: bytes }, [0], { augment: augmentation() });
    preview(trainer, samples, [0], { augment: augmentation() });
    preview(trainer, { inputs: bytes }, [0], { augment: augmentation({ peak: 7 }) });
    expect(peaks).toEqual([255, 1, 7]);
    trainer.free();
  });

  it("standardizing comes after it, for all or by channel, in training and in evaluation", () => {
    const inputs = { data: Uint8Array.from({ length: 2 * 3 * 2 }, (_, k) => 20 * k), shape: [2, 3, 2] };
    const data = { inputs, targets: [[0], [0]] };
    const sum: Layer = { ...weigh, apply: ({ w }, x) => x.sum().multiply(w!).reshape([1]) };
    const wanted = (mean: number[], deviation: number[], added = 0): number =>
      Array.from(inputs.data, (x, k) => (x + added - mean[k % 2]!) / deviation[k % 2]!).reduce((a, b) => a + b);
    for (const [mean, deviation, means, deviations] of [
      [10, 4, [10, 10], [4, 4]],
      [[10, 20], 4, [10, 20], [4, 4]],
      [
        [10, 20],
        [4, 5],
        [10, 20],
        [4, 5],
      ],
    ] as const) {
      const trainer = createTrainer(engine, {
        ...{ model: sum, loss: weighing, optimizer: sgd({ learningRate: 1e-300 }), dtype: "f64" },
        standardize: { mean, deviation },
      });
      expectClose([trainer.step(data).loss], [wanted([...means], [...deviations])], 1e-14);
      expectClose([2 * trainer.evaluate(data).loss], [wanted([...means], [...deviations])], 1e-14);
      const { loss } = trainer.step({ ...data, augment: augment([(x) => x.add(3)]) });
      expectClose([loss], [wanted([...means], [...deviations], 3)], 1e-14);
      trainer.free();
    }
  });
});

describe("mixing", () => {
  const many = 4000;
  /** Row k of one-hot pictures tells of which rows it was mixed. */
  const eye = (count: number): NDArray => ({
    data: Float64Array.from({ length: count * count }, (_, k) => Number(k % (count + 1) === 0)),
    shape: [count, count],
  });
  const trainer = (): Trainer => weigher();

  it("mixUp is λ xᵢ + (1 − λ) xⱼ with j a shift of i, for any shape", () => {
    const shiftsSeen = new Set<number>();
    for (let step = 0; step < 40; step++) {
      const options = { step, augment: augment([mixUp({ alpha: 1, draw: "sample" })]) };
      const { inputs, share } = preview(trainer(), { inputs: eye(9) }, [...Array(9).keys()], options);
      const shift = rowsOf(inputs)[0]!.findIndex((value, k) => k > 0 && value > 0);
      shiftsSeen.add(shift);
      for (const [i, row] of rowsOf(inputs).entries()) {
        const wanted = Array(9).fill(0);
        wanted[i] = share![i];
        wanted[(i + shift) % 9] = 1 - share![i]!;
        expectClose(row, wanted, 1e-15);
      }
    }
    expect([...shiftsSeen].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it.each([0.1, 0.2, 0.5, 1, 4, 100])("λ has the moments of Beta(α, α), α = %d", (alpha) => {
    const inputs = plain([many, 1], 0, 1, 1);
    const options = { augment: augment([mixUp({ alpha, draw: "sample" })]) };
    const { share } = preview(trainer(), { inputs }, [...Array(many).keys()], options);
    const centred = Array.from(share!, (value) => value - 0.5);
    const moment = (power: number): number => centred.reduce((sum, value) => sum + value ** power, 0) / many;
    const [second, fourth] = [1 / (4 * (2 * alpha + 1)), 3 / (16 * (2 * alpha + 1) * (2 * alpha + 3))];
    expect(share!.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(Math.abs(moment(1))).toBeLessThan(4 * Math.sqrt(second / many));
    expect(Math.abs(moment(2) - second)).toBeLessThan(4 * Math.sqrt((fourth - second ** 2) / many));
    expect(Math.abs(moment(4) / fourth - 1)).toBeLessThan(0.2);
    const next = centred.slice(1).reduce((sum, value, k) => sum + value * centred[k]!, 0) / many;
    expect(Math.abs(next)).toBeLessThan((4 * second) / Math.sqrt(many));
  });

  it("cutMix replaces a box whose area is the share of the partner", () => {
    const [height, width, count] = [6, 9, 500];
    const inputs = {
      data: Float64Array.from({ length: count * height * width }, (_, k) => Math.floor(k / (height * width))),
      shape: [count, height, width, 1],
    };
    const options = { step: 3, augment: augment([cutMix({ draw: "sample" })]) };
    const { inputs: mixed, share } = preview(trainer(), { inputs }, [...Array(count).keys()], options);
    let total = 0;
    for (const [i, picture] of rowsOf(mixed).entries()) {
      const other = picture.flatMap((value, k) => (value === i ? [] : [[Math.floor(k / width), k % width] as const]));
      const [ys, xs] = [other.map(([y]) => y), other.map(([, x]) => x)];
      const box = other.length && (Math.max(...ys) - Math.min(...ys) + 1) * (Math.max(...xs) - Math.min(...xs) + 1);
      expect(other.length).toBe(box);
      expectClose([share![i]], [1 - box / (height * width)], 1e-15);
      expect(new Set(picture.filter((value) => value !== i)).size).toBeLessThanOrEqual(1);
      total += box;
    }
    // By the formula: halves of ⌊extent √(1 − λ)⌋ about a uniform pixel, clipped.
    const mean = (extent: number, side: number): number => {
      const half = Math.floor(Math.floor(extent * side) / 2);
      let sum = 0;
      for (let c = 0; c < extent; c++) sum += Math.min(c + half, extent) - Math.max(c - half, 0);
      return sum / extent;
    };
    let wanted = 0;
    for (let k = 0; k < 2000; k++) {
      const side = Math.sqrt((k + 0.5) / 2000);
      wanted += (mean(height, side) * mean(width, side)) / 2000;
    }
    expect(Math.abs(total / count - wanted)).toBeLessThan(2);
  });

  it("targets are mixed by the share: class indices, one-hot rows and values", () => {
    const augmentation = augment([mixUp({ alpha: 1, draw: "sample" })]);
    const model = { ...weigh, apply: ({ w }: { w?: Tensor }, x: Tensor) => x.multiply(w!) } as Layer;
    const inputs = plain([5, 3], -1, 1, 2);
    const labels = [2, 0, 1, 1, 0];
    const hot = labels.map((label) => [0, 1, 2].map((k) => Number(k === label)));
    const given = [
      [softmaxCrossEntropy(), Int32Array.from(labels)],
      [softmaxCrossEntropy(), hot],
      [meanSquaredError(), hot],
    ] as const;
    for (const [loss, targets] of given) {
      const trainer = createTrainer(engine, {
        model,
        loss,
        optimizer: sgd({ learningRate: 1e-300 }),
        dtype: "f64",
        seed: 2,
      });
      const { inputs: mixed, share } = preview(trainer, { inputs }, [0, 1, 2, 3, 4], { augment: augmentation });
      const eyes = preview(trainer, { inputs: eye(5) }, [0, 1, 2, 3, 4], { augment: augmentation });
      const shift = rowsOf(eyes.inputs)[0]!.findIndex((value, k) => k > 0 && value > 0);
      const wanted = rowsOf(mixed).map((scores, i) => {
        const target = [0, 1, 2].map((k) => share![i]! * hot[i]![k]! + (1 - share![i]!) * hot[(i + shift) % 5]![k]!);
        if (loss.targets === "values") return scores.reduce((sum, y, k) => sum + (y - target[k]!) ** 2, 0) / 3;
        const log = Math.log(scores.reduce((sum, y) => sum + Math.exp(y), 0));
        return scores.reduce((sum, y, k) => sum - target[k]! * (y - log), 0);
      });
      const { loss: got } = trainer.step({ inputs, targets, augment: augmentation });
      expectClose([got], [wanted.reduce((a, b) => a + b) / 5], 1e-13, loss.name);
      trainer.free();
    }
  });

  it("a batch of one row is its own partner", () => {
    const { inputs } = preview(trainer(), { inputs: [[3, 4]] }, [0], { augment: augment([mixUp()]) });
    expectClose(inputs, [3, 4], 1e-15);
  });

  it("oneOf draws by weights", () => {
    const add = (value: number) => (x: Tensor) => x.add(value);
    const augmentation = augment([oneOf([add(1), add(2), add(3)], { weights: [1, 0, 3], draw: "sample" })]);
    const inputs = new Array(many).fill([0]);
    const { data } = preview(trainer(), { inputs }, [...Array(many).keys()], { augment: augmentation }).inputs;
    const counts = [1, 2, 3].map((value) => data.filter((x) => x === value).length);
    expect(counts[1]).toBe(0);
    expect(Math.abs(counts[0]! / many - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / many));
    expect(counts[0]! + counts[2]!).toBe(many);
  });
});

describe("schedules", () => {
  const scheduled = augment([mixUp({ alpha: linearSchedule({ from: 0.1, to: 2, length: 10 }), draw: "sample" })]);

  it("numbers have the value of their update", () => {
    const trainer = weigher();
    for (const [step, alpha] of [
      [0, 0.1],
      [5, 1.05],
      [100, 2],
    ] as const) {
      const fixed = augment([mixUp({ alpha, draw: "sample" })]);
      const [a, b] = [scheduled, fixed].map((given) => preview(trainer, weighed, order, { step, augment: given }));
      expectClose(a!.inputs, b!.inputs, 1e-12);
    }
    trainer.free();
  });

  it.each([
    ["laws", scheduled],
    ["users' functions", augment([mixUp({ alpha: (t) => 0.1 + 0.05 * t })])],
  ])("training follows %s, in a worker and after other calls too", async (_, augmentation) => {
    const fit = { batchSize: 8, augment: augmentation };
    const weights = (trainer: Trainer) => flat(Object.values(trainer.parameters()).map((array) => [...array.data]));
    const straight = net();
    await straight.fit(samples, { ...fit, epochs: 4 });
    const worker = net();
    await worker.fit(samples, { ...fit, epochs: 4, worker: true });
    expectSameBits(weights(worker), weights(straight), "worker");
    const disturbed = net();
    const big = createDataset(engine, { inputs: plain([300, 4, 4, 1], 0, 1, 9), targets: new Int32Array(300) });
    for await (const epoch of disturbed.fit(samples, { ...fit, epochs: 4 })) {
      preview(disturbed, weighed, order, { step: 1000 + epoch.epoch });
      if (epoch.epoch === 2) disturbed.evaluate(big);
    }
    expectSameBits(weights(disturbed), weights(straight), "with previews and evaluations");
    for (const trainer of [straight, worker, disturbed]) trainer.free();
    big.free();
  });

  it.each([
    ["another augmentation", augment([shifts])],
    ["one with schedules", scheduled],
  ])("a look at %s while a worker starts changes neither training nor validation", async (_, other) => {
    const own = augment([noise]);
    const validated = async (worker: boolean, look: boolean): Promise<number[]> => {
      const trainer = net();
      if (look) preview(trainer, samples, order, { augment: other });
      const run = trainer.fit(samples, { epochs: 3, batchSize: 8, augment: own, validation: samples, worker });
      if (look) preview(trainer, samples, order, { augment: other });
      const { epochs, worker: ran } = await run;
      expect(ran).toBe(worker);
      trainer.free();
      return epochs.map(({ validation }) => validation!.loss);
    };
    const wanted = await validated(false, false);
    expectSameBits(await validated(false, true), wanted, "in slices");
    expectSameBits(await validated(true, true), wanted, "in a worker");
  });

  it("a value out of range names the option", async () => {
    const trainer = net();
    const fit = trainer.fit(samples, { epochs: 1, augment: augment([mixUp({ alpha: (t) => (t < 1 ? 0.1 : -1) })]) });
    await expect(fit).rejects.toThrow(/^mixUp: the value of the function of alpha at step 1 must be/);
    trainer.free();
  });
});

it("names of ops that are suggested are those that are exported", async () => {
  const { opNames } = await import("../../bindings/augmentation/augment.js");
  const exported = Object.keys(await import("../../bindings/augmentation/index.js"));
  const ops = exported.filter((name) => name !== "augment" && name !== "mixing");
  expect([...opNames].sort()).toEqual([...ops, "gaussianNoise"].sort());
});

describe("bad input", () => {
  const fails = (body: () => unknown): string => {
    try {
      body();
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing thrown";
  };
  const stepOf = (ops: readonly AugmentOp[], options: object = {}, data: Samples = samples): string => {
    const trainer = net(options);
    const before = flat(Object.values(trainer.parameters()).map((array) => [...array.data]));
    const message = fails(() => trainer.step({ ...data, augment: augment(ops) }));
    expectSameBits(flat(Object.values(trainer.parameters()).map((array) => [...array.data])), before);
    trainer.step(samples);
    trainer.free();
    return message;
  };

  it.each([
    [
      "an op that is none",
      () => augment([3 as never]),
      "augment: element 0 is not an op, got 3. Call the op's function, like randomFlip().",
    ],
    [
      "a name",
      () => augment(["randomflp" as never]),
      'augment: element 0 is not an op, got "randomflp". Call the op\'s function, like randomFlip().',
    ],
    [
      "another name",
      () => augment([mixUp(), "cutmix" as never]),
      'augment: element 1 is not an op, got "cutmix". Call the op\'s function, like cutMix().',
    ],
    [
      "an op's function that is not called",
      () => augment([randomFlip as never]),
      "augment: element 0 is not an op, got a function. Call the op's function, like randomFlip().",
    ],
    [
      "no list",
      () => augment(noise as never),
      "augment: expected an array of ops, got a function. Try augment([randomFlip()]).",
    ],
    [
      "a layer to train",
      () => augment([linear(1, 1)]),
      "augment: linear(1, 1) has parameters to train. Make it a part of the model.",
    ],
    [
      "two that mix",
      () => augment([mixUp(), cutMix()]),
      "augment: mixUp(0.2) and cutMix(1) both mix rows, expected at most one. Give oneOf([mixUp(), cutMix()]).",
    ],
    ["alpha 0", () => mixUp({ alpha: 0 }), "mixUp: alpha must be a positive number, got 0."],
    [
      "another draw",
      () => mixUp({ draw: "batches" as never }),
      'mixUp: draw must be "sample" or "batch", got "batches".',
    ],
    ["a misspelt option", () => mixUp({ alhpa: 1 } as never), 'mixUp: unknown option "alhpa". Did you mean "alpha"?'],
    [
      "kinds that differ",
      () => oneOf([mixUp(), gaussianNoise(1)]),
      "oneOf: some ops mix rows and others do not. Choose among ops of one kind.",
    ],
    ["peak 0", () => augment([], { peak: 0 }), "augment: peak must be a positive number, got 0."],
    [
      "no augmentation to show",
      () => preview(weigher(), weighed, [0]),
      "preview: there is no augmentation. Give { augment: augment([randomFlip()]) }.",
    ],
    [
      "a row that is not there",
      () => preview(weigher(), weighed, [40], { augment: augment([]) }),
      "preview: rows must be a whole number of at least 0 and below 40, got 40.",
    ],
  ])("%s", (_, body, sentence) => {
    expect(fails(body)).toBe(sentence);
  });

  it.each([
    [
      "vectors for cutMix",
      [cutMix()],
      {},
      { ...samples, inputs: plain([rows, 16], 0, 1, 1) },
      "step: cutMix: got [40, 16], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].",
    ],
    [
      "a loss of classes",
      [mixUp()],
      { loss: multiclassHinge() },
      samples,
      "mixUp(0.2): multiclassHinge takes classes, which cannot be mixed. Use a loss of probabilities, such as softmaxCrossEntropy().",
    ],
    [
      "standardized data for an op on colors",
      [colorJitter({ brightness: 0.1 })],
      {},
      { ...samples, inputs: { data: new Float32Array(rows * 16).fill(-1, 16), shape: [rows, 4, 4, 1] } },
      "colorJitter(brightness 0.1): sample 1 holds -1, expected pixels from 0 to 1. Give augment the option peak, or leave " +
        "standardization to createTrainer.",
    ],
    [
      "an op that loses rows",
      [
        function half(x: Tensor) {
          return x.slice(0, 0, 2);
        },
      ],
      {},
      samples,
      "step: half: returns f32 [2, 4, 4, 1], expected f32 of 40 rows.",
    ],
    [
      "an op that returns nothing",
      [function none(_x: Tensor) {} as never],
      {},
      samples,
      "none: must return a tensor, got undefined. Return what it computes.",
    ],
    [
      "another type",
      [
        function wide(x: Tensor) {
          return x.cast("f64");
        },
      ],
      {},
      samples,
      "step: wide: returns f64 [40, 4, 4, 1], expected f32 of 40 rows.",
    ],
    [
      "numbers for other channels",
      [noise],
      { standardize: { mean: [1, 2], deviation: 1 } },
      samples,
      "step: standardize: got 2 numbers, and inputs [40, 4, 4, 1]. Give one, or one for each channel.",
    ],
  ] as const)("%s: refused, and nothing changes", (_, ops, options, data, sentence) => {
    if ("standardize" in options) {
      const trainer = net(options as object);
      expect(fails(() => trainer.step({ ...data, augment: augment(ops) } as Samples))).toBe(sentence);
      trainer.free();
    } else expect(stepOf(ops, options, data as Samples)).toBe(sentence);
  });

  it("metrics and labels of evaluation are the plain ones", async () => {
    const trainer = net({ metrics: [accuracy()] });
    const { epochs } = await trainer.fit(samples, { epochs: 1, validation: samples, augment: augment([mixUp()]) });
    expect(epochs[0]!.validation!.accuracy).toBe(trainer.evaluate(samples).accuracy);
    trainer.free();
  });
});
