// The conformance suite: Thalweg passes every case in both types; and the suite notices what is wrong with a library.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as thalweg from "thalweg";
import { describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { thalwegAdapter } from "../../conformance/adapters/thalweg/adapter.mjs";
import { cases, problems, run, unsupported } from "../../conformance/source/index.js";
import { testEngine } from "./engine.js";

type Adapter = Parameters<typeof run>[0];
type Report = Awaited<ReturnType<typeof run>>;

const failures = ({ results }: Report) => results.filter(({ status }) => status !== "passed");

describe.each(["f64", "f32"] as const)("Thalweg in %s", (dtype) => {
  const reported = testEngine().then((engine) => run(thalwegAdapter(thalweg, engine, dtype, "")));

  it.each(["optimizers", "schedules"] as const)("passes all %s", async (group) => {
    const { results } = await reported;
    expect(results.filter((result) => result.group === group)).toHaveLength(cases[group].length);
    expect(failures(await reported).filter((result) => result.group === group)).toEqual([]);
  });

  it("passes all ops but attention, for which it has no layer", async () => {
    const others = failures(await reported).filter(({ group }) => group === "ops");
    expect(others.map(({ name, status }) => `${name} ${status}`)).toEqual(["multi_head_attention unsupported"]);
  });
});

it("the cases run every op that has a derivative", async () => {
  const engine = await testEngine();
  const adapter: Adapter = thalwegAdapter(thalweg, engine, "f64", "");
  const codes = new Set<number>();
  const watched: Adapter = {
    ...adapter,
    differentiate: (f, inputs, upstream) =>
      adapter.differentiate!(
        (tensors) => {
          const trace = Object.getPrototypeOf(Object.values(tensors)[0].trace);
          const { emit } = trace;
          trace.emit = function (op: number, ...rest: unknown[]) {
            codes.add(op);
            return emit.call(this, op, ...rest);
          };
          try {
            return f(tensors);
          } finally {
            trace.emit = emit;
          }
        },
        inputs,
        upstream,
      ),
  };
  await run({ name: "watched", version: "", dtype: "f64", ops: adapter.ops!, differentiate: watched.differentiate! });
  const names = Object.entries(abi).filter(([name]) => /^op[A-Z]/.test(name) && name !== "opCount");
  const unseen = names.filter(([, code]) => !codes.has(code as number)).map(([name]) => name.slice(2));
  const withoutDerivative = [
    ...["ArgMax", "BatchRows", "EditTokens", "Equalize", "Greater", "Iota", "Less", "NotEqual", "Orthogonal"],
    ...["Bernoulli", "Normal", "Uniform", "ScatterRows", "TouchRows"],
  ];
  const derivatives = ["ConvolveWeightGradient", "KeepPositive", "PoolScatter", "ResampleGradient", "ScatterAdd"];
  // Augmentation alone warps images: augmentGeometry.test.ts.
  const without = new Set([...withoutDerivative, ...derivatives, "Warp", "WarpGradient"]);
  expect(unseen.filter((name) => !without.has(name))).toEqual([]);
});

describe("the suite", () => {
  const schedules: NonNullable<Adapter["schedules"]> = {
    ExponentialLR: ({ lr, gamma }, { count }) => Array.from({ length: count }, (_, t) => lr * gamma ** t),
  };
  const plain = (changes: Partial<Adapter>): Adapter => ({ name: "plain", version: "1", dtype: "f64", ...changes });
  const only = ["ExponentialLR", "relu", "SGD"];
  const statusesOf = async (adapter: Adapter) => {
    const { results } = await run(adapter, { only });
    return Object.fromEntries(only.map((name) => [name, results.filter((one) => one.name === name)]));
  };

  it("finds a wrong value with its place, a wrong length, NaN and an error", async () => {
    const wrong = async (law: NonNullable<Adapter["schedules"]>[string]) =>
      (await statusesOf(plain({ schedules: { ExponentialLR: law } }))).ExponentialLR![0]!;
    expect((await statusesOf(plain({ schedules }))).ExponentialLR![0]).toMatchObject({ status: "passed" });
    const late = await wrong((args, asked) => Array.from(schedules.ExponentialLR!(args, asked)).with(3, 1));
    expect(late).toMatchObject({ status: "failed", at: "value [3]: 1, expected 0.07290000000000002" });
    expect(late.difference).toBeCloseTo(9.271, 3);
    for (const law of [() => [0.1], ({ length = 41 }) => new Array(length).fill(Number.NaN)])
      expect(await wrong(law)).toMatchObject({ status: "failed", difference: Number.POSITIVE_INFINITY });
    const failing = () => {
      throw new Error("no memory");
    };
    expect(await wrong(failing)).toMatchObject({ status: "failed", reason: "no memory" });
  });

  it("names another derivative at a kink, and what is missing", async () => {
    const relu = (derivative: number): Partial<Adapter> => ({
      ops: { relu: ({ x }) => ({ shape: x.shape, data: x.data.map((value: number) => Math.max(value, 0)) }) },
      differentiate: (f, inputs, upstream) => {
        const { data, shape } = inputs.x!;
        const slopes = Array.from(
          data,
          (value, k) => (value === 0 ? derivative : +(value > 0)) * upstream[0]!.data[k]!,
        );
        return { outputs: [f(inputs)], gradients: { x: { data: slopes, shape } } };
      },
    });
    const kinks = async (derivative: number) =>
      (await statusesOf(plain(relu(derivative)))).relu!.find(({ title }) => title.endsWith("at kinks"));
    expect(await kinks(0)).toMatchObject({ status: "passed" });
    expect(await kinks(1)).toMatchObject({ status: "convention", convention: "right derivative" });
    expect(await kinks(2)).toMatchObject({ status: "failed" });
    const { relu: others, SGD: rules } = await statusesOf(
      plain({
        ...relu(0),
        optimizers: {
          SGD: () => {
            throw unsupported("no optimizers");
          },
        },
      }),
    );
    expect(others!.every(({ status }) => status === "passed")).toBe(true);
    expect(rules![0]).toMatchObject({ status: "unsupported", reason: "no optimizers" });
  });

  it("finds a gradient of another shape, and a rule that ignores its learning rate", async () => {
    const shapes = async (shape: number[]) => {
      const differentiate: Adapter["differentiate"] = (f, inputs, upstream) => ({
        outputs: [f(inputs)],
        gradients: { x: { data: Array.from(upstream[0]!.data, (value) => -value), shape } },
      });
      const neg = ({ x }: Parameters<NonNullable<Adapter["ops"]>[string]>[0]) => ({
        shape: x.shape,
        data: x.data.map((value: number) => -value),
      });
      const { results } = await run(plain({ differentiate, ops: { neg } }), { only: ["neg"] });
      return results[0];
    };
    expect(await shapes([2, 5])).toMatchObject({ status: "passed" });
    expect(await shapes([5, 2])).toMatchObject({
      status: "failed",
      reason: "gradient of x of shape [5,2], expected [2,5]",
    });
    const descent = (constant: boolean): NonNullable<Adapter["optimizers"]>[string] => {
      return (hyper, { start, gradient }) => {
        if (Object.keys(hyper).length > 1) throw unsupported("options");
        const weights = Object.fromEntries(Object.entries(start).map(([name, { data }]) => [name, [...data]]));
        return {
          weights: () => weights,
          step(rate) {
            for (const [name, slopes] of Object.entries(gradient(weights)))
              for (const [k, g] of slopes.entries()) weights[name]![k]! -= (constant ? hyper.lr : rate) * g;
          },
        };
      };
    };
    const judged = async (constant: boolean) =>
      (await statusesOf(plain({ optimizers: { SGD: descent(constant) } }))).SGD!.filter(
        ({ status }) => status !== "unsupported",
      );
    expect((await judged(false)).map(({ status }) => status)).toEqual(new Array(5).fill("passed"));
    const stuck = await judged(true);
    expect(stuck.map(({ status }) => status)).toEqual(new Array(5).fill("failed"));
    expect(stuck[0]!.at).toMatch(/^step 31, x\[/);
  });

  it("names what an adapter lacks, and a name for which there is no case", async () => {
    await expect(run(plain({}), { only: ["Steps"] })).rejects.toThrow("run: there is no case for Steps.");
    await expect(run({} as never)).rejects.toThrow('run: the adapter needs a name, and dtype "f32" or "f64".');
    await expect(run(plain({ ops: {} }))).rejects.toThrow("run: the adapter has ops, and needs differentiate.");
    await expect(run(plain({ schedules: { Steps: () => [] } }))).rejects.toThrow(
      "run: there is no case for schedules.Steps. Known are ",
    );
  });

  it("has cases with unique titles, their source, and gradients of problems that agree with differences", () => {
    for (const group of Object.values(cases) as { title: string; source: string }[][]) {
      expect(new Set(group.map(({ title }) => title)).size).toBe(group.length);
      expect(group.filter(({ source }) => !/PyTorch|Optax/.test(source))).toEqual([]);
    }
    for (const { start, loss, gradient } of Object.values(problems)) {
      const at = Object.fromEntries(Object.entries(start).map(([name, { data }]) => [name, data]));
      for (const [name, slopes] of Object.entries(gradient(at)))
        for (const [k, slope] of slopes.entries()) {
          const moved = (by: number) => loss({ ...at, [name]: at[name]!.with(k, at[name]![k]! + by) });
          expect(slope).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 6);
        }
    }
  });

  it("runs the example of its README from the command line, and returns exit codes", async () => {
    const folder = fileURLToPath(new URL("../../conformance/", import.meta.url));
    const command = async (...args: string[]) =>
      promisify(execFile)(process.execPath, ["run.mjs", ...args], { cwd: folder }).then(
        ({ stdout }) => ({ code: 0, text: stdout }),
        ({ code, stdout, stderr }) => ({ code, text: stdout + stderr }),
      );
    const page = readFileSync(`${folder}README.md`, "utf8");
    expect(page).toContain(readFileSync(`${folder}example.mjs`, "utf8"));
    expect(
      Array.from(page.matchAll(/^\| (ops|optimizers|schedules)[^|]*\| (\d+) \|/gm), ([, , count]) => +count!),
    ).toEqual(Object.values(cases).map(({ length }) => length));
    const [table, json, none, wrong] = await Promise.all([
      command("example.mjs"),
      command("example.mjs", "--json", "--only", "ExponentialLR"),
      command(),
      command(fileURLToPath(new URL("../fixtures/wrongSchedule.mjs", import.meta.url))),
    ]);
    expect(table).toMatchObject({ code: 0, text: expect.stringMatching(/^schedules +1 +0 +0 +37$/m) });
    expect(JSON.parse(json.text).results).toMatchObject([{ name: "ExponentialLR", status: "passed" }]);
    expect(none).toMatchObject({ code: 2, text: expect.stringContaining("expected one adapter, got 0.") });
    expect(wrong).toMatchObject({ code: 1, text: expect.stringContaining("value [40]: 0.1, expected 0.00147") });
  });
});
