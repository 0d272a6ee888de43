// Layers that know whether they train: dropout, noise, norms with running state, residual blocks, embedding; their
// random numbers and state through steps, runs, checkpoints and evaluation.

import {
  adam,
  applyLayer,
  batchNorm,
  createTrainer,
  dropout,
  embedding,
  findLearningRate,
  flatten,
  gaussianNoise,
  type History,
  type Layer,
  layerNorm,
  linear,
  linearSchedule,
  meanSquaredError,
  mish,
  type NDArray,
  network,
  onesInitializer,
  type ParameterTensors,
  plateauSchedule,
  relu,
  residual,
  residualStack,
  rmsNorm,
  type Schedulable,
  scheduleValues,
  sequential,
  sgd,
  softmaxCrossEntropy,
  softplus,
  stepDecay,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
  trainerSurface,
  zerosInitializer,
} from "thalweg";
import { describe, expect, it } from "vitest";
import * as activations from "../../bindings/layers/activations.js";
import * as exports from "../../bindings/layers/index.js";
import { type Doubles, expectDerivatives } from "./differences.js";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits, flat, hash, numbers, plain } from "./numbers.js";
import { type Arrays, compile, type Inputs, run, valueAndGrad } from "./transforms.js";

engineForAll();

/** A layer as a function of x alone, with parameters and state by name. */
function applied(layer: Layer, training: boolean, given: Arrays, x: unknown): NDArray {
  const f = ({ x: input, ...rest }: Inputs): Tensor => {
    const state = Object.fromEntries(Object.entries(rest).filter(([key]) => key in (layer.state ?? {})));
    return applyLayer(layer, rest as never, input!, { training, state }).output;
  };
  return run(engine, f, { ...given, x } as never) as NDArray;
}

/** A trainer whose first step answers what `layer` does to the inputs: the gradient of a parameter of ones times it. */
function outputsOfStep(layer: Layer, inputs: NDArray, options: Partial<TrainerOptions> = {}, steps = 1): number[][] {
  const width = inputs.shape[1] as number;
  const model: Layer = {
    name: "probe",
    parameters: {
      probe: { shape: [inputs.shape[0] as number, width], initializer: zerosInitializer },
      inner: layer.parameters,
    },
    state: { inner: layer.state ?? {} },
    // Row r of the probe meets row r of the batch through its one-hot first column, which says where the row stands.
    apply({ probe, inner }, x, context) {
      const rows = x
        .slice(1, 0, 1)
        .reshape([-1])
        .cast("i32")
        .oneHot(inputs.shape[0] as number, "f64");
      return layer
        .apply((inner ?? {}) as ParameterTensors, x.slice(1, 1), context.of("inner"))
        .multiply(rows.matmul(probe!));
    },
  };
  const rows = inputs.shape[0] as number;
  const numbered = Array.from({ length: rows }, (_, r) => [
    r,
    ...Array.from(inputs.data.slice(r * width, (r + 1) * width)),
  ]);
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
    trainer.setParameters({ probe: { data: new Float64Array(rows * width), shape: [rows, width] } });
    trainer.step({ inputs: numbered, targets: numbered });
    seen.push(flat(trainer.parameters().probe).map((value) => -value));
  }
  trainer.free();
  return seen;
}

const features = 4;
const rowCount = 37;
const data = {
  inputs: { data: Float32Array.from(numbers(rowCount * features)), shape: [rowCount, features] },
  targets: Int32Array.from(numbers(rowCount, 0, 3, 99), Math.floor),
};
const busy = (): Layer =>
  sequential([
    gaussianNoise(0.05),
    linear(features, 8),
    batchNorm(8),
    relu(),
    dropout(0.3),
    residual(sequential([linear(8, 8), batchNorm(8), relu()]), { survival: 0.7, draw: "sample" }),
    residual(linear(8, 8), { survival: 0.5 }),
    dropout(linearSchedule({ from: 0.1, to: 0.6, length: 9 })),
    residualStack([linear(8, 8), sequential([batchNorm(8), linear(8, 8)])], {
      survival: { last: (step) => 0.9 - 0.05 * Math.min(step, 8) },
      draw: "sample",
    }),
    layerNorm(8),
    linear(8, 3),
  ]);
const make = (options: Partial<TrainerOptions> = {}): Trainer =>
  createTrainer(engine, {
    model: busy(),
    loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 11,
    ...options,
  });
const everything = (trainer: Trainer): string =>
  hash([...Object.values(trainer.parameters()), ...Object.values(trainer.state())].map((a) => a.data));

describe("dropout", () => {
  const x: NDArray = { data: Float64Array.from(numbers(12 * 5, 0.5, 1.5)), shape: [12, 5] };

  it("keeps an element as x / (1 − p) or makes it 0, at about the rate", () => {
    const outs = outputsOfStep(dropout(0.4), x, {}, 30);
    let kept = 0;
    for (const out of outs)
      for (const [k, value] of out.entries()) {
        if (value !== 0) expectClose(value, (x.data[k] as number) / 0.6, 1e-14);
        kept += Number(value !== 0);
      }
    // 1800 draws: three deviations are 0.035.
    expect(Math.abs(kept / 1800 - 0.6)).toBeLessThan(0.035);
    expect(new Set(outs.map((out) => out.join())).size).toBe(30);
  });

  it("the mean over masks equals the network scaled by 1 − p, for a linear layer", () => {
    // Over every mask, each with its probability, the mean of W (m ⊙ x) is W (1 − p) x: exact for the 2⁵ masks. The masks
    // of many steps have a mean m̄, and the mean of their outputs is W (m̄ ⊙ x), which nears it.
    const outs = outputsOfStep(dropout(0.5, { mode: "testScaled" }), x, {}, 400);
    const mean = outs[0]!.map((_, k) => outs.reduce((total, out) => total + out[k]!, 0) / 400);
    const scaled = applied(dropout(0.5, { mode: "testScaled" }), false, {}, x);
    const w = numbers(5, -1, 1, 40);
    for (let r = 0; r < 12; r++) {
      const through = (row: number[]): number =>
        w.reduce((total, weight, j) => total + weight * (row[r * 5 + j] as number), 0);
      const spread = Math.sqrt(
        w.reduce((total, weight, j) => total + (weight * x.data[r * 5 + j]!) ** 2 * 0.25, 0) / 400,
      );
      expect(Math.abs(through(mean) - through(flat(scaled)))).toBeLessThan(4.5 * spread);
      let expected = 0;
      for (let mask = 0; mask < 32; mask++)
        expected += through(Array.from(x.data, (value, k) => ((mask >> (k % 5)) & 1 ? value : 0))) / 32;
      expectClose(through(flat(scaled)), expected, 1e-14);
    }
  });

  it("in evaluation is the identity, or 1 − p times it", () => {
    expectSameBits(applied(dropout(0.4), false, {}, x), x.data);
    expectClose(
      applied(dropout(0.4, { mode: "testScaled" }), false, {}, x),
      Array.from(x.data, (value) => value * 0.6),
      1e-15,
    );
    expectSameBits(applied(dropout(0), true, {}, x), x.data);
  });

  it.each([
    ["dropout", dropout(0.4)],
    ["dropout on a schedule", dropout(linearSchedule({ from: 0.2, to: 0.6, length: 3 }))],
    ["gaussianNoise", gaussianNoise(0.3)],
    ["residual, one draw a sample", residual(relu(), { survival: 0.6, draw: "sample" })],
    ["residual, one draw a batch", residual(relu(), { survival: 0.6 })],
  ] as const)("%s draws the same numbers however a batch is cut into runs", (_, layer) => {
    const whole = outputsOfStep(layer, x, {}, 3);
    for (const microBatch of [1, 5, 6, 11]) {
      const parts = outputsOfStep(layer, x, { microBatch }, 3);
      for (const [step, out] of parts.entries()) expectClose(out, whole[step], 1e-15);
    }
  });

  it("two layers, and two draws of one layer, have streams of their own", () => {
    const twice: Layer = {
      name: "twice",
      parameters: {},
      apply: (_, input, context) => {
        const [a, b] = [context.bernoulli(0.5, input.shape), context.bernoulli(0.5, input.shape)];
        return a.add(b.multiply(2));
      },
    };
    const [out] = outputsOfStep(twice, x);
    expect(new Set(out)).toEqual(new Set([0, 1, 2, 3]));
    const [pair] = outputsOfStep(sequential([dropout(0.5), dropout(0.5)]), x);
    const zerosOf = pair!.filter((value) => value === 0).length;
    // One mask would keep a half, two independent ones a quarter of 60.
    expect(zerosOf).toBeGreaterThan(36);
  });

  it("does not depend on layers without random numbers, nor on what else the model computes", () => {
    const plain = sequential([linear(5, 5), dropout(0.5)]);
    const same = sequential([residual(linear(5, 5)), dropout(0.5)]);
    const zerosOf = (model: Layer): number[] => outputsOfStep(model, x)[0]!.map((value) => Number(value === 0));
    const [a, b] = [zerosOf(plain), zerosOf(sequential([linear(5, 5), dropout(0.5)]))];
    expect(a).toEqual(b);
    // The index counts layers in declaration order; the block inside the residual is one more.
    expect(zerosOf(same)).not.toEqual(a);
  });
});

describe("batch norm", () => {
  interface Recorded {
    readonly momentum: number;
    readonly gamma: number[];
    readonly beta: number[];
    readonly steps: {
      x: number[][];
      output: number[][];
      grads: Record<string, unknown>;
      mean: number[];
      variance: number[];
    }[];
    readonly evaluation: { x: number[][]; output: number[][]; grads: Record<string, unknown> };
  }
  const { batchNorm: recorded } = fixture<{ batchNorm: Recorded[] }>("torch_layers");
  const upstream = (rows: number) => ({
    data: Array.from({ length: rows * 3 }, (_, k) => Math.cos(k + 1)),
    shape: [rows, 3],
  });

  it.each(recorded)("has PyTorch's outputs, gradients and statistics, momentum $momentum", (figures) => {
    const layer = batchNorm(3, { momentum: figures.momentum });
    let state: Arrays = { mean: [0, 0, 0], variance: [1, 1, 1] };
    const { gamma, beta } = figures;
    const gradients = (training: boolean, x: number[][]) =>
      valueAndGrad(engine, ({ x: input, gamma, beta, mean, variance }: Inputs) =>
        applyLayer(layer, { gamma, beta } as never, input!, { training, state: { mean: mean!, variance: variance! } })
          .output.multiply(upstream(x.length))
          .sum(),
      )({ x, gamma, beta, ...state }).gradient;
    for (const { x, output, grads, mean, variance } of figures.steps) {
      expectClose(applied(layer, true, { gamma, beta, ...state }, x), output, 1e-12, "output");
      const got = gradients(true, x);
      for (const key of ["x", "gamma", "beta"]) expectClose(got[key], grads[key], 1e-12, key);
      const next =
        (name: string) =>
        ({ x, ...state }: Arrays) =>
          compile(engine, ({ x: input, mean, variance }: Inputs) => {
            const given = { gamma: input!.sum({ axes: 0 }), beta: input!.sum({ axes: 0 }) };
            return applyLayer(layer, given as never, input!, {
              training: true,
              state: { mean: mean!, variance: variance! },
            }).state[name]!;
          })({ x, ...state } as Arrays) as NDArray;
      state = { mean: next("mean")({ x, ...state }), variance: next("variance")({ x, ...state }) };
      expectClose(state.mean, mean, 1e-14, "running mean");
      expectClose(state.variance, variance, 1e-14, "running variance");
    }
    const { x, output, grads } = figures.evaluation;
    expectClose(applied(layer, false, { gamma, beta, ...state }, x), output, 1e-12, "evaluation");
    const got = gradients(false, x);
    for (const key of ["x", "gamma", "beta"]) expectClose(got[key], grads[key], 1e-12, key);
  });

  it("with γ = √(σ² + ε) and β = μ gives the input back", () => {
    const x = plain([6, 3], -5, 9);
    const column = (k: number) => [0, 1, 2, 3, 4, 5].map((r) => x.data[3 * r + k] as number);
    const beta = [0, 1, 2].map((k) => column(k).reduce((a, b) => a + b) / 6);
    const gamma = [0, 1, 2].map((k) =>
      Math.sqrt(column(k).reduce((total, value) => total + (value - beta[k]!) ** 2, 0) / 6 + 1e-5),
    );
    const state = { mean: [0, 0, 0], variance: [1, 1, 1] };
    expectClose(applied(batchNorm(3), true, { gamma, beta, ...state }, x), x.data, 1e-14);
    const statistics = { mean: beta, variance: gamma.map((g) => g * g - 1e-5) };
    expectClose(applied(batchNorm(3), false, { gamma, beta, ...statistics }, x), x.data, 1e-14);
  });

  it("accumulates moments in f64: a mean far above the deviation costs f32 nothing more than its rounding", () => {
    const x = Float32Array.from({ length: 4096 }, (_, k) => 1000 + (k % 7) / 8);
    const wide = Float64Array.from(x);
    const given = (dtype: typeof Float32Array | typeof Float64Array, values: Float32Array | Float64Array) =>
      applied(
        batchNorm(1, { gamma: false, beta: false }),
        true,
        { mean: dtype.of(0), variance: dtype.of(1) },
        { data: values, shape: [4096, 1] },
      );
    expectClose(given(Float32Array, x), given(Float64Array, wide), 3e-4);
  });

  it.each([
    ["f64", 2, 1e-14],
    ["f64", 75, 1e-14],
    ["f32", 75, 1e-6],
  ] as const)(
    "moves the statistics once a step, to the mean of those of its runs, in %s, of %d columns",
    (dtype, width, tolerance) => {
      const inputs = plain([12, width], -2, 3);
      const start = { "0.mean": numbers(width, -1, 1, 5), "0.variance": numbers(width, 1, 3, 6) };
      const train = (microBatch: number): Record<string, NDArray> => {
        const trainer = createTrainer(engine, {
          model: sequential([batchNorm(width, { runningVariance: "biased" })]),
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
          dtype,
          microBatch,
        });
        trainer.setState(start);
        trainer.step({ inputs, targets: inputs });
        return trainer.state();
      };
      const [whole, parts] = [train(12), train(4)];
      const columns = Array.from({ length: width }, (_, k) =>
        Array.from({ length: 12 }, (_, r) => inputs.data[width * r + k] as number),
      );
      const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
      const means = columns.map((column, k) => 0.9 * start["0.mean"][k]! + 0.1 * mean(column));
      for (const state of [whole, parts]) expectClose(state["0.mean"], means, tolerance);
      const variances = columns.map((column, k) => {
        const runs = [0, 4, 8].map((from) => {
          const values = column.slice(from, from + 4);
          return mean(values.map((value) => (value - mean(values)) ** 2));
        });
        return 0.9 * start["0.variance"][k]! + 0.1 * mean(runs);
      });
      expectClose(parts["0.variance"], variances, tolerance);
    },
  );

  it("conventions differ in momentum, ε and the running variance; options win", () => {
    const x = [[0], [2]];
    const next = (options: object) => {
      const trainer = createTrainer(engine, {
        model: batchNorm(1, options),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 0.1 }),
        dtype: "f64",
      });
      trainer.step({ inputs: x, targets: x });
      return Object.values(trainer.state()).map((a) => a.data[0]);
    };
    expectClose(next({}), [0.1, 0.9 + 0.1 * 2], 1e-15);
    expectClose(next({ convention: "keras" }), [0.01, 0.99 + 0.01 * 1], 1e-15);
    expectClose(next({ convention: "keras", momentum: 0.5 }), [0.5, 1], 1e-15);
    const at = (options: object) =>
      flat(applied(batchNorm(1, { gamma: false, beta: false, ...options }), false, { mean: [0], variance: [1] }, x))[1];
    expectClose(at({}), 2 / Math.sqrt(1 + 1e-5), 1e-15);
    expectClose(at({ convention: "keras" }), 2 / Math.sqrt(1 + 1e-3), 1e-15);
  });

  it("refuses one value a feature in training, other widths, wrong options", () => {
    const trainer = createTrainer(engine, {
      model: batchNorm(2),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    const before = everything(trainer);
    expect(() => trainer.step({ inputs: [[1, 2]], targets: [[1, 2]] })).toThrowError(
      /at least 2 values for each feature/,
    );
    expect(() => trainer.step({ inputs: [[1], [2]], targets: [[1], [2]] })).toThrowError(/the last axes must be \[2\]/);
    expect(everything(trainer)).toBe(before);
    expect(trainer.evaluate({ inputs: [[1, 2]], targets: [[1, 2]] }).loss).toBeLessThan(1e-6);
    expect(() => batchNorm(2, { momentum: 2 })).toThrowError(
      /momentum must be a number of at least 0 and at most 1, got 2/,
    );
    expect(() => batchNorm(0)).toThrowError(/features must be/);
    expect(() => batchNorm(2, { eps: 1 } as never)).toThrowError(/unknown option "eps"/);
    expect(() => batchNorm(2, { convention: "caffe" as never })).toThrowError(/convention must be/);
  });
});

describe("layer norm", () => {
  interface Figure {
    readonly name: string;
    readonly extents: number[];
    readonly epsilon?: number;
    readonly inputs: Record<string, unknown>;
    readonly output: unknown;
    readonly grads: Record<string, unknown>;
  }
  const { layerNorm: figures } = fixture<{ layerNorm: Figure[] }>("torch_layers");
  it.each(figures)("has PyTorch's outputs and gradients: $name", ({ extents, epsilon, inputs, output, grads }) => {
    const layer = layerNorm(extents, epsilon === undefined ? {} : { epsilon });
    const { x, gamma, beta } = inputs as { x: number[]; gamma: number[]; beta: number[] };
    expectClose(applied(layer, true, { gamma, beta }, x), output, 1e-12);
    const { gradient } = valueAndGrad(engine, ({ x, gamma, beta }: Inputs) => {
      const y = applyLayer(layer, { gamma, beta } as never, x!).output;
      return y.multiply({ data: Array.from({ length: y.size }, (_, k) => Math.cos(k + 1)), shape: y.shape }).sum();
    })({ x, gamma, beta } as Arrays);
    for (const key of ["x", "gamma", "beta"]) expectClose(gradient[key], grads[key], 1e-12, key);
  });
});

describe("derivatives of both orders by differences", () => {
  const layers: Readonly<Record<string, readonly [Layer, Arrays]>> = {
    ...Object.fromEntries(Object.entries(activations).map(([name, make]) => [name, [make(), {}]])),
    sequential: [sequential([tanh(), softplus()]), {}],
    network: [network({ a: tanh(), b: softplus() }, ({ a, b }, x) => a(b(x)).add(b(a(x)))), {}],
    batchNorm: [batchNorm(3), { gamma: [1.2, 0.8, -0.5], beta: [0.1, 0, -1], mean: [0, 0, 0], variance: [1, 1, 1] }],
    layerNorm: [layerNorm(3), { gamma: [1.2, 0.8, -0.5], beta: [0.1, 0, -1] }],
    dropout: [sequential([dropout(0.5), mish()]), {}],
    gaussianNoise: [sequential([gaussianNoise(0.5), mish()]), {}],
    residual: [residual(mish(), { survival: 0.5, mode: "inverted", draw: "sample" }), {}],
    residualStack: [residualStack([mish(), tanh()], { survival: { last: () => 0.5 }, draw: "sample" }), {}],
    rmsNorm: [rmsNorm(3), { gamma: [1.2, 0.8, -0.5] }],
  };
  it("has a row for every layer", () => {
    // Linear is a product of matrices and a sum; embedding takes whole numbers, and has tests below; applyLayer is no layer;
    // imageLayers.test.ts has a row for those on images, recurrent.test.ts is about recurrent ones.
    const recurrent = ["rnn", "gru", "lstm"].flatMap((name) => [name, `${name}Cell`]);
    const apart = ["linear", "embedding", "applyLayer", ...recurrent];
    const onImages = /(1d|2d)$|^(group|instance)Norm$/;
    const here = Object.keys(exports).filter((name) => !onImages.test(name));
    expect([...Object.keys(layers), ...apart].sort()).toEqual(here.sort());
  });
  it.each(Object.keys(layers))("%s", (name) => {
    const [layer, given] = layers[name]!;
    const stateful = layer.state ?? {};
    const moving = Object.fromEntries(Object.entries(given).filter(([key]) => !(key in stateful)));
    const held = Object.fromEntries(Object.entries(given).filter(([key]) => key in stateful));
    const weights = plain([4, 3], 0.5, 1.5, 33);
    const f = ({ x, ...parameters }: Inputs): Tensor => {
      const state = Object.fromEntries(
        Object.entries(held).map(([key, value]) => [key, x!.trace.constant(value, "f64")]),
      );
      const { output } = applyLayer(layer, parameters as never, x!, { training: true, state });
      return output.square().multiply(weights).sum();
    };
    const inputs: Doubles = {
      x: plain([4, 3], -1, 1, 3),
      ...Object.fromEntries(
        Object.entries(moving).map(([key, value]) => [key, { data: value as number[], shape: [3] }]),
      ),
    };
    expectDerivatives(engine, f, inputs, 1e-4);
  });
});

describe("a number of a layer that follows a schedule", () => {
  const decaying = linearSchedule({ from: 0.1, to: 0.7, length: 5 });
  const values = [0.1, 0.22, 0.34, 0.46, 0.58, 0.7];
  type Make = (number: Schedulable) => Layer;
  const makers: Readonly<Record<string, Make>> = {
    "dropout, inverted": (p) => dropout(p),
    "dropout, testScaled": (p) => dropout(p, { mode: "testScaled" }),
    gaussianNoise: (p) => gaussianNoise(p),
    "residual, inverted": (p) => residual(linear(8, 8), { survival: p, mode: "inverted", draw: "sample" }),
    "residual, testScaled": (p) => residual(linear(8, 8), { survival: p }),
    "a stack": (p) => residualStack([linear(8, 8), tanh(), linear(8, 8)], { survival: { last: p } }),
    "a stack of equal survival": (p) =>
      residualStack([linear(8, 8), tanh()], { survival: { last: p, rule: "constant" }, mode: "inverted" }),
  };
  const trainerOf = (layer: Layer, options: Partial<TrainerOptions> = {}): Trainer =>
    // One name whatever the number, so that each takes up the checkpoint of the one before.
    make({ model: sequential([linear(features, 8), { ...layer, name: "layer" }, linear(8, 3)]), ...options });

  it.each(Object.keys(makers).flatMap((name) => (["f32", "f64"] as const).map((dtype) => [name, dtype] as const)))(
    "has the bits of the numbers given one by one: %s, %s",
    (name, dtype) => {
      const maker = makers[name]!;
      // As a table, so that both schedules and users' functions are looked at.
      for (const schedule of [decaying, (step: number) => values[step] as number]) {
        const followed = trainerOf(maker(schedule), { dtype });
        let file: Uint8Array | null = null;
        for (const value of scheduleValues(engine, schedule, 6)) {
          const fixed = trainerOf(maker(value), { dtype });
          if (file) fixed.restore(file);
          expect(followed.evaluate(data)).toEqual(fixed.evaluate(data));
          expectSameBits(followed.predict(data.inputs), fixed.predict(data.inputs));
          expect(followed.step(data)).toEqual(fixed.step(data));
          expect(everything(followed)).toBe(everything(fixed));
          file = fixed.save();
          fixed.free();
        }
        followed.free();
      }
    },
  );

  it("is read from a plateau, from epochs, by many steps in one call and by step, resumed and in a worker", async () => {
    for (const schedule of [
      plateauSchedule({ initial: 0.6, factor: 0.5, patience: 0 }),
      stepDecay({ initial: 0.6, length: 1, factor: 0.5, unit: "epoch" }),
      (step: number) => 0.5 / (1 + step),
    ]) {
      const model = (): Layer =>
        sequential([
          linear(features, 8),
          dropout(schedule, { mode: "testScaled" }),
          residualStack([linear(8, 8), tanh()], { survival: { last: schedule } }),
          linear(8, 3),
        ]);
      const fit = { batchSize: 7, validation: data } as const;
      const timeless = ({ epochs }: History) => epochs.map(({ seconds: _, ...epoch }) => epoch);
      const [whole, resumed, remote] = [make({ model: model() }), make({ model: model() }), make({ model: model() })];
      const first = await whole.fit(data, { ...fit, epochs: 3 });
      const there = await remote.fit(data, { ...fit, epochs: 3, worker: true });
      expect(there.worker).toBe(true);
      expect(timeless(there)).toEqual(timeless(first));
      resumed.restore(remote.save());
      const [a, b] = [await whole.fit(data, { ...fit, epochs: 2 }), await resumed.fit(data, { ...fit, epochs: 2 })];
      expect(timeless(b)).toEqual(timeless(a));
      expect(resumed.save()).toEqual(whole.save());
    }
  });

  it("is refused where it leaves its range, before anything changes", () => {
    expect(() => dropout(linearSchedule({ from: 0, to: 1, length: 3 }))).toThrow(
      "dropout: every value of the schedule of rate must be a number of at least 0 and below 1, got 1.",
    );
    expect(() => residual(relu(), { survival: linearSchedule({ from: 1.5, to: 0.5, length: 3 }) })).toThrow(
      "residual: every value of the schedule of survival must be a number of at least 0 and at most 1, got 1.5.",
    );
    // 0 would be divided by.
    const fading = linearSchedule({ from: 1, to: 0, length: 3 });
    const above = "must be a number above 0 and at most 1, got 0.";
    expect(() => residual(relu(), { survival: fading, mode: "inverted" })).toThrow(
      `residual: every value of the schedule of survival ${above}`,
    );
    expect(() => residualStack([relu()], { survival: { last: fading }, mode: "inverted" })).toThrow(
      `residualStack: every value of the schedule of survival.last ${above}`,
    );
    const trainer = trainerOf(dropout((step) => 0.5 + step / 2));
    trainer.step(data);
    const before = trainer.save();
    for (const run of [() => trainer.step(data), () => trainer.evaluate(data), () => trainer.predict(data.inputs)])
      expect(run).toThrow(
        /^dropout: the value of the function of rate at step 1 must be a number of at least 0 and below 1, got 1/,
      );
    expect(trainer.save()).toEqual(before);
  });

  it("of another schedule is another model, and its parameters differ by name alone", () => {
    const [one, other] = [trainerOf(dropout(decaying)), trainerOf(dropout(linearSchedule({ from: 0.1, length: 5 })))];
    expect(() => other.restore(one.save())).toThrow(/another schedule for rate/);
    expect(Object.keys(one.state())).toEqual([]);
  });

  it("outside a trainer has its value at step 0, and any that is given", () => {
    const x = plain([3, 4]);
    const layer = dropout(decaying, { mode: "testScaled" });
    const scaled = applied(layer, false, {}, x);
    expectClose(
      scaled,
      x.data.map((value) => value * 0.9),
      1e-15,
    );
    expectClose(
      applied(layer, false, { rate: 0.25 }, x),
      x.data.map((value) => value * 0.75),
      1e-15,
    );
  });

  it("lets the learning-rate test and the surface see the value of the next update", () => {
    const trainer = trainerOf(dropout(decaying, { mode: "testScaled" }), { dtype: "f64" });
    const rates = { steps: 3, batchSize: 37, from: 1e-9, to: 1e-8 };
    const fixed = trainerOf(dropout(0.1, { mode: "testScaled" }), { dtype: "f64" });
    const expected = findLearningRate(fixed, data, rates).losses;
    expectSameBits(findLearningRate(trainer, data, rates).losses, expected);
    for (let step = 0; step < 3; step++) {
      const surface = trainerSurface(trainer, data);
      expectClose(surface.value(), trainer.evaluate(data).loss, 1e-14);
      surface.free();
      trainer.step(data);
    }
    const twin = trainerOf(dropout(decaying, { mode: "testScaled" }), { dtype: "f64" });
    for (let step = 0; step < 3; step++) twin.step(data);
    expect(everything(trainer)).toBe(everything(twin));
  });
});

describe("a stack of residual blocks", () => {
  it("keeps block k of L with 1 − k / L (1 − s_L) in training, and scales by it in evaluation", () => {
    // Block k adds 10^k times the identity, so that the digits of the output say which were kept.
    const times = (factor: number): Layer => ({ name: "times", parameters: {}, apply: (_, x) => x.multiply(factor) });
    const survival = { last: 0.4 };
    const stack = residualStack([times(0.1), times(0.01), times(0.001)], { survival, draw: "sample" });
    const x = { data: new Float64Array(400).fill(1), shape: [400, 1] };
    const kept = [0, 0, 0];
    for (const value of flat(applied(stack, true, {}, x))) {
      const match = [0, 1, 2, 3, 4, 5, 6, 7].find(
        (mask) =>
          Math.abs([0.1, 0.01, 0.001].reduce((p, f, k) => ((mask >> k) & 1 ? p * (1 + f) : p), 1) - value) < 1e-12,
      ) as number;
      for (const k of kept.keys()) kept[k]! += (match >> k) & 1;
    }
    // 400 draws: four deviations are 0.1.
    for (const [k, s] of [0.8, 0.6, 0.4].entries()) expect(Math.abs(kept[k]! / 400 - s)).toBeLessThan(0.1);
    const whole = [0.1, 0.01, 0.001].map((f, k) => 1 + f * [0.8, 0.6, 0.4][k]!).reduce((a, b) => a * b);
    expectClose(flat(applied(stack, false, {}, x))[0], whole, 1e-15);
    const constant = residualStack([times(0.1), times(0.01)], { survival: { last: 0.4, rule: "constant" } });
    expectClose(flat(applied(constant, false, {}, x))[0], (1 + 0.04) * (1 + 0.004), 1e-15);
    const inverted = residualStack([times(0.1)], { survival: {}, mode: "inverted", draw: "sample" });
    expectClose(flat(applied(inverted, false, {}, x))[0], 1.1, 1e-15);
    for (const value of flat(applied(inverted, true, {}, x)))
      expect(Math.min(Math.abs(value - 1), Math.abs(value - 1.2))).toBeLessThan(1e-14);
  });

  it("without survival is the blocks one after the other, which keep their names", () => {
    const trainer = make({ model: sequential([residualStack([linear(4, 4), linear(4, 4)]), linear(4, 3)]) });
    expect(Object.keys(trainer.parameters())).toEqual([
      "0.0.block.weight",
      "0.0.block.bias",
      "0.1.block.weight",
      "0.1.block.bias",
      "1.weight",
      "1.bias",
    ]);
    expect(() => residualStack(relu() as never)).toThrow(/blocks must be an array of layers/);
    expect(() => residualStack([relu()], { survival: { last: 0 } })).toThrow(/survival.last must be/);
    expect(() => residualStack([relu()], { survival: { rule: "cubic" as never } })).toThrow(/survival.rule must be/);
    expect(() => residualStack([relu()], { survival: { lst: 1 } as never })).toThrow(/unknown option "lst"/);
  });
});

describe("a batch norm that is frozen", () => {
  const model = (frozen: boolean): Layer =>
    sequential([linear(features, 8), batchNorm(8, { frozen }), relu(), linear(8, 3)]);
  const statistics = { "1.mean": numbers(8, -1, 1, 4), "1.variance": numbers(8, 1, 2, 5) };

  it.each(["f32", "f64"] as const)(
    "in %s keeps its statistics while γ, β and the rest train, by the evaluation's formula",
    async (dtype) => {
      const trainer = make({ model: model(true), dtype });
      trainer.setState(statistics);
      const state = trainer.state();
      const before = trainer.parameters();
      const evaluated = trainer.evaluate(data).loss;
      expectClose(trainer.step(data).loss, evaluated, dtype === "f64" ? 1e-14 : 1e-6);
      await trainer.fit(data, { steps: 5, batchSize: 8 });
      expect(trainer.state()).toEqual(state);
      trainer.refreshStatistics(data, { batchSize: 5 });
      for (const [name, values] of Object.entries(trainer.parameters()))
        expect(flat(values), name).not.toEqual(flat(before[name]));
      expect(trainer.state()).toEqual(state);
      const free = make({ model: model(false), dtype });
      free.setState(statistics);
      free.step(data);
      expect(free.state()).not.toEqual(state);
    },
  );

  it("with its group frozen too stands still altogether", () => {
    const trainer = make({ model: model(true), groups: [{ match: "1.*", frozen: true }] });
    const { "1.gamma": gamma, "1.beta": beta } = trainer.parameters();
    trainer.step(data);
    expect(trainer.parameters()["1.gamma"]).toEqual(gamma);
    expect(trainer.parameters()["1.beta"]).toEqual(beta);
  });

  it("takes a single value a feature, as evaluation does", () => {
    const trainer = make({ model: batchNorm(3, { frozen: true }) });
    const row = { inputs: [[1, 2, 3]], targets: [1] };
    expect(trainer.step(row).loss).toBeGreaterThan(0);
    expect(() => batchNorm(3, { frozen: 1 as never })).toThrow(/frozen must be true or false/);
  });
});

describe("residual", () => {
  const x: NDArray = { data: Float64Array.from(numbers(8 * 3, 0.5, 1)), shape: [8, 3] };
  it("in training is x or x + f(x), in evaluation x + s f(x); inverted divides in training", () => {
    const outs = outputsOfStep(residual(relu(), { survival: 0.6 }), x, {}, 60);
    const factors = outs.map((out) => Math.round((out[0]! / x.data[0]!) * 1e9) / 1e9);
    expect(new Set(factors)).toEqual(new Set([1, 2]));
    for (const [step, out] of outs.entries())
      expectClose(
        out,
        Array.from(x.data, (v) => v * factors[step]!),
        1e-14,
      );
    const [each] = outputsOfStep(residual(relu(), { survival: 0.6, draw: "sample" }), x);
    const rows = each!.map((value, k) => Math.round(value / x.data[k]!));
    for (let r = 0; r < 8; r++) expect(new Set(rows.slice(3 * r, 3 * r + 3)).size).toBe(1);
    expect(new Set(rows)).toEqual(new Set([1, 2]));
    expectClose(
      applied(residual(relu(), { survival: 0.6 }), false, {}, x),
      Array.from(x.data, (v) => v * 1.6),
      1e-15,
    );
    const inverted = residual(relu(), { survival: 0.5, mode: "inverted", draw: "sample" });
    expectClose(
      applied(inverted, false, {}, x),
      Array.from(x.data, (v) => v * 2),
      1e-15,
    );
    const [kept] = outputsOfStep(inverted, x);
    expect(new Set(kept!.map((value, k) => Math.round(value / x.data[k]!)))).toEqual(new Set([1, 3]));
  });

  it("refuses a block of another width and wrong options", () => {
    const run = () =>
      applied(residual(linear(3, 2)), false, { block: { weight: plain([3, 2]), bias: [0, 0] } } as never, x);
    expect(run).toThrowError(/the block must keep the shape: got \[8, 2\]/);
    expect(() => residual(relu as never)).toThrowError(/block must be a layer/);
    expect(() => residual(relu(), { survival: 0 })).toThrowError(/survival must be/);
    expect(() => residual(relu(), { survival: 1.5 })).toThrowError(
      /survival must be a number above 0 and at most 1, got 1.5/,
    );
  });
});

describe("embedding", () => {
  it.each([
    [1.5, "no 32-bit integer"],
    [1e30, "no 32-bit integer"],
    [-1, "-1"],
    [4, "4"],
  ])("an index of %s is refused as %s", (index, named) => {
    const words = (place: string) =>
      `embedding(4, 2): token out of range: got ${named} in ${place}, expected 0 .. 3. Check the tokens, or raise count.`;
    for (const dtype of ["f32", "f64"] as const) {
      const own = trainer(dtype);
      expect(() => own.predict([[1, index]])).toThrow(new RangeError(words("row 0, place 1")));
      const inputs = [0, 1, 2, 3, 4].map((row) => [0, 1, row === 4 ? index : 2]);
      const batch = { inputs, targets: inputs.map(() => 0) };
      const before = own.save();
      for (const cut of [own, trainer(dtype, 2)])
        expect(() => cut.step(batch)).toThrow(new RangeError(words("row 4, place 2")));
      expectSameBits(own.save(), before);
      expect(() => own.predict([0, 1, index])).toThrow(new RangeError(words("row 2")));
    }
  });
  const trainer = (dtype: "f32" | "f64" = "f64", microBatch = 1024) =>
    createTrainer(engine, {
      model: embedding(4, 2),
      microBatch,
      loss: { name: "sum", targets: "values", apply: (y) => y.sum() },
      optimizer: sgd({ learningRate: 1 }),
      dtype,
      seed: 2,
    });
  it("picks rows, and moves each as often as it was picked", () => {
    const t = trainer();
    const before = flat(t.parameters().weight);
    const answer = t.predict([
      [1, 3],
      [1, 1],
    ]);
    expect(answer.shape).toEqual([2, 2, 2]);
    expectSameBits(
      answer,
      [1, 3, 1, 1].flatMap((row) => before.slice(2 * row, 2 * row + 2)),
    );
    t.step({
      inputs: [
        [1, 3],
        [1, 1],
      ],
      targets: [[0], [0]],
    });
    expectClose(
      flat(t.parameters().weight),
      before.map((v, k) => v - [0, 0, 3, 3, 0, 0, 1, 1][k]!),
      1e-15,
    );
  });

  it("refuses indices that the table has not, and nothing changes", () => {
    const t = trainer();
    const before = everything(t);
    expect(() => t.predict([[4]])).toThrowError(/token out of range: got 4 in row 0, expected 0 .. 3/);
    expect(() => t.step({ inputs: [[-1]], targets: [[0]] })).toThrowError(/token out of range/);
    expect(() => t.step({ inputs: [[0.5]], targets: [[0]] })).toThrowError(/token out of range/);
    expect(everything(t)).toBe(before);
  });
});

describe("a network of all of them", () => {
  interface Trained {
    readonly start: Record<string, never>;
    readonly steps: { inputs: number[][]; targets: number[]; loss: number }[];
    readonly end: Record<string, unknown>;
    readonly state: Record<string, unknown>;
    readonly evaluation: { inputs: number[][]; output: number[][] };
  }

  it("follows PyTorch for twelve steps: weights, statistics, evaluation", () => {
    const { trained } = fixture<{ trained: Trained }>("torch_layers");
    const trainer = createTrainer(engine, {
      model: sequential([
        embedding(6, 2),
        flatten(),
        linear(6, 5),
        batchNorm(5),
        mish(),
        residual(linear(5, 5)),
        layerNorm(5),
        linear(5, 3),
      ]),
      loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }),
      optimizer: sgd({ learningRate: 0.05 }),
      dtype: "f64",
    });
    trainer.setParameters(trained.start);
    for (const { inputs, targets, loss } of trained.steps)
      expectClose(trainer.step({ inputs, targets }).loss, loss, 1e-12);
    for (const [name, value] of Object.entries(trained.end))
      expectClose(trainer.parameters()[name], value, 1e-11, name);
    for (const [name, value] of Object.entries(trained.state)) expectClose(trainer.state()[name], value, 1e-11, name);
    expectClose(trainer.predict(trained.evaluation.inputs), trained.evaluation.output, 1e-11);
  });

  it("k steps at once and one by one give the same bits", async () => {
    const [a, b] = [make(), make()];
    await a.fit(data, { steps: 12, batchSize: 9, shuffle: false, lastBatch: "drop" });
    for (let step = 0; step < 12; step++) {
      const from = (step % 4) * 9;
      b.step({
        inputs: { data: data.inputs.data.slice(from * features, (from + 9) * features), shape: [9, features] },
        targets: data.targets.slice(from, from + 9),
      });
    }
    expect(everything(a)).toBe(everything(b));
  });

  it("saved and resumed it goes on bit for bit, in the middle of an epoch too", async () => {
    const options = { batchSize: 8, lastBatch: "drop" } as const;
    const whole = make();
    await whole.fit(data, { ...options, steps: 17 });
    const first = make();
    await first.fit(data, { ...options, steps: 7 });
    const resumed = make({ seed: 999 });
    resumed.restore(first.save());
    expect(everything(resumed)).toBe(everything(first));
    const [rest, more] = [
      await resumed.fit(data, { ...options, steps: 10 }),
      await first.fit(data, { ...options, steps: 10 }),
    ];
    expect(more.steps).toBe(rest.steps);
    expect(everything(first)).toBe(everything(whole));
  });

  it("evaluation and prediction change nothing, and answer the same every time", async () => {
    const trainer = make();
    await trainer.fit(data, { steps: 3, batchSize: 10 });
    const before = everything(trainer);
    const first = trainer.evaluate(data);
    const answer = trainer.predict(data.inputs);
    expect(trainer.evaluate(data)).toEqual(first);
    expectSameBits(trainer.predict(data.inputs), answer);
    expect(everything(trainer)).toBe(before);
    const one = trainer.predict({ data: data.inputs.data.slice(0, features), shape: [1, features] });
    expectSameBits(one, flat(answer).slice(0, 3));
    const [a, b] = [make(), make()];
    await a.fit(data, { epochs: 2, batchSize: 10, validation: data });
    await b.fit(data, { epochs: 2, batchSize: 10 });
    expect(everything(a)).toBe(everything(b));
  });

  it("a step that fails leaves the running state", () => {
    const trainer = make({ optimizer: sgd({ learningRate: 0.1 }) });
    const before = everything(trainer);
    const inputs = { data: Float32Array.from(data.inputs.data, () => 3e38), shape: [rowCount, features] };
    expect(() => trainer.step({ inputs, targets: data.targets })).toThrowError(/not finite/);
    expect(everything(trainer)).toBe(before);
  });

  it("a checkpoint of another state is refused", () => {
    const bare = { optimizer: sgd({ learningRate: 0.1 }), loss: meanSquaredError() };
    const one = createTrainer(engine, { model: batchNorm(2, { gamma: false, beta: false }), ...bare });
    const other = createTrainer(engine, { model: relu(), ...bare });
    expect(() => other.restore(one.save())).toThrowError(/another model/);
    expect(() => one.restore(other.save())).toThrowError(/another model/);
    expect(() => one.setState({ mena: [1, 1] })).toThrowError(/no state "mena"\. Did you mean "mean"/);
    expect(() => one.setState({ mean: [1] })).toThrowError(/wrong shape/);
  });
});

describe("layers of one's own", () => {
  it("that take two arguments keep working", () => {
    const old: Layer = {
      name: "double",
      parameters: { factor: { shape: [], initializer: onesInitializer } },
      apply: ({ factor }, x) => x.multiply(factor!).multiply(2),
    };
    const trainer = createTrainer(engine, {
      model: sequential([old, relu()]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    expect(flat(trainer.predict([[3]]))).toEqual([6]);
    trainer.step({ inputs: [[1]], targets: [[4]] });
    expect(flat(trainer.parameters()["0.factor"])[0]).toBeGreaterThan(1);
  });

  it("keep state of any kind: a count of updates, whatever runs they take", () => {
    const counter = (): Layer => ({
      name: "counter",
      parameters: { w: { shape: [], initializer: onesInitializer } },
      state: { count: { shape: [], initializer: zerosInitializer } },
      apply({ w }, x, context) {
        if (context.training) context.update({ count: context.state.count!.add(1) });
        return x.multiply(w!);
      },
    });
    for (const microBatch of [1024, 2]) {
      const trainer = createTrainer(engine, {
        model: sequential([counter(), counter()]),
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 0.1 }),
        microBatch,
      });
      const batch = { inputs: [[1], [2], [3]], targets: [[1], [2], [3]] };
      for (let k = 0; k < 3; k++) trainer.step(batch);
      trainer.evaluate(batch);
      expect(trainer.state()).toEqual({
        "0.count": { data: Float32Array.of(3), shape: [] },
        "1.count": { data: Float32Array.of(3), shape: [] },
      });
    }
  });

  it("a container that forgets the context is told so", () => {
    const forgetful = (inner: Layer): Layer => ({
      name: "forgetful",
      parameters: inner.parameters,
      apply: (parameters, x) => (inner.apply as (...given: unknown[]) => Tensor)(parameters, x),
    });
    expect(() => applied(forgetful(sequential([relu(), dropout(0.5)])), true, {}, [[1]])).toThrowError(
      /dropout: got no context. A container calls layer.apply\(parameters, input, context.of\(name\)\)/,
    );
  });

  it("state is checked where it is given", () => {
    const wrong = (update: (x: Tensor) => Record<string, Tensor>): Layer => ({
      name: "wrong",
      parameters: {},
      state: { mean: { shape: [2], initializer: zerosInitializer } },
      apply(_, x, context) {
        context.update(update(x));
        return x;
      },
    });
    const step =
      (layer: Layer, training = true) =>
      () =>
        run(engine, ({ x, mean }: Inputs) => applyLayer(layer, {}, x!, { training, state: { mean: mean! } }).output, {
          x: [[1, 2]],
          mean: [0, 0],
        });
    expect(step(wrong((x) => ({ men: x })))).toThrowError(/no state "men"/);
    expect(step(wrong((x) => ({ mean: x })))).toThrowError(/"mean" has the wrong shape: got \[1, 2\], expected \[2\]/);
    expect(
      step(
        wrong((x) => ({ mean: x.sum({ axes: 0 }) })),
        false,
      ),
    ).toThrowError(/changes only in training/);
    const odd: Layer = { name: "odd", parameters: {}, apply: (_, x, context) => context.normal([3, 5]).add(x) };
    expect(() => applied(odd, true, {}, plain([2, 5]))).toThrowError(/the first axis must be the 2 rows of the batch/);
  });
});

describe("a layer of one's own that answers no tensor", () => {
  const forgetful: Layer = { name: "forgetful", parameters: {}, apply: (() => {}) as unknown as Layer["apply"] };

  it.each([
    ["alone", forgetful],
    ["in the middle of a sequential", sequential([linear(1, 1), forgetful, linear(1, 1)])],
    ["in a residual", residual(forgetful)],
  ])("is named: %s", (_, model) => {
    const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });
    expect(() => trainer.predict([[1]])).toThrow(/^forgetful: must return a tensor, got undefined\. Return what/);
  });
});
