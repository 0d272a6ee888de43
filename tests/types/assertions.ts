// What must compile, and what must not: "@ts-expect-error" is itself an error where the line below it compiles. Nothing
// here is run.

import {
  type AnyTrainer,
  accuracy,
  adam,
  backtracking,
  type Convention,
  type ConventionOption,
  clipValue,
  concatenate,
  createEngine,
  createTrainer,
  createTrainers,
  type Epoch,
  type Evaluation,
  fitCurve,
  functionSchedule,
  grad,
  type History,
  heads,
  type ImagePixels,
  type InitialContext,
  type Initializer,
  imageRows,
  imageRowsSync,
  joinSchedules,
  type Layer,
  type LayerContext,
  type Loss,
  lbfgs,
  linear,
  meanSquaredError,
  minimize,
  minimizeSync,
  modelFunction,
  type NDArray,
  network,
  type Optimizer,
  predictDraws,
  type Reduction,
  type Resident,
  resident,
  type Schedulable,
  type Schedule,
  type SplitPart,
  type StopSignal,
  sgd,
  softmaxCrossEntropy,
  splitSamples,
  type Tensor,
  type Trainer,
  topK,
  type UrlObject,
  valueAndGrad,
  type WasmSource,
} from "thalweg";
import { sharpness } from "thalweg/curvature";
import type { createDashboard, Dashboard, DashboardRun } from "thalweg/dashboard";
import type { createEngine as createInlineEngine } from "thalweg/inline";
import { solve } from "thalweg/linalg";
import type { lbfgs as lbfgsOfSubpath, minimizeSync as minimizeSyncOfSubpath } from "thalweg/minimizers";
import { chartSvg, linesChart, type MountedChart, type mountChart, type PlotChart, type plotLines } from "thalweg/plot";
import { cosineDecay, type Schedule as ScheduleOfSubpath } from "thalweg/schedules";
import "thalweg/worker";

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Compiles where the two types are the same. */
const same = <A, B>(_truth: Equal<A, B>): void => {};

same<typeof createInlineEngine, typeof createEngine>(true);
same<ReturnType<typeof plotLines>, string>(true);
same<ReturnType<typeof mountChart>, MountedChart>(true);
same<ReturnType<typeof createDashboard>, Dashboard>(true);
same<ReturnType<Dashboard["run"]>, DashboardRun>(true);
const chart: PlotChart = linesChart({ loss: [2, 1] }, { xScale: "time", steps: true });
chartSvg({ ...chart, smoothing: 0.5 });
// @ts-expect-error: no such scale
linesChart([1, 2], { xScale: "sqrt" });

// ---- The engine ----

const engine = await createEngine({ wasm: new Uint8Array(8), memoryLimit: 2 ** 24 });
await createEngine({ wasm: fetchedLater(), build: "fast" });
// @ts-expect-error: there is no such build
await createEngine({ build: "quick" });
// @ts-expect-error: what the core exports is no part of the interface
engine.core;
declare function fetchedLater(): Promise<ArrayBuffer>;

// ---- Optimizers: combinations without a meaning ----

sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.1 });
// @ts-expect-error: Nesterov's form has no dampening
sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, dampening: 0.1 });
// @ts-expect-error: Nesterov without momentum
sgd({ learningRate: 0.1, nesterov: true });
// @ts-expect-error: dampening without momentum
sgd({ learningRate: 0.1, dampening: 0.1 });
// @ts-expect-error: the average takes no shifted form
sgd({ learningRate: 0.1, momentum: 0.9, momentumForm: "ema", nesterov: true });
// @ts-expect-error: the learning rate of gradient descent has no default
sgd({});
adam({ convention: "keras" });
// @ts-expect-error: no library that is known
adam({ convention: "tensorflow" });
// @ts-expect-error: an option that is not there
adam({ learningrate: 0.1 });
same<Convention, "lecture" | "pytorch" | "keras" | "optax">(true);

// ---- Training ----

const trainer = createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: adam() });
same<ReturnType<typeof trainer.predict>, NDArray>(true);
void [trainer satisfies Trainer, trainer satisfies AnyTrainer];
// @ts-expect-error: no loss
createTrainer(engine, { model: linear(1, 1), optimizer: adam() });
const samples = { inputs: [[1]], targets: [[1]] };
const run = trainer.fit(samples, { epochs: 3 });
trainer.fit(samples, { steps: 3, batchSize: 1 });
// @ts-expect-error: either epochs or steps
trainer.fit(samples, { epochs: 3, steps: 3 });
// @ts-expect-error: without either it would never end
trainer.fit(samples, { batchSize: 1 });
const batches = async function* () {
  yield samples;
};
trainer.fit(batches(), { epochs: 3, stepsPerEpoch: 10, validation: samples, progressEvery: 5 });
trainer.fit([samples].values(), { steps: 3 });
// @ts-expect-error: batches have an order of their own
trainer.fit(batches(), { epochs: 3, shuffle: true });
// @ts-expect-error: an epoch over arrays has a length of its own
trainer.fit(samples, { epochs: 3, stepsPerEpoch: 10 });
same<Awaited<typeof run>, History<never>>(true);
for await (const epoch of run) same<typeof epoch, Epoch<never>>(true);
{
  using scoped = createTrainer(engine, { model: linear(1, 1), loss: meanSquaredError(), optimizer: adam() });
  same<ReturnType<typeof scoped.save>, Uint8Array>(true);
}

// ---- Images ----

declare function decodeFile(name: string): Promise<ImagePixels>;
const pixel = { data: new Uint8Array(3), width: 1, height: 1 };
same<ReturnType<typeof imageRowsSync>, NDArray<Uint8Array>>(true);
trainer.predict(await imageRows([pixel], { size: [1, 1], channels: 1, fit: "contain", background: [0, 0, 0] }));
imageRows(["cat.png", pixel], { size: [1, 1], decode: decodeFile });
// @ts-expect-error: a name is no image without a decoder
imageRows(["cat.png"], { size: [1, 1] });
// @ts-expect-error: the decoder takes names
imageRows([7], { size: [1, 1], decode: decodeFile });
// @ts-expect-error: decoders may take time
imageRowsSync([pixel], { size: [1, 1], decode: decodeFile });
// @ts-expect-error: rows have one size
imageRows([pixel], { channels: 3 });

// ---- Parts of one's own: every type that they need has a name ----

const identity: Initializer = (context: InitialContext): Tensor => {
  const [rows = 1, columns = 1] = context.shape;
  const data = Array.from({ length: rows * columns }, (_, k) => (k % (columns + 1) === 0 ? 1 : 0));
  return context
    .constant({ data, shape: [rows, columns] })
    .add(context.normal().multiply(0.1))
    .add(context.fill(1));
};
const mix: Layer = {
  name: "mix",
  parameters: { weight: { shape: [2, 2], initializer: identity } },
  apply: ({ weight }, x: Tensor, _context: LayerContext) => x.matmul(weight as Tensor),
};
const quartic: Loss = { name: "quartic", targets: "values", apply: (y, t) => y.subtract(t).square().square().sum() };
const halving: Schedule = functionSchedule((t) => 0.5 ** t, { unit: "epoch" });
const cooled: Schedulable = joinSchedules([{ schedule: halving, until: 5 }, { schedule: (t) => 1 / (1 + t) }]);
async function trained(wasm: WasmSource, signal: StopSignal, worker: UrlObject | boolean): Promise<Trainer> {
  const made = await createEngine({ wasm });
  const own = createTrainer(made, { model: mix, loss: quartic, optimizer: sgd({ learningRate: halving }) });
  const { workerReason } = await own.fit({ inputs: [[1, 2]], targets: [[1, 2]] }, { epochs: 1, signal, worker });
  same<typeof workerReason, string | undefined>(true);
  return own;
}
const chosen = ({ convention = "pytorch" }: ConventionOption): Optimizer => adam({ convention });
const spread = (x: Tensor, over: Reduction): Tensor => x.max(over).subtract(x.min(over));
const [part]: readonly SplitPart[] = Object.values(splitSamples(samples));
declare function given(): { source: WasmSource; signal: StopSignal; address: UrlObject };
trained(given().source, given().signal, given().address);
trained(new ArrayBuffer(8), given().signal, true);
void [spread, part, cooled, chosen];

// ---- Trained models as functions, and arrays that stay in the engine ----

const model = modelFunction(trainer);
const byInputs = grad(engine, (x: Tensor) => model(x).sum());
same<ReturnType<typeof byInputs.resident>, Resident>(true);
const byParameters = grad(engine, ({ p, x }: { p: Record<string, Tensor>; x: Tensor }) => model(x, p).sum());
const slopes = byParameters({ p: trainer.parameters(), x: resident(engine, [[1, 2]]) });
const kept = byParameters.resident({ p: trainer.parameters(), x: [[1, 2]] });
same<typeof slopes.x, NDArray>(true);
same<typeof kept.p, { readonly [name: string]: Resident }>(true);
predictDraws(trainer, byInputs.resident([[1, 2]]), { draws: 2 }).shape;
// @ts-expect-error: the number of draws has no default
predictDraws(trainer, [[1, 2]], {});
// @ts-expect-error: a resident does not show where it lies
resident(engine, 1).address;

// ---- Subpaths: the types of the root ----

same<ScheduleOfSubpath, Schedule>(true);
sgd({ learningRate: cosineDecay({ initial: 0.1, length: 10 }) });
same<typeof lbfgsOfSubpath, typeof lbfgs>(true);
same<typeof minimizeSyncOfSubpath, typeof minimizeSync>(true);
same<ReturnType<typeof solve>, NDArray<Float64Array>>(true);
void [sharpness, solve(engine, [[1]], [1])];

// ---- Descriptions: made by functions of the library, and without insides ----

void [adam().name, adam().with({ learningRate: 1 })];
// @ts-expect-error: rules of the core are no part of the interface
adam().rule;
// @ts-expect-error: nor are the numbers of an optimizer
adam().hyper;
// @ts-expect-error: nor those of a schedule
halving.fields;
// @ts-expect-error: nor those of a line search
backtracking().code;
// @ts-expect-error: nor those of a method
lbfgs().direction;
// @ts-expect-error: nor those of a gradient transform
clipValue(1).code;
// @ts-expect-error: a trainer shows no parts
trainer.options;
// @ts-expect-error: an optimizer is not made by hand
void ({ name: "mine", with: () => adam() } satisfies Optimizer);
// @ts-expect-error: nor is a schedule
sgd({ learningRate: {} });
// @ts-expect-error: the trace is no part of the interface
const hidden = ({ trace }: InitialContext) => trace;
// @ts-expect-error: nor is that of a tensor
void [hidden, (x: Tensor) => x.trace];

// ---- Several inputs and outputs: their names, and those of the results ----

const named = createTrainer(engine, {
  model: network(
    { image: linear(4, 2), kind: linear(3, 2) },
    (layers, { image, age }: Record<"image" | "age", Tensor>) => {
      const kind = layers.kind(concatenate([layers.image(image), age], 1));
      return { kind, size: kind.sum({ axes: 1 }) };
    },
  ),
  loss: heads({ kind: { loss: softmaxCrossEntropy(), metrics: [accuracy()] }, size: meanSquaredError() }),
  optimizer: adam(),
});
const [image, age] = [[[1, 2, 3, 4]], [[5]]];
const both = { inputs: { image, age }, targets: { kind: [0], size: [1] } };
const results = named.evaluate(both);
same<typeof results, Evaluation<"kind.loss" | "kind.accuracy" | "size.loss">>(true);
void [results.loss, results["kind.accuracy"], named satisfies AnyTrainer];
// @ts-expect-error: no result of this name
results["size.accuracy"];
same<ReturnType<typeof named.predict>, { readonly kind: NDArray; readonly size: NDArray }>(true);
named.fit(both, { epochs: 1, validation: both, earlyStopping: { patience: 1, monitor: "kind.accuracy" } });
// @ts-expect-error: no result of this name
named.fit(both, { epochs: 1, validation: both, earlyStopping: { patience: 1, monitor: "accuracy" } });
// @ts-expect-error: an input is missing
named.predict({ image });
// @ts-expect-error: a target is missing
named.step({ inputs: both.inputs, targets: { kind: [0] } });
createTrainer(engine, {
  model: network({}, (_, x) => ({ kind: x })),
  // @ts-expect-error: the model returns no output of this name
  loss: heads({ size: meanSquaredError() }),
  optimizer: adam(),
});
const measured = createTrainer(engine, {
  model: linear(1, 2),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy(), topK(2)],
  optimizer: adam(),
});
same<ReturnType<typeof measured.evaluate>, Evaluation<"accuracy" | "top2">>(true);

// ---- Several trainers of one model: their names, and those of the layers ----

const parts = createTrainers(engine, {
  layers: { generator: linear(2, 1), critic: linear(1, 1) },
  trainers: {
    generator: {
      trains: "generator",
      apply: ({ generator }, noise, { training }) => (training ? generator(noise) : generator(noise.multiply(1))),
      loss: ({ critic }, made) => critic(made).mean().negate(),
      optimizer: adam(),
    },
    both: {
      trains: ["generator", "critic"],
      apply: ({ generator, critic }, noise) => critic(generator(noise)),
      loss: meanSquaredError(),
      optimizer: adam(),
    },
  },
});
same<keyof typeof parts.trainers, "generator" | "both">(true);
same<ReturnType<typeof parts.trainers.both.predict>, NDArray>(true);
// @ts-expect-error: no trainer of this name
parts.trainers.critic;
const layers = { critic: linear(1, 1) };
const rest = { loss: meanSquaredError(), optimizer: adam() };
createTrainers(engine, {
  layers,
  // @ts-expect-error: no layer of this name
  trainers: { one: { ...rest, trains: "generator", apply: ({ critic }, x) => critic(x) } },
});
// @ts-expect-error: nor as a function
createTrainers(engine, { layers, trainers: { one: { ...rest, trains: "critic", apply: ({ actor }, x) => actor(x) } } });
createTrainers(engine, {
  layers,
  // @ts-expect-error: the layers are the model
  trainers: { one: { ...rest, trains: "critic", apply: (_, x) => x, model: linear(1, 1) } },
});

// ---- Derivatives: arranged like the argument ----

const line = valueAndGrad(engine, ({ w, b }: { w: Tensor; b: Tensor[] }) => w.add(b[0] as Tensor).sum());
const { value, gradient } = line({ w: [1, 2], b: [3] });
same<typeof value, number>(true);
same<typeof gradient.w, NDArray>(true);
same<typeof gradient.b, readonly NDArray[]>(true);
// @ts-expect-error: not in the tree
gradient.c;
// @ts-expect-error: a tensor of the tree is missing
line({ w: [1, 2] });
same<ReturnType<ReturnType<typeof square>>["gradient"], NDArray>(true);
function square() {
  return valueAndGrad(engine, (x: Tensor) => x.square().sum());
}

// ---- Minimizers ----

const minimum = await minimize(engine, (x: Tensor) => x.square().sum(), [1, 2], lbfgs());
same<typeof minimum.x, NDArray>(true);
const scalar = minimizeSync(engine, (x) => x.square(), 3);
same<typeof scalar.x, number>(true);
const tree = await minimize(engine, ({ a, b }: { a: Tensor; b: Tensor }) => a.square().sum().add(b), { a: [1], b: 2 });
same<typeof tree.x.a, NDArray>(true);
same<typeof tree.x.b, number>(true);
// @ts-expect-error: a start that is not arranged like the argument
await minimize(engine, ({ a }: { a: Tensor }) => a.square().sum(), { b: [1] });
const ramp = (x: Tensor, { slope }: { slope: Tensor }) => x.multiply(slope);
const curve = await fitCurve(engine, ramp, { x: [1, 2], y: [2, 4] }, { slope: 1 });
same<typeof curve.parameters.slope, number>(true);
same<typeof minimum.value, number>(true);
same<Extract<typeof minimum.status, "converged">, "converged">(true);
// @ts-expect-error: an option that is not there
await minimize(engine, (x: Tensor) => x.square().sum(), [1, 2], lbfgs(), { tolerance: 1e-3 });
