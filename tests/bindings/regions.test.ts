// Regions of trust: every point that is tried, against the algorithms of the papers in plain arrays.

import { levenbergMarquardt, type MinimizeMethod, minimizeSync, trustRegionNewton } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";

engineForAll();

type Vector = readonly number[];
type Matrix = readonly Vector[];
const dot = (a: Vector, b: Vector): number => a.reduce((sum, value, k) => sum + value * (b[k] as number), 0);
const norm = (a: Vector): number => Math.sqrt(dot(a, a));
const times = (rows: Matrix, v: Vector): number[] => rows.map((row) => dot(row, v));
/** a + t b. */
const moved = (a: Vector, t: number, b: Vector): number[] => a.map((value, k) => value + t * (b[k] as number));

/** The points at which `value` or `residuals` is asked for, the first `count` of a run. */
function tried(objective: object, start: Vector, method: MinimizeMethod, count: number): number[][] {
  const seen: number[][] = [];
  const watched = Object.entries(objective).map(([name, f]) => [
    name,
    (x: Float64Array) => {
      const isNew = seen.length === 0 || x.some((value, k) => value !== seen.at(-1)?.[k]);
      if (isNew && (name === "value" || name === "residuals")) seen.push([...x]);
      return f([...x]);
    },
  ]);
  const f = Object.fromEntries(watched);
  minimizeSync(engine, f as never, start as never, method, { maxIterations: 10 * count });
  return seen.slice(0, count);
}

function expectPoints(got: Matrix, wanted: Matrix, tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  for (const [k, point] of wanted.entries())
    for (const [i, value] of point.entries())
      expect(Math.abs((got[k]?.[i] as number) - value), `number ${i} of point ${k}`).toBeLessThanOrEqual(
        tolerance * (1 + Math.abs(value)),
      );
}

interface Smooth {
  readonly value: (x: Vector) => number;
  readonly gradient: (x: Vector) => number[];
  readonly hessian: (x: Vector) => number[][];
}

describe("the trust region's points are those of Nocedal and Wright's algorithms 4.1 and 7.2", () => {
  /** The step within the radius, and the decrease that the model promises. */
  function steihaug(g: Vector, h: Matrix, radius: number): { p: number[]; decrease: number } {
    let p = g.map(() => 0);
    let r = [...g];
    let d = r.map((value) => -value);
    const tolerance = Math.min(0.5, Math.sqrt(norm(g))) * norm(g);
    for (let turn = 0; turn < 2 * g.length; turn++) {
      const curvature = dot(d, times(h, d));
      const alpha = dot(r, r) / curvature;
      if (curvature <= 0 || norm(moved(p, alpha, d)) >= radius) {
        // The root t > 0 of |p + t d| = radius.
        const [a, b, c] = [dot(d, d), dot(p, d), dot(p, p) - radius * radius];
        p = moved(p, (-b + Math.sqrt(b * b - a * c)) / a, d);
        break;
      }
      p = moved(p, alpha, d);
      const next = moved(r, alpha, times(h, d));
      if (norm(next) <= tolerance) break;
      d = moved(
        next.map((value) => -value),
        dot(next, next) / dot(r, r),
        d,
      );
      r = next;
    }
    return { p, decrease: -(dot(g, p) + dot(p, times(h, p)) / 2) };
  }

  function points({ value, gradient, hessian }: Smooth, start: Vector, radius: number, most: number, count: number) {
    const seen = [[...start]];
    let x = start;
    let delta = radius;
    const kinds = new Set<string>();
    while (seen.length < count) {
      const { p, decrease } = steihaug(gradient(x), hessian(x), delta);
      const trial = moved(x, 1, p);
      seen.push(trial);
      const ratio = Number.isFinite(value(trial)) ? (value(x) - value(trial)) / decrease : -1;
      const atBorder = norm(p) > 0.99 * delta;
      if (ratio < 0.25) delta = 0.25 * Math.min(delta, norm(p));
      else if (ratio > 0.75 && atBorder) delta = Math.min(2 * delta, most);
      kinds.add(ratio < 0.25 ? "shrinks" : ratio > 0.75 ? (atBorder ? "grows" : "inside") : "stays");
      if (ratio > 1e-4) x = trial;
      else kinds.add("refused");
    }
    return { seen, kinds: [...kinds].sort() };
  }

  const rosenbrock: Smooth = {
    value: ([x = 0, y = 0]) => 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    gradient: ([x = 0, y = 0]) => [-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)],
    hessian: ([x = 0, y = 0]) => [
      [1200 * x * x - 400 * y + 2, -400 * x],
      [-400 * x, 200],
    ],
  };
  /** Hills and hollows over a bowl: its curvature is negative in many places. */
  const wavy: Smooth = {
    value: (x) => x.reduce((sum, v, k) => sum + 1 - Math.cos(2 * v) + 0.1 * (k + 1) * v * v, 0) + 0.3 * x[0]! * x[1]!,
    gradient: (x) =>
      x.map((v, k) => 2 * Math.sin(2 * v) + 0.2 * (k + 1) * v + (k < 2 ? 0.3 * (x[1 - k] as number) : 0)),
    hessian: (x) =>
      x.map((v, k) => x.map((_, j) => (k === j ? 4 * Math.cos(2 * v) + 0.2 * (k + 1) : k + j === 1 ? 0.3 : 0))),
  };
  const bowl: Smooth = {
    value: ([x = 0]) => 0.005 * x * x,
    gradient: ([x = 0]) => [0.01 * x],
    hessian: () => [[0.01]],
  };
  const walled: Smooth = { ...rosenbrock, value: (x) => (x[0]! > 0.1 ? Number.NaN : rosenbrock.value(x)) };

  it.each([
    ["Rosenbrock's function", rosenbrock, [-1.2, 1], 1, 1e5, 30],
    ["Rosenbrock's function, a small region at most", rosenbrock, [-1.2, 1], 0.125, 0.25, 30],
    ["hills and hollows", wavy, [3, -4, 2.5, 5], 0.5, 3, 12],
    ["hills and hollows from a wide region", wavy, [7, 2, -6, 3], 16, 100, 12],
    ["a parabola from afar", bowl, [100], 1, 20, 9],
    ["a function that is NaN beyond a wall", walled, [-1.2, 1], 1, 1e5, 20],
  ] as const)("%s", (_, f, start, radius, maxRadius, count) => {
    const wanted = points(f, start, radius, maxRadius, count);
    const got = tried(f, start, trustRegionNewton({ radius, maxRadius }), count);
    expectPoints(got, wanted.seen, 1e-7);
  });

  it("those functions meet every case", () => {
    const met = [
      points(rosenbrock, [-1.2, 1], 1, 1e5, 30),
      points(wavy, [7, 2, -6, 3], 16, 100, 12),
      points(wavy, [3, -4, 2.5, 5], 0.5, 3, 12),
    ].flatMap(({ kinds }) => kinds);
    expect([...new Set(met)].sort()).toEqual(["grows", "inside", "refused", "shrinks", "stays"]);
  });

  it("the region doubles up to the largest: on a parabola from 100 the steps are 1, 2, 4, 8, 16, 20, 20, 20, 9", () => {
    const x = tried(bowl, [100], trustRegionNewton({ radius: 1, maxRadius: 20 }), 10).map(([v]) => v as number);
    const steps = x.slice(1).map((v, k) => (x[k] as number) - v);
    for (const [k, wanted] of [1, 2, 4, 8, 16, 20, 20, 20, 9].entries()) expect(steps[k]).toBeCloseTo(wanted, 9);
  });
});

describe("a trust region", () => {
  it("keeps a point that it does not step to, where it is the best one", () => {
    // The model promises 1, the function gives less than a ten-thousandth of that.
    const f = {
      value: ([x = 0]) => (x === 1 ? -5e-5 : x === 0 ? 0 : 1),
      gradient: () => [-1],
      hessian: () => [[0]],
    };
    const found = minimizeSync(engine, f as never, [0] as never, trustRegionNewton(), { maxEvaluations: 3 });
    expect(found).toMatchObject({ status: "maxEvaluations", value: -5e-5 });
    expect(Array.from((found.x as { data: Float64Array }).data)).toEqual([1]);
  });

  it("ends where the rounding of the value hides what there is to gain, wherever it starts", () => {
    for (let k = 1; k <= 40; k++) {
      const f = {
        value: ([x = 0]) => (k % 2 ? 1e20 : -1e20) + x ** 4 / 4 + (x * x) / 2,
        gradient: ([x = 0]) => [x ** 3 + x],
        hessian: ([x = 0]) => [[3 * x * x + 1]],
      };
      const options = { gradientTolerance: 0, valueTolerance: 0, stepTolerance: 0 };
      const found = minimizeSync(engine, f as never, [k / 16] as never, trustRegionNewton(), options);
      expect(found.status, `from ${k / 16}`).toBe("converged");
    }
  });
});

interface Residuals {
  readonly residuals: (x: Vector) => number[];
  readonly jacobian: (x: Vector) => number[][];
}

describe("Levenberg-Marquardt's points are those of Moré's algorithm", () => {
  /** Solves a small symmetric, positive definite system by elimination. */
  function solve(matrix: Matrix, right: Vector): number[] {
    const a = matrix.map((row, k) => [...row, right[k] as number]);
    const n = right.length;
    for (let k = 0; k < n; k++)
      for (let i = k + 1; i < n; i++) {
        const factor = a[i]![k]! / a[k]![k]!;
        for (let j = k; j <= n; j++) a[i]![j]! -= factor * a[k]![j]!;
      }
    const x = right.map(() => 0);
    for (let k = n - 1; k >= 0; k--) x[k] = (a[k]![n]! - dot(a[k]!.slice(k + 1, n), x.slice(k + 1))) / a[k]![k]!;
    return x;
  }

  function points({ residuals, jacobian }: Residuals, start: Vector, factor: number, count: number) {
    const seen = [[...start]];
    const kinds = new Set<string>();
    const half = (r: Vector): number => dot(r, r) / 2;
    let x = start;
    let scales = start.map(() => 0);
    let delta = Number.NaN;
    let lambda = 0;
    const scaled = (v: Vector): number[] => v.map((value, k) => scales[k]! * value);
    while (seen.length < count) {
      const [r, j] = [residuals(x), jacobian(x)];
      const columns = x.map((_, k) => j.map((row) => row[k] as number));
      scales = scales.map((scale, k) => Math.max(scale, norm(columns[k]!)));
      if (Number.isNaN(delta)) delta = factor * norm(scaled(x));
      const gradient = columns.map((column) => dot(column, r));
      const normal = columns.map((a) => columns.map((b) => dot(a, b)));
      const damped = (by: number): Matrix =>
        normal.map((row, k) => row.map((value, i) => value + (i === k ? by * scales[k]! ** 2 : 0)));
      const stepFor = (by: number): number[] =>
        solve(
          damped(by),
          gradient.map((value) => -value),
        );
      for (let refused = true; refused && seen.length < count; ) {
        let p = stepFor(0);
        let length = norm(scaled(p));
        if (length > 1.1 * delta) {
          let least = 0;
          let most = norm(gradient.map((value, k) => value / scales[k]!)) / delta;
          for (let turn = 0; turn < 20; turn++) {
            if (lambda <= least || lambda >= most) lambda = Math.max(1e-3 * most, Math.sqrt(least * most));
            p = stepFor(lambda);
            length = norm(scaled(p));
            if (Math.abs(length - delta) <= 0.1 * delta) break;
            if (length > delta) least = Math.max(least, lambda);
            else most = Math.min(most, lambda);
            // −φ'(λ) of φ(λ) = |D p| − Δ, over |D p|.
            const q = p.map((value, k) => (scales[k]! ** 2 * value) / length);
            lambda += (length - delta) / delta / dot(q, solve(damped(lambda), q));
          }
          kinds.add("cut");
        } else {
          lambda = 0;
          kinds.add("free");
        }
        if (x === start) delta = Math.min(delta, length);
        const trial = moved(x, 1, p);
        // A free step that is refused may fit the smaller region as well: it is tried once more.
        if (norm(moved(trial, -1, seen.at(-1) as number[])) > 0) seen.push(trial);
        const before = half(r);
        const after = half(residuals(trial));
        const gained = after < 100 * before ? before - after : -before;
        const ratio = gained / (half(times(j, p)) + lambda * length ** 2);
        if (!(ratio > 0.25)) {
          const slope = dot(gradient, p);
          let share = gained >= 0 ? 0.5 : (0.5 * slope) / (slope + gained);
          if (!(after < 100 * before) || share < 0.1) share = 0.1;
          kinds.add(share === 0.1 ? "a tenth" : share === 0.5 ? "half" : "between");
          delta = share * Math.min(delta, 10 * length);
          lambda /= share;
        } else if (lambda === 0 || ratio >= 0.75) {
          delta = 2 * length;
          lambda /= 2;
          kinds.add("grows");
        } else kinds.add("stays");
        refused = !(ratio >= 1e-4);
        if (!refused) x = trial;
        else kinds.add("refused");
      }
    }
    return { seen, kinds: [...kinds].sort() };
  }

  const rosenbrock: Residuals = {
    residuals: ([x = 0, y = 0]) => [10 * (y - x * x), 1 - x],
    jacobian: ([x = 0]) => [
      [-20 * x, 10],
      [-1, 0],
    ],
  };
  /** Freudenstein and Roth (2) of Moré, Garbow and Hillstrom. */
  const freudenstein: Residuals = {
    residuals: ([x = 0, y = 0]) => [x - 13 + ((5 - y) * y - 2) * y, x - 29 + ((y + 1) * y - 14) * y],
    jacobian: ([, y = 0]) => [
      [1, (10 - 3 * y) * y - 2],
      [1, (3 * y + 2) * y - 14],
    ],
  };
  const times7 = [0, 0.5, 1, 1.5, 2, 3, 4];
  const heights = [2.1, 1.4, 1.1, 0.8, 0.75, 0.6, 0.58];
  /** a e^(−b t) + c. */
  const decay: Residuals = {
    residuals: ([a = 0, b = 0, c = 0]) => times7.map((t, k) => a * Math.exp(-b * t) + c - (heights[k] as number)),
    jacobian: ([a = 0, b = 0]) => times7.map((t) => [Math.exp(-b * t), -a * t * Math.exp(-b * t), 1]),
  };
  const walled: Residuals = {
    ...decay,
    residuals: (x) => (x[1]! > 1 ? times7.map(() => Number.NaN) : decay.residuals(x)),
  };
  const runs = [
    ["Rosenbrock's function", rosenbrock, [-1.2, 1], 10, 16],
    ["Rosenbrock's function, from a short first step", rosenbrock, [-1.2, 1], 0.05, 16],
    ["Freudenstein and Roth's function", freudenstein, [0.5, -2], 10, 12],
    ["Freudenstein and Roth's function from afar", freudenstein, [5, -20], 1, 14],
    ["an exponential decay", decay, [10, 5, -3], 1, 9],
    ["an exponential decay from a short first step", decay, [10, 5, -3], 0.02, 12],
    ["a function that is NaN beyond a wall", walled, [1, 0.2, 0.3], 10, 7],
  ] as const;

  it.each(runs)("%s", (_, f, start, firstStep, count) => {
    const wanted = points(f, start, firstStep, count);
    const got = tried(f, start, levenbergMarquardt({ firstStep }), count);
    expectPoints(got, wanted.seen, 1e-6);
  });

  it("those functions meet every case", () => {
    const met = runs.flatMap(([, f, start, firstStep, count]) => points(f, start, firstStep, count).kinds);
    const all = ["a tenth", "between", "cut", "free", "grows", "half", "refused", "stays"];
    expect([...new Set(met)].sort()).toEqual(all);
  });

  it("in other units they are the same points", () => {
    for (const [, f, start, firstStep, count] of runs) {
      const units = start.map((_, k) => 2 ** (40 - 77 * k));
      const here = (x: Vector): number[] => x.map((value, k) => value / units[k]!);
      const other = {
        residuals: (x: Vector) => f.residuals(here(x)),
        jacobian: (x: Vector) => f.jacobian(here(x)).map((row) => here(row)),
      };
      const far = start.map((value, k) => value * units[k]!);
      const points = tried(other, far, levenbergMarquardt({ firstStep }), count).map(here);
      expectPoints(points, tried(f, start, levenbergMarquardt({ firstStep }), count), 1e-8);
    }
  });
});
