// Random numbers of the library: those that a parameter starts with, so that a seed means the same everywhere.

import { createTrainer, type Engine, type Initializer, meanSquaredError, normalInitializer, sgd } from "thalweg";

/** Numbers of a shape, standard normal unless another initializer is given. */
export function drawn(
  engine: Engine,
  shape: readonly number[],
  seed: number,
  initializer: Initializer = normalInitializer(1),
): Float64Array {
  const model = {
    name: "draws",
    parameters: { x: { shape, initializer } },
    apply: (_: unknown, input: never) => input,
  };
  const trainer = createTrainer(engine, {
    ...{ model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed },
  });
  const { x } = trainer.parameters();
  trainer.free();
  return Float64Array.from(x?.data ?? []);
}
