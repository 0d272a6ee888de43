// The figure of momentum as a program, for edit and run: it makes the numbers that the table shows.

import { curvaturesOf } from "./closedForm.ts";
import type { State } from "./controls.ts";
import { runLength } from "./run.ts";

export function momentumProgram(state: State): string {
  const { flat, steep } = curvaturesOf(state);
  const [rate, momentum] = state.point;
  const heavy = `learningRate: rate, momentum: ${momentum}, momentumForm: "velocity"`;
  const rules =
    momentum === 0
      ? `  None: sgd({ learningRate: rate }),`
      : `  Momentum: sgd({ ${heavy} }),
  Nesterov: sgd({ ${heavy}, nesterov: "lookahead" }),
  None: sgd({ learningRate: rate }),`;
  return `import { createEngine, sgd } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const [flat, steep, rate] = [${flat}, ${steep}, ${rate}];
const f = ({ x, y }) => x.square().multiply(flat / 2).add(y.square().multiply(steep / 2));
const rules = {
${rules}
};
const options = { maxIterations: ${runLength}, gradientTolerance: 0 };
for (const [name, rule] of Object.entries(rules)) {
  const search = createSearch(engine, f, { x: 1, y: 1 }, rule, options);
  search.advance();
  let path = search.trace.x;
  // With Nesterov's momentum the search gives the points y that look ahead; the step from each leads to y − h ∇f(y).
  if (name === "Nesterov") path = path.map((_, k) => (k < 2 ? 1 : path[k - 2] * (1 - rate * (k % 2 ? steep : flat))));
  const beyond = [0, 1].map((axis) => Math.max(0, ...path.filter((_, k) => k % 2 === axis).map((at) => -at)));
  console.log(\`\${name}: beyond the minimum \${beyond.join(" and ")}; after ${state.steps} steps at \${path.slice(${2 * state.steps}, ${2 * state.steps + 2}).join(", ")}\`);
}
`;
}
