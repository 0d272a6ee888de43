/** Files of the model: features and head as one network, from the pixels of a picture to a score for each class. */

import {
  adamW,
  createEngine,
  createTrainer,
  readSafetensors,
  sequential,
  softmaxCrossEntropy,
  type Trainer,
} from "thalweg";
import { withMetadata } from "thalweg/text";
import type { Embedding } from "./embedding.js";
import { headLayers, standardize } from "./net.js";

export interface Model {
  embedding: Embedding;
  /** Names of the classes. */
  classes: readonly string[];
  /** Checkpoint of the head. */
  head: Uint8Array;
}

/** Builds the network with its weights, and frees it after use. */
async function withTrainer<T>({ embedding, classes, head }: Model, use: (trainer: Trainer) => T): Promise<T> {
  const own = embedding.layers;
  const before = own?.layers() ?? [];
  const trainer = createTrainer(await createEngine(), {
    model: sequential([...before, ...headLayers(embedding.length, classes.length)]),
    loss: softmaxCrossEntropy(),
    optimizer: adamW(),
    ...(own ? { standardize } : {}),
  });
  const { tensors } = readSafetensors(head);
  const names = Object.keys(trainer.parameters());
  trainer.setParameters(
    Object.fromEntries(
      names.map((name) => {
        const [place = "", part] = name.split(".");
        const inHead = tensors[`${Number(place) - before.length}.${part}`];
        return [name, (own?.weights[name] ?? inHead) as (typeof tensors)[string]];
      }),
    ) as Parameters<typeof trainer.setParameters>[0],
  );
  try {
    return use(trainer as unknown as Trainer);
  } finally {
    trainer.free();
  }
}

/** safetensorsOf: a checkpoint of the whole network, with the names of the classes in its metadata. */
export const safetensorsOf = (model: Model): Promise<Uint8Array> =>
  withTrainer(model, (trainer) => withMetadata(trainer.save(), { labels: JSON.stringify(model.classes) }));

/** onnxOf: the whole network as ONNX, from bytes of pixels to a score and a probability for each class. */
export async function onnxOf(model: Model): Promise<Uint8Array> {
  const { toOnnx } = await import("thalweg/export");
  const { embedding, classes } = model;
  const input = embedding.layers?.input ?? [embedding.length];
  return withTrainer(model, (trainer) => toOnnx(trainer, { input, labels: classes }));
}
