// Charts and a dashboard for charts.js.

import {
  accuracy,
  adam,
  confusionMatrix,
  createEngine,
  createTrainer,
  linear,
  relu,
  sequential,
  softmaxCrossEntropy,
} from "/dist/browser.js";
import { createDashboard } from "/dist/dashboard.js";
import { levelsChart, lineMark, mountChart, plotChart } from "/dist/plot.js";

// axe takes a page without a background for a white one.
document.body.style.background = "light-dark(#ffffff, #0d1117)";

const steps = Array.from({ length: 40 }, (_, k) => k);
const line = (name, scale, pace) =>
  lineMark(
    steps.map((k) => scale / (k + 1)),
    { name, times: steps.map((k) => pace * k) },
  );
const find = (id) => document.getElementById(id);
mountChart(
  find("lines"),
  plotChart([line("Adam", 2, 0.1), line("SGD", 3, 0.2)], { title: "Training loss", xLabel: "update", yLabel: "loss" }),
);
const bowl = (x, y) => x * x + y * y;
mountChart(find("levels"), levelsChart(bowl, { title: "A bowl", xRange: [-1, 1], yRange: [-1, 1], height: 300 }));

const dashboard = createDashboard(find("board"));
const engine = await createEngine();
const inputs = Array.from({ length: 200 }, (_, k) => [Math.cos(k * k), Math.sin(3 * k)]);
const targets = inputs.map(([x, y]) => Number(x * y > 0));
const trainer = createTrainer(engine, {
  model: sequential([linear(2, 8), relu(), linear(8, 2)]),
  loss: softmaxCrossEntropy(),
  optimizer: adam(),
  metrics: [accuracy()],
  seed: 1,
});
globalThis.train = () => {
  const onEpoch = ({ epoch }) => {
    if (epoch % 200 === 1) dashboard.showConfusion(confusionMatrix(trainer.predict(inputs), targets, 2));
  };
  const data = { inputs, targets };
  const options = { epochs: 1e6, batchSize: 16, validation: data, statistics: { every: 50 }, onEpoch };
  dashboard
    .run("adam")
    .fit(trainer, data, options)
    .then(({ stopped }) => (globalThis.stopped = stopped));
};
globalThis.ready = true;
