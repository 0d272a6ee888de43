// The race as a program, for edit and run: it makes the numbers that the figure shows.

import type { Values } from "../kit/controls.ts";
import { callOf, callText, isRule, makersOf } from "./methods.ts";
import { startOf } from "./run.ts";
import { surfaceOf } from "./surfaces.ts";

/** Text of the program; `named` returns the name that the figure shows for a method. */
export function raceProgram(values: Values, named: (method: string) => string): string {
  const surface = surfaceOf(values);
  const { code } = surface;
  const chosen = values.rules as readonly string[];
  const calls = chosen.map((name) => ({ name, call: callOf(name, values) }));
  const noisy = values.noise > 0 && chosen.some(isRule);
  const imports = [
    ...new Set([
      ...calls.flatMap(({ call }) => makersOf(call)),
      "createEngine",
      ...code.functions,
      ...(noisy ? ["gradientNoise"] : []),
    ]),
  ].sort();
  const noise = noisy
    ? `const noise = { gradient: [gradientNoise({ scale: ${Number((values.noise ** 2).toPrecision(6))}, decay: 0 })], seed: ${values.seed} };\n`
    : "";
  const rows = calls.map(({ name, call }) => {
    const extra = noisy ? `, ${isRule(name) ? "noise" : "{}"}` : "";
    return `  [${JSON.stringify(named(name))}, ${callText(call)}${extra}],`;
  });
  const start = Object.entries(startOf(surface, values)).map(([name, value]) => `${name}: ${value}`);
  const row = noisy ? "[name, method, options]" : "[name, method]";
  return `import { ${imports.join(", ")} } from "thalweg";
import { createSearch${code.imports} } from "thalweg/minimizers";

const engine = await createEngine();
${code.before}${noise}const methods = [
${rows.join("\n")}
];
for (const ${row} of methods) {
  const search = createSearch(engine, ${code.f}, { ${start.join(", ")} }, method, { maxIterations: ${values.steps}${noisy ? ", ...options" : ""} });
  search.advance();
  const { points, x, value } = search.trace;
  console.log(\`\${name}: f(\${x.slice(-${surface.variables}).join(", ")}) = \${value[points - 1]} after \${points - 1} steps\`);
}
`;
}
