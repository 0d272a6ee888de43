// Augmentation in all that runs the training program beside fit and step: what they compute is what training would, whatever
// was called before.

import {
  type Augmentation,
  augment,
  colorJitter,
  constantSchedule,
  createDataset,
  createTrainer,
  findLearningRate,
  flatten,
  gaussianBlur,
  gaussianNoise,
  type Layer,
  lbfgs,
  linear,
  linearSchedule,
  mixing,
  mixUp,
  oneOf,
  plateauSchedule,
  preview,
  randAugment,
  randomFlip,
  randomResizedCrop,
  randomRotation,
  type Samples,
  scaleSchedule,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { diagnose, explain, profile } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, plain } from "./numbers.js";

engineForAll();

const rows = 40;
const samples: Samples = {
  inputs: plain([rows, 4, 4, 1], 0, 1, 7),
  targets: Int32Array.from({ length: rows }, (_, k) => k % 3),
};
const all = Array.from({ length: rows }, (_, k) => k);

const net = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: sequential([flatten(), linear(16, 8), tanh(), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1 }),
    seed: 5,
    ...options,
  });
const weights = (trainer: Trainer): number[] =>
  flat(Object.values(trainer.parameters()).map((array) => [...array.data]));

describe("the cost of the training program", () => {
  const given = augment([gaussianNoise(0.1), mixUp()]);

  it("is that with the augmentation of the data, whatever was called before", async () => {
    const [trainer, other] = [net(), net()];
    const without = trainer.cost(samples, 10).flops;
    const augmented = trainer.cost({ ...samples, augment: given }, 10).flops;
    expect(augmented).toBeGreaterThan(without);
    preview(trainer, samples, [0], { augment: augment([randomRotation(3)]) });
    expect(trainer.cost(samples, 10).flops).toBe(without);
    other.step({ ...samples, augment: given });
    expect(other.cost(samples, 10).flops).toBe(augmented);
    other.step(samples);
    expect(other.cost(samples, 10).flops).toBe(without);
  });

  it("profile and explain run it with partners of all rows, and numbers of schedules", async () => {
    const trainer = net();
    const many = createDataset(engine, { inputs: plain([300, 4, 4, 1], 0, 1, 7), targets: new Int32Array(300) });
    const scheduled = augment([mixUp({ alpha: (t) => 0.2 + t })]);
    for (const augmentation of [given, scheduled]) {
      await trainer.fit(samples, { epochs: 1, batchSize: 8, augment: augmentation });
      const before = weights(trainer);
      const guard = engine.allocate(4096);
      engine.bytes.fill(7, guard, guard + 4096);
      expect(profile(trainer, many, 300).ops.length).toBe(explain(trainer, many, 300).ops.length);
      expect(engine.bytes.slice(guard, guard + 4096).every((byte) => byte === 7)).toBe(true);
      engine.release(guard);
      expectSameBits(weights(trainer), before);
    }
    many.free();
  });
});

it("diagnose repeats the batch with the augmentation of the fit, not that of the samples", async () => {
  const breaking = augment([
    function broken(x: Tensor) {
      return x.subtract(2).log();
    },
  ]);
  const trainer = net();
  const data = { ...samples, augment: augment([gaussianNoise(0.1)]) };
  await expect(trainer.fit(data, { epochs: 1, augment: breaking })).rejects.toThrow(/not finite/);
  preview(trainer, samples, [0], { augment: augment([gaussianNoise(1)]) });
  expect(diagnose(trainer, data)?.op).toMatchObject({ name: "log" });
  expect(diagnose(trainer, data)?.layer).toBe("augment.0");
});

it("explain names ops of the augmentation apart from layers, and those of the model from its first on", () => {
  const trainer = net({ standardize: { mean: [1], deviation: 2 } });
  const { ops } = explain(trainer, { ...samples, augment: augment([gaussianNoise(0.1), gaussianNoise(0.2)]) });
  const layers = [...new Set(ops.map(({ layer }) => layer))];
  expect(layers).toEqual(expect.arrayContaining(["augment.0", "augment.1", "1", "3", "loss"]));
  expect(ops.findIndex(({ layer }) => layer === "model")).toBeGreaterThan(
    ops.findIndex(({ layer }) => layer === "augment.1"),
  );
});

describe("preview", () => {
  it("shows the augmentation of the last training, not of the last preview", () => {
    const [add, other] = [augment([(x: Tensor) => x.add(1)]), augment([(x: Tensor) => x.add(2)])];
    const trainer = net({ dtype: "f64" });
    trainer.step({ ...samples, augment: add });
    const first = preview(trainer, samples, [0]).inputs;
    preview(trainer, samples, [0], { augment: other });
    expectSameBits(preview(trainer, samples, [0]).inputs, first);
  });
});

describe("schedules of an augmentation", () => {
  it.each([
    ["plateauSchedule", plateauSchedule({ initial: 10, patience: 0 })],
    ["one inside another", scaleSchedule(1, { factor: plateauSchedule({ initial: 1, patience: 0 }) })],
  ])("%s, which would never see a loss, is refused", (_, schedule) => {
    expect(() => augment([gaussianNoise(0.1), randomRotation(schedule)])).toThrow(
      /^augment: degrees of randomRotation\(\w+\) follows losses\. Use a schedule of t alone\.$/,
    );
  });

  it("a minimizer refuses them, as it does those of layers", () => {
    const trainer = net();
    const minimized = (alpha: number | ReturnType<typeof constantSchedule>) =>
      trainer.fit(samples, { steps: 2, method: lbfgs(), augment: augment([mixUp({ alpha })]) });
    expect(() => minimized(constantSchedule(0.5))).toThrow(
      "fit: lbfgs does not support an augmentation on a schedule. Give its ops numbers.",
    );
    expect(trainer.step(samples).loss).toBeGreaterThan(0);
  });

  it("partners alone make the function of a minimizer another at every step", async () => {
    const halves = mixing("halves", (x, partner) => ({
      x: x.add(partner).multiply(0.5),
      share: x.trace.fill(0.5, [x.shape[0]!], "f64"),
    }));
    const augmentation = augment([halves]);
    const trainer = net({ dtype: "f64" });
    const losses: number[] = [];
    await trainer.fit(samples, {
      ...{ steps: 4, method: lbfgs(), augment: augmentation },
      onProgress: (progress) => losses.push(...progress.losses),
    });
    expect(losses.length).toBe(4);
    const fresh = net({ dtype: "f64" });
    await fresh.fit(samples, { steps: 1, method: lbfgs(), augment: augmentation });
    const look = net({ dtype: "f64" });
    look.restore(fresh.save());
    expectClose([losses[1]], [look.step({ ...samples, augment: augmentation }).loss], 1e-13);
  });

  it("do not advance in findLearningRate, whose losses are those of their present values", async () => {
    const losses = (alpha: number | ReturnType<typeof constantSchedule> | ((t: number) => number)) => {
      const trainer = net();
      for (let k = 0; k < 2; k++) trainer.step(samples);
      const found = findLearningRate(trainer, { ...samples, augment: augment([mixUp({ alpha })]) }, { steps: 6 });
      return found.losses;
    };
    const wanted = losses(0.5);
    expectSameBits(losses(constantSchedule(0.5)), wanted, "a constant");
    expectSameBits(
      losses((t) => 0.25 * t),
      wanted,
      "a function",
    );
    expectSameBits(losses(linearSchedule({ from: 0.25, to: 0.75, length: 4 })), wanted, "a law");
  });

  it("go on after findLearningRate", async () => {
    const run = async (look: boolean): Promise<number[]> => {
      const augmentation = augment([mixUp({ alpha: linearSchedule({ from: 0.1, to: 2, length: 8 }) })]);
      const trainer = net();
      await trainer.fit(samples, { steps: 3, batchSize: 8, augment: augmentation });
      if (look) findLearningRate(trainer, { ...samples, augment: augmentation }, { steps: 4, batchSize: 8 });
      await trainer.fit(samples, { steps: 6, batchSize: 8, augment: augmentation });
      return weights(trainer);
    };
    expectSameBits(await run(true), await run(false));
  });
});

describe("mixing", () => {
  it("λ is a number for any α, however small: then 0 or 1, each half of the time", () => {
    const many = 4000;
    const inputs = plain([many, 1], 0, 1, 1);
    const trainer = net();
    for (const alpha of [1e-300, 1e-6, 0.001, 0.01, 1e10, 1e300]) {
      const options = { augment: augment([mixUp({ alpha, draw: "sample" })]) };
      const share = Array.from(preview(trainer, { inputs }, [...Array(many).keys()], options).share!);
      expect(share.every((value) => value >= 0 && value <= 1)).toBe(true);
      expect(Math.abs(share.reduce((sum, value) => sum + value) / many - 0.5)).toBeLessThan(0.035);
      // Variance 1 / (4 (2 α + 1)).
      const variance = share.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / many;
      expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.003);
    }
  });

  it("oneOf chooses among shares of all types and shapes", () => {
    const half = mixing("half", (x, partner) => ({
      x: x.add(partner).multiply(0.5),
      share: x.trace.fill(0.5, [x.shape[0]!, 1], x.dtype as "f32"),
    }));
    const trainer = net();
    for (const ops of [
      [mixUp(), half],
      [half, mixUp()],
    ]) {
      const augmentation = augment([oneOf(ops, { draw: "sample" })]);
      const { share } = preview(trainer, samples, all, { augment: augmentation });
      expect(share!.some((value) => value === 0.5)).toBe(true);
      expect(new Set(share).size).toBe(2);
      expect(trainer.step({ ...samples, augment: augmentation }).loss).toBeGreaterThan(0);
    }
  });

  it.each([
    ["nothing", () => undefined as never, /^bad: must return \{ x, share \}, share a tensor \[40\]/],
    ["no share", (x: Tensor) => ({ x }) as never, /^bad: must return \{ x, share \}, share a tensor \[40\]/],
    [
      "one row",
      (x: Tensor) => ({ x: x.slice(0, 0, 1), share: x.reshape([rows, -1]).slice(1, 0, 1) }),
      /^step: bad: returns f32 \[1, 4, 4, 1\], expected f32 of 40 rows\.$/,
    ],
  ])("an op of one's own that returns %s is named, also in oneOf", (_, mix, message) => {
    const trainer = net();
    const bad = mixing("bad", mix);
    for (const op of [bad, oneOf([bad, mixUp()])] as const) {
      const augmentation: Augmentation = augment([op]);
      expect(() => trainer.step({ ...samples, augment: augmentation })).toThrow(message);
    }
    trainer.step(samples);
  });
});

it("what lies in a container is checked too: oneOf, sequential", () => {
  const color = colorJitter({ hue: 0.1 });
  const data = { inputs: plain([5, 4, 4, 3], -1, 1), targets: new Int32Array(5) };
  const trainer = net({ model: sequential([flatten(), linear(48, 3)]) });
  for (const op of [
    color,
    sequential([randomRotation(3), color]),
    oneOf([sequential([sequential([color])]), randomRotation(3)]),
    sequential([gaussianNoise(0.1), color]),
  ])
    expect(() => trainer.step({ ...data, augment: augment([op]) })).toThrow(
      /^colorJitter\(hue 0\.1\): sample 0 holds -0\.\d+, expected pixels from 0 to 1\./,
    );
});

it.each([
  ["pixels up to 255", "u8", undefined, 4, "sample 0 holds 4, expected pixels from 0 to 1, which are 0 to 1"],
  ["pixels below 0", "f32", undefined, -0.5, "sample 0 holds -0.5, expected pixels from 0 to 1, which are 0 to 1"],
  ["a mean", "f32", { mean: 0.25, deviation: 0.5 }, 0.125, "from 0.25 to 0.75, which standardize makes 0 to 1"],
  [
    "means of channels",
    "f32",
    { mean: [0, 0.5, 0], deviation: 1 },
    0.25,
    "from 0.5 to 1, which standardize makes 0 to 1",
  ],
] as const)(
  "an op on colors in a model refuses pixels that are not 0 to 1 there: %s",
  (_, type, standardize, pixel, message) => {
    const data = type === "u8" ? Uint8Array.of(pixel, 1, 2) : Float32Array.of(pixel, 0.5, 0.5);
    const samples = { inputs: { data, shape: [1, 1, 1, 3] }, targets: Int32Array.of(0) };
    const color = oneOf([colorJitter({ brightness: 0.1 }), randomFlip()]);
    const trainer = net({
      model: sequential([randomFlip(), sequential([color, flatten()]), linear(3, 2)]),
      ...(standardize ? { standardize } : {}),
    });
    const before = trainer.parameters();
    expect(() => trainer.step(samples)).toThrow(message);
    expect(() => trainer.step(samples)).toThrow(" in the model. Use it in augment.");
    expect(trainer.parameters()).toEqual(before);
    trainer.evaluate(samples);
    trainer.free();
  },
);

it("an op on colors in a model takes pixels that are 0 to 1 there", () => {
  const inputs = { data: Uint8Array.of(0, 255, 128), shape: [1, 1, 1, 3] };
  const samples = { inputs, targets: Int32Array.of(0) };
  const color = colorJitter({ brightness: 0.1 });
  const scaled: Layer = { name: "scaled", parameters: {}, apply: (_, x) => x.divide(255) };
  const scaling = net({ model: sequential([scaled, color, flatten(), linear(3, 2)]) });
  const standardizing = net({
    model: sequential([color, flatten(), linear(3, 2)]),
    standardize: { mean: 0, deviation: 255 },
  });
  for (const trainer of [scaling, standardizing]) {
    trainer.step(samples);
    trainer.free();
  }
});

it.each([
  ["randomFlip", randomFlip],
  ["mixUp", mixUp],
  ["randAugment", randAugment],
])("%s that was not called", (_, op) => {
  for (const make of [() => augment([op as never]), () => oneOf([op as never, randomFlip()])])
    expect(make).toThrow(
      /^\w+: element 0 is not an op, got a function\. Call the op's function, like randomFlip\(\)\.$/,
    );
});

it("gaussianBlur of pictures without pixels advises a kernel that there is", () => {
  const trainer = net();
  const inputs = { data: [], shape: [2, 0, 4, 1] };
  expect(() => preview(trainer, { inputs }, [0], { augment: augment([gaussianBlur(3)]) })).toThrow(
    /has 0 of height\. Use a kernel of at most 1\.$/,
  );
});

it("the last resort of randomResizedCrop has a pixel at least", () => {
  const trainer = net({ dtype: "f64" });
  for (const [shape, ratio] of [
    [
      [1, 1, 6, 1],
      [100, 200],
    ],
    [
      [1, 6, 1, 1],
      [0.001, 0.002],
    ],
  ] as const) {
    const inputs = plain(shape, 1, 2, 3);
    const augmentation = augment([randomResizedCrop(4, { ratio })]);
    const { data } = preview(trainer, { inputs }, [0], { augment: augmentation }).inputs;
    // A row or column of 6 in 4 pixels, each a mean of two: between the least and the largest.
    expect(Math.min(...data)).toBeGreaterThanOrEqual(Math.min(...inputs.data));
    expect(Math.max(...data)).toBeLessThanOrEqual(Math.max(...inputs.data));
  }
});
