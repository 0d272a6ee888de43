// The update rules alone, over a million parameters, without a gradient to compute: the sweep as the training step calls
// it, against the same rule as a loop of plain JavaScript and against the machine's streaming rate for the same arrays.
// Then what a step costs beyond Adam's update.

import * as thalweg from "../../dist/node.js";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { adamUpdate, momentumUpdate, sgdUpdate } from "../plain/optimizers.js";
import * as plain from "../plain/rules.js";

const side = 1024;
const count = side * side;
const h = 1e-3;
const two = { "plain JS": [4, 5.5], "streaming limit": [0.85, 0.95] };

/** Name; the engine's rule; the plain loop over (w, g, state vectors, t); what has to be reached, one of them. */
const rules = [
  ["SGD", thalweg.sgd({ learningRate: h }), (w, g) => sgdUpdate(w, g, h), { ...two, "plain JS": [1.9, 2.5] }],
  [
    "momentum",
    thalweg.sgd({ learningRate: h, momentum: 0.9 }),
    (w, g, [v]) => momentumUpdate(w, g, v, h, 0.9),
    { ...two, "plain JS": [2.4, 3.5] },
  ],
  ["Adagrad", thalweg.adagrad({ learningRate: h }), plain.adagrad],
  ["RMSprop", thalweg.rmsprop({ learningRate: h }), plain.rmsprop],
  ["Lion", thalweg.lion({ learningRate: h, weightDecay: 0 }), plain.lion],
  ["Adam", thalweg.adam({ learningRate: h }), (w, g, [m, v], t) => adamUpdate(w, g, m, v, t, h), two],
  ["AdamW", thalweg.adamW({ learningRate: h, weightDecay: 0.01 }), plain.adamW, two],
  ["AdaMax", thalweg.adamax(), plain.adamax, two],
  ["NAdam", thalweg.nadam({ learningRate: h, nadam: "lecture" }), plain.nadam, two],
  ["RAdam", thalweg.radam({ learningRate: h, convention: "optax" }), plain.radam, two],
  ["Adadelta", thalweg.adadelta(), plain.adadelta, two],
  ["RMSprop with momentum", thalweg.rmsprop({ learningRate: h, momentum: 0.9 }), plain.rmspropMomentum, two],
  ["Schedule-Free AdamW", thalweg.scheduleFreeAdamW({ learningRate: h, weightDecay: 0 }), plain.scheduleFreeAdamW, two],
  ["AMSGrad", thalweg.adam({ learningRate: h, amsgrad: true }), plain.amsgrad],
  ["Adan", thalweg.adan({ learningRate: h }), plain.adan],
];

/** A trainer on the workbench that has one matrix w and the gradient g. */
function trainerOf({ workbench }, optimizer, w, g, more = {}) {
  const width = Math.sqrt(w.length);
  const shape = [width, width];
  const model = {
    name: "matrix",
    parameters: { w: { shape, initializer: thalweg.zerosInitializer } },
    apply: (parameters) => parameters.w,
  };
  const trainer = thalweg.createTrainer(workbench, { model, loss: thalweg.meanSquaredError(), optimizer, ...more });
  const { record } = trainer.memory;
  const array = (address) => new Float32Array(workbench.core.memory.buffer, address, w.length);
  array(workbench.core.weightsOf(record)).set(w);
  array(workbench.core.gradientsOf(record)).set(g);
  return { trainer, record, weights: () => array(workbench.core.weightsOf(record)) };
}

export function updates(bench) {
  const { kernels, seconds } = bench;
  const section = {
    title: "Updates of 1 M parameters without gradients",
    unit: "M/s",
    against: ["plain JS", "streaming limit", "limit"],
    rows: [],
  };
  for (const [work, optimizer, loop, target] of rules) {
    const w = uniform(count);
    const g = uniform(count);
    const { trainer, record, weights } = trainerOf(bench, optimizer, w, g);
    const states = Array.from({ length: optimizer.states }, () => new Float32Array(count));
    let t = 0;
    const update = () => loop(w, g, states, ++t);
    for (let k = 0; k < 10; k++) {
      kernels.sweep(record);
      update();
    }
    checkEqual(`${work}, 10 updates`, weights(), w, 2e-6);
    const contenders = { thalweg: repeated(() => kernels.sweep(record)), plain: repeated(update) };
    const stream = repeated(() => kernels.stream(record, optimizer.states));
    const times = race({ ...contenders, stream }, seconds);
    section.rows.push({
      work,
      rate: count / times.thalweg.best / 1e6,
      against: {
        "plain JS": ratio(times.thalweg, times.plain),
        "streaming limit": ratio(times.thalweg, times.stream),
      },
      ...(target ? { target, either: true } : {}),
    });
    trainer.free();
  }
  section.rows.push(muon(bench));
  return section;
}

/** Muon's work is matrix products, so it is measured against their limit. */
function muon(bench) {
  const { kernels, seconds } = bench;
  const width = 256;
  const { trainer, record } = trainerOf(bench, thalweg.muon(), uniform(width * width), uniform(width * width));
  const flops = thalweg.muonFlops(width, width);
  const times = race({ thalweg: repeated(() => kernels.sweep(record)), limit: kernels.limit }, seconds);
  trainer.free();
  return {
    work: `Muon, ${width} x ${width}, ${(flops / 1e6).toFixed(0)} Mflop an update`,
    rate: flops / times.thalweg.best / 1e9,
    unit: "GFLOP/s",
    against: { limit: ratio(times.thalweg, times.limit, flops, 80) },
  };
}

const cosine = thalweg.cosineDecay({ initial: h, length: 1e9 });

/** Everything of Adam's step behind the gradient, with what may be added to it. */
export function additions(bench) {
  const { kernels, seconds } = bench;
  const g = uniform(count);
  const cases = {
    adam: [thalweg.adam({ learningRate: h })],
    decayed: [thalweg.adamW({ learningRate: cosine, weightDecay: 0.01 })],
    all: [
      thalweg.adamW({ learningRate: cosine, weightDecay: 0.01 }),
      { gradient: [thalweg.clipGlobalNorm(1)], average: thalweg.ema() },
    ],
  };
  const made = Object.entries(cases).map(([name, [optimizer, more]]) => [
    name,
    trainerOf(bench, optimizer, uniform(count), g, more),
  ]);
  const contenders = made.map(([name, { record }]) => [name, repeated(() => kernels.commit(record))]);
  const times = race(Object.fromEntries(contenders), 3 * seconds);
  const row = (work, name, most) => ({
    work,
    rate: count / times[name].best / 1e6,
    against: { "bare Adam's time": ratio(times.adam, times[name]) },
    ...(most ? { target: { "bare Adam's time": [most] }, atMost: true } : {}),
  });
  for (const [, { trainer }] of made) trainer.free();
  return {
    title: "Adam's step behind the gradient, 1 M parameters, finite check included",
    unit: "M/s",
    against: ["bare Adam's time"],
    rows: [
      row("Adam", "adam"),
      row("with decay and a schedule", "decayed", 1.05),
      row("and clipping by global norm and an average of the weights", "all", 1.6),
    ],
  };
}
