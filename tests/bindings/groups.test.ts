// Groups of parameters against plain f64 loops, and what groups may not change: bits, checkpoints, weights that are frozen.

import {
  adam,
  adamW,
  createTrainer,
  exponentialDecay,
  l1,
  l2,
  linear,
  maxNorm,
  meanSquaredError,
  muon,
  type Optimizer,
  type ParameterGroup,
  relu,
  scheduleFreeSgd,
  sequential,
  sgd,
  type Trainer,
  type TrainerOptions,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { adamRule, descent, inputs, lossAt, outputs, type Rule, samples, start, startArrays } from "./descent.js";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat } from "./numbers.js";

engineForEach();

function regression(
  optimizer: Optimizer,
  groups: readonly ParameterGroup[],
  options: Partial<TrainerOptions> = {},
): Trainer {
  const trainer = createTrainer(engine, {
    model: linear(inputs, outputs),
    loss: meanSquaredError(),
    dtype: "f64",
    optimizer,
    groups,
    ...options,
  });
  trainer.setParameters(startArrays);
  return trainer;
}

/** Trains beside the plain loops and compares every step. */
function follows(trainer: Trainer, rules: { weight: Rule; bias: Rule }, tolerance = 1e-12): void {
  let point = start;
  for (let t = 1; t <= 20; t++) {
    const { loss, gradient } = lossAt(point);
    expectClose(trainer.step(samples).loss, loss, tolerance, `loss of update ${t}`);
    point = {
      weight: rules.weight(point.weight, gradient.weight, t),
      bias: rules.bias(point.bias, gradient.bias, t),
    };
    expectClose(trainer.parameters().weight, point.weight, tolerance, `weight after update ${t}`);
    expectClose(trainer.parameters().bias, point.bias, tolerance, `bias after update ${t}`);
  }
}

const all = (trainer: Trainer): number[] => Object.values(trainer.parameters()).flatMap((array) => flat(array));

describe("a group", () => {
  it("has a learning rate of its own", () => {
    const trainer = regression(sgd({ learningRate: 0.05 }), [{ match: "bias", learningRate: 0.2 }]);
    follows(trainer, { weight: descent(0.05), bias: descent(0.2) });
    expect(trainer.learningRate).toBe(0.05);
  });

  it("has the same in f32 and in micro-batches", () => {
    const groups = [{ match: "bias", learningRate: 0.2 }];
    const rules = { weight: descent(0.05), bias: descent(0.2) };
    follows(regression(sgd({ learningRate: 0.05 }), groups, { dtype: "f32" }), rules, 1e-6);
    follows(regression(sgd({ learningRate: 0.05 }), groups, { microBatch: 5 }), rules);
  });

  it("has another optimizer, with more state or less", () => {
    const [fast, adaptive] = [sgd({ learningRate: 0.05 }), adam({ learningRate: 0.03 })];
    const mixed = { weight: descent(0.05), bias: adamRule(0.03) };
    follows(regression(fast, [{ match: "bias", optimizer: adaptive }]), mixed);
    follows(regression(adaptive, [{ match: "weight", optimizer: fast }]), { ...mixed, bias: adamRule(0.03) });
  });

  it("changes any option of the optimizer: decay without biases, then with them", () => {
    const optimizer = sgd({ learningRate: 0.1, weightDecay: 0.3, decayCoupling: "decoupledLearningRate" });
    const shrinking =
      (lambda: number): Rule =>
      (w, g) =>
        w.map((value, k) => (1 - 0.1 * lambda) * value - 0.1 * (g[k] as number));
    follows(regression(optimizer, [{ match: "weight", weightDecay: 0.5 }]), {
      weight: shrinking(0.5),
      bias: descent(0.1),
    });
    follows(regression(optimizer, [{ match: "bias", weightDecay: 0.2, decayFilter: "all" }]), {
      weight: shrinking(0.3),
      bias: shrinking(0.2),
    });
    follows(regression(optimizer, [{ match: "weight", weightDecay: 0 }]), {
      weight: descent(0.1),
      bias: descent(0.1),
    });
  });

  it("has a schedule of its own", () => {
    const learningRate = exponentialDecay({ initial: 0.2, rate: 0.5, length: 5 });
    const rule: Rule = (w, g, t) => descent(0.2 * 0.5 ** ((t - 1) / 5))(w, g, t);
    follows(regression(sgd({ learningRate: 0.05 }), [{ match: "bias", learningRate }]), {
      weight: descent(0.05),
      bias: rule,
    });
    const looked = regression(sgd({ learningRate: 0.05 }), [
      { match: "bias", learningRate: (t: number) => 0.2 * 0.5 ** (t / 5) },
    ]);
    follows(looked, { weight: descent(0.05), bias: rule });
  });

  it("has a penalty and a constraint of its own", () => {
    const trainer = regression(sgd({ learningRate: 0.1 }), [{ match: "bias", penalty: l2(0.5, { filter: "all" }) }], {
      penalty: l2(0.1),
    });
    const penalized =
      (lambda: number): Rule =>
      (w, g) =>
        w.map((value, k) => value - 0.1 * ((g[k] as number) + 2 * lambda * value));
    follows(trainer, { weight: penalized(0.1), bias: penalized(0.5) });
    const bounded = regression(sgd({ learningRate: 0.1 }), [{ match: "weight", constraint: maxNorm(0.25) }]);
    bounded.step(samples);
    const w = flat(bounded.parameters().weight);
    for (let j = 0; j < outputs; j++)
      expect(Math.hypot(...w.filter((_, k) => k % outputs === j))).toBeLessThanOrEqual(0.25 + 1e-15);
  });

  it("matches by glob, regular expression or several; the first match wins", () => {
    const model = sequential([linear(3, 4), relu(), linear(4, 4), relu(), linear(4, 2)]);
    const rates: Record<string, number> = {};
    const trainer = createTrainer(engine, {
      model,
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
      dtype: "f64",
      seed: 4,
      groups: [
        { match: "2.b*", learningRate: 2 },
        { match: /^2\./g, learningRate: 3 },
        { match: ["4.weight", "?.bias"], learningRate: 4 },
      ],
    });
    const twin = createTrainer(engine, {
      model,
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate: 1 }),
      dtype: "f64",
      seed: 4,
    });
    const before = trainer.parameters();
    trainer.step(samples);
    twin.step(samples);
    for (const [name, { data }] of Object.entries(before)) {
      const moved = (of: Trainer): number =>
        Math.hypot(...flat(of.parameters()[name]).map((w, k) => w - (data[k] as number)));
      rates[name] = Math.round((1e6 * moved(trainer)) / moved(twin)) / 1e6;
    }
    expect(rates).toEqual({ "0.weight": 1, "0.bias": 4, "2.weight": 3, "2.bias": 2, "4.weight": 4, "4.bias": 4 });
  });

  it("of Muon keeps what others move", () => {
    const model = sequential([linear(3, 4), relu(), linear(4, 2)]);
    const make = (groups: readonly ParameterGroup[]): Trainer =>
      createTrainer(engine, {
        model,
        loss: meanSquaredError(),
        optimizer: muon({ learningRate: 0.02, others: adam({ learningRate: 0.01 }) }),
        dtype: "f64",
        groups,
      });
    const [slow, plain] = [make([{ match: "0.*", learningRate: 0.01 }]), make([])];
    const before = plain.parameters();
    for (const trainer of [slow, plain]) trainer.step(samples);
    const move = (trainer: Trainer, name: string): number[] =>
      flat(trainer.parameters()[name]).map((w, k) => w - (before[name]?.data[k] as number));
    const half = move(plain, "0.weight").map((value) => value / 2);
    expectClose(move(slow, "0.weight"), half, 1e-13);
    expectSameBits(move(slow, "0.bias"), move(plain, "0.bias"), "others have their own rate");
    expectSameBits(move(slow, "2.weight"), move(plain, "2.weight"));
  });
});

describe("frozen weights", () => {
  const model = sequential([linear(3, 5), relu(), linear(5, 2)]);
  const rules: Record<string, Optimizer> = {
    adamW: adamW({ learningRate: 0.1, weightDecay: 0.5 }),
    "look-ahead": sgd({ learningRate: 0.1, momentum: 0.9, momentumForm: "velocity", nesterov: "lookahead" }),
    scheduleFreeSgd: scheduleFreeSgd({ learningRate: 0.1 }),
    muon: muon(),
  };
  it.each(Object.entries(rules))("of %s keep their bits, whatever moves the others", (_, optimizer) => {
    for (const dtype of ["f32", "f64"] as const) {
      const trainer = createTrainer(engine, {
        model,
        loss: meanSquaredError(),
        optimizer,
        groups: [{ match: "0.*", frozen: true }],
        dtype,
        microBatch: 6,
      });
      const before = trainer.parameters();
      for (let t = 0; t < 5; t++) trainer.step(samples);
      const after = trainer.parameters();
      for (const name of ["0.weight", "0.bias"]) expectSameBits(after[name], before[name], name);
      for (const name of ["2.weight", "2.bias"]) expect(flat(after[name])).not.toEqual(flat(before[name]));
    }
  });

  it("cost no gradient and are in no norm", () => {
    const make = (groups: readonly ParameterGroup[]): Trainer =>
      createTrainer(engine, {
        model,
        loss: meanSquaredError(),
        optimizer: sgd({ learningRate: 1 }),
        groups,
        dtype: "f64",
      });
    const [part, whole] = [make([{ match: "0.*", frozen: true }]), make([])];
    const before = whole.parameters();
    const { gradientNorm } = part.step(samples);
    whole.step(samples);
    const g = ["2.weight", "2.bias"].flatMap((name) =>
      flat(whole.parameters()[name]).map((w, k) => w - (before[name]?.data[k] as number)),
    );
    expectClose(gradientNorm, Math.hypot(...g), 1e-14);
    expect(part.cost(samples, 8).flops).toBeLessThan(whole.cost(samples, 8).flops);
  });

  it("may be all of them", () => {
    const trainer = regression(sgd({ learningRate: 0.1 }), [{ match: "*", frozen: true }]);
    expect(trainer.step(samples).gradientNorm).toBe(0);
    expectSameBits(trainer.parameters().weight, start.weight);
  });
});

describe("groups and runs", () => {
  const groups: readonly ParameterGroup[] = [
    { match: "bias", optimizer: adam({ learningRate: exponentialDecay({ initial: 0.1, rate: 0.5, length: 3 }) }) },
  ];
  const make = (given = groups): Trainer => regression(sgd({ learningRate: 0.05, momentum: 0.9 }), given);

  it("stopped, saved and resumed are never stopped", async () => {
    const [never, stopped, resumed] = [make(), make(), make()];
    const data = samples;
    await never.fit(data, { steps: 13, batchSize: 4 });
    await stopped.fit(data, { steps: 6, batchSize: 4 });
    resumed.restore(stopped.save());
    await resumed.fit(data, { steps: 7, batchSize: 4 });
    expectSameBits(all(resumed), all(never));
  });

  it("are part of what a checkpoint fits", () => {
    const file = make().save();
    for (const other of [[], [{ match: "bias", frozen: true }], [{ match: "bias", optimizer: adamW() }]])
      expect(() => make(other as readonly ParameterGroup[]).restore(file)).toThrow(
        /restore: the file is of another model or optimizer: .*group bias adam with 2/,
      );
  });

  it("stop early and go back to the best state of every group", async () => {
    const trainer = make();
    const { best } = await trainer.fit(samples, { epochs: 4, batchSize: 4, earlyStopping: { patience: 2 } });
    expect(best).toBeDefined();
  });
});

describe("groups refuse", () => {
  const base = sgd({ learningRate: 0.1 });
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ["no array", { match: "bias" }, /^createTrainer: groups must be an array of groups, got an object\. Try/],
    ["no group", ["bias"], /groups\[0\] must be a group, got "bias"/],
    ["no pattern", [{ learningRate: 1 }], /groups\[0\]: match must be a pattern of names.*got undefined/],
    ["an empty list", [{ match: [], learningRate: 1 }], /groups\[0\]: match must be a pattern/],
    [
      "a pattern that matches nothing",
      [{ match: "0.*", learningRate: 1 }],
      /^createTrainer: groups\[0\]: match 0\.\* matches no parameter\. Parameters: weight, bias\.$/,
    ],
    ["one of a list that does", [{ match: ["bias", "b"], learningRate: 1 }], /match b matches no parameter/],
    [
      "a pattern that comes too late",
      [
        { match: "*", learningRate: 1 },
        { match: "bias", learningRate: 2 },
      ],
      /groups\[1\]: match bias matches only parameters of earlier groups: bias\. The first match wins/,
    ],
    ["a group without options", [{ match: "bias" }], /groups\[0\]: the group changes nothing/],
    [
      "an unknown option",
      [{ match: "bias", learningrate: 1 }],
      /^createTrainer: groups\[0\]: sgd: unknown option "learningrate"\. Did you mean "learningRate"\?/,
    ],
    [
      "a wrong number",
      [{ match: "bias", learningRate: -1 }],
      /groups\[0\]: sgd: learningRate must be a positive number/,
    ],
    [
      "an option that needs another",
      [{ match: "bias", dampening: 0.1 }],
      /groups\[0\]: sgd: dampening needs momentum\. Give momentum/,
    ],
    [
      "decay that the rule does not have",
      [{ match: "weight", decayCoupling: "l2" }],
      /groups\[0\]: sgd: decayCoupling needs weightDecay/,
    ],
    ["frozen that is no flag", [{ match: "bias", frozen: 1 }], /groups\[0\]: frozen must be true or false, got 1/],
    [
      "frozen with a rate",
      [{ match: "bias", frozen: true, learningRate: 1 }],
      /groups\[0\]: learningRate cannot be combined with frozen/,
    ],
    ["no optimizer", [{ match: "bias", optimizer: {} }], /groups\[0\]: optimizer must be an optimizer, got an object/],
    [
      "an optimizer beside options",
      [{ match: "bias", optimizer: adam(), learningRate: 1 }],
      /groups\[0\]: learningRate is an option of the group's optimizer\. Give it to adam\./,
    ],
    ["no penalty", [{ match: "bias", penalty: 0.1 }], /groups\[0\]: penalty must be a penalty, got 0\.1\. Try l2/],
    ["no constraint", [{ match: "weight", constraint: 3 }], /groups\[0\]: constraint must be a constraint, got 3/],
    [
      "decay that decays nothing",
      [{ match: "bias", weightDecay: 0.1 }],
      /groups\[0\]: weightDecay decays nothing: .* Give decayFilter: "all"/,
    ],
    ["a penalty of nothing", [{ match: "bias", penalty: l1(0.1) }], /groups\[0\]: penalty l1 penalizes nothing/],
    ["a constraint of nothing", [{ match: "bias", constraint: maxNorm(1) }], /groups\[0\]: constraint limits nothing/],
    [
      "a proximal step on an average",
      [{ match: "weight", optimizer: scheduleFreeSgd(), penalty: l1(0.1, { proximal: true }) }],
      /groups\[0\]: proximal cannot be combined with scheduleFreeSgd, whose weights are an average/,
    ],
  ];
  it.each(cases)("%s", (_, groups, message) => {
    const before = engine.core.bytesInUse();
    expect(() => regression(base, groups as readonly ParameterGroup[])).toThrow(message);
    expect(engine.core.bytesInUse()).toBe(before);
  });
});
