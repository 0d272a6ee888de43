// What trainers of parts of one model share, and what each has for itself: memory, files, locks, errors.

import {
  accumulate,
  accuracy,
  adam,
  batchNorm,
  createTrainer,
  createTrainers,
  dropout,
  EngineError,
  ema,
  findLearningRate,
  type Layer,
  lbfgs,
  linear,
  linearSchedule,
  lookahead,
  meanSquaredError,
  onesInitializer,
  type PartTrainerOptions,
  plateauSchedule,
  randomSearch,
  relu,
  scheduleFreeSgd,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  type Trainer,
  type Trainers,
  tanh,
  topEigenvalues,
  trainerSurface,
} from "thalweg";
import { diagnose, explain, measuredStep, profile } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForEach, testEngine } from "./engine.js";
import { expectClose, expectSameBits, plain } from "./numbers.js";

engineForEach();

const layersOf = () => ({
  features: sequential([linear(3, 6), batchNorm(6), tanh(), dropout(0.2)]),
  policy: linear(6, 3),
  value: sequential([dropout(linearSchedule({ from: 0, to: 0.5, length: 10 })), linear(6, 1)]),
});
type Layers = ReturnType<typeof layersOf>;
type Options = Partial<Omit<PartTrainerOptions<Layers>, "apply">>;

/** An actor and a critic over common features. */
function pair(actor: Options = {}, critic: Options = {}, on = engine): Trainers<"actor" | "critic"> {
  return createTrainers(on, {
    layers: layersOf(),
    trainers: {
      actor: {
        trains: ["features", "policy"],
        apply: ({ features, policy }, x) => policy(features(x)),
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: plateauSchedule({ initial: 0.02, patience: 1 }) }),
        metrics: [accuracy()],
        average: ema({ decay: 0.5 }),
        ...actor,
      },
      critic: {
        trains: ["features", "value"],
        apply: ({ features, value }, x) => value(features(x)),
        loss: meanSquaredError(),
        optimizer: adam({ learningRate: 0.01 }),
        gradient: [accumulate(2)],
        ...critic,
      },
    },
    seed: 11,
  });
}

const inputs = plain([12, 3], -1, 1, 3);
const labelled = { inputs, targets: Int32Array.from({ length: 12 }, (_, k) => k % 3) };
const valued = { inputs, targets: plain([12, 1], -1, 1, 5) };

/** Some training of both, by steps and by runs. */
async function train({ trainers: { actor, critic } }: Trainers<"actor" | "critic">): Promise<void> {
  actor.step(labelled);
  critic.step(valued);
  await actor.fit(labelled, { steps: 5, batchSize: 5, validation: labelled });
  await critic.fit(valued, { steps: 3, batchSize: 5 });
  critic.step(valued);
  actor.step(labelled);
}

describe("shared weights", () => {
  it("are trained by both where both train them, each with its own optimizer", () => {
    const set = pair({}, { gradient: [] });
    const make = (name: "actor" | "critic", k: number): Trainer => {
      const layers = layersOf();
      const { features, policy, value } = layers;
      const model: Layer = {
        name,
        parameters: { features: features.parameters, policy: policy.parameters, value: value.parameters },
        state: { features: features.state ?? {}, value: value.state ?? {} },
        apply: (parameters, x, context) => {
          const of = (key: keyof Layers, y: Tensor) => layers[key].apply(parameters[key] as never, y, context.of(key));
          return of(name === "actor" ? "policy" : "value", of("features", x));
        },
      };
      const frozen = [{ match: name === "actor" ? "value.*" : "policy.*", frozen: true }];
      const learningRate = name === "actor" ? plateauSchedule({ initial: 0.02, patience: 1 }) : 0.01;
      const loss = name === "actor" ? softmaxCrossEntropy() : meanSquaredError();
      const seed = 11 + k * 2 ** 40;
      return createTrainer(engine, { model, loss, optimizer: adam({ learningRate }), groups: frozen, seed });
    };
    const [actor, critic] = [make("actor", 0), make("critic", 1)];
    critic.setParameters(actor.parameters());
    for (let k = 0; k < 6; k++) {
      expect(set.trainers.actor.step(labelled).loss).toBe(actor.step(labelled).loss);
      critic.setParameters(actor.parameters());
      critic.setState(actor.state());
      expect(set.trainers.critic.step(valued).loss).toBe(critic.step(valued).loss);
      actor.setParameters(critic.parameters());
      actor.setState(critic.state());
      for (const [name, array] of Object.entries({ ...actor.parameters(), ...actor.state() }))
        expectSameBits({ ...set.trainers.critic.parameters(), ...set.trainers.critic.state() }[name], array, name);
    }
  });

  it("begin as those of one trainer with the seed and all layers", () => {
    const { features, policy, value } = layersOf();
    const model = {
      name: "all",
      parameters: { features: features.parameters, policy: policy.parameters, value: value.parameters },
    };
    const state = { features: features.state ?? {}, value: value.state ?? {} };
    const one = createTrainer(engine, {
      model: { ...model, state, apply: (_, x) => x },
      loss: meanSquaredError(),
      optimizer: adam(),
      seed: 11,
    });
    expect(pair().trainers.critic.parameters()).toEqual(one.parameters());
  });

  it("lie in memory once, and until the last trainer is freed, in whatever order", () => {
    const wide = () => ({ a: linear(256, 256), b: linear(256, 256) });
    const create = () =>
      createTrainers(engine, {
        layers: wide(),
        trainers: {
          a: {
            trains: "a",
            apply: ({ a, b }, x) => b(a(x)),
            loss: meanSquaredError(),
            optimizer: sgd({ learningRate: 1 }),
          },
          b: {
            trains: "b",
            apply: ({ a, b }, x) => b(a(x)),
            loss: meanSquaredError(),
            optimizer: sgd({ learningRate: 1 }),
          },
        },
      });
    const weights = 4 * 2 * 256 * 257;
    const batch = { inputs: plain([2, 256]), targets: plain([2, 256]) };
    const warm = create();
    warm.trainers.a.step(batch); // the engine keeps its scratch
    warm.free();
    const base = engine.bytesInUse;
    const set = create();
    // Weights once, and a gradient for each trainer.
    expect(engine.bytesInUse - base).toBeGreaterThan(3 * weights);
    expect(engine.bytesInUse - base).toBeLessThan(3.6 * weights);
    for (const [first, second] of [
      ["a", "b"],
      ["b", "a"],
    ] as const) {
      const { trainers } = create();
      const before = trainers.a.parameters();
      trainers[first].free();
      for (const [name, array] of Object.entries(before)) expectSameBits(trainers[second].parameters()[name], array);
      trainers[second].step(batch);
      trainers[second].free();
      trainers[second].free();
    }
    set.free();
    set.free();
    expect(engine.bytesInUse).toBe(base);
    expect(() => set.trainers.a.parameters()).toThrow(/used after it was freed/);
    expect(() => set.save()).toThrow(/used after it was freed/);
  });

  it("leave no memory behind if the set cannot be created", async () => {
    const small = await testEngine({ memoryLimit: 2 ** 22 });
    const layer = linear(400, 400);
    const part = { trains: "layer", loss: meanSquaredError(), optimizer: adam() } as const;
    const trainers = { a: { ...part, apply: ({ layer }: { layer: (x: Tensor) => Tensor }, x: Tensor) => layer(x) } };
    createTrainers(small, { layers: { layer }, trainers }).free(); // the engine keeps its scratch
    const before = small.bytesInUse;
    const several = { ...trainers, b: trainers.a, c: trainers.a };
    expect(() => createTrainers(small, { layers: { layer }, trainers: several })).toThrow(/out of memory/);
    expect(small.bytesInUse).toBe(before);
    createTrainers(small, { layers: { layer }, trainers }).free();
    expect(small.bytesInUse).toBe(before);
  });

  it("are seen by all after setParameters, setState and refreshStatistics of one", () => {
    const { actor, critic } = pair().trainers;
    actor.setParameters({ "policy.bias": [1, 2, 3], "value.1.bias": [7] });
    expect(Array.from(critic.parameters()["policy.bias"]?.data ?? [])).toEqual([1, 2, 3]);
    critic.setState({ "features.1.mean": [1, 2, 3, 4, 5, 6] });
    expect(Array.from(actor.state()["features.1.mean"]?.data ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
    actor.refreshStatistics({ inputs });
    expect(critic.state()).toEqual(actor.state());
    expect(critic.state()["features.1.mean"]?.data[0]).not.toBe(1);
  });
});

describe("saving and restoring", () => {
  it("all trainers equals never having stopped, and files have the weights once", async () => {
    const [whole, first] = [pair(), pair()];
    for (const set of [whole, first]) await train(set);
    const file = first.save();
    expect(file).toEqual(whole.save());
    const again = pair();
    await train(again); // a state of its own, which must not matter
    again.restore(file);
    expect(again.save()).toEqual(file);
    for (const set of [whole, again]) await train(set);
    expect(again.save()).toEqual(whole.save());
    const text = new TextDecoder("latin1").decode(file);
    expect(text.match(/"features\.0\.weight"/g)).toHaveLength(1);
  });

  it("refuses files of others, and then nothing has changed", async () => {
    const set = pair();
    await train(set);
    const file = set.save();
    const other = pair({ optimizer: sgd({ learningRate: 0.1 }) });
    await train(other);
    const before = other.save();
    expect(() => other.restore(file)).toThrow(/another model or optimizer/);
    expect(() => other.restore(set.trainers.actor.save())).toThrow(/not a checkpoint of several trainers/);
    expect(() => set.trainers.actor.restore(file)).toThrow(/not a checkpoint of a trainer/);
    // The actor fits, the critic does not.
    const half = pair({}, { optimizer: sgd({ learningRate: 0.1 }) });
    const start = half.save();
    expect(() => half.restore(file)).toThrow(/another model or optimizer/);
    expect(half.save()).toEqual(start);
    expect(other.save()).toEqual(before);
    const one = createTrainers(engine, {
      layers: layersOf(),
      trainers: {
        actor: {
          trains: "policy",
          apply: ({ features, policy }, x) => policy(features(x)),
          loss: softmaxCrossEntropy(),
          optimizer: adam(),
        },
      },
    });
    expect(() => one.restore(file)).toThrow(/of other trainers: got actor, critic, expected actor/);
  });

  it("takes damaged bytes for no state", async () => {
    const set = pair();
    await train(set);
    const file = set.save();
    const target = pair();
    const before = target.save();
    let refused = 0;
    for (let at = 0; at < file.length; at += 997) {
      const bytes = file.slice();
      bytes[at] = (bytes[at] ?? 0) ^ 255;
      try {
        target.restore(bytes);
        expect(target.save()).toEqual(bytes);
        target.restore(before);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        expect(target.save()).toEqual(before);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
  });
});

describe("a run of one trainer", () => {
  it("lets the others predict, but not change", async () => {
    const set = pair();
    const { actor, critic } = set.trainers;
    const run = actor.fit(labelled, { epochs: 3, batchSize: 4 });
    expect(() => critic.step(valued)).toThrow(
      /"critic" and "actor" share weights, and a run of "actor" is in progress/,
    );
    expect(() => critic.setParameters({})).toThrow(/in progress/);
    expect(() => critic.fit(valued, { epochs: 1 })).toThrow(/in progress/);
    expect(() => critic.free()).toThrow(/in progress/);
    expect(() => set.restore(set.save())).toThrow(/in progress/);
    expect(() => set.free()).toThrow(/in progress/);
    critic.predict(inputs);
    critic.evaluate(valued);
    await run;
    critic.step(valued);
    set.free();
  });

  it("is not changed by what others read meanwhile, in the middle of a step either", async () => {
    const options: Options = { microBatch: 2, optimizer: adam(), gradient: [] };
    const [quiet, read] = [pair({}, options), pair({}, options)];
    for (const set of [quiet, read]) for (let k = 0; k < 6; k++) set.trainers.actor.step(labelled);
    const fit = { epochs: 40, batchSize: 12 };
    await quiet.trainers.critic.fit(valued, fit);
    const { critic, actor } = read.trainers;
    let done = false;
    const run = critic.fit(valued, { ...fit, onProgress: () => actor.predict(inputs) }).then(() => (done = true));
    while (!done) {
      actor.predict(inputs);
      actor.evaluate(labelled);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    await run;
    expect(read.save()).toEqual(quiet.save());
  });

  it("or a trap ends all of them, in words, and they can still be freed", () => {
    const set = pair();
    const trap = () =>
      engine.call(() => {
        throw new Error("unreachable");
      });
    expect(trap).toThrow(EngineError);
    for (const trainer of Object.values(set.trainers))
      expect(() => trainer.step(labelled)).toThrow(/broken by an earlier trap/);
    set.free();
  });

  it("or a step holds all of them while its functions run", () => {
    const set: { trainers?: Record<"a" | "b", Trainer> } = {};
    const part = { trains: "a", loss: meanSquaredError(), optimizer: adam() } as const;
    Object.assign(
      set,
      createTrainers(engine, {
        layers: { a: linear(1, 1) },
        trainers: {
          a: {
            ...part,
            apply: ({ a }, x) => {
              set.trainers?.b.step({ inputs: [[1]], targets: [[1]] });
              return a(x);
            },
          },
          b: { ...part, apply: ({ a }, x) => a(x) },
        },
      }),
    );
    const before = set.trainers?.a.parameters();
    expect(() => set.trainers?.a.step({ inputs: [[1]], targets: [[1]] })).toThrow(/used by a function that "a" calls/);
    expect(set.trainers?.b.parameters()).toEqual(before);
    set.trainers?.b.step({ inputs: [[1]], targets: [[1]] });
  });
});

describe("each trainer", () => {
  it("draws random numbers of its own", () => {
    const part = { trains: "a", loss: meanSquaredError(), optimizer: sgd({ learningRate: 1e-9 }) } as const;
    const drop = sequential([linear(1, 64, { weight: onesInitializer }), dropout(0.5)]);
    const { a, b } = createTrainers(engine, {
      layers: { a: drop },
      trainers: { a: { ...part, apply: ({ a }, x) => a(x) }, b: { ...part, apply: ({ a }, x) => a(x) } },
    }).trainers;
    const batch = { inputs: [[1]], targets: plain([1, 64]) };
    expect(a.step(batch).loss).not.toBe(b.step(batch).loss);
  });

  it("has steps, rates, statistics and gradients of its own parameters", () => {
    const { actor, critic } = pair({ optimizer: adam({ learningRate: 0.02 }) }, { gradient: [] }).trainers;
    actor.step(labelled);
    const { statistics } = measuredStep(critic, valued);
    expect([actor.steps, critic.steps, actor.learningRate, critic.learningRate]).toEqual([1, 1, 0.02, 0.01]);
    critic.learningRate = 0.5;
    expect([actor.learningRate, critic.learningRate]).toEqual([0.02, 0.5]);
    expect(statistics?.parameters["policy.weight"]).toMatchObject({ gradientNorm: 0, updateNorm: 0 });
    expect(statistics?.parameters["value.1.weight"]?.updateNorm).toBeGreaterThan(0);
  });

  it("finds a learning rate, and then nothing has changed", () => {
    const set = pair({ optimizer: lookahead(adam()), trains: "policy" }, { gradient: [] });
    set.trainers.actor.step(labelled);
    const before = set.save();
    findLearningRate(set.trainers.critic, valued, { steps: 5 });
    expect(set.save()).toEqual(before);
  });

  it("takes minimizers, sample weights, curvature and inspection as any trainer", async () => {
    const quiet = () => ({ features: sequential([linear(3, 4), relu()]), value: linear(4, 1), other: linear(2, 2) });
    const { first, second } = createTrainers(engine, {
      layers: quiet(),
      trainers: {
        first: {
          trains: "value",
          apply: ({ features, value }, x) => value(features(x)),
          loss: meanSquaredError(),
          optimizer: adam(),
        },
        second: {
          trains: "features",
          apply: ({ features }, x) => features(x),
          loss: ({ value }, x, y, weights) => {
            const each = value(x).subtract(y).square();
            const sum = (weights ? each.multiply(weights.reshape([-1, 1])) : each).cast("f64").sum();
            return { sum, weight: weights ? weights.cast("f64").sum() : (x.shape[0] ?? 1) };
          },
          optimizer: adam(),
        },
      },
      dtype: "f64",
    }).trainers;
    const frozen = first.parameters()["features.0.weight"];
    const { method } = await first.fit(valued, { epochs: 20, method: lbfgs() });
    expect(method).toBeDefined();
    expectSameBits(first.parameters()["features.0.weight"], frozen);
    expectClose(second.evaluate(valued).loss, first.evaluate(valued).loss, 1e-12);
    const weights = Array.from({ length: 12 }, (_, k) => k % 2);
    expectClose(second.evaluate({ ...valued, weights }).loss, first.evaluate({ ...valued, weights }).loss, 1e-12);
    second.step({ ...valued, weights });
    const surface = trainerSurface(second, valued);
    expect(topEigenvalues(surface, { count: 1 }).values).toHaveLength(1);
    expect(explain(second, valued)).toBeDefined();
    expect(diagnose(second, valued)).toBeDefined();
    expect(profile(first, valued)).toBeDefined();
  });
});

describe("wrong options", () => {
  const part = {
    trains: "a" as const,
    apply: ({ a }: { a: (x: Tensor) => Tensor }, x: Tensor) => a(x),
    loss: meanSquaredError(),
    optimizer: adam(),
  };
  const layers = { a: linear(2, 2), b: linear(2, 2), c: relu() };
  const rows: [string, unknown, RegExp][] = [
    ["no layers", { layers: {}, trainers: { x: part } }, /layers must be layers by name, got an object/],
    ["no layer", { layers: { a: 5 }, trainers: { x: part } }, /layers\.a must be a layer, got 5/],
    ["no trainers", { layers, trainers: {} }, /trainers must be options of trainers by name/],
    [
      "an unknown option",
      { layers, trainers: { x: { ...part, model: relu() } } },
      /createTrainers: x: unknown option "model"/,
    ],
    [
      "an unknown option of all",
      { layers, trainers: { x: part }, model: relu() },
      /createTrainers: unknown option "model"/,
    ],
    [
      "an unknown layer",
      { layers, trainers: { x: { ...part, trains: "aa" } } },
      /x: trains names no layer: got "aa". Did you mean "a"/,
    ],
    ["a layer without parameters", { layers, trainers: { x: { ...part, trains: "c" } } }, /x: trains nothing/],
    [
      "no name",
      { layers, trainers: { x: { ...part, trains: [] } } },
      /trains must be the name of a layer or an array of names/,
    ],
    [
      "all frozen",
      { layers, trainers: { x: { ...part, groups: [{ match: "*", frozen: true }] } } },
      /x: trains nothing/,
    ],
    [
      "a pattern of others",
      { layers, trainers: { x: { ...part, groups: [{ match: "b.*", learningRate: 1 }] } } },
      /x: groups\[0\]: match b\.\* matches no parameter. Parameters: a\.weight, a\.bias/,
    ],
    [
      "no function",
      { layers, trainers: { x: { ...part, apply: layers.a } } },
      /createTrainers: x: apply must be a function, got an object/,
    ],
    ["no loss", { layers, trainers: { x: { ...part, loss: 3 } } }, /createTrainers: x: loss must be a loss, got 3/],
    [
      "no optimizer",
      { layers, trainers: { x: { ...part, optimizer: undefined } } },
      /createTrainers: x: optimizer must be an optimizer/,
    ],
    ["a seed of one", { layers, trainers: { x: { ...part, seed: 1 } } }, /x: unknown option "seed"/],
    ["a wrong seed", { layers, trainers: { x: part }, seed: -1 }, /createTrainers: seed must be/],
    ["a wrong type", { layers, trainers: { x: part }, dtype: "f16" }, /createTrainers: dtype must be/],
    ["a slash", { layers: { "a/b": relu() }, trainers: { x: part } }, /the name "a\/b" of a layer contains/],
    [
      "random search",
      { layers, trainers: { x: { ...part, optimizer: randomSearch({ scale: 0.1 }) } } },
      /x: optimizer cannot be randomSearch/,
    ],
    [
      "lookahead of what two train",
      { layers, trainers: { x: part, y: { ...part, optimizer: lookahead(adam()) } } },
      /y: optimizer cannot be lookahead\(adam\), which keeps other weights beside "a\.weight", and x trains/,
    ],
    [
      "Schedule-Free of what two train",
      { layers, trainers: { x: part, y: { ...part, optimizer: scheduleFreeSgd() } } },
      /y: optimizer cannot be scheduleFreeSgd/,
    ],
    [
      "one layer twice",
      { layers: { a: layers.a, b: layers.a }, trainers: { x: part } },
      /createTrainers: "b" and "a" are the same layer/,
    ],
  ];
  it.each(rows)("%s", (_, options, message) => {
    const before = engine.bytesInUse;
    expect(() => createTrainers(engine, options as never)).toThrow(message);
    expect(engine.bytesInUse).toBe(before);
  });

  it("what functions return, by the name of the trainer", () => {
    const wrong = (more: object) =>
      createTrainers(engine, { layers, trainers: { x: { ...part, ...more } } }).trainers.x;
    const batch = { inputs: [[1, 2]], targets: [[1, 2]] };
    expect(() => wrong({ apply: () => 5 }).step(batch)).toThrow(
      /x \(trains a\) of \{ a: linear.*\}: must return a tensor, got 5/,
    );
    expect(() => wrong({ loss: () => undefined }).step(batch)).toThrow(/createTrainers: x: loss: must return a tensor/);
    expect(() => wrong({ loss: (_: unknown, y: Tensor) => y }).step(batch)).toThrow(
      /must return a scalar, got shape \[1, 2\]/,
    );
    expect(() => wrong({ apply: ({ a }: { a: (x: unknown) => Tensor }) => a(3) }).step(batch)).toThrow(
      /"a" got 3, expected a tensor/,
    );
    expect(() => wrong({ loss: (_: unknown, y: Tensor) => y.mean() }).step({ ...batch, weights: [1] })).toThrow(
      /takes no weights/,
    );
  });
});
