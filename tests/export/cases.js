// Models that are exported: a row or more for every layer of the library, and some whole nets. Weights, running statistics and
// inputs are fixed numbers, none of them that of a fresh layer, so that no weight can be left out or stand in another's place.

/** Numbers in ±1 from a linear congruential generator (Numerical Recipes), the same everywhere. */
export function numbers(count, seed) {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

const product = (shape) => shape.reduce((all, extent) => all * extent, 1);

/** Rows of a model: layers, the shape of a sample, and other options of the trainer. */
export function cases(t) {
  const { linear, relu, sequential } = t;
  const image = [6, 7, 4];
  const one = (name, layer, input, more = {}) => ({ name, model: layer, input, ...more });
  const random = t.uniformInitializer(-1, 1);
  const affine = { gamma: random, beta: random };
  const embedded = (layer, length = 5) => sequential([t.embedding(11, 4), layer(length)]);
  return [
    one("linear", linear(5, 3), [5]),
    one("linear without bias", linear(5, 3, { bias: false }), [5]),
    one("linear over steps", sequential([linear(4, 3), relu()]), [6, 4]),
    one("embedding", sequential([t.embedding(11, 4), t.flatten(), linear(20, 2)]), [5], { indices: 11 }),
    one("embedding of one index", sequential([t.embedding(11, 4), linear(4, 2)]), [], { indices: 11 }),
    one("embedding, sequences out", t.embedding(11, 4), [5], { indices: 11 }),
    ...["relu", "sigmoid", "tanh", "softplus", "gelu", "silu", "selu", "mish", "hardswish", "atan", "softmax"].map(
      (name) => one(name, sequential([linear(4, 6), t[name]()]), [4]),
    ),
    one("leakyRelu", sequential([linear(4, 6), t.leakyRelu(0.2)]), [4]),
    one("elu", sequential([linear(4, 6), t.elu(0.7)]), [4]),
    one("gelu by tanh", sequential([linear(4, 6), t.gelu("tanh")]), [4]),
    one("softmax of an image", sequential([t.conv2d(4, 3, 3), t.softmax()]), image),
    one("flatten", sequential([t.conv2d(4, 3, 3), t.flatten(), linear(60, 4)]), image),
    one("flatten, at the end", sequential([t.conv2d(4, 3, 3), relu(), t.flatten()]), image),
    one("flatten, norms behind it", sequential([t.conv2d(4, 3, 3), t.flatten(), t.batchNorm(60), t.silu(), t.layerNorm(60), t.rmsNorm(60), linear(60, 4)]), image), // biome-ignore format: a row
    one("flatten inside", sequential([sequential([t.conv2d(4, 3, 3), t.layerNorm([4, 5, 3]), t.flatten()]), sequential([linear(60, 6), relu()])]), image), // biome-ignore format: a row
    one("flatten before a residual", sequential([t.conv2d(4, 3, 3), t.flatten(), t.residual(linear(60, 60))]), image),
    one("flatten of steps", sequential([t.embedding(11, 4), t.maxPool1d(2), t.flatten(), linear(8, 2)]), [5], { indices: 11 }), // biome-ignore format: a row
    one("dropout", sequential([linear(4, 6), t.dropout(0.4), t.dropout(0.25, { mode: "testScaled" })]), [4]),
    one("dropout1d", sequential([t.conv1d(4, 3, 2), t.dropout1d(0.4, { mode: "testScaled" })]), [6, 4]),
    one("dropout2d", sequential([t.conv2d(4, 3, 2), t.dropout2d(0.4, { mode: "testScaled" })]), image),
    one("dropout with a schedule", sequential([linear(4, 6), t.dropout(t.linearSchedule({ from: 0.5, to: 0, length: 10 }), { mode: "testScaled" })]), [4]), // biome-ignore format: a row
    one("gaussianNoise", sequential([linear(4, 6), t.gaussianNoise(0.4)]), [4]),
    one("batchNorm", sequential([linear(4, 6), t.batchNorm(6)]), [4]),
    one("batchNorm of images", sequential([t.conv2d(4, 5, 3), t.batchNorm(5, { convention: "keras" })]), image),
    one("batchNorm of sequences", t.batchNorm(4, { gamma: false, beta: false }), [6, 4]),
    one("layerNorm", sequential([linear(4, 6), t.layerNorm(6, { convention: "keras" })]), [4]),
    one("layerNorm of two axes", t.layerNorm([3, 4], { beta: false }), [2, 3, 4], {
      load: { channels: { "": 1 }, names: { layer: "" }, strict: false },
    }),
    one("layerNorm of an image", sequential([t.conv2d(4, 3, 3), t.layerNorm([4, 5, 3]), t.rmsNorm([4, 5, 3])]), image),
    one("rmsNorm", sequential([linear(4, 6), t.rmsNorm(6)]), [4]),
    one("rmsNorm of two axes", t.rmsNorm([3, 4], { gamma: false }), [2, 3, 4]),
    one("groupNorm", t.groupNorm(2, 4), image),
    one("groupNorm of rows", sequential([linear(5, 6), t.groupNorm(3, 6)]), [5]),
    one("instanceNorm", t.instanceNorm(4, affine), image),
    one("instanceNorm of sequences", t.instanceNorm(4), [6, 4]),
    one("conv1d", t.conv1d(4, 6, 3, { stride: 2, padding: [2, 1], groups: 2 }), [9, 4]),
    one("conv1d, reflected", t.conv1d(4, 6, 3, { padding: [1, 2], paddingMode: "reflect" }), [9, 4]),
    one("conv2d", t.conv2d(4, 6, [3, 2], { stride: [2, 1], padding: 1, dilation: [1, 2] }), image),
    one("conv2d, same", t.conv2d(4, 6, 4, { padding: "same", stride: 2, groups: 2, bias: false }), image),
    ...["reflect", "replicate", "circular"].map((paddingMode) =>
      one(`conv2d, ${paddingMode}`, t.conv2d(4, 3, 3, { padding: [2, 1, 0, 3], paddingMode }), image),
    ),
    one("depthwiseConv2d", t.depthwiseConv2d(4, 3, { multiplier: 2, padding: "same" }), image),
    one("separableConv2d", sequential([t.separableConv2d(4, 6, 3, { multiplier: 2, padding: 1 }), relu()]), image),
    one("convTranspose1d", t.convTranspose1d(4, 6, 4, { stride: 2, padding: [1, 0], groups: 2 }), [5, 4]),
    one("convTranspose2d", t.convTranspose2d(4, 6, [3, 4], { stride: [2, 3], padding: 1, outputPadding: [1, 2], dilation: [2, 1] }), image), // biome-ignore format: a row
    one("convTranspose2d, uneven", t.convTranspose2d(4, 2, 3, { stride: 2, padding: [0, 1, 2, 1], outputPadding: 1 }), image), // biome-ignore format: a row
    one("maxPool1d", t.maxPool1d(3, { stride: 2, padding: 1, dilation: 2 }), [9, 4]),
    one("maxPool2d", t.maxPool2d([2, 3]), image),
    one("maxPool2d, rounded up", t.maxPool2d(3, { stride: 2, ceilMode: true, padding: [1, 0, 1, 1] }), [7, 8, 4]),
    one("maxPool2d, far beyond the image", t.maxPool2d(3, { stride: [3, 1], padding: 1, dilation: 2, ceilMode: true }), [4, 4, 4]), // biome-ignore format: a row
    one("avgPool1d", t.avgPool1d(3, { stride: 2, padding: [1, 0], ceilMode: true }), [10, 4]),
    one("avgPool2d", t.avgPool2d(2, { padding: 1 }), image),
    one("avgPool2d, uneven", t.avgPool2d(3, { stride: 2, padding: [1, 0, 0, 1] }), [8, 8, 4]),
    one("avgPool2d, rounded up", t.avgPool2d(3, { stride: 2, padding: 1, ceilMode: true }), [6, 7, 4]),
    one("avgPool2d without padding", t.avgPool2d(3, { stride: 2, padding: 1, countIncludePad: false }), [6, 7, 4]),
    one("adaptiveAvgPool2d", t.adaptiveAvgPool2d([2, 3]), image),
    one("adaptiveAvgPool2d, even", t.adaptiveAvgPool2d([3, 7]), image),
    one("adaptiveMaxPool2d", t.adaptiveMaxPool2d([4, 5]), image),
    one("globalAvgPool2d", sequential([t.globalAvgPool2d(), linear(4, 3)]), image),
    one("globalMaxPool2d", t.globalMaxPool2d(), image),
    one("fractionalMaxPool2d", t.fractionalMaxPool2d(2, { outputRatio: [0.6, 0.7] }), [9, 10, 4]),
    one("fractionalMaxPool2d, disjoint", t.fractionalMaxPool2d(2, { outputSize: [4, 3], overlapping: false }), [9, 10, 4]), // biome-ignore format: a row
    one("upsample2d", t.upsample2d([2, 3]), image),
    one("upsample2d, bilinear", t.upsample2d([2, 3], "bilinear"), image),
    one("upsample2d, aligned", t.upsample2d([2, 3], "bilinear", true), image),
    ...["lstm", "gru", "rnn"].flatMap((name) => [
      one(name, t[name](4, 3), [6, 4]),
      one(
        `${name}, all steps`,
        sequential([t[name](4, 3, { returnSequences: true, bias: false }), linear(3, 2)]),
        [6, 4],
      ),
      one(`${name}, two layers in both directions`, embedded(() => t[name](4, 3, { layers: 2, bidirectional: true, dropout: 0.3 })), [5], { indices: 11 }), // biome-ignore format: a row
      one(`${name}, all steps in both directions`, t[name](4, 3, { bidirectional: true, returnSequences: true }), [6, 4]), // biome-ignore format: a row
    ]),
    one("rnn, relu", t.rnn(4, 3, { activation: "relu", bidirectional: true }), [6, 4]),
    one("sequential, nested", sequential([sequential([linear(4, 6), relu()]), sequential([]), linear(6, 2)]), [4]),
    one("residual", t.residual(sequential([linear(4, 4), relu()]), { survival: 0.7 }), [4]),
    one("residual of an image", sequential([t.residual(t.conv2d(4, 4, 3, { padding: 1 })), t.maxPool2d(2)]), image),
    one("residual with both layouts", sequential([t.residual(sequential([linear(4, 4), t.conv2d(4, 4, 3, { padding: "same" })])), t.residual(sequential([t.groupNorm(2, 4), linear(4, 4)]), { mode: "inverted", survival: 0.5 })]), image), // biome-ignore format: a row
    one("residualStack", t.residualStack([linear(4, 4), sequential([relu(), linear(4, 4)])], { survival: { last: 0.5 } }), [4]), // biome-ignore format: a row
    ...wholeNets(t),
  ];
}

/** Whole nets, with losses and standardization. */
function wholeNets(t) {
  const { batchNorm, conv2d, linear, maxPool2d, relu, residual, sequential } = t;
  const block = () => residual(sequential([conv2d(8, 8, 3, { padding: 1, bias: false }), batchNorm(8), relu(), conv2d(8, 8, 1)])); // biome-ignore format: one line
  return [
    {
      name: "dense net",
      model: sequential([
        linear(20, 64),
        batchNorm(64),
        relu(),
        linear(64, 32),
        t.layerNorm(32),
        t.gelu(),
        linear(32, 5),
      ]),
      input: [20],
      loss: t.softmaxCrossEntropy(),
      standardize: { mean: 0.3, deviation: 2.5 },
    },
    {
      name: "convolutional net",
      model: sequential([
        ...[conv2d(3, 8, 3, { padding: 1 }), batchNorm(8), relu(), maxPool2d(2)],
        ...[block(), t.dropout2d(0.2), conv2d(8, 6, 3, { stride: 2 }), t.silu(), t.flatten(), linear(3 * 3 * 6, 10)],
      ]),
      input: [16, 16, 3],
      loss: t.softmaxCrossEntropy(),
      standardize: { mean: [0.1, -0.2, 0.3], deviation: [0.5, 0.7, 1.1] },
    },
    {
      name: "autoencoder",
      model: sequential([
        ...[conv2d(1, 6, 3, { stride: 2, padding: 1 }), relu(), conv2d(6, 4, 3, { stride: 2, padding: 1 }), relu()],
        ...[t.upsample2d(2, "bilinear"), conv2d(4, 6, 3, { padding: "same", paddingMode: "replicate" }), relu()],
        ...[t.convTranspose2d(6, 1, 4, { stride: 2, padding: 1 }), t.sigmoid()],
      ]),
      input: [8, 12, 1],
    },
    {
      name: "text net",
      model: sequential([
        ...[t.embedding(50, 8), t.conv1d(8, 12, 3, { padding: "same" }), relu()],
        ...[
          t.gru(12, 16, { bidirectional: true, returnSequences: true }),
          t.layerNorm(32),
          t.lstm(32, 8),
          linear(8, 1),
        ],
      ]),
      input: [12],
      indices: 50,
      loss: t.binaryCrossEntropyWithLogits(),
    },
  ];
}

/** Input of `rows` rows of a case. */
export function inputOf({ input, indices }, rows) {
  const shape = [rows, ...input];
  const drawn = numbers(product(shape), 7);
  const data = indices ? Int32Array.from(drawn, (x) => Math.floor(((x + 1) / 2) * indices)) : drawn;
  return { data, shape };
}

/** A trainer with fixed weights and running statistics. */
export function trainerOf(t, engine, { model, loss = t.meanSquaredError(), standardize }, more = {}) {
  const trainer = t.createTrainer(engine, {
    ...{ model, loss, optimizer: t.sgd({ learningRate: 0.1 }), seed: 3 },
    ...(standardize ? { standardize } : {}),
    ...more,
  });
  let seed = 11;
  const drawn = (arrays, map) =>
    Object.fromEntries(
      Object.entries(arrays).map(([name, { shape }]) => [
        name,
        { shape, data: numbers(product(shape), seed++).map((x) => map(name, x, shape)) },
      ]),
    );
  // Weights as small as those of a fresh layer.
  trainer.setParameters(
    drawn(trainer.parameters(), (_, x, shape) => x / Math.sqrt(Math.max(product(shape.slice(0, -1)), 1))),
  );
  const statistics = Object.entries(trainer.state()).filter(([name]) => /(mean|variance)$/.test(name));
  trainer.setState(drawn(Object.fromEntries(statistics), (name, x) => (name.endsWith("mean") ? x / 4 : 1.2 + x / 2)));
  return trainer;
}
