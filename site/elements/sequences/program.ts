// The training as a program, for edit and run: it prints the numbers that the figure shows at the end.

import { checkpoints, every, type State } from "./controls.ts";
import { batchSize, counts, deviation, features, kinds, learningRate, symbols, units } from "./task.ts";

const always = [
  ...[
    "accuracy",
    "adam",
    "compile",
    "createEngine",
    "createTrainer",
    "grad",
    "linear",
    "meanSquaredError",
    "modelFunction",
  ],
  ...["normalInitializer", "sequential", "sgd", "softmaxCrossEntropy", "uniformInitializer"],
];

export function sequencesProgram(state: State): string {
  const chosen = state.kinds.map((name) => kinds[name]!);
  const own = [...chosen.flatMap(({ imports }) => imports), ...(state.clip ? ["clipGlobalNorm"] : [])];
  const imports = [...new Set([...always, ...own])].sort();
  const layers = state.kinds.map((name, k) => `  ${name}: ${chosen[k]!.code(state)},`);
  const bias = state.kinds.includes("lstm")
    ? `// Biases of the gates i, f, g, o.
const forgetBias = (bias) => (context) =>
  concatenate([context.fill(0, [${units}]), context.fill(bias, [${units}]), context.fill(0, [${2 * units}])]);
`
    : "";
  return `import { ${imports.join(", ")} } from "thalweg";

const engine = await createEngine();
const [length, features] = [${state.length}, ${features}];

function draw(shape, seed, initializer) {
  const model = { name: "draw", parameters: { x: { shape, initializer } }, apply: (_, input) => input };
  return createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), seed }).parameters().x.data;
}
// A symbol in the first step, noise in all, and the symbol as target.
function sequences(count, seed) {
  const targets = Int32Array.from(draw([count], seed, uniformInitializer(0, ${symbols})), Math.floor);
  const data = new Float32Array(count * length * features);
  draw([count, length], seed + 1, normalInitializer(${deviation})).forEach((value, k) => { data[k * features + ${symbols}] = value; });
  targets.forEach((symbol, row) => { data[row * length * features + symbol] = 1; });
  return { inputs: { data, shape: [count, length, features] }, targets };
}
${bias}const layers = {
${layers.join("\n")}
};

const [train, test] = [sequences(${counts.train}, ${100 * state.seed}), sequences(${counts.test}, ${100 * state.seed + 10})];
for (const [name, layer] of Object.entries(layers)) {
  const trainer = createTrainer(engine, {
    model: sequential([layer, linear(${units}, ${symbols})]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: ${learningRate} }),${state.clip ? "\n    gradient: [clipGlobalNorm(1)]," : ""}
    metrics: [accuracy()],
    seed: ${state.seed},
  });
  await trainer.fit(train, { steps: ${every * checkpoints}, batchSize: ${batchSize}, shuffle: false });
  const model = modelFunction(trainer);
  const slope = compile(engine, ({ x, y }) => grad(engine, (input) => model(input).multiply(y.oneHot(${symbols})).sum())(x));
  const { data } = slope({ x: test.inputs, y: test.targets });
  const first = data.filter((_, k) => k % (length * features) < features);
  console.log(\`\${name}: \${100 * trainer.evaluate(test).accuracy} % recalled, gradient at the first step \${Math.sqrt(first.reduce((sum, g) => sum + g * g, 0) / ${counts.test})}\`);
}
`;
}
