// The training of all widths as a program, for edit and run: it makes the numbers that the figure shows.

import { type State, widths } from "./controls.ts";
import { rate, samples } from "./run.ts";

export const widthsProgram = ({ frequency, starts, updates, seed }: State): string => `import {
  adam, cosineDecay, createEngine, createTrainer, linear, meanSquaredError, sequential, tanh,
} from "thalweg";

const engine = await createEngine();
const x = Array.from({ length: ${samples} }, (_, k) => -2 + (4 * k) / ${samples - 1});
const data = { inputs: x.map((value) => [value]), targets: x.map((value) => [Math.sin(${frequency} * value)]) };
for (const width of ${JSON.stringify(widths)}) {
  const losses = [];
  for (let start = 0; start < ${starts}; start++) {
    const trainer = createTrainer(engine, {
      model: sequential([linear(1, width), tanh(), linear(width, 1)]),
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: cosineDecay({ initial: ${rate}, length: ${updates} }) }),
      seed: ${seed} + start,
    });
    for (let update = 0; update < ${updates}; update++) trainer.step(data);
    losses.push(trainer.evaluate(data).loss);
    trainer.free();
  }
  losses.sort((a, b) => a - b);
  console.log(\`width \${width}: from \${losses[0].toPrecision(3)} to \${losses.at(-1).toPrecision(3)}\`);
}
`;
