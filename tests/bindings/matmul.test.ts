// Matrix products against three plain loops: every combination of transposes, batches, broadcast batches, odd sizes.

import type { Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import {
  at,
  broadcastShape,
  expectClose,
  expectSameBits,
  flat,
  indices,
  type Plain,
  plain,
  sizeOf,
  typed,
} from "./numbers.js";
import { compile, type Inputs, run } from "./transforms.js";

engineForEach();

interface Sides {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}
const sides: Sides[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

function product(a: Plain, b: Plain, { transposeA, transposeB }: Sides): Plain {
  const [batchA, batchB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
  const batch = broadcastShape(batchA, batchB) as number[];
  const [rows, inner] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const columns = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  // Which matrix of each stack a batch index picks.
  const numbered = (shape: number[]): Plain => ({ data: Array.from({ length: sizeOf(shape) }, (_, k) => k), shape });
  const data: number[] = [];
  for (const index of indices(batch)) {
    const [p, q] = [at(numbered(batchA), index) * rows * inner, at(numbered(batchB), index) * inner * columns];
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++) {
        let total = 0;
        for (let k = 0; k < inner; k++)
          total +=
            a.data[p + (transposeA ? k * rows + i : i * inner + k)]! *
            b.data[q + (transposeB ? j * inner + k : k * columns + j)]!;
        data.push(total);
      }
  }
  return { data, shape: [...batch, rows, columns] };
}

const matmulOf = (dtype: "f32" | "f64", a: Plain, b: Plain, options: Sides) =>
  run(engine, ({ a, b }: Inputs) => a!.matmul(b!, options), {
    a: { data: typed(dtype, Array.from(a.data)), shape: a.shape },
    b: { data: typed(dtype, Array.from(b.data)), shape: b.shape },
  });

const swapped = (shape: number[], swap: boolean): number[] =>
  swap ? [...shape.slice(0, -2), shape.at(-1)!, shape.at(-2)!] : shape;

describe.each(["f64", "f32"] as const)("in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-13 : 5e-6;

  it.each(sides)("matrices, transposeA $transposeA, transposeB $transposeB", (options) => {
    for (const [m, k, n] of [
      [1, 1, 1],
      [1, 5, 1],
      [5, 1, 5],
      [1, 7, 9],
      [9, 7, 1],
      [2, 3, 4],
      [4, 4, 4],
      [5, 5, 5],
      [8, 8, 8],
      [7, 16, 17],
      [16, 33, 15],
      [17, 3, 33],
      [33, 65, 31],
      [64, 64, 64],
      [65, 130, 67],
      [3, 300, 5],
      [2, 0, 3],
      [0, 3, 2],
      [2, 3, 0],
    ] as const) {
      const a = plain(swapped([m, k], options.transposeA), -1, 1, 3);
      const b = plain(swapped([k, n], options.transposeB), -1, 1, 5);
      const got = matmulOf(dtype, a, b, options) as Plain;
      expect(got.shape).toEqual([m, n]);
      expectClose(got, product(a, b, options), tolerance, `${m}x${k} · ${k}x${n}`);
    }
  });

  it.each(sides)("stacks with broadcast batches, transposeA $transposeA, transposeB $transposeB", (options) => {
    const batches: [number[], number[]][] = [
      [[3], [3]],
      [[3], []],
      [[], [3]],
      [[3], [1]],
      [[1], [3]],
      [[2, 1], [3]],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [1, 3],
        [2, 1],
      ],
      [
        [2, 1, 2],
        [1, 3, 1],
      ],
      [[0], [1]],
    ];
    for (const [batchA, batchB] of batches) {
      const a = plain([...batchA, ...swapped([3, 5], options.transposeA)], -1, 1, 3);
      const b = plain([...batchB, ...swapped([5, 2], options.transposeB)], -1, 1, 5);
      const got = matmulOf(dtype, a, b, options) as Plain;
      const expected = product(a, b, options);
      expect(got.shape, `[${batchA}] with [${batchB}]`).toEqual(expected.shape);
      expectClose(got, expected, tolerance, `[${batchA}] with [${batchB}]`);
    }
  });
});

it("a batch of rows without elements times a matrix without rows is 0", () => {
  const [a, b] = [plain([5, 3, 0]), plain([0, 2])];
  for (const transposeB of [false, true])
    expect(
      run(engine, ({ a, b }: Inputs) => a!.matmul(b!, { transposeB }), { a, b: transposeB ? plain([2, 0]) : b }),
    ).toEqual({
      data: new Float64Array(30),
      shape: [5, 3, 2],
    });
});

it("a transposed operand costs nothing and changes no bit", () => {
  const a = plain([13, 29]);
  const b = plain([13, 21]);
  const given = {
    a: { data: Float32Array.from(a.data), shape: a.shape },
    b: { data: Float32Array.from(b.data), shape: b.shape },
  };
  const byFlag = compile(engine, ({ a, b }: Inputs) => a!.matmul(b!, { transposeA: true }));
  const byNode = compile(engine, ({ a, b }: Inputs) => a!.transpose().matmul(b!));
  expectSameBits(byNode(given), byFlag(given));
  expect(byNode.cost(given).instructions).toBe(1);
  expect(byNode.cost(given)).toEqual(byFlag.cost(given));
});

it("every element is one ascending chain over k: rows do not depend on the rows or columns beside them", () => {
  const [m, k, n] = [37, 301, 41];
  const a = Float32Array.from(plain([m, k], -1, 1, 3).data);
  const b = Float32Array.from(plain([k, n], -1, 1, 5).data);
  const chain = Float32Array.from({ length: m * n }, (_, at) => {
    let total = 0;
    for (let q = 0; q < k; q++)
      total = Math.fround(total + Math.fround(a[Math.floor(at / n) * k + q]! * b[q * n + (at % n)]!));
    return total;
  });
  const f = compile(engine, ({ a, b }: Inputs) => a!.matmul(b!));
  expectSameBits(f({ a: { data: a, shape: [m, k] }, b: { data: b, shape: [k, n] } }), chain, "the definition");
  for (const rows of [1, 2, 3, 5, 8, 36])
    expectSameBits(
      f({ a: { data: a.slice(0, rows * k), shape: [rows, k] }, b: { data: b, shape: [k, n] } }),
      chain.slice(0, rows * n),
      `${rows} rows`,
    );
  for (const columns of [1, 2, 3, 4, 5, 16, 40]) {
    const part = Float32Array.from(
      { length: k * columns },
      (_, at) => b[Math.floor(at / columns) * n + (at % columns)]!,
    );
    const expected = Float32Array.from(
      { length: m * columns },
      (_, at) => chain[Math.floor(at / columns) * n + (at % columns)]!,
    );
    expectSameBits(
      f({ a: { data: a, shape: [m, k] }, b: { data: part, shape: [k, columns] } }),
      expected,
      `${columns} columns`,
    );
  }
});

it("bias and activation after a product are what they are alone", () => {
  const [m, k, n] = [19, 23, 35];
  const given = {
    a: { data: Float32Array.from(plain([m, k]).data), shape: [m, k] },
    b: { data: Float32Array.from(plain([k, n]).data), shape: [k, n] },
  };
  const bias = Float32Array.from(plain([n], -1, 1, 77).data);
  const alone = run(engine, ({ a, b }: Inputs) => a!.matmul(b!), given) as Plain;
  const shifted = run(engine, (x: Tensor) => x.add(bias), alone as Plain) as Plain;
  for (const op of ["relu", "tanh", "gelu", "sigmoid"] as const) {
    const expected = run(engine, (x: Tensor) => x[op](), shifted as Plain);
    expectSameBits(
      run(engine, ({ a, b }: Inputs) => a!.matmul(b!).add(bias)[op](), given),
      expected,
      op,
    );
  }
  expect(flat(alone).length).toBe(m * n);
});
