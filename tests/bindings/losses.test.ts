// Losses and activations against figures of PyTorch (tests/fixtures/torch_layers.py), what they do at edges, and the
// sentences for wrong options.

import * as thalweg from "thalweg";
import {
  binaryCrossEntropy,
  constant,
  createTrainer,
  huber,
  klDivergence,
  type Loss,
  linear,
  meanSquaredError,
  multiMargin,
  sgd,
  smoothL1,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, flat, numbers, typed } from "./numbers.js";
import { scalarLoss } from "./scalarLoss.js";
import { compile, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

interface Case {
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly output: unknown;
  readonly grads: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly target?: unknown;
}

const { activations, losses } = fixture<{ activations: Case[]; losses: Case[] }>("torch_layers");
const makers = thalweg as unknown as Readonly<Record<string, (options: unknown) => Loss>>;

engineForAll();

const shapeOf = (value: unknown): number[] => (Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []);
const arrayOf = (dtype: "f32" | "f64", value: unknown) => ({ data: typed(dtype, flat(value)), shape: shapeOf(value) });

/** The target as the loss takes it: labels as i32, else floats of the type. */
function targetOf(loss: Loss, target: unknown, dtype: "f32" | "f64"): Tensor {
  const labels = loss.targets === "classes" && shapeOf(target).length === 1;
  return constant(engine, arrayOf("f64", target), labels ? "i32" : dtype);
}

describe.each(["f64", "f32"] as const)("figures of PyTorch in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-12 : 1e-5;

  it.each(activations.map((c) => [c.name, c] as const))("%s", (name, { inputs, output, grads }) => {
    const of = (x: Tensor): Tensor => (x as unknown as Record<string, () => Tensor>)[name]!();
    const x = typed(dtype, flat(inputs.x));
    const upstream = Array.from(x, (_, k) => Math.cos(k + 1));
    expectClose(compile(engine, of)(x), output, tolerance, "value", 0);
    expectClose(
      valueAndGrad(engine, (t: Tensor) => of(t).multiply(upstream).sum())(x).gradient,
      grads.x,
      tolerance,
      "gradient",
    );
  });

  it.each(losses.map((c) => [`${c.name} ${JSON.stringify(c.options)}`, c] as const))(
    "%s",
    (_, { name, options, inputs, target, output, grads }) => {
      const loss = makers[name]!(options);
      expect(loss.reduction).toBe(options?.reduction);
      const f = (x: Tensor): Tensor => scalarLoss(loss, x, targetOf(loss, target, dtype));
      const { value, gradient } = valueAndGrad(engine, f)(arrayOf(dtype, inputs.prediction));
      expectClose(value, output, tolerance, "value", 0);
      expectClose(gradient, grads.prediction, tolerance, "gradient", 1e-300);
    },
  );
});

describe("second derivatives by differences of the gradient", () => {
  it.each(losses.filter((c) => c.options?.reduction === "sum").map((c) => [`${c.name}`, c] as const))(
    "%s",
    (_, { name, options, inputs, target }) => {
      const loss = makers[name]!(options);
      const f = (x: Tensor): Tensor => scalarLoss(loss, x, targetOf(loss, target, "f64"));
      const shape = shapeOf(inputs.prediction);
      const x = flat(inputs.prediction);
      const v = numbers(x.length, -1, 1, 5);
      const slope = (step: number): number[] =>
        flat(valueAndGrad(engine, f)({ data: x.map((value, k) => value + step * v[k]!), shape }).gradient);
      const h = 1e-5;
      const [up, down] = [slope(h), slope(-h)];
      expectClose(
        hvp(engine, f)({ data: x, shape }, { data: v, shape }),
        up.map((value, k) => (value - down[k]!) / (2 * h)),
        1e-5,
        name,
      );
    },
  );
});

describe("edges", () => {
  const at = (loss: Loss, prediction: number[], target: number[], dtype: "f32" | "f64" = "f64") => {
    const { value, gradient } = valueAndGrad(engine, (x: Tensor) =>
      scalarLoss(loss, x, constant(engine, target, dtype)),
    )(typed(dtype, prediction));
    return { value, gradient: flat(gradient) };
  };

  it("binary cross-entropy of certain probabilities is finite: 0 where right, 100 where wrong", () => {
    for (const dtype of ["f32", "f64"] as const) {
      const { value, gradient } = at(binaryCrossEntropy({ reduction: "sum" }), [0, 1, 0, 1], [0, 1, 1, 0], dtype);
      expectClose(value, 200, 1e-6);
      expect(gradient.every(Number.isFinite)).toBe(true);
    }
  });

  it("huber meets its two formulas at δ, smoothL1 is huber over β", () => {
    expectClose(at(huber({ delta: 2 }), [2], [0]).value, 2, 1e-15);
    expectClose(at(huber({ delta: 2 }), [2 + 1e-9], [0]).gradient, [2], 1e-8);
    expectClose(at(smoothL1({ beta: 2 }), [5], [0]).value, 4, 1e-15);
    expect(at(thalweg.meanAbsoluteError(), [1, 2], [1, 3]).gradient).toEqual([0, -0.5]);
  });

  it("the divergence of a distribution from itself is 0, empty classes included", () => {
    const f = (x: Tensor) => klDivergence().apply(x.maximum(1e-300).log(), x);
    expectClose(run(engine, f, { data: [0.5, 0.5, 0, 0.25, 0.25, 0.5], shape: [2, 3] }), 0, 1e-15);
  });

  it("label smoothing by ε of C classes is cross-entropy against (1 − ε) y + ε / C", () => {
    const z = { data: numbers(12, -3, 3), shape: [3, 4] };
    const labels = [1, 3, 0];
    const rows = labels.map((label) => [0, 1, 2, 3].map((k) => (k === label ? 0.8 : 0) + 0.05));
    const smooth = run(
      engine,
      (x: Tensor) => softmaxCrossEntropy({ labelSmoothing: 0.2 }).apply(x, constant(engine, labels, "i32")),
      z,
    );
    const soft = run(engine, (x: Tensor) => softmaxCrossEntropy().apply(x, constant(engine, rows)), z);
    expectClose(smooth, soft, 1e-15);
  });

  it("the worked hinge example of three images: 2.9, 0, 12.9", () => {
    const scores = [
      [3.2, 5.1, -1.7],
      [1.3, 4.9, 2.0],
      [2.2, 2.5, -3.1],
    ];
    const hinge = (reduction: "mean" | "sum") =>
      run(
        engine,
        (x: Tensor) => thalweg.multiclassHinge({ reduction }).apply(x, constant(engine, [0, 1, 2], "i32")),
        scores,
      );
    expectClose(hinge("sum"), 15.8, 1e-14);
    expectClose(hinge("mean"), 15.8 / 3, 1e-14);
    const divided = run(
      engine,
      (x: Tensor) => multiMargin({ reduction: "sum" }).apply(x, constant(engine, [0, 1, 2], "i32")),
      scores,
    );
    expectClose(divided, 15.8 / 3, 1e-14);
  });
});

describe("a loss that is a sum", () => {
  const inputs = { data: numbers(30, -1, 1, 3), shape: [10, 3] };
  const targets = { data: numbers(20, -1, 1, 4), shape: [10, 2] };
  const make = (reduction: "mean" | "sum", learningRate: number, microBatch = 1024) =>
    createTrainer(engine, {
      model: linear(3, 2),
      loss: meanSquaredError({ reduction }),
      optimizer: sgd({ learningRate }),
      dtype: "f64",
      seed: 4,
      microBatch,
    });

  it("takes N times the step of the mean, whatever runs the batch is cut into", () => {
    const mean = make("mean", 0.2);
    for (const microBatch of [1024, 4, 1]) {
      const sum = make("sum", 0.2 / 20, microBatch);
      const first = make("mean", 0.2);
      const { loss, gradientNorm } = sum.step({ inputs, targets });
      const expected = first.step({ inputs, targets });
      expectClose(loss, 20 * expected.loss, 1e-13);
      expectClose(gradientNorm, 20 * expected.gradientNorm, 1e-13);
      expectClose(sum.parameters().weight, first.parameters().weight, 1e-13);
    }
    mean.free();
  });

  it("evaluates and reports epochs as means over samples", async () => {
    const [mean, sum] = [make("mean", 0.2), make("sum", 0.2 / 20, 3)];
    expectClose(sum.evaluate({ inputs, targets }).loss, 2 * mean.evaluate({ inputs, targets }).loss, 1e-13);
    const options = { epochs: 1, batchSize: 10, shuffle: false } as const;
    const [a, b] = [await mean.fit({ inputs, targets }, options), await sum.fit({ inputs, targets }, options)];
    expectClose(b.epochs[0]!.loss, 2 * a.epochs[0]!.loss, 1e-13);
  });
});

describe("wrong options are named", () => {
  const refused: readonly (readonly [string, () => unknown, RegExp])[] = [
    ["smoothing", () => softmaxCrossEntropy({ labelSmoothing: 1 }), /softmaxCrossEntropy: labelSmoothing must be/],
    ["weights", () => softmaxCrossEntropy({ classWeights: [1, -1] }), /classWeights must be/],
    ["reduction", () => meanSquaredError({ reduction: "average" as never }), /meanSquaredError: reduction must be/],
    ["unknown", () => huber({ dleta: 1 } as never), /unknown option "dleta". Did you mean "delta"/],
    ["delta", () => huber({ delta: 0 }), /huber: delta must be a positive number/],
    ["power", () => multiMargin({ power: 3 as never }), /power must be 1 or 2/],
    [
      "positive weight",
      () => thalweg.binaryCrossEntropyWithLogits({ positiveWeight: [1, 0] }),
      /positiveWeight must be/,
    ],
    ["margin", () => thalweg.cosineEmbedding({ margin: 1 }), /margin must be/],
    ["epsilon", () => thalweg.poissonNegativeLogLikelihood({ epsilon: -1 }), /epsilon must be/],
  ];
  it.each(refused)("%s", (_, make, sentence) => expect(make).toThrowError(sentence));

  it("as many class weights as classes, pairs for cosines", () => {
    const z = [[1, 2, 3]];
    const wrong = softmaxCrossEntropy({ classWeights: [1, 2] });
    expect(() => run(engine, (x: Tensor) => scalarLoss(wrong, x, constant(engine, [0], "i32")), z)).toThrowError(
      /got 2 classWeights for 3 classes/,
    );
    expect(() =>
      run(engine, ({ x, y }: Inputs) => thalweg.cosineEmbedding().apply(x!, y!), { x: z, y: [1] }),
    ).toThrowError(/expected \[batch, 2, features\]/);
  });
});
