// The descents as a program, for edit and run: it prints the updates that the figure shows.

import { limit, powerOfTen, type State } from "./controls.ts";
import { arrived } from "./run.ts";

export function cliffProgram({ start: [w, b], threshold, rate, depth }: State): string {
  const c = powerOfTen(threshold);
  return `import { clipGlobalNorm, clipValue, createEngine, sgd } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const loss = ({ w, b }) => w.power(${depth}).add(b).subtract(1).square();
const cures = {
  "not clipped": [],
  "clipped by norm": [clipGlobalNorm(${c})],
  "clipped by value": [clipValue(${c})],
};

for (const [name, gradient] of Object.entries(cures)) {
  const options = { maxIterations: ${limit}, gradient };
  const search = createSearch(engine, loss, { w: ${w}, b: ${b} }, sgd({ learningRate: ${powerOfTen(rate)} }), options);
  search.advance();
  const updates = search.trace.value.findIndex((value) => value <= ${arrived});
  const end = search.result.status === "notFinite" ? "the next loss is not finite" : "the loss stays above ${arrived}";
  console.log(\`\${name}: \${updates >= 0 ? \`loss below ${arrived} after \${updates} updates\` : end}\`);
}
`;
}
