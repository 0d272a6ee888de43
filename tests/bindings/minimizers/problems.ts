// Residuals r(x) whose sum of squares is to be minimized, with the start and the minima that the paper gives:
// J. Moré, B. Garbow and K. Hillstrom, Testing unconstrained optimization software, ACM TOMS 7, 1981; numbers in brackets
// are those of its problems. Written as plain functions; gradients are the tests' own differences or the engine's.

import type { Tensor } from "thalweg";

/** Rosenbrock's function of n variables, traced: f(x) = Σ 100 (xₖ₊₁ − xₖ²)² + (xₖ − 1)². */
export const rosenbrock = (x: Tensor): Tensor => {
  const left = x.slice(0, 0, -1);
  return x.slice(0, 1).subtract(left.square()).square().multiply(100).add(left.subtract(1).square()).sum();
};

export interface Problem {
  readonly name: string;
  readonly start: readonly number[];
  readonly residuals: (x: ArrayLike<number>) => number[];
  /** Sums of squares at the minima the paper knows. */
  readonly minima: readonly number[];
}

const { abs, exp, log, sqrt, cos, sin, atan, PI } = Math;
const range = (count: number): number[] => Array.from({ length: count }, (_, k) => k + 1);
const at = (x: ArrayLike<number>, k: number): number => x[k] as number;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const bardY = [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.1, 4.39];
const kowalikY = [0.1957, 0.1947, 0.1735, 0.16, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246];
const kowalikU = [4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625];
const gaussianY = [
  0.0009, 0.0044, 0.0175, 0.054, 0.1295, 0.242, 0.3521, 0.3989, 0.3521, 0.242, 0.1295, 0.054, 0.0175, 0.0044, 0.0009,
];

const meyerY = [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744, 8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872];
const osborneY1 = [
  0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.85, 0.818, 0.784, 0.751, 0.718, 0.685, 0.658, 0.628, 0.603, 0.58,
  0.558, 0.538, 0.522, 0.506, 0.49, 0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.42, 0.414, 0.411, 0.406,
];
const osborneY2 = [
  1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746, 0.679, 0.608, 0.655, 0.616, 0.606, 0.602,
  0.626, 0.651, 0.724, 0.649, 0.649, 0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.5, 0.423, 0.395, 0.375,
  0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653, 0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591,
  0.559, 0.597, 0.625, 0.739, 0.71, 0.729, 0.72, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054,
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
  {
    name: "Powell badly scaled (3)",
    start: [0, 1],
    residuals: (x) => [1e4 * at(x, 0) * at(x, 1) - 1, exp(-at(x, 0)) + exp(-at(x, 1)) - 1.0001],
    minima: [0],
  },
  {
    name: "Brown badly scaled (4)",
    start: [1, 1],
    residuals: (x) => [at(x, 0) - 1e6, at(x, 1) - 2e-6, at(x, 0) * at(x, 1) - 2],
    minima: [0],
  },
  {
    name: "Meyer (10)",
    start: [0.02, 4000, 250],
    residuals: (x) => meyerY.map((y, k) => at(x, 0) * exp(at(x, 1) / (50 + 5 * k + at(x, 2))) - y),
    minima: [87.9458551],
  },
  {
    name: "Gulf research and development (11)",
    start: [5, 2.5, 0.15],
    // The paper's formula lacks the minus sign: y_i − x₂, as the authors' code has it.
    residuals: (x) =>
      range(99).map((i) => {
        const t = i / 100;
        const y = 25 + (-50 * log(t)) ** (2 / 3);
        return exp(-(abs(y - at(x, 1)) ** at(x, 2)) / at(x, 0)) - t;
      }),
    minima: [0],
  },
  {
    name: "Osborne 1 (17)",
    start: [0.5, 1.5, -1, 0.01, 0.02],
    residuals: (x) =>
      osborneY1.map((y, k) => {
        const t = 10 * k;
        return y - (at(x, 0) + at(x, 1) * exp(-t * at(x, 3)) + at(x, 2) * exp(-t * at(x, 4)));
      }),
    minima: [5.46489e-5],
  },
  {
    name: "Osborne 2 (19)",
    start: [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5],
    residuals: (x) =>
      osborneY2.map((y, k) => {
        const t = k / 10;
        const bell = (i: number): number => at(x, i) * exp(-((t - at(x, i + 7)) ** 2) * at(x, i + 4));
        return y - (at(x, 0) * exp(-t * at(x, 4)) + bell(1) + bell(2) + bell(3));
      }),
    minima: [4.01377e-2],
  },
  {
    name: "Watson (20)",
    start: range(6).map(() => 0),
    residuals: (x) => [
      ...range(29).map((i) => {
        const t = i / 29;
        const slope = sum(Array.from(x, (value, k) => (k === 0 ? 0 : k * value * t ** (k - 1))));
        return slope - sum(Array.from(x, (value, k) => value * t ** k)) ** 2 - 1;
      }),
      at(x, 0),
      at(x, 1) - at(x, 0) ** 2 - 1,
    ],
    minima: [2.28767e-3],
  },
  {
    name: "extended Powell singular (22)",
    start: range(8).map((i) => at([3, -1, 0, 1], (i - 1) % 4)),
    residuals: (x) =>
      [0, 4].flatMap((k) => [
        at(x, k) + 10 * at(x, k + 1),
        sqrt(5) * (at(x, k + 2) - at(x, k + 3)),
        (at(x, k + 1) - 2 * at(x, k + 2)) ** 2,
        sqrt(10) * (at(x, k) - at(x, k + 3)) ** 2,
      ]),
    minima: [0],
  },
  {
    name: "penalty II (24)",
    start: range(4).map(() => 0.5),
    residuals: (x) => {
      const n = x.length;
      const a = sqrt(1e-5);
      return [
        at(x, 0) - 0.2,
        ...range(n - 1).map((k) => a * (exp(at(x, k) / 10) + exp(at(x, k - 1) / 10) - exp((k + 1) / 10) - exp(k / 10))),
        ...range(n - 1).map((k) => a * (exp(at(x, k) / 10) - exp(-1 / 10))),
        sum(Array.from(x, (value, k) => (n - k) * value * value)) - 1,
      ];
    },
    minima: [9.37629e-6],
  },
  {
    name: "Brown almost-linear (27)",
    start: range(10).map(() => 0.5),
    residuals: (x) => {
      const total = sum(Array.from(x));
      const product = Array.from(x).reduce((result, value) => result * value, 1);
      return Array.from(x, (value, k) => (k < x.length - 1 ? value + total - x.length - 1 : product - 1));
    },
    minima: [0, 1],
  },
  {
    name: "discrete integral equation (29)",
    start: range(10).map((i) => (i / 11) * (i / 11 - 1)),
    residuals: (x) => {
      const h = 1 / (x.length + 1);
      const t = (k: number): number => (k + 1) * h;
      const cubes = Array.from(x, (value, k) => (value + t(k) + 1) ** 3);
      return Array.from(x, (value, i) => {
        const parts = cubes.map((cube, j) => (j <= i ? (1 - t(i)) * t(j) * cube : t(i) * (1 - t(j)) * cube));
        return value + (h * sum(parts)) / 2;
      });
    },
    minima: [0],
  },
  {
    name: "linear, rank 1 (33)",
    start: range(5).map(() => 1),
    residuals: (x) => {
      const total = sum(Array.from(x, (value, k) => (k + 1) * value));
      return range(10).map((i) => i * total - 1);
    },
    minima: [(10 * 9) / (2 * 21)],
  },
  {
    name: "linear, rank 1 with zero columns and rows (34)",
    start: range(5).map(() => 1),
    residuals: (x) => {
      const total = sum(Array.from(x, (value, k) => (k === 0 || k === x.length - 1 ? 0 : (k + 1) * value)));
      return range(10).map((i) => (i === 1 || i === 10 ? 0 : (i - 1) * total) - 1);
    },
    minima: [(100 + 30 - 6) / (2 * 17)],
  },
  {
    name: "Chebyquad (35)",
    start: range(8).map((i) => i / 9),
    residuals: (x) => {
      // T_i of 2 x − 1 by its recursion.
      const sums = new Array<number>(x.length).fill(0);
      for (const value of Array.from(x)) {
        const z = 2 * value - 1;
        let [before, now] = [1, z];
        for (let i = 0; i < x.length; i++) {
          sums[i] = (sums[i] as number) + now;
          [before, now] = [now, 2 * z * now - before];
        }
      }
      return sums.map((total, k) => total / x.length + (k % 2 === 1 ? 1 / ((k + 1) ** 2 - 1) : 0));
    },
    minima: [3.51687e-3],
  },
];

/** f = r'r / 2 with the gradient J'r, J by differences of the fourth order: exact to about 1e-11 of the residuals. */
export function squares({ residuals }: Problem) {
  return {
    value: (x: Float64Array): number => residuals(x).reduce((total, r) => total + r * r, 0) / 2,
    gradient: (x: Float64Array): Float64Array => {
      const r = residuals(x);
      return x.map((value, k) => {
        const h = 1e-3 * Math.max(Math.abs(value), 1e-3);
        const moved = (by: number): number[] => residuals(x.map((other, j) => (j === k ? value + by * h : other)));
        const [a, b, c, d] = [moved(-2), moved(-1), moved(1), moved(2)] as [number[], number[], number[], number[]];
        return r.reduce(
          (total, ri, i) => total + (ri * (at(a, i) - 8 * at(b, i) + 8 * at(c, i) - at(d, i))) / (12 * h),
          0,
        );
      });
    },
  };
}
