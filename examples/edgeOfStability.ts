// The edge of stability: full-batch descent lets the largest curvature rise until it reaches 2 / h, and stays about there;
// from then on the loss falls in ripples.

import {
  createTrainer,
  type Engine,
  linear,
  meanSquaredError,
  sequential,
  sgd,
  sharpness,
  tanh,
  trainerSurface,
} from "thalweg";
import { print, program } from "./course/program.js";
import { samplesOf } from "./decisionRegions.js";

export const rates = [0.05, 0.1, 0.2];

/** Sharpness and loss every few updates of full-batch descent on the ring, as targets ±1. */
export function descendWith(engine: Engine, learningRate: number, updates: number, every: number) {
  const { inputs, targets } = samplesOf(engine, "annulus");
  const data = { inputs, targets: targets.map((target) => [2 * target - 1]) };
  using trainer = createTrainer(engine, {
    model: sequential([linear(2, 16), tanh(), linear(16, 1)]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate }),
    dtype: "f64",
    seed: 1,
  });
  using surface = trainerSurface(trainer, data);
  const rows: { update: number; sharpness: number; loss: number }[] = [];
  for (let update = 0; update <= updates; update++) {
    if (update % every === 0) {
      surface.moveTo();
      rows.push({ update, sharpness: sharpness(surface, learningRate).sharpness, loss: surface.value() });
    }
    trainer.step(data);
  }
  return rows;
}

await program(import.meta.url, (engine) => {
  for (const rate of rates) {
    print(`\nh = ${rate}`, "sharpness", "of 2/h", "loss");
    for (const { update, sharpness, loss } of descendWith(engine, rate, 4000, 500))
      print(`update ${update}`, sharpness, (sharpness * rate) / 2, loss);
  }
});
