// The rate that each direction really gets, h / (√s + ε): AdaGrad's only falls, RMSprop's comes back; both slow what is steep.

import { adagrad, type Engine, type Optimizer, rmsprop, sgd } from "thalweg";
import { pathOf, startAt } from "./course/point.js";
import { print, program } from "./course/program.js";

export const rules: Record<string, Optimizer> = {
  descent: sgd({ learningRate: 0.005 }),
  AdaGrad: adagrad({ learningRate: 0.5 }),
  RMSprop: rmsprop({ learningRate: 0.05, rho: 0.9 }),
};

/** The valley ½ (100 x² + y²), and its gradient. */
const curvature = [100, 1];

/** Step over gradient for both directions, steep and flat, at every update from (1, 10). */
export function effectiveRates(engine: Engine, optimizer: Optimizer, updates: number) {
  const half = curvature.map((c) => c / 2);
  const trainer = startAt(engine, (x) => x.square().multiply(half).sum(), [1, 10], optimizer);
  const path = pathOf(trainer, updates);
  trainer.free();
  const rates = (k: number): number[] => {
    const xs = path.map((point) => point[k] ?? 0);
    return xs.slice(1).map((x, t) => ((xs[t] ?? 0) - x) / ((curvature[k] ?? 0) * (xs[t] ?? 0)));
  };
  return { path, steep: rates(0), flat: rates(1) };
}

await program(import.meta.url, (engine) => {
  const updates = [1, 5, 20, 100];
  print("update", "", ...updates.map(String));
  for (const [name, rule] of Object.entries(rules)) {
    const { steep, flat } = effectiveRates(engine, rule, 100);
    print(name, "steep", ...updates.map((t) => Number((steep[t - 1] ?? 0).toPrecision(3))));
    print("", "flat", ...updates.map((t) => Number((flat[t - 1] ?? 0).toPrecision(3))));
  }
});
