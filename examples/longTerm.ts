// Long-term dependencies: the gradient of the last state with respect to each earlier step vanishes or explodes in a recurrent
// layer, while the forget gate of an LSTM keeps it; clipping bounds the update where it explodes.

import {
  applyLayer,
  clipGlobalNorm,
  constant,
  constantInitializer,
  createTrainer,
  type Engine,
  grad,
  type Layer,
  lstm,
  meanSquaredError,
  rnn,
  sgd,
  type Tensor,
} from "thalweg";
import { print, program } from "./course/program.js";

export const steps = 60;

/** A layer whose state is passed on with this factor: tanh(x + λ h), or the forget gate σ(b) = λ. */
export const layers = {
  rnn: (factor: number) => ({ layer: rnn(1, 1), p: { weight: [[1]], recurrent: [[factor]], bias: [0] } }),
  // Gates i, f, g, o: input and output gate open, forget gate λ, and x enters by g.
  lstm: (factor: number) => ({
    layer: lstm(1, 1),
    p: {
      weight: [[0, 0, 1, 0]],
      recurrent: [[0, 0, 0, 0]],
      bias: [30, Math.log(factor / (1 - factor)), 0, 30],
    },
  }),
};

/** |∂hₜ/∂x| of the last state with respect to the input of each step, the first step first; inputs are small. */
export function gradientByStep(engine: Engine, kind: keyof typeof layers, factor: number): number[] {
  const { layer, p } = layers[kind](factor);
  using slope = grad(engine, (x: Tensor) => {
    const own = Object.fromEntries(Object.entries(p).map(([name, value]) => [name, constant(engine, value)]));
    return applyLayer(layer as Layer, { "0": own }, x).output.sum();
  });
  const x = { data: new Float64Array(steps).fill(1e-9), shape: [1, steps, 1] };
  return Array.from(slope(x).data, Math.abs);
}

/** Norm of the gradient and of the update of one step of descent, for a state that doubles with each of `length` steps. */
export function explodingStep(engine: Engine, clipped: boolean, length = 20): { gradient: number; update: number } {
  const initial = { weight: constantInitializer(1), recurrent: constantInitializer(2), bias: false as const };
  const trainer = createTrainer(engine, {
    model: rnn(1, 1, { ...initial, activation: "relu" }) as Layer,
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 1 }),
    gradient: clipped ? [clipGlobalNorm(1)] : [],
    dtype: "f64",
  });
  const before = trainer.parameters();
  const inputs = { data: new Float64Array(length).fill(1e-3), shape: [1, length, 1] };
  const { gradientNorm } = trainer.step({ inputs, targets: [[0]] });
  const after = trainer.parameters();
  trainer.free();
  const changes = Object.entries(before).map(([name, { data }]) => Number(after[name]?.data[0]) - Number(data[0]));
  return { gradient: gradientNorm, update: Math.hypot(...changes) };
}

await program(import.meta.url, (engine) => {
  print("steps back", "rnn 0.8", "rnn 1.25", "lstm 0.8", "lstm 0.99");
  const norms = [
    gradientByStep(engine, "rnn", 0.8),
    gradientByStep(engine, "rnn", 1.25),
    gradientByStep(engine, "lstm", 0.8),
    gradientByStep(engine, "lstm", 0.99),
  ];
  for (const back of [0, 1, 10, 30, 59]) print(String(back), ...norms.map((list) => list.at(-1 - back) as number));
  for (const clipped of [false, true]) {
    const { gradient, update } = explodingStep(engine, clipped);
    print(clipped ? "clipped" : "not clipped", "gradient", gradient, "update", update);
  }
});
