// The table as a program, for edit and run: it makes the numbers that the figure shows.

import { digitsProgram } from "../digits.ts";
import { rateOf, type State, tableSizes } from "./controls.ts";

export function batchesProgram(state: State): string {
  const plans = tableSizes.map((size) => `[${size}, ${rateOf(size, state)}]`).join(", ");
  return `import { accuracy, createEngine, createTrainer, heNormal, linear, relu, sequential, sgd, softmaxCrossEntropy } from "thalweg";
import { plotLines } from "thalweg/plot";

${digitsProgram()}
const engine = await createEngine();
const curves = {};
// Batch sizes, each with its learning rate.
for (const [batchSize, learningRate] of [${plans}]) {
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate }),
    metrics: [accuracy()],
    standardize,
    seed: ${state.seed},
  });
  const began = performance.now();
  const { epochs } = await trainer.fit(train, { epochs: ${state.epochs}, batchSize });
  const milliseconds = Math.round(performance.now() - began);
  const { loss } = trainer.evaluate(train);
  console.log(\`batch \${batchSize}: \${trainer.steps} steps, loss \${loss}, accuracy \${trainer.evaluate(test).accuracy}, \${milliseconds} ms\`);
  curves[\`B = \${batchSize}\`] = epochs.map((epoch) => epoch.loss);
  trainer.free();
}
show(plotLines(curves, { yScale: "log", xLabel: "epoch", yLabel: "loss" }));
`;
}
