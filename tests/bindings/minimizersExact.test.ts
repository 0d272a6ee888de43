// What directions promise exactly, every direction with every line search, and all that can be wrong with a function.

import {
  adam,
  backtracking,
  bfgs,
  conjugateGradient,
  createTrainer,
  dampedNewton,
  exactQuadratic,
  fitCurve,
  fixedStep,
  gaussNewton,
  gradientDescent,
  hagerZhang,
  type Layer,
  type LineSearch,
  lbfgs,
  levenbergMarquardt,
  lookahead,
  type MinimizeMethod,
  type Minimum,
  minimize,
  minimizeSync,
  moreThuente,
  type NDArray,
  newton,
  type Optimizer,
  randomSearch,
  saddleFreeNewton,
  sam,
  scheduleFreeSgd,
  sgd,
  strongWolfe,
  type Tensor,
  trustRegionNewton,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { rosenbrock } from "./minimizers/problems.js";

engineForAll();

const n = 6;
/** Symmetric, positive definite. */
const matrix = Array.from({ length: n }, (_, i) =>
  Array.from({ length: n }, (_, j) => (i === j ? i + 2 : 0) + 1 / (1 + i + j)),
);
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
const times = (v: readonly number[]): number[] => matrix.map((row) => dot(row, v));
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((value, k) => value - (b[k] as number));
const size = (a: readonly number[]): number => Math.sqrt(dot(a, a));
/** x'Ax / 2 − Σ x. */
const quadratic = {
  value: (x: Float64Array) => dot(times([...x]), [...x]) / 2 - [...x].reduce((sum, value) => sum + value, 0),
  gradient: (x: Float64Array) => times([...x]).map((value) => value - 1),
  hessian: () => matrix,
};
const start = Array.from({ length: n }, (_, k) => k - 2);
const slope = (x: readonly number[]): number[] => quadratic.gradient(Float64Array.from(x));
/** The points that a method accepts. */
const followed = (method: MinimizeMethod, options: object = {}): number[][] => {
  const { trace = [] } = minimizeSync(engine, quadratic, start, method, { trace: true, ...options });
  return trace.map(({ x }) => Array.from((x as NDArray).data));
};

const betas = [
  "fletcherReeves",
  "polakRibiere",
  "polakRibierePlus",
  "hestenesStiefel",
  "daiYuan",
  "hagerZhang",
] as const;

describe("on a quadratic, exactly", () => {
  it.each(betas)("%s with exact steps: gradients orthogonal, directions conjugate, the end after n", (beta) => {
    const x = followed(conjugateGradient({ beta, lineSearch: exactQuadratic() }), { gradientTolerance: 1e-9 });
    expect(x.length).toBeLessThanOrEqual(n + 1);
    const steps = x.slice(1).map((point, k) => minus(point, x[k] as number[]));
    for (const [k, d] of steps.entries()) {
      const here = slope(x[k] as number[]);
      // The slope along the step that led there is gone.
      expect(Math.abs(dot(slope(x[k + 1] as number[]), d))).toBeLessThan(1e-10 * size(here) * size(d) + 1e-14);
      const before = steps[k - 1];
      if (!before || size(d) < 1e-6) continue;
      expect(Math.abs(dot(here, slope(x[k - 1] as number[])))).toBeLessThan(1e-8);
      expect(Math.abs(dot(times(before), d))).toBeLessThan(1e-8 * size(before) * size(d));
    }
  });

  it("restarts every k steps: those go along −g", () => {
    const x = followed(conjugateGradient({ beta: "polakRibiere", restart: 2, lineSearch: exactQuadratic() }));
    const along = (k: number): number => {
      const d = minus(x[k + 1] as number[], x[k] as number[]);
      const g = slope(x[k] as number[]);
      return -dot(d, g) / size(d) / size(g);
    };
    for (const k of [0, 2, 4]) expect(along(k)).toBeCloseTo(1, 10);
    for (const k of [1, 3]) expect(along(k)).toBeLessThan(1 - 1e-4);
  });

  it("BFGS, and L-BFGS with memory to spare, take the steps of conjugate gradients", () => {
    // L. Nazareth, A relationship between the BFGS and conjugate gradient algorithms, SIAM J. Numer. Anal. 16, 1979.
    const conjugate = followed(conjugateGradient({ beta: "fletcherReeves", lineSearch: exactQuadratic() }));
    const full = followed(bfgs({ lineSearch: exactQuadratic() }));
    const limited = followed(lbfgs({ memory: n, lineSearch: exactQuadratic() }));
    for (let k = 0; k < n; k++)
      for (let i = 0; i < n; i++) {
        expect(full[k]?.[i]).toBeCloseTo(conjugate[k]?.[i] as number, 8);
        expect(limited[k]?.[i]).toBeCloseTo(conjugate[k]?.[i] as number, 8);
      }
  });

  it("BFGS satisfies H y = s: its second step is −H g by the formula that does", () => {
    const x = followed(bfgs({ lineSearch: fixedStep(0.05) }), { maxIterations: 2 }) as [number[], number[], number[]];
    const s = minus(x[1], x[0]);
    const y = minus(slope(x[1]), slope(x[0]));
    const rho = 1 / dot(s, y);
    const gamma = dot(s, y) / dot(y, y);
    // H v = (I − ρ s y') γ (I − ρ y s') v + ρ s s'v.
    const apply = (v: number[]): number[] => {
      const inner = v.map((value, k) => gamma * (value - rho * dot(s, v) * (y[k] as number)));
      return inner.map((value, k) => value + rho * (dot(s, v) - dot(y, inner)) * (s[k] as number));
    };
    for (const [k, value] of apply(y).entries()) expect(value).toBeCloseTo(s[k] as number, 12);
    const step = minus(x[2], x[1]);
    for (const [k, value] of apply(slope(x[1])).entries()) expect(step[k]).toBeCloseTo(-0.05 * value, 12);
  });

  it("Newton ends in one step; damped with a large α it is gradient descent by 1 / α", () => {
    expect(followed(newton())).toHaveLength(2);
    const alpha = 1e8;
    const [x0, x1] = followed(dampedNewton({ damping: alpha, lineSearch: fixedStep() }), { maxIterations: 1 });
    const g = slope(x0 as number[]);
    for (const [k, d] of minus(x1 as number[], x0 as number[]).entries())
      expect((d * alpha) / (g[k] as number)).toBeCloseTo(-1, 6);
  });
});

describe("the first trial of a search", () => {
  /** The points of one number at which the value is asked for. */
  const tried = (f: Slope, x0: number, method: MinimizeMethod, options: object = {}): number[] => {
    const seen: number[] = [];
    const value = ([x = 0]: Float64Array): number => {
      if (x !== seen.at(-1)) seen.push(x);
      return f.value(x);
    };
    minimizeSync(engine, { value, gradient: ([x = 0]: Float64Array) => [f.slope(x)] }, [x0], method, {
      maxIterations: 4,
      ...options,
    });
    return seen;
  };
  interface Slope {
    readonly value: (x: number) => number;
    readonly slope: (x: number) => number;
  }
  const parabola = (curvature: number): Slope => ({
    value: (x) => (curvature * x * x) / 2,
    slope: (x) => curvature * x,
  });
  /** A search that takes every first trial that falls enough. */
  const lax = strongWolfe({ curvature: 0.99 });
  const expectPoints = (got: number[], wanted: number[]): void => {
    for (const [k, x] of wanted.entries()) expect(got[k], `trial ${k}`).toBeCloseTo(x, 9);
  };

  it("along −g is of length 1, then of the gain that is expected to be as large as the last", () => {
    // Nocedal and Wright, 2006, page 59: t = t' φ'(0)' / φ'(0).
    const wanted = [1000];
    let step = 0;
    let before = 0;
    for (let k = 0; k < 4; k++) {
      const x = wanted.at(-1) as number;
      const slope = 0.5 * x;
      step = k === 0 ? 1 / slope : (step * before * before) / (slope * slope);
      before = slope;
      wanted.push(x - step * slope);
    }
    // Slopes fall by so little that only a lax search is content.
    const content = strongWolfe({ curvature: 0.9999 });
    expectPoints(tried(parabola(0.5), 1000, gradientDescent({ lineSearch: content })), wanted);
  });

  it("is asked for its gradient once, by searches that look at slopes", () => {
    for (const lineSearch of [strongWolfe(), moreThuente(), hagerZhang()]) {
      const asked: string[] = [];
      const gradient = (x: Float64Array): number[] => {
        asked.push(x.join());
        return quadratic.gradient(x);
      };
      const found = minimizeSync(engine, { ...quadratic, gradient }, start, lbfgs({ lineSearch }));
      expect(found.status).toBe("converged");
      expect(new Set(asked).size).toBe(asked.length);
    }
  });

  it("is the whole of a gradient that is shorter than 1, and twice as much for backtracking", () => {
    expectPoints(tried(parabola(0.25), 2, gradientDescent({ lineSearch: lax }), { maxIterations: 1 }), [2, 1.5]);
    const halves = gradientDescent({ lineSearch: backtracking({ next: 0.5 }) });
    expectPoints(tried(parabola(0.25), 2, halves, { maxIterations: 1 }), [2, 1]);
  });

  it("of a huge x is 1e-8 of it", () => {
    const [x0 = 0, x1 = 0] = tried(parabola(1), 1e12, gradientDescent({ lineSearch: backtracking() }));
    expect((x0 - x1) / 1e12).toBeCloseTo(2e-8, 12);
  });

  it("of BFGS is that of the secant, once there is one", () => {
    const f: Slope = { value: (x) => x ** 4 / 4 + x, slope: (x) => x ** 3 + 1 };
    for (const method of [bfgs({ lineSearch: lax }), lbfgs({ lineSearch: lax })]) {
      const [x0 = 0, x1 = 0, x2 = 0] = tried(f, 3, method);
      expect(x1).toBeCloseTo(2, 12);
      expect(x2).toBeCloseTo(x1 - (f.slope(x1) * (x1 - x0)) / (f.slope(x1) - f.slope(x0)), 9);
    }
  });

  it("within bounds grows beyond the model's minimum, up to the bound and not beyond", () => {
    // Steep up to 1, and behind it so flat that the curvature seen before says nothing: the minimum, 101, is outside.
    const f: Slope = {
      value: (x) => (x < 1 ? 4.5 * x * x - 10 * x : -5.5 - (x - 1) + 0.005 * (x - 1) ** 2),
      slope: (x) => (x < 1 ? 9 * x - 10 : -1 + 0.01 * (x - 1)),
    };
    const seen: number[] = [];
    const value = ([x = 0]: Float64Array): number => {
      seen.push(x);
      return f.value(x);
    };
    const objective = { value, gradient: ([x = 0]: Float64Array) => [f.slope(x)] };
    const bounds = { lower: [-1000], upper: [50] };
    for (const lineSearch of [strongWolfe(), moreThuente()]) {
      const {
        x,
        status,
        trace = [],
      } = minimizeSync(engine, objective, [0], lbfgs({ lineSearch }), { bounds, trace: true });
      expect(status).toBe("converged");
      expect((x as NDArray).data[0]).toBe(50);
      const accepted = trace.map((entry) => (entry.x as NDArray).data[0]);
      expect(accepted[1]).toBeCloseTo(1, 9);
      // The model's minimum is at 1 + 1/9.
      expect(accepted[2]).toBeGreaterThan(1.5);
    }
    expect(Math.max(...seen)).toBe(50);
  });
});

describe("first-order optimizers through minimize go the way they go in a trainer", () => {
  it.each<[string, Optimizer]>([
    ["sgd", sgd({ learningRate: 0.02, momentum: 0.9, nesterov: true })],
    ["adam", adam({ learningRate: 0.1 })],
    ["sam", sam(sgd({ learningRate: 0.02 }), { radius: 0.3 })],
    ["sam around adam", sam(adam({ learningRate: 0.1 }), { radius: 0.3 })],
    ["lookahead", lookahead(sgd({ learningRate: 0.02 }), { syncPeriod: 3 })],
    ["scheduleFreeSgd", scheduleFreeSgd({ learningRate: 0.02 })],
    ["randomSearch", randomSearch({ scale: 1, around: "best" })],
  ])("%s", (_, optimizer) => {
    const f = (x: Tensor): Tensor => {
      const row = x.reshape([1, n]);
      return row.matmul(matrix).multiply(row).sum().multiply(0.5).subtract(row.sum());
    };
    const model: Layer = {
      name: "point",
      parameters: { x: { shape: [n], initializer: ({ trace }) => trace.constant({ data: start, shape: [n] }, "f64") } },
      apply: ({ x }) => x as Tensor,
    };
    const loss = { name: "f", targets: "values" as const, reduction: "sum" as const, apply: f };
    const trainer = createTrainer(engine, { model, loss, optimizer, dtype: "f64" });
    for (let step = 0; step < 10; step++) trainer.step({ inputs: [[0]], targets: [[0]] });
    const { x } = minimizeSync(engine, f, start, optimizer, { iterations: 10 });
    const there = trainer.parameters().x?.data as Float64Array;
    for (const [k, value] of Array.from((x as NDArray).data).entries())
      expect(value).toBeCloseTo(there[k] as number, 12);
  });
});

describe("first-order optimizers through minimize stay within bounds", () => {
  it.each<[string, Optimizer]>([
    ["scheduleFreeSgd", scheduleFreeSgd({ learningRate: 0.1 })],
    ["sam", sam(sgd({ learningRate: 0.1 }), { radius: 0.5 })],
    ["randomSearch", randomSearch({ scale: 1, around: "best" })],
  ])("%s, wherever it takes its gradients", (_, optimizer) => {
    const bounds = { lower: 0, upper: 2 };
    const seen: number[] = [];
    const plain = {
      value: (x: Float64Array) => {
        seen.push(...x);
        return ((x[0] as number) - 3) ** 2 + ((x[1] as number) + 1) ** 2;
      },
      gradient: (x: Float64Array) => [2 * ((x[0] as number) - 3), 2 * ((x[1] as number) + 1)],
    };
    const { x } = minimizeSync(engine, plain, [1, 1], optimizer, { bounds, maxIterations: 200 });
    expect([Math.min(...seen), Math.max(...seen)]).toEqual([0, 2]);
    expect(Array.from((x as NDArray).data)).toEqual([2, 0]);
  });

  it("sam ends where no evaluation is left for its second gradient", () => {
    const f = (x: Tensor): Tensor => x.square().sum();
    const { evaluations, status } = minimizeSync(engine, f, [1], sam(sgd({ learningRate: 0.1 })), {
      maxEvaluations: 4,
    });
    expect([evaluations.value, status]).toEqual([4, "maxEvaluations"]);
    const odd = minimizeSync(engine, f, [1], sam(sgd({ learningRate: 0.1 })), { maxEvaluations: 3 });
    expect([odd.evaluations.value, odd.iterations]).toEqual([3, 1]);
  });
});

describe("every direction with every line search solves Rosenbrock's function", () => {
  const residuals = (x: Float64Array): number[] => [
    10 * ((x[1] as number) - (x[0] as number) ** 2),
    1 - (x[0] as number),
  ];
  const searches: Record<string, LineSearch> = {
    "cubic backtracking": backtracking(),
    "quadratic backtracking": backtracking({ next: "quadratic" }),
    "backtracking by halves": backtracking({ next: 0.5 }),
    strongWolfe: strongWolfe(),
    moreThuente: moreThuente(),
    hagerZhang: hagerZhang(),
    exactQuadratic: exactQuadratic(),
  };
  const directions: Record<string, (options: { lineSearch: LineSearch }) => MinimizeMethod> = {
    gradientDescent,
    ...Object.fromEntries(
      betas.map((beta) => [beta, (options: object) => conjugateGradient({ ...options, beta })] as const),
    ),
    bfgs,
    lbfgs,
    newton,
    dampedNewton,
    saddleFreeNewton,
    gaussNewton,
  };
  const pairs = Object.entries(directions)
    .flatMap(([direction, make]) =>
      Object.entries(searches).map((search) => [direction, search[0], make, search[1]] as const),
    )
    .filter(([direction, search]) => direction !== "gaussNewton" || search !== "exactQuadratic");

  it.each(pairs)("%s, %s", (direction, _, make, lineSearch) => {
    const options = { maxIterations: 100_000 };
    const method = make({ lineSearch });
    const found =
      direction === "gaussNewton"
        ? minimizeSync(engine, { residuals }, [-1.2, 1], method, options)
        : minimizeSync(engine, rosenbrock, [-1.2, 1], method, options);
    expect(found.status, found.message).toBe("converged");
    expect(found.value).toBeLessThan(1e-12);
  });

  it("the one pair without sense is refused", () => {
    expect(() => gaussNewton({ lineSearch: exactQuadratic() })).toThrow("which residuals lack. Use backtracking()");
  });
});

describe("what is wrong with a function", () => {
  type Pair = readonly [number, number];
  const bowl = {
    value: ([x, y]: Pair) => (x - 1) ** 2 + 10 * (y - 2) ** 2,
    gradient: ([x, y]: Pair) => [2 * (x - 1), 20 * (y - 2)],
  };
  const solve = (f: unknown, x0: Pair = [0, 0], method: MinimizeMethod = lbfgs(), options: object = {}) =>
    minimizeSync(engine, f as never, x0 as never, method, options) as Minimum<NDArray>;
  const stays = (found: Minimum<NDArray>): void => expect(Array.from(found.x.data)).toEqual([0, 0]);

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("the value %d at the start", (value) => {
    const found = solve({ value: () => value, gradient: bowl.gradient });
    expect(found.status).toBe("notFinite");
    expect(found.message).toContain("Start where the function is finite");
    expect(found.value).toBe(value);
    stays(found);
  });

  it.each([
    ["trust region", trustRegionNewton()],
    ["damped Newton", dampedNewton()],
    ["Levenberg-Marquardt", levenbergMarquardt()],
  ])("by %s, the value Infinity at the start", (_, method) => {
    const f = {
      ...bowl,
      value: () => Number.POSITIVE_INFINITY,
      residuals: () => [Number.POSITIVE_INFINITY, 1],
      hessian: () => [1, 0, 0, 1],
    };
    expect(solve(f, [0, 0], method)).toMatchObject({ status: "notFinite", value: Number.POSITIVE_INFINITY });
  });

  // SciPy's line searches fail on these as well; what counts is that nothing is called a minimum.
  const searches = [hagerZhang(), strongWolfe(), moreThuente(), backtracking(), exactQuadratic()];
  const betas = ["fletcherReeves", "polakRibierePlus", "hestenesStiefel", "daiYuan", "hagerZhang"] as const;
  it.each(searches.map((search) => [search.search, search] as const))(
    "a quadratic without a minimum: %s",
    (_, lineSearch) => {
      const saddle = {
        value: ([x, y]: Pair) => x * x - y * y,
        gradient: ([x, y]: Pair) => [2 * x, -2 * y],
        hessian: () => [2, 0, 0, -2],
      };
      const methods = [
        ...betas.map((beta) => conjugateGradient({ beta, lineSearch })),
        lbfgs({ lineSearch }),
        bfgs({ lineSearch }),
        dampedNewton({ lineSearch }),
      ];
      for (const method of methods)
        for (const start of [
          [1, 1],
          [1, 1e-3],
        ] as const) {
          const found = solve(saddle, start, method);
          expect([found.status, method.method, start]).not.toContain("converged");
          expect(found.value).toBeLessThan(-1e6);
        }
    },
  );

  it("a Hessian of which nothing is left along one number", () => {
    // eˣ − x at -700: H is 1e-304 there, and the step of Newton's method longer than anything that could be tried.
    const f = (x: Tensor): Tensor => x.exp().subtract(x).sum();
    for (const method of [dampedNewton(), saddleFreeNewton(), trustRegionNewton()]) {
      const found = solve(f, [50, -700], method);
      expect(found.status).toBe("converged");
      expect(found.value).toBeCloseTo(2, 12);
    }
  });

  it("a gradient of NaN at the start", () => {
    const found = solve({ value: bowl.value, gradient: () => [Number.NaN, 0] });
    expect(found.status).toBe("notFinite");
    stays(found);
  });

  it.each([
    ["lbfgs", lbfgs()],
    ["trust region", trustRegionNewton()],
    ["damped Newton", dampedNewton()],
  ])("by %s, NaN beyond a wall: the best point before it is kept", (_, method) => {
    const walled = { ...bowl, value: (x: Pair) => (x[0] > 0.5 ? Number.NaN : bowl.value(x)) };
    const found = solve(walled, [0, 0], method);
    expect(found.value).toBeLessThan(bowl.value([0, 0]));
    expect(found.x.data[0]).toBeLessThanOrEqual(0.5);
  });

  const all = [
    lbfgs(), bfgs(), gradientDescent(), conjugateGradient(), dampedNewton(), saddleFreeNewton(), trustRegionNewton(),
    levenbergMarquardt(), gaussNewton(),
  ]; // biome-ignore format: a list
  const ones = { 1: [1, 1], 0: [0, 0] } as const;

  it.each(all.map((method) => [method.method, method] as const))(
    "by %s, a wall before the minimum is no convergence, nor is a gradient of the other sign",
    (_, method) => {
      // Straight ahead lies NaN: the slope at the wall is far from 0.
      const steep = { value: ([x, y]: Pair) => (x - 1) ** 2 + (y - 1) ** 2 + 1, gradient: ([x, y]: Pair) => [2 * x - 2, 2 * y - 2], hessian: () => [2, 0, 0, 2], residuals: ([x, y]: Pair) => [x - 1, y - 1, 1], jacobian: () => [1, 0, 0, 1, 0, 0] }; // biome-ignore format: a table
      const walled = {
        ...steep,
        value: (x: Pair) => (x[0] + x[1] > 1 ? Number.NaN : steep.value(x)),
        residuals: (x: Pair) => (x[0] + x[1] > 1 ? [Number.NaN, 0, 1] : steep.residuals(x)),
      };
      for (const options of [{}, { stepTolerance: 1e-6 }]) {
        const found = solve(walled, ones[0], method, options);
        if (method.method === "levenbergMarquardt" || !("stepTolerance" in options))
          expect(found.status, found.message).toBe("lineSearch");
        expect(found.value).toBeLessThan(steep.value(ones[0]));
      }
      const contrary = {
        ...steep,
        gradient: (x: Pair) => steep.gradient(x).map((g) => -g),
        jacobian: () => [-1, 0, 0, -1, 0, 0],
      };
      const found = solve(contrary, [0.2, 0.3], method);
      expect(found.status, found.message).toBe("lineSearch");
      expect(found.message).toContain("gradientCheck");
    },
  );

  it.each(all.map((method) => [method.method, method] as const))(
    "by %s, variables of 1e-12 and of 1e12 without a gradient",
    (_, method) => {
      const isScaled = /gauss|marquardt/i.test(method.method);
      for (const unit of [1e-12, 1e12]) {
        const residuals = ([x, y]: Pair) => [x / unit + (x / unit) ** 3 - 2, y / unit + (y / unit) ** 3 - 10];
        const value = (x: Pair) => residuals(x).reduce((sum, r) => sum + r * r, 0);
        const found = solve(
          { value, residuals },
          [5 * unit, 4 * unit],
          method,
          isScaled ? {} : { gradientTolerance: 1e-6 / unit },
        );
        expect(found.status, found.message).toBe("converged");
        expect((found.x.data[0] as number) / unit).toBeCloseTo(1, 5);
        expect((found.x.data[1] as number) / unit).toBeCloseTo(2, 5);
      }
    },
  );

  it("variables of 1e-12 within bounds of 1e-9: the slope counts, not the way to a bound", () => {
    const f = (x: Tensor): Tensor => x.multiply(1e12).subtract([1, 2]).square().sum();
    for (const method of [lbfgs(), adam({ learningRate: 1e-13 })]) {
      const options = { bounds: { lower: 1.5e-12, upper: 1e-9 } };
      const found = minimizeSync(engine, f, [5e-12, 5e-12], method, options) as Minimum<NDArray>;
      expect(found.status, found.message).toBe("converged");
      expect(found.iterations).toBeGreaterThan(1);
      expect((found.x.data[0] as number) / 1.5e-12).toBeCloseTo(1, 12);
      expect((found.x.data[1] as number) / 2e-12).toBeCloseTo(1, 8);
    }
    // A curvature of 1e24 is as good as any: pairs are kept, and n + 1 steps end on a quadratic of two variables.
    expect((minimizeSync(engine, f, [5e-12, 5e-12], lbfgs()) as Minimum<NDArray>).iterations).toBeLessThan(5);
  });

  it("NaN from some evaluation on", () => {
    let calls = 0;
    const found = solve({ ...bowl, value: (x: Pair) => (++calls > 3 ? Number.NaN : bowl.value(x)) });
    expect(found.status).not.toBe("converged");
    expect(found.value).toBeLessThanOrEqual(bowl.value([0, 0]));
  });

  it("a slope that underflows: within bounds there is nothing left to gain", () => {
    // Down by 1 up to 0.5, and behind that by so little that its square is 0.
    const ledge = {
      value: ([x]: Pair) => (x < 0.5 ? -x : -0.5 - 1e-170 * x),
      gradient: ([x]: Pair) => [x < 0.5 ? -1 : -1e-170, 0],
    };
    const options = { bounds: { lower: -9, upper: 9 }, gradientTolerance: 0, valueTolerance: 0, stepTolerance: 0 };
    const found = solve(ledge, [0, 0], lbfgs(), options);
    expect(found).toMatchObject({ status: "converged", iterations: 1 });
    expect(found.value).toBe(-0.5);
  });

  it("shapes and kinds that are wrong", () => {
    expect(() => solve({ ...bowl, gradient: () => [1] })).toThrow("gradient has 1 numbers, expected 2");
    expect(() => solve({ ...bowl, gradient: () => "up" })).toThrow(TypeError);
    expect(() => solve({ ...bowl, value: () => [1, 2] })).toThrow("value must return a number");
    expect(() => solve({ ...bowl, hessian: () => [[1]] }, [0, 0], newton())).toThrow("hessian has 1 numbers");
    let rows = 2;
    const growing = { residuals: () => new Float64Array(rows++) };
    expect(() => solve(growing, [1, 1], levenbergMarquardt())).toThrow("residuals has");
    expect(() => solve({ residuals: () => [] }, [1, 1], levenbergMarquardt())).toThrow("expected at least 1");
  });

  it.each([
    ["of the other sign", ([a, b]: number[]) => [-(a as number), -(b as number)]],
    [
      "turned by a right angle and more",
      ([a, b]: number[]) => [-(b as number) - (a as number), (a as number) - (b as number)],
    ],
  ])("a gradient %s: gradientCheck is offered, and nothing is lost", (_, wrong) => {
    const found = solve({ ...bowl, gradient: (x: Pair) => wrong(bowl.gradient(x)) }, [3, 5]);
    expect(found.status).toBe("lineSearch");
    expect(found.message).toContain("contradicts the function");
    expect(found.message).toContain("gradientCheck(engine, f)(x)");
    expect(found.value).toBeLessThanOrEqual(bowl.value([3, 5]));
  });

  it("values coarser than what is left to gain end near the minimum", () => {
    const coarse = { ...bowl, value: (x: Pair) => Math.round(1e3 * bowl.value(x)) / 1e3 };
    const found = solve(coarse, [3, 5]);
    expect(found.value).toBeLessThan(1e-2);
    expect(["converged", "lineSearch"]).toContain(found.status);
  });

  it("bounds that cross or are no numbers, and a start outside", () => {
    const within = (lower: unknown, upper: unknown, f: unknown = bowl, x0: Pair = [0, 0]) =>
      solve(f, x0, lbfgs(), { bounds: { lower, upper } });
    expect(() => within([0, 1], [1, 0])).toThrow("bounds cross: got 1 .. 0 for number 1");
    expect(() => within(Number.NaN, 1)).toThrow("bounds cross");
    expect(() => within([0], [1])).toThrow("bounds.lower has 1 numbers, expected 2");
    const seen: Pair[] = [];
    const watched = {
      ...bowl,
      value: (x: Pair) => {
        seen.push([x[0], x[1]]);
        return bowl.value(x);
      },
    };
    const found = within(0, [0.5, 8], watched, [9, -9]);
    expect(seen.every(([x, y]) => x >= 0 && x <= 0.5 && y >= 0 && y <= 8)).toBe(true);
    expect(found.status).toBe("converged");
    expect(found.x.data[0]).toBe(0.5);
    expect(found.x.data[1]).toBeCloseTo(2, 8);
    // Bounds that meet hold a number fast.
    expect(Array.from(within(3, 3).x.data)).toEqual([3, 3]);
  });

  it("singular and indefinite systems", () => {
    const flat = {
      value: ([x]: Pair) => x * x + x,
      gradient: ([x]: Pair) => [2 * x + 1, 0],
      hessian: () => [
        [2, 0],
        [0, 0],
      ],
    };
    expect(solve(flat, [1, 1], newton()).status).toMatch(/singular|converged/);
    for (const method of [dampedNewton(), saddleFreeNewton(), trustRegionNewton()]) {
      const found = solve(flat, [1, 1], method);
      expect(found.status).toBe("converged");
      expect(found.x.data[0]).toBeCloseTo(-0.5, 7);
    }
    const saddle = { value: ([x, y]: Pair) => x * x - y * y, gradient: ([x, y]: Pair) => [2 * x, -2 * y] };
    const uphill = solve(saddle, [0.1, 2], newton({ lineSearch: strongWolfe() }));
    expect(uphill.status).toBe("uphill");
    expect(uphill.message).toContain("dampedNewton()");
    // Two columns of J are one: nothing tells the parameters apart, and the squares are least nevertheless.
    const doubled = { residuals: ([x, y]: Pair) => [1, 2, 3].map((t) => t * (x + y) - t) };
    const least = solve(doubled, [0, 0], levenbergMarquardt());
    expect(least.status).toBe("converged");
    expect(least.value).toBeLessThan(1e-20);
    expect(solve(doubled, [0, 0], gaussNewton()).value).toBeLessThan(1e-12);
  });

  it("no degree of freedom: a fit without errors of its parameters", async () => {
    const line = (t: Tensor, p: Tensor): Tensor => t.multiply(p.slice(0, 0, 1)).add(p.slice(0, 1, 2));
    const fit = await fitCurve(engine, line as never, { x: [0, 1], y: [1, 3] }, [0, 0]);
    expect(fit.degreesOfFreedom).toBe(0);
    expect(fit.covariance).toBeNull();
    expect(fit.message).toContain("There are as many parameters");
  });

  it("objectives that throw pass their error on, and give their memory back", async () => {
    solve(bowl);
    const before = engine.bytesInUse;
    let calls = 0;
    const failing = {
      ...bowl,
      value: (x: Pair) => {
        if (++calls === 2) throw new Error("out of cheese");
        return bowl.value(x);
      },
    };
    expect(() => solve(failing)).toThrow("out of cheese");
    const late = { ...bowl, value: () => Promise.reject(new Error("later")) };
    await expect(minimize(engine, late, [0, 0])).rejects.toThrow("later");
    expect(engine.bytesInUse).toBe(before);
    expect(solve(bowl).status).toBe("converged");
  });

  it("promises where there is no waiting", () => {
    expect(() => solve({ ...bowl, value: async () => 1 })).toThrow("Use minimize, and await it");
    expect(() => solve({ ...bowl, gradient: async () => [1, 1] })).toThrow("Use minimize, and await it");
  });

  const later = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  it("the signal, while a promise is out", async () => {
    const stop = new AbortController();
    let calls = 0;
    const late = {
      value: async (x: Pair) => {
        if (++calls === 4) stop.abort();
        await later(1);
        return bowl.value(x);
      },
      gradient: async (x: Pair) => bowl.gradient(x),
    };
    const found = await minimize(engine, late, [50, -50], gradientDescent(), { signal: stop.signal });
    expect(found.status).toBe("aborted");
    expect(calls).toBeLessThan(7);
    expect(found.value).toBeLessThanOrEqual(bowl.value([50, -50]));
  });

  it("time and evaluations run out with the best point in hand", async () => {
    const slow = {
      ...bowl,
      value: async (x: Pair) => {
        await later(15);
        return bowl.value(x);
      },
    };
    const late = await minimize(engine, slow, [50, -50], gradientDescent(), { time: 0.1 });
    expect(late.status).toBe("time");
    expect(late.value).toBeLessThanOrEqual(bowl.value([50, -50]));
    const few = solve(bowl, [50, -50], gradientDescent(), { maxEvaluations: 4 });
    expect(few.status).toBe("maxEvaluations");
    expect(few.evaluations.value).toBeLessThanOrEqual(4);
    expect(few.value).toBeLessThan(bowl.value([50, -50]));
  });
});

describe("residuals whose derivative is made of constants alone", () => {
  // Least squares of p₀ (1, 0, 1, 2) + p₁ (0, 1, 1, 1) ≈ (1, 2, 3, 4.1): J'J = [6 3; 3 3] and J'y = (12.2, 9.1).
  const columns = [
    [1, 0],
    [0, 1],
    [1, 1],
    [2, 1],
  ];
  const y = [1, 2, 3, 4.1];
  const exact = [3.1 / 3, 2];
  const models: Readonly<Record<string, (x: Tensor, p: Tensor) => Tensor>> = {
    "matrix times vector": (x, p) => x.matmul(p.reshape([2, 1])).reshape([4]),
    "sums over rows": (x, p) => x.multiply(p).sum({ axes: 1 }),
    "slices, broadcast": (x, p) =>
      x
        .slice(1, 0, 1)
        .multiply(p.slice(0, 0, 1))
        .add(x.slice(1, 1).multiply(p.slice(0, 1))),
  };
  it.each(Object.keys(models))("%s", async (name) => {
    const model = models[name]!;
    for (const method of [levenbergMarquardt(), gaussNewton()]) {
      const fit = await fitCurve(engine, model as never, { x: columns, y }, [0, 0], { method });
      const { data } = fit.parameters as NDArray;
      for (const [k, value] of exact.entries()) expect(data[k]).toBeCloseTo(value, 12);
      expect(fit.residualSumOfSquares).toBeCloseTo(0.01 / 3, 12);
    }
  });
});

describe("plain functions at the edge of where they are defined", () => {
  it.each(["central", "forward"] as const)("%s differences stay within bounds", async (differences) => {
    const outside: number[][] = [];
    const value = ([a = 0, b = 0, c = 0]: number[]): number => {
      if (a < 0 || b > 2 || c !== 1) outside.push([a, b, c]);
      return Math.sqrt(a) + (b - 3) ** 2 + c;
    };
    for (const method of [lbfgs(), adam({ learningRate: 0.1 })]) {
      const options = { bounds: { lower: [0, -9, 1], upper: [9, 2, 1] }, differences };
      const found = await minimize(engine, { value: value as never }, [0.5, 0, 1], method, options);
      const { data } = found.x as NDArray;
      expect(found.status).toBe("converged");
      for (const [k, at] of [0, 2, 1].entries()) expect(data[k]).toBeCloseTo(at, 6);
    }
    expect(outside).toEqual([]);
  });

  it("differences beside a bound are those of the slope", () => {
    const bounds = { lower: [0, 0, 0], upper: [1, 1, 1] };
    const value = ([a = 0, b = 0, c = 0]: number[]): number => Math.exp(a) + Math.exp(-b) + (c - 0.999999) ** 2;
    const found = minimizeSync(engine, { value: value as never }, [0, 1, 1 - 1e-9], lbfgs(), { bounds });
    expect(found.status).toBe("converged");
    expect((found.x as NDArray).data[2]).toBeCloseTo(0.999999, 6);
  });

  it("a value of −∞ is answered as such", async () => {
    const found = await minimize(
      engine,
      { value: (([a = 0]: number[]) => (a > 0.5 ? -Infinity : (a - 1) ** 2)) as never },
      [0],
    );
    expect(found).toMatchObject({ status: "notFinite", value: Number.NEGATIVE_INFINITY });
  });
});
