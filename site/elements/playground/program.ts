// The whole training as a program, for edit and run: it makes the numbers that the figure shows.

import type { Engine } from "thalweg";
import type { State } from "./controls.ts";
import { type Data, dataOf } from "./data.ts";
import { featureText } from "./features.ts";
import { planOf } from "./model.ts";
import { batchOf, changesOf, isFree, rateOf } from "./optimizers.ts";
import { importsOf, type Part, textOf } from "./parts.ts";

/** Calls of `fit` up to the present step, one for each learning rate. */
function fitText(state: State, rows: number): string {
  const changes = changesOf(isFree(state) ? state : { ...state, rates: "" });
  const parts = changes.flatMap(([from, rate], k) => {
    const to = Math.min(changes[k + 1]?.[0] ?? state.steps, state.steps);
    if (to <= from) return [];
    const change = k > 0 ? `trainer.learningRate = ${rateOf(rate)};\n` : "";
    return [`${change}await trainer.fit(train, { steps: ${to - from}, batchSize: ${batchOf(state, rows)} });\n`];
  });
  return parts.join("");
}

/** A run that a method or a condition ends. */
function runText(state: State, method: string | null, rows: number, hasTest: boolean): string {
  const { stop, patience, target, gap, steps, limit } = state;
  const length = stop === "early" ? limit : Math.min(steps, limit);
  if (length === 0) return "";
  const options = [
    `steps: ${length}`,
    method ? `method: ${method}` : `batchSize: ${batchOf(state, rows)}`,
    ...(hasTest ? ["validation: test"] : []),
    ...(stop === "early" ? [`earlyStopping: { patience: ${patience} }`] : []),
    ...(stop === "loss" ? [`targetLoss: ${target}`] : []),
  ];
  const run = `trainer.fit(train, { ${options.join(", ")} })`;
  if (stop === "gap" && hasTest) return `for await (const epoch of ${run}) if (epoch.gap > ${gap}) break;\n`;
  return `const { stopped, best } = await ${run};\nconsole.log(stopped, best ?? "");\n`;
}

/** The optimizer with the first of the rates. */
const firstOptimizer = (state: State): Part =>
  planOf(isFree(state) ? { ...state, rate: changesOf(state)[0]?.[1] as number } : state).parts.optimizer;

function importText(names: readonly string[]): string {
  const line = `import { ${names.join(", ")} } from "thalweg";`;
  return line.length <= 100 ? line : `import {\n  ${names.join(",\n  ")},\n} from "thalweg";`;
}

function trainerText(state: State): string {
  const { parts, penalty, isPlain, features } = planOf(state);
  return `${isPlain ? "" : featureText(features)}const trainer = createTrainer(engine, {
  model: sequential([
${parts.layers.map((layer) => `    ${textOf(layer)},\n`).join("")}  ]),
  loss: ${textOf(parts.loss)},
  optimizer: ${textOf(firstOptimizer(state))},
${penalty ? `  penalty: ${textOf(penalty)},\n` : ""}  metrics: [${textOf(parts.metric)}],
  seed: ${state.seed},
});
`;
}

function sampleText({ task, train, test }: Data): string {
  const [kind, targets] =
    task === "classes"
      ? ["class", "Int32Array.from(points, ([, , kind]) => kind)"]
      : ["value", "points.map(([, , value]) => [value])"];
  return `
function samplesOf(points) {
  return { inputs: points.map(([x, y]) => [x, y]), targets: ${targets} };
}
// x, y and ${kind} of every sample.
function trainPoints() {
  return ${JSON.stringify(train)};
}
${test.length > 0 ? `function testPoints() {\n  return ${JSON.stringify(test)};\n}\n` : ""}`;
}

export function playgroundProgram(engine: Engine, state: State): string {
  const plan = planOf(state);
  const data = dataOf(engine, state);
  const hasTest = data.test.length > 0;
  const { layers, loss, metric } = plan.parts;
  const parts = [...layers, loss, firstOptimizer(state), metric, plan.penalty, plan.method].filter(
    (part) => part !== null,
  );
  const needed = ["createEngine", "createTrainer", "sequential", ...(plan.isPlain ? [] : ["concatenate"])];
  const isRun = plan.method !== null || state.stop !== "none";
  const method = plan.method === null ? null : textOf(plan.method);
  return [
    `${importText([...new Set([...parts.flatMap(importsOf), ...needed])].sort())}\n\n`,
    "const engine = await createEngine();\nconst train = samplesOf(trainPoints());\n",
    hasTest ? "const test = samplesOf(testPoints());\n" : "",
    trainerText(state),
    isRun ? runText(state, method, data.train.length, hasTest) : fitText(state, data.train.length),
    'console.log("training", trainer.evaluate(train));\n',
    hasTest ? 'console.log("test", trainer.evaluate(test));\n' : "",
    sampleText(data),
  ].join("");
}
