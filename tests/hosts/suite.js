// What has to hold in every host. Imports nothing but the package, uses nothing but what every host has, so that one
// text runs everywhere; answers numbers and digests that the runner compares between hosts.

import {
  adam,
  adamW,
  asgd,
  augment,
  avgPool2d,
  batchNorm,
  clipGlobalNorm,
  clipValue,
  colorJitter,
  compile,
  concatenate,
  conv2d,
  convTranspose2d,
  cosineDecay,
  createDataset,
  createEngine,
  createRollingDataset,
  createTrainer,
  createTrainers,
  cutMix,
  DivergenceError,
  depthwiseConv2d,
  dropout,
  dropout2d,
  EngineError,
  ema,
  embedding,
  flatten,
  fractionalMaxPool2d,
  gaussianBlur,
  gaussianNoise,
  gelu,
  grad,
  groupNorm,
  heads,
  imageRowsSync,
  layerNorm,
  linear,
  linearSchedule,
  lion,
  lstm,
  maxPool2d,
  meanSquaredError,
  mixUp,
  modelFunction,
  muon,
  nadam,
  network,
  oneCycle,
  oneOf,
  onesInitializer,
  plateauSchedule,
  predictDraws,
  randomAffine,
  randomCrop,
  randomErasing,
  randomFlip,
  randomResizedCrop,
  randomRotation,
  readSafetensors,
  relu,
  residual,
  residualStack,
  rmsprop,
  rprop,
  ShapeError,
  scheduleFreeAdamW,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
  upsample2d,
  valueAndGrad,
  warmup,
} from "thalweg";
import { tableCoding, tableCodingFrom, tableOf } from "thalweg/table";

const steps = 500;
const rows = 203; // with batches of 32 the last one of an epoch is short
const width = 12;
const classes = 5;
const budget = 128 * 2 ** 20;

/** Uniform numbers of Park and Miller's generator, s ← 16807 s mod (2³¹ − 1): exact in doubles, equal everywhere. */
function uniform(seed) {
  let state = 1 + (seed % 2147483646);
  return () => {
    state = (16807 * state) % 2147483647;
    return state / 2147483647;
  };
}

function classification(seed) {
  const draw = uniform(seed);
  const data = Float64Array.from({ length: rows * width }, () => 2 * draw() - 1);
  return { inputs: { data, shape: [rows, width] }, targets: Int32Array.from({ length: rows }, () => classes * draw()) };
}

function words(seed) {
  const draw = uniform(seed + 1);
  const data = Int32Array.from({ length: rows * 3 }, () => 20 * draw());
  return { inputs: { data, shape: [rows, 3] }, targets: Int32Array.from({ length: rows }, () => classes * draw()) };
}

function regression(seed) {
  const { inputs } = classification(seed);
  const at = (row, column) => inputs.data[row * width + column];
  const data = Float64Array.from({ length: rows }, (_, row) => at(row, 0) * at(row, 1) + at(row, 2));
  return { inputs, targets: { data, shape: [rows, 1] } };
}

/** Pictures of 8 × 8 pixels in color, with the augmentation of their training. */
function pictures(seed) {
  const draw = uniform(seed + 2);
  return {
    inputs: { data: Uint8Array.from({ length: rows * 192 }, () => 256 * draw()), shape: [rows, 8, 8, 3] },
    targets: Int32Array.from({ length: rows }, () => classes * draw()),
    augment: augment([
      randomResizedCrop(8, { scale: [0.4, 1] }),
      randomRotation(20, { interpolation: "bilinear", fill: 100 }),
      colorJitter({ brightness: 0.3, contrast: [0.6, 1.5], saturation: 0.4, hue: 0.1 }),
      randomErasing({ value: "random" }),
      gaussianBlur(3),
      gaussianNoise(linearSchedule({ from: 20, to: 2, length: steps })),
      oneOf([mixUp({ alpha: 0.4 }), cutMix({ draw: "sample" })]),
    ]),
  };
}

/** Features as images of 3 × 4 pixels. */
const image = { name: "image", parameters: {}, apply: (_, x) => x.reshape([x.shape[0], 3, 4, 1]) };

/** What is trained for its digest: every kind of layer, update, schedule and transform that could tell hosts apart. */
const cases = {
  "momentum, cosine": {
    model: () => sequential([linear(width, 24), tanh(), linear(24, classes)]),
    optimizer: () => sgd({ learningRate: cosineDecay({ initial: 0.1, length: steps }), momentum: 0.9, nesterov: true }),
  },
  "Adam, dropout": {
    model: () => sequential([linear(width, 24), relu(), dropout(0.3), linear(24, classes)]),
    optimizer: () => adam({ learningRate: 0.01 }),
  },
  "AdamW, batch norm, warm-up, clipping, average": {
    model: () => sequential([linear(width, 24, { bias: false }), batchNorm(24), gelu(), linear(24, classes)]),
    optimizer: () => {
      const schedule = cosineDecay({ initial: 0.02, length: steps });
      return adamW({ learningRate: warmup({ length: 50, schedule }), weightDecay: 0.01 });
    },
    parts: () => ({ gradient: [clipGlobalNorm(0.5)], average: ema({ decay: 0.98 }) }),
  },
  "RMSprop, layer norm, plateauSchedule": {
    model: () => sequential([linear(width, 24), layerNorm(24), sigmoid(), linear(24, 1)]),
    optimizer: () =>
      rmsprop({ learningRate: plateauSchedule({ initial: 0.01, patience: 2 }), centered: true, momentum: 0.5 }),
    loss: meanSquaredError,
    data: regression,
  },
  "Muon, one cycle": {
    model: () => sequential([linear(width, 24), relu(), linear(24, 24), tanh(), linear(24, classes)]),
    optimizer: () => muon({ learningRate: oneCycle({ peak: 0.02, length: steps }), others: adamW() }),
  },
  "Nadam, residual, noise, micro-batches": {
    model: () => sequential([gaussianNoise(0.1), residual(linear(width, width), { survival: 0.8 }), linear(width, 1)]),
    optimizer: () => nadam({ learningRate: 0.01 }),
    loss: meanSquaredError,
    data: regression,
    parts: () => ({ microBatch: 10, gradient: [clipValue(0.1)] }),
  },
  "LSTM, both directions, dropout, micro-batches": {
    model: () =>
      sequential([
        { name: "steps", parameters: {}, apply: (_, x) => x.reshape([x.shape[0], 4, 3]) },
        lstm(3, 6, { layers: 2, bidirectional: true, dropout: 0.2, recurrentDropout: 0.1 }),
        linear(12, classes),
      ]),
    optimizer: () => rmsprop({ learningRate: 0.01 }),
    parts: () => ({ microBatch: 10, gradient: [clipGlobalNorm(1)] }),
  },
  "Lion, embedding": {
    model: () => sequential([embedding(20, 4), flatten(), linear(12, classes)]),
    optimizer: () => lion({ learningRate: 0.002, weightDecay: 0.1 }),
    data: words,
  },
  "Schedule-Free": {
    model: () => sequential([linear(width, 24), tanh(), linear(24, classes)]),
    optimizer: () => scheduleFreeAdamW({ learningRate: 0.01, warmupSteps: 20 }),
  },
  Rprop: {
    model: () => sequential([linear(width, 8), tanh(), linear(8, classes)]),
    optimizer: () => rprop({ learningRate: 0.01 }),
  },
  "Convolutions, pools, norms and stacks of images": {
    model: () =>
      sequential([
        image,
        randomCrop([3, 4], { padding: 1 }),
        randomFlip(),
        randomAffine({ degrees: 10, translate: 0.1, scale: [0.9, 1.1], shear: 5, interpolation: "bilinear" }),
        conv2d(1, 4, 3, { padding: 1 }),
        relu(),
        residualStack([conv2d(4, 4, 3, { padding: "same", groups: 2 }), depthwiseConv2d(4, 3, { padding: 1 })]),
        groupNorm(2, 4),
        fractionalMaxPool2d(2, { outputSize: 2 }),
        convTranspose2d(4, 3, 2, { stride: 2 }),
        upsample2d(2, "bilinear"),
        avgPool2d(2),
        dropout2d(linearSchedule({ from: 0, to: 0.4, length: steps })),
        maxPool2d(2),
        flatten(),
        linear(12, classes),
      ]),
    optimizer: () => adam({ learningRate: 0.01 }),
  },
  "Augmentation and mixing, micro-batches": {
    data: pictures,
    model: () => sequential([conv2d(3, 4, 3, { stride: 2 }), relu(), flatten(), linear(36, classes)]),
    optimizer: () => adam({ learningRate: 0.01 }),
    parts: () => ({ microBatch: 10, standardize: { mean: [128, 120, 110], deviation: 64 } }),
  },
  ASGD: {
    model: () => sequential([linear(width, 8), tanh(), linear(8, classes)]),
    optimizer: () => asgd({ learningRate: 0.1, averageFrom: 100 }),
  },
};

function begin(engine, { model, optimizer, loss = softmaxCrossEntropy, data = classification, parts }, dtype, seed) {
  const options = { model: model(), loss: loss(), optimizer: optimizer(), seed, dtype, ...parts?.() };
  return { trainer: createTrainer(engine, options), data: data(seed) };
}

/** SHA-256 in hexadecimal. */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The bytes of an array; every NaN, whose bits are the host's choice, becomes the same one. */
function bytesOf({ data }) {
  const copy = data.slice();
  if (!(copy instanceof Int32Array))
    for (const [k, value] of copy.entries()) if (Number.isNaN(value)) copy[k] = Number.NaN;
  return new Uint8Array(copy.buffer);
}

function joined(chunks) {
  const all = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Weights, optimizer state, running state, schedules and predictions, by name, as one digest. */
function digestOf(trainer, data) {
  const arrays = { ...readSafetensors(trainer.save()).tensors, prediction: trainer.predict(data.inputs) };
  const names = Object.keys(arrays).sort();
  const encoder = new TextEncoder();
  const chunks = names.flatMap((name) => [encoder.encode(`${name} ${arrays[name].shape} `), bytesOf(arrays[name])]);
  return sha256(joined(chunks));
}

/** Digest of every case in both types, all losses included, and one of them all. */
async function digests(engine, seed) {
  const all = {};
  for (const dtype of ["f32", "f64"])
    for (const [name, described] of Object.entries(cases)) {
      const { trainer, data } = begin(engine, described, dtype, seed);
      const losses = [];
      const onProgress = (progress) => losses.push(bytesOf({ data: progress.losses }));
      await trainer.fit(data, { steps, batchSize: 32, onProgress });
      all[`${name}, ${dtype}`] = await sha256(
        joined([new TextEncoder().encode(await digestOf(trainer, data)), ...losses]),
      );
      trainer.free();
    }
  return { ...all, all: await sha256(new TextEncoder().encode(Object.values(all).join(" "))) };
}

/** Half of a run, as its file; with a file the other half, as its digest; what other hosts are handed and do. */
const resumed = cases["AdamW, batch norm, warm-up, clipping, average"];

async function firstHalf(engine, seed) {
  const { trainer, data } = begin(engine, resumed, "f32", seed);
  await trainer.fit(data, { steps: steps / 2, batchSize: 32 });
  return trainer.save();
}

async function secondHalf(engine, seed, file) {
  const { trainer, data } = begin(engine, resumed, "f32", seed);
  trainer.restore(file);
  await trainer.fit(data, { steps: steps / 2, batchSize: 32 });
  return digestOf(trainer, data);
}

async function whole(engine, seed) {
  const { trainer, data } = begin(engine, resumed, "f32", seed);
  await trainer.fit(data, { steps, batchSize: 32 });
  return digestOf(trainer, data);
}

// ---- The checks: each throws what it has to say ----

function expect(truth, sentence) {
  if (!truth) throw new Error(sentence);
}

/** The body fails with this class and these words. */
async function expectError(body, Kind, words) {
  let error = null;
  try {
    await body();
  } catch (caught) {
    error = caught;
  }
  expect(error instanceof Kind, `expected ${Kind.name}, got ${error}`);
  expect(words.test(error.message), `expected ${words}, got "${error.message}"`);
}

const checks = {
  async "loads: a second engine shares nothing with the first"({ engine, create }) {
    const other = await create();
    const [a, b] = [engine, other].map((own) => createTrainer(own, xor(own)));
    a.step(xorSamples);
    expect(a.steps === 1 && b.steps === 0, `steps are ${a.steps} and ${b.steps}`);
  },

  async "trains: the exclusive or is learnt"({ engine }) {
    const trainer = createTrainer(engine, xor());
    const history = await trainer.fit(xorSamples, { steps: 500, batchSize: 4 });
    const [a, b, c, d] = trainer.predict(xorSamples.inputs).data;
    expect(history.steps === 500, `${history.steps} steps`);
    expect(a < 0.05 && b > 0.95 && c > 0.95 && d < 0.05, `answers ${[a, b, c, d]}`);
  },

  async "stops: leaving the loop and a signal end a run at a whole step"({ engine }) {
    const trainer = createTrainer(engine, xor());
    for await (const { epoch } of trainer.fit(xorSamples, { epochs: 1000, batchSize: 2 })) if (epoch === 3) break;
    const at = trainer.steps;
    expect(at >= 6 && at % 2 === 0, `left after ${at} steps`);
    const { stopped } = await trainer.fit(xorSamples, { epochs: 1000, signal: AbortSignal.abort() });
    expect(stopped === "signal" && trainer.steps === at, `${stopped} at ${trainer.steps}`);
  },

  async "takes turns: two trainers of one model play min over x, max over y of x y, also after a resume"({ engine }) {
    const number = () => linear(1, 1, { bias: false, weight: onesInitializer });
    const part = (trains, sign) => ({
      trains,
      apply: ({ x, y }, one) => x(y(one)),
      loss: (_, value) => value.mean().multiply(sign),
      optimizer: sgd({ learningRate: 0.25 }),
    });
    const create = () =>
      createTrainers(engine, {
        layers: { x: number(), y: number() },
        trainers: { x: part("x", 1), y: part("y", -1) },
        dtype: "f64",
      });
    const [first, second] = [create(), create()];
    const one = { inputs: [[1]], targets: [[0]] };
    let [x, y] = [1, 1];
    for (let k = 0; k < 20; k++) {
      if (k === 10) second.restore(first.save());
      const { trainers } = k < 10 ? first : second;
      trainers.x.step(one);
      trainers.y.step(one);
      x -= 0.25 * y;
      y += 0.25 * x;
    }
    const [a, b] = Object.values(second.trainers.x.parameters()).map(({ data }) => data[0]);
    expect(a === x && b === y, `at ${[a, b]}, expected ${[x, y]}`);
  },

  async "gradients: of a network agree with central differences"({ engine }) {
    const softplus = (x) => x.exp().add(1).log();
    const f = ({ a, b }) => softplus(a).matmul(b).tanh().square().softmax().log().mean();
    const point = {
      a: [
        [0.3, -1.2],
        [0.8, 0.1],
        [-0.5, 0.7],
      ],
      b: [
        [0.2, -0.4, 0.9],
        [1.1, 0.5, -0.7],
      ],
    };
    const { gradient } = valueAndGrad(engine, f)(point);
    const value = compile(engine, f);
    const h = 1e-5;
    for (const name of ["a", "b"])
      for (const [i, row] of point[name].entries())
        for (const j of row.keys()) {
          const moved = (by) => {
            const copy = structuredClone(point);
            copy[name][i][j] += by;
            return value(copy);
          };
          const numerical = (moved(h) - moved(-h)) / (2 * h);
          const analytic = gradient[name].data[i * row.length + j];
          expect(Math.abs(numerical - analytic) < 1e-8, `${name}[${i}][${j}] is ${analytic}, differences ${numerical}`);
        }
  },

  async "names: several inputs and heads, weights by head, integers that f32 would round"({ engine }) {
    const big = 2 ** 24;
    const model = network({ image: linear(2, 3), kind: linear(4, 2), size: linear(4, 1) }, (layers, { image, id }) => {
      const features = concatenate([layers.image(image).tanh(), id.equal(big + 1)], 1);
      return { kind: layers.kind(features), size: layers.size(features) };
    });
    const loss = heads({ kind: softmaxCrossEntropy(), size: { loss: meanSquaredError(), weight: 0.5 } });
    const trainer = createTrainer(engine, { model, loss, optimizer: adam({ learningRate: 0.1 }), seed: 3 });
    const id = { data: Int32Array.of(big, big + 1, big + 2, big + 1), shape: [4, 1] };
    const inputs = { image: xorSamples.inputs, id };
    const samples = { inputs, targets: { kind: [0, 1, 0, 1], size: xorSamples.targets } };
    const weighted = { ...samples, weights: { kind: [1, 2, 1, 0] } };
    const before = trainer.evaluate(weighted);
    await trainer.fit(weighted, { epochs: 60, validation: samples });
    const after = trainer.evaluate(weighted);
    expect(after.loss < 0.5 * before.loss, `loss ${before.loss}, then ${after.loss}`);
    expect(after.loss === after["kind.loss"] + 0.5 * after["size.loss"], "the sum of the heads");
    const { kind } = trainer.predict(inputs);
    expect(kind.data[3] > kind.data[2] && kind.data[0] > kind.data[1], `scores ${kind.data}`);
  },

  async "models: gradients by inputs, masks that are drawn, results that stay"({ engine }) {
    const trainer = createTrainer(engine, { ...xor(), model: sequential([linear(2, 4), dropout(0.5), linear(4, 1)]) });
    const model = modelFunction(trainer);
    const { data } = grad(engine, (x) => model(x).sum())([[0.5, 0.25]]);
    expect(data.length === 2 && data.every(Number.isFinite), `gradient ${data}`);
    const draws = predictDraws(trainer, [[1, 2]], { draws: 40 });
    expect(new Set(draws.data).size > 3, `draws ${draws.data}`);
    const double = compile(engine, (x) => x.multiply(2));
    const once = double.resident(Float32Array.of(1, 2));
    expect(double(once).data.join() === "4,8", "a chain of results that stay");
    once.free();
  },

  async "streams: batches as they come, samples that are added, workers that stay"({ engine }) {
    const batch = (k) => ({ inputs: [[k / 8, 1]], targets: [[k % 2]] });
    async function* batches() {
      for (let k = 0; k < 12; k++) yield batch(k);
    }
    const [streamed, stepped] = [createTrainer(engine, xor()), createTrainer(engine, xor())];
    const { epochs } = await streamed.fit(batches(), { epochs: 3, stepsPerEpoch: 4 });
    for (let k = 0; k < 12; k++) stepped.step(batch(k));
    const prediction = (trainer) => trainer.predict([[0, 1]]).data[0];
    expect(epochs.length === 3 && prediction(streamed) === prediction(stepped), "a stream is a loop over step");
    const rolling = createRollingDataset(engine, batch(0), { capacity: 4 });
    const onProgress = ({ step }) => {
      rolling.append(batch(step));
      stepped.step(batch(step));
    };
    const { steps } = await stepped.fit(rolling, { steps: 6, progressEvery: 2, onProgress });
    expect(steps === 6 && stepped.steps > 12 + steps && rolling.rows === 4, `${steps} steps, ${rolling.rows} rows`);
    const data = createDataset(engine, batch(1));
    for (let k = 0; k < 3; k++) {
      await streamed.fit(data, { epochs: 2, worker: true });
      await stepped.fit(data, { epochs: 2 });
    }
    expect(streamed.steps === 18, `${streamed.steps} steps`);
  },

  async "trainers: two over one set of layers"({ engine }) {
    const pair = createTrainers(engine, {
      layers: { maker: linear(1, 1), critic: linear(1, 1) },
      trainers: {
        maker: {
          trains: "maker",
          apply: ({ maker, critic }, z) => critic(maker(z)),
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
        },
        critic: {
          trains: "critic",
          apply: ({ critic }, x) => critic(x),
          loss: meanSquaredError(),
          optimizer: sgd({ learningRate: 0.1 }),
        },
      },
    });
    const { maker, critic } = pair.trainers;
    const weight = critic.parameters()["critic.weight"].data[0];
    maker.step({ inputs: [[1]], targets: [[1]] });
    expect(critic.parameters()["critic.weight"].data[0] === weight, "the critic stands still");
    critic.step({ inputs: [[1]], targets: [[3]] });
    expect(maker.parameters()["critic.weight"].data[0] !== weight, "both see one weight");
    pair.free();
  },

  async "tables and images: rows of numbers"({ engine }) {
    const table = tableOf("mass;kind\n1.5;tern\n4;gull\n;gull\n2;tern");
    const coding = tableCoding(table, { inputs: ["mass"], target: "kind", gaps: "median" });
    const { inputs, targets } = coding.samples(table);
    expect(inputs.shape.join() === "4,1" && targets.data.join() === "1,0,0,1", `targets ${targets.data}`);
    const again = tableCodingFrom(JSON.stringify(coding));
    expect(same(again.inputs({ mass: 4 }).data, coding.inputs({ mass: 4 }).data), "the coding through text");
    const trainer = createTrainer(engine, { model: linear(1, 2), loss: softmaxCrossEntropy(), optimizer: adam() });
    trainer.step({ inputs, targets });
    const pixels = { data: Uint8Array.from({ length: 48 }, (_, k) => 5 * k), width: 4, height: 4, channels: 3 };
    const small = imageRowsSync([pixels], { size: 2, channels: 1 });
    expect(small.shape.join() === "1,2,2,1" && small.data.length === 4, `rows ${small.shape}`);
  },

  async "errors: shapes that do not fit"({ engine }) {
    const product = compile(engine, ({ a, b }) => a.matmul(b));
    const zeros = (...shape) => ({ data: new Float64Array(shape[0] * shape[1]), shape });
    await expectError(() => product({ a: zeros(3, 2), b: zeros(4, 3) }), ShapeError, /inner extents differ: \[3, 2\]/);
  },

  async "errors: an unknown option names the one that was meant"() {
    await expectError(() => sgd({ learningrate: 1 }), TypeError, /Did you mean "learningRate"\?/);
  },

  async "errors: divergence keeps the last good weights"({ engine }) {
    const trainer = createTrainer(engine, { ...xor(), optimizer: sgd({ learningRate: 1e30 }), model: linear(2, 1) });
    const diverge = () => trainer.fit(xorSamples, { steps: 100, batchSize: 4 });
    await expectError(diverge, DivergenceError, /^step \d+: .* not finite/);
    const { data } = trainer.parameters().weight;
    expect(data.every(Number.isFinite), `weights are ${data}`);
  },

  async "errors: a broken file changes nothing"({ engine }) {
    const trainer = createTrainer(engine, xor());
    trainer.step(xorSamples);
    const before = trainer.save();
    const wide = before.slice();
    wide[7] = 0xff;
    for (const broken of [before.slice(0, -1), wide, before.map((byte, k) => (k === 20 ? 255 : byte))])
      await expectError(() => trainer.restore(broken), RangeError, /^restore: /);
    expect(same(trainer.save(), before), "the trainer changed");
  },

  async "errors: what is not the core is refused"() {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    const forbids = globalThis.navigator?.userAgent === "Cloudflare-Workers"; // to compile anything
    const sentence = forbids
      ? /^createEngine: this host forbids compiling .*import thalweg\.wasm and give createEngine\(\{ wasm \}\) that module/
      : /^createEngine: wasm is not Thalweg's core, or is damaged .*Give thalweg\.wasm/;
    await expectError(() => createEngine({ wasm: empty }), EngineError, sentence);
    await expectError(() => createEngine({ wasm: 7 }), TypeError, /^createEngine: /);
  },

  async "errors: the memory limit is a sentence, and the engine goes on"({ create }) {
    const engine = await create({ memoryLimit: 2 ** 21 });
    const parts = { ...xor(), model: linear(2, 1_000_000) };
    await expectError(() => createTrainer(engine, parts), RangeError, /out of memory/);
    createTrainer(engine, xor()).step(xorSamples);
  },

  async "resumes: 250 + 250 steps through a file are 500, bit for bit"({ engine, seed }) {
    const [split, together] = [
      await secondHalf(engine, seed, await firstHalf(engine, seed)),
      await whole(engine, seed),
    ];
    expect(split === together, `${split}, expected ${together}`);
  },

  async "memory: the digits network with 60,000 samples stays below 128 MB"({ create }) {
    const engine = await create();
    const samples = 60_000;
    const data = new Uint8Array(samples * 784);
    for (let k = 0; k < data.length; k++) data[k] = Math.imul(k, 0x9e3779b1) >>> 24;
    const targets = Int32Array.from({ length: samples }, (_, k) => k % 10);
    const resident = createDataset(engine, { inputs: { data, shape: [samples, 784] }, targets });
    const trainer = createTrainer(engine, {
      model: sequential([linear(784, 128), relu(), linear(128, 10)]),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      standardize: { mean: 128, deviation: 64 },
    });
    await trainer.fit(resident, { steps: 10, batchSize: 64 });
    trainer.evaluate({
      inputs: { data: data.subarray(0, 784 * 512), shape: [512, 784] },
      targets: targets.subarray(0, 512),
    });
    expect(engine.memoryBytes + data.length < budget, `${engine.memoryBytes} bytes beside ${data.length} of samples`);
    trainer.free();
    resident.free();
  },
};

const xorSamples = {
  inputs: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  targets: [[0], [1], [1], [0]],
};
const xor = () => ({
  model: sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]),
  loss: meanSquaredError(),
  optimizer: adam({ learningRate: 0.05 }),
  seed: 7,
});

const same = (a, b) => a.length === b.length && a.every((byte, k) => byte === b[k]);

// ---- What an adapter calls ----

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

async function checked(context) {
  const failures = [];
  for (const [name, check] of Object.entries(checks)) {
    try {
      await check(context);
    } catch (error) {
      failures.push(`${name}: ${error.message}`);
    }
  }
  return { passed: Object.keys(checks).length - failures.length, failures };
}

/**
 * Does a job: { task: "suite", seed } answers { passed, failures, digests, half, whole }, where half is the file of half
 * a run; { task: "resume", seed, file } answers { digest } of the other half. `wasm` is the core of another build, as
 * base64 or as a module; without it the host's own entry loads the package's.
 */
export async function answer({ task, seed, file, wasm }) {
  const given = wasm === undefined ? {} : { wasm: typeof wasm === "string" ? fromBase64(wasm) : wasm };
  const create = (options) => createEngine({ ...given, ...options });
  const engine = await create();
  if (task === "resume") return { digest: await secondHalf(engine, seed, fromBase64(file)) };
  const { passed, failures } = await checked({ engine, create, seed });
  const [all, half] = [await digests(engine, seed), toBase64(await firstHalf(engine, seed))];
  return { passed, failures, digests: all, half, whole: await whole(engine, seed) };
}
