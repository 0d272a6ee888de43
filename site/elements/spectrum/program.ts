// The spectrum as a program, for edit and run.

import type { State } from "./controls.ts";
import { classesOf, samplesOf, tolerance } from "./run.ts";

export function spectrumProgram(state: State): string {
  const { rate, steps, units, seed } = state;
  const classes = classesOf(state);
  const { inputs, targets } = samplesOf(state);
  const points = inputs.map((point) => `[${point.map((value) => Number(value.toPrecision(15))).join(", ")}]`);
  const loss = classes === 0 ? "meanSquaredError" : "softmaxCrossEntropy";
  const labels =
    classes === 0 ? `[${(targets as number[][]).map((row) => `[${row}]`).join(", ")}]` : `Int32Array.of(${targets})`;
  const names = [
    "createEngine",
    "createTrainer",
    "linear",
    loss,
    "sequential",
    "sgd",
    "symmetricEigen",
    "tanh",
    "trainerSurface",
  ];
  return `import { ${names.sort().join(", ")} } from "thalweg";
import { lineMark, plotChart, chartSvg, ruleMark } from "thalweg/plot";

const engine = await createEngine();
const data = {
  inputs: [${points.join(", ")}],
  targets: ${labels},
};
const learningRate = ${10 ** rate};
const trainer = createTrainer(engine, {
  model: sequential([linear(2, ${units}), tanh(), linear(${units}, ${classes || 1})]),
  loss: ${loss}(),
  optimizer: sgd({ learningRate }),
  dtype: "f64",
  seed: ${seed},
});
const surface = trainerSurface(trainer, data);
const sharpness = [];
let eigenvalues;
for (let step = 0; step <= ${steps}; step++) {
  if (step % ${steps / 20} === 0) {
    surface.moveTo();
    eigenvalues = symmetricEigen(engine, surface.hessian(), { vectors: false }).values.data;
    sharpness.push([step, eigenvalues.at(-1)]);
  }
  if (step < ${steps}) trainer.step(data); // the whole data at once
}
console.log("largest eigenvalue at first", sharpness[0][1]);
console.log("largest eigenvalue", eigenvalues.at(-1), "of", eigenvalues.length, "limit", 2 / learningRate);
console.log("negative", eigenvalues.filter((value) => value < -${tolerance} * eigenvalues.at(-1)).length);
console.log("loss", surface.value());
show(chartSvg(plotChart([lineMark(sharpness, { name: "largest eigenvalue" }), ruleMark({ y: 2 / learningRate }, "2 / rate")])));
`;
}
