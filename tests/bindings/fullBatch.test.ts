// Fitting over all rows by a minimizer: against the update rule where both are one formula, against closed forms, and what
// stays and what moves while it searches.

import {
  adam,
  backtracking,
  batchNorm,
  bfgs,
  clipValue,
  conjugateGradient,
  createTrainer,
  DivergenceError,
  dropout,
  ema,
  exactQuadratic,
  type FitProgress,
  fixedStep,
  gradientDescent,
  type History,
  type Layer,
  l1,
  l2,
  lbfgs,
  linear,
  lookahead,
  maxNorm,
  meanSquaredError,
  minimizeSync,
  newton,
  sequential,
  sgd,
  softmaxCrossEntropy,
  strongWolfe,
  type Tensor,
  type TrainerOptions,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { asData, train } from "./digits.js";
import { engine, engineForAll, testEngine } from "./engine.js";
import { parkMiller } from "./numbers.js";

engineForAll();

const random = parkMiller(11);
const inputs = Array.from({ length: 37 }, () => Array.from({ length: 3 }, () => 2 * random() - 1));
const targets = inputs.map(([a = 0, b = 0, c = 0]) => [a * b + Math.sin(2 * c)]);
const data = { inputs, targets };

const network = (...between: Layer[]): Layer => sequential([linear(3, 7), ...between, tanh(), linear(7, 1)]);
const made = (options: Partial<TrainerOptions> = {}, own = engine) =>
  createTrainer(own, {
    model: network(),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.05 }),
    dtype: "f64",
    seed: 4,
    ...options,
  });
const digest = (trainer: ReturnType<typeof made>) => [trainer.parameters(), trainer.state(), trainer.steps];

describe("gradient descent by fixed steps is sgd on all rows, bit for bit", () => {
  it.each<[string, Partial<TrainerOptions>]>([
    ["a network", {}],
    ["dropout: the same masks", { model: network(dropout(0.4)) }],
    ["batch norm", { model: network(batchNorm(7)) }],
    ["both, in runs of few rows", { model: network(batchNorm(7), dropout(0.3)), microBatch: 8 }],
    ["a penalty", { penalty: l2(0.01), microBatch: 10 }],
    ["a frozen layer", { groups: [{ match: "0.*", frozen: true }] }],
    ["a sum over rows", { loss: meanSquaredError({ reduction: "sum" }), optimizer: sgd({ learningRate: 0.001 }) }],
  ])("%s", async (_, options) => {
    const { optimizer = sgd({ learningRate: 0.05 }) } = options;
    const rate = optimizer.hyper[0] as number;
    const [rule, method] = [made(options), made(options)];
    const byRule = await rule.fit(data, { epochs: 5, batchSize: 37, shuffle: false });
    const byMethod = await method.fit(data, { epochs: 5, method: gradientDescent({ lineSearch: fixedStep(rate) }) });
    // Running state is that of the point a step arrives at, where the rule's is that of the point it leaves.
    expect(method.parameters()).toEqual(rule.parameters());
    expect(method.steps).toBe(rule.steps);
    expect(byMethod.epochs.map(({ loss, penalty, step }) => [loss, penalty, step])).toEqual(
      byRule.epochs.map(({ loss, penalty, step }) => [loss, penalty, step]),
    );
    expect(byMethod.steps).toBe(5);
  });
});

describe("the minimum", () => {
  it("of a line is that of the normal equations", async () => {
    const trainer = made({ model: linear(1, 1), optimizer: adam() });
    const line = { inputs: [[0], [1], [2], [3]], targets: [[1], [3], [5], [7.2]] };
    const { method, stopped } = await trainer.fit(line, { method: lbfgs(), steps: 50 });
    expect(stopped).toBe("method");
    expect(method?.status).toBe("converged");
    const { weight, bias } = trainer.parameters();
    expect(weight?.data[0]).toBeCloseTo(2.06, 9);
    expect(bias?.data[0]).toBeCloseTo(0.96, 9);
    expect(method?.loss).toBeCloseTo(trainer.evaluate(line).loss, 12);
  });

  it.each([
    ["L-BFGS", lbfgs()],
    ["L-BFGS with Wolfe", lbfgs({ lineSearch: strongWolfe() })],
    ["BFGS", bfgs()],
    ["conjugate gradients", conjugateGradient()],
    ["L-BFGS with backtracking", lbfgs({ lineSearch: backtracking() })],
  ])("%s goes the way that minimize goes", async (_, method) => {
    const model = linear(3, 1);
    const trainer = made({ model, microBatch: 10 });
    const { weight, bias } = trainer.parameters();
    const f = ({ w, b }: { w: Tensor; b: Tensor }): Tensor => {
      const x = { data: inputs.flat(), shape: [37, 3] };
      return w.matmul(x, { transposeB: true }).transpose().add(b).subtract(targets).square().mean();
    };
    const start = { w: { data: Array.from(weight!.data), shape: [1, 3] }, b: bias! };
    const there = minimizeSync(engine, f, start, method, { maxIterations: 4 });
    const here = await trainer.fit(data, { method, steps: 4 });
    expect(here.method?.loss).toBeCloseTo(there.value, 10);
    expect(here.method?.evaluations).toBe(there.evaluations.value);
    for (const [k, value] of Array.from(trainer.parameters().weight!.data).entries())
      expect(value).toBeCloseTo((there.x.w as { data: ArrayLike<number> }).data[k] as number, 8);
  });

  it.each(["f32", "f64"] as const)("of digits in %s is lower than Adam's for as many gradients", async (dtype) => {
    const samples = asData(train.slice(0, 200), [64]);
    const options = {
      model: sequential([linear(64, 16), tanh(), linear(16, 10)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
      dtype,
      microBatch: 64,
    };
    const [quasi, first] = [made(options), made(options)];
    const { method } = await quasi.fit(samples, { method: lbfgs(), steps: 60 });
    await first.fit(samples, { steps: method!.evaluations, batchSize: 200 });
    expect(method!.loss).toBeLessThan(0.1 * first.evaluate(samples).loss);
    expect(method!.loss).toBeCloseTo(quasi.evaluate(samples).loss, 5);
  });

  it("in f32 ends where no step lowers the loss", async () => {
    const trainer = made({ dtype: "f32" });
    const { method, stopped } = await trainer.fit(data, { method: lbfgs(), steps: 5000 });
    expect(stopped).toBe("method");
    expect(method?.status).toBe("lineSearch");
    expect(method?.message).toContain("the rounding of f32");
    expect(method?.loss).toBeLessThan(1e-4);
    for (const { data } of Object.values(trainer.parameters()))
      for (const value of data) expect(Math.fround(value)).toBe(value);
  });
});

describe("while it searches", () => {
  it("dropout keeps its masks: every step lowers the loss of its own masks", async () => {
    const trainer = made({ model: network(dropout(0.3)) });
    const twin = made({ model: network(dropout(0.3)) });
    for (let step = 0; step < 12; step++) {
      // The loss before and after, both with the masks of this step.
      const before = twin.save();
      const atStart = twin.step(data).loss;
      twin.restore(before);
      const { method, epochs } = await trainer.fit(data, { method: lbfgs(), steps: 1 });
      expect(epochs[0]?.loss).toBe(atStart);
      expect(method?.evaluations).toBeGreaterThan(1);
      const masked = { ...trainer.parameters() };
      twin.setParameters(masked);
      const after = twin.step(data).loss;
      expect(after).toBeLessThan(atStart);
      twin.setParameters(masked);
    }
  });

  it("the running state moves once a step, whatever the line search asks", async () => {
    const trainer = made({ model: sequential([batchNorm(3), linear(3, 4), tanh(), linear(4, 1)]), microBatch: 10 });
    const { method, steps } = await trainer.fit(data, { method: lbfgs({ lineSearch: strongWolfe() }), steps: 6 });
    expect(method!.evaluations).toBeGreaterThan(steps);
    // The first layer sees the data whatever the weights: m ← 0.9 m + 0.1 x̄.
    for (const [k, value] of Array.from(trainer.state()["0.mean"]!.data).entries()) {
      const mean = inputs.reduce((sum, row) => sum + row[k]!, 0) / inputs.length;
      expect(value).toBeCloseTo((1 - 0.9 ** steps) * mean, 12);
    }
  });

  it("the trainer may be asked between steps, and the numbers are the same", async () => {
    const [asked, alone] = [made({ microBatch: 5 }), made({ microBatch: 5 })];
    const seen: number[] = [];
    for await (const { step } of asked.fit(data, { method: lbfgs(), steps: 8 })) {
      asked.predict([[0, 0, 0]]);
      expect(asked.steps).toBe(step);
      seen.push(asked.evaluate(data).loss);
    }
    const history = await alone.fit(data, { method: lbfgs(), steps: 8, validation: data });
    expect(digest(asked)).toEqual(digest(alone));
    expect(seen).toEqual(history.epochs.map(({ validation }) => validation?.loss));
    for (const [k, loss] of seen.slice(1).entries()) expect(loss).toBeLessThanOrEqual(seen[k] as number);
  });

  it("the optimizer's state rests", async () => {
    const trainer = made({ optimizer: adam({ learningRate: 0.01 }) });
    await trainer.fit(data, { method: lbfgs(), steps: 3 });
    const { steps } = await trainer.fit(data, { steps: 3 });
    expect(steps).toBe(3);
    expect(trainer.steps).toBe(6);
  });
});

describe("how it ends", () => {
  it("by the signal, at a whole step", async () => {
    const [stopped, whole] = [made({ microBatch: 4 }), made({ microBatch: 4 })];
    const stop = new AbortController();
    const history = await stopped.fit(data, {
      method: lbfgs(),
      steps: 1000,
      signal: stop.signal,
      onProgress: ({ step }: FitProgress) => {
        if (step >= 3) stop.abort();
      },
    });
    expect(history.stopped).toBe("signal");
    expect(history.method?.status).toBe("stopped");
    await whole.fit(data, { method: lbfgs(), steps: history.steps });
    expect(digest(stopped)).toEqual(digest(whole));
  });

  it("by the norm of the gradient, the loss or patience, as ever", async () => {
    const ends = async (options: object): Promise<History> =>
      made().fit(data, { method: lbfgs(), steps: 500, ...options });
    const tolerance = await ends({ gradientTolerance: 0.02 });
    expect(tolerance.stopped).toBe("gradientTolerance");
    expect(tolerance.method?.gradientNorm).toBeLessThanOrEqual(0.02);
    expect((await ends({ targetLoss: 0.1 })).stopped).toBe("targetLoss");
    const { best, stopped } = await ends({ validation: data, earlyStopping: { patience: 2, minDelta: 0.01 } });
    expect(stopped).toBe("earlyStopping");
    expect(best?.epoch).toBeGreaterThan(1);
  });

  it("restored, it starts afresh from the weights that were saved", async () => {
    const trainer = made({ model: network(dropout(0.2), batchNorm(7)) });
    await trainer.fit(data, { method: lbfgs(), steps: 4 });
    const file = trainer.save();
    const other = made({ model: network(dropout(0.2), batchNorm(7)) });
    other.restore(file);
    await trainer.fit(data, { method: lbfgs(), steps: 4 });
    await other.fit(data, { method: lbfgs(), steps: 4 });
    expect(digest(other)).toEqual(digest(trainer));
  });

  it("where it starts nothing is finite: an error, and nothing changes", async () => {
    const trainer = made({ model: linear(3, 1) });
    trainer.setParameters({ weight: { data: [1e200, 1, 1], shape: Array.from(trainer.parameters().weight!.shape) } });
    const before = digest(trainer);
    await expect(trainer.fit(data, { method: lbfgs(), steps: 5 })).rejects.toThrow(DivergenceError);
    expect(digest(trainer)).toEqual(before);
  });

  it("a method without room for its matrix is named with its variables, and the trainer stays usable", async () => {
    const trainer = made({ model: sequential([linear(3, 30_000), linear(30_000, 1)]) });
    const before = digest(trainer);
    expect(() => trainer.fit(data, { method: bfgs(), steps: 1 })).toThrow(
      /^bfgs of \d+ variables: engine: out of memory: \d+\.\d MiB more are needed\./,
    );
    expect(digest(trainer)).toEqual(before);
    trainer.step(data);
    trainer.free();
  });

  it("gives its memory back", async () => {
    // An engine of its own: trainers of other tests may be collected at any time.
    const own = await testEngine();
    const trainer = made({}, own);
    await trainer.fit(data, { method: lbfgs(), steps: 2 });
    const before = own.bytesInUse;
    for (let turn = 0; turn < 10; turn++) await trainer.fit(data, { method: lbfgs(), steps: 2 });
    expect(() => trainer.fit(data, { method: lbfgs({ lineSearch: exactQuadratic() }), steps: 2 })).toThrow("exact");
    expect(own.bytesInUse).toBe(before);
  });
});

describe("what does not go together is refused", () => {
  const method = lbfgs();
  it.each<[string, Partial<TrainerOptions>, object, string]>([
    ["few rows", {}, { method, batchSize: 8 }, "uses all rows at once: got batchSize 8 of 37 rows"],
    ["shuffling", {}, { method, shuffle: true }, "Leave shuffle out"],
    ["a worker", {}, { method, worker: true }, "runs in this thread"],
    ["statistics", {}, { method, statistics: { every: 1 } }, "measure updates of the optimizer"],
    ["Hessians", {}, { method: newton() }, "must use gradients, got newton"],
    ["no method", {}, { method: 3 }, "must use gradients, got 3"],
    ["products", {}, { method: lbfgs({ lineSearch: exactQuadratic() }) }, "needs products with the Hessian"],
    ["clipping", { gradient: [clipValue(1)] }, { method }, "transforms of the gradient"],
    ["an average", { average: ema({ decay: 0.9 }) }, { method }, "an average of the weights"],
    ["a wrapper", { optimizer: lookahead(sgd({ learningRate: 0.1 })) }, { method }, "the wrapper of"],
    ["a constraint", { constraint: maxNorm(3) }, { method }, "a constraint of the weights"],
    [
      "a layer on a schedule",
      { model: network(dropout((step) => 0.3 / (1 + step))) },
      { method },
      "a layer on a schedule",
    ],
    ["a proximal penalty", { penalty: l1(0.1, { proximal: true }) }, { method }, "a proximal penalty"],
  ])("%s", (_, options, fit, sentence) => {
    const trainer = made(options);
    const before = engine.bytesInUse;
    expect(() => trainer.fit(data, { steps: 2, ...fit } as never)).toThrow(sentence);
    expect(engine.bytesInUse - before).toBeLessThan(2 ** 20);
    trainer.step({ inputs, targets });
  });
});
