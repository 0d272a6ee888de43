// Everything that takes memory, at addresses above 2 GiB and just below 4 GiB against the lowest ones, bit for bit; and
// what needs more than there is. Memory that is only reserved costs nothing: few pages of those gigabytes are touched.

import {
  accumulate,
  accuracy,
  adam,
  avgPool2d,
  batchNorm,
  bfgs,
  cholesky,
  clipAdaptive,
  clipGlobalNorm,
  clipNorm,
  compile,
  concatenate,
  conv2d,
  convTranspose2d,
  cosineDecay,
  createDataset,
  createTrainer,
  depthwiseConv2d,
  dropout,
  type Engine,
  ema,
  embedding,
  findLearningRate,
  fitCurve,
  flatten,
  fractionalMaxPool2d,
  gaussNewton,
  grad,
  hessian,
  hessianTrace,
  jacobian,
  l2,
  layerConditions,
  lbfgs,
  ldlt,
  levenbergMarquardt,
  linear,
  lookahead,
  lossPlane,
  lossSurface,
  MemoryError,
  type MinimizeMethod,
  maxPool2d,
  meanSquaredError,
  minimize,
  minimizeSync,
  muon,
  newton,
  plateauSchedule,
  qr,
  randomAffine,
  randomDirections,
  randomFlip,
  relu,
  sam,
  scheduleValues,
  sequential,
  sgd,
  singularValues,
  softmaxCrossEntropy,
  solve,
  solveLeastSquares,
  spectralDensity,
  swa,
  symmetricEigen,
  type Tensor,
  type Trainer,
  type TrainerOptions,
  tanh,
  topEigenvalues,
  trainerSurface,
  trajectoryPlane,
  trustRegionNewton,
  upsample2d,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { highEngine, testEngine } from "./engine.js";
import { numbers } from "./numbers.js";

const rows = 150;
const inputs = { data: Float32Array.from(numbers(rows * 4, -1, 1, 3)), shape: [rows, 4] };
const classes = { inputs, targets: Int32Array.from(numbers(rows, 0, 3, 5), Math.floor) };
const values = { inputs, targets: { data: numbers(rows, -1, 1, 7), shape: [rows, 1] } };

function trainerOn(engine: Engine, options: Partial<TrainerOptions> = {}): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(4, 8), batchNorm(8), relu(), dropout(0.2), linear(8, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: cosineDecay({ initial: 0.05, length: 40 }) }),
    metrics: [accuracy()],
    microBatch: 32,
    seed: 9,
    ...options,
  });
}

/** Where a trainer stands, and what it says of data. */
function standing(trainer: Trainer, data: Parameters<Trainer["evaluate"]>[0]) {
  return { saved: trainer.save(), evaluation: trainer.evaluate(data), prediction: trainer.predict(inputs) };
}

/** A history without the time it took. */
async function fitted(trainer: Trainer, ...[data, options]: Parameters<Trainer["fit"]>) {
  const { epochs, steps, stopped, best } = await trainer.fit(data, options);
  return { epochs: epochs.map(({ seconds: _, ...epoch }) => epoch), steps, stopped, best };
}

const rosenbrock = (x: Tensor): Tensor => {
  const [a, b] = [x.slice(0, 0, 3), x.slice(0, 1, 4)];
  return b.subtract(a.square()).square().multiply(100).add(a.subtract(1).square()).sum();
};
const plain = {
  value: (x: Float64Array) => x.reduce((sum, v, k) => sum + (k + 1) * v ** 4 + v ** 2, 0),
  gradient: (x: Float64Array) => x.map((v, k) => 4 * (k + 1) * v ** 3 + 2 * v),
};
const start = [-1.2, 1, 0.5, 2];
const matrix = Array.from({ length: 6 }, (_, i) =>
  Array.from({ length: 6 }, (_, j) => Math.sin(i + j) + (i === j ? 5 : 0)),
);
const tall = Array.from({ length: 9 }, (_, i) => Array.from({ length: 4 }, (_, j) => Math.cos(i * i + 3 * j + i * j)));

/** What is done on an engine, and all that it says. */
const samples: Readonly<Record<string, (engine: Engine) => unknown>> = {
  "a data set, after others": (engine) => {
    const data = createDataset(engine, classes);
    createDataset(engine, { inputs: numbers(500), targets: numbers(500) });
    return trainerOn(engine).evaluate(data);
  },
  "values, gradients and their costs": (engine) => {
    const f = (x: Tensor): Tensor => x.multiply([1, 2, 3]).exp().matmul(x.exp().transpose()).sum();
    const point = { data: numbers(6), shape: [2, 3] };
    return [compile(engine, f)(point), compile(engine, f).cost(point), grad(engine, f)(point)];
  },
  "steps with statistics": (engine) => {
    const trainer = trainerOn(engine);
    const steps = Array.from({ length: 3 }, () => measuredStep(trainer, classes));
    return [steps, trainer.cost(classes, 32), standing(trainer, classes)];
  },
  "a fit with groups, transforms, penalties and an average": async (engine) => {
    const trainer = trainerOn(engine, {
      optimizer: muon({ learningRate: 0.02 }),
      groups: [{ match: "4.*", optimizer: sgd({ learningRate: (t) => 0.1 / (1 + t), momentum: 0.9 }) }],
      gradient: [accumulate(2), clipAdaptive(), clipNorm(1), clipGlobalNorm(2)],
      penalty: l2(0.01),
      average: ema({ decay: 0.9 }),
    });
    return [await fitted(trainer, classes, { epochs: 2, batchSize: 40 }), standing(trainer, classes)];
  },
  "a fit with wrappers and a plateau, stopped and resumed": async (engine) => {
    const options: Partial<TrainerOptions> = {
      optimizer: sam(lookahead(sgd({ learningRate: plateauSchedule({ initial: 0.1 }) }))),
      average: swa({ start: 1 }),
    };
    const trainer = trainerOn(engine, options);
    await trainer.fit(classes, { epochs: 1, batchSize: 50, validation: classes });
    const resumed = trainerOn(engine, options);
    resumed.restore(trainer.save());
    const first = await fitted(trainer, classes, { epochs: 2, batchSize: 50, validation: classes });
    const second = await fitted(resumed, classes, { epochs: 2, batchSize: 50, validation: classes });
    expect(second).toStrictEqual(first);
    return [first, standing(trainer, classes), standing(resumed, classes)];
  },
  "a fit in a worker": async (engine) => {
    const trainer = trainerOn(engine);
    const options = { epochs: 2, batchSize: 40, validation: classes, worker: true } as const;
    return [await fitted(trainer, classes, options), standing(trainer, classes)];
  },
  "a fit by a minimizer": async (engine) => {
    const model = sequential([linear(4, 3), tanh(), linear(3, 1)]);
    const trainer = trainerOn(engine, { model, loss: meanSquaredError(), metrics: [], dtype: "f64" });
    return [await fitted(trainer, values, { epochs: 5, method: lbfgs() }), standing(trainer, values)];
  },
  "nets of images": async (engine) => {
    const pixels = { data: Float32Array.from(numbers(30 * 9 * 8 * 2, -1, 1, 11)), shape: [30, 9, 8, 2] };
    const images = { inputs: pixels, targets: Int32Array.from(numbers(30, 0, 3, 13), Math.floor) };
    const found = [];
    for (const dtype of ["f32", "f64"] as const) {
      const model = sequential([
        randomFlip(),
        randomAffine({ degrees: 10, scale: [0.9, 1.1], interpolation: "bilinear" }),
        conv2d(2, 6, 3, { padding: "same" }),
        relu(),
        maxPool2d(2),
        conv2d(6, 6, 3, { padding: 1, groups: 2, paddingMode: "reflect" }),
        depthwiseConv2d(6, 3, { padding: 1, stride: 2 }),
        convTranspose2d(6, 5, 3, { stride: 2 }),
        fractionalMaxPool2d(2, { outputSize: [3, 2], regions: "random" }),
        upsample2d(2, "bilinear"),
        maxPool2d(3, { stride: 1 }),
        avgPool2d(2, { padding: 1 }),
        conv2d(5, 4, 1),
        flatten(),
        linear(24, 3),
      ]);
      const trainer = trainerOn(engine, { model, dtype, microBatch: 8 });
      const history = await fitted(trainer, images, { steps: 5, batchSize: 20 });
      found.push(history, trainer.save(), trainer.evaluate(images), trainer.predict(pixels));
    }
    return found;
  },
  "rows of a table": (engine) => {
    const model = sequential([embedding(5, 3), linear(3, 2)]);
    const trainer = trainerOn(engine, { model, metrics: [] });
    const data = { inputs: Int32Array.from([0, 4, 2, 2]), targets: Int32Array.from([0, 1, 1, 0]) };
    return [trainer.step(data), trainer.predict(data.inputs)];
  },
  "a range test of learning rates": (engine) =>
    findLearningRate(trainerOn(engine, { optimizer: adam() }), classes, { steps: 12, batchSize: 50 }),
  "the values of a schedule": (engine) => scheduleValues(engine, cosineDecay({ initial: 1, length: 20 }), 30),
  "minima of a traced function": (engine) =>
    [bfgs(), lbfgs(), newton(), trustRegionNewton(), adam({ learningRate: 0.01 })].map((method) =>
      minimizeSync(engine, rosenbrock, start, method, { maxIterations: 40, trace: true }),
    ),
  "minima within bounds": (engine) =>
    minimizeSync(engine, rosenbrock, start, lbfgs(), { bounds: { lower: -1.5, upper: 0.9 } }),
  "minima of a plain function": (engine) =>
    Promise.all(
      [bfgs(), newton(), sgd({ learningRate: 0.01 })].map((method) =>
        minimize(engine, plain, start, method, { maxIterations: 30 }),
      ),
    ),
  "curves through points": (engine) => {
    const curve = (x: Tensor, { a, b }: { a: Tensor; b: Tensor }): Tensor => x.multiply(b).exp().multiply(a);
    const points = { x: [0, 1, 2, 3, 4], y: [1, 0.61, 0.35, 0.23, 0.14] };
    const by = (method: MinimizeMethod) => fitCurve(engine, curve, points, { a: 0.5, b: -0.2 }, { method });
    return Promise.all([by(levenbergMarquardt()), by(gaussNewton())]);
  },
  "factors and solutions": (engine) => {
    const right = numbers(6);
    const symmetric = matrix.map((row, i) => row.map((v, j) => v + (matrix[j] as number[])[i]!));
    return [
      solve(engine, matrix, right),
      solveLeastSquares(engine, tall, numbers(9)),
      cholesky(engine, symmetric).solve(right),
      ldlt(engine, symmetric).solve(right),
      qr(engine, tall),
      symmetricEigen(engine, symmetric),
      singularValues(engine, tall),
    ].map((found) => JSON.stringify(found, (_, value) => (ArrayBuffer.isView(value) ? [...(value as never)] : value)));
  },
  "derivatives of higher order": (engine) => {
    const f = (x: Tensor): Tensor => concatenate([x, x.square().multiply(2)], 0);
    const wide = (x: Tensor): Tensor => x.square().sum().reshape([1]);
    return [jacobian(engine, f)(start), jacobian(engine, wide)(start), hessian(engine, rosenbrock)(start)];
  },
  "the curvature of a function": (engine) => {
    const surface = lossSurface(engine, rosenbrock, start);
    return [
      surface.value(),
      surface.gradient(),
      surface.hvp(start),
      surface.point,
      topEigenvalues(surface, { count: 2 }),
      hessianTrace(surface, { probes: 5 }),
      spectralDensity(surface, { probes: 2, steps: 3 }),
      lossPlane(surface, randomDirections(surface, { seed: 1 }), { resolution: 5 }).values,
      trajectoryPlane(surface, [start, [1, 2, 0, 0], [0, 0, 3, 1]]).path,
    ];
  },
  "the curvature of a trainer": (engine) => {
    const trainer = trainerOn(engine, { model: sequential([linear(4, 3), tanh(), linear(3, 3)]), dtype: "f64" });
    const surface = trainerSurface(trainer, classes);
    return [surface.hessian(), layerConditions(trainer)];
  },
};

const lowest = Promise.resolve(testEngine());
for (const [where, address] of [
  ["above 2 GiB", 2 ** 31],
  ["at the upper end of 4 GiB", 2 ** 32 - 2 ** 26],
] as const) {
  describe(where, () => {
    const engine = highEngine(address);
    it.each(Object.entries(samples))("%s", async (_, sample) => {
      const [expected, got] = [await sample(await lowest), await sample(await engine)];
      expect(got).toStrictEqual(expected);
    });
  });
}

/** A function that needs three blocks of `n` doubles at once. */
const needing =
  (n: number) =>
  (x: Tensor): Tensor => {
    const first = x.broadcastTo([n]).cumulativeSum();
    return first.multiply(first.cumulativeSum().cumulativeSum()).sum();
  };

describe("what no memory has", () => {
  const ones = (n: number): Float64Array => new Float64Array(n).fill(1);
  const sum = (x: Tensor): Tensor => x.square().sum();

  /** What asks for it, and the least MiB that the error must name. */
  const asking: Readonly<Record<string, readonly [number, (engine: Engine) => unknown]>> = {
    "scratch just above 4 GiB": [4096, (engine) => compile(engine, needing(Math.ceil(2 ** 32 / 24) + 8))(1)],
    "scratch of 6 GiB": [6144, (engine) => compile(engine, needing(2 ** 28))(1)],
    "the matrix of BFGS, 4 GiB": [4096, (engine) => minimizeSync(engine, sum, ones(23170), bfgs())],
    "the matrix of BFGS, 8 GiB": [8192, (engine) => minimizeSync(engine, sum, ones(32768), bfgs())],
    "the pairs of L-BFGS": [30517, (engine) => minimizeSync(engine, sum, ones(2), lbfgs({ memory: 1e9 }))],
    "pairs whose count has no word": [
      2 ** 17,
      (engine) => minimizeSync(engine, sum, ones(2), lbfgs({ memory: 2 ** 32 + 1 })),
    ],
    "pairs beyond counting": [2 ** 33, (engine) => minimizeSync(engine, sum, ones(2), lbfgs({ memory: 2 ** 53 - 1 }))],
    "the small matrices of L-BFGS-B": [
      4096,
      (engine) => minimizeSync(engine, sum, ones(2), lbfgs({ memory: 7327 }), { bounds: { lower: 0 } }),
    ],
    "the matrices of Newton": [5120, (engine) => minimizeSync(engine, sum, ones(13378), newton())],
    "the Jacobian of Levenberg-Marquardt": [
      4096,
      (engine) => minimizeSync(engine, (x: Tensor) => x.multiply(2), ones(13378), levenbergMarquardt()),
    ],
    "arguments of 4 GiB": [
      4096,
      (engine) => {
        const a = new Float64Array(2 ** 28); // which is not touched, and so takes no memory
        compile(engine, ({ a, b, c }: Record<string, Tensor>) =>
          (a as Tensor)
            .add(b as Tensor)
            .add(c as Tensor)
            .sum(),
        )({ a, b: a, c: a });
      },
    ],
    "a landscape of too many points": [
      2 ** 17,
      (engine) => {
        const surface = lossSurface(engine, sum, [1, 2]);
        try {
          lossPlane(surface, randomDirections(surface), { resolution: 1e5 });
        } finally {
          surface.free();
        }
      },
    ],
    "a result of more elements than can be addressed": [
      2 ** 32,
      (engine) => compile(engine, (x: Tensor) => x.broadcastTo([2 ** 29, 2 ** 29]).sum())(1),
    ],
  };
  it.each(Object.entries(asking))("%s", async (_, [least, ask]) => {
    const own = await testEngine();
    const used = Array.from({ length: 2 }, () => {
      let error: unknown;
      try {
        ask(own);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(MemoryError);
      expect(Number(/([\d.]+) MiB/.exec(String(error))?.[1])).toBeGreaterThanOrEqual(least);
      return own.bytesInUse;
    });
    expect(used[1]).toBe(used[0]);
    expect(compile(own, sum)([1, 2])).toBe(5);
  });
  it("is told before it runs: scratch of 3 GiB", async () => {
    const { scratchBytes } = compile(await testEngine(), needing(2 ** 27)).cost(1);
    expect(scratchBytes).toBeGreaterThanOrEqual(3 * 2 ** 30);
    expect(scratchBytes).toBeLessThan(3 * 2 ** 30 + 2 ** 20);
  });
});

describe("a memory of 4 GiB", () => {
  it("is used to its last page, refuses more, and works again when some is given back", async () => {
    const engine = await testEngine({ memoryLimit: 2 ** 48 }); // what is more is no less
    const taken: number[] = [];
    for (const bytes of [2 ** 31, 2 ** 29, 2 ** 27, 2 ** 25, 2 ** 23, 2 ** 21, 2 ** 19, 1])
      expect(() => {
        for (;;) taken.push(engine.allocate(bytes));
      }).toThrow(MemoryError);
    expect(engine.memoryBytes).toBe(2 ** 32 - 2 ** 16);
    const trained = (): unknown => {
      const trainer = trainerOn(engine);
      trainer.step(classes);
      return trainer.save();
    };
    expect(trained).toThrow(MemoryError);
    expect(() => compile(engine, (x) => x.exp())(1)).toThrow(MemoryError);
    expect(() => minimizeSync(engine, rosenbrock, start)).toThrow(MemoryError);
    expect(() => createDataset(engine, classes)).toThrow(MemoryError);
    for (const address of taken.slice(1)) engine.release(address);
    const other = trainerOn(await lowest);
    other.step(classes);
    expect(trained()).toStrictEqual(other.save());
  });

  it("has regions of more than 2 GiB", async () => {
    const engine = await testEngine();
    const address = engine.allocate(2 ** 31 + 5);
    expect(engine.core.regionBytes(address)).toBeGreaterThanOrEqual(2 ** 31 + 5);
  });
});
