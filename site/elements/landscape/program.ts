// The landscape as a program, for edit and run: the training of the first method, and the plane of random directions.

import type { State } from "./controls.ts";
import { width } from "./run.ts";
import { samplesOf } from "./samples.ts";

/** Rule that makes a method, and its options besides the rate. */
const calls: Readonly<Record<string, readonly [string, string]>> = { momentum: ["sgd", ", momentum: 0.9"] };

export function landscapeProgram(state: State): string {
  const { depth, skips, methods, rates, steps, seed, direction, reach } = state;
  const name = methods[0] ?? "adam";
  const [maker, more] = calls[name] ?? [name, ""];
  const { inputs, targets } = samplesOf(state.data);
  const short = (value: number): number => Number(value.toPrecision(12));
  const layer = `sequential([linear(${width}, ${width}), tanh()])`;
  const imports = ["createEngine", "createTrainer", "linear", "lossPlane", maker, "randomDirections", "sequential"];
  const all = [
    ...imports,
    ...(skips ? ["residual"] : []),
    "softmaxCrossEntropy",
    "tanh",
    "topEigenvalues",
    "trainerSurface",
  ];
  return `import { ${all.sort().join(", ")} } from "thalweg";
import { plotPlane } from "thalweg/plot";

const engine = await createEngine();
const data = {
  inputs: [${inputs.map((point) => `[${point.map(short)}]`).join(", ")}],
  targets: Int32Array.of(${targets.join(", ")}),
};
const block = () => ${skips ? `residual(${layer})` : layer};
const trainer = createTrainer(engine, {
  model: sequential([linear(2, ${width}), tanh(), ...Array.from({ length: ${depth} }, block), linear(${width}, 2)]),
  loss: softmaxCrossEntropy(),
  optimizer: ${maker}({ learningRate: ${10 ** (rates[name] as number)}${more} }),
  seed: ${seed},
});
for (let step = 0; step < ${steps}; step++) trainer.step(data);
console.log("loss", trainer.evaluate(data).loss);

const surface = trainerSurface(trainer, data, { dtype: "f32" });
console.log("largest curvature", topEigenvalues(surface, { tolerance: 1e-3 }).values[0]);
// Each filter of a direction is as long as that of the weights.
const directions = randomDirections(surface, { seed: ${direction} });
const range = [${-reach}, ${reach}];
const plane = lossPlane(surface, directions, { xRange: range, yRange: range, resolution: 41 });
const at = (i, j) => plane.values[41 * j + i];
let minima = 0;
for (let i = 1; i < 40; i++)
  for (let j = 1; j < 40; j++) {
    const others = [-1, 0, 1].flatMap((a) => [-1, 0, 1].map((b) => (a || b ? at(i + a, j + b) : Infinity)));
    if (others.every((value) => value > at(i, j))) minima++;
  }
console.log("minima of the grid", minima);
show(plotPlane(plane));
`;
}
