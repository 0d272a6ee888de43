// What has no floor and still decides how it feels: the first step, tracing, prediction, gathering rows, and a step whose
// batch comes from JavaScript.

import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { checkEqual } from "../check.js";
import * as digits from "../digits.js";
import { race, ratio, repeated } from "../measure.js";
import { permutation } from "../numbers.js";
import { matmul } from "../plain/matmul.js";
import { gathered } from "../replay.js";
import { advancing } from "./steps.js";

const { classes, hidden, images, rows, standardize, width } = digits;
const batch = 64;

export async function others(bench) {
  const rowsOf = [firstStep(), tracing(bench), prediction(bench), gathering(bench)];
  return {
    title: "Without a floor, 784-128-10",
    against: ["plain JS", "inside fit"],
    rows: [...rowsOf.flat(), await stepFromJavaScript(bench)],
  };
}

const sorted = (values) => values.sort((a, b) => a - b);

/** Five fresh processes: until the engine stands, and from there to the end of the first step. */
function firstStep() {
  const script = join(import.meta.dirname, "..", "first.js");
  const runs = Array.from({ length: 5 }, () =>
    JSON.parse(execFileSync(process.execPath, [script], { encoding: "utf8" })),
  );
  const row = (work, key) => {
    const times = sorted(runs.map((run) => run[key]));
    return { work, unit: "ms", rate: times[0], median: times[2], against: {} };
  };
  return [row("new process: engine", "engine"), row("then: first step", "step")];
}

/** A fresh trainer traces, differentiates and plans its training program. */
function tracing({ thalweg, engine }) {
  const data = digits.createDigits(thalweg, engine);
  const times = sorted(
    Array.from({ length: 40 }, () => {
      const trainer = digits.createDigitsTrainer(thalweg, engine, thalweg.adam());
      const begun = performance.now();
      trainer.cost(data, batch);
      const spent = performance.now() - begun;
      trainer.free();
      return spent;
    }),
  );
  data.free();
  return { work: "trace + plan of a step", unit: "ms", rate: times[0], median: times[20], against: {} };
}

/** Standardizes rows of bytes, as plain/trainer.js does. */
function plainGather(out, order, start, count) {
  const scale = 1 / standardize.deviation;
  for (let i = 0, at = 0; i < count; i++) {
    const row = order[start + i] * width;
    for (let j = 0; j < width; j++, at++) out[at] = (images[row + j] - standardize.mean) * scale;
  }
}

/** Bytes in a JavaScript array to scores in a JavaScript array. */
function prediction({ thalweg, engine }) {
  const trainer = digits.createDigitsTrainer(thalweg, engine, thalweg.adam());
  const { W1, b1, W2, b2 } = digits.plainWeights(trainer);
  const order = Int32Array.from({ length: rows }, (_, k) => k);
  const samples = new Float32Array(batch * width);
  const activations = new Float32Array(batch * hidden);
  const scores = new Float32Array(rows * classes);
  const plain = () => {
    for (let start = 0; start < rows; start += batch) {
      plainGather(samples, order, start, batch);
      matmul(activations, samples, W1, batch, width, hidden);
      for (let i = 0; i < activations.length; i++) activations[i] = Math.max(activations[i] + b1[i % hidden], 0);
      const part = scores.subarray(start * classes, (start + batch) * classes);
      matmul(part, activations, W2, batch, hidden, classes);
      for (let i = 0; i < part.length; i++) part[i] += b2[i % classes];
    }
  };
  plain();
  const inputs = { data: images, shape: [rows, width] };
  checkEqual("predict", trainer.predict(inputs).data, scores, 1e-5);
  const times = race({ thalweg: repeated(() => trainer.predict(inputs)), plain: repeated(plain) }, 1.5);
  trainer.free();
  return {
    work: "predict, copies included",
    unit: "k rows/s",
    rate: rows / times.thalweg.best / 1e3,
    against: { "plain JS": ratio(times.thalweg, times.plain) },
  };
}

/** Rows of bytes in random order, standardized into the argument block of a step. */
function gathering({ thalweg, engine }) {
  const data = digits.createDigits(thalweg, engine);
  const trainer = digits.createDigitsTrainer(thalweg, engine, thalweg.adam());
  const [columns, columnCount, block] = gathered(engine, () => trainer.evaluate(data));
  const order = permutation(rows);
  const address = engine.allocate(4 * rows);
  engine.ints.set(order, address >> 2);
  const { core } = engine;
  let start = 0;
  const ours = () => {
    core.gather(columns, columnCount, block, address + 4 * start, batch);
    start = (start + batch) % rows;
  };
  const out = new Float32Array(batch * width);
  let plainStart = 0;
  const plain = () => {
    plainGather(out, order, plainStart, batch);
    plainStart = (plainStart + batch) % rows;
  };
  ours();
  plain();
  checkEqual("gather", new Float32Array(core.memory.buffer, block, batch * width), out, 1e-6);
  const times = race({ thalweg: repeated(ours), plain: repeated(plain) }, 1);
  engine.release(address);
  trainer.free();
  data.free();
  return {
    work: "gather of u8 rows",
    unit: "k rows/s",
    rate: batch / times.thalweg.best / 1e3,
    against: { "plain JS": ratio(times.thalweg, times.plain) },
  };
}

/** trainer.step on a batch that lies in JavaScript: the copy into wasm memory is part of it. */
async function stepFromJavaScript({ thalweg, engine }) {
  const data = digits.createDigits(thalweg, engine);
  const make = () => digits.createDigitsTrainer(thalweg, engine, thalweg.sgd({ learningRate: 0.01 }));
  const [resident, stepping] = [make(), make()];
  let start = 0;
  const step = () => {
    const inputs = { data: images.subarray(start * width, (start + batch) * width), shape: [batch, width] };
    const result = stepping.step({ inputs, targets: digits.digits.subarray(start, start + batch) });
    start = (start + batch) % rows;
    return result;
  };
  await resident.fit(data, { steps: 3, batchSize: batch, shuffle: false });
  for (let k = 0; k < 3; k++) step();
  for (const [name, { data: weights }] of Object.entries(resident.parameters()))
    checkEqual(`step, ${name}`, stepping.parameters()[name].data, weights, 0);
  const times = race({ inside: advancing(resident), outside: repeated(step) }, 1.5);
  for (const owner of [resident, stepping, data]) owner.free();
  return {
    work: "step(batch 64) from JS",
    unit: "µs",
    rate: times.outside.best * 1e6,
    median: times.outside.median * 1e6,
    against: { "inside fit": ratio(times.inside, times.outside) },
  };
}
