// Bad input: each error has its class and a sentence that says where, what, and what to do; nothing is half-changed and
// the engine goes on working.

import {
  type ArrayLike,
  accuracy,
  adam,
  adamW,
  bernoulli,
  concatenate,
  constant,
  createDataset,
  createEngine,
  createTrainer,
  DivergenceError,
  type Engine,
  EngineError,
  fill,
  heads,
  iota,
  type Layer,
  type Loss,
  linear,
  MemoryError,
  meanAbsoluteError,
  meanSquaredError,
  readSafetensors,
  relu,
  ShapeError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  type Tensor,
  TraceError,
  type Trainer,
  uniform,
  zerosInitializer,
} from "thalweg";
import { beforeEach, describe, expect, it } from "vitest";
import * as abi from "../../assembly/abi.js";
import { faultCodes, faultError, opNameOf } from "../../bindings/values/errors.js";
import { testEngine } from "./engine.js";
import { expectSameBits, flat } from "./numbers.js";
import {
  batch,
  type Case,
  classifier,
  either,
  errorOf,
  expectFailure,
  expectFailures,
  hashOf,
  wrong,
} from "./refusals.js";
import { compile, grad, hvp, type Inputs, run, valueAndGrad } from "./transforms.js";

let engine: Engine;
let trainer: Trainer;
/** Weights and moments, without what says where in the data training stands. */
const stateOf = (t: Trainer): unknown => [readSafetensors(t.save()).tensors, t.steps];

beforeEach(async () => {
  engine = await testEngine();
  trainer = classifier(engine);
  await trainer.fit(batch, { steps: 3, batchSize: 2 });
});

const table = (rows: () => readonly Case[]): void => expectFailures(() => trainer, rows);

describe("shapes, ranks and types inside functions", () => {
  const on =
    (f: (x: Tensor) => unknown, x: ArrayLike = [[1, 2, 3]]) =>
    () =>
      run(engine, f as (x: Tensor) => Tensor, x);
  const nine = new Array<number>(9).fill(1);
  table(() => [
    ["add of shapes that do not fit", on((x) => x.add([1, 2])), ShapeError, /add: .*\[1, 3\].*\[2\].*reshape/],
    ["where of shapes that do not fit", on((x) => x.where([1, 2], 0)), ShapeError, /where: .*\[1, 3\].*\[2\]/],
    [
      "matmul, inner extents",
      on((x) => x.matmul([[1, 2]])),
      ShapeError,
      /matmul: inner extents differ: \[1, 3\] · \[1, 2\] \(3 ≠ 1\)\. Transpose/,
    ],
    ["matmul, rank", on((x) => x.matmul([1, 2, 3])), ShapeError, /matmul: .*axes: got 1.*at least 2/],
    [
      "matmul, batches",
      on((x) => x.broadcastTo([2, 2, 3]).matmul(x.transpose().broadcastTo([3, 3, 1]))),
      ShapeError,
      /matmul: /,
    ],
    ["reshape to another number", on((x) => x.reshape([2, 2])), ShapeError, /reshape: .*\[1, 3\]/],
    ["reshape, one extent left that does not divide", on((x) => x.reshape([2, -1])), ShapeError, /reshape: .*\[1, 3\]/],
    ["reshape, two extents left", on((x) => x.reshape([-1, -1])), ShapeError, /reshape: /],
    ["reshape to fractions", on((x) => x.reshape([3.5])), RangeError, /reshape: .*whole.*3\.5/],
    [
      "reshape to thousands of axes",
      on((x) => x.reshape([...new Array(3000).fill(1), 3])),
      RangeError,
      /reshape: too many.*3001.*at most 8/,
    ],
    ["reshape to nine axes", on((x) => x.reshape([...nine, 3])), ShapeError, /reshape: .*axes.*at most 8/],
    ["transpose with an axis twice", on((x) => x.transpose([0, 0])), ShapeError, /transpose: .*axis.*\[1, 3\]/],
    ["transpose with too many axes", on((x) => x.transpose([0, 1, 2])), RangeError, /transpose: /],
    [
      "sum over an axis that is not there",
      on((x) => x.sum({ axes: 2 })),
      RangeError,
      /sum: no axis 2 in shape \[1, 3\]/,
    ],
    [
      "sum with an unknown option",
      on((x) => x.sum(wrong({ axis: 0 }))),
      TypeError,
      /sum: unknown option "axis".*"axes"/,
    ],
    ["sum with a number for its options", on((x) => x.sum(wrong(0))), TypeError, /sum: options must be an object.*0/],
    [
      "matmul with an unknown option",
      on((x) => x.matmul([[1]], wrong({ transposeX: true }))),
      TypeError,
      /matmul: unknown option "transposeX"/,
    ],
    [
      "variance with a correction of 5",
      on((x) => x.variance({ correction: wrong(5) })),
      RangeError,
      /variance: correction/,
    ],
    ["max of nothing", on((x) => x.slice(1, 0, 0).max()), ShapeError, /max: .*empty/],
    ["argMax of nothing", on((x) => x.slice(1, 0, 0).argMax()), ShapeError, /argMax: .*empty/],
    ["softmax of a scalar", on((x) => x.sum().softmax()), RangeError, /softmax: no axis -1/],
    ["slice out of range", on((x) => x.slice(1, 1, 4)), ShapeError, /slice: .*1 \.\. 4.*\[1, 3\]/],
    ["slice backwards", on((x) => x.slice(1, 2, 1)), ShapeError, /slice: .*2 \.\. 1/],
    ["slice at a fraction", on((x) => x.slice(1, 0.5)), RangeError, /slice: .*whole.*0\.5/],
    ["slice at NaN", on((x) => x.slice(1, Number.NaN)), RangeError, /slice: .*NaN/],
    [
      "pad by a negative width",
      on((x) =>
        x.pad([
          [0, 0],
          [-1, 0],
        ]),
      ),
      ShapeError,
      /pad: /,
    ],
    ["pad by numbers", on((x) => x.pad(wrong([1, 1]))), TypeError, /pad: widths must be an array of pairs.*\[1, 1\]/],
    ["pad by one width", on((x) => x.pad(wrong([[1], [1, 0]]))), TypeError, /pad: widths must be an array of pairs/],
    ["pad by a number", on((x) => x.pad(wrong(1))), TypeError, /pad: widths must be an array of pairs.*1/],
    ["reshape to a number", on((x) => x.reshape(wrong(3))), TypeError, /reshape: shape must be an array.*3/],
    ["reshape to nothing", on((x) => x.reshape(wrong(undefined))), TypeError, /reshape: shape must be an array/],
    [
      "transpose by a number",
      on((x) => x.transpose(wrong(1))),
      TypeError,
      /transpose: permutation must be an array.*1/,
    ],
    ["sum over no axes named", on((x) => x.sum({ axes: wrong(null) })), TypeError, /sum: axes must be a number or/],
    ["gelu of another form", on((x) => x.gelu(wrong("exact"))), RangeError, /gelu: form must be "erf" or "tanh"/],
    ["pad of another rank", on((x) => x.pad([[0, 0]])), RangeError, /pad: got 1 pairs, expected 2/],
    ["broadcastTo another extent", on((x) => x.broadcastTo([2, 4])), ShapeError, /broadcastTo: .*3.*4/],
    ["broadcastTo fewer axes", on((x) => x.broadcastTo([3])), ShapeError, /broadcastTo: .*axes/],
    ["broadcastTo a fraction", on((x) => x.broadcastTo([2.5, 3])), RangeError, /broadcastTo: .*whole.*2\.5/],
    ["a result too large", on((x) => x.broadcastTo([100000, 100000, 3])), MemoryError, /broadcastTo: .*more elements/],
    ["concatenate nothing", () => concatenate([]), RangeError, /concatenate: got no tensors/],
    [
      "concatenate other extents",
      on((x) => concatenate([x, x.reshape([3, 1])], 0)),
      ShapeError,
      /concatenate: .*\[1, 3\].*\[3, 1\]/,
    ],
    ["concatenate something else", on((x) => concatenate([x, wrong(3)])), TypeError, /expected a tensor, got 3/],
    ["concatenate a string", on(() => concatenate(wrong("ab"))), TypeError, /concatenate: /],
    ["gather at fractions", on((x) => x.gather([0.5])), RangeError, /whole.*0\.5/],
    ["gather at a fraction", on((x) => x.gather(0.5)), RangeError, /whole.*0\.5/],
    ["gather beyond 32 bits", on((x) => x.gather([2 ** 32])), RangeError, /whole numbers of 32 bits, got 4294967296/],
    ["fill i32 with a fraction", on(() => fill(engine, 1.5, [2], "i32")), RangeError, /fill: value .*whole.*1\.5/],
    ["gather at floats", on((x) => x.gather(x)), TypeError, /gather: wrong element type: got f64, expected i32/],
    [
      "gather beyond the table",
      on((x) => x.gather([1])),
      RangeError,
      /gather: index 0 out of range: got 1, expected 0 \.\. 0/,
    ],
    ["gather before the table", on((x) => x.gather([-1])), RangeError, /gather: index 0 out of range: got -1/],
    [
      "gather into too many axes",
      on((x) => x.gather({ data: [0], shape: nine.slice(1) })),
      ShapeError,
      /gather: .*axes.*at most 8/,
    ],
    ["oneHot of floats", on((x) => x.oneHot(3)), TypeError, /oneHot: wrong element type/],
    ["oneHot of a fraction of classes", on((x) => x.cast("i32").oneHot(3.5)), RangeError, /oneHot: classes .*3\.5/],
    [
      "oneHot of no number of classes",
      on((x) => x.cast("i32").oneHot(Number.NaN)),
      RangeError,
      /oneHot: classes .*NaN/,
    ],
    [
      "oneHot in whole numbers",
      on((x) => x.cast("i32").oneHot(9, wrong("i32"))),
      either,
      /oneHot: .*f32.*f64.*i32|oneHot: .*i32.*f32/,
    ],
    ["cast to an unknown type", on((x) => x.cast(wrong("f16"))), either, /cast: .*f16/],
    [
      "crossEntropy, label out of range",
      on((x) => x.crossEntropy([3])),
      RangeError,
      /crossEntropy: index 0 out of range: got 3, expected 0 \.\. 2/,
    ],
    [
      "crossEntropy, number of labels",
      on((x) => x.crossEntropy([0, 1])),
      ShapeError,
      /crossEntropy: .*\[1, 3\].*\[2\]/,
    ],
    [
      "floats mixed",
      () => run(engine, ({ a, b }: Inputs) => a!.add(b!), { a: Float32Array.of(1), b: Float64Array.of(1) }),
      TypeError,
      /add: .*mixed.*f32 and f64.*cast/,
    ],
    ["an operand that is no array", on((x) => x.add(wrong("1"))), TypeError, /^add: expected numbers.*"1"/],
    ["an operand that is missing", on((x) => x.add(wrong(undefined))), TypeError, /^add: expected numbers.*undefined/],
    [
      "a factor that is missing",
      on((x) => x.matmul(wrong(undefined))),
      TypeError,
      /^matmul: expected numbers.*undefined/,
    ],
    ["fill of a text", on((x) => x.add(fill(engine, wrong("1")))), TypeError, /fill: .*"1"/],
    ["fill of a negative shape", on((x) => x.add(fill(engine, 1, [0, -1]))), RangeError, /fill: .*-1/],
    ["fill of a fraction", on((x) => x.add(fill(engine, 1, [2.5]))), RangeError, /fill: .*2\.5/],
    ["fill of nine axes", on((x) => x.add(fill(engine, 1, nine))), ShapeError, /fill: .*axes.*at most 8/],
    ["fill of an unknown type", on((x) => x.add(fill(engine, 1, [1], wrong("f16")))), either, /fill: .*"?f16/],
    ["iota of more than there can be", on((x) => x.add(iota(engine, 2 ** 32 + 3))), RangeError, /iota: /],
    ["uniform of a negative shape", on((x) => x.add(uniform(engine, [-3]))), RangeError, /uniform: .*-3/],
    [
      "bernoulli of a probability above 1",
      on((x) => x.add(bernoulli(engine, 1.5, [3]))),
      RangeError,
      /bernoulli: probability .*1\.5/,
    ],
    [
      "bernoulli of NaN",
      on((x) => x.add(bernoulli(engine, Number.NaN, [3]))),
      RangeError,
      /bernoulli: probability .*NaN/,
    ],
    ["clamp of crossed bounds", on((x) => x.clamp(2, 1)), RangeError, /clamp: .*2.*1/],
    ["clamp without bounds", on((x) => x.clamp(wrong(undefined), wrong(undefined))), either, /clamp: .*undefined/],
    ["leakyRelu of a text", on((x) => x.leakyRelu(wrong("a"))), TypeError, /leakyRelu: .*"a"/],
  ]);
});

describe("arguments of transforms", () => {
  const square = (x: Tensor): Tensor => x.square();
  table(() => [
    [
      "ragged rows",
      () => run(engine, square, [[1, 2], [3]] as never),
      ShapeError,
      /rows differ in length: got 1, expected 2/,
    ],
    ["numbers and rows mixed", () => run(engine, square, [[1], 2] as never), ShapeError, /mixed/],
    ["numbers before rows", () => run(engine, square, [1, [2, 3, 4]] as never), ShapeError, /mixed/],
    [
      "nested data beside a shape",
      () => run(engine, square, { data: wrong([[1], [2]]), shape: [2] }),
      ShapeError,
      /data beside a shape must be flat, got \[2, 1\]/,
    ],
    ["an Int16Array", () => run(engine, square, wrong(Int16Array.of(1))), TypeError, /expected .*got an Int16Array/],
    ["a BigInt64Array", () => run(engine, square, wrong(new BigInt64Array(1))), TypeError, /got a BigInt64Array/],
    [
      "a tensor for an array",
      () => run(engine, (x) => hvp(engine, square)(wrong(x), [1]) as never, [1]),
      TypeError,
      /hvp: expected .*got a tensor/,
    ],
    ["no engine", () => run(wrong(undefined), square, [1]), TypeError, /compile: the first argument must be an engine/],
    [
      "an engine not awaited",
      () => valueAndGrad(wrong(Promise.resolve(engine)), square),
      TypeError,
      /valueAndGrad: the first argument must be an engine, .*Await/,
    ],
    ["a hole", () => run(engine, square, [undefined] as never), TypeError, /expected numbers, got undefined/],
    [
      "texts in data",
      () => run(engine, square, { data: wrong(["1"]), shape: [1] }),
      TypeError,
      /expected numbers.*"1"/,
    ],
    [
      "data that does not fill its shape",
      () => run(engine, square, { data: [1, 2, 3], shape: [2, 2] }),
      ShapeError,
      /data has 3 elements.*\[2, 2\] holds 4/,
    ],
    ["a negative extent", () => run(engine, square, { data: [], shape: [0, -1] }), ShapeError, /whole numbers/],
    ["no function", () => run(engine, wrong(3), [1]), TypeError, /compile: expected a function.*3/],
    [
      "a function that answers a number",
      () =>
        run(
          engine,
          wrong(() => 3),
          [1],
        ),
      TypeError,
      /must return a tensor, got 3/,
    ],
    [
      "a function that answers a promise",
      () =>
        run(
          engine,
          wrong(async (x: Tensor) => x),
          [1],
        ),
      TraceError,
      /promise.*without async/,
    ],
    [
      "gradient of something with shape",
      () => grad(engine, square)([1, 2]),
      ShapeError,
      /^grad: .*must return a scalar: got shape \[2\].*mean\(\) or sum\(\)/,
    ],
    [
      "valueAndGrad of something with shape",
      () => valueAndGrad(engine, square)([1, 2]),
      ShapeError,
      /^valueAndGrad: .*must return a scalar/,
    ],
    [
      "hvp of something with shape",
      () => hvp(engine, square)([1, 2], [1, 2]),
      ShapeError,
      /^hvp: .*must return a scalar/,
    ],
    [
      "hvp with another vector",
      () => hvp(engine, (x: Tensor) => x.square().sum())([1, 2], [1, 2, 3]),
      ShapeError,
      /hvp: the vector must be (shaped|arranged) like the argument/,
    ],
    [
      "hvp with another tree",
      () => hvp(engine, ({ a }: Inputs) => a!.square().sum())({ a: [1] }, { b: [1] }),
      ShapeError,
      /hvp: .*"?[ab]"?/,
    ],
    [
      "hvp without parameters",
      () => hvp(engine, () => fill(engine, 1))({}, {}),
      ShapeError,
      /hvp: there are no parameters/,
    ],
    ["nothing at all", () => run(engine, square, wrong(undefined)), TypeError, /undefined/],
    ...[new Map([["w", 1]]), new Set([1]), new Date(0), new ArrayBuffer(8), Promise.resolve(1)].map((value): Case => {
      const kind = value.constructor.name;
      const words = new RegExp(`parameters: "w\\.0" must be an array or an object of arrays, got an? ${kind}\\.$`);
      return [`a ${kind} for a tree`, () => valueAndGrad(engine, square)(wrong({ w: [value] })), TypeError, words];
    }),
    ["a DataView", () => run(engine, square, wrong(new DataView(new ArrayBuffer(8)))), TypeError, /got a DataView/],
  ]);
});

it("a function of no parameters, and of objects of a class", () => {
  expect(compile(engine, () => fill(engine, 2))({})).toBe(2);
  expect(valueAndGrad(engine, () => fill(engine, 2))({})).toEqual({ value: 2, gradient: {} });
  class Line {
    slope = [3];
  }
  const { gradient } = valueAndGrad(engine, ({ slope }: Inputs) => slope!.square().sum())({ ...new Line() });
  expect(valueAndGrad(engine, ({ slope }: Inputs) => slope!.square().sum())(wrong(new Line())).gradient).toEqual(
    gradient,
  );
});

describe("tensors outside their trace", () => {
  /** A tensor of a trace that is over. */
  const stale = (): Tensor => {
    let kept: Tensor | null = null;
    run(
      engine,
      (x: Tensor) => {
        kept = x;
        return x;
      },
      [1, 2],
    );
    return kept as unknown as Tensor;
  };
  table(() => [
    ["used later", () => stale().add(1), TraceError, /add: .*after its function was traced|trace: already closed/],
    [
      "used in another function",
      () => {
        const t = stale();
        run(engine, (x: Tensor) => x.add(t), [1, 2]);
      },
      TraceError,
      /add: a tensor is used after its function was traced\. Pass it/,
    ],
    [
      "answered by another function",
      () => {
        const t = stale();
        run(engine, () => t, [1, 2]);
      },
      TraceError,
      /after its function was traced/,
    ],
    [
      "differentiated in another function",
      () => {
        const t = stale();
        grad(engine, () => t.sum())([1, 2]);
      },
      TraceError,
      /after its function was traced/,
    ],
    [
      "read as a number",
      () => run(engine, (x: Tensor) => x.add((x as unknown as number) + 1), [1]),
      TraceError,
      /no value while it is traced/,
    ],
    [
      "iterated",
      () => run(engine, (x: Tensor) => x.add([...(x as unknown as number[])]), [1]),
      TraceError,
      /no elements to iterate over/,
    ],
    ["written as JSON", () => run(engine, (x: Tensor) => x.add(JSON.stringify(x).length), [1]), TraceError, /no value/],
    ["made outside", () => constant(engine, 1), TraceError, /constant: only possible inside a traced function/],
    [
      "compiled inside",
      () => run(engine, (x: Tensor) => x.add(run(engine, (y: Tensor) => y, 1) as number), [1]),
      TraceError,
      /another function is being traced/,
    ],
  ]);

  it("a tensor of another engine", async () => {
    const other = await testEngine();
    await expectFailure(trainer, [
      "of another engine",
      () =>
        run(
          engine,
          (x: Tensor) => {
            run(other, (y: Tensor) => x.add(y), [1, 2]);
            return x;
          },
          [1, 2],
        ),
      TraceError,
      /add: a tensor belongs to another engine/,
    ]);
    await expectFailure(trainer, [
      "constant of another engine",
      () => run(engine, (x: Tensor) => x.add(constant(other, 1)), 1),
      TraceError,
      /constant: only possible inside/,
    ]);
    expect(run(other, (x: Tensor) => x.add(1), 1)).toBe(2);
  });
});

describe("options", () => {
  const rates = [0, -1, Number.NaN, Infinity, -Infinity, "0.1", null, {}, true];
  for (const rate of rates)
    for (const [name, make] of [
      ["sgd", sgd],
      ["adam", adam],
      ["adamW", adamW],
    ] as const)
      it(`${name} with learningRate ${JSON.stringify(rate) ?? rate} (${String(rate)})`, async () => {
        const kind = typeof rate === "number" ? RangeError : TypeError;
        await expectFailure(trainer, [
          name,
          () => make({ learningRate: wrong(rate) }),
          kind,
          new RegExp(`${name}: learningRate must be a positive number, got `),
        ]);
      });
  const h = { learningRate: 0.1 };
  table(() => [
    ["sgd without options", () => sgd(wrong(undefined)), TypeError, /sgd: options must be an object/],
    [
      "sgd without a rate",
      () => sgd(wrong({})),
      TypeError,
      /sgd: learningRate must be a positive number, got undefined/,
    ],
    [
      "a misspelt rate",
      () => adam(wrong({ learningrate: 1 })),
      TypeError,
      /adam: unknown option "learningrate"\. Did you mean "learningRate"\?/,
    ],
    ["the short name of a rate", () => adam(wrong({ lr: 1 })), TypeError, /adam: unknown option "lr".*learningRate/],
    ["momentum of 1", () => sgd({ ...h, momentum: 1 }), RangeError, /sgd: momentum must be .*got 1/],
    ["a form without momentum", () => sgd(wrong({ ...h, nesterov: true })), TypeError, /sgd: nesterov needs momentum/],
    [
      "an unknown form",
      () => sgd(wrong({ ...h, momentum: 0.9, momentumForm: "polyak" })),
      RangeError,
      /sgd: momentumForm must be .*"polyak"/,
    ],
    [
      "Nesterov with dampening",
      () => sgd(wrong({ ...h, momentum: 0.9, nesterov: true, dampening: 0.5 })),
      TypeError,
      /nesterov cannot be combined with dampening/,
    ],
    [
      "an unknown Nesterov",
      () => sgd(wrong({ ...h, momentum: 0.9, nesterov: "yes" })),
      either,
      /sgd: nesterov must be .*"yes"/,
    ],
    [
      "an unknown first step",
      () => sgd(wrong({ ...h, momentum: 0.9, firstStep: "x" })),
      RangeError,
      /sgd: firstStep must be .*"x"/,
    ],
    [
      "dampening of a velocity",
      () => sgd(wrong({ ...h, momentum: 0.9, momentumForm: "velocity", dampening: 0.5 })),
      TypeError,
      /sgd: .*dampening/,
    ],
    [
      "a first step of a velocity",
      () => sgd(wrong({ ...h, momentum: 0.9, momentumForm: "velocity", firstStep: "zero" })),
      TypeError,
      /sgd: .*firstStep/,
    ],
    ["beta1 of 1", () => adam({ beta1: 1 }), RangeError, /adam: beta1 must be .*below 1, got 1/],
    ["epsilon of 0", () => adam({ epsilon: 0 }), RangeError, /adam: epsilon must be a positive number, got 0/],
    ["negative decay", () => adamW({ weightDecay: -1 }), RangeError, /adamW: weightDecay must be .*got -1/],
    [
      "an unknown filter",
      () => adamW({ decayFilter: wrong("weights") }),
      RangeError,
      /adamW: decayFilter must be .*"weights"/,
    ],
    [
      "a misspelt option of a trainer",
      () => classifier(engine, wrong({ optimiser: 1 })),
      TypeError,
      /createTrainer: unknown option "optimiser"\. Did you mean "optimizer"/,
    ],
    [
      "a trainer of nothing",
      () => createTrainer(engine, wrong({})),
      TypeError,
      /createTrainer: model must be a layer, got undefined\. Try/,
    ],
    [
      "a model that was not called",
      () => classifier(engine, { model: wrong(relu) }),
      TypeError,
      /createTrainer: model must be a layer, got a function/,
    ],
    [
      "a loss that was not called",
      () => classifier(engine, { loss: wrong(meanSquaredError) }),
      TypeError,
      /createTrainer: loss must be a loss, got a function/,
    ],
    [
      "an optimizer that was not called",
      () => classifier(engine, { optimizer: wrong(adam) }),
      TypeError,
      /createTrainer: optimizer must be an optimizer, got a function/,
    ],
    [
      "a metric that was not called",
      () => classifier(engine, { metrics: [wrong(accuracy)] }),
      TypeError,
      /createTrainer: metrics must be an array of metrics/,
    ],
    [
      "a loss among the metrics",
      () => classifier(engine, { metrics: [wrong(meanAbsoluteError())] }),
      TypeError,
      /createTrainer: metrics must be an array of metrics/,
    ],
    [
      "a loss among the metrics of a head",
      () => heads({ score: { loss: meanSquaredError(), metrics: [wrong(meanAbsoluteError())] } }),
      TypeError,
      /heads: score: metrics must be an array of metrics/,
    ],
    [
      "one metric without a list",
      () => classifier(engine, { metrics: wrong(accuracy()) }),
      TypeError,
      /createTrainer: metrics must be an array of metrics/,
    ],
    [
      "a negative seed",
      () => classifier(engine, { seed: -1 }),
      RangeError,
      /createTrainer: seed must be a whole number/,
    ],
    [
      "a seed with a fraction",
      () => classifier(engine, { seed: 0.5 }),
      RangeError,
      /createTrainer: seed must be a whole number.*0\.5/,
    ],
    [
      "a text for a seed",
      () => classifier(engine, { seed: wrong("1") }),
      TypeError,
      /createTrainer: seed must be a whole number.*"1"/,
    ],
    [
      "an unknown dtype",
      () => classifier(engine, { dtype: wrong("f16") }),
      RangeError,
      /createTrainer: dtype must be "f32" or "f64", got "f16"/,
    ],
    ["microBatch of 0", () => classifier(engine, { microBatch: 0 }), RangeError, /createTrainer: microBatch/],
    [
      "a deviation of 0",
      () => classifier(engine, { standardize: { mean: 0, deviation: 0 } }),
      RangeError,
      /standardize\.deviation must be a positive number, got 0/,
    ],
    [
      "a misspelt deviation",
      () => classifier(engine, { standardize: wrong({ mean: 0, std: 1 }) }),
      TypeError,
      /standardize.*(unknown option "std"|deviation must be)/,
    ],
    [
      "a layer of no width",
      () => linear(0, 1),
      RangeError,
      /linear: inputs must be a whole number of at least 1, got 0/,
    ],
    ["a layer of 2.5 features", () => linear(1, 2.5), RangeError, /linear: outputs must be .*2\.5/],
    [
      "a misspelt option of a layer",
      () => linear(1, 1, wrong({ biases: false })),
      TypeError,
      /linear: unknown option "biases"\. Did you mean "bias"/,
    ],
    [
      "a layer that was not called",
      () => sequential([wrong(relu)]),
      TypeError,
      /sequential: element 0 is not a layer, got a function\. Call/,
    ],
    [
      "something else than an engine",
      () => createTrainer(wrong({}), { model: linear(1, 1), loss: meanSquaredError(), optimizer: adam() }),
      TypeError,
      /createTrainer: .*engine/,
    ],
    [
      "an unknown option of an engine",
      () => createEngine(wrong({ memorylimit: 1 })),
      TypeError,
      /createEngine: unknown option "memorylimit"\. Did you mean "memoryLimit"/,
    ],
    [
      "a memory limit too small",
      () => createEngine({ memoryLimit: 1000 }),
      RangeError,
      /createEngine: memoryLimit must be .*1048576, got 1000/,
    ],
    [
      "an unknown build",
      () => createEngine({ build: wrong("debug") }),
      RangeError,
      /createEngine: build must be .*"debug"/,
    ],
    ["wasm of a wrong kind", () => createEngine({ wasm: wrong(3) }), TypeError, /createEngine: wasm must be/],
    ["wasm that is none", () => createEngine({ wasm: new Uint8Array(8) }), EngineError, /createEngine: /],
    [
      "wasm of something else",
      () => createEngine({ wasm: Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0) }),
      EngineError,
      /createEngine: /,
    ],
  ]);
});

describe("samples", () => {
  const step = (samples: unknown) => () => trainer.step(wrong(samples));
  const one = (targets: unknown) => step({ inputs: [[1, 2]], targets });
  table(() => [
    ["no batch", step(undefined), TypeError, /^step: the data must be { inputs: xs, targets: ys }.*got undefined/],
    ["null", step(null), TypeError, /^step: the data must be .*got null/],
    ["no inputs", step({ targets: [1] }), TypeError, /^step: inputs: expected numbers, .*got undefined/],
    [
      "nothing to predict",
      () => trainer.predict(wrong(undefined)),
      TypeError,
      /^predict: inputs: expected numbers, .*got undefined/,
    ],
    ["no targets", step({ inputs: [[1, 2]] }), ShapeError, /no targets/],
    ["misspelt targets", step({ inputs: [[1, 2]], target: [1] }), either, /target/],
    ["something more", step({ inputs: [[1, 2]], targets: [1], weight: [1] }), TypeError, /unknown.*"weight"/],
    [
      "a wrong width",
      step({ inputs: [[1, 2, 3]], targets: [1] }),
      ShapeError,
      /^step: linear\(2, 4\): got \[1, 3\], expected \[batch, 2\]/,
    ],
    [
      "a wrong rank",
      step({ inputs: [1, 2], targets: [0, 1] }),
      ShapeError,
      /^step: linear\(2, 4\): got \[2\], expected \[batch, 2\]\. Wrap one row in an array/,
    ],
    [
      "other numbers of inputs and targets",
      step({ inputs: [[1, 2]], targets: [0, 1] }),
      ShapeError,
      /1 inputs and 2 targets/,
    ],
    ["an empty batch", step({ inputs: [], targets: [] }), ShapeError, /no samples: got shape \[0\]/],
    [
      "an empty batch with a width",
      step({ inputs: { data: [], shape: [0, 2] }, targets: [] }),
      ShapeError,
      /no samples: got shape \[0, 2\]/,
    ],
    ["a number for a batch", step({ inputs: 1, targets: 1 }), ShapeError, /no samples: got shape \[\]/],
    [
      "NaN",
      step({
        inputs: [
          [1, 2],
          [1, Number.NaN],
        ],
        targets: [0, 1],
      }),
      RangeError,
      /inputs: sample 1 holds NaN in column 1, expected finite numbers/,
    ],
    [
      "infinite typed inputs",
      step({ inputs: { data: Float32Array.of(1, -Infinity), shape: [1, 2] }, targets: [0] }),
      RangeError,
      /sample 0 holds -Infinity/,
    ],
    ["a label too large", one([3]), RangeError, /target of sample 0 is 3, expected 0 \.\. 2 for 3 outputs/],
    ["a negative label", one([-1]), RangeError, /target of sample \d is -1, expected 0/],
    ["half a label", one([0.5]), RangeError, /label 0 must be a whole number.*0\.5/],
    ["a label of NaN", one([Number.NaN]), RangeError, /label 0 must be a whole number.*NaN/],
    ["a label beyond 32 bits", one([2 ** 32]), RangeError, /label 0 must be a whole number|out of range/],
    ["a text for a label", one(["1"]), TypeError, /expected numbers.*"1"/],
    ["labels as a column", one([[1]]), TypeError, /targets \[1, 1\].*\{ data: Int32Array, shape: \[1\] \}/],
    ["one-hot rows of another width", one([[0, 1]]), ShapeError, /\[1, 3\].*\[1, 2\]/],
    ["one-hot rows with NaN", one([[0, Number.NaN, 1]]), RangeError, /targets: sample 0 holds NaN/],
    ["predict with NaN", () => trainer.predict([[1, Number.NaN]]), RangeError, /sample 0 holds NaN/],
    [
      "predict with a wrong width",
      () => trainer.predict([[1, 2, 3]]),
      ShapeError,
      /^predict: linear\(2, 4\): got \[1, 3\], expected \[batch, 2\]/,
    ],
    ["predict nothing", () => trainer.predict([]), ShapeError, /no samples/],
    [
      "classify a wrong width",
      () => trainer.classify([1, 2, 3]),
      ShapeError,
      /linear\(2, 4\): got \[1, 3\], expected \[batch, 2\]/,
    ],
    [
      "evaluate a wrong label",
      () => trainer.evaluate({ inputs: [[1, 2]], targets: [7] }),
      RangeError,
      /target of sample \d is 7, expected 0/,
    ],
    ["cost of 2.5 rows", () => trainer.cost(batch, 2.5), RangeError, /cost: rows .*2\.5/],
    ["cost of no rows", () => trainer.cost(batch, 0), RangeError, /cost: rows .*0/],
    [
      "an unknown parameter",
      () => trainer.setParameters({ "0.weights": [[1]] }),
      RangeError,
      /no parameter "0\.weights"\. Did you mean "0\.weight"/,
    ],
    [
      "a parameter of another shape",
      () => trainer.setParameters({ "0.bias": [9, 9, 9, 9], "2.bias": [1] }),
      ShapeError,
      /"2\.bias".*\[1\].*\[3\]/,
    ],
    [
      "a parameter with NaN",
      () => trainer.setParameters({ "0.bias": [1, 2, Number.NaN, 4] }),
      RangeError,
      /"0\.bias".*finite/,
    ],
    [
      "a parameter beyond the range of f32",
      () => trainer.setParameters({ "0.bias": [1, 2, 1e39, 4] }),
      RangeError,
      /"0\.bias".*finite/,
    ],
    ["no parameters", () => trainer.setParameters(wrong(null)), TypeError, /setParameters: /],
    ["a Map of parameters", () => trainer.setParameters(wrong(new Map())), TypeError, /setParameters: .*got a Map\.$/],
    ["parameters in nothing", () => trainer.setParameters(wrong([])), TypeError, /setParameters: .*got \[\]\.$/],
    [
      "a Map of state",
      () => trainer.setState(wrong(new Map())),
      TypeError,
      /setState: expected arrays by name, got a Map/,
    ],
    [
      "a file for options",
      () => adam(wrong(new ArrayBuffer(8))),
      TypeError,
      /adam: options must be .*got an ArrayBuffer/,
    ],
    [
      "a data set of plain numbers for a loss of classes",
      () => {
        const numbers = createDataset(engine, { inputs: [[1], [2]], targets: [0, 1] });
        const model = linear(1, 2);
        const loss = softmaxCrossEntropy();
        createTrainer(engine, { model, loss, optimizer: sgd({ learningRate: 1 }) }).step(numbers as never);
      },
      TypeError,
      /softmaxCrossEntropy: got targets \[2\] in f32, expected class indices.*Int32Array.*"classes"/,
    ],
    [
      "a data set of targets of another kind",
      () => createDataset(engine, { inputs: [[1]], targets: [0] }, wrong("class")),
      RangeError,
      /createDataset: targets must be "classes" or "values", got "class"/,
    ],
    [
      "a seed of 2⁵³",
      () => createTrainer(engine, { ...trainer.options, seed: 2 ** 53 }),
      RangeError,
      /seed must be a whole number of at least 0 and below 2⁵³, got 9007199254740992\.$/,
    ],
    [
      "a seed that is a bigint",
      () => createTrainer(engine, { ...trainer.options, seed: wrong(7n) }),
      TypeError,
      /seed must be a whole number.*got 7n\.$/,
    ],
    [
      "a data set of labels with fractions",
      () => createDataset(engine, { inputs: [[1]], targets: [0.5] }, "classes"),
      RangeError,
      /whole number/,
    ],
  ]);
});

describe("fit", () => {
  const fitting = (options: unknown) => () => trainer.fit(batch, wrong(options));
  table(() => [
    ["no options", fitting(undefined), TypeError, /fit: options must be an object/],
    ["neither epochs nor steps", fitting({}), TypeError, /fit: give either epochs or steps, got neither/],
    ["both epochs and steps", fitting({ epochs: 1, steps: 1 }), TypeError, /got both/],
    ["a misspelt option", fitting({ epoch: 1 }), TypeError, /fit: unknown option "epoch"\. Did you mean "epochs"/],
    ["no epochs", fitting({ epochs: 0 }), RangeError, /fit: epochs must be .*got 0/],
    ["half an epoch", fitting({ epochs: 0.5 }), RangeError, /fit: epochs must be a whole number/],
    ["a batch of nothing", fitting({ epochs: 1, batchSize: 0 }), RangeError, /fit: batchSize/],
    [
      "1e300 epochs",
      fitting({ epochs: 1e300 }),
      RangeError,
      /fit: epochs must be a whole number of at least 1 and below 2⁵³, got 1e\+300\.$/,
    ],
    ["a batch of 1.5", fitting({ epochs: 1, batchSize: 1.5 }), RangeError, /fit: batchSize/],
    [
      "an unknown lastBatch",
      fitting({ epochs: 1, lastBatch: "pad" }),
      RangeError,
      /fit: lastBatch must be "keep" or "drop", got "pad"/,
    ],
    ["a shuffle that is neither", fitting({ epochs: 1, shuffle: "no" }), TypeError, /fit: shuffle must be .*"no"/],
    ["a signal that is none", fitting({ epochs: 1, signal: {} }), TypeError, /fit: signal must be/],
    ["a callback that is none", fitting({ epochs: 1, onProgress: 1 }), TypeError, /fit: onProgress must be/],
    ["an empty set", () => trainer.fit({ inputs: [], targets: [] }, { epochs: 1 }), ShapeError, /no samples/],
    ["validation without targets", fitting({ epochs: 1, validation: { inputs: [[1, 2]] } }), ShapeError, /no targets/],
    [
      "validation of another width",
      fitting({ epochs: 1, validation: { inputs: [[1, 2, 3]], targets: [1] } }),
      ShapeError,
      /^fit: validation: linear\(2, 4\): got \[1, 3\], expected \[batch, 2\]/,
    ],
    [
      "validation with a wrong label",
      fitting({ epochs: 1, validation: { inputs: [[1, 2]], targets: [7] } }),
      RangeError,
      /target of sample \d is 7, expected 0/,
    ],
    [
      "a wrong label in the data",
      () => trainer.fit({ ...batch, targets: [0, 1, 2, 3] }, { epochs: 1 }),
      RangeError,
      /target of sample \d is 3, expected 0/,
    ],
  ]);

  it("the trainer is not to be used while a run is under way, and afterwards it is", async () => {
    const run = trainer.fit(batch, { epochs: 3, batchSize: 2 });
    for (const body of [
      () => trainer.setParameters({}),
      () => trainer.refreshStatistics(batch),
      () => trainer.cost(batch, 1),
      () => trainer.fit(batch, { epochs: 1 }),
      () => trainer.free(),
    ])
      expect(body).toThrowError(/a run is in progress/);
    expect((await run).epochs.length).toBe(3);
    trainer.step(batch);
    trainer.free();
  });

  it("a data set is not to be freed while a run reads it", async () => {
    const resident = createDataset(engine, batch, "classes");
    const run = trainer.fit(resident, { epochs: 3, batchSize: 2 });
    expect(() => resident.free()).toThrowError(TraceError);
    await run;
    resident.free();
  });
});

describe("used after it was freed", () => {
  it("a trainer", () => {
    const own = classifier(engine);
    const bytes = own.save();
    own.free();
    own.free();
    const calls: Readonly<Record<string, () => unknown>> = {
      step: () => own.step(batch),
      fit: () => own.fit(batch, { epochs: 1 }),
      evaluate: () => own.evaluate(batch),
      predict: () => own.predict(batch.inputs),
      classify: () => own.classify([1, 2]),
      cost: () => own.cost(batch, 1),
      save: () => own.save(),
      restore: () => own.restore(bytes),
      setParameters: () => own.setParameters({}),
      parameters: () => own.parameters(),
      steps: () => own.steps,
    };
    for (const [name, call] of Object.entries(calls)) {
      expect(call, name).toThrowError(TraceError);
      expect(call, name).toThrowError(/trainer: used after it was freed/);
    }
    trainer.step(batch);
  });

  it("a data set, also one of another engine", async () => {
    const resident = createDataset(engine, batch, "classes");
    resident.free();
    resident.free();
    for (const call of [
      () => trainer.evaluate(resident),
      () => trainer.fit(resident, { epochs: 1 }),
      () => trainer.step(resident as never),
    ])
      await expectFailure(trainer, ["freed", call, TraceError, /dataset: used after it was freed/]);
    const foreign = createDataset(await testEngine(), batch, "classes");
    await expectFailure(trainer, [
      "foreign",
      () => trainer.fit(foreign, { epochs: 1 }),
      TraceError,
      /dataset: belongs to another engine/,
    ]);
  });
});

describe("memory limit", () => {
  it("is an error each time, with nothing kept and everything else going on", async () => {
    const small = await testEngine({ memoryLimit: 2 ** 21 });
    const own = classifier(small);
    own.step(batch);
    const before = { weights: hashOf(own), inUse: small.bytesInUse };
    const big = 2 ** 19;
    const calls: Readonly<Record<string, () => unknown>> = {
      dataset: () => createDataset(small, { inputs: new Float32Array(big * 2) }),
      trainer: () => createTrainer(small, { model: linear(1000, 1000), loss: meanSquaredError(), optimizer: adam() }),
      program: () =>
        run(
          small,
          (x: Tensor) =>
            x
              .broadcastTo([1000, 1000])
              .matmul(x.broadcastTo([1000, 1000]))
              .sum(),
          [[1]],
        ),
      constant: () => run(small, (x: Tensor) => x.add(new Float64Array(big)), 1),
      argument: () => run(small, (x: Tensor) => x.sum(), new Float64Array(big)),
      step: () =>
        own.step({
          inputs: { data: new Float32Array(2 * 200000), shape: [200000, 2] },
          targets: new Int32Array(200000),
        }),
      fit: () =>
        own.fit(
          { inputs: { data: new Float32Array(2 * 90000), shape: [90000, 2] }, targets: new Int32Array(90000) },
          { epochs: 1 },
        ),
      predict: () => own.predict({ data: new Float32Array(2 * 300000), shape: [300000, 2] }),
    };
    for (let round = 0; round < 3; round++)
      for (const [name, call] of Object.entries(calls)) {
        expect(call, name).toThrowError(MemoryError);
        expect(call, name).toThrowError(/out of memory: .*MiB.*memoryLimit/);
        if (["step", "fit", "predict"].includes(name)) expect(call).toThrowError(new RegExp(`^${name}: `));
        // A step has freed the batch before it.
        expect(small.bytesInUse, `bytes in use after ${name}`).toBeLessThanOrEqual(before.inUse);
        expect(small.memoryBytes).toBeLessThanOrEqual(2 ** 21);
        expect(hashOf(own)).toBe(before.weights);
      }
    own.step(batch);
    expect(run(small, (x: Tensor) => x.add(1), 1)).toBe(2);
  });
});

describe("parts of one's own", () => {
  const values = { inputs: [[1, 2]], targets: [[1, 1, 1]] };
  const loss = (apply: (x: Tensor) => unknown) => () =>
    classifier(engine, { loss: { name: "own", targets: "values", apply: wrong(apply) } }).step(values);
  const metric =
    (apply: (x: Tensor) => unknown, name = "own") =>
    () =>
      classifier(engine, { metrics: [{ name, apply: wrong(apply) }] }).evaluate(batch);
  const model = (apply: (x: Tensor) => unknown) => () =>
    classifier(engine, {
      model: { name: "own", parameters: {}, apply: wrong((_: unknown, x: Tensor) => apply(x)) },
    }).predict(batch.inputs);
  const start = (initializer: (shape: readonly number[]) => Tensor) => () =>
    classifier(engine, {
      model: {
        name: "own",
        parameters: { w: { shape: [2], initializer: ({ shape }) => initializer(shape) } },
        apply: ({ w }, x) => x.multiply(w!),
      },
    });
  const declaring = (parameters: unknown) => () =>
    classifier(engine, { model: wrong({ name: "own", parameters, apply: (_: unknown, x: Tensor) => x }) });
  table(() => [
    ["no parameters", declaring(null), TypeError, /createTrainer: model must be a layer/],
    ["a parameter that is null", declaring({ w: null }), TypeError, /"w" must be \{ shape, initializer \}, got null/],
    ["a parameter that is a number", declaring({ w: 3 }), TypeError, /"w" must be \{ shape, initializer \}, got 3/],
    [
      "no initializer",
      declaring({ w: { shape: [2] } }),
      TypeError,
      /initializer of "w" must be a function, got undefined/,
    ],
    ["no shape", declaring({ w: { initializer: zerosInitializer } }), TypeError, /"w.initializer" must be \{ shape/],
    [
      "a constant without its type",
      () =>
        classifier(engine, {
          model: {
            name: "own",
            parameters: { w: { shape: [1], initializer: ({ trace }) => trace.constant([1], wrong(undefined)) } },
            apply: (_, x) => x,
          },
        }),
      RangeError,
      /constant: dtype must be "f32" or "f64" or "i32", got undefined/,
    ],
    [
      "a filled tensor without its type",
      () =>
        classifier(engine, {
          model: {
            name: "own",
            parameters: {
              w: { shape: [1], initializer: ({ trace, shape }) => trace.fill(1, shape, wrong(undefined)) },
            },
            apply: (_, x) => x,
          },
        }),
      ShapeError,
      /the initializer of "w" returns \[1\] in undefined, expected \[1\] in f32/,
    ],
    ["a loss of another type", loss((x) => x.cast("f64").sum()), either, /own: .*f64.*f32/],
    ["a loss of whole numbers", loss((x) => x.argMax()), either, /own: .*i32.*f32/],
    ["a loss with shape", loss((x) => x), ShapeError, /own: must return a scalar, got shape \[1, 3\]/],
    ["a loss of nothing", loss(() => undefined), TypeError, /own: .*undefined/],
    ["a metric of another type", metric((x) => x.cast("f64").sum()), either, /own: .*f64.*f32/],
    ["a metric of whole numbers", metric((x) => x.argMax().slice(0, 0, 1)), either, /own: .*i32.*f32/],
    ["a metric that is named as the loss", metric((x) => x.sum(), "loss"), either, /"loss"/],
    ["two metrics of one name", () => classifier(engine, { metrics: [accuracy(), accuracy()] }), either, /"accuracy"/],
    ["a model of another type", model((x) => x.cast("f64")), either, /own: .*f64.*f32/],
    ["a model of whole numbers", model((x) => x.argMax()), either, /own: .*i32.*f32/],
    ["a model that answers other rows", model((x) => x.sum()), ShapeError, /own: .*\[\].*4/],
    ["a model that answers a number", model(() => 3), TypeError, /: .*got 3/],
    ["an initial value of another shape", start(() => fill(engine, 1, [3], "f32")), ShapeError, /"w".*\[3\].*\[2\]/],
    ["an initial value of another type", start((shape) => fill(engine, 1, shape, "f64")), either, /"w".*f64.*f32/],
    ["an initial value of NaN", start((shape) => fill(engine, Number.NaN, shape, "f32")), RangeError, /"w".*finite/],
    [
      "two parameters of one name",
      () =>
        classifier(engine, {
          model: {
            name: "own",
            parameters: {
              "a.b": { shape: [1], initializer: zerosInitializer },
              a: { b: { shape: [2], initializer: zerosInitializer } },
            },
            apply: (_, x) => x,
          },
        }),
      either,
      /"a\.b"/,
    ],
    [
      "a parameter of a negative extent",
      () =>
        classifier(engine, {
          model: { name: "own", parameters: { w: { shape: [-1], initializer: zerosInitializer } }, apply: (_, x) => x },
        }),
      either,
      /"w".*-1/,
    ],
  ]);
});

describe("divergence", () => {
  const regression = (optimizer = sgd({ learningRate: 1e12 })): Trainer =>
    createTrainer(engine, { model: linear(2, 1), loss: meanSquaredError(), optimizer, seed: 3 });
  const points = { inputs: batch.inputs, targets: batch.targets.map((y) => [y]) };

  it("of the loss stops with step and cure, and keeps the last good weights", async () => {
    for (const train of [
      async (own: Trainer) => {
        for (;;) own.step(points);
      },
      async (own: Trainer) => {
        await own.fit(points, { steps: 1000, batchSize: 2, shuffle: false });
      },
      async (own: Trainer) => {
        for await (const _ of own.fit(points, { epochs: 1000, batchSize: 4 }));
      },
    ]) {
      const own = regression();
      const error = (await errorOf(() => train(own))) as DivergenceError;
      expect(error).toBeInstanceOf(DivergenceError);
      expect(error).toBeInstanceOf(RangeError);
      expect(error.message).toMatch(/step \d+: the (loss|gradient).* not finite.*Lower learningRate/);
      expect(own.steps).toBeGreaterThan(0);
      expect(error.step).toBe(own.steps);
      expect(error.message).toContain(`step ${own.steps + 1}:`);
      expect(flat(own.parameters().weight).every(Number.isFinite)).toBe(true);
      own.setParameters({ weight: [[0], [0]], bias: [0] });
      expect(own.step(points).loss).toBeGreaterThan(0);
    }
  });

  it("of the gradient names the parameter, nested names too", async () => {
    const root: Layer = {
      name: "root",
      parameters: {
        first: { shape: [3], initializer: zerosInitializer },
        inner: { second: { shape: [2, 2], initializer: zerosInitializer } },
      },
      apply: ({ first, inner }, x) =>
        x
          .sum()
          .multiply(0)
          .add(first!.sum())
          .add((inner as unknown as Record<string, Tensor>).second!.sqrt().sum()),
    };
    const value: Loss = { name: "value", targets: "values", apply: (x) => x.sum() };
    for (const dtype of ["f32", "f64"] as const) {
      const own = createTrainer(engine, { model: root, loss: value, optimizer: adam(), dtype });
      for (const train of [() => own.step(points), () => own.fit(points, { steps: 1 })]) {
        const before = stateOf(own);
        const error = (await errorOf(train)) as DivergenceError;
        expect(error).toBeInstanceOf(DivergenceError);
        expect(error).toMatchObject({ step: 0, parameter: "inner.second" });
        expect(error.message).toMatch(
          /step 1: the gradient of parameter "inner\.second" is not finite.*Lower learningRate/,
        );
        expect(stateOf(own)).toEqual(before);
      }
    }
  });

  it("inside a batch above microBatch abandons the whole step", async () => {
    const own = createTrainer(engine, {
      model: linear(2, 1),
      loss: meanSquaredError(),
      optimizer: adam(),
      microBatch: 2,
    });
    const bad = {
      inputs: [
        [1, 1],
        [1, 1],
        [1e30, 1],
        [1, 1],
      ],
      targets: [[1], [1], [1], [1]],
    };
    const before = stateOf(own);
    const error = await errorOf(() => own.fit(bad, { steps: 1, batchSize: 4, shuffle: false }));
    expect(error).toBeInstanceOf(DivergenceError);
    expect(stateOf(own)).toEqual(before);
    const twin = createTrainer(engine, {
      model: linear(2, 1),
      loss: meanSquaredError(),
      optimizer: adam(),
      microBatch: 2,
    });
    await own.fit(points, { steps: 2, batchSize: 4, shuffle: false });
    await twin.fit(points, { steps: 2, batchSize: 4, shuffle: false });
    expectSameBits(flat(own.parameters().weight), flat(twin.parameters().weight));
  });
});

describe("an engine that trapped", () => {
  it("says so at every call", async () => {
    const own = await testEngine();
    const t = classifier(own);
    expect(() =>
      own.call(() => {
        throw new WebAssembly.RuntimeError("unreachable");
      }),
    ).toThrowError(EngineError);
    for (const call of [
      () => t.step(batch),
      () => run(own, (x: Tensor) => x, 1),
      () => createDataset(own, batch),
      () => t.fit(batch, { epochs: 1 }),
    ]) {
      expect(call).toThrowError(EngineError);
      expect(call).toThrowError(/broken by an earlier trap.*Create a new engine/);
    }
  });
});

describe("codes", () => {
  const codes = (prefix: RegExp) =>
    Object.entries(abi).filter(([name]) => prefix.test(name) && !/(Count|Bytes)$/.test(name));

  it("every op of assembly/abi.ts has its name, for sentences", () => {
    for (const [name, code] of codes(/^op[A-Z]/))
      expect(opNameOf(code)).toBe(name.charAt(2).toLowerCase() + name.slice(3));
  });

  it("every fault of assembly/abi.ts has a sentence, and every sentence a fault", () => {
    // Loops add the sentence of their fault when they are traced: scan.test.ts has it. Layers number their own.
    const late = ["faultNone", "faultLoop"];
    const faults = codes(/^fault[A-Z]/).filter(([name]) => !late.includes(name));
    expect(
      faultCodes()
        .filter((code) => code < 65536)
        .sort(),
    ).toEqual(faults.map(([, code]) => code).sort());
    const names = { elementName: () => "w", optionName: () => "learningRate" };
    for (const [name, code] of faults) {
      const { message } = faultError(code, [1, 0, 1, 2, 3, 4], () => "[1]", names);
      expect(message, name).toMatch(/^[\w ]+: .+\. .*[.?]$/);
      expect(message, name).not.toMatch(/undefined|NaN|unknown fault/);
    }
  });

  it.each([/^op[A-Z]/, /^fault[A-Z]/, /^rule[A-Z]/, /^space[A-Z]/])("of %s are used once", (prefix) => {
    const values = codes(prefix).map(([, code]) => code);
    expect(values.length).toBeGreaterThan(0);
    expect(new Set(values).size).toBe(values.length);
  });
});

it("compile of this file frees what it makes", () => {
  const f = compile(engine, (x: Tensor) => x);
  f(1);
  f.free();
});
