// Dense linear algebra: residuals at odd and even sizes, published matrices, figures of numpy and scipy, refusals.

import {
  cholesky,
  conditionNumber,
  type Engine,
  ldlt,
  qr,
  singularValues,
  solve,
  solveLeastSquares,
  symmetricEigen,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { build, engine, engineForAll, fixture } from "./engine.js";

interface Figures {
  hilbertConditions: Record<string, number>;
  hilbertCholesky5: number[];
  wilkinson21: number[];
  rosser: number[];
  kahan: { n: number; angle: number; sin: number; cos: number; singular: number[] };
  symmetric: number[];
  inertia: number[];
  singular: number[];
  leastSquares: number[];
  solution: number[];
}
const figures = fixture<Figures>("linalg");
const epsilon = Number.EPSILON;
const sizes = build === "debug" ? [0, 1, 2, 3, 5, 17, 64] : [0, 1, 2, 3, 5, 17, 64, 129];

interface Square {
  data: Float64Array;
  shape: number[];
}

function made(m: number, n: number, element: (i: number, j: number) => number): Square {
  return { data: Float64Array.from({ length: m * n }, (_, k) => element(Math.floor(k / n), k % n)), shape: [m, n] };
}

function product(a: Square, b: Square, transposeB = false): Square {
  const [m = 0, k = 0] = a.shape;
  const n = (transposeB ? b.shape[0] : b.shape[1]) ?? 0;
  return made(m, n, (i, j) => {
    let sum = 0;
    for (let p = 0; p < k; p++)
      sum += (a.data[i * k + p] as number) * (b.data[transposeB ? j * k + p : p * n + j] as number);
    return sum;
  });
}

const transpose = (a: Square): Square =>
  made(a.shape[1] as number, a.shape[0] as number, (i, j) => a.data[j * (a.shape[1] as number) + i] as number);
const asSquare = (a: { data: Float64Array; shape: readonly number[] }): Square => ({
  data: a.data,
  shape: [...a.shape],
});
const size = (a: Square): number => a.data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
const apart = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, x, k) => Math.max(most, Math.abs(x - (b[k] as number))), 0);
const identity = (n: number): Square => made(n, n, (i, j) => Number(i === j));

/** Numbers in [-1, 1) without pattern. */
function scattered(m: number, n: number, seed: number): Square {
  let state = seed;
  return made(m, n, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function symmetric(n: number, seed: number): Square {
  const a = scattered(n, n, seed);
  return made(n, n, (i, j) => a.data[Math.max(i, j) * n + Math.min(i, j)] as number);
}

const hilbert = (n: number): Square => made(n, n, (i, j) => 1 / (i + j + 1));
const wilkinson = (n: number): Square =>
  made(n, n, (i, j) => (i === j ? Math.abs(i - (n - 1) / 2) : Number(Math.abs(i - j) === 1)));
const waves = (m: number, n: number): Square =>
  made(m, n, (i, j) => (((7 * i + 3 * j + i * j) % 11) - 5) / 4 + Number(i === j));
const rosser: number[][] = [
  [611, 196, -192, 407, -8, -52, -49, 29],
  [196, 899, 113, -192, -71, -43, -8, -44],
  [-192, 113, 899, 196, 61, 49, 8, 52],
  [407, -192, 196, 611, 8, 44, 59, -23],
  [-8, -71, 61, 8, 411, -599, 208, 208],
  [-52, -43, 49, 44, -599, 411, 208, 208],
  [-49, -8, 8, 59, 208, 208, 99, -911],
  [29, -44, 52, -23, 208, 208, -911, 99],
];

engineForAll();

describe("cholesky", () => {
  it.each(sizes)("‖A − L Lᵀ‖ is rounding, L is triangular, and solve solves: n = %i", (n) => {
    const g = scattered(n, n, 7);
    const square = product(g, g, true);
    const a = made(n, n, (i, j) => (square.data[i * n + j] as number) + Number(i === j));
    const { factor, solve: solveWith } = cholesky(engine, a);
    const l = asSquare(factor);
    expect(apart(product(l, l, true).data, a.data)).toBeLessThanOrEqual(n * epsilon * size(a));
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(l.data[i * n + j]).toBe(0);
    const x = scattered(n, 3, 11);
    const solved = solveWith(product(a, x));
    expect(solved.shape).toEqual([n, 3]);
    expect(apart(product(a, asSquare(solved)).data, product(a, x).data)).toBeLessThanOrEqual(
      100 * (n + 1) * epsilon * size(a) * (1 + size(asSquare(solved))),
    );
  });

  it("of the Hilbert matrix is numpy's, with integers known in closed form at L₀₀ and L₁₀", () => {
    const { data } = cholesky(engine, hilbert(5)).factor;
    expect(apart(data, figures.hilbertCholesky5)).toBeLessThan(1e-14);
    expect(Array.from(data.slice(0, 2))).toEqual([1, 0]);
  });

  it("names the first pivot that is not positive", () => {
    expect(() =>
      cholesky(engine, [
        [1, 2],
        [2, 1],
      ]),
    ).toThrow(
      "cholesky: not positive definite: pivot 1 is -3, expected a positive number. Use ldlt for an indefinite matrix, " +
        "or add to its diagonal.",
    );
    const late = made(40, 40, (i, j) => (i === j ? (i === 33 ? -5 : 2) : 0));
    expect(() => cholesky(engine, late)).toThrow("pivot 33 is -5");
    expect(() => cholesky(engine, [[0]])).toThrow("pivot 0 is 0");
  });

  it("takes huge and tiny elements", () => {
    expect(cholesky(engine, [[1e300]]).factor.data[0]).toBe(1e150);
    expect(cholesky(engine, [[1e-300]]).factor.data[0]).toBe(1e-150);
  });
});

describe("ldlt", () => {
  it.each(sizes)("P A Pᵀ = L D Lᵀ and inertia counts the signs of the eigenvalues: n = %i", (n) => {
    const a = symmetric(n, 3);
    for (let i = 0; i < n; i += 3) a.data[i * n + i] = 0;
    const { lower, blocks, permutation, inertia, solve: solveWith } = ldlt(engine, a);
    const l = asSquare(lower);
    const permuted = made(
      n,
      n,
      (i, j) => a.data[(permutation[i] as number) * n + (permutation[j] as number)] as number,
    );
    expect(apart(product(product(l, asSquare(blocks)), l, true).data, permuted.data)).toBeLessThanOrEqual(
      10 * (n + 1) * epsilon * size(a),
    );
    expect([...permutation].sort((x, y) => x - y)).toEqual(Array.from({ length: n }, (_, i) => i));
    const { data: values } = symmetricEigen(engine, a).values;
    expect(inertia).toEqual({
      positive: values.filter((value) => value > 0).length,
      negative: values.filter((value) => value < 0).length,
      zero: n === 1 ? 1 : 0,
    });
    if (n === 1) return;
    const x = scattered(n, 2, 5);
    const b = product(a, x);
    const again = product(a, asSquare(solveWith(b)));
    expect(apart(again.data, b.data)).toBeLessThanOrEqual(100 * (n + 1) * epsilon * (1 + size(b)));
    // Rook pivoting bounds L.
    expect(size(l)).toBeLessThan(4);
  });

  it("has scipy's inertia", () => {
    const a = waves(9, 9);
    const s = made(9, 9, (i, j) => (a.data[i * 9 + j] as number) + (a.data[j * 9 + i] as number));
    const { positive, negative, zero } = ldlt(engine, s).inertia;
    expect([positive, negative, zero]).toEqual([...figures.inertia, 0]);
  });

  it("factors a singular matrix and refuses to solve with it", () => {
    const { inertia, solve: solveWith } = ldlt(engine, [
      [1, 1],
      [1, 1],
    ]);
    expect(inertia).toEqual({ positive: 1, negative: 0, zero: 1 });
    expect(() => solveWith([1, 1])).toThrow("ldlt: the matrix is singular: 1 of 2 eigenvalues are 0.");
    expect(
      ldlt(
        engine,
        made(4, 4, () => 0),
      ).inertia.zero,
    ).toBe(4);
  });
});

describe("qr", () => {
  const shapes: [number, number][] = sizes.map((n) => [n, n]);
  it.each([...shapes, [7, 3], [3, 7], [33, 5], [1, 6], [6, 1]] as [number, number][])(
    "A P = Q R with orthonormal Q, with and without pivoting: %i × %i",
    (m, n) => {
      const a = scattered(m, n, 17);
      for (const pivot of [false, true]) {
        const { q, r, permutation, rank } = qr(engine, a, { pivot });
        const k = Math.min(m, n);
        expect(rank).toBe(k);
        const permuted = made(m, n, (i, j) => a.data[i * n + (permutation[j] as number)] as number);
        expect(apart(product(asSquare(q), asSquare(r)).data, permuted.data)).toBeLessThanOrEqual(
          10 * (k + 1) * epsilon * (1 + size(a)),
        );
        const qt = transpose(asSquare(q));
        expect(apart(product(qt, qt, true).data, identity(k).data)).toBeLessThanOrEqual(10 * (k + 1) * epsilon);
        for (let i = 0; i < k; i++) for (let j = 0; j < i; j++) expect(r.data[i * n + j]).toBe(0);
        if (pivot)
          for (let i = 1; i < k; i++)
            expect(Math.abs(r.data[i * n + i] as number)).toBeLessThanOrEqual(
              Math.abs(r.data[(i - 1) * n + i - 1] as number) * (1 + 1e-7),
            );
      }
    },
  );

  it("shows the rank", () => {
    const left = scattered(20, 3, 2);
    const right = scattered(3, 8, 4);
    expect(qr(engine, product(left, right), { pivot: true }).rank).toBe(3);
    expect(
      qr(
        engine,
        made(3, 2, () => 0),
        { pivot: true },
      ).rank,
    ).toBe(0);
  });
});

describe("symmetricEigen", () => {
  it.each(sizes)("residual and orthogonality are rounding, values ascend, and need no vectors: n = %i", (n) => {
    const a = symmetric(n, 23);
    const { values, vectors } = symmetricEigen(engine, a);
    const v = asSquare(vectors);
    const scaled = made(n, n, (i, j) => (v.data[i * n + j] as number) * (values.data[j] as number));
    expect(apart(product(a, v).data, scaled.data)).toBeLessThanOrEqual(10 * (n + 1) * epsilon * (1 + size(a)));
    expect(apart(product(transpose(v), v).data, identity(n).data)).toBeLessThanOrEqual(10 * (n + 1) * epsilon);
    for (let i = 1; i < n; i++) expect(values.data[i]).toBeGreaterThanOrEqual(values.data[i - 1] as number);
    expect(apart(symmetricEigen(engine, a, { vectors: false }).values.data, values.data)).toBe(0);
  });

  it("resolves the pairs of Wilkinson's W21+ that agree to 14 digits", () => {
    const { data } = symmetricEigen(engine, wilkinson(21)).values;
    expect(apart(data, figures.wilkinson21)).toBeLessThan(21 * epsilon * 11);
    // J. H. Wilkinson, The Algebraic Eigenvalue Problem, 1965, p. 309.
    expect(data[20]).toBeCloseTo(10.7461941829034, 12);
    expect(Math.abs((data[20] as number) - (data[19] as number))).toBeLessThan(1e-13);
  });

  it("finds Rosser's eigenvalues: twice 1000, 0, and ±10√10405", () => {
    const { data } = symmetricEigen(engine, rosser).values;
    const exact = [
      -10 * Math.sqrt(10405),
      0,
      510 - 100 * Math.sqrt(26),
      1000,
      1000,
      510 + 100 * Math.sqrt(26),
      1020,
      10 * Math.sqrt(10405),
    ];
    // In ascending order 1020 comes after 510 + 100√26 = 1019.9.
    expect(apart(data, exact)).toBeLessThan(1e-11);
    expect(apart(data, figures.rosser)).toBeLessThan(1e-11);
  });

  it("knows the second difference in closed form: 2 − 2 cos(kπ / (n + 1))", () => {
    const n = 50;
    const a = made(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
    const exact = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    expect(apart(symmetricEigen(engine, a).values.data, exact)).toBeLessThan(n * epsilon * 4);
  });

  it("takes multiples of the identity, zeros, huge and tiny matrices", () => {
    expect(Array.from(symmetricEigen(engine, identity(9)).values.data)).toEqual(Array(9).fill(1));
    expect(
      Array.from(
        symmetricEigen(
          engine,
          made(9, 9, () => 0),
        ).values.data,
      ),
    ).toEqual(Array(9).fill(0));
    for (const factor of [1e300, 1e-300]) {
      const { data } = symmetricEigen(engine, [
        [2 * factor, factor],
        [factor, 2 * factor],
      ]).values;
      expect((data[0] as number) / factor).toBeCloseTo(1, 14);
      expect((data[1] as number) / factor).toBeCloseTo(3, 14);
    }
  });

  it("has numpy's values", () => {
    const a = waves(9, 9);
    const s = made(9, 9, (i, j) => (a.data[i * 9 + j] as number) + (a.data[j * 9 + i] as number));
    expect(apart(symmetricEigen(engine, s).values.data, figures.symmetric)).toBeLessThan(1e-13);
  });
});

describe("solve and solveLeastSquares", () => {
  it("have numpy's solutions", () => {
    const x = solve(
      engine,
      waves(9, 9),
      Float64Array.from({ length: 9 }, (_, i) => i),
    );
    expect(apart(x.data, figures.solution)).toBeLessThan(1e-12);
    const b = Float64Array.from({ length: 12 }, (_, i) => (i % 5) - 2);
    expect(apart(solveLeastSquares(engine, waves(12, 5), b).data, figures.leastSquares)).toBeLessThan(1e-13);
  });

  it.each([1, 2, 3, 5, 17, 64])("leave a residual of rounding for many right-hand sides: n = %i", (n) => {
    const a = scattered(n, n, 31);
    const b = scattered(n, 3, 37);
    const x = asSquare(solve(engine, a, b));
    expect(apart(product(a, x).data, b.data)).toBeLessThanOrEqual(20 * (n + 1) * epsilon * (1 + size(x)));
  });

  it("refuses what is singular, and says the rank", () => {
    expect(() =>
      solve(
        engine,
        [
          [1, 2],
          [2, 4],
        ],
        [1, 2],
      ),
    ).toThrow("solve: the matrix is singular: its rank is 1 of 2. Remove dependent equations, or add to the diagonal.");
    expect(() =>
      solveLeastSquares(
        engine,
        [
          [1, 1],
          [1, 1],
          [1, 1],
        ],
        [1, 2, 3],
      ),
    ).toThrow("its rank is 1 of 2. Drop dependent columns");
    expect(() => solveLeastSquares(engine, [[1, 2]], [1])).toThrow("A [1, 2] has fewer rows than columns");
    expect(() =>
      solve(
        engine,
        [
          [1, 2],
          [3, 4],
        ],
        [1, 2, 3],
      ),
    ).toThrow("b must have as many rows as A: got shape [3]");
  });
});

describe("singularValues and conditionNumber", () => {
  it("know the condition of Hilbert matrices, which grows as e^3.5n", () => {
    for (const [n, expected] of Object.entries(figures.hilbertConditions)) {
      const got = conditionNumber(engine, hilbert(Number(n)));
      expect(Math.abs(got / expected - 1)).toBeLessThan(Number(n) < 8 ? 1e-10 : 1e-5);
    }
    // J. Todd, "The condition of the finite segments of the Hilbert matrix", 1954: exact inverses are integers.
    expect(conditionNumber(engine, hilbert(3)) / 524.0567775860644).toBeCloseTo(1, 12);
    expect(conditionNumber(engine, hilbert(10)) / 1.6024e13).toBeCloseTo(1, 3);
  });

  it("have numpy's values, for Kahan's matrix too", () => {
    expect(apart(singularValues(engine, waves(12, 5)).data, figures.singular)).toBeLessThan(1e-13);
    const wide = transpose(waves(12, 5));
    expect(apart(singularValues(engine, wide).data, figures.singular)).toBeLessThan(1e-13);
    const { n, sin, cos, singular } = figures.kahan;
    const kahan = made(n, n, (i, j) => sin ** i * (i === j ? 1 : j > i ? -cos : 0));
    expect(apart(singularValues(engine, kahan).data, singular)).toBeLessThan(1e-14);
  });

  it("are infinite for a singular matrix and free of overflow", () => {
    expect(
      conditionNumber(engine, [
        [1, 0],
        [0, 0],
      ]),
    ).toBe(Number.POSITIVE_INFINITY);
    expect(
      conditionNumber(engine, [
        [1e-300, 0],
        [0, 4e-300],
      ]),
    ).toBeCloseTo(4, 12);
    expect(
      conditionNumber(engine, [
        [1e300, 0],
        [0, 4e300],
      ]),
    ).toBeCloseTo(4, 12);
    expect(() => conditionNumber(engine, [])).toThrow(
      "conditionNumber: A is empty, expected at least 1 row and 1 column.",
    );
  });
});

describe("huge and tiny matrices", () => {
  const factors = [2 ** 1015, 2 ** 600, 2 ** -600, 2 ** -1040];
  const base = made(3, 3, (i, j) => [4, 1, -2, 3, 5, 1, 0.5, -1, 6][3 * i + j] as number);
  const times = (a: Square, factor: number): Square => made(3, 3, (i, j) => factor * a.data[3 * i + j]!);

  it.each(factors)("have the same Q, rank, pivots and solution, and R and σ in proportion: %d", (factor) => {
    const scaled = times(base, factor);
    for (const pivot of [false, true]) {
      const [one, other] = [qr(engine, base, { pivot }), qr(engine, scaled, { pivot })];
      expect(other.q).toEqual(one.q);
      expect([other.rank, other.permutation]).toEqual([3, one.permutation]);
      expect(Array.from(other.r.data)).toEqual(Array.from(one.r.data, (x) => x * factor));
    }
    const sides = Float64Array.of(1, 2, 3);
    const x = solve(engine, base, sides).data;
    expect(solve(engine, scaled, sides.map((b) => b * factor)).data).toEqual(x); // biome-ignore format: one call
    const sigma = singularValues(engine, base).data;
    expect(singularValues(engine, scaled).data).toEqual(sigma.map((value) => value * factor));
    expect(conditionNumber(engine, scaled)).toBe(conditionNumber(engine, base));
  });

  it("are refused where a result is beyond doubles", () => {
    const grown = "an element exceeds 1.8e308. Scale the matrix.";
    const full = made(2, 2, () => Number.MAX_VALUE);
    expect(() => qr(engine, full)).toThrow(`qr: ${grown}`);
    expect(() => singularValues(engine, full)).toThrow(`singularValues: ${grown}`);
    expect(() => solve(engine, [[1e-310]], [1])).toThrow(`solve: ${grown}`);
    expect(() => solveLeastSquares(engine, [[1e-310], [0]], [1, 0])).toThrow(`solveLeastSquares: ${grown}`);
    expect(solve(engine, [[2 ** -1070]], [2 ** -1069]).data[0]).toBe(2);
    expect(solve(engine, [[2 ** 1000]], [2 ** -1000]).data[0]).toBe(0);
  });
});

describe("columns in units of their own", () => {
  const units = [1, 1e-20, 1e20, 1e-150, 1e150];
  const base = scattered(12, 5, 41);
  const scaled = (by: (j: number) => number): Square => made(12, 5, (i, j) => (base.data[i * 5 + j] as number) * by(j));

  it("are solved for all the same: diag(1e-20, 1e20), and 1e-300 beside 1e300", () => {
    for (const unit of [1e20, 1e300]) {
      const diagonal = made(2, 2, (i, j) => (i !== j ? 0 : i === 0 ? 1 / unit : unit));
      const { data } = solve(engine, diagonal, [1, 1]);
      expect((data[0] as number) / unit).toBeCloseTo(1, 14);
      expect((data[1] as number) * unit).toBeCloseTo(1, 14);
    }
    const { rank } = qr(engine, [[1e-20, 0], [0, 1e20]], { pivot: true }); // biome-ignore format: a matrix
    expect(rank).toBe(2);
  });

  it("scale least squares in proportion, to the bit for powers of two", () => {
    const b = Float64Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const own = solveLeastSquares(engine, base, b).data;
    const twos = [0, 70, -70, 500, -500].map((power) => 2 ** power);
    const bits = solveLeastSquares(
      engine,
      scaled((j) => twos[j] as number),
      b,
    ).data;
    expect(bits.map((x, j) => x * (twos[j] as number))).toEqual(own);
    const tens = solveLeastSquares(
      engine,
      scaled((j) => units[j] as number),
      b,
    ).data;
    for (const [j, x] of own.entries()) expect((tens[j]! * units[j]!) / x).toBeCloseTo(1, 12);
    expect(
      qr(
        engine,
        scaled((j) => units[j] as number),
        { pivot: true },
      ).rank,
    ).toBe(5);
  });

  it("hide no dependence: a combination of others is one in any unit", () => {
    const dependent = made(12, 5, (i, j) => {
      const row = (k: number): number => base.data[i * 5 + k] as number;
      return (j < 4 ? row(j) : row(0) - 2 * row(2)) * (units[j] as number);
    });
    expect(qr(engine, dependent, { pivot: true }).rank).toBe(4);
    expect(() => solveLeastSquares(engine, dependent, new Float64Array(12))).toThrow("its rank is 4 of 5");
  });

  it("of which rounding is left come last: the tiny one that is independent counts", () => {
    // Columns 0 and 1 are one but for the rounding of 1.
    const { rank, permutation } = qr(engine, [[1, 1, 0], [1, 1 + 2 ** -52, 1e-20]], { pivot: true }); // biome-ignore format: a matrix
    expect(rank).toBe(2);
    expect(permutation[1]).toBe(2);
  });

  it("near to one another are told apart at 100,000 rows", () => {
    // t and 1 over 1.7e12 + k: the angle between them is 1.7e-8.
    const rows = 100_000;
    const a = made(rows, 2, (i, j) => (j === 0 ? 1.7e12 + i : 1));
    const b = Float64Array.from({ length: rows }, (_, i) => 3 + 2 * i);
    const [slope = 0] = solveLeastSquares(engine, a, b).data;
    expect(slope).toBeCloseTo(2, 6);
  });
});

describe("rows whose squares vanish", () => {
  // Closed forms: σ of [1 1; 0 1] are the golden ratio and its inverse.
  const golden = (1 + Math.sqrt(5)) / 2;
  it.each([1e-100, 1e-155, 1e-170, 1e-200])("have singular values all the same: %d", (e) => {
    const { data } = singularValues(engine, [[1, 0, 0], [0, e, e], [0, 0, e]]); // biome-ignore format: a matrix
    expect([data[0], (data[1] as number) / e, (data[2] as number) / e]).toEqual([
      1,
      expect.closeTo(golden, 13),
      expect.closeTo(1 / golden, 13),
    ]);
    // det A'A and what a large row shares with small ones: 1·1·e⁴ = Π σ².
    const full = singularValues(engine, [[1, 1, 1], [0, e, e], [0, 0, e]]).data; // biome-ignore format: a matrix
    expect(full[0]).toBeCloseTo(Math.sqrt(3), 13);
    expect((full[0]! * (full[1]! / e) * full[2]!) / e).toBeCloseTo(1, 12);
  });
});

describe("subnormal systems", () => {
  const tiny = 2 ** -1060;
  it("are solved where the solution is a double, else refused", () => {
    const b = [6 * tiny, 5 * tiny];
    const definite = made(2, 2, (i, j) => (i === j ? 2 : 1) * tiny);
    expect(Array.from(cholesky(engine, definite).solve(b).data, (x) => Math.round(x * 1e9) / 1e9)).toEqual([
      2.333333333, 1.333333333,
    ]); // biome-ignore format: one list
    expect(Array.from(ldlt(engine, definite).solve(b).data, (x) => Math.round(x * 1e9) / 1e9)).toEqual([
      2.333333333, 1.333333333,
    ]); // biome-ignore format: one list
    const { blocks, inertia } = ldlt(engine, [[0, tiny], [tiny, 0]]); // biome-ignore format: a matrix
    expect(Array.from(blocks.data)).toEqual([0, tiny, tiny, 0]);
    expect(inertia).toEqual({ positive: 1, negative: 1, zero: 0 });
    expect(cholesky(engine, [[4 * tiny]]).factor.data[0]).toBe(2 ** -529);
    const grown = "an element exceeds 1.8e308. Scale the matrix.";
    expect(() => ldlt(engine, [[tiny]]).solve([1])).toThrow(`ldlt: solve: ${grown}`);
    expect(() => cholesky(engine, [[tiny]]).solve([1])).toThrow(`cholesky: solve: ${grown}`);
    // Small elements beside huge ones stay what they are.
    expect(ldlt(engine, [[1e300, 0], [0, 1e-300]]).inertia.positive).toBe(2); // biome-ignore format: a matrix
  });
});

describe("refusals", () => {
  it("names what is wrong with a matrix", () => {
    expect(() => cholesky(engine, [[1, 2, 3]])).toThrow("cholesky: A must be square, got shape [1, 3].");
    expect(() =>
      symmetricEigen(engine, [
        [1, 2],
        [3, 4],
      ]),
    ).toThrow(
      "symmetricEigen: A is not symmetric: [1, 0] is 3 and [0, 1] is 2. Use (A + Aᵀ) / 2 for its symmetric part.",
    );
    expect(() =>
      ldlt(engine, [
        [1, Number.NaN],
        [Number.NaN, 1],
      ]),
    ).toThrow("ldlt: A holds NaN at [0, 1], expected finite numbers. Check its computation.");
    expect(() => qr(engine, [[1, Number.POSITIVE_INFINITY]])).toThrow("qr: A holds Infinity at [0, 1]");
    expect(() => solve(engine, [[1]], [Number.NaN])).toThrow("solve: b holds NaN at element 0");
    expect(() => qr(engine, [1, 2])).toThrow("qr: A must be a matrix: got shape [2], expected [rows, columns].");
    expect(() => cholesky({} as Engine, [[1]])).toThrow("cholesky");
  });

  it("averages halves that differ by rounding", () => {
    const { data } = symmetricEigen(engine, [
      [0, 1 + 1e-9],
      [1 - 1e-9, 0],
    ]).values;
    expect(data[1]).toBeCloseTo(1, 14);
  });

  it("leaves no memory behind", () => {
    const before = engine.bytesInUse;
    for (let k = 0; k < 3; k++) {
      qr(engine, scattered(40, 40, 1));
      symmetricEigen(engine, identity(40));
      expect(() =>
        cholesky(
          engine,
          made(9, 9, () => -1),
        ),
      ).toThrow();
    }
    expect(engine.bytesInUse).toBe(before);
  });
});
