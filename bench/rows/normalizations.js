// Layer normalization there and back: the value Σ w y and the gradients of x, γ and β, against plain loops and jax-js.

import { readFileSync } from "node:fs";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { createJaxLayerNorm } from "../peers/jaxjs.js";
import { normalizeRows, normalizeRowsBack } from "../plain/normalization.js";
import { replay } from "../replay.js";

const goals = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8")).normalizations;

const epsilon = 1e-5;

/** Value and gradients by loops. */
function plainLayerNorm({ x, gamma, beta, weight }, rows) {
  const [y, means, inverses] = [x.length, rows, rows].map((length) => new Float32Array(length));
  const gradient = { x: new Float32Array(x.length), gamma: gamma.slice(), beta: beta.slice() };
  const run = () => {
    normalizeRows(y, means, inverses, x, gamma, beta, epsilon);
    let value = 0;
    for (let k = 0; k < y.length; k++) value += weight[k] * y[k];
    normalizeRowsBack(gradient.x, gradient.gamma, gradient.beta, weight, means, inverses, x, gamma);
    return value;
  };
  return { run, gradient };
}

/** The layer in a program that runs again on what lies in wasm memory. */
function ownLayerNorm({ thalweg, engine }, { x, gamma, beta, weight }, rows, width) {
  const layer = thalweg.layerNorm(width);
  const f = (p) => {
    const factor = thalweg.constant(engine, { data: weight, shape: [rows, width] }, "f32");
    return layer.apply({ gamma: p.gamma, beta: p.beta }, p.x).multiply(factor).sum();
  };
  const compiled = thalweg.valueAndGrad(engine, f);
  const parameters = {
    x: { data: x, shape: [rows, width] },
    gamma: { data: gamma, shape: [width] },
    beta: { data: beta, shape: [width] },
  };
  let gradient = {};
  const run = replay(engine, () => {
    gradient = compiled(parameters).gradient;
  });
  return { run, gradient, free: () => compiled.free() };
}

export async function normalizations(bench) {
  const section = {
    title: "Layer normalization: value and gradients of x, γ and β",
    unit: "M elements/s",
    against: ["plain JS", "jax-js"],
    rows: [],
  };
  for (const [rows, width] of [
    [512, 256],
    [2048, 768],
  ]) {
    const arrays = {
      x: uniform(rows * width, 2),
      gamma: uniform(width).map((v) => 1 + v / 2),
      beta: uniform(width),
      weight: uniform(rows * width),
    };
    const own = ownLayerNorm(bench, arrays, rows, width);
    const plain = plainLayerNorm(arrays, rows);
    const jax = await createJaxLayerNorm(arrays, [rows, width], epsilon);
    plain.run();
    const theirs = jax.gradient();
    for (const [name, expected] of Object.entries(plain.gradient)) {
      checkEqual(`layerNorm, gradient of ${name}`, own.gradient[name].data, expected, 1e-4);
      checkEqual(`layerNorm of jax-js, gradient of ${name}`, theirs[name], expected, 1e-3);
    }
    const times = race(
      { own: repeated(own.run), plain: repeated(plain.run), jax: repeated(jax.run) },
      3 * bench.seconds,
    );
    own.free();
    section.rows.push({
      work: `${rows} rows of ${width} (${(1e6 * times.own.best).toFixed(0)} µs)`,
      rate: (rows * width) / times.own.best / 1e6,
      against: { "plain JS": ratio(times.own, times.plain), "jax-js": ratio(times.own, times.jax) },
      target: goals,
    });
  }
  return section;
}
