// Minimizers: every method on the classical problems, the exact properties of the directions, and what happens when a
// function is not what it should be.

import {
  adam,
  backtracking,
  bfgs,
  conjugateGradient,
  dampedNewton,
  exactQuadratic,
  fitCurve,
  fixedStep,
  gaussNewton,
  goldstein,
  gradientDescent,
  hagerZhang,
  type LineSearch,
  lbfgs,
  levenbergMarquardt,
  type MinimizeMethod,
  type MinimizeOptions,
  type Minimum,
  minimize,
  minimizeSync,
  moreThuente,
  type NDArray,
  newton,
  saddleFreeNewton,
  sgd,
  strongWolfe,
  type Tensor,
  trustRegionNewton,
} from "thalweg";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { engine, engineForAll } from "./engine.js";
import { type Problem, problems, rosenbrock, squares } from "./minimizers/problems.js";
import { ascending, codesOf } from "./registered.js";

engineForAll();

const values = (x: unknown): number[] => Array.from((x as NDArray).data);
const plainRosenbrock = {
  value: ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
  gradient: ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => [
    -400 * x * (y - x * x) - 2 * (1 - x),
    200 * (y - x * x),
  ],
};
/** x'Ax / 2 − b'x with eigenvalues 1 .. n in a rotated basis. */
const quadratic = (n: number) => {
  const a = Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    return (i === j ? i + 3 : 0) + 1 / (1 + i + j);
  });
  return (x: Tensor): Tensor =>
    x
      .reshape([1, n])
      .matmul({ data: a, shape: [n, n] })
      .multiply(x.reshape([1, n]))
      .sum()
      .multiply(0.5)
      .subtract(x.sum());
};

const searches = { backtracking, strongWolfe, moreThuente, hagerZhang };
const searched = (
  direction: (options: { lineSearch: LineSearch }) => MinimizeMethod,
  title: string,
): [string, MinimizeMethod][] =>
  Object.entries(searches).map(([name, lineSearch]) => [`${title}, ${name}`, direction({ lineSearch: lineSearch() })]);
const methods: Record<string, MinimizeMethod> = Object.fromEntries([
  ...searched(lbfgs, "lbfgs"),
  ...searched(bfgs, "bfgs"),
  ...searched(dampedNewton, "damped Newton"),
  ["conjugate", conjugateGradient()],
  ["saddle-free Newton", saddleFreeNewton()],
  ["trust region", trustRegionNewton()],
  ["Levenberg-Marquardt", levenbergMarquardt()],
]);

/** How far from the minimum's value a pair may end, relative to 1 + value; 1e-6 where nothing is said. */
const tolerances: Readonly<Record<string, number>> = {
  // Without scaling, gradients and Hessians of columns 1e10 apart: only what rescales by itself gets to the end.
  "Meyer (10), damped Newton, backtracking": Number.POSITIVE_INFINITY,
  "Meyer (10), conjugate": Number.POSITIVE_INFINITY,
  "Meyer (10), saddle-free Newton": Number.POSITIVE_INFINITY,
  "Meyer (10), trust region": 2e-2,
  "Powell badly scaled (3), saddle-free Newton": 1e-4,
  // Another local minimum, 0.0876, than the one the paper gives.
  "Osborne 2 (19), damped Newton, moreThuente": 5e-2,
};

/** One of each, with what makes it end on a quadratic. */
const everySearch: Readonly<Record<string, LineSearch>> = {
  ...Object.fromEntries(Object.entries(searches).map(([name, search]) => [name, search()])),
  goldstein: goldstein(),
  exactQuadratic: exactQuadratic(),
  fixedStep: fixedStep(0.1),
};
const everyMethod: Readonly<Record<string, MinimizeMethod>> = {
  gradientDescent: gradientDescent(),
  conjugateGradient: conjugateGradient(),
  bfgs: bfgs(),
  lbfgs: lbfgs(),
  newton: newton(),
  dampedNewton: dampedNewton(),
  saddleFreeNewton: saddleFreeNewton(),
  trustRegionNewton: trustRegionNewton(),
  gaussNewton: gaussNewton(),
  levenbergMarquardt: levenbergMarquardt(),
};

describe("every line search and every direction of the core", () => {
  it("has a row", () => {
    expect(ascending(Object.values(everySearch).map(({ code }) => code))).toEqual(codesOf("search"));
    // Within bounds lbfgs is a direction of its own.
    const directions = [...Object.values(everyMethod).map(({ direction }) => direction), abi.directionBounded];
    expect(ascending(directions)).toEqual(codesOf("direction"));
  });
  it.each(Object.keys(everySearch))("%s finds the minimum of a quadratic", (name) => {
    const lineSearch = everySearch[name] as LineSearch;
    const { x, status } = minimizeSync(engine, quadratic(3), [0, 0, 0], gradientDescent({ lineSearch }));
    const { x: exact } = minimizeSync(engine, quadratic(3), [0, 0, 0], newton());
    expect(status).toBe("converged");
    for (const [k, value] of values(exact).entries()) expect(values(x)[k]).toBeCloseTo(value, 5);
  });
  it("goldstein's first step on a parabola is where its conditions allow one, in closed form", () => {
    // f = x²/2 from 1 along −1: φ(t) = (1 − t)²/2, and the conditions are 2c ≤ t ≤ 2(1 − c).
    for (const sufficientDecrease of [0.05, 0.25, 0.45]) {
      const options = { lineSearch: goldstein({ sufficientDecrease }) };
      const f = (x: Tensor): Tensor => x.square().multiply(0.5).sum();
      const { x } = minimizeSync(engine, f, [1], gradientDescent(options), { maxIterations: 1 });
      const t = 1 - (values(x)[0] as number);
      expect(t).toBeGreaterThanOrEqual(2 * sufficientDecrease - 1e-12);
      expect(t).toBeLessThanOrEqual(2 * (1 - sufficientDecrease) + 1e-12);
    }
  });
  it.each(Object.keys(everyMethod))("%s finds the minimum of a sum of squares", (name) => {
    const method = everyMethod[name] as MinimizeMethod;
    const residuals = (x: Tensor): Tensor => x.multiply([1, 2]).subtract([3, 4]);
    const isResidual = name === "gaussNewton" || name === "levenbergMarquardt";
    const f = isResidual ? residuals : (x: Tensor) => residuals(x).square().sum();
    const { x, status } = minimizeSync(engine, f, [0, 0], method);
    expect(status).toBe("converged");
    expect(values(x)[0]).toBeCloseTo(3, 5);
    expect(values(x)[1]).toBeCloseTo(2, 5);
  });
});

const solved = (problem: Problem, name: string, start: readonly number[], options: object) => {
  const objective = name === "Levenberg-Marquardt" ? { residuals: problem.residuals } : squares(problem);
  return minimizeSync(
    engine,
    objective as never,
    start as never,
    methods[name] as MinimizeMethod,
    options,
  ) as Minimum<NDArray>;
};

describe("the 35 problems of Moré, Garbow and Hillstrom", () => {
  it("are all there", () => {
    const numbers = problems.map(({ name }) => Number(/\((\d+)\)$/.exec(name)?.[1])).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 35 }, (_, k) => k + 1));
  });

  describe.each(problems)("$name", (problem) => {
    it.each(Object.keys(methods))("by %s", (name) => {
      const maxIterations = name === "conjugate" ? 20_000 : 5000;
      const found = solved(problem, name, problem.start, { maxIterations });
      const off = Math.min(...problem.minima.map((minimum) => Math.abs(2 * found.value - minimum) / (1 + minimum)));
      const tolerance = tolerances[`${problem.name}, ${name}`] ?? 1e-6;
      expect(
        off,
        `${found.status} at ${2 * found.value} after ${found.iterations}: ${found.message}`,
      ).toBeLessThanOrEqual(tolerance);
    });

    it.each([10, 100])("from %i times as far it ends, nowhere above its start", (factor) => {
      const far = problem.start.map((value) => (value === 0 ? 1 : value) * factor);
      const { value } = squares(problem);
      for (const name of Object.keys(methods)) {
        const found = solved(problem, name, far, { maxIterations: 40 });
        const start = value(Float64Array.from(far));
        if (Number.isFinite(start)) expect(found.value, name).toBeLessThanOrEqual(start);
        else expect(found.status, name).toBe("notFinite");
      }
    });
  });
});

describe("traced functions", () => {
  it.each(Object.entries(methods).filter(([name]) => name !== "Levenberg-Marquardt"))(
    "Rosenbrock in 2 dimensions by %s to 1e-8",
    (_, method) => {
      const found = minimizeSync(engine, rosenbrock, [-1.2, 1], method, { maxIterations: 20_000 });
      expect(found.status).toBe("converged");
      for (const x of values(found.x)) expect(Math.abs(x - 1)).toBeLessThan(1e-6);
    },
  );

  it("answers like the start: a number, a record", () => {
    const single: unknown = minimizeSync(engine, (x: Tensor) => x.subtract(3).square(), 1).x;
    expect(single).toBeCloseTo(3, 9);
    const f = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => a.subtract(1).square().add(b.add(2).square().sum());
    const { x } = minimizeSync(engine, f, { a: 0, b: [[0, 0]] });
    expect(x.a).toBeCloseTo(1, 9);
    expect(x.b.shape).toEqual([1, 2]);
    expect(values(x.b)[1]).toBeCloseTo(-2, 9);
  });

  it("gives its memory back", () => {
    const before = engine.bytesInUse;
    for (let turn = 0; turn < 20; turn++) minimizeSync(engine, rosenbrock, [-1.2, 1]);
    expect(engine.bytesInUse).toBe(before);
  });

  it("are asked for their value alone too, by searches that want gradients", () => {
    const chained = (x: Tensor): Tensor => {
      const [a, b] = [x.slice(0, 0, 3), x.slice(0, 1, 4)];
      return b.subtract(a.square()).square().multiply(100).add(a.subtract(1).square()).sum();
    };
    const { x, status } = minimizeSync(engine, chained, [-1.2, 1, 0.5, 2], lbfgs());
    expect(status).toBe("converged");
    // Its local minimum (Shang and Qiu, A note on the extended Rosenbrock function, Evolutionary Computation 14, 2006).
    for (const [k, value] of [-0.775659, 0.613093, 0.382063, 0.145972].entries())
      expect(x.data[k]).toBeCloseTo(value, 5);
  });

  it("traced, plain and asynchronous functions take the same way", async () => {
    const plain = minimizeSync(engine, plainRosenbrock, [-1.2, 1], lbfgs(), { trace: true });
    const late = {
      value: async (x: Float64Array) => plainRosenbrock.value(x),
      gradient: async (x: Float64Array) => plainRosenbrock.gradient(x),
    };
    const awaited = await minimize(engine, late, [-1.2, 1], lbfgs(), { trace: true });
    expect(awaited).toEqual(plain);
    const traced = minimizeSync(engine, rosenbrock, [-1.2, 1], lbfgs());
    expect(traced.iterations).toBe(plain.iterations);
    expect(plain.trace).toHaveLength(plain.iterations + 1);
  });

  it("plain functions take a list as a typed array wherever it stands", () => {
    const seen: unknown[] = [];
    const value = (x: unknown): number => {
      seen.push(x);
      return 0;
    };
    const starts = [3, [1, 2], { a: 3, b: [1, 2], m: [[4]] }, [{ c: [5] }]];
    for (const start of starts)
      minimizeSync(engine, { value, gradient: () => start }, start, lbfgs(), { maxIterations: 0 });
    const matrix = { data: Float64Array.of(4), shape: [1, 1] };
    expect(seen).toEqual([
      3,
      Float64Array.of(1, 2),
      { a: 3, b: Float64Array.of(1, 2), m: matrix },
      [{ c: Float64Array.of(5) }],
    ]);
  });

  it("a maximum-entropy problem in few evaluations", () => {
    // log Σ exp(F x) − K'x: A. Berger et al., A maximum entropy approach to natural language processing, 1996.
    const f = (x: Tensor): Tensor => {
      const rows = { data: [1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0], shape: [5, 3] };
      return x
        .reshape([1, 3])
        .matmul(rows, { transposeB: true })
        .logSumExp(1)
        .sum()
        .subtract(x.multiply([1, 0.3, 0.5]).sum());
    };
    const quasi = minimizeSync(engine, f, [0, 0, 0], lbfgs(), { gradientTolerance: 1e-5 });
    expect(quasi.evaluations.value).toBeLessThanOrEqual(15);
    expect(values(quasi.x)[1]).toBeCloseTo(-0.524869316, 4);
    const conjugate = minimizeSync(engine, f, [0, 0, 0], conjugateGradient(), { gradientTolerance: 1e-5 });
    expect(conjugate.evaluations.value).toBeLessThanOrEqual(20);
    const beta = "hestenesStiefel";
    for (const lineSearch of [strongWolfe({ curvature: 0.1 }), moreThuente({ curvature: 0.5 })]) {
      const tight = conjugateGradient({ beta, lineSearch });
      expect(
        minimizeSync(engine, f, [0, 0, 0], tight, { gradientTolerance: 1e-5 }).evaluations.value,
      ).toBeLessThanOrEqual(20);
    }
  });
});

describe("on quadratics", () => {
  const n = 7;
  const start = Array.from({ length: n }, (_, k) => k - 2);

  it("conjugate gradients with exact steps end after n, every gradient orthogonal to the one before", () => {
    for (const beta of ["fletcherReeves", "polakRibiere", "hestenesStiefel", "daiYuan"] as const) {
      const found = minimizeSync(
        engine,
        quadratic(n),
        start,
        conjugateGradient({ beta, lineSearch: exactQuadratic() }),
        {
          trace: true,
          gradientTolerance: 1e-9,
        },
      );
      expect(found.iterations).toBeLessThanOrEqual(n);
      expect(found.status).toBe("converged");
    }
  });

  it("Newton takes one step, and on a saddle to the saddle", () => {
    expect(minimizeSync(engine, quadratic(n), start, newton()).iterations).toBe(1);
    const saddle = (x: Tensor): Tensor => x.square().multiply([1, -1]).sum();
    const found = minimizeSync(engine, saddle, [2, 0.1], newton());
    expect(values(found.x).map(Math.abs)).toEqual([0, 0]);
    const escaped = minimizeSync(engine, saddle, [2, 0.1], saddleFreeNewton(), { maxIterations: 20 });
    expect(escaped.value).toBeLessThan(-1);
    const uphill = minimizeSync(engine, saddle, [0.1, 2], newton({ lineSearch: strongWolfe() }));
    expect(uphill.status).toBe("uphill");
  });

  it("strongly damped Newton is gradient descent with the step 1 / α", () => {
    const alpha = 1e9;
    const options = { maxIterations: 1 };
    const damped = minimizeSync(
      engine,
      rosenbrock,
      [-1.2, 1],
      dampedNewton({ damping: alpha, lineSearch: fixedStep(1) }),
      options,
    );
    const plain = minimizeSync(
      engine,
      rosenbrock,
      [-1.2, 1],
      gradientDescent({ lineSearch: fixedStep(1 / alpha) }),
      options,
    );
    for (const [k, x] of values(damped.x).entries()) expect(x).toBeCloseTo(values(plain.x)[k] as number, 10);
  });
});

describe("bounds", () => {
  it("L-BFGS-B stops at the bound and not beyond", () => {
    const found = minimizeSync(engine, rosenbrock, [-1.2, 1], lbfgs(), { bounds: { upper: [0.5, 10] } });
    expect(found.status).toBe("converged");
    expect(values(found.x)[0]).toBe(0.5);
    expect(values(found.x)[1]).toBeCloseTo(0.25, 8);
  });

  it("projects first-order steps, and refuses bounds that cross or methods that keep none", () => {
    const found = minimizeSync(engine, (x: Tensor) => x.subtract(3).square().sum(), [0], sgd({ learningRate: 0.1 }), {
      iterations: 100,
      bounds: { upper: 2 },
    });
    expect(values(found.x)).toEqual([2]);
    const crossed = { bounds: { lower: 1, upper: 0 } };
    expect(() => minimizeSync(engine, rosenbrock, [0, 0], lbfgs(), crossed)).toThrow("bounds cross: got 1 .. 0");
    expect(() => minimizeSync(engine, rosenbrock, [0, 0], bfgs(), { bounds: { lower: 0 } })).toThrow(
      "does not support bounds",
    );
  });
});

describe("first-order optimizers", () => {
  it("do what their formula says", () => {
    const found = minimizeSync(engine, plainRosenbrock, [-1.2, 1], sgd({ learningRate: 1e-3 }), {
      iterations: 3,
      trace: true,
    });
    let x = [-1.2, 1];
    for (let step = 0; step < 3; step++) {
      const g = plainRosenbrock.gradient(x);
      x = x.map((value, k) => value - 1e-3 * (g[k] as number));
    }
    for (const [k, value] of values(found.x).entries()) expect(value).toBeCloseTo(x[k] as number, 13);
    expect(found.trace).toHaveLength(4);
    expect(found.status).toBe("maxIterations");
  });

  it("converge, and when they diverge answer the best point", () => {
    const f = (x: Tensor): Tensor => x.subtract([1, 2]).square().sum();
    expect(minimizeSync(engine, f, [0, 0], adam({ learningRate: 0.1 }), { iterations: 2000 }).status).toBe("converged");
    const far = minimizeSync(engine, rosenbrock, [-1.2, 1], sgd({ learningRate: 1 }), { iterations: 1000 });
    expect(far.status).toBe("notFinite");
    expect(values(far.x)).toEqual([-1.2, 1]);
  });

  it.each(["traced", "plain"])(
    "%s: hundreds of steps in one call are the recurrence x ← x − h(t) 2 x, bit for bit",
    (kind) => {
      // More steps than a trace holds at once and than a user's schedule is looked up for.
      const steps = 3000;
      const rate = (t: number): number => 0.01 / (1 + t / 64);
      const f =
        kind === "traced"
          ? (x: Tensor) => x.square().sum()
          : { value: ([x]: Float64Array) => (x as number) ** 2, gradient: ([x]: Float64Array) => [2 * (x as number)] };
      const options = { maxIterations: steps, gradientTolerance: 0, trace: true };
      const found = minimizeSync(engine, f as never, [3], sgd({ learningRate: rate }), options) as Minimum<NDArray>;
      let x = 3;
      for (const [k, entry] of (found.trace ?? []).entries()) {
        expect([values(entry.x)[0], entry.value, entry.gradientNorm, entry.step]).toEqual([x, x * x, 2 * x, k && 1]);
        if (k < steps) x -= rate(k) * (2 * x);
      }
      expect(found.trace).toHaveLength(steps + 1);
      expect([values(found.x), found.value, found.gradientNorm]).toEqual([[x], x * x, 2 * x]);
      expect([found.status, found.iterations, found.evaluations.value]).toEqual(["maxIterations", steps, steps + 1]);
    },
  );

  it("a table with a learning rate for each step is long enough", () => {
    const table = [0.1, 0.2, 0.3];
    const method = sgd({ learningRate: (t) => table[t] as number });
    const plain = { value: ([x]: Float64Array) => (x as number) ** 2 };
    for (const options of [{ maxIterations: 3 }, { maxEvaluations: 3 }] as MinimizeOptions[]) {
      const found = minimizeSync(engine, (x: Tensor) => x.square().sum(), [3, 4], method, options);
      expect(found.iterations).toBe(options.maxIterations ?? 2);
    }
    expect(minimizeSync(engine, plain, [3], method, { maxIterations: 3 }).iterations).toBe(3);
  });

  it("a function that is not finite further on answers the best point, and one that never was the start", () => {
    const root = (x: Tensor) => x.sqrt().sum();
    const found = minimizeSync(engine, root, [1], sgd({ learningRate: 0.75 }));
    // 1, then 1 − 0.75 / 2 = 0.625, then 0.625 − 0.375 / √0.625, and then a number below 0.
    expect(values(found.x)[0]).toBeCloseTo(0.625 - 0.375 / Math.sqrt(0.625), 14);
    expect([found.status, found.iterations, found.value]).toEqual([
      "notFinite",
      3,
      Math.sqrt(values(found.x)[0] as number),
    ]);
    const never = minimizeSync(engine, root, [-1], sgd({ learningRate: 0.75 }));
    expect([never.status, values(never.x), never.value, never.iterations]).toEqual(["notFinite", [-1], Number.NaN, 0]);
  });
});

describe("fitCurve", () => {
  const x = Array.from({ length: 12 }, (_, k) => k / 4);
  const y = x.map((t, k) => 2 * Math.exp(-0.7 * t) + (k % 2 ? 0.01 : -0.01));
  const model = (t: Tensor, { a, b }: { a: Tensor; b: Tensor }): Tensor => t.multiply(b.negate()).exp().multiply(a);

  it("a straight line has the closed form's errors", async () => {
    const line = (t: Tensor, { slope, offset }: { slope: Tensor; offset: Tensor }): Tensor =>
      t.multiply(slope).add(offset);
    const fit = await fitCurve(engine, line as never, { x: [0, 1, 2, 3], y: [1, 3, 5, 7.2] }, { slope: 0, offset: 0 });
    const { slope, offset } = fit.parameters as { slope: number; offset: number };
    // Σ (x − x̄)(y − ȳ) / Σ (x − x̄)² = 10.3 / 5.
    expect(slope).toBeCloseTo(2.06, 10);
    expect(offset).toBeCloseTo(0.96, 10);
    const squares = [0, 1, 2, 3].reduce((s, t, k) => s + ([1, 3, 5, 7.2][k]! - 0.96 - 2.06 * t) ** 2, 0);
    expect(fit.residualSumOfSquares).toBeCloseTo(squares, 12);
    expect((fit.standardErrors as { slope: number }).slope).toBeCloseTo(Math.sqrt(squares / 2 / 5), 10);
    expect(fit.degreesOfFreedom).toBe(2);
  });

  it("weights, several predictors, and Gauss-Newton", async () => {
    const fit = await fitCurve(engine, model as never, { x, y, weights: x.map(() => 4) }, { a: 1, b: 1 });
    const bare = await fitCurve(engine, model as never, { x, y }, { a: 1, b: 1 });
    expect(fit.residualSumOfSquares).toBeCloseTo(4 * bare.residualSumOfSquares, 12);
    const gauss = await fitCurve(engine, model as never, { x, y }, { a: 1, b: 1 }, { method: gaussNewton() });
    expect((gauss.parameters as { a: number }).a).toBeCloseTo((bare.parameters as { a: number }).a, 6);
    const plane = (p: { u: Tensor; v: Tensor }, c: Tensor): Tensor =>
      p.u.multiply(c.slice(0, 0, 1)).add(p.v.multiply(c.slice(0, 1, 2)));
    const both = { x: { u: [1, 2, 3, 4], v: [1, 0, 1, 0] }, y: [5, 4, 9, 8] };
    const flat = await fitCurve(engine, plane as never, both, [0, 0]);
    expect(values(flat.parameters)[0]).toBeCloseTo(2, 10);
    expect(values(flat.parameters)[1]).toBeCloseTo(3, 10);
  });

  it("no degree of freedom, too few observations, wrong shapes", async () => {
    const exact = await fitCurve(engine, model as never, { x: [0, 1], y: [2, 1] }, { a: 1, b: 1 });
    expect(exact.covariance).toBeNull();
    expect(exact.message).toContain("There are as many parameters");
    await expect(fitCurve(engine, model as never, { x: [0], y: [2] }, { a: 1, b: 1 })).rejects.toThrow(
      "fewer observations",
    );
    await expect(fitCurve(engine, model as never, { x, y: [1] }, { a: 1, b: 1 })).rejects.toThrow(
      "12 observations, but y has 1",
    );
    await expect(
      fitCurve(engine, model as never, { x: [0, 1], y: [1, 2] }, { a: 1, b: 1 }, { bounds: { lower: 0 } } as object),
    ).rejects.toThrow("fitCurve: bounds are not supported. Minimize the sum of squares by minimize with lbfgs()");
    await expect(fitCurve(engine, model as never, { x: [0, Number.NaN], y: [1, 2] }, { a: 1, b: 1 })).rejects.toThrow(
      "finite",
    );
    const scalar = (t: Tensor): Tensor => t.sum();
    await expect(fitCurve(engine, scalar as never, { x, y }, { a: 1, b: 1 })).rejects.toThrow(
      "a value for each observation",
    );
  });
});

describe("what is wrong is said", () => {
  it("functions that are not finite", () => {
    const start = minimizeSync(engine, { value: () => Number.NaN, gradient: () => [0] }, [1]);
    expect(start.status).toBe("notFinite");
    expect(values(start.x)).toEqual([1]);
    // log has no value below 0: the search stays where it has.
    const edge = minimizeSync(engine, (x: Tensor) => x.log().negate().add(x).sum(), [0.01]);
    expect(edge.status).toBe("converged");
    expect(values(edge.x)[0]).toBeCloseTo(1, 7);
  });

  it("a gradient that contradicts the function", () => {
    const wrong = {
      value: plainRosenbrock.value,
      gradient: (x: number[]) => plainRosenbrock.gradient(x).map((g) => -g),
    };
    const found = minimizeSync(engine, wrong as never, [-1.2, 1]);
    expect(found.status).toBe("lineSearch");
    expect(found.message).toContain("gradientCheck");
    expect(found.value).toBeLessThanOrEqual(plainRosenbrock.value([-1.2, 1]));
  });

  it("limits, signal and time", async () => {
    expect(minimizeSync(engine, rosenbrock, [-1.2, 1], lbfgs(), { maxIterations: 2 }).status).toBe("maxIterations");
    expect(minimizeSync(engine, rosenbrock, [-1.2, 1], lbfgs(), { maxEvaluations: 3 }).status).toBe("maxEvaluations");
    const stop = new AbortController();
    stop.abort();
    const found = await minimize(engine, rosenbrock, [-1.2, 1], lbfgs(), { signal: stop.signal });
    expect(found.status).toBe("aborted");
    expect(values(found.x)).toEqual([-1.2, 1]);
    const slow = {
      value: (x: Float64Array) => {
        const end = performance.now() + 5;
        while (performance.now() < end);
        return plainRosenbrock.value(x);
      },
    };
    expect(minimizeSync(engine, slow, [-1.2, 1], lbfgs(), { time: 0.02 }).status).toBe("time");
  });

  it("arguments of the wrong kind", async () => {
    expect(() => minimizeSync(engine, 3 as never, [1])).toThrow("expected a function of tensors");
    expect(() => minimizeSync(engine, rosenbrock, [1, 1], {} as never)).toThrow("the method must be a description");
    expect(() => minimizeSync(engine, (x: Tensor) => x, [1, 2])).toThrow("must return a scalar, got shape [2]");
    expect(() => minimizeSync(engine, rosenbrock, [], lbfgs())).toThrow("the start is empty");
    expect(() => minimizeSync(engine, rosenbrock, [Number.NaN, 1])).toThrow("the start must be finite");
    expect(() => minimizeSync(engine, rosenbrock, [1, 1], lbfgs(), { gtol: 1 } as never)).toThrow("unknown option");
    expect(() => minimizeSync(engine, { value: () => "1" } as never, [1])).toThrow("value must return a number");
    expect(() => minimizeSync(engine, { value: () => 1, gradient: () => [1, 2] }, [1])).toThrow(
      "gradient has 2 numbers, expected 1",
    );
    expect(() => minimizeSync(engine, { value: async () => 1 }, [1])).toThrow("returned a promise");
    expect(() => minimizeSync(engine, { value: () => 1 }, [1], levenbergMarquardt())).toThrow(
      "needs the function residuals",
    );
    expect(() => lbfgs({ memory: 0 })).toThrow("memory");
    expect(() => strongWolfe({ curvature: 2 })).toThrow("curvature");
  });
});
