// Optimizers, beside the trajectories of the conformance suite: every convention against the rule written out in plain f64; worked
// figures of the first steps; what a rule must never do; what it refuses.

import {
  adadelta,
  adagrad,
  adam,
  adamax,
  adamW,
  asgd,
  grad,
  lion,
  muon,
  muonFlops,
  nadam,
  nadamW,
  type Optimizer,
  radam,
  randomSearch,
  rmsprop,
  rprop,
  scheduleFreeAdamW,
  scheduleFreeSgd,
  sgd,
  type Tensor,
} from "thalweg";
import { afterEach, describe, expect, it } from "vitest";
import { ruleAdamRows, ruleSgdRows } from "../../bindings/values/contract.js";
import { engine, engineForEach } from "./engine.js";
import { expectClose, expectSameBits, flat } from "./numbers.js";
import { type Problem, problems, trainerOf, update, updates, weightsOf } from "./problems.js";
import { ascending, codesOf } from "./registered.js";
import { type Rule, rules } from "./rules.js";

engineForEach();
afterEach(() => {
  expect(engine.bytesInUse).toBeLessThan(2 ** 26);
});

it("every rule and every wrapper of the core has a row", () => {
  const made = rules.map(({ optimizer }) => optimizer(0.01));
  // Random search takes no gradient: wrappers.test.ts has it. Rules of touched rows belong to embeddings: embeddingRows.test.ts.
  const tested = [...made, ...made.flatMap(({ others }) => others ?? []), randomSearch({ scale: 1 })];
  const rows = [ruleSgdRows.code, ruleAdamRows.code];
  expect(ascending([...tested.map(({ rule }) => rule), ...rows])).toEqual(codesOf("rule"));
  const wrappers = tested.flatMap(({ wrappers }) => wrappers.map(({ code }) => code));
  expect(ascending(wrappers)).toEqual(codesOf("wrapper"));
});

describe("every rule on every problem, against the rule in plain f64 numbers", () => {
  const steps = 40;
  const names = Object.keys(problems);
  const table = rules.flatMap((rule) => names.map((name) => [rule.name, name, rule] as const));

  it.each(table)("%s on %s", (_, name, { optimizer, reference, rates }: Rule) => {
    const problem = problems[name]!;
    const shapes = Object.values(problem.start).map(({ shape }) => shape);
    const gradient = grad(engine, problem.loss as (p: Record<string, Tensor>) => Tensor);
    const gradientAt = (weights: readonly number[]): number[] => {
      let at = 0;
      const point = Object.fromEntries(
        Object.entries(problem.start).map(([key, { data, shape }]) => {
          const part = Float64Array.from(weights.slice(at, at + data.length));
          at += data.length;
          return [key, { data: part, shape }];
        }),
      );
      return Object.values(gradient(point as never) as object).flatMap((array) => flat(array));
    };
    const h = rates?.[name] ?? rates?.all ?? 0.01;
    const plain = reference({
      weights: Object.values(problem.start).flatMap(({ data }) => [...data]),
      shapes,
      base: h,
    });
    let trainer = trainerOf(engine, problem, optimizer(h));
    for (let t = 1; t <= steps; t++) {
      // The base of a decoupled schedule stays where it was, so that rule is not restarted with another rate.
      const rate = t > steps / 2 && rates?.constant === undefined ? 0.3 * h : h;
      if (t === steps / 2 + 1 && rate !== h) {
        const later = trainerOf(engine, problem, optimizer(rate));
        later.restore(trainer.save());
        trainer = later;
      }
      update(trainer);
      const expected = plain(gradientAt, t, rate);
      expectClose(weightsOf(trainer), expected, t <= 20 ? 1e-10 : 1e-9, `weights after step ${t}`, 1e-3);
    }
    gradient.free();
    expect(weightsOf(trainer).every(Number.isFinite)).toBe(true);
  });
});

describe("worked figures", () => {
  const slope: Problem = {
    start: { x: { data: [0], shape: [1] } },
    loss: ({ x }) => x!.multiply(5).sum(),
  };
  /** Lengths of the steps under a constant gradient, in units of h. */
  function stepsOf(make: (learningRate: number) => Optimizer, count: number): number[] {
    const trainer = trainerOf(engine, slope, make(0.01));
    let last = 0;
    return Array.from({ length: count }, () => {
      update(trainer);
      const [now = 0] = weightsOf(trainer);
      const step = (last - now) / 0.01;
      last = now;
      return step;
    });
  }

  it("Adam without bias correction: 3.162 h at first, 6.57 h at the peak, t = 12", () => {
    const lengths = stepsOf((learningRate) => adam({ learningRate, biasCorrection: false, convention: "lecture" }), 30);
    expect(lengths[0]).toBeCloseTo(0.1 / Math.sqrt(0.001), 6);
    const peak = Math.max(...lengths);
    expect(lengths.indexOf(peak) + 1).toBe(12);
    expect(peak).toBeCloseTo(6.57, 2);
  });

  it("Adam: h at first, and always under a constant gradient", () => {
    expectClose(
      stepsOf((learningRate) => adam({ learningRate }), 20),
      new Array(20).fill(1),
      1e-8,
    );
  });

  it("Nadam: 1.9 h in the lecture's form, 1.474 h in Optax's", () => {
    expect(stepsOf((learningRate) => nadam({ learningRate, convention: "lecture" }), 1)[0]).toBeCloseTo(1.9, 7);
    expect(stepsOf((learningRate) => nadam({ learningRate, convention: "optax" }), 1)[0]).toBeCloseTo(1.4737, 4);
  });

  it("AdaMax, Lion and Rprop: h at first", () => {
    for (const make of [
      (learningRate: number) => adamax({ learningRate }),
      (learningRate: number) => lion({ learningRate }),
      (learningRate: number) => rprop({ learningRate }),
    ])
      expect(stepsOf(make, 1)[0]).toBeCloseTo(1, 7);
  });

  it("velocity and buffer are the same numbers while the rate is constant", () => {
    const options = { momentum: 0.9, learningRate: 0.001 };
    const pair = [sgd(options), sgd({ ...options, convention: "lecture" })].map((optimizer) => {
      const trainer = trainerOf(engine, problems.rosenbrock!, optimizer);
      for (let t = 0; t < 50; t++) update(trainer);
      return weightsOf(trainer);
    });
    expectClose(pair[0], pair[1], 1e-12);
  });

  it("centered RMSprop takes a variance that rounding makes negative for 0, in f32", () => {
    const gradients = [0.1, 0.3, 0.7, 1.1, -2.3, 3.7, -5.9, 13].map(Math.fround);
    const constant: Problem = {
      start: { x: { data: new Array(8).fill(0), shape: [8] } },
      loss: ({ x }) => x!.multiply(gradients).sum(),
    };
    const options = { learningRate: 0.125, rho: 0.5, epsilon: 0.25, centered: true } as const;
    const f = Math.fround;
    for (const convention of ["pytorch", "keras"] as const) {
      const trainer = trainerOf(engine, constant, rmsprop({ ...options, convention }), "f32");
      const plain = gradients.map((g) => ({ g, s: 0, m: 0, w: 0 }));
      let negative = 0;
      for (let t = 0; t < 40; t++) {
        for (const one of plain) {
          const { g } = one;
          one.s = f(f(0.5 * one.s) + f(0.5 * f(g * g)));
          one.m = f(f(0.5 * one.m) + f(0.5 * g));
          const variance = f(one.s - f(one.m * one.m));
          if (variance < 0) negative++;
          const clamped = Math.max(variance, 0);
          const d = convention === "keras" ? f(Math.sqrt(f(clamped + 0.25))) : f(f(Math.sqrt(clamped)) + 0.25);
          one.w = f(one.w - f(0.125 * f(g / d)));
        }
        update(trainer);
        expectSameBits(
          weightsOf(trainer),
          plain.map(({ w }) => w),
        );
      }
      expect(negative).toBeGreaterThan(0);
    }
  });

  it("FISTA's error falls as 1/t²: at most 2 |x₀ − x|² / (h (t + 1)²)", async () => {
    const diagonal = Array.from({ length: 50 }, (_, k) => 1 / (k + 1) ** 3);
    const problem: Problem = {
      start: { x: { data: new Array(50).fill(1), shape: [50] } },
      loss: ({ x }) => x!.square().multiply(diagonal).sum().multiply(0.5),
    };
    const trainer = trainerOf(engine, problem, sgd({ learningRate: 1, nesterov: "fista" }));
    for (const t of [10, 30, 100, 300]) {
      await updates(trainer, t - trainer.steps);
      const x = weightsOf(trainer);
      const error = x.reduce((sum, value, k) => sum + 0.5 * diagonal[k]! * value * value, 0);
      expect(error).toBeLessThan((2 * 50) / (t + 1) ** 2);
    }
  });

  it("Muon: singular values of the step come to 0.68 .. 1.21 times h, whatever the gradient's are", () => {
    const diagonal = [1, 0.6, 0.3, 0.1];
    const matrix = diagonal.map((value, i) => diagonal.map((_, j) => (i === j ? value : 0)));
    const problem: Problem = {
      start: { w: { data: new Array(16).fill(0), shape: [4, 4] } },
      loss: ({ w }) => w!.multiply(matrix).sum(),
    };
    const trainer = trainerOf(engine, problem, muon({ learningRate: 1, weightDecay: 0 }));
    update(trainer);
    const step = weightsOf(trainer);
    for (let k = 0; k < 4; k++) {
      expect(-step[5 * k]!).toBeGreaterThan(0.68);
      expect(-step[5 * k]!).toBeLessThan(1.21);
    }
    expect(muonFlops(4, 4)).toBe(5 * 6 * 64);
    expect(muonFlops(100, 10)).toBe(muonFlops(10, 100));
  });
});

describe("what no rule may do", () => {
  const every = rules.map(({ name, optimizer }) => [name, optimizer(0.01)] as const);
  const flatProblem: Problem = {
    start: { x: { data: [0, 0.5, 0, 0, 0], shape: [5] }, w: { data: new Array(6).fill(0), shape: [2, 3] } },
    loss: ({ x, w }) => x!.multiply([0, 0, 1e-25, 1e-10, 1]).sum().add(w!.multiply(0).sum()),
  };

  for (const dtype of ["f32", "f64"] as const)
    it.each(every)(
      `%s turns no gradient of 0 into NaN, in ${dtype}, and leaves weights of 0`,
      async (name, optimizer) => {
        const trainer = trainerOf(engine, flatProblem, optimizer, dtype);
        await updates(trainer, 25);
        const weights = weightsOf(trainer);
        expect(weights.every(Number.isFinite)).toBe(true);
        expectClose(weights[0], 0, 0);
        expectClose(weights.slice(5), new Array(6).fill(0), 0);
        if (!optimizer.decay.decoupled && !optimizer.decay.coupled && !name.startsWith("asgd"))
          expect(weights[1]).toBe(0.5);
        // Slack of the groups stays 0, or the next parameter beside it would be reached by a sum over the arena.
        const { engine: owner, memory } = trainer;
        const { layout, parameters } = memory;
        const bytes = dtype === "f32" ? 4 : 8;
        const at = parameters.address / bytes;
        const arena = new (dtype === "f32" ? Float32Array : Float64Array)(owner.bytes.buffer as ArrayBuffer);
        const used = new Set(
          layout.parameters.flatMap(({ offset, elements }) => Array.from({ length: elements }, (_, k) => offset + k)),
        );
        for (let k = 0; k < layout.elements; k++) if (!used.has(k)) expect(arena[at + k]).toBe(0);
      },
    );

  it("a tiny epsilon does not vanish in f32", async () => {
    for (const optimizer of [
      adam({ epsilon: 1e-60 }),
      adam({ epsilon: 1e-60, epsilonPlacement: "inside" }),
      adagrad({ epsilon: 1e-60 }),
      rmsprop({ epsilon: 1e-60, convention: "keras" }),
      adamax({ epsilon: 0 }),
    ]) {
      const trainer = trainerOf(engine, flatProblem, optimizer, "f32");
      await updates(trainer, 3);
      expect(weightsOf(trainer).every(Number.isFinite)).toBe(true);
      expect(weightsOf(trainer)[1]).toBe(0.5);
    }
  });

  it.each(every)("%s goes on from a checkpoint as if nothing had happened", async (_, optimizer) => {
    const whole = trainerOf(engine, problems.mlp!, optimizer);
    await updates(whole, 8);
    const file = whole.save();
    await updates(whole, 8);
    const other = trainerOf(engine, problems.mlp!, optimizer);
    other.restore(file);
    await updates(other, 8);
    expect(weightsOf(other)).toEqual(weightsOf(whole));
  });
});

describe("what is refused", () => {
  const make =
    <T>(build: (options: never) => T, options: object) =>
    () =>
      build(options as never);
  it.each([
    ["decay on Rprop", make(rprop, { weightDecay: 0.1 }), /rprop: weightDecay cannot be combined/],
    ["coupled decay on AdamW", make(adamW, { decayCoupling: "l2" }), /adamW: decayCoupling "l2" contradicts/],
    ["coupled decay on NadamW", make(nadamW, { decayCoupling: "penalty" }), /nadamW: decayCoupling/],
    ["coupled decay on Lion", make(lion, { weightDecay: 1, decayCoupling: "l2" }), /lion: decayCoupling/],
    ["coupled decay on Muon", make(muon, { decayCoupling: "l2" }), /muon: decayCoupling/],
    [
      "decoupled decay on ASGD",
      make(asgd, { weightDecay: 1, decayCoupling: "decoupledLearningRate" }),
      /asgd: .*lambda/,
    ],
    ["a coupling of nothing", make(adam, { decayCoupling: "l2" }), /adam: decayCoupling needs weightDecay/],
    ["a filter of nothing", make(sgd, { learningRate: 1, decayFilter: "all" }), /sgd: decayFilter needs weightDecay/],
    [
      "a decay that takes everything",
      make(sgd, { learningRate: 2, weightDecay: 0.5, convention: "keras" }),
      /sgd: weightDecay/,
    ],
    ["negative decay", make(adam, { weightDecay: -1 }), /adam: weightDecay must be/],
    ["an unknown convention", make(adam, { convention: "jax" }), /adam: convention must be "lecture" or "pytorch"/],
    ["amsgradMax alone", make(adam, { amsgradMax: "raw" }), /adam: amsgradMax needs amsgrad/],
    ["an unknown placement", make(adam, { epsilonPlacement: "above" }), /adam: epsilonPlacement must be "outside"/],
    ["biasCorrection that is neither", make(adam, { biasCorrection: "third" }), /adam: biasCorrection must be/],
    ["rateInMomentum alone", make(rmsprop, { rateInMomentum: true }), /rmsprop: rateInMomentum needs momentum/],
    [
      "momentumDecay without a schedule",
      make(nadam, { nadam: "constant", momentumDecay: 0.1 }),
      /nadam: momentumDecay/,
    ],
    ["momentum with FISTA", make(sgd, { learningRate: 1, nesterov: "fista", momentum: 0.9 }), /sgd: momentum .*fista/],
    [
      "Nesterov with dampening",
      make(sgd, { learningRate: 1, momentum: 0.9, nesterov: true, dampening: 0.5 }),
      /dampening/,
    ],
    ["others that are none", make(muon, { others: 3 }), /muon: others must be an optimizer, got 3/],
    ["others like itself", () => muon({ others: muon() }), /muon: others cannot be muon/],
    ["others elsewhere", () => muon({ others: scheduleFreeSgd() }), /muon: others cannot be scheduleFreeSgd/],
    ["step sizes upside down", make(rprop, { minStep: 1, maxStep: 0.1 }), /rprop: maxStep/],
    ["a threshold below 4", make(radam, { threshold: 3 }), /radam: threshold/],
    ["half a warm-up", make(scheduleFreeAdamW, { warmupSteps: 0.5 }), /scheduleFreeAdamW: warmupSteps/],
    ["a misspelt option", make(adadelta, { roh: 0.9 }), /adadelta: unknown option "roh". Did you mean "rho"/],
    ["no options", make(adagrad, null as never), /adagrad: options must be an object/],
  ])("%s", (_, build, sentence) => expect(build).toThrow(sentence));
});
