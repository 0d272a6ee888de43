// Recurrent layers against PyTorch: outputs and gradients; then what PyTorch's figures do not show: dropout, segments of long
// sequences, masks, training, and what is refused.

import {
  accuracy,
  adam,
  applyLayer,
  compile,
  createTrainer,
  gru,
  gruCell,
  type Layer,
  linear,
  lstm,
  lstmCell,
  meanSquaredError,
  network,
  rnn,
  rnnCell,
  type SequenceInput,
  scan,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { conformanceCases, engine, engineForAll, fixture } from "./engine.js";
import { expectClose, expectSameBits, flat, numbers, plain, typed } from "./numbers.js";
import { run, valueAndGrad } from "./transforms.js";

engineForAll();

type Nested = readonly (number | Nested)[];
type Named = Readonly<Record<string, Tensor>>;

interface Recorded {
  readonly op: "rnn" | "gru" | "lstm";
  readonly inputs: number;
  readonly units: number;
  readonly options: Record<string, unknown>;
  readonly lengths: number[] | null;
  readonly tensors: Record<string, Nested>;
  readonly output: Nested;
  readonly grads: Record<string, Nested>;
}

const layers = { rnn, gru, lstm };

const shapeOf = (nested: Nested): number[] =>
  Array.isArray(nested) ? [nested.length, ...shapeOf(nested[0] as unknown as Nested)] : [];
const arrayOf = (nested: Nested, dtype: "f32" | "f64" = "f64") => ({
  data: typed(dtype, flat(nested)),
  shape: shapeOf(nested),
});

/** Parameters of a layer or cell from PyTorch's tensors of one layer and direction. */
function fromTorch(op: string, p: Named, suffix: string): Record<string, Tensor> {
  const [wih, whh, bih, bhh] = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map((name) => p[name + suffix]);
  const common = { weight: wih!.transpose(), recurrent: whh!.transpose() };
  if (op !== "gru") return { ...common, bias: bih!.add(bhh!) };
  const units = bhh!.size / 3;
  const ends = bhh!.slice(0, 0, 2 * units).pad([[0, units]]);
  return { ...common, bias: bih!.add(ends), recurrentBias: bhh!.slice(0, 2 * units) };
}

/** Σ cos(k) yₖ, whose gradient with respect to y is cos(k). */
const cosines = (y: Tensor, from = 1): Tensor =>
  y
    .multiply({
      data: typed(
        y.dtype as "f64",
        Array.from({ length: y.size }, (_, k) => Math.cos(k + from)),
      ),
      shape: y.shape,
    })
    .sum();

describe("PyTorch's figures", () => {
  const { cases } = fixture<{ cases: Recorded[] }>("torch_recurrent");
  const title = ({ op, options, lengths }: Recorded) =>
    `${op} ${JSON.stringify(options)}${lengths ? ` ${lengths}` : ""}`;

  it.each(cases.map((figure) => [title(figure), figure] as const))("%s", (_, figure) => {
    const { op, inputs, units, options, lengths, tensors } = figure;
    for (const memory of ["store", "recompute"]) {
      const layer = layers[op](inputs, units, { ...options, memory } as never);
      const f = (p: Named): Tensor => {
        const count = (options.layers as number) ?? 1;
        const parameters = Object.fromEntries(
          Array.from({ length: count }, (_, k) => {
            const backward = options.bidirectional ? { backward: fromTorch(op, p, `_l${k}_reverse`) } : {};
            return [`${k}`, { ...fromTorch(op, p, `_l${k}`), ...backward }];
          }),
        );
        const x = p.x!;
        const given = lengths ? { x, lengths: x.trace.constant(lengths, "i32") } : x;
        return layer.apply(parameters as never, given, undefined as never);
      };
      const arrays = Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, arrayOf(value)]));
      expectClose(run(engine, f as never, arrays), flat(figure.output), 1e-12, "output");
      const { gradient } = valueAndGrad(engine, ((p: Named) => cosines(f(p))) as never)(arrays);
      for (const [name, wanted] of Object.entries(figure.grads)) expectClose(gradient[name], flat(wanted), 1e-12, name);
    }
  });

  interface Cell {
    readonly op: "rnn_tanh" | "lstm";
    readonly inputs: Record<string, Nested>;
    readonly outputs: Nested[];
    readonly grads: Record<string, Nested>;
  }
  const recorded = conformanceCases<Cell>("ops/images").filter(({ op }) => /^(rnn_tanh|lstm)$/.test(op));

  it.each(recorded.map((figure, k) => [`${figure.op} ${k}`, figure] as const))(
    "of cells in a loop: %s",
    (_, figure) => {
      const isLstm = figure.op === "lstm";
      const cell = (isLstm ? lstmCell(2, 3) : rnnCell(2, 3)) as Layer<Named, Named>;
      const f = ({ x, wih, whh, bih, bhh, h0, c0 }: Named): Tensor[] => {
        const p = fromTorch("lstm", { weight_ih: wih!, weight_hh: whh!, bias_ih: bih!, bias_hh: bhh! }, "");
        const first = Object.fromEntries(
          Object.entries({ h: h0, ...(isLstm && { c: c0 }) }).map(([name, t]) => [name, t!.reshape([2, 3])]),
        );
        const { carry, output } = scan(
          (states: Named, at: Tensor) => {
            const next = cell.apply(p as never, { x: at, ...states }, undefined as never);
            return { carry: next, output: next.h! };
          },
          { carry: first as Named, sequences: x!.transpose([1, 0, 2]) },
        );
        return [output.transpose([1, 0, 2]), ...Object.values(carry).map((t) => t.reshape([1, 2, 3]))];
      };
      const arrays = Object.fromEntries(Object.entries(figure.inputs).map(([name, value]) => [name, arrayOf(value)]));
      for (const [k, wanted] of figure.outputs.entries())
        expectClose(run(engine, ((p: Named) => f(p)[k]!) as never, arrays), flat(wanted), 1e-12, `output ${k}`);
      const upstream = (p: Named): Tensor => {
        let from = 1;
        return f(p)
          .map((y) => {
            from += y.size;
            return cosines(y, from - y.size);
          })
          .reduce((a, b) => a.add(b));
      };
      const { gradient } = valueAndGrad(engine, upstream as never)(arrays);
      for (const [name, wanted] of Object.entries(figure.grads)) expectClose(gradient[name], flat(wanted), 1e-12, name);
    },
  );

  it("are all there", () => {
    expect(recorded).toHaveLength(3);
    expect(cases).toHaveLength(11);
  });
});

/** The parameters of a layer as arrays, by dotted name. */
function weightsOf(layer: Layer<never>, dtype: "f32" | "f64" = "f64") {
  const out: Record<string, { data: Float32Array | Float64Array; shape: number[] }> = {};
  const visit = (tree: object, path: string): void => {
    for (const [key, value] of Object.entries(tree)) {
      const name = path ? `${path}.${key}` : key;
      if (Array.isArray(value.shape)) {
        const size = value.shape.reduce((a: number, b: number) => a * b, 1);
        out[name] = { data: typed(dtype, numbers(size, -0.5, 0.5, 3 + Object.keys(out).length)), shape: value.shape };
      } else visit(value, name);
    }
  };
  visit(layer.parameters, "");
  return out;
}

const arranged = (p: Named): object => {
  const tree: Record<string, unknown> = {};
  for (const [name, tensor] of Object.entries(p)) {
    const path = name.split(".");
    let at = tree;
    for (const key of path.slice(0, -1)) {
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[path.at(-1) as string] = tensor;
  }
  return tree;
};

const applied = (layer: Layer<SequenceInput>, { x, mask, ...p }: Named): Tensor =>
  layer.apply(arranged(p) as never, mask ? { x: x!, mask } : x!, undefined as never);

describe("long sequences", () => {
  it.each([
    ["forwards", {}],
    ["in both directions, two layers", { bidirectional: true, layers: 2 }],
    ["recomputed", { memory: "recompute" }],
  ] as const)("go in segments, with the numbers of one loop: %s", (_, options) => {
    const time = 200;
    const layer = gru(2, 3, { ...options, returnSequences: true });
    const x = plain([2, time, 2]);
    const mask = { data: plain([2, time]).data.map((v) => Number(v > -0.8)), shape: [2, time] };
    // One loop a direction, by hand.
    const one = ({ x, mask, ...p }: Named): Tensor => {
      const tree = arranged(p) as Record<string, Record<string, unknown>>;
      let at = x!.transpose([1, 0, 2]);
      const steps = mask!.transpose().reshape([time, 2, 1]);
      for (const own of Object.values(tree)) {
        const pass = (parameters: unknown, reverse: boolean): Tensor =>
          scan(
            (h: Tensor, { value, on }: { value: Tensor; on: Tensor }) => {
              const cell = gruCell(value.shape[1] as number, 3);
              const next = cell.apply(parameters as never, { x: value, h }, undefined as never).h;
              return { carry: on.where(next, h), output: on.where(next, 0) };
            },
            { carry: x!.trace.fill(0, [2, 3], "f64"), sequences: { value: at, on: steps }, reverse },
          ).output;
        const outputs = [pass(own, false), ...(own.backward ? [pass(own.backward, true)] : [])];
        at = x!.trace.concatenate(outputs, 2);
      }
      return at.transpose([1, 0, 2]);
    };
    const arrays = { x, mask, ...weightsOf(layer as never) };
    expectSameBits(run(engine, ((p: Named) => applied(layer, p)) as never, arrays), run(engine, one as never, arrays));
    const [own, wanted] = [(p: Named) => applied(layer, p), one].map((f) =>
      valueAndGrad(engine, ((p: Named) => cosines(f(p))) as never)(arrays),
    );
    for (const name of Object.keys(arrays)) expectClose(own!.gradient[name], wanted!.gradient[name], 1e-11, name);
  });

  it("of 1024 steps take less than 150 MB stored and 100 MB recomputed, and are planned as those of 8 are", () => {
    const cost = (time: number, memory: "store" | "recompute") => {
      const layer = lstm(128, 128, { memory });
      const weights = weightsOf(layer as never, "f32");
      const f = (x: Tensor) => {
        const p = Object.fromEntries(Object.entries(weights).map(([name, a]) => [name, x.trace.constant(a, "f32")]));
        return applied(layer, { x, ...p })
          .square()
          .sum();
      };
      const slope = compile(engine, (x: Tensor) => {
        const y = f(x);
        return x.trace.differentiate(y, [x])[0] as Tensor;
      });
      return slope.cost({ data: new Float32Array(32 * time * 128), shape: [32, time, 128] });
    };
    expect(cost(1024, "store").scratchBytes).toBeLessThan(150e6);
    expect(cost(1024, "recompute").scratchBytes).toBeLessThan(100e6);
    expect(cost(4096, "store").instructions).toBe(cost(1024, "store").instructions);
  });
});

describe("lengths and masks", () => {
  const layer = lstm(2, 3, { returnSequences: true, bidirectional: true });
  const weights = weightsOf(layer as never);
  const x = plain([3, 4, 2]);

  it("lengths are the mask of the first steps; what lies beyond has no influence", () => {
    const withLengths = (lengths: readonly number[], type: "i32" | "f64") => (p: Named) => {
      const { x, ...own } = p;
      return layer.apply(
        arranged(own) as never,
        { x: x!, lengths: x!.trace.constant(lengths, type) },
        undefined as never,
      );
    };
    const mask = { data: [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 0], shape: [3, 4] };
    const wanted = run(engine, ((p: Named) => applied(layer, p)) as never, { x, mask, ...weights });
    for (const type of ["i32", "f64"] as const)
      expectSameBits(run(engine, withLengths([4, 1, 3], type) as never, { x, ...weights }), wanted);
    const other = { ...x, data: x.data.map((v, k) => (mask.data[k >> 1] ? v : 9)) };
    expectSameBits(run(engine, withLengths([4, 1, 3], "i32") as never, { x: other, ...weights }), wanted);
    expect(flat(run(engine, withLengths([0, 0, 0], "i32") as never, { x, ...weights })).every((v) => v === 0)).toBe(
      true,
    );
    for (const [lengths, got] of [
      [[4, 5, 3], "5"],
      [[4, -1, 3], "-1"],
      [[4, 1.5, 3], "-1"],
    ] as const)
      expect(() => run(engine, withLengths(lengths, "f64") as never, { x, ...weights })).toThrow(
        `gather: index out of range: got ${got}, expected 0 .. 4.`,
      );
  });

  it("trains in a network with inputs by name", async () => {
    const inputs = { x: plain([8, 5, 2]), lengths: Int32Array.from([5, 1, 2, 3, 4, 5, 2, 1]) };
    const targets = plain([8, 1]);
    const model = network(
      { read: gru(2, 6), out: linear(6, 1) },
      (own, { x, lengths }: { x: Tensor; lengths: Tensor }) => own.out(own.read({ x, lengths })),
    );
    const trainer = createTrainer(engine, {
      model,
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: 0.05 }),
    } as never);
    const data = { inputs, targets } as never;
    const before = trainer.evaluate(data).loss;
    await trainer.fit(data, { epochs: 60, batchSize: 8 });
    expect(trainer.evaluate(data).loss).toBeLessThan(0.1 * before);
  });

  it.each<[string, (t: Tensor) => SequenceInput, string]>([
    [
      "no sequences",
      (t) => t.slice(2, 0, 1),
      "ShapeError: lstm(2, 3): got [3, 4, 1], expected [batch, time, 2]. Check the inputs, or the layer before.",
    ],
    [
      "rows",
      (t) => t.reshape([12, 2]),
      "ShapeError: lstm(2, 3): got [12, 2], expected [batch, time, 2]. Check the inputs, or the layer before.",
    ],
    ["no tensor", () => ({ x: 1 }) as never, 'TypeError: lstm(2, 3): "x" must be a tensor, got 1.'],
    [
      "a misspelled name",
      (x) => ({ x, length: x }) as never,
      'TypeError: lstm(2, 3): unknown option "length". Did you mean "lengths"?',
    ],
    [
      "lengths of steps",
      (x) => ({ x, lengths: x.sum({ axes: 2 }) }),
      "ShapeError: lstm(2, 3): lengths must be one for each row: got shape [3, 4], expected [3].",
    ],
    [
      "a mask of rows",
      (x) => ({ x, mask: x.sum({ axes: 1 }) }),
      "ShapeError: lstm(2, 3): the mask has shape [3, 2], expected [3, 4], one for each row and step.",
    ],
    [
      "both",
      (x) => ({ x, mask: x.sum({ axes: 2 }), lengths: x.sum({ axes: [1, 2] }) }),
      "TypeError: lstm(2, 3): got lengths and a mask, expected one of them.",
    ],
  ])("refuses %s", (_, input, sentence) => {
    const attempt = () =>
      run(engine, ((p: Named) => layer.apply(arranged(p) as never, input(p.x!), undefined as never)) as never, { x });
    let message = "";
    try {
      attempt();
    } catch (error) {
      message = `${(error as Error).name}: ${(error as Error).message}`;
    }
    expect(message).toBe(sentence);
  });
});

it("a cell refuses states of another shape, by name", () => {
  const cell = lstmCell(2, 3);
  const attempt = (h: number) => () =>
    run(
      engine,
      (x: Tensor) => cell.apply({} as never, { x, h: x.trace.fill(0, [1, h], "f64") } as never, undefined as never).h,
      [[1, 2]],
    );
  expect(attempt(4)).toThrow('lstmCell(2, 3): "h" has shape [1, 4], expected [batch, 3].');
  expect(attempt(3)).toThrow('lstmCell(2, 3): "c" must be a tensor, got undefined. Give { x, h, c }.');
});

describe("dropout", () => {
  const x = plain([40, 6, 2]);
  const outputOf = (layer: Layer<SequenceInput>, training: boolean) =>
    run(
      engine,
      (t: Tensor) => {
        const own = Object.entries(weightsOf(layer as never)).map(([name, a]) => [name, t.trace.constant(a, "f64")]);
        return applyLayer(layer as Layer, arranged(Object.fromEntries(own)) as never, t, { training }).output;
      },
      x,
    );

  it.each([{ dropout: 0.5, layers: 2 }, { recurrentDropout: 0.5 }])("drops in training alone: %o", (options) => {
    const make = (more = {}) => gru(2, 8, { returnSequences: true, ...more } as never);
    const plainLayer = make({ layers: (options as { layers?: number }).layers ?? 1 });
    const wanted = outputOf(plainLayer, false);
    expectSameBits(outputOf(make(options), false), wanted);
    expect(flat(outputOf(make(options), true))).not.toEqual(flat(wanted));
  });

  it("between layers has the expectation of none, and is drawn anew for every step, row and element", () => {
    // The second layer sums what the first one passes on: h = relu(dropped x) with weights 1 and no state.
    const layer = rnn(1, 1, { activation: "relu", layers: 2, dropout: 0.25, returnSequences: true, bias: false });
    const y = run(
      engine,
      (t: Tensor) => {
        const one = t.trace.fill(1, [1, 1], "f64");
        const zero = t.trace.fill(0, [1, 1], "f64");
        const p = { "0": { weight: one, recurrent: zero }, "1": { weight: one, recurrent: zero } };
        return applyLayer(layer as Layer, p as never, t, { training: true }).output;
      },
      { data: numbers(200 * 30, 1, 1.000001), shape: [200, 30, 1] },
    );
    const kept = flat(y).map((v) => Number(v > 0));
    expect(kept.reduce((a, b) => a + b) / kept.length).toBeCloseTo(0.75, 1);
    expect(flat(y).every((v) => v === 0 || Math.abs(v - 4 / 3) < 1e-5)).toBe(true);
    const rows = new Set(Array.from({ length: 200 }, (_, k) => kept.slice(30 * k, 30 * k + 30).join("")));
    const steps = new Set(Array.from({ length: 30 }, (_, k) => kept.filter((__, i) => i % 30 === k).join("")));
    expect([rows.size, steps.size]).toEqual([200, 30]);
  });
});

describe("in a trainer", () => {
  const inputs = plain([12, 7, 2]);
  const targets = { data: Int32Array.from(Array.from({ length: 12 }, (_, k) => k % 3)), shape: [12] };
  const data = { inputs, targets } as never;
  const make = (microBatch = 64) =>
    createTrainer(engine, {
      model: sequential([lstm(2, 5, { layers: 2, dropout: 0.2, recurrentDropout: 0.1 }) as Layer, linear(5, 3)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.02 }),
      metrics: [accuracy()],
      dtype: "f64",
      microBatch,
      seed: 4,
    });

  it("learns, and stops, saves and resumes with equal bits", async () => {
    const [one, two] = [make(), make()];
    await one.fit(data, { epochs: 40, batchSize: 4 });
    await two.fit(data, { epochs: 17, batchSize: 4 });
    const three = make();
    three.restore(two.save());
    await three.fit(data, { epochs: 23, batchSize: 4 });
    expectSameBits(three.save(), one.save());
    expect(one.evaluate(data).loss).toBeLessThan(1);
  });

  it("has the same draws in micro-batches, whose gradients differ in the order of additions alone", async () => {
    const [one, two] = [make(), make(5)];
    await one.fit(data, { steps: 3, batchSize: 12 });
    await two.fit(data, { steps: 3, batchSize: 12 });
    for (const [name, wanted] of Object.entries(one.parameters()))
      expectClose(two.parameters()[name], wanted, 1e-9, name);
  });
});

describe("states that are carried from batch to batch", () => {
  const rows = 6;
  const time = 4;
  const windows = 5;
  /** A series of each row, cut into windows: batch k has window k of every row. */
  const series = plain([rows, windows * time, 2]);
  const window = (k: number) => ({
    data: Array.from({ length: rows }, (_, row) =>
      series.data.slice(2 * (row * windows + k) * time, 2 * (row * windows + k + 1) * time),
    ).flat(),
    shape: [rows, time, 2],
  });
  const data = {
    inputs: {
      data: Array.from({ length: windows }, (_, k) => window(k).data).flat(),
      shape: [rows * windows, time, 2],
    },
    targets: plain([rows * windows, 1], -1, 1, 5),
  };
  const make = (options: object = {}, microBatch = 64, own = engine) =>
    createTrainer(own, {
      model: sequential([gru(2, 3, { stateful: rows, layers: 2, ...options }) as Layer, linear(3, 1)]),
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: 0.01 }),
      dtype: "f64",
      microBatch,
      seed: 2,
    });
  const fitting = { batchSize: rows, shuffle: false } as const;

  it("are those of the whole series, as the weights stay", async () => {
    const trainer = createTrainer(engine, {
      model: sequential([lstm(2, 3, { stateful: rows }) as Layer, linear(3, 1)]),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1e-300 }),
      dtype: "f64",
    });
    await trainer.fit(data, { ...fitting, epochs: 1 });
    const weights = trainer.parameters();
    const p = Object.fromEntries(
      Object.entries(weights)
        .filter(([name]) => name.startsWith("0."))
        .map(([name, a]) => [name.slice(2), a]),
    );
    const whole = run(
      engine,
      ((own: Named) => applied(lstm(2, 3), own)) as never,
      { x: series, ...(p as object) } as never,
    );
    expectClose(trainer.state()["0.0.h"], whole, 1e-14);
  });

  it("are not mixed by runs of some rows", async () => {
    const trainers = [make(), make({}, 4), make({}, 1)];
    for (const trainer of trainers) await trainer.fit(data, { ...fitting, steps: 3 });
    const [one, ...others] = trainers;
    for (const other of others)
      for (const [name, wanted] of Object.entries(one!.state())) expectClose(other.state()[name], wanted, 1e-10, name);
  });

  it("are part of a checkpoint, and set by hand", async () => {
    const [one, two, three] = [make(), make(), make()];
    await one.fit(data, { ...fitting, steps: 20 });
    await two.fit(data, { ...fitting, steps: 8 });
    three.restore(two.save());
    await three.fit(data, { ...fitting, steps: 12 });
    expectSameBits(three.save(), one.save());
    expect(Object.keys(one.state())).toEqual(["0.0.h", "0.1.h"]);
    three.setState({ "0.0.h": { data: new Float64Array(rows * 3), shape: [rows, 3] } });
    expect(flat(three.state()["0.0.h"]).every((v) => v === 0)).toBe(true);
    expect(flat(three.state()["0.1.h"]).every((v) => v !== 0)).toBe(true);
  });

  it("are the same in a worker", async () => {
    const [here, there] = [make({ dropout: 0.3 }), make({ dropout: 0.3 })];
    await here.fit(data, { ...fitting, epochs: 3 });
    await there.fit(data, { ...fitting, epochs: 3, worker: true });
    expectSameBits(there.save(), here.save());
  });

  it("continue in step, and stay in evaluation, which starts from 0", () => {
    const trainer = make();
    const samples = { inputs: window(0), targets: plain([rows, 1]) };
    trainer.step(samples);
    const before = trainer.save();
    trainer.evaluate(samples);
    trainer.predict(plain([1, time, 2]));
    expectSameBits(trainer.save(), before);
    const states = flat(trainer.state()["0.0.h"]);
    trainer.step(samples);
    expect(flat(trainer.state()["0.0.h"])).not.toEqual(states);
  });

  it("refuse a batch of another size, and stay as they are", async () => {
    for (const microBatch of [64, 3]) {
      const trainer = make({}, microBatch);
      for (const batchSize of [3, 4, 12]) {
        const refused = microBatch === 64 && batchSize === 12 ? "gru(2, 3)" : "stateful";
        await expect((async () => trainer.fit(data, { batchSize, shuffle: false, steps: 1 }))()).rejects.toThrow(
          `${refused}: the carried state is of a batch of 6 rows, got a batch of ${batchSize}. Use batchSize 6, and lastBatch "drop".`,
        );
        expectSameBits(flat(trainer.state()["0.0.h"]), flat(make().state()["0.0.h"]));
      }
      await trainer.fit(data, { ...fitting, steps: 1 });
      expect(trainer.steps).toBe(1);
    }
    expect(() => gru(2, 3, { stateful: 1, bidirectional: true })).toThrow(
      "gru: a layer of both directions cannot be stateful, as the future of a row is not known.",
    );
    expect(() => gru(2, 3, { stateful: 1.5 })).toThrow("gru: stateful must be a whole number");
  });
});
