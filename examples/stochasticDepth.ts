// Stochastic depth: in training a residual block is left out at random, the later the more often, s_k = 1 − k / 2L. A step
// then has three quarters of the blocks on average, and other digits are read with less loss.

import {
  accuracy,
  adam,
  createTrainer,
  type Engine,
  flatten,
  type Layer,
  type Loss,
  linear,
  normalInitializer,
  onesInitializer,
  relu,
  residualStack,
  sequential,
  sgd,
  softmaxCrossEntropy,
  zerosInitializer,
} from "thalweg";
import { print, program } from "./course/program.js";
import { smallDigits } from "./course/smallDigits.js";

// Huang, Sun, Liu, Sedra and Weinberger, Deep networks with stochastic depth, ECCV 2016, eq. 4. Their networks skip what is
// left out and train in less time; here every block is computed and multiplied by 0 or 1, so time stays as it is.
const survival = { last: 0.5, rule: "linear" } as const;
export const blocks = 10;

/** Mean over steps of the blocks that are kept, by counting in 10,000 rows, and what evaluation counts: Σ s_k = (3L − 1) / 4. */
export function depths(engine: Engine): { counted: number; evaluated: number } {
  // Each block adds 1 to what passes through it, so that the output is the number of blocks.
  const one = (): Layer => linear(1, 1, { weight: zerosInitializer, bias: onesInitializer });
  const mean: Loss = { name: "mean", targets: "values", apply: (output) => output.mean() };
  const trainer = createTrainer(engine, {
    model: residualStack(Array.from({ length: blocks }, one), { survival, draw: "sample" }),
    loss: mean,
    optimizer: sgd({ learningRate: 0.01 }),
    dtype: "f64",
    seed: 1,
  });
  const rows = { data: new Float64Array(10_000), shape: [10_000, 1] };
  const samples = { inputs: rows, targets: rows };
  const evaluated = trainer.evaluate(samples).loss;
  const { loss: counted } = trainer.step(samples);
  trainer.free();
  return { counted, evaluated };
}

/** Loss on 500 training digits and on 1,000 others after every epoch, and the accuracy on these at the end. */
export async function trainDeep(engine: Engine, stochastic: boolean, seed: number) {
  const block = () => sequential([linear(48, 48), relu(), linear(48, 48, { weight: normalInitializer(0.01) })]);
  const stack = residualStack(
    Array.from({ length: blocks }, () => block()),
    stochastic ? { survival } : {},
  );
  const { train, test, standardize } = smallDigits(500);
  const trainer = createTrainer(engine, {
    model: sequential([flatten(), linear(196, 48), relu(), stack, linear(48, 10)]),
    loss: softmaxCrossEntropy(),
    optimizer: adam({ learningRate: 0.001 }),
    metrics: [accuracy()],
    standardize,
    seed,
  });
  const losses: { training: number; test: number }[] = [];
  for await (const { validation } of trainer.fit(train, { epochs: 20, batchSize: 50, validation: test }))
    losses.push({ training: trainer.evaluate(train).loss, test: validation?.loss ?? Number.NaN });
  const answer = { losses, accuracy: trainer.evaluate(test).accuracy ?? 0 };
  trainer.free();
  return answer;
}

await program(import.meta.url, async (engine) => {
  const { counted, evaluated } = depths(engine);
  console.log(`Of ${blocks} blocks a step has ${counted.toFixed(2)} on average, expected ${evaluated.toFixed(2)}.\n`);
  print("blocks", "seed", "training", "test loss", "accuracy");
  for (const stochastic of [false, true])
    for (const seed of [1, 2, 3]) {
      const { losses, accuracy } = await trainDeep(engine, stochastic, seed);
      const { training = 0, test = 0 } = losses.at(-1) ?? {};
      print(stochastic ? "at random" : "all", String(seed), training.toFixed(4), test.toFixed(3), accuracy);
    }
});
