// The first update in a fresh process, where nothing is compiled yet: prints the milliseconds until the engine stands,
// and until the first step is done. rows/others.js runs it.

import { classes, digits, hidden, images, width } from "./digits.js";

const batch = 64;
const inputs = { data: images.subarray(0, batch * width), shape: [batch, width] };
const targets = digits.subarray(0, batch);

const begun = performance.now();
const { adam, createEngine, createTrainer, linear, relu, sequential, softmaxCrossEntropy } = await import(
  "../dist/node.js"
);
const engine = await createEngine();
const standing = performance.now();
const trainer = createTrainer(engine, {
  model: sequential([linear(width, hidden), relu(), linear(hidden, classes)]),
  loss: softmaxCrossEntropy(),
  optimizer: adam(),
});
const { loss } = trainer.step({ inputs, targets });
const stepped = performance.now();
if (!(loss > 0)) throw new Error(`first: the loss is ${loss}, expected a positive number.`);
console.log(JSON.stringify({ engine: standing - begun, step: stepped - standing }));
