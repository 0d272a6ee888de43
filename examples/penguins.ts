// A table with gaps and text to a model: the species of a penguin by its beak, flippers, mass, sex and island. Gaps of
// numbers become the median of the training rows, gaps of the sex its most frequent word.

import { adamW, createTrainer, type Engine, linear, relu, sequential, softmaxCrossEntropy } from "thalweg";
import { splitTable, tableCoding, tableOf } from "thalweg/table";
import { print, program } from "./course/program.js";
import { readRecords } from "./course/vegaData.js";

/** Trains on four fifths of the penguins; returns the species of the others, by the model, by the largest class, and in truth. */
export async function classifyPenguins(engine: Engine) {
  const table = tableOf(readRecords("penguins.json"), { gaps: ["", "."] });
  const { train, validation } = splitTable(table, { stratify: "Species", seed: 1 });
  const measures = ["Beak Length (mm)", "Beak Depth (mm)", "Flipper Length (mm)", "Body Mass (g)"];
  const coding = tableCoding(train, {
    inputs: [...measures, "Island", { column: "Sex", gaps: "mostFrequent" }],
    target: "Species",
    gaps: "median",
  });
  const trainer = createTrainer(engine, {
    model: sequential([linear(coding.features.length, 16), relu(), linear(16, 3)]),
    loss: softmaxCrossEntropy(),
    optimizer: adamW({ learningRate: 0.01 }),
  });
  await trainer.fit(coding.samples(train), { epochs: 50, batchSize: 32 });
  const predicted = coding.decode(trainer.predict(coding.inputs(validation)));
  trainer.free();
  return { coding, predicted, truth: validation.texts("Species"), known: train.texts("Species") };
}

/** The word that occurs most often. */
export function mostFrequent(words: readonly (string | null)[]): string | null {
  const count = (word: string | null): number => words.filter((other) => other === word).length;
  return words.reduce((best, word) => (count(word) > count(best) ? word : best), words[0] ?? null);
}

await program(import.meta.url, async (engine) => {
  const { predicted, truth, known } = await classifyPenguins(engine);
  const correct = (guess: (k: number) => string | null): string =>
    `${truth.filter((species, k) => guess(k) === species).length} of ${truth.length}`;
  print("species", "correct");
  print(
    "largest class",
    correct(() => mostFrequent(known)),
  );
  print(
    "the model",
    correct((k) => predicted[k] ?? null),
  );
});
