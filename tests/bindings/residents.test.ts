// Arrays that stay in the engine: the same bits as by copies, read where they lie, guarded, and freed.

import {
  compile,
  constant,
  createDataset,
  createTrainer,
  grad,
  hessian,
  hvp,
  jacobian,
  linear,
  lossSurface,
  meanSquaredError,
  type NDArray,
  type Resident,
  resident,
  sgd,
  type Tensor,
  TraceError,
  valueAndGrad,
} from "thalweg";
import { describe, expect, it, vi } from "vitest";
import { engine, engineForAll, testEngine } from "./engine.js";
import { expectSameBits } from "./numbers.js";

engineForAll();

const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 97) / 32);
const x32 = () => ({ data: numbers(6), shape: [2, 3] });

/** Bytes in use, once what was made before is set aside. */
const growth = (body: () => void): number => {
  const before = engine.bytesInUse;
  body();
  return engine.bytesInUse - before;
};

describe("resident", () => {
  it.each<[string, Parameters<typeof resident>[1], string, readonly number[]]>([
    ["a number", 3, "f64", []],
    ["nested arrays", [[1, 2, 3]], "f64", [1, 3]],
    ["Float32Array", Float32Array.of(1, 2), "f32", [2]],
    ["Float64Array", Float64Array.of(1, 2), "f64", [2]],
    ["Int32Array", Int32Array.of(1, 2), "i32", [2]],
    ["bytes", Uint8Array.of(1, 255), "f64", [2]],
    ["an empty array", [], "f64", [0]],
  ])("keeps %s with its type and shape", (_, array, dtype, shape) => {
    using handle = resident(engine, array);
    expect(handle.dtype).toBe(dtype);
    expect(handle.shape).toEqual(shape);
    expectSameBits(handle.data, compile(engine, (x) => x.reshape([-1]))(array));
  });

  it("is a copy: later changes of the array do not reach it", () => {
    const data = Float32Array.of(1, 2);
    using handle = resident(engine, data);
    data[0] = 9;
    expect(Array.from(handle.data)).toEqual([1, 2]);
    expect(handle.data).toBe(handle.data);
  });
});

describe("a chain", () => {
  it("has the bits of the chain that copies", () => {
    const first = compile(engine, (x: Tensor) => x.exp().multiply(0.125));
    const second = compile(engine, (x: Tensor) => x.softmax());
    const third = compile(engine, (x: Tensor) => x.sum({ axes: 0 }));
    const copied = third(second(first(x32()) as NDArray) as NDArray) as NDArray;
    const kept = third.resident(second.resident(first.resident(resident(engine, x32()))));
    expect(kept.shape).toEqual(copied.shape);
    expect(kept.dtype).toBe("f32");
    expectSameBits(kept.data, copied.data);
  });

  it("copies nothing: arguments are read where they lie, results are not written over", () => {
    const shift = compile(engine, ({ a, b }: { a: Tensor; b: Tensor }) => a.subtract(b));
    using a = resident(engine, Float64Array.of(5, 7));
    using b = resident(engine, [1, 2]);
    using difference = shift.resident({ a, b });
    using twice = shift.resident({ a: difference, b: difference });
    using other = shift.resident({ a: b, b: a });
    // The data getter is what copies out.
    const read = vi.spyOn(Object.getPrototypeOf(a), "data", "get");
    using again = shift.resident({ a: difference, b: other });
    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
    expect(Array.from(difference.data)).toEqual([4, 5]);
    expect(Array.from(twice.data)).toEqual([0, 0]);
    expect(Array.from(other.data)).toEqual([-4, -5]);
    expect(Array.from(again.data)).toEqual([8, 10]);
    expect([Array.from(a.data), Array.from(b.data)]).toEqual([
      [5, 7],
      [1, 2],
    ]);
  });

  it("mixes residents with other arrays in the same program", () => {
    const scaled = compile(engine, ({ x, w }: { x: Tensor; w: Tensor }) => x.multiply(w));
    const w = Float32Array.of(2, 3, 4);
    using x = resident(engine, x32());
    const expected = scaled({ x: x32(), w });
    const before = engine.bytesInUse;
    expectSameBits(scaled({ x, w }), expected);
    using kept = resident(engine, w);
    expectSameBits(scaled({ x: x32(), w: kept }), expected);
    expectSameBits(scaled({ x, w: kept }), expected);
    expect(engine.bytesInUse - before).toBeLessThanOrEqual(2 ** 16);
  });

  it("takes more arrays than there are spaces for", () => {
    const names = Array.from({ length: 300 }, (_, k) => `p${k}`);
    const total = compile(engine, (tree: Record<string, Tensor>) =>
      names.map((name, k) => (tree[name] as Tensor).multiply(k)).reduce((sum, term) => sum.add(term)),
    );
    const plain = Object.fromEntries(names.map((name, k) => [name, [k, 1]]));
    const kept = Object.fromEntries(names.map((name) => [name, resident(engine, plain[name] as number[])]));
    const wanted = names.reduce((sum, _, k) => sum + k * k, 0);
    expect((total(plain) as NDArray).data[0]).toBe(wanted);
    expectSameBits(total(kept), total(plain));
  });
});

describe("transforms", () => {
  const f = ({ w, b }: { w: Tensor; b: Tensor }): Tensor => w.square().multiply(b).sum();
  const point = { w: Float64Array.of(1, 2), b: Float64Array.of(3, 4) };
  const kept = () => ({ w: resident(engine, point.w), b: resident(engine, point.b) });

  it("valueAndGrad and grad take and leave residents, arranged like x", () => {
    const gradient = grad(engine, f);
    const both = valueAndGrad(engine, f);
    const left = both.resident(kept());
    expect(left.value).toBe(19);
    expect(Array.from(left.gradient.w.data)).toEqual([6, 16]);
    expect(Array.from(left.gradient.b.data)).toEqual([1, 4]);
    expectSameBits(gradient.resident(point).w, left.gradient.w);
    expectSameBits(gradient(kept()).b, left.gradient.b);
    expect(grad(engine, (x) => x.square().sum()).resident([3]).shape).toEqual([1]);
  });

  it("hvp takes and leaves them", () => {
    const product = hvp(engine, f);
    const v = { w: [1, 0], b: [0, 1] };
    const left = product.resident(kept(), { w: resident(engine, v.w), b: v.b });
    expectSameBits(left.w, product(point, v).w);
    // d/dw (2 w b) v: 2 b v_w + 2 w v_b.
    expect(Array.from(left.w.data)).toEqual([6, 4]);
    // A vector of another type is converted, as without residents.
    using narrow = resident(engine, Float32Array.of(1, 0));
    expectSameBits(product(point, { w: narrow, b: v.b }).w, left.w);
  });

  it("hessian, jacobian and surfaces read them", () => {
    expect(hessian(engine, f)(kept())).toEqual(hessian(engine, f)(point));
    const square = (x: Tensor): Tensor => x.square();
    expectSameBits(jacobian(engine, square)(kept().w), jacobian(engine, square)(point.w));
    expect(lossSurface(engine, f, kept()).value()).toBe(19);
  });

  it("a descent by hand without a copy ends where the copying one does", () => {
    const slope = grad(engine, (x: Tensor) => x.subtract([1, 2]).square().sum());
    const move = compile(engine, ({ x, g }: { x: Tensor; g: Tensor }) => x.subtract(g.multiply(0.25)));
    let plain: NDArray = { data: Float64Array.of(9, -9), shape: [2] };
    let x: Resident = resident(engine, plain);
    for (let step = 0; step < 20; step++) {
      plain = move({ x: plain, g: slope(plain) }) as NDArray;
      using before = x;
      using g = slope.resident(before);
      x = move.resident({ x: before, g });
    }
    expectSameBits(x, plain);
  });
});

describe("memory", () => {
  it("is given back by free, of results that share a region with the last of them", () => {
    const both = grad(engine, ({ a, b }: { a: Tensor; b: Tensor }) => a.multiply(b).sum());
    const x = { a: numbers(50_000), b: numbers(50_000) };
    both(x);
    expect(
      growth(() => {
        const { a, b } = both.resident(x);
        const used = engine.bytesInUse;
        a.free();
        expect(engine.bytesInUse).toBe(used);
        expect(b.data[1]).toBe(x.a[1]);
        b.free();
        b.free();
        expect(engine.bytesInUse).toBeLessThan(used);
      }),
    ).toBe(0);
    expect(
      growth(() => {
        for (let k = 0; k < 1000; k++) both.resident(x).a.free();
      }),
    ).toBeGreaterThan(0);
  });

  it("does not grow in a loop that frees", () => {
    const next = compile(engine, (x: Tensor) => x.add(1));
    let x = resident(engine, numbers(1000));
    next.resident(x).free();
    expect(
      growth(() => {
        for (let k = 0; k < 2000; k++) {
          const y = next.resident(x);
          x.free();
          x = y;
        }
      }),
    ).toBe(0);
    expect(x.data[0]).toBe(2000);
  });

  it("refuses what does not fit, and is as before", async () => {
    const small = await testEngine({ memoryLimit: 2 ** 22 });
    const wide = compile(small, (x) => x.broadcastTo([1000, 100]));
    expect(() => resident(small, new Float64Array(2 ** 19))).toThrow(/^resident: engine: out of memory/);
    const before = small.bytesInUse;
    expect(() => wide.resident([1])).not.toThrow();
    expect(() => Array.from({ length: 9 }, () => wide.resident([1]))).toThrow(/out of memory/);
    expect(compile(small, (x) => x.sum())([1, 2])).toBe(3);
    expect(small.bytesInUse).toBeGreaterThan(before);
  });
});

describe("guards", () => {
  it("after free every use throws, and the function stays usable", () => {
    const f = compile(engine, (x: Tensor) => x.add(1));
    const x = resident(engine, [1]);
    f(x);
    x.free();
    x.free();
    const words = "resident: used after it was freed. Make it again, or free it later.";
    expect(() => x.data).toThrow(new TraceError(words));
    expect(() => f(x)).toThrow(new TraceError(words));
    expect(() => f.resident(x)).toThrow(new TraceError(words));
    expect(f([1])).toEqual({ data: Float64Array.of(2), shape: [1] });
  });

  it("freed by the function that reads it, while it is traced", () => {
    const x = resident(engine, [1]);
    const f = compile(engine, (t: Tensor) => {
      x.free();
      return t;
    });
    expect(() => f.resident(x)).toThrow(/^resident: used after it was freed/);
    expect(growth(() => expect(() => f.resident(x)).toThrow(TraceError))).toBe(0);
  });

  it("of another engine it is copied, as any array", async () => {
    const other = await testEngine();
    using x = resident(other, Float32Array.of(1, 2));
    expectSameBits(compile(engine, (t) => t.multiply(2))(x), [2, 4]);
  });

  it("of a broken engine its numbers are not to be had", async () => {
    const other = await testEngine();
    const x = resident(other, [1]);
    expect(() => other.call(() => other.core.run(0, 0, 0))).toThrow(/trapped/);
    expect(() => x.data).toThrow(/^engine: broken by an earlier trap/);
    expect(() => x.free()).not.toThrow();
  });

  it("is no tensor: inside a function it becomes a constant, as any array", () => {
    using x = resident(engine, [1, 2]);
    expectSameBits(compile(engine, (t) => t.add(x).add(constant(engine, x)))([1, 1]), [3, 5]);
  });

  it("is taken wherever an array is", () => {
    using x = resident(engine, [[1], [2]]);
    using trainer = createTrainer(engine, {
      model: linear(1, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
    });
    expectSameBits(trainer.predict(x), trainer.predict([[1], [2]]));
    createDataset(engine, { inputs: x, targets: x }).free();
  });
});
