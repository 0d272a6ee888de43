// Numbers whose result is finite although something on the way to it is not: sums of many, products, squares of what is
// large, zeros beside infinities. Values are closed forms, limits, or PyTorch's where it is named.

import { binaryCrossEntropy, cosineEmbedding, layerNorm, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, flat, typed } from "./numbers.js";
import { grad, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

engineForAll();

const slope = (f: (x: Tensor) => Tensor, x: number[], dtype: "f32" | "f64" = "f64"): number[] =>
  flat(grad(engine, (t: Tensor) => f(t).sum())(typed(dtype, x)));

describe("running sums", () => {
  it.each([
    ["f32", 1e-7],
    ["f64", 1e-10],
  ] as const)("a million times 0.1 is 100,000 in %s, from both ends and along columns", (dtype, tolerance) => {
    const million = typed(dtype, new Array(1e6).fill(0.1));
    const last = (f: (x: Tensor) => Tensor): number[] => flat(run(engine, f, million));
    expectClose(
      last((x) => x.cumulativeSum().slice(0, -1)),
      [1e5],
      tolerance,
    );
    expectClose(
      last((x) => x.cumulativeSum(0, { reverse: true }).slice(0, 0, 1)),
      [1e5],
      tolerance,
    );
    const columns = last((x) => x.reshape([200_000, 5]).cumulativeSum(0).slice(0, -1));
    expectClose(columns, new Array(5).fill(2e4), tolerance);
  });

  it("so is the derivative, which is a running sum too", () => {
    const weights = new Array(1e6).fill(0.1);
    const f = (x: Tensor): Tensor => x.cumulativeSum().multiply(x.trace.constant(weights, "f32"));
    const [first, second] = slope(f, new Array(1e6).fill(1), "f32") as [number, number];
    expectClose([first, second], [1e5, 1e5 - 0.1], 1e-6);
  });
});

describe("products", () => {
  const product = (x: Tensor): Tensor => x.product();
  const fives: number[] = new Array(1023).fill(5);

  it.each(["f32", "f64"] as const)("a zero beside what overflows, in %s", (dtype) => {
    for (const x of [
      [0, ...fives],
      [...fives, 0],
    ]) {
      expect(run(engine, product, typed(dtype, x))).toBe(0);
      // Of the zero it is 5¹⁰²³, which is too large; of all others 0.
      expect(slope(product, x, dtype)).toEqual(x.map((value) => (value === 0 ? Number.POSITIVE_INFINITY : 0)));
    }
    expect(slope(product, [0, 0, ...fives], dtype).every((value) => value === 0)).toBe(true);
  });

  it("what is large beside what is small, in any order", () => {
    const x = [1e200, 1e-200, 1e200, 1e-200];
    const { value, gradient } = valueAndGrad(engine, product)(x);
    expectClose([value], [1], 1e-15);
    expectClose(gradient, [1e-200, 1e200, 1e-200, 1e200], 1e-15);
    const y = [1e-200, 1e-200, 1e200, 1e300, 3];
    expectClose(slope(product, y), [3e300, 3e300, 3e-100, 3e-200, 1e100], 1e-15);
    expectClose([run(engine, product, [5e-324, 5e-324, 2 ** 1000, 2 ** 1000, 2 ** 148])], [1], 0);
    expectClose([run(engine, product, typed("f32", [1e30, 1e30, 1e-30, 1e-30, 0.5]))], [0.5], 1e-6);
  });

  it("long ones of even and odd length: 1.001ⁿ and its derivatives", () => {
    for (const n of [1, 2, 3, 6, 7, 1000, 1001]) {
      const x: number[] = new Array(n).fill(1.001);
      expectClose([run(engine, product, x)], [1.001 ** n], 1e-12);
      expectClose(slope(product, x), new Array(n).fill(1.001 ** (n - 1)), 1e-12);
      // H 1 has n − 1 products of n − 2.
      expectClose(hvp(engine, product)(x, new Array(n).fill(1)), new Array(n).fill((n - 1) * 1.001 ** (n - 2)), 1e-11);
    }
  });

  it("of a million, and infinities and NaN as in a loop", () => {
    expectClose([run(engine, product, new Array(1e6).fill(1 + 1e-6))], [(1 + 1e-6) ** 1e6], 1e-9);
    const huge: number[] = new Array(3000).fill(1e300);
    expect(slope(product, huge).every((value) => value === Number.POSITIVE_INFINITY)).toBe(true);
    expect(run(engine, product, [2, Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
    for (const x of [
      [0, Number.POSITIVE_INFINITY],
      [1, Number.NaN, 0],
    ])
      expect(run(engine, product, x)).toBeNaN();
    expect(run(engine, product, [])).toBe(1);
  });
});

describe.each(["f32", "f64"] as const)("far out, in %s", (dtype) => {
  const far = dtype === "f32" ? [1e10, 1e20, 3e38] : [1e10, 1e160, 1.7e308];
  const right: Readonly<Record<string, readonly [f: (x: Tensor) => Tensor, above: number, below: number]>> = {
    gelu: [(x) => x.gelu(), 1, 0],
    "gelu, tanh form": [(x) => x.gelu("tanh"), 1, 0],
    silu: [(x) => x.silu(), 1, 0],
    mish: [(x) => x.mish(), 1, 0],
    hardswish: [(x) => x.hardswish(), 1, 0],
    softplus: [(x) => x.softplus(), 1, 0],
    sigmoid: [(x) => x.sigmoid(), 0, 0],
    tanh: [(x) => x.tanh(), 0, 0],
    elu: [(x) => x.elu(), 1, 0],
    erf: [(x) => x.erf(), 0, 0],
  };

  it.each(Object.keys(right))("the slope of %s, and how it changes", (name) => {
    const [f, above, below] = right[name]!;
    const x = [...far, ...far.map((value) => -value)];
    expectClose(slope(f, x, dtype), [...far.map(() => above), ...far.map(() => below)], 0);
    const curvature = hvp(engine, (t: Tensor) => f(t).sum())(typed(dtype, x), typed(dtype, new Array(6).fill(1)));
    expectClose(curvature, new Array(6).fill(0), 0);
  });

  it("logSumExp, softmax and its logarithm", () => {
    const large = far[2] as number;
    const x = typed(dtype, [large, 0, large]);
    expectClose([run(engine, (t: Tensor) => t.logSumExp(), x)], [large], 1e-7);
    expectClose(
      run(engine, (t: Tensor) => t.softmax(), x),
      [0.5, 0, 0.5],
      1e-7,
    );
    expectClose(
      slope((t) => t.logSumExp(), [large, 0, large], dtype),
      [0.5, 0, 0.5],
      1e-7,
    );
  });

  it("reciprocal and 1/√x take a small cotangent along before they square", () => {
    const [small, factor] = dtype === "f32" ? [1e-30, 1e-35] : [1e-200, 1e-250];
    expectClose(
      slope((t) => t.reciprocal().multiply(factor), [small], dtype),
      [-factor / small / small],
      1e-6,
    );
    const tiny = small * small * 1e35; // 1e-25 or 1e-365, which is 0
    if (dtype === "f32") {
      const root = Math.sqrt(tiny);
      expectClose(
        slope((t) => t.rsqrt().multiply(1e-20), [tiny], dtype),
        [(-0.5e-20 / tiny) * (1 / root)],
        1e-6,
      );
    }
    expect(slope((t) => t.reciprocal().multiply(0), [small], dtype)).toEqual([-0]);
  });
});

describe("what is scaled by itself", () => {
  const pairs = (dtype: "f32" | "f64", size: number) => ({
    data: typed(dtype, [size, 0, size, size]),
    shape: [1, 2, 2],
  });

  it.each([
    ["f32", 1e20, 1e-6],
    ["f32", 3e38, 1e-6],
    ["f64", 1e100, 1e-14],
  ] as const)("the cosine of 45° between vectors, in %s of size %f", (dtype, size, tolerance) => {
    const loss = (x: Tensor): Tensor => cosineEmbedding().apply(x, x.trace.constant([1], dtype));
    const { value, gradient } = valueAndGrad(engine, loss)(pairs(dtype, size));
    expectClose([value], [1 - Math.SQRT1_2], tolerance);
    // ∂(1 − cos)/∂a₂ = −1/(√2 |a|).
    expectClose([(flat(gradient)[1] as number) * size], [-Math.SQRT1_2], tolerance);
  });

  it.each([1e20, 1e30])("layerNorm of f32 of size %f are those of size 1", (size) => {
    const x = {
      data: typed(
        "f32",
        [1, 2, 4, 8].map((value) => value * size),
      ),
      shape: [2, 2],
    };
    const layer = layerNorm(2, { gamma: false, beta: false });
    const apply = (t: Tensor): Tensor => layer.apply({}, t, undefined as never);
    expectClose(run(engine, apply, x), [-1, 1, -1, 1], 1e-6);
    const slopes = flat(grad(engine, (t: Tensor) => apply(t).slice(1, 0, 1).sum())(x));
    expectClose(
      slopes.map((value) => value * size),
      [0, 0, 0, 0],
      1e-6,
    );
  });

  it("the variance of f32 keeps its gradient where its square root is at home", () => {
    const spread = (t: Tensor): Tensor => t.cast("f64").variance().sqrt().cast("f32");
    expectClose(slope(spread, [1e30, -1e30], "f32"), [0.5, -0.5], 1e-6);
  });
});

describe("powers", () => {
  it("of 0: the exponent's derivative is 0 also where the power is infinite", () => {
    const { gradient } = valueAndGrad(engine, ({ a, b }: Inputs) => a!.power(b!).sum())({
      a: [0, 0, 2],
      b: [-1, 0, 3],
    });
    expectClose(gradient.b, [0, 0, 8 * Math.log(2)], 1e-15);
  });
});

describe("binary cross-entropy behind a sigmoid, as PyTorch's", () => {
  // ∂L/∂z = (p − y) / max(p (1 − p), 1e-12) ⋅ p (1 − p).
  const at = (z: number, y: number, dtype: "f32" | "f64"): [number, number] => {
    const loss = (x: Tensor): Tensor => binaryCrossEntropy().apply(x.sigmoid(), x.trace.constant([y], dtype));
    const { value, gradient } = valueAndGrad(engine, loss)(typed(dtype, [z]));
    return [value as number, flat(gradient)[0] as number];
  };

  it.each(["f32", "f64"] as const)("%s", (dtype) => {
    const tolerance = dtype === "f32" ? 1e-5 : 1e-10;
    const p = (z: number): number => 1 / (1 + Math.exp(-z));
    expectClose(at(-20, 1, dtype), [Math.log1p(Math.exp(20)), p(-20) - 1], tolerance);
    expectClose(at(-30, 1, dtype), [30, -p(-30) * 1e12], tolerance);
    const [loss, slope] = at(-90, 1, dtype);
    expectClose([loss], [90], tolerance); // PyTorch's f32 sigmoid is 0 here, and its loss 100.
    expect(Math.abs(slope)).toBeLessThan(1e-26);
    expectClose(at(-110, 1, dtype), [100, 0], tolerance, "", 1e-20);
    expectClose(at(90, 0, dtype), [100, 0], tolerance, "", 1e-20);
  });

  it("of probabilities of 0 and 1", () => {
    const slopes = (y: number): number[] =>
      slope((p) => binaryCrossEntropy({ reduction: "sum" }).apply(p, p.multiply(0).stopGradient().add(y)), [0, 1]);
    expectClose(slopes(1), [-1e12, 0], 1e-15);
    expectClose(slopes(0), [0, 1e12], 1e-15);
  });
});
