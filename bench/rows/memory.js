// What 10,000 further steps leave behind, after garbage collection, once everything that is made once has been made:
// compilers and inline caches take up to 300 KB in the first tens of thousands of steps. The network is small, because
// what a step leaves does not depend on its size.

import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { bytes, labels } from "../numbers.js";

const steps = 10_000;
const warmUpSteps = 30_000;
const heapBound = 65_536;
const batch = 8;
const width = 64;
const classes = 10;

/** The collector of this process, which needs a flag to be seen. */
function collector() {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

/** The smallest heap of twelve collections: compilers work beside them, and finalizers run between tasks. */
async function settled(collect, engine) {
  let heap = Number.POSITIVE_INFINITY;
  for (let k = 0; k < 12; k++) {
    await setTimeout(10);
    collect();
    heap = Math.min(heap, process.memoryUsage().heapUsed);
  }
  return { heap, wasm: engine.memoryBytes };
}

async function growth(collect, engine, run) {
  await run(warmUpSteps);
  const before = await settled(collect, engine);
  await run(steps);
  const after = await settled(collect, engine);
  const heapBytes = after.heap - before.heap;
  const wasmBytes = after.wasm - before.wasm;
  return { heapBytes, wasmBytes, met: heapBytes < heapBound && wasmBytes === 0 };
}

/** Bytes that the JavaScript heap and the wasm memory grow by, by `fit` and by `step(batch)`. */
export async function memory({ thalweg, engine }) {
  const collect = collector();
  const { linear, relu, sequential } = thalweg;
  const trainer = thalweg.createTrainer(engine, {
    model: sequential([linear(width, 8), relu(), linear(8, classes)]),
    loss: thalweg.softmaxCrossEntropy(),
    optimizer: thalweg.sgd({ learningRate: 0.01 }),
  });
  const rows = 256 * batch;
  const samples = { inputs: { data: bytes(rows * width), shape: [rows, width] }, targets: labels(rows, classes) };
  const data = thalweg.createDataset(engine, samples);
  const inputs = { data: samples.inputs.data.subarray(0, batch * width), shape: [batch, width] };
  const first = { inputs, targets: samples.targets.subarray(0, batch) };
  const fit = await growth(collect, engine, (count) => trainer.fit(data, { steps: count, batchSize: batch }));
  const step = await growth(collect, engine, (count) => {
    for (let k = 0; k < count; k++) trainer.step(first);
  });
  trainer.free();
  data.free();
  return { steps, heapBound, fit, step };
}
