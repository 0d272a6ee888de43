// Parameters that layers of augmentation draw: range, mean, variance, independence between samples and between ops.

import { type Layer, randomAffine, randomCrop, randomFlip, randomRotation, sequential, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { drawBox } from "../../bindings/augmentation/resizedCrop.js";
import { applied, type FloatType, inTraining } from "./augmented.js";
import { engineForAll } from "./engine.js";
import { expectClose, expectSameBits } from "./numbers.js";

engineForAll();

/** Mean, least, most and variance of values, and their correlation with others. */
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const covariance = (a: readonly number[], b: readonly number[]): number => {
  const [left, right] = [meanOf(a), meanOf(b)];
  return meanOf(a.map((value, k) => (value - left) * (b[k]! - right)));
};
const correlation = (a: readonly number[], b: readonly number[]): number =>
  covariance(a, b) / Math.sqrt(covariance(a, a) * covariance(b, b));

const rows = 20_000;

/** Uniform in low .. high: range, mean, variance and independence of the sample before, each within four deviations. */
function expectUniform(values: readonly number[], low: number, high: number, what: string): void {
  const width = high - low;
  expect(Math.min(...values), what).toBeGreaterThanOrEqual(low - 1e-9);
  expect(Math.max(...values), what).toBeLessThanOrEqual(high + 1e-9);
  expect(Math.max(...values) - Math.min(...values), what).toBeGreaterThan(0.998 * width);
  expect(Math.abs(meanOf(values) - (low + high) / 2), what).toBeLessThan((4 * width) / Math.sqrt(12 * rows));
  // The fourth moment of a uniform number makes its square deviate by √(1/180) of width².
  expect(Math.abs(covariance(values, values) - width ** 2 / 12), what).toBeLessThan(
    (4 * width ** 2) / Math.sqrt(180 * rows),
  );
  expect(Math.abs(correlation(values.slice(1), values.slice(0, -1))), what).toBeLessThan(4 / Math.sqrt(rows));
}

function expectIndependent(draws: Readonly<Record<string, readonly number[]>>): void {
  const names = Object.keys(draws);
  for (const [k, a] of names.entries())
    for (const b of names.slice(k + 1))
      expect(Math.abs(correlation(draws[a]!, draws[b]!)), `${a} and ${b}`).toBeLessThan(4 / Math.sqrt(rows));
}

/** Outputs of a layer for as many equal images; channel 0 is the column of a pixel, channel 1 its row. */
function ofRamps(dtype: FloatType, height: number, width: number, f: (x: Tensor) => Tensor): number[] {
  const one: number[] = [];
  for (let p = 0; p < height; p++) for (let q = 0; q < width; q++) one.push(q, p);
  const ramp = { data: one, shape: [1, height, width, 2] };
  return applied(dtype, ramp, (t) => f(t.broadcastTo([rows, height, width, 2])));
}

/** Channel k of pixel (p, q) of every picture. */
const pixelsOf = (values: readonly number[], width: number, size: number, p: number, q: number, k: number): number[] =>
  Array.from({ length: rows }, (_, n) => values[n * size + (p * width + q) * 2 + k]!);

describe("drawn parameters", () => {
  it("are uniform whole offsets of crops", () => {
    const got = ofRamps("f64", 6, 7, inTraining(randomCrop([2, 3])));
    const [left, top] = [0, 1].map((k) => pixelsOf(got, 3, 12, 0, 0, k)) as [number[], number[]];
    for (const [values, count] of [
      [left, 5],
      [top, 5],
    ] as const)
      for (let place = 0; place < count; place++) {
        const share = values.filter((value) => value === place).length / rows;
        expect(Math.abs(share - 1 / count)).toBeLessThan(4 * Math.sqrt((1 / count) * (1 - 1 / count) * (1 / rows)));
      }
    expectIndependent({ left, top, next: [...left.slice(1), left[0]!] });
  });

  it("are flips with their probabilities", () => {
    const flips = randomFlip({ horizontal: 0.3, vertical: 0.8 });
    const got = ofRamps("f64", 2, 2, inTraining(flips));
    const [across, down] = [0, 1].map((k) => pixelsOf(got, 2, 8, 0, 0, k)) as [number[], number[]];
    expect(Math.abs(meanOf(across) - 0.3)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / rows));
    expect(Math.abs(meanOf(down) - 0.8)).toBeLessThan(4 * Math.sqrt((0.8 * 0.2) / rows));
    expect(new Set(across)).toEqual(new Set([0, 1]));
    expectIndependent({ across, down, next: [...across.slice(1), across[0]!] });
  });

  /** Angles in degrees by which images were turned: the pixels beside the centre of 3 x 3. */
  const anglesOf = (got: readonly number[], mirrored = 1): number[] => {
    const at = (k: number) => pixelsOf(got, 3, 18, 1, 2, k);
    const rowsAt = at(1);
    return at(0).map((x, n) => (Math.atan2(rowsAt[n]! - 1, mirrored * (x - 1)) * 180) / Math.PI);
  };

  it("are uniform angles, of −d .. d or least .. most", () => {
    const options = { interpolation: "bilinear" } as const;
    expectUniform(anglesOf(ofRamps("f64", 3, 3, inTraining(randomRotation(25, options)))), -25, 25, "25");
    expectUniform(anglesOf(ofRamps("f64", 3, 3, inTraining(randomRotation([-10, 40], options)))), -10, 40, "pair");
  });

  it("are independent between ops, and equal in f32 and f64", () => {
    const model = sequential([
      randomFlip({ vertical: 0.5, horizontal: 0 }),
      randomRotation(20, { interpolation: "bilinear" }),
    ]);
    const run = (dtype: FloatType): [number[], number[]] => {
      const got = ofRamps(dtype, 3, 3, inTraining(model));
      const down = pixelsOf(got, 3, 18, 2, 1, 1).map((row) => Number(row < 1));
      return [down, anglesOf(got).map((angle, n) => (down[n] ? -angle : angle))];
    };
    const [down, angles] = run("f64");
    expectIndependent({ down, angles });
    const [down32, angles32] = run("f32");
    expectSameBits(down32, down);
    expectClose(angles32, angles, 1e-5);
  });

  it("are uniform shifts, magnifications and shears of affine distortions", () => {
    const options = { interpolation: "bilinear" } as const;
    // Row and column read by three pixels of the middle give the six coefficients.
    const coefficients = (layer: Layer): number[][] => {
      const got = ofRamps("f64", 9, 9, (x) => inTraining(layer)(x).slice(1, 4, 6).slice(2, 4, 6));
      const at = (p: number, q: number) => [0, 1].map((k) => pixelsOf(got, 2, 8, p, q, k)) as [number[], number[]];
      const [middle, right, under] = [at(0, 0), at(0, 1), at(1, 0)];
      const less = (a: number[], b: number[]): number[] => a.map((value, k) => value - b[k]!);
      const [m0, m3] = [less(right[0], middle[0]), less(right[1], middle[1])];
      const [m1, m4] = [less(under[0], middle[0]), less(under[1], middle[1])];
      return [m0, m1, middle[0].map((x) => x - 4), m3, m4, middle[1].map((y) => y - 4)];
    };
    const [m0, , m2, m3, m4, m5] = coefficients(
      randomAffine({ degrees: 20, translate: [0.1, 0.2], scale: [0.8, 1.25], ...options }),
    ) as [number[], number[], number[], number[], number[], number[]];
    const angle = m3.map((s, k) => (Math.atan2(s, m0[k]!) * 180) / Math.PI);
    const scale = m0.map((c, k) => 1 / Math.hypot(c, m3[k]!));
    // The inverse of the linear part takes the negative offset of the centre to the shift.
    const x = m2.map((offset, k) => -(m4[k]! * offset + m3[k]! * m5[k]!) * scale[k]! ** 2);
    const y = m5.map((offset, k) => -(m0[k]! * offset - m3[k]! * m2[k]!) * scale[k]! ** 2);
    expectUniform(angle, -20, 20, "angle");
    expectUniform(scale, 0.8, 1.25, "scale");
    expectUniform(x, -0.9, 0.9, "x");
    expectUniform(y, -1.8, 1.8, "y");
    expectIndependent({ angle, scale, x, y });
    const degrees = (tangents: number[]): number[] => tangents.map((t) => (Math.atan(t) * 180) / Math.PI);
    const sheared = coefficients(randomAffine({ shear: [10, 5], ...options }));
    expectUniform(degrees(sheared[1]!), -10, 10, "shear x");
    expectUniform(degrees(sheared[3]!), -5, 5, "shear y");
    expectIndependent({ x: sheared[1]!, y: sheared[3]! });
    const alone = coefficients(randomAffine({ shear: 10, ...options }));
    expectUniform(degrees(alone[1]!), -10, 10, "shear");
    expectClose(alone[3], new Array(rows).fill(0), 1e-12);
  });

  /** Boxes drawn for images of a size. */
  function boxesOf(size: [number, number], scale: [number, number], ratio: [number, number]): number[][] {
    const layer: Layer = {
      name: "boxes",
      parameters: {},
      apply(_, x, context) {
        const image = x.broadcastTo([rows, ...size, 1]);
        const { top, left, height, width } = drawBox(context, image, scale, ratio);
        const four = x.trace.concatenate([top, left, height, width], 1);
        return four;
      },
    };
    const x = { data: new Array(rows).fill(0), shape: [rows, 1, 1, 1] };
    const got = applied("f32", x, inTraining(layer));
    return [0, 1, 2, 3].map((k) => Array.from({ length: rows }, (_, n) => got[4 * n + k]!));
  }

  it("are boxes of uniform area and logarithmic ratio, at uniform places", () => {
    const [top, left, height, width] = boxesOf([40, 50], [0.2, 0.4], [0.75, 1.5]) as [
      number[],
      number[],
      number[],
      number[],
    ];
    // Whole pixels: sides of 15 .. 35 are rounded by half a pixel at most, so the moments hold to a percent.
    const area = height.map((h, n) => (h * width[n]!) / 2000);
    const logRatio = height.map((h, n) => Math.log(width[n]! / h));
    expect(Math.abs(meanOf(area) - 0.3)).toBeLessThan(0.003);
    expect(Math.abs(covariance(area, area) - 0.2 ** 2 / 12)).toBeLessThan(0.0002);
    expect(Math.abs(meanOf(logRatio) - Math.log(0.75 * 1.5) / 2)).toBeLessThan(0.01);
    expect(Math.abs(covariance(logRatio, logRatio) - Math.log(2) ** 2 / 12)).toBeLessThan(0.002);
    const share = (first: number[], extent: number[], room: number): number[] =>
      first.map((at, n) => (at + 0.5) / (room - extent[n]! + 1));
    const [down, right] = [share(top, height, 40), share(left, width, 50)];
    for (const places of [down, right]) {
      expect(Math.abs(meanOf(places) - 0.5)).toBeLessThan(4 / Math.sqrt(12 * rows));
      expect(Math.min(...places)).toBeGreaterThan(0);
      expect(Math.max(...places)).toBeLessThan(1);
    }
    expectIndependent({ area, logRatio, down, right, next: [...area.slice(1), area[0]!] });
  });

  it("are the first box of ten tries that fits, else the largest centre crop", () => {
    const [top, left, height, width] = boxesOf([10, 12], [0.9, 1], [0.5, 2]) as [
      number[],
      number[],
      number[],
      number[],
    ];
    const centre = width.filter((w, n) => w === 12 && height[n] === 10).length / rows;
    expect(centre).toBeGreaterThan(0.01);
    expect(centre).toBeLessThan(0.9);
    for (let n = 0; n < rows; n++) {
      if (top[n]! + height[n]! > 10 || left[n]! + width[n]! > 12) expect.fail(`box ${n} leaves the image`);
      if (height[n]! < 1 || width[n]! < 1) expect.fail(`box ${n} is empty`);
    }
    // None of the full area has ratio 2 .. 3 in an image of 10 x 12: 12 / 2 = 6 rows in the middle; nor 1/3 .. 1/2: 5 columns.
    expect(boxesOf([10, 12], [1, 1], [2, 3]).map((values) => [...new Set(values)])).toEqual([[2], [0], [6], [12]]);
    expect(boxesOf([10, 12], [1, 1], [1 / 3, 1 / 2]).map((values) => [...new Set(values)])).toEqual([
      [0],
      [3],
      [10],
      [5],
    ]);
  });
});
