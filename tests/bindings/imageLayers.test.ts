// Layers for images and sequences against PyTorch's figures: outputs and gradients in both types, second derivatives by
// central differences, training of the convolutional net of digits_cnn_traces.json, and bad input.

import {
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
  createTrainer,
  depthwiseConv2d,
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
  meanSquaredError,
  type NDArray,
  ones,
  relu,
  residual,
  rmsNorm,
  separableConv2d,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  upsample2d,
  zeros,
} from "thalweg";
import { beforeAll, describe, expect, it } from "vitest";
import { fixture, testEngine } from "./engine.js";
import { at, build, expectClose, flat, numbers, type Plain, parkMiller, plain, sizeOf, typed } from "./numbers.js";
import { compile, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

let engine: Engine;
beforeAll(async () => {
  engine = await testEngine();
});

interface Figure {
  readonly op: string;
  readonly args: Readonly<Record<string, never>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly shapes: Readonly<Record<string, number[]>>;
  readonly output: unknown;
  readonly outShape: number[];
  readonly grads: Readonly<Record<string, unknown>>;
}

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

/** Channels last: images, sequences, and weights [out, in, ...kernel] as [...kernel, in, out]. */
const lastOf = (a: Plain): Plain =>
  a.shape.length === 4 ? permuted(a, [0, 2, 3, 1]) : a.shape.length === 3 ? permuted(a, [0, 2, 1]) : a;
const weightsOf = (a: Plain): Plain =>
  a.shape.length === 4 ? permuted(a, [2, 3, 1, 0]) : a.shape.length === 3 ? permuted(a, [2, 1, 0]) : a;

const { cases } = fixture<{ cases: Figure[] }>("torch_conv");
const figures = cases.filter(({ op }) => !/rnn|lstm|attention/.test(op));

/** The layer that a figure is of. */
function layerOf({ op, args, shapes }: Figure): Layer {
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
    const samples = args._random_samples as number[][][];
    const draws = samples.map((sample) => [1, 0].map((axis) => sample.map((u) => u[axis])));
    const apply: Layer["apply"] = (parameters, input, context) => {
      const uniform = () => input.trace.constant(draws as number[][][], "f64");
      return layer.apply(parameters, input, { training: true, uniform } as unknown as typeof context);
    };
    return { ...layer, apply };
  }
  if (op === "batch_norm2d") return batchNorm(channels);
  if (op === "group_norm") return groupNorm(args.num_groups, channels);
  if (op === "interpolate_nearest") return upsample2d(args.scale_factor);
  expect(op).toBe("pad_reflect");
  // A kernel of one tap 1 in each channel passes on what padding makes; its pad is [left, right, top, bottom].
  const [left, right, top, bottom] = args.pad as number[];
  const layer = depthwiseConv2d(channels, 1, {
    padding: [top, bottom, left, right] as [number, number, number, number],
    paddingMode: "reflect",
    bias: false,
  });
  const apply: Layer["apply"] = (_, input, context) => {
    const weight = input.trace.fill(1, [1, 1, 1, channels], input.dtype);
    return layer.apply({ weight } as never, input, context);
  };
  return { ...layer, apply };
}

const named = (figure: Figure, k: number): readonly [string, Figure] => [
  `${k}: ${figure.op} ${JSON.stringify(figure.args)}`,
  figure,
];
const parameterNames: Readonly<Record<string, string>> = { w: "weight", b: "bias" };

describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-12 : 1e-5;

  it.each(figures.map(named))("has PyTorch's outputs and gradients: %s", (_, figure) => {
    const { op, inputs, shapes, output, outShape, grads } = figure;
    const layer = layerOf(figure);
    const given = Object.entries(inputs).map(([name, value]) => {
      const array = { data: flat(value), shape: shapes[name] as number[] };
      return [name, name === "x" ? lastOf(array) : name === "w" ? weightsOf(array) : array] as const;
    });
    const point = Object.fromEntries(
      given.map(([name, { data, shape }]) => [name, { data: typed(dtype, Array.from(data)), shape: [...shape] }]),
    );
    const upstream = lastOf({
      data: Array.from({ length: sizeOf(outShape) }, (_, k) => Math.cos(k + 1)),
      shape: outShape,
    });
    const f = ({ x, ...rest }: Inputs): Tensor => {
      const parameters = Object.fromEntries(Object.entries(rest).map(([name, w]) => [parameterNames[name] ?? name, w]));
      const state = Object.fromEntries(
        op === "batch_norm2d"
          ? (["mean", "var"] as const).map((key) => [
              key === "mean" ? "mean" : "variance",
              x!.trace.constant(figure.args[`running_${key}`] as unknown as number[], dtype),
            ])
          : [],
      );
      return applyLayer(layer, parameters as never, x!, { training: true, state }).output;
    };
    const got = run(engine, f as never, point as never) as NDArray;
    expectClose(got, lastOf({ data: flat(output), shape: outShape }), tolerance, "output");
    const { gradient } = valueAndGrad(engine, (at: Inputs) =>
      f(at)
        .multiply(at.x!.trace.constant({ data: Array.from(upstream.data), shape: upstream.shape }, dtype))
        .sum(),
    )(point as never) as unknown as { gradient: Record<string, NDArray> };
    for (const [name, value] of Object.entries(grads)) {
      const array = { data: flat(value), shape: shapes[name] as number[] };
      expectClose(
        gradient[name],
        name === "x" ? lastOf(array) : name === "w" ? weightsOf(array) : array,
        tolerance,
        name,
      );
    }
  });
});

it("has 22 figures", () => {
  expect(figures).toHaveLength(22);
});
