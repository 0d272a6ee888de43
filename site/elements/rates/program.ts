// The figure as a program, for edit and run: it makes the numbers that the figure shows.

import { digitsProgram } from "../digits.ts";
import type { State } from "./controls.ts";
import { plannedRun } from "./run.ts";

export function ratesProgram(state: State): string {
  const end = Math.max(1, Math.floor(state.at));
  const plans = state.networks.map((name) => {
    const { rates } = plannedRun(name, state);
    const pieces = rates.filter((_, k) => k === 0 || (rates[k - 1]?.until ?? 0) < end);
    const text = pieces.map(({ until, rate }) => `[${rate}, ${Math.min(until, end)}]`).join(", ");
    return `  ${name}: [${text}],`;
  });
  return `import { accuracy, createEngine, createTrainer, heNormal, linear, relu, sequential, sgd, softmaxCrossEntropy } from "thalweg";
import { plotLines } from "thalweg/plot";

${digitsProgram()}
// Learning rates, each with the step until which it holds.
const plans = {
${plans.join("\n")}
};
const engine = await createEngine();
const curves = {};
for (const [name, plan] of Object.entries(plans)) {
  const trainer = createTrainer(engine, {
    model: sequential([linear(784, 32, { weight: heNormal }), relu(), linear(32, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: plan[0][0] }),
    metrics: [accuracy()],
    standardize,
    seed: ${state.seed},
  });
  const losses = [];
  for (const [rate, until] of plan) {
    trainer.learningRate = rate;
    const steps = until - trainer.steps;
    await trainer.fit(train, { steps, batchSize: ${state.batch}, onProgress: (progress) => losses.push(...progress.losses) });
  }
  curves[name] = losses;
  console.log(\`\${name}: last loss \${losses.at(-1)}, accuracy \${trainer.evaluate(test).accuracy}\`);
  trainer.free();
}
show(plotLines(curves, { smoothing: ${state.smoothing}, yScale: "log", xLabel: "step", yLabel: "loss" }));
`;
}
