// Ops that move elements: reshape, transpose, slice, pad, concatenate, gather, scatter (the gradient of gather), oneHot.

import { concatenate, constant, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import { at, build, expectClose, flat, indices, type Plain, plain, sizeOf, typed } from "./numbers.js";
import { grad, type Inputs, run } from "./transforms.js";

engineForEach();

const permutations = (n: number): number[][] =>
  n === 0
    ? [[]]
    : permutations(n - 1).flatMap((p) => Array.from({ length: n }, (_, k) => [...p.slice(0, k), n - 1, ...p.slice(k)]));

/** Compares shape and elements, in f64, f32 and, where it is a plain movement, i32. */
function expectMoved(
  f: (x: Tensor) => Tensor,
  x: { data: number[]; shape: number[] },
  expected: Plain,
  what: string,
  whole = true,
): void {
  for (const dtype of ["f64", "f32"] as const) {
    const given = { data: typed(dtype, x.data), shape: x.shape };
    const got = run(engine, f, given);
    if (typeof got === "object") expect(got.shape, what).toEqual(expected.shape);
    else expect(expected.shape, what).toEqual([]);
    expectClose(got, Array.from(typed(dtype, Array.from(expected.data))), 0, `${what} in ${dtype}`);
  }
  if (!whole) return;
  const given = { data: Int32Array.from(x.data, (value) => Math.round(1000 * value)), shape: x.shape };
  const got = run(engine, f, given);
  expect(flat(got), `${what} in i32`).toEqual(Array.from(expected.data, (value) => Math.round(1000 * value)));
}

describe("transpose", () => {
  it("by every permutation of up to four axes", () => {
    for (const shape of [[], [5], [3, 4], [2, 3, 4], [3, 1, 2, 5], [17, 33], [1, 9]])
      for (const permutation of permutations(shape.length)) {
        const x = plain(shape);
        const expected = build(
          permutation.map((axis) => shape[axis] as number),
          (index) => {
            const source = new Array<number>(shape.length);
            for (const [k, axis] of permutation.entries()) source[axis] = index[k] as number;
            return at(x, source);
          },
        );
        expectMoved((t) => t.transpose(permutation), x, expected, `[${shape}] by [${permutation}]`);
      }
  });

  it("reverses the axes by default, and empty extents", () => {
    const x = plain([2, 3, 4]);
    expect(flat(run(engine, (t: Tensor) => t.transpose(), x))).toEqual(
      flat(run(engine, (t: Tensor) => t.transpose([2, 1, 0]), x)),
    );
    expectMoved((t) => t.transpose(), { data: [], shape: [0, 3] }, { data: [], shape: [3, 0] }, "empty");
  });
});

describe("reshape", () => {
  it("keeps the elements in their order; one extent may be -1", () => {
    const x = plain([2, 3, 4]);
    for (const [to, shape] of [
      [[24], [24]],
      [[-1], [24]],
      [
        [4, -1],
        [4, 6],
      ],
      [
        [1, 24, 1],
        [1, 24, 1],
      ],
      [
        [2, -1, 2],
        [2, 6, 2],
      ],
    ] as const)
      expectMoved((t) => t.reshape(to), x, { data: x.data, shape }, `to [${to}]`);
    expectMoved((t) => t.reshape([]), plain([1, 1]), { data: plain([1, 1]).data, shape: [] }, "to a scalar");
    expectMoved((t) => t.reshape([0, 7]), { data: [], shape: [3, 0] }, { data: [], shape: [0, 7] }, "empty");
  });

  it("of a transpose, a slice, a broadcast: not of what lies below", () => {
    const x = plain([3, 4]);
    const moved = build([4, 3], ([i, j]) => at(x, [j!, i!]));
    expectMoved((t) => t.transpose().reshape([2, 6]), x, { data: moved.data, shape: [2, 6] }, "transpose");
    expectMoved(
      (t) => t.slice(1, 1, 3).reshape([6]),
      x,
      { data: build([3, 2], ([i, j]) => at(x, [i!, j! + 1])).data, shape: [6] },
      "slice",
    );
    expectMoved(
      (t) => t.broadcastTo([2, 3, 4]).reshape([24]),
      x,
      { data: [...x.data, ...x.data], shape: [24] },
      "broadcast",
    );
  });
});

describe("slice", () => {
  it("along every axis, with every start and stop, negative ones from the end", () => {
    for (const shape of [[5], [4, 3], [2, 3, 4]])
      for (const [axis, extent] of shape.entries())
        for (let start = 0; start <= extent; start++)
          for (let stop = start; stop <= extent; stop++) {
            const x = plain(shape);
            const to = shape.map((n, k) => (k === axis ? stop - start : n));
            const expected = build(to, (index) =>
              at(
                x,
                index.map((i, k) => (k === axis ? i + start : i)),
              ),
            );
            const what = `[${shape}] axis ${axis} from ${start} to ${stop}`;
            expectMoved((t) => t.slice(axis, start, stop), x, expected, what, false);
            const negative = [start < extent ? start - extent : start, stop < extent ? stop - extent : stop] as const;
            expectMoved((t) => t.slice(axis - shape.length, ...negative), x, expected, `${what}, negative`, false);
          }
  });

  it("to the end by default; in i32", () => {
    const x = plain([3, 4]);
    expectMoved(
      (t) => t.slice(1, 2),
      x,
      build([3, 2], ([i, j]) => at(x, [i!, j! + 2])),
      "slice(1, 2)",
    );
  });
});

describe("pad", () => {
  it("puts zeros before and after each axis", () => {
    for (const [shape, widths] of [
      [[3], [[1, 2]]],
      [[3], [[0, 0]]],
      [
        [2, 3],
        [
          [1, 0],
          [0, 2],
        ],
      ],
      [
        [2, 3, 2],
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
      ],
      [
        [0, 2],
        [
          [1, 1],
          [0, 1],
        ],
      ],
      [[], []],
      [[17], [[5, 9]]],
    ] as [number[], [number, number][]][]) {
      const x = plain(shape);
      const to = shape.map((extent, axis) => extent + widths[axis]![0] + widths[axis]![1]);
      const expected = build(to, (index) => {
        const source = index.map((i, axis) => i - widths[axis]![0]);
        return source.every((i, axis) => i >= 0 && i < shape[axis]!) ? at(x, source) : 0;
      });
      expectMoved((t) => t.pad(widths), x, expected, `[${shape}] by ${JSON.stringify(widths)}`);
    }
  });
});

describe("axes of extent 1, and neighbours that lie like one axis", () => {
  const extents = [1, 2, 3];
  const shapes = extents.flatMap((a) =>
    extents.flatMap((b) => extents.flatMap((c) => [1, 3].map((d) => [a, b, c, d]))),
  );
  it("are broadcast", () => {
    for (const shape of shapes) {
      const wide = shape.map((extent) => (extent === 1 ? 4 : extent));
      const x = plain(shape);
      const expected = build(wide, (index) =>
        at(
          x,
          index.map((k, axis) => (shape[axis] === 1 ? 0 : k)),
        ),
      );
      expectMoved((t) => t.broadcastTo(wide), x, expected, `[${shape}]`);
    }
  });
  it("are sliced and padded", () => {
    for (const inner of shapes) {
      const outer = inner.map((extent, axis) => extent + (axis % 2) + 1);
      const x = plain(outer);
      const sliced = build(inner, (index) =>
        at(
          x,
          index.map((k, axis) => k + (axis % 2)),
        ),
      );
      const slice = (t: Tensor): Tensor =>
        inner.reduce((part, extent, axis) => part.slice(axis, axis % 2, (axis % 2) + extent), t);
      expectMoved(slice, x, sliced, `[${outer}]`);
      const padded = build(outer, (index) => {
        const source = index.map((k, axis) => k - (axis % 2));
        return source.every((k, axis) => k >= 0 && k < inner[axis]!) ? at(sliced, source) : 0;
      });
      const small = { data: Array.from(sliced.data), shape: inner };
      const pad = (t: Tensor): Tensor => t.pad(inner.map((_, axis) => [axis % 2, 1] as const));
      expectMoved(pad, small, padded, `[${inner}]`, false);
    }
  });
});

describe("concatenate", () => {
  it("along every axis, of any number of tensors, empty ones included", () => {
    for (const [shapes, axis] of [
      [[[2], [3]], 0],
      [
        [
          [2, 3],
          [1, 3],
          [4, 3],
        ],
        0,
      ],
      [
        [
          [2, 3],
          [2, 1],
        ],
        1,
      ],
      [
        [
          [2, 3],
          [2, 1],
        ],
        -1,
      ],
      [
        [
          [2, 1, 2],
          [2, 3, 2],
        ],
        1,
      ],
      [
        [
          [2, 0],
          [2, 3],
        ],
        1,
      ],
      [[[4]], 0],
    ] as [number[][], number][]) {
      const parts = Object.fromEntries(shapes.map((shape, k) => [`p${k}`, plain(shape, -1, 1, k + 3)]));
      const own = axis < 0 ? axis + shapes[0]!.length : axis;
      const total = shapes.reduce((sum, shape) => sum + shape[own]!, 0);
      const expected = build(
        shapes[0]!.map((extent, k) => (k === own ? total : extent)),
        (index) => {
          let position = index[own]!;
          for (const part of Object.values(parts)) {
            if (position < part.shape[own]!)
              return at(
                part,
                index.map((i, k) => (k === own ? position : i)),
              );
            position -= part.shape[own]!;
          }
          throw new Error("unreachable");
        },
      );
      expectClose(
        run(engine, (p: Inputs) => concatenate(Object.values(p), axis), parts),
        expected,
        0,
        JSON.stringify(shapes),
      );
    }
  });

  it("of more tensors than one instruction takes", () => {
    const x = plain([3]);
    for (const count of [127, 128, 129, 300, 1000]) {
      const got = run(engine, (t: Tensor) => concatenate(Array.from({ length: count }, (_, k) => t.add(k))), x);
      expectClose(
        got,
        Array.from({ length: 3 * count }, (_, k) => x.data[k % 3]! + Math.floor(k / 3)),
        1e-13,
        `${count} tensors`,
      );
    }
  });
});

describe("gather, scatter, oneHot", () => {
  const table = plain([4, 3]);
  it.each([
    ["one index", 2, []],
    ["a list", [0, 3, 3, 1], [4]],
    [
      "a matrix",
      [
        [0, 1, 2],
        [3, 3, 0],
      ],
      [2, 3],
    ],
    ["nothing", [], [0]],
  ] as const)("gather of %s", (_, given, shape) => {
    const at2 = flat(given);
    const expected = { data: at2.flatMap((row) => table.data.slice(3 * row, 3 * row + 3)), shape: [...shape, 3] };
    expectMoved((t) => t.gather(given as unknown as number[]), table, expected, "rows", false);
  });

  it("gather from tables of other ranks", () => {
    expect(flat(run(engine, (t: Tensor) => t.gather([2, 0]), [5, 6, 7]))).toEqual([7, 5]);
    const deep = plain([3, 2, 2]);
    expectClose(
      run(engine, (t: Tensor) => t.gather([2]), deep),
      deep.data.slice(8),
      0,
    );
  });

  it("scatter adds repeated rows in their order and leaves others 0", () => {
    const rows = [1, 3, 1, 1];
    const weights = plain([4, 3], -1, 1, 77);
    const got = grad(engine, (t: Tensor) => t.gather(rows).multiply(weights).sum())(table);
    const expected = new Array<number>(12).fill(0);
    for (const [k, row] of rows.entries())
      for (let j = 0; j < 3; j++) expected[3 * row + j]! += weights.data[3 * k + j]!;
    expectClose(got, expected, 1e-15);
  });

  it("indices may come as an i32 argument", () => {
    const got = run(engine, ({ t, i }: Inputs) => t!.gather(i!), { t: table, i: Int32Array.of(3, 0) });
    expectClose(got, [...table.data.slice(9), ...table.data.slice(0, 3)], 0);
  });

  it("oneHot marks its class along a new last axis", () => {
    for (const [labels, shape] of [
      [[2, 0, 1], [3]],
      [[], [0]],
      [
        [1, 1, 0, 2],
        [2, 2],
      ],
    ] as [number[], number[]][])
      for (const dtype of ["f32", "f64"] as const) {
        const got = run(engine, (t: Tensor) => t.oneHot(3, dtype), { data: Int32Array.from(labels), shape });
        expectClose(
          got,
          labels.flatMap((label) => [0, 1, 2].map((k) => Number(k === label))),
          0,
        );
        expect((got as Plain).shape).toEqual([...shape, 3]);
      }
    expect(() => run(engine, (t: Tensor) => t.oneHot(3), Int32Array.of(3))).toThrowError(
      /oneHot: index 0 out of range: got 3, expected 0 \.\. 2/,
    );
    expect(() => run(engine, (t: Tensor) => t.oneHot(3), Int32Array.of(-1))).toThrowError(
      /oneHot: index 0 out of range/,
    );
  });
});

it("constants keep their shape and type", () => {
  const got = run(engine, (x: Tensor) => constant(engine, { data: [1, 2, 3, 4], shape: [2, 2] }).add(x), 1);
  expect((got as Plain).shape).toEqual([2, 2]);
  expect(flat(got)).toEqual([2, 3, 4, 5]);
  const big = plain([40, 50]);
  expectClose(
    run(engine, (x: Tensor) => constant(engine, big).multiply(x), 2),
    big.data.map((value) => 2 * value),
    0,
  );
  expect([...indices([1])].length).toBe(sizeOf([1]));
});
