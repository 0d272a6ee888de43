// The figure as a program, for edit and run.

import { depth, type State, updates, width } from "./controls.ts";
import { points } from "./run.ts";

export function shiftProgram({ activation, start, rate, seed }: State): string {
  const usual = activation === "relu" ? "heNormal" : "xavierNormal";
  const weight = start === "careless" ? "normalInitializer(0.01)" : usual;
  return `import {
  accuracy, batchNorm, createEngine, createTrainer, ${activation}, linear, ${weight.replace(/\(.*/, "")}, sequential, sgd, softmaxCrossEntropy,
} from "thalweg";

const engine = await createEngine();
// Two rings: the points are of one and the other in turn.
const inputs = ${JSON.stringify(points)};
const targets = Int32Array.from(inputs, (_, k) => k % 2);
const batches = [0, 50, 100, 150].map((k) => ({ inputs: inputs.slice(k, k + 50), targets: targets.slice(k, k + 50) }));
const weight = ${weight};

for (const isNormalized of [false, true]) {
  const hidden = (from) => [linear(from, ${width}, { weight }), ...(isNormalized ? [batchNorm(${width})] : []), ${activation}()];
  const layers = Array.from({ length: ${depth} }, (_, k) => hidden(k === 0 ? 2 : ${width})).flat();
  const trainer = createTrainer(engine, {
    model: sequential([...layers, linear(${width}, 2, { weight })]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: ${Number((10 ** rate).toPrecision(12))} }),
    metrics: [accuracy()],
    seed: ${seed},
  });
  for (let update = 0; update < ${updates}; update++) trainer.step(batches[update % 4]);
  if (isNormalized) trainer.refreshStatistics({ inputs, targets });
  const { loss, accuracy: share } = trainer.evaluate({ inputs, targets });
  console.log(\`\${isNormalized ? "with" : "without"} batch norm: loss \${loss}, accuracy \${share}\`);
}
`;
}
