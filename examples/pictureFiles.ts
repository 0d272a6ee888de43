// Image files of many sizes become rows of one size, in Node with a decoder. A small network then distinguishes
// horizontal stripes from vertical ones, also in files that it has not seen.

import { convertIndexedToRgb, decode, encode } from "fast-png";
import {
  accuracy,
  adam,
  conv2d,
  createTrainer,
  type Engine,
  flatten,
  globalMaxPool2d,
  type ImagePixels,
  imageRows,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import { print, program } from "./course/program.js";

/** PNG file k, as readFile returns it: an odd k has a standing stripe, and every third picture is dark on transparent ground. */
export function pictureFile(k: number): Uint8Array {
  const [width, height] = [24 + ((7 * k) % 60), 20 + ((11 * k) % 70)];
  const clear = k % 3 === 0;
  const channels = clear ? 4 : 3;
  const data = new Uint8Array(width * height * channels);
  const place = 0.15 + 0.7 * ((k * 0.618) % 1);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const inside = Math.abs((k % 2 ? x / width : y / height) - place) < 0.1;
      const color = clear ? [30, 60, 20, inside ? 255 : 0] : inside ? [90, 20, 20] : [230, 240, 250];
      data.set(color, (y * width + x) * channels);
    }
  return encode({ width, height, channels, data });
}

/** Pixels of a PNG file of any kind; one with a palette holds indices, which become colors. */
export function readPng(file: Uint8Array): ImagePixels {
  const png = decode(file);
  const { width, height } = png;
  return png.palette ? { data: convertIndexedToRgb(png), width, height } : png;
}

/** Samples of the files `from` .. `to`. */
export async function samplesOf(from: number, to: number) {
  const numbers = Array.from({ length: to - from }, (_, k) => from + k);
  const files = numbers.map(pictureFile);
  const inputs = await imageRows(files, { size: [16, 16], channels: 1, fit: "stretch", decode: readPng });
  return { inputs, targets: numbers.map((k) => k % 2) };
}

/** Accuracy on files that were learned, and on others. */
export async function learnPictures(engine: Engine) {
  const [training, others] = [await samplesOf(0, 96), await samplesOf(96, 192)];
  const trainer = createTrainer(engine, {
    model: sequential([conv2d(1, 8, 5), relu(), globalMaxPool2d(), flatten(), linear(8, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.01 }),
    metrics: [accuracy()],
    standardize: { mean: 128, deviation: 64 },
    seed: 1,
  });
  await trainer.fit(training, { epochs: 20, batchSize: 16 });
  const result = { learned: trainer.evaluate(training).accuracy, others: trainer.evaluate(others).accuracy };
  trainer.free();
  return result;
}

await program(import.meta.url, async (engine) => {
  const { learned, others } = await learnPictures(engine);
  print("files", "accuracy");
  print("learned", learned ?? 0);
  print("others", others ?? 0);
});
