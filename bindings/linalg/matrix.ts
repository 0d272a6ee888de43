// Arguments and results of the dense solvers: row-major f64 matrices, checked before the computation.

import { doubleAt, wordAt } from "../engine/addresses.js";
import { type Core, checkEngine, type Engine } from "../engine/engine.js";
import { solversOf } from "../engine/featureSets.js";
import { elementCount, firstNotFinite, type NDArray, toArray, wholeLines } from "../values/arrays.js";
import { ShapeError } from "../values/errors.js";
import { arrayOf } from "../values/lines.js";
import { shown } from "../values/options.js";
import { largestOf } from "./powerScaling.js";

/** Row-major matrix. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  readonly columns: number;
}

/** Result array in f64. */
export type F64Array = NDArray<Float64Array>;

/** Tolerance of |a[i, j] − a[j, i]| relative to the largest element; matrices from f32 derivatives need it. */
const ASYMMETRY = 1e-6;

/** Reads a matrix of finite numbers. */
export function readMatrix(where: string, name: string, value: unknown): Matrix {
  const { data, shape } = toArray(`${where}: ${name}`, value);
  const [rows, columns] = shape;
  // An empty list is a matrix without rows.
  if (shape.length === 1 && rows === 0) return { data: new Float64Array(0), rows: 0, columns: 0 };
  if (shape.length !== 2 || rows === undefined || columns === undefined)
    throw new ShapeError(
      `${where}: ${name} must be a matrix: got shape [${shape.join(", ")}], expected [rows, columns]. ` +
        "Give { data, shape } or nested arrays.",
    );
  const matrix = { data: new Float64Array(data), rows, columns };
  const at = firstNotFinite(matrix.data);
  if (at >= 0)
    throw new RangeError(
      `${where}: ${name} holds ${shown(matrix.data[at])} at [${Math.floor(at / columns)}, ${at % columns}], expected ` +
        "finite numbers. Check its computation.",
    );
  return matrix;
}

/** Reads a square matrix. */
export function readSquare(where: string, name: string, value: unknown): Matrix {
  const matrix = readMatrix(where, name, value);
  if (matrix.rows === matrix.columns) return matrix;
  throw new ShapeError(`${where}: ${name} must be square, got shape [${matrix.rows}, ${matrix.columns}].`);
}

/** Reads a symmetric matrix; elements that differ from their mirror by rounding are averaged. */
export function readSymmetric(where: string, name: string, value: unknown): Matrix {
  const { data, rows: n } = readSquare(where, name, value);
  const size = largestOf(data);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const below = data[i * n + j] as number;
      const above = data[j * n + i] as number;
      if (below === above) continue;
      if (!(Math.abs(below - above) <= ASYMMETRY * size))
        throw new RangeError(
          `${where}: ${name} is not symmetric: [${i}, ${j}] is ${below} and [${j}, ${i}] is ${above}. Use ` +
            "(A + Aᵀ) / 2 for its symmetric part.",
        );
      const mean = below / 2 + above / 2;
      data[i * n + j] = mean;
      data[j * n + i] = mean;
    }
  return { data, rows: n, columns: n };
}

/** Reads right-hand sides: a vector [rows], or a matrix [rows, columns]. */
export function readSides(where: string, value: unknown, rows: number): { data: Float64Array; shape: number[] } {
  const { data, shape } = toArray(`${where}: b`, value);
  if (shape.length < 1 || shape.length > 2 || shape[0] !== rows)
    throw new ShapeError(
      `${where}: b must have as many rows as A: got shape [${shape.join(", ")}], expected [${rows}] or [${rows}, columns].`,
    );
  const values = new Float64Array(data);
  const at = firstNotFinite(values);
  if (at >= 0)
    throw new RangeError(
      `${where}: b holds ${shown(data[at])} at element ${at}, expected finite numbers. Check its computation.`,
    );
  return { data: values, shape };
}

/** Returns the data, or throws if a number overflowed. */
export function checkGrowth(where: string, data: Float64Array): Float64Array {
  if (firstNotFinite(data) < 0) return data;
  throw new RangeError(`${where}: an element exceeds 1.8e308. Scale the matrix.`);
}

/** Transposes a matrix. */
export function transposed({ data, rows, columns }: Matrix): Float64Array {
  const out = new Float64Array(data.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[j * rows + i] = data[i * columns + j] as number;
  return out;
}

/** Blocks of doubles in wasm memory, for one call. */
export class Workspace {
  readonly #engine: Engine;
  readonly addresses: readonly number[];

  constructor(engine: Engine, blocks: readonly number[]) {
    this.#engine = engine;
    let at = engine.allocate(blocks.reduce((sum, count) => sum + wholeLines(8 * count), 64));
    this.addresses = blocks.map((count) => {
      const address = at;
      at += wholeLines(8 * count);
      return address;
    });
  }

  write(block: number, data: Float64Array): void {
    this.#engine.doubles.set(data, doubleAt(this.addresses[block] as number));
  }

  read(block: number, count: number): Float64Array {
    const at = doubleAt(this.addresses[block] as number);
    return this.#engine.doubles.slice(at, at + count);
  }

  readInts(block: number, count: number): Int32Array {
    const at = wordAt(this.addresses[block] as number);
    return this.#engine.ints.slice(at, at + count);
  }

  free(): void {
    this.#engine.release(this.addresses[0] as number);
  }
}

/** Runs `body` with temporary blocks of these numbers of doubles. */
export function withBlocks<T>(
  engine: Engine,
  blocks: readonly number[],
  body: (space: Workspace, core: (call: (core: Core, addresses: readonly number[]) => number) => number) => T,
): T {
  const space = new Workspace(engine, blocks);
  try {
    return body(space, (call) => engine.checked((core) => call(core, space.addresses)));
  } finally {
    space.free();
  }
}

/** Checks that an engine has the feature set "whole". */
export function checkSolvers(where: string, engine: Engine): void {
  checkEngine(where, engine);
  solversOf(where, engine, "cholesky");
}

/** Result array with a shape; `data` may be longer. */
export function shaped(data: Float64Array, ...shape: number[]): F64Array {
  return arrayOf(data.length === elementCount(shape) ? data : data.slice(0, elementCount(shape)), shape);
}
