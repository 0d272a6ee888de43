// The figure as a program, for edit and run.

import { lambdaOf, type State } from "./controls.ts";
import { inputsOf } from "./samples.ts";

export function overfittingProgram({ count, degree, lambda, points }: State): string {
  return `import { createEngine, solveLeastSquares } from "thalweg";
import { lineMark, dotsMark, plotChart, chartSvg } from "thalweg/plot";

const engine = await createEngine();
const x = [${inputsOf(count).join(", ")}];
const y = [${Object.values(points).join(", ")}];
const powers = (u) => Array.from({ length: ${degree + 1} }, (_, k) => u ** k);
const product = (row, w) => row.reduce((sum, value, k) => sum + value * w[k], 0);

/** Weights that make the mean squared error plus λ Σ w² least; the constant is left out of the penalty. */
function fit(lambda) {
  const root = Math.sqrt(x.length * lambda);
  const rows = lambda === 0 ? [] : powers(0).slice(1).map((_, j) => powers(0).map((_, k) => (k === j + 1 ? root : 0)));
  return [...solveLeastSquares(engine, [...x.map(powers), ...rows], [...y, ...rows.map(() => 0)]).data];
}

const curves = [0, ${Number(lambdaOf(lambda).toPrecision(12))}].map((lambda) => {
  const w = fit(lambda);
  const loss = x.reduce((sum, u, k) => sum + (product(powers(u), w) - y[k]) ** 2, 0) / x.length;
  console.log(\`lambda \${lambda}: training loss \${loss}, weights \${w.join(", ")}\`);
  return lineMark(Array.from({ length: 201 }, (_, k) => [k / 100 - 1, product(powers(k / 100 - 1), w)]), { name: \`λ = \${lambda}\` });
});
show(chartSvg(plotChart([...curves, dotsMark(x.map((u, k) => [u, y[k]]))], { yRange: [-2, 2] })));
`;
}
