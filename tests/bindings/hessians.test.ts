// Hessians and Jacobians against closed forms and central differences in f64.

import { concatenate, hessian, jacobian, type NDArray, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { grad, valueAndGrad } from "./transforms.js";

engineForAll();

const close = (got: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void => {
  expect(got.length).toBe(expected.length);
  for (let i = 0; i < got.length; i++)
    expect(Math.abs((got[i] as number) - (expected[i] as number)), `element ${i}`).toBeLessThanOrEqual(
      tolerance * Math.max(1, Math.abs(expected[i] as number)),
    );
};

/** Columns of the Hessian as central differences of the gradient. */
function differences(f: (x: Tensor) => Tensor, x: readonly number[], shape: readonly number[]): number[] {
  const gradient = grad(engine, f);
  const at = (i: number, by: number): ArrayLike<number> => {
    const data = Float64Array.from(x);
    data[i] = (data[i] as number) + by;
    return gradient({ data, shape }).data;
  };
  const h = 1e-5;
  const columns = x.map((_, i) => {
    const [right, left] = [at(i, h), at(i, -h)];
    return x.map((_, j) => ((right[j] as number) - (left[j] as number)) / (2 * h));
  });
  return columns.flat();
}

const points = [0.3, -1.2, 2, 0.7, -0.4, 1.1];
const functions: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  tanh: (x) => x.tanh().sum(),
  "tanh of sums": (x) => x.sum({ axes: 0 }).tanh().square().sum(),
  softmax: (x) => x.softmax().square().sum(),
  "softmax of products": (x) => x.matmul(x, { transposeB: true }).softmax().square().sum(),
  "log softmax": (x) => x.logSoftmax().multiply(x).sum(),
  sigmoid: (x) => x.sigmoid().multiply(x).sum(),
  gelu: (x) => x.gelu().sum(),
  "log-sum-exp": (x) => x.logSumExp().square().sum(),
  product: (x) => x.product(),
  division: (x) => x.slice(0, 0, 1).divide(x.slice(0, 1).square().add(1)).sum(),
  variance: (x) => x.variance({ axes: 1 }).add(0.1).sqrt().sum(),
  maximum: (x) => x.max({ axes: 1 }).square().sum(),
};

describe("hessian", () => {
  it.each(Object.keys(functions))("of %s agrees with differences and is symmetric to rounding", (name) => {
    const f = functions[name] as (x: Tensor) => Tensor;
    const { data, shape } = hessian(engine, f)({ data: points, shape: [2, 3] });
    expect(shape).toEqual([2, 3, 2, 3]);
    close(data, differences(f, points, [2, 3]), 1e-8);
    const size = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (let i = 0; i < 6; i++)
      for (let j = 0; j < i; j++)
        expect(Math.abs((data[6 * i + j] as number) - (data[6 * j + i] as number))).toBeLessThan(1e-14 * (1 + size));
  });

  it("of tanh, sigmoid, softmax and logarithms is the closed form", () => {
    const x = 0.8;
    const t = Math.tanh(x);
    close(hessian(engine, (y) => y.tanh())(x).data, [-2 * t * (1 - t * t)], 1e-14);
    const s = 1 / (1 + Math.exp(-x));
    close(hessian(engine, (y) => y.sigmoid())(x).data, [s * (1 - s) * (1 - 2 * s)], 1e-14);
    // ∇² log Σ exp = diag p − p pᵀ.
    const z = [1, -2, 0.5];
    const weights = z.map(Math.exp);
    const p = weights.map((w) => w / weights.reduce((a, b) => a + b));
    const exact = p.flatMap((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b));
    close(hessian(engine, (y) => y.logSumExp())(z).data, exact, 1e-14);
    // ∇² p₀ = p₀ ((e₀ − p)(e₀ − p)ᵀ − diag p + p pᵀ).
    const first = p.flatMap((a, i) =>
      p.map((b, j) => (p[0] as number) * ((Number(i === 0) - a) * (Number(j === 0) - b) - (i === j ? a : 0) + a * b)),
    );
    close(hessian(engine, (y) => y.softmax().slice(0, 0, 1).sum())(z).data, first, 1e-14);
    const rosenbrock = (y: Tensor): Tensor => {
      const [a, b] = [y.slice(0, 0, 1), y.slice(0, 1)];
      return b.subtract(a.square()).square().multiply(100).add(a.negate().add(1).square()).sum();
    };
    close(hessian(engine, rosenbrock)([-1.2, 1]).data, [1330, 480, 480, 200], 1e-14);
  });

  it("is 0 on both sides of a kink of relu, and at it", () => {
    const { data } = hessian(engine, (x) => x.relu().sum())([-1, 0, 2]);
    expect(Array.from(data, (value) => value + 0)).toEqual(Array(9).fill(0));
    const squared = hessian(engine, (x) => x.relu().square().sum())([-1, 2]);
    expect(Array.from(squared.data, (value) => value + 0)).toEqual([0, 0, 0, 2]);
  });

  it("of a tree is a tree of trees", () => {
    const f = ({ a, b }: { a: Tensor; b: Tensor }): Tensor => a.matmul(b).square().sum();
    const tree = { a: [[1, 2]], b: [[3], [4]] };
    const blocks = hessian(engine, f as never)(tree as never) as unknown as Record<string, Record<string, NDArray>>;
    expect(blocks.a?.b?.shape).toEqual([1, 2, 2, 1]);
    // y = (a·b)²: ∂²/∂aᵢ∂bⱼ = 2 bᵢ aⱼ + 2 (a·b) δᵢⱼ, a·b = 11.
    expect(Array.from(blocks.a?.b?.data ?? [])).toEqual([2 * 3 * 1 + 22, 2 * 3 * 2, 2 * 4 * 1, 2 * 4 * 2 + 22]);
    expect(Array.from(blocks.a?.a?.data ?? [])).toEqual([18, 24, 24, 32]);
    expect(Array.from(blocks.b?.a?.data ?? [])).toEqual([28, 8, 12, 38]);
  });

  it("keeps its program, takes f32, and gives memory back", () => {
    const before = engine.bytesInUse;
    const h = hessian(engine, (x) => x.square().square().sum());
    expect(Array.from(h([1]).data)).toEqual([12]);
    expect(Array.from(h([2]).data)).toEqual([48]);
    expect(h(Float32Array.of(1.5)).data[0]).toBe(27);
    h.free();
    expect(engine.bytesInUse).toBe(before);
    expect(() => h([1])).toThrow("hessian: used after it was freed. Make it again.");
  });

  it("refuses what has none", () => {
    expect(() => hessian(engine, (x) => x)([1, 2])).toThrow("hessian: f must return a scalar, got shape [2].");
    expect(() => hessian(engine, (x) => x.sum())([])).toThrow(
      "hessian: there are no parameters. Give at least 1 number.",
    );
    expect(() => hessian(engine, (x) => x.sum())(Int32Array.of(1))).toThrow("holds integers");
    expect(() => hessian(engine, 3 as never)([1])).toThrow("hessian: expected a function of tensors, got 3.");
  });
});

describe("jacobian", () => {
  /** Jacobian by central differences. */
  const numerical = (f: (x: Tensor) => Tensor, x: number[], m: number): number[] => {
    const rows = Array.from({ length: m }, (_, i) => {
      const component = (t: Tensor): Tensor =>
        f(t)
          .reshape([m])
          .slice(0, i, i + 1)
          .sum();
      return Array.from(valueAndGrad(engine, component)(x).gradient.data);
    });
    return rows.flat();
  };

  it.each([
    [
      "more results than arguments, forward",
      (x: Tensor) => concatenate([x.tanh(), x.exp(), x.softmax(), x.square()]),
      12,
    ],
    ["fewer, in reverse", (x: Tensor) => x.softmax().slice(0, 0, 2), 2],
    ["as many", (x: Tensor) => x.cumulativeSum().sin(), 3],
  ] as const)("with %s, is the rows of gradients", (_, f, m) => {
    const x = [0.3, -0.7, 1.9];
    const { data, shape } = jacobian(engine, f)(x);
    expect(shape).toEqual([m, 3]);
    close(data, numerical(f, x, m), 1e-13);
  });

  it("of softmax is diag p − p pᵀ, of a linear map its matrix, forward as in reverse", () => {
    const z = [1, -2, 0.5];
    const weights = z.map(Math.exp);
    const p = weights.map((w) => w / weights.reduce((a, b) => a + b));
    close(
      jacobian(engine, (x) => x.softmax())(z).data,
      p.flatMap((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b)),
      1e-15,
    );
    const tall = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    const wide = [
      [1, 2, 3],
      [4, 5, 6],
    ];
    const times = (matrix: number[][], width: number) => (x: Tensor) =>
      x
        .reshape([1, width])
        .matmul(matrix[0]?.map((__, j) => matrix.map((row) => row[j] as number)) as number[][])
        .reshape([matrix.length]);
    expect(Array.from(jacobian(engine, times(tall, 2))([7, 8]).data)).toEqual(tall.flat());
    expect(Array.from(jacobian(engine, times(wide, 3))([7, 8, 9]).data)).toEqual(wide.flat());
  });

  it("has the shapes of results and arguments, for trees one each, for scalars none", () => {
    const outer = jacobian(engine, ((t: { a: Tensor; b: Tensor }) => t.a.reshape([2, 1]).multiply(t.b)) as never);
    const { a, b } = outer({ a: [1, 2], b: [3, 4, 5] } as never) as unknown as Record<string, NDArray>;
    expect(a?.shape).toEqual([2, 3, 2]);
    expect(b?.shape).toEqual([2, 3, 3]);
    expect(Array.from(a?.data ?? [])).toEqual([3, 0, 4, 0, 5, 0, 0, 3, 0, 4, 0, 5]);
    expect(Array.from(b?.data ?? [])).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 2]);
    const scalar = jacobian(engine, (x) => x.square())(3);
    expect(scalar.shape).toEqual([]);
    expect(scalar.data[0]).toBe(6);
  });

  it("of what does not depend on x is 0", () => {
    expect(Array.from(jacobian(engine, (x) => x.sign().broadcastTo([4]))([2]).data)).toEqual([0, 0, 0, 0]);
  });

  it("refuses integers and emptiness", () => {
    expect(() => jacobian(engine, (x) => x.argMax())([1, 2])).toThrow("f returns integers, which have no derivative.");
    expect(() => jacobian(engine, (x) => x.slice(0, 0, 0))([1, 2])).toThrow("f returns an empty tensor.");
    expect(() => jacobian(engine, (x) => x)(Int32Array.of(1))).toThrow("holds integers");
  });
});
