// Random trainers as code: which parts they have, what they are trained on, and how. Every option stands in the text, so
// that what is printed is what ran.

import type { Engine, FitOptions, Samples, Trainer } from "thalweg";
import * as thalweg from "thalweg";
import type { Random } from "./random.js";

/** An option as code, undefined if it is not given. */
type Option = string | number | boolean | undefined;

/** Options as code, those that are not given left out. */
function options(fields: Readonly<Record<string, Option>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  return given.length === 0 ? "" : `{ ${given.map(([name, value]) => `${name}: ${value}`).join(", ")} }`;
}

const called = (name: string, ...parts: readonly string[]): string => `${name}(${parts.filter(Boolean).join(", ")})`;
const quoted = (text: string): string => JSON.stringify(text);
const exported = thalweg as unknown as Record<string, unknown>;

/** The value of an expression over what the package exports, and `more`. */
export function evaluate<T>(code: string, more: Readonly<Record<string, unknown>> = {}): T {
  const named = new Set([...code.matchAll(/[a-z]\w*/gi)].map(([name]) => name));
  const names = [...named].filter((name) => name in exported || name in more);
  const body = `"use strict"; return ${code};`;
  return new Function(...names, body)(...names.map((name) => more[name] ?? exported[name])) as T;
}

/** Numbers for samples, in −1 .. 1: the same wherever they are drawn. */
export const drawing =
  "(count, s) => Array.from({ length: count }, (_, k) => ((k * k * 7919 + k * 31 + s * 104729) % 2003) / 1001 - 1)";

/** Draws the text of a value; what the library refuses, as combinations that contradict each other, is drawn again. */
export class Recipe {
  /** Text of createTrainer's options. */
  readonly trainer: string;
  /** Text of samples, with `draw` in it. */
  readonly samples: string;
  readonly validation: string | null;
  /** Whether the samples are made resident before. */
  readonly resident: boolean;
  /** Text of fit's options, without what depends on where it runs. */
  readonly fit: string;
  /** What the learning rate is set to before it begins, if it is. */
  readonly rate: number | null;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    const drawn = this.#problem();
    const problem = { ...drawn, named: random.chance(0.12) && !/reduction: "sum"/.test(drawn.loss) };
    this.trainer = this.#trainer(problem);
    const rows = random.pick([random.whole(5, 40), random.whole(20, 90)]);
    const [ofData, ofFit] = [0.12, 0.2].map((probability) =>
      this.#maybe(probability, () => this.#augmentation(problem)),
    );
    this.samples = this.#samples(problem, rows, random.whole(0, 50), ofData);
    const validated = random.chance(0.45);
    this.validation = validated ? this.#samples(problem, random.pick([3, 16, 70, 300]), random.whole(51, 99)) : null;
    this.resident = random.chance(0.4);
    this.fit = this.#fit(rows, ofFit);
    this.rate = random.chance(0.15) ? random.round(0.002, 0.05) : null;
  }

  /** The whole as somebody would type it. */
  get code(): string {
    return [
      `const draw = ${drawing};`,
      `const trainer = createTrainer(engine, ${this.trainer});`,
      ...(this.rate === null ? [] : [`trainer.learningRate = ${this.rate};`]),
      `const samples = ${this.samples};`,
      ...(this.validation ? [`const validation = ${this.validation};`] : []),
      `${this.resident ? "// samples made resident by createDataset\n" : ""}await trainer.fit(samples, ${this.fit});`,
    ].join("\n");
  }

  create(engine: Engine): Trainer {
    return evaluate<(engine: Engine) => Trainer>(`(engine) => createTrainer(engine, ${this.trainer})`)(engine);
  }

  /** The same, at the rate that is set. */
  start(engine: Engine): Trainer {
    const trainer = this.create(engine);
    if (this.rate !== null) trainer.learningRate = this.rate;
    return trainer;
  }

  data(text: string): Samples {
    return evaluate<Samples>(`((draw) => (${text}))(${drawing})`);
  }

  options(validation: unknown): FitOptions {
    return evaluate<FitOptions>(`((validation) => (${this.fit}))(validation)`, { validation });
  }

  /** A text that the library takes. */
  #accepted(draw: () => string): string {
    for (let tries = 0; tries < 40; tries++) {
      const text = draw();
      try {
        evaluate(text);
        return text;
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof RangeError) || !/^\w+: /.test(error.message)) throw error;
      }
    }
    return draw();
  }

  #maybe(probability: number, draw: () => Option): Option {
    return this.#random.chance(probability) ? draw() : undefined;
  }

  #flag = (): boolean => this.#random.chance(0.5);
  #choice(...words: readonly string[]): () => string {
    return () => quoted(this.#random.pick(words));
  }
  #number(low: number, high: number): () => number {
    return () => this.#random.round(low, high);
  }

  // ---- Schedules ----

  /** A number, or now and then a schedule around it. */
  #hyper(value: number, probability = 0.12): string {
    return this.#random.chance(probability) ? this.#accepted(() => this.#schedule(value, 2)) : `${value}`;
  }

  #schedule(value: number, depth: number): string {
    const { pick, whole } = {
      pick: this.#random.pick.bind(this.#random),
      whole: this.#random.whole.bind(this.#random),
    };
    const unit = this.#maybe(0.3, this.#choice("step", "epoch"));
    const low = value / pick([2, 10]);
    const inner = (): string => (depth > 0 ? this.#schedule(value, depth - 1) : `${value}`);
    const names = schedules.filter((name) => depth > 0 || !["warmup", "joinSchedules", "scaleSchedule"].includes(name));
    const name = pick([...names, "function"]);
    const initial = value;
    const length = whole(2, 12);
    switch (name) {
      case "function":
        return `(t) => ${value} / (1 + t / ${length})`;
      case "functionSchedule":
        return called(name, `(t) => ${value} * 0.9 ** Math.min(t, 20)`, options({ unit }));
      case "constantSchedule":
        return called(name, `${value}`);
      case "stepDecay":
        return called(name, options({ initial, length, factor: this.#maybe(0.7, () => 0.5), unit }));
      case "multiStepDecay":
        return called(
          name,
          options({
            initial,
            milestones: `[${whole(1, 3)}, ${whole(4, 9)}]`,
            factor: pick(["0.5", "[0.5, 0.8]"]),
            unit,
          }),
        );
      case "exponentialDecay":
        return this.#flag()
          ? called(name, options({ initial, decay: 0.05, end: this.#maybe(0.4, () => low), unit }))
          : called(name, options({ initial, rate: 0.8, length, staircase: this.#maybe(0.5, this.#flag), unit }));
      case "inverseTimeDecay":
        return called(
          name,
          options({
            initial,
            decay: 0.1,
            length: this.#maybe(0.5, () => length),
            staircase: this.#maybe(0.5, this.#flag),
            unit,
          }),
        );
      case "inverseSquareRootDecay":
        return called(name, options({ initial, length: this.#maybe(0.7, () => length), unit }));
      case "linearSchedule":
        return called(name, options({ from: value, to: this.#maybe(0.6, () => low), length, unit }));
      case "polynomialDecay":
        return called(
          name,
          options({
            initial,
            end: this.#maybe(0.6, () => low),
            power: pick([undefined, 2, 0.5]),
            length,
            cycle: this.#maybe(0.5, this.#flag),
            unit,
          }),
        );
      case "cosineDecay":
        return called(
          name,
          options({
            initial,
            length,
            [pick(["minimum", "relativeMinimum"])]: this.#maybe(0.6, () => 0.01 * value),
            exponent: this.#maybe(0.3, () => 1.5),
            after: this.#maybe(0.5, this.#choice("hold", "oscillate")),
            unit,
          }),
        );
      case "warmupStableDecay":
        return called(
          name,
          options({
            peak: value,
            warmup: whole(0, 4),
            stable: whole(0, 4),
            decay: whole(1, 6),
            start: this.#maybe(0.5, () => low),
            end: this.#maybe(0.5, () => low),
            shape: this.#maybe(0.6, this.#choice("linear", "cosine", "squareRoot")),
            unit,
          }),
        );
      case "warmRestarts":
        return called(
          name,
          options({
            maximum: value,
            length: pick(["3", "[2, 4]"]),
            minimum: this.#maybe(0.5, () => low),
            growth: this.#maybe(0.5, () => 2),
            shrink: this.#maybe(0.5, () => 0.7),
            unit,
          }),
        );
      case "oneCycle":
        return called(
          name,
          options({
            peak: value,
            length: length + 8,
            anneal: this.#maybe(0.5, this.#choice("cosine", "linear")),
            threePhase: this.#maybe(0.4, this.#flag),
            convention: this.#maybe(0.5, this.#choice("pytorch", "optax")),
            start: this.#maybe(0.3, () => low),
            end: this.#maybe(0.3, () => low),
            unit,
          }),
        );
      case "cyclicSchedule":
        return called(
          name,
          options({
            base: low,
            peak: value,
            up: whole(1, 4),
            down: this.#maybe(0.5, () => whole(1, 4)),
            ...pick([{}, { mode: '"triangular2"' }, { mode: '"expRange"', gamma: 0.9 }]),
            unit,
          }),
        );
      case "warmup":
        return called(
          name,
          options({
            length,
            from: this.#maybe(0.6, () => low),
            schedule: inner(),
            countFrom: this.#maybe(0.5, this.#choice("end", "start")),
            unit,
          }),
        );
      case "joinSchedules":
        return called(
          name,
          `[{ schedule: ${inner()}, until: ${whole(1, 3)} }, { schedule: ${inner()}, until: ${whole(4, 8)} }, { schedule: ${inner()} }]`,
          options({ unit }),
        );
      case "scaleSchedule":
        return called(
          name,
          inner(),
          pick([
            options({ factor: 0.7 }),
            options({ factor: `plateauSchedule({ initial: 1, patience: ${whole(0, 2)}, factor: 0.5 })` }),
            options({
              batchSize: 64,
              referenceBatchSize: 80,
              rule: this.#maybe(0.5, this.#choice("linear", "squareRoot")),
            }),
          ]),
        );
      case "plateauSchedule":
        return called(
          name,
          options({
            initial,
            factor: this.#maybe(0.8, () => 0.5),
            patience: whole(0, 2),
            threshold: this.#maybe(0.4, () => 0.05),
            thresholdMode: this.#maybe(0.3, this.#choice("relative", "absolute")),
            cooldown: this.#maybe(0.4, () => whole(0, 2)),
            minimum: this.#maybe(0.4, () => value / 5),
            mode: this.#maybe(0.3, this.#choice("minimize", "maximize")),
            average: this.#maybe(0.3, () => 2),
            convention: this.#maybe(0.5, this.#choice("pytorch", "keras", "optax")),
          }),
        );
    }
    throw new Error(`no row draws the schedule ${name}`);
  }

  // ---- Optimizers ----

  /** An optimizer with some of its options; what contradicts itself is drawn again. */
  #optimizer(wraps = true): string {
    const { pick, chance } = this.#random;
    const wrappers = wraps && chance.call(this.#random, 0.3);
    if (!wrappers) return this.#accepted(() => this.#rule(pick.call(this.#random, optimizers) as string));
    return this.#accepted(() => {
      let text = this.#rule(pick.call(this.#random, optimizers) as string);
      for (const name of this.#random.shuffled(wrapperNames).slice(0, this.#random.whole(1, 2)))
        text = called(name, text, this.#wrapperOptions(name));
      return text;
    });
  }

  #wrapperOptions(name: string): string {
    if (name === "lookahead")
      return options({
        syncPeriod: this.#maybe(0.8, () => this.#random.whole(1, 5)),
        slowStepSize: this.#maybe(0.5, this.#number(0.2, 1)),
      });
    if (name === "sam")
      return options({ radius: this.#maybe(0.6, this.#number(0.01, 0.3)), adaptive: this.#maybe(0.4, this.#flag) });
    return "";
  }

  #decay(): Record<string, string | number | boolean | undefined> {
    if (!this.#random.chance(0.4)) return {};
    const words = ["l2", "penalty", "decoupledLearningRate", "decoupledSchedule", "cautious"];
    return {
      weightDecay: this.#hyper(this.#random.round(0.001, 0.2)),
      decayCoupling: this.#maybe(0.6, this.#choice(...words)),
      decayFilter: this.#maybe(0.4, this.#choice("matrices", "all")),
    };
  }

  #rule(name: string): string {
    const random = this.#random;
    const some = (draw: () => string | number | boolean) => this.#maybe(0.3, draw);
    const share = (low: number, high: number) => () => this.#hyper(random.round(low, high));
    const tiny = () => `${random.pick([1e-8, 1e-6, 1e-3])}`;
    const convention = this.#maybe(0.4, this.#choice("lecture", "pytorch", "keras", "optax"));
    const rate = (low: number, high: number) => this.#hyper(random.round(low, high), 0.45);
    const moments = { beta1: some(share(0.5, 0.95)), beta2: some(share(0.8, 0.999)), epsilon: some(tiny) };
    const placements = this.#choice("outside", "inside", "hat");
    const adamLike = {
      learningRate: rate(0.003, 0.1),
      ...moments,
      epsilonPlacement: some(placements),
      epsilonRoot: some(() => this.#hyper(1e-6)),
      biasCorrection: some(() => random.pick(["true", "false", '"first"', '"second"'])),
      ...random.pick([{}, {}, { amsgrad: true, amsgradMax: some(this.#choice("raw", "corrected")) }]),
    };
    const nadamLike = {
      learningRate: rate(0.003, 0.1),
      ...moments,
      epsilonPlacement: some(placements),
      nadam: some(this.#choice("lecture", "scheduled", "dozat", "kerasScheduled", "constant")),
      momentumDecay: this.#maybe(0.2, this.#number(0.001, 0.1)),
    };
    const rows: Record<string, () => Record<string, string | number | boolean | undefined>> = {
      sgd: () => ({
        learningRate: rate(0.01, 0.3),
        ...random.pick([
          {},
          { nesterov: '"fista"' },
          { momentum: this.#hyper(0.9), nesterov: some(this.#flag), dampening: this.#maybe(0.2, share(0.1, 0.5)) },
          {
            momentum: this.#hyper(0.8),
            momentumForm: some(this.#choice("buffer", "velocity", "heavyBall", "ema")),
            nesterov: some(() => random.pick(["true", "false", '"lookahead"'])),
            firstStep: this.#maybe(0.2, this.#choice("gradient", "zero")),
          },
        ]),
        ...this.#decay(),
      }),
      adam: () => ({ ...adamLike, ...this.#decay() }),
      adamW: () => ({ ...adamLike, ...this.#decay() }),
      adamax: () => ({
        learningRate: rate(0.003, 0.1),
        beta1: some(share(0.5, 0.95)),
        beta2: some(share(0.8, 0.999)),
        epsilon: some(tiny),
        epsilonPlacement: some(this.#choice("insideMax", "outside")),
        ...this.#decay(),
      }),
      adabelief: () => ({
        learningRate: rate(0.003, 0.1),
        beta1: some(share(0.5, 0.95)),
        beta2: some(share(0.8, 0.999)),
        epsilon: some(tiny),
        ...this.#decay(),
      }),
      radam: () => ({
        learningRate: rate(0.003, 0.1),
        ...moments,
        epsilonPlacement: some(placements),
        threshold: some(() => random.pick([4, 5, 6])),
        ...this.#decay(),
      }),
      nadam: () => ({ ...nadamLike, ...this.#decay() }),
      nadamW: () => ({ ...nadamLike, ...this.#decay() }),
      adan: () => ({ learningRate: rate(0.003, 0.1), ...moments, beta3: some(share(0.8, 0.99)), ...this.#decay() }),
      adagrad: () => ({
        learningRate: rate(0.01, 0.2),
        epsilon: some(tiny),
        epsilonPlacement: some(this.#choice("outside", "inside")),
        initialAccumulator: some(this.#number(0.01, 0.5)),
        rateDecay: some(share(0.01, 0.3)),
        ...this.#decay(),
      }),
      adadelta: () => ({
        learningRate: rate(0.5, 2),
        rho: some(share(0.5, 0.95)),
        epsilon: some(tiny),
        ...this.#decay(),
      }),
      rmsprop: () => ({
        learningRate: rate(0.001, 0.05),
        rho: some(share(0.5, 0.99)),
        epsilon: some(tiny),
        epsilonPlacement: some(this.#choice("outside", "inside")),
        centered: some(this.#flag),
        ...random.pick([{}, { momentum: this.#hyper(0.7), rateInMomentum: some(this.#flag) }]),
        initialAccumulator: some(this.#number(0.01, 0.5)),
        ...this.#decay(),
      }),
      lion: () => ({
        learningRate: rate(0.001, 0.02),
        beta1: some(share(0.5, 0.95)),
        beta2: some(share(0.5, 0.99)),
        ...this.#decay(),
      }),
      rprop: () => ({
        learningRate: some(this.#number(0.001, 0.05)),
        etaMinus: some(this.#number(0.3, 0.7)),
        etaPlus: some(this.#number(1.1, 1.5)),
        minStep: some(() => 1e-5),
        maxStep: some(this.#number(0.5, 2)),
      }),
      muon: () => ({
        learningRate: rate(0.003, 0.05),
        momentum: some(share(0.5, 0.95)),
        nesterov: some(this.#flag),
        biasCorrection: some(this.#flag),
        scale: some(this.#choice("original", "matchAdam")),
        steps: some(() => random.whole(1, 6)),
        coefficients: some(() => "[2, -1.5, 0.5]"),
        others: this.#maybe(0.5, () => this.#rule(random.pick(["adam", "sgd", "lion", "adagrad"]))),
        ...this.#decay(),
      }),
      scheduleFreeSgd: () => ({
        learningRate: rate(0.05, 0.5),
        beta: some(share(0.5, 0.95)),
        warmupSteps: some(() => random.whole(0, 6)),
        ...this.#decay(),
      }),
      scheduleFreeAdamW: () => ({
        learningRate: rate(0.003, 0.05),
        beta: some(share(0.5, 0.95)),
        beta2: some(share(0.8, 0.999)),
        epsilon: some(tiny),
        warmupSteps: some(() => random.whole(0, 6)),
        ...this.#decay(),
      }),
      asgd: () => ({
        learningRate: rate(0.01, 0.2),
        lambda: some(share(0.0001, 0.05)),
        alpha: some(share(0.3, 1)),
        averageFrom: this.#maybe(0.8, () => random.whole(0, 8)),
        ...this.#decay(),
      }),
      randomSearch: () => ({
        scale: rate(0.1, 1),
        around: some(this.#choice("zero", "best")),
      }),
    };
    const row = rows[name];
    if (!row) throw new Error(`no row draws the optimizer ${name}`);
    return called(name, options({ ...row(), ...(name === "randomSearch" ? {} : { convention }) }));
  }

  // ---- Around the optimizer ----

  #penalty(): string {
    return this.#accepted(() => {
      const name = this.#random.pick(penalties);
      const filter = this.#maybe(0.4, this.#choice("matrices", "all"));
      const proximal = name === "l2" ? undefined : this.#maybe(0.5, this.#flag);
      const beta = name === "elasticNet" ? this.#maybe(0.5, this.#number(0.2, 2)) : undefined;
      return called(name, this.#hyper(this.#random.round(0.001, 0.1), 0.25), options({ filter, proximal, beta }));
    });
  }

  #gradient(): string {
    const random = this.#random;
    const clip = () => options({ convention: this.#maybe(0.5, this.#choice("lecture", "pytorch", "keras", "optax")) });
    const rows: Record<string, () => string> = {
      clipValue: () => called("clipValue", `${random.round(0.01, 1)}`),
      clipNorm: () => called("clipNorm", `${random.round(0.05, 2)}`, clip()),
      clipGlobalNorm: () => called("clipGlobalNorm", `${random.round(0.05, 2)}`, clip()),
      clipAdaptive: () =>
        called(
          "clipAdaptive",
          options({ limit: this.#maybe(0.6, this.#number(0.01, 0.5)), epsilon: this.#maybe(0.4, () => 0.01) }),
        ),
      centralize: () => "centralize()",
      gradientNoise: () =>
        called(
          "gradientNoise",
          options({ scale: random.round(0.001, 0.1), decay: this.#maybe(0.5, this.#number(0, 1)) }),
        ),
    };
    const names = transforms.filter((name) => name !== "accumulate");
    const drawn = random.shuffled(names).slice(0, random.pick([0, 1, 1, 2, 3]));
    for (const name of names) if (!rows[name]) throw new Error(`no row draws the transform ${name}`);
    const first = random.chance(0.5) ? [`accumulate(${random.pick([1, 2, 2, 3, 4])})`] : [];
    return `[${[...first, ...drawn.map((name) => rows[name]!())].join(", ")}]`;
  }

  #average(): string {
    if (this.#flag()) return called("ema", options({ decay: this.#maybe(0.8, this.#number(0, 0.95)) }));
    return called(
      "swa",
      options({
        start: this.#maybe(0.6, () => this.#random.whole(1, 4)),
        every: this.#maybe(0.6, () => this.#random.whole(1, 3)),
        unit: this.#maybe(0.7, this.#choice("step", "epoch")),
      }),
    );
  }

  #groups(): string {
    const random = this.#random;
    const patterns = [
      '"*.bias"',
      '"*.weight"',
      '"0.*"',
      "/weight$/",
      '["1.*", "2.*"]',
      '"*gamma"',
      "/^[2-9]/",
      '"?.*"',
    ];
    const group = (): string => {
      const match = random.pick(patterns);
      const change = random.pick([
        { frozen: true },
        { learningRate: this.#hyper(random.round(0.001, 0.1), 0.4) },
        { learningRate: random.round(0.001, 0.1), weightDecay: random.round(0.001, 0.1) },
        { optimizer: this.#optimizer(false) },
        { penalty: this.#penalty() },
        { constraint: `maxNorm(${random.round(0.3, 2)})` },
        { optimizer: this.#optimizer(false), penalty: this.#penalty() },
      ]);
      return options({ match, ...change });
    };
    return `[${Array.from({ length: random.whole(1, 3) }, group).join(", ")}]`;
  }

  // ---- Model, loss, metrics, data ----

  #initializer(): string {
    const random = this.#random;
    const rows: Record<string, () => string> = {
      constantInitializer: () => `constantInitializer(${random.round(-0.3, 0.3)})`,
      uniformInitializer: () => `uniformInitializer(${random.round(-0.5, -0.1)}, ${random.round(0.1, 0.5)})`,
      normalInitializer: () => `normalInitializer(${random.round(0.05, 0.5)})`,
      truncatedNormalInitializer: () =>
        called(
          "truncatedNormalInitializer",
          options({ deviation: random.round(0.1, 0.5), correction: this.#maybe(0.5, this.#flag) }),
        ),
      varianceScaling: () =>
        called(
          "varianceScaling",
          options({
            scale: this.#maybe(0.6, this.#number(0.5, 2)),
            mode: this.#maybe(0.5, this.#choice("fanIn", "fanOut", "fanAverage")),
            distribution: this.#maybe(0.5, this.#choice("uniform", "normal")),
            convention: this.#maybe(0.5, this.#choice("pytorch", "keras", "tfjs")),
          }),
        ),
      orthogonalInitializer: () => `orthogonalInitializer(${random.pick(["", "1.4"])})`,
    };
    const name = random.pick(initializers);
    return rows[name]?.() ?? name;
  }

  /** What a problem is: which inputs, and what the model has to answer. */
  #problem(): Problem {
    const random = this.#random;
    const loss = random.pick([...losses, "own"]);
    const outputs = random.whole(1, 4);
    const reduction = this.#maybe(0.25, this.#choice("mean", "sum"));
    const classes = Math.max(outputs, 2);
    // A class that counts nothing is one too: whole runs may weigh 0.
    const weight = (): number => (random.chance(0.15) ? 0 : random.round(0.1, 5));
    const weights = this.#maybe(0.4, () => `[${Array.from({ length: classes }, weight).join(", ")}]`);
    const inputs = random.pick([
      "vector",
      "vector",
      "vector",
      "indices",
      "image",
      "pixels",
      "signal",
      "colors",
    ] as const);
    const labels = (more: Record<string, string | number | boolean | undefined>): Problem => ({
      inputs,
      outputs: classes,
      kind: random.chance(0.15) ? "classRows" : "classes",
      loss: called(loss, options({ reduction, ...more })),
    });
    const values = (
      kind: Problem["kind"],
      more: Record<string, string | number | boolean | undefined> = {},
    ): Problem => ({
      inputs,
      outputs,
      kind,
      loss: called(loss, options({ reduction, ...more })),
    });
    switch (loss) {
      case "softmaxCrossEntropy":
        return labels({ classWeights: weights, labelSmoothing: this.#maybe(0.3, this.#number(0, 0.3)) });
      case "negativeLogLikelihood":
        return { ...labels({ classWeights: weights }), end: ownLogSoftmax };
      case "multiclassHinge":
        return labels({ margin: this.#maybe(0.4, this.#number(0.5, 2)) });
      case "multiMargin":
        return labels({
          margin: this.#maybe(0.4, this.#number(0.5, 2)),
          power: this.#maybe(0.5, () => 2),
          classWeights: weights,
        });
      case "meanSquaredError":
      case "meanAbsoluteError":
        return values("values");
      case "huber":
        return values("values", { delta: this.#maybe(0.5, this.#number(0.2, 2)) });
      case "smoothL1":
        return values("values", { beta: this.#maybe(0.5, this.#number(0.2, 2)) });
      case "binaryCrossEntropyWithLogits":
        return values("bits", {
          positiveWeight: this.#maybe(0.4, () =>
            this.#flag() ? 2.5 : `[${Array.from({ length: outputs }, () => random.round(0.5, 3)).join(", ")}]`,
          ),
        });
      case "binaryCrossEntropy":
        return { ...values("bits"), end: "sigmoid()" };
      case "klDivergence":
        return { ...values("shares"), outputs: classes, end: ownLogSoftmax };
      case "poissonNegativeLogLikelihood":
        return values("counts", { full: this.#maybe(0.5, this.#flag), ...random.pick([{}, { logInput: true }]) });
      case "cosineEmbedding":
        return {
          ...values("signs"),
          outputs: 2 * outputs,
          end: pairs(outputs),
          loss: called(loss, options({ reduction, margin: this.#maybe(0.5, this.#number(-0.5, 0.5)) })),
        };
      case "hingeEmbedding":
        return values("signedRows", { margin: this.#maybe(0.5, this.#number(0.5, 2)) });
      case "own":
        return {
          inputs,
          outputs,
          kind: "values",
          loss: random.pick([
            '{ name: "own", targets: "values", apply: (p, t) => p.subtract(t).square().add(1).log().mean() }',
            '{ name: "own", targets: "values", reduction: "sum", apply: (p, t) => p.subtract(t).abs().sum() }',
            '{ name: "own", targets: "values", apply(p, t) { const w = t.abs(); return { sum: p.subtract(t).square().multiply(w).sum(), weight: w.sum() }; } }',
          ]),
        };
    }
    throw new Error(`no row draws the loss ${loss}`);
  }

  #metrics({ kind: given, outputs }: Problem): string {
    const random = this.#random;
    const kind = given === "classRows" ? "classes" : given;
    const count = () =>
      options(
        random.pick([
          {},
          { average: '"macro"' },
          ...(kind === "classes" ? [{ positive: 0 }] : [{ threshold: random.round(-0.2, 0.6) }]),
        ]),
      );
    const rows: Record<string, () => string | null> = {
      accuracy: () => (kind === "classes" ? "accuracy()" : null),
      topK: () => (kind === "classes" ? `topK(${random.whole(1, outputs)})` : null),
      rSquared: () => (["values", "bits", "counts"].includes(kind) ? "rSquared()" : null),
      precision: () => (kind === "classes" || (kind === "bits" && outputs === 1) ? called("precision", count()) : null),
      recall: () => (kind === "classes" || (kind === "bits" && outputs === 1) ? called("recall", count()) : null),
      f1: () => (kind === "classes" || (kind === "bits" && outputs === 1) ? called("f1", count()) : null),
      own: () => '{ name: "own", apply: (p) => p.square().mean() }',
    };
    for (const name of metrics) if (!rows[name]) throw new Error(`no row draws the metric ${name}`);
    const drawn = random.some([...metrics, "own"], 0.35).flatMap((name) => rows[name]!() ?? []);
    return `[${drawn.join(", ")}]`;
  }

  #activation(): string {
    const random = this.#random;
    const rows: Record<string, () => string> = {
      leakyRelu: () => `leakyRelu(${random.pick(["", "0.2"])})`,
      elu: () => `elu(${random.pick(["", "0.5"])})`,
      gelu: () => `gelu(${random.pick(["", '"tanh"'])})`,
    };
    const name = random.pick(activations);
    return rows[name]?.() ?? `${name}()`;
  }

  /** Layers from `width` features on. */
  #layers(width: number, count: number): { list: string[]; width: number } {
    const random = this.#random;
    const list: string[] = [];
    const affine = () => ({
      gamma: this.#maybe(0.2, () =>
        random.pick(["false", this.#initializer().replace(/^orthogonalInitializer.*/, "onesInitializer")]),
      ),
      beta: this.#maybe(0.2, () => "false"),
    });
    const rows: Record<string, () => string> = {
      linear: () => {
        const next = random.whole(1, 9);
        const text = called(
          "linear",
          `${width}, ${next}`,
          options({
            weight: this.#maybe(0.4, () => this.#initializer()),
            bias: this.#maybe(0.3, () => random.pick(["false", "constantInitializer(0.1)", "normalInitializer(0.1)"])),
          }),
        );
        width = next;
        return text;
      },
      batchNorm: () =>
        called(
          "batchNorm",
          `${width}`,
          options({
            convention: this.#maybe(0.3, this.#choice("pytorch", "keras")),
            momentum: this.#maybe(0.4, this.#number(0, 1)),
            epsilon: this.#maybe(0.3, () => 1e-3),
            runningVariance: this.#maybe(0.3, this.#choice("unbiased", "biased")),
            frozen: this.#maybe(0.2, this.#flag),
            ...affine(),
          }),
        ),
      layerNorm: () =>
        called(
          "layerNorm",
          `${width}`,
          options({
            convention: this.#maybe(0.3, this.#choice("pytorch", "keras")),
            epsilon: this.#maybe(0.3, () => 1e-3),
            ...affine(),
          }),
        ),
      dropout: () =>
        called(
          "dropout",
          this.#hyper(random.round(0, 0.6)),
          options({ mode: this.#maybe(0.4, this.#choice("inverted", "testScaled")) }),
        ),
      rmsNorm: () =>
        called(
          "rmsNorm",
          `${width}`,
          options({ epsilon: this.#maybe(0.3, () => 1e-3), gamma: this.#maybe(0.2, () => "false") }),
        ),
      gaussianNoise: () => `gaussianNoise(${random.round(0, 0.4)})`,
      residual: () => {
        const inner = [`linear(${width}, ${width})`, this.#activation(), ...(this.#flag() ? [`dropout(0.2)`] : [])];
        return called(
          "residual",
          `sequential([${inner.join(", ")}])`,
          options({
            survival: this.#maybe(0.5, () => this.#hyper(random.round(0.3, 1))),
            mode: this.#maybe(0.4, this.#choice("testScaled", "inverted")),
            draw: this.#maybe(0.5, this.#choice("batch", "sample")),
          }),
        );
      },
      residualStack: () => {
        const blocks = Array.from({ length: random.whole(1, 3) }, () => this.#activation());
        const survival = (): string =>
          options({
            last: this.#maybe(0.7, () => this.#hyper(random.round(0.3, 1))),
            rule: this.#maybe(0.5, this.#choice("linear", "constant")),
          }) || "{}";
        return called(
          "residualStack",
          `[${blocks.join(", ")}, linear(${width}, ${width})]`,
          options({
            survival: this.#maybe(0.7, survival),
            mode: this.#maybe(0.4, this.#choice("testScaled", "inverted")),
            draw: this.#maybe(0.5, this.#choice("batch", "sample")),
          }),
        );
      },
      own: () =>
        `{ name: "own", parameters: { scale: { shape: [${width}], initializer: onesInitializer } }, state: { seen: { shape: [], initializer: zerosInitializer } }, ` +
        "apply(p, x, context) { if (context.training) context.update({ seen: context.state.seen.add(x.mean()) }); return x.multiply(p.scale); } }",
      network: () =>
        `network({ a: ${this.#activation()}, b: linear(${width}, ${width}) }, ({ a, b }, x) => a(b(x)).add(${random.pick(["x", "b(x)"])}))`,
      activation: () => this.#activation(),
    };
    for (const name of layers) if (!rows[name]) throw new Error(`no row draws the layer ${name}`);
    for (let k = 0; k < count; k++)
      list.push(rows[random.pick([...layers, "linear", "linear", "activation", "activation", "own"])]!());
    return { list, width };
  }

  /** A layer that distorts images in training, and keeps their size. */
  #distortion(name: string, extents: readonly number[]): string {
    const random = this.#random;
    const size = `[${extents.join(", ")}]`;
    const reading = {
      interpolation: this.#maybe(0.6, this.#choice("nearest", "bilinear")),
      fill: this.#maybe(0.3, () => -0.5),
    };
    const share = () => this.#hyper(random.round(0, 0.5));
    const degrees = () => this.#hyper(random.round(0, 40));
    switch (name) {
      case "randomCrop":
        return called(name, size, options({ padding: random.whole(0, 2), fill: this.#maybe(0.3, () => 0.5) }));
      case "randomResizedCrop":
        return called(name, size, options({ scale: "[0.3, 1]", interpolation: reading.interpolation }));
      case "randomFlip":
        return called(name, options({ horizontal: this.#maybe(0.5, share), vertical: this.#maybe(0.5, share) }));
      case "randomRotation":
        return called(name, degrees(), options(reading));
      default:
        return called(
          name,
          options({
            degrees: this.#maybe(0.6, degrees),
            translate: this.#maybe(0.6, share),
            scale: this.#maybe(0.6, () => "[0.7, 1.3]"),
            shear: this.#maybe(0.6, degrees),
            ...reading,
          }),
        );
    }
  }

  /** Layers on pixels [height, width, channels], of a sequence [length, channels], that end in rows. */
  #pixels(shape: readonly number[]): { list: string[]; width: number } {
    const random = this.#random;
    const axes = shape.length === 3 ? 2 : 1;
    const list: string[] = [];
    let channels = shape.at(-1)!;
    let extents = shape.slice(0, -1);
    /** A number for each axis: as text, and the numbers. */
    const sizes = (draw: () => number): { text: string; each: number[] } => {
      const each = extents.map(draw);
      return axes === 2 && each[0] !== each[1] ? { text: `[${each.join(", ")}]`, each } : { text: `${each[0]}`, each };
    };
    const counts = (kernel: number[], stride: number[], padding: number[], dilation: number[]): number[] =>
      extents.map((extent, k) =>
        Math.floor((extent + 2 * padding[k]! - dilation[k]! * (kernel[k]! - 1) - 1) / stride[k]! + 1),
      );
    const drawn = () => {
      const [kernel, stride] = [sizes(() => random.whole(1, 3)), sizes(() => random.whole(1, 2))];
      const padding = random.whole(0, 1);
      return { kernel, stride, padding, dilation: random.chance(0.2) ? 2 : 1 };
    };
    const starts = () => ({
      bias: this.#maybe(0.3, () => "false"),
      convention: this.#maybe(0.2, () => quoted("pytorch")),
      weight: this.#maybe(0.2, () => "lecunNormal"),
    });
    const convolution = (name: string): string | null => {
      const { kernel, stride, padding, dilation } = drawn();
      const same = random.chance(0.25);
      const next = same
        ? extents.map((extent, k) => Math.ceil(extent / stride.each[k]!))
        : counts(
            kernel.each,
            stride.each,
            extents.map(() => padding),
            extents.map(() => dilation),
          );
      const mode = this.#maybe(0.2, this.#choice("zeros", "replicate"));
      if (Math.min(...next) < 1) return null;
      const groups = channels % 2 === 0 && random.chance(0.3) ? 2 : 1;
      const outs = groups * random.whole(1, 2);
      const multiplier = random.whole(1, 2);
      const deep = name === "depthwiseConv2d";
      const text = called(
        name,
        deep ? `${channels}` : `${channels}, ${outs}`,
        kernel.text,
        options({
          stride: stride.text,
          padding: same ? quoted("same") : padding,
          dilation: same && dilation > 1 ? undefined : dilation,
          paddingMode: mode,
          ...(deep || name === "separableConv2d" ? { multiplier } : { groups }),
          ...starts(),
        }),
      );
      extents = next;
      channels = deep ? channels * multiplier : outs;
      return text;
    };
    const transposed = (name: string): string => {
      const { kernel, stride } = drawn();
      const extra = Math.min(...stride.each) > 1 && random.chance(0.5) ? 1 : 0;
      const outs = random.whole(1, 3);
      const text = called(
        name,
        `${channels}, ${outs}, ${kernel.text}`,
        options({ stride: stride.text, outputPadding: extra, ...starts() }),
      );
      extents = extents.map((extent, k) => (extent - 1) * stride.each[k]! + kernel.each[k]! + extra);
      channels = outs;
      return text;
    };
    const pool = (name: string): string | null => {
      const { kernel, stride, padding: wanted } = drawn();
      const padding = Math.min(...kernel.each) > 1 ? wanted : 0;
      const next = counts(
        kernel.each,
        stride.each,
        extents.map(() => padding),
        extents.map(() => 1),
      );
      if (Math.min(...next) < 1) return null;
      extents = next;
      const mean = name.startsWith("avg") ? { countIncludePad: this.#maybe(0.4, this.#flag) } : {};
      return called(name, kernel.text, options({ stride: stride.text, padding, ...mean }));
    };
    const fractional = (): string => {
      const kernel = extents.map((extent) => Math.min(extent, random.whole(1, 2)));
      extents = extents.map((extent, k) => random.whole(1, extent - kernel[k]! + 1));
      return called(
        "fractionalMaxPool2d",
        `[${kernel.join(", ")}]`,
        options({
          outputSize: `[${extents.join(", ")}]`,
          regions: this.#maybe(0.6, this.#choice("pseudorandom", "random")),
          draw: this.#maybe(0.6, this.#choice("sample", "batch")),
          overlapping: this.#maybe(0.5, this.#flag),
        }),
      );
    };
    const resized = (name: string): string => {
      const { text, each } = sizes(() => random.whole(1, 3));
      extents = name === "upsample2d" ? extents.map((extent, k) => extent * each[k]!) : each;
      return called(name, text, name === "upsample2d" ? random.pick(["", quoted("bilinear"), '"bilinear", true']) : "");
    };
    const positions = (): number => extents.reduce((product, extent) => product * extent, 1);
    const rows: Record<string, () => string | null> = {
      groupNorm: () => (positions() * channels < 2 ? null : called("groupNorm", `1, ${channels}`)),
      instanceNorm: () =>
        positions() < 2 ? null : called("instanceNorm", `${channels}`, options({ gamma: "onesInitializer" })),
      [`dropout${axes}d`]: () => called(`dropout${axes}d`, this.#hyper(random.round(0, 0.5))),
      ...Object.fromEntries(
        axes === 1
          ? [["conv1d", () => convolution("conv1d")]]
          : ["conv2d", "depthwiseConv2d", "separableConv2d"].map((name) => [name, () => convolution(name)]),
      ),
      [`convTranspose${axes}d`]: () => transposed(`convTranspose${axes}d`),
      [`maxPool${axes}d`]: () => pool(`maxPool${axes}d`),
      [`avgPool${axes}d`]: () => pool(`avgPool${axes}d`),
      ...(axes === 2
        ? {
            fractionalMaxPool2d: fractional,
            upsample2d: () => resized("upsample2d"),
            adaptiveAvgPool2d: () => resized("adaptiveAvgPool2d"),
            adaptiveMaxPool2d: () => resized("adaptiveMaxPool2d"),
            ...Object.fromEntries(distortions.map((name) => [name, () => this.#distortion(name, extents)])),
          }
        : {}),
    };
    const names = Object.keys(rows);
    if (axes === 2 && random.chance(0.3)) list.push(this.#distortion(random.pick(distortions), extents));
    for (let k = random.whole(1, 3); k > 0; k--) {
      const text = positions() > 100 ? null : rows[random.pick(names)]!();
      if (text) list.push(text);
    }
    if (axes === 2 && random.chance(0.4)) {
      list.push(random.pick(["globalAvgPool2d()", "globalMaxPool2d()"]));
      return { list, width: channels };
    }
    if (axes === 1 && random.chance(0.5)) {
      const { text, width, isSequence } = this.#recurrent(channels);
      return isSequence
        ? { list: [...list, text, "flatten()"], width: positions() * width }
        : { list: [...list, text], width };
    }
    return { list: [...list, "flatten()"], width: positions() * channels };
  }

  /** A recurrent layer over steps of so many features. */
  #recurrent(features: number): { text: string; width: number; isSequence: boolean } {
    const random = this.#random;
    const units = random.whole(1, 3);
    const name = random.pick(recurrentLayers);
    const [isSequence, bidirectional] = [this.#flag(), this.#flag()];
    const bag = options({
      returnSequences: isSequence || undefined,
      bidirectional: bidirectional || undefined,
      layers: this.#maybe(0.3, () => 2),
      dropout: this.#maybe(0.2, () => random.round(0, 0.5)),
      recurrentDropout: this.#maybe(0.2, () => random.round(0, 0.5)),
      memory: this.#maybe(0.4, this.#choice("store", "recompute")),
      ...(name === "rnn" ? { activation: this.#maybe(0.4, this.#choice("tanh", "relu")) } : {}),
    });
    return { text: called(name, `${features}, ${units}`, bag), width: bidirectional ? 2 * units : units, isSequence };
  }

  /** The model, or one with a second input and a second output. */
  #model(problem: Problem): string {
    const body = this.#body(problem);
    if (!problem.named) return body;
    return `network({ body: ${body}, other: linear(2, 1) }, ({ body, other }, { x, side }) => ({ main: body(x), other: other(side) }))`;
  }

  #loss({ loss, named, kind, outputs, ...rest }: Problem): string {
    if (!named) return loss;
    const head = options({
      loss,
      weight: this.#maybe(0.4, () => this.#hyper(this.#random.round(0.2, 2), 0.4)),
      metrics: this.#maybe(0.6, () => this.#metrics({ ...rest, loss, kind, outputs })),
    });
    const other = options({ loss: "meanSquaredError()", weight: this.#hyper(this.#random.round(0, 1), 0.4) });
    return `heads({ main: ${head}, other: ${other} })`;
  }

  #body({ inputs, outputs, end }: Problem): string {
    const random = this.#random;
    const pixels =
      inputs === "pixels" || inputs === "signal" || inputs === "colors" ? this.#pixels(rowShapes[inputs]) : null;
    const flat = inputs === "image" ? ["flatten()"] : [];
    const start = inputs === "indices" ? ["embedding(7, 3)", "flatten()"] : (pixels?.list ?? flat);
    const first = pixels?.width ?? (inputs === "vector" ? 4 : 6);
    const { list, width } = this.#layers(first, random.whole(0, 4));
    const whole = [...start, ...list, `linear(${width}, ${outputs})`, ...(end ? [end] : [])];
    if (whole.length === 1 && this.#flag()) return whole[0]!;
    if (whole.length > 3 && random.chance(0.15))
      return `sequential([sequential([${whole.slice(0, 2).join(", ")}]), ${whole.slice(2).join(", ")}])`;
    return `sequential([${whole.join(", ")}])`;
  }

  #trainer(problem: Problem): string {
    const random = this.#random;
    return `{\n${Object.entries({
      model: this.#model(problem),
      loss: this.#loss(problem),
      optimizer: this.#optimizer(),
      groups: this.#maybe(0.3, () => this.#groups()),
      penalty: this.#maybe(0.25, () => this.#penalty()),
      constraint: this.#maybe(0.15, () => `maxNorm(${random.round(0.3, 2)})`),
      gradient: this.#maybe(0.4, () => this.#gradient()),
      average: this.#maybe(0.3, () => this.#average()),
      metrics: problem.named ? undefined : this.#maybe(0.6, () => this.#metrics(problem)),
      seed: this.#maybe(0.8, () => random.pick([0, 7, 12345, 2 ** 40 + 3, 2 ** 53 - 1])),
      dtype: this.#maybe(0.6, this.#choice("f32", "f64")),
      standardize: this.#named(problem, this.#standardize(problem)),
      microBatch: this.#maybe(0.35, () => random.pick([2, 3, 5, 8, 16])),
    })
      .flatMap(([name, value]) => (value === undefined ? [] : [`  ${name}: ${value},`]))
      .join("\n")}\n}`;
  }

  /** An option by name of the input, if the inputs have names. */
  #named({ named }: Problem, option: Option): Option {
    return named && option !== undefined ? `{ x: ${option} }` : option;
  }

  #standardize({ inputs }: Problem): Option {
    if (inputs === "indices") return undefined;
    if (inputs !== "colors") return this.#maybe(0.2, () => "{ mean: 0.1, deviation: 0.7 }");
    return this.#maybe(0.9, () =>
      this.#random.pick(["{ mean: 127, deviation: 70 }", "{ mean: [120, 127, 131], deviation: 70 }"]),
    );
  }

  // ---- Augmentation ----

  /** An augmentation that suits the inputs, which keeps their shape; what does not suit the loss is refused in words. */
  #augmentation({ inputs, loss, named }: Problem): Option {
    if (inputs === "indices") return undefined;
    return this.#accepted(() => {
      const ops = Array.from({ length: this.#random.whole(1, 3) }, () => this.#augmentOp(inputs));
      if (!/^multi/.test(loss) && !named && this.#random.chance(0.4))
        ops.splice(this.#random.whole(0, 2), 0, this.#mixing(inputs));
      return called("augment", `[${ops.join(", ")}]`, options({ input: named ? quoted("x") : undefined }));
    });
  }

  #augmentOp(inputs: Problem["inputs"], depth = 1): string {
    const random = this.#random;
    const unit = inputs === "colors" ? 100 : 1;
    const share = () => this.#hyper(random.round(0, 1), 0.3);
    const amount = () => random.pick([this.#hyper(random.round(0.1, 0.5), 0.3), "[0.2, 0.4]"]);
    const rows: Record<string, () => string> = {
      own: () => `(x, context) => x.add(context.normal(x.shape).multiply(${0.1 * unit}))`,
      gaussianNoise: () => called("gaussianNoise", this.#hyper(random.round(0.01, 0.3) * unit, 0.3)),
      oneOf: () => {
        const inner = [this.#augmentOp(inputs, 0), this.#augmentOp(inputs, 0)];
        return called(
          "oneOf",
          `[${inner.join(", ")}]`,
          options({ draw: this.#maybe(0.6, this.#choice("sample", "batch")) }),
        );
      },
      distortion: () => this.#distortion(random.pick(distortions), rowShapes[inputs].slice(0, 2)),
      randomErasing: () =>
        called(
          "randomErasing",
          options({ p: this.#maybe(0.7, share), value: this.#maybe(0.5, () => random.pick([`${unit}`, '"random"'])) }),
        ),
      cutout: () => called("cutout", `${random.whole(1, 4)}`),
      gaussianBlur: () =>
        called("gaussianBlur", random.pick(["3", "[1, 3]"]), options({ sigma: this.#maybe(0.5, amount) })),
      saltAndPepper: () => called("saltAndPepper", share()),
      colorJitter: () =>
        called(
          "colorJitter",
          options(
            Object.fromEntries(
              ["brightness", "contrast", "saturation", "hue"].map((name) => [name, this.#maybe(0.6, amount)]),
            ),
          ) || "{}",
        ),
      randAugment: () =>
        called(
          "randAugment",
          options({
            ops: this.#maybe(0.4, () => random.whole(1, 2)),
            magnitude: this.#maybe(0.6, () => this.#hyper(random.round(1, 20), 0.5)),
          }),
        ),
      trivialAugment: () =>
        called("trivialAugment", options({ interpolation: this.#maybe(0.5, this.#choice("nearest", "bilinear")) })),
    };
    const names = [
      ...["own", "gaussianNoise", ...(depth > 0 ? ["oneOf"] : [])],
      ...(inputs === "pixels" || inputs === "colors"
        ? ["distortion", "distortion", "randomErasing", "cutout", "gaussianBlur", "saltAndPepper"]
        : []),
      ...(inputs === "colors" ? ["colorJitter", "randAugment", "trivialAugment"] : []),
    ];
    return rows[random.pick(names)]!();
  }

  #mixing(inputs: Problem["inputs"]): string {
    const random = this.#random;
    const drawn = () =>
      options({
        alpha: this.#maybe(0.6, () => this.#hyper(random.round(0.1, 2), 0.4)),
        draw: this.#maybe(0.5, this.#choice("sample", "batch")),
      });
    const kinds = [
      () => called("mixUp", drawn()),
      () =>
        'mixing("halves", (x, partner) => ({ x: x.add(partner).multiply(0.5), share: x.trace.fill(0.5, [x.shape[0]], x.dtype) }))',
      ...(inputs === "pixels" || inputs === "colors" ? [() => called("cutMix", drawn())] : []),
    ];
    const one = () => random.pick(kinds)();
    return random.chance(0.3) ? called("oneOf", `[${one()}, ${one()}]`) : one();
  }

  #samples({ inputs, outputs, kind, named }: Problem, rows: number, seed: number, augment?: Option): string {
    const row = rowShapes[inputs];
    const count = rows * row.reduce((product, extent) => product * extent, 1);
    const shape = `[${[rows, ...row].join(", ")}]`;
    const numbers = `draw(${count}, ${seed})`;
    const data =
      inputs === "indices"
        ? `Int32Array.from(${numbers}, (x) => Math.floor((x + 1) * 3.49))`
        : inputs === "image"
          ? `Uint8Array.from(${numbers}, (x) => Math.floor((x + 1) * 2))`
          : inputs === "colors"
            ? `Uint8Array.from(${numbers}, (x) => Math.floor((x + 1) * 127.9))`
            : `Float64Array.from(${numbers})`;
    const drawn = `draw(${kind === "classes" || kind === "signs" ? rows : rows * outputs}, ${seed + 100})`;
    const targets = {
      classes: `Int32Array.from(${drawn}, (x) => Math.floor(((x + 1) / 2.001) * ${outputs}))`,
      classRows: `{ data: Float32Array.from(${drawn}, (x) => Math.abs(x)), shape: [${rows}, ${outputs}] }`,
      values: `{ data: Float64Array.from(${drawn}), shape: [${rows}, ${outputs}] }`,
      bits: `{ data: Float32Array.from(${drawn}, (x) => Number(x > 0)), shape: [${rows}, ${outputs}] }`,
      shares: `{ data: Float64Array.from(${drawn}, (x) => (x + 1) / 2), shape: [${rows}, ${outputs}] }`,
      counts: `{ data: Float64Array.from(${drawn}, (x) => Math.floor(3 * (x + 1))), shape: [${rows}, ${outputs}] }`,
      signs: `Float64Array.from(${drawn}, (x) => (x > 0 ? 1 : -1))`,
      signedRows: `{ data: Float64Array.from(${drawn}, (x) => (x > 0 ? 1 : -1)), shape: [${rows}, ${outputs}] }`,
    }[kind];
    const x = `{ data: ${data}, shape: ${shape} }`;
    if (!named) return options({ inputs: x, targets, augment });
    const pair = (width: number, own: number): string =>
      `{ data: Float32Array.from(draw(${rows * width}, ${seed + own})), shape: [${rows}, ${width}] }`;
    const both = { inputs: `{ side: ${pair(2, 7)}, x: ${x} }`, targets: `{ main: ${targets}, other: ${pair(1, 11)} }` };
    return options({ ...both, augment });
  }

  #fit(rows: number, augment: Option): string {
    const random = this.#random;
    const unfit =
      /gradient:|average:|constraint|proximal|scheduleFree|asgd|fista|randomSearch|sam\(|cautious\(|lookahead\(/;
    const method = !unfit.test(this.trainer) && random.chance(0.3) ? this.#method() : undefined;
    const length = random.chance(0.5) ? { epochs: random.whole(1, 4) } : { steps: random.whole(1, 24) };
    const stopping = random.chance(0.25)
      ? options({
          monitor: this.#maybe(0.2, () => '"loss"'),
          patience: random.whole(0, 2),
          minDelta: this.#maybe(0.3, () => 0.01),
          restoreBest: this.#maybe(0.4, this.#flag),
          mode: this.#maybe(0.2, this.#choice("min", "max")),
        })
      : undefined;
    return options({
      method,
      ...length,
      batchSize: method ? undefined : this.#maybe(0.9, () => random.whole(1, rows + 4)),
      shuffle: method ? undefined : this.#maybe(0.5, this.#flag),
      lastBatch: this.#maybe(0.4, this.#choice("keep", "drop")),
      augment,
      validation: this.validation ? "validation" : undefined,
      targetLoss: this.#maybe(0.1, this.#number(0.05, 0.6)),
      gradientTolerance: this.#maybe(0.1, this.#number(0.001, 0.3)),
      earlyStopping: stopping,
      statistics:
        method || /accumulate\([^1]/.test(this.trainer)
          ? undefined
          : this.#maybe(0.08, () => `{ every: ${random.whole(1, 5)} }`),
    });
  }

  #method(): string {
    const search = this.#maybe(0.5, () =>
      this.#random.pick(["moreThuente()", "strongWolfe()", "backtracking()", "hagerZhang()", "fixedStep(0.1)"]),
    );
    return called(
      this.#random.pick(["lbfgs", "bfgs", "conjugateGradient", "gradientDescent"]),
      options({ lineSearch: search }),
    );
  }
}

interface Problem {
  readonly inputs: keyof typeof rowShapes;
  readonly outputs: number;
  readonly kind: "classes" | "classRows" | "values" | "bits" | "shares" | "counts" | "signs" | "signedRows";
  readonly loss: string;
  /** A last layer that the loss wants. */
  readonly end?: string;
  /** True for two inputs and two outputs by name. */
  readonly named?: boolean;
}

const ownLogSoftmax = '{ name: "logSoftmax", parameters: {}, apply: (_, x) => x.logSoftmax() }';
const pairs = (width: number): string =>
  `{ name: "pairs", parameters: {}, apply: (_, x) => x.reshape([-1, 2, ${width}]) }`;

// What there is to draw, as the package exports it: recipes.test.ts fails for an export that stands in none of these lists.
export const wrapperNames = ["lookahead", "sam", "cautious"];
export const optimizers = [
  ...["sgd", "adam", "adamW", "adabelief", "adamax", "radam", "nadam", "nadamW", "adan", "adagrad", "adadelta"],
  ...["rmsprop", "lion", "rprop", "muon", "scheduleFreeSgd", "scheduleFreeAdamW", "asgd", "randomSearch"],
];
export const schedules = [
  ...[
    "constantSchedule",
    "stepDecay",
    "multiStepDecay",
    "exponentialDecay",
    "inverseTimeDecay",
    "inverseSquareRootDecay",
  ],
  ...[
    "linearSchedule",
    "polynomialDecay",
    "cosineDecay",
    "warmupStableDecay",
    "warmRestarts",
    "oneCycle",
    "cyclicSchedule",
  ],
  ...["warmup", "joinSchedules", "scaleSchedule", "functionSchedule", "plateauSchedule"],
];
export const transforms = [
  ...["accumulate", "clipValue", "clipNorm", "clipGlobalNorm", "clipAdaptive", "centralize", "gradientNoise"],
];
export const penalties = ["l1", "l2", "elasticNet"];
export const losses = [
  ...["softmaxCrossEntropy", "negativeLogLikelihood", "multiclassHinge", "multiMargin", "meanSquaredError"],
  ...["meanAbsoluteError", "huber", "smoothL1", "binaryCrossEntropyWithLogits", "binaryCrossEntropy", "klDivergence"],
  ...["poissonNegativeLogLikelihood", "cosineEmbedding", "hingeEmbedding"],
];
export const metrics = ["accuracy", "topK", "rSquared", "precision", "recall", "f1"];
export const initializers = [
  ...[
    "zerosInitializer",
    "onesInitializer",
    "constantInitializer",
    "uniformInitializer",
    "normalInitializer",
    "truncatedNormalInitializer",
  ],
  ...[
    "varianceScaling",
    "heNormal",
    "heUniform",
    "xavierNormal",
    "xavierUniform",
    "lecunNormal",
    "lecunUniform",
    "orthogonalInitializer",
  ],
];
export const activations = [
  ...["relu", "leakyRelu", "elu", "sigmoid", "tanh", "softplus", "gelu", "silu", "selu", "mish", "hardswish", "atan"],
  ...["softmax"],
];
export const layers = [
  ...["linear", "batchNorm", "layerNorm", "rmsNorm", "dropout", "gaussianNoise", "network", "residual"],
  "residualStack",
];
/** Augmentation, but for distortions. */
export const augmentations = [
  ...[
    "augment",
    "colorJitter",
    "cutMix",
    "cutout",
    "gaussianBlur",
    "mixUp",
    "mixing",
    "oneOf",
    "randAugment",
    "randomErasing",
  ],
  ...["saltAndPepper", "trivialAugment"],
];
/** Layers that distort images in training. */
export const distortions = ["randomCrop", "randomResizedCrop", "randomFlip", "randomRotation", "randomAffine"];
/** Layers on images and sequences. */
export const pixelLayers = [
  ...["conv1d", "conv2d", "depthwiseConv2d", "separableConv2d", "convTranspose1d", "convTranspose2d", "maxPool1d"],
  ...["maxPool2d", "avgPool1d", "avgPool2d", "fractionalMaxPool2d", "adaptiveAvgPool2d", "adaptiveMaxPool2d"],
  ...["globalAvgPool2d", "globalMaxPool2d", "upsample2d", "groupNorm", "instanceNorm", "dropout1d", "dropout2d"],
];
/** Layers that read a sequence step by step. */
export const recurrentLayers = ["rnn", "gru", "lstm"];
/** Shape of a sample. */
const rowShapes = { vector: [4], indices: [2], image: [2, 3], pixels: [5, 4, 2], signal: [6, 2], colors: [4, 5, 3] };
