// The race as a program, for edit and run: it makes the numbers that the figure shows.

import type { Values } from "../kit/controls.ts";
import { callOf, isRule } from "./methods.ts";
import { surfaceOf } from "./surfaces.ts";

const literal = (options: Readonly<Record<string, unknown>>): string =>
  `{ ${Object.entries(options)
    .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
    .join(", ")} }`;

/** Text of the program; `named` returns the name that the figure shows for a method. */
export function raceProgram(values: Values, named: (method: string) => string): string {
  const { code } = surfaceOf(values);
  const chosen = values.rules as readonly string[];
  const calls = chosen.map((name) => ({ name, ...callOf(name, values) }));
  const noisy = values.noise > 0 && chosen.some(isRule);
  const imports = [
    ...new Set([...calls.map(({ maker }) => maker), "createEngine", ...(noisy ? ["gradientNoise"] : [])]),
  ].sort();
  const noise = noisy
    ? `const noise = { gradient: [gradientNoise({ scale: ${Number((values.noise ** 2).toPrecision(6))}, decay: 0 })], seed: ${values.seed} };\n`
    : "";
  const rows = calls.map(({ name, maker, options }) => {
    const extra = noisy && isRule(name) ? "noise" : "{}";
    return `  [${JSON.stringify(named(name))}, ${maker}(${options ? literal(options) : ""})${noisy ? `, ${extra}` : ""}],`;
  });
  const [x, y] = values.start as readonly [number, number];
  const row = noisy ? "[name, method, options]" : "[name, method]";
  return `import { ${imports.join(", ")} } from "thalweg";
import { createSearch${code.imports} } from "thalweg/minimizers";

const engine = await createEngine();
${code.before}${noise}const methods = [
${rows.join("\n")}
];
for (const ${row} of methods) {
  const search = createSearch(engine, ${code.f}, { x: ${x}, y: ${y} }, method, { maxIterations: ${values.steps}${noisy ? ", ...options" : ""} });
  search.advance();
  const { points, x, value } = search.trace;
  console.log(\`\${name}: f(\${x.slice(-2).join(", ")}) = \${value[points - 1]} after \${points - 1} steps\`);
}
`;
}
