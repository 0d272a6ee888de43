/**
 * Embedding of pictures as numbers: the one place to change for another network. An embedding is any function from a picture to
 * a Float32Array of fixed length; docs/guide/teachable.md has it by transformers.js and by MediaPipe.
 */

import {
  adam,
  createEngine,
  createTrainer,
  imageRowsSync,
  type Layer,
  meanSquaredError,
  readSafetensors,
  sequential,
  type Trainer,
} from "thalweg";
import { featureLayers, LENGTH, SIDE, standardize } from "./net.js";

export interface Embedding {
  /** Kept with the examples: those of another embedding are described anew. */
  name: string;
  /** Numbers for each picture. */
  length: number;
  embed(picture: HTMLCanvasElement): Float32Array | Promise<Float32Array>;
  /** Its layers, if files of the model are to begin with them; else they hold the head alone. */
  layers?: { layers(): Layer[]; weights: ReturnType<Trainer["parameters"]>; input: readonly number[] };
}

/**
 * openEmbedding: features of a convolutional network that was trained on colored digits, see main.ts.
 *
 * @throws {Error} the server does not return its weights
 */
export async function openEmbedding(): Promise<Embedding> {
  const [engine, response] = await Promise.all([createEngine(), fetch("./features.safetensors")]);
  if (!response.ok)
    throw new Error(`The network did not arrive: the server returned status ${response.status}. Restart it.`);
  const weights = readSafetensors(new Uint8Array(await response.arrayBuffer())).tensors as ReturnType<
    Trainer["parameters"]
  >;
  const features = createTrainer(engine, {
    model: sequential(featureLayers()),
    loss: meanSquaredError(),
    optimizer: adam(),
    standardize,
  });
  features.setParameters(weights);
  return {
    name: "colored digits",
    length: LENGTH,
    embed: (picture) =>
      Float32Array.from(features.predict(imageRowsSync([picture], { size: [SIDE, SIDE] })).data as Float32Array),
    layers: { layers: featureLayers, weights, input: [SIDE, SIDE, 3] },
  };
}
