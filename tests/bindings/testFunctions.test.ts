// Test functions: formula as text, program, range, start and minima agree with one another and with published minima.

import { compile, hessian, minimizeSync, newton, sgd, symmetricEigen, valueAndGrad } from "thalweg";
import * as minimizers from "thalweg/minimizers";
import { describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";

const engine = await testEngine();

type Point = Readonly<Record<string, number>>;
type Any = minimizers.TestFunction<never>;
const functions: [string, Any][] = [
  ...Object.entries(minimizers as unknown as Readonly<Record<string, Any>>).filter(([, { tex }]) => tex !== undefined),
  ["quadratic", minimizers.quadratic(7) as unknown as Any],
];

/** The formula as the language computes it. */
function fromText(text: string): (point: Point) => number {
  const body = text
    .replaceAll("^", "**")
    .replace(/\b(sin|cos)\b/g, "Math.$1")
    .replace(/\bpi\b/g, "Math.PI");
  return ({ x, y, z }) => new Function("x", "y", "z", `return ${body};`)(x, y, z) as number;
}

/** Points within the range, from a fixed sequence. */
function pointsOf({ range }: Any, count: number): Point[] {
  return Array.from({ length: count }, (_, k) =>
    Object.fromEntries(
      Object.entries<readonly [number, number]>(range).map(([name, [from, to]], axis) => {
        const u = ((k + 1) * (Math.SQRT2 + axis * 0.3183098861837907)) % 1;
        return [name, from + u * (to - from)];
      }),
    ),
  );
}

describe.each(functions)("%s", (name, given) => {
  const { f, minima, minimum, range, start, text, tex } = given as Any & { start: Point; minima: readonly Point[] };
  const program = valueAndGrad(engine, f as never) as unknown as (x: Point) => {
    value: number;
    gradient: Record<string, { data: ArrayLike<number> }>;
  };

  it("has the name of its export, and a start within its range", () => {
    expect(given.name).toBe(name);
    expect(tex).not.toBe("");
    for (const [axis, [from, to]] of Object.entries<readonly [number, number]>(range)) {
      expect(start[axis]).toBeGreaterThanOrEqual(from);
      expect(start[axis]).toBeLessThanOrEqual(to);
    }
  });

  it("is what its text says", () => {
    const expected = fromText(text);
    for (const point of [start as Point, ...pointsOf(given, 50)]) {
      const value = expected(point);
      expect(Math.abs(program(point).value - value)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(value)) * 8);
    }
  });

  it("computes a whole grid in one call", () => {
    const points = pointsOf(given, 20);
    const columns = Object.fromEntries(
      Object.keys(range).map((axis) => [axis, points.map((point) => point[axis] as number)]),
    );
    const values = compile(engine, f as never)(columns as never) as unknown as { data: ArrayLike<number> };
    for (const [k, point] of points.entries()) expect(values.data[k]).toBe(program(point).value);
  });

  it("has its minimum at the minima, and nothing lower", () => {
    for (const minimizer of minima) {
      const { value, gradient } = program(minimizer);
      expect(value).toBeCloseTo(minimum, 12);
      for (const { data } of Object.values(gradient)) expect(data[0]).toBeCloseTo(0, 9);
      const axes = Object.keys(range);
      const h = (
        hessian(engine, f as never) as never as (x: Point) => Record<string, Record<string, { data: number[] }>>
      )(minimizer);
      const matrix = axes.map((row) => axes.map((column) => h[row]?.[column]?.data[0] as number));
      for (const eigenvalue of Array.from(symmetricEigen(engine, matrix).values.data))
        expect(eigenvalue).toBeGreaterThan(0);
    }
    const lowest = Math.min(...pointsOf(given, 2000).map(fromText(text)));
    expect(lowest).toBeGreaterThanOrEqual(minima.length > 0 ? minimum : Number.NEGATIVE_INFINITY);
    if (minima.length === 0) expect(minimum).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe("the functions in the courses and papers", () => {
  it("takes the course's first step on the misprinted function", () => {
    const { f, start } = minimizers.misprintedBeale;
    const search = minimizers.createSearch(engine, f, start, sgd({ learningRate: 0.002 }));
    search.advance(1);
    // (−4.19, −17.23) in the course.
    expect(search.trace.x[2]).toBeCloseTo(-4.19, 2);
    expect(search.trace.x[3]).toBeCloseTo(-17.23, 2);
  });

  it("has the condition number that is asked for, and a bowl of 20", () => {
    const { f, start } = minimizers.quadratic(50);
    // Stable below 2 / κ only.
    const ends = [0.039, 0.041].map((learningRate) => minimizeSync(engine, f, start, sgd({ learningRate })).value);
    expect(ends[0]).toBeLessThan(1e-6);
    expect(ends[1]).toBeGreaterThan(1e6);
    expect(minimizeSync(engine, minimizers.bowl3d.f, minimizers.bowl3d.start, newton()).iterations).toBe(1);
    expect(() => minimizers.quadratic(0.5)).toThrow("quadratic: condition must be a number of at least 1, got 0.5");
  });
});
