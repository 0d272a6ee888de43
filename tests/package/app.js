// The application every bundler bundles: trains XOR and posts what came out, or the error.

import { adam, createEngine, createTrainer, linear, meanSquaredError, sequential, sigmoid, tanh } from "thalweg";

export async function train(options) {
  const engine = await createEngine(options);
  const model = sequential([linear(2, 8), tanh(), linear(8, 1), sigmoid()]);
  const optimizer = adam({ learningRate: 0.05 });
  const trainer = createTrainer(engine, { model, loss: meanSquaredError(), optimizer, seed: 7 });
  const inputs = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  await trainer.fit({ inputs, targets: [[0], [1], [1], [0]] }, { steps: 500, batchSize: 4 });
  return Array.from(trainer.predict(inputs).data).join(" ");
}

const report = (options) => train(options).catch((error) => `${error.name}: ${error.message}`);
if (typeof location !== "undefined") {
  const wasm = new URLSearchParams(location.search).get("wasm");
  const body = await report(wasm ? { wasm } : {});
  await fetch(`/result${location.pathname}`, { method: "POST", body });
} else console.log(await report({}));
