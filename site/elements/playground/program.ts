// The whole training as a program, for edit and run: it makes the numbers that the figure shows.

import type { Engine } from "thalweg";
import type { State } from "./controls.ts";
import { dataOf, type Sample } from "./data.ts";
import { featureText } from "./features.ts";
import { planOf } from "./model.ts";
import { batchOf, changesOf, isConstant, rateOf } from "./optimizers.ts";
import { importsOf, textOf } from "./parts.ts";

const list = (samples: readonly Sample[]): string => JSON.stringify(samples);

/** Calls of `fit` up to the present step, one for each learning rate. */
function fitText(state: State, rows: number): string {
  const changes = isConstant(state) ? changesOf(state) : changesOf({ ...state, rates: "" });
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

export function playgroundProgram(engine: Engine, state: State): string {
  const plan = planOf(state);
  const { task, train, test } = dataOf(engine, state);
  const { model, loss, optimizer, metric } = plan.parts;
  const changes = changesOf(state);
  const first =
    isConstant(state) && !plan.method && changes.length > 1
      ? planOf({ ...state, rate: changes[0]?.[1] as number }).parts.optimizer
      : optimizer;
  const parts = [
    model,
    loss,
    first,
    metric,
    ...(plan.penalty ? [plan.penalty] : []),
    ...(plan.method ? [plan.method] : []),
  ];
  const imports = [
    ...new Set([
      ...parts.flatMap(importsOf),
      "createEngine",
      "createTrainer",
      ...(plan.isPlain ? [] : ["concatenate"]),
    ]),
  ].sort();
  const runs = plan.method !== null || state.stop !== "none";
  const method = plan.method === null ? null : textOf(plan.method);
  const training = runs ? runText(state, method, train.length, test.length > 0) : fitText(state, train.length);
  const targets =
    task === "classes" ? "Int32Array.from(points, ([, , kind]) => kind)" : "points.map(([, , value]) => [value])";
  return `import { ${imports.join(", ")} } from "thalweg";

const engine = await createEngine();
const train = samplesOf(trainPoints());
${test.length > 0 ? "const test = samplesOf(testPoints());\n" : ""}${plan.isPlain ? "" : featureText(plan.features)}const trainer = createTrainer(engine, {
  model: ${textOf(model)
    .replace(/\), (?=[a-z]+\w*\()/gi, "),\n    ")
    .replace("sequential([", "sequential([\n    ")
    .replace(/\]\)$/, ",\n  ])")},
  loss: ${textOf(loss)},
  optimizer: ${textOf(first)},
${plan.penalty ? `  penalty: ${textOf(plan.penalty)},\n` : ""}  metrics: [${textOf(metric)}],
  seed: ${state.seed},
});
${training}console.log("training", trainer.evaluate(train));
${test.length > 0 ? 'console.log("test", trainer.evaluate(test));\n' : ""}
function samplesOf(points) {
  return { inputs: points.map(([x, y]) => [x, y]), targets: ${targets} };
}
// x, y and ${task === "classes" ? "class" : "value"} of every sample.
function trainPoints() {
  return ${list(train)};
}
${test.length > 0 ? `function testPoints() {\n  return ${list(test)};\n}\n` : ""}`;
}
