// Standardization of runs and its derivative, against their definitions element by element.

import { standardizeRuns } from "../../../assembly/kernels/standardize";

const LENGTHS = memory.data<u32>([1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 64, 100, 1025, 2049]);
const LENGTH_COUNT: usize = 15;
const RUNS: usize = 3;
const X = memory.data(50000, 16);
const Z = memory.data(50000, 16);
const OUT = memory.data(50000, 16);
const epsilon: f64 = 1e-5;

/** Puts `count` values around `center` at `address` and NaN behind them. */
function fill<T>(address: usize, count: usize, center: f64): void {
  memory.fill(address, 0xff, (count + 4) * sizeof<T>());
  let s: u32 = 1 + <u32>address;
  for (let i: usize = 0; i < count; i++) {
    s = s * 1664525 + 1013904223;
    store<T>(address + i * sizeof<T>(), ((s as f64) / 4294967296 - 0.5 + center) as T);
  }
}

/** Mean of (x − a) (y − b), added up one after another. */
function meanProduct<T>(x: usize, a: f64, y: usize, b: f64, length: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < length; i++) {
    sum += ((load<T>(x + i * sizeof<T>()) as f64) - a) * ((load<T>(y + i * sizeof<T>()) as f64) - b);
  }
  return sum / <f64>length;
}

function meanOf<T>(x: usize, length: usize): f64 {
  let sum: f64 = 0;
  for (let i: usize = 0; i < length; i++) sum += load<T>(x + i * sizeof<T>()) as f64;
  return sum / <f64>length;
}

/** Results beyond `tolerance` (in f32 one rounding of what is exact in f64), and elements written behind the last run. */
function wrong<T>(along: bool, tolerance: f64): i32 {
  let wrong = 0;
  for (let k: usize = 0; k < LENGTH_COUNT; k++) {
    const length: usize = load<u32>(LENGTHS + 4 * k);
    const count = RUNS * length;
    fill<T>(X, count, 3);
    fill<T>(Z, count, -1);
    memory.fill(OUT, 0xff, (count + 4) * sizeof<T>());
    standardizeRuns<T>(OUT, X, along ? Z : X, count, length, epsilon);
    for (let run: usize = 0; run < RUNS; run++) {
      const start = run * length * sizeof<T>();
      const mean = meanOf<T>(X + start, length);
      const inverse = 1 / sqrt<f64>(meanProduct<T>(X + start, mean, X + start, mean, length) + epsilon);
      const level = meanOf<T>(Z + start, length);
      const slope = inverse * inverse * meanProduct<T>(X + start, mean, Z + start, level, length);
      for (let i: usize = 0; i < length; i++) {
        const at = start + i * sizeof<T>();
        let expected = (load<T>(X + at) as f64) - mean;
        if (along) expected = (load<T>(Z + at) as f64) - level - expected * slope;
        expected *= inverse;
        if (!(abs((load<T>(OUT + at) as f64) - expected) <= tolerance * (1 + abs(expected)))) wrong++;
      }
    }
    if (load<u32>(OUT + count * sizeof<T>()) !== 0xffffffff) wrong++;
  }
  return wrong;
}

/** A run of equal elements is 0, whose sign is that of x − μ in every build. */
function equalElements<T>(value: T): bool {
  for (let i: usize = 0; i < 7; i++) store<T>(X + i * sizeof<T>(), value);
  standardizeRuns<T>(OUT, X, X, 7, 7, epsilon);
  for (let i: usize = 0; i < 7; i++) {
    const expected = ((value as f64) - meanOf<T>(X, 7)) as T;
    if (1 / load<T>(OUT + i * sizeof<T>()) !== 1 / expected) return false;
  }
  return true;
}

describe("standardization of runs", () => {
  it("has mean 0 and variance 1, in f64 within 1e-13 and in f32 of one rounding", () => {
    expect(wrong<f64>(false, 1e-13)).toBe(0);
    expect(wrong<f32>(false, 6e-8)).toBe(0);
  });
  it("has the derivative along another tensor", () => {
    expect(wrong<f64>(true, 1e-12)).toBe(0);
    expect(wrong<f32>(true, 6e-8)).toBe(0);
  });
  it("of equal elements is 0, whose sign is that of the difference from the mean", () => {
    expect(equalElements<f64>(2)).toBe(true);
    expect(equalElements<f32>(2)).toBe(true);
    expect(equalElements<f64>(-0.0)).toBe(true);
    expect(equalElements<f32>(-0.0)).toBe(true);
  });
});
