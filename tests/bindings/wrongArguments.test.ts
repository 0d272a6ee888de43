// Wrong arguments to every export and every public method: whatever is given in whatever place, an error is a sentence of
// this library, never one of the language, and everything goes on working. The table is compared with the exports, so that
// what has no row turns red.

import { inspect } from "node:util";
import * as thalweg from "thalweg";
import * as exporting from "thalweg/export";
import * as reading from "thalweg/import";
import * as minimizers from "thalweg/minimizers";
import * as plot from "thalweg/plot";
import * as table from "thalweg/table";
import * as text from "thalweg/text";
import { describe, expect, it } from "vitest";
import { Initialization } from "../../bindings/layers/initializers.js";
import { testEngine } from "./engine.js";
import { hashOf } from "./refusals.js";
import { run } from "./transforms.js";

type Callable = (...values: never[]) => unknown;
/** A call that is right: what is called, with what. */
type Call = readonly [called: Callable, ...values: unknown[]];

const t = thalweg;
const aChart = plot.linesChart({ a: [1, 2], b: [2, 3] }, { xLabel: "x" });
const aLattice = plot.plotLattice((x, y) => x + y, { xRange: [0, 1], yRange: [0, 1], resolution: 5 });
const engine = await testEngine({ memoryLimit: 2 ** 28 });
const samples = () => ({
  inputs: [
    [1, 2],
    [3, 4],
    [5, 6],
    [0, 1],
  ],
  targets: [
    [1, 0],
    [2, 1],
    [3, 0],
    [1, 1],
  ],
});
const weighted = () => ({ ...samples(), weights: [1, 0, 2, 0.5] });
const pixels = () => ({ data: Uint8Array.of(1, 2, 3, 4), width: 2, height: 1, channels: 2 });
const trainer = t.createTrainer(engine, {
  model: t.sequential([t.linear(2, 3), t.tanh(), t.linear(3, 2)]),
  loss: t.meanSquaredError(),
  optimizer: t.sgd({ learningRate: 0.01 }),
});
const part = () => ({
  trains: "a" as const,
  apply: ({ a }: { a: (x: thalweg.Tensor) => thalweg.Tensor }, x: thalweg.Tensor) => a(x),
  loss: t.meanSquaredError(),
  optimizer: t.adam(),
});
const several = t.createTrainers(engine, { layers: { a: t.linear(1, 1) }, trainers: { x: part() } });
const dataset = t.createDataset(engine, samples());
const rolling = t.createRollingDataset(engine, weighted(), { capacity: 8 });
const bowl = (x: thalweg.Tensor) => {
  // A user's own function, with what it was not written for.
  if (typeof x?.square !== "function") throw sentinel;
  return x.square().sum();
};
const same = (x: thalweg.Tensor) => {
  bowl(x);
  return x.square();
};
const surface = t.lossSurface(engine, bowl, [1, 2]);
const search = minimizers.createSearch(engine, bowl, [1, 2]);
const symmetric = () => [
  [2, 1],
  [1, 3],
];
const directions = () => [Float64Array.of(1, 0), Float64Array.of(0, 1)];
const linear = t.compile(engine, bowl);
const initial = (initializer: thalweg.Initializer) => (context: unknown) =>
  inside((x) => {
    const valid = new Initialization(x.trace, [2, 3], "f64", 0);
    return initializer((context === right ? valid : context) as never);
  });
/** What a function makes of a tensor [2, 2]. */
function inside(f: (x: thalweg.Tensor) => unknown): unknown {
  return run(engine, f as never, [
    [2, 1],
    [1, 3],
  ]);
}

const records = () => [
  { a: 1, k: "x" },
  { a: 2, k: "y" },
  { a: 3, k: "x" },
  { a: 4, k: "y" },
];
const weightsOf = () => ({
  weight: { data: new Float32Array(6), shape: [2, 3] },
  bias: { data: new Float32Array(3), shape: [3] },
});
const weightsFile = () => {
  const { weight, bias } = weightsOf();
  return t.writeSafetensors({ "fc.weight": { ...weight, shape: [3, 2] }, "fc.bias": bias });
};
const aTable = table.tableOf(records());
const aCoding = table.tableCoding(aTable, { inputs: ["a"], target: "k" });

const aTokenizer = text.wordTokenizer(["a b a", "c d"]);
const aSynonymTable = text.synonymTable(aTokenizer, { a: ["b"] });
const translate = async (texts: readonly string[]) => texts;
const aTranslation = text.backTranslation(["a"], { translate, via: ["fr"] });

/** Stands for what is right where only the call itself can make it. */
const right = Symbol("right");
/** What is of the user is thrown on as it is. */
const sentinel = new Error("a trap of the user's own proxy");
const trapped = new Proxy(
  {},
  new Proxy(
    {},
    {
      get: () => () => {
        throw sentinel;
      },
    },
  ),
);
const cyclic: unknown[] = [];
cyclic.push(cyclic, cyclic);
const ring: Record<string, unknown> = { shape: [1] };
ring.inner = ring;

/** What is put in every place. */
const wrongs: readonly unknown[] = [
  ...[undefined, null, true, 0, Number.NaN, Number.POSITIVE_INFINITY, -1, 1.5, 3, 2 ** 53, "", "x", "constructor"],
  ...[
    {},
    [],
    [[]],
    [null],
    [[1], 2],
    [1, 2, 3],
    ["a"],
    [{}],
    Object.create(null),
    { length: -1 },
    { data: 1, shape: 2 },
  ],
  ...[() => 0, () => null, async () => 0, Symbol("s"), 1n, cyclic, ring, trapped, { schedule: "x" }],
  ...[new Map(), new Date(0), /x/, new Error("x"), new ArrayBuffer(8), new BigInt64Array(2), new Float32Array(0)],
  ...[Float64Array.of(1, 2), Promise.resolve(1), new URL("a:b"), { data: [[1]], shape: [1, 1] }],
  ...[
    engine,
    trainer,
    dataset,
    surface,
    t.linear(2, 2),
    t.adam(),
    t.meanSquaredError(),
    t.accuracy(),
    t.onesInitializer,
  ],
  ...[t.cosineDecay({ initial: 1, length: 2 }), t.lbfgs(), t.strongWolfe(), t.ema(), t.l2(1), t.clipValue(1)],
];

const words = (text: string): readonly string[] => text.trim().split(/\s+/);
const each = (names: string, ...values: unknown[]): Record<string, Call[]> =>
  Object.fromEntries(
    words(names).map((name) => [name, [[(t as never as Record<string, Callable>)[name] as Callable, ...values]]]),
  );

/** Of every export, calls that are right. What `each` names takes options alone, found out from what it says it knows. */
const exported: Readonly<Record<string, readonly Call[]>> = {
  ...each(
    `adabelief adamax adadelta adagrad adam adamW adan asgd lion muon nadam nadamW radam rmsprop rprop scheduleFreeAdamW
    binaryCrossEntropy binaryCrossEntropyWithLogits cosineEmbedding hingeEmbedding huber klDivergence meanAbsoluteError
    meanSquaredError multiMargin multiclassHinge negativeLogLikelihood poissonNegativeLogLikelihood smoothL1
    softmaxCrossEntropy f1 precision recall backtracking goldstein hagerZhang moreThuente strongWolfe bfgs conjugateGradient
    dampedNewton gaussNewton gradientDescent lbfgs levenbergMarquardt newton saddleFreeNewton trustRegionNewton
    clipAdaptive ema swa nearestNeighbors truncatedNormalInitializer varianceScaling`,
    {},
  ),
  ...each(`accuracy atan exactQuadratic flatten hardswish mish relu rSquared selu sigmoid silu softmax softplus tanh
    centralize`),
  ...each("scheduleFreeSgd sgd", { learningRate: 0.1 }),
  ...each(
    "constantInitializer constantSchedule fixedStep normalInitializer orthogonalInitializer accumulate clipValue maxNorm topK gaussianNoise",
    1,
  ),
  ...each("elu leakyRelu", 0.5),
  ...each("uniformInitializer", 0, 1),
  ...each("gelu", "erf"),
  ...each("clipGlobalNorm clipNorm elasticNet l1 l2", 1, {}),
  ...each("batchNorm", 2, {}),
  ...each("adaptiveAvgPool2d adaptiveMaxPool2d", [2, 2]),
  ...each("avgPool1d avgPool2d maxPool1d maxPool2d", 2, {}),
  ...each("conv1d conv2d convTranspose1d convTranspose2d separableConv2d", 2, 2, 3, {}),
  ...each("depthwiseConv2d", 2, 3, {}),
  ...each("dropout dropout1d dropout2d", 0.5, {}),
  ...each("fractionalMaxPool2d", 2, { outputRatio: 0.7 }),
  ...each("globalAvgPool2d globalMaxPool2d"),
  ...each("groupNorm", 1, 2, {}),
  ...each("instanceNorm", 2, {}),
  ...each("rmsNorm", [2], {}),
  ...each("upsample2d", 2, "bilinear", true),
  ...each("colorJitter randomErasing", {}),
  ...each("cutout gaussianBlur", 3, {}),
  ...each("saltAndPepper", 0.1, {}),
  ...each("randomAffine randomFlip randAugment trivialAugment", {}),
  ...each("randomCrop randomResizedCrop", 2, {}),
  ...each("randomRotation", 10, {}),
  embedding: [[t.embedding, 2, 3, { lazy: true }]],
  ...each("linear linearClassifier", 2, 3, {}),
  scan: [
    [
      (body: unknown, options: unknown) =>
        run(
          engine,
          (x: thalweg.Tensor) => {
            const given = typeof options === "object" && options !== null ? { ...options, sequences: x } : options;
            return t.scan(body as never, given as never).output as unknown as thalweg.Tensor;
          },
          [1, 2],
        ),
      (_: unknown, x: thalweg.Tensor) => ({ output: x }),
      { reverse: true, memory: "recompute" },
    ],
  ],
  ...each("rnn rnnCell gru gruCell lstm lstmCell", 2, 3, {}),
  ...each("layerNorm", [2], {}),
  ...each("mlp", [2, 3, 1], {}),
  ...each("muonFlops", 2, 3, 5),
  ...each("cautious", t.adam()),
  ...each("lookahead sam", t.adam(), {}),
  ...each("sequential", [t.linear(2, 2), t.relu()]),
  ...each("network", { a: t.linear(2, 2) }, ({ a }: Record<string, (x: unknown) => unknown>, x: unknown) => a?.(x)),
  ...each("heads", { kind: { loss: t.softmaxCrossEntropy(), weight: 2, metrics: [t.accuracy()] } }),
  ...each("residual", t.linear(2, 2), {}),
  ...each("residualStack", [t.linear(2, 2), t.tanh()], {}),
  ...each("centerScaling standardScaling", [[1], [2]]),
  ...each("minMaxScaling", [[1], [2]], { low: 0, high: 1 }),
  ...each("cosineDecay stepDecay inverseSquareRootDecay polynomialDecay", { initial: 0.1, length: 10 }),
  ...each("exponentialDecay", { initial: 0.1, decay: 0.1 }),
  ...each("inverseTimeDecay", { initial: 0.1, decay: 0.1 }),
  ...each("linearSchedule", { from: 0, to: 1, length: 5 }),
  ...each("multiStepDecay", { initial: 1, milestones: [1, 2], factor: 0.5 }),
  ...each("cyclicSchedule", { base: 0.1, peak: 1, up: 3 }),
  ...each("oneCycle", { peak: 1, length: 10 }),
  ...each("plateauSchedule", { initial: 1 }),
  ...each("warmRestarts", { length: 10, maximum: 1 }),
  ...each("warmup", { length: 10, schedule: t.constantSchedule(1) }),
  ...each("warmupStableDecay", { peak: 1, warmup: 2, stable: 3, decay: 4 }),
  ...each("functionSchedule", (x: number) => x, {}),
  ...each("joinSchedules", [{ schedule: 1, until: 3 }, { schedule: 2 }], {}),
  ...each("scaleSchedule", 1, { factor: 2 }),
  ...each("gradientNoise", { scale: 1 }),
  ...each("randomSearch", { scale: 1 }),
  ...each("confusionMatrix", [0, 1], [0, 1], 2),
  ...each("splitSamples", weighted(), { fraction: 0.5, seed: 1 }),
  ...each("readSafetensors", t.writeSafetensors({ a: { data: Float32Array.of(1), shape: [1] } })),
  ...each("writeSafetensors", { a: { data: Float32Array.of(1), shape: [1] } }, { made: "here" }),
  ...each("cholesky ldlt conditionNumber singularValues", engine, symmetric()),
  ...each("qr symmetricEigen", engine, symmetric(), {}),
  ...each("solve solveLeastSquares", engine, symmetric(), [1, 2]),
  ...each("criticalPoint hessianTrace randomDirections spectralDensity topEigenvalues", surface, {}),
  ...each("layerConditions", trainer),
  ...each("lossLine", surface, [1, 0], { points: 5 }),
  ...each("lossPlane", surface, directions(), { resolution: 5 }),
  ...each("lossSurface", engine, bowl, [1, 2]),
  ...each("sharpness", surface, 0.1, {}),
  ...each("trainerSurface", trainer, samples(), {}),
  ...each("trajectoryPlane", surface, [
    [0, 0],
    [1, 0],
    [0, 1],
  ]),
  ...each("augment", [t.relu(), t.mixUp()], { peak: 2 }),
  ...each("cutMix mixUp", {}),
  ...each("mixing", "halves", (x: thalweg.Tensor) => ({ x, share: x })),
  ...each("oneOf", [t.relu(), t.tanh()], {}),
  ...each("preview", trainer, samples(), [0], { augment: t.augment([t.relu()]), step: 3, epoch: 1, places: [0] }),
  imageRows: [
    [t.imageRows, [pixels()], { size: [2, 2], background: [0, 0, 0] }],
    [(decoded: unknown) => t.imageRows(["a"], { size: [2, 2], decode: () => decoded as never }), pixels()],
  ],
  imageRowsSync: [
    [t.imageRowsSync, [pixels()], { size: [2, 2], background: [0, 0, 0] }],
    [
      (image: unknown, channels: unknown) => t.imageRowsSync([image as never], { size: [2, 2], channels } as never),
      pixels(),
      4,
    ],
  ],
  ...each("findLearningRate", trainer, samples(), { steps: 4 }),
  ...each(
    "fitCurve",
    engine,
    (x: thalweg.Tensor, p: { a: thalweg.Tensor }) => x.multiply(p.a),
    { x: [1, 2], y: [1, 2] },
    { a: 1 },
    { maxIterations: 3 },
  ),
  ...each("minimize minimizeSync", engine, bowl, [1, 2], t.lbfgs(), { maxIterations: 3 }),
  createPace: [[t.createPace, { stepsPerSecond: 100, reportEvery: 20 }]],
  compileObjective: [[minimizers.compileObjective, bowl]],
  createSearch: [[minimizers.createSearch, engine, bowl, [1, 2], t.lbfgs(), { maxIterations: 3 }]],
  quadratic: [[minimizers.quadratic, 3]],
  ...Object.fromEntries(
    words(
      "beale booth bowl3d himmelblau matyas misprintedBeale rastrigin rosenbrock saddle sixHumpCamel styblinskiTang",
    ).map((name) => [name, []]),
  ),
  ...each("numericalGradient", (x: ArrayLike<number>) => x[0], [1, 2], {}),
  ...each("gradientCheck", engine, bowl, {}),
  ...each("scheduleValues", engine, 1, 3, {}),
  ...each("createEngine", { wasm: engine.module }),
  ...each("createDataset", engine, weighted(), "values"),
  ...each("createRollingDataset", engine, weighted(), { capacity: 8, targets: "values" }),
  ...each("createTrainer", engine, { model: t.linear(2, 1), loss: t.meanSquaredError(), optimizer: t.adam() }),
  createTrainers: [
    [t.createTrainers, engine, { layers: { a: t.linear(1, 1) }, trainers: { x: part() }, seed: 1, dtype: "f32" }],
    [(x: never) => t.createTrainers(engine, { layers: { a: t.linear(1, 1) }, trainers: { x } }), part()],
  ],
  ...Object.fromEntries(
    words("EngineError MemoryError ShapeError TraceError DivergenceError").map((name) => [name, []]),
  ),
  compile: [
    [t.compile, engine, bowl],
    [linear, [1, 2]],
    [linear.resident, [1, 2]],
    [linear.cost, [1, 2]],
  ],
  grad: [
    [t.grad, engine, bowl],
    [t.grad(engine, bowl), [1, 2]],
    [t.grad(engine, bowl).resident, [1, 2]],
  ],
  valueAndGrad: [
    [t.valueAndGrad, engine, bowl],
    [t.valueAndGrad(engine, bowl), [1, 2]],
    [t.valueAndGrad(engine, bowl).resident, [1, 2]],
  ],
  hvp: [
    [t.hvp, engine, bowl],
    [t.hvp(engine, bowl), [1, 2], [1, 1]],
    [t.hvp(engine, bowl).resident, [1, 2], [1, 1]],
  ],
  ...each("resident", engine, [1, 2]),
  ...each("predictDraws", trainer, samples().inputs, { draws: 2 }),
  modelFunction: [
    [t.modelFunction, trainer, {}],
    [
      (input: unknown, parameters: unknown) =>
        inside((x) => t.modelFunction(trainer)((input === right ? x : input) as never, parameters as never)),
      right,
      {},
    ],
  ],
  hessian: [
    [t.hessian, engine, bowl],
    [t.hessian(engine, bowl), [1, 2]],
  ],
  jacobian: [
    [t.jacobian, engine, bowl],
    [t.jacobian(engine, same), [1, 2]],
  ],
  gradientCheck: [
    [t.gradientCheck, engine, bowl, {}],
    [t.gradientCheck(engine, bowl), [1, 2]],
  ],
  ...Object.fromEntries(
    words(
      "zerosInitializer onesInitializer heNormal heUniform lecunNormal lecunUniform xavierNormal xavierUniform",
    ).map((name) => {
      const initializer = (t as never as Record<string, thalweg.Initializer>)[name] as thalweg.Initializer;
      return [name, [[initializer], [initial(initializer), right]]];
    }),
  ),
  ...inTrace("bernoulli", 0.5, [2]),
  ...inTrace("concatenate", right, 0),
  ...inTrace("constant", 1, "f64"),
  ...inTrace("fill", 1, [2], "f64"),
  ...inTrace("iota", 3, "f64"),
  ...Object.fromEntries(
    words("acos acosh asin asinh atanh cosh sinh tan").map((name) => [
      name,
      [
        [
          (a: unknown) =>
            inside((x) => (t as never as Record<string, Callable>)[name]?.((a === right ? x : a) as never)),
          right,
        ],
      ],
    ]),
  ),
  logAddExp: [
    [(a: unknown, b: unknown) => inside((x) => t.logAddExp((a === right ? x : a) as never, b as never)), right, 1],
  ],
  ...ofImage("convolve", [[[1]], [[1]]], {}),
  ...ofImage("convolveTransposed", [[[1], [1]]], {}),
  ...inTrace("normal", [2], "f64"),
  ...ofImage("padBorder", 1, "reflect"),
  ...ofImage("poolMax", 1, {}),
  ...ofImage("poolMaxAdaptive", 1),
  ...ofImage("poolMean", 1, {}),
  ...ofImage("poolMeanAdaptive", 1),
  ...ofImage("resize", 2, "nearest", {}),
  poolMaxFrom: [
    [
      (x: unknown, starts: unknown, kernel: unknown) =>
        inside((t0) => {
          const image = t0.reshape([1, 4, 1]);
          const first = [t.constant(engine, [[[0]]], "i32")];
          return t.poolMaxFrom(
            (x === right ? image : x) as never,
            (starts === right ? first : starts) as never,
            kernel as never,
          );
        }),
      right,
      right,
      1,
    ],
  ],
  ...inTrace("uniform", [2], "f64"),
  applyLayer: [
    [
      (layer: unknown, parameters: unknown, input: unknown, options: unknown) =>
        inside(
          (x) =>
            t.applyLayer(layer as never, parameters as never, (input === right ? x : input) as never, options as never)
              .output,
        ),
      t.relu(),
      {},
      right,
      {},
    ],
  ],
  chartSvg: [[plot.chartSvg, aChart]],
  chartCsv: [[plot.chartCsv, aChart]],
  chartText: [[plot.chartText, aChart]],
  mountChart: [[plot.mountChart]],
  plotChart: [[plot.plotChart, [plot.lineMark([1, 2])], {}]],
  plotScale: [[plot.plotScale, "log", [1, 100], [0, 300], {}]],
  plotLattice: [[plot.plotLattice, (x: number, y: number) => x + y, { xRange: [0, 1], yRange: [0, 1], resolution: 5 }]],
  contourLevels: [[plot.contourLevels, aLattice, 3]],
  contourLines: [[plot.contourLines, aLattice, 0.5]],
  contourRegion: [[plot.contourRegion, aLattice, 0.5]],
  sequentialColor: [[plot.sequentialColor, 0.5, "dark"]],
  barsMark: [[plot.barsMark, [1, 2], [0, 1], {}]],
  contourMark: [[plot.contourMark, aLattice, 0]],
  dotsMark: [[plot.dotsMark, [[0, 1]], {}]],
  levelsMark: [[plot.levelsMark, aLattice, 3]],
  lineMark: [[plot.lineMark, [1, 2], { times: [0, 1] }]],
  pathMark: [[plot.pathMark, [[0, 1]], {}]],
  regionMark: [[plot.regionMark, aLattice, {}]],
  ruleMark: [[plot.ruleMark, { x: 1 }, "stop"]],
  spotMark: [[plot.spotMark, [0, 1], "minimum"]],
  histogramChart: [[plot.histogramChart, [1, 2, 3], {}]],
  levelsChart: [[plot.levelsChart, (x: number, y: number) => x + y, { xRange: [0, 1], yRange: [0, 1], resolution: 5 }]],
  linesChart: [[plot.linesChart, { a: [1, 2] }, {}]],
  matrixChart: [[plot.matrixChart, [[1, 2]], { names: ["a", "b"], rowNames: ["c"] }]],
  planeChart: [[plot.planeChart, t.lossPlane(surface, directions(), { resolution: 5 }), {}]],
  regionsChart: [
    [plot.regionsChart, (points: number[][]) => points.flat(), { xRange: [0, 1], yRange: [0, 1], resolution: 5 }],
  ],
  scheduleChart: [[plot.scheduleChart, engine, { a: t.constantSchedule(1) }, { count: 5 }]],
  plotHistogram: [[plot.plotHistogram, [1, 2, 3], {}]],
  plotMatrix: [[plot.plotMatrix, [[1, 2]], { names: ["a", "b"] }]],
  plotImages: [[plot.plotImages, [[0, 1, 2, 3]], { shape: [2, 2] }]],
  plotLevels: [[plot.plotLevels, (x: number, y: number) => x + y, { xRange: [0, 1], yRange: [0, 1], resolution: 5 }]],
  plotLines: [
    [plot.plotLines, { a: [1, 2] }, {}],
    [
      plot.plotLines,
      {
        a: [
          [0, 1],
          [1, 2],
        ],
      },
      {},
    ],
  ],
  plotPanels: [[plot.plotPanels, [plot.plotLines({ a: [1, 2] }), aChart], {}]],
  plotPlane: [[plot.plotPlane, t.lossPlane(surface, directions(), { resolution: 5 }), {}]],
  plotRegions: [
    [plot.plotRegions, (points: number[][]) => points.flat(), { xRange: [0, 1], yRange: [0, 1], resolution: 5 }],
  ],
  readTable: [[table.readTable, records(), { types: { a: "number" }, gaps: [""] }]],
  tableOf: [
    [table.tableOf, records(), { names: ["a", "k"] }],
    [table.tableOf, "a;k\n1;x\n", { delimiter: ";" }],
  ],
  splitTable: [
    [table.splitTable, aTable, { fraction: 0.5, seed: 1 }],
    [table.splitTable, aTable, { time: "a" }],
    [table.splitTable, aTable, { stratify: "k", fraction: 0.5 }],
  ],
  tableCoding: [
    [table.tableCoding, aTable, { inputs: ["a", { column: "k", gaps: "mostFrequent" }], target: "k", gaps: "mean" }],
    [table.tableCoding, aTable, { inputs: ["k"], target: { column: "a", scale: "minMax" }, weights: "a" }],
  ],
  tableCodingFrom: [[table.tableCodingFrom, aCoding.toJSON()]],
  windows: [[table.windows, aTable, aCoding, { length: 2, horizon: 1, time: "a", step: 1, gaps: "split" }]],
  bytePairTokenizer: [[text.bytePairTokenizer, ["a b", "c"], { vocabulary: 9, lowerCase: true }]],
  characterTokenizer: [[text.characterTokenizer, ["a b", "c"], { vocabulary: 9, least: 1, lowerCase: true }]],
  wordTokenizer: [[text.wordTokenizer, ["a b", "c"], { vocabulary: 9, least: 1, lowerCase: true }]],
  tokenizerFrom: [[text.tokenizerFrom, JSON.parse(JSON.stringify(aTokenizer))]],
  tokenWindows: [[text.tokenWindows, [1, 2, 3, 4], { length: 1, stride: 1, streams: 2, vocabulary: 5 }]],
  synonymTable: [[text.synonymTable, aTokenizer, { a: ["b"] }]],
  synonymReplacement: [[text.synonymReplacement, aSynonymTable, { alpha: 0.1, padding: 0 }]],
  randomInsertion: [[text.randomInsertion, aSynonymTable, { alpha: 0.1, padding: 0 }]],
  randomSwap: [[text.randomSwap, { alpha: 0.1, padding: 0 }]],
  randomDeletion: [[text.randomDeletion, { p: 0.1, padding: 0 }]],
  backTranslation: [
    [
      text.backTranslation,
      ["a", "b"],
      { translate, via: ["fr"], from: "en", p: 1, seed: 1, cache: { fr: { a: "b" } } },
    ],
  ],
  withMetadata: [[table.withMetadata, trainer.save(), { a: "b" }]],
  readMetadata: [[table.readMetadata, trainer.save()]],
  toOnnx: [[exporting.toOnnx, trainer, { input: [2], weights: "current", labels: ["a", "b"], metadata: { a: "b" } }]],
  toPyTorch: [[exporting.toPyTorch, trainer, { input: [2], weights: "current" }]],
  readTfjs: [
    [
      reading.readTfjs,
      {
        modelTopology: null,
        weightsManifest: [{ paths: ["a"], weights: [{ name: "a", shape: [1], dtype: "float32" }] }],
      },
      [new Uint8Array(4)],
    ],
  ],
  readWeights: [
    [reading.readWeights, t.linear(2, 3), weightsFile(), { layout: "pytorch", names: { fc: "" }, channels: { "": 1 } }],
    [reading.readWeights, t.linear(2, 3), { tensors: weightsOf(), layers: [] }, { layout: "thalweg", strict: false }],
  ],
  loadWeights: [
    [reading.loadWeights, trainer, weightsFile(), { layout: "pytorch", names: { fc: "0" }, strict: false }],
  ],
  plotSchedule: [[plot.plotSchedule, engine, { a: t.constantSchedule(1) }, { count: 5 }]],
};

/** An op on a signal of four values. */
function ofImage(name: string, ...values: unknown[]): Record<string, Call[]> {
  const op = (t as never as Record<string, Callable>)[name] as Callable;
  const traced = (x: unknown, ...given: unknown[]) =>
    inside((two) => op((x === right ? two.reshape([1, 4, 1]) : x) as never, ...(given as never[])));
  return { [name]: [[traced, right, ...values]] };
}

/** An op that makes a tensor: inside a trace, and with the engine of that. */
function inTrace(name: string, ...values: unknown[]): Record<string, Call[]> {
  const made = (t as never as Record<string, Callable>)[name] as Callable;
  const first = name === "concatenate" ? [] : [engine];
  const traced = (...given: unknown[]) =>
    inside((x) => made(...(given.map((value) => (value === right ? [x, x] : value)) as never[])));
  return { [name]: [[traced, ...first, ...values]] };
}

const finished = trainer.fit(samples(), { epochs: 1 });
await finished;
const awaits = "then";
const boundTo = (object: object, rows: Readonly<Record<string, unknown[]>>): Record<string, Call[]> =>
  Object.fromEntries(
    Object.entries(rows).map(([name, values]) => [
      name,
      [[(...given: never[]) => (object as Record<string, Callable>)[name]?.(...given), ...values]],
    ]),
  );

/** A method of a tensor, inside a trace. */
const onTensor = (rows: Readonly<Record<string, unknown[]>>): Record<string, Call[]> =>
  Object.fromEntries(
    Object.entries(rows).map(([name, values]) => [
      name,
      [[(...given: never[]) => inside((x) => (x as never as Record<string, Callable>)[name]?.(...given)), ...values]],
    ]),
  );
const unary = words(`negate reciprocal square sqrt rsqrt abs sign exp expm1 log log1p sin cos atan erf relu sigmoid tanh
  softplus silu selu mish hardswish stopGradient`);
const binary = words(`add subtract multiply divide power minimum maximum equal notEqual less lessEqual greater
  greaterEqual`);

/** Of every object that users hold, one, calls of its methods that are right, and the methods that no user may call. */
const methods: Readonly<Record<string, { object: object; calls: Record<string, Call[]>; others?: string }>> = {
  Engine: {
    object: engine,
    calls: {},
    others: "address word get set write call throwFault checked shapeOf allocate release borrow watch unwatch",
  },
  Dataset: { object: dataset, calls: {}, others: "check checkRange hold free put hasForm refill epochRows" },
  RollingDataset: {
    object: rolling,
    calls: boundTo(rolling, { append: [weighted()] }),
    others: "check checkRange checkRange epochRows epochRows free hasForm hold put refill",
  },
  Trainer: {
    object: trainer,
    calls: boundTo(trainer, {
      observe: [1],
      cost: [samples(), 2],
      step: [weighted()],
      fit: [weighted(), { epochs: 1, validation: samples(), earlyStopping: { patience: 1 } }],
      evaluate: [weighted(), {}],
      predict: [samples().inputs, {}],
      classify: [[1, 2]],

      parameters: [{}],
      state: [],
      setParameters: [{ "0.bias": [1, 2, 3] }],
      setState: [{}],
      refreshStatistics: [samples(), {}],
      save: [],
      restore: [trainer.save()],
    }),
    others: "free update withData",
  },
  Resident: { object: t.resident(engine, [1, 2]), calls: {}, others: "free" },
  Trainers: { object: several, calls: boundTo(several, { save: [], restore: [several.save()] }), others: "free" },
  Run: { object: finished, calls: boundTo(finished, { [awaits]: [] }) },
  LossSurface: {
    object: surface,
    calls: boundTo(surface, {
      moveTo: [[1, 2]],
      value: [],
      gradient: [],
      hvp: [[1, 2]],
      hessian: [],
      arrange: [[1, 2]],
    }),
    others: "prepare vectorOf free",
  },
  MinimizerSearch: {
    object: search,
    calls: boundTo(search, { advance: [1], next: [], return: [] }),
    others: "free",
  },
  Scaling: {
    object: t.centerScaling([[1], [2]]),
    calls: boundTo(t.centerScaling([[1], [2]]), { apply: [[[1]]], invert: [[[1]]] }),
  },
  Table: {
    object: aTable,
    calls: boundTo(aTable, {
      column: ["a"],
      numbers: ["a"],
      texts: ["k"],
      row: [0],
      select: [[0, 2]],
      dropGaps: [["a"]],
    }),
    others: "find place",
  },
  TableCoding: {
    object: aCoding,
    calls: boundTo(aCoding, {
      samples: [aTable],
      inputs: [records()],
      decode: [[[1, 2]]],
      invert: ["a", [1, 2]],
      toJSON: [],
    }),
    others: "inputsOf targetsOf",
  },
  Tokenizer: {
    object: aTokenizer,
    calls: boundTo(aTokenizer, {
      encode: ["a b"],
      decode: [[2, 3]],
      batch: [["a", "b c"], { length: 2 }],
      idOf: ["a"],
      toJSON: [],
    }),
  },
  BackTranslation: { object: aTranslation, calls: boundTo(aTranslation, { epoch: [0], toJSON: [] }) },
  neighbours: {
    object: t.nearestNeighbors(),
    calls: boundTo(t.nearestNeighbors(), { fit: [engine, { inputs: [[1], [2]], targets: [0, 1] }] }),
  },
  FittedNeighbors: {
    object: t.nearestNeighbors().fit(engine, { inputs: [[1], [2]], targets: [0, 1] }),
    calls: boundTo(t.nearestNeighbors().fit(engine, { inputs: [[1], [2]], targets: [0, 1] }), { predict: [[[1]]] }),
    others: "free",
  },
  Cholesky: {
    object: t.cholesky(engine, symmetric()),
    calls: boundTo(t.cholesky(engine, symmetric()), { solve: [[1, 2]] }),
  },
  Ldlt: { object: t.ldlt(engine, symmetric()), calls: boundTo(t.ldlt(engine, symmetric()), { solve: [[1, 2]] }) },
  Qr: { object: t.qr(engine, symmetric()), calls: boundTo(t.qr(engine, symmetric()), {}) },
  Tensor: {
    object: aTensor(),
    calls: onTensor({
      ...Object.fromEntries(unary.map((name) => [name, []])),
      ...Object.fromEntries(binary.map((name) => [name, [2]])),
      ...Object.fromEntries(words("sum mean max min product variance").map((name) => [name, [{}]])),
      ...Object.fromEntries(words("softmax logSoftmax logSumExp argMax").map((name) => [name, [1]])),
      clamp: [0, 1],
      where: [1, 2],
      leakyRelu: [0.1],
      elu: [0.1],
      gelu: ["erf"],
      matmul: [symmetric(), {}],
      cumulativeSum: [0, {}],
      reshape: [[4]],
      transpose: [[1, 0]],
      broadcastTo: [[2, 2, 2]],
      slice: [0, 0, 1],
      pad: [
        [
          [0, 1],
          [1, 0],
        ],
      ],
      gather: [[0, 1]],
      cast: ["f32"],
      crossEntropy: [[0, 1]],
    }),
    others: "oneHot axis mask valueOf toJSON",
  },
};

function aTensor(): object {
  let tensor: object = {};
  t.compile(engine, (x: thalweg.Tensor) => {
    tensor = x;
    return x;
  })([1]);
  return tensor;
}

const methodsOf = (object: object): string[] => {
  const holders: object[] = [];
  for (let own = Object.getPrototypeOf(object); own && own !== Object.prototype; own = Object.getPrototypeOf(own))
    holders.push(own);
  return (holders.length > 0 ? holders : [object]).flatMap((holder) =>
    Object.entries(Object.getOwnPropertyDescriptors(holder)).flatMap(([name, { value }]) =>
      typeof value === "function" && name !== "constructor" ? [name] : [],
    ),
  );
};

describe("table", () => {
  it("has a row for every export", () => {
    const all = Object.keys({ ...thalweg, ...minimizers, ...plot, ...reading, ...table, ...text, ...exporting });
    expect(Object.keys(exported).sort()).toEqual(all.filter((name) => name !== "categoricalColors").sort());
  });

  it.each(Object.keys(methods))("has a row for every method of %s", (name) => {
    const { object, calls, others = "" } = methods[name] as (typeof methods)[string];
    expect([...Object.keys(calls), ...words(others)].filter(Boolean).sort()).toEqual(methodsOf(object).sort());
  });
});

/** The values with one of them, or a part of one, replaced. */
function replaced(values: readonly unknown[], [first, ...rest]: readonly (string | number)[], by: unknown): unknown[] {
  const out = [...values];
  const within = out[first as number];
  out[first as number] =
    rest.length === 0
      ? by
      : Array.isArray(within)
        ? replaced(within, rest, by)
        : {
            ...(within as object),
            [rest[0] as string]:
              rest.length === 1 ? by : replaced([(within as never)[rest[0] as string]], [0, ...rest.slice(1)], by)[0],
          };
  return out;
}

/** Whether the parts of a value are the user's own, not those of a description that the library made. */
const isPlain = (value: unknown): value is object =>
  typeof value === "object" &&
  value !== null &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !["apply", "code", "schedule", "rule", "wrappers", "method"].some((name) => name in value);

const unknownKey = "☃".repeat(40);

/** The options that a call knows in a place, from what it says of one that it does not know. */
async function knownOptions([called, ...values]: Call, path: readonly (string | number)[]): Promise<string[]> {
  const { error } = await outcome(called, replaced(values, [...path, unknownKey], 1));
  const list = /Known options: (.*)\.$/.exec((error as Error | null)?.message ?? "")?.[1];
  return list?.split(", ") ?? [];
}

/** Every place of a call: arguments, one more, and the options and parts of each. */
async function placesOf(call: Call): Promise<(string | number)[][]> {
  const [, ...values] = call;
  const places: (string | number)[][] = [];
  for (let k = 0; k <= values.length; k++) {
    places.push([k]);
    const value = values[k];
    if (!isPlain(value)) continue;
    const keys = new Set([...(await knownOptions(call, [k])), ...Object.keys(value)]);
    for (const key of keys) {
      places.push([k, key]);
      const inner = (value as Record<string, unknown>)[key];
      if (isPlain(inner)) for (const name of Object.keys(inner)) places.push([k, key, name]);
    }
  }
  return places;
}

async function outcome(called: Callable, values: unknown[]): Promise<{ error: unknown }> {
  try {
    const answer = called(...(values as never[])) as PromiseLike<unknown> | undefined;
    if (answer !== null && typeof answer === "object" && !values.includes(answer) && typeof answer.then === "function")
      await answer;
    return { error: null };
  } catch (error) {
    return { error };
  }
}

const kinds: readonly unknown[] = [
  TypeError,
  RangeError,
  t.ShapeError,
  t.TraceError,
  t.MemoryError,
  t.EngineError,
  t.DivergenceError,
];
const language =
  /Cannot |is not (a function|iterable|defined|a constructor)|Invalid (array|typed|string|count|time|URL|left|regular)|Maximum call|out of (range|bounds)$|circular structure|must be a (TypedArray|string)|to a BigInt|mix BigInt|prototype|offset is|null or undefined|instanceof|\bundefined \(|0x|trapped|broken/;

/** Whether an error is a sentence of the library: where: what. */
function isSentence(error: unknown): boolean {
  if (error === sentinel) return true;
  const own = kinds.includes((error as Error | null)?.constructor);
  const { message } = error as Error;
  return own && /^[\w"][^:]*: .*[.!?]$/s.test(message) && !language.test(message);
}

const shown = (value: unknown): string =>
  inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY }).slice(0, 60);

/** What goes wrong when every place of a call is given every wrong value. */
async function attack(name: string, call: Call): Promise<string[]> {
  const faults: string[] = [];
  const [called, ...values] = call;
  const { error } = await outcome(called, values);
  if (error && values.length > 0) faults.push(`${name}: the right call fails: ${error}`);
  const guarded = name.startsWith("Trainer.") || values.includes(trainer);
  for (const [index, path] of (await placesOf(call)).entries())
    for (const [k, wrong] of wrongs.entries()) {
      // Every option meets one half of the values, its neighbours the other.
      if (path.length > 1 && (k + index) % 2 === 0) continue;
      const before = guarded ? hashOf(trainer) : "";
      const { error } = await outcome(called, replaced(values, path, wrong));
      const fault = (what: unknown): void => void faults.push(`${name}(${path.join(".")} = ${shown(wrong)}): ${what}`);
      if (error !== null && !isSentence(error)) fault(error);
      if (engine.trace !== null || trainer.lock.state !== "idle") fault("something stays locked");
      // A callback that fails ends a run that has begun.
      if (error !== null && guarded && path.at(-1) !== "onProgress" && hashOf(trainer) !== before)
        fault(`changed the trainer, and says ${error}`);
    }
  expect(run(engine, bowl as never, [3, 4]), name).toBe(25);
  return faults;
}

const attackAll = async (name: string, calls: readonly Call[]): Promise<void> => {
  const faults: string[] = [];
  for (const [k, call] of calls.entries()) faults.push(...(await attack(k === 0 ? name : `${name}#${k}`, call)));
  expect(faults).toEqual([]);
};

describe("wrong arguments", () => {
  it.each(Object.keys(exported))("%s", (name) => attackAll(name, exported[name] as Call[]));

  describe.each(Object.keys(methods).filter((kind) => Object.keys(methods[kind]?.calls ?? {}).length > 0))(
    "%s",
    (kind) => {
      const { calls } = methods[kind] as (typeof methods)[string];
      it.each(Object.keys(calls))("%s", (name) => attackAll(`${kind}.${name}`, calls[name] as Call[]));
    },
  );
});
