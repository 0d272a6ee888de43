// States that belong to the rows of a batch: each run of some rows writes its own, with the bits of a batch in one run.

import {
  adam,
  applyLayer,
  batchNorm,
  compile,
  concatenate,
  createTrainer,
  fixedStep,
  gradientDescent,
  gru,
  type Layer,
  linear,
  lstm,
  meanSquaredError,
  predictDraws,
  relu,
  rnn,
  sam,
  sequential,
  type Tensor,
  type TrainerOptions,
} from "thalweg";
import { diagnose, profile } from "thalweg/inspect";
import { describe, expect, it, vi } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectClose, expectSameBits, flat, plain } from "./numbers.js";

engineForAll();

const rows = 8;
const [time, windows] = [5, 4];
const data = { inputs: plain([rows * windows, time, 2]), targets: plain([rows * windows, 1], -1, 1, 5) };
const batch = (k: number) => ({
  inputs: { data: data.inputs.data.slice(k * rows * time * 2, (k + 1) * rows * time * 2), shape: [rows, time, 2] },
  targets: { data: data.targets.data.slice(k * rows, (k + 1) * rows), shape: [rows, 1] },
});
const fitting = { batchSize: rows, shuffle: false } as const;

const layers: Record<string, () => Layer> = {
  "rnn of relu": () => rnn(2, 3, { stateful: rows, activation: "relu" }) as Layer,
  "gru, with dropout of the state": () => gru(2, 3, { stateful: rows, recurrentDropout: 0.3 }) as Layer,
  "two layers of lstm": () => lstm(2, 3, { stateful: rows, layers: 2, dropout: 0.2 }) as Layer,
  "lstm, applied twice": () => {
    const layer = lstm(2, 3, { stateful: rows }) as Layer;
    return {
      name: "twice",
      parameters: { own: layer.parameters },
      state: { own: layer.state! },
      apply(parameters, x, context) {
        const apply = (): Tensor => layer.apply(parameters.own as never, x, context.of("own"));
        return apply().add(apply());
      },
    };
  },
};

/** A trainer whose recurrent layer stays as it is, so that its states depend on no sum over rows. */
const made = (layer: () => Layer, options: Partial<TrainerOptions> = {}) =>
  createTrainer(engine, {
    model: sequential([layer(), linear(3, 1)]),
    loss: meanSquaredError(),
    optimizer: adam({ learningRate: 0.01 }),
    groups: [{ match: "0.*", frozen: true }],
    seed: 2,
    ...options,
  });

type Trained = ReturnType<typeof made>;

function expectSameStates(actual: Trained, expected: Trained): void {
  for (const [name, wanted] of Object.entries(expected.state())) {
    expect(flat(wanted).every((value) => value === 0)).toBe(false);
    expectSameBits(actual.state()[name], wanted, name);
  }
}

describe.each(["f32", "f64"] as const)("in %s the states of a batch in runs", (dtype) => {
  const wrapped: Record<string, Partial<TrainerOptions>> = {
    "of a rule": {},
    "that takes its gradient twice": { optimizer: sam(adam({ learningRate: 0.01 })) },
  };
  for (const [name, layer] of Object.entries(layers))
    for (const [what, options] of Object.entries(wrapped))
      it(`are those of one run, bit for bit: ${name}, ${what}`, async () => {
        const whole = made(layer, { dtype, ...options });
        await whole.fit(data, { ...fitting, steps: 6 });
        for (const microBatch of [1, 2, 3]) {
          const trainer = made(layer, { dtype, microBatch, ...options });
          await trainer.fit(data, { ...fitting, steps: 6 });
          expectSameStates(trainer, whole);
        }
      });
});

describe("states of rows in runs", () => {
  const layer = layers["two layers of lstm"]!;

  it("are saved, restored and continued, step by step and in a worker, as if nothing had stopped", async () => {
    const options: Partial<TrainerOptions> = { microBatch: 3, groups: [] };
    const [one, two, three, four] = [0, 1, 2, 3].map(() => made(layer, options)) as [
      Trained,
      Trained,
      Trained,
      Trained,
    ];
    await one.fit(data, { ...fitting, steps: 10 });
    await two.fit(data, { ...fitting, steps: 6 });
    three.restore(two.save());
    await three.fit(data, { ...fitting, steps: 4 });
    expectSameBits(three.save(), one.save());
    for (let k = 0; k < 10; k++) four.step(batch(k % windows));
    expectSameStates(four, one);
    three.restore(two.save());
    await three.fit(data, { ...fitting, steps: 4, worker: true });
    expectSameBits(three.save(), one.save());
  });

  it("stay as they are if a later run fails, and are those of the batch that follows", async () => {
    const trainer = made(layer, { microBatch: 2 });
    const [wanted, before] = [made(layer), made(layer)];
    for (const one of [trainer, wanted, before]) one.step(batch(0));
    wanted.step(batch(1));
    const wrong = batch(1);
    wrong.inputs.data[rows * time * 2 - 1] = Number.NaN;
    expect(() => trainer.step(wrong)).toThrow();
    expectSameStates(trainer, before);
    trainer.step(batch(1));
    expectSameStates(trainer, wanted);
  });

  it("are those of a search over all rows, and of several batches an update", async () => {
    const search = { method: gradientDescent({ lineSearch: fixedStep(0.1) }), steps: 3 };
    const [whole, cut] = [made(layer), made(layer, { microBatch: 3 })];
    for (const trainer of [whole, cut]) await trainer.fit(batch(0), search);
    expectSameStates(cut, whole);
  });

  it("are those before the update where its dead units are counted", async () => {
    // h = tanh(−h₀) for one step of input 0, so that signs change in every update.
    const first = [1, 1, -1, ...new Array(3 * (rows - 2)).fill(1), -1, 1, 1];
    for (const microBatch of [8, 3, 2]) {
      const model = sequential([rnn(2, 3, { stateful: rows }), relu(), linear(3, 1)]);
      const trainer = made(layer, { model, microBatch, dtype: "f64" });
      trainer.setParameters({
        "0.0.weight": { data: [0, 0, 0, 0, 0, 0], shape: [2, 3] },
        "0.0.recurrent": { data: [-1, 0, 0, 0, -1, 0, 0, 0, -1], shape: [3, 3] },
        "0.0.bias": { data: [0, 0, 0], shape: [3] },
      });
      trainer.setState({ "0.0.h": { data: first, shape: [rows, 3] } });
      const zeros = { inputs: plain([rows, 1, 2], 0, 0), targets: plain([rows, 1]) };
      const { statistics } = await trainer.fit(zeros, { ...fitting, steps: 2, statistics: { every: 1 } });
      expect(statistics?.map(({ deadUnits }) => deadUnits)).toEqual([{ 1: 1 / 3 }, { 1: 0 }]);
    }
  });

  it("are read where a program of training is measured and diagnosed", async () => {
    const trainer = made(layer, { microBatch: 2 });
    const before = trainer.save();
    expect(profile(trainer, batch(0)).ops.length).toBeGreaterThan(0);
    expect(diagnose(trainer, batch(0))).toBeNull();
    expectSameBits(trainer.save(), before);
  });

  it("are 0 where draws are predicted, whatever the rows, and given where a layer is applied by itself", async () => {
    const model = sequential([lstm(2, 3, { stateful: rows }), linear(3, 1)]);
    const [trainer, start] = [made(layer, { model }), made(layer, { model })];
    await trainer.fit(data, { ...fitting, steps: 3 });
    start.setParameters(trainer.parameters());
    for (const count of [rows, 3]) {
      const inputs = { data: data.inputs.data.slice(0, count * time * 2), shape: [count, time, 2] };
      const wanted = trainer.predict(inputs);
      expectSameBits(predictDraws(trainer, inputs, { draws: 1 }), wanted);
      expectSameBits(predictDraws(start, inputs, { draws: 1 }), wanted);
    }
    const own = rnn(1, 1, { stateful: 2 });
    const once = compile(engine, (x: Tensor) => {
      const ones = { weight: [[1]], recurrent: [[1]], bias: [0] };
      const parameters = Object.fromEntries(
        Object.entries(ones).map(([name, a]) => [`0.${name}`, x.trace.operand(a, x, "test")]),
      );
      const state = { "0.h": x.trace.operand([[0.5], [-0.5]], x, "test") };
      const { output, state: next } = applyLayer(own as Layer, parameters, x, { training: true, state });
      return concatenate([output, next["0.h"] as Tensor]);
    });
    // Tanh of the sum of input and state.
    const y = [Math.tanh(0.75), Math.tanh(1.5)];
    for (const runs of [3, 8]) {
      await made(layer, { microBatch: runs }).fit(data, { ...fitting, steps: 1 });
      expectClose(once({ data: Float64Array.of(0.25, 2), shape: [2, 1, 1] }), [...y, ...y], 1e-15);
    }
    expect(() => once({ data: Float64Array.of(1, 2, 3), shape: [3, 1, 1] })).toThrow(
      "rnn(1, 1): the carried state is of a batch of 2 rows, got a batch of 3.",
    );
  });

  it("give no reason to warn of sorted rows, as batch norm does", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await made(layer, { microBatch: 2 }).fit(data, { ...fitting, steps: 1 });
    expect(warn).not.toHaveBeenCalled();
    const model = sequential([layer(), batchNorm(3), linear(3, 1)]);
    await made(layer, { model, microBatch: 2 }).fit(data, { ...fitting, steps: 1 });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/in their order is cut into runs of 2, which batch norm/)],
    ]);
    warn.mockRestore();
  });
});
