// Objectives that are compiled once: the same searches as with the function itself, and one trace for all of them.

import {
  adam,
  createEngine,
  dampedNewton,
  gradientDescent,
  lbfgs,
  levenbergMarquardt,
  type MinimizeMethod,
  minimizeSync,
  newton,
  type Optimizer,
  type Tensor,
  trustRegionNewton,
} from "thalweg";
import { compileObjective, createSearch, rosenbrock } from "thalweg/minimizers";
import { expect, it } from "vitest";

const engine = await createEngine();
const methods: readonly (MinimizeMethod | Optimizer)[] = [
  lbfgs(),
  newton(),
  dampedNewton(),
  trustRegionNewton(),
  gradientDescent(),
  adam({ learningRate: 0.1 }),
];
const most = { maxIterations: 60 };

it("is visited at the same points, bit for bit, by any method in any order", () => {
  const f = compileObjective(rosenbrock.f);
  const searched = (g: typeof f) =>
    methods.map((method) => {
      const search = createSearch(engine, g, rosenbrock.start, method, most);
      search.advance();
      return [search.trace.x, search.trace.value, search.trace.gradientNorm];
    });
  const expected = searched(rosenbrock.f);
  expect(searched(f)).toEqual(expected);
  expect(searched(f)).toEqual(expected);
});

it("is traced once for each kind of program, engine and shape", async () => {
  let traces = 0;
  const f = compileObjective((x: Tensor) => {
    traces++;
    return x.subtract(2).square().square().sum();
  });
  minimizeSync(engine, f, [0, 1], newton());
  const first = traces;
  for (const method of methods) minimizeSync(engine, f, [0, 1], method, most);
  minimizeSync(engine, f, [5, -3], newton());
  // Backtracking needs the value alone besides.
  expect(traces).toBeLessThanOrEqual(first + 1);
  const before = traces;
  expect(minimizeSync(engine, f, [0, 1, 2], newton()).x.shape).toEqual([3]);
  expect(traces).toBeGreaterThan(before);
  const other = await createEngine();
  expect(minimizeSync(other, f, [0, 1], newton())).toEqual(minimizeSync(engine, f, [0, 1], newton()));
});

it("has residuals, and trees as arguments, also beside a scalar function of the same points", () => {
  const data = [1, 2, 4, 8];
  const r = compileObjective(({ a, b }: { a: Tensor; b: Tensor }) =>
    b.multiply([0, 1, 2, 3]).exp().multiply(a).subtract(data),
  );
  for (const start of [
    { a: 2, b: 0.5 },
    { a: 0.5, b: 1 },
  ]) {
    const { x } = minimizeSync(engine, r, start, levenbergMarquardt());
    expect(x.a).toBeCloseTo(1, 9);
    expect(x.b).toBeCloseTo(Math.LN2, 9);
  }
  const one = compileObjective((x: Tensor) => x.subtract(3).square());
  expect(minimizeSync(engine, one, [0], levenbergMarquardt()).x.data[0]).toBeCloseTo(3, 5);
  expect(minimizeSync(engine, one, [0], lbfgs()).x.data[0]).toBeCloseTo(3, 9);
});

it("serves searches that take turns", () => {
  const f = compileObjective(rosenbrock.f);
  const [a, b] = [
    createSearch(engine, f, rosenbrock.start, newton()),
    createSearch(engine, f, { x: 2, y: 2 }, lbfgs()),
  ];
  for (let k = 0; k < 30; k++) for (const search of [a, b]) search.advance(1);
  a.free();
  b.advance();
  expect(b.result).toEqual(minimizeSync(engine, rosenbrock.f, { x: 2, y: 2 }, lbfgs()));
});

it("throws the errors of the function, and keeps nothing of them", () => {
  let shape: readonly number[] = [1, 2];
  const f = compileObjective((x: Tensor) => (shape.length > 0 ? x : x.square().sum()));
  expect(() => minimizeSync(engine, f, [1, 2], lbfgs())).toThrow("minimizeSync: the function must return a scalar");
  shape = [];
  expect(minimizeSync(engine, f, [1, 2], lbfgs()).status).toBe("converged");
  expect(() => compileObjective(5 as never)).toThrow("compileObjective: f must be a function of tensors, got 5");
});
