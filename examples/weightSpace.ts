// A loss over the space of all weights, looked at along lines and planes: random directions as long as the weights, the
// directions of largest curvature, and the plane in which training moved.

import {
  createTrainer,
  type Engine,
  type LossSurface,
  linear,
  lossLine,
  lossPlane,
  randomDirections,
  sequential,
  sgd,
  softmaxCrossEntropy,
  tanh,
  topEigenvalues,
  trainerSurface,
  trajectoryPlane,
} from "thalweg";
import { print, program } from "./course/program.js";
import { samplesOf } from "./decisionRegions.js";

/** A network of 82 weights after 150 epochs of mini-batches on the ring, its surface there, and its way. */
export async function trained(engine: Engine): Promise<{ surface: LossSurface; way: unknown[] }> {
  const { inputs, targets } = samplesOf(engine, "annulus");
  const data = { inputs, targets: Int32Array.from(targets) };
  const trainer = createTrainer(engine, {
    model: sequential([linear(2, 16), tanh(), linear(16, 2)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
    dtype: "f64",
    seed: 3,
  });
  const way: unknown[] = [trainer.parameters()];
  for (let k = 0; k < 50; k++) {
    await trainer.fit(data, { epochs: 3, batchSize: 50 });
    way.push(trainer.parameters());
  }
  const surface = trainerSurface(trainer, data);
  trainer.free();
  return { surface, way };
}

/** The loss along the directions of largest and least curvature and a random one, all of length 1. */
export function linesThrough(surface: LossSurface) {
  const { values, vectors } = topEigenvalues(surface, { count: 2 });
  const smallest = topEigenvalues(surface, { which: "smallest" });
  const directions = {
    steepest: vectors[0],
    random: randomDirections(surface, { normalize: "unit" })[0],
    least: smallest.vectors[0],
  };
  const along = (direction: unknown): [number, number][] => {
    const { t, values } = lossLine(surface, direction, { range: [-2, 2], points: 81 });
    return Array.from(t, (at, k) => [at, values[k] ?? 0]);
  };
  return {
    curvatures: [...values, ...smallest.values],
    lines: Object.fromEntries(Object.entries(directions).map(([name, direction]) => [name, along(direction)])),
  };
}

/** The planes of filter-normalized random directions and of the two largest curvatures, and that of the way with it. */
export function planesThrough(surface: LossSurface, way: unknown[]) {
  const { vectors } = topEigenvalues(surface, { count: 2 });
  const { directions, explained, path } = trajectoryPlane(surface, way);
  const around = (values: number[]): [number, number] => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return [low - 0.25 * (high - low), high + 0.25 * (high - low)];
  };
  return {
    random: lossPlane(surface, randomDirections(surface, { seed: 1 }), { resolution: 41 }),
    steepest: lossPlane(surface, vectors, { resolution: 41 }),
    trajectory: lossPlane(surface, directions, {
      xRange: around(path.map(([x]) => x)),
      yRange: around(path.map(([, y]) => y)),
      resolution: 41,
    }),
    explained,
    path,
  };
}

await program(import.meta.url, async (engine) => {
  const { surface, way } = await trained(engine);
  const { curvatures, lines } = linesThrough(surface);
  console.log(`Loss ${surface.value().toFixed(4)}, curvatures ${curvatures.map((at) => at.toFixed(3)).join(", ")}.\n`);
  print("t", ...Object.keys(lines));
  for (const k of [0, 20, 40, 60, 80]) {
    const points = Object.values(lines).map((line) => line[k] ?? []);
    print(String(points[0]?.[0]), ...points.map(([, value = 0]) => value));
  }
  const { explained } = planesThrough(surface, way);
  console.log(
    `\nTwo directions hold ${explained.map((share) => `${(100 * share).toFixed(1)} %`).join(" and ")} of the way.`,
  );
  surface.free();
});
