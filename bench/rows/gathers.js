// Batches gathered from a data set of bytes that is larger than all caches, in shuffled order and in order, standardized into the
// argument block of a step.

import { readFileSync } from "node:fs";
import { checkEqual } from "../check.js";
import { race, ratio, repeated } from "../measure.js";
import { bytes, permutation } from "../numbers.js";
import { gathered } from "../replay.js";

const goals = JSON.parse(readFileSync(new URL("../goals.json", import.meta.url), "utf8")).gathers;

const batch = 64;
const standardize = { mean: 100, deviation: 50 };

/** What gathers the next batch in an order that lies at `address`, and the same by a loop over arrays. */
function pairOf(gather, address, { data, width, rows, out }, order) {
  const taking = (take) => {
    let start = 0;
    return () => {
      take(start);
      start = start + 2 * batch > rows ? 0 : start + batch;
    };
  };
  const scale = 1 / standardize.deviation;
  const plain = taking((start) => {
    for (let i = 0, at = 0; i < batch; i++) {
      const row = order[start + i] * width;
      for (let j = 0; j < width; j++, at++) out[at] = (data[row + j] - standardize.mean) * scale;
    }
  });
  return { own: taking((start) => gather(address + 4 * start)), plain };
}

function rowOf({ thalweg, engine, seconds }, rows, width) {
  const data = bytes(rows * width);
  const set = thalweg.createDataset(engine, { inputs: { data, shape: [rows, width] }, targets: new Int32Array(rows) });
  const trainer = thalweg.createTrainer(engine, {
    model: thalweg.sequential([thalweg.linear(width, 10)]),
    loss: thalweg.softmaxCrossEntropy(),
    optimizer: thalweg.sgd({ learningRate: 0.1 }),
    standardize,
  });
  const [columns] = gathered(engine, () => trainer.evaluate(set));
  const block = engine.allocate(4 * batch * width + 4096); // the column of labels is left out
  const gather = (order) => engine.core.gather(columns, 1, block, order, batch);
  const out = new Float32Array(batch * width);
  const orders = { shuffled: permutation(rows), inOrder: Int32Array.from({ length: rows }, (_, k) => k) };
  const addresses = Object.values(orders).map((order) => {
    const address = engine.allocate(4 * rows);
    engine.ints.set(order, address >>> 2);
    return address;
  });
  const all = { data, width, rows, out };
  const shuffled = pairOf(gather, addresses[0], all, orders.shuffled);
  const inOrder = pairOf(gather, addresses[1], all, orders.inOrder);
  shuffled.own();
  shuffled.plain();
  checkEqual("gather", new Float32Array(engine.core.memory.buffer, block, batch * width), out, 1e-6);
  const contenders = { shuffled: shuffled.own, inOrder: inOrder.own, plain: shuffled.plain };
  const times = race(
    Object.fromEntries(Object.entries(contenders).map(([name, work]) => [name, repeated(work)])),
    2 * seconds,
  );
  trainer.free();
  set.free();
  for (const address of [block, ...addresses]) engine.release(address);
  return {
    work: `${rows.toLocaleString("en")} rows of ${width}`,
    rate: batch / times.shuffled.best / 1e6,
    against: {
      "plain JS": ratio(times.shuffled, times.plain),
      "in order": ratio(times.shuffled, times.inOrder),
    },
    target: goals,
  };
}

export function gathers(bench) {
  return {
    title: `Shuffled rows of bytes, batches of ${batch}, from a data set larger than the caches`,
    unit: "M rows/s",
    against: ["plain JS", "in order"],
    rows: [rowOf(bench, 100_000, 784), rowOf(bench, 800_000, 100)],
  };
}
