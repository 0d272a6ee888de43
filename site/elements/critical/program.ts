// What a place computes as a program, for edit and run.

import type { Values } from "../kit/controls.ts";
import type { State } from "./controls.ts";
import { matrices, seedOf, sizes } from "./dimensions.ts";
import { cycle, points, schedules, start } from "./minimum.ts";
import { codeOf, limit, ways } from "./plateau.ts";
import { rules, scaleOf } from "./saddle.ts";

type Named = (key: string) => string;

function saddleProgram(state: State, named: Named): string {
  const rows = Object.entries(rules).map(([name, { call, isNoisy }]) => {
    const options = isNoisy ? "noise" : "{}";
    return `  [${JSON.stringify(named(`rule.${name}`))}, ${call}, ${options}],`;
  });
  return `import { adam, createEngine, gradientNoise, sgd } from "thalweg";
import { createSearch, saddle } from "thalweg/minimizers";

const engine = await createEngine();
const learningRate = ${state.rate};
const noise = { gradient: [gradientNoise({ scale: ${scaleOf(state)}, decay: 0 })], seed: ${state.seed} };
const rules = [
${rows.join("\n")}
];
for (const [name, rule, options] of rules) {
  const start = { x: 1, y: ${Number((10 ** state.offset).toPrecision(6))} };
  const search = createSearch(engine, saddle.f, start, rule, { maxIterations: 4000, gradientTolerance: 0, ...options });
  let updates = 0;
  while (Math.abs(search.trace.x.at(-1)) <= 1 && search.advance(1) > 0) updates++;
  console.log(\`\${name}: \${updates} updates until |y| > 1\`);
}
`;
}

function plateauProgram(state: State, named: Named): string {
  const rows = Object.entries(ways).map(
    ([name, { call }]) => `  [${JSON.stringify(named(`way.${name}`))}, (w) => ${codeOf(name)}, ${call}],`,
  );
  return `import { adam, createEngine, rmsprop, sgd } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const ways = [
${rows.join("\n")}
];
for (const [name, loss, rule] of ways) {
  const search = createSearch(engine, loss, [${state.from}], rule, { maxIterations: ${limit}, gradientTolerance: 0 });
  let updates = -1;
  while (updates < 0 && search.advance(500) > 0) updates = search.trace.x.findIndex((w) => w >= 0);
  console.log(\`\${name}: \${updates < 0 ? "over ${limit}" : updates} updates until the sigmoid is at ½\`);
}
`;
}

function minimumProgram(state: State, named: Named): string {
  const rows = Object.entries(schedules).map(
    ([name, { call }]) => `  [${JSON.stringify(named(`schedule.${name}`))}, ${call(state)}],`,
  );
  return `import { cosineDecay, createEngine, gradientNoise, sgd, warmRestarts } from "thalweg";
import { createSearch } from "thalweg/minimizers";

const engine = await createEngine();
const f = (x) => x.square().subtract(1).square().add(x.multiply(0.3)).sum();
const starts = new Float64Array(${points}).fill(${start});
const noise = { gradient: [gradientNoise({ scale: ${Math.max(state.deviation ** 2, 1e-12)}, decay: 0 })], seed: ${state.seed} };
const schedules = [
${rows.join("\n")}
];
for (const [name, learningRate] of schedules) {
  const options = { maxIterations: ${cycle * state.cycles}, gradientTolerance: 0, ...noise };
  const search = createSearch(engine, f, starts, sgd({ learningRate }), options);
  search.advance();
  const lower = search.trace.x.slice(-${points}).filter((x) => x < 0.0754).length;
  console.log(\`\${name}: \${lower} of ${points} in the lower well\`);
}
`;
}

function dimensionsProgram({ seed }: State): string {
  const offset = seed > 1 ? ` + ${seedOf(seed, 0)}` : "";
  return `import { createEngine, createTrainer, meanSquaredError, normalInitializer, sgd } from "thalweg";
import { symmetricEigen } from "thalweg/linalg";

const engine = await createEngine();
// A layer of one parameter, which starts with the numbers that are drawn.
const draw = (shape, seed) => {
  const x = { shape, initializer: normalInitializer(1) };
  const model = { name: "draws", parameters: { x }, apply: (_, input) => input };
  return createTrainer(engine, { model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), dtype: "f64", seed });
};
for (const n of ${JSON.stringify(sizes.slice(0, 3))}) {
  const count = ${matrices};
  const trainer = draw([count, n, n], n${offset});
  const { data: g } = trainer.parameters().x;
  trainer.free();
  let definite = 0;
  for (let m = 0; m < count; m++) {
    const at = (i, j) => g[(m * n + i) * n + j];
    const matrix = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => at(i, j) + at(j, i)));
    if (Math.min(...symmetricEigen(engine, matrix).values.data) > 0) definite++;
  }
  console.log(\`n = \${n}: \${definite / count} of the matrices have positive eigenvalues only\`);
}
`;
}

/** Text of the program; `named` returns a text of the figure. */
export function criticalProgram(values: Values, named: Named): string {
  const state = values as State;
  switch (state.place as string) {
    case "saddle":
      return saddleProgram(state, named);
    case "plateau":
      return plateauProgram(state, named);
    case "minimum":
      return minimumProgram(state, named);
    default:
      return dimensionsProgram(state);
  }
}
