// What tests compare with: plain arrays, comparisons that name the worst element, and numbers that are the same in
// every run. Nothing here calls the engine.

import { expect } from "vitest";

export interface Plain {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Elements of a number, of nested arrays or of anything with a length, in row-major order. */
export function flat(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  if (Array.isArray(value)) return value.flatMap(flat);
  return flat((value as { data: unknown }).data);
}

/** Fails unless every element differs by at most `tolerance` times the largest expected one (1 if all are smaller). */
export function expectClose(actual: unknown, expected: unknown, tolerance: number, what = "", floor = 1): void {
  const got = flat(actual);
  const wanted = flat(expected);
  expect(got.length, `${what}: number of elements`).toBe(wanted.length);
  const scale = Math.max(floor, ...wanted.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  for (const [k, value] of wanted.entries()) {
    const difference = Object.is(got[k], value) || got[k] === value ? 0 : Math.abs((got[k] as number) - value);
    if (!(difference <= tolerance * scale))
      expect.fail(`${what}: element ${k} is ${got[k]}, expected ${value} (difference ${difference}, scale ${scale})`);
  }
}

/** Fails unless the bits agree; NaN equals NaN. */
export function expectSameBits(actual: unknown, expected: unknown, what = ""): void {
  const got = flat(actual);
  const wanted = flat(expected);
  expect(got.length, `${what}: number of elements`).toBe(wanted.length);
  const at = wanted.findIndex((value, k) => !Object.is(got[k], value));
  if (at >= 0) expect.fail(`${what}: element ${at} is ${got[at]}, expected ${wanted[at]}, bit for bit`);
}

/** Uniform numbers by Park and Miller's generator: s ← 16807 s mod (2³¹ − 1), u = s / (2³¹ − 1). */
export function parkMiller(seed = 1): () => number {
  let state = seed;
  return () => {
    state = (16807 * state) % 2147483647;
    return state / 2147483647;
  };
}

/** `count` numbers in low .. high. */
export function numbers(count: number, low = -1, high = 1, seed = 7): number[] {
  const draw = parkMiller(seed);
  for (let k = 0; k < 5; k++) draw();
  return Array.from({ length: count }, () => low + (high - low) * draw());
}

export function plain(shape: readonly number[], low = -1, high = 1, seed = 7): { data: number[]; shape: number[] } {
  return { data: numbers(sizeOf(shape), low, high, seed), shape: [...shape] };
}

export function typed(dtype: "f32" | "f64", values: readonly number[]): Float32Array | Float64Array {
  return dtype === "f32" ? Float32Array.from(values) : Float64Array.from(values);
}

/** Index of every axis for each element, in row-major order. */
export function* indices(shape: readonly number[]): Generator<number[]> {
  const total = sizeOf(shape);
  for (let flatIndex = 0; flatIndex < total; flatIndex++) {
    const index = new Array<number>(shape.length).fill(0);
    for (let axis = shape.length - 1, rest = flatIndex; axis >= 0; axis--) {
      const extent = shape[axis] as number;
      index[axis] = rest % extent;
      rest = Math.floor(rest / extent);
    }
    yield index;
  }
}

/** Element of a plain array; axes of extent 1 and missing leading axes repeat. */
export function at({ data, shape }: Plain, index: readonly number[]): number {
  const lead = index.length - shape.length;
  let position = 0;
  for (const [axis, extent] of shape.entries())
    position = position * extent + (extent === 1 ? 0 : (index[axis + lead] as number));
  return data[position] as number;
}

/** A plain array of a shape from a function of its index. */
export function build(shape: readonly number[], element: (index: number[]) => number): Plain {
  return { data: Array.from(indices(shape), element), shape };
}

/** The bytes of arrays as one number (FNV-1a, 32 bits), NaN canonical. */
export function hash(arrays: Iterable<ArrayBufferView>): string {
  let state = 0x811c9dc5;
  for (const array of arrays)
    for (const byte of new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
      state = Math.imul(state ^ byte, 0x01000193) >>> 0;
  return state.toString(16).padStart(8, "0");
}

/** The common shape of two shapes, or null if there is none. */
export function broadcastShape(a: readonly number[], b: readonly number[]): number[] | null {
  const rank = Math.max(a.length, b.length);
  const common: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const x = a[axis - rank + a.length] ?? 1;
    const y = b[axis - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return null;
    common.push(x === 1 ? y : x);
  }
  return common;
}
