// Nets over sequences. A projection of all time steps is one product, of which every step takes a slice: its derivative
// must cost what the slices cost together, not a whole sequence for every step. And the layer, which is one loop.

import { readFileSync } from "node:fs";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { plainLstm } from "../plain/lstm.js";
import { replay } from "../replay.js";

const goals = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8")).sequences;

/** Flops and bytes of V8's plain tile of products: see convolutions.js. */
const tileFlops = 16384;
const tileBytes = 16384;

const batch = 32;
const features = 128;
const units = 128;

/** The cell of an LSTM: pre-activations without the part of h, then the states, to the next states. */
function cell(pre, { recurrent }, h, c) {
  const z = h ? pre.add(h.matmul(recurrent)) : pre;
  const [input, forget, output] = [0, 1, 3].map((k) => z.slice(1, k * units, (k + 1) * units).sigmoid());
  const fresh = input.multiply(z.slice(1, 2 * units, 3 * units).tanh());
  const next = c ? forget.multiply(c).add(fresh) : fresh;
  return [output.multiply(next.tanh()), next];
}

/** Value and gradient of the squared last state after `steps` steps, traced step by step. */
function unrolled({ thalweg, engine }, parameters, sequence, steps, oneProduct) {
  const data = sequence.subarray(0, steps * batch * features);
  const f = (p) => {
    const x = thalweg.constant(engine, { data, shape: [steps * batch, features] }, "f32");
    const project = (rows) => rows.matmul(p.weight).add(p.bias);
    const of = (k) => (all) => all.slice(0, k * batch, (k + 1) * batch);
    const all = oneProduct && project(x);
    let [h, c] = [];
    for (let k = 0; k < steps; k++) [h, c] = cell(oneProduct ? of(k)(all) : project(of(k)(x)), p, h, c);
    return h.square().sum();
  };
  return contending(engine, thalweg.valueAndGrad(engine, f), parameters);
}

/** The same of the layer. */
function looped({ thalweg, engine }, parameters, sequence, steps) {
  // Rows of the unrolled form are [steps, batch].
  const data = sequence.subarray(0, steps * batch * features);
  const layer = thalweg.lstm(features, units);
  const f = (p) => {
    const x = thalweg.constant(engine, { data, shape: [steps, batch, features] }, "f32").transpose([1, 0, 2]);
    return layer.apply({ 0: p }, x).square().sum();
  };
  return contending(engine, thalweg.valueAndGrad(engine, f), parameters);
}

function contending(engine, compiled, parameters) {
  let gradient = {};
  const run = replay(engine, () => {
    gradient = compiled(parameters).gradient;
  });
  const contender = (times) => {
    for (let k = 0; k < times; k++) run();
  };
  return { contender, gradient, free: () => compiled.free() };
}

export function sequences(bench) {
  const against = ["limit", "tile limit", "a product a step", "T = 64", "unrolled", "plain JS"];
  const section = {
    title: `LSTM of ${units} units, batch ${batch}, ${features} features: value and gradient, flops of products only`,
    unit: "GFLOP/s",
    against,
    rows: [],
  };
  const [longest, short] = [256, 64];
  const sequence = uniform(longest * batch * features);
  const parameters = {
    weight: { data: uniform(features * 4 * units, 0.1), shape: [features, 4 * units] },
    recurrent: { data: uniform(units * 4 * units, 0.1), shape: [units, 4 * units] },
    bias: { data: uniform(4 * units, 0.1), shape: [4 * units] },
  };
  const [long, apart, quarter] = [
    [longest, true],
    [longest, false],
    [short, true],
  ].map(([steps, oneProduct]) => unrolled(bench, parameters, sequence, steps, oneProduct));
  for (const [name, { data }] of Object.entries(long.gradient))
    checkEqual(`gradient of ${name}`, data, apart.gradient[name].data, 1e-4);
  const flops = (steps) => (3 * units + 2 * features) * 2 * steps * batch * 4 * units;
  const times = race(
    { long: long.contender, apart: apart.contender, quarter: quarter.contender, limit: bench.kernels.limit },
    4 * bench.seconds,
  );
  section.rows.push({
    work: `T = ${longest}, one product for all steps (${(1000 * times.long.best).toFixed(0)} ms)`,
    rate: flops(longest) / times.long.best / 1e9,
    against: {
      limit: ratio(times.long, times.limit, flops(longest), 80),
      "a product a step": ratio(times.long, times.apart),
      "T = 64": ratio(times.long, times.quarter, longest, short),
    },
    target: goals["one product for all steps"],
  });
  section.rows.push(loopRow(bench, parameters, sequence, short, quarter, flops(short)));
  for (const { free } of [long, apart, quarter]) free();
  return section;
}

/** The layer against V8's plain tile of products, and against the unrolled form. */
function loopRow(bench, parameters, sequence, steps, unrolledForm, flops) {
  const { kernels } = bench;
  const loop = looped(bench, parameters, sequence, steps);
  for (const [name, { data }] of Object.entries(unrolledForm.gradient))
    checkEqual(`gradient of ${name} of the loop`, loop.gradient[name].data, data, 1e-4);
  const arrays = Object.fromEntries(Object.entries(parameters).map(([name, { data }]) => [name, data]));
  const x = sequence.subarray(0, steps * batch * features);
  const plain = plainLstm({ ...arrays, x }, { steps, batch, features, units });
  plain.run();
  for (const [name, data] of Object.entries(plain.gradient))
    checkEqual(`gradient of ${name} by loops`, loop.gradient[name].data, data, 1e-4);
  const a = kernels.allocate(2 * tileBytes);
  const tile = (times) => kernels.plainTile(a, a + tileBytes, times);
  const contenders = { loop: loop.contender, unrolled: unrolledForm.contender, tile, plain: repeated(plain.run) };
  const times = race(contenders, 4 * bench.seconds);
  loop.free();
  return {
    work: `T = ${steps}, lstm (${(1000 * times.loop.best).toFixed(1)} ms)`,
    rate: flops / times.loop.best / 1e9,
    against: {
      "tile limit": ratio(times.loop, times.tile, flops, tileFlops),
      unrolled: ratio(times.loop, times.unrolled),
      "plain JS": ratio(times.loop, times.plain),
    },
    target: goals.lstm,
  };
}
