// The figure of Taylor polynomials as a program, for edit and run: it makes the numbers that the table shows.

import type { State } from "./controls.ts";
import { codeOf, curveOf } from "./functions.ts";

export function taylorProgram(state: State): string {
  const [a, to] = state.places;
  return `import { compile, createEngine, grad } from "thalweg";

const engine = await createEngine();
const f = (x) => ${codeOf(curveOf(state))};
const [a, to] = [${a}, ${to}];
const value = compile(engine, f)(to);

// The polynomial of order k adds f⁽ᵏ⁾(a) (x − a)ᵏ / k! to that of the order before.
let derivative = f;
let [sum, factor] = [0, 1];
for (let order = 0; order <= 8; order++) {
  const at = order === 0 ? compile(engine, f)(a) : derivative(a).data[0];
  sum += at * factor;
  console.log(\`order \${order}: derivative \${at}, value \${sum}, error \${Math.abs(sum - value)}\`);
  factor *= (to - a) / (order + 1);
  derivative = grad(engine, derivative);
}
`;
}
