// What nests thousands deep, or holds itself, is refused in words, and the engine works on; globs take time in proportion.

import {
  compile,
  createDataset,
  createTrainer,
  joinSchedules,
  type Layer,
  linear,
  meanSquaredError,
  minimizeSync,
  relu,
  residual,
  type Schedule,
  scaleSchedule,
  scheduleValues,
  sequential,
  sgd,
  type Tensor,
  type Trainer,
  valueAndGrad,
  warmup,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { wrong } from "./refusals.js";
import { run } from "./transforms.js";

engineForAll();

const make = (model: Layer, groups: { match: string; learningRate: number }[] = []): Trainer =>
  createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }), groups });

/** A value wrapped so many times. */
function times<T>(count: number, start: T, wrap: (inner: T) => T): T {
  let value = start;
  for (let k = 0; k < count; k++) value = wrap(value);
  return value;
}

function expectWords(body: () => unknown, words: RegExp): void {
  let error: unknown = null;
  try {
    body();
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toBeInstanceOf(RangeError);
  expect((error as Error).message).toMatch(words);
  expect((error as Error).message).not.toMatch(/call stack/);
  expect(run(engine, (x: Tensor) => x.square().sum(), [3, 4])).toBe(25);
}

const deep = /nest more than 128 deep, or hold themselves\. Flatten them\.$/;

describe("schedules", () => {
  it.each<[string, (inner: Schedule) => Schedule]>([
    ["scaled", (inner) => scaleSchedule(inner, { factor: 1 })],
    ["joined", (inner) => joinSchedules([{ schedule: inner, until: 5 }, { schedule: 1 }])],
    ["warmed up", (inner) => warmup({ schedule: inner, length: 1 } as never)],
  ])("%s ten thousand times", (_, wrap) => {
    const start = scaleSchedule(1, { factor: 1 });
    expectWords(() => times(10_000, start, wrap), /schedule: more than 64 nested, or/);
  });

  it("as many as may be are computed", () => {
    const nested = times(63, scaleSchedule(0.5, { factor: 1 }), (inner) => scaleSchedule(inner, { factor: 1 }));
    expect([...scheduleValues(engine, nested, 3)]).toEqual([0.5, 0.5, 0.5]);
  });

  it("twice itself, forty times over", () => {
    const start = scaleSchedule(1, { factor: 1 });
    expectWords(() => times(40, start, (inner) => scaleSchedule(inner, { factor: inner })), /or 4096 in all/);
  });

  it("that hold themselves", () => {
    const own = structuredClone(scaleSchedule(1, { factor: 1 })) as Schedule & { inner: { schedule: Schedule }[] };
    (own.inner[0] as { schedule: Schedule }).schedule = own;
    expectWords(() => sgd({ learningRate: own }), /more than 64 nested/);
  });
});

describe("layers", () => {
  it("ten thousand residuals around each other", () => {
    expectWords(() => make(times(10_000, relu(), (inner) => residual(inner))), deep);
  });

  it("five thousand sequentials around each other", () => {
    expectWords(() => make(times(5_000, linear(2, 2), (inner) => sequential([inner]))), deep);
  });

  it("a hundred residuals train", () => {
    const trainer = make(sequential([times(100, linear(2, 2), (inner) => residual(inner)), linear(2, 1)]));
    expect(trainer.step({ inputs: [[1e-3, 0]], targets: [[0]] }).loss).toBeGreaterThan(0);
  });

  it("parameters that hold themselves", () => {
    const parameters: Record<string, unknown> = {};
    parameters.again = parameters;
    const words = "createTrainer: layers nest more than 128 deep, or hold themselves. Flatten them.";
    const own: Layer = { name: "own", parameters: wrong(parameters), apply: (_, x) => x };
    expect(() => make(own)).toThrow(new RangeError(words));
    expect(() => make({ ...relu(), state: wrong(parameters) })).toThrow(new RangeError(words));
    expect(run(engine, (x: Tensor) => x.square().sum(), [3, 4])).toBe(25);
  });
});

describe("arrays and trees that hold themselves", () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic, cyclic);
  const tree: Record<string, unknown> = { x: [1] };
  tree.again = tree;
  const list: unknown[] = [{ x: [1] }];
  list.push({ list });
  const square = (x: Tensor): Tensor => x.square().sum();

  it.each<[string, () => unknown]>([
    ["samples", () => createDataset(engine, { inputs: wrong(cyclic) })],
    ["data beside a shape", () => createDataset(engine, { inputs: { data: wrong(cyclic), shape: [1] } })],
    ["an argument", () => compile(engine, square)(wrong(cyclic))],
    ["a tree", () => valueAndGrad(engine, square as never)(wrong(tree))],
    ["a list of trees", () => valueAndGrad(engine, square as never)(wrong(list))],
    ["a start", () => minimizeSync(engine, square as never, wrong(tree))],
    ["parameters", () => make(linear(2, 1)).setParameters({ weight: wrong(cyclic) })],
    ["ten thousand lists", () => compile(engine, square)(wrong(times<unknown>(10_000, 1, (inner) => [inner])))],
  ])("%s", (_, body) => {
    expectWords(body, deep);
  });

  it("are shown in errors", () => {
    expect(() => sgd({ learningRate: wrong(cyclic) })).toThrow(TypeError);
    expect(() => sgd({ learningRate: wrong(cyclic) })).toThrow(/got \[\[\[an array of 2/);
  });

  it("a function may nest its operations a hundred thousand times", () => {
    expect(run(engine, (x: Tensor) => times(100_000, x, (y) => y.add(1)).sum(), [1])).toBe(100_001);
  });
});

describe("globs", () => {
  const layer = (name: string): Layer => ({
    ...linear(2, 1),
    parameters: wrong(Object.fromEntries([[name, linear(2, 1).parameters.weight]])),
    apply: (parameters, x) => x.matmul(parameters[name] as Tensor),
  });
  const matches = (match: string, name: string): boolean => {
    try {
      make(layer(name), [{ match, learningRate: 1 }]).free();
      return true;
    } catch (error) {
      expect((error as Error).message).toMatch(/matches no parameter/);
      return false;
    }
  };

  it("mean what regular expressions of . and .* mean", () => {
    const letters = ["a", "b", "*", "?", ".", "("];
    let state = 1;
    const draw = (most: number): number => {
      state = (16807 * state) % 2147483647;
      return state % most;
    };
    const word = (from: string[], most: number): string =>
      Array.from({ length: draw(most) }, () => from[draw(from.length)]).join("");
    let found = 0;
    for (let k = 0; k < 400; k++) {
      const glob = word(letters, 6);
      const name = `a${word(["a", "b", ".", "("], 6)}`;
      const source = glob.replace(/[.(]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
      const wanted = new RegExp(`^${source}$`, "s").test(name);
      if (wanted) found++;
      expect(matches(glob, name), `${glob} ${name}`).toBe(wanted);
    }
    expect(found).toBeGreaterThan(20);
  });

  it("of many stars end", () => {
    const name = "a".repeat(2000);
    expect(matches(`${"*a".repeat(100)}*b`, name)).toBe(false);
    expect(matches(`${"*a".repeat(100)}*`, name)).toBe(true);
  });
});
