// Trainers of parts of one model against two ordinary trainers that exchange weights, closed forms and PyTorch.

import {
  adam,
  createTrainer,
  createTrainers,
  type Layer,
  type LayerFunctions,
  linear,
  type Loss,
  meanSquaredError,
  onesInitializer,
  sequential,
  sgd,
  type Tensor,
  tanh,
} from "thalweg";
import { describe, expect, it } from "vitest";
import { engine, engineForEach } from "./engine.js";

engineForEach();
const mean: Loss = { name: "mean", targets: "values", apply: (y) => y.mean() };
describe("a bilinear game", () => {
  it("spirals outward", () => {
    const number = (): Layer => linear(1, 1, { bias: false, weight: onesInitializer });
    const game = createTrainers(engine, {
      layers: { x: number(), y: number() },
      trainers: {
        x: { trains: "x", apply: ({ x, y }, one) => x(y(one)), loss: mean, optimizer: sgd({ learningRate: 0.25 }) },
        y: { trains: "y", apply: ({ x, y }, one) => x(y(one)), loss: (_, out) => out.mean().negate(), optimizer: sgd({ learningRate: 0.25 }) },
      },
      dtype: "f64",
    });
    const one = { inputs: [[1]], targets: [[0]] };
    let [x, y] = [1, 1];
    for (let k = 0; k < 20; k++) {
      game.trainers.x.step(one);
      x -= 0.25 * y;
      game.trainers.y.step(one);
      y += 0.25 * x;
      expect(game.trainers.x.parameters()["x.weight"]?.data[0]).toBe(x);
      expect(game.trainers.x.parameters()["y.weight"]?.data[0]).toBe(y);
    }
  });
});
