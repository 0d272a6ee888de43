// Both searches as a program, for edit and run: it makes the numbers that the figure shows.

import type { Values } from "../kit/controls.ts";
import { functionOf } from "./functions.ts";
import { lineSearchOf } from "./run.ts";

export function conjugateProgram(values: Values): string {
  const { code } = functionOf(values);
  const { name, options } = lineSearchOf(values);
  const names = ["conjugateGradient", "createEngine", "gradientDescent", "hvp", name].sort();
  const [x, y] = values.start as readonly [number, number];
  const restart = values.restart > 0 ? `, restart: ${values.restart}` : "";
  return `import { ${names.join(", ")} } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
${code}
const lineSearch = ${name}(${options});
const methods = {
  "Steepest descent": gradientDescent({ lineSearch }),
  "Conjugate directions": conjugateGradient({ beta: ${JSON.stringify(values.beta)}${restart}, lineSearch }),
};
const product = hvp(engine, f);
for (const [name, method] of Object.entries(methods)) {
  const search = createSearch(engine, f, { x: ${x}, y: ${y} }, method, { trials: true });
  search.advance();
  const { iterations, evaluations } = search.result;
  console.log(\`\${name}: \${iterations} steps, \${evaluations.value} evaluations\`);
  // The direction d that begins at point 1, and H times the one before.
  const { from, direction } = search.trials;
  const at = from.indexOf(1);
  if (at < 0) continue;
  const [u, v] = direction;
  const [du, dv] = direction.subarray(2 * at);
  const [x1, y1] = search.trace.x.subarray(2);
  const image = product({ x: x1, y: y1 }, { x: u, y: v });
  const [p, q] = [image.x.data[0], image.y.data[0]];
  console.log(\`  cos(d, H d₋₁) = \${(du * p + dv * q) / Math.hypot(du, dv) / Math.hypot(p, q)}\`);
}
`;
}
