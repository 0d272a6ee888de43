// Re-entrance: whatever a user's function does while the library calls it, to the very trainer, data set or transform that
// the call is about, the call returns the numbers that it would have returned, or throws a TraceError with nothing changed;
// no freed memory is read, and nothing is locked.

import {
  compile,
  createDataset,
  createTrainer,
  type Dataset,
  findLearningRate,
  functionSchedule,
  grad,
  gradientCheck,
  hessian,
  hvp,
  jacobian,
  type Layer,
  lbfgs,
  linear,
  lossSurface,
  minimize,
  minimizeSync,
  type Samples,
  sequential,
  sgd,
  type Tensor,
  TraceError,
  type Trainer,
  trainerSurface,
  valueAndGrad,
} from "thalweg";
import { measuredStep } from "thalweg/inspect";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { errorOf, hashOf, wrong } from "./refusals.js";
import { run } from "./transforms.js";

engineForAll();

const inputs = [
  [1, 2],
  [3, -4],
  [5, 0.5],
  [-1, 1],
];
const targets = [
  [1, 0],
  [-2, 1],
  [0.5, -1],
  [3, 2],
];

/** What a user's function does when it is called: something once, nothing before and afterwards. */
class Trap {
  calls = 0;
  #armed: (() => void) | null = null;

  set(action: () => void): void {
    this.#armed = action;
  }

  clear(): void {
    this.#armed = null;
  }

  /** Stands in every function of the user's. */
  spring(): void {
    const action = this.#armed;
    if (!action) return;
    this.#armed = null;
    this.calls++;
    action();
  }
}

/** Where a user's code may stand. */
const places = [
  "layer.apply",
  "loss.apply",
  "metric.apply",
  "metric.finish",
  "schedule",
  "getter of the samples",
  "proxy of the inputs",
  "option",
  "signal.aborted",
  "signal.addEventListener",
] as const;
type Place = (typeof places)[number];

interface Scene {
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly trap: Trap;
  /** Samples whose reading runs the user's code, and inputs whose elements do. */
  readonly samples: Samples;
  readonly rows: number[][];
  /** Options whose reading does. */
  options<T extends object>(options: T): T;
  readonly signal: AbortSignal;
}

/** A trainer in all of whose functions stands a trap, of which that at `place` may spring. */
function scene(place: Place | null): Scene {
  const trap = new Trap();
  const at = (here: Place): void => {
    if (here === place) trap.spring();
  };
  const dense = linear(2, 2);
  const counting: Layer = {
    name: "counting",
    parameters: dense.parameters,
    state: { mean: { shape: [1], initializer: ({ trace, dtype }) => trace.fill(0, [1], dtype) } },
    apply(parameters, x, context) {
      at("layer.apply");
      if (context.training) context.update({ mean: x.mean().reshape([1]) });
      return dense.apply(parameters, x, context);
    },
  };
  const trainer = createTrainer(engine, {
    model: sequential([counting]),
    loss: {
      name: "own",
      targets: "values",
      apply(prediction, target) {
        at("loss.apply");
        return prediction.subtract(target).square().mean();
      },
    },
    optimizer: sgd({
      learningRate: functionSchedule((t) => {
        at("schedule");
        return 0.01 / (1 + t);
      }),
      momentum: 0.5,
    }),
    metrics: [
      {
        name: "spread",
        apply(prediction: Tensor) {
          at("metric.apply");
          return prediction.abs().sum().reshape([1]);
        },
        finish(sums) {
          at("metric.finish");
          return sums[0] as number;
        },
      },
    ],
    dtype: "f64",
    seed: 3,
  });
  const proxy = new Proxy(inputs, {
    get(target, key) {
      if (key === Symbol.iterator || key === "0") at("proxy of the inputs");
      return Reflect.get(target, key);
    },
  });
  const rows = place === "proxy of the inputs" ? proxy : inputs;
  return {
    trainer,
    trap,
    rows,
    data: createDataset(engine, { inputs, targets }),
    samples: {
      get inputs() {
        at("getter of the samples");
        return rows;
      },
      targets,
    },
    options: (options) =>
      new Proxy(options, {
        get(target, key) {
          at("option");
          return Reflect.get(target, key);
        },
      }),
    signal: wrong({
      get aborted() {
        at("signal.aborted");
        return false;
      },
      addEventListener: () => at("signal.addEventListener"),
      removeEventListener: () => {},
    }),
  };
}

/** Calls of a trainer; each returns numbers. */
const entries: Readonly<Record<string, (scene: Scene) => unknown>> = {
  step: ({ trainer, samples }) => trainer.step(samples),
  measuredStep: ({ trainer, samples }) => measuredStep(trainer, samples),
  "step on a data set": ({ trainer, data }) => trainer.step(wrong(data)),
  "evaluate samples": ({ trainer, samples, options }) =>
    trainer.evaluate(samples, options({ weights: "current" as const })),
  "evaluate a data set": ({ trainer, data }) => trainer.evaluate(data),
  predict: ({ trainer, rows, options }) => trainer.predict(rows, options({ weights: "current" as const })),
  classify: ({ trainer }) => trainer.classify([1, 2]),
  cost: ({ trainer, samples }) => trainer.cost(samples, 3),
  "cost of a data set": ({ trainer, data }) => trainer.cost(data, 3),
  refreshStatistics: ({ trainer, samples, options }) => trainer.refreshStatistics(samples, options({ batchSize: 2 })),
  "refreshStatistics of a data set": ({ trainer, data }) => trainer.refreshStatistics(data),
  parameters: ({ trainer, options }) => trainer.parameters(options({ weights: "current" as const })),
  setParameters: ({ trainer, options }) => trainer.setParameters(options({ "0.bias": [2, 3] })),
  setState: ({ trainer, options }) => trainer.setState(options({ "0.mean": [2] })),
  learningRate: ({ trainer }) => trainer.learningRate,
  findLearningRate: ({ trainer, samples }) => findLearningRate(trainer, samples, { steps: 4, from: 1e-3, to: 1e-2 }),
  trainerSurface: ({ trainer, samples }) => trainerSurface(trainer, samples).point,
  fit: async ({ trainer, samples, options, signal }) => {
    const { epochs } = await trainer.fit(samples, options({ epochs: 2, batchSize: 3, validation: samples, signal }));
    return epochs.map(({ loss, validation }) => [loss, validation]);
  },
  "fit over a data set": async ({ trainer, data }) => {
    const { epochs } = await trainer.fit(data, { steps: 3, batchSize: 3, validation: data, statistics: { every: 2 } });
    return epochs.map(({ loss, validation }) => [loss, validation]);
  },
  "fit by a method": async ({ trainer, data, signal }) => {
    const { method } = await trainer.fit(data, { epochs: 2, method: lbfgs(), signal });
    return method?.loss;
  },
};

/** What a function may do to the trainer that calls it, or to its data. */
const actions: Readonly<Record<string, (scene: Scene) => void>> = {
  "free the data": ({ data }) => data.free(),
  "free the trainer": ({ trainer }) => trainer.free(),
  step: ({ trainer, data }) => trainer.step(wrong(data)),
  fit: ({ trainer, data }) => trainer.fit(data, { epochs: 1 }),
  evaluate: ({ trainer, data }) => trainer.evaluate(data),
  predict: ({ trainer }) => trainer.predict([[9, 9]]),
  setParameters: ({ trainer }) => trainer.setParameters({ "0.bias": [7, 8] }),
  refreshStatistics: ({ trainer }) => trainer.refreshStatistics({ inputs: [[8, 8]] }),
  learningRate: ({ trainer }) => trainer.learningRate,
  observe: ({ trainer }) => trainer.observe(1),
};

/** Fills memory that is free with what no call may read. */
function litter(): void {
  for (let k = 0; k < 3; k++)
    createDataset(engine, { inputs: new Float64Array(64).fill(1e300), targets: new Float64Array(64).fill(-1e300) });
}

/** Everything at once, as a program that ignores errors would. */
function havoc(it: Scene): void {
  for (const action of Object.values(actions)) {
    try {
      action(it);
    } catch {}
  }
  try {
    createTrainer(engine, it.trainer.options).free();
  } catch {}
  try {
    compile(engine, (x) => x.exp())([1]);
  } catch {}
  litter();
}

const cases = places.flatMap((place) => Object.keys(entries).map((entry) => [place, entry] as const));

describe("a trainer whose own function meddles with it", () => {
  it.each(cases)("%s, in %s", async (place, entry) => {
    const call = entries[entry] as (scene: Scene) => unknown;
    const quiet = scene(null);
    const wanted = await call(quiet);
    const own = scene(place);
    const before = hashOf(own.trainer);
    own.trap.set(() => havoc(own));
    let got: unknown;
    const error = await errorOf(async () => {
      got = await call(own);
    });
    own.trap.clear();
    if (error === null) {
      expect(got).toEqual(wanted);
      expect(hashOf(own.trainer)).toBe(hashOf(quiet.trainer));
    } else {
      // The data was freed before the call looked at it.
      expect(error).toEqual(new TraceError("dataset: used after it was freed. Create it again."));
      expect(place).toBe("signal.aborted");
      expect(hashOf(own.trainer)).toBe(before);
      quiet.trainer.restore(own.trainer.save());
    }
    // Nothing is locked.
    expect(own.trainer.step({ inputs, targets })).toEqual(quiet.trainer.step({ inputs, targets }));
    own.data.free();
    own.trainer.free();
    quiet.data.free();
    quiet.trainer.free();
    expect(run(engine, (x: Tensor) => x.square().sum(), [3, 4])).toBe(25);
  });

  it("no place was left out", async () => {
    const reached = new Set<string>();
    for (const [place, entry] of cases) {
      const own = scene(place);
      own.trap.set(() => reached.add(place));
      await entries[entry]?.(own);
    }
    expect([...reached].sort()).toEqual([...places].sort());
  });

  it.each(Object.keys(actions))("%s from a layer is a TraceError, and nothing has changed", async (name) => {
    for (const entry of ["step on a data set", "evaluate a data set", "fit over a data set"]) {
      const own = scene("layer.apply");
      const before = hashOf(own.trainer);
      own.trap.set(() => actions[name]?.(own));
      const error = await errorOf(() => entries[entry]?.(own));
      expect(error, entry).toBeInstanceOf(TraceError);
      expect((error as Error).message, entry).toMatch(/^(trainer|dataset): .*\. \w.*\.$/);
      expect(hashOf(own.trainer), entry).toBe(before);
      own.trainer.step({ inputs, targets });
      own.trainer.free();
      own.data.free();
    }
  });
});

/** Functions of arrays, made of f; each returns numbers, and may be freed if it can be. */
const transforms: Readonly<Record<string, (f: (x: Tensor) => Tensor) => readonly [() => unknown, () => void]>> = {
  compile: (f) => {
    const made = compile(engine, f);
    return [() => made([1, 2]), () => made.free()];
  },
  valueAndGrad: (f) => {
    const made = valueAndGrad(engine, f);
    return [() => made([1, 2]), () => made.free()];
  },
  grad: (f) => {
    const made = grad(engine, f);
    return [() => made([1, 2]), () => made.free()];
  },
  hvp: (f) => {
    const made = hvp(engine, f);
    return [() => made([1, 2], [1, 0]), () => made.free()];
  },
  hessian: (f) => {
    const made = hessian(engine, f);
    return [() => made([1, 2]), () => made.free()];
  },
  jacobian: (f) => {
    const made = jacobian(engine, f);
    return [() => made([1, 2]), () => made.free()];
  },
  surface: (f) => {
    const made = lossSurface(engine, f, [1, 2]);
    const free = (): void => {
      try {
        made.moveTo([5, 5]);
      } finally {
        made.free();
      }
    };
    return [() => [made.value(), made.gradient(), made.hvp([1, 0])], free];
  },
  gradientCheck: (f) => [() => gradientCheck(engine, f)([1, 2]), () => {}],
  minimizeSync: (f) => [() => minimizeSync(engine, f, [1, 2]).x, () => {}],
};

describe("a function that meddles with what calls it", () => {
  it.each(Object.entries(transforms))("%s", (_, make) => {
    const g = (x: Tensor): Tensor => x.subtract([1, 3]).square().multiply([2, 3]).sum();
    const [quiet] = make(g);
    const trap = new Trap();
    const refused: unknown[] = [];
    const [call, free] = make((x) => {
      trap.spring();
      return g(x);
    });
    trap.set(() => {
      for (const action of [free, call, () => compile(engine, g)([1, 2]), litter]) {
        try {
          action();
        } catch (error) {
          refused.push(error);
        }
      }
    });
    expect(call()).toEqual(quiet());
    expect(trap.calls).toBe(1);
    for (const error of refused) expect(error).toBeInstanceOf(TraceError);
    expect(call()).toEqual(quiet());
    free();
    expect(run(engine, g, [1, 2])).toBe(3);
  });

  it("plain functions of minimize", async () => {
    const trap = new Trap();
    const f = {
      value: ([x = 0, y = 0]) => {
        trap.spring();
        return (x - 1) ** 2 + (y + 2) ** 2;
      },
    };
    const quiet = await minimize(engine, f, [0, 0]);
    trap.set(() => {
      minimizeSync(engine, f, [3, 3]);
      litter();
    });
    expect((await minimize(engine, f, [0, 0])).x).toEqual(quiet.x);
    expect(trap.calls).toBe(1);
  });

  it("a surface is not used once it was freed", () => {
    const surface = lossSurface(engine, (x) => x.square().sum(), [1, 2]);
    surface.free();
    for (const body of [() => surface.point, () => surface.moveTo([1, 1]), () => surface.value()])
      expect(body).toThrow(TraceError);
  });

  it("the model of a surface may change the trainer, which the surface no longer reads", () => {
    const [quiet, own] = [scene(null), scene("layer.apply")];
    const wanted = trainerSurface(quiet.trainer, { inputs, targets });
    const surface = trainerSurface(own.trainer, { inputs, targets });
    own.trap.set(() => havoc(own));
    expect(surface.value()).toBe(wanted.value());
    expect(surface.hessian()).toEqual(wanted.hessian());
  });

  it("a surface whose data is freed by its model says so", () => {
    const own = scene("layer.apply");
    const surface = trainerSurface(own.trainer, own.data);
    own.trap.set(() => own.data.free());
    expect(() => surface.value()).toThrow(TraceError);
    surface.free();
    own.trainer.free();
  });
});
