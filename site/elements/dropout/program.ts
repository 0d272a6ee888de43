// The figure as a program, for edit and run.

import { inputsOf, samplesOf } from "../overfitting/samples.ts";
import type { State } from "./controls.ts";
import { learningRate, spread, updates, width } from "./network.ts";

export function dropoutProgram({ layers, mode, rate, count, noise, seed }: State): string {
  const inputs = inputsOf(count);
  const options = mode === "testScaled" ? `, { mode: "testScaled" }` : "";
  const second = layers === "two" ? `\n    linear(${width}, ${width}), tanh(), dropout(rate${options}),` : "";
  return `import {
  adam, createEngine, createTrainer, dropout, linear, meanSquaredError, normalInitializer, predictDraws, sequential, tanh, uniformInitializer,
} from "thalweg";

const engine = await createEngine();
const x = [${inputs.join(", ")}];
const y = [${samplesOf(inputs, noise, seed).join(", ")}];
const train = { inputs: x.map((value) => [value]), targets: y.map((value) => [value]) };
const places = Array.from({ length: 41 }, (_, k) => [k / 20 - 1]);

for (const rate of [0, ${rate}]) {
  const model = sequential([
    linear(1, ${width}, { weight: normalInitializer(${spread}), bias: uniformInitializer(-${spread}, ${spread}) }), tanh(), dropout(rate${options}),${second}
    linear(${width}, 1),
  ]);
  const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer: adam({ learningRate: ${learningRate} }), seed: ${seed} });
  for (let update = 0; update < ${updates}; update++) trainer.step(train);
  console.log(\`p = \${rate}: training loss \${trainer.evaluate(train).loss}\`);

  // Many networks with units dropped at random, and the one that stands for their mean.
  const draws = 600;
  const { data } = predictDraws(trainer, places, { draws });
  const evaluated = trainer.predict(places).data;
  const distances = places.map((_, k) => {
    const values = Array.from({ length: draws }, (_, draw) => data[draw * places.length + k]);
    return values.reduce((sum, value) => sum + value, 0) / draws - evaluated[k];
  });
  const distance = Math.sqrt(distances.reduce((sum, value) => sum + value ** 2, 0) / places.length);
  console.log(\`p = \${rate}: distance of the mean \${distance}\`);
}
`;
}
