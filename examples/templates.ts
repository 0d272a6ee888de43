// A linear classifier keeps one template a class: the rows of W, drawn as images, look like blurred digits.

import { accuracy, createTrainer, type Engine, linearClassifier, sgd, softmaxCrossEntropy } from "thalweg";
import { fewDigits } from "./course/fewDigits.js";
import { print, program } from "./course/program.js";

/** The ten templates, 784 numbers each, after training on 1,000 digits, and the accuracy on others. */
export async function learnTemplates(engine: Engine): Promise<{ templates: number[][]; accuracy: number }> {
  const { train, test, standardize } = fewDigits();
  const trainer = createTrainer(engine, {
    model: linearClassifier(784, 10),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.02, weightDecay: 0.1 }),
    metrics: [accuracy()],
    standardize,
    seed: 1,
  });
  await trainer.fit(train, { epochs: 20, batchSize: 50 });
  const weight = Object.values(trainer.parameters()).find(({ shape }) => shape[0] === 784)?.data ?? [];
  const templates = Array.from({ length: 10 }, (_, k) => Array.from(weight).filter((_, at) => at % 10 === k));
  const answer = { templates, accuracy: trainer.evaluate(test).accuracy ?? 0 };
  trainer.free();
  return answer;
}

/** A template in signs: every character is two pixels wide and two high. */
function signs(template: readonly number[]): string[] {
  const most = Math.max(...template.map(Math.abs));
  return Array.from({ length: 14 }, (_, i) =>
    Array.from({ length: 14 }, (_, j) => {
      const four = [0, 1, 28, 29].reduce((sum, by) => sum + (template[56 * i + 2 * j + by] ?? 0), 0) / 4;
      return four > 0.2 * most ? "#" : four < -0.2 * most ? "·" : " ";
    }).join(""),
  );
}

await program(import.meta.url, async (engine) => {
  const { templates, accuracy } = await learnTemplates(engine);
  print("accuracy", accuracy);
  const pictures = [0, 1, 2, 3, 7].map((digit) => signs(templates[digit] ?? []));
  for (const row of pictures[0]?.keys() ?? [])
    console.log(
      pictures
        .map((lines) => lines[row])
        .join(" ")
        .trimEnd(),
    );
});
