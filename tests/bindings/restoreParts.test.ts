// Parts of a saved state: training goes on with another optimizer, schedule, penalty, rate or dropout, and with what is left as if
// it had never stopped.

import {
  accuracy,
  adam,
  batchNorm,
  cosineDecay,
  createTrainer,
  dropout,
  ema,
  l2,
  linear,
  linearSchedule,
  lookahead,
  maxNorm,
  readSafetensors,
  relu,
  type SaveOptions,
  type StatePart,
  sequential,
  sgd,
  softmaxCrossEntropy,
  swa,
  type Trainer,
  type TrainerOptions,
  writeSafetensors,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForAll } from "./engine.js";
import { expectSameBits, numbers } from "./numbers.js";

engineForAll();

const rows = {
  inputs: { data: Float64Array.from(numbers(40)), shape: [20, 2] },
  targets: Int32Array.from({ length: 20 }, (_, k) => k % 3),
};

function made(options: Partial<TrainerOptions> = {}, rate = 0.1): Trainer {
  return createTrainer(engine, {
    model: sequential([linear(2, 6), batchNorm(6), relu(), dropout(rate), linear(6, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.05 }),
    metrics: [accuracy()],
    seed: 3,
    ...options,
  } as never) as never;
}

/** A trainer within its second epoch. */
async function begun(options: Partial<TrainerOptions> = {}): Promise<Trainer> {
  const trainer = made(options);
  await trainer.fit(rows, { steps: 7, batchSize: 4 });
  return trainer;
}

const goOn = (trainer: Trainer, steps = 6) => trainer.fit(rows, { steps, batchSize: 4 });
const all: StatePart[] = ["weights", "state", "optimizer", "schedules", "position"];
const without = (...parts: StatePart[]) => all.filter((part) => !parts.includes(part));
const weightsOf = (trainer: Trainer) => ({ ...trainer.parameters(), ...trainer.state() });

function sameWeights(a: Trainer, b: Trainer): void {
  const [own, others] = [weightsOf(a), weightsOf(b)];
  for (const [name, { data }] of Object.entries(own)) expectSameBits(others[name], data, name);
}

describe("training goes on", () => {
  it("with another optimizer, as a new trainer with these weights", async () => {
    const first = await begun();
    const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
    const [resumed, fresh] = [made({ optimizer }), made({ optimizer })];
    resumed.restore(first.save(), { only: ["weights", "state"] });
    fresh.setParameters(first.parameters());
    fresh.setState(first.state());
    expect(resumed.steps).toBe(0);
    expectSameBits(resumed.save(), fresh.save());
    for (const trainer of [resumed, fresh]) await goOn(trainer);
    sameWeights(resumed, fresh);
  });

  it("with another optimizer at the same place of the epoch, over the rows that were left", async () => {
    const first = await begun();
    const seen = async (trainer: Trainer) => {
      const order: number[] = [];
      const { fit: _, ...saved } = readSafetensors(trainer.save()).metadata;
      order.push(Number(saved.position), Number(saved.epoch), Number(saved.rows));
      return order;
    };
    const resumed = made({ optimizer: sgd({ learningRate: 0.1 }), seed: 99 });
    resumed.restore(first.save(), { only: ["weights", "state", "position"] });
    expect(await seen(resumed)).toEqual(await seen(first));
    expect(readSafetensors(resumed.save()).metadata.seedLow).toBe("3");
    expect(resumed.steps).toBe(0);
    const { epochs } = await resumed.fit(rows, { epochs: 1, batchSize: 4 });
    expect(epochs[0]).toMatchObject({ epoch: 2, step: 3 }); // the second epoch had 3 batches left
  });

  it("with another schedule, the moments are kept: as the old trainer with the rate of the new one", async () => {
    const first = await begun();
    const file = first.save();
    const resumed = made({ optimizer: adam({ learningRate: linearSchedule({ from: 0.02, to: 0.02, length: 9 }) }) });
    expect(() => resumed.restore(file)).toThrow(/another schedule|another model/);
    resumed.restore(file, { only: without("schedules") });
    expectSameBits(
      readSafetensors(resumed.save()).tensors["optimizer.1.0.weight"],
      readSafetensors(file).tensors["optimizer.1.0.weight"]!.data,
    );
    first.learningRate = 0.02;
    for (const trainer of [resumed, first]) await goOn(trainer);
    sameWeights(resumed, first);
  });

  it("with another rate", async () => {
    const first = await begun();
    const resumed = made({ optimizer: adam({ learningRate: 0.001 }) });
    resumed.restore(first.save(), { only: without("schedules") });
    expect(resumed.learningRate).toBe(0.001);
    first.learningRate = 0.001;
    for (const trainer of [resumed, first]) await goOn(trainer);
    sameWeights(resumed, first);
    const asSaved = made({ optimizer: adam({ learningRate: 0.5 }) });
    asSaved.restore(first.save()); // a rate that was set is kept
    expect(asSaved.learningRate).toBe(0.001);
  });

  it("with a penalty or a constraint, or without", async () => {
    for (const options of [{ penalty: l2(0.01) }, { constraint: maxNorm(2) }]) {
      const [plain, other] = [await begun(), await begun(options)];
      for (const [from, into] of [
        [plain, made(options)],
        [other, made()],
      ] as const) {
        const file = from.save();
        expect(() => into.restore(file)).toThrow(
          /of another model or optimizer.*Parts that fit: only: \["weights","state","optimizer","schedules","position"\]\.$/,
        );
        into.restore(file, { only: all });
        const [own, saved] = [readSafetensors(into.save()), readSafetensors(file)];
        expect(own.tensors).toEqual(saved.tensors);
        await goOn(into);
        expect(into.steps).toBe(13);
      }
    }
  });

  it("with another dropout, as if it had never had the old one", async () => {
    const first = await begun();
    const file = first.save();
    const other = made({}, 0.5);
    expect(() => other.restore(file)).toThrow(/dropout\(0\.1\).*dropout\(0\.5\).*Parts that fit/);
    other.restore(file, { only: all });
    const again = made({}, 0.1);
    again.restore(file, { only: all });
    for (const trainer of [first, again, other]) await goOn(trainer);
    sameWeights(again, first);
    expect(() => sameWeights(other, first)).toThrow();
  });

  it("with an average that begins with these weights, or none; wrappers begin with them as well", async () => {
    const first = await begun({ average: ema({ decay: 0.5 }) });
    const bare = made();
    bare.restore(first.save(), { only: all });
    sameWeights(bare, first);
    const optimizer = lookahead(sgd({ learningRate: 0.1 }), { syncPeriod: 2 });
    const fresh = made({ optimizer, average: swa({ unit: "step" }) });
    fresh.restore(first.save(), { only: ["weights", "state"] });
    const { tensors } = readSafetensors(fresh.save());
    expectSameBits(tensors["lookahead.0.weight"], tensors["0.weight"]!.data);
    expectSameBits(fresh.parameters({ weights: "average" })["0.weight"], tensors["0.weight"]!.data);
  });

  it("without the weights, copies of wrappers stay as well", async () => {
    const file = (await begun()).save();
    const optimizer = lookahead(sgd({ learningRate: 0.1 }), { syncPeriod: 4 });
    const trainer = await begun({ optimizer });
    const before = readSafetensors(trainer.save()).tensors;
    expect(() => expectSameBits(before["lookahead.0.weight"], before["0.weight"]!.data)).toThrow();
    trainer.restore(file, { only: ["state", "schedules", "position"] });
    expectSameBits(readSafetensors(trainer.save()).tensors["lookahead.0.weight"], before["lookahead.0.weight"]!.data);
  });

  it("with all parts as with none given", async () => {
    const first = await begun({
      average: ema(),
      optimizer: adam({ learningRate: cosineDecay({ initial: 0.1, length: 50 }) }),
    });
    const { average, optimizer } = first.options;
    const [some, whole] = [made({ average: average!, optimizer }), made({ average: average!, optimizer })];
    some.restore(first.save(), { only: all });
    whole.restore(first.save());
    expectSameBits(some.save(), whole.save());
    expectSameBits(whole.save(), first.save());
  });
});

describe("what does not fit", () => {
  it("names the difference and the parts that fit, and changes nothing", async () => {
    const first = await begun();
    const file = first.save();
    const other = made({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }) });
    const before = other.save();
    expect(() => other.restore(file)).toThrow(
      /adam with 2 state vectors.*expected.*sgd.*Parts that fit: only: \["weights","state","schedules","position"\]\.$/,
    );
    expect(() => other.restore(file, { only: ["weights", "optimizer"] })).toThrow(
      /^restore: the file has no such optimizer: got ".*adam with 2 state vectors.*", expected "sgd.*Parts that fit/,
    );
    const wide = createTrainer(engine, {
      model: sequential([linear(2, 7), batchNorm(7), relu(), linear(7, 3)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
    });
    expect(() => wide.restore(file, { only: ["weights"] })).toThrow(/no such weights.*0\.weight\[2,7\]/);
    expect(() => made().restore(file, { only: ["moments" as never] })).toThrow(/only must be "weights" or "state"/);
    expect(() => made().restore(file, { only: "weights" as never })).toThrow(/only must be an array of parts/);
    expect(() => made().restore(file, { parts: [] } as never)).toThrow(/unknown option "parts"/);
    expectSameBits(other.save(), before);
  });

  it("a file of weights alone has nothing else, and says so", async () => {
    const first = await begun({ average: ema({ decay: 0.5 }) });
    const file = first.save({ weightsOnly: true });
    const { tensors, metadata } = readSafetensors(file);
    expect(Object.keys(tensors).sort()).toEqual(
      [...Object.keys(first.parameters()), ...Object.keys(first.state()).map((name) => `state.${name}`)].sort(),
    );
    expect(Object.keys(metadata).sort()).toEqual(["architecture", "format", "model", "version"]);
    const { average } = first.options;
    expect(() => made({ average: average! }).restore(file)).toThrow(
      /missing.*Parts that fit: only: \["weights","state"/,
    );
    const other = made();
    other.restore(file, { only: ["weights", "state"] });
    sameWeights(other, first);
    other.restore(first.save({ weightsOnly: true, weights: "average" }), { only: ["weights"] });
    expectSameBits(other.parameters()["0.weight"], first.parameters({ weights: "average" })["0.weight"]!.data);
    expect(() => first.save({ weights: "average" })).toThrow(/^save: weights "average" needs weightsOnly/);
    expect(() => first.save({ weightsOnly: 1 } as unknown as SaveOptions)).toThrow(/weightsOnly must be true or false/);
    expect(() => made().save({ weightsOnly: true, weights: "average" })).toThrow(/no average/);
  });

  it("damage is found in the parts that were asked for", async () => {
    const first = await begun();
    const { tensors, metadata } = readSafetensors(first.save());
    const { step, ...rest } = metadata;
    expect(step).toBe("7");
    const file = writeSafetensors(tensors, rest);
    const other = made();
    expect(() => other.restore(file, { only: ["optimizer"] })).toThrow(/step is missing/);
    other.restore(file, { only: ["weights", "position"] });
    expect(() =>
      other.restore(writeSafetensors(tensors, { ...metadata, position: "40" }), { only: ["position"] }),
    ).toThrow(/beyond the 20 rows/);
  });
});
