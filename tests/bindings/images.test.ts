// Convolution, pooling, resizing and padding: against figures of PyTorch (images there are [batch, channels, height, width]), against
// sums written out here, at ties and NaN, and what is refused.

import {
  type ConvolutionOptions,
  convolve,
  convolveTransposed,
  padBorder,
  poolMax,
  poolMaxFrom,
  poolMean,
  resize,
  ShapeError,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { randomStarts } from "../../bindings/tensors/pooling.js";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers, sizeOf, typed } from "./numbers.js";
import { compile, grad, type Inputs, valueAndGrad } from "./transforms.js";

engineForAll();

describe("convolution is what its formula says", () => {
  /** Batch, height, width, channels, kernel, out channels; stride, padding, dilation, groups. */
  const geometries: [number[], number[], ConvolutionOptions][] = [
    [[2, 7, 9, 4], [3, 3, 4, 6], {}],
    [[2, 7, 9, 4], [3, 3, 4, 6], { stride: 2, padding: 1 }],
    [[2, 7, 9, 4], [3, 3, 4, 6], { padding: 2, dilation: 2 }],
    [[2, 7, 9, 4], [3, 3, 2, 6], { padding: 1, groups: 2 }],
    [[2, 7, 9, 4], [3, 3, 1, 8], { padding: 1, groups: 4 }],
    [[1, 5, 6, 1], [3, 3, 1, 8], { padding: 1 }],
    [[1, 5, 6, 3], [3, 3, 3, 5], { padding: [1, 1, 0, 2] }],
    [[3, 4, 4, 9], [1, 1, 9, 7], {}],
    [[1, 9, 8, 2], [2, 2, 2, 3], { stride: [3, 4] }],
    [[1, 3, 40, 5], [2, 5, 5, 17], { stride: [1, 2], padding: [0, 1, 3, 2], dilation: [2, 1] }],
    [[1, 1, 600, 2], [1, 3, 2, 3], { padding: [0, 0, 1, 1] }],
    [[2, 30, 33, 3], [3, 3, 3, 4], { padding: 1 }],
  ];

  it.each(geometries)("images %j, weights %j, %j", (xs, ws, options) => {
    const x = { data: numbers(sizeOf(xs), -1, 1, 3), shape: xs };
    const w = { data: numbers(sizeOf(ws), -1, 1, 5), shape: ws };
    const both = <T>(value: T | readonly T[] | undefined, one: T): readonly T[] =>
      value === undefined ? [one, one] : Array.isArray(value) ? value : [value as T, value as T];
    const [sy, sx] = both(options.stride, 1) as [number, number];
    const [dy, dx] = both(options.dilation, 1) as [number, number];
    const padding = options.padding ?? 0;
    const [t, b, l, r] = (typeof padding === "number" ? [padding, padding, padding, padding] : padding) as [
      number,
      number,
      number,
      number,
    ];
    const groups = options.groups ?? 1;
    const [n, h, wide, c] = xs as [number, number, number, number];
    const [kh, kw, , o] = ws as [number, number, number, number];
    const oh = Math.floor((h + t + b - dy * (kh - 1) - 1) / sy) + 1;
    const ow = Math.floor((wide + l + r - dx * (kw - 1) - 1) / sx) + 1;
    const g = { data: numbers(n * oh * ow * o, -1, 1, 7), shape: [n, oh, ow, o] };
    const [y, gx, gw] = [
      new Float64Array(n * oh * ow * o),
      new Float64Array(x.data.length),
      new Float64Array(w.data.length),
    ];
    for (let s = 0; s < n; s++)
      for (let p = 0; p < oh; p++)
        for (let q = 0; q < ow; q++)
          for (let k = 0; k < o; k++)
            for (let i = 0; i < kh; i++)
              for (let j = 0; j < kw; j++) {
                const [row, column] = [p * sy - t + i * dy, q * sx - l + j * dx];
                if (row < 0 || row >= h || column < 0 || column >= wide) continue;
                for (let a = 0; a < c / groups; a++) {
                  const out = ((s * oh + p) * ow + q) * o + k;
                  const from = ((s * h + row) * wide + column) * c + Math.floor(k / (o / groups)) * (c / groups) + a;
                  const weight = ((i * kw + j) * (c / groups) + a) * o + k;
                  y[out]! += x.data[from]! * w.data[weight]!;
                  gx[from]! += g.data[out]! * w.data[weight]!;
                  gw[weight]! += g.data[out]! * x.data[from]!;
                }
              }
    for (const [dtype, tolerance] of [
      ["f64", 1e-13],
      ["f32", 2e-6],
    ] as const) {
      const of = (a: { data: number[]; shape: number[] }) => ({ data: typed(dtype, a.data), shape: a.shape });
      const value = compile(engine, ({ x, w }: Inputs) => convolve(x!, w!, options))({ x: of(x), w: of(w) });
      expectClose(value, y, tolerance * 4, `${dtype} value`);
      const fed = ({ x, w }: Inputs): Tensor => convolve(x!, w!, options).multiply(of(g)).sum();
      const { gradient } = valueAndGrad(engine, fed)({ x: of(x), w: of(w) });
      expectClose(gradient.x, gx, tolerance * 4, `${dtype} gradient of x`);
      expectClose(gradient.w, gw, tolerance * 4, `${dtype} gradient of w`);
    }
  });
});

describe("pools", () => {
  it("give the gradient of equal values to the first, and keep NaN", () => {
    // The same four pixels in every channel: whole vectors and what is left of them take different ways.
    const channels = 7;
    for (const dtype of ["f32", "f64"] as const) {
      const of = (data: number[]) => ({
        data: typed(
          dtype,
          data.flatMap((value) => new Array(channels).fill(value)),
        ),
        shape: [1, 2, 2, channels],
      });
      const same = (data: number[]) => data.flatMap((value) => new Array(channels).fill(value));
      const value = compile(engine, (x: Tensor) => poolMax(x, 2));
      const slope = grad(engine, (x: Tensor) => poolMax(x, 2).sum());
      const winner = (data: number[], k: number) => {
        expect(flat(value(of(data)))).toEqual(same([data[k]!]));
        expect(flat(slope(of(data)))).toEqual(same([0, 1, 2, 3].map((j) => Number(j === k))));
      };
      winner([3, 3, 3, 1], 0);
      winner([1, 3, 3, 1], 1);
      winner([1, 1, 3, 3], 2);
      winner([1, 2, 3, 4], 3);
      winner([-Infinity, -Infinity, -Infinity, -Infinity], 0);
      expect(flat(slope(of([0, -0, -1, -1])))).toEqual(same([1, 0, 0, 0]));
      expect(flat(slope(of([-0, 0, -1, -1])))).toEqual(same([1, 0, 0, 0]));
      for (let k = 0; k < 4; k++) {
        const one = [1, 2, 3, 4].map((n, j) => (j === k ? NaN : n));
        winner(one, k);
        for (let m = k + 1; m < 4; m++)
          winner(
            one.map((n, j) => (j === m ? NaN : n)),
            k,
          );
      }
    }
  });

  it("count windows as PyTorch in ceil mode, and what the mean divides by", () => {
    const x = { data: [1, 2, 3, 4, 5], shape: [1, 5, 1] };
    expect(flat(compile(engine, (t: Tensor) => poolMax(t, 2, { ceilMode: true }))(x))).toEqual([2, 4, 5]);
    expect(flat(compile(engine, (t: Tensor) => poolMean(t, 2, { ceilMode: true }))(x))).toEqual([1.5, 3.5, 5]);
    expect(flat(compile(engine, (t: Tensor) => poolMean(t, 3, { padding: 1 }))(x))).toEqual([1, 4]);
    expect(flat(compile(engine, (t: Tensor) => poolMean(t, 3, { padding: 1, countIncludePad: false }))(x))).toEqual([
      1.5, 4,
    ]);
    // The last window would begin in the padding behind: left out.
    expect(flat(compile(engine, (t: Tensor) => poolMax(t, 2, { padding: 1, ceilMode: true, stride: 3 }))(x))).toEqual([
      1, 4,
    ]);
  });

  it("begin where starts say, one set a sample and channel, and refuse starts outside when they run", () => {
    const x = { data: [1, 5, 2, 4, 3, 9], shape: [1, 6, 1] };
    const from = (kernel: number | null) =>
      compile(engine, ({ x, at }: Inputs) => poolMaxFrom(x!, [at!.cast("i32")], kernel));
    const at = (...data: number[]) => ({ data, shape: [1, data.length, 1] });
    expect(flat(from(2)({ x, at: at(0, 2, 4) }))).toEqual([5, 4, 9]);
    expect(flat(from(null)({ x, at: at(0, 1, 4) }))).toEqual([1, 5, 9]);
    expect(() => from(2)({ x, at: at(0, 5) })).toThrow(/index out of range: got 5, expected 0 .. 4/);
    expect(() => from(null)({ x, at: at(0, 4, 4) })).toThrow(/index out of range: got 4, expected 0 .. 3/);
    expect(() => from(null)({ x, at: at(0, -1) })).toThrow(/index out of range/);
  });

  it("draw steps of two lengths in random order", () => {
    const keys = { data: numbers(2 * 8 * 3, 0, 1, 9), shape: [2, 8, 3] };
    for (const [extent, kernel] of [
      [14, 2],
      [13, null],
    ] as const) {
      const drawn = compile(engine, (k: Tensor) =>
        randomStarts(k, extent, kernel === null ? 8 : 9, kernel).cast("f64"),
      )(keys);
      const starts = flat(drawn);
      const count = kernel === null ? 8 : 9;
      for (let n = 0; n < 2; n++)
        for (let c = 0; c < 3; c++) {
          const own = Array.from({ length: count }, (_, i) => starts[(n * count + i) * 3 + c]!);
          expect(own[0]).toBe(0);
          const steps = own.slice(1).map((start, i) => start - own[i]!);
          if (kernel === null) steps.push(extent - own[count - 1]!);
          else expect(own[count - 1]).toBe(extent - kernel);
          expect(steps.every((step) => step === 1 || step === 2)).toBe(true);
        }
    }
  });
});

describe("resizing and padding", () => {
  const x = { data: [0, 4, 8], shape: [1, 3, 1] };
  it("by closed forms", () => {
    const to = (size: number, method: "nearest" | "bilinear", alignCorners = false) =>
      flat(compile(engine, (t: Tensor) => resize(t, size, method, { alignCorners }))(x));
    expect(to(6, "nearest")).toEqual([0, 0, 4, 4, 8, 8]);
    expect(to(2, "nearest")).toEqual([0, 4]);
    expect(to(6, "bilinear")).toEqual([0, 1, 3, 5, 7, 8]);
    expect(to(5, "bilinear", true)).toEqual([0, 2, 4, 6, 8]);
    expect(to(1, "bilinear", true)).toEqual([0]);
  });
  it("copies the bits of pixels", () => {
    const signs = { data: [-0, 1, -Infinity], shape: [1, 3, 1] };
    const padded = (mode: "reflect" | "replicate" | "circular") =>
      compile(engine, (t: Tensor) => padBorder(t, [2, 1], mode))(signs);
    expectSameBits(padded("reflect"), [-Infinity, 1, -0, 1, -Infinity, 1]);
    expectSameBits(padded("replicate"), [-0, -0, -0, 1, -Infinity, -Infinity]);
    expectSameBits(padded("circular"), [1, -Infinity, -0, 1, -Infinity, -0]);
  });
});

describe("what is refused", () => {
  const x = { data: numbers(2 * 5 * 6 * 4, -1, 1), shape: [2, 5, 6, 4] };
  const given = (f: (x: Tensor) => Tensor) => () => compile(engine, f)(x);
  const w = (...shape: number[]) => ({ data: numbers(sizeOf(shape), -1, 1), shape });
  it.each([
    [(t: Tensor) => convolve(t, w(7, 3, 4, 2)), ShapeError, /kernel of 7 does not fit into 5 pixels of height/],
    [
      (t: Tensor) => convolve(t, w(3, 3, 4, 2), { dilation: 3 }),
      ShapeError,
      /dilation 3, which reaches over 7 pixels, does not/,
    ],
    [
      (t: Tensor) => convolve(t, w(3, 3, 4, 2), { groups: 3 }),
      ShapeError,
      /4 channels of x cannot be divided into 3 groups/,
    ],
    [
      (t: Tensor) => convolve(t, w(3, 3, 2, 3), { groups: 2 }),
      ShapeError,
      /3 out channels .* cannot be divided into 2 groups/,
    ],
    [(t: Tensor) => convolve(t, w(3, 3, 3, 2)), ShapeError, /takes 3 channels, but x has 4/],
    [(t: Tensor) => convolve(t, w(3, 4, 2)), ShapeError, /w has 3 axes .* expected 4/],
    [(t: Tensor) => convolve(t.reshape([10, 24]), w(3, 4, 2)), ShapeError, /x has 2 axes .* expected 4/],
    [
      (t: Tensor) => convolve(t, w(3, 3, 4, 2), { stride: 0 }),
      RangeError,
      /stride must be a whole number of at least 1/,
    ],
    [
      (t: Tensor) => convolve(t, w(3, 3, 4, 2), { padding: [1, 1] }),
      RangeError,
      /padding must be a number, \[top, bottom, left, right\] or "same", got \[1, 1\]/,
    ],
    [
      (t: Tensor) => convolve(t, w(3, 3, 4, 2), { padding: "valid" as never }),
      TypeError,
      'convolve: padding must be a number, [top, bottom, left, right] or "same", got "valid". Try 0 for none.',
    ],
    [
      (t: Tensor) => poolMean(t, 2, { padding: "same" as never }),
      TypeError,
      'poolMean: padding must be a number or [top, bottom, left, right], got "same". Try 0 for none.',
    ],
    [(t: Tensor) => convolve(t, undefined as never), TypeError, /^convolve: w: expected numbers, .* got undefined\.$/],
    [(t: Tensor) => convolveTransposed(t, "w" as never), TypeError, /^convolveTransposed: w: expected numbers, /],
    [
      (t: Tensor) => convolve(t, w(1, 1, 4, 2), { padding: 2 ** 29 }),
      ShapeError,
      "convolve: the output is too large: got 1073741829 pixels of height, expected fewer than 2³⁰. Lower the padding, or enlarge by less.",
    ],
    [
      (t: Tensor) => padBorder(t, [0, 0, 0, 2 ** 30 - 1], "replicate"),
      ShapeError,
      "padBorder: the output is too large: got 1073741829 pixels of width, expected fewer than 2³⁰. Lower the padding, or enlarge by less.",
    ],
    [
      (t: Tensor) => poolMax(t.reshape([2, 6, 20]), 7),
      ShapeError,
      "poolMax: a window of 7 pixels does not fit into 6 pixels of width, padding included. Take a smaller kernel; or, if [2, 6, 20] has its channels first, transpose it by [0, 2, 1]: channels come last.",
    ],
    [
      (t: Tensor) => convolveTransposed(t, w(3, 3, 2, 4), { outputPadding: 1 }),
      RangeError,
      /outputPadding must be below the stride, got 1 for stride 1/,
    ],
    [(t: Tensor) => convolveTransposed(t, w(3, 3, 4, 2)), ShapeError, /takes 2 channels, but x has 4/],
    [(t: Tensor) => convolveTransposed(t, w(1, 1, 2, 4), { padding: 3 }), ShapeError, /leaves no pixel of height/],
    [(t: Tensor) => poolMax(t, 6), ShapeError, /window of 6 pixels does not fit into 5/],
    [(t: Tensor) => poolMax(t, 2, { padding: 2 }), RangeError, /at most half of the kernel, got 2 for 2/],
    [
      (t: Tensor) => poolMax(t, 2, { padding: 1, dilation: 6 }),
      ShapeError,
      "poolMax: window 0 has no pixel of height: taps 6 apart from -1, image 0 .. 4. Lower dilation or padding.",
    ],
    [(t: Tensor) => poolMean(t, 2, { dilation: 2 } as never), TypeError, /unknown option "dilation"/],
    [(t: Tensor) => resize(t, 0), RangeError, /outputSize must be a whole number of at least 1/],
    [(t: Tensor) => padBorder(t, 5, "reflect"), ShapeError, /must be at most 4 for 5 pixels of height, got 5. Lower/],
    [(t: Tensor) => padBorder(t, [0, 0, 7, 0], "circular"), ShapeError, /at most 6 for 6 pixels of width, got 7/],
    [(t: Tensor) => resize(t, [60000, 60000]), RangeError, /more elements than an engine can address/],
  ] as const)("%#", (f, kind, message) => {
    expect(given(f)).toThrow(kind);
    expect(given(f)).toThrow(message);
  });
});
