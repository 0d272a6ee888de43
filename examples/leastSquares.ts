// A straight line through 18 points by gradient descent, until no component of the gradient is above 1e-5.

import { type Engine, grad, sgd, type Tensor } from "thalweg";
import { line } from "./course/line.js";
import { pointOf, startAt, update } from "./course/point.js";
import { print, program } from "./course/program.js";
import { eigenvalues } from "./course/symmetric.js";

/** Half the mean squared error of the line θ₀ + θ₁ x. */
const halfMeanSquare = (theta: Tensor): Tensor =>
  theta.reshape([1, 2]).matmul(line.design, { transposeB: true }).subtract(line.y).square().mean().multiply(0.5);

/** Slope of the loss below which descent stops. */
const tolerance = 1e-5;

/** Gradient descent from (1, 1) until the gradient is small, or until it has grown beyond hope. */
export function fitLine(engine: Engine, learningRate: number) {
  const trainer = startAt(engine, halfMeanSquare, [1, 1], sgd({ learningRate }));
  const gradient = grad(engine, halfMeanSquare);
  const steepest = (): number => Math.max(...Array.from(gradient(pointOf(trainer)).data, Math.abs));
  let slope = steepest();
  while (slope > tolerance && slope < 1e6) {
    update(trainer);
    slope = steepest();
  }
  const result = { updates: trainer.steps, theta: pointOf(trainer), loss: update(trainer).loss, slope };
  gradient.free();
  trainer.free();
  return result;
}

/** Eigenvalues of the Hessian X'X / 18, the largest first. */
export function curvatures(): [number, number] {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value) / values.length;
  return eigenvalues(1, mean(line.x), mean(line.x.map((x) => x * x)));
}

await program(import.meta.url, (engine) => {
  const { updates, theta, loss } = fitLine(engine, 0.01);
  print(`${updates} updates with h = 0.01`);
  print("θ", ...theta);
  print("closed form", 7 / 51, 477 / 323);
  print("loss", loss);
  const [largest, least] = curvatures();
  print("condition", largest / least);
  print("largest h", 2 / largest);
  print(`\nJust above it, the gradient reaches ${fitLine(engine, 0.0171).slope.toExponential(1)}.`);
});
