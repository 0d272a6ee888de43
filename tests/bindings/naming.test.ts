// Names are the user's: whatever they are, each thing keeps its own, and nothing else takes it for its own either.

import {
  applyLayer,
  compile,
  createTrainer,
  hessian,
  jacobian,
  type Layer,
  linear,
  meanSquaredError,
  minimizeSync,
  readSafetensors,
  sgd,
  type Tensor,
  type Trainer,
  valueAndGrad,
  writeSafetensors,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { hashOf, wrong } from "./refusals.js";

engineForAll();

type Tree = Readonly<Record<string, Tensor>>;
/** An object with a key that a literal would give another meaning. */
const keyed = (key: string, value: unknown): Record<string, unknown> => Object.fromEntries([[key, value]]);

describe("programs of arrangements that look alike", () => {
  const wide = { a: [1], b: [4] };
  const flat = keyed("a:f641,b", [3]);

  it("are kept apart by compile, valueAndGrad, hessian and jacobian", () => {
    const sum = (p: Tree): Tensor =>
      Object.values(p)
        .map((t) => t.square().sum())
        .reduce((total, t) => total.add(t));
    const f = compile(engine, sum as never);
    expect([f(wide as never), f(flat as never)]).toEqual([17, 9]);
    const g = valueAndGrad(engine, sum as never);
    expect([g(wide as never).value, g(flat as never).value]).toEqual([17, 9]);
    const h = hessian(engine, sum as never);
    const j = jacobian(engine, sum as never);
    for (const tree of [wide, flat]) {
      expect(Object.keys(h(tree as never))).toEqual(Object.keys(tree));
      expect(Object.keys(j(tree as never))).toEqual(Object.keys(tree));
    }
    expect(j(flat as never)).toEqual(keyed("a:f641,b", { data: Float64Array.of(6), shape: [1] }));
  });

  it("also by what is nested and what only has a dot, and by lists and records", () => {
    const kind = (p: never): Tensor => {
      const tree = p as { a?: { b: Tensor }; "a.b"?: Tensor };
      return tree.a ? tree.a.b.multiply(2) : (tree["a.b"] as Tensor).multiply(3);
    };
    const f = compile(engine, kind as never);
    expect([f({ a: { b: 1 } } as never), f({ "a.b": 1 } as never)]).toEqual([2, 3]);
    const g = compile(engine, ((p: Tensor[]) => (p[0] as Tensor).multiply(Array.isArray(p) ? 2 : 3)) as never);
    expect([g([{ data: [1], shape: [] }] as never), g({ 0: { data: [1], shape: [] } } as never)]).toEqual([2, 3]);
  });
});

/** A linear layer whose parameters and running state have names of their own. */
function named(weight: string, state: string): Layer {
  return {
    name: "named",
    parameters: wrong(keyed(weight, { shape: [2, 1], initializer: linear(2, 1).parameters.weight?.initializer })),
    state: wrong(keyed(state, { shape: [1], initializer: ({ trace, dtype }: never) => fillOf(trace, dtype) })),
    apply(parameters, x, context) {
      const kept = context.state[state] as Tensor;
      if (context.training) context.update(wrong(keyed(state, kept.add(1))));
      return x.matmul(parameters[weight] as Tensor);
    },
  };
}
const fillOf = (trace: { fill(value: number, shape: number[], dtype: string): Tensor }, dtype: string) =>
  trace.fill(0, [1], dtype);

const make = (model: Layer): Trainer =>
  createTrainer(engine, {
    model,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    seed: 4,
  });
const data = { inputs: [[1, 2]], targets: [[3]] };

describe("names of parameters and of running state", () => {
  it.each(["constructor", "toString", "hasOwnProperty", "valueOf", "__proto__", "a b[2]", "ü.ü", "loss"])(
    "%s is a layer like any other",
    (name) => {
      const own = named(name === "__proto__" ? "weight" : name, name);
      const inside: Layer = {
        name: "container",
        parameters: wrong(keyed(name, own.parameters)),
        state: wrong(keyed(name, own.state)),
        apply(parameters, x, context) {
          expect(Object.keys(context.state)).toEqual([name]);
          return own.apply(wrong(parameters[name]), x, context.of(name));
        },
      };
      const before = Object.getOwnPropertyNames(Object.prototype).length;
      const trainer = make(inside);
      trainer.step(data);
      const twin = make(inside);
      twin.restore(trainer.save());
      for (const each of [trainer, twin]) each.step(data);
      expect(hashOf(twin)).toBe(hashOf(trainer));
      const full = `${name}.${name}`;
      expect(trainer.state()[full]?.data[0]).toBe(2);
      expect(Object.hasOwn(trainer.parameters(), name === "__proto__" ? "__proto__.weight" : full)).toBe(true);
      twin.setParameters(trainer.parameters());
      twin.setState(trainer.state());
      expect(Object.keys(measuredStep(trainer, data).statistics.parameters)).toEqual(Object.keys(trainer.parameters()));
      expect(Object.getOwnPropertyNames(Object.prototype).length).toBe(before);
      expect(({} as Record<string, unknown>)[name] === undefined || name in Object.prototype).toBe(true);
    },
  );

  it.each<[string, Layer]>([
    ["__proto__", named("__proto__", "mean")],
    ["__metadata__", named("__metadata__", "mean")],
    ["trainer.schedules", named("trainer.schedules", "mean")],
    ["state.mean", named("state.mean", "mean")],
    ["optimizer.0.w", wrong({ ...named("w", "mean"), parameters: both("w", "optimizer.0.w") })],
  ])("%s is already used in checkpoints", (name, model) => {
    const used = engine.bytesInUse;
    expect(() => make(model)).toThrow(new RegExp(`createTrainer: "${name}" is already used in checkpoints`));
    expect(engine.bytesInUse).toBe(used);
  });

  it("state of an applied layer", () => {
    const own = named("w", "constructor");
    const f = compile(
      engine,
      ((x: Tensor) =>
        applyLayer(own, { w: x } as never, x.transpose(), {
          training: true,
          state: keyed("constructor", x.sum().reshape([1])) as never,
        }).state.constructor) as never,
    );
    expect(f([[1], [2]] as never)).toEqual({ data: Float64Array.of(4), shape: [1] });
    expect(() =>
      compile(engine, ((x: Tensor) => applyLayer(own, { w: x } as never, x.transpose()).output) as never)([[1], [2]]),
    ).toThrow(/state "constructor" is missing/);
  });

  it("a metric", () => {
    const trainer = createTrainer(engine, {
      model: linear(2, 1),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.1 }),
      metrics: [{ name: "__proto__", apply: (y: Tensor) => y.multiply(0).add(7).mean() }],
    });
    expect(Object.entries(trainer.evaluate(data)).at(-1)).toEqual(["__proto__", 7]);
  });
});

function both(...names: string[]): unknown {
  const parameter = { shape: [2, 1], initializer: linear(2, 1).parameters.weight?.initializer };
  return Object.fromEntries(names.map((name) => [name, parameter]));
}

it("a point of minimize", () => {
  const f = (p: Tree): Tensor =>
    Object.values(p).reduce((sum, t) => sum.add(t.square().sum()), (p.b as Tensor).multiply(0).sum());
  const { x } = minimizeSync(engine, f as never, { ...keyed("constructor", [2]), b: 3 } as never);
  expect(Object.keys(x)).toEqual(["constructor", "b"]);
});

describe("safetensors", () => {
  it("metadata of any name and size that can be written can be read", () => {
    const texts = { ...keyed("constructor", "a"), 'a"b\\': ':"\\', long: '\\":"'.repeat(2_500_000) };
    const file = writeSafetensors({ 'x:y"': { data: Float32Array.of(1), shape: [1] } }, texts);
    const { metadata, tensors } = readSafetensors(file);
    expect(Object.keys(metadata)).toEqual(Object.keys(texts));
    expect(metadata.long === texts.long).toBe(true);
    expect(Object.keys(tensors)).toEqual(['x:y"']);
  });

  it("what no reader would accept is not written", () => {
    expect(() => writeSafetensors({}, { long: "x".repeat(100_000_001) })).toThrow(
      /writeSafetensors: names and metadata take 1000000\d\d bytes, expected at most 100000000/,
    );
    const wrongShape = { x: { data: Float32Array.of(1, 2), shape: ["2"] } };
    expect(() => writeSafetensors(wrong(wrongShape))).toThrow(/extents must be whole numbers/);
  });

  it("a name twice is still found, and a colon in a text is none", () => {
    const raw = (header: string): Uint8Array => {
      const text = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
      const file = new Uint8Array(8 + text.length);
      new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
      file.set(text, 8);
      return file;
    };
    expect(readSafetensors(raw('{"__metadata__":{"a":"\\\\\\":b:","c":"{\\"d\\":1}"}}')).metadata.a).toBe('\\":b:');
    expect(() => readSafetensors(raw('{"__metadata__":{"a":"1","a":"2"}}'))).toThrow(/a name twice/);
  });
});
