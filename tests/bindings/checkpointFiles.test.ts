// Files that other versions wrote: one for each version of the format, kept for ever, made by tests/fixtures/checkpoint.mjs.
// Whoever changes the format adds a file and a line, and lets the older ones load.

import { readFileSync } from "node:fs";
import * as thalweg from "thalweg";
import { loadModel } from "thalweg/load";
import { expect, it } from "vitest";
import { checkpointTrainer, classWeights, digestOfNext, train } from "../fixtures/checkpoint.mjs";
import { testEngine } from "./engine.js";

const fileOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}.safetensors`, import.meta.url)));

it.each([
  ["checkpoint-v1", { classWeights }, "3ebdfe737f43a9d6eba82f2e1e18026fa75ea7c8f598256760b0f5440a887ad3"],
  // The first with the model as data.
  ["checkpoint-v1-model", { classWeights }, "3ebdfe737f43a9d6eba82f2e1e18026fa75ea7c8f598256760b0f5440a887ad3"],
  // Written before "accumulatedWeight" was among the words, by commit 3b5e60c.
  ["checkpoint-v1-first", {}, "1c3eab05887c3d146fec6a2769fdba0f25ae1eb2d3e6f060f6be1cb845882b67"],
])("%s loads, and trains on as when it was written", async (name, loss, digest) => {
  const trainer = checkpointTrainer(thalweg, await testEngine(), loss);
  trainer.restore(fileOf(name));
  expect(await digestOfNext(trainer)).toBe(digest);
});

it("the files hold what a checkpoint can hold, and are what the writer still writes", async () => {
  const trainer = checkpointTrainer(thalweg, await testEngine(), { classWeights });
  await train(trainer);
  const [now, kept] = [trainer.save(), fileOf("checkpoint-v1")].map((file) => thalweg.readSafetensors(file));
  const { architecture, ...rest } = now!.metadata;
  expect(now).toEqual(thalweg.readSafetensors(fileOf("checkpoint-v1-model")));
  expect(rest).toEqual(kept!.metadata);
  expect(JSON.parse(architecture!).model[0]).toBe("sequential");
  expect(now!.tensors).toEqual(kept!.tensors);
  expect(kept!.metadata).toMatchObject({ format: "thalweg", version: "1", accumulatedBatches: "1" });
  expect(Number(kept!.metadata.position)).toBeGreaterThan(0);
  expect(Number(kept!.metadata.accumulatedWeight)).toBeGreaterThan(0);
  const rooms = new Set(Object.keys(kept!.tensors).map((name) => name.replace(/^\d.*|\..*/, "")));
  expect([...rooms].sort()).toEqual(["", "accumulated", "average", "lookahead", "optimizer", "state", "trainer"]);
  expect(thalweg.readSafetensors(fileOf("checkpoint-v1-first")).metadata).not.toHaveProperty("accumulatedWeight");
});

it("loadModel predicts from every file as the trainer that restored it", async () => {
  const engine = await testEngine();
  const inputs = [[0.1, -0.2, 0.3, 0.4]];
  for (const [name, loss] of [
    ["checkpoint-v1", { classWeights }],
    ["checkpoint-v1-first", {}],
    ["checkpoint-v1-model", { classWeights }],
  ] as const) {
    using trainer = checkpointTrainer(thalweg, engine, loss);
    trainer.restore(fileOf(name));
    for (const weights of ["current", "average"] as const) {
      const given = name === "checkpoint-v1-model" ? {} : { model: trainer.options.model };
      using model = loadModel(engine, fileOf(name), { ...given, weights });
      expect(model.predict(inputs)).toEqual(trainer.predict(inputs, { weights }));
    }
  }
});

it("names in files stay when functions are renamed", async () => {
  const [engine, { linear, meanSquaredError }] = [await testEngine(), thalweg];
  const named = (optimizer: thalweg.Optimizer): Readonly<Record<string, string>> => {
    using trainer = thalweg.createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer });
    return thalweg.readSafetensors(trainer.save()).metadata;
  };
  expect(named(thalweg.adamax()).model).toContain("; adaMax with 2 state vectors");
  expect(named(thalweg.adabelief()).model).toContain("; adaBelief with 2 state vectors");
  const scheduled = (learningRate: thalweg.Schedule) => named(thalweg.sgd({ learningRate })).schedules;
  expect(scheduled(thalweg.plateauSchedule({ initial: 1 }))).toBe("0.learningRate=plateau");
  expect(scheduled(thalweg.cyclicSchedule({ base: 0, peak: 1, up: 2 }))).toBe("0.learningRate=cyclic");
  expect(scheduled(thalweg.warmup({ length: 2, schedule: 1 }))).toBe("0.learningRate=warmUp(constantSchedule)");
});
