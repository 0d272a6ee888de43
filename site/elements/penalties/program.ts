// The figure as a program, for edit and run: the trainer's own penalties, on two samples whose inputs have the figure's covariances.

import type { State } from "./controls.ts";
import { candidates, input } from "./example.ts";

const short = (value: number): number => Number(value.toPrecision(12));

const penaltyOf = ({ kind, lambda, beta }: State): string => {
  const strength = short(10 ** lambda);
  if (kind === "l2") return `l2(${strength})`;
  if (kind === "l1") return `l1(${strength}, { proximal: true })`;
  return `elasticNet(${strength}, { beta: ${beta}, proximal: true })`;
};

export function penaltiesProgram(state: State): string {
  const { correlation, lambda, kind, beta, best } = state;
  const square = kind === "l2" ? 1 : kind === "elastic" ? beta : 0;
  const rate = short(1 / (2 * (1 + Math.abs(correlation)) + 2 * square * 10 ** lambda));
  return `import { createEngine, createTrainer, elasticNet, l1, l2, linear, meanSquaredError, sgd, zerosInitializer } from "thalweg";

const engine = await createEngine();
const train = (inputs, options) => createTrainer(engine, {
  model: linear(inputs, 1, { bias: false, weight: zerosInitializer }),
  loss: meanSquaredError(),
  dtype: "f64",
  ...options,
});

// Two samples whose inputs have deviation 1 and correlation ${correlation}; without a penalty the weights are (${best.join(", ")}).
const [a, c] = [Math.sqrt(1 + ${correlation}), Math.sqrt(1 - ${correlation})];
const inputs = [[a, a], [c, -c]];
const targets = inputs.map(([x1, x2]) => [${best[0]} * x1 + ${best[1]} * x2]);
const trainer = train(2, { optimizer: sgd({ learningRate: ${rate} }), penalty: ${penaltyOf(state)} });
await trainer.fit({ inputs, targets }, { steps: 400, batchSize: 2 });
console.log("w = " + trainer.parameters().weight.data.join(", "));
console.log("loss " + trainer.evaluate({ inputs, targets }).loss);

// Two weights with the same score, and their penalties.
for (const w of [${candidates.map((w) => `[${w.join(", ")}]`).join(", ")}])
  for (const [name, penalty] of Object.entries({ L2: l2(1), L1: l1(1), "elastic net": elasticNet(1, { beta: ${beta} }) })) {
    const other = train(4, { optimizer: sgd({ learningRate: 0.1 }), penalty });
    other.setParameters({ weight: w.map((value) => [value]) });
    const score = other.predict([[${input.join(", ")}]]).data[0];
    console.log(\`(\${w.join(", ")}): score \${score}, \${name} \${other.evaluate({ inputs: [[${input.join(", ")}]], targets: [[1]] }).penalty}\`);
  }
`;
}
