// Layers for images and sequences: against PyTorch's figures in both types, derivatives of both orders by central
// differences, the convolutional net of digits_cnn_traces.json, what is drawn for fractional pooling, and bad input.

import {
  accuracy,
  adaptiveAvgPool2d,
  adaptiveMaxPool2d,
  applyLayer,
  avgPool1d,
  avgPool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  createDataset,
  createTrainer,
  depthwiseConv2d,
  dropout1d,
  dropout2d,
  type Engine,
  flatten,
  fractionalMaxPool2d,
  globalAvgPool2d,
  globalMaxPool2d,
  groupNorm,
  instanceNorm,
  type Layer,
  linear,
  maxPool1d,
  maxPool2d,
  type NDArray,
  onesInitializer,
  relu,
  residual,
  residualStack,
  rmsNorm,
  ShapeError,
  separableConv2d,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  upsample2d,
  varianceScaling,
  zerosInitializer,
} from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import * as convolutions from "../../bindings/layers/convolution.js";
import * as fractional from "../../bindings/layers/fractionalPooling.js";
import * as groups from "../../bindings/layers/groupNorm.js";
import * as exports from "../../bindings/layers/index.js";
import * as pools from "../../bindings/layers/pooling.js";
import * as transposed from "../../bindings/layers/transposedConvolution.js";
import * as upsampling from "../../bindings/layers/upsample.js";
import { type Doubles, expectDerivatives } from "./differences.js";
import { asData, expectEpoch, expectRelative, fitRecorded, type RecordedRun, train } from "./digits.js";
import { conformanceCases, fixture, testEngine } from "./engine.js";
import { expectFigure, type Figure, first, last, weights } from "./figures.js";
import { at, build, expectClose, flat, type Plain, parkMiller, plain, sizeOf } from "./numbers.js";
import { type Inputs, run } from "./transforms.js";

let engine: Engine;
beforeAll(async () => {
  engine = await testEngine();
});

/** Layers by name with the shape of an input and those of the parameters. */
const layers: Readonly<Record<string, readonly [Layer, number[], Readonly<Record<string, number[]>>?]>> = {
  conv1d: [conv1d(2, 4, 3, { stride: 2, padding: [1, 2], groups: 2 }), [2, 7, 2], { weight: [3, 1, 4], bias: [4] }],
  conv2d: [
    conv2d(2, 3, [2, 3], { padding: "same", dilation: [1, 2], paddingMode: "circular" }),
    [2, 4, 5, 2],
    { weight: [2, 3, 2, 3], bias: [3] },
  ],
  depthwiseConv2d: [
    depthwiseConv2d(2, 3, { multiplier: 2, padding: 1, stride: 2 }),
    [2, 4, 5, 2],
    { weight: [3, 3, 1, 4], bias: [4] },
  ],
  separableConv2d: [
    separableConv2d(2, 3, 2, { padding: [0, 1, 1, 0], paddingMode: "replicate" }),
    [2, 3, 4, 2],
    { "depthwise.weight": [2, 2, 1, 2], "pointwise.weight": [1, 1, 2, 3], "pointwise.bias": [3] },
  ],
  convTranspose1d: [
    convTranspose1d(4, 2, 3, { stride: 3, padding: 1, outputPadding: 2, groups: 2 }),
    [2, 3, 4],
    { weight: [3, 1, 4], bias: [2] },
  ],
  convTranspose2d: [
    convTranspose2d(2, 3, [2, 3], { stride: [2, 1], padding: [1, 0, 0, 1], dilation: [1, 2] }),
    [2, 3, 2, 2],
    { weight: [2, 3, 3, 2], bias: [3] },
  ],
  maxPool1d: [maxPool1d(3, { stride: 2, padding: 1 }), [2, 8, 3]],
  maxPool2d: [maxPool2d([2, 3], { stride: 1, dilation: [2, 1], ceilMode: true }), [2, 4, 5, 2]],
  avgPool1d: [avgPool1d(3, { stride: 2, padding: 1, ceilMode: true }), [2, 8, 3]],
  avgPool2d: [avgPool2d([2, 3], { stride: [1, 2], padding: 1, countIncludePad: false }), [2, 4, 5, 2]],
  adaptiveAvgPool2d: [adaptiveAvgPool2d([2, 3]), [2, 5, 4, 2]],
  adaptiveMaxPool2d: [adaptiveMaxPool2d(3), [2, 5, 4, 2]],
  globalAvgPool2d: [globalAvgPool2d(), [2, 3, 4, 2]],
  globalMaxPool2d: [globalMaxPool2d(), [2, 3, 4, 2]],
  fractionalMaxPool2d: [fractionalMaxPool2d(2, { outputRatio: [0.6, 0.7], regions: "random" }), [2, 6, 5, 2]],
  upsample2d: [upsample2d([2, 3], "bilinear", true), [2, 3, 2, 2]],
  groupNorm: [groupNorm(2, 4), [2, 3, 4], { gamma: [4], beta: [4] }],
  instanceNorm: [
    instanceNorm(2, { gamma: onesInitializer, beta: zerosInitializer }),
    [2, 3, 2, 2],
    { gamma: [2], beta: [2] },
  ],
  dropout1d: [dropout1d(0.4), [3, 4, 2]],
  dropout2d: [dropout2d(0.4), [3, 2, 2, 3]],
};

describe("derivatives of both orders by differences", () => {
  it("has a row for every layer on images", () => {
    const onImages = Object.keys({ ...convolutions, ...transposed, ...pools, ...fractional, ...upsampling, ...groups });
    expect(Object.keys(layers).sort()).toEqual(
      [...onImages, "dropout1d", "dropout2d"].filter((name) => name in exports).sort(),
    );
  });

  it.each(Object.keys(layers))("%s", (name) => {
    const [layer, shape, shapes = {}] = layers[name]!;
    // Values that no difference makes change places.
    const count = sizeOf(shape);
    const data = Array.from({ length: count }, (_, k) => (2 * ((k * 61 + 17) % count)) / count - 1 + 0.001 * k);
    const inputs: Doubles = {
      x: { data, shape },
      ...Object.fromEntries(Object.entries(shapes).map(([key, own], k) => [key, plain(own, 0.3, 1.2, 20 + k)])),
    };
    const f = ({ x, ...parameters }: Inputs): Tensor => {
      const tree: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(parameters)) {
        const [first, second] = key.split(".") as [string, string?];
        tree[first] = second ? { ...(tree[first] as object), [second]: value } : value;
      }
      const { output } = applyLayer(layer, tree as never, x!, { training: true });
      return output
        .square()
        .multiply(plain(output.shape, 0.5, 1.5, 33))
        .sum();
    };
    expectDerivatives(engine, f, inputs, 1e-4);
  });
});

/** Arguments as PyTorch names them; each op has some of them. */
interface FigureArguments {
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly groups: number;
  readonly output_padding: number;
  readonly kernel_size: number;
  readonly output_size: [number, number];
  readonly count_include_pad?: boolean;
  readonly _random_samples: [number, number][][];
  readonly num_groups: number;
  readonly scale_factor: number;
  readonly pad: [left: number, right: number, top: number, bottom: number];
  readonly running_mean?: number[];
  readonly running_var?: number[];
}
type LayerFigure = Figure<FigureArguments>;

/** The array with its axes in another order. */
function permuted(a: Plain, order: readonly number[]): Plain {
  return build(
    order.map((axis) => a.shape[axis] as number),
    (index) => {
      const source: number[] = [];
      for (const [k, axis] of order.entries()) source[axis] = index[k] as number;
      return at(a, source);
    },
  );
}

const figures = conformanceCases<LayerFigure>("ops/images").filter(({ op }) => !/rnn|lstm|attention/.test(op));

/** The layer that a figure is of. */
function layerOf({ op, args, shapes }: LayerFigure): Layer {
  const { stride, padding, dilation, groups, output_padding: outputPadding } = args;
  const { x = [], w = [] } = shapes;
  const channels = x[1] as number;
  const options = { stride, padding, groups };
  const kernel = w.slice(2) as [number, number];
  if (op === "conv2d") return conv2d(channels, w[0] as number, kernel, { ...options, dilation });
  if (op === "conv1d") return conv1d(channels, w[0] as number, kernel[0], { ...options, dilation });
  if (op === "conv_transpose2d")
    return convTranspose2d(channels, (w[1] as number) * groups, kernel, { ...options, outputPadding });
  const { kernel_size: size, output_size: outputSize } = args;
  if (op === "max_pool2d") return maxPool2d(size, { stride, padding });
  const { count_include_pad: countIncludePad = true } = args;
  if (op === "avg_pool2d") return avgPool2d(size, { stride, padding, countIncludePad });
  if (op === "adaptive_avg_pool2d") return adaptiveAvgPool2d(outputSize);
  if (op === "adaptive_max_pool2d") return adaptiveMaxPool2d(outputSize);
  if (op === "fractional_max_pool2d") {
    // u of PyTorch [batch, channels, 2], the width's first, in place of the drawn ones [batch, 2, channels].
    const layer = fractionalMaxPool2d(size, { outputSize });
    const draws = args._random_samples.map((sample) => [1, 0].map((axis) => sample.map((u) => u[axis] as number)));
    const apply: Layer["apply"] = (parameters, input, context) => {
      const uniform = () => input.trace.constant(draws, "f64");
      return layer.apply(parameters, input, { training: true, uniform } as unknown as typeof context);
    };
    return { ...layer, apply };
  }
  if (op === "batch_norm2d") return batchNorm(channels);
  if (op === "group_norm") return groupNorm(args.num_groups, channels);
  if (op === "interpolate_nearest") return upsample2d(args.scale_factor);
  expect(op).toBe("pad_reflect");
  // A kernel of one tap 1 in each channel passes on what padding makes; its pad is [left, right, top, bottom].
  const [left, right, top, bottom] = args.pad;
  const layer = depthwiseConv2d(channels, 1, {
    padding: [top, bottom, left, right],
    paddingMode: "reflect",
    bias: false,
  });
  const apply: Layer["apply"] = (_, input, context) => {
    const weight = input.trace.fill(1, [1, 1, 1, channels], input.dtype);
    return layer.apply({ weight } as never, input, context);
  };
  return { ...layer, parameters: {}, apply };
}

const named = (figure: LayerFigure, k: number): readonly [string, LayerFigure] => [
  `${k}: ${figure.op} ${JSON.stringify(figure.args)}`,
  figure,
];

describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  it.each(figures.map(named))("has PyTorch's outputs and gradients: %s", (_, figure) => {
    const layer = layerOf(figure);
    expectFigure(engine, dtype, figure, ({ x, w, b, ...affine }, { running_mean: mean, running_var: variance }) => {
      const parameters = { ...affine, ...(w && { weight: weights(w) }), ...(b && { bias: b }) };
      const numbers = mean && variance ? { mean, variance } : {};
      const state = Object.fromEntries(
        Object.entries(numbers).map(([name, value]) => [name, x!.trace.constant(value, dtype)]),
      );
      return first(applyLayer(layer, parameters as never, last(x!), { training: true, state }).output);
    });
  });
});

it("has 22 figures", () => {
  expect(figures).toHaveLength(22);
});

describe("8x8 digits, the convolutional net of PyTorch's run", () => {
  interface DigitsRun extends RecordedRun {
    readonly finalWeightSums: Readonly<Record<string, [sum: number, sumOfSquares: number]>>;
  }
  const { runs } = fixture<{ runs: DigitsRun[] }>("digits_cnn_traces");
  const recorded = runs[0]!;
  const shape = [8, 8, 1];

  async function expectRun(dtype: "f32" | "f64", tolerance: number, counts: number): Promise<void> {
    const draw = parkMiller();
    const drawn = (shape: number[], fanIn: number): Plain => ({
      data: Array.from({ length: sizeOf(shape) }, () => (2 * draw() - 1) * Math.sqrt(6 / fanIn)),
      shape,
    });
    const [w1, w2] = [drawn([8, 1, 3, 3], 9), drawn([16, 8, 3, 3], 72)].map((w) => permuted(w, [2, 3, 1, 0]));
    // Its rows are flattened by channel, row, column; here by row, column, channel.
    const dense = drawn([10, 64], 64);
    const w3 = build([64, 10], ([i = 0, o = 0]) => at(dense, [o, 4 * (i % 16) + Math.floor(i / 16)]));
    const model = sequential([
      conv2d(1, 8, 3, { padding: 1 }),
      relu(),
      maxPool2d(2),
      conv2d(8, 16, 3, { padding: 1 }),
      relu(),
      maxPool2d(2),
      flatten(),
      linear(64, 10),
    ]);
    const trainer = createTrainer(engine, {
      model,
      loss: softmaxCrossEntropy(),
      optimizer: sgd({ learningRate: 0.05, momentum: 0.9, momentumForm: "buffer" }),
      metrics: [accuracy()],
      dtype,
    });
    trainer.setParameters({ "0.weight": w1, "3.weight": w2, "7.weight": w3 } as never);
    const initial = trainer.evaluate(asData(train, shape));
    expectRelative(initial.loss, recorded.initialTrainLoss, tolerance, "initial loss");
    const losses = await fitRecorded(trainer, shape, recorded, draw, (epoch) => {
      if (dtype === "f64" || epoch === recorded.epochs - 1)
        expectEpoch(trainer, shape, recorded.history[epoch]!, tolerance, counts);
    });
    for (const [k, loss] of recorded.firstStepLosses.entries())
      expectRelative(losses[k]!, loss, tolerance, `loss of step ${k + 1}`);
    const places = { conv1: 0, conv2: 3, linear: 7 };
    for (const [name, [sum, sumOfSquares]] of Object.entries(recorded.finalWeightSums)) {
      const [layer, kind] = name.split(".") as [keyof typeof places, string];
      const values = flat(trainer.parameters()[`${places[layer]}.${kind}`]);
      const scale = sumOfSquares * tolerance;
      expect(Math.abs(values.reduce((a, b) => a + b) - sum)).toBeLessThan(scale);
      expect(Math.abs(values.reduce((a, b) => a + b * b, 0) - sumOfSquares)).toBeLessThan(scale);
    }
    trainer.free();
  }

  it("in f64: every loss within 1e-9, every count, the weights", () => expectRun("f64", 1e-9, 0));

  it("in f32: losses of the last epoch within 2e-3, counts within 3", () => expectRun("f32", 2e-3, 3));
});

/** Mean of squares over the batch, so that every number of the output counts. */
const squares = { name: "squares", targets: "values", apply: (y: Tensor) => y.square().mean() } as const;
const images = (rows: number, shape: readonly number[], seed = 3) => {
  const inputs = plain([rows, ...shape], -1, 1, seed);
  return { inputs, targets: Array.from({ length: rows }, () => [0]) };
};

describe("fractional max pooling", () => {
  /** Outputs of some steps, of the identity before it: the loss of a step by pixel is the output's. */
  const make = (options: Partial<TrainerOptions> = {}, ...given: Parameters<typeof fractionalMaxPool2d>) =>
    createTrainer(engine, {
      model: sequential([conv2d(1, 3, 3), fractionalMaxPool2d(...given), flatten(), linear(4 * 3 * 3, 2)]),
      loss: squares,
      optimizer: sgd({ learningRate: 0.05 }),
      dtype: "f64",
      seed: 4,
      ...options,
    });
  const forms = (["pseudorandom", "random"] as const).flatMap((regions) =>
    (["sample", "batch"] as const).flatMap((draw) =>
      [true, false].map((overlapping) => ({ regions, draw, overlapping })),
    ),
  );
  const data = images(12, [9, 7, 1]);
  const outputSize = [4, 3];

  it.each(forms)(
    "$regions, one draw a $draw, overlapping $overlapping: the same draws in runs, resumed and in a worker",
    async (form) => {
      const all = { outputSize, ...form };
      const [whole, cut] = [make({}, 2, all), make({ microBatch: 5 }, 2, all)];
      for (let step = 0; step < 3; step++) {
        const expected = whole.step(data);
        expectClose(cut.step(data).loss, expected.loss, 1e-13);
      }
      for (const [name, value] of Object.entries(whole.parameters()))
        expectClose(cut.parameters()[name], value, 1e-12, name);
      const resumed = make({}, 2, all);
      resumed.restore(whole.save());
      const fit = { steps: 5, batchSize: 5 } as const;
      expect((await resumed.fit(data, { ...fit, worker: true })).worker).toBe(true);
      await whole.fit(data, fit);
      expect(resumed.save()).toEqual(whole.save());
      for (const trainer of [whole, cut, resumed]) trainer.free();
    },
  );

  /** What the layer makes of an image in training at a step, by a model that is that layer and a loss that shows it. */
  function outputs(layer: Layer, inputs: Plain, training: boolean): NDArray {
    return run(
      engine,
      ((x: Tensor) => applyLayer(layer, {}, x, { training }).output) as never,
      inputs as never,
    ) as NDArray;
  }
  // A ramp: a window's largest value is its last pixel, row + 100 column.
  const ramp = build([6, 12, 11, 5], ([, row = 0, column = 0]) => row + 100 * column);

  it.each(forms)(
    "$regions, $draw, overlapping $overlapping: steps are ⌊α⌋ or ⌈α⌉, windows reach from edge to edge",
    ({ regions, draw, overlapping }) => {
      const layer = fractionalMaxPool2d([3, 2], { outputSize: [7, 8], regions, draw, overlapping });
      const { data, shape } = outputs(layer, ramp, true);
      expect(shape).toEqual([6, 7, 8, 5]);
      const seen = new Set<string>();
      for (let sample = 0; sample < 6; sample++)
        for (let channel = 0; channel < 5; channel++) {
          const value = (p: number, q: number): number => data[((sample * 7 + p) * 8 + q) * 5 + channel] as number;
          const ends = [
            Array.from({ length: 7 }, (_, p) => value(p, 0) % 100),
            Array.from({ length: 8 }, (_, q) => Math.floor(value(0, q) / 100)),
          ];
          seen.add(JSON.stringify(ends));
          for (const [k, [extent, kernel]] of (
            [
              [12, 3],
              [11, 2],
            ] as const
          ).entries()) {
            const list = ends[k]!;
            expect(list.at(-1)).toBe(extent - 1);
            const alpha = overlapping ? (extent - kernel) / (list.length - 1) : extent / list.length;
            // Before the first window lies pixel −1, where they cover the image; else the first begins at 0.
            const from = overlapping ? list : [-1, ...list];
            if (overlapping) expect(list[0]).toBe(kernel - 1);
            for (const [n, end] of from.slice(1).entries())
              expect([Math.floor(alpha), Math.ceil(alpha)]).toContain(end - from[n]!);
          }
        }
      if (draw === "batch") expect(seen.size).toBe(1);
      else expect(seen.size).toBeGreaterThan(regions === "random" ? 25 : 8);
    },
  );

  it("in evaluation takes the regions of u = 1/2, whatever is drawn in training", () => {
    const starts = (extent: number, kernel: number, count: number): number[] => {
      const alpha = (extent - kernel) / (count - 1);
      const inner = Array.from(
        { length: count - 1 },
        (_, n) => Math.floor((n + 0.5) * alpha) - Math.floor(0.5 * alpha),
      );
      return [...inner, extent - kernel];
    };
    for (const regions of ["pseudorandom", "random"] as const) {
      const { data } = outputs(fractionalMaxPool2d([3, 2], { outputSize: [7, 8], regions }), ramp, false);
      const expected = build(
        [6, 7, 8, 5],
        ([, p = 0, q = 0]) => starts(12, 3, 7)[p]! + 2 + 100 * (starts(11, 2, 8)[q]! + 1),
      );
      expectClose(data, expected, 0);
    }
  });

  it("of one window an axis takes the last place, and disjoint ones of ratio r keep ⌊r extent⌋ outputs", () => {
    const one = outputs(fractionalMaxPool2d(2, { outputSize: 1, regions: "random" }), ramp, true);
    expectClose(
      one,
      build([6, 1, 1, 5], () => 11 + 1000),
      0,
    );
    const { shape } = outputs(fractionalMaxPool2d(2, { outputRatio: [0.5, 0.99], overlapping: false }), ramp, true);
    expect(shape).toEqual([6, 6, 10, 5]);
  });
});

it("dropout of channels drops whole channels, of each sample by itself, at its rate", () => {
  for (const [layer, shape] of [
    [dropout1d(0.3), [40, 6, 50]],
    [dropout2d(0.3), [40, 3, 2, 50]],
  ] as const) {
    const x = plain(shape, 0.5, 1.5);
    const { data } = run(
      engine,
      ((input: Tensor) => applyLayer(layer, {}, input, { training: true }).output) as never,
      x as never,
    ) as NDArray;
    const factors = Array.from(data, (value, k) => Math.round((value / x.data[k]!) * 1e9) / 1e9);
    expect(new Set(factors)).toEqual(new Set([0, Math.round(1e9 / 0.7) / 1e9]));
    let dropped = 0;
    for (let sample = 0; sample < 40; sample++)
      for (let channel = 0; channel < 50; channel++) {
        const own = Array.from({ length: 6 }, (_, p) => factors[(sample * 6 + p) * 50 + channel]!);
        expect(new Set(own).size).toBe(1);
        dropped += Number(own[0] === 0);
      }
    // 2000 draws: four deviations are 0.041.
    expect(Math.abs(dropped / 2000 - 0.3)).toBeLessThan(0.041);
  }
});

describe("layers that are special cases of each other", () => {
  const output = (layer: Layer, given: Readonly<Record<string, Plain>>): NDArray =>
    run(
      engine,
      (({ x, ...rest }: Inputs) => applyLayer(layer, rest as never, x!).output) as never,
      given as never,
    ) as NDArray;

  it("separable: a depthwise convolution, then one of kernel 1", () => {
    const [x, deep, point, bias] = [plain([2, 5, 4, 3]), plain([3, 3, 1, 6]), plain([1, 1, 6, 2]), plain([2])];
    const separable = run(
      engine,
      (({ x, deep, point, bias }: Inputs) =>
        applyLayer(
          separableConv2d(3, 2, 3, { multiplier: 2, padding: "same" }),
          { depthwise: { weight: deep }, pointwise: { weight: point, bias } } as never,
          x!,
        ).output) as never,
      { x, deep, point, bias } as never,
    );
    const first = output(depthwiseConv2d(3, 3, { multiplier: 2, padding: 1, bias: false }), { x, weight: deep });
    expectClose(separable, output(conv2d(6, 2, 1), { x: first, weight: point, bias }), 1e-14);
  });

  it("global pools: the mean and the largest of every channel", () => {
    const x = plain([3, 4, 5, 2]);
    const pixels = (n: number, c: number) => Array.from({ length: 20 }, (_, k) => x.data[(n * 20 + k) * 2 + c]!);
    expectClose(
      output(globalAvgPool2d(), { x }),
      build([3, 2], ([n = 0, c = 0]) => pixels(n, c).reduce((a, b) => a + b) / 20),
      1e-15,
    );
    expectClose(
      output(globalMaxPool2d(), { x }),
      build([3, 2], ([n = 0, c = 0]) => Math.max(...pixels(n, c))),
      0,
    );
  });

  it("instance norm is group norm of one channel a group; rms norm divides by √(mean x² + ε)", () => {
    const [x, gamma, beta] = [plain([2, 3, 4, 6]), plain([6], 0.5, 2), plain([6])];
    const own = { gamma: onesInitializer, beta: zerosInitializer };
    expectClose(output(instanceNorm(6, own), { x, gamma, beta }), output(groupNorm(6, 6), { x, gamma, beta }), 1e-15);
    expectClose(output(instanceNorm(6), { x }), output(groupNorm(6, 6, { gamma: false, beta: false }), { x }), 1e-15);
    const expected = build(x.shape, ([n = 0, p = 0, q = 0, c = 0]) => {
      const values = Array.from({ length: 6 }, (_, k) => at(x, [n, p, q, k]));
      return (values[c]! / Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / 6 + 1e-6)) * gamma.data[c]!;
    });
    expectClose(output(rmsNorm(6), { x, gamma }), expected, 1e-14);
  });

  it("a padded convolution with zeros or pixels of the image: those of numpy.pad", () => {
    const x = { data: [1, 2, 3, 4], shape: [1, 4, 1] };
    const weight = { data: [1], shape: [1, 1, 1] };
    const padded = (paddingMode: "zeros" | "reflect" | "replicate" | "circular") =>
      flat(output(conv1d(1, 1, 1, { padding: [3, 2], paddingMode, bias: false }), { x, weight }));
    expect(padded("zeros")).toEqual([0, 0, 0, 1, 2, 3, 4, 0, 0]);
    expect(padded("reflect")).toEqual([4, 3, 2, 1, 2, 3, 4, 3, 2]);
    expect(padded("replicate")).toEqual([1, 1, 1, 1, 2, 3, 4, 4, 4]);
    expect(padded("circular")).toEqual([2, 3, 4, 1, 2, 3, 4, 1, 2]);
  });

  it('"same" gives ⌈extent / stride⌉ outputs, an odd pixel more at the end', () => {
    const x = { data: [1, 2, 3, 4, 5], shape: [1, 5, 1] };
    const weight = { data: [1, 10], shape: [2, 1, 1] };
    const same = (stride: number, more = {}) =>
      flat(output(conv1d(1, 1, 2, { padding: "same", stride, bias: false, ...more }), { x, weight }));
    expect(same(1)).toEqual([21, 32, 43, 54, 5]);
    expect(same(2)).toEqual([21, 43, 5]);
    expect(same(1, { paddingMode: "replicate" })).toEqual([21, 32, 43, 54, 55]);
  });
});

describe("starts", () => {
  const start = (layer: Layer): Record<string, NDArray> =>
    createTrainer(engine, {
      model: layer,
      loss: squares,
      optimizer: sgd({ learningRate: 0.1 }),
      dtype: "f64",
    }).parameters();
  const deviation = (values: number[]): number => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

  it("count fans with the receptive field: in · kh kw, out · kh kw", () => {
    for (const [mode, fan] of [
      ["fanIn", 9 * 40],
      ["fanOut", 9 * 60],
      ["fanAverage", 9 * 50],
    ] as const) {
      const weight = varianceScaling({ scale: 1, mode, distribution: "normal", convention: "pytorch" });
      const drawn = flat(start(conv2d(40, 60, 3, { weight })).weight);
      // 21600 numbers: four deviations of their deviation are 2 %.
      expect(Math.abs(deviation(drawn) * Math.sqrt(fan) - 1)).toBeLessThan(0.02);
    }
    expect(Math.abs(deviation(flat(start(conv2d(40, 60, 3)).weight)) * Math.sqrt(180) - 1)).toBeLessThan(0.02);
  });

  it('of convention "pytorch" are uniform on ±1 / √fanIn, weight and bias', () => {
    const { weight, bias } = start(conv2d(4, 600, 3, { groups: 2, convention: "pytorch" }));
    const bound = 1 / Math.sqrt(18);
    for (const values of [flat(weight), flat(bias)]) {
      const most = Math.max(...values.map(Math.abs));
      expect(most).toBeLessThanOrEqual(bound);
      expect(most).toBeGreaterThan(0.98 * bound);
      expect(Math.abs(deviation(values) * Math.sqrt(3) - bound)).toBeLessThan(0.1 * bound);
    }
    // In a transposed convolution PyTorch counts the output channels of a group as inputs.
    const { weight: back } = start(convTranspose2d(60, 8, 3, { convention: "pytorch" }));
    expect(Math.max(...flat(back).map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(72));
    expect(Math.max(...flat(back).map(Math.abs))).toBeGreaterThan(0.98 / Math.sqrt(72));
  });
});

it("an option that is given as undefined is one that is left out", () => {
  const makers: Readonly<Record<string, (options: object) => Layer>> = {
    conv1d: (o) => conv1d(2, 4, 3, o),
    conv2d: (o) => conv2d(2, 4, 3, o),
    depthwiseConv2d: (o) => depthwiseConv2d(2, 3, o),
    separableConv2d: (o) => separableConv2d(2, 4, 3, o),
    convTranspose1d: (o) => convTranspose1d(2, 4, 3, o),
    convTranspose2d: (o) => convTranspose2d(2, 4, 3, o),
    maxPool1d: (o) => maxPool1d(2, o),
    maxPool2d: (o) => maxPool2d(2, o),
    avgPool1d: (o) => avgPool1d(2, o),
    avgPool2d: (o) => avgPool2d(2, o),
    fractionalMaxPool2d: (o) => fractionalMaxPool2d(2, { outputSize: 3, ...o }),
    groupNorm: (o) => groupNorm(1, 2, o),
    instanceNorm: (o) => instanceNorm(2, o),
    rmsNorm: (o) => rmsNorm(2, o),
    dropout2d: (o) => dropout2d(0.3, o),
    residualStack: (o) => residualStack([relu()], o),
  };
  for (const [name, make] of Object.entries(makers)) {
    let known: string[] = [];
    try {
      make({ noSuchOption: 1 });
    } catch (error) {
      known = /Known options: (.*)\./.exec((error as Error).message)?.[1]?.split(", ") ?? [];
    }
    expect(known.length, name).toBeGreaterThan(0);
    const holes = Object.fromEntries(
      known.filter((option) => option !== "outputSize").map((option) => [option, undefined]),
    );
    const shape = /1d/.test(name) ? [2, 6, 2] : [2, 6, 5, 2];
    const left = (layer: Layer): NDArray => {
      const trainer = createTrainer(engine, { model: layer, loss: squares, optimizer: sgd({ learningRate: 0.1 }) });
      trainer.step({ inputs: plain(shape), targets: [[0], [0]] });
      const got = trainer.predict(plain(shape));
      trainer.free();
      return got;
    };
    expect(left(make(holes)), name).toEqual(left(make({})));
  }
});

describe("bad input", () => {
  it.each([
    [
      "groups of the inputs",
      () => conv2d(6, 8, 3, { groups: 4 }),
      "conv2d: groups must divide the channels, got 4 groups of 6 inputs and 8 outputs. Choose a divisor of both.",
    ],
    [
      "groups of the outputs",
      () => conv1d(4, 6, 3, { groups: 4 }),
      "conv1d: groups must divide the channels, got 4 groups of 4 inputs and 6 outputs. Choose a divisor of both.",
    ],
    [
      "groups of a transposed one",
      () => convTranspose2d(4, 6, 3, { groups: 4 }),
      "convTranspose2d: groups must divide the channels, got 4 groups of 4 inputs and 6 outputs. Choose a divisor of both.",
    ],
    [
      "groups of a norm",
      () => groupNorm(4, 6),
      "groupNorm: groups must divide the channels, got 4 groups of 6 channels. Choose a divisor of 6.",
    ],
    [
      "output padding",
      () => convTranspose2d(1, 1, 3, { stride: 2, outputPadding: 2 }),
      "convTranspose2d: outputPadding must be below the stride, got 2 for stride 2. Use a larger stride.",
    ],
    [
      "padding of a pool",
      () => maxPool2d(2, { padding: 2 }),
      "maxPool2d: padding must be at most half the kernel, got 2 for 2. Pad the image before.",
    ],
    [
      "an output of two kinds",
      () => fractionalMaxPool2d(2, { outputSize: 3, outputRatio: 0.5 }),
      "fractionalMaxPool2d: expected either outputSize or outputRatio, got both. Try { outputRatio: 0.7 }.",
    ],
    [
      "no output",
      () => fractionalMaxPool2d(2, {}),
      "fractionalMaxPool2d: expected either outputSize or outputRatio, got neither. Try { outputRatio: 0.7 }.",
    ],
    [
      "a ratio of 1",
      () => fractionalMaxPool2d(2, { outputRatio: 1 }),
      "fractionalMaxPool2d: outputRatio must be a number above 0 and below 1, got 1.",
    ],
    [
      "corners of nearest",
      () => upsample2d(2, "nearest", true),
      'upsample2d: alignCorners must be false with mode "nearest", got true. Use "bilinear".',
    ],
    [
      "a kernel of 0",
      () => conv2d(1, 1, [3, 0]),
      "conv2d: kernel must be a whole number of at least 1 and below 1073741824, got 0.",
    ],
  ] as const)("%s", (_, make, sentence) => {
    expect(make).toThrow(sentence);
  });

  const trainer = (model: Layer, options: Partial<TrainerOptions> = {}): Trainer =>
    createTrainer(engine, { model, loss: squares, optimizer: sgd({ learningRate: 0.1 }), seed: 2, ...options });

  /** The sentence of a step, which leaves everything as it was. */
  function refused(model: Layer, shape: number[]): string {
    const made = trainer(model);
    const before = made.save();
    let message = "";
    try {
      made.step({ inputs: plain(shape), targets: Array.from({ length: shape[0]! }, () => [0]) });
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      ({ message } = error as Error);
    }
    expect(made.save()).toEqual(before);
    expect(made.steps).toBe(0);
    made.free();
    return message;
  }

  it.each([
    [
      "a kernel larger than the padded image",
      conv2d(1, 2, 5, { padding: [0, 0, 1, 1] }),
      [2, 4, 4, 1],
      "step: conv2d(1, 2, [5, 5]): convolve: a kernel of 5 does not fit into 4 pixels of height, padding included. Pad the image, or take a smaller kernel.",
    ],
    [
      "a window larger than the image",
      maxPool2d(3),
      [2, 2, 4, 1],
      "step: maxPool2d(3): poolMax: a window of 3 pixels does not fit into 2 pixels of height, padding included. Take a smaller kernel.",
    ],
    [
      "a window larger than the image, channels first",
      maxPool2d(4),
      [2, 3, 28, 28],
      "step: maxPool2d(4): poolMax: a window of 4 pixels does not fit into 3 pixels of height, padding included. Take a smaller kernel; or, if [2, 3, 28, 28] has its channels first, transpose it by [0, 2, 3, 1]: channels come last.",
    ],
    [
      "an output beyond all numbers of the core",
      convTranspose2d(1, 2, 1, { stride: 2 ** 29 }),
      [2, 6, 6, 1],
      "step: convTranspose2d(1, 2, [1, 1]): convolveTransposed: the output is too large: got 2684354561 pixels of height, expected fewer than 2³⁰. Lower the padding, or enlarge by less.",
    ],
    [
      "an enlarged image beyond all numbers of the core",
      upsample2d(2 ** 29),
      [2, 6, 6, 1],
      "step: upsample2d([536870912, 536870912], nearest): resize: the output is too large: got 3221225472 pixels of height, expected fewer than 2³⁰. Lower the padding, or enlarge by less.",
    ],
    [
      "an output beyond all memory",
      upsample2d(2 ** 14),
      [2, 6, 6, 1],
      "step: upsample2d([16384, 16384], nearest): resample: the result of 73728.0 MiB has more elements than an engine can address. Split the work.",
    ],
    [
      "channels first",
      conv2d(3, 8, 3),
      [2, 3, 9, 9],
      "step: conv2d(3, 8, [3, 3]): got [2, 3, 9, 9], expected [batch, height, width, 3]. The channels seem to come first: transpose by [0, 2, 3, 1].",
    ],
    [
      "channels first of a sequence",
      conv1d(3, 8, 3),
      [2, 3, 9],
      "step: conv1d(3, 8, 3): got [2, 3, 9], expected [batch, length, 3]. The channels seem to come first: transpose by [0, 2, 1].",
    ],
    [
      "other channels",
      conv2d(3, 8, 3),
      [2, 9, 9, 4],
      "step: conv2d(3, 8, [3, 3]): got [2, 9, 9, 4], expected [batch, height, width, 3]. Check the channels, or the layer before.",
    ],
    [
      "no channels",
      conv2d(1, 8, 3),
      [2, 9, 9],
      "step: conv2d(1, 8, [3, 3]): got [2, 9, 9], expected [batch, height, width, 1]. Wrap one image in an array, or reshape to one channel.",
    ],
    [
      "rows",
      avgPool2d(2),
      [2, 81],
      "step: avgPool2d(2): got [2, 81], expected [batch, height, width, channels]. Reshape it to [batch, height, width, channels].",
    ],
    [
      "windows that do not fit",
      fractionalMaxPool2d(3, { outputSize: 5 }),
      [2, 6, 9, 1],
      "step: fractionalMaxPool2d([3, 3], [5, 5], pseudorandom, sample): got 6 pixels of height for 5 windows of 3, expected 1 .. 4 windows. Choose another output, or use a smaller kernel.",
    ],
    [
      "padding that takes all away",
      convTranspose2d(1, 1, 2, { padding: 3 }),
      [2, 2, 2, 1],
      "step: convTranspose2d(1, 1, [2, 2]): convolveTransposed: padding 3 + 3 leaves no pixel of height: got -3, expected at least 1. Lower padding.",
    ],
    [
      "one pixel of an instance norm",
      instanceNorm(2),
      [2, 1, 1, 2],
      "step: instanceNorm: needs at least 2 values per group, got 1 from shape [2, 1, 1, 2]. Use larger images.",
    ],
    [
      "two sizes in a residual",
      residual(conv2d(2, 2, 3)),
      [2, 6, 6, 2],
      "step: residual: the block must keep the shape: got [2, 4, 4, 2] from [2, 6, 6, 2]. Give its last layer the width of its input.",
    ],
  ] as const)("%s is refused, and nothing changes", (_, model, shape, sentence) => {
    expect(refused(model, [...shape])).toBe(sentence);
  });

  it("one image in place of a batch: the sentence has its shape, not that of the rows of a run", () => {
    const made = trainer(sequential([conv2d(1, 2, 3), flatten(), linear(26 * 26 * 2, 10)]));
    const image = { data: new Float32Array(28 * 28), shape: [28, 28, 1] };
    const said =
      /^predict: conv2d\(1, 2, \[3, 3\]\): got \[28, 28, 1\], expected \[batch, height, width, 1\]\. Wrap one image/;
    expect(() => made.predict(image)).toThrow(said);
    expect(() => made.predict(image)).toThrow(ShapeError);
    expect(made.predict({ ...image, shape: [1, 28, 28, 1] }).shape).toEqual([1, 10]);
  });

  it("images of two sizes: the sentence names both", () => {
    const made = trainer(sequential([conv2d(1, 2, 3), flatten(), linear(4 * 4 * 2, 1)]));
    made.step(images(3, [6, 6, 1]));
    const before = made.save();
    expect(() => made.step(images(3, [8, 6, 1]))).toThrow(/linear\(32, 1\): got \[3, 48\], expected \[batch, 32\]/);
    const [small, large] = [images(1, [6, 6, 1]).inputs, images(1, [6, 5, 1]).inputs].map(({ data, shape }) =>
      Array.from({ length: shape[1]! }, (_, p) =>
        Array.from({ length: shape[2]! }, (_, q) => [data[p * shape[2]! + q]]),
      ),
    );
    expect(() => made.predict([small, large] as never)).toThrow(/\b6\b.*\b5\b|\b5\b.*\b6\b/);
    expect(made.save()).toEqual(before);
    expect(made.step(images(3, [6, 6, 1])).loss).toBeGreaterThan(0);
  });

  it("a net that no memory holds is refused before the first step, with the bytes", async () => {
    const small = await testEngine({ memoryLimit: 2 ** 26 });
    const made = createTrainer(small, {
      model: sequential([conv2d(1, 64, 3, { padding: 1 }), relu(), globalAvgPool2d(), linear(64, 2)]),
      loss: squares,
      optimizer: sgd({ learningRate: 0.1 }),
    });
    expect(() =>
      createTrainer(small, { model: linear(2 ** 12, 2 ** 12), loss: squares, optimizer: sgd({ learningRate: 0.1 }) }),
    ).toThrow(
      /^createTrainer: engine: out of memory: \d+\.\d MiB more are needed\. .* or use a smaller batch or model\.$/,
    );
    expect(() => createDataset(small, { inputs: { data: new Float32Array(2 ** 25), shape: [2 ** 25] } })).toThrow(
      /^createDataset: engine: out of memory: /,
    );
    const before = made.save();
    expect(() => made.step(images(64, [64, 64, 1]))).toThrow(
      /^step: engine: out of memory: \d+\.\d MiB more are needed\. .* or use a smaller batch or model\.$/,
    );
    expect(made.save()).toEqual(before);
    expect(made.step(images(2, [16, 16, 1])).loss).toBeGreaterThan(0);
  });
});
