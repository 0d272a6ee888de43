// What a convolutional network learns on digits: its first filters become smooth strokes and edges, and each makes a map of
// where the image has them. A digit that moves has the same maps, moved.

import {
  accuracy,
  adam,
  applyLayer,
  compile,
  conv2d,
  createTrainer,
  type Engine,
  flatten,
  linear,
  maxPool2d,
  type NDArray,
  normalInitializer,
  relu,
  sequential,
  softmaxCrossEntropy,
  type Tensor,
} from "thalweg";
import { asImages, fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

export const [side, filters] = [7, 8];

const first = conv2d(1, filters, side, { padding: "same", weight: normalInitializer(0.02) });

/** Filters of the first layer, at the start and after training on 1,000 digits, its bias, and the accuracy on others. */
export async function learnFilters(engine: Engine) {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: sequential([
      ...[first, relu(), maxPool2d(2)],
      ...[conv2d(filters, 16, 3, { padding: 1 }), relu(), maxPool2d(2)],
      ...[flatten(), linear(7 * 7 * 16, 10)],
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.003 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  const { "0.weight": start } = trainer.parameters();
  await trainer.fit(asImages(train), { epochs: 5, batchSize: 50 });
  const { "0.weight": weight, "0.bias": bias } = trainer.parameters();
  const answer = {
    start: filtersOf(start?.data),
    learned: filtersOf(weight?.data),
    bias: Array.from(bias?.data ?? []),
    accuracy: trainer.evaluate(asImages(test)).accuracy ?? 0,
  };
  trainer.free();
  return answer;
}

/** The weights [7, 7, 1, 8] as eight images. */
const filtersOf = (weight: ArrayLike<number> = []): number[][] => sliced(Array.from(weight), filters);

/** Every `count`-th number from the first, from the second, and so on: the channels of an image. */
const sliced = (values: readonly number[], count: number): number[][] =>
  Array.from({ length: count }, (_, k) => values.filter((_, at) => at % count === k));

/** The maps that filters make of a digit of 784 pixels, 0 .. 255: max(0, Σ w x + b) at every pixel. */
export function mapsOf(
  engine: Engine,
  learned: readonly number[][],
  bias: readonly number[],
  digit: ArrayLike<number>,
): number[][] {
  const { mean, deviation } = fewDigits().standardize;
  const x = { data: Array.from(digit, (pixel) => (pixel - mean) / deviation), shape: [1, 28, 28, 1] };
  const weight = Array.from({ length: side * side }, (_, at) => learned.map((filter) => filter[at] ?? 0)).flat();
  using maps = compile(engine, (t: { x: Tensor; weight: Tensor; bias: Tensor }) =>
    applyLayer(first, { weight: t.weight, bias: t.bias } as never, t.x).output.relu(),
  );
  const weights = { data: weight, shape: [side, side, 1, filters] };
  const { data } = maps({ x, weight: weights, bias: [...bias] }) as NDArray;
  return sliced(Array.from(data), filters);
}

/** A digit that stands a number of pixels further down and to the right. */
export const moved = (digit: ArrayLike<number>, by: number): number[] =>
  Array.from({ length: 784 }, (_, at) => {
    const [row, column] = [Math.floor(at / 28) - by, (at % 28) - by];
    return row < 0 || column < 0 ? 0 : (digit[28 * row + column] ?? 0);
  });

/** The training digit that the maps are drawn of, a 5. */
export const exampleDigit = (): Uint8Array => (fewDigits().train.inputs as { data: Uint8Array }).data.subarray(0, 784);

/** Correlation of neighboring weights, over all filters: 1 for a flat filter, about 0 for random ones. */
export function smoothness(images: readonly number[][]): number {
  let [together, alone] = [0, 0];
  for (const image of images)
    for (const [at, w] of image.entries()) {
      const right = at % side < side - 1 ? [image[at + 1] ?? 0] : [];
      const below = at + side < image.length ? [image[at + side] ?? 0] : [];
      for (const neighbor of [...right, ...below]) {
        together += w * neighbor;
        alone += (w * w + neighbor * neighbor) / 2;
      }
    }
  return together / alone;
}

/** The largest difference between a map and that of the moved digit, at pixels whose windows lie inside the image. */
export function differenceMoved(map: readonly number[], movedMap: readonly number[], by: number): number {
  const inside = (at: number): boolean => at >= 3 && at < 25 - by;
  return map.reduce((most, value, at) => {
    if (!inside(Math.floor(at / 28)) || !inside(at % 28)) return most;
    return Math.max(most, Math.abs(value - (movedMap[at + 29 * by] ?? Number.NaN)));
  }, 0);
}

await program(import.meta.url, async (engine) => {
  const { start, learned, bias, accuracy } = await learnFilters(engine);
  console.log(`The network reads ${(100 * accuracy).toFixed(1)} % of a thousand other digits.`);
  const [before, after] = [start, learned].map((images) => smoothness(images).toFixed(2));
  console.log(`Neighboring weights correlate by ${before} at the start, ${after} after training.\n`);
  print("pixels moved", "largest difference of any map");
  const digit = exampleDigit();
  const maps = mapsOf(engine, learned, bias, digit);
  for (const by of [1, 2, 3]) {
    const others = mapsOf(engine, learned, bias, moved(digit, by));
    print(by, Math.max(...maps.map((map, k) => differenceMoved(map, others[k] ?? [], by))));
  }
});
