// Trained models as functions: against predict, finite differences, closed forms and models written by hand.

import {
  applyLayer,
  batchNorm,
  compile,
  createTrainer,
  dropout,
  ema,
  embedding,
  flatten,
  grad,
  gradientCheck,
  hessian,
  jacobian,
  linear,
  linearSchedule,
  lossSurface,
  meanSquaredError,
  minimizeSync,
  modelFunction,
  type NDArray,
  resident,
  sequential,
  sgd,
  type Tensor,
  TraceError,
  type Trainer,
  type TrainerOptions,
  tanh,
  valueAndGrad,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll, testEngine } from "./engine.js";
import { expectClose, expectSameBits } from "./numbers.js";

engineForAll();

const inputs = [
  [1, 2],
  [3, 4],
  [0.5, -1],
];
const f32 = { data: Float32Array.from(inputs.flat()), shape: [3, 2] };
const samples = { inputs, targets: [[1], [2], [3]] };

function trained(options: Partial<TrainerOptions> = {}, steps = 20): Trainer {
  const trainer = createTrainer(engine, {
    model: sequential([linear(2, 5), batchNorm(5), tanh(), dropout(0.5), linear(5, 1)]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.05 }),
    standardize: { mean: [0.5, 1], deviation: [2, 3] },
    seed: 3,
    ...options,
  });
  for (let k = 0; k < steps; k++) trainer.step(samples);
  return trainer;
}

describe("modelFunction", () => {
  it.each<[string, Partial<TrainerOptions>]>([
    ["by channel standardized", {}],
    ["standardized while gathering", { standardize: { mean: 0.5, deviation: 2 } }],
    ["as they are", { model: linear(2, 1), standardize: { mean: 0, deviation: 1 } }],
    ["in f64", { dtype: "f64" }],
  ])("has the bits of predict: inputs %s", (_, options) => {
    using trainer = trained(options);
    const x = options?.dtype === "f64" ? inputs : f32;
    const model = modelFunction(trainer);
    const f = compile(engine, (x: Tensor) => model(x));
    expectSameBits(f(x), trainer.predict(inputs));
    // In f64 the same weights, with less rounding.
    expectClose(f(inputs), trainer.predict(inputs), 1e-6);
  });

  it("of integers and bytes computes what predict does", () => {
    using trainer = trained(
      { model: sequential([embedding(9, 3), flatten(), linear(6, 1)]), standardize: { mean: 0, deviation: 1 } },
      0,
    );
    const model = modelFunction(trainer);
    const whole = { data: Int32Array.of(1, 8, 0, 2), shape: [2, 2] };
    const f = compile(engine, (x: Tensor) => model(x));
    expectSameBits(f(whole), trainer.predict(whole));
    expectClose(f({ ...whole, data: Uint8Array.from(whole.data) }), trainer.predict(whole), 1e-6);
  });

  it("reads the weights of the moment of each call, without copies", () => {
    using trainer = trained();
    const model = modelFunction(trainer);
    const f = compile(engine, (x: Tensor) => model(x));
    const first = (f(f32) as NDArray).data;
    trainer.step(samples);
    expect(Array.from((f(f32) as NDArray).data)).not.toEqual(Array.from(first));
    expectSameBits(f(f32), trainer.predict(inputs));
    const saved = trainer.save();
    trainer.setParameters({ "4.bias": [7] });
    trainer.setState({ "1.mean": [1, 2, 3, 4, 5] });
    expectSameBits(f(f32), trainer.predict(inputs));
    trainer.restore(saved);
    expectSameBits(f(f32), trainer.predict(inputs));
  });

  it("reads the running state, and the average of the weights", () => {
    using trainer = trained({ average: ema({ decay: 0.5 }) }, 0);
    const f = (options: { weights?: "current" | "average" }) => {
      const model = modelFunction(trainer, options);
      return compile(engine, (x: Tensor) => model(x));
    };
    const [current, average] = [f({}), f({ weights: "average" })];
    expectSameBits(average(f32), trainer.predict(inputs, { weights: "average" }));
    // Until any were averaged, it is that of the weights.
    trainer.setParameters({ "4.bias": [3] });
    const moved = average(f32);
    expectSameBits(moved, trainer.predict(inputs, { weights: "average" }));
    for (let k = 0; k < 5; k++) trainer.step(samples);
    expectSameBits(average(f32), trainer.predict(inputs, { weights: "average" }));
    expectSameBits(current(f32), trainer.predict(inputs));
    expect(Array.from((average(f32) as NDArray).data)).not.toEqual(Array.from((current(f32) as NDArray).data));
  });

  it("follows the schedules of layers", () => {
    const rate = linearSchedule({ from: 0, to: 0.5, length: 10 });
    using trainer = trained({ model: sequential([linear(2, 3), dropout(rate, { mode: "testScaled" })]) as never }, 0);
    const model = modelFunction(trainer);
    const f = compile(engine, (x: Tensor) => model(x).sum({ axes: 1 }));
    const sums = () => {
      const { data, shape } = trainer.predict(inputs);
      return Array.from({ length: shape[0] as number }, (_, i) =>
        Math.fround(data[3 * i]! + data[3 * i + 1]! + data[3 * i + 2]!),
      );
    };
    expectClose(f(f32), sums(), 1e-6);
    for (let k = 0; k < 4; k++) trainer.step({ inputs, targets: inputs.map(() => [0, 0, 0]) });
    expectClose(f(f32), sums(), 1e-6);
  });

  it("has the gradient by the inputs of finite differences, in f64 also for a trainer in f32", () => {
    using trainer = trained();
    const model = modelFunction(trainer);
    const slopes = grad(engine, (x) => model(x).sum());
    const check = gradientCheck(engine, (x) => model(x).sum());
    expect(check(inputs).passed).toBe(true);
    expect(slopes(inputs).data).toBeInstanceOf(Float64Array);
    expect(slopes(f32).data).toBeInstanceOf(Float32Array);
    expectClose(slopes(f32), slopes(inputs), 1e-5);
  });

  it("in hessian and jacobian: closed forms of tanh(w x + b)", () => {
    using trainer = trained({ model: sequential([linear(2, 1), tanh()]), standardize: { mean: 0, deviation: 1 } });
    const model = modelFunction(trainer);
    const second = hessian(engine, (x) => model(x).sum());
    const first = jacobian(engine, (x) => model(x));
    const closed = () => {
      const { "0.weight": w, "0.bias": b } = trainer.parameters() as Record<string, NDArray>;
      const [w0, w1] = [w!.data[0]!, w!.data[1]!];
      const t = Math.tanh(w0 * 1 + w1 * 2 + b!.data[0]!);
      const [d1, d2] = [1 - t * t, -2 * t * (1 - t * t)];
      return { first: [d1 * w0, d1 * w1], second: [d2 * w0 * w0, d2 * w0 * w1, d2 * w0 * w1, d2 * w1 * w1] };
    };
    for (let round = 0; round < 2; round++) {
      expectClose(second([[1, 2]]), closed().second, 1e-14);
      expectClose(first([[1, 2]]), closed().first, 1e-14);
      trainer.step(samples); // the weights move, the programs stay
    }
  });

  it("in a surface reads the weights at each call; in minimize those when it is traced", () => {
    using trainer = trained({ model: linear(2, 1), standardize: { mean: 0, deviation: 1 } });
    const model = modelFunction(trainer);
    const surface = lossSurface(engine, (x) => model(x).sum(), [[1, 2]]);
    expectClose(surface.value(), trainer.predict([[1, 2]]), 1e-6);
    trainer.setParameters({ bias: [5] });
    expectClose(surface.value(), trainer.predict([[1, 2]]), 1e-6);
    const { x } = minimizeSync(engine, (x) => model(x).subtract(3).square().sum(), [[1, 2]]);
    expectClose(trainer.predict(x as never), [3], 1e-5);
  });

  it("by the parameters: the gradient of a step of descent, with plain arrays in the type of the parameters", () => {
    using trainer = trained({
      model: sequential([linear(2, 4), tanh(), linear(4, 1)]),
      standardize: { mean: 0, deviation: 1 },
    });
    const model = modelFunction(trainer);
    const loss = ({ parameters, x }: { parameters: Record<string, Tensor>; x: Tensor }): Tensor =>
      model(x, parameters).subtract(samples.targets).square().mean();
    const before = trainer.parameters();
    const { value, gradient } = valueAndGrad(engine, loss)({ parameters: before, x: inputs } as never) as unknown as {
      value: number;
      gradient: { parameters: Record<string, NDArray>; x: NDArray };
    };
    expect(trainer.step(samples).loss).toBeCloseTo(value, 6);
    const after = trainer.parameters();
    for (const [name, { data }] of Object.entries(gradient.parameters)) {
      expect(data).toBeInstanceOf(Float32Array);
      expectClose(
        Array.from(data, (g, k) => (before[name] as NDArray).data[k]! - 0.05 * g),
        after[name]!.data,
        1e-6,
      );
    }
    expect(gradient.x.data).toBeInstanceOf(Float32Array);
    // Some of them: the others are the trainer's.
    const part = { "2.bias": Float64Array.of(0) };
    const shifted = compile(engine, ({ p, x }: { p: Record<string, Tensor>; x: Tensor }) => model(x, p));
    const base = compile(engine, (x: Tensor) => model(x));
    const bias = (after["2.bias"] as NDArray).data[0] as number;
    expectClose(
      shifted({ p: part, x: inputs } as never),
      Array.from((base(inputs) as NDArray).data, (y) => y - bias),
      1e-14,
    );
  });

  it("of two trainers in turns, in every transform", () => {
    const options = { model: sequential([linear(2, 1), tanh()]), standardize: { mean: 0, deviation: 1 } };
    using a = trained({ ...options, seed: 1 });
    using b = trained({ ...options, seed: 2 });
    const of = (trainer: Trainer) => {
      const model = modelFunction(trainer);
      const f = (x: Tensor) => model(x).sum();
      const surface = lossSurface(engine, f, [[1, 2]]);
      const transforms = [compile(engine, f), grad(engine, f), hessian(engine, f), jacobian(engine, f)];
      return [
        () => surface.value(),
        ...transforms.map((transform) => () => (transform as (x: unknown) => unknown)([[1, 2]])),
      ];
    };
    const [first, second] = [of(a), of(b)];
    const alone = first.map((call) => call());
    for (const [k, call] of first.entries()) {
      for (const other of second) other();
      expect(call()).toEqual(alone[k]);
    }
    expect(second.map((call) => call())).not.toEqual(alone);
  });

  it("of several trainers, and with residents", () => {
    const models = Array.from({ length: 20 }, (_, seed) => trained({ seed }, 1));
    const functions = models.map((trainer) => modelFunction(trainer));
    const mean = compile(engine, (x: Tensor) =>
      functions
        .map((f) => f(x))
        .reduce((sum, y) => sum.add(y))
        .divide(functions.length),
    );
    using x = resident(engine, f32);
    const wanted = inputs.map(
      (_, i) => models.reduce((sum, trainer) => sum + trainer.predict(inputs).data[i]!, 0) / 20,
    );
    expectClose(mean.resident(x), wanted, 1e-6);
    expectSameBits(mean.resident(x), mean(f32));
    for (const trainer of models) trainer.free();
  });

  it("in the model of another trainer teaches with the weights it then has", () => {
    using teacher = trained({ model: linear(2, 1), standardize: { mean: 0, deviation: 1 } });
    const model = modelFunction(teacher);
    using student = createTrainer(engine, {
      model: {
        name: "student",
        parameters: linear(2, 1).parameters,
        apply: (p, x) => applyLayer(linear(2, 1), p as never, x).output.subtract(model(x)),
      },
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 0.05 }),
    });
    for (let k = 0; k < 2000; k++) student.step({ inputs, targets: [[0], [0], [0]] });
    expectClose(student.parameters().weight, teacher.parameters().weight, 1e-3);
  });

  it("refuses in words, and works on", async () => {
    const trainer = trained();
    const model = modelFunction(trainer);
    const f = compile(engine, (x: Tensor) => model(x));
    const other = await testEngine();
    const applied = (parameters: unknown) => compile(engine, (x: Tensor) => model(x, parameters as never));
    expect(() => modelFunction({} as never)).toThrow(/^modelFunction: the first argument must be a trainer/);
    expect(() => modelFunction(trainer, { weights: "average" })).toThrow(/has no average of its weights/);
    expect(() => model([[1, 2]] as never)).toThrow(/^modelFunction: the input must be a tensor/);
    expect(() => compile(other, (x: Tensor) => model(x))(inputs)).toThrow(/belongs to another engine/);
    expect(() => applied({ "0.wight": 1 })(inputs)).toThrow(/no parameter "0.wight".*Did you mean "0.weight"\?/);
    expect(() => applied({ "0.weight": [1] })(inputs)).toThrow(/"0.weight" must be a tensor/);
    expect(() => applied(3)(inputs)).toThrow(/parameters must be an object of tensors/);
    expect(() => compile(engine, (x: Tensor) => model(x, { "0.weight": x }))(inputs)).toThrow(
      /"0.weight" has the wrong shape: got \[3, 2\], expected \[2, 5\]/,
    );
    expect(() => f([[1, 2, 3]])).toThrow(/inner extents|channel/);
    expectSameBits(f(f32), trainer.predict(inputs));
    trainer.free();
    expect(() => f(f32)).toThrow(new TraceError("trainer: used after it was freed. Create it again."));
    expect(() => modelFunction(trainer)).toThrow(TraceError);
  });

  it("reads at most 32 trainers in one function", () => {
    const models = Array.from({ length: 33 }, () =>
      trained({ model: linear(2, 1), standardize: { mean: 0, deviation: 1 } }, 0),
    );
    const sum = (count: number) =>
      compile(engine, (x: Tensor) =>
        models
          .slice(0, count)
          .map((trainer) => modelFunction(trainer)(x))
          .reduce((total, y) => total.add(y)),
      );
    expect(() => sum(32)(inputs)).not.toThrow();
    expect(() => sum(33)(inputs)).toThrow(/^modelFunction: a function reads at most 32 trainers/);
    for (const trainer of models) trainer.free();
  });
});

describe("numbers without a type beside f32", () => {
  const w = Float32Array.of(0.1, 0.2);

  it("are f32 where the function combines them, in every transform", () => {
    const f = ({ w, x }: { w: Tensor; x: Tensor }): Tensor => w.multiply(x).exp().sum();
    const typed = { w, x: Float32Array.of(3, 4) };
    const given = { w, x: [3, 4] };
    expect(compile(engine, f)(given)).toBe(compile(engine, f)(typed));
    expect(valueAndGrad(engine, f)(given)).toEqual(valueAndGrad(engine, f)(typed));
    expect(hessian(engine, f)(given)).toEqual(hessian(engine, f)(typed));
    expect(lossSurface(engine, f, given).value()).toBe(lossSurface(engine, f, typed).value());
    const g = ({ w, x }: { w: Tensor; x: Tensor }): Tensor => w.multiply(x);
    expect(jacobian(engine, g)(given)).toEqual(jacobian(engine, g)(typed));
    expect(compile(engine, g)({ w, x: Uint8Array.of(3, 4) })).toEqual(compile(engine, g)(typed));
    // One function, both ways, in either order.
    const both = compile(engine, g);
    expect(both(given)).toEqual(both(typed));
    expect(() => both({ w, x: Float64Array.of(3, 4) })).toThrow(/element types are mixed/);
    expect(both({ w: Float64Array.of(1, 2), x: [3, 4] })).toEqual({ data: Float64Array.of(3, 8), shape: [2] });
  });

  it("stay f64 where that works, with the bits they had", () => {
    const apart = compile(engine, ({ w, x }: { w: Tensor; x: Tensor }) =>
      w.cast("f64").sum().add(x.multiply(0.1).sum()),
    );
    const wide = Float64Array.of(0.3, 0.7);
    expect(apart({ w, x: [0.3, 0.7] })).toBe(apart({ w, x: wide }));
    expect(compile(engine, (x) => x.multiply(0.1))([0.3])).toEqual({ data: Float64Array.of(0.3 * 0.1), shape: [1] });
    const gradient = grad(engine, ({ w, x }: { w: Tensor; x: Tensor }) => w.sum().cast("f64").add(x.square().sum()));
    expect(gradient({ w, x: [0.1] }).x).toEqual({ data: Float64Array.of(0.2), shape: [1] });
  });

  it("of two float types of typed arrays nothing is guessed", () => {
    const f = compile(engine, ({ a, b, x }: { a: Tensor; b: Tensor; x: Tensor }) =>
      a.add(x).sum().cast("f64").add(b.sum()),
    );
    expect(() => f({ a: w, b: Float64Array.of(1), x: [1] })).toThrow(/element types are mixed/);
  });

  it("an error of the function itself is thrown on", () => {
    const f = compile(engine, () => {
      throw new TypeError("mine");
    });
    expect(() => f({ w, x: [1] } as never)).toThrow(new TypeError("mine"));
  });
});

describe("applyLayer", () => {
  const model = sequential([linear(2, 3), tanh(), linear(3, 1)]);
  it("takes the parameters of a trainer by name, as those arranged", () => {
    using trainer = trained({ model, standardize: { mean: 0, deviation: 1 } });
    const f = compile(engine, ({ p, x }: { p: Record<string, Tensor>; x: Tensor }) => applyLayer(model, p, x).output);
    expectSameBits(f({ p: trainer.parameters(), x: inputs } as never), trainer.predict(inputs));
    const p = trainer.parameters();
    const nested = { 0: { weight: p["0.weight"], bias: p["0.bias"] }, 2: { weight: p["2.weight"], bias: p["2.bias"] } };
    expectSameBits(f({ p: nested, x: inputs } as never), trainer.predict(inputs));
  });
  it("names a parameter that is missing", () => {
    const f = compile(engine, (x: Tensor) => applyLayer(model, { "0.weight": x }, x).output);
    expect(() => f(inputs)).toThrow('applyLayer: parameter "0.bias" is missing. Give it as a tensor, under this name.');
    expect(() => compile(engine, (x: Tensor) => applyLayer(model, null as never, x).output)(inputs)).toThrow(
      /^applyLayer: parameters must be an object of tensors/,
    );
  });
});
