// The chain as a program, for edit and run: it prints the norms that the figure shows.

import { matrices, steps } from "./chain.ts";
import type { State } from "./controls.ts";

export function explodingProgram({ step, matrix, radius, length, state, end }: State): string {
  const a = JSON.stringify(matrices[matrix]!(radius)).replaceAll(",", ", ");
  return `import { createEngine, grad, scan } from "thalweg";

const engine = await createEngine();
const a = ${a};
const [length, h, g] = [${length}, [[${state}, ${state / 2}]], [[${end.join(", ")}]]];

// A chain of equal steps. Zeros are added to its states: the gradient for a zero is that for the state.
const backward = grad(engine, ({ h, zeros, a, g }) => {
  const step = (h, zero) => {
    const next = ${steps[step]!.code}.add(zero);
    return { carry: next, output: next };
  };
  return scan(step, { carry: h, sequences: zeros }).carry.multiply(g).sum();
});

const gradient = backward({ h, a, g, zeros: { data: new Float64Array(2 * length), shape: [length, 1, 2] } });
const all = [...gradient.h.data, ...gradient.zeros.data];
for (let back = 0; back <= length; back++) {
  const norm = Math.hypot(...all.slice(2 * (length - back), 2 * (length - back) + 2)) / Math.hypot(...g[0]);
  console.log(\`\${back} steps back: \${norm}\`);
}
`;
}
