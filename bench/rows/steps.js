// Whole training steps: gather and standardize the batch, loss, gradient, update. The engine does many in one call.

import { checkEqual } from "../check.js";
import * as digits from "../digits.js";
import { race, ratio, repeated } from "../measure.js";
import { permutation } from "../numbers.js";
import { createPlainTrainer } from "../plain/trainer.js";
import { createPlainXor } from "../plain/xor.js";

const checkedSteps = 20;

/** A contender that trains in the core, after a `fit` has prepared it: as many updates from a call as one can report. */
export function advancing(trainer) {
  const { core } = trainer.engine;
  return (times) => {
    for (const goal = trainer.steps + times; trainer.steps < goal; ) {
      const left = goal - trainer.steps;
      if (core.advance(trainer.memory.record, left, left) < 0) trainer.engine.throwFault();
    }
  };
}

const cases = [
  { name: "SGD", batch: 64, learningRate: 0.01, target: { limit: [0.72, 0.85] } },
  { name: "Adam", batch: 32, learningRate: 1e-3, target: { limit: [0.55, 0.65] } },
];

export async function steps({ thalweg, engine, kernels, seconds }) {
  const section = {
    title: "Whole training steps, 784-128-10, counting the flops of matrix products only",
    unit: "GFLOP/s",
    against: ["limit", "plain JS"],
    rows: [],
  };
  const data = digits.createDigits(thalweg, engine);
  for (const { name, batch, learningRate, target } of cases) {
    const kind = name.toLowerCase();
    const trainer = digits.createDigitsTrainer(thalweg, engine, thalweg[kind]({ learningRate }));
    const plain = createPlainTrainer({
      weights: digits.plainWeights(trainer),
      optimizer: { kind, learningRate },
    });
    const { mean, deviation } = digits.standardize;
    let position = 0;
    let order = Int32Array.from({ length: digits.rows }, (_, k) => k);
    const plainStep = () => {
      plain.stepRows(digits.images, digits.digits, order, position, batch, mean, deviation);
      position = (position + batch) % digits.rows;
    };
    await trainer.fit(data, { steps: checkedSteps, batchSize: batch, shuffle: false });
    for (let k = 0; k < checkedSteps; k++) plainStep();
    const weights = digits.plainWeights(trainer);
    for (const [key, value] of Object.entries(weights))
      checkEqual(`${name} ${key} after ${checkedSteps} steps`, value, plain.weights[key], 1e-4);
    order = permutation(digits.rows);
    await trainer.fit(data, { steps: 1, batchSize: batch });
    const flops = digits.productFlops(batch);
    const times = race({ thalweg: advancing(trainer), limit: kernels.limit, plain: repeated(plainStep) }, 3 * seconds);
    section.rows.push({
      work: `${name}, batch ${batch}`,
      rate: flops / times.thalweg.best / 1e9,
      against: {
        limit: ratio(times.thalweg, times.limit, flops, 80),
        "plain JS": ratio(times.thalweg, times.plain),
      },
      target,
    });
    trainer.free();
  }
  data.free();
  return section;
}

/** XOR, all four rows a step: so small that calls and loops cost more than arithmetic. */
export async function xor({ thalweg, engine, seconds }) {
  const learningRate = 0.5;
  const trainer = thalweg.createTrainer(engine, {
    model: thalweg.sequential([thalweg.linear(2, 8), thalweg.tanh(), thalweg.linear(8, 1), thalweg.sigmoid()]),
    loss: thalweg.meanSquaredError(),
    optimizer: thalweg.sgd({ learningRate }),
    seed: 1,
  });
  const data = thalweg.createDataset(engine, {
    inputs: { data: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), shape: [4, 2] },
    targets: { data: Float32Array.of(0, 1, 1, 0), shape: [4, 1] },
  });
  const plain = createPlainXor({ weights: digits.plainWeights(trainer), learningRate });
  await trainer.fit(data, { steps: 100, batchSize: 4, shuffle: false });
  plain.run(100);
  for (const [key, value] of Object.entries(digits.plainWeights(trainer)))
    checkEqual(`XOR ${key} after 100 steps`, value, plain.weights[key], 1e-4);
  const times = race({ thalweg: advancing(trainer), plain: plain.run }, 2 * seconds);
  trainer.free();
  data.free();
  const row = {
    work: "XOR 2-8-1, SGD",
    rate: 1 / times.thalweg.best / 1e3,
    against: { "plain JS": ratio(times.thalweg, times.plain) },
    target: { "plain JS": [1.3, 2] },
  };
  return { title: "Small steps: four rows", unit: "k steps/s", against: ["plain JS"], rows: [row] };
}
