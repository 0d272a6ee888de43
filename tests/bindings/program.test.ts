// Programs: what they cost, what planning removes, and that planning never shows: a program of many ops gives the bits
// of its ops run one by one.

import { concatenate, type NDArray, type Tensor, TraceError, uniform } from "thalweg";
import { describe, expect, it } from "vitest";
import { build, engine, engineForEach } from "./engine.js";
import { expectSameBits, flat, numbers, parkMiller, plain } from "./numbers.js";
import { compile, grad, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

engineForEach();

const f32 = (shape: readonly number[], seed = 7) => ({
  data: Float32Array.from(plain(shape, -1, 1, seed).data),
  shape,
});

describe("cost, known before a program runs", () => {
  it("of a matrix product: 2 m n k operations; each operand read once, the result written once", () => {
    const f = compile(engine, ({ a, b }: Inputs) => a!.matmul(b!));
    const cost = f.cost({ a: f32([32, 100]), b: f32([100, 48]) });
    expect(cost.flops).toBe(2 * 32 * 100 * 48);
    expect(cost.bytes).toBe(4 * (32 * 100 + 100 * 48 + 32 * 48));
    expect(cost.instructions).toBe(1);
    const wide = f.cost({ a: plain([32, 100]), b: plain([100, 48]) });
    expect(wide).toMatchObject({ flops: cost.flops, bytes: 2 * cost.bytes });
  });

  it("of a stack of products, transposed or not", () => {
    for (const transposeB of [false, true]) {
      const f = compile(engine, ({ a, b }: Inputs) => a!.matmul(b!, { transposeB }));
      expect(f.cost({ a: f32([5, 3, 4]), b: f32(transposeB ? [5, 6, 4] : [5, 4, 6]) }).flops).toBe(2 * 5 * 3 * 4 * 6);
    }
  });

  it("of pointwise ops and sums: one operation an element", () => {
    expect(compile(engine, (x: Tensor) => x.exp()).cost(f32([1000])).flops).toBe(1000);
    expect(compile(engine, (x: Tensor) => x.sum()).cost(f32([10, 100])).flops).toBe(1000);
    expect(compile(engine, (x: Tensor) => x.reshape([10, 100])).cost(f32([1000])).flops).toBe(0);
  });

  it("asking does not run, and running does not change it", () => {
    let traced = 0;
    const f = compile(engine, (x: Tensor) => {
      traced++;
      return x.exp().sum();
    });
    const cost = f.cost(f32([50]));
    f(f32([50]));
    expect(f.cost(f32([50]))).toEqual(cost);
    expect(traced).toBe(1);
    expect(f.cost(f32([60])).flops).toBeGreaterThan(cost.flops);
    expect(traced).toBe(2);
  });
});

describe("planning", () => {
  const instructions = (f: (x: Tensor) => Tensor, shape = [100]): number =>
    compile(engine, f).cost(f32(shape)).instructions;

  it("drops dead nodes", () => {
    const live = instructions((x) => x.exp().sum());
    expect(
      instructions((x) => {
        x.sin().sum();
        return x.exp().sum();
      }),
    ).toBe(live);
  });

  it("merges equal nodes: same op, inputs, attributes", () => {
    const once = instructions((x) => {
      const e = x.exp();
      return e.multiply(e).sum();
    });
    expect(instructions((x) => x.exp().multiply(x.exp()).sum())).toBe(once);
    const shared = (x: Tensor): Tensor => {
      const c = x.clamp(0, 1);
      return c.add(c).sum();
    };
    expect(instructions((x) => x.clamp(0, 1).add(x.clamp(0, 1)).sum())).toBe(instructions(shared));
    expect(instructions((x) => x.clamp(0, 1).add(x.clamp(0, 2)).sum())).toBe(
      instructions((x) => x.clamp(0, 1).add(x.clamp(0, 3)).sum()),
    );
    expect(instructions((x) => x.clamp(0, 1).add(x.clamp(0, 2)).sum())).toBeGreaterThan(
      instructions((x) => x.clamp(0, 1).add(x.clamp(0, 1)).sum()),
    );
  });

  it("does not merge random tensors: each has its own numbers", () => {
    const [a, b] = flat(
      run(engine, (x: Tensor) => concatenate([uniform(engine, [1]), uniform(engine, [1])]).add(x), 0),
    ) as [number, number];
    expect(a).not.toBe(b);
  });

  it("reuses memory by liveness: scratch of a chain does not grow with its length", () => {
    const scratch = (length: number): number =>
      compile(engine, (x: Tensor) => {
        let t = x;
        for (let k = 0; k < length; k++) t = t.matmul(x).tanh().add(k);
        return t.sum();
      }).cost(f32([64, 64])).scratchBytes;
    expect(scratch(60)).toBe(scratch(4));
    expect(scratch(4)).toBeLessThan(4 * 64 * 64 * 4 + 128 * 1024);
  });

  it("keeps what is read late", () => {
    const x = f32([64, 64]);
    const chain = (x: Tensor): Tensor => {
      const early = x.exp();
      let t = x;
      for (let k = 0; k < 10; k++) t = t.matmul(x).tanh();
      return t.add(early);
    };
    let t: NDArray = x;
    const early = run(engine, (x: Tensor) => x.exp(), x) as NDArray;
    for (let k = 0; k < 10; k++) {
      t = run(engine, ({ t, x }: Inputs) => t!.matmul(x!), { t, x }) as NDArray;
      t = run(engine, (t: Tensor) => t.tanh(), t) as NDArray;
    }
    expectSameBits(
      run(engine, chain, x),
      run(engine, ({ t, early }: Inputs) => t!.add(early!), { t, early }),
    );
  });

  it("elementwise chains need no scratch that grows with the tensor", () => {
    const scratch = (size: number): number =>
      compile(engine, (x: Tensor) => x.exp().add(1).log().tanh().multiply(x)).cost(f32([size])).scratchBytes;
    expect(scratch(1 << 20)).toBe(scratch(1 << 14));
  });
});

const pointwise: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  exp: (x) => x.clamp(-5, 5).exp(),
  tanh: (x) => x.tanh(),
  add: (x) => x.add(0.25),
  multiply: (x) => x.multiply(1.25),
  gelu: (x) => x.gelu(),
  sigmoid: (x) => x.sigmoid(),
  square: (x) => x.square().minimum(3),
  sin: (x) => x.sin(),
  relu: (x) => x.relu().subtract(0.1),
  log1p: (x) => x.abs().log1p(),
};

describe("fused chains equal their ops one by one, bit for bit", () => {
  const names = Object.keys(pointwise);

  it.each([1, 3, 4, 5, 1000, 1023, 1024, 1025, 2048, 3001, 5000])("%d elements", (size) => {
    const x = f32([size]);
    let alone: NDArray = x;
    for (const name of names) alone = run(engine, pointwise[name]!, alone) as NDArray;
    const fused = (x: Tensor): Tensor => names.reduce((t, name) => pointwise[name]!(t), x);
    expectSameBits(run(engine, fused, x), alone);
  });

  it("a chain longer than a unit holds, and values that are read again and again", () => {
    const x = f32([1500]);
    let alone: NDArray = x;
    for (let k = 0; k < 200; k++) alone = run(engine, pointwise[names[k % names.length]!]!, alone) as NDArray;
    const long = (x: Tensor): Tensor => {
      let t = x;
      for (let k = 0; k < 200; k++) t = pointwise[names[k % names.length]!]!(t);
      return t;
    };
    expectSameBits(run(engine, long, x), alone);
    const again = run(
      engine,
      (x: Tensor) => {
        const parts = Array.from({ length: 100 }, (_, k) => x.multiply(1 + k / 64).tanh());
        return parts.reduce((total, part) => total.add(part));
      },
      x,
    );
    let total: NDArray | null = null;
    for (let k = 0; k < 100; k++) {
      const part = run(engine, (x: Tensor) => x.multiply(1 + k / 64).tanh(), x) as NDArray;
      total = total === null ? part : (run(engine, ({ a, b }: Inputs) => a!.add(b!), { a: total, b: part }) as NDArray);
    }
    expectSameBits(again, total);
  });

  it("many sizes at once, more than chains that can wait", () => {
    const sizes = Array.from({ length: 40 }, (_, k) => 5 + 3 * k);
    const given = Object.fromEntries(sizes.map((size) => [`x${size}`, f32([size], size)]));
    const f = (inputs: Inputs): Tensor => {
      let tensors = Object.values(inputs);
      for (let k = 0; k < 3; k++) tensors = tensors.map((t) => t.tanh().add(0.5).sin());
      return concatenate(tensors);
    };
    const expected = Object.values(given).flatMap((x) => {
      let t: NDArray = x;
      for (let k = 0; k < 9; k++) t = run(engine, (t: Tensor) => [t.tanh(), t.add(0.5), t.sin()][k % 3]!, t) as NDArray;
      return flat(t);
    });
    expectSameBits(run(engine, f, given), expected);
  });
});

/** Draws random programs over tensors of [n, n], [n, 1], [1, n] and [] and runs them whole and op by op. */
describe("random programs equal their ops one by one, bit for bit", () => {
  type Step = { readonly inputs: number[]; readonly apply: (...tensors: Tensor[]) => Tensor };
  const n = 33;
  const unaryOps: ((x: Tensor) => Tensor)[] = [
    (x) => x.tanh(),
    (x) => x.negate(),
    (x) => x.sigmoid(),
    (x) => x.abs().sqrt(),
    (x) => x.clamp(-0.5, 0.5),
    (x) => x.transpose(),
    (x) => x.sum({ axes: 1, keepDimensions: true }).multiply(0.02),
    (x) => x.sum({ axes: 0, keepDimensions: true }).multiply(0.02),
    (x) => x.max({ axes: 0, keepDimensions: true }),
    (x) => x.softmax(),
    (x) => x.cumulativeSum(1).multiply(0.05),
    (x) => x.slice(0, 0, 1),
    (x) => x.slice(1, -1),
    (x) => x.mean({ keepDimensions: true }),
    (x) =>
      x
        .broadcastTo([n, n])
        .reshape([n * n])
        .reshape([n, n]),
    (x) =>
      x
        .broadcastTo([n, n])
        .slice(0, 1)
        .pad([
          [0, 1],
          [0, 0],
        ]),
  ];
  const binaryOps: ((a: Tensor, b: Tensor) => Tensor)[] = [
    (a, b) => a.add(b),
    (a, b) => a.multiply(b),
    (a, b) => a.subtract(b),
    (a, b) => a.maximum(b),
    (a, b) => a.less(b).where(a, b),
    (a, b) =>
      a
        .broadcastTo([n, n])
        .matmul(b.broadcastTo([n, n]))
        .multiply(0.05),
    (a, b) =>
      a
        .broadcastTo([n, n])
        .matmul(b.broadcastTo([n, n]), { transposeA: true, transposeB: true })
        .multiply(0.05),
    (a, b) => concatenate([a.broadcastTo([n, n]).slice(1, 0, 20), b.broadcastTo([n, n]).slice(1, 20)], 1),
  ];

  it.each(Array.from({ length: build === "debug" ? 12 : 40 }, (_, k) => k + 1))("program %d", (seed) => {
    const draw = parkMiller(seed * 7919);
    const pick = (count: number): number => Math.floor(draw() * count);
    const steps: Step[] = [];
    const first = [f32([n, n], seed), f32([n, 1], seed + 1), f32([1, n], seed + 2)];
    const count = 10 + pick(30);
    for (let k = 0; k < count; k++) {
      const available = first.length + steps.length;
      if (draw() < 0.5) steps.push({ inputs: [pick(available)], apply: unaryOps[pick(unaryOps.length)]! });
      else steps.push({ inputs: [pick(available), pick(available)], apply: binaryOps[pick(binaryOps.length)]! });
    }
    const values: NDArray[] = [...first];
    for (const { inputs, apply } of steps) {
      const given = Object.fromEntries(inputs.map((k, place) => [`x${place}`, values[k] as NDArray]));
      values.push(run(engine, (p: Inputs) => apply(...Object.values(p)), given) as NDArray);
    }
    const kept = steps
      .map((_, k) => k + first.length)
      .filter((k) => k % 3 === 0 || k === first.length + steps.length - 1);
    const whole = (p: Inputs): Tensor => {
      const tensors = Object.values(p);
      for (const { inputs, apply } of steps) tensors.push(apply(...inputs.map((k) => tensors[k] as Tensor)));
      return concatenate(kept.map((k) => tensors[k]!.reshape([-1])));
    };
    const given = { x: first[0]!, y: first[1]!, z: first[2]! };
    expectSameBits(
      run(engine, whole, given),
      kept.flatMap((k) => flat(values[k])),
    );
  });
});

describe("freeing", () => {
  const x = f32([8]);
  const transforms = {
    compile: () => {
      const f = compile(engine, (x: Tensor) => x.exp());
      return { call: () => f(x), f };
    },
    grad: () => {
      const f = grad(engine, (x: Tensor) => x.exp().sum());
      return { call: () => f(x), f };
    },
    valueAndGrad: () => {
      const f = valueAndGrad(engine, (x: Tensor) => x.exp().sum());
      return { call: () => f(x), f };
    },
    hvp: () => {
      const f = hvp(engine, (x: Tensor) => x.exp().sum());
      return { call: () => f(x, x), f };
    },
  } as const;

  it.each(Object.keys(transforms) as (keyof typeof transforms)[])(
    "%s gives all its memory back, once, and is of no use then",
    (name) => {
      run(engine, (x: Tensor) => x.exp().sum(), x); // the engine's own scratch is there from now on
      const before = engine.bytesInUse;
      const { call, f } = transforms[name]();
      call();
      expect(engine.bytesInUse).toBeGreaterThan(before);
      f.free();
      expect(engine.bytesInUse).toBe(before);
      expect(call).toThrowError(TraceError);
      expect(call).toThrowError(/freed/);
      f.free();
      f[Symbol.dispose]();
      expect(engine.bytesInUse).toBe(before);
      transforms[name]().call();
    },
  );

  it("10,000 cycles of making and freeing keep the bytes in use flat", () => {
    const cycle = (k: number): void => {
      const f = compile(engine, (x: Tensor) => x.multiply(k).exp().sum());
      f([1, 2, 3]);
      f.free();
    };
    for (let k = 0; k < 10; k++) cycle(k);
    const before = [engine.bytesInUse, engine.memoryBytes];
    for (let k = 0; k < 10000; k++) cycle(k);
    expect([engine.bytesInUse, engine.memoryBytes]).toEqual(before);
  });

  it("a function that throws while it is traced leaves nothing behind", () => {
    const fail = (): void => {
      expect(() => run(engine, (x: Tensor) => x.exp().add([1, 2, 3, 4, 5]).sum(), x)).toThrowError(/shapes do not fit/);
      expect(() =>
        run(
          engine,
          () => {
            throw new Error("own");
          },
          x,
        ),
      ).toThrowError("own");
    };
    fail();
    const before = engine.bytesInUse;
    for (let k = 0; k < 100; k++) fail();
    expect(engine.bytesInUse).toBe(before);
  });
});

it("a tree of arguments goes by name, not by the order of its keys", () => {
  const f = compile(engine, ({ a, b }: Inputs) => a!.subtract(b!));
  expect(f({ a: 5, b: 3 })).toBe(2);
  expect(f({ b: 3, a: 5 })).toBe(2);
  const g = grad(engine, ({ a, b }: Inputs) => a!.multiply(3).add(b!.multiply(5)));
  for (const given of [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ])
    expect(Object.fromEntries(Object.entries(g(given)).map(([key, value]) => [key, flat(value)]))).toEqual({
      a: [3],
      b: [5],
    });
  const h = hvp(engine, ({ a, b }: Inputs) => a!.square().add(b!.square().multiply(b!)));
  const answer = h({ a: 1, b: 2 }, { b: 0, a: 1 });
  expect([flat(answer.a), flat(answer.b)]).toEqual([[2], [0]]);
});

it("numbers of a program's constants survive, whatever is compiled in between", () => {
  const table = numbers(3000);
  const f = compile(engine, (x: Tensor) => x.add(table));
  const before = flat(f(0));
  for (let k = 0; k < 20; k++) run(engine, (x: Tensor) => x.broadcastTo([100, 100]).exp().sum(), k);
  expectSameBits(f(0), before);
  expectSameBits(before, table);
});
