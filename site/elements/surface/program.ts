// The two losses as a program, for edit and run.

import type { State } from "./controls.ts";

export function surfaceProgram({ start: [x, y], rate, steps }: State): string {
  return `import { createEngine, criticalPoint, lossSurface, sgd } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
// The smallest network with a hidden unit, at x = y = 1.
const output = ({ x, y }) => x.sigmoid().multiply(y).sigmoid();
const losses = {
  "squared error": (weights) => output(weights).subtract(1).square(),
  "cross-entropy": (weights) => output(weights).log().negate(),
};
const start = { x: ${x}, y: ${y} };
for (const [name, loss] of Object.entries(losses)) {
  const surface = lossSurface(engine, loss, start);
  const { eigenvalues } = criticalPoint(surface);
  console.log(name, "loss", surface.value(), "gradient", surface.gradient().data.join(", "));
  console.log(name, "eigenvalues", eigenvalues.join(", "));
  const search = createSearch(engine, loss, start, sgd({ learningRate: ${10 ** rate} }), { maxIterations: ${steps} });
  search.advance();
  console.log(name, "after descent", search.trace.value.at(-1));
}
`;
}
