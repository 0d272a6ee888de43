// Crops, flips, rotations and affine distortions as layers: a picture depends on its place in the logical batch alone; evaluation,
// schedules, training, bad input.

import {
  applyLayer,
  conv2d,
  createTrainer,
  flatten,
  type Layer,
  linear,
  linearSchedule,
  meanSquaredError,
  type ParameterTensors,
  randomAffine,
  randomCrop,
  randomFlip,
  randomResizedCrop,
  randomRotation,
  sequential,
  sgd,
  type Tensor,
  type TrainerOptions,
  zerosInitializer,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { applied, type FloatType, inTraining } from "./augmented.js";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers, type Plain, plain } from "./numbers.js";

engineForAll();

/** Pictures that a layer makes in training steps, whatever runs a step is cut into: the gradient of their sum with a probe. */
function picturesOf(
  layer: Layer,
  { data, shape }: Plain,
  options: Partial<TrainerOptions> = {},
  steps = 2,
): number[][] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const size = height * width * channels;
  const model: Layer = {
    name: "probe",
    parameters: { probe: { shape: [batch, size], initializer: zerosInitializer }, inner: layer.parameters },
    state: { inner: layer.state ?? {} },
    apply({ probe, inner }, x, context) {
      const own = x.slice(1, 0, 1).reshape([-1]).cast("i32").oneHot(batch, "f64");
      const image = x.slice(1, 1).reshape([-1, height, width, channels]);
      const out = layer.apply((inner ?? {}) as ParameterTensors, image, context.of("inner"));
      return out.reshape([-1, size]).multiply(own.matmul(probe as Tensor));
    },
  };
  const inputs = Array.from({ length: batch }, (_, n) => [n, ...Array.from(data).slice(n * size, (n + 1) * size)]);
  const trainer = createTrainer(engine, {
    model,
    loss: { name: "sum", targets: "values", reduction: "sum", apply: (y) => y.sum() },
    optimizer: sgd({ learningRate: 1 }),
    dtype: "f64",
    seed: 9,
    ...options,
  });
  const seen: number[][] = [];
  for (let step = 0; step < steps; step++) {
    trainer.setParameters({ probe: { data: new Float64Array(batch * size), shape: [batch, size] } });
    trainer.step({ inputs, targets: inputs });
    seen.push(flat(trainer.parameters().probe).map((value) => -value));
  }
  trainer.free();
  return seen;
}

const every: readonly (readonly [string, Layer])[] = [
  ["randomCrop", randomCrop([6, 5], { padding: [1, 2, 3, 0] })],
  ["randomCrop, reflected", randomCrop([6, 5], { padding: 2, mode: "reflect" })],
  ["randomFlip", randomFlip({ horizontal: 0.5, vertical: linearSchedule({ from: 0.2, to: 0.9, length: 4 }) })],
  ["randomRotation", randomRotation(30, { interpolation: "bilinear", fill: 0.5 })],
  ["randomRotation on a schedule", randomRotation((step) => 10 + 20 * step, { interpolation: "bilinear" })],
  [
    "randomAffine",
    randomAffine({
      degrees: [-5, 20],
      translate: (step) => Math.min(0.1 + 0.1 * step, 0.5),
      scale: [0.5, 2],
      shear: (step) => 5 + step,
    }),
  ],
  ["randomResizedCrop", randomResizedCrop([6, 5], { scale: [0.2, 0.8] })],
];

describe("layers", () => {
  const x = plain([11, 6, 5, 2]);

  it.each(every)("%s makes the same pictures however a batch is cut into runs, others every step", (_, layer) => {
    const whole = picturesOf(layer, x);
    expect(whole[0]).not.toEqual(whole[1]);
    expect(whole[0]).not.toEqual(flat(x));
    for (const microBatch of [1, 4, 11])
      for (const [step, pictures] of picturesOf(layer, x, { microBatch }).entries())
        expectSameBits(pictures, whole[step], `micro-batches of ${microBatch}, step ${step}`);
  });

  it.each(every)("%s leaves images alone in evaluation", (_, layer) => {
    expectSameBits(
      applied("f64", x, (t) => applyLayer(layer, {}, t).output),
      x.data,
    );
  });

  it("draw the same for a number and a schedule of the same value", () => {
    for (const [fixed, scheduled] of [
      [randomRotation(20), randomRotation(() => 20)],
      [randomFlip({ horizontal: 0.4, vertical: 0.7 }), randomFlip({ horizontal: () => 0.4, vertical: () => 0.7 })],
      [
        randomAffine({ degrees: 20, translate: 0.2, shear: 10 }),
        randomAffine({ degrees: () => 20, translate: () => 0.2, shear: () => 10 }),
      ],
    ] as const)
      expect(picturesOf(scheduled, x)).toEqual(picturesOf(fixed, x));
  });

  it("follow their schedules, and checkpoints hold them", () => {
    const growing = randomRotation((step) => 45 * step, { interpolation: "bilinear" });
    const [first, second] = picturesOf(growing, x) as [number[], number[]];
    expectClose(first, x.data, 1e-14);
    expect(second).not.toEqual(first);
  });

  it("crop padding with the fill value or the mirrored image", () => {
    const ones = { data: new Array(11 * 30 * 2).fill(1), shape: [11, 6, 5, 2] };
    const crops = (options: object) => applied("f32", ones, inTraining(randomCrop([6, 5], { padding: 2, ...options })));
    expect(new Set(crops({}))).toEqual(new Set([0, 1]));
    expect(new Set(crops({ fill: 5 }))).toEqual(new Set([1, 5]));
    expect(new Set(crops({ mode: "reflect" }))).toEqual(new Set([1]));
  });

  it("train inside a model", () => {
    const train = (dtype: FloatType): number => {
      const trainer = createTrainer(engine, {
        model: sequential([...every.map(([, layer]) => layer), conv2d(2, 1, 3), flatten(), linear(12, 1)]),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 0.05 }),
        dtype,
        seed: 3,
      });
      const batch = { inputs: x as never, targets: numbers(11, -1, 1, 5).map((value) => [value]) };
      const first = trainer.evaluate(batch).loss;
      for (let step = 0; step < 20; step++) trainer.step(batch);
      const last = trainer.evaluate(batch).loss;
      trainer.free();
      expect(last).toBeLessThan(first);
      return last;
    };
    expectClose(train("f32"), train("f64"), 1e-4);
  });
});

describe("bad input", () => {
  it.each([
    [
      "a size of 0",
      () => randomCrop(0),
      "randomCrop: size must be a whole number of at least 1 and below 1073741824, got 0.",
    ],
    [
      "three extents",
      () => randomCrop([1, 2, 3]),
      "randomCrop: size must be a number or [height, width], got [1, 2, 3].",
    ],
    [
      "negative padding",
      () => randomCrop(3, { padding: -1 }),
      "randomCrop: padding must be a whole number of at least 0 and below 1073741824, got -1.",
    ],
    [
      "an unknown mode",
      () => randomCrop(3, { mode: "mirror" as "reflect" }),
      'randomCrop: mode must be "zeros" or "reflect", got "mirror".',
    ],
    [
      "a misspelt option",
      () => randomCrop(3, { pading: 1 } as object),
      'randomCrop: unknown option "pading". Did you mean "padding"?',
    ],
    [
      "a fill value that is not finite",
      () => randomCrop(3, { fill: Number.NaN }),
      "randomCrop: fill must be a finite number, got NaN.",
    ],
    [
      "a probability above 1",
      () => randomFlip({ horizontal: 1.5 }),
      "randomFlip: horizontal must be a number of at least 0 and at most 1, got 1.5.",
    ],
    [
      "a schedule of probabilities below 0",
      () => randomFlip({ vertical: linearSchedule({ from: 0.5, to: -1, length: 3 }) }),
      "randomFlip: every value of the schedule of vertical must be a number of at least 0 and at most 1, got -1.",
    ],
    [
      "a misspelt side",
      () => randomFlip({ horizontl: 1 } as object),
      'randomFlip: unknown option "horizontl". Did you mean "horizontal"?',
    ],
    ["a negative angle", () => randomRotation(-3), "randomRotation: degrees must be a number of at least 0, got -3."],
    [
      "a range upside down",
      () => randomRotation([30, -30]),
      "randomRotation: degrees must be a number or [least, most], got [30, -30]. Give two numbers, the smaller one first.",
    ],
    [
      "an unknown interpolation",
      () => randomRotation(3, { interpolation: "bicubic" as "bilinear" }),
      'randomRotation: interpolation must be "nearest" or "bilinear", got "bicubic".',
    ],
    ["a negative scale", () => randomAffine({ scale: -1 }), "randomAffine: scale must be a positive number, got -1."],
    ["a scale from 0", () => randomAffine({ scale: [0, 1] }), "randomAffine: scale must be a positive number, got 0."],
    [
      "a scale upside down",
      () => randomAffine({ scale: [2, 1] }),
      "randomAffine: scale must be [least, most], got [2, 1]. Give the smaller one first.",
    ],
    [
      "a shift beyond the image",
      () => randomAffine({ translate: [0.1, 2] }),
      "randomAffine: translate must be a number of at least 0 and at most 1, got 2.",
    ],
    [
      "a shear of 90",
      () => randomAffine({ shear: 90 }),
      "randomAffine: shear must be a number of at least 0 and below 90, got 90.",
    ],
    [
      "three shears",
      () => randomAffine({ shear: [1, 2, 3] as never }),
      "randomAffine: shear must be a number or [x, y], got [1, 2, 3].",
    ],
    [
      "an area above that of the image",
      () => randomResizedCrop(3, { scale: [0.5, 2] }),
      "randomResizedCrop: scale must be a number above 0 and at most 1, got 2.",
    ],
    [
      "a ratio alone",
      () => randomResizedCrop(3, { ratio: 1 as never }),
      "randomResizedCrop: ratio must be [least, most], got 1. Try [0.5, 1].",
    ],
  ] as const)("%s", (_, make, sentence) => {
    let message = "";
    try {
      make();
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toBe(sentence);
  });

  it.each([
    [
      "images without channels",
      randomFlip(),
      [4, 28, 28],
      "randomFlip: got [4, 28, 28], expected [batch, height, width, channels]. Wrap one image in an array, or reshape to one channel.",
    ],
    [
      "rows of numbers",
      randomRotation(3),
      [4, 784],
      "randomRotation: got [4, 784], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].",
    ],
    [
      "a crop larger than the padded image",
      randomCrop([20, 32], { padding: [1, 1, 2, 1] }),
      [4, 28, 28, 1],
      "randomCrop: the crop [20, 32] is larger than the padded image [30, 31]. Lower size, or raise padding.",
    ],
    [
      "more mirrored padding than pixels",
      randomCrop(4, { padding: 4, mode: "reflect" }),
      [4, 4, 4, 1],
      'randomCrop: padBorder: padding by "reflect" must be at most 3 for 4 pixels of height, got 4. Lower padding.',
    ],
  ] as const)("%s", (_, layer, shape, sentence) => {
    let message = "";
    try {
      applied("f32", plain(shape), inTraining(layer));
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      ({ message } = error as Error);
    }
    expect(message).toBe(sentence);
    // The engine goes on working.
    expect(applied("f32", plain([1, 2, 2, 1]), (t) => t.add(1)).length).toBe(4);
  });
});
