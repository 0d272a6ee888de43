// A plain interpreter: what each op is, written from its formula in f64, and how far from it the engine may be. An error is
// given in ulps of the result, or of a `scale` where cancellation or the order of a sum makes the result smaller than
// what it is made of.

export type DType = "f32" | "f64" | "i32";

export interface Plain {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** What an op should answer. */
export interface Expected {
  /** In f64; the type of the result rounds it. */
  readonly data: number[];
  /** Ulps it may be away; 0, the default, asks for the bits of the rounded number. */
  readonly ulps?: number | readonly number[];
  /** Magnitudes whose ulps count where they are larger than the result; beyond the type's numbers nothing is asked. */
  readonly scale?: readonly number[];
  /** What may be lost beside the ulps, as where intermediate results underflow. */
  readonly absolute?: readonly number[];
  /** On which side of its kinks each element lies: where that changes there is no derivative to compare with. */
  readonly branch?: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

const limits = {
  f32: { digits: 23, least: -126, largest: 3.4028234663852886e38 },
  f64: { digits: 52, least: -1022, largest: Number.MAX_VALUE },
} as const;

/** The nearest number of a type; i32 truncates and saturates. */
export function rounded(value: number, dtype: DType): number {
  if (dtype === "f32") return Math.fround(value);
  if (dtype === "f64") return value;
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1)) + 0;
}

/** Distance of the numbers of a type around a value. */
export function ulp(value: number, dtype: "f32" | "f64"): number {
  const { digits, least } = limits[dtype];
  const size = Math.abs(value);
  if (size === 0) return 2 ** (least - digits);
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return 2 ** Math.max(exponent - digits, least - digits);
}

/** The first element that is not what it should be, in words; null if all are. */
export function difference(got: Plain, expected: Expected, dtype: DType): string | null {
  const { data, ulps = 0, scale, absolute } = expected;
  if (got.data.length !== data.length) return `${got.data.length} elements, expected ${data.length}`;
  for (let k = 0; k < data.length; k++) {
    const [y, exact] = [got.data[k] as number, data[k] as number];
    const wanted = rounded(exact, dtype);
    if (Object.is(y, wanted)) continue;
    const allowed = typeof ulps === "number" ? ulps : (ulps[k] as number);
    const words = `element ${k} is ${y}, expected ${wanted}`;
    if (dtype === "i32" || (allowed === 0 && !scale)) return `${words}, bit for bit`;
    const { largest } = limits[dtype];
    const size = Math.max(Math.abs(exact), scale?.[k] ?? 0);
    if (!scale && (Number.isNaN(wanted) || Number.isNaN(y))) return words;
    if (scale && !(size < largest / 2)) continue; // what is in between may have overflowed
    if (y === wanted && (scale || absolute)) continue; // the sign of what cancelled to 0
    const error = allowed * ulp(Math.min(size, largest), dtype) + (absolute?.[k] ?? 0);
    if (Math.abs(y - exact) <= error) continue;
    if (Math.abs(y) === Number.POSITIVE_INFINITY && Math.sign(y) === Math.sign(exact) && size + error > largest)
      continue;
    if (
      Math.abs(wanted) === Number.POSITIVE_INFINITY &&
      Math.sign(y) === Math.sign(exact) &&
      Math.abs(y) + error > largest
    )
      continue;
    return `${words} (${exact}): ${(Math.abs(y - exact) / ulp(size, dtype)).toFixed(2)} ulp, allowed ${allowed}`;
  }
  return null;
}

// ---- Scalars ----

const sigmoid = (x: number): number => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
const doubled = (x: number): number => Math.sqrt(8 / Math.PI) * (x + 0.044715 * x ** 3);
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/**
 * 2/√π e^(−x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, all terms of one sign (Abramowitz and Stegun 7.1.6); beyond 1.2 it is 1 less the
 * continued fraction of its complement (7.1.14).
 */
function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 6) return Math.sign(x);
  if (Math.abs(x) > 1.2) {
    let fraction = Math.abs(x);
    for (let k = 200; k > 0; k--) fraction = Math.abs(x) + k / 2 / fraction;
    return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction));
  }
  const terms = [x];
  for (let n = 1; Math.abs(terms[n - 1]!) > Math.abs(x) * 1e-18; n++)
    terms.push((terms[n - 1]! * 2 * x * x) / (2 * n + 1));
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total(terms);
}

const gate = (x: number): number => Math.min(Math.max(x + 3, 0), 6) / 6;
const side = (x: number): number => (x > 0 ? 1 : 0);

/** A pointwise op of one operand. */
export interface Unary {
  readonly value: (x: number, parameters: readonly number[]) => number;
  /** Ulps in f32 and in f64, the error of this file's own f64 arithmetic included. */
  readonly ulps: readonly [f32: number, f64: number];
  /** What the ulps are of, if it is larger than the result. */
  readonly scale?: (x: number) => number;
  /** Least normal and subnormal numbers that may be lost, as multiples of this. */
  readonly lost?: (x: number) => number;
  readonly branch?: (x: number, parameters: readonly number[]) => number;
  /** Where it has derivatives to compare with. */
  readonly domain?: "positive" | "apart" | "aboveMinusOne";
}

const exact = [0, 0] as const;
const size = Math.abs;
const seluAlpha = 1.6732632423543772;
const seluScale = 1.0507009873554805;

export const unaries: Readonly<Record<string, Unary>> = {
  negate: { value: (x) => -x, ulps: exact },
  reciprocal: { value: (x) => 1 / x, ulps: exact, domain: "apart" },
  square: { value: (x) => x * x, ulps: exact },
  sqrt: { value: Math.sqrt, ulps: exact, domain: "positive" },
  rsqrt: { value: (x) => 1 / Math.sqrt(x), ulps: [1.6, 1.6], domain: "positive" },
  abs: { value: Math.abs, ulps: exact, branch: Math.sign },
  sign: { value: Math.sign, ulps: exact, branch: Math.sign },
  clamp: {
    value: (x, [low, high]) => (x < low! ? low! : x > high! ? high! : x),
    ulps: exact,
    branch: (x, [low, high]) => Math.sign(x - low!) + 3 * Math.sign(x - high!),
  },
  exp: { value: Math.exp, ulps: [1.2, 2] },
  expm1: { value: Math.expm1, ulps: [1.5, 2.5] },
  log: { value: Math.log, ulps: [1, 2], domain: "positive" },
  log1p: { value: Math.log1p, ulps: [1.5, 2.5], domain: "aboveMinusOne" },
  sin: { value: Math.sin, ulps: [0.8, 2] },
  cos: { value: Math.cos, ulps: [0.8, 2] },
  atan: { value: Math.atan, ulps: [2.1, 3] },
  erf: { value: erf, ulps: [1.6, 4] },
  relu: { value: (x) => (x < 0 ? 0 : x), ulps: exact, branch: side },
  leakyRelu: { value: (x, [slope]) => (x > 0 ? x : slope! * x), ulps: exact, branch: side },
  elu: { value: (x, [alpha]) => (x > 0 ? x : alpha! * Math.expm1(x)), ulps: [3, 4], branch: side },
  selu: {
    value: (x) => (x > 0 ? seluScale * x : seluScale * seluAlpha * Math.expm1(x)),
    ulps: [3, 4],
    branch: side,
  },
  sigmoid: { value: sigmoid, ulps: [2.5, 4] },
  tanh: { value: Math.tanh, ulps: [2.3, 2.5] },
  softplus: { value: softplus, ulps: [1.7, 4] },
  gelu: { value: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)), ulps: [3, 8], scale: size },
  "gelu tanh": {
    value: (x) => x * sigmoid(doubled(x)),
    ulps: [4, 6],
    // A rounding of the exponent is one of the result times the exponent.
    scale: (x) => size(x * sigmoid(doubled(x))) * (1 + Math.min(size(doubled(x)), 1000)),
    lost: size,
  },
  silu: { value: (x) => x * sigmoid(x), ulps: [3.2, 6], lost: size },
  mish: { value: (x) => x * Math.tanh(softplus(x)), ulps: [4.5, 8], lost: size },
  hardswish: {
    value: (x) => x * gate(x),
    ulps: [2, 2],
    scale: size,
    branch: (x) => Number(x > -3) + Number(x >= 3),
  },
};

/** Least normal number of a type: what products with an underflowed factor may lose. */
export const leastNormal = (dtype: "f32" | "f64"): number => 2 ** limits[dtype].least;

/** aᵇ with the cases of IEEE 754: 1 to any power and anything to the power 0 is 1. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && size(b) === Number.POSITIVE_INFINITY) ? 1 : a ** b;
}

/** A pointwise op of two operands. */
export interface Binary {
  readonly value: (a: number, b: number) => number;
  readonly ulps?: readonly [f32: number, f64: number];
  readonly scale?: (a: number, b: number) => number;
  readonly branch?: (a: number, b: number) => number;
}

/** log(eᵃ + eᵇ); two equal numbers have the difference 0, also where both are infinite. */
const logAddExp = (a: number, b: number): number => Math.max(a, b) + softplus(a === b ? 0 : -Math.abs(a - b));

const order = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);
const comparison = (holds: (a: number, b: number) => boolean): Binary => ({
  value: (a, b) => Number(holds(a, b)),
  branch: order,
});

export const binaries: Readonly<Record<string, Binary>> = {
  add: { value: (a, b) => a + b },
  subtract: { value: (a, b) => a - b },
  multiply: { value: (a, b) => a * b },
  divide: { value: (a, b) => a / b },
  power: { value: power, ulps: [0.7, 2] },
  // Both terms of the sum are log 2 at most where they cancel.
  logAddExp: { value: logAddExp, ulps: [2.5, 2.5], scale: () => Math.LN2 },
  minimum: { value: Math.min, branch: order },
  maximum: { value: Math.max, branch: order },
  equal: comparison((a, b) => a === b),
  notEqual: comparison((a, b) => a !== b),
  less: comparison((a, b) => a < b),
  lessEqual: comparison((a, b) => a <= b),
  greater: comparison((a, b) => a > b),
  greaterEqual: comparison((a, b) => a >= b),
};

// ---- Arrays ----

/** The common shape of shapes, or null. */
export function commonShape(...shapes: readonly (readonly number[])[]): number[] | null {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  const out: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const extents = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1).filter((extent) => extent !== 1);
    if (new Set(extents).size > 1) return null;
    out.push(extents[0] ?? 1);
  }
  return out;
}

/** For every element of `shape`, the position of its element in an array of shape `of` that is broadcast to it. */
export function positions(shape: readonly number[], of: readonly number[]): Int32Array {
  const lead = shape.length - of.length;
  const strides = new Array<number>(shape.length).fill(0);
  for (let axis = of.length - 1, stride = 1; axis >= 0; axis--) {
    strides[axis + lead] = of[axis] === 1 ? 0 : stride;
    stride *= of[axis] as number;
  }
  return stepped(shape, strides, 0);
}

/** Positions from an offset by strides, in row-major order of a shape. */
export function stepped(shape: readonly number[], strides: readonly number[], offset: number): Int32Array {
  const out = new Int32Array(sizeOf(shape));
  const index = new Array<number>(shape.length).fill(0);
  let at = offset;
  for (let k = 0; k < out.length; k++) {
    out[k] = at;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis] as number;
      if (++index[axis]! < (shape[axis] as number)) break;
      at -= (strides[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return out;
}

/** Strides of a dense array. */
export function stridesOf(shape: readonly number[]): number[] {
  const out = new Array<number>(shape.length);
  for (let axis = shape.length - 1, stride = 1; axis >= 0; axis--) {
    out[axis] = stride;
    stride *= shape[axis] as number;
  }
  return out;
}

export const pick = (x: Plain, at: Int32Array): number[] => Array.from(at, (k) => x.data[k] as number);

/** An array seen as [outer, length, inner] along an axis. */
function along(shape: readonly number[], axis: number): { outer: number; length: number; inner: number } {
  return { outer: sizeOf(shape.slice(0, axis)), length: shape[axis] as number, inner: sizeOf(shape.slice(axis + 1)) };
}

/** Every line along an axis, and where it lies. */
function* lines(x: Plain, axis: number): Generator<{ line: number[]; at: (k: number) => number; index: number }> {
  const { outer, length, inner } = along(x.shape, axis);
  for (let o = 0; o < outer; o++)
    for (let i = 0; i < inner; i++) {
      const at = (k: number): number => (o * length + k) * inner + i;
      const line = Array.from({ length }, (_, k) => x.data[at(k)] as number);
      yield { line, at, index: o * inner + i };
    }
}

/** The elements that fall together when axes are reduced, in row-major order of what stays. */
function ranges(x: Plain, axes: readonly number[]): number[][] {
  const kept = x.shape.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
  const to = positions(x.shape, kept);
  for (let k = 0; k < to.length; k++) groups[to[k] as number]!.push(x.data[k] as number);
  return groups;
}

/** A sum that loses nothing worth speaking of (Neumaier 1974). */
function total(values: readonly number[]): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += size(sum) >= size(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return Number.isFinite(lost) ? sum + lost : sum;
}
const magnitude = (values: readonly number[]): number => total(values.map(Math.abs));

export function summed(x: Plain, axes: readonly number[]): Expected {
  const groups = ranges(x, axes);
  return {
    data: groups.map(total),
    ulps: groups.map(({ length }) => Math.min(length, 90) + 1),
    scale: groups.map(magnitude),
  };
}

export function averaged(x: Plain, axes: readonly number[]): Expected {
  const groups = ranges(x, axes);
  return {
    data: groups.map((values) => total(values) / values.length),
    ulps: groups.map(({ length }) => Math.min(length, 90) + 2),
    // The sum may overflow before it is divided.
    scale: groups.map((values) =>
      magnitude(values) > limits.f32.largest / 2 ? Infinity : magnitude(values) / values.length,
    ),
  };
}

/** Mean squared distance from the mean; the engine computes it in f64 in two passes. */
export function variance(x: Plain, axes: readonly number[], correction: number): Expected {
  const groups = ranges(x, axes);
  const centered = groups.map((values) => {
    const mean = total(values) / values.length;
    return total(values.map((value) => (value - mean) ** 2)) / Math.max(values.length - correction, 0);
  });
  const squares = groups.map((values) => total(values.map((value) => value * value)));
  return {
    data: centered,
    ulps: 2,
    scale: centered.map((value, k) => (squares[k]! > 1e300 ? Infinity : Math.abs(value))),
    absolute: squares.map((value) => value * 1e-13),
  };
}

/** NaN if there is one; +0 is larger than −0. */
export function extremum(x: Plain, axes: readonly number[], better: (...values: number[]) => number): Expected {
  const groups = ranges(x, axes);
  return {
    data: groups.map((values) => values.reduce((best, value) => better(best, value))),
    branch: groups.map((values) => values.indexOf(values.reduce((best, value) => better(best, value)))),
  };
}

export function product(x: Plain, axes: readonly number[], dtype: "f32" | "f64"): Expected {
  const groups = ranges(x, axes);
  const { least, digits } = limits[dtype];
  const undecided = (values: readonly number[]): boolean => {
    if (!values.every(Number.isFinite))
      return values.some((value) => value === 0 || size(value) < 1) || values.length > 2;
    const logs = values.filter((value) => value !== 0).map((value) => Math.log2(size(value)));
    const [up, down] = [total(logs.filter((log) => log > 0)), total(logs.filter((log) => log < 0))];
    return up > -least || down < least + digits;
  };
  return {
    data: groups.map((values) => values.reduce((all, value) => all * value, 1)),
    ulps: groups.map(({ length }) => length),
    scale: groups.map((values) => (undecided(values) ? Infinity : 0)),
  };
}

/** Index of the first largest; a NaN is the largest. */
export function argMax(x: Plain, axis: number): Expected {
  const data: number[] = [];
  for (const { line, index } of lines(x, axis)) {
    const nan = line.findIndex(Number.isNaN);
    data[index] = nan >= 0 ? nan : line.indexOf(Math.max(...line));
  }
  return { data, branch: data };
}

export function cumulated(x: Plain, axis: number, reverse: boolean): Expected {
  const [data, scale, ulps]: [number[], number[], number[]] = [[], [], []];
  for (const { line, at } of lines(x, axis)) {
    let [sum, sizes] = [0, 0];
    for (let step = 0; step < line.length; step++) {
      const k = reverse ? line.length - 1 - step : step;
      sum += line[k] as number;
      sizes += size(line[k] as number);
      data[at(k)] = sum;
      scale[at(k)] = sizes;
      ulps[at(k)] = step + 1;
    }
  }
  return { data, ulps, scale };
}

/** m, x − m, and ln Σ e^(x − m) of a line; next to a sum of 1 the logarithm has the error of the sum. */
function shifted(line: readonly number[]): { largest: number; apart: number[]; log: number } {
  const largest = line.some(Number.isNaN) ? Number.NaN : Math.max(...line);
  const apart = line.map((value) => value - largest);
  return { largest, apart, log: Math.log(total(apart.map(Math.exp))) };
}

export function softmax(x: Plain, axis: number, dtype: "f32" | "f64"): Expected {
  const [data, ulps, absolute]: [number[], number[], number[]] = [[], [], []];
  for (const { line, at } of lines(x, axis)) {
    const { apart } = shifted(line);
    const all = total(apart.map(Math.exp));
    for (const [k, distance] of apart.entries()) {
      data[at(k)] = Math.exp(distance) / all;
      // The rounding of x − m is that of the exponent.
      ulps[at(k)] = 6 + Math.min(size(distance), 1000) + (dtype === "f64" ? line.length / 2 : 0);
      absolute[at(k)] = 2 * leastNormal(dtype);
    }
  }
  return { data, ulps, absolute };
}

export function logSoftmax(x: Plain, axis: number): Expected {
  const [data, scale]: [number[], number[]] = [[], []];
  let longest = 1;
  for (const { line, at } of lines(x, axis)) {
    const { apart, log } = shifted(line);
    longest = Math.max(longest, line.length);
    for (const [k, distance] of apart.entries()) {
      data[at(k)] = distance - log;
      scale[at(k)] = Number.isFinite(distance) ? size(distance) + log + 1 : 0;
    }
  }
  return { data, ulps: 8 + longest / 8, scale };
}

export function logSumExp(x: Plain, axis: number): Expected {
  const [data, scale]: [number[], number[]] = [[], []];
  let longest = 1;
  for (const { line, index } of lines(x, axis)) {
    const { largest, log } = shifted(line);
    const infinite = line.length === 0 || size(largest) === Number.POSITIVE_INFINITY;
    longest = Math.max(longest, line.length);
    data[index] = line.length === 0 ? Number.NEGATIVE_INFINITY : infinite ? largest : largest + log;
    scale[index] = infinite ? 0 : size(largest) + log + 1;
  }
  return { data, ulps: 8 + longest / 8, scale };
}

export function crossEntropy(x: Plain, labels: Plain): Expected {
  const [data, scale]: [number[], number[]] = [[], []];
  for (const { line, index } of lines(x, x.shape.length - 1)) {
    const { largest, log } = shifted(line);
    const own = line[labels.data[index] as number] as number;
    data[index] = largest + log - own;
    scale[index] = Number.isFinite(data[index]!) ? size(largest) + log + size(own) + 1 : 0;
  }
  return { data, ulps: 8 + (x.shape.at(-1) as number) / 8, scale };
}

/** op(A) · op(B) over the last two axes, the others broadcast. */
export function matmul(a: Plain, b: Plain, transposeA: boolean, transposeB: boolean): Expected & { shape: number[] } {
  const [m, k] = transposeA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = transposeB ? b.shape.at(-2)! : b.shape.at(-1)!;
  const lead = commonShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) as number[];
  const [atA, atB] = [a, b].map(({ shape }) => positions(lead, shape.slice(0, -2))) as [Int32Array, Int32Array];
  const [data, scale]: [number[], number[]] = [[], []];
  for (let block = 0; block < atA.length; block++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        let [sum, sizes] = [0, 0];
        for (let l = 0; l < k; l++) {
          const x = a.data[atA[block]! * m * k + (transposeA ? l * m + i : i * k + l)] as number;
          const y = b.data[atB[block]! * k * n + (transposeB ? j * k + l : l * n + j)] as number;
          sum += x * y;
          sizes += size(x * y);
        }
        data.push(sum);
        scale.push(sizes);
      }
  return { data, ulps: k + 1, scale, shape: [...lead, m, n] };
}

// ---- Random numbers ----

/** The high and the low half of a product of two words. */
function wide(a: number, b: number): [high: number, low: number] {
  const whole = BigInt(a >>> 0) * BigInt(b >>> 0);
  return [Number(whole >> 32n), Number(whole & 0xffffffffn)];
}

/** Word of an element: Philox4x32-10 of seed 0 at step 0 (Salmon et al., *Parallel random numbers*, SC 2011). */
function philox(element: number, stream: number): number {
  let counter: [number, number, number, number] = [element >>> 2, stream >>> 0, 0, 0];
  let key: [number, number] = [0, 0];
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = wide(0xd2511f53, counter[0]);
    const [high1, low1] = wide(0xcd9e8d57, counter[2]);
    counter = [(high1 ^ counter[1] ^ key[0]) >>> 0, low1, (high0 ^ counter[3] ^ key[1]) >>> 0, low0];
    key = [(key[0] + 0x9e3779b9) >>> 0, (key[1] + 0xbb67ae85) >>> 0];
  }
  return counter[element & 3] as number;
}

const bits24 = (element: number, stream: number): number => philox(element, stream) >>> 8;
const numbered = (count: number, value: (element: number) => number): number[] =>
  Array.from({ length: count }, (_, element) => value(element));

export const uniform = (count: number, stream: number): Expected => ({
  data: numbered(count, (element) => bits24(element, stream) * 2 ** -24),
});
export const bernoulli = (count: number, stream: number, probability: number): Expected => ({
  data: numbered(count, (element) => Number(bits24(element, stream) * 2 ** -24 < probability)),
});
/** Box and Muller, *A note on the generation of random normal deviates*, 1958: a pair of elements from a pair of words. */
export const normal = (count: number, stream: number): Expected => ({
  data: numbered(count, (element) => {
    const radius = Math.sqrt(-2 * Math.log((bits24(element & ~1, stream) + 1) * 2 ** -24));
    const angle = 2 * Math.PI * 2 ** -24 * bits24(element | 1, stream);
    return radius * (element & 1 ? Math.sin(angle) : Math.cos(angle));
  }),
  ulps: 2,
  absolute: new Array<number>(count).fill(2e-15),
});

// ---- Differences ----

/** A value, and on which sides of all kinks it was computed. */
export interface Branches {
  readonly value: number;
  readonly branches: readonly number[];
}

/**
 * The slope of f at 0 by central differences, with Richardson's step to O(h⁴), and how far it may be wrong: what the last
 * step changed, and what rounding does. Null where there is a kink in between, or where nothing can be said.
 */
export function differenceQuotient(
  f: (h: number) => Branches,
  reach: number,
  largest: number,
): { slope: number; error: number } | null {
  const sides = f(0).branches;
  const same = (branches: readonly number[]): boolean => branches.every((side, k) => Object.is(side, sides[k]));
  const slope = (h: number): number => {
    const [up, down] = [f(h), f(-h)];
    if (!same(up.branches) || !same(down.branches)) return Number.NaN;
    size0 = Math.max(size0, Math.abs(up.value), Math.abs(down.value));
    return (up.value - down.value) / (2 * h);
  };
  let size0 = 0;
  const h = 2 ** -11 * reach;
  const [wide, half, quarter] = [slope(h), slope(h / 2), slope(h / 4)];
  const [first, second] = [(4 * half - wide) / 3, (4 * quarter - half) / 3];
  const error = 4 * Math.abs(second - first) + (size0 * 2e-14) / h + 1e-9 * largest;
  return Number.isFinite(second) && error < 1e-2 * largest ? { slope: second, error } : null;
}
