// The figure as a program, for edit and run.

import type { State } from "./controls.ts";
import { limit, target } from "./descent.ts";

const scalers: Record<string, string> = {
  standard: "standardScaling",
  minMax: "minMaxScaling",
  center: "centerScaling",
};

export function standardizingProgram({ ratio, scaling, offset, start }: State): string {
  const scaler = scalers[scaling] as string;
  return `import { createEngine, ${scaler}, sgd, symmetricEigen } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const feature = (range, stride) => Array.from({ length: 40 }, (_, k) => range * (((stride * k) % 40) / 39 - 0.5 + ${offset}));
const [a, b] = [feature(1, 7), feature(${Number((10 ** ratio).toPrecision(12))}, 11)];
const features = a.map((value, k) => [value, b[k]]);
const scaled = ${scaler}(features).apply(features).data;

for (const [name, x] of Object.entries({ before: features, after: features.map((_, k) => [scaled[2 * k], scaled[2 * k + 1]]) })) {
  const moment = (i, j) => x.reduce((sum, row) => sum + row[i] * row[j], 0) / x.length;
  const [least, most] = symmetricEigen(engine, [[moment(0, 0), moment(0, 1)], [moment(1, 0), moment(1, 1)]]).values.data;
  // The loss over the distance (u, v) of the weights to the best ones, and gradient descent at the best rate.
  const loss = ({ x: u, y: v }) => u.square().multiply(moment(0, 0) / 2).add(u.multiply(v).multiply(moment(0, 1))).add(v.square().multiply(moment(1, 1) / 2));
  const search = createSearch(engine, loss, { x: ${start[0]}, y: ${start[1]} }, sgd({ learningRate: 2 / (least + most) }), { maxIterations: ${limit} });
  search.advance();
  const { value } = search.trace;
  const updates = value.findIndex((loss) => loss <= ${target} * value[0]);
  console.log(\`\${name}: condition number \${most / least}, \${updates < 0 ? "more than ${limit}" : updates} updates\`);
}
`;
}
