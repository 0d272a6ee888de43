// A cliff, the loss of fifty multiplications by the same weight: a single gradient at its edge makes the weights huge.
// With a clipped gradient, as a whole to a norm or each component to a value, descent walks down instead.

import {
  clipGlobalNorm,
  clipValue,
  createTrainer,
  DivergenceError,
  type Engine,
  type GradientTransform,
  sgd,
  type Tensor,
} from "thalweg";
import { coordinates, functionOf, pointOf, update } from "./course/point.js";
import { print, program } from "./course/program.js";

/** (w⁵⁰ + b − 1)². */
function cliff(x: Tensor): Tensor {
  const [w, b] = coordinates(x) as [Tensor, Tensor];
  let power = w;
  for (let k = 1; k < 50; k++) power = power.multiply(w);
  return power.add(b).subtract(1).square();
}

/** Gradient transforms to compare. */
export const cures: Record<string, readonly GradientTransform[]> = {
  none: [],
  norm: [clipGlobalNorm(1)],
  value: [clipValue(1)],
};

interface Walk {
  readonly losses: number[];
  readonly firstNorm: number;
  readonly path: number[][];
}

/** Loss and point at every step from the edge, (1.15, 0), with h = 1/5000, until it is below 1e-6 or no longer a number. */
export function walk(engine: Engine, cure: readonly GradientTransform[]): Walk {
  const optimizer = sgd({ learningRate: 1 / 5000 });
  using trainer = createTrainer(engine, { ...functionOf(cliff, [1.15, 0]), optimizer, gradient: cure });
  const losses: number[] = [];
  const path = [pointOf(trainer)];
  let firstNorm = 0;
  try {
    do {
      const { loss, gradientNorm } = update(trainer);
      firstNorm ||= gradientNorm;
      losses.push(loss);
      path.push(pointOf(trainer));
    } while ((losses.at(-1) as number) > 1e-6);
  } catch (error) {
    if (!(error instanceof DivergenceError)) throw error;
    losses.push(Number.POSITIVE_INFINITY);
  }
  return { losses, firstNorm, path };
}

await program(import.meta.url, (engine) => {
  print("clip by", "steps", "first loss", "last loss");
  for (const [name, cure] of Object.entries(cures)) {
    const { losses } = walk(engine, cure);
    print(name, losses.length, ...losses.slice(0, 1), ...losses.slice(-1));
  }
  print(`\nThe first gradient has the norm ${walk(engine, []).firstNorm.toExponential(1)}.`);
});
