// Functions and sums of whole arrays.

import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import * as plain from "../plain/elementwise.js";
import { capture, replay } from "../replay.js";

const million = 1 << 20;
const cases = [
  {
    work: "exp of 1 M in ±4",
    shape: [million],
    ours: (x) => x.exp(),
    theirs: (tf, x) => tf.exp(x),
    plain: (out, x) => plain.exp(out, x, million),
    target: { "plain JS": [8, 12] },
  },
  {
    work: "tanh of 1 M in ±4",
    shape: [million],
    ours: (x) => x.tanh(),
    theirs: (tf, x) => tf.tanh(x),
    plain: (out, x) => plain.tanh(out, x, million),
    target: { "plain JS": [6, 9] },
  },
  {
    work: "softmax of 64x1000",
    shape: [64, 1000],
    ours: (x) => x.softmax(),
    theirs: (tf, x) => tf.softmax(x),
    plain: (out, x) => plain.softmax(out, x, 64, 1000),
    target: { "tfjs-wasm": [1, 1.2], "plain JS": [2.5, 3] },
  },
  {
    work: "sum of 1 M",
    shape: [million],
    results: 1,
    ours: (x) => x.sum(),
    theirs: (tf, x) => tf.sum(x),
    plain: (out, x) => {
      out[0] = plain.sum(x, million);
    },
    // The sum of numbers that cancel is compared with the size of what went into it.
    tolerance: 1e-3,
    target: { "tfjs-wasm": [1, 1.2], "plain JS": [2.5, 3] },
  },
];

export function elementwise({ thalweg, engine, tf, seconds }) {
  const section = { title: "Arrays", unit: "M/s", against: ["plain JS", "tfjs-wasm"], rows: [] };
  for (const { work, shape, results, tolerance = 2e-6, target, ...run } of cases) {
    const count = shape.reduce((product, extent) => product * extent);
    const data = uniform(count, 4);
    const out = new Float32Array(results ?? count);
    run.plain(out, data);
    const compiled = thalweg.compile(engine, run.ours);
    const ours = replay(engine, () => {
      const answer = compiled({ data, shape });
      checkEqual(work, typeof answer === "number" ? [answer] : answer.data, out, tolerance);
    });
    const x = tf.tensor(data, shape);
    checkEqual(`tfjs ${work}`, run.theirs(tf, x).dataSync(), out, tolerance);
    const times = race(
      {
        thalweg: repeated(ours),
        plain: repeated(() => run.plain(out, data)),
        peer: repeated(() => run.theirs(tf, x).dispose()),
      },
      1.5 * seconds,
    );
    x.dispose();
    section.rows.push({
      work,
      rate: count / times.thalweg.best / 1e6,
      against: {
        "plain JS": ratio(times.thalweg, times.plain),
        "tfjs-wasm": ratio(times.thalweg, times.peer),
      },
      target,
    });
  }
  return section;
}

/** By the public API with input and result in the engine, as shares of what the kernel does by itself on the same memory. */
export function residents({ thalweg, engine, seconds }) {
  const section = {
    title: "Arrays that stay in the engine, by compiled.resident(x) and free()",
    unit: "M/s",
    against: ["kernel limit"],
    rows: [],
  };
  for (const { work, shape, ours } of cases) {
    const count = shape.reduce((product, extent) => product * extent);
    const array = { data: uniform(count, 4), shape };
    const compiled = thalweg.compile(engine, ours);
    const x = thalweg.resident(engine, array);
    const copied = compiled(array);
    let y;
    const [program, argumentBlock, result] = capture(engine, "run", () => {
      y = compiled.resident(x);
    });
    checkEqual(work, y.data, typeof copied === "number" ? [copied] : copied.data, 0);
    const times = race(
      {
        kernel: repeated(() => engine.core.run(program, argumentBlock, result)),
        resident: repeated(() => compiled.resident(x).free()),
      },
      1.5 * seconds,
    );
    x.free();
    y.free();
    section.rows.push({
      work,
      rate: count / times.resident.best / 1e6,
      against: { "kernel limit": ratio(times.resident, times.kernel) },
      target: { "kernel limit": [0.9, 0.95] },
    });
  }
  return section;
}
