// Curve fits against SciPy's, in ordinary units and in units far from 1, which must make no difference: parameters and
// standard errors scale with the units of x and y, bit for bit where those are powers of two.

import {
  type CurveFit,
  fitCurve,
  gaussNewton,
  lbfgs,
  levenbergMarquardt,
  minimizeSync,
  type NDArray,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, fixture } from "./engine.js";

engineForAll();

interface Case {
  readonly model: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly start: readonly number[];
  readonly sigma?: readonly number[];
  readonly bounds?: readonly (readonly (number | null)[])[];
  readonly loss?: "soft_l1" | "cauchy";
  readonly lossScale?: number;
  readonly parameters: readonly number[];
  readonly standardErrors: readonly number[] | null;
  readonly cost?: number;
}
/** SciPy 1.10.1; how each figure was made stands in the file. */
const { cases } = fixture<{ cases: readonly Case[] }>("scipy_fits");
const plain = cases.filter(({ bounds, loss }) => !bounds && !loss);

interface Model {
  /** Of x and one tensor a parameter. */
  readonly apply: (x: Tensor, ...p: Tensor[]) => Tensor;
  /** Powers of the units of x and y in each parameter's. */
  readonly units: readonly (readonly [x: number, y: number])[];
}
const bell = (x: Tensor, a: Tensor, m: Tensor, w: Tensor): Tensor =>
  x.subtract(m).divide(w).square().multiply(-0.5).exp().multiply(a);
const models: Readonly<Record<string, Model>> = {
  exponentialOffset: {
    apply: (x, a: Tensor, k: Tensor, c: Tensor) => x.multiply(k).negate().exp().multiply(a).add(c),
    units: [[0, 1], [-1, 0], [0, 1]], // biome-ignore format: a table
  },
  gaussian: { apply: bell as Model["apply"], units: [[0, 1], [1, 0], [1, 0]] }, // biome-ignore format: a table
  twoGaussians: {
    apply: (x, a: Tensor, m: Tensor, w: Tensor, b: Tensor, n: Tensor, v: Tensor) =>
      bell(x, a, m, w).add(bell(x, b, n, v)),
    units: [[0, 1], [1, 0], [1, 0], [0, 1], [1, 0], [1, 0]], // biome-ignore format: a table
  },
  logistic4: {
    apply: (x, a: Tensor, b: Tensor, c: Tensor, d: Tensor) => a.subtract(d).divide(x.divide(c).power(b).add(1)).add(d),
    units: [[0, 1], [0, 0], [1, 0], [0, 1]], // biome-ignore format: a table
  },
  michaelisMenten: {
    apply: (x, v: Tensor, k: Tensor) => x.multiply(v).divide(x.add(k)),
    units: [[0, 1], [1, 0]], // biome-ignore format: a table
  },
  sine: {
    apply: (x, a: Tensor, f: Tensor, p: Tensor, c: Tensor) =>
      x.multiply(f).multiply(2 * Math.PI).add(p).sin().multiply(a).add(c), // biome-ignore format: one formula
    units: [[0, 1], [-1, 0], [0, 0], [0, 1]], // biome-ignore format: a table
  },
  // The unit of a is that of y over that of x to the power b, which is fitted: x in its own unit says the same.
  power: { apply: (x, a: Tensor, b: Tensor) => x.power(b).multiply(a), units: [[0, 1], [0, 0]] }, // biome-ignore format: a table
  line: { apply: (x, m: Tensor, b: Tensor) => x.multiply(m).add(b), units: [[-1, 1], [0, 1]] }, // biome-ignore format: a table
};
const pieces = (p: Tensor): Tensor[] => Array.from({ length: p.size }, (_, k) => p.slice(0, k, k + 1));
const values = (x: unknown): number[] => Array.from((x as NDArray).data);

/** Fits with x in units of 1 / sx and y in units of 1 / sy; the answer in the units of the case. */
async function fitted(given: Case, method = levenbergMarquardt(), sx = 1, sy = 1, options: object = {}) {
  const { apply, units } = models[given.model] as Model;
  const ownX = given.model === "power" ? 1 : sx;
  const scales = units.map(([x, y]) => ownX ** x * sy ** y);
  const times = (list: readonly number[], factor: number): number[] => list.map((value) => value * factor);
  const fit = (await fitCurve(
    engine,
    (x: Tensor, p: Tensor) => apply(x, ...pieces(p)),
    {
      x: times(given.x, ownX),
      y: times(given.y, sy),
      ...(given.sigma ? { weights: times(given.sigma, sy).map((sigma) => 1 / sigma ** 2) } : {}),
    },
    given.start.map((value, k) => value * (scales[k] as number)),
    { method, ...options },
  )) as CurveFit<unknown>;
  const back = (list: unknown): number[] => values(list).map((value, k) => value / (scales[k] as number));
  return { fit, parameters: back(fit.parameters), errors: back(fit.standardErrors) };
}

const worst = (got: readonly number[], expected: readonly number[]): number =>
  Math.max(...got.map((value, k) => Math.abs(value / (expected[k] as number) - 1)));
const methods = [levenbergMarquardt(), gaussNewton()].map((method) => [method.method, method] as const);

describe.each(plain.map((given, k) => [`${k} ${given.model}`, given] as const))("%s", (_, given) => {
  const figures = { parameters: given.parameters, errors: given.standardErrors as readonly number[] };

  it.each(methods)("has SciPy's parameters and standard errors by %s", async (__, method) => {
    const { fit, parameters, errors } = await fitted(given, method);
    expect(fit.status, fit.message).toBe("converged");
    expect(worst(parameters, figures.parameters)).toBeLessThan(1e-8);
    expect(worst(errors, figures.errors)).toBeLessThan(1e-8);
  });

  it.each(methods)("is the same in every unit by %s", async (__, method) => {
    const own = await fitted(given, method);
    for (const [sx, sy] of [
      [2 ** 40, 2 ** 40],
      [2 ** -40, 2 ** -40],
      [2 ** 40, 2 ** -40],
      [2 ** -20, 2 ** 60],
    ] as const) {
      // biome-ignore format: a table
      const { parameters, errors } = await fitted(given, method, sx, sy);
      expect([parameters, errors]).toEqual([own.parameters, own.errors]);
    }
    for (const unit of [1e-12, 1e12]) {
      const { fit, parameters, errors } = await fitted(given, method, unit, unit);
      expect(fit.status, fit.message).toBe("converged");
      expect(worst(parameters, own.parameters)).toBeLessThan(1e-8);
      expect(worst(errors, own.errors)).toBeLessThan(1e-8);
    }
  });
});

describe("SciPy's fits with bounds and robust losses, as sums to minimize", () => {
  const robust = {
    soft_l1: (z: Tensor) => z.add(1).sqrt().subtract(1).multiply(2),
    cauchy: (z: Tensor) => z.log1p(),
  };
  const others = cases.filter((given) => !plain.includes(given));
  it.each(others.map((given) => [given.model, given.loss ?? "squares", given] as const))("%s, %s", (_, __, given) => {
    const { model, x, y, bounds, loss, lossScale = 1 } = given;
    const sum = (p: Tensor): Tensor => {
      const residuals = models[model]!.apply(p.trace.constant(x as number[], "f64"), ...pieces(p)).subtract(
        y as number[],
      );
      const z = residuals.divide(lossScale).square();
      return (loss ? robust[loss](z) : z).sum().multiply(0.5 * lossScale ** 2);
    };
    const side = (k: number, otherwise: number): number[] =>
      given.start.map((_unused, j) => bounds?.[k]?.[j] ?? otherwise);
    const options = bounds
      ? { bounds: { lower: side(0, Number.NEGATIVE_INFINITY), upper: side(1, Number.POSITIVE_INFINITY) } }
      : {};
    const found = minimizeSync(engine, sum, given.start as number[], lbfgs(), options);
    expect(found.status, found.message).toBe("converged");
    expect(worst(values(found.x), given.parameters)).toBeLessThan(1e-5);
    if (given.cost !== undefined) expect(found.value / given.cost).toBeCloseTo(1, 9);
  });
});

/** Determinant of integers, without fractions (E. H. Bareiss, 1968). */
function determinant(matrix: readonly (readonly bigint[])[]): bigint {
  const a = matrix.map((row) => [...row]);
  let sign = 1n;
  let before = 1n;
  for (let k = 0; k + 1 < a.length; k++) {
    const pivot = a.findIndex((row, i) => i >= k && row[k] !== 0n);
    if (pivot < 0) return 0n;
    if (pivot !== k) {
      [a[k], a[pivot]] = [a[pivot]!, a[k]!];
      sign = -sign;
    }
    for (let i = k + 1; i < a.length; i++)
      for (let j = k + 1; j < a.length; j++) a[i]![j] = (a[i]![j]! * a[k]![k]! - a[i]![k]! * a[k]![j]!) / before;
    before = a[k]![k]!;
  }
  return sign * (a.at(-1)?.at(-1) ?? 1n);
}

/** Least squares by Cramer's rule on the normal equations, exactly: parameters and standard errors for integers. */
function exactly(columns: readonly (readonly bigint[])[], y: readonly bigint[], rows: number) {
  const dot = (a: readonly bigint[], b: readonly bigint[]): bigint => a.reduce((sum, v, k) => sum + v * b[k]!, 0n);
  const normal = columns.map((a) => columns.map((b) => dot(a, b)));
  const right = columns.map((a) => dot(a, y));
  const whole = determinant(normal);
  const ratio = (a: bigint, b: bigint): number => Number((a << 200n) / b) * 2 ** -200;
  const tops = columns.map((_, k) => determinant(normal.map((row, i) => row.map((v, j) => (j === k ? right[i]! : v)))));
  const square = dot(y, y) * whole - dot(tops, right);
  const minors = columns.map((_, k) => determinant(normal.filter((__, i) => i !== k).map((row) => row.filter((__, j) => j !== k)))); // biome-ignore format: one formula
  return {
    parameters: tops.map((top) => ratio(top, whole)),
    errors: minors.map((minor) => Math.sqrt((ratio(square, whole) / (rows - columns.length)) * ratio(minor, whole))),
  };
}

/** Noise of 1024ths. */
const noise = (k: number): number => Math.round(1024 * Math.sin(1.7 * k * k + k));

describe("well-posed fits whose columns differ much or are nearly one", () => {
  const line = (x: Tensor, p: Tensor): Tensor => x.multiply(p.slice(0, 0, 1)).add(p.slice(0, 1, 2));
  const linear = async (x: readonly number[], y: readonly bigint[], degree: number, method = levenbergMarquardt()) => {
    const model = (t: Tensor, p: Tensor): Tensor =>
      pieces(p).reduceRight((sum, coefficient) => sum.multiply(t).add(coefficient));
    const data = y.map((value) => Number(value) / 1024);
    const start = Array<number>(degree + 1).fill(0);
    const fit = await fitCurve(engine, model, { x, y: data }, start, { method });
    const powers = Array.from({ length: degree + 1 }, (_, k) => x.map((t) => 1024n * BigInt(t) ** BigInt(k)));
    return { fit, exact: exactly(powers, y, x.length) };
  };

  it.each(methods)("a line over times in milliseconds, by %s", async (_, method) => {
    const x = Array.from({ length: 60 }, (__, k) => 1.7e12 + 1000 * k);
    const y = x.map((__, k) => BigInt(12_345 + 35 * k + noise(k)));
    const { fit, exact } = await linear(x, y, 1, method);
    expect(fit.status, fit.message).toBe("converged");
    expect(worst(values(fit.parameters), exact.parameters)).toBeLessThan(1e-8);
    expect(worst(values(fit.standardErrors), exact.errors)).toBeLessThan(1e-8);
  });

  it("a polynomial over 370 .. 470", async () => {
    const x = Array.from({ length: 101 }, (_, k) => 370 + k);
    const y = x.map((t, k) => BigInt(Math.round(1024 * (3 + ((t - 420) / 50) ** 3)) + (noise(k) >> 6)));
    const { fit, exact } = await linear(x, y, 4);
    expect(fit.status, fit.message).toBe("converged");
    expect(worst(values(fit.parameters), exact.parameters)).toBeLessThan(1e-6);
    expect(worst(values(fit.standardErrors), exact.errors)).toBeLessThan(1e-6);
  });

  it("100,000 rows", async () => {
    const rows = 100_000;
    const x = Array.from({ length: rows }, (_, k) => 1.7e12 + 1000 * k);
    const y = x.map((_, k) => BigInt(12_345 + 35 * k + noise(k)));
    const { fit, exact } = await linear(x, y, 1);
    expect(fit.status, fit.message).toBe("converged");
    expect(worst(values(fit.parameters), exact.parameters)).toBeLessThan(1e-10);
    expect(worst(values(fit.standardErrors), exact.errors)).toBeLessThan(1e-10);
  });

  it("resistance and capacitance", async () => {
    const t = Array.from({ length: 40 }, (_, k) => 2e-4 * k);
    const model = (x: Tensor, { r, c }: { r: Tensor; c: Tensor }): Tensor =>
      x.divide(r.multiply(c)).negate().exp().negate().add(1).multiply(r).multiply(3e-9);
    const y = t.map((x) => 3 * (1 - Math.exp(-x / 2e-3)));
    for (const [, method] of methods) {
      const fit = await fitCurve(engine, model as never, { x: t, y }, { r: 2e9, c: 1e-12 }, { method });
      expect(fit.status, fit.message).toBe("converged");
      const { r, c } = fit.parameters as { r: number; c: number };
      expect(r / 1e9).toBeCloseTo(1, 9);
      expect(c / 2e-12).toBeCloseTo(1, 9);
      expect(fit.covariance).not.toBeNull();
    }
  });

  it("says that R and C alone are not determined where their product is", async () => {
    const t = Array.from({ length: 40 }, (_, k) => 2e-4 * k);
    const model = (x: Tensor, { r, c }: { r: Tensor; c: Tensor }): Tensor => x.divide(r.multiply(c)).negate().exp();
    const y = t.map((x, k) => Math.exp(-x / 2e-3) + noise(k) / 1e5);
    const fit = await fitCurve(engine, model as never, { x: t, y }, { r: 2e9, c: 1e-12 });
    expect(fit.status, fit.message).toBe("converged");
    expect(fit.covariance).toBeNull();
    expect(fit.message).toContain("does not determine");
  });

  it.each(methods)("starts from 0 as well, in any unit, by %s", async (_, method) => {
    const x = Array.from({ length: 12 }, (__, k) => k);
    const y = x.map((t, k) => 3 * t - 7 + noise(k) / 1024);
    const fits = [];
    for (const unit of [1, 2 ** 40, 2 ** -40]) {
      const fit = await fitCurve(engine, line, { x, y: y.map((v) => v * unit) }, [0, 0], { method });
      expect(fit.status, fit.message).toBe("converged");
      fits.push([fit.parameters, fit.standardErrors].map((list) => values(list).map((v) => v / unit)));
    }
    expect(fits[1]).toEqual(fits[0]);
    expect(fits[2]).toEqual(fits[0]);
  });
});

describe("derivatives that are not finite where the model is", () => {
  const t = [0, 1, 2, 3, 5, 8, 13];
  const y = t.map((x, k) => 3 / (1 + (x / 4) ** -0.6) + noise(k) / 1e5);
  const start = [2, 3, 0.8];
  const hill = (x: Tensor, v: Tensor, e: Tensor, h: Tensor): Tensor => {
    const share = x.divide(e).power(h);
    return share.divide(share.add(1)).multiply(v);
  };
  // At 0 the model is 0 whatever the parameters: that observation counts for the degrees of freedom alone.
  const without = async () => {
    const model = (x: Tensor, p: Tensor): Tensor => hill(x, ...(pieces(p) as [Tensor, Tensor, Tensor]));
    return values((await fitCurve(engine, model, { x: t.slice(1), y: y.slice(1) }, start)).parameters);
  };

  it.each(methods)("Hill's curve through 0, by %s", async (_, method) => {
    const model = (x: Tensor, p: Tensor): Tensor => hill(x, ...(pieces(p) as [Tensor, Tensor, Tensor]));
    const fit = await fitCurve(engine, model, { x: t, y }, start, { method });
    expect(fit.status, fit.message).toBe("converged");
    expect(worst(values(fit.parameters), await without())).toBeLessThan(1e-6);
    expect(values(fit.standardErrors).every((error) => error > 0 && error < 1)).toBe(true);
  });

  it("the same as a sum of squares, and as plain functions with a Jacobian of NaN", async () => {
    const sum = (p: Tensor): Tensor =>
      hill(p.trace.constant(t, "f64"), ...(pieces(p) as [Tensor, Tensor, Tensor]))
        .subtract(y)
        .square()
        .sum();
    const options = { bounds: { lower: 0.01, upper: 100 } };
    const squares = minimizeSync(engine, sum, start, lbfgs(), options);
    expect(squares.status, squares.message).toBe("converged");
    expect(worst(values(squares.x), await without())).toBeLessThan(1e-4);
    const residuals = ([v = 0, e = 0, h = 0]: number[]): number[] =>
      t.map((x, k) => v / (1 + (x / e) ** -h) - (y[k] as number));
    const jacobian = ([v = 0, e = 0, h = 0]: number[]): number[][] =>
      t.map((x) => {
        const share = (x / e) ** h;
        const common = (v * share) / (1 + share) ** 2;
        return [share / (1 + share), (-common * h) / e, common * Math.log(x / e)];
      });
    expect(jacobian(start)[0]?.[2]).toBeNaN();
    const found = minimizeSync(engine, { residuals, jacobian } as never, start, levenbergMarquardt());
    expect(found.status, found.message).toBe("converged");
    expect(worst(values(found.x), await without())).toBeLessThan(1e-6);
  });

  it("a parameter at the edge of where the model is defined", () => {
    const residuals = ([p = 0]: number[]): number[] => t.map((x) => Math.sqrt(p) * x - 0.3 * x);
    const value = ([p = 0]: number[]): number => (Math.sqrt(p) - 0.3) ** 2;
    for (const found of [
      minimizeSync(engine, { residuals } as never, [0], levenbergMarquardt()),
      minimizeSync(
        engine,
        (p: Tensor) =>
          p
            .sqrt()
            .multiply(t)
            .subtract(t.map((x) => 0.3 * x)),
        [0],
        levenbergMarquardt(),
      ),
      minimizeSync(engine, { value } as never, [0], lbfgs()),
      minimizeSync(engine, (p: Tensor) => p.sqrt().subtract(0.3).square().sum(), [0], lbfgs()),
    ]) {
      expect(found.status, found.message).toBe("converged");
      expect(values(found.x)[0]).toBeCloseTo(0.09, 6);
    }
  });
});

it("fitCurve keeps the trace it was asked for", async () => {
  const given = plain[0] as Case;
  const { fit } = await fitted(given, levenbergMarquardt(), 1, 1, { trace: true });
  expect(fit.trace).toHaveLength(fit.iterations + 1);
  expect(values(fit.trace?.[0]?.x)).toEqual(given.start);
  expect(2 * (fit.trace?.at(-1)?.value as number)).toBe(fit.residualSumOfSquares);
  expect((await fitted(given)).fit.trace).toBeUndefined();
});
