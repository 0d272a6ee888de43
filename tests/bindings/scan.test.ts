// Loops against the body traced once for every step: forward values and gradients of carries and sequences bit for bit, those
// of what the body captures up to the order of additions; both orders of derivatives against differences.

import { bernoulli, concatenate, constant, normal, type ScanOptions, type ScanStep, scan, type Tensor } from "thalweg";
import { describe, expect, it } from "vitest";
import { expectDerivatives } from "./differences.js";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers, plain, typed } from "./numbers.js";
import { compile, grad, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

engineForAll();

type Trees = Readonly<Record<string, Tensor>>;
type Body = (p: Inputs, carry: Trees, x: Trees) => ScanStep<Trees, Trees>;
type Options = Pick<ScanOptions<Trees, Trees>, "reverse" | "memory">;

const batch = 3;
const features = 4;
const units = 5;

/** The carries of each cell, which are inputs of the function too. */
const cells: Record<string, { carry: string[]; body: Body }> = {
  /** Elman: h ← tanh(x W + h U + b). */
  tanh: {
    carry: ["h"],
    body: (p, { h }, { x }) => {
      const next = x!.matmul(p.rnnW!).add(h!.matmul(p.rnnU!)).add(p.rnnB!).tanh();
      return { carry: { h: next }, output: { h: next } };
    },
  },
  lstm: {
    carry: ["h", "c"],
    body: (p, { h, c }, { x }) => {
      const z = x!.matmul(p.w!).add(h!.matmul(p.u!)).add(p.b!);
      const [i, f, g, o] = [0, 1, 2, 3].map((k) => z.slice(1, k * units, (k + 1) * units)) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const next = f.sigmoid().multiply(c!).add(i.sigmoid().multiply(g.tanh()));
      const out = o.sigmoid().multiply(next.tanh());
      return { carry: { h: out, c: next }, output: { h: out, gate: o.sigmoid() } };
    },
  },
  /** A GRU reads its state twice, and stops at the end of each row. */
  maskedGru: {
    carry: ["h"],
    body: (p, { h }, { x, mask }) => {
      const third = (t: Tensor, k: number) => t.slice(1, k * units, (k + 1) * units);
      const [a, b] = [x!.matmul(p.w!).add(p.b!), h!.matmul(p.u!)];
      const r = third(a, 0).add(third(b, 0)).sigmoid();
      const z = third(a, 1).add(third(b, 1)).sigmoid();
      const fresh = third(a, 2)
        .add(r.multiply(third(b, 2)))
        .tanh();
      const next = mask!.where(z.negate().add(1).multiply(fresh).add(z.multiply(h!)), h!);
      return { carry: { h: next }, output: { h: next } };
    },
  },
  /** What stays the same, what moves from one carry to another, and a carry that is counted in f64 beside. */
  delay: {
    carry: ["h", "c"],
    body: (p, { h, c }, { x }) => {
      const mixed = x!.matmul(p.rnnW!).multiply(h!).add(c!.multiply(p.rnnB!));
      return { carry: { h: c!, c: mixed.multiply(0.5) }, output: { sum: mixed.sum({ axes: 1 }), old: h! } };
    },
  },
};

const tensors = {
  x: { shape: [7, batch, features] },
  mask: { shape: [7, batch, 1] },
  h: { shape: [batch, units] },
  c: { shape: [batch, units] },
  w: { shape: [features, 4 * units] },
  u: { shape: [units, 4 * units] },
  b: { shape: [4 * units] },
  rnnW: { shape: [features, units] },
  rnnU: { shape: [units, units] },
  rnnB: { shape: [units] },
};

function inputsOf(dtype: "f32" | "f64", steps = 7) {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape }], k) => {
      const own = name === "x" || name === "mask" ? [steps, ...shape.slice(1)] : shape;
      const size = own.reduce((product, extent) => product * extent, 1);
      const values = numbers(size, -1, 1, 3 + k);
      const data = name === "mask" ? values.map((value) => Number(value > -0.4)) : values;
      return [name, { data: typed(dtype, data), shape: own }];
    }),
  );
}

/** A scalar of everything: outputs weighted by place, and last carries. */
function scalar(carry: Trees, outputs: Trees | undefined): Tensor {
  const terms = Object.values(carry).map((t) => t.square().sum());
  for (const [k, t] of Object.values(outputs ?? {}).entries())
    terms.push(t.multiply({ data: typed(t.dtype as "f32", numbers(t.size, -1, 1, 40 + k)), shape: t.shape }).sum());
  return terms.reduce((a, b) => a.add(b));
}

function looped({ carry, body }: (typeof cells)[string], options: Options, useOutputs: boolean) {
  return (p: Inputs): Tensor => {
    const first = Object.fromEntries(carry.map((name) => [name, p[name]!]));
    const sequences = { x: p.x!, mask: p.mask! };
    const { carry: last, output } = scan((c: Trees, x: Trees) => body(p, c, x), {
      carry: first,
      sequences,
      ...options,
    });
    return scalar(last, useOutputs ? output : undefined);
  };
}

function unrolled({ carry, body }: (typeof cells)[string], { reverse = false }: Options, useOutputs: boolean) {
  return (p: Inputs): Tensor => {
    let state: Trees = Object.fromEntries(carry.map((name) => [name, p[name]!]));
    const steps = p.x!.shape[0]!;
    const at = (t: Tensor, k: number) => t.slice(0, k, k + 1).reshape(t.shape.slice(1));
    const outputs: Trees[] = [];
    for (let k = 0; k < steps; k++) {
      const t = reverse ? steps - 1 - k : k;
      const step = body(p, state, { x: at(p.x!, t), mask: at(p.mask!, t) });
      state = step.carry as Trees;
      outputs[t] = step.output as Trees;
    }
    const stacked = Object.keys(outputs[0] as Trees).map((name): [string, Tensor] => [
      name,
      concatenate(outputs.map((output) => output[name]!.reshape([1, ...output[name]!.shape]))),
    ]);
    return scalar(state, useOutputs ? Object.fromEntries(stacked) : undefined);
  };
}

const captured = (name: string) => !["x", "h", "c", "mask"].includes(name);

const variants: [string, Options][] = [
  ["forwards, stored", {}],
  ["backwards, stored", { reverse: true }],
  ["forwards, recomputed", { memory: "recompute" }],
  ["backwards, recomputed", { reverse: true, memory: "recompute" }],
];

describe.each(Object.entries(cells))("a loop of %s cells", (_, cell) => {
  it.each(variants)("has the bits of the unrolled trace: %s", (_, options) => {
    for (const dtype of ["f32", "f64"] as const)
      for (const useOutputs of [false, true])
        for (const steps of [1, 2, 7]) {
          const inputs = inputsOf(dtype, steps);
          const own = valueAndGrad(engine, looped(cell, options, useOutputs))(inputs);
          const wanted = valueAndGrad(engine, unrolled(cell, options, useOutputs))(inputs);
          expect(own.value).toBe(wanted.value);
          for (const name of Object.keys(inputs)) {
            const what = `${name} in ${dtype}, ${steps} steps`;
            const [got, other] = [own.gradient[name], wanted.gradient[name]].map((g) => flat(g).map((v) => v + 0));
            if (captured(name)) expectClose(got, other, dtype === "f64" ? 1e-12 : 1e-5, what);
            else expectSameBits(got, other, what);
          }
        }
  });

  it.each(variants)("has the second derivative of the unrolled trace: %s", (_, options) => {
    const inputs = inputsOf("f64");
    const vector = Object.fromEntries(
      Object.entries(inputs).map(([name, { data, shape }], k) => [
        name,
        { data: Float64Array.from(numbers(data.length, -1, 1, 60 + k)), shape },
      ]),
    );
    const own = hvp(engine, looped(cell, options, true))(inputs, vector);
    const wanted = hvp(engine, unrolled(cell, options, true))(inputs, vector);
    for (const name of Object.keys(inputs)) expectClose(own[name], wanted[name], 1e-12, name);
  });
});

it("is differentiated twice as differences say", () => {
  const small = { x: plain([4, 2, 4]), h: plain([2, 5], -1, 1, 8), c: plain([2, 5], -1, 1, 9) };
  const weights = { w: plain([4, 20], -0.5, 0.5, 2), u: plain([5, 20], -0.5, 0.5, 4), b: plain([20], -0.5, 0.5, 5) };
  const mask = plain([4, 2, 1]);
  for (const memory of ["store", "recompute"] as const)
    expectDerivatives(
      engine,
      (p) => looped(cells.lstm!, { memory }, true)({ ...p, mask: p.x! }),
      { ...small, ...weights },
      1e-3,
    );
  expect(mask.shape).toEqual([4, 2, 1]);
});

describe("a loop in a loop", () => {
  /** The cell over segments of `size` steps: a loop over each in a loop over all. */
  const nested = (size: number, options: Options) => (p: Inputs) => {
    const { carry, body } = cells.lstm!;
    const first = Object.fromEntries(carry.map((name) => [name, p[name]!]));
    const inSegments = (t: Tensor) => t.reshape([t.shape[0]! / size, size, ...t.shape.slice(1)]);
    const { carry: last, output } = scan(
      (c: Trees, segment: Trees) =>
        scan((inner: Trees, x: Trees) => body(p, inner, x), { carry: c, sequences: segment, ...options }),
      { carry: first, sequences: { x: inSegments(p.x!), mask: inSegments(p.mask!) }, ...options },
    );
    const joined = Object.entries(output).map(([name, t]) => [
      name,
      t.reshape([t.shape[0]! * size, ...t.shape.slice(2)]),
    ]);
    return scalar(last, Object.fromEntries(joined));
  };

  it.each(variants)("has the numbers of one loop: %s", (_, options) => {
    const inputs = inputsOf("f64", 6);
    const vector = Object.fromEntries(
      Object.entries(inputs).map(([name, a], k) => [name, plain(a.shape, -1, 1, 70 + k)]),
    );
    const one = looped(cells.lstm!, options, true);
    const own = valueAndGrad(engine, nested(3, options))(inputs);
    const wanted = valueAndGrad(engine, one)(inputs);
    expect(own.value).toBe(wanted.value);
    for (const name of Object.keys(inputs)) expectClose(own.gradient[name], wanted.gradient[name], 1e-12, name);
    const [curved, other] = [nested(3, options), one].map((f) => hvp(engine, f)(inputs, vector));
    for (const name of Object.keys(inputs)) expectClose(curved![name], other![name], 1e-12, name);
  });
});

describe("what a body reads", () => {
  it("may be rows of a table, whose gradient is added up over all steps", () => {
    const tokens = [
      [0, 2],
      [1, 1],
      [2, 0],
      [0, 0],
    ];
    const f = (loops: boolean) => (p: Inputs) => {
      const ids = constant(engine, { data: Int32Array.from(tokens.flat()), shape: [4, 2] }, "i32");
      if (!loops) {
        let h = p.h!;
        for (const k of tokens.keys()) h = h.multiply(p.table!.gather(ids.slice(0, k, k + 1).reshape([2]))).tanh();
        return h.sum();
      }
      return scan((h: Tensor, id: Tensor) => ({ carry: h.multiply(p.table!.gather(id)).tanh() }), {
        carry: p.h!,
        sequences: ids,
      }).carry.sum();
    };
    const inputs = { h: plain([2, 3]), table: plain([3, 3], -1, 1, 9) };
    const [own, wanted] = [f(true), f(false)].map((g) => valueAndGrad(engine, g)(inputs));
    expect(own!.value).toBe(wanted!.value);
    for (const name of ["h", "table"]) expectClose(own!.gradient[name], wanted!.gradient[name], 1e-14, name);
  });

  it("may be integers that are carried, and constants", () => {
    const counts = run(
      engine,
      (x: Tensor) =>
        scan(
          ({ count, sum }: Trees, value: Tensor) => ({
            carry: { count: count!.add(constant(engine, [1, 2], "i32")).cast("i32"), sum: sum!.add(value.multiply(3)) },
            output: count!.cast("f64"),
          }),
          {
            carry: { count: constant(engine, [5, 6], "i32"), sum: x.slice(0, 0, 1).multiply(0) },
            sequences: x.reshape([3, 1]),
          },
        ).output,
      [1, 2, 3],
    );
    expect(flat(counts)).toEqual([5, 6, 6, 8, 7, 10]);
  });

  it("may be the same for all steps, and is then computed once", () => {
    const steps = 50;
    const f = (x: Tensor) =>
      scan((h: Tensor, v: Tensor) => ({ carry: h.add(v.multiply(x.exp().sum())) }), {
        carry: x.slice(0, 0, 1).reshape([]),
        sequences: x,
      }).carry;
    const { flops } = compile(engine, f).cost(numbers(steps));
    expect(flops).toBeLessThan(6 * steps);
    const sum = numbers(steps).reduce((total, value) => total + Math.exp(value), 0);
    const wanted = numbers(steps).reduce((h, value) => h + value * sum, numbers(steps)[0]!);
    expectClose(run(engine, f, numbers(steps)), wanted, 1e-13);
  });

  it("may be nothing but an element: a sequence is then mapped", () => {
    const f = (x: Tensor) => scan((_: undefined, v: Tensor) => ({ output: v.square().sum() }), { sequences: x }).output;
    expect(
      flat(
        run(engine, f, [
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([5, 25]);
    expect(
      flat(
        grad(engine, ((x: Tensor) => f(x).sum()) as never)([
          [1, 2],
          [3, 4],
        ]),
      ),
    ).toEqual([2, 4, 6, 8]);
  });
});

describe("random numbers", () => {
  const draws = (inside: boolean) => (x: Tensor) => {
    const outside = normal(engine, [1000], "f64");
    return scan(
      (_: undefined, v: Tensor) => ({ output: (inside ? normal(engine, [1000]) : outside).add(v.multiply(0)) }),
      {
        sequences: x,
      },
    ).output;
  };

  it("drawn in the body are new at every step, those drawn before are the same", () => {
    const [a, b, c] = [0, 1, 2].map((k) => flat(run(engine, draws(true), [0, 0, 0])).slice(1000 * k, 1000 * (k + 1)));
    expect(a).not.toEqual(b);
    expect(b).not.toEqual(c);
    expect(Math.abs(a!.reduce((sum, v, k) => sum + v * b![k]!, 0) / 1000)).toBeLessThan(0.1);
    const same = flat(run(engine, draws(false), [0, 0]));
    expect(same.slice(0, 1000)).toEqual(same.slice(1000));
  });

  it("are drawn again by the derivative, whichever it keeps", () => {
    const f = (memory: "store" | "recompute") => (x: Tensor) =>
      scan((h: Tensor, v: Tensor) => ({ carry: h.add(bernoulli(engine, 0.5, [40]).multiply(v.square())) }), {
        carry: x.slice(0, 0, 1).reshape([40]).multiply(0),
        sequences: x,
        memory,
      }).carry.sum();
    const x = plain([6, 40], 0.5, 1);
    // The mask of an element is in its share of the value: f = Σ m x², so that x ⋅ ∂f/∂x = 2 f.
    const [stored, again] = (["store", "recompute"] as const).map((memory) => valueAndGrad(engine, f(memory))(x));
    expectSameBits(stored!.gradient, again!.gradient);
    const product = flat(stored!.gradient).reduce((sum, g, k) => sum + g * x.data[k]!, 0);
    expectClose(product, 2 * stored!.value, 1e-12);
    expect(flat(stored!.gradient).filter((g) => g === 0).length).toBeGreaterThan(80);
  });

  it("of a loop in a loop are those of one loop over all steps", () => {
    const one = (x: Tensor) =>
      scan((_: undefined, v: Tensor) => ({ output: normal(engine, [3]).add(v.multiply(0)) }), { sequences: x }).output;
    const nested = (x: Tensor) =>
      scan((_: undefined, row: Tensor) => ({ output: one(row) }), { sequences: x.reshape([2, 3]) }).output;
    expectSameBits(run(engine, nested, numbers(6)), run(engine, one, numbers(6)));
  });
});

describe("its program", () => {
  /** The gradient of a loop over `steps` steps of an LSTM whose weights are constants. */
  const cost = (steps: number, memory: "store" | "recompute") => {
    const { mask: _, x: __, ...weights } = inputsOf("f32");
    const f = (x: Tensor) => {
      const own = Object.entries(weights).map(([name, array]) => [name, constant(engine, array, "f32")]);
      const p: Inputs = { ...Object.fromEntries(own), x, mask: x };
      return looped(cells.lstm!, { memory }, false)(p);
    };
    const slope = grad(engine, f as never);
    return compile(engine, ((x: Tensor) => slope(x)) as never).cost(inputsOf("f32", steps).x!);
  };

  it("does not grow with the steps, and is counted for all of them", () => {
    const [short, long] = [cost(8, "store"), cost(1024, "store")];
    expect(long.instructions).toBe(short.instructions);
    expect(long.flops / short.flops).toBeGreaterThan(100);
    expect(long.bytes / short.bytes).toBeGreaterThan(100);
  });

  it("keeps carries alone if values are computed again", () => {
    const [stored, again] = [cost(1024, "store"), cost(1024, "recompute")];
    expect(again.scratchBytes).toBeLessThan(0.7 * stored.scratchBytes);
    expect(again.flops).toBeGreaterThan(1.2 * stored.flops);
  });
});

describe("bad input", () => {
  const x = [
    [1, 2],
    [3, 4],
  ];
  const failing = (f: (x: Tensor) => Tensor) => {
    const used = engine.bytesInUse;
    let message = "";
    try {
      run(engine, f, x);
    } catch (error) {
      message = `${(error as Error).name}: ${(error as Error).message}`;
    }
    expect(engine.bytesInUse).toBe(used);
    return message;
  };
  type Any = (carry: never, x: never) => never;
  const of = (body: unknown, options: unknown) =>
    scan(body as Any, options as never) as { carry: Tensor; output: Tensor };

  it.each<[string, (x: Tensor) => Tensor, string]>([
    [
      "no function",
      (t) => of(1, { sequences: t }).carry,
      "TypeError: scan: the first argument must be a function of carry and elements, got 1.",
    ],
    [
      "no sequences",
      (t) => of(() => ({}), { carry: t }).carry,
      "TypeError: scan: got no sequences, expected at least 1 tensor [steps, ...].",
    ],
    [
      "a number",
      (t) => of(() => ({}), { sequences: { a: t, b: 3 } }).carry,
      'TypeError: scan: "sequences.b" must be a tensor or a tree of tensors, got 3.',
    ],
    [
      "no option",
      (t) => of(() => ({}), { sequences: t, memorize: 1 }).carry,
      'TypeError: scan: unknown option "memorize". Did you mean "memory"?',
    ],
    [
      "another choice",
      (t) => of(() => ({}), { sequences: t, memory: "none" }).carry,
      'RangeError: scan: memory must be "store" or "recompute", got "none".',
    ],
    [
      "lengths that differ",
      (t) => of(() => ({}), { sequences: { a: t, b: t.slice(0, 0, 1) } }).carry,
      'ShapeError: scan: sequences differ in their number of steps: "sequences.a" has 2, "sequences.b" has shape [1, 2]. Their first axis must be the same.',
    ],
    [
      "no steps",
      (t) => of(() => ({}), { sequences: t.slice(0, 0, 0) }).carry,
      'ShapeError: scan: "sequences" has no steps: got shape [0, 2], expected at least 1.',
    ],
    [
      "a carry of another shape",
      (t) => of((c: Tensor) => ({ carry: c.sum() }), { carry: t, sequences: t }).carry,
      'ShapeError: scan: "carry" changes from step to step: got f64 [], expected f64 [2, 2]. Cast or reshape it in the body, or start from a carry of that shape.',
    ],
    [
      "a carry of another type",
      (t) => of((c: Trees) => ({ carry: { h: c.h!.cast("f32") } }), { carry: { h: t }, sequences: t }).carry,
      'ShapeError: scan: "carry.h" changes from step to step: got f32 [2, 2], expected f64 [2, 2]. Cast or reshape it in the body, or start from a carry of that shape.',
    ],
    [
      "a carry that is missing",
      (t) => of(() => ({ carry: {} }), { carry: { h: t }, sequences: t }).carry,
      'TypeError: scan: the body must return the carry arranged as it got it: expected "carry.h", got nothing. Return { carry, output }.',
    ],
    [
      "a carry too many",
      (t) => of((c: Trees) => ({ carry: { ...c, b: c.a! } }), { carry: { a: t }, sequences: t }).carry,
      'TypeError: scan: the body returns "carry.b", which the first carry does not have.',
    ],
    [
      "a tensor",
      (t) => of((c: Tensor) => c, { carry: t, sequences: t }).carry,
      "TypeError: scan: the body must return { carry, output }, got a tensor.",
    ],
    [
      "a promise",
      (t) => of(async () => ({}), { sequences: t }).carry,
      "TraceError: scan: the body must return { carry, output }, got a promise. Trace without async.",
    ],
    [
      "a tensor of the body outside",
      (t) => {
        let inner = t;
        of(
          (_: undefined, v: Tensor) => {
            inner = v.square();
            return { output: v };
          },
          { sequences: t },
        );
        return inner.sum();
      },
      "TraceError: scan: a tensor of the body is used outside of it. Return it as carry or output.",
    ],
    [
      "too many tensors",
      (t) => {
        const many = Array.from({ length: 130 }, (_, k) => t.slice(1, 0, 1).add(k).exp().reshape([2]));
        return of((_: undefined, v: Tensor) => ({ output: many.reduce((sum, own) => sum.add(own.multiply(v)), v) }), {
          sequences: t,
        }).output;
      },
      "RangeError: scan: the body, or its derivative, reads or returns too many tensors: got 128. Concatenate some.",
    ],
  ])("%s", (_, f, sentence) => {
    expect(failing(f)).toBe(sentence);
    expect(
      flat(run(engine, (t: Tensor) => scan((_: undefined, v: Tensor) => ({ output: v }), { sequences: t }).output, x)),
    ).toEqual([1, 2, 3, 4]);
  });

  it("an index out of range ends the loop, and the engine goes on", () => {
    const f = compile(
      engine,
      ((p: Inputs) =>
        scan((_: undefined, v: Tensor) => ({ output: p.table!.gather(v.cast("i32")) }), { sequences: p.x! })
          .output) as never,
    );
    expect(() => f({ x: [[0], [5], [1]], table: [[1], [2]] })).toThrow(
      "gather: index 0 out of range: got 5, expected 0 .. 1.",
    );
    expect(flat(f({ x: [[0], [1], [1]], table: [[1], [2]] }))).toEqual([1, 2, 2]);
  });
});
