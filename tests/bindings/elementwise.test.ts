// Pointwise ops against JavaScript's own arithmetic, at sizes around vectors and tiles, and with NaN, infinities, zeros.

import { fill, iota, logAddExp, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";
import {
  at,
  broadcastShape,
  build,
  expectClose,
  expectSameBits,
  flat,
  indices,
  numbers,
  plain,
  sizeOf,
  typed,
} from "./numbers.js";
import { compile, grad, type Inputs, run } from "./transforms.js";

engineForEach();

type Unary = [f: (x: Tensor) => Tensor, oracle: (x: number) => number, low?: number, high?: number];

const erf = (x: number): number => {
  // ∫ by the trapezoid rule, which converges fast for a Gaussian.
  const n = 4000;
  let total = 0;
  for (let k = 0; k <= n; k++) total += Math.exp(-(((k / n) * x) ** 2)) * (k === 0 || k === n ? 0.5 : 1);
  // Euler-Maclaurin: minus h²/12 (f'(x) − f'(0)).
  const h = x / n;
  return (2 / Math.sqrt(Math.PI)) * (total * h - (h * h * (-2 * x * Math.exp(-x * x))) / 12);
};
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

const unary: Readonly<Record<string, Unary>> = {
  negate: [(x) => x.negate(), (x) => -x],
  reciprocal: [(x) => x.reciprocal(), (x) => 1 / x, 0.1, 4],
  square: [(x) => x.square(), (x) => x * x],
  sqrt: [(x) => x.sqrt(), Math.sqrt, 0, 9],
  rsqrt: [(x) => x.rsqrt(), (x) => 1 / Math.sqrt(x), 0.1, 9],
  abs: [(x) => x.abs(), Math.abs],
  sign: [(x) => x.sign(), Math.sign],
  clamp: [(x) => x.clamp(-1, 2), (x) => Math.min(Math.max(x, -1), 2)],
  exp: [(x) => x.exp(), Math.exp],
  expm1: [(x) => x.expm1(), Math.expm1],
  log: [(x) => x.log(), Math.log, 0.01, 20],
  log1p: [(x) => x.log1p(), Math.log1p, -0.9, 9],
  sin: [(x) => x.sin(), Math.sin, -20, 20],
  cos: [(x) => x.cos(), Math.cos, -20, 20],
  erf: [(x) => x.erf(), erf],
  atan: [(x) => x.atan(), Math.atan, -20, 20],
  relu: [(x) => x.relu(), (x) => Math.max(x, 0)],
  leakyRelu: [(x) => x.leakyRelu(0.2), (x) => (x > 0 ? x : 0.2 * x)],
  elu: [(x) => x.elu(0.7), (x) => (x > 0 ? x : 0.7 * Math.expm1(x))],
  sigmoid: [(x) => x.sigmoid(), sigmoid],
  tanh: [(x) => x.tanh(), Math.tanh],
  softplus: [(x) => x.softplus(), (x) => Math.log1p(Math.exp(x))],
  gelu: [(x) => x.gelu(), (x) => (x / 2) * (1 + erf(x / Math.SQRT2))],
  "gelu, tanh form": [
    (x) => x.gelu("tanh"),
    (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  ],
  silu: [(x) => x.silu(), (x) => x * sigmoid(x)],
  selu: [(x) => x.selu(), (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x))],
  mish: [(x) => x.mish(), (x) => x * Math.tanh(Math.log1p(Math.exp(x))), -30, 30],
  hardswish: [(x) => x.hardswish(), (x) => (x * Math.min(Math.max(x + 3, 0), 6)) / 6],
};

const binary: Readonly<
  Record<string, [f: (a: Tensor, b: Tensor) => Tensor, oracle: (a: number, b: number) => number]>
> = {
  add: [(a, b) => a.add(b), (a, b) => a + b],
  subtract: [(a, b) => a.subtract(b), (a, b) => a - b],
  multiply: [(a, b) => a.multiply(b), (a, b) => a * b],
  divide: [(a, b) => a.divide(b), (a, b) => a / b],
  power: [(a, b) => a.abs().power(b), (a, b) => Math.abs(a) ** b],
  minimum: [(a, b) => a.minimum(b), Math.min],
  maximum: [(a, b) => a.maximum(b), Math.max],
  logAddExp: [logAddExp, (a, b) => Math.log(Math.exp(a) + Math.exp(b))],
  equal: [(a, b) => a.equal(b), (a, b) => Number(a === b)],
  notEqual: [(a, b) => a.notEqual(b), (a, b) => Number(a !== b)],
  less: [(a, b) => a.less(b), (a, b) => Number(a < b)],
  lessEqual: [(a, b) => a.lessEqual(b), (a, b) => Number(a <= b)],
  greater: [(a, b) => a.greater(b), (a, b) => Number(a > b)],
  greaterEqual: [(a, b) => a.greaterEqual(b), (a, b) => Number(a >= b)],
  where: [(a, b) => a.greater(b).where(a, b.negate()), (a, b) => (a > b ? a : -b)],
};

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 33, 1023, 1024, 1025, 2051];

describe.each(["f64", "f32"] as const)("values in %s", (dtype) => {
  const tolerance = dtype === "f64" ? 1e-14 : 1e-6;

  it.each(Object.keys(unary))("%s", (name) => {
    const [f, oracle, low = -4, high = 4] = unary[name] as Unary;
    const compiled = compile(engine, f);
    for (const size of sizes) {
      const x = typed(dtype, numbers(size, low, high, size + 1));
      expectClose(compiled(x), Array.from(x, oracle), tolerance, `${size} elements`);
    }
  });

  it.each(Object.keys(binary))("%s, same shapes", (name) => {
    const [f, oracle] = binary[name]!;
    const compiled = compile(engine, ({ a, b }: Inputs) => f(a!, b!));
    for (const size of sizes) {
      // Rounded to quarters, so that some are equal.
      const quarters = (seed: number) =>
        typed(
          dtype,
          numbers(size, -3, 3, seed).map((x) => Math.round(4 * x) / 4 || 0.25),
        );
      const [a, b] = [quarters(size + 1), quarters(size + 50)];
      expectClose(
        compiled({ a, b }),
        Array.from(a, (x, k) => oracle(x, b[k] as number)),
        tolerance,
        `${size} elements`,
      );
    }
  });
});

describe("broadcasting", () => {
  const shapes = [
    [],
    [1],
    [3],
    [2, 3],
    [2, 1],
    [1, 3],
    [4, 1, 3],
    [4, 2, 1],
    [1, 1, 1],
    [4, 2, 3],
    [0],
    [2, 0],
    [5, 1, 2, 3],
  ];
  const pairs = shapes.flatMap((a) => shapes.map((b) => [a, b] as const));

  it.each(["subtract", "power", "maximum", "less"])(
    "%s of every pair of shapes against plain loops, or a ShapeError",
    (name) => {
      const [f, oracle] = binary[name]!;
      for (const [shapeA, shapeB] of pairs) {
        const a = plain(shapeA, -2, 2, 5);
        const b = plain(shapeB, -2, 2, 13);
        const common = broadcastShape(shapeA, shapeB);
        const broadcast = () => run(engine, ({ a, b }: Inputs) => f(a!, b!), { a, b });
        if (!common) expect(broadcast, `[${shapeA}] and [${shapeB}]`).toThrowError(/shapes do not fit/);
        else {
          const expected = build(common, (index) => oracle(at(a, index), at(b, index)));
          const got = broadcast();
          if (typeof got === "object") expect(got.shape).toEqual(common);
          else expect(common).toEqual([]);
          expectClose(got, expected, 1e-14, `[${shapeA}] and [${shapeB}]`);
        }
      }
    },
  );

  it("where broadcasts three ways", () => {
    for (const [c, a, b] of [
      [[2, 1], [3], [1, 1]],
      [[], [2, 3], [3]],
      [[4, 1, 1], [1, 2, 1], [3]],
      [[3], [], []],
    ] as const) {
      const given = { c: plain([...c], -1, 1, 3), a: plain([...a], -1, 1, 5), b: plain([...b], -1, 1, 7) };
      const common = broadcastShape(broadcastShape(c, a) as number[], b) as number[];
      const got = run(engine, ({ c, a, b }: Inputs) => c!.greater(0).where(a!, b!), given);
      const expected = build(common, (index) => (at(given.c, index) > 0 ? at(given.a, index) : at(given.b, index)));
      expectClose(got, expected, 0);
    }
  });

  it("broadcastTo repeats", () => {
    for (const [from, to] of [
      [[], [2, 3]],
      [[1], [4]],
      [[3], [2, 3]],
      [
        [2, 1],
        [5, 2, 3],
      ],
      [
        [1, 1],
        [0, 3],
      ],
      [
        [2, 3],
        [2, 3],
      ],
    ]) {
      const x = plain(from!);
      expectClose(
        run(engine, (t: Tensor) => t.broadcastTo(to!), x),
        build(to!, (index) => at(x, index)),
        0,
      );
    }
  });
});

describe("special values", () => {
  const specials = [Number.NaN, Infinity, -Infinity, 0, -0, 1, -1];
  const nanToNaN: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    ...Object.fromEntries(Object.entries(unary).map(([name, [f]]) => [name, f])),
    minimum: (x) => x.minimum(1),
    "minimum, second": (x) => x.multiply(0).add(1).minimum(x),
    maximum: (x) => x.maximum(1),
    "maximum, second": (x) => x.multiply(0).add(1).maximum(x),
    power: (x) => x.power(2),
    add: (x) => x.add(1),
    multiply: (x) => x.multiply(0),
    softmax: (x) => x.reshape([-1, 1]).softmax(),
    logSoftmax: (x) => x.reshape([-1, 1]).logSoftmax(),
    logSumExp: (x) => x.reshape([-1, 1]).logSumExp(),
    crossEntropy: (x) => x.reshape([-1, 1]).crossEntropy(new Int32Array(x.size)),
    max: (x) => x.reshape([-1, 1]).max({ axes: 1 }),
    min: (x) => x.reshape([-1, 1]).min({ axes: 1 }),
    sum: (x) => x.reshape([-1, 1]).sum({ axes: 1 }),
    product: (x) => x.reshape([-1, 1]).product({ axes: 1 }),
    variance: (x) => x.reshape([-1, 1]).variance({ axes: 1 }),
    cumulativeSum: (x) => x.reshape([-1, 1]).cumulativeSum(1),
    matmul: (x) => x.reshape([-1, 1]).matmul([[1]]),
    cast: (x) => x.cast(x.dtype === "f32" ? "f64" : "f32"),
  };

  it.each(Object.keys(nanToNaN))("NaN in, NaN out, in every lane: %s", (name) => {
    for (const dtype of ["f32", "f64"] as const)
      for (const size of [1, 2, 3, 4, 5, 9])
        for (let position = 0; position < size; position++) {
          const x = typed(
            dtype,
            Array.from({ length: size }, (_, k) => (k === position ? Number.NaN : 0.5)),
          );
          const got = flat(run(engine, nanToNaN[name]!, x));
          expect(got.map(Number.isNaN), `${dtype} [${x}]`).toEqual(Array.from(x, Number.isNaN));
        }
  });

  it("max and min of a row with a NaN anywhere are NaN", () => {
    for (const dtype of ["f32", "f64"] as const)
      for (const op of ["max", "min"] as const)
        for (const size of [1, 2, 3, 4, 5, 8, 9, 17, 33])
          for (let position = 0; position < size; position++) {
            const row = Array.from({ length: size }, (_, k) => (k === position ? Number.NaN : k));
            expect(
              run(engine, (x: Tensor) => x[op](), typed(dtype, row)),
              `${op} of ${size}, NaN at ${position}`,
            ).toBeNaN();
            // The same down a column, beside columns without.
            const columns = row.flatMap((x, k) => [k, x, -k]);
            const got = flat(
              run(engine, (x: Tensor) => x[op]({ axes: 0 }), { data: typed(dtype, columns), shape: [size, 3] }),
            );
            expect(got.map(Number.isNaN)).toEqual([false, true, false]);
          }
  });

  it("infinities and zeros as IEEE 754 and Math say", () => {
    for (const dtype of ["f32", "f64"] as const) {
      const x = typed(dtype, specials);
      const exact: Readonly<Record<string, (x: number) => number>> = {
        exp: Math.exp,
        expm1: Math.expm1,
        log: Math.log,
        log1p: Math.log1p,
        tanh: Math.tanh,
        sqrt: Math.sqrt,
        abs: Math.abs,
        negate: (x) => -x,
        reciprocal: (x) => 1 / x,
        square: (x) => x * x,
        sign: Math.sign,
        sigmoid,
        sin: Math.sin,
        cos: Math.cos,
        relu: (x) => Math.max(x, 0),
        softplus: (x) => (x === Infinity ? x : Math.log1p(Math.exp(x))),
        erf: (x) => (Math.abs(x) === Infinity ? Math.sign(x) : erf(x)),
      };
      for (const [name, oracle] of Object.entries(exact)) {
        const got = flat(run(engine, (t: Tensor) => (t as unknown as Record<string, () => Tensor>)[name]!(), x));
        expectClose(got, Array.from(x, oracle), dtype === "f32" ? 1e-6 : 1e-14, `${name} in ${dtype}`);
      }
      const pairs = specials.flatMap((a) => specials.map((b) => [a, b] as const));
      const [a, b] = [
        typed(
          dtype,
          pairs.map(([a]) => a),
        ),
        typed(
          dtype,
          pairs.map(([, b]) => b),
        ),
      ];
      for (const name of [
        "add",
        "subtract",
        "multiply",
        "divide",
        "minimum",
        "maximum",
        "equal",
        "notEqual",
        "less",
        "lessEqual",
        "greater",
        "greaterEqual",
      ]) {
        const [f, oracle] = binary[name]!;
        expectSameBits(
          run(engine, ({ a, b }: Inputs) => f(a!, b!), { a, b }),
          pairs.map(([a, b]) => oracle(a, b)),
          `${name} in ${dtype}`,
        );
      }
    }
  });

  it("power as Math.pow says, integer powers of negative numbers included", () => {
    // The last ones are whole numbers in all but the lower word.
    const values = [
      ...specials,
      2,
      -2,
      0.5,
      -0.5,
      3,
      -3,
      2.5,
      3 + 2 ** -40,
      -1 - 2 ** -45,
      2 ** 20 + 0.5,
      -(2 ** 20) - 0.25,
    ];
    const pairs = values
      .flatMap((a) => values.map((b) => [a, b] as const))
      .filter(([a, b]) => !(Math.abs(a) === 1 && !Number.isFinite(b)));
    const got = flat(
      run(engine, ({ a, b }: Inputs) => a!.power(b!), { a: pairs.map(([a]) => a), b: pairs.map(([, b]) => b) }),
    );
    const wrong = pairs
      .map(([a, b], k) => ({ a, b, got: got[k] as number, expected: a ** b }))
      .filter(
        ({ got, expected }) =>
          !(Object.is(got, expected) || got === expected || Math.abs(got - expected) <= 1e-14 * Math.abs(expected)),
      );
    expect(wrong).toEqual([]);
  });

  it("softmax of long f32 rows of equal terms stays within 6 ulp, though their roundings add up", () => {
    for (const n of [242, 774, 1040, 2062]) {
      const x = Float32Array.from({ length: n }, (_, k) => (k === n - 1 ? 0 : -0.85));
      const terms = Array.from(x, Math.exp);
      const sum = terms.reduce((total, term) => total + term, 0);
      const got = flat(run(engine, (t: Tensor) => t.softmax(), x));
      const ulps = got.map((value, k) => {
        const exact = (terms[k] as number) / sum;
        return Math.abs(value - exact) / 2 ** (Math.floor(Math.log2(exact)) - 23);
      });
      expect(Math.max(...ulps)).toBeLessThan(6);
    }
  });

  it("logAddExp neither overflows nor loses infinities, and takes a half of each of two", () => {
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const a = [1000, -1000, low, low, high, high, low, 710, 5];
    const b = [1000, -1001, low, 3, high, low, high, -710, Number.NaN];
    const more = Math.log1p(Math.exp(-1));
    const wanted = [1000 + Math.LN2, -1000 + more, low, 3, high, high, high, 710, Number.NaN];
    expectClose(flat(run(engine, ({ x, y }: Inputs) => logAddExp(x!, y!), { x: a, y: b })), wanted, 1e-14);
    const f = ({ x, y }: Inputs): Tensor => logAddExp(x!, y!).slice(0, 0, 8).sum();
    const { x, y } = grad(engine, f)({ x: a, y: b });
    expectClose(flat(x), [0.5, 1 / (1 + Math.exp(-1)), 0.5, 0, 0.5, 1, 0, 1, Number.NaN], 1e-14);
    expectClose(flat(y), [0.5, 1 / (1 + Math.exp(1)), 0.5, 1, 0.5, 0, 1, 0, Number.NaN], 1e-14);
  });

  it("the tanh form of gelu keeps its digits where 1 + tanh u cancels", () => {
    const x = Float32Array.of(-3.5, -4, -4.5, -5, -5.5);
    const u = Array.from(x, (t) => Math.sqrt(2 / Math.PI) * (t + 0.044715 * t ** 3));
    const slope = Array.from(x, (t) => Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * t ** 2));
    const share = u.map((t) => 1 / (1 + Math.exp(-2 * t)));
    const values = share.map((s, k) => (x[k] as number) * s);
    const relative = (got: number[], wanted: number[]) => got.map((value, k) => value / (wanted[k] as number) - 1);
    const none = values.map(() => 0);
    expectClose(relative(flat(run(engine, (t: Tensor) => t.gelu("tanh"), x)), values), none, 1e-5);
    const derivatives = share.map((s, k) => s + 2 * (x[k] as number) * s * (1 - s) * (slope[k] as number));
    expectClose(relative(flat(grad(engine, (t: Tensor) => t.gelu("tanh").sum())(x)), derivatives), none, 1e-5);
  });

  it("stay stable far out: softplus, sigmoid, logSumExp, softmax, elu, gelu", () => {
    const far = [-1e4, -800, 800, 1e4];
    const value = (f: (x: Tensor) => Tensor): number[] => flat(run(engine, f, far));
    expectClose(
      value((x) => x.softplus()),
      [0, 0, 800, 1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.sigmoid()),
      [0, 0, 1, 1],
      1e-15,
    );
    expectClose(
      value((x) => x.elu()),
      [-1, -1, 800, 1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.gelu()),
      [0, 0, 800, 1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.gelu("tanh")),
      [0, 0, 800, 1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.silu()),
      [0, 0, 800, 1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.softmax()),
      [0, 0, 0, 1],
      1e-15,
    );
    expectClose(
      value((x) => x.logSumExp()),
      [1e4],
      1e-15,
    );
    expectClose(
      value((x) => x.logSoftmax()),
      far.map((x) => x - 1e4),
      1e-15,
    );
  });

  it("a value everywhere has its type, so that a cast of it is that of any other tensor", () => {
    for (const value of [0.1, -1 / 3, 16777217, 1e-46, 1e39])
      expect(run(engine, () => fill(engine, value, [], "f32").cast("f64"), {})).toBe(Math.fround(value));
  });

  it("casts: nearest float, integers toward zero and saturating, i32 exact in f64", () => {
    const x = [1.9, -1.9, 3e9, -3e9, Number.NaN, 0.1, 2 ** 31 - 1, -(2 ** 31), 16777217];
    const cast = (to: "f32" | "f64" | "i32") => flat(run(engine, (t: Tensor) => t.cast(to), x));
    expect(cast("i32")).toEqual([1, -1, 2147483647, -2147483648, 0, 0, 2147483647, -2147483648, 16777217]);
    expectSameBits(cast("f32"), x.map(Math.fround));
    const whole = Int32Array.of(5, -7, 2147483647, -2147483648, 16777217);
    expect(flat(run(engine, (t: Tensor) => t.cast("f64"), whole))).toEqual(Array.from(whole));
    expectSameBits(
      run(engine, (t: Tensor) => t.cast("f32"), whole),
      Array.from(whole, Math.fround),
    );
  });
});

it("iota counts, over tiles too", () => {
  expect(flat(run(engine, () => iota(engine, 5), {}))).toEqual([0, 1, 2, 3, 4]);
  expect(flat(run(engine, (x: Tensor) => iota(engine, 2500).add(x), 1))).toEqual(
    Array.from({ length: 2500 }, (_, k) => k + 1),
  );
  expect(flat(run(engine, () => iota(engine, 0), {}))).toEqual([]);
});

it("indices and sizes of this file's own oracle", () => {
  expect([...indices([2, 2])]).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  expect([sizeOf([]), sizeOf([2, 0])]).toEqual([1, 0]);
});
