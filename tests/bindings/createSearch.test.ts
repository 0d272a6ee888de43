// Searches that are driven by steps, and first-order searches with gradient transforms and a seed.

import {
  accumulate,
  adam,
  bfgs,
  clipGlobalNorm,
  clipValue,
  constantSchedule,
  functionSchedule,
  gradientNoise,
  lbfgs,
  type MinimizeMethod,
  minimize,
  minimizeSync,
  newton,
  type Optimizer,
  randomSearch,
  sam,
  sgd,
  trustRegionNewton,
} from "thalweg";
import { beale, createSearch, rosenbrock } from "thalweg/minimizers";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

const parabola = { value: ([x = 0]: ArrayLike<number> & Iterable<number>) => x * x, gradient: ([x = 0]) => [2 * x] };
const methods: Record<string, MinimizeMethod | Optimizer> = {
  adam: adam({ learningRate: 0.05 }),
  nesterov: sgd({ learningRate: 1e-3, momentum: 0.9, nesterov: true, convention: "lecture" }),
  sam: sam(sgd({ learningRate: 1e-3 })),
  bfgs: bfgs(),
  lbfgs: lbfgs(),
  newton: newton(),
  trust: trustRegionNewton(),
};

describe.each(Object.entries(methods))("by steps of %s", (_, method) => {
  const whole = () => minimizeSync(engine, rosenbrock.f, rosenbrock.start, method, { maxIterations: 70, trace: true });

  it("makes the points of minimize, one by one and many at once", () => {
    const { trace = [], ...end } = whole();
    const one = createSearch(engine, rosenbrock.f, rosenbrock.start, method, { maxIterations: 70 });
    expect([...one]).toEqual(trace);
    expect(one.result).toEqual(end);
    expect(one.iterations).toBe(trace.length - 1);
    const many = createSearch(engine, rosenbrock.f, rosenbrock.start, method, { maxIterations: 70 });
    expect(many.advance(3)).toBe(3);
    many.advance();
    expect(many.result).toEqual(end);
    expect(many.trace).toEqual({
      points: trace.length,
      x: Float64Array.from(trace.flatMap(({ x }) => [x.x, x.y])),
      value: Float64Array.from(trace, ({ value }) => value),
      gradientNorm: Float64Array.from(trace, ({ gradientNorm }) => gradientNorm),
      step: Float64Array.from(trace, ({ step }) => step),
    });
    expect(many.next()).toEqual({ done: true, value: end });
  });
});

describe("createSearch", () => {
  it.each([
    ["a traced function", (x: import("thalweg").Tensor) => x.square().sum()],
    ["plain functions", parabola],
  ])("changes the learning rate from the next step on, for %s", (_, f) => {
    const search = createSearch(engine, f as never, [1], sgd({ learningRate: 0.25 }));
    expect(search.learningRate).toBe(0.25);
    search.advance(2);
    search.learningRate = 0.125;
    search.next();
    search.learningRate = 0.5;
    search.advance(1);
    // x ← (1 − 2η) x by hand.
    expect(Array.from(search.trace.x)).toEqual([1, 0.5, 0.25, 0.1875, 0]);
    expect(search.result).toMatchObject({ status: "converged", iterations: 4 });
    search.learningRate = 1; // without effect after the end
  });

  it("has no learning rate to set where there is none", () => {
    const rates = [lbfgs(), sgd({ learningRate: constantSchedule(0.1) })].map((method) =>
      createSearch(engine, rosenbrock.f, rosenbrock.start, method),
    );
    for (const search of rates) {
      expect(search.learningRate).toBeNaN();
      expect(() => {
        search.learningRate = 1;
      }).toThrow("createSearch: the method has no learning rate that can be set. Give an optimizer a number.");
    }
    const search = createSearch(engine, rosenbrock.f, rosenbrock.start, sgd({ learningRate: 0.1 }));
    expect(() => {
      search.learningRate = 0;
    }).toThrow(RangeError);
  });

  it("calls users' schedules with the step", () => {
    const learningRate = functionSchedule((step) => [0.25, 0.125, 0.5][step] as number);
    const search = createSearch(engine, (x) => x.square().sum(), [1], sgd({ learningRate }), { maxIterations: 3 });
    expect([...search].map(({ x }) => x.data[0])).toEqual([1, 0.5, 0.375, 0]);
  });

  it("frees its memory when it ends, is left, is freed, or fails", () => {
    const begin = () => createSearch(engine, rosenbrock.f, rosenbrock.start, adam(), { maxIterations: 5 });
    const before = engine.bytesInUse;
    begin().advance();
    for (const _ of begin()) break;
    const left = begin();
    left.free();
    expect(left.trace.points).toBe(1);
    expect(left.next()).toEqual({ done: false, value: expect.anything() });
    expect(left.next()).toEqual({ done: true, value: undefined });
    expect(left.advance(1)).toBe(0);
    const failing = createSearch(
      engine,
      { value: parabola.value, gradient: failAfter(1) },
      [1],
      sgd({ learningRate: 0.1 }),
    );
    expect(() => failing.advance(3)).toThrow("of the user");
    expect(engine.bytesInUse).toBe(before);
  });

  it("refuses what it cannot take", () => {
    const begin = (f: unknown, options?: object) => () =>
      createSearch(engine, f as never, [1], sgd({ learningRate: 1 }), options);
    expect(begin({ value: async () => 1 })).toThrow(
      "createSearch: a function returned a promise. Use minimize, and await it.",
    );
    expect(begin(parabola, { time: 1 })).toThrow('createSearch: unknown option "time"');
    expect(begin(parabola, { trace: true })).toThrow('createSearch: unknown option "trace"');
    expect(begin(3)).toThrow(TypeError);
    expect(() => createSearch(engine, rosenbrock.f, rosenbrock.start).advance(0)).toThrow("advance: iterations");
  });
});

function failAfter(calls: number): (x: Float64Array) => number[] {
  let left = calls;
  return ([x = 0]) => {
    if (left-- === 0) throw new Error("of the user");
    return [2 * x];
  };
}

describe("gradient transforms of first-order searches", () => {
  const slope = (x: import("thalweg").Tensor) => x.multiply([3, 4]).sum();

  it("clips by value and by norm", () => {
    const one = (gradient: readonly import("thalweg").GradientTransform[]) =>
      Array.from(minimizeSync(engine, slope, [0, 0], sgd({ learningRate: 1 }), { iterations: 1, gradient }).x.data);
    expect(one([])).toEqual([-3, -4]);
    expect(one([clipValue(3.5)])).toEqual([-3, -3.5]);
    expect(one([clipGlobalNorm(1, { convention: "optax" })])).toEqual([-0.6000000000000001, -0.8]);
  });

  it("draws noise by the seed: the same for traced and plain functions, of the variance that was given", async () => {
    const gradient = [gradientNoise({ scale: 4, decay: 0 })];
    const options = { iterations: 2000, gradient, seed: 5, trace: true } as const;
    const flat = minimizeSync(engine, (x) => x.multiply(0).sum(), [0, 0], sgd({ learningRate: 1 }), {
      ...options,
      gradientTolerance: 0,
      iterations: 1,
    });
    expect(flat.status).toBe("converged"); // a flat function has no slope, with noise or without
    const noisy = minimizeSync(engine, slope, [0, 0], sgd({ learningRate: 1 }), options);
    const moves = (noisy.trace ?? [])
      .slice(1)
      .map(({ x }, k) => (noisy.trace?.[k]?.x.data[0] ?? 0) - (x.data[0] as number) - 3);
    const mean = moves.reduce((sum, move) => sum + move, 0) / moves.length;
    const variance = moves.reduce((sum, move) => sum + (move - mean) ** 2, 0) / moves.length;
    // Four standard errors of mean and variance of 2000 normal numbers with variance 4.
    expect(Math.abs(mean)).toBeLessThan((4 * 2) / Math.sqrt(2000));
    expect(Math.abs(variance - 4)).toBeLessThan(4 * 4 * Math.sqrt(2 / 2000));
    const plain = { value: ([x = 0, y = 0]: number[]) => 3 * x + 4 * y, gradient: () => [3, 4] };
    const same = await minimize(engine, plain as never, [0, 0], sgd({ learningRate: 1 }), options);
    expect(same.x).toEqual(noisy.x);
    const other = minimizeSync(engine, slope, [0, 0], sgd({ learningRate: 1 }), { ...options, seed: 6 });
    expect(other.x).not.toEqual(noisy.x);
  });

  it("leaves a minimum that no gradient leaves", () => {
    const still = minimizeSync(engine, beale.f, { x: 3, y: 0.5 }, sgd({ learningRate: 0.01 }), { iterations: 10 });
    expect(still.iterations).toBe(0);
  });

  it("refuses transforms where they have no effect", () => {
    const begin = (method: MinimizeMethod | Optimizer, options: object) => () =>
      minimizeSync(engine, slope, [0, 0], method, options);
    expect(begin(lbfgs(), { seed: 1 })).toThrow(
      "minimizeSync: gradient and seed are for first-order optimizers such as adam(), got lbfgs. Leave them out.",
    );
    expect(begin(lbfgs(), { gradient: [] })).toThrow("got lbfgs");
    expect(begin(randomSearch({ scale: 1 }), { gradient: [clipValue(1)] })).toThrow(
      "gradient has no effect, as randomSearch",
    );
    expect(begin(adam(), { gradient: [accumulate(2)] })).toThrow("accumulate is for batches");
    expect(begin(adam(), { gradient: clipValue(1) })).toThrow("gradient must be an array of gradient transforms");
    expect(begin(adam(), { seed: -1 })).toThrow(RangeError);
  });
});
