// The signals as a program, for edit and run: it makes the numbers that the figure shows.

import type { Values } from "../kit/controls.ts";
import { factorOf } from "./controls.ts";
import { activations, epsilon, starts } from "./layer.ts";
import { rows } from "./run.ts";

export function signalsProgram({ start, activation, norm, width, depth, seed, scale }: Values): string {
  const { imports, code } = starts[start] as { imports: string; code: string };
  const names = ["compile", "createEngine", "createTrainer", "grad", "meanSquaredError", "normalInitializer", "sgd"];
  const all = [...new Set([...names, ...(imports ? [imports] : [])])].sort();
  const factor = Number(factorOf(scale).toPrecision(17));
  const base = 1000 * seed;
  const phi = activations[activation]?.code as string;
  const product = factor === 1 ? "x.matmul(w)" : `x.matmul(w.multiply(${factor}))`;
  const layer = norm
    ? `(x, w) => {
  const z = ${product};
  const centered = z.subtract(z.mean({ axes: [0], keepDimensions: true }));
  return centered.divide(z.variance({ axes: [0], keepDimensions: true }).add(${epsilon}).sqrt())${phi};
}`
    : `(x, w) => ${product}${phi}`;
  return `import { ${all.join(", ")} } from "thalweg";

const engine = await createEngine();

// Random numbers, drawn as the weights of a layer are.
function draw(shape, seed, initializer) {
  const model = { name: "draw", parameters: { x: { shape, initializer } }, apply: (_, input) => input };
  const options = { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed };
  return createTrainer(engine, options).parameters().x;
}

const layer = ${layer};
const forward = compile(engine, ({ x, w }) => layer(x, w));
const backward = compile(engine, ({ x, w, g }) => grad(engine, (input) => layer(input, w).multiply(g).sum())(x));
const variance = compile(engine, (x) => x.variance());

const [width, depth, rows] = [${width}, ${depth}, ${rows}];
const weights = Array.from({ length: depth }, (_, k) => draw([width, width], ${base ? `${base} + ` : ""}k, ${code}));
const signals = [draw([rows, width], ${base + 99}, normalInitializer(1))];
for (const w of weights) signals.push(forward({ x: signals.at(-1), w }));

// From standard normal gradients at the end back to the first layer.
const gradients = [draw([rows, width], ${base + 98}, normalInitializer(1))];
for (let k = depth - 1; k > 0; k--) gradients.unshift(backward({ x: signals[k], w: weights[k], g: gradients[0] }));

for (let k = 0; k < depth; k++)
  console.log(\`layer \${k + 1}: forward \${variance(signals[k + 1])}, backward \${variance(gradients[k])}\`);
`;
}
