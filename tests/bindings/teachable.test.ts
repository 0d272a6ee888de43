// The head of the page of teachable classes: what it learned stays with its classes, and its files are the network that the page has.

import { readFileSync } from "node:fs";
import {
  adam,
  adamW,
  createEngine,
  createTrainer,
  meanSquaredError,
  readSafetensors,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import { readMetadata } from "thalweg/text";
import { beforeAll, expect, it } from "vitest";
import { readMnist } from "../../examples/digits/mnist.js";
import { safetensorsOf } from "../../examples/teachable/files.js";
import { type Example, Head, type Progress } from "../../examples/teachable/head.js";
import { fewShots, trainFeatures } from "../../examples/teachable/main.js";
import { featureLayers, headLayers, LENGTH, SIDE, standardize } from "../../examples/teachable/net.js";
import { build } from "./engine.js";

let engine: Awaited<ReturnType<typeof createEngine>>;
beforeAll(async () => {
  engine = await createEngine();
});

/** Points of three dimensions about one of the axes. */
const example = (label: number, k: number): Example => ({
  label,
  features: Float32Array.from({ length: 3 }, (_, axis) => (axis === label ? 1 : 0) + 0.1 * Math.cos(7 * k + axis)),
});
const examples = (classes: number): Example[] => Array.from({ length: 5 * classes }, (_, k) => example(k % classes, k));

/** A head, and a promise that resolves when it next rests. */
function open(length = 3) {
  const seen: Progress[] = [];
  const head = new Head(engine, length, (progress) => seen.push(progress));
  const rests = async (): Promise<Progress> => {
    while (seen.at(-1)?.training !== false) await new Promise((resolve) => setTimeout(resolve, 1));
    return seen.at(-1) as Progress;
  };
  return { head, rests };
}

it("learns from two classes on, and goes on with examples that come", async () => {
  const { head, rests } = open();
  await head.arrange([-1, -1], []);
  head.add(example(0, 0));
  expect(head.predict(example(0, 1).features)).toBeNull();
  head.add(example(1, 1));
  await new Promise((resolve) => setTimeout(resolve, 2));
  for (let k = 2; k < 12; k++) head.add(example(k % 2, k));
  const { accuracy, updates } = await rests();
  expect(accuracy).toBe(1);
  expect(updates).toBeGreaterThanOrEqual(300);
  expect(head.predict(example(0, 20).features)?.[0]).toBeGreaterThan(0.5);
  expect(head.predict(example(1, 21).features)?.[1]).toBeGreaterThan(0.5);
});

it("keeps the weights of classes when others come and go", async () => {
  const { head, rests } = open();
  await head.arrange([-1, -1, -1], examples(3));
  await rests();
  const file = readSafetensors(head.save() as Uint8Array).tensors;
  const columns = (name: string, classes: number, tensors = file): number[][] =>
    Array.from({ length: classes }, (_, k) =>
      Array.from((tensors[name] as { data: Float32Array }).data).filter((_, i) => i % classes === k),
    );
  // Without examples nothing is learned: the first and the last class remain, and there is a new one.
  await head.arrange([2, -1, 0], []);
  const after = readSafetensors(head.save() as Uint8Array).tensors;
  for (const name of ["1.weight", "1.bias"]) {
    const [first, , last] = columns(name, 3);
    expect(columns(name, 3, after)).toEqual([last, first?.map(() => 0), first]);
  }
  expect(after["0.gamma"]).toEqual(file["0.gamma"]);
  await head.arrange([], []);
  expect(head.save()).toBeNull();
});

it("goes on from its checkpoint as if it had never stopped", async () => {
  const [one, other] = [open(), open()];
  await one.head.arrange([-1, -1], examples(2));
  await one.rests();
  const file = one.head.save() as Uint8Array;
  await other.head.arrange([-1, -1], examples(2));
  await other.head.restore(file);
  expect(other.head.save()).toEqual(file);
  for (const { head } of [one, other]) head.add(example(0, 30));
  await Promise.all([one.rests(), other.rests()]);
  expect(other.head.save()).toEqual(one.head.save());
});

it.runIf(build === "release")(
  "the features that the page uses describe digits better than untrained ones",
  async () => {
    const { train } = readMnist();
    const { tensors } = readSafetensors(readFileSync("examples/teachable/features.safetensors"));
    const weights = tensors as Awaited<ReturnType<typeof trainFeatures>>;
    const untrained = await fewShots(engine, await trainFeatures(engine, train, [], 0), 20);
    const trained = await fewShots(engine, weights, 20);
    expect(untrained).toBeGreaterThan(0.2); // guessing
    expect(trained).toBeGreaterThan(2 * untrained);
  },
  120_000,
);

it("writes the network from pixels to classes, with their names", async () => {
  const { tensors } = readSafetensors(readFileSync("examples/teachable/features.safetensors"));
  const weights = tensors as ReturnType<ReturnType<typeof createTrainer>["parameters"]>;
  const options = { loss: meanSquaredError(), optimizer: adam(), standardize };
  const features = createTrainer(engine, { ...options, model: sequential(featureLayers()) });
  features.setParameters(weights);
  const pixels = (k: number) => ({
    data: Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => (i * (k + 3)) % 251),
    shape: [1, SIDE, SIDE, 3],
  });
  const describe = (k: number): Float32Array => Float32Array.from(features.predict(pixels(k)).data as Float32Array);
  const { head, rests } = open(LENGTH);
  await head.arrange(
    [-1, -1],
    [0, 1, 2, 3].map((k) => ({ label: k % 2, features: describe(k) })),
  );
  await rests();
  const layers = { layers: featureLayers, weights, input: [SIDE, SIDE, 3] };
  const embedding = { name: "digits", length: LENGTH, embed: () => new Float32Array(), layers };
  const file = await safetensorsOf({ embedding, classes: ["a", "b"], head: head.save() as Uint8Array });
  expect(JSON.parse(readMetadata(file).labels as string)).toEqual(["a", "b"]);
  const whole = createTrainer(engine, {
    model: sequential([...featureLayers(), ...headLayers(LENGTH, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: adamW(),
    standardize,
  });
  whole.restore(file);
  for (const k of [5, 6])
    expect(whole.classify({ data: pixels(k).data, shape: [SIDE, SIDE, 3] }).probabilities).toEqual(
      head.predict(describe(k)),
    );
});
