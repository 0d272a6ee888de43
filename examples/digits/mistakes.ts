/** The test digits that a network reads wrongly. */

import type { Trainer } from "thalweg";
import type { DigitSet } from "./mnist.js";
import type { MisclassifiedDigit } from "./types.js";

const PIXELS = 784;

/** findMistakes: every misclassified digit with the probability that the network gave to its answer. */
export function findMistakes(trainer: Trainer, { images, labels, count }: DigitSet): MisclassifiedDigit[] {
  const { data: scores, shape } = trainer.predict({ data: images, shape: [count, PIXELS] });
  const classes = shape[1] as number;
  const mistakes: MisclassifiedDigit[] = [];
  for (let i = 0; i < count; i++) {
    const own = Array.from(scores.subarray(i * classes, (i + 1) * classes));
    const largest = Math.max(...own);
    const predicted = own.indexOf(largest);
    const label = labels[i] as number;
    if (predicted === label) continue;
    // softmax at its largest score
    const probability = 1 / own.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    mistakes.push({ pixels: images.subarray(i * PIXELS, (i + 1) * PIXELS), label, predicted, probability });
  }
  return mistakes;
}
