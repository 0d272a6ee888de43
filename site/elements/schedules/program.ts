// The figure as a program, for edit and run: it makes the numbers that the figure shows.

import { digitsProgram } from "../digits.ts";
import { codeOf, composed, makersIn } from "./compose.ts";
import { epochSteps, type State, stepsOf } from "./controls.ts";

export function scheduleProgram(state: State): string {
  const call = composed(state);
  const others = ["accuracy", "createEngine", "createTrainer", "heNormal", "linear", "relu", "scheduleValues"];
  const imports = [...others, "sequential", "sgd", "softmaxCrossEntropy", ...makersIn(call)].sort();
  const steps = stepsOf(state);
  return `import {
  ${imports.join(", ")},
} from "thalweg";
import { plotLines, plotSchedule } from "thalweg/plot";

${digitsProgram()}
const engine = await createEngine();
const schedule = ${codeOf(call)};
const values = scheduleValues(engine, schedule, ${steps + 1}, { stepsPerEpoch: ${epochSteps} });
console.log(\`rate: \${values[0]} at first, \${values[${Math.floor(state.at)}]} at step ${Math.floor(state.at)}\`);
show(plotSchedule(engine, schedule, { count: ${steps}, stepsPerEpoch: ${epochSteps} }));

const curves = {};
for (const [name, learningRate] of Object.entries({ composed: schedule, constant: ${state.rate} })) {
  const hidden = (inputs) => [linear(inputs, 32, { weight: heNormal }), relu()];
  const trainer = createTrainer(engine, {
    model: sequential([...hidden(784), ...hidden(32), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate${state.momentum > 0 ? `, momentum: ${state.momentum}` : ""} }),
    metrics: [accuracy()],
    standardize,
    seed: ${state.seed},
  });
  const losses = [];
  await trainer.fit(train, { steps: ${steps}, batchSize: 32, onProgress: (progress) => losses.push(...progress.losses) });
  console.log(\`\${name}: last loss \${losses.at(-1)}, accuracy \${trainer.evaluate(test).accuracy}\`);
  curves[name] = losses;
  trainer.free();
}
show(plotLines(curves, { smoothing: 0.98, yScale: "log", xLabel: "step", yLabel: "loss" }));
`;
}
