// Residuals r(x) whose sum of squares is to be minimized, with the start and the minima that the paper gives:
// J. Moré, B. Garbow and K. Hillstrom, Testing unconstrained optimization software, ACM TOMS 7, 1981; numbers in brackets
// are those of its problems. Written as plain functions; gradients are the tests' own differences or the engine's.

export interface Problem {
  readonly name: string;
  readonly start: readonly number[];
  readonly residuals: (x: ArrayLike<number>) => number[];
  /** Sums of squares at the minima the paper knows. */
  readonly minima: readonly number[];
}

const { exp, sqrt, cos, sin, atan, PI } = Math;
const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);
const at = (x: ArrayLike<number>, k: number): number => x[k] as number;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const bardY = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const gaussianY = [
  0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044, 0.0009,
];

export const problems: readonly Problem[] = [
  {
    name: "Rosenbrock (1)",
    start: [-1.2, 1],
    residuals: (x) => [10 * (at(x, 1) - at(x, 0) ** 2), 1 - at(x, 0)],
    minima: [0],
  },
  {
    name: "Freudenstein and Roth (2)",
    start: [0.5, -2],
    residuals: (x) => {
      const [a, b] = [at(x, 0), at(x, 1)];
      return [-13 + a + ((5 - b) * b - 2) * b, -29 + a + ((b + 1) * b - 14) * b];
    },
    minima: [0, 48.98425367924],
  },
  {
    name: "Beale (5)",
    start: [1, 1],
    residuals: (x) => [1.5, 2.25, 2.625].map((y, k) => y - at(x, 0) * (1 - at(x, 1) ** (k + 1))),
    minima: [0],
  },
  {
    name: "Jennrich and Sampson (6)",
    start: [0.3, 0.4],
    residuals: (x) => range(10).map((i) => 2 + 2 * i - (exp(i * at(x, 0)) + exp(i * at(x, 1)))),
    minima: [124.36218235562],
  },
  {
    name: "helical valley (7)",
    start: [-1, 0, 0],
    residuals: (x) => {
      const [a, b, c] = [at(x, 0), at(x, 1), at(x, 2)];
      const theta = atan(b / a) / (2 * PI) + (a < 0 ? 0.5 : 0);
      return [10 * (c - 10 * theta), 10 * (sqrt(a * a + b * b) - 1), c];
    },
    minima: [0],
  },
  {
    name: "Bard (8)",
    start: [1, 1, 1],
    residuals: (x) =>
      bardY.map((y, k) => y - (at(x, 0) + (k + 1) / ((15 - k) * at(x, 1) + Math.min(k + 1, 15 - k) * at(x, 2)))),
    minima: [8.21487e-3],
  },
  {
    name: "Gaussian (9)",
    start: [0.4, 1, 0],
    residuals: (x) =>
      gaussianY.map((y, k) => at(x, 0) * exp((-at(x, 1) * ((8 - (k + 1)) / 2 - at(x, 2)) ** 2) / 2) - y),
    minima: [1.12793e-8],
  },
  {
    name: "box three-dimensional (12)",
    start: [0, 10, 20],
    residuals: (x) =>
      range(10).map((i) => {
        const t = -i / 10;
        return exp(t * at(x, 0)) - exp(t * at(x, 1)) - at(x, 2) * (exp(t) - exp(10 * t));
      }),
    minima: [0],
  },
  {
    name: "Powell singular (13)",
    start: [3, -1, 0, 1],
    residuals: (x) => [
      at(x, 0) + 10 * at(x, 1),
      sqrt(5) * (at(x, 2) - at(x, 3)),
      (at(x, 1) - 2 * at(x, 2)) ** 2,
      sqrt(10) * (at(x, 0) - at(x, 3)) ** 2,
    ],
    minima: [0],
  },
  {
    name: "Wood (14)",
    start: [-3, -1, -3, -1],
    residuals: (x) => [
      10 * (at(x, 1) - at(x, 0) ** 2),
      1 - at(x, 0),
      sqrt(90) * (at(x, 3) - at(x, 2) ** 2),
      1 - at(x, 2),
      sqrt(10) * (at(x, 1) + at(x, 3) - 2),
      (at(x, 1) - at(x, 3)) / sqrt(10),
    ],
    minima: [0],
  },
  {
    name: "Kowalik and Osborne (15)",
    start: [0.25, 0.39, 0.415, 0.39],
    residuals: (x) =>
      kowalikY.map((y, k) => {
        const u = kowalikU[k] as number;
        return y - (at(x, 0) * (u * u + u * at(x, 1))) / (u * u + u * at(x, 2) + at(x, 3));
      }),
    minima: [3.07505e-4],
  },
  {
    name: "Brown and Dennis (16)",
    start: [25, 5, -5, -1],
    residuals: (x) =>
      range(20).map((i) => {
        const t = i / 5;
        return (at(x, 0) + t * at(x, 1) - exp(t)) ** 2 + (at(x, 2) + at(x, 3) * sin(t) - cos(t)) ** 2;
      }),
    minima: [85822.2016263],
  },
  {
    name: "Biggs EXP6 (18)",
    start: [1, 2, 1, 1, 1, 1],
    residuals: (x) =>
      range(13).map((i) => {
        const t = i / 10;
        const y = exp(-t) - 5 * exp(-10 * t) + 3 * exp(-4 * t);
        return at(x, 2) * exp(-t * at(x, 0)) - at(x, 3) * exp(-t * at(x, 1)) + at(x, 5) * exp(-t * at(x, 4)) - y;
      }),
    minima: [0, 5.65565e-3],
  },
  {
    name: "extended Rosenbrock (21)",
    start: range(10).map((i) => (i % 2 === 1 ? -1.2 : 1)),
    residuals: (x) => range(5).flatMap((i) => [10 * (at(x, 2 * i - 1) - at(x, 2 * i - 2) ** 2), 1 - at(x, 2 * i - 2)]),
    minima: [0],
  },
  {
    name: "penalty I (23)",
    start: range(4),
    residuals: (x) => [
      ...Array.from(x, (value) => sqrt(1e-5) * (value - 1)),
      sum(Array.from(x, (value) => value * value)) - 0.25,
    ],
    minima: [2.24997e-5],
  },
  {
    name: "variably dimensioned (25)",
    start: range(6).map((i) => 1 - i / 6),
    residuals: (x) => {
      const s = sum(Array.from(x, (value, k) => (k + 1) * (value - 1)));
      return [...Array.from(x, (value) => value - 1), s, s * s];
    },
    minima: [0],
  },
  {
    name: "trigonometric (26)",
    start: range(5).map(() => 1 / 5),
    residuals: (x) => {
      const n = x.length;
      const cosines = sum(Array.from(x, cos));
      return Array.from(x, (value, k) => n - cosines + (k + 1) * (1 - cos(value)) - sin(value));
    },
    minima: [0, 2.79506e-5],
  },
  {
    name: "discrete boundary value (28)",
    start: range(10).map((i) => (i / 11) * (i / 11 - 1)),
    residuals: (x) => {
      const h = 1 / (x.length + 1);
      const value = (k: number): number => (k < 0 || k >= x.length ? 0 : at(x, k));
      return Array.from(x, (v, k) => 2 * v - value(k - 1) - value(k + 1) + (h * h * (v + (k + 1) * h + 1) ** 3) / 2);
    },
    minima: [0],
  },
  {
    name: "Broyden tridiagonal (30)",
    start: range(10).map(() => -1),
    residuals: (x) => {
      const value = (k: number): number => (k < 0 || k >= x.length ? 0 : at(x, k));
      return Array.from(x, (v, k) => (3 - 2 * v) * v - value(k - 1) - 2 * value(k + 1) + 1);
    },
    minima: [0],
  },
  {
    name: "Broyden banded (31)",
    start: range(10).map(() => -1),
    residuals: (x) =>
      Array.from(x, (v, i) => {
        let band = 0;
        for (let j = Math.max(0, i - 5); j <= Math.min(x.length - 1, i + 1); j++)
          if (j !== i) band += at(x, j) * (1 + at(x, j));
        return v * (2 + 5 * v * v) + 1 - band;
      }),
    minima: [0],
  },
  {
    name: "linear, full rank (32)",
    start: range(5).map(() => 1),
    residuals: (x) => {
      const total = sum(Array.from(x));
      return range(10).map((i) => (i <= x.length ? at(x, i - 1) : 0) - (2 / 10) * total - 1);
    },
    minima: [5],
  },
];
