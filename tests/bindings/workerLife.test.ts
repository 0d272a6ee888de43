// A worker that lives for several runs: it is started once, has what changed between the runs, and does not keep a program from
// ending.

import { execFileSync } from "node:child_process";
import {
  adam,
  batchNorm,
  createDataset,
  createTrainer,
  type Dataset,
  type Engine,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { testEngine } from "./engine.js";
import { classSamples } from "./runs.js";

const samplesOf = (rows: number, seed: number) => classSamples(rows, 5, seed);
const create = (engine: Engine, hidden = 16): Trainer =>
  createTrainer(engine, {
    model: sequential([linear(5, hidden), batchNorm(hidden), relu(), linear(hidden, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    seed: 5,
  });

/** An engine that counts the workers it starts, and those it ends. */
async function counting(): Promise<{ engine: Engine; started: () => number; ended: () => number }> {
  const engine = await testEngine();
  const { threads } = engine;
  let [started, ended] = [0, 0];
  Object.defineProperty(engine, "threads", {
    value: async () => {
      const { startThread } = await (threads as NonNullable<typeof threads>)();
      return {
        startThread: async (...given: Parameters<typeof startThread>) => {
          started++;
          const thread = await startThread(...given);
          return (
            thread && {
              ...thread,
              end: () => {
                ended++;
                thread.end();
              },
            }
          );
        },
      };
    },
  });
  return { engine, started: () => started, ended: () => ended };
}

describe("a worker", () => {
  it("serves several runs and trainers of an engine, with the bits of runs without one", async () => {
    const { engine, started } = await counting();
    const { engine: plain } = await counting();
    const [a, b] = [samplesOf(203, 1), samplesOf(60, 3)];
    /** Trains two trainers in turn, over data that stays and data that does not, with changes from outside between runs. */
    const train = async (on: Engine, worker: boolean): Promise<unknown[]> => {
      const data = createDataset(on, a);
      const [one, other] = [create(on), create(on, 8)];
      const results: unknown[] = [];
      for (const [trainer, samples, validation] of [
        [one, data, undefined],
        [other, data, b],
        [one, b, data],
        [one, data, b],
        [other, samplesOf(90, 7), undefined],
        [one, data, b],
      ] as [Trainer, Dataset, Dataset | undefined][]) {
        const history = await trainer.fit(samples, {
          epochs: 2,
          batchSize: 20,
          worker,
          ...(validation ? { validation } : {}),
        });
        expect(history.worker).toBe(worker);
        results.push(history.epochs.map(({ loss, validation }) => [loss, validation]));
        trainer.step(b);
        trainer.predict(a.inputs);
        const values = trainer.parameters();
        trainer.setParameters({ "0.bias": values["0.bias"] as never });
        results.push(trainer.save());
      }
      return results;
    };
    expect(await train(engine, true)).toEqual(await train(plain, false));
    expect(started()).toBe(1);
  });

  it("is one for each of two runs at a time", async () => {
    const { engine, started, ended } = await counting();
    const data = createDataset(engine, samplesOf(100, 1));
    const trainers = [create(engine), create(engine)];
    const train = (trainer: Trainer) => trainer.fit(data, { epochs: 3, worker: true });
    await Promise.all(trainers.map(train));
    await Promise.all(trainers.map(train));
    expect([started(), ended()]).toEqual([2, 0]);
    expect(trainers[0]?.save()).toEqual(trainers[1]?.save());
  });

  it("goes on after a run that was stopped, or that diverged", async () => {
    const { engine, started } = await counting();
    const data = createDataset(engine, samplesOf(100, 1));
    const [trainer, other] = [create(engine), create(engine)];
    for await (const _ of trainer.fit(data, { epochs: 50, worker: true })) break;
    const saved = trainer.save();
    trainer.setParameters({ "3.weight": { data: new Float32Array(48).fill(3e38), shape: [16, 3] } });
    await expect(trainer.fit(data, { epochs: 5, worker: true })).rejects.toThrow("finite");
    trainer.restore(saved);
    other.restore(saved);
    await trainer.fit(data, { epochs: 2, worker: true });
    await other.fit(data, { epochs: 2 });
    expect(trainer.save()).toEqual(other.save());
    expect(started()).toBe(1);
  });

  it("does not keep a program from ending", () => {
    const program = `
      import { createEngine, createTrainer, linear, meanSquaredError, sgd } from "thalweg";
      const engine = await createEngine();
      const trainer = createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });
      const { worker } = await trainer.fit({ inputs: [[1], [2]], targets: [[1], [2]] }, { epochs: 2, worker: true });
      console.log(worker);`;
    // It ends long before the worker would by itself.
    const options = { timeout: 8000, encoding: "utf8" } as const;
    expect(execFileSync(process.execPath, ["--input-type=module", "-e", program], options)).toBe("true\n");
  });
});
