// The figure as a program, for edit and run: all batches up to the one that is shown.

import { largest } from "./batches.ts";
import { type State, steps } from "./controls.ts";

export function normalizationProgram({ size, at, undo, gamma, beta, mean, deviation, momentum, seed }: State): string {
  const scale = undo ? "mu.map((_, k) => Math.sqrt(variance[k] + 1e-5))" : `[${gamma}]`;
  const shift = undo ? "mu" : `[${beta}]`;
  return `import { applyLayer, batchNorm, compile, concatenate, createEngine, createTrainer, meanSquaredError, normalInitializer, sgd } from "thalweg";

const engine = await createEngine();
// Standard normal numbers, those that a parameter of this seed starts with.
const model = { name: "draws", parameters: { x: { shape: [${steps}, ${largest}], initializer: normalInitializer(1) } }, apply: (_, input) => input };
const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed: ${seed} });
const draws = [...trainer.parameters().x.data].map((z) => ${mean} + ${deviation} * z);

const layer = batchNorm(1, { momentum: ${momentum}, epsilon: 1e-5 });
/** Outputs in training, and in the last two rows the running statistics. */
const train = compile(engine, ({ x, gamma, beta, ...state }) => {
  const { output, state: next } = applyLayer(layer, { gamma, beta }, x, { training: true, state });
  return concatenate([output, next.mean.reshape([1, 1]), next.variance.reshape([1, 1])], 0);
});
const average = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

let running = { mean: [0], variance: [1] };
for (let k = 0; k < ${Math.floor(at)}; k++) {
  const x = draws.slice(${largest} * k, ${largest} * k + ${2 ** size});
  const mu = [average(x)];
  const variance = [average(x.map((value) => (value - mu[0]) ** 2))];
  const { data } = train({ x: x.map((value) => [value]), gamma: ${scale}, beta: ${shift}, ...running });
  const y = [...data.slice(0, x.length)];
  running = { mean: [data[x.length]], variance: [data[x.length + 1]] };
  const center = average(y);
  const spread = Math.sqrt(average(y.map((value) => (value - center) ** 2)));
  console.log(\`batch \${k + 1}: inputs \${mu[0]}, \${Math.sqrt(variance[0])}; outputs \${center}, \${spread}; running \${running.mean[0]}, \${Math.sqrt(running.variance[0])}\`);
}
`;
}
