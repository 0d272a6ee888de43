// Images sampled at affine coordinates, and crops, flips, rotations and affine distortions at given parameters, against figures of
// torchvision and plain loops.

import type { Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { affine } from "../../bindings/augmentation/affine.js";
import { crop } from "../../bindings/augmentation/crop.js";
import { flip } from "../../bindings/augmentation/flip.js";
import { resizedCrop } from "../../bindings/augmentation/resizedCrop.js";
import { type Interpolation, warp } from "../../bindings/augmentation/warp.js";
import { applied, columnOf, single, types } from "./augmented.js";
import { engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits, flat, type Plain, plain } from "./numbers.js";
import { compile, grad } from "./transforms.js";

engineForAll();

interface Case {
  readonly op: string;
  // Which there are depends on the op.
  readonly args: {
    readonly degrees: number;
    readonly translate: [number, number];
    readonly scale: number;
    readonly shear: [number, number];
    readonly top: number;
    readonly left: number;
    readonly height: number;
    readonly width: number;
    readonly padding: number;
    readonly size: [number, number];
    readonly interpolation: Interpolation;
    readonly fill: number;
  };
  readonly shape: [number, number, number];
  readonly x: number[];
  readonly y: number[];
}
const geometric = ["rotate", "affine", "resized_crop", "pad_crop"];
const cases = fixture<{ cases: Case[] }>("torchvision_augment").cases.filter(({ op }) => geometric.includes(op));

/** A case with the functions here. torchvision's affine turns clockwise. */
function ofCase({ op, args }: Case, x: Tensor): Tensor {
  const { degrees, translate, scale, shear, top, left, height, width, padding, size, interpolation, fill } = args;
  const options = { interpolation, fill };
  if (op === "rotate") return affine(x, { angle: degrees }, options);
  if (op === "affine") return affine(x, { angle: -degrees, translate, scale, shear }, options);
  if (op === "pad_crop") return crop(x, top - padding, left - padding, [height, width]);
  const given = [top, left, height, width].map((value) => columnOf(x, [value]));
  const [t, l, h, w] = given as [Tensor, Tensor, Tensor, Tensor];
  return resizedCrop(x, { top: t, left: l, height: h, width: w }, size, "bilinear");
}

describe("figures of torchvision", () => {
  it.each(types)("are matched in %s", (dtype) => {
    expect(cases.length).toBe(7);
    for (const one of cases) {
      const { op, args, shape, x, y } = one;
      const got = applied(dtype, { data: x, shape: [1, ...shape] }, (t) =>
        ofCase(one, t.transpose([0, 2, 3, 1])).transpose([0, 3, 1, 2]),
      );
      const what = `${op} ${JSON.stringify(args)}`;
      if (args.interpolation === "nearest" || op === "pad_crop") expectSameBits(single(got), single(y), what);
      else expectClose(got, y, 2e-6, what);
    }
  });
});

/** What `warp` computes, pixel by pixel: torchvision's blend of the value with zeros outside and the fill, by the mask. */
function loopOf(
  { data, shape }: Plain,
  m: readonly (readonly number[])[],
  [outHeight, outWidth]: readonly [number, number],
  interpolation: Interpolation,
  fill: number,
): number[] {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const out: number[] = [];
  const even = (v: number): number => (v - Math.floor(v) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
  for (let n = 0; n < batch; n++)
    for (let p = 0; p < outHeight; p++)
      for (let q = 0; q < outWidth; q++) {
        const [a, b, c, d, e, f, left, right, top, bottom] = m[n] as number[] as [
          number,
          number,
          number,
          number,
          number,
          number,
          number?,
          number?,
          number?,
          number?,
        ];
        let [column, row] = [a * q + (b * p + c), d * q + (e * p + f)];
        if (left !== undefined)
          [column, row] = [Math.min(Math.max(column, left), right!), Math.min(Math.max(row, top!), bottom!)];
        const nearest = interpolation === "nearest";
        const [u, v] = nearest ? [even(column), even(row)] : [Math.floor(column), Math.floor(row)];
        const [right1, down1] = nearest ? [0, 0] : [column - u, row - v];
        for (let k = 0; k < channels; k++) {
          let [sum, mask] = [0, 0];
          for (const [y, x, w] of [
            [v, u, (1 - down1) * (1 - right1)],
            [v, u + 1, (1 - down1) * right1],
            [v + 1, u, down1 * (1 - right1)],
            [v + 1, u + 1, down1 * right1],
          ] as [number, number, number][]) {
            if (y < 0 || x < 0 || y >= height || x >= width) continue;
            sum += w * data[((n * height + y) * width + x) * channels + k]!;
            mask += w;
          }
          out.push(sum * mask + (1 - mask) * fill);
        }
      }
  return out;
}

describe("warp", () => {
  const matrices = [
    [0.9, -0.3, 1.3, 0.35, 0.8, -1.1],
    [1, 0, 0, 0, 1, 0],
    [-1.2, 0.1, 9.5, 0, 1, 20],
    [0.5, 0.5, -3.25, -0.25, 1.5, 2],
  ];
  const shift = [
    [1, 0, 2, 0, 1, -1],
    [-1, 0, 6, 0, -1, 5],
    [1, 0, -30, 0, 1, 0],
    [-1, 0, 4, 0, 0.5, 0.25],
  ];
  const shapes = [
    [4, 9, 11, 1],
    [4, 5, 1, 1],
    [4, 1, 6, 1],
    [4, 6, 5, 3],
    [4, 3, 4, 6],
  ];

  it.each(types)("reads what plain loops read, in %s", (dtype) => {
    for (const shape of shapes)
      for (const m of [matrices, shift])
        for (const [interpolation, fill] of [
          ["nearest", 0],
          ["nearest", -2],
          ["bilinear", 0],
          ["bilinear", 0.5],
        ] as const) {
          const x = { data: single(plain(shape).data), shape };
          const size = [7, 13] as const;
          const columns = (t: Tensor) =>
            m[0]!.map((_, k) =>
              columnOf(
                t,
                m.map((row) => row[k]!),
              ),
            );
          const got = applied(dtype, x, (t) => warp(t, columns(t), size, { interpolation, fill }));
          const wanted = loopOf(x, m, size, interpolation, fill);
          expectClose(got, wanted, dtype === "f64" ? 1e-14 : 5e-7, `${shape} ${interpolation} ${fill}`);
          if (interpolation === "nearest") expectSameBits(got, wanted);
        }
  });

  it.each(types)("clamps coordinates to a box, in %s", (dtype) => {
    const boxed = matrices
      .map((row, k) => [...row, k, 4, 1, 3 - k / 2])
      .map((row) => row.map((v, k) => (k > 5 ? Math.floor(v) : v)));
    for (const shape of [
      [4, 5, 6, 1],
      [4, 5, 6, 2],
    ]) {
      const x = { data: single(plain(shape).data), shape };
      const columns = (t: Tensor) =>
        boxed[0]!.map((_, k) =>
          columnOf(
            t,
            boxed.map((row) => row[k]!),
          ),
        );
      const got = applied(dtype, x, (t) => warp(t, columns(t), [6, 9], { interpolation: "bilinear" }));
      expectClose(got, loopOf(x, boxed, [6, 9], "bilinear", 0), dtype === "f64" ? 1e-14 : 5e-7);
    }
  });

  it("makes NaN of coefficients that are not finite, of their picture alone, and fills far outside", () => {
    for (const shape of [
      [2, 3, 5, 1],
      [2, 3, 5, 2],
    ])
      for (const interpolation of ["nearest", "bilinear"] as const)
        for (const dtype of types) {
          const x = plain(shape);
          const size = [3, 5] as const;
          const half = flat(x).length / 2;
          for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
            const got = applied(dtype, x, (t) =>
              warp(t, [1, columnOf(t, [0, bad]), 0, 0, 1, 0], size, { interpolation }),
            );
            expectClose(got.slice(0, half), flat(x).slice(0, half), 1e-7);
            expect(got.slice(half).every(Number.isNaN)).toBe(true);
          }
          for (const far of [1e9, -1e9, 3e9, 1e18, 1e300]) {
            const got = applied(dtype, x, (t) => warp(t, [far, 0.5, far, 0, 1, 0], size, { interpolation, fill: 3 }));
            expect(new Set(got), `${far} ${interpolation} ${dtype}`).toEqual(new Set([3]));
          }
        }
  });

  it("has an adjoint: ⟨warp x, g⟩ = ⟨x, adjoint g⟩, for every form", () => {
    const shape = [4, 5, 6, 2];
    const x = plain(shape);
    const weights = plain([4, 4, 7, 2], -1, 1, 3);
    const boxed = [...matrices[0]!, 1, 4, 0, 3];
    for (const [m, interpolation] of [
      [matrices[0]!, "nearest"],
      [[-1, 0, 5, 0, 1, 2], "nearest"],
      [matrices[0]!, "bilinear"],
      [boxed, "bilinear"],
    ] as const) {
      const f = (t: Tensor): Tensor =>
        warp(t, m, [4, 7], { interpolation })
          .multiply(t.trace.constant(weights as never, "f64"))
          .sum();
      const value = flat(compile(engine, f as never)(x as never))[0]!;
      const gradient = flat(grad(engine, f as never)(x as never));
      expectClose(
        gradient.reduce((total, g, k) => total + g * x.data[k]!, 0),
        value,
        1e-13,
      );
    }
  });
});

describe("given parameters", () => {
  const shape = [3, 6, 5, 2];
  const x = { data: single(plain(shape).data), shape };
  const pixel = (n: number, p: number, q: number, k: number): number =>
    p < 0 || q < 0 || p >= 6 || q >= 5 ? -4 : x.data[((n * 6 + p) * 5 + q) * 2 + k]!;
  const looped = (
    height: number,
    width: number,
    f: (n: number, p: number, q: number, k: number) => number,
  ): number[] => {
    const out: number[] = [];
    for (let n = 0; n < 3; n++)
      for (let p = 0; p < height; p++)
        for (let q = 0; q < width; q++) for (let k = 0; k < 2; k++) out.push(f(n, p, q, k));
    return out;
  };

  it.each(types)("flips and crops as plain loops do, in %s", (dtype) => {
    const [across, down] = [
      [1, 0, 1],
      [0, 1, 1],
    ];
    expectSameBits(
      applied(dtype, x, (t) => flip(t, columnOf(t, across!), columnOf(t, down!))),
      looped(6, 5, (n, p, q, k) => pixel(n, down![n] ? 5 - p : p, across![n] ? 4 - q : q, k)),
    );
    const [top, left] = [
      [-2, 1, 3],
      [2, 0, -4],
    ];
    expectSameBits(
      applied(dtype, x, (t) => crop(t, columnOf(t, top!), columnOf(t, left!), [4, 7], -4)),
      looped(4, 7, (n, p, q, k) => pixel(n, p + top![n]!, q + left![n]!, k)),
    );
  });

  it.each(types)("of the identity give equal bits, in %s", (dtype) => {
    for (const interpolation of ["nearest", "bilinear"] as const)
      for (const given of [x, { data: single(plain([2, 9, 8, 1]).data), shape: [2, 9, 8, 1] }]) {
        const [, height, width] = given.shape as [number, number, number];
        const whole = (t: Tensor) => ({
          top: t.trace.fill(0, [], "f64"),
          left: t.trace.fill(0, [], "f64"),
          height: t.trace.fill(height, [], "f64"),
          width: t.trace.fill(width, [], "f64"),
        });
        expectSameBits(
          applied(dtype, given, (t) => affine(t, {}, { interpolation, fill: 7 })),
          given.data,
        );
        expectSameBits(
          applied(dtype, given, (t) => resizedCrop(t, whole(t), [height, width], interpolation)),
          given.data,
        );
        expectSameBits(
          applied(dtype, given, (t) => {
            const never = t.trace.fill(0, [], "f64");
            return flip(t, never, never);
          }),
          given.data,
        );
        expectSameBits(
          applied(dtype, given, (t) => crop(t, 0, 0, [height, width])),
          given.data,
        );
      }
  });

  it("turn by 90 and 180 degrees exactly, squares of odd and even size, counter-clockwise", () => {
    for (const extent of [4, 7])
      for (const channels of [1, 3])
        for (const interpolation of ["nearest", "bilinear"] as const) {
          const square = plain([1, extent, extent, channels]);
          const at = (p: number, q: number, k: number): number => square.data[(p * extent + q) * channels + k]!;
          const turned: number[] = [];
          const half: number[] = [];
          for (let p = 0; p < extent; p++)
            for (let q = 0; q < extent; q++)
              for (let k = 0; k < channels; k++) {
                turned.push(at(q, extent - 1 - p, k));
                half.push(at(extent - 1 - p, extent - 1 - q, k));
              }
          for (const dtype of types) {
            expectClose(
              applied(dtype, square, (t) => affine(t, { angle: 90 }, { interpolation })),
              turned,
              1e-6,
            );
            expectClose(
              applied(dtype, square, (t) => affine(t, { angle: 180 }, { interpolation })),
              half,
              1e-6,
            );
            expectClose(
              applied(dtype, square, (t) => affine(t, { angle: -180 }, { interpolation })),
              half,
              1e-6,
            );
          }
        }
  });

  it("resize a crop to the nearest pixel left + ⌊q width / size⌋, as torch's resize", () => {
    for (const [extent, size] of [
      [5, 7],
      [3, 9],
      [4, 2],
      [1, 4],
    ] as const)
      for (const dtype of types) {
        const got = applied(dtype, x, (t) => {
          const one = (value: number): Tensor => t.trace.fill(value, [], "f64");
          const box = { top: one(1), left: one(0), height: one(extent), width: one(extent) };
          return resizedCrop(t, box, [size, size], "nearest");
        });
        const step = (p: number): number => Math.floor((p * extent) / size);
        expectSameBits(
          got,
          looped(size, size, (n, p, q, k) => pixel(n, 1 + step(p), step(q), k)),
        );
      }
  });
});
