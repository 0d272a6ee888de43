// The descents of the table as a program, for edit and run.

import { type State, tabled } from "./controls.ts";
import { most, tolerance } from "./run.ts";

export function conditioningProgram({ steep, start: [x, y], lambda, share }: State): string {
  return `import { createEngine, sgd } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const f = ({ x, y }) => x.square().multiply(${steep}).add(y.square()).multiply(0.5);
function updates(lambda, learningRate) {
  const method = sgd({ learningRate, weightDecay: lambda, decayCoupling: "penalty", decayFilter: "all" });
  const search = createSearch(engine, f, { x: ${x}, y: ${y} }, method, { maxIterations: ${most}, gradientTolerance: ${tolerance / 100} });
  search.advance();
  const { x, points } = search.trace;
  const norms = Array.from({ length: points }, (_, k) => Math.hypot(${steep} * x[2 * k], x[2 * k + 1]));
  return norms.findIndex((norm) => norm <= ${tolerance}); // -1: not within ${most} updates
}
for (const lambda of [${tabled.join(", ")}]) {
  const [largest, least] = [${steep} + 2 * lambda, 1 + 2 * lambda];
  console.log("lambda", lambda, "condition", largest / least, "updates", updates(lambda, 2 / (largest + least)));
}
console.log("shown: updates", updates(${lambda}, ${share / (steep + 2 * lambda)}));
`;
}
