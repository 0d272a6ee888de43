// The update of Adam alone: the engine's sweep over a million parameters, without a gradient to compute. The sweep is
// called as the trainer's step calls it, through the table of rules, from a module compiled with the same flags.

import { adam } from "../../dist/node.js";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { adamUpdate } from "../plain/optimizers.js";

const count = 1 << 20;
const [learningRate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-8];

/** An update in wasm memory; weights start at w and the gradient is g. */
function inWasm(kernels, w, g) {
  const record = kernels.createAdam(count);
  for (const [k, value] of adam({ learningRate, beta1, beta2, epsilon }).hyper.entries())
    kernels.setHyper(record, k, value);
  const array = (address) => new Float32Array(kernels.memory.buffer, address, count);
  const weights = array(kernels.weightsOf(record));
  weights.set(w);
  array(kernels.gradientsOf(record)).set(g);
  return { weights, update: () => kernels.adam(record) };
}

export function updates({ kernels, seconds }) {
  const w = uniform(count);
  const g = uniform(count);
  const wasm = inWasm(kernels, w, g);
  const m = new Float32Array(count);
  const v = new Float32Array(count);
  let step = 0;
  const plain = () => adamUpdate(w, g, m, v, ++step, learningRate, beta1, beta2, epsilon);
  for (let k = 0; k < 10; k++) {
    wasm.update();
    plain();
  }
  checkEqual("Adam, 10 updates", wasm.weights, w, 1e-6);
  const times = race({ thalweg: repeated(wasm.update), plain: repeated(plain) }, 2 * seconds);
  const row = {
    work: "Adam, 1 M parameters",
    rate: count / times.thalweg.best / 1e6,
    against: { "plain JS": ratio(times.thalweg, times.plain) },
    target: { "plain JS": [4.5, 5.5] },
  };
  return { title: "Updates without gradients", unit: "M/s", against: ["plain JS"], rows: [row] };
}
