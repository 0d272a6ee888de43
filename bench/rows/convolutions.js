// Convolution, pooling and a small convolutional net. Kernels are timed on few samples a call, one to two milliseconds: longer
// calls meet more of what else the machine does than the limit's short slices.

import { readFileSync } from "node:fs";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { labels, uniform } from "../numbers.js";
import { createJaxConvolutionalNet } from "../peers/jaxjs.js";
import { createPlainConvolutionalNet } from "../plain/convolution.js";
import { replay } from "../replay.js";
import { advancing } from "./steps.js";

const goals = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8"));
const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);
const random = (shape) => ({ data: uniform(sizeOf(shape)), shape });
/** Operations of a turn of `plainTile`, and the bytes of its operands. */
const tileFlops = 16384;
const tileBytes = 16384;

const cases = [
  { work: "3x3 64→64, 32x32", x: [1, 32, 32, 64], w: [3, 3, 64, 64] },
  { work: "3x3 8→16, 14x14", x: [16, 14, 14, 8], w: [3, 3, 8, 16] },
  { work: "3x3 3→32, 32x32", x: [4, 32, 32, 3], w: [3, 3, 3, 32] },
  { work: "3x3 1→8, 28x28", x: [16, 28, 28, 1], w: [3, 3, 1, 8] },
  { work: "5x5 stride 2, 32→64, 32x32", x: [2, 32, 32, 32], w: [5, 5, 32, 64], options: { padding: 2, stride: 2 } },
  { work: "depthwise 3x3 64, 32x32", x: [2, 32, 32, 64], w: [3, 3, 1, 64], options: { padding: 1, groups: 64 } },
];

/** Shares of what V8 makes of a plain tile. */
export function convolutions({ thalweg, engine, kernels, seconds }) {
  const section = {
    title: "Convolution, against V8's plain tile of products in the first-level cache",
    unit: "GFLOP/s",
    against: ["tile limit"],
    rows: [],
  };
  const a = kernels.allocate(2 * tileBytes);
  const tile = (times) => kernels.plainTile(a, a + tileBytes, times);
  for (const { work, x, w, options = { padding: 1 } } of cases) {
    const given = { x: random(x), w: random(w) };
    const y = (tensors) => thalweg.convolve(tensors.x, tensors.w, options);
    const forward = thalweg.compile(engine, y);
    given.g = random(forward(given).shape);
    const gradient = (of) => thalweg.compile(engine, (t) => t.x.trace.differentiate(y(t), [t[of]], t.g)[0]);
    const [image, weights] = [gradient("x"), gradient("w")];
    const flops = 2 * sizeOf(given.g.shape) * w[0] * w[1] * w[2];
    const contenders = {
      forward: replay(engine, () => forward({ x: given.x, w: given.w })),
      "input gradient": replay(engine, () => image(given)),
      "weight gradient": replay(engine, () => weights(given)),
    };
    const times = race(
      { tile, ...Object.fromEntries(Object.entries(contenders).map(([name, run]) => [name, repeated(run)])) },
      1.5 * seconds,
    );
    for (const name of Object.keys(contenders)) {
      const target = goals.convolutions[work]?.[name];
      section.rows.push({
        work: `${work}: ${name}`,
        rate: flops / times[name].best / 1e9,
        against: { "tile limit": ratio(times[name], times.tile, flops, tileFlops) },
        ...(target && { target: { "tile limit": target } }),
      });
    }
  }
  kernels.free(a);
  return section;
}

/** Forward, as users of TensorFlow.js call it. */
export function imagesAgainstPeer({ thalweg, engine, tf, seconds }) {
  const section = { title: "Images, forward", unit: "µs", against: ["tfjs-wasm"], rows: [] };
  const x = random([4, 32, 32, 64]);
  const [thin, full] = [random([3, 3, 1, 64]), random([1, 1, 64, 64])];
  const image = tf.tensor4d(x.data, x.shape);
  const tensors = [tf.tensor4d(thin.data, [3, 3, 64, 1]), tf.tensor4d(full.data, full.shape)];
  const rows = [
    {
      work: "depthwise 3x3, 64 channels",
      ours: (t) => thalweg.convolve(t.x, t.w, { padding: 1, groups: 64 }),
      given: { x, w: thin },
      peer: () => tf.depthwiseConv2d(image, tensors[0], 1, "same"),
    },
    {
      work: "1x1 64→64",
      ours: (t) => thalweg.convolve(t.x, t.w),
      given: { x, w: full },
      peer: () => tf.conv2d(image, tensors[1], 1, "same"),
    },
    {
      work: "max pool 2",
      ours: (t) => thalweg.poolMax(t.x, 2),
      given: { x },
      peer: () => tf.maxPool(image, 2, 2, "valid"),
    },
  ];
  for (const { work, ours, given, peer } of rows) {
    const compiled = thalweg.compile(engine, ours);
    const expected = peer();
    const run = replay(engine, () => checkEqual(work, compiled(given).data, expected.dataSync(), 1e-5));
    expected.dispose();
    const times = race({ thalweg: repeated(run), peer: repeated(() => peer().dispose()) }, seconds);
    section.rows.push({
      work,
      rate: times.thalweg.best * 1e6,
      against: { "tfjs-wasm": ratio(times.thalweg, times.peer) },
      target: { "tfjs-wasm": goals["images against tfjs-wasm"][work] },
    });
  }
  tf.dispose([image, ...tensors]);
  return section;
}

const batch = 64;
const learningRate = 1e-3;

/** A trainer of images 28x28 → 3x3 to 8 → ReLU → pool 2 → 3x3 to 16 → ReLU → pool 2 → linear with Adam. */
function netTrainer(thalweg, engine, options = {}) {
  const { conv2d, flatten, linear, maxPool2d, relu, sequential } = thalweg;
  return thalweg.createTrainer(engine, {
    model: sequential([
      ...[conv2d(1, 8, 3, { padding: 1 }), relu(), maxPool2d(2)],
      ...[conv2d(8, 16, 3, { padding: 1 }), relu(), maxPool2d(2)],
      flatten(),
      linear(784, 10),
    ]),
    loss: thalweg.softmaxCrossEntropy(),
    optimizer: thalweg.adam({ learningRate }),
    seed: 1,
    ...options,
  });
}

/** A whole step of the net, against a peer and plain JavaScript. */
export async function convolutionalNet({ thalweg, engine, seconds }) {
  const trainer = netTrainer(thalweg, engine);
  const rows = 16 * batch;
  const inputs = uniform(rows * 784);
  const targets = labels(rows, 10);
  const data = thalweg.createDataset(engine, { inputs: { data: inputs, shape: [rows, 28, 28, 1] }, targets });
  const weights = () => {
    const [W1, b1, W2, b2, W3, b3] = Object.values(trainer.parameters()).map(({ data }) => data.slice());
    return { W1, b1, W2, b2, W3, b3 };
  };
  const plain = createPlainConvolutionalNet({ weights: weights(), batch, learningRate });
  const jax = await createJaxConvolutionalNet({ weights: weights(), batch, learningRate });
  /** Steps over the batches in their order. */
  const stepping = (net) => {
    let position = 0;
    return () => {
      net.step(inputs.subarray(position * 784), targets.subarray(position));
      position = (position + batch) % rows;
    };
  };
  const [plainStep, jaxStep] = [stepping(plain), stepping(jax)];
  await trainer.fit(data, { steps: 3, batchSize: batch, shuffle: false });
  for (let k = 0; k < 3; k++) {
    plainStep();
    jaxStep();
  }
  const peers = [plain.weights, jax.weights()];
  for (const [name, value] of Object.entries(weights()))
    for (const peer of peers) checkEqual(`convolutional net, ${name} after 3 steps`, value, peer[name], 1e-4);
  await trainer.fit(data, { steps: 1, batchSize: batch });
  const times = race({ thalweg: advancing(trainer), plain: repeated(plainStep) }, 3 * seconds);
  // By themselves: a step of jax-js takes longer than a hundred of the others.
  const slow = race({ thalweg: advancing(trainer), jax: repeated(jaxStep) }, 3 * seconds);
  trainer.free();
  data.free();
  const row = {
    work: `Adam, batch ${batch}`,
    rate: times.thalweg.best * 1e6,
    median: times.thalweg.median * 1e6,
    against: { "plain JS": ratio(times.thalweg, times.plain), "jax-js": ratio(slow.thalweg, slow.jax) },
    target: goals["convolutional net"],
  };
  return {
    title: "A step of a convolutional net, 28x28-8-16-10",
    unit: "µs",
    against: ["plain JS", "jax-js"],
    rows: [row],
  };
}

/** The same step on images of bytes with augmentation, as a multiple of the step without. */
export async function augmentedNet({ thalweg, engine, seconds }) {
  const { augment, gaussianNoise, randomCrop, randomFlip, randomRotation } = thalweg;
  const rows = 16 * batch;
  const inputs = Uint8Array.from(uniform(rows * 784), (x) => 127.5 * (x + 1));
  const data = { data: inputs, shape: [rows, 28, 28, 1] };
  const dataset = thalweg.createDataset(engine, { inputs: data, targets: labels(rows, 10) });
  const moves = [randomCrop(28, { padding: 3 }), randomFlip(), randomRotation(10, { interpolation: "bilinear" })];
  const works = {
    without: undefined,
    "crop, flip, bilinear rotation": augment(moves),
    "and Gaussian noise": augment([...moves, gaussianNoise(20)]),
  };
  const contenders = {};
  const trainers = [];
  for (const [work, augmentation] of Object.entries(works)) {
    const trainer = netTrainer(thalweg, engine, { standardize: { mean: 127.5, deviation: 74 } });
    trainers.push(trainer);
    await trainer.fit(dataset, { steps: 1, batchSize: batch, ...(augmentation ? { augment: augmentation } : {}) });
    contenders[work] = advancing(trainer);
  }
  const { without, ...times } = race(contenders, 4 * seconds);
  for (const trainer of trainers) trainer.free();
  dataset.free();
  return {
    title: "Augmentation of 28x28 bytes in a step of this net",
    unit: "µs",
    against: ["the step without"],
    rows: Object.entries(times).map(([work, time]) => ({
      work,
      rate: time.best * 1e6,
      median: time.median * 1e6,
      against: { "the step without": ratio(without, time) },
      target: goals.augmentation[work],
      atMost: true,
    })),
  };
}
