// Steps of a bag of embedded words over a large table, of which a step reads few rows, against sparse plain JavaScript: gradients
// of the rows that occur, each updated once.

import { readFileSync } from "node:fs";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { uniform } from "../numbers.js";
import { createPlainBag } from "../plain/embedding.js";

const goals = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8")).embeddings;

const [count, width, batch, length] = [400_000, 64, 256, 32];
const batches = 8;

/** Pseudo-random indices of rows (Park and Miller, 1988). */
function indices(elements) {
  let state = 1;
  return Int32Array.from({ length: elements }, () => {
    state = (state * 16807) % 2147483647;
    return state % count;
  });
}

/** The mean of the embedded words, and a number of it. */
function bag({ embedding, linear }, lazy) {
  const [table, head] = [embedding(count, width, { lazy }), linear(width, 1)];
  return {
    name: "bag",
    parameters: { table: table.parameters, head: head.parameters },
    apply: (parameters, x, context) =>
      head.apply(parameters.head, table.apply(parameters.table, x, context).mean({ axes: 1 }), context),
  };
}

export function embeddings({ thalweg, engine, seconds }) {
  const section = {
    title: `Embedding of ${count.toLocaleString("en")} rows of ${width}, batch ${batch} of ${length} words: steps`,
    unit: "k rows/s",
    against: ["plain JS"],
    rows: [],
  };
  const data = { inputs: indices(batches * batch * length), targets: uniform(batches * batch) };
  const rules = {
    SGD: [thalweg.sgd({ learningRate: 0.1 }), false],
    "lazy Adam": [thalweg.adam({ learningRate: 1e-3 }), true],
  };
  for (const [name, [optimizer, lazy]] of Object.entries(rules)) {
    const trainer = thalweg.createTrainer(engine, {
      model: bag(thalweg, lazy),
      loss: thalweg.meanSquaredError(),
      optimizer,
    });
    const start = trainer.parameters();
    const plain = createPlainBag({
      table: start["table.weight"].data.slice(),
      head: start["head.weight"].data.slice(),
      width,
      length,
      lazy,
      learningRate: lazy ? 1e-3 : 0.1,
    });
    const samples = Array.from({ length: batches }, (_, k) => ({
      inputs: { data: data.inputs.slice(k * batch * length, (k + 1) * batch * length), shape: [batch, length] },
      targets: { data: data.targets.slice(k * batch, (k + 1) * batch), shape: [batch, 1] },
    }));
    const sets = samples.map((one) => thalweg.createDataset(engine, one));
    for (const [k, set] of sets.entries()) {
      trainer.step(set);
      plain.step(samples[k].inputs.data, samples[k].targets.data);
    }
    checkEqual(`${name}: weights`, trainer.parameters()["table.weight"].data, plain.table, 1e-4);
    let [ours, theirs] = [0, 0];
    const times = race(
      {
        ours: repeated(() => trainer.step(sets[ours++ % batches])),
        plain: repeated(() => {
          const { inputs, targets } = samples[theirs++ % batches];
          plain.step(inputs.data, targets.data);
        }),
      },
      2 * seconds,
    );
    section.rows.push({
      work: `${name} (${(1000 * times.ours.best).toFixed(1)} ms)`,
      rate: (batch * length) / times.ours.best / 1000,
      against: { "plain JS": ratio(times.ours, times.plain) },
      target: goals[name],
    });
    for (const set of sets) set.free();
    trainer.free();
  }
  return section;
}
