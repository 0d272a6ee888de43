// Spam against ham by a bag of embedded words, from few mails, with and without the edits of EDA: in each step a mail is changed
// by one of synonym replacement, random insertion, random swap and random deletion, drawn anew.

import {
  adam,
  augment,
  createTrainer,
  type Engine,
  embedding,
  type Layer,
  linear,
  oneOf,
  sequential,
  softmaxCrossEntropy,
} from "thalweg";
import {
  randomDeletion,
  randomInsertion,
  randomSwap,
  synonymReplacement,
  synonymTable,
  type Tokenizer,
  wordTokenizer,
} from "thalweg/text";
import { print, program } from "./course/program.js";
import { readMails } from "./course/spamAssassin.js";
import { readSynonyms } from "./course/wordNet.js";

const length = 80;

/** Mails of both kinds as rows of tokens, and 1 for spam. */
function samplesOf(tokenizer: Tokenizer, ham: readonly string[], spam: readonly string[]) {
  const { tokens } = tokenizer.batch([...ham, ...spam], { length });
  return { inputs: tokens, targets: Int32Array.from([...ham.map(() => 0), ...spam.map(() => 1)]) };
}

/** Mean of the embedded words of a text, without padding. */
function bagOfWords(vocabulary: number, width: number): Layer {
  const table = embedding(vocabulary, width, { lazy: true });
  return {
    name: `bagOfWords(${vocabulary}, ${width})`,
    parameters: table.parameters,
    apply(parameters, x, context) {
      const words = x.notEqual(0).reshape([...x.shape, 1]);
      const sum = table.apply(parameters, x, context).multiply(words).sum({ axes: 1 });
      return sum.divide(words.sum({ axes: 1 }).maximum(1));
    },
  };
}

/** Accuracy on 600 mails that were not trained on, without and with augmentation, for each seed, from so many mails of each kind. */
export async function separateSpam(engine: Engine, seeds: readonly number[], each = 40) {
  const ham = readMails("easy-ham-1", each);
  const spam = readMails("spam-1", each);
  const tokenizer = wordTokenizer([...ham, ...spam], { lowerCase: true });
  const data = samplesOf(tokenizer, ham, spam);
  const others = samplesOf(tokenizer, readMails("easy-ham-2", 300), readMails("spam-2", 300));
  // The most frequent words are stop words, which keep their places.
  const synonyms = synonymTable(tokenizer, readSynonyms(tokenizer.tokens.slice(50)));
  const alpha = 0.2;
  const edits = augment([
    oneOf([
      synonymReplacement(synonyms, { alpha }),
      randomInsertion(synonyms, { alpha }),
      randomSwap({ alpha }),
      randomDeletion({ p: alpha }),
    ]),
  ]);
  const accuracies = { without: [] as number[], with: [] as number[] };
  for (const seed of seeds)
    for (const kind of ["without", "with"] as const) {
      const trainer = createTrainer(engine, {
        model: sequential([bagOfWords(tokenizer.vocabulary, 16), linear(16, 2)]),
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: 0.02 }),
        seed,
      });
      await trainer.fit(data, { epochs: 40, batchSize: 20, ...(kind === "with" && { augment: edits }) });
      const { data: outputs } = trainer.predict(others.inputs);
      const right = others.targets.filter((target, k) => Number(outputs[2 * k + 1]! > outputs[2 * k]!) === target);
      accuracies[kind].push(right.length / others.targets.length);
      trainer.free();
    }
  return accuracies;
}

await program(import.meta.url, async (engine) => {
  const accuracies = await separateSpam(engine, [1, 2, 3, 4, 5]);
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  print("augmentation", "mails told apart");
  for (const kind of ["without", "with"] as const) print(kind, `${(100 * mean(accuracies[kind])).toFixed(1)} %`);
});
