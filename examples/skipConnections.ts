// The loss around the trained weights of a network of 16 convolutions, with and without skip connections: with them the
// valley is wider, and less of its surroundings is bent downwards.

import {
  adam,
  conv2d,
  createTrainer,
  type Engine,
  flatten,
  type Layer,
  type LossPlane,
  linear,
  lossPlane,
  randomDirections,
  relu,
  residual,
  sequential,
  softmaxCrossEntropy,
  trainerSurface,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

const [blocks, channels] = [8, 6];

/** Two convolutions, to which the block's input is added if it is skipped. */
function block(skips: boolean): Layer[] {
  const convolution = () => conv2d(channels, channels, 3, { padding: 1 });
  const two = [convolution(), relu(), convolution()];
  return [...(skips ? [residual(sequential(two))] : two), relu()];
}

/**
 * The loss on 100 of the 200 digits that the network has learned until its loss was 0.05, over the plane of two random
 * directions. In each of these a filter is as long as that of the weights, and biases stand still, so that the two networks
 * can be compared: Li, Xu, Taylor, Studer and Goldstein, Visualizing the loss landscape of neural nets, NeurIPS 2018.
 */
export async function planeOf(engine: Engine, skips: boolean, seed = 1): Promise<LossPlane> {
  const { train, standardize } = smallDigits(200);
  const deep = Array.from({ length: blocks }, () => block(skips)).flat();
  const trainer = createTrainer(engine, {
    model: sequential([
      conv2d(1, channels, 3, { padding: 1, stride: 2 }),
      relu(),
      ...deep,
      flatten(),
      linear(7 * 7 * channels, 10),
    ]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.002 }),
    standardize,
    seed,
  });
  await trainer.fit(train, { epochs: 100, batchSize: 50, validation: train, targetLoss: 0.05 });
  const surface = trainerSurface(trainer, smallDigits(100).train, { dtype: "f32" });
  const range = [-0.5, 0.5] as const;
  const plane = lossPlane(surface, randomDirections(surface, { seed: 1 }), {
    xRange: range,
    yRange: range,
    resolution: 21,
  });
  surface.free();
  trainer.free();
  return plane;
}

/** Shares of the points of a plane where the loss is below ln 10, that of guessing, and of bends along the axes that go down. */
export function shares({ values, resolution: [side] }: LossPlane): { better: number; down: number } {
  const at = (i: number, j: number): number => values[j * side + i] ?? Number.NaN;
  const inner = Array.from({ length: (side - 2) ** 2 }, (_, k) => [
    1 + (k % (side - 2)),
    1 + Math.floor(k / (side - 2)),
  ]);
  const bends = inner.flatMap(([i = 0, j = 0]) => [
    at(i - 1, j) - 2 * at(i, j) + at(i + 1, j),
    at(i, j - 1) - 2 * at(i, j) + at(i, j + 1),
  ]);
  return {
    better: values.filter((value) => value < Math.log(10)).length / values.length,
    down: bends.filter((bend) => bend < 0).length / bends.length,
  };
}

await program(import.meta.url, async (engine) => {
  print("skips", "least loss", "largest", "< ln 10", "bent down");
  for (const skips of [false, true]) {
    const plane = await planeOf(engine, skips);
    const { better, down } = shares(plane);
    const ends = [Math.min(...plane.values), Math.max(...plane.values)].map((value) => value.toPrecision(3));
    print(skips ? "with" : "without", ...ends, ...[better, down].map((share) => `${(100 * share).toFixed(1)} %`));
  }
});
