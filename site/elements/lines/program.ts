// The figure of line searches as a program, for edit and run: it makes the trials that the table shows.

import type { Point } from "../newton/run.ts";
import { codeOf, surfaceOf } from "../newton/surfaces.ts";
import { constantsOf, firstOf, type State } from "./controls.ts";

export function linesProgram(state: State, direction: Point): string {
  const { decrease, curvature } = constantsOf(state);
  const wolfe = `sufficientDecrease: ${decrease}, curvature: ${curvature}`;
  const [maker, options] = {
    backtracking: ["backtracking", `sufficientDecrease: ${decrease}`],
    halving: ["backtracking", `sufficientDecrease: ${decrease}, next: 0.5`],
    goldstein: ["goldstein", `sufficientDecrease: ${decrease}`],
    strongWolfe: ["strongWolfe", wolfe],
    moreThuente: ["moreThuente", wolfe],
    hagerZhang: ["hagerZhang", wolfe],
    exact: ["strongWolfe", wolfe],
  }[state.search] as [string, string];
  const [x, y] = state.start;
  return `import { compile, createEngine, grad, newton, ${maker} } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const f = ({ x, y }) => ${codeOf(surfaceOf(state))};
const along = (a) => f({ x: a.multiply(${direction[0]}).add(${x}), y: a.multiply(${direction[1]}).add(${y}) });
const phi = compile(engine, along);
const slope = grad(engine, along);

// Newton's method in the one variable a, told the curvature −φ′(0)/first, starts with the step \`first\` along the line.
const first = ${firstOf(state)};
const objective = {
  value: ([a]) => phi(a),
  gradient: ([a]) => [slope(a).data[0]],
  hessian: () => [[-slope(0).data[0] / first]],
};
const method = newton({ lineSearch: ${maker}({ ${options} }) });
const search = createSearch(engine, objective, [0], method, { maxIterations: 1, trials: true });
search.advance();
const { step, value } = search.trials;
for (const [k, t] of step.entries()) console.log(\`trial \${k + 1}: step \${t * first}, value \${value[k]}\`);
`;
}
